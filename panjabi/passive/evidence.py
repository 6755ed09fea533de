"""Range of the published tests of a unit: largest moment and preload by region, and failure loads.

The published tests load a level up to `tested`. Beyond that, the fitted law is extrapolated only on
request, and beyond `failure` never: there a spine is injured, which the law does not describe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.size import size_factor
from panjabi.errors import ParameterError
from panjabi.evidence import BEYOND_TESTS, EvidenceRange
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.directions import SACROILIAC, known_level, region_of
from panjabi.results import ShortRepr


@dataclass(frozen=True, repr=False)
class Limit(EvidenceRange):
    """Limits of a load on a unit, in both senses: the largest of the tests, and at failure."""

    symmetric: bool = True

    def check(
        self, values: ArrayLike, names: str | Sequence[str], *, extrapolate: bool = False
    ) -> None:
        """Check a value [SI] on a level.

        Raises
        ------
        ParameterError
            Beyond the tests, or with `extrapolate` only beyond failure. Names limit and source.
        """
        value, level, failure = float(np.asarray(values)), str(names), self.failure
        assert failure is not None
        where = self.beyond(value)
        if not where or (extrapolate and where == BEYOND_TESTS):
            return
        tested = self.tested
        limit = f"failure at {failure.value:g} {failure.unit} ({failure.source}, {failure.status})"
        if extrapolate:
            raise ParameterError(
                f"Expected a {self.quantity} on {level} up to {limit}, got {value:g} "
                f"{tested.unit}; give a smaller load, since the law does not describe an injured "
                "unit."
            )
        raise ParameterError(
            f"Expected a {self.quantity} on {level} of at most {tested.value:g} {tested.unit}, the "
            f"largest of the tests that the unit rests on ({tested.source}), got {value:g} "
            f"{tested.unit}; give a smaller load. A unit with extrapolate=True accepts loads up to "
            f"{limit}."
        )


@dataclass(frozen=True, repr=False)
class Evidence(ShortRepr):
    """Range of the tested loads on a level."""

    moment: Limit  # about each axis [N m]
    preload: Limit  # compression [N]

    def sized(self, length: float) -> Evidence:
        """The same range where lengths are `length` times those of the standard adult."""
        return Evidence(
            self.moment.times(size_factor("moment", length)),
            self.preload.times(size_factor("force", length)),
        )


@cache
def evidence_of(level: str) -> Evidence:
    """The tested range of a level, which is that of its region.

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    """
    name = known_level(level)
    return _evidence("sacroiliac" if name in SACROILIAC else region_of(name))


@cache
def _evidence(region: str) -> Evidence:
    ribs = "man18_FE_NZstiff_T4-T8_intact"
    test, moment, id, force, fails = {
        "upper cervical": ("pan88_rom_AR_one_side_C1-C2", 1.5, "pat00_fl", 250.0, (20.0, 2.0)),
        "cervical": ("mor88_k_flexion", 2.16, "pat00_fl", 250.0, (20.0, 2.0)),
        "thoracic": ("wil17_rom_FE_T2T12", 7.5, ribs, 400.0, (50.0, 4.0)),
        "lumbar": ("yam89_rom_flexion_L4-5", 10.0, "pat03_fl", 1200.0, (90.0, 8.0)),
        "sacroiliac": ("mil87_ar", 42.0, "mil87_strength", 1440.0, (160.0, 3.368)),
    }[region]  # fmt: skip
    tested, pressed = row(test), row(id)

    def limit(load: str, value: float, source: str, unit: str, failure: float) -> Limit:
        return Limit(
            load,
            Parameter(value, unit, source, "measured", f"largest {load} in tests, {region}"),
            Parameter(
                failure, unit, THIS_WORK, "assumed", f"where units fail, {region}; order of size"
            ),
        )

    return Evidence(
        limit("moment", moment, tested.bib, "N m", fails[0]),
        limit("preload", force, pressed.bib, "N", 1e3 * fails[1]),
    )
