"""Range of the published tests of a unit, and where it fails: moments and preloads by region.

Data exist up to the load `tested`. Beyond it the law is extrapolated, and results list that in
`outside_evidence`. Beyond `failure` a spine is injured, which the law does not describe: a call is
refused unless it asks for extrapolation, and a run stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from panjabi.body.size import size_factor
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.directions import SACROILIAC, known_level, region_of
from panjabi.results import ShortRepr


@dataclass(frozen=True, repr=False)
class Evidence(ShortRepr):
    """Range of the tested loads on a level, in both senses, and the loads at failure."""

    moment: EvidenceRange  # about each axis [N m]
    preload: EvidenceRange  # compression [N]

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
    return _evidence(_region(level))


def failure_moment(level: str) -> Parameter:
    """Moment at which a level fails, taken as the same in every direction [N m].

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    """
    failure = evidence_of(level).moment.failure
    assert failure is not None
    return failure


def _region(level: str) -> str:
    name = known_level(level)
    return "sacroiliac" if name in SACROILIAC else region_of(name)


@cache
def _evidence(region: str) -> Evidence:
    ribs = "man18_FE_NZstiff_T4-T8_intact"
    test, moment, id, force, fails = {
        "upper cervical": ("pan88_rom_AR_one_side_C1-C2", 1.5, "pat00_fl", 250.0, (20.0, 2.0)),
        "cervical": ("mor88_k_flexion", 2.16, "pat00_fl", 250.0, (20.0, 2.0)),
        "thoracic": ("wil17_rom_FE_T2T12", 7.5, ribs, 400.0, (50.0, 4.0)),
        "lumbar": ("fsu_mil_mom", 95.0, "pat03_fl", 1200.0, (None, 8.0)),
        "sacroiliac": ("mil87_ar", 42.0, "mil87_strength", 1440.0, (160.0, 3.368)),
    }[region]  # fmt: skip
    tested, pressed = row(test), row(id)

    def limit(load: str, value: float, source: str, unit: str, failure: Parameter) -> EvidenceRange:
        tested = Parameter(value, unit, source, "measured", f"largest {load} in tests, {region}")
        return EvidenceRange(load, tested, failure, symmetric=True)

    def assumed(value: float, unit: str, what: str) -> Parameter:
        return Parameter(value, unit, THIS_WORK, "assumed", f"where units fail, {region}; {what}")

    recalled = row("osv_m")
    fails_at = (
        Parameter(
            recalled.number, "N m", recalled.bib, "assumed",
            "flexion with shear, quoted from memory; taken for every direction",
        )
        if fails[0] is None
        else assumed(fails[0], "N m", "order of size")
    )  # fmt: skip
    return Evidence(
        limit("moment", moment, tested.bib, "N m", fails_at),
        limit("preload", force, pressed.bib, "N", assumed(1e3 * fails[1], "N", "order of size")),
    )
