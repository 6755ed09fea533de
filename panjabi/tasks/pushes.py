"""Sudden load and quick release on a spine model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from panjabi.errors import ConvergenceError
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.perturbation import ForceStep, QuickRelease, point_of
from panjabi.tasks.condition import (
    Who,
    condition_equilibrium,
    condition_of,
    flexion_coordinates,
)
from panjabi.tasks.response import PerturbationResponse, response

EVENT = 0.2  # time at which every push begins [s]
FIT = 0.3  # length of the second-order fit after the release [s]


def sudden_load(
    who: Who = None, *, force: float = 50.0, duration: float = 1.5
) -> PerturbationResponse:
    """Response to a sudden forward pull at T8 with a force [N] from `EVENT` on.

    duration : of the simulation [s].
    """
    condition = condition_of(who)
    push = ForceStep(force, start=EVENT)
    rest = condition_equilibrium(condition, (push,))
    record = simulate(rest, push, duration=duration)
    return response(record, "sudden-load", condition, EVENT, push_moment(rest, push))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Release(PerturbationResponse):
    """A quick release, with the fit J q'' + B q' + K q = M of its first `FIT` seconds."""

    inertia: float  # J [kg m2]
    damping: float  # B [N m s/rad]
    stiffness: float  # K, intrinsic, reflexes and gravity together [N m/rad]
    explained: float  # fraction of the variance of M - J q'' that the fit explains [1]

    @property
    def measures(self) -> dict[str, Any]:
        """Those of the response, and the fit."""
        return super().measures | {
            "fit_inertia_kgm2": self.inertia,
            "fit_damping_Nms_per_rad": self.damping,
            "fit_stiffness_Nm_per_rad": self.stiffness,
            "fit_explained": self.explained,
        }


def quick_release(who: Who = None, *, force: float = 80.0, duration: float = 1.5) -> Release:
    """Response to a quick release: a cable pulls T8 forward with a force [N] and is cut at `EVENT`.

    K and B are fitted by least squares of the moment on rate and angle over `FIT` seconds; J is the
    inertia of the model. Reflexes act within that time, so K and B include them.

    Raises
    ------
    ConvergenceError
        If the simulation ends too early for the fit.
    """
    condition = condition_of(who)
    cable = QuickRelease(force, start=EVENT)
    rest = condition_equilibrium(condition, (cable,))
    record = simulate(rest, cable, duration=duration)
    recording = response(record, "release", condition, EVENT, -push_moment(rest, cable))
    inside = (recording.time > EVENT + 2.0 * cable.rise) & (recording.time < EVENT + FIT)
    if inside.sum() < 10:
        raise ConvergenceError(
            f"Expected a simulation of {FIT:g} s after the release for the fit, got "
            f"{recording.time[-1] - EVENT:.3g} s ({recording.outcome}); give a smaller force or a "
            "longer duration."
        )
    inertia = _inertia(rest)
    acceleration = np.gradient(recording.rate, recording.time)
    left = (recording.moment - inertia * acceleration)[inside]
    table = np.column_stack([recording.rate[inside], recording.angle[inside]])
    (damping, stiffness), *_ = np.linalg.lstsq(table, left, rcond=None)
    error = left - table @ np.array([damping, stiffness])
    return Release(
        **recording.base,
        inertia=inertia,
        damping=float(damping),
        stiffness=float(stiffness),
        explained=1.0 - float(np.sum(error**2) / np.sum((left - left.mean()) ** 2)),
    )


def push_moment(rest: Equilibrium, push: ForceStep | QuickRelease) -> float:
    """Moment of the force about the lowest flexion-extension axis at equilibrium [N m]."""
    dynamics = rest.model.dynamics
    J = dynamics.jacobian(rest.q, push.body, point_of(rest.model.body, push))
    lowest = flexion_coordinates(rest.model)[0]
    along = np.asarray(push.direction, float)
    return float(push.force * (along / np.linalg.norm(along)) @ J[:, lowest])


def _inertia(rest: Equilibrium) -> float:
    """Inertia about the lowest flexion-extension axis, with the joints above it fixed [kg m2]."""
    still = np.zeros(len(rest.q))
    lowest = flexion_coordinates(rest.model)[0]
    return float(rest.model.dynamics.linearised(rest.q, still, still).mass[lowest, lowest])
