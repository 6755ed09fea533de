"""Musculotendon units of a musculature: force from activation, length and velocity."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.activation import ActivationDynamics
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.musculotendon_kernels import Units
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter
from panjabi.tissue.de_groote import DeGrooteCurves

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RestingMuscles:
    """Fibres and tendons in balance at given path lengths, all at rest; arrays (nm,)."""

    force: Floats  # along the tendon [N]
    fibre_length: Floats  # over the optimal length [1]
    fibre_stiffness: Floats  # along the tendon, activation held [N/m]; a Hill slope
    tendon_stiffness: Floats  # [N/m]; infinite where rigid
    fibre_viscosity: Floats  # d force / d velocity of the fibre along the tendon [N s/m]
    residual: Floats  # pull of the fibre minus that of the tendon [N]

    @property
    def share(self) -> Floats:
        """Part of a slow stretch that the fibre takes [1]."""
        kf, kt = self.fibre_stiffness, self.tendon_stiffness
        rigid = np.isinf(kt)
        total = np.where(rigid, 1.0, kf + kt)
        total = np.where(total == 0.0, np.inf, total)  # slack: nothing is stretched
        return np.where(rigid, 1.0, np.where(rigid, 0.0, kt) / total)

    @property
    def stiffness(self) -> Floats:
        """d force / d path length once the fibre has settled, (nm,) [N/m]."""
        return self.fibre_stiffness * self.share

    @property
    def viscosity(self) -> Floats:
        """d force / d path velocity of a slow steady stretch, (nm,) [N s/m]."""
        return self.fibre_viscosity * self.share**2


@dataclass(frozen=True, eq=False)
class RigidForces:
    """Forces with rigid tendons and their slopes; arrays (nm,)."""

    force: Floats  # [N]
    by_length: Floats  # d force / d path length at constant activation [N/m]
    by_velocity: Floats  # d force / d path velocity [N s/m]


@dataclass(frozen=True, eq=False)
class Musculotendon:
    """Hill-type units after De Groote et al. (2016) for every muscle of a musculature.

        F = Fmax [a fl(l) fv(v) + fp(l) + d v] cos(pennation) = Fmax ft(lt / lts)

    at constant thickness of the muscle. Tendons are elastic or rigid, all or muscle by muscle.
    A tendon that is short beside its fibre hardly stretches and makes the equations stiff: those
    with lts < rigid_below lopt are taken as rigid. Of the lumbar muscles these are six with the
    default; the fastest fibre then settles at 4e3 1/s, and at 2e6 1/s were all elastic.

    Explicit form: `rates`, state = fibre length over the optimal one. Equilibrium form: `at_rest`.
    """

    muscles: Musculature
    curves: DeGrooteCurves = field(default_factory=DeGrooteCurves.refit)
    speed: Parameter = field(
        default_factory=lambda: Parameter(
            10.0, "1/s", "DeGroote2016", "assumed", "optimal lengths per second"
        )
    )
    damping: Parameter = field(
        default_factory=lambda: Parameter(
            0.1, "1", "Millard2013", "assumed", "of the fibre; lets it be fully inactive"
        )
    )
    elastic: bool | NDArray[np.bool_] = True
    rigid_below: float = 0.1
    activation: ActivationDynamics = field(default_factory=ActivationDynamics)

    def __post_init__(self) -> None:
        if not self.speed.si > 0.0:
            raise ParameterError(
                f"Musculotendon.speed is {self.speed.value:g}; a number above 0 is possible. "
                "Leave it out for 10 optimal lengths per second."
            )
        if self.damping.si < 0.0:
            raise ParameterError(
                f"Musculotendon.damping is {self.damping.value:g}; 0 or more is possible. 0 needs "
                "an activation above 0 at all times where tendons are elastic."
            )
        if not self.rigid_below >= 0.0:
            raise ParameterError(
                f"Musculotendon.rigid_below is {self.rigid_below!r}; 0 or more is possible. It is "
                "tendon slack length over optimal fibre length; 0 leaves every tendon elastic."
            )
        if np.shape(self.elastic) not in ((), (len(self.muscles),)):
            raise ParameterError(
                f"Musculotendon.elastic has shape {np.shape(self.elastic)}; True, False or one "
                f"for each of {len(self.muscles)} muscles is possible. Say which tendons stretch."
            )

    @cached_property
    def units(self) -> Units:
        """Flat arrays for the kernels."""
        m = self.muscles
        long = m.tendon_slack_length >= self.rigid_below * m.optimal_length
        return Units(
            np.ascontiguousarray(m.max_force),
            np.ascontiguousarray(m.optimal_length),
            np.ascontiguousarray(m.tendon_slack_length),
            m.optimal_length * np.sin(m.pennation),
            np.broadcast_to(self.elastic, len(m)) & long,
            self.speed.si,
            self.damping.si,
            self.curves.row,
        )

    def rigid(
        self, activation: ArrayLike, length: ArrayLike, velocity: ArrayLike = 0.0
    ) -> RigidForces:
        """Forces with every tendon rigid, at path lengths [m] and velocities [m/s], (nm,)."""
        from panjabi.active.musculotendon_kernels import rigid_all

        out = np.empty((3, len(self.muscles)))
        rigid_all(
            self.units,
            self._share(activation),
            self.muscles.per_muscle(length, "length"),
            self.muscles.per_muscle(velocity, "velocity"),
            *out,
        )
        return RigidForces(*out)

    def rates(
        self,
        activation: ArrayLike,
        fibre_length: ArrayLike,
        length: ArrayLike,
        velocity: ArrayLike = 0.0,
    ) -> tuple[Floats, Floats]:
        """Forces [N] and d fibre_length / dt [1/s], (nm,): the explicit form.

        fibre_length over the optimal one; path length [m] and velocity [m/s].
        """
        from panjabi.active.musculotendon_kernels import rates

        per = self.muscles.per_muscle
        force, fibre_rate = np.empty((2, len(self.muscles)))
        rates(
            self.units,
            self._share(activation),
            per(fibre_length, "fibre_length"),
            per(length, "length"),
            per(velocity, "velocity"),
            force,
            fibre_rate,
        )
        return force, fibre_rate

    def at_rest(self, activation: ArrayLike, length: ArrayLike) -> RestingMuscles:
        """Balance of fibre and tendon at path lengths [m], (nm,): the equilibrium form.

        Where the path is shorter than the tendon nothing pulls.
        """
        from panjabi.active.musculotendon_kernels import equilibrium

        out = np.empty((6, len(self.muscles)))
        length = self.muscles.per_muscle(length, "length")
        equilibrium(self.units, self._share(activation), length, out)
        return RestingMuscles(*out)

    def _share(self, activation: ArrayLike) -> Floats:
        a = self.muscles.per_muscle(activation, "activation")
        if a.size and not (a.min() >= 0.0 and a.max() <= 1.0):
            raise ParameterError(
                f"activation lies between {a.min():g} and {a.max():g}; 0 to 1 is possible. "
                "Give shares of full activation."
            )
        return a
