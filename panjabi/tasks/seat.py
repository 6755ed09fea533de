"""A person on an unstable seat: two angles, seat (with legs and pelvis) and lumbar joint.

The seat rolls on a hemisphere, so gravity destabilises it in proportion to the height of the mass
above the hemisphere's centre; springs stabilise it. A single moment at the lumbar joint controls
both bodies, by delayed feedback of the seat's angle in space and of the lumbar angle.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.parameter import THIS_WORK, Parameter, assumed
from panjabi.results import ShortRepr
from panjabi.stability.reflex_loop import FirstOrder, LinearReflex
from panjabi.stability.reflex_model import ReflexModel
from panjabi.stability.trunk_sets import TRUNK_DELAY
from panjabi.tasks.plant import Plant, PlantNoise

LEANS = ((1.0, 0.0), (1.0, 1.0))  # seat; trunk on the seat


@dataclass(frozen=True, kw_only=True, repr=False)
class Seat(ShortRepr):
    """Parameters of the seated person; trunk as in the set T1, the others assumed."""

    radius: Parameter = field(default=assumed(0.22, "m", "of the half ball"))
    lower_mass: Parameter = field(default=assumed(35.0, "kg", "seat, pelvis, legs"))
    lower_height: Parameter = field(default=assumed(0.10, "m", "centre over the ball's centre"))
    lower_inertia: Parameter = field(default=assumed(3.0, "kg m2", "about its centre"))
    joint_height: Parameter = field(default=assumed(0.20, "m", "L5-S1 over the ball's centre"))
    upper_mass: Parameter = field(default=assumed(38.0, "kg", "head, arms, trunk"))
    upper_height: Parameter = field(default=assumed(0.30, "m", "centre over L5-S1"))
    upper_inertia: Parameter = field(default=assumed(1.58, "kg m2", "own centre; 5 about L5-S1"))
    spring_share: Parameter = field(
        default=assumed(0.6, "1", "springs over the toppling stiffness of the upright person")
    )
    seat_damping: Parameter = field(default=assumed(5.0, "N m s/rad", "of the rolling seat"))
    lumbar_stiffness: Parameter = field(default=assumed(60.0, "N m/rad", "intrinsic"))
    lumbar_damping: Parameter = field(default=assumed(10.0, "N m s/rad", "intrinsic"))
    strongest: Parameter = field(default=assumed(60.0, "N m", "largest lumbar moment"))
    activation_time: Parameter = field(default=assumed(0.04, "s", "activation lag"))
    effort: Parameter = field(
        default=Parameter(
            1.1e-3,
            "1",
            THIS_WORK,
            "derived",
            "moment squared [(N m)2] over angle squared; least sway at 60 ms (`least_sway_effort`)",
        )
    )

    def inertia(self) -> np.ndarray:
        """Upright mass matrix (2, 2) of seat angle and lumbar angle [kg m2]."""
        m1, m2 = self.lower_mass.si, self.upper_mass.si
        low, joint = self.radius.si + self.lower_height.si, self.radius.si + self.joint_height.si
        h = self.upper_height.si
        M11 = self.lower_inertia.si + m1 * low**2 + m2 * joint**2
        M12, M22 = m2 * joint * h, self.upper_inertia.si + m2 * h**2
        T = np.array(LEANS)
        return T.T @ np.array([[M11, M12], [M12, M22]]) @ T

    def weights(self) -> tuple[float, float]:
        """Destabilising stiffness m g h of the leaning seat and of the leaning trunk [N m/rad]."""
        lower = self.lower_mass.si * self.lower_height.si
        lower += self.upper_mass.si * self.joint_height.si
        return (
            STANDARD_GRAVITY * lower,
            STANDARD_GRAVITY * self.upper_mass.si * self.upper_height.si,
        )

    def stiffness(self) -> np.ndarray:
        """Stiffness of springs and lumbar joint minus gravity, (2, 2) [N m/rad]."""
        T, G = np.array(LEANS), self.weights()
        springs = self.spring_share.si * sum(G)
        return np.diag([springs, self.lumbar_stiffness.si]) - T.T @ np.diag(G) @ T


def seated(
    seat: Seat | None = None,
    *,
    delay: float = TRUNK_DELAY,
    gain_factor: float = 1.0,
    noise: PlantNoise | None = None,
) -> Plant:
    """A seated person with the gains of the optimal regulator without delay, applied with delay.

    The regulator weights both angles equally and effort by `seat.effort`. The gains do not depend
    on the delay, so a phenotype with a longer delay differs in the delay only.

    delay : of the loops [s]; gain_factor : on all gains [1].
    """
    from scipy.linalg import solve_continuous_are

    seat = seat or Seat()
    J, K = seat.inertia(), seat.stiffness()
    B = np.diag([seat.seat_damping.si, seat.lumbar_damping.si])
    inverse = np.linalg.inv(J)
    A = np.block([[np.zeros((2, 2)), np.eye(2)], [-inverse @ K, -inverse @ B]])
    b = np.concatenate([np.zeros(2), inverse[:, 1]])[:, None]
    cost = np.diag([1.0, 1.0, 0.0, 0.0])
    P = solve_continuous_are(A, b, cost, np.array([[seat.effort.si]]))
    k = gain_factor * (b.T @ P).ravel() / seat.effort.si
    lag = FirstOrder(seat.activation_time.si)
    loops = tuple(
        LinearReflex(
            stretch_gain=float(k[c]), rate_gain=float(k[2 + c]), delay=delay, filter=lag,
            name=name, senses=(1.0, 0.0) if c == 0 else (0.0, 1.0), acts=(0.0, 1.0),
        )
        for c, name in enumerate(("balance", "stretch"))
    )  # fmt: skip
    model = ReflexModel(
        inertia=J, damping=B, stiffness=K, loops=loops, coordinates=("seat", "lumbar")
    )
    return Plant(
        model=model, leans=LEANS, weight=seat.weights(), strongest=seat.strongest.si,
        noise=noise or PlantNoise(),
    )  # fmt: skip
