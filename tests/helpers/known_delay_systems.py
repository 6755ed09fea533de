"""Small delay systems with known answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def delayed_body(
    *,
    inertia: float = 5.0,
    damping: float = 30.0,
    stiffness: float = -100.0,
    stretch_gain: float = 400.0,
    rate_gain: float = 60.0,
    acceleration_gain: float = 0.0,
    delay: float = 0.06,
    lag: float = 0.0,
    lag2: float = 0.0,
) -> LinearDelaySystem:
    """J q'' + B q' + K q = m - F, lag2 F'' + lag F' + F = k_p q(t-T) + k_v q'(t-T) + k_a q''(t-T).

    Without lags F is the delayed drive itself, and k_a makes the system neutral.
    """
    order = 2 if lag2 else 1 if lag else 0
    n, last = 2 + order, 1 + order
    E, A, late, push = np.eye(n), np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    E[1, 1], A[0, 1], A[1, :2] = inertia, 1.0, (-stiffness, -damping)
    if order:
        A[1, 2], A[last, 2] = -1.0, -1.0
        E[last, last] = lag2 if lag2 else lag
        if lag2:
            A[2, 3], A[3, 3] = 1.0, -lag
    sign = 1.0 if order else -1.0
    late[last, :2] = sign * stretch_gain, sign * rate_gain
    push[last, 1] = sign * acceleration_gain
    term = DelayTerm(delay, late, push if acceleration_gain else None)
    B = np.zeros((n, 1))
    B[1] = 1.0
    names = ("angle", "rate", "moment", "moment rate")[:n]
    units = ("rad", "rad/s", "N m", "N m/s")[:n]
    return LinearDelaySystem(
        now=A, mass=E, delayed=(term,), inputs=B, input_names=("moment",), input_units=("N m",),
        state_names=names, state_units=units,
    )  # fmt: skip


SETS = {
    "T1": {"stiffness": -100.0, "stretch_gain": 400.0, "rate_gain": 60.0},
    "T2": {"stiffness": 100.0, "stretch_gain": 200.0, "rate_gain": 30.0},
    "T3": {"stiffness": -100.0, "stretch_gain": 400.0, "rate_gain": 0.0},
    "T4": {"stiffness": -100.0, "stretch_gain": 200.0, "rate_gain": 20.0},
}
"""Of the four trunks of panjabi.spine.trunk_sets, here without a filter unless one is given."""


@dataclass(frozen=True, eq=False)
class AffineIn:
    """`make` as a function of some arguments in which its matrices and delays are affine."""

    make: Callable[..., LinearDelaySystem]
    values: Mapping[str, float]
    names: tuple[str, ...]

    def system(self, x: Sequence[float] | np.ndarray, /) -> LinearDelaySystem:
        """The system at the arguments x."""
        return self.make(**{**self.values, **dict(zip(self.names, map(float, x), strict=True))})

    def rates(self, x: Sequence[float] | np.ndarray, /) -> tuple[SystemRate, ...]:
        """Derivative of its matrices and delays: differences over a step of 1 are exact."""
        here = self.system(x)
        found = []
        for k in range(len(self.names)):
            there = self.system(np.asarray(x, float) + np.eye(len(self.names))[k])
            terms = []
            for a, b in zip(here.delayed, there.delayed, strict=True):
                zero = np.zeros_like(a.state)
                push = (zero if b.rate is None else b.rate) - (zero if a.rate is None else a.rate)
                terms.append(DelayTerm(b.delay - a.delay, b.state - a.state, push))
            found.append(SystemRate(there.now - here.now, there.E - here.E, tuple(terms)))
        return tuple(found)


def trunk_system(name: str, **changes: float) -> LinearDelaySystem:
    """One of the four trunks, some numbers changed."""
    return delayed_body(**{**SETS[name], **changes})


def trunk_line(name: str, *names: str, **changes: float) -> AffineIn:
    """The same as a function of the named numbers."""
    return AffineIn(delayed_body, {**SETS[name], **changes}, names)
