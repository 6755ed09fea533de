"""A test problem of the solver: a trunk on one joint with delayed reflexes, ten states, two delays.

Angle, rate, the sensed angle and rate (a first-order filter each), and six muscles with first-order
activation, three pulling back and three forward. Two of each three respond over the short loop and
one over the long loop. Gravity increases a positive angle. All numbers are assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.model import DelayModel

STATES = (
    "angle", "rate", "sensed angle", "sensed rate",
    "back 1", "back 2", "back 3", "front 1", "front 2", "front 3",
)  # fmt: skip
SATURATION = 1.0 / math.tanh(1.0)
WIDTH = 0.6  # of the bell of muscle torque over the angle [rad], assumed


INERTIA, GRAVITY, STIFFNESS, DAMPING = 6.5, 157.0, 60.0, 20.0  # kg m2, N m/rad, N m s/rad
STIFFENING_ANGLE = math.sqrt(0.15)  # moment k x (1 + (x/this)^2) [rad]
MUSCLE_TORQUE = 50.0  # of one muscle, fully active, upright [N m]
BIAS, ANGLE_GAIN, LEAD_TIME = 0.1, 0.8, 0.25  # drive without a stretch [1]; [1/rad]; [s]
ACTIVATION_TIME, SENSOR_TIME = 0.03, 0.005  # [s]
DELAYS = (0.035, 0.1)  # short and long loop [s]


@dataclass(frozen=True)
class Pulse:
    """Half a sine of torque on the trunk."""

    torque: float = 30.0  # [N m]
    start: float = 0.2  # [s]
    length: float = 0.1  # [s]

    @property
    def breaks(self) -> tuple[float, float]:
        """Times at which its slope jumps [s]."""
        return self.start, self.start + self.length


def vector(pulse: Pulse) -> np.ndarray:
    """Parameters as the right-hand side reads them, shape (14,)."""
    return np.array(
        [
            INERTIA, GRAVITY, STIFFNESS, STIFFNESS / STIFFENING_ANGLE**2, DAMPING, MUSCLE_TORQUE,
            BIAS, ANGLE_GAIN, ANGLE_GAIN * LEAD_TIME, ACTIVATION_TIME, SENSOR_TIME, pulse.torque,
            pulse.start, pulse.length,
        ]
    )  # fmt: skip


def upright(lean: float = 0.02) -> np.ndarray:
    """Start state: an angle of `lean` [rad], no velocity, all muscles at 0.1; shape (10,)."""
    return np.array([lean, 0.0, lean, 0.0, *[0.1] * 6])


@kernel
def drive(signal):
    """Command of a muscle from its reflex signal: a saturating curve from 0 to 1."""
    x = 2.0 * signal - 1.0
    if x <= -1.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    return 0.5 + SATURATION * (0.5 - 1.0 / (math.exp(2.0 * x) + 1.0))


@kernel
def trunk_rhs(t, y, delayed, p, out):
    """Rates of the ten states; delayed[j] holds sensed angle and rate over loop j."""
    angle = y[0]
    pulse = 0.0
    if p[12] < t < p[12] + p[13]:
        pulse = p[11] * math.sin(math.pi * (t - p[12]) / p[13])
    bell = math.exp(-((angle / WIDTH) ** 2))
    active = y[4] + y[5] + y[6] - y[7] - y[8] - y[9]
    out[0] = y[1]
    out[1] = (
        p[1] * math.sin(angle) - p[2] * angle - p[3] * angle * angle * angle - p[4] * y[1]
        - p[5] * bell * active + pulse
    ) / p[0]  # fmt: skip
    out[2] = (angle - y[2]) / p[10]
    out[3] = (y[1] - y[3]) / p[10]
    short = p[7] * delayed[0, 0] + p[8] * delayed[0, 1]
    long = p[7] * delayed[1, 0] + p[8] * delayed[1, 1]
    back, back_late = drive(p[6] + short), drive(p[6] + long)
    front, front_late = drive(p[6] - short), drive(p[6] - long)
    speed = 1.0 / p[9]
    out[4] = (back - y[4]) * speed
    out[5] = (back - y[5]) * speed
    out[6] = (back_late - y[6]) * speed
    out[7] = (front - y[7]) * speed
    out[8] = (front - y[8]) * speed
    out[9] = (front_late - y[9]) * speed


@kernel
def trunk_jacobian(t, y, delayed, p, out):
    """d rates / d states at constant delayed states."""
    angle = y[0]
    bell = math.exp(-((angle / WIDTH) ** 2))
    active = y[4] + y[5] + y[6] - y[7] - y[8] - y[9]
    for i in range(10):
        for j in range(10):
            out[i, j] = 0.0
    out[0, 1] = 1.0
    out[1, 0] = (
        p[1] * math.cos(angle) - p[2] - 3.0 * p[3] * angle * angle
        + p[5] * bell * active * 2.0 * angle / WIDTH**2
    ) / p[0]  # fmt: skip
    out[1, 1] = -p[4] / p[0]
    for i in range(4, 10):
        out[1, i] = (-p[5] if i < 7 else p[5]) * bell / p[0]
        out[i, i] = -1.0 / p[9]
    out[2, 0] = out[3, 1] = 1.0 / p[10]
    out[2, 2] = out[3, 3] = -1.0 / p[10]


def ten_state_model() -> DelayModel:
    """The delay model; its parameters go in as `vector(pulse)`."""
    return DelayModel(rhs=trunk_rhs, jacobian=trunk_jacobian, delays=DELAYS, reads=(2, 3))
