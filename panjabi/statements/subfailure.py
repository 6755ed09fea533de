"""Ligament subfailure as a loop: damage corrupts the sensors, and poor control increases strain.

Panjabi (2006) described the loop in words; the equations and all values are assumptions of this
project. D is the damage of the ligaments and their receptors; c = 1 if damage corrupts the signals,
0 if it does not:

    passive loss = D                    reflex gain  = 1 - c gain_loss D
    extra delay  = c extra_delay D      sensor noise = (1 + c noise_rise D) x power
    sensed angle = angle + c bias D     sensed loss  = (1 - c blindness D) D

Co-contraction restores the intact stiffness against a quick turn for the sensed loss. The excursion
and the damage are

    excursion e = |mean angle| + 2 sway
    dD/dt = rate (1 - D) max(0, e / limit - 1)^2 - healing D
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.stability.algebra import root
from panjabi.statements.quiet_stance import LEAST, Noise, Stance, stances_of, standing_trunk

Floats = NDArray[np.float64]

DAY = 86400.0  # [s]


ASSUMED: dict[str, Parameter] = {
    "gain_loss": assumed(0.5, "1", "fraction of the reflex gain lost at full damage"),
    "extra_delay": assumed(0.060, "s", "of the loop at full damage"),
    "noise_rise": assumed(
        3.0, "1", "increase of the sensor noise power at full damage, relative to intact"
    ),
    "bias": assumed(0.5, "deg", "of the sensed angle at full damage"),
    "blindness": assumed(0.8, "1", "fraction of the damage not sensed at full damage"),
    "limit": assumed(1.25, "1", "largest excursion without damage, over the intact excursion"),
    "rate": assumed(0.5, "1", "of damage per day, at twice the limit"),
    "healing": assumed(1.0 / 42.0, "1", "fraction of the damage per day: six weeks"),
}
"""Parameters of the loop in addition to the trunk; rates per day."""


@dataclass(frozen=True, repr=False)
class LoopState(ShortRepr):
    """The loop at a value of damage and corruption."""

    damage: float  # D [1]
    corruption: float  # c [1]
    activation: float  # co-contraction by the controller [1]
    excursion: float  # [rad]
    growth: float  # dD/dt [1/s]
    gain: float  # loop gain d(dD/dt)/dD, by differences [1/s]


@dataclass(frozen=True)
class Bifurcation:
    """The fold at which chronic states appear: dD/dt and the loop gain are both zero."""

    corruption: float  # c [1]
    damage: float  # D [1]
    growth: float  # residual of dD/dt [1/s]
    gain: float  # residual of the loop gain [1/s]


STEP = 1e-3
"""Step of damage for the loop gain [1]."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Subfailure(ShortRepr):
    """A trunk with ligament subfailure; all `parameters` are assumed."""

    trunk: Spine = field(default_factory=standing_trunk)
    noise: Noise = field(default_factory=Noise)
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: dict(ASSUMED))

    def scaled(self, factors: Mapping[str, float]) -> Subfailure:
        """The same loop with some parameters multiplied by factors."""
        changed = {
            k: replace(p, value=p.value * factors.get(k, 1.0)) for k, p in self.parameters.items()
        }
        return replace(self, parameters=changed)

    @cached_property
    def _number(self) -> dict[str, float]:
        values = {name: p.si for name, p in self.parameters.items()}
        return values | {name: values[name] / DAY for name in ("rate", "healing")}

    @cached_property
    def _intact(self) -> float:
        """Excursion of the intact trunk [rad]."""
        present = stances_of(self.trunk).cocontraction
        return 2.0 * math.sqrt(self._stance(present).variance(self.noise))

    def _stance(
        self, activation: float, damage: float = 0.0, *, gain: float = 1.0, later: float = 0.0
    ) -> Stance:
        stances = stances_of(self.trunk)
        stance = stances.stance(activation, damage, gain=gain, later=later)
        if stance is None:
            raise ConvergenceError(
                f"Expected a stable trunk, got an unstable trunk at damage {damage:g} with "
                f"reflexes of {gain:.3g} times the gain and {1e3 * later:.3g} ms more delay; use "
                "less damage or corruption."
            )
        return stance

    @cached_property
    def _effort(self) -> tuple[float, float, float]:
        """Co-contraction for a sensed loss r as a polynomial: values at r = 0, 1/2, 1 [1]."""
        stances = stances_of(self.trunk)
        first = stances.cocontraction
        aim = stances.stiffness(first)
        half, whole = (
            root(lambda a, r=r: stances.stiffness(a, r) - aim, LEAST, stances.most, within=1e-12)
            for r in (0.5, 1.0)
        )
        return first, half, whole

    def activation(self, reported: float) -> float:
        """Co-contraction that restores the intact stiffness for a sensed loss [1].

        Quadratic in the loss, exact for none, half and all of it.
        """
        first, half, whole = self._effort
        r = reported
        ends = first * (1.0 - r) * (1.0 - 2.0 * r) + whole * r * (2.0 * r - 1.0)
        return ends + 4.0 * half * r * (1.0 - r)

    def excursion(self, damage: float, corruption: float) -> float:
        """Mean angle and two standard deviations [rad].

        Raises
        ------
        ConvergenceError
            If the trunk is unstable or its reflex gain is zero: the excursion is then not defined.
        """
        D, c, p = float(damage), float(corruption), self._number
        share = 1.0 - c * p["gain_loss"] * D
        if share <= 0.0:
            raise ConvergenceError(
                f"Expected a reflex gain above 0, got none at damage {D:g} and corruption {c:g}; "
                "use less damage or corruption."
            )
        effort = self.activation(self._reported(D, c))
        stance = self._stance(effort, D, gain=share, later=c * p["extra_delay"] * D)
        variance = stance.variance(self.noise, 1.0 + c * p["noise_rise"] * D)
        return abs(stance.by_bias) * c * p["bias"] * D + 2.0 * math.sqrt(variance)

    def _reported(self, damage: float, corruption: float) -> float:
        """Sensed loss [1]."""
        return max(0.0, 1.0 - corruption * self._number["blindness"] * damage) * damage

    def growth(self, damage: float, corruption: float) -> float:
        """Rate of damage dD/dt [1/s]; raises as `excursion`."""
        return self._growth(damage, self.excursion(damage, corruption))

    def _growth(self, damage: float, excursion: float) -> float:
        p = self._number
        over = max(0.0, excursion / (p["limit"] * self._intact) - 1.0)
        return p["rate"] * (1.0 - damage) * over**2 - p["healing"] * damage

    def state(self, damage: float, corruption: float) -> LoopState:
        """Rate of damage and its loop gain [1/s].

        Raises
        ------
        ParameterError
            For damage outside 0 to 1, or a negative corruption.
        ConvergenceError
            If the trunk is unstable or its reflex gain is zero: the excursion is then not defined.
        """
        D, c = float(damage), float(corruption)
        if not (0.0 <= D <= 1.0 and 0.0 <= c < math.inf):
            raise ParameterError(
                "Expected damage from 0 to 1 and a finite corruption of 0 or more, got damage "
                f"{damage!r} and corruption {corruption!r}; give values in these ranges."
            )
        excursion = self.excursion(D, c)
        centre = min(max(D, STEP), 1.0 - STEP)
        low, middle, high = (self.growth(centre + k * STEP, c) for k in (-1, 0, 1))
        off = (D - centre) / STEP  # at the end of the range: the slope of the parabola there
        gain = ((high - low) / 2.0 + off * (high - 2.0 * middle + low)) / STEP
        effort = self.activation(self._reported(D, c))
        return LoopState(D, c, effort, excursion, self._growth(D, excursion), gain)

    def corruption_at(self, damage: float, *, most: float = 1.9) -> float:
        """Corruption at which a damage is constant, dD/dt = 0 [1]; nan: none up to `most`."""

        def growth(c: float) -> float:
            try:
                return self.growth(damage, c)
            except ConvergenceError:  # the trunk is unstable
                return self._number["rate"]

        high = min(most, 0.99 / (self._number["gain_loss"] * damage))
        if growth(high) < 0.0:
            return math.nan
        return root(growth, 0.0, high, within=1e-13)

    def bifurcation(self, *, places: int = 25) -> Bifurcation | None:
        """The fold, the smallest corruption with a chronic state, or None.

        Along the branch of fixed points the corruption decreases where the loop gain is positive
        and increases where it is negative, so the fold is a zero of the loop gain.
        """
        damages = np.linspace(0.05, 0.95, places)
        branch = [(D, self.corruption_at(float(D))) for D in damages]
        gains = [(D, self.state(float(D), c).gain) for D, c in branch if not math.isnan(c)]
        for (low, g0), (high, g1) in pairwise(gains):
            if g0 > 0.0 >= g1:
                D = root(self._gain_on_branch, float(low), float(high), within=1e-12)
                state = self.state(D, self.corruption_at(D))
                return Bifurcation(state.corruption, state.damage, state.growth, state.gain)
        return None

    def _gain_on_branch(self, damage: float) -> float:
        return self.state(damage, self.corruption_at(damage)).gain

    def fixed_points(self, corruption: float, *, places: int = 60) -> tuple[LoopState, ...]:
        """States with dD/dt = 0 at one corruption, health (D = 0) first."""

        def growth_at(D: float) -> float:
            return self.growth(D, corruption)

        states = [self.state(0.0, corruption)]
        damages = np.linspace(1e-3, 1.0, places)
        growth = [growth_at(float(D)) for D in damages]
        for k in range(places - 1):
            if growth[k] * growth[k + 1] < 0.0:
                ends = float(damages[k]), float(damages[k + 1])
                states.append(self.state(root(growth_at, *ends, within=1e-13), corruption))
        return tuple(states)


