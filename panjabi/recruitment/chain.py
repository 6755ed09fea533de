"""Recruitment of a chain that was read from a model file: any joints, weight and muscles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.musculotendon_kernels import Units
from panjabi.active.stiffness import Cui
from panjabi.body.gravity import gravity_energy
from panjabi.body.model import Body
from panjabi.errors import ConvergenceError
from panjabi.neural.command import LEAST
from panjabi.recruitment.posture import SAME, muscle_problem
from panjabi.recruitment.result import Recruitment
from panjabi.recruitment.solve import solve_recruitment
from panjabi.spine.effort import criterion_named
from panjabi.spine.muscle_state import MuscleState
from panjabi.spine.short_range import ShortRange
from panjabi.tissue import DeGrooteCurves

Floats = NDArray[np.float64]

STEP = 1e-5  # of the central differences of moment arms [rad or m]
RIGID_BELOW = 0.1  # tendon slack length over fibre length, as in `Musculotendon`


class ChainMuscle(Protocol):
    """Constants of a muscle of a model file."""

    @property
    def name(self) -> str: ...
    @property
    def max_force(self) -> float: ...
    @property
    def optimal_fibre_length(self) -> float: ...
    @property
    def tendon_slack_length(self) -> float: ...
    @property
    def pennation(self) -> float: ...


class MuscleChain(Protocol):
    """A model with a body and muscles, as `panjabi.io.read_osim` gives it."""

    @property
    def body(self) -> Body: ...
    @property
    def muscles(self) -> Sequence[ChainMuscle]: ...
    def body_at(self, q: ArrayLike) -> Body: ...
    def path_lengths(self, q: ArrayLike) -> Floats: ...
    def moment_arm_matrix(self, q: ArrayLike) -> Floats: ...


def recruit_chain(
    model: MuscleChain,
    q: ArrayLike,
    *,
    coordinates: Sequence[str] = (),
    moments: Mapping[str, float] | None = None,
    bound: float | Floats | None = None,
    criterion: str = "squares",
    stiffness: ShortRange | None = None,
    least_activation: float = LEAST,
    most_iterations: int = 60,
) -> Recruitment:
    """Activations of least effort that hold the posture of a chain against its weight [1].

    The muscles follow the Hill law of this toolkit with the constants of the file; curves of the
    file are not used. Tendons are kept near the last solution, as in `recruit`.

    Parameters
    ----------
    model : of `read_osim`, or anything with its body, muscles, lengths and moment arms.
    q : all coordinates of the body (nq,) [rad, m].
    coordinates : those that the muscles must hold; the others are held from outside. Default: all.
    moments : generalised forces from outside by coordinate [N m, N], besides the weight.
    bound : B of H(a) >= B, a matrix (n, n) or a number times identity [N m/rad]; None: equilibrium.

    Raises
    ------
    InfeasibleRecruitment
        If no forces within their bounds do this.
    ConvergenceError
        If the tendons do not settle.
    UnknownNameError
        For a coordinate or criterion that does not exist.
    """
    at = model.body.checked(q)
    names = tuple(coordinates) or model.body.coordinates
    chosen = np.array([model.body.coordinate_index(name) for name in names])
    weight = gravity_energy(model.body_at(at), at)
    demand = weight.gradient[chosen].copy()
    for name, moment in (moments or {}).items():
        model.body.coordinate_index(name)
        if name in names:
            demand[names.index(name)] -= moment
    muscles = _muscles(model, at, chosen)
    m = len(muscles.names)
    limits = np.full(m, least_activation), np.full(m, 1.0 - LEAST)
    effort = criterion_named(criterion).weights(muscles.max_force, muscles.optimal_fibre)
    a = np.maximum(np.full(m, 0.02), least_activation)
    for _ in range(most_iterations):
        problem = muscle_problem(
            muscles,
            muscles.tangent(a),
            stiffness if stiffness is not None else Cui(),
            coordinates=names,
            demand=demand,
            constant=weight.hessian[np.ix_(chosen, chosen)],
            limits=limits,
            weight=effort,
        )
        result = solve_recruitment(problem, bound=bound, criterion=criterion)
        found = np.clip(muscles.activation(result.forces), *limits)
        turned = float(np.abs(found - a).max(initial=0.0))
        a = found
        if turned <= SAME:
            return result
    raise ConvergenceError(
        f"Expected activations that change by at most {SAME:g}, got {turned:.3g} after "
        f"{most_iterations} iterations; increase most_iterations, or require less stiffness."
    )


def _muscles(model: MuscleChain, q: Floats, chosen: NDArray[np.int64]) -> MuscleState:
    muscles, count = model.muscles, len(model.muscles)
    curvature = np.empty((count, len(chosen), len(chosen)))
    for k, index in enumerate(chosen):
        step = np.zeros(len(q))
        step[index] = STEP
        turned = model.moment_arm_matrix(q + step) - model.moment_arm_matrix(q - step)
        curvature[:, k] = -turned[:, chosen] / (2.0 * STEP)
    optimal = np.array([m.optimal_fibre_length for m in muscles])
    slack = np.array([m.tendon_slack_length for m in muscles])
    units = Units(
        np.array([m.max_force for m in muscles]),
        optimal,
        slack,
        optimal * np.sin([m.pennation for m in muscles]),
        (slack >= RIGID_BELOW * optimal).astype(np.int64),
        10.0,
        0.1,
        0.0,
        1.0,
        1.0,
        DeGrooteCurves.refit().row,
    )
    return MuscleState(
        names=tuple(m.name for m in muscles),
        groups=tuple(m.name for m in muscles),
        length=model.path_lengths(q),
        slope=-model.moment_arm_matrix(q)[:, chosen],
        curvature=0.5 * (curvature + curvature.transpose(0, 2, 1)),
        units=units,
        most=np.ones(count),
        carried=np.zeros(count),
        pull=np.zeros((0, count, 3)),
        lines=(),
    )
