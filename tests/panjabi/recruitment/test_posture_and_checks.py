"""Free posture, short range of the fibres, margin with the coupling of compression."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body import standard_adult
from panjabi.errors import ParameterError
from panjabi.recruitment import (
    margin_with_coupling,
    recruit,
    recruit_posture,
    short_range_turn,
)
from panjabi.recruitment.checks import coupled_hessian
from panjabi.spine import bergmark, static_spine


@pytest.fixture(scope="module")
def standing():
    return static_spine("standing")


@pytest.fixture(scope="module")
def bent():
    q = standard_adult().flexed(angles_deg={"lumbar flexion": 20.0})
    return recruit(static_spine(q, load=10.0))


@pytest.fixture(scope="module")
def found(standing):
    return recruit_posture(standing, starts=(0.0, 0.5))


# --- posture --------------------------------------------------------------------------------


def test_the_orientation_of_the_thorax_is_kept(standing, found):
    spine, thorax = found.recruitment.spine, standing.body.body_index("T12")
    assert spine.poses.R[thorax] == pytest.approx(standing.poses.R[thorax], abs=1e-9)
    assert found.turned < 1e-9
    assert found.recruitment.residual < 1e-9


def test_both_starts_end_at_the_same_posture_below_the_fixed_one(standing, found):
    fixed = recruit(standing).result.primal
    assert found.objective == min(found.starts)
    assert found.starts == pytest.approx([found.objective] * 2, rel=1e-4)
    assert found.recruitment.result.primal < found.objective < fixed
    assert found.at_bound == ()
    assert "local optimum of 2 starts" in str(found)
    assert found.to_dict()["status"] == "local optimum"


def test_no_small_turn_of_the_levels_lowers_the_objective(standing, found):
    """Stationary: turns that keep the thorax, forces recruited again, change it to second order."""
    from scipy.linalg import null_space

    spine = found.recruitment.spine
    ways = null_space(spine.rotation("T12"))
    g = np.random.default_rng(0)
    for _ in range(3):
        way = ways @ g.normal(size=ways.shape[1])
        step = np.radians(0.2) * way / np.abs(way).max()
        moved = recruit(spine.moved(spine.q[spine.indices] + step))
        shift = moved.spine.q[spine.indices] - found.rhythm
        other = moved.result.primal + np.sum((shift / np.radians(2.0)) ** 2)
        assert other > found.objective - 0.01


def test_a_heavy_rhythm_is_followed(standing):
    near = recruit_posture(standing, weight=1e4, starts=(0.0,))
    fixed = recruit(standing).result.primal
    assert max(map(abs, near.deviation.values())) < np.radians(0.05)
    assert near.recruitment.result.primal == pytest.approx(fixed, rel=0.02)
    with pytest.raises(ParameterError, match="positive weight, got 0"):
        recruit_posture(standing, weight=0.0)


# --- checks ---------------------------------------------------------------------------------


def test_fibres_leave_the_short_range_where_their_stretch_says(bent):
    """The first fibre by hand: thorax turned about the right axis, levels following."""
    turn = short_range_turn(bent)
    spine, W = bent.spine, bent.spine.rotation("T12")
    follow = np.linalg.solve(bent.result.hessian, W.T)
    q = follow @ np.linalg.solve(W @ follow, np.array([0.0, 0.0, 1.0]))
    assert W @ q == pytest.approx([0.0, 0.0, 1.0], abs=1e-9)
    path = np.abs(spine.muscles.slope @ q) / spine.muscles.optimal_fibre
    assert turn.first["flexion-extension"] > 0.0057 / path.max()  # tendons take a part
    assert all(turn.first[axis] <= turn.half[axis] for axis in turn.half)
    assert turn.angle == pytest.approx(np.radians(0.5))
    assert all(0.0 <= share <= 1.0 for share in turn.inside.values())
    assert ("inside it" in str(turn)) is turn.holds
    rigid = short_range_turn(recruit(spine, floor=1.0, stiffness=bergmark()))
    assert rigid.angle is None and rigid.holds


def test_the_coupled_tangent_is_the_slope_of_the_moment_with_its_preload(bent):
    """By differences: springs for muscles, and units under the compression of the moment."""
    spine, F, k = bent.spine, bent.forces, bent.result.problem.stiffness(bent.activations)
    base = spine.compression(F)
    preload = np.array([u.preload for u in spine.units])
    H = coupled_hessian(bent)

    def moment(turned):
        there = spine.moved(spine.q[spine.indices] + turned)
        tension = F + k * (there.muscles.length - spine.muscles.length)
        pressed = there.with_preload(preload + there.compression(tension) - base)
        held = spine.branches.hessian @ turned
        return pressed.demand + held - pressed.muscles.arms @ tension

    for j in (0, 7, 15):
        e = np.zeros(18)
        e[j] = 1e-5
        slope = (moment(e) - moment(-e)) / 2e-5
        assert slope == pytest.approx(H[:, j], abs=2e-5 * np.abs(H).max())
    assert not np.allclose(H, H.T, atol=1e-6 * np.abs(H).max())


def test_the_coupling_hardly_changes_the_margin(standing, bent):
    """Upright units carry no moment, so compression cannot scale one."""
    assert margin_with_coupling(recruit(standing)) == pytest.approx(1.0, abs=1e-4)
    assert margin_with_coupling(bent) > 0.99
    assert margin_with_coupling(recruit(standing, margin=None)) == np.inf
