"""Critical loads, modes and paths against closed forms and slower independent methods."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.linalg import eigh
from scipy.optimize import brentq, minimize

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.passive import unit
from panjabi.spine import (
    FollowerLoad,
    LevelMoment,
    LinearJoint,
    column,
    in_plane,
    straight_column,
    unit_column,
    with_laws,
)
from panjabi.spine.loads import vertical
from panjabi.spine.passive_spine import passive_view, top_load
from panjabi.stability import (
    column_equilibrium,
    critical_load,
    load_path,
    post_buckling,
    pure_moment,
)


def all_modes(column):
    """Every critical factor of a load on top of a straight column, rising, and the modes."""
    K = passive_view(column).potential(passive_view(column).start()).hessian
    G = passive_view(column).load_potential(passive_view(column).start(), top_load(column)).hessian
    inverse, modes = eigh(-G, K)
    keep = np.flatnonzero(inverse > 1e-9 * inverse[-1])[::-1]
    return 1.0 / inverse[keep], modes[:, keep] / np.abs(modes[:, keep]).max(axis=0)


def hinges(lengths, stiffness, plane="frontal"):
    laws = [LinearJoint.isotropic(k) for k in stiffness]
    return straight_column(lengths, laws, plane=plane)


def chain_eigenvalues(lengths, stiffness):
    """V = sum k x^2/2 + P sum l_i cos(x_1 + ... + x_i): second derivatives in closed form."""
    n = len(lengths)
    G = np.array([[sum(lengths[max(i, j) :]) for j in range(n)] for i in range(n)])
    mu, modes = eigh(G, np.diag(stiffness))
    return 1.0 / mu[::-1], modes[:, ::-1]


@settings(max_examples=40)
@given(
    parts=st.lists(st.tuples(st.floats(0.01, 0.1), st.floats(1.0, 200.0)), min_size=1, max_size=8),
    plane=st.sampled_from(["frontal", "sagittal"]),
)
def test_a_chain_of_hinges_has_its_closed_form(parts, plane):
    lengths, stiffness = zip(*parts, strict=True)
    made = hinges(lengths, stiffness, plane)
    expected, modes = chain_eigenvalues(lengths, stiffness)
    found = critical_load(made, top_load(made), largest=1e6)  # up to 200 N m over 0.01 m
    assert found.load == pytest.approx(expected[0], rel=1e-10)
    assert found.kind == "bifurcation" and not found.moved
    assert np.allclose(found.mode, modes[:, 0] / modes[np.argmax(np.abs(modes[:, 0])), 0])
    assert abs(found.least_stiffness) <= 1e-9 * max(stiffness)
    factors, _ = all_modes(made)
    assert np.allclose(factors, expected, rtol=1e-8)


def test_two_equal_hinges_give_the_golden_section():
    made = hinges([0.05] * 2, [10.0] * 2)
    expected = (3.0 - math.sqrt(5.0)) / 2.0 * 10.0 / 0.05
    assert critical_load(made, top_load(made)).load == pytest.approx(expected, rel=1e-12)


def test_many_hinges_become_an_euler_column_at_second_order():
    """Fixed below, free above: pi^2 EI / (4 L^2); the first hinge half as long as the others."""
    length, bending = 0.2, 3.0
    error = []
    for n in (8, 16, 32):
        h = length / n
        # joints in the middle of n equal pieces, so half a piece below the first
        lengths = [h] * (n - 1) + [h / 2.0]
        made = hinges(lengths, [bending / h] * n)
        euler = math.pi**2 * bending / (4.0 * length**2)
        error.append(abs(critical_load(made, top_load(made)).load / euler - 1.0))
    assert error[-1] < 1e-3
    assert np.allclose(np.log2(np.array(error[:-1]) / error[1:]), 2.0, atol=0.1)


def test_after_buckling_one_hinge_follows_its_closed_form():
    """P l sin x = k x."""
    made = hinges([0.1], [5.0])
    found = critical_load(made, top_load(made))
    path = post_buckling(found, to=80.0, step=0.05)
    x = path.z[1:, 0]
    assert path.reached and path.load[-1] == 80.0
    assert np.allclose(path.load[1:], 5.0 * x / (0.1 * np.sin(x)), rtol=1e-9)
    assert path.stable[1:].all()
    other = post_buckling(found, to=80.0, side=-1)
    assert other.z[-1] == pytest.approx(-path.z[-1], abs=1e-9)


def test_points_of_a_post_buckling_path_are_minima_by_another_method():
    made = hinges([0.03, 0.04, 0.035], [20.0, 30.0, 25.0])
    found = critical_load(made, top_load(made))
    path = post_buckling(found, to=1.3 * found.load)
    load = top_load(made, float(path.load[-1]))
    start = path.z[-1] + 0.02
    other = minimize(
        lambda z: passive_view(made).potential(z, load).value, start, tol=1e-14, method="BFGS"
    )
    assert np.allclose(other.x, path.z[-1], atol=1e-5)
    assert path.residual < 1e-8


class Sine:
    """A custom law in plain Python, softening: M = k sin(2x) / 2."""

    def __init__(self, stiffness):
        self.stiffness = stiffness

    def energy(self, angles):
        return float(np.sum(0.5 * self.stiffness * np.sin(angles) ** 2))

    def moment(self, angles):
        return 0.5 * self.stiffness * np.sin(2.0 * angles)

    def tangent(self, angles):
        return np.diag(self.stiffness * np.cos(2.0 * angles))


@settings(max_examples=10)
@given(offset=st.floats(0.001, 0.05))
def test_a_bent_column_of_softening_joints_has_a_largest_load(offset):
    """P (l sin x + e cos x) = k sin x cos x has its maximum at tan^3 x = e/l."""
    made = straight_column([0.1], Sine(5.0), plane="sagittal")
    found = critical_load(
        made, vertical([passive_view(made).bodies[-1]], [[-offset, 0.1, 0.0]], [1.0])
    )
    assert found.kind == "limit load" and found.moved
    expected = 5.0 / (0.1 ** (2 / 3) + offset ** (2 / 3)) ** 1.5
    assert found.load == pytest.approx(expected, rel=1e-9)
    assert math.tan(found.z[0]) ** 3 == pytest.approx(offset / 0.1, rel=1e-6)
    path = post_buckling(found, to=2.0 * expected, points=5)
    assert not path.reached and path.load.max() == pytest.approx(expected, rel=1e-9)


def test_a_column_that_bends_first_is_followed_to_its_bifurcation():
    """Forward bending by an eccentric load, then sideways; against a scan of the equilibria."""
    made = straight_column([0.05, 0.04], LinearJoint((20.0, 8.0, 500.0)))
    pattern = vertical([passive_view(made).bodies[-1]], [[0.015, 0.04, 0.0]], [1.0])
    found = critical_load(made, pattern)
    assert found.moved and found.kind == "bifurcation"
    flat = in_plane(made, "sagittal")

    def least(load):
        z = np.zeros(2)
        for share in np.linspace(0.2, 1.0, 5):
            z = column_equilibrium(flat, share * load * pattern, start=z).z
        q = np.zeros(6)
        q[made.place_of(flat.free)] = z
        return np.linalg.eigvalsh(passive_view(made).potential(q, load * pattern).hessian)[0]

    assert least(0.999 * found.load) > 0.0 > least(1.001 * found.load)
    assert found.load == pytest.approx(brentq(least, 20.0, 1.1 * found.load), rel=1e-8)
    sideways = np.abs(found.mode.reshape(-1, 3)[:, 1:]).max()
    assert sideways == pytest.approx(1.0) and np.abs(found.mode.reshape(-1, 3)[:, 0]).max() < 1e-6


@settings(max_examples=10)
@given(factor=st.floats(0.1, 10.0))
def test_critical_load_is_proportional_to_linear_stiffness(factor):
    made = column("lumbar", LinearJoint((40.0, 30.0, 60.0)), plane="frontal")
    stiff = with_laws(made, LinearJoint((40.0 * factor, 30.0 * factor, 60.0 * factor)))
    one, more = (critical_load(c, top_load(c)).load for c in (made, stiff))
    assert more == pytest.approx(factor * one, rel=1e-10)


def test_softening_one_level_lowers_the_critical_load():
    made = column("lumbar", LinearJoint.isotropic(40.0), plane="frontal")
    intact = critical_load(made, top_load(made)).load
    for level in passive_view(made).levels:
        hurt = with_laws(made, {level: LinearJoint.isotropic(20.0)})
        assert critical_load(hurt, top_load(hurt)).load < intact


def test_a_column_alike_in_both_directions_has_a_double_load():
    made = hinges([0.04] * 3, [20.0] * 3, "space")
    factors, modes = all_modes(made)
    assert len(factors) == 6  # two bending planes; twist is not loaded
    assert np.allclose(factors[::2], factors[1::2])
    assert modes.shape == (9, 6)
    assert critical_load(made, top_load(made)).load == pytest.approx(factors[0])


def test_under_a_pull_nothing_buckles():
    made = hinges([0.04] * 3, [20.0] * 3)
    found = critical_load(made, top_load(made, -1.0))
    assert found.load == np.inf and found.kind == "none" and not found.mode.any()
    with pytest.raises(
        ParameterError, match="a finite critical load to start a post-buckling path, got none"
    ):
        post_buckling(found, to=1.0)
    pushed = critical_load(made, top_load(made))
    for to in (np.nan, np.inf):
        with pytest.raises(ParameterError, match="Expected a finite load factor, got"):
            post_buckling(pushed, to=to)


def test_constant_loads_count():
    made = hinges([0.05], [10.0])
    alone = critical_load(made, top_load(made)).load
    rest = critical_load(made, top_load(made), loads=top_load(made, 50.0)).load
    assert rest == pytest.approx(alone - 50.0)
    with pytest.raises(ConvergenceError, match="stable without the growing load"):
        critical_load(made, FollowerLoad(1.0), loads=top_load(made, 1.1 * alone))


def test_load_path_stays_on_the_straight_column():
    made = hinges([0.05] * 2, [10.0] * 2)
    top = critical_load(made, top_load(made)).load
    path = load_path(made, top_load(made), to=2.0 * top, step=0.15)
    assert path.reached and not path.z.any()
    assert list(path.stable) == list(path.load < top)


def test_serial_sum_under_a_pure_moment():
    """Each level rotates as if it were alone; the column rotates by the sum."""
    laws = [LinearJoint((k, k, k)) for k in (100.0, 200.0, 250.0, 400.0, 500.0)]
    made = column("lumbar", laws)
    bent = pure_moment(made, "FE", -10.0)
    expected = [-10.0 / law.stiffness[0] for law in laws]
    assert np.allclose(bent.angles[:, 0], expected, rtol=1e-10)
    assert not bent.angles[:, 1:].any() and bent.stable
    # the top has turned by the sum, since all axes are parallel
    points = (
        passive_view(made).joint_centres(bent.z)[-2:],
        passive_view(made).joint_centres(passive_view(made).start())[-2:],
    )
    (now, before) = (p[1] - p[0] for p in points)
    turn = np.arctan2(now[1], now[0]) - np.arctan2(before[1], before[0])
    assert turn == pytest.approx(sum(expected), abs=1e-12)


def test_no_equilibrium_and_a_moment_about_a_fixed_axis_are_errors():
    made = straight_column([0.1], Sine(5.0))
    with pytest.raises(ConvergenceError, match="Expected an equilibrium"):
        column_equilibrium(made, LevelMoment("FE", 6.0))
    with pytest.raises(ParameterError, match=r"a free axis \(LB\), got FE"):
        pure_moment(in_plane(made, "frontal"), "FE", 1.0)


def test_beyond_the_critical_load_the_minimum_is_bent():
    made = hinges([0.1], [5.0])
    bent = column_equilibrium(made, top_load(made, 60.0), start=[0.1])
    assert bent.stable and bent.z[0] > 0.5
    assert 6.0 * math.sin(bent.z[0]) == pytest.approx(5.0 * bent.z[0])
    assert not column_equilibrium(made, top_load(made, 60.0)).stable


@pytest.mark.parametrize("region", ["thoracolumbar", "whole"])
def test_the_lanczos_eigenvalue_is_the_first_of_all(region):
    """Large straight columns use Lanczos for one mode; compared with a full decomposition."""
    made = column(region, LinearJoint((20.0, 30.0, 50.0)), straight=True)
    found = critical_load(made, top_load(made))
    factors, modes = all_modes(made)
    assert not found.moved and found.load == pytest.approx(factors[0], rel=1e-12)
    assert np.abs(np.abs(found.mode) - np.abs(modes[:, 0])).max() < 1e-8
    assert abs(found.least_stiffness) < 1e-10


def test_columns_of_units_end_at_the_failure_of_a_unit():
    """A unit fails at its angle of failure, whatever the load on the column."""
    lumbar = unit_column("lumbar", plane="frontal")
    with pytest.raises(ParameterError, match="angle of L5-S1 about lateral bending below failure"):
        pure_moment(lumbar, "LB", 200.0)
    assert pure_moment(lumbar, "LB", 20.0).to_dict()["outside_evidence"] == []
    (line, *_) = pure_moment(lumbar, "LB", 120.0).to_dict()["outside_evidence"]
    assert line.startswith("L5-S1, right bending: moment of 120 N m is beyond the tests, up to 95")
    path = post_buckling(critical_load(lumbar, top_load(lumbar)), to=3000.0)
    assert not path.reached and path.outside_evidence
    assert path.failure[0].startswith("L5-S1, right bending: angle of ")
    angles = passive_view(lumbar).angles(path.z[-1])
    laws = [unit(level) for level in passive_view(lumbar).levels]
    assert 0.8 < max(law.use(a) for law, a in zip(laws, angles, strict=True)) <= 1.0
    bent = critical_load(lumbar, LevelMoment("LB", 1.0))
    fails_at = unit("L5-S1").evidence.moment.failure.si
    assert bent.kind == "failure" and bent.load == np.inf
    assert 0.8 * fails_at < bent.searched_to <= fails_at
