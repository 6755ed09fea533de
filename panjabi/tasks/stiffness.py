"""Stiffness of a spine at the harness, and how much of it comes through the reflexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.active.calibration import EXTENSION_TARGET
from panjabi.spine.derivatives import jacobian
from panjabi.spine.perturbation import QuickRelease
from panjabi.tasks.condition import Condition, condition_equilibrium, flexion_coordinates

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.spine.perturbation import Perturbation

HARNESS = "T8"


@dataclass(frozen=True)
class PointStiffness:
    """Slow stiffness of a pull forward at T8, gravity in it, and its shares."""

    total: float  # reflexes included [N/m]
    intrinsic: float  # without reflexes [N/m]; negative: it topples without them
    lever: float  # height of T8 over the lowest joint [m]
    gravity: float  # toppling stiffness of the weight at T8 [N/m]

    @property
    def reflex(self) -> float:
        """What reflexes add [N/m]."""
        return self.total - self.intrinsic

    @property
    def reflex_fraction(self) -> float:
        """Reflex over reflex plus intrinsic, gravity taken out of neither sum [1]."""
        return self.reflex / (self.total + self.gravity)


def point_stiffness(
    rest: Equilibrium, perturbations: Sequence[Perturbation] = ()
) -> PointStiffness:
    """Static compliance of the exact derivatives, inverted, with and without the delayed part.

    `perturbations` act throughout. Fibres, tendons and Maxwell branches have relaxed; a
    delay does not matter at zero frequency. The gravity share is that of a rigid trunk on the
    lowest joint, exact where that joint is the only one.
    """
    model, dynamics = rest.model, rest.model.dynamics
    found = jacobian(model, rest.state, applied=perturbations)
    late = np.sum(found.late, axis=0)
    # What stands still by itself (rigid tendons, branches of held axes) would make A singular.
    keep = np.flatnonzero(found.moving)
    square = np.ix_(keep, keep)
    centre = model.body.com[model.body.body_index(HARNESS)]
    along = dynamics.jacobian(rest.q, HARNESS, centre)[0]  # d x / d q
    push = (found.inputs @ along)[keep]
    n = len(model.free)

    def stiffness(A: np.ndarray) -> float:
        return -1.0 / float(along @ np.linalg.solve(A[square], push)[:n])

    lowest = flexion_coordinates(model)[0]
    lever = float(-along[lowest])
    still = np.zeros(n)
    weight = dynamics.linearised(rest.q, still, still).by_q[lowest, lowest]
    return PointStiffness(
        total=stiffness(found.now + late),
        intrinsic=stiffness(found.now),
        lever=lever,
        gravity=float(-weight) / lever**2,
    )


def exertion(condition: Condition | None = None, *, share: float = 0.2) -> PointStiffness:
    """Stiffness while the back holds a pull at T8 of a share of the extension strength."""
    condition = condition or Condition()
    lever = point_stiffness(condition_equilibrium(condition)).lever
    cable = QuickRelease(share * EXTENSION_TARGET.si / lever)
    return point_stiffness(condition_equilibrium(condition, (cable,)), (cable,))
