"""Moment arms and lengths of the hamstrings, compared with a published model file.

A model is not a measurement: these rows are priors and not counted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from panjabi.literature import published
from panjabi.validation.criterion import within_fraction
from panjabi.validation.predictions import Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject
    from fascia.network.model import TensionNetwork

table = Predictions("Geometry of the hamstrings")


@lru_cache(maxsize=64)
def _lengths(network: TensionNetwork, hip: float, knee: float) -> dict[str, float]:
    """Path length of every strand, standing but for hip and knee flexion [deg] on the right [m]."""
    body = network.body
    assert body is not None
    angles = {"hip_flexion_r": hip, "knee_angle_r": knee}
    q = body.coordinates_from(angles_deg=angles, check_range=False)  # a step beyond straight
    return network.lengths(q)


STEP = 0.5  # central difference [deg]


@table.predicts(
    {
        r.id: tuple(r.id.split("_"))[1:]
        for r in published("additions", ids=["ma_hip_*", "ma_knee_*"])
    },
    accept=within_fraction(0.15),
    reason="derivative of the path length, compared with a model file. Our paths wrap at the hip; "
    "behind the knee they run straight between points, without the surfaces of that file, so that "
    "they leave the flexed knee and have larger arms",
)
def moment_arm(subject: Subject, joint: str, muscle: str, *angles: str) -> float:
    """Arm of a hamstring in hip extension or knee flexion [mm]."""
    posture = np.array(angles, dtype=float)
    step = STEP * np.array([joint == "hip", joint == "knee"])
    low, high = (
        _lengths(subject.network, *map(float, posture + s * step))[f"{muscle}_r"] for s in (-1, 1)
    )
    sign = 1.0 if joint == "hip" else -1.0
    return 1e3 * sign * (high - low) / np.radians(2.0 * STEP)


@table.predicts(
    {r.id: tuple(r.id.split("_"))[1:] for r in published("additions", ids="len_*")},
    accept=within_fraction(0.05),
    reason="path length, compared with a model file of another person",
)
def path_length(subject: Subject, muscle: str, *angles: str) -> float:
    """Length of muscle and tendon of a hamstring [mm]."""
    return 1e3 * _lengths(subject.network, *map(float, angles))[f"{muscle}_r"]
