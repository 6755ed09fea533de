"""Musculotendon units of a musculature: force from activation, length and velocity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.activation import ActivationDynamics
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.musculotendon_kernels import Units
from panjabi.active.short_range_force import ShortRangeForce
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr
from panjabi.tissue.de_groote import ACTIVE, DeGrooteCurves, curve_at

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RestingMuscles(ShortRepr):
    """Fibres and tendons in static equilibrium at some path lengths; arrays (nm,)."""

    force: Floats  # along the tendon [N]
    fibre_length: Floats  # over the optimal length [1]
    fibre_stiffness: Floats  # along the tendon at constant activation [N/m]; a Hill slope
    tendon_stiffness: Floats  # [N/m]; infinite where rigid
    fibre_viscosity: Floats  # d force / d velocity of the fibre along the tendon [N s/m]
    short_range_stiffness: Floats  # of the fibre along the tendon, in addition [N/m]
    active_force: Floats  # Fmax a fl cos(pennation), without the passive part [N]
    cosine: Floats  # of the pennation angle [1]; 0 where slack
    residual: Floats  # force of the fibre minus that of the tendon [N]

    @property
    def share(self) -> Floats:
        """Fraction of a slow stretch that the fibre takes [1]."""
        return self._fraction(self.fibre_stiffness)

    @property
    def fast_share(self) -> Floats:
        """Fraction of a quick small stretch that the fibre takes [1]."""
        return self._fraction(self.fibre_stiffness + self.short_range_stiffness)

    def _fraction(self, kf: Floats) -> Floats:
        """Fraction of a stretch that fibres of stiffness kf (nm,) [N/m] take [1]."""
        kt = self.tendon_stiffness
        rigid = np.isinf(kt)
        total = np.where(rigid, 1.0, kf + kt)
        total = np.where(total == 0.0, np.inf, total)  # slack: neither is stretched
        return np.where(rigid, 1.0, np.where(rigid, 0.0, kt) / total)

    @property
    def stiffness(self) -> Floats:
        """d force / d path length with the fibre in equilibrium, (nm,) [N/m]."""
        return self.fibre_stiffness * self.share

    @property
    def fast_stiffness(self) -> Floats:
        """d force / d path length of a quick small stretch that has settled, (nm,) [N/m].

        The short-range force follows the stretch of the fibre and has not relaxed.
        """
        return (self.fibre_stiffness + self.short_range_stiffness) * self.fast_share

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


class MuscleRates(NamedTuple):
    """Explicit form of the muscles; arrays (nm,)."""

    force: Floats  # along the tendon [N]
    fibre_length: Floats  # d / d t of the fibre length over the optimal length [1/s]
    short_range: Floats  # d / d t of the short-range force over the maximal force [1/s]; or (0,)


@dataclass(frozen=True, eq=False, repr=False)
class Musculotendon(ShortRepr):
    """Hill-type units after De Groote et al. (2016) for every muscle of a musculature.

        F = Fmax [a fl(l) fv(v) + fp(l) + d v + s] cos(pennation) = Fmax ft(lt / lts)

    with the short-range force s of `ShortRangeForce` (None: without it), at constant thickness of
    the muscle. Tendons are elastic or rigid, all or muscle by muscle.
    A tendon that is much shorter than its fibre stretches little and makes the equations stiff:
    tendons with lts < rigid_below lopt are taken as rigid. With the default these are six lumbar
    muscles; the largest rate of a fibre is then 4e3 1/s, with all tendons elastic 2e6 1/s.

    Explicit form: `rates`, with the states fibre length over the optimal length and short-range
    force over the maximal force. Equilibrium form: `at_rest`, without short-range force.
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
    short_range: ShortRangeForce | None = field(default_factory=ShortRangeForce)
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
            *((0.0, 1.0, 1.0) if self.short_range is None else self.short_range.constants),
            self.curves.row,
        )

    @property
    def short_range_states(self) -> int:
        """Number of short-range states: one for each muscle, or 0 without this force."""
        return 0 if self.short_range is None else len(self.muscles)

    def rigid(
        self, activation: ArrayLike, length: ArrayLike, velocity: ArrayLike = 0.0
    ) -> RigidForces:
        """Forces with rigid tendons at path lengths [m] and velocities [m/s], (nm,).

        Without short-range force.
        """
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
        short_range: ArrayLike = 0.0,
    ) -> MuscleRates:
        """Forces [N] and rates of the states [1/s], (nm,): the explicit form.

        fibre_length is over the optimal length, short_range over the maximal force; path length [m]
        and velocity [m/s]. Without short-range force the argument short_range is not used.
        """
        from panjabi.active.musculotendon_kernels import rates

        per = self.muscles.per_muscle
        nm, states = len(self.muscles), self.short_range_states
        out = MuscleRates(np.empty(nm), np.empty(nm), np.empty(states))
        rates(
            self.units,
            self._share(activation),
            per(fibre_length, "fibre_length"),
            per(short_range, "short_range") if states else np.empty(0),
            per(length, "length"),
            per(velocity, "velocity"),
            *out,
        )
        return out

    def at_rest(self, activation: ArrayLike, length: ArrayLike) -> RestingMuscles:
        """Equilibrium of fibre and tendon at path lengths [m], (nm,): the equilibrium form.

        A path that is shorter than the tendon has no force.
        """
        length = self.muscles.per_muscle(length, "length")
        return resting_muscles(self.units, self._share(activation), length)

    def _share(self, activation: ArrayLike) -> Floats:
        a = self.muscles.per_muscle(activation, "activation")
        if a.size and not (a.min() >= 0.0 and a.max() <= 1.0):
            raise ParameterError(
                f"Expected activation from 0 to 1, got {a.min():g} to {a.max():g}; give fractions "
                "of full activation."
            )
        return a


def resting_muscles(units: Units, activation: Floats, length: Floats) -> RestingMuscles:
    """`Musculotendon.at_rest` for flat arrays (nm,)."""
    from panjabi.active.musculotendon_kernels import equilibrium

    out = np.empty((6, len(length)))
    equilibrium(units, activation, length, out)
    force, fibre, k_fibre, k_tendon, viscosity, residual = out
    across = np.divide(
        units.thickness, units.optimal_length * fibre, out=np.ones_like(fibre), where=force > 0.0
    )
    cosine = np.sqrt(np.maximum(1.0 - across**2, 0.0))
    active = units.max_force * activation * curve_at(units.curves, ACTIVE, fibre)[0] * cosine
    quick = units.gamma * active * cosine / units.optimal_length
    return RestingMuscles(
        force, fibre, k_fibre, k_tendon, viscosity, quick, active, cosine, residual
    )
