"""Small delay systems with known answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from panjabi.delay.roots import DelayTerm, LinearDelaySystem, SystemRate


@dataclass(frozen=True, eq=False)
class AffineFamily:
    """base + sum x_k rate_k: parameters that enter the matrices or the delays linearly.

    A rate without delayed terms leaves the delayed terms of the base unchanged.
    """

    base: LinearDelaySystem  # at x = 0
    directions: Mapping[str, SystemRate]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(self.directions)

    def rates(self, x: Sequence[float] | np.ndarray, /) -> tuple[SystemRate, ...]:
        """Derivative of the matrices with every parameter."""
        return tuple(self.directions.values())

    def system(self, x: Sequence[float] | np.ndarray, /) -> LinearDelaySystem:
        """The system at the parameters x."""
        now, mass = np.array(self.base.now), np.array(self.base.mass)
        terms = list(self.base.delayed)
        for value, rate in zip(x, self.directions.values(), strict=True):
            now = now + value * rate.now
            mass = mass if rate.mass is None else mass + value * rate.mass
            for j, moved in enumerate(rate.delayed):
                old, push = terms[j], terms[j].rate
                if moved.rate is not None:
                    push = value * moved.rate + (0.0 if push is None else push)
                late = old.delay + value * moved.delay
                terms[j] = DelayTerm(late, old.state + value * moved.state, push)
        return replace(self.base, now=now, mass=mass, delayed=tuple(terms))


def hayes(a: float, b: float, delay: float) -> LinearDelaySystem:
    """x' = a x + b x(t - delay); for b < -|a| stable below arccos(-a/b) / sqrt(b^2 - a^2)."""
    return LinearDelaySystem(now=np.array([[a]]), delayed=(DelayTerm(delay, np.array([[b]])),))


def delayed_pendulum(
    a: float, p: float, d: float, delay: float, *, c: float = 0.0
) -> LinearDelaySystem:
    """x'' = a x - p x(t-T) - d x'(t-T) - c x''(t-T), the inverted pendulum (Insperger 2013).

    Some p and d stabilise it only for T < sqrt(2/a); with c, for T < 2/sqrt(a).
    """
    past = np.array([[0.0, 0.0], [-p, -d]])
    push = np.array([[0.0, 0.0], [0.0, -c]]) if c else None
    return LinearDelaySystem(
        now=np.array([[0.0, 1.0], [a, 0.0]]),
        delayed=(DelayTerm(delay, past, push),),
        state_names=("angle", "rate"),
        state_units=("rad", "rad/s"),
    )


def pendulum_gains(a: float, delay: float, *, c: float = 0.0) -> AffineFamily:
    """The same pendulum with the gains p and d free."""

    def moves(column: int) -> SystemRate:
        unit = np.zeros((2, 2))
        unit[1, column] = -1.0
        return SystemRate(np.zeros((2, 2)), None, (DelayTerm(0.0, unit),))

    return AffineFamily(delayed_pendulum(a, 0.0, 0.0, delay, c=c), {"p": moves(0), "d": moves(1)})


def two_neurons() -> AffineFamily:
    """x1' = -k x1 + b x1(t-Ts) + a12 x2(t-T2), x2' = ... + a21 x1(t-T1), with a21 free.

    The rest state of DDE-BIFTOOL's first demo: k 0.5, b -1, a12 1, T1 = T2 = 0.2, Ts 1.5.
    """
    nothing = np.zeros((2, 2))
    base = LinearDelaySystem(
        now=-0.5 * np.eye(2),
        delayed=(
            DelayTerm(1.5, -np.eye(2)),
            DelayTerm(0.2, np.array([[0.0, 1.0], [0.0, 0.0]])),
        ),
    )
    cross = DelayTerm(0.0, np.array([[0.0, 0.0], [1.0, 0.0]]))
    return AffineFamily(base, {"a21": SystemRate(nothing, None, (DelayTerm(0.0, nothing), cross))})
