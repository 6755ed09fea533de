"""A person on an unstable seat: two angles, seat (with legs and pelvis) and lumbar joint.

The seat rolls on a hemisphere, so gravity destabilises it in proportion to the height of the mass
above the hemisphere's centre; springs stabilise it. A single moment at the lumbar joint controls
both bodies, by delayed feedback of the seat's angle in space and of the lumbar angle. Inertia is
that of the upright posture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.model import Body
from panjabi.body.size import size_factor
from panjabi.body.standard import standard_adult, trunk_length
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.noise import MotorNoise, SensoryNoise
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet, assumed
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise
from panjabi.spine.reduced_spine import reduced
from panjabi.spine.trunk_sets import TRUNK_DELAY

Floats = NDArray[np.float64]

COORDINATES = ("seat", "lumbar")
LEANS = ((1.0, 0.0), (1.0, 1.0))  # seat; trunk on the seat

SEAT = ParameterSet(
    {
        "radius": assumed(0.22, "m", "of the half ball"),
        "lower_mass": assumed(35.0, "kg", "seat, pelvis, legs"),
        "lower_height": assumed(0.10, "m", "centre over the ball's centre"),
        "lower_inertia": assumed(3.0, "kg m2", "about its centre"),
        "joint_height": assumed(0.20, "m", "L5-S1 over the ball's centre"),
        "upper_mass": assumed(38.0, "kg", "head, arms, trunk"),
        "upper_height": assumed(0.30, "m", "centre over L5-S1"),
        "upper_inertia": assumed(1.58, "kg m2", "own centre; 5 about L5-S1"),
        "spring_share": assumed(0.6, "1", "springs over the toppling stiffness when upright"),
        "seat_damping": assumed(5.0, "N m s/rad", "of the rolling seat"),
        "lumbar_stiffness": assumed(60.0, "N m/rad", "intrinsic"),
        "lumbar_damping": assumed(10.0, "N m s/rad", "intrinsic"),
        "strongest": assumed(60.0, "N m", "largest lumbar moment"),
        "activation_time": assumed(0.04, "s", "lag between angle and moment"),
        "delay": assumed(TRUNK_DELAY, "s", "mean of the trunk"),
        "effort": Parameter(
            1.1e-3, "1", THIS_WORK, "derived",
            "moment squared [(N m)2] over angle squared; least sway at 60 ms (`least_sway_effort`)",
        ),
    }
)  # fmt: skip
"""Parameters of the seated person of the size of the standard adult."""

NOISE = ParameterSet(
    {
        "motor": assumed(0.5, "N m", "spread of the moment at rest"),
        "motor_share": assumed(0.05, "1", "spread over the active moment"),
        "sensory": assumed(0.002, "rad", "spread of every sensed angle"),
        "motor_time": assumed(0.02, "s", "as panjabi.neural.MotorNoise"),
        "sensory_time": assumed(0.1, "s", "as panjabi.neural.SensoryNoise"),
    }
)
"""Noise of the seated person."""


def seat_inertia(seat: ParameterSet = SEAT) -> Floats:
    """Upright mass matrix (2, 2) of seat angle and lumbar angle [kg m2]."""
    p = seat.si
    low, joint = p("radius") + p("lower_height"), p("radius") + p("joint_height")
    h, m1, m2 = p("upper_height"), p("lower_mass"), p("upper_mass")
    M11 = p("lower_inertia") + m1 * low**2 + m2 * joint**2
    M12, M22 = m2 * joint * h, p("upper_inertia") + m2 * h**2
    T = np.array(LEANS)
    return T.T @ np.array([[M11, M12], [M12, M22]]) @ T


def seat_weights(seat: ParameterSet = SEAT) -> Floats:
    """Destabilising stiffness m g h of the leaning seat and of the leaning trunk (2,) [N m/rad]."""
    p = seat.si
    lower = p("lower_mass") * p("lower_height") + p("upper_mass") * p("joint_height")
    return STANDARD_GRAVITY * np.array([lower, p("upper_mass") * p("upper_height")])


def seat_stiffness(seat: ParameterSet = SEAT) -> Floats:
    """Stiffness of the springs and of the lumbar joint (2, 2), without the weights [N m/rad]."""
    springs = seat.si("spring_share") * float(seat_weights(seat).sum())
    return np.diag([springs, seat.si("lumbar_stiffness")])


def sized_seat(body: Body, seat: ParameterSet = SEAT) -> ParameterSet:
    """The person's parameters for a body of another size; the half ball is the same.

    Lengths go with the trunk, masses with the mass of the body, inertia with mass and length
    squared, stiffness, damping and strength with the cube of the length, the delay with the length.
    """
    length = trunk_length(body)
    mass = body.total_mass / standard_adult().total_mass
    turned = size_factor("moment", length)
    factors = {
        **dict.fromkeys(("lower_height", "joint_height", "upper_height", "delay"), length),
        **dict.fromkeys(("lower_mass", "upper_mass"), mass),
        **dict.fromkeys(("lower_inertia", "upper_inertia"), mass * length**2),
        **dict.fromkeys(("lumbar_stiffness", "lumbar_damping", "strongest"), turned),
        "effort": turned**-2,
    }
    return seat.replaced(
        **{
            name: Parameter(
                seat[name].value * factor, seat[name].unit, seat[name].source, "derived",
                f"{seat[name].conditions}; in the size of the body",
            )
            for name, factor in factors.items()
        }
    )  # fmt: skip


def seat_spine(seat: ParameterSet = SEAT) -> Spine:
    """A seated person with the gains of the optimal regulator without delay, applied with delay.

    The regulator weights both angles equally and effort by `effort`. The gains do not depend on the
    delay, so a person with a longer delay (`panjabi.neural.delayed_by`) differs in the delay only.
    Its loops are "balance", from the seat's angle, and "stretch", from the lumbar angle.
    """
    from scipy.linalg import solve_continuous_are

    J, weight = seat_inertia(seat), seat_weights(seat)
    K, T = seat_stiffness(seat), np.array(LEANS)
    B = np.diag([seat.si("seat_damping"), seat.si("lumbar_damping")])
    inverse = np.linalg.inv(J)
    toppling = T.T @ np.diag(weight) @ T
    A = np.block([[np.zeros((2, 2)), np.eye(2)], [-inverse @ (K - toppling), -inverse @ B]])
    b = np.concatenate([np.zeros(2), inverse[:, 1]])[:, None]
    effort = seat.si("effort")
    P = solve_continuous_are(A, b, np.diag([1.0, 1.0, 0.0, 0.0]), np.array([[effort]]))
    k = (b.T @ P).ravel() / effort
    loops = tuple(
        ReflexLoop(
            name=name, source=COORDINATES[c], target="lumbar", stretch_gain=k[c],
            rate_gain=k[2 + c], delay=seat.si("delay"), filter_time=seat.si("activation_time"),
            largest_moment=seat.si("strongest"),
        )
        for c, name in enumerate(("balance", "stretch"))
    )  # fmt: skip
    return reduced(
        inertia=J, damping=B, stiffness=K, coordinates=COORDINATES, reflexes=loops, weight=weight,
        leans=LEANS, parameters=seat,
    )  # fmt: skip


def seat_noise(seed: int = 0, *, noise: ParameterSet = NOISE) -> SpineNoise:
    """Motor noise of the lumbar moment, and sensory noise of both angles."""
    p = noise.si
    return SpineNoise(
        motor=MotorNoise(
            moment=p("motor"), proportional=p("motor_share"), time_constant=p("motor_time")
        ),
        sensory=SensoryNoise(
            proprioceptive=p("sensory"), time_constant=p("sensory_time"), parameters=noise
        ),
        seed=seed,
    )
