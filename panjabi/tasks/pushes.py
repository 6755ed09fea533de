"""Sudden load and quick release on a spine model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi.errors import ConvergenceError
from panjabi.results import Result
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.perturbation import ForceStep, QuickRelease, point_of
from panjabi.tasks.condition import Condition, condition_equilibrium, flexion_coordinates
from panjabi.tasks.response import PerturbationResponse, response

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

EVENT = 0.2  # when every push begins [s]
FIT = 0.3  # how long after the release the second-order fit looks [s]


def sudden_load(
    condition: Condition | None = None, *, force: float = 50.0, duration: float = 1.5
) -> PerturbationResponse:
    """A cable at T8 that pulls forward with a force [N] from `EVENT` on."""
    condition = condition or Condition()
    push = ForceStep(force, start=EVENT)
    rest = condition_equilibrium(condition, (push,))
    record = simulate(rest, push, duration=duration)
    return response(record, condition, EVENT, push_moment(rest, push))


@dataclass(frozen=True, eq=False, repr=False)
class Release(Result):
    """A quick release, with the second-order fit J q'' + B q' + K q = M of its first `FIT` s."""

    response: PerturbationResponse
    inertia: float  # J [kg m2]
    damping: float  # B [N m s/rad]
    stiffness: float  # K, intrinsic, reflexes and gravity together [N m/rad]
    explained: float  # share of the variance of M - J q'' that the fit explains [1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return self.response.to_dict() | {
            "fit_inertia_kgm2": self.inertia,
            "fit_damping_Nms_per_rad": self.damping,
            "fit_stiffness_Nm_per_rad": self.stiffness,
            "fit_explained": self.explained,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """The samples of the response."""
        return self.response.to_pandas()


def quick_release(
    condition: Condition | None = None, *, force: float = 80.0, duration: float = 1.5
) -> Release:
    """A cable at T8 pulls forward, the back holds it, and it is cut at `EVENT`.

    K and B follow from least squares of the moment on rate and angle over `FIT` seconds, J being
    the inertia of the model itself. Reflexes act within that time: K and B are of the whole.
    """
    condition = condition or Condition()
    cable = QuickRelease(force, start=EVENT)
    rest = condition_equilibrium(condition, (cable,))
    record = simulate(rest, cable, duration=duration)
    found = response(record, condition, EVENT, -push_moment(rest, cable))
    inside = (found.time > EVENT + 2.0 * cable.rise) & (found.time < EVENT + FIT)
    if inside.sum() < 10:
        raise ConvergenceError(
            f"the run ended {found.time[-1] - EVENT:.3g} s after the release; {FIT:g} s are "
            f"fitted ({found.outcome}). Give a smaller force."
        )
    inertia = _inertia(rest)
    acceleration = np.gradient(found.rate, found.time)
    left = (found.moment - inertia * acceleration)[inside]
    table = np.column_stack([found.rate[inside], found.angle[inside]])
    (damping, stiffness), *_ = np.linalg.lstsq(table, left, rcond=None)
    error = left - table @ np.array([damping, stiffness])
    explained = 1.0 - float(np.sum(error**2) / np.sum((left - left.mean()) ** 2))
    return Release(found, inertia, float(damping), float(stiffness), explained)


def push_moment(rest: Equilibrium, push: ForceStep | QuickRelease) -> float:
    """Moment of the force about the lowest free flexion-extension at rest [N m]."""
    dynamics = rest.model.dynamics
    J = dynamics.jacobian(rest.q, push.body, point_of(rest.model.body, push))
    lowest = flexion_coordinates(rest.model)[0]
    along = np.asarray(push.direction, float)
    return float(push.force * (along / np.linalg.norm(along)) @ J[:, lowest])


def _inertia(rest: Equilibrium) -> float:
    """About the lowest free flexion-extension, the joints above it held [kg m2]."""
    still = np.zeros(len(rest.q))
    lowest = flexion_coordinates(rest.model)[0]
    return float(rest.model.dynamics.linearised(rest.q, still, still).mass[lowest, lowest])
