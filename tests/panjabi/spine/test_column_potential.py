"""The potential of a column against a second kinematics on complex numbers, and its symmetries."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.spatial.transform import Rotation

from panjabi.body import standard_adult
from panjabi.body.gravity import gravity_energy
from panjabi.spine import (
    DeadLoad,
    ExponentialJoint,
    FollowerLoad,
    LevelMoment,
    LinearJoint,
    column,
    in_plane,
    straight_column,
)
from panjabi.spine.load_kernels import load_potential
from panjabi.spine.passive_spine import external_loads, own_weight, passive_view, top_load
from panjabi.stability import critical_load

STEP = 1e-40
# eighth-order central difference of a first derivative
WEIGHTS = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}


def turned(axis, angle):
    """Rotation about a unit axis by a possibly complex angle."""
    x, y, z = axis
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def second_energy(chain, q, dead, tension, moment):
    """V from the arrays of the body's tree, angle by angle; q (3 levels,) may be complex."""
    body, passive, angles = chain.body, passive_view(chain), q.reshape(-1, 3)
    tree, base = body.tree, body.poses(body.zero())
    R, t = base.R[passive.chain[0]], base.t[passive.chain[0]]
    frames = [(R, t)]
    for level, b in enumerate(passive.chain[1:]):
        t = t + R @ tree.loc[b]
        R = R @ tree.r0[b]
        for e in range(3):
            R = R @ turned(tree.axis[tree.first[b] + e], angles[level, e])
        t = t - R @ tree.child_loc[b]
        frames.append((R, t))
    value = sum(law.energy(a) for law, a in zip(passive.laws, angles, strict=True))
    for name, point, force in zip(dead.bodies, dead.points, dead.forces, strict=True):
        R, t = frames[passive.bodies.index(name)]
        value -= force @ (R @ point + t)
    joints = [tree.loc[b] for b in passive.chain[1:]]
    ends = [*joints[1:], passive.load_point]
    middle = [0.5 * (tree.child_loc[b] + e) for b, e in zip(passive.chain[1:], ends, strict=True)]
    guides = [R @ g + t for (R, t), g in zip(frames, [joints[0], *middle], strict=True)]
    pieces = [b - a for a, b in pairwise(guides)]
    value += tension * sum(np.sqrt(p @ p) for p in pieces)
    return value - moment * angles[:, 0].sum()


def complex_gradient(energy, q):
    return np.array([energy(q + 1j * STEP * e).imag / STEP for e in np.eye(len(q))])


def high_order_hessian(energy, q, h=0.02):
    rows = []
    for e in np.eye(len(q)):
        row = 0.0
        for i, w in WEIGHTS.items():
            up = complex_gradient(energy, q + i * h * e)
            row = row + w * (up - complex_gradient(energy, q - i * h * e))
        rows.append(row / h)
    return np.array(rows)


def rotated(chain, R):
    """The whole spine rotated about the world's origin."""
    tree = chain.body.tree
    loc, r0 = tree.loc.copy(), tree.r0.copy()
    for b in np.flatnonzero(tree.parent == 0):
        loc[b], r0[b] = R @ loc[b], R @ r0[b]
    body = replace(chain.body, tree=tree._replace(loc=loc, r0=r0))
    return replace(chain, dynamics=replace(chain.dynamics, body=body))


def forces(chain, seed):
    rng = np.random.default_rng(seed)
    bodies = tuple(rng.choice(passive_view(chain).bodies, 6))
    return DeadLoad(bodies, rng.normal(scale=0.1, size=(6, 3)), rng.normal(scale=80.0, size=(6, 3)))


@pytest.mark.parametrize("region", ["lumbar", "cervical"])
def test_gradient_and_hessian_are_exact(region):
    law = ExponentialJoint((12.0, 9.0, 30.0), (6.0, 8.0, 5.0))
    chain = column(region, law)
    dead, pull = forces(chain, 1), 300.0
    q = np.random.default_rng(2).normal(scale=0.15, size=len(chain.free))
    q = np.where(np.abs(q) < 0.1, 0.1, q)  # the corner at neutral would spoil the differences

    def energy(x):
        return second_energy(chain, x, dead, pull, 3.0)

    found = passive_view(chain).potential(q, [dead, FollowerLoad(pull), LevelMoment("FE", 3.0)])
    assert found.value == pytest.approx(energy(q), rel=1e-13)
    slope = complex_gradient(energy, q)
    assert np.abs(found.gradient - slope).max() <= 1e-12 * np.abs(slope).max()
    curvature = high_order_hessian(energy, q)
    assert np.abs(found.hessian - curvature).max() <= 1e-9 * np.abs(curvature).max()
    assert np.array_equal(found.hessian, found.hessian.T)


@settings(max_examples=15)
@given(
    turn=st.tuples(*[st.floats(-3.0, 3.0)] * 3),
    seed=st.integers(0, 10_000),
    region=st.sampled_from(["lumbar", "thoracic", "whole"]),
)
def test_potential_is_invariant_under_rigid_rotation(turn, seed, region):
    chain = column(region, LinearJoint((40.0, 30.0, 60.0)))
    dead = forces(chain, seed)
    q = np.random.default_rng(seed).normal(scale=0.1, size=len(chain.free))
    R = Rotation.from_rotvec(turn).as_matrix()
    there = rotated(chain, R)
    loads = [FollowerLoad(200.0), LevelMoment("LB", 1.0)]
    a = passive_view(chain).potential(q, [dead, *loads])
    b = passive_view(there).potential(
        q, [DeadLoad(dead.bodies, dead.points, dead.forces @ R.T), *loads]
    )
    assert b.value == pytest.approx(a.value, rel=1e-12, abs=1e-10)
    assert np.allclose(b.gradient, a.gradient, rtol=0, atol=1e-11 * np.abs(a.gradient).max())
    assert np.allclose(b.hessian, a.hessian, rtol=0, atol=1e-11 * np.abs(a.hessian).max())


