"""Largest differences between a model read here and a table of `make_oracle.py`."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial.transform import Rotation

EXCEPTED = {
    # A moving point whose neighbour is fixed to the same body: what that piece gains is left out.
    ("vastus", "knee_angle"),
    ("vastus", "patella_angle"),
    ("vastus", "ankle_angle"),
    # A constant turn between two turns of one coordinate is left out of the joint's velocity.
    ("rectus", "hip_flexion"),
    ("hamstring", "hip_flexion"),
}
"""Where the moment arm of OpenSim's solver is not the slope of OpenSim's own length. There the
arm is compared with the slope only."""
QUASI = (
    ("base_rx", "base_ry", "base_rz"),
    ("trunk_x", "trunk_y", "trunk_z"),
    ("abduction", "elevation", "upward_rotation"),
    ("roll_x", "roll_y", "roll_z"),
)
"""Angles of free, ball and ellipsoid joints: OpenSim's speeds are there angular velocities in the
axes of the parent, and its moment arms belong to those and not to the angles."""


def differences(model, table):
    """Largest absolute difference of each quantity over all postures, muscles, coordinates [m]."""
    worst = dict.fromkeys(("coordinate", "position", "length", "moment_arm", "slope"), 0.0)

    def see(quantity, found, expected):
        worst[quantity] = max(worst[quantity], abs(found - expected))

    for row in table["postures"]:
        said = dict(zip(table["coordinates"], row["values"], strict=True))
        q = np.array([said[name] for name in model.body.coordinates])
        for name, value in model.values(q).items():
            see("coordinate", value, said[name])
        poses = model.body_at(q).poses(q)
        centre = model.body.centre_of_mass(poses)
        for found, expected in zip(centre, row["mass_centre_m"], strict=True):
            see("position", found, expected)
        for body, position in zip(table["bodies"], row["position_m"], strict=True):
            for i in range(3):
                see("position", poses.t[model.body.body_index(body), i], position[i])
        for m, name in enumerate(table["muscles"]):
            see("length", model.path_length(q, name), row["length_m"][m])
            arms = model.moment_arms(q, name)
            slopes = dict(zip(table["coordinates"], row["slope_m"][m], strict=True))
            for coordinate, slope in slopes.items():
                if slope is not None:
                    see("slope", -arms[coordinate], slope)
            arms = in_speeds_of_opensim(arms, said)
            expected = dict(zip(table["coordinates"], row["moment_arm_m"][m], strict=True))
            for coordinate, arm in expected.items():
                if math.isfinite(arms[coordinate]) and (name, coordinate) not in EXCEPTED:
                    see("moment_arm", arms[coordinate], arm)
    return worst


def in_speeds_of_opensim(arms, said):
    """The arms with those of such joints turned from angles to angular velocities."""
    arms = dict(arms)
    for names in QUASI:
        if names[0] in arms:
            x, y, _ = (said[n] for n in names)
            first = Rotation.from_euler("x", x)
            axes = np.column_stack(
                [
                    [1.0, 0.0, 0.0],
                    first.apply([0.0, 1.0, 0.0]),
                    (first * Rotation.from_euler("y", y)).apply([0.0, 0.0, 1.0]),
                ]
            )
            turned = np.linalg.solve(axes.T, [arms[n] for n in names])
            arms.update(zip(names, turned, strict=True))
    return arms
