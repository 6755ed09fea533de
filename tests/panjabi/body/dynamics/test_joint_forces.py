"""Forces that joints transmit: free bodies in plain Python, and the axes of the discs."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.active.line_kernels import body_twists, line_motion, pieces_of, tension_loads
from panjabi.active.muscle_kernels import muscle_workspace
from panjabi.body import standard_adult
from panjabi.body.dynamics import Dynamics, coordinates_between
from panjabi.body.dynamics_kernels import inverse_dynamics, move, place
from panjabi.body.joint_force_kernels import (
    carried_forces,
    disc_axes,
    disc_forces,
    discs_of,
    with_slides,
)
from panjabi.body.kernels import forward
from panjabi.body.mechanism import dynamics_workspace

LEVELS = (("L5", "sacrum"), ("L4", "L5"), ("L1", "L2"), ("T12", "L1"))
PUSH = np.array([30.0, -12.0, 7.0])


@pytest.fixture(scope="module")
def moving():
    """The lumbar spine in motion, with a push on T8 and tensions in all muscles."""
    body = standard_adult()
    dynamics = Dynamics(body, coordinates_between(body, "sacrum", "T12"))
    n, rng = len(dynamics.free), np.random.default_rng(3)
    q, qd, qdd = (rng.normal(0.0, s, n) for s in (0.1, 1.0, 10.0))
    muscles = musculature("lumbar")
    return dynamics, q, qd, qdd, muscles, rng.uniform(5.0, 100.0, len(muscles))


def discs_in(dynamics):
    on = dynamics.carriers
    return discs_of(dynamics.body.names, LEVELS, on.carrier, on.rotation)


def by_kernels(moving, *, plain=False):
    """(levels, 3) from the kernels."""
    dynamics, q, qd, qdd, muscles, tension = moving
    mechanism, work = dynamics.mechanism, dynamics.workspace()
    place(mechanism, q, work)
    move(mechanism, qd, qdd, dynamics.gravity, work)
    force = np.zeros((len(mechanism.mass), 3))
    force[dynamics.carried("T8", np.zeros(3))[0]] = PUSH
    tree, pieces = muscles.tree, pieces_of(muscles.paths)
    v = muscle_workspace(tree, pieces)
    forward(tree, q, v.R, v.t, v.axis_world, v.origin_world, v.rate, v.rate2)
    body_twists(tree, qd, v.axis_world, v.origin_world, v.rate, v.omega, v.v)
    line_motion(pieces, v.R, v.t, v.omega, v.v, v.direction, v.moment, v.length, v.speed)
    tension_loads(
        tree, pieces, v.direction, v.moment, tension, v.axis_world, v.origin_world, v.rate,
        v.force, v.torque, np.empty(len(q)),
    )  # fmt: skip
    names = dynamics.body.names
    discs = discs_in(dynamics)
    pulled = muscles.reduced.carrier[[names.index(a) for a, _ in LEVELS]]
    out = np.empty((len(LEVELS), 3))
    one, two = (carried_forces, disc_forces)
    if plain:
        one, two = one.py_func, two.py_func
    one(mechanism, work, force)
    two(discs, work.R, force, v.force, pulled, np.empty((3, 3)), out)
    return out


def by_free_bodies(moving):
    """The same from positions alone: accelerations by differences in time, pulls by directions."""
    dynamics, q, qd, qdd, muscles, tension = moving
    body, h = dynamics.body, 1e-4

    def centres(t):
        poses = body.poses(dynamics.whole(q + qd * t + 0.5 * qdd * t * t))
        return np.einsum("bij,bj->bi", poses.R, body.com) + poses.t

    # fourth order in h
    weights = {-2: -1.0, -1: 16.0, 0: -30.0, 1: 16.0, 2: -1.0}
    acceleration = sum(w * centres(k * h) for k, w in weights.items()) / (12.0 * h * h)
    poses = body.poses(dynamics.whole(q))
    pose = muscles.pose(q)
    paths = muscles.paths
    points = np.einsum("pij,pj->pi", pose.R[paths.body], paths.local) + pose.t[paths.body]
    out = []
    for upper, lower in LEVELS:
        above = np.zeros(len(body.names), bool)
        above[body.body_index(upper)] = True
        for b in range(1, len(body.names)):
            above[b] |= above[body.tree.parent[b]]
        m = body.mass[above]
        total = PUSH - (m[:, None] * (acceleration[above] - dynamics.gravity)).sum(axis=0)
        chain = np.zeros(len(muscles.tree.parent), bool)
        chain[muscles.reduced.carrier[body.body_index(upper)]] = True
        for b in range(1, len(chain)):
            chain[b] |= chain[muscles.tree.parent[b]]
        for k, T in enumerate(tension):
            for p in range(paths.start[k], paths.start[k + 1] - 1):
                side = int(chain[paths.body[p]]) - int(chain[paths.body[p + 1]])
                step = points[p + 1] - points[p]
                total = total + side * T * step / np.linalg.norm(step)
        frames = [
            poses.R[body.body_index(b)] for b in (upper, upper if lower == "sacrum" else lower)
        ]
        up = frames[0][:, 1] + frames[1][:, 1]
        up = up / np.linalg.norm(up)
        right = frames[0][:, 2] - up * (up @ frames[0][:, 2])
        right = right / np.linalg.norm(right)
        out.append([np.cross(up, right) @ total, up @ total, right @ total])
    return np.array(out)


def test_joint_forces_equal_the_sum_over_a_free_body(moving):
    fast = by_kernels(moving)
    assert fast == pytest.approx(by_free_bodies(moving), rel=1e-6, abs=1e-3)
    assert by_kernels(moving, plain=True) == pytest.approx(fast, rel=1e-12)


def test_axes_of_a_disc_are_right_handed_unit_vectors(moving):
    dynamics, q, *_ = moving
    work, axes = dynamics.workspace(), np.empty((3, 3))
    place(dynamics.mechanism, q, work)
    discs = discs_in(dynamics)
    for k in range(len(LEVELS)):
        disc_axes(work.R, discs, k, axes)
        assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-14)
        assert np.linalg.det(axes) == pytest.approx(1.0)


def test_a_force_on_held_slides_is_the_force_of_the_joint(moving):
    """Inverse dynamics with three more translations in each joint, which do not move."""
    dynamics, q, qd, qdd, *_ = moving
    mechanism, work = dynamics.mechanism, dynamics.workspace()
    place(mechanism, q, work)
    move(mechanism, qd, qdd, dynamics.gravity, work)
    wanted = np.zeros((len(mechanism.mass), 3))
    carried_forces(mechanism, work, wanted)
    discs = discs_in(dynamics)
    grown = mechanism._replace(tree=with_slides(mechanism.tree, discs.upper))
    extra = np.zeros(3 * len(LEVELS))
    wide = [np.concatenate([x, extra]) for x in (q, qd, qdd)]
    work = dynamics_workspace(grown, len(wide[0]))
    place(grown, wide[0], work)
    force = np.empty(len(wide[0]))
    inverse_dynamics(grown, wide[1], wide[2], dynamics.gravity, work, force)
    assert force[: len(q)] == pytest.approx(dynamics.inverse(q, qd, qdd), abs=1e-9)
    for k, b in enumerate(discs.upper):
        e = grown.tree.first[b]
        world = force[len(q) + 3 * k : len(q) + 3 * k + 3] @ work.axis[e : e + 3]
        assert world == pytest.approx(wanted[b], abs=1e-9)