@dataclass(frozen=True, eq=False, repr=False)
class LoopPicture(ShortRepr):
    """Data for a figure of the loop."""

    damage: Floats  # (k,) [1]
    growth: dict[str, Floats]  # label -> dD/dt (k,) [1/day]
    branch: Floats  # (b, 3) damage, corruption at which it is constant, loop gain [1/day]
    fold: Bifurcation | None


def loop_picture(loop: Subfailure, *, points: int = 60) -> LoopPicture:
    """Rate of damage over damage for true and corrupted sensors and at the fold, and the branch."""
    damage = np.linspace(0.0, 1.0, points)
    fold = loop.bifurcation()
    levels = {"true sensors": 0.0, "corrupted sensors": 1.0}
    if fold is not None:
        levels = {"true sensors": 0.0, "at the fold": fold.corruption, "corrupted sensors": 1.0}
    growth = {
        label: np.array([DAY * loop.growth(float(D), c) for D in damage])
        for label, c in levels.items()
    }
    rows = []
    for D in np.linspace(0.03, 0.97, points):
        c = loop.corruption_at(float(D))
        if not math.isnan(c):
            rows.append((D, c, DAY * loop.state(float(D), c).gain))
    return LoopPicture(damage, growth, np.array(rows).reshape(-1, 3), fold)
