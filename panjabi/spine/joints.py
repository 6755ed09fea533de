"""The interface of a joint law, the two laws of Crisco's models, and a law as part of a spine.

Angles are (flexion-extension, lateral bending, axial rotation) in rad with the signs of the body;
`moment` is the gradient of `energy`: the moment that keeps the joint at these angles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.elements import Signal
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr
from panjabi.spine.levels import AXES

Floats = NDArray[np.float64]


@runtime_checkable
class JointLaw(Protocol):
    """Energy of one level as a function of its three angles, with exact derivatives."""

    def energy(self, angles: ArrayLike) -> float:
        """[J] at angles (3,) [rad]."""
        ...

    def moment(self, angles: ArrayLike) -> Floats:
        """dU/d(angles), (3,) [N m]."""
        ...

    def tangent(self, angles: ArrayLike) -> Floats:
        """d2U/d(angles)2, (3, 3) symmetric [N m/rad]."""
        ...


@dataclass(frozen=True, repr=False)
class LawJoint(ShortRepr):
    """A joint law at a level, as a part of a spine without states (`panjabi.elements`)."""

    level: str
    law: JointLaw
    coordinates: tuple[str, str, str]

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: Floats, /) -> float:
        return self.law.energy(q)

    def force(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return -self.law.moment(q)

    def tangent(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return self.law.tangent(q)

    def state_rate(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return np.empty(0)

    def derivatives(
        self, q: Floats, rate: Floats, state: Floats, signals: Floats, /
    ) -> tuple[Floats, Floats, Floats, Floats]:
        none = np.empty((3, 0))
        return -self.law.tangent(q), np.zeros((3, 3)), none, none


@dataclass(frozen=True)
class LinearJoint:
    """Moment proportional to angle, one stiffness per axis: M = k x."""

    stiffness: Sequence[float] | Floats  # FE, LB, AR [N m/rad]

    def __post_init__(self) -> None:
        object.__setattr__(self, "stiffness", _three("LinearJoint", "stiffness", self.stiffness))

    @classmethod
    def isotropic(cls, stiffness: float) -> LinearJoint:
        """The same stiffness [N m/rad] about all three axes."""
        return cls((stiffness,) * 3)

    def energy(self, angles: ArrayLike) -> float:
        return 0.5 * np.sum(np.asarray(self.stiffness) * np.asarray(angles) ** 2)

    def moment(self, angles: ArrayLike) -> Floats:
        return np.asarray(self.stiffness) * np.asarray(angles)

    def tangent(self, angles: ArrayLike) -> Floats:
        return np.diag(np.asarray(self.stiffness))


@dataclass(frozen=True)
class ExponentialJoint:
    """Moment exponential on both sides of neutral: M = (k0 / b) (exp(b |x|) - 1) sign x.

    k0 is the stiffness at neutral. Moment and stiffness are continuous; the stiffness has its
    minimum k0, with a corner, at neutral.
    """

    stiffness: Sequence[float] | Floats  # at neutral; FE, LB, AR [N m/rad]
    exponent: Sequence[float] | Floats  # b; FE, LB, AR [1/rad]

    def __post_init__(self) -> None:
        for name in ("stiffness", "exponent"):
            object.__setattr__(self, name, _three("ExponentialJoint", name, getattr(self, name)))

    @classmethod
    def through(
        cls, stiffness: Sequence[float], *, angle: Sequence[float], moment: float
    ) -> ExponentialJoint:
        """The law with a stiffness at neutral [N m/rad] that reaches `moment` at `angle`.

        Parameters
        ----------
        angle : range of motion of each axis [rad].
        moment : at which the range was measured [N m].

        Raises
        ------
        ParameterError
            If the joint would have to soften: k0 angle > moment.
        """
        exponents = [
            _exponent(k, a, moment)
            for k, a in zip(
                _three("ExponentialJoint", "stiffness", stiffness),
                _three("ExponentialJoint", "angle", angle),
                strict=True,
            )
        ]
        return cls(stiffness, exponents)

    def energy(self, angles: ArrayLike) -> float:
        k, b, x = self._folded(angles)
        return np.sum(k / b**2 * (np.expm1(x) - x))

    def moment(self, angles: ArrayLike) -> Floats:
        k, b, x = self._folded(angles)
        return np.where(np.real(angles) < 0.0, -1.0, 1.0) * k / b * np.expm1(x)

    def tangent(self, angles: ArrayLike) -> Floats:
        k, _, x = self._folded(angles)
        return np.diag(k * np.exp(x))

    def _folded(self, angles: ArrayLike) -> tuple[Floats, Floats, Any]:
        """Stiffness, exponent and b |x|; |x| as x sign x, which is right for complex x too."""
        k, b, at = np.asarray(self.stiffness), np.asarray(self.exponent), np.asarray(angles)
        return k, b, b * at * np.where(np.real(at) < 0.0, -1.0, 1.0)


def _exponent(stiffness: float, angle: float, moment: float) -> float:
    """b of (k0/b) (exp(b angle) - 1) = moment, by Newton from above: (e^y - 1)/y = ratio."""
    ratio = moment / (stiffness * angle)
    if not ratio > 1.0:
        raise ParameterError(
            f"Expected a stiffness at neutral that reaches less than {moment:g} N m at "
            f"{angle:g} rad, because an exponential joint only stiffens, got {stiffness:g} N "
            f"m/rad, which gives {stiffness * angle:g} N m; lower the stiffness at neutral or "
            "raise the moment."
        )
    y = 2.0 * (ratio - 1.0) if ratio < 2.0 else np.log(ratio) + np.log(2.0 * np.log(ratio) + 1.0)
    for _ in range(60):
        step = (np.expm1(y) - ratio * y) / (np.exp(y) - ratio)
        y -= step
        if abs(step) < 1e-14 * y:
            break
    return float(y / angle)


def _three(law: str, name: str, values: Any) -> Floats:
    array = np.array(values, float)
    if array.shape != (3,) or not (np.isfinite(array).all() and (array > 0.0).all()):
        raise ParameterError(
            f"Expected {law}.{name} as three positive finite numbers, for {', '.join(AXES)}, "
            f"got {values!r}; give one for each axis."
        )
    array.setflags(write=False)
    return array
