"""The anterior rib cage as one more structure of a thoracic unit, T1-T2 to T11-T12.

What it adds is stated as factors by region and axis: stiffness with ribs over stiffness without, of
the neutral and of the elastic zone, before anything relaxes. `Mannen2018` takes these from one
laboratory (means, 400 N follower load). `default` is the most probable set between them, within
their standard errors, and what six thoraces lost with their ribs without load (Liebsch et al.
2017); see `panjabi.passive.rib_fitting`.
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
from panjabi.passive.targets import thoracic_region
from panjabi.passive.terms import PassiveTerm, Structure, linear

RIBBED = levels("thoracic")
"""Levels that the anterior rib cage bridges."""
REGIONS = ("T1-T4", "T4-T8", "T8-T12")
SOURCES = ("default", "Mannen2018")
PRESSED = 400.0  # follower load under which the factors were measured [N]
SPECIMENS = 8  # of Mannen et al.

_FACTORS = ("neutral", "elastic", "loss")
_COLUMNS = {"axis": int, "region": str} | dict.fromkeys(_FACTORS, float)


@dataclass(frozen=True)
class RibFactors:
    """What the ribs do to one region about one axis."""

    neutral: float  # slope across the neutral zone, with ribs over without
    elastic: float  # slope of the elastic zone, with ribs over without
    loss: float  # share of the branches in what the ribs add, over that share in the unit


@dataclass(frozen=True)
class MeasuredFactor:
    """One factor of Mannen et al. and its relative standard error."""

    value: float
    error: float  # of its logarithm; the two conditions taken as independent


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
    """With the anterior rib cage, for T1-T2 to T11-T12; a unit that has it is unchanged.

    They are made from the intact level, whatever was done to the unit before. What is done to the
    unit later is done to them as well (`degenerated` ages them), and a preload acts on them by the
    unit's own factor.

    Raises
    ------
    ParameterError
        If no ribs bridge the level.
    UnknownNameError
        If there is no such source.
    """
    factors = rib_factors(source)
    if any(s.name == "ribs" for s in unit.structures):
        return unit
    region = _region(unit)
    own = tuple(factors[axis, region] for axis in range(3))
    known = {
        f"rib_{name}_{letters}": _parameter(getattr(factor, name), name, region, source)
        for letters, factor in zip(LETTERS, own, strict=True)
        for name in _FACTORS
    }
    ribs = rib_structure(standard.unit(unit.level, unit.source) if unit.changes else unit, own)
    return unit.with_structures((*unit.structures, ribs), "rib cage on", known)


def rib_structure(unit: FunctionalSpinalUnit, factors: tuple[RibFactors, ...]) -> Structure:
    """The ribs with which a unit's stiffness about its three axes grows by given factors.

    The factors are met before anything relaxes, at neutral and far past the bends, under the load
    they were measured at; without it the ribs' linear part and branches are less by the unit's own
    preload factor. Their ramps have the onset of the unit's: assumed. Where a zone would need ribs
    that push away, they add nothing to it.

    Raises
    ------
    ParameterError
        If no ribs bridge the level, or the unit has no stiffness of its own about an axis.
    """
    _region(unit)
    pressed = published_stiffening().factor(PRESSED)
    terms: list[PassiveTerm] = []
    branches: list[tuple[float, ...]] = []
    for axis, factor in enumerate(factors):
        own = [t for s in unit.structures for t in s.terms if t.axis == axis]
        ramps = [t for t in own if t.kind == RAMP]
        slow = unit.hysteresis.stiffness[axis]
        moving = sum(slow) + sum(t.values[0] for t in own if t.kind == LINEAR)
        toe = sum(kernels.evaluate(t.kind, np.array(t.row()), 0.0)[2] for t in ramps)
        full = 0.5 * sum(t.values[0] for t in ramps)  # of one side
        if not (moving > 0.0 and full > toe):
            raise ParameterError(
                f"{unit} has no stiffness about axis {axis} that ribs could be a multiple of; "
                "possible: a unit with a neutral and an elastic zone. Start from the intact unit."
            )
        at_neutral = (factor.neutral - 1.0) * (pressed * moving + toe)
        beyond = (factor.elastic - 1.0) * (pressed * moving + full)
        share = max((beyond - at_neutral) / (full - toe), 0.0)  # of the ramps
        grown = max((at_neutral - share * toe) / (pressed * moving), 0.0)  # of the rest
        relaxed = grown * max(moving - factor.loss * sum(slow), 0.0)
        terms.append(linear(axis, relaxed, preloaded=True))
        terms += [t.scaled(share) for t in ramps]
        branches.append(tuple(grown * factor.loss * k for k in slow))
    return Structure("ribs", tuple(terms), "ribs", tuple(branches))


def without_rib_cage(unit: FunctionalSpinalUnit) -> FunctionalSpinalUnit:
    """With the anterior rib cage cut away; a unit that has none is unchanged."""
    left = [s for s in unit.structures if s.name != "ribs"]
    if len(left) == len(unit.structures):
        return unit
    return unit.with_structures(left, "rib cage cut")


def _region(unit: FunctionalSpinalUnit) -> str:
    """The measured region of a unit, which has ribs."""
    if unit.level not in RIBBED:
        raise ParameterError(
            f"{unit.level} has no rib cage; possible: T1-T2 to T11-T12. Choose a thoracic level."
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
