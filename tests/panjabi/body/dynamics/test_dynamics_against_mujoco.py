"""The spine and the whole body against MuJoCo, on the same tree at random states.

The twin is made from the person and not from the reduced tree, so that it also checks how held
joints are merged. MuJoCo couples dofs through soft constraints only, so knees are held here; their
coupling is checked against SymPy.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from panjabi.body import Dynamics, coordinates_between

mujoco = pytest.importorskip("mujoco")


def quaternion(matrix):
    return Rotation.from_matrix(matrix).as_quat(scalar_first=True)


def twin(dynamics):
    """MuJoCo model of the person, hinges and slides for the free coordinates only."""
    body, free = dynamics.body, set(dynamics.free)
    tree, at = body.tree, dynamics.held
    spec = mujoco.MjSpec()
    spec.option.gravity = np.asarray(dynamics.gravity)
    spec.compiler.degree = False
    made = {0: spec.worldbody}
    for b in range(1, len(body.names)):
        dofs = range(tree.first[b], tree.first[b + 1])
        names = [body.coordinates[tree.coordinate[e]] for e in dofs]
        offset, turn = tree.loc[b].copy(), tree.r0[b].copy()
        for e, name in zip(dofs, names, strict=True):
            if name in free:
                continue
            assert not free.intersection(names), "a joint is free or held as a whole here"
            value = np.polyval(tree.poly[e][::-1], at[tree.coordinate[e]])
            if tree.slide[e]:
                offset += turn @ (tree.axis[e] * value)
            else:
                turn = turn @ Rotation.from_rotvec(tree.axis[e] * value).as_matrix()
        moments, axes = np.linalg.eigh(body.inertia[b])
        axes[:, 0] *= np.sign(np.linalg.det(axes))
        made[b] = made[tree.parent[b]].add_body(
            name=body.names[b],
            pos=offset - turn @ tree.child_loc[b],
            quat=quaternion(turn),
            mass=body.mass[b],
            ipos=body.com[b],
            inertia=moments,
            iquat=quaternion(axes),
            explicitinertial=True,
        )
        for e, name in zip(dofs, names, strict=True):
            if name in free:
                kind = mujoco.mjtJoint.mjJNT_SLIDE if tree.slide[e] else mujoco.mjtJoint.mjJNT_HINGE
                made[b].add_joint(name=name, type=kind, axis=tree.axis[e], pos=tree.child_loc[b])
    return spec.compile()


def lumbar(body):
    return Dynamics(body, coordinates_between(body, "sacrum", "T12"))


def whole_column(body):
    return Dynamics(body, coordinates_between(body, "sacrum", "skull"))


def column_of_a_sitting_person(body):
    at = body.flexed(angles_deg={"hip flexion": 80, "elbow flexion": 40, "shoulder flexion": 20})
    return Dynamics(body, coordinates_between(body, "sacrum", "skull"), at=at)


def floating_person(body):
    return Dynamics(body, [name for name in body.coordinates if "knee" not in name])


@pytest.mark.parametrize(
    ("model", "size", "share"),
    [
        (lumbar, 18, 0.8),
        (whole_column, 75, 0.8),
        (column_of_a_sitting_person, 75, 0.8),
        (floating_person, 120, 0.4),  # off the quarter turns of shoulder and pelvis
    ],
    ids=lambda p: getattr(p, "__name__", ""),
)
def test_accelerations_are_those_of_mujoco(body, model, size, share):
    ours = model(body)
    assert len(ours.free) == size
    theirs = twin(ours)
    data = mujoco.MjData(theirs)
    where = [theirs.joint(name).dofadr[0] for name in ours.free]  # MuJoCo goes limb by limb
    low, high = body.ranges[[body.coordinate_index(name) for name in ours.free]].T
    rng = np.random.default_rng(size)
    for _ in range(4):
        q = low + (high - low) * (0.5 + share * (rng.random(size) - 0.5))
        qd, force = rng.normal(size=size), 20.0 * rng.normal(size=size)
        data.qpos[where], data.qvel[where], data.qfrc_applied[where] = q, qd, force
        mujoco.mj_forward(theirs, data)
        M = np.zeros((size, size))
        for column, unit in zip(M, np.eye(size), strict=True):
            mujoco.mj_mulM(theirs, data, column, unit)
        M, qacc, their_bias = M[np.ix_(where, where)], data.qacc[where], data.qfrc_bias[where]
        found = ours.forward(q, qd, force)
        assert np.abs(found - qacc).max() < 1e-9 * np.abs(qacc).max()
        assert np.abs(ours.mass_matrix(q) - M).max() < 1e-12 * np.abs(M).max()
        bias = ours.bias(q, qd) + ours.weight(q)
        assert np.abs(bias - their_bias).max() < 1e-11 * np.abs(their_bias).max()
        body_id = theirs.body("skull").id
        assert ours.point(q, "skull", np.zeros(3)) == pytest.approx(data.xpos[body_id], abs=1e-13)