def test_a_leaning_column_with_its_load_leaning_too_buckles_at_the_same_load():
    chain = column("lumbar", LinearJoint.isotropic(40.0), plane="frontal")
    R = Rotation.from_euler("xyz", [30, -50, 80], degrees=True).as_matrix()
    load = top_load(chain)
    leaning = DeadLoad(load.bodies, load.points, load.forces @ R.T)
    expected = critical_load(chain, load).load
    assert critical_load(rotated(chain, R), leaning).load == pytest.approx(expected, rel=1e-12)


def test_a_column_has_its_joints_where_the_body_has_them():
    body = standard_adult()
    rng = np.random.default_rng(3)
    angles = rng.uniform(-0.02, 0.02, 75)
    q = body.zero()
    first = body.coordinate_index("L5_S1_FE")
    q[first : first + 75] = angles
    whole = column("whole", LinearJoint.isotropic(40.0))
    expected = [body.joint_centre(q, name) for name in passive_view(whole).bodies[1:]]
    assert np.allclose(passive_view(whole).joint_centres(angles)[:-1], expected, rtol=0, atol=1e-14)
    names = [n.replace("skull_C1", "C0_C1") for n in body.coordinates[first : first + 75]]
    assert names == [n.replace("skull_C1", "C0_C1") for n in whole.free]


def test_own_weight_is_the_weight_above_the_fixed_body():
    body = standard_adult()
    legs = ("femur", "tibia", "patella", "talus", "calcn", "toes")
    below = ("pelvis", "sacrum", *(f"{n}_{s}" for n in legs for s in "rl"))
    mass = sum(m for n, m in zip(body.names, body.mass, strict=True) if n not in below)
    weight = own_weight(column("whole", LinearJoint.isotropic(1.0)))
    assert -weight.forces[:, 1].sum() == pytest.approx(9.80665 * mass, rel=1e-12)
    assert np.all(weight.forces[:, [0, 2]] == 0.0)


def test_weights_of_the_column_and_of_the_body_have_the_same_moments():
    """Gradient of gravity over the spine, from the body's own energy."""
    body = standard_adult()
    whole = column("whole", LinearJoint.isotropic(1.0))
    first = body.coordinate_index("L5_S1_FE")
    expected = gravity_energy(body, body.zero()).gradient[first : first + 75]
    found = (
        passive_view(whole).load_potential(passive_view(whole).start(), own_weight(whole)).gradient
    )
    assert np.allclose(found, expected, rtol=0, atol=1e-12)


def test_a_follower_load_on_a_straight_column_does_not_bend_it():
    """Two arms a, b and a hinge: length sqrt(a2 + b2 + 2ab cos x), second derivative -ab/(a+b)."""
    lengths = np.array([0.04, 0.03, 0.05])
    chain = straight_column(lengths, LinearJoint.isotropic(1.0), plane="frontal")
    found = passive_view(chain).load_potential(passive_view(chain).start(), FollowerLoad(500.0))
    arms = lengths / 2.0
    curved = -arms[:-1] * arms[1:] / (arms[:-1] + arms[1:])
    assert np.abs(found.gradient).max() <= 1e-12
    assert np.allclose(np.diag(found.hessian), 500.0 * np.array([0.0, *curved]), rtol=1e-12)
    assert np.allclose(found.hessian, np.diag(np.diag(found.hessian)), atol=1e-11)


def test_plane_selects_rows_and_columns_of_the_potential():
    full = column("lumbar", LinearJoint((40.0, 30.0, 60.0)))
    flat = in_plane(full, "frontal")
    z = np.linspace(-0.1, 0.2, len(flat.free))
    q = np.zeros(len(full.free))
    at = full.place_of(flat.free)
    q[at] = z
    loads = [top_load(full, 50.0), FollowerLoad(100.0)]
    a, b = passive_view(full).potential(q, loads), passive_view(flat).potential(z, loads)
    assert a.value == pytest.approx(b.value, rel=1e-14)
    assert np.allclose(a.gradient[at], b.gradient, rtol=1e-12, atol=1e-12)
    assert np.allclose(a.hessian[np.ix_(at, at)], b.hessian, rtol=1e-12, atol=1e-12)


def test_compiled_equals_plain():
    chain = column("lumbar", LinearJoint.isotropic(40.0))
    q = np.linspace(-0.2, 0.2, len(chain.free))
    loads = external_loads(chain, [top_load(chain, 100.0), FollowerLoad(200.0)])
    out = [(np.empty(15), np.empty((15, 15))) for _ in range(2)]
    fast = load_potential(loads.tree, q, loads.data, *out[0])
    slow = load_potential.py_func(loads.tree, q, loads.data, *out[1])
    assert slow == pytest.approx(fast, rel=1e-14)
    assert np.allclose(out[0][1], out[1][1], rtol=0, atol=1e-12)
    assert np.allclose(out[0][0], out[1][0], rtol=0, atol=1e-12)
