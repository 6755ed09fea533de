"""Margins: the least change that ends stability, and the largest that muscle forces can balance.

A verdict changes gain, delay, strength or passive stiffness. A change ends stability where a root
reaches the imaginary axis, or where no equilibrium is left. Roots are followed from the present
ones, so a margin costs a few evaluations; a count by the argument principle inside the margin
confirms that no other root is unstable there.

Gains and delays change neither posture nor commands, because receptors are silent at rest. Where
strength or stiffness is lost, the equilibrium is solved again ("again"): the posture is kept, and
other commands of least effort hold it. Or the commands are kept ("held"), and the posture changes.

For a posture with recruited forces, `load_margin` and `deficit_margin` give the largest load and
the largest loss of muscle force for which new forces exist.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from panjabi.delay.roots.condensed_spectrum import RESIDUAL, SAME, Condensed
from panjabi.delay.roots.system import Complexes
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.recruitment.infeasible import Infeasibility, InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit_again
from panjabi.results import Result, ShortRepr
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import condensed_system, linear_system
from panjabi.spine.model import Spine
from panjabi.spine.static_model import HeldLoad, StaticSpine
from panjabi.stability.condition import SubsystemMargin

Commands = Literal["again", "held"]

HIGHEST_GAIN = 5.0  # largest factor on the gains of the search
LATEST = 0.3  # largest additional delay of the search [s]
STEPS = 4  # of the search, before the bracket is refined
FINE = 10  # the same where posture and commands stay: delays open and close windows
WITHIN = 1e-2  # width of the last bracket, over the range of the search
FOLLOWED = 8  # rightmost roots that are followed
BESIDE = np.array([0.02, 0.3, 2.0, 10j, 20j, 30j, 40j])
"""Starts beside them: roots that come near the axis from afar [1/s]."""

AXIS = 1e-3  # line of the count [1/s]; units without load have roots at zero to within rounding
EDGE = 0.1  # smallest part of a bracket that is cut off
LEFT = 0.02  # smallest share of strength or stiffness of the search
LARGEST_MASS = 500.0  # end of the search for a load [kg]


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
    steps: int = STEPS


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

    def changed(lost: Deficits) -> Condensed:
        at = _rest_of(with_deficits(model, lost), rest, commands)
        # posture and commands move, what couples to what does not
        system = linear_system(at)
        same = system.state_names == small.system.state_names
        return Condensed(system, small.border.tolist() if same else None)

    if model.joints:
        yield _Path(
            "passive", "stiffness of the units that can be lost", "1", 1.0 - LEFT, 1.0,
            lambda x: changed(Deficits(passive_loss=x)), follows,
        )  # fmt: skip
    if model.muscles is not None:
        yield _Path(
            "active", "strength that can be lost", "1", 1.0 - LEFT, 1.0,
            lambda x: changed(Deficits(strength_loss=x)), follows,
        )  # fmt: skip
    if small.system.delayed:
        constant = "posture and commands do not change"
        yield _Path(
            "neural", "reflex gain that can be lost", "1", 1.0, 1.0,
            lambda x: small.scaled(1.0 - x), constant, FINE,
        )  # fmt: skip
        yield _Path(
            "neural", MORE_GAIN, "1", HIGHEST_GAIN - 1.0, 1.0,
            lambda x: small.scaled(1.0 + x), constant, FINE,
        )  # fmt: skip
        yield _Path(
            "neural", "additional delay of all reflexes", "s", LATEST,
            max(small.system.delays) or math.inf, small.delayed_by, constant, FINE,
        )  # fmt: skip


def _rest_of(spine: Spine, rest: Equilibrium, commands: Commands) -> Equilibrium:
    """The equilibrium of a changed spine."""
    if commands == "again" and spine.muscles is not None:
        least = max(float(rest.model.excitation.min()), 1e-4)
        return equilibrium(spine, solve="activation", q=rest.q, least=least, extrapolate=True)
    return equilibrium(spine, solve="posture", q=rest.q, extrapolate=True)


def _margin(path: _Path, small: Condensed, roots: Complexes) -> SubsystemMargin:
    start = _Point(0.0, small, roots)
    good, bad = start, None
    for x in np.linspace(0.0, path.most, path.steps + 1)[1:].tolist():
        point = _at(path, x, good.roots)
        if not point.holds:
            bad = point
            break
        good = point
    while True:
        if bad is not None:
            good, bad = _refined(path, good, bad)
        checked = _verified(good)
        if checked.holds:
            break
        good, bad = start, checked
    if bad is None:
        how = f"searched up to {path.most:.3g} {'s' if path.unit == 's' else ''}".rstrip()
        return SubsystemMargin(
            path.subsystem, path.what, math.inf, path.unit, math.inf, f"{how}; {path.how}"
        )
    x = good.x + _share(good, bad) * (bad.x - good.x)
    if bad.system is None:
        frequency, ends = None, "no equilibrium is left"
    else:
        frequency = abs(bad.rightmost.imag) / (2.0 * math.pi)
        crossing = f"root of {frequency:.2g} Hz" if frequency else "real root"
        ends = f"then a {crossing} crosses"
    return SubsystemMargin(
        path.subsystem, path.what, x, path.unit, x / path.present, f"{ends}; {path.how}", frequency
    )


def _refined(path: _Path, good: _Point, bad: _Point) -> tuple[_Point, _Point]:
    """A narrow bracket, by the secant; by halves after two values on the same side."""
    width, before, same = WITHIN * path.most, None, False
    while (gap := bad.x - good.x) > width:
        share = 0.5 if same else min(max(_share(good, bad), EDGE), 1.0 - EDGE)
        if share * gap < 0.5 * width:
            share = 0.9 * width / gap
        elif (1.0 - share) * gap < 0.5 * width:
            share = 1.0 - 0.9 * width / gap
        point = _at(path, good.x + share * gap, np.concatenate([good.roots, bad.roots]))
        same, before = point.holds is before, point.holds
        good, bad = (point, bad) if point.holds else (good, point)
    return good, bad


def _share(good: _Point, bad: _Point) -> float:
    """Part of the bracket at which the root crosses, by linear interpolation.

    A real root crosses where det D(0) changes sign, which is more nearly linear than the root.
    """
    if good.system is None or bad.system is None:
        return 0.5 if good.x < bad.x else 1.0
    if bad.rightmost.imag:
        low = float(good.roots[np.abs(good.roots - bad.rightmost).argmin()].real)
        high = bad.rightmost.real
    else:
        (a, size), (b, other) = _at_zero(good.system), _at_zero(bad.system)
        low, high = -1.0, -a * b * math.exp(min(other - size, 700.0))
    return low / (low - high) if low < 0.0 < high else 0.5


def _at_zero(system: Condensed) -> tuple[float, float]:
    """Sign of det D(0), and the logarithm of its size."""
    sign, size = np.linalg.slogdet(system.value(np.zeros(1, complex))[0].real)
    return float(sign), float(size)


def _at(path: _Path, x: float, near: Complexes) -> _Point:
    """The roots at x that Newton reaches from those near it."""
    try:
        system = path.system(x)
    except (ConvergenceError, ParameterError):
        return _Point(x, None, near)
    return _Point(x, system, followed_roots(system, near))


def followed_roots(system: Condensed, near: Complexes) -> Complexes:
    """The rightmost roots (k,) of a system that Newton reaches from those of a similar one."""
    s, size = system.roots(np.concatenate([_rightmost(near), BESIDE]))
    kept = s[size <= RESIDUAL]
    return _rightmost(kept) if kept.size else system.rightmost().roots


def _verified(point: _Point) -> _Point:
    """The point with the roots that a count shows to be missing."""
    if point.system is None or not point.system.count_right_of(AXIS):
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


# --- margins of recruited forces --------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Margin(Result):
    """The largest disturbance for which recruitment is feasible, and why a larger one is not."""

    what: str  # the disturbance
    value: float  # in `unit`
    unit: str
    within: float  # width of the last bracket
    beyond: Infeasibility | None  # None: the whole search range is feasible
    note: str = "preload of the units fixed at its value in the undisturbed posture"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; `beyond` is the reason as a sentence."""
        beyond = None if self.beyond is None else self.beyond.sentence
        return super().to_dict() | {"beyond": beyond}


