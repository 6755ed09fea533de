"""The spine held still: exact terms, forces in the joints, limits and strength of its muscles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.active.musculotendon import Musculotendon
from panjabi.active.stiffness import Cui
from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError
from panjabi.passive.standard import unit
from panjabi.spine import HeldLoad, UnitOptions, bergmark, static_spine
from panjabi.spine.equilibrium_solver import passive_force, passive_tangent
from panjabi.spine.model_build import spine_model
from panjabi.spine.muscles_at import muscles_at
from panjabi.spine.short_range import parameters_of, path_stiffness, stiffness_at, words
from panjabi.spine.static_build import static_view
from panjabi.spine.static_model import LEVELS
from panjabi.spine.strength import extensor_factor, moment_demand, strength


@pytest.fixture(scope="module")
def spine():
    made = static_spine("standing", load=20.0, pressure=5e3)
    return made.with_preload([300.0] * 6)


def moved(spine, turned, held_muscles=None):
    """The same spine at angles a little further on."""
    q = spine.q.copy()
    q[spine.indices] += turned
    return replace(spine, q=q)


@pytest.mark.parametrize("name", ["passive", "preload", "gravity", "load", "abdominal pressure"])
def test_the_hessian_of_every_term_is_the_slope_of_its_gradient(spine, name):
    g = np.random.default_rng(1)
    spine = moved(spine, g.normal(0.0, 0.05, 18))
    step = 1e-5
    for k in range(0, 18, 4):
        e = np.zeros(18)
        e[k] = step
        slope = (moved(spine, e).terms[name].gradient - moved(spine, -e).terms[name].gradient) / (
            2.0 * step
        )
        size = np.abs(spine.terms[name].hessian).max()
        assert slope == pytest.approx(spine.terms[name].hessian[k], abs=1e-6 * size)


def test_muscle_slopes_and_curvatures_are_derivatives_of_the_path():
    muscles = Musculotendon(musculature("lumbar"))
    angles = np.random.default_rng(0).normal(0.0, 0.05, 18)
    here = muscles_at(muscles, angles, LEVELS)
    for k in (0, 4, 17):
        e = np.zeros(18)
        e[k] = 1e-5
        up, down = (muscles_at(muscles, angles + d, ()) for d in (e, -e))
        assert (up.length - down.length) / 2e-5 == pytest.approx(here.slope[:, k], abs=1e-8)
        assert (up.slope - down.slope) / 2e-5 == pytest.approx(here.curvature[:, k], abs=1e-6)


def test_weight_and_load_are_those_above_the_joints(spine):
    """Upright the flexion moment of L5-S1 is weight times lever, by hand from the masses."""
    body = spine.body
    carried = spine.above[0]
    joint = body.joint_centre(spine.poses, "L5")
    names = tuple(n for n, a in zip(body.names, carried, strict=True) if a)
    lever = body.centre_of_mass(spine.poses, names) - joint
    weight = 9.80665 * body.mass[carried].sum()
    assert spine.weight.gradient[0] == pytest.approx(weight * lever[0], rel=1e-9)
    assert spine.weight.hessian[0, 0] == pytest.approx(-weight * lever[1], rel=1e-9)
    # the load sits at the same centre
    assert spine.carried_load.gradient[0] == pytest.approx(20.0 * 9.80665 * lever[0], rel=1e-9)
    # the anchor of the notes: 38.4 kg, 23 mm in front and 253 mm above; another body, so roughly
    assert body.mass[carried].sum() == pytest.approx(38.38, rel=0.05)
    assert lever[:2] == pytest.approx([0.0228, 0.253], rel=0.15)


def test_pull_on_a_level_equals_the_derivative_of_the_path(spine):
    """dL = -pull . d when every point above a level moves by d: virtual work, by differences."""
    muscles = musculature("lumbar")
    state = muscles_at(Musculotendon(muscles), np.zeros(18), LEVELS)
    tree, paths = muscles.tree, muscles.paths
    chain = {}
    for b in range(len(tree.parent)):
        chain[tuple(tree.coordinate[tree.first[b] : tree.first[b + 1]])] = b
    d = np.array([0.3, -0.5, 0.8]) * 1e-6
    for k in range(len(LEVELS)):
        above = np.zeros(len(tree.parent), bool)
        above[chain[3 * k, 3 * k + 1, 3 * k + 2]] = True
        for b in range(1, len(tree.parent)):
            above[b] |= above[tree.parent[b]]
        for m, line in enumerate(state.lines):
            rides = above[paths.body[paths.start[m] : paths.start[m + 1]]]
            far = line + np.where(rides[:, None], d, 0.0)
            near = line - np.where(rides[:, None], d, 0.0)
            change = _length(far) - _length(near)
            assert change == pytest.approx(-2.0 * float(state.pull[k, m] @ d), abs=1e-12)


def _length(line):
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def test_without_muscles_the_discs_carry_weight_and_load(spine):
    none = np.zeros(len(spine.muscles.names))
    force = replace(spine, elements=()).joint_forces(none)
    world = np.einsum("lij,li->lj", spine.disc_axes, force)
    down = 9.80665 * (spine.above @ spine.body.mass + 20.0)
    assert world == pytest.approx(np.column_stack([0 * down, -down, 0 * down]), abs=1e-9)
    assert (replace(spine, elements=()).compression(none) > 0.8 * down).all()
    assert spine.disc_axes @ spine.disc_axes.transpose(0, 2, 1) == pytest.approx(
        np.tile(np.eye(3), (6, 1, 1)), abs=1e-12
    )


def test_abdominal_pressure_unloads_the_discs(spine):
    """5 kPa on 250 cm2 are 125 N, along a line that is vertical upright; its lever extends."""
    none = np.zeros(len(spine.muscles.names))
    without = replace(spine, elements=())
    less = without.compression(none) - spine.compression(none)
    assert less == pytest.approx(125.0 * spine.disc_axes[:, 1, 1], rel=1e-9)
    assert (spine.strut.gradient[0::3] < 0.0).all()
    assert np.abs(without.strut.hessian).max() == 0.0


def test_lying_needs_no_moment_but_that_of_the_held_load():
    lying = static_spine("supine")
    assert lying.supported
    assert np.abs(lying.demand).max() < 1e-9
    assert lying.compression(np.zeros(len(lying.muscles.names))) == pytest.approx(np.zeros(6))


def test_the_law_at_rest_and_its_inverse():
    state = static_spine("standing").muscles
    a = np.random.default_rng(2).uniform(0.0, 1.0, len(state.names))
    force = state.tension(a)
    assert state.activation(force) == pytest.approx(a, abs=1e-9)
    assert (state.passive > 0.0).all()
    assert (force < state.strongest + 1e-9).all()
    step = 1e-6
    slope = (state.tension(a + step) - state.tension(a - step)) / (2.0 * step)
    assert state.tangent(a).gain == pytest.approx(slope, rel=1e-5)
    half = replace(state, carried=0.5 * state.passive)
    assert half.activation(half.tension(a)) == pytest.approx(a, abs=1e-9)


def test_fast_stiffness_is_that_of_fibres_with_bridges_in_series_with_tendons():
    """By hand at one activation: Hill slope plus gamma a fl Fmax / lopt, then the tendon."""
    state = static_spine("standing").muscles
    a = np.full(len(state.names), 0.3)
    rest, at = state.resting(a), state.tangent(a)
    bridges = 23.4 * a * at.bridges
    fibre = rest.fibre_stiffness + bridges
    series = 1.0 / (1.0 / fibre + 1.0 / rest.tendon_stiffness)
    assert stiffness_at(Cui(), state, rest.force) == pytest.approx(series, rel=1e-9)
    slow = Cui(Cui().gamma.with_value(0.0))
    assert stiffness_at(slow, state, rest.force) == pytest.approx(rest.stiffness, rel=1e-9)
    # concave in the activation: its tangent is an upper bound
    springs, x = path_stiffness(Cui(), state, at), np.linspace(0.0, 1.0, 7)
    for other in x:
        bound = springs(a) + springs.slope(a) * (other - a)
        assert (springs(np.full_like(a, other)) <= bound + 1e-6 * bound.max()).all()


@pytest.mark.parametrize("region", ["lumbar", "cervical", "thoracolumbar", "whole"])
def test_a_view_has_the_moments_and_the_relaxed_tangent_of_its_spine(region):
    spine = spine_model(region, load=5.0, units=UnitOptions(preload=200.0))
    g = np.random.default_rng(3)
    q = spine.dynamics.part(spine.dynamics.held) + g.normal(0.0, 0.01, len(spine.free))
    view = static_view(spine, q)
    assert view.demand == pytest.approx(-passive_force(spine, q, np.empty(0)), abs=1e-9)
    relaxed = view.constant - view.branches.hessian
    assert relaxed == pytest.approx(passive_tangent(spine, q, np.empty(0)), abs=1e-7)
    branches = np.diag(view.branches.hessian)
    assert branches[:3] == pytest.approx(spine.joints[0].unit.branch_stiffness.sum(axis=1))


def test_pull_on_neck_levels_is_the_derivative_of_the_path():
    """Virtual work as for the lumbar levels: the head moves, the paths to it change."""
    view = static_view(spine_model("cervical"))
    top = view.level_index("C0-C1")
    ends = np.array([line[[0, -1]] for line in view.muscles.lines])
    d = np.array([0.0, 1e-6, 0.0])
    skull = np.abs(view.muscles.pull[top]).max(axis=1) > 0.0
    assert skull.any()
    assert not skull.all()
    assert (view.muscles.pull[top][skull][:, 1] < 0.0).all()  # every muscle pulls the head down
    assert ends.shape[1:] == (2, 3)
    assert view.compression(np.zeros(len(view.muscles.names))) @ np.ones(8) > 0.0
    assert d @ d > 0.0


def test_strength_after_the_scale():
    """Extension is set to 275 N m; the rest follows (recalled: 120-200, 130-200, 60-100 N m)."""
    spine = static_spine("standing")
    names = ("extension", "flexion", "right bending", "left rotation")
    found = {name: strength(spine, name).moment for name in names}
    assert found["extension"] == pytest.approx(275.0, abs=0.01)
    assert found["flexion"] == pytest.approx(190.0, abs=10.0)
    assert found["right bending"] == pytest.approx(262.0, abs=15.0)
    assert found["left rotation"] == pytest.approx(112.0, abs=8.0)
    assert strength(spine, "left bending").moment == pytest.approx(found["right bending"], rel=1e-6)


def test_strength_holds_every_joint_in_equilibrium():
    spine = static_spine("standing")
    found = strength(spine, "flexion")
    left = spine.muscles.arms @ found.forces - spine.demand - found.moment * found.demand
    assert np.abs(left).max() < 1e-8
    assert moment_demand(spine, "flexion")[0] == pytest.approx(-1.0)


def test_a_target_out_of_reach_raises():
    from panjabi.parameter import Parameter

    spine = static_spine("standing")
    with pytest.raises(ParameterError, match="got the target 9000 N m"):
        extensor_factor(spine, Parameter(9000.0, "N m", "User", "assumed"))
    weak = spine.with_muscles(spine.muscles.scaled(1e-3)).with_load(HeldLoad(50.0))
    with pytest.raises(ConvergenceError, match="even without exertion"):
        strength(weak, "extension")


def test_stiffness_of_the_path_is_q_force_over_length():
    state = static_spine("standing").muscles
    F = 0.2 * state.max_force
    assert stiffness_at(bergmark(10.0), state, F) == pytest.approx(10.0 * F / state.length)
    assert parameters_of(bergmark()) and parameters_of(Cui())
    assert words(bergmark(5.0)) == "k = q F/L, q = 5"
    assert "in series with tendon" in words(Cui())


def test_muscles_can_be_weakened_scaled_and_removed():
    state = static_spine("standing").muscles
    chosen = state.members("longissimus")  # both its groups
    half = state.weakened(0.5, "longissimus")
    assert half.most == pytest.approx(np.where(chosen, 0.5, 1.0))
    assert half.strongest == pytest.approx(state.tension(half.most))
    assert half.passive == pytest.approx(state.passive)
    left = state.without("longissimus")
    assert len(left.names) == len(left.lines) == (~chosen).sum()
    double = state.scaled(2.0)
    assert double.max_force == pytest.approx(2.0 * state.max_force)
    assert double.strongest == pytest.approx(2.0 * state.strongest)


def test_invalid_arguments_raise(spine):
    with pytest.raises(UnknownNameError, match="unknown muscle group 'longisimus'; close"):
        spine.muscles.members("longisimus")
    with pytest.raises(ParameterError, match="fraction of muscle force from 0 to 1, got 1.5"):
        spine.muscles.weakened(1.5, "psoas")
    with pytest.raises(ParameterError, match="strength factor, got 0"):
        spine.muscles.scaled(0.0)
    with pytest.raises(ParameterError, match="HeldLoad.mass .* got -1"):
        HeldLoad(-1.0)
    with pytest.raises(UnknownNameError, match="unknown level of this spine 'L4-5'"):
        spine.level_index("L4-5")
    with pytest.raises(UnknownNameError, match="L6-S1"):
        static_spine("standing", injuries={"L6-S1": ["nucleus"]})
    with pytest.raises(ParameterError, match="q of 0 or more, got -1.0"):
        bergmark(-1.0)
    with pytest.raises(ParameterError, match="one unit for each of 6 levels"):
        spine.with_units([unit("L4-L5")] * 5)
    with pytest.raises(ParameterError, match="MuscleState.length with finite values of shape"):
        replace(spine.muscles, length=np.zeros(3))
    with pytest.raises(ParameterError, match="got 3; take"):
        spine.with_muscles(
            replace(spine.muscles, slope=np.zeros((len(spine.muscles.names), 3)),
                    curvature=np.zeros((len(spine.muscles.names), 3, 3)))
        )  # fmt: skip


@pytest.mark.parametrize("force", [np.nan, -1.0])
def test_invalid_forces_raise(force):
    spine = static_spine("standing")
    count = len(spine.muscles.names)
    for forces in (np.full(count, force), [1.0]):
        with pytest.raises(ParameterError, match=f"Expected {count} finite muscle forces"):
            spine.joint_forces(forces)


def test_a_load_without_a_valid_place_raises():
    with pytest.raises(ParameterError, match="HeldLoad.place as three finite numbers in m"):
        HeldLoad(1.0, (0.0, np.nan, 0.0))
