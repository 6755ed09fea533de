"""A second kinematics, written from the data file alone, to check the first one against."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from panjabi.body import standard_adult

HERE = Path(__file__).parent
PACKAGED = HERE.parents[2] / "panjabi" / "body" / "data"


def homogeneous(rotation=None, translation=(0.0, 0.0, 0.0)):
    m = np.eye(4)
    m[:3, :3] = np.eye(3) if rotation is None else rotation
    m[:3, 3] = translation
    return m


def second_kinematics(skeleton, values):
    """4x4 pose of every body from named coordinate values, dof by dof as the file says."""
    pose = {None: np.eye(4)}
    for body in skeleton["bodies"]:
        joint = body["joint"]
        m = pose[body["parent"]] @ homogeneous(translation=joint["loc"])
        m = m @ homogeneous(rotation=joint["R0"])
        for dof in joint["dofs"]:
            if "driver" in dof:
                x = values.get(dof["driver"], 0.0)
                value = sum(c * x**i for i, c in enumerate(dof["poly"]))
            else:
                value = values.get(dof["name"], 0.0)
            axis = np.array(dof["axis"])
            if dof["type"] == "hinge":
                axis = axis / np.linalg.norm(axis)
                m = m @ homogeneous(Rotation.from_rotvec(axis * value).as_matrix())
            else:
                m = m @ homogeneous(translation=axis * value)
        pose[body["name"]] = m @ homogeneous(translation=-np.array(joint["child_loc"]))
    return pose


@pytest.fixture(scope="session")
def body():
    return standard_adult()


@pytest.fixture(scope="session")
def checks():
    return json.loads((HERE / "data" / "checks.json").read_text())


@pytest.fixture(scope="session")
def skeleton():
    return json.loads((PACKAGED / "skeleton.json").read_text())


@pytest.fixture(scope="session")
def second(skeleton):
    """A function from named values to 4x4 poses, and helpers on top of it."""

    def place(values, name, local):
        return (second_kinematics(skeleton, values)[name] @ np.append(local, 1.0))[:3]

    def length(values, points):
        pose = second_kinematics(skeleton, values)
        at = [(pose[b] @ np.append(p, 1.0))[:3] for b, *p in points]
        return sum(np.linalg.norm(b - a) for a, b in pairwise(at))

    return SimpleNamespace(
        poses=lambda values: second_kinematics(skeleton, values), place=place, length=length
    )


@pytest.fixture(scope="session")
def random_q(body):
    """A function from a seed to coordinates, spread over a good part of the ranges."""

    def draw(seed, share=0.8):
        rng = np.random.default_rng(seed)
        low, high = body.ranges.T
        q = low + (high - low) * (0.5 + share * (rng.random(len(low)) - 0.5))
        q[:6] = rng.uniform(-1.0, 1.0, 6)
        return q

    return draw
