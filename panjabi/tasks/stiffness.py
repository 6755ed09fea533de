"""Stiffness of a spine at the harness, and the contribution of the reflexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    """Static stiffness against a forward force at T8, with gravity, and its contributions."""

    total: float  # with reflexes [N/m]
    intrinsic: float  # without reflexes [N/m]; if negative, the spine is unstable without them
    lever: float  # height of T8 over the lowest joint [m]
    gravity: float  # destabilising stiffness of the weight at T8 [N/m]

    @property
    def reflex(self) -> float:
        """Contribution of the reflexes [N/m]."""
        return self.total - self.intrinsic

    @property
    def reflex_fraction(self) -> float:
        """Reflex over total stiffness, the total without the effect of gravity [1]."""
        return self.reflex / (self.total + self.gravity)


def point_stiffness(
    rest: Equilibrium, perturbations: Sequence[Perturbation] = ()
) -> PointStiffness:
    """Static stiffness at T8 with and without reflexes, from exact derivatives [N/m].

    It is the inverse of the static compliance. `perturbations` are constant. Fibres, tendons and
    Maxwell branches and friction are relaxed; delays have no effect at zero frequency. The
    contribution of gravity is that of a rigid trunk on the lowest joint, exact if there is only one
    joint.
    """
    model, dynamics = rest.model, rest.model.dynamics
    derivative = jacobian(model, rest.state, applied=perturbations, friction="relaxed")
    late = np.sum(derivative.late, axis=0)
    # States without dynamics (rigid tendons, branches of fixed axes) would make A singular.
    keep = np.flatnonzero(derivative.moving)
    square = np.ix_(keep, keep)
    along, lowest = _forward_motion(rest)
    push = (derivative.inputs @ along)[keep]
    n = len(model.free)

    def stiffness(A: np.ndarray) -> float:
        return -1.0 / float(along @ np.linalg.solve(A[square], push)[:n])

    lever = float(-along[lowest])
    still = np.zeros(n)
    weight = dynamics.linearised(rest.q, still, still).by_q[lowest, lowest]
    return PointStiffness(
        total=stiffness(derivative.now + late),
        intrinsic=stiffness(derivative.now),
        lever=lever,
        gravity=float(-weight) / lever**2,
    )


def exertion(condition: Condition | None = None, *, share: float = 0.2) -> PointStiffness:
    """Stiffness at T8 while the extensors resist a pull with a fraction of their strength [N/m].

    share : moment of the pull over the extension strength [1].
    """
    condition = condition or Condition()
    along, lowest = _forward_motion(condition_equilibrium(condition))
    cable = QuickRelease(share * EXTENSION_TARGET.si / float(-along[lowest]))
    return point_stiffness(condition_equilibrium(condition, (cable,)), (cable,))


def _forward_motion(rest: Equilibrium) -> tuple[NDArray[np.float64], int]:
    """Forward motion of T8 per coordinate (n,) [m/rad], and the index of the lowest flexion."""
    model = rest.model
    centre = model.body.com[model.body.body_index(HARNESS)]
    along = model.dynamics.jacobian(rest.q, HARNESS, centre)[0]
    return along, flexion_coordinates(model)[0]
