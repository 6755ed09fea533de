"""Musculotendon units of a musculature: force from activation, length and velocity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.activation import ActivationDynamics
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.musculotendon_kernels import Units
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr
from panjabi.tissue.de_groote import DeGrooteCurves

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RestingMuscles(ShortRepr):
    """Fibres and tendons in static equilibrium at some path lengths; arrays (nm,)."""

    force: Floats  # along the tendon [N]
    fibre_length: Floats  # over the optimal length [1]
    fibre_stiffness: Floats  # along the tendon at constant activation [N/m]; a Hill slope
    tendon_stiffness: Floats  # [N/m]; infinite where rigid
    fibre_viscosity: Floats  # d force / d velocity of the fibre along the tendon [N s/m]
    residual: Floats  # force of the fibre minus that of the tendon [N]

    @property
    def share(self) -> Floats:
        """Fraction of a slow stretch that the fibre takes [1]."""
        kf, kt = self.fibre_stiffness, self.tendon_stiffness
        rigid = np.isinf(kt)
        total = np.where(rigid, 1.0, kf + kt)
        total = np.where(total == 0.0, np.inf, total)  # slack: neither is stretched
        return np.where(rigid, 1.0, np.where(rigid, 0.0, kt) / total)

    @property
    def stiffness(self) -> Floats:
        """d force / d path length with the fibre in equilibrium, (nm,) [N/m]."""
        return self.fibre_stiffness * self.share

    @property
    def viscosity(self) -> Floats:
        """d force / d path velocity of a slow steady stretch, (nm,) [N s/m]."""
        return self.fibre_viscosity * self.share**2


@dataclass(frozen=True, eq=False, repr=False)
class RigidForces(ShortRepr):
    """Forces with rigid tendons and their slopes; arrays (nm,)."""

    force: Floats  # [N]
    by_length: Floats  # d force / d path length at constant activation [N/m]
    by_velocity: Floats  # d force / d path velocity [N s/m]


@dataclass(frozen=True, eq=False, repr=False)
class Musculotendon(ShortRepr):
    """Hill-type units after De Groote et al. (2016) for every muscle of a musculature.

        F = Fmax [a fl(l) fv(v) + fp(l) + d v] cos(pennation) = Fmax ft(lt / lts)

    at constant thickness of the muscle. Tendons are elastic or rigid, all or muscle by muscle.
    A tendon that is much shorter than its fibre stretches little and makes the equations stiff:
    tendons with lts < rigid_below lopt are taken as rigid. With the default these are six lumbar
    muscles; the largest rate of a fibre is then 4e3 1/s, with all tendons elastic 2e6 1/s.

    Explicit form: `rates`, with the state fibre length over the optimal length. Equilibrium form:
    `at_rest`.
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
                f"Expected Musculotendon.speed above 0, got {self.speed.value:g}; leave it out for "
                "10 optimal lengths per second."
            )
        if self.damping.si < 0.0:
            raise ParameterError(
                f"Expected Musculotendon.damping from 0, got {self.damping.value:g}; give a "
                "positive number (with 0 and elastic tendons, activation must stay above 0)."
            )
        if not self.rigid_below >= 0.0:
            raise ParameterError(
                f"Expected Musculotendon.rigid_below from 0, got {self.rigid_below!r}; give tendon "
                "slack length over optimal fibre length, or 0 for only elastic tendons."
            )
        if np.shape(self.elastic) not in ((), (len(self.muscles),)):
            raise ParameterError(
                "Expected Musculotendon.elastic as True, False or one value for each of "
                f"{len(self.muscles)} muscles, got shape {np.shape(self.elastic)}; give True for "
                "tendons that stretch."
            )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of fibre length, fibre velocity and tendon strain, those of the curves [1]."""
        return self.curves.evidence

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
            (np.broadcast_to(self.elastic, len(m)) & long).astype(np.int64),
            self.speed.si,
            self.damping.si,
            self.curves.row,
        )

    def rigid(
        self, activation: ArrayLike, length: ArrayLike, velocity: ArrayLike = 0.0
    ) -> RigidForces:
        """Forces with rigid tendons at path lengths [m] and velocities [m/s], (nm,)."""
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

        fibre_length is over the optimal length; path length [m] and velocity [m/s].
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
        """Equilibrium of fibre and tendon at path lengths [m], (nm,): the equilibrium form.

        A path that is shorter than the tendon has no force.
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
                f"Expected activation from 0 to 1, got {a.min():g} to {a.max():g}; give fractions "
                "of full activation."
            )
        return a