def load_margin(state: SpineRecruitment, *, within: float = 0.5) -> Margin:
    """Largest additional mass that can be held at the same place [kg]."""
    spine = state.spine
    place, present = spine.load.place, spine.load.mass
    return _bisected(
        "additional mass held",
        "kg",
        LARGEST_MASS,
        within,
        lambda mass: spine.with_load(HeldLoad(present + mass, place)),
        state,
    )


def deficit_margin(state: SpineRecruitment, group: str, *, within: float = 0.01) -> Margin:
    """Largest fraction of a muscle group's active force that can be lost [1].

    1 means that the group is not needed.
    """
    spine = state.spine
    return _bisected(
        f"force of {group} lost",
        "1",
        1.0,
        within,
        lambda loss: spine.with_muscles(spine.muscles.weakened(loss, group)),
        state,
    )


def _bisected(
    what: str,
    unit: str,
    largest: float,
    within: float,
    disturbed: Callable[[float], StaticSpine],
    state: SpineRecruitment,
) -> Margin:
    """Bisection: the set of feasible forces shrinks as the disturbance grows."""

    def fails(size: float) -> Infeasibility | None:
        try:
            recruit_again(state, disturbed(size))
        except InfeasibleRecruitment as error:
            return error.why
        return None

    beyond = fails(largest)
    if beyond is None:
        return Margin(what, largest, unit, 0.0, None)
    low, high = 0.0, largest
    while high - low > within:
        middle = 0.5 * (low + high)
        why = fails(middle)
        if why is None:
            low = middle
        else:
            high, beyond = middle, why
    return Margin(what, low, unit, high - low, beyond)
