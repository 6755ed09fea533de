"""Muscles as force elements of a spine model (`panjabi.elements`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from panjabi.active.line_kernels import Pieces, own_pieces, pieces_of
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.muscle_kernels import MuscleData
from panjabi.active.musculotendon import Musculotendon
from panjabi.active.stiffness import Bergmark, ShortRangeStiffness
from panjabi.elements import Signal
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class MuscleElement(ShortRepr):
    """Muscles with activation dynamics and, for elastic tendons, fibre dynamics.

    State: activation (nm,), then fibre length over the optimal length (nm,), then short-range force
    over the maximal force (nm,), unless the units have none. Inputs: excitation from 0 to 1 (nm,),
    the signals. A potential does not exist, because force depends on velocity and history.
    """

    units: Musculotendon

    @property
    def muscles(self) -> Musculature:
        """The muscles of the element."""
        return self.units.muscles

    @property
    def coordinates(self) -> tuple[str, ...]:
        return self.muscles.coordinates

    @property
    def states(self) -> int:
        return 2 * len(self.muscles) + self.units.short_range_states

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Excitation of every muscle."""
        return tuple(Signal("command", name) for name in self.muscles.names)

    @cached_property
    def pieces(self) -> Pieces:
        """Moving pieces of the paths, for `muscle_kernels.muscle_rates`."""
        return pieces_of(self.muscles.paths, self.muscles.wall)

    @cached_property
    def data(self) -> MuscleData:
        """Flat arrays for the kernels."""
        activation = self.units.activation.constants
        return MuscleData(self.muscles.tree, self.pieces, self.units.units, *activation)

    def state_at_rest(self, q: Array, activation: Array | float = 0.0) -> Array:
        """State with fibres in equilibrium at q and an activation; no short-range force."""
        geometry = self.muscles.geometry(q)
        a = self.muscles.per_muscle(activation, "activation")
        fibre = self.units.at_rest(a, geometry.length).fibre_length
        return np.concatenate([a, fibre, np.zeros(self.units.short_range_states)])

    def energy(self, q: Array, /) -> None:
        """None: muscles have no potential."""
        return None

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Generalised force on the body (n,) [N m]: minus slope^T tension."""
        return self._evaluate(q, rate, state, inputs)[0]

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d state / d t [1/s]."""
        return np.concatenate(self._evaluate(q, rate, state, inputs)[1:])

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """-d force / d q (n, n) [N m/rad] at constant states.

        With an elastic tendon this is the stiffness of the tendon only. With a rigid tendon the
        fibre follows the path and its rate. Both include tension times curvature of the paths.
        """
        from panjabi.active import slope_kernels as kernels

        pose = self.muscles.pose(q)
        geometry = self.muscles.geometry(pose)
        speed = geometry.slope @ np.asarray(rate, float)
        activation, fibre, short_range = self._split(state)
        tension = self.units.rates(
            activation, fibre, geometry.length, speed, short_range if len(short_range) else 0.0
        ).force
        slopes = np.empty((len(self.muscles), kernels.SLOPES))
        kernels.muscle_slopes(
            self.units.units, activation, fibre, short_range, geometry.length, speed, slopes
        )
        H = self.muscles.tension_curvature(pose, tension)
        H += geometry.slope.T @ (slopes[:, kernels.FORCE_LENGTH, None] * geometry.slope)
        if slopes[:, kernels.FORCE_SPEED].any() and np.any(rate):
            turning = self.muscles.curvature(pose) @ rate  # d speed / d q
            H += geometry.slope.T @ (slopes[:, kernels.FORCE_SPEED, None] * turning)
        return H

    def _split(self, state: Array) -> tuple[Array, Array, Array]:
        """Activations, fibre lengths and short-range forces of a state."""
        nm = len(self.muscles)
        y = np.ascontiguousarray(state, float)
        return y[:nm], y[nm : 2 * nm], y[2 * nm :]

    def _evaluate(
        self, q: Array, rate: Array, state: Array, inputs: Array
    ) -> tuple[Array, Array, Array, Array]:
        from panjabi.active.muscle_kernels import Rates, muscle_rates, muscle_workspace

        nm = len(self.muscles)
        data = self.data
        if len(data.pieces.wraps.surface):
            data = data._replace(pieces=own_pieces(data.pieces))
        out = Rates(
            np.empty(len(self.coordinates)),
            np.empty(nm),
            np.empty(nm),
            np.empty(self.units.short_range_states),
        )
        muscle_rates(
            data,
            np.ascontiguousarray(q, float),
            np.ascontiguousarray(rate, float),
            *self._split(state),
            np.ascontiguousarray(inputs, float),
            muscle_workspace(data.tree, data.pieces),
            out,
        )
        return out


@dataclass(frozen=True, eq=False, repr=False)
class HeldTensions(ShortRepr):
    """Muscles at fixed tensions, with short-range stiffness about a posture.

    The potential is sum F (L - L0) + k (L - L0)^2 / 2. At the reference posture its gradient is
    slope^T F and its Hessian sum k r r^T + F d2L: the contribution of the muscles to the Hessian
    whose smallest eigenvalue determines stability.
    """

    muscles: Musculature
    posture: Array  # (n,) reference posture of the tensions [rad]
    tension: Array  # (nm,) [N]
    law: ShortRangeStiffness = field(default_factory=Bergmark)

    def __post_init__(self) -> None:
        tension = self.muscles.per_muscle(self.tension, "tension")
        if tension.min() < 0.0:
            m = int(tension.argmin())
            raise ParameterError(
                f"Expected a tension of {self.muscles.names[m]!r} from 0 N, got {tension[m]:g} N; "
                "give tensions as positive numbers."
            )
        object.__setattr__(self, "tension", tension)

    @cached_property
    def _rest(self) -> tuple[Array, Array]:
        """Path lengths in the reference posture [m], and stiffnesses [N/m]."""
        length = self.muscles.geometry(self.posture).length
        return length, self.law.stiffness(self.muscles, self.tension, length)[0]

    @property
    def coordinates(self) -> tuple[str, ...]:
        return self.muscles.coordinates

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: Array, /) -> float:
        """Work against the muscles from the reference posture [J]."""
        length, k = self._rest
        stretch = self.muscles.geometry(q).length - length
        return float(self.tension @ stretch + 0.5 * k @ stretch**2)

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Generalised force on the body (n,) [N m]."""
        length, k = self._rest
        geometry = self.muscles.geometry(q)
        return -geometry.slope.T @ (self.tension + k * (geometry.length - length))

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Hessian of the energy (n, n) [N m/rad]."""
        length, k = self._rest
        pose = self.muscles.pose(q)
        geometry = self.muscles.geometry(pose)
        tension = self.tension + k * (geometry.length - length)
        bending = self.muscles.tension_curvature(pose, tension)
        return bending + geometry.slope.T @ (k[:, None] * geometry.slope)

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """No states, (0,)."""
        return np.empty(0)
