"""The anterior rib cage as an additional structure of a thoracic unit, T1-T2 to T11-T12.

Its contribution is described by factors for each region and axis: stiffness with ribs over
stiffness without, for the neutral and for the elastic zone, before relaxation. `Mannen2018` has the
factors of one laboratory (means, 400 N follower load). `default` is the most probable set from
these factors with their standard errors and the effect of removing the ribs of six thoraces without
load (Liebsch et al. 2017); see `panjabi.passive.rib_fitting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from panjabi._tables import packaged_text, read_rows
from panjabi.errors import ParameterError, unknown
from panjabi.literature import row
from panjabi.parameter import Parameter
from panjabi.passive import kernels, standard
from panjabi.passive.directions import LETTERS, levels
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.kernels import LINEAR, RAMP
from panjabi.passive.preload import published_stiffening
from panjabi.passive.sizing import sized
from panjabi.passive.targets import thoracic_region
from panjabi.passive.terms import PassiveTerm, Structure, linear

RIBBED = levels("thoracic")
"""Levels with an anterior rib cage."""
REGIONS = ("T1-T4", "T4-T8", "T8-T12")
SOURCES = ("default", "Mannen2018")
PRESSED = 400.0  # follower load in the measurement of the factors [N]
SPECIMENS = 8  # of Mannen et al.

_FACTORS = ("neutral", "elastic", "loss")
_COLUMNS = {"axis": int, "region": str} | dict.fromkeys(_FACTORS, float)


@dataclass(frozen=True)
class RibFactors:
    """Effect of the ribs on a region about an axis."""

    neutral: float  # slope across the neutral zone, with ribs over without [1]
    elastic: float  # slope of the elastic zone, with ribs over without [1]
    loss: float  # fraction of the branches in the stiffness of the ribs over that of the unit [1]


@dataclass(frozen=True)
class MeasuredFactor:
    """A factor of Mannen et al. and its relative standard error."""

    value: float
    error: float  # of its logarithm; the two conditions are taken as independent


def measured_factor(axis: int, region: str, zone: str) -> MeasuredFactor:
    """Mean stiffness of a zone ("NZ", "EZ") of a region with ribs over that without."""
    means = [
        row(f"man18_{LETTERS[axis]}_{zone}stiff_{region}_{state}")
        for state in ("intact", "no_ribs")
    ]
    spread = sum(((m.sd or 0.0) / m.number) ** 2 for m in means)
    return MeasuredFactor(means[0].number / means[1].number, (spread / SPECIMENS) ** 0.5)


def rib_factors(source: str = "default") -> dict[tuple[int, str], RibFactors]:
    """Factors of a source by axis and region.

    Raises
    ------
    UnknownNameError
        If there is no such source.
    """
    if source == "default":
        return dict(_packaged())
    if source != "Mannen2018":
        raise unknown("source of the rib cage", source, SOURCES)
    return {
        (axis, region): RibFactors(
            measured_factor(axis, region, "NZ").value, measured_factor(axis, region, "EZ").value,
            1.0,
        )
        for axis in range(3)
        for region in REGIONS
    }  # fmt: skip


def with_rib_cage(unit: FunctionalSpinalUnit, source: str = "default") -> FunctionalSpinalUnit:
    """The unit with the anterior rib cage, for T1-T2 to T11-T12; unchanged if it has it already.

    The ribs are calculated from the intact level, also if the unit has changes. Later changes of
    the unit also change the ribs (`degenerated` ages them), and preload acts on them by the factor
    of the unit.

    Raises
    ------
    ParameterError
        If the level has no ribs.
    UnknownNameError
        If there is no such source.
    """
    factors = rib_factors(source)
    if any(s.name == "ribs" for s in unit.structures):
        return unit
    region = _region(unit)
    by_axis = tuple(factors[axis, region] for axis in range(3))
    known = {
        f"rib_{name}_{letters}": _parameter(getattr(factor, name), name, region, source)
        for letters, factor in zip(LETTERS, by_axis, strict=True)
        for name in _FACTORS
    }
    intact = unit
    if unit.changes:
        intact = sized(standard.unit(unit.level, unit.source), unit.length_scale)
    ribs = rib_structure(intact, by_axis)
    return unit.with_structures((*unit.structures, ribs), "rib cage on", known)


def rib_structure(unit: FunctionalSpinalUnit, factors: tuple[RibFactors, ...]) -> Structure:
    """The ribs that multiply the stiffness of a unit about its three axes by `factors`.

    The unit has these factors before relaxation, at neutral and far in the elastic zone, under the
    load of the measurement. Without load, the linear part and the branches of the ribs are smaller
    by the preload factor of the unit. Their ramps have the onset of the ramps of the unit: assumed.
    Where a factor would need ribs of negative stiffness, they add nothing.

    Raises
    ------
    ParameterError
        If the level has no ribs, or the unit has no stiffness about an axis.
    """
    _region(unit)
    pressed = published_stiffening().factor(PRESSED)
    terms: list[PassiveTerm] = []
    branches: list[tuple[float, ...]] = []
    for axis, factor in enumerate(factors):
        of_axis = [t for s in unit.structures for t in s.terms if t.axis == axis]
        ramps = [t for t in of_axis if t.kind == RAMP]
        slow = unit.hysteresis.stiffness[axis]
        moving = sum(slow) + sum(t.values[0] for t in of_axis if t.kind == LINEAR)
        toe = sum(kernels.evaluate(t.kind, np.array(t.row()), 0.0)[2] for t in ramps)
        full = 0.5 * sum(t.values[0] for t in ramps)  # of one side
        if not (moving > 0.0 and full > toe):
            raise ParameterError(
                "Expected a unit with stiffness in the neutral and elastic zone about axis "
                f"{axis}, got {unit}; start from the intact unit."
            )
        at_neutral = (factor.neutral - 1.0) * (pressed * moving + toe)
        beyond = (factor.elastic - 1.0) * (pressed * moving + full)
        ramp_gain = max((beyond - at_neutral) / (full - toe), 0.0)  # of the ramps
        grown = max((at_neutral - ramp_gain * toe) / (pressed * moving), 0.0)  # of the others
        relaxed = grown * max(moving - factor.loss * sum(slow), 0.0)
        terms.append(linear(axis, relaxed, preloaded=True))
        terms += [t.scaled(ramp_gain) for t in ramps]
        springs = unit.hysteresis.springs[axis].tolist()
        branches.append(tuple(grown * factor.loss * k for k in springs))
    return Structure("ribs", tuple(terms), "ribs", tuple(branches))


def without_rib_cage(unit: FunctionalSpinalUnit) -> FunctionalSpinalUnit:
    """The unit without the anterior rib cage; unchanged if it has none."""
    left = [s for s in unit.structures if s.name != "ribs"]
    if len(left) == len(unit.structures):
        return unit
    return unit.with_structures(left, "rib cage cut")


def _region(unit: FunctionalSpinalUnit) -> str:
    """The measured region of a unit with ribs."""
    if unit.level not in RIBBED:
        raise ParameterError(
            f"Expected a level with a rib cage, T1-T2 to T11-T12, got {unit.level}; choose a "
            "thoracic level."
        )
    return thoracic_region(unit.level)[0]


def _parameter(value: float, name: str, region: str, source: str) -> Parameter:
    if source == "default":
        how = f"{region}, jointly to stiffness with and without ribs and to what their removal did"
        return Parameter(value, "1", "ThisWork", "fitted", how)
    if name == "loss":
        return Parameter(value, "1", "ThisWork", "assumed", "ribs lose as the unit does")
    bib = row(f"man18_FE_NZstiff_{region}_intact").bib
    return Parameter(value, "1", bib, "derived", f"{region}, ribs over no ribs, 400 N")


@cache
def _packaged() -> dict[tuple[int, str], RibFactors]:
    rows = read_rows(packaged_text("panjabi.passive", "ribs.csv"), "ribs.csv", _COLUMNS)
    return {
        (cells["axis"], cells["region"]): RibFactors(*(cells[n] for n in _FACTORS))
        for _, cells in rows
    }
