"""Margins: the least change of gain, delay, strength or passive stiffness that ends stability.

A change ends stability where a root reaches the imaginary axis, or where no equilibrium is left.
Roots are followed from the present ones, so a margin costs a few evaluations; a count by the
argument principle inside the margin confirms that no other root is unstable there.

Gains and delays change neither posture nor commands, because receptors are silent at rest. Where
strength or stiffness is lost, the equilibrium is solved again ("again"): the posture is kept, and
other commands of least effort hold it. Or the commands are kept ("held"), and the posture changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from panjabi.delay.roots.condensed_spectrum import RESIDUAL, SAME, Condensed
from panjabi.delay.roots.system import Complexes
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.results import ShortRepr
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import condensed_system, linear_system
from panjabi.spine.model import Spine
from panjabi.stability.condition import SubsystemMargin

Commands = Literal["again", "held"]

HIGHEST_GAIN = 5.0  # largest factor on the gains of the search
LATEST = 0.3  # largest additional delay of the search [s]
STEPS = 4  # of the search, before the bracket is refined
WITHIN = 5e-3  # width of the last bracket, over the range of the search
FOLLOWED = 8  # rightmost roots that are followed
BESIDE = np.array([0.02, 0.3, 2.0, 10j, 20j, 30j, 40j])
"""Starts beside them: roots that come near the axis from afar [1/s]."""

AXIS = 1e-3  # line of the count [1/s]; units without load have roots at zero to within rounding
INSIDE = 0.98  # part of a margin at which the roots are counted
LEFT = 0.02  # smallest share of strength or stiffness of the search


@dataclass(frozen=True, eq=False)
class _Path(ShortRepr):
    """A change by x from 0 to `most`; `system` raises where no equilibrium is left."""

    subsystem: str
    what: str
    unit: str
    most: float
    present: float  # amount to which x is compared
    system: Callable[[float], Condensed]
    how: str


@dataclass(frozen=True, eq=False)
class _Point:
    """One value on a path: the roots, or None where no equilibrium is left."""

    x: float
    system: Condensed | None
    roots: Complexes

    @property
    def rightmost(self) -> complex:
        return complex(self.roots[self.roots.real.argmax()])

    @property
    def holds(self) -> bool:
        return self.system is not None and self.rightmost.real < 0.0


def stability_margins(
    rest: Equilibrium, small: Condensed, roots: Complexes, commands: Commands = "again"
) -> tuple[SubsystemMargin, ...]:
    """Margins of an equilibrium whose roots are all left of the axis.

    small, roots : its stuck system and the roots that were found.
    """
    return tuple(_margin(path, small, roots) for path in _paths(rest, small, commands))


def critical_gain(rest: Equilibrium) -> float:
    """Factor on the gain of all reflexes at which a stable equilibrium loses stability [1].

    Raises
    ------
    ParameterError
        If the equilibrium is not stable, or stays stable up to the largest gain of the search.
    """
    small = condensed_system(rest)
    found = small.spectrum()
    if not found.stable:
        raise ParameterError(
            f"Expected a spine that is stable at the present gain, got a root at "
            f"{found.rightmost.real:.3g} 1/s; give another spine."
        )
    more = next(p for p in _paths(rest, small, "again") if p.what == MORE_GAIN)
    margin = _margin(more, small, found.roots)
    if math.isinf(margin.value):
        raise ParameterError(
            f"Expected a gain that destabilises, got stability up to a factor of "
            f"{HIGHEST_GAIN:g}; give a spine with reflexes."
        )
    return 1.0 + margin.value


MORE_GAIN = "reflex gain that can be added"


def _paths(rest: Equilibrium, small: Condensed, commands: Commands) -> Iterator[_Path]:
    model = rest.model
    if commands not in ("again", "held"):
        raise ParameterError(
            f"Expected margins with commands 'again' or 'held', got {commands!r}; choose one, or "
            "margins=False."
        )
    follows = "equilibrium solved again" if commands == "again" else "commands held"

    def changed(spine: Spine) -> Condensed:
        at = _rest_of(spine, rest, commands)
        # posture and commands move, what couples to what does not
        system = linear_system(at)
        same = system.state_names == small.system.state_names
        return Condensed(system, small.border.tolist() if same else None)

    if model.joints:
        yield _Path(
            "passive", "stiffness of the units that can be lost", "1", 1.0 - LEFT, 1.0,
            lambda x: changed(with_stiffness(model, 1.0 - x)), follows,
        )  # fmt: skip
    if model.muscles is not None:
        yield _Path(
            "active", "strength that can be lost", "1", 1.0 - LEFT, 1.0,
            lambda x: changed(with_strength(model, 1.0 - x)), follows,
        )  # fmt: skip
    if small.system.delayed:
        constant = "posture and commands do not change"
        yield _Path(
            "neural", "reflex gain that can be lost", "1", 1.0, 1.0,
            lambda x: small.scaled(1.0 - x), constant,
        )  # fmt: skip
        yield _Path(
            "neural", MORE_GAIN, "1", HIGHEST_GAIN - 1.0, 1.0,
            lambda x: small.scaled(1.0 + x), constant,
        )  # fmt: skip
        yield _Path(
            "neural", "additional delay of all reflexes", "s", LATEST,
            max(small.system.delays) or math.inf, small.delayed_by, constant,
        )  # fmt: skip


def _rest_of(spine: Spine, rest: Equilibrium, commands: Commands) -> Equilibrium:
    """The equilibrium of a changed spine."""
    if commands == "again" and spine.muscles is not None:
        least = max(float(rest.model.excitation.min()), 1e-4)
        return equilibrium(spine, solve="activation", q=rest.q, least=least, extrapolate=True)
    return equilibrium(spine, solve="posture", q=rest.q, extrapolate=True)


def _margin(path: _Path, small: Condensed, roots: Complexes) -> SubsystemMargin:
    good = _Point(0.0, small, roots)
    bad: _Point | None = None
    for x in np.linspace(0.0, path.most, STEPS + 1)[1:].tolist():
        point = _at(path, x, good.roots)
        if not point.holds:
            bad = point
            break
        good = point
    while bad is not None:
        good, bad = _refined(path, good, bad)
        inside = _verified(path, INSIDE * bad.x, good.roots)
        if inside.holds:
            break
        good, bad = _Point(0.0, small, roots), inside
    if bad is None:
        end = _verified(path, path.most, good.roots)
        if not end.holds:
            good, bad = _refined(path, _Point(0.0, small, roots), end)
    if bad is None:
        how = f"searched up to {path.most:.3g} {'s' if path.unit == 's' else ''}".rstrip()
        return SubsystemMargin(
            path.subsystem, path.what, math.inf, path.unit, math.inf, f"{how}; {path.how}"
        )
    if bad.system is None:
        frequency, ends = None, "no equilibrium is left"
    else:
        frequency = abs(bad.rightmost.imag) / (2.0 * math.pi)
        ends = (
            f"then a root of {frequency:.2g} Hz crosses"
            if frequency
            else "then a real root crosses"
        )
    return SubsystemMargin(
        path.subsystem, path.what, bad.x, path.unit, bad.x / path.present,
        f"{ends}; {path.how}", frequency,
    )  # fmt: skip


def _refined(path: _Path, good: _Point, bad: _Point) -> tuple[_Point, _Point]:
    """A narrow bracket: by the secant of the rightmost root, or by halves without equilibrium."""
    side = 0
    low = good.rightmost.real
    high = bad.rightmost.real if bad.system is not None else math.nan
    while bad.x - good.x > WITHIN * path.most:
        share = 0.5 if math.isnan(high) else min(max(low / (low - high), 0.05), 0.95)
        near = np.concatenate([good.roots, bad.roots])
        point = _at(path, good.x + share * (bad.x - good.x), near)
        if point.holds:
            good, low = point, point.rightmost.real
            high = 0.5 * high if side == 1 else high  # Illinois: the other end moves too
            side = 1
        else:
            bad = point
            high = point.rightmost.real if point.system is not None else math.nan
            low = 0.5 * low if side == -1 else low
            side = -1
    return good, bad


def _at(path: _Path, x: float, near: Complexes) -> _Point:
    """The roots at x that Newton reaches from those near it."""
    try:
        system = path.system(x)
    except (ConvergenceError, ParameterError):
        return _Point(x, None, near)
    s, size = system.roots(np.concatenate([_rightmost(near), BESIDE]))
    kept = s[size <= RESIDUAL]
    return _Point(x, system, _rightmost(kept) if kept.size else system.rightmost().roots)


def _verified(path: _Path, x: float, near: Complexes) -> _Point:
    """The roots at x, with those that a count shows to be missing."""
    point = _at(path, x, near)
    if point.system is None or not point.holds or not point.system.count_right_of(AXIS):
        return point
    found = point.system.rightmost()
    return replace(point, roots=(point.system.spectrum(AXIS) if found.stable else found).roots)


def _rightmost(roots: Complexes) -> Complexes:
    """The rightmost of the different roots."""
    kept: list[complex] = []
    for s in roots[np.argsort(-roots.real)]:
        if all(abs(s - r) > SAME * (1.0 + abs(r)) for r in kept):
            kept.append(complex(s))
    return np.array(kept[:FOLLOWED])


# --- changed spines -------------------------------------------------------------------------


def with_strength(model: Spine, factor: float) -> Spine:
    """The spine with the force of all muscles times a factor; commands and posture as they are."""
    from panjabi.active.element import MuscleElement

    assert model.muscles is not None
    units = model.muscles.units
    weak = units.muscles.with_deficit(set(units.muscles.groups), 1.0 - factor)
    return replace(model, muscles=MuscleElement(replace(units, muscles=weak)), recipe={})


def with_stiffness(model: Spine, factor: float) -> Spine:
    """The spine with the stiffness of all units times a factor, branches and friction included."""
    joints = tuple(replace(joint, unit=softened(joint.unit, factor)) for joint in model.joints)
    return replace(model, joints=joints, recipe={})


def softened(unit: FunctionalSpinalUnit, factor: float) -> FunctionalSpinalUnit:
    """The unit with the stiffness of every structure times a factor; damping stays."""

    def rows(values: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(factor * k for k in row) for row in values)

    kept = unit.hysteresis
    structures = tuple(
        replace(s.changed(stiffness=factor), branches=rows(s.branches)) for s in unit.structures
    )
    return replace(
        unit,
        structures=structures,
        hysteresis=replace(kept, stiffness=rows(kept.stiffness), friction=rows(kept.friction)),
    )
