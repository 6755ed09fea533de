"""Static stability under muscle forces: closed form, terms, indices, margins, one level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.injury import with_injuries
from panjabi.passive.standard import unit
from panjabi.recruitment import recruit, recruit_again
from panjabi.spine import HeldLoad, bergmark, static_spine
from panjabi.stability import deficit_margin, load_margin, static_stability
from panjabi.stability.algebra import least_factor
from panjabi.stability.segment import (
    laboratory_with_muscles,
    muscles_across,
    segment_gain,
    shared_force,
)
from panjabi.stability.static_stability_of_muscles import SUBSYSTEMS


@pytest.fixture(scope="module")
def chosen():
    return recruit(static_spine("standing"))


@pytest.fixture(scope="module")
def state(chosen):
    return static_stability(chosen.spine, chosen.forces, stiffness=chosen.stiffness)


def test_hessian_is_that_of_recruitment_and_the_moments_balance(chosen, state):
    assert state.hessian == pytest.approx(chosen.result.hessian, abs=1e-5)
    assert state.residual < 1e-8
    assert state.stable


def test_hessian_is_the_slope_of_the_moment_by_differences(state):
    """Muscles as springs around the posture, T = F + k (l - l0); branches of the units as well."""
    from panjabi.active.build import musculature

    muscles = musculature("lumbar")
    here = muscles.geometry(np.zeros(18))

    def gradient(turned):
        q = state.spine.q.copy()
        q[state.spine.indices] += turned
        there = muscles.geometry(turned)
        tension = state.forces + state.muscle_stiffness * (there.length - here.length)
        held = state.spine.branches.hessian @ turned
        return replace(state.spine, q=q).demand + held + there.slope.T @ tension

    for k in (0, 1, 8, 17):
        e = np.zeros(18)
        e[k] = 1e-5
        slope = (gradient(e) - gradient(-e)) / 2e-5
        assert slope == pytest.approx(state.hessian[k], abs=1e-5 * np.abs(state.hessian).max())


def test_contributions_add_up_to_the_eigenvalue(state):
    assert sum(state.term_contributions().values()) == pytest.approx(state.least_stiffness)
    assert sum(state.subsystem_contributions().values()) == pytest.approx(state.least_stiffness)
    active = state.subsystem_contributions()["active"]
    assert sum(state.group_contributions().values()) == pytest.approx(active)
    assert set().union(*map(set, SUBSYSTEMS.values())) == set(state.terms)
    other = state.spectrum[1][:, 5]
    assert sum(state.term_contributions(other).values()) == pytest.approx(state.spectrum[0][5])
    with pytest.raises(ParameterError, match="not all zero"):
        state.term_contributions(np.zeros(18))


def test_index_is_the_geometric_mean_and_zero_when_unstable(state):
    values = np.linalg.eigvalsh(state.hessian)
    assert state.index == pytest.approx(np.prod(values) ** (1.0 / 18.0))
    assert static_stability(state.spine, np.zeros_like(state.forces)).index == 0.0


def test_at_the_critical_q_the_hessian_is_singular(state):
    again = static_stability(state.spine, state.forces, stiffness=bergmark(state.critical_q))
    scale = np.abs(again.hessian).max()
    assert abs(again.least_stiffness) < 1e-10 * scale
    assert 0.0 < state.critical_q < 20.0


def test_at_the_critical_load_the_hessian_is_singular(state):
    held = HeldLoad(state.critical_load, state.spine.load.place)
    loaded = static_stability(state.spine.with_load(held), state.forces, stiffness=state.stiffness)
    assert abs(loaded.least_stiffness) < 1e-10 * np.abs(loaded.hessian).max()
    assert state.critical_load > 10.0  # the margin of the thorax


def test_unstable_forces_have_a_critical_load_of_zero(state):
    none = static_stability(state.spine, np.zeros_like(state.forces))
    assert not none.stable
    assert none.critical_load == 0.0
    assert none.critical_q == np.inf
    with pytest.raises(ParameterError, match="a force that is negative"):
        static_stability(state.spine, -np.ones_like(state.forces))
    with pytest.raises(ParameterError, match="finite muscle forces of 0 N or more"):
        static_stability(state.spine, [1.0])


@given(seed=st.integers(0, 10**6), n=st.integers(1, 6), rank=st.integers(1, 6))
def test_least_factor_is_where_the_matrix_turns_semidefinite(seed, n, rank):
    g = np.random.default_rng(seed)
    rest = g.normal(size=(n, n))
    rest = rest + rest.T
    half = g.normal(size=(n, min(rank, n)))
    growing = half @ half.T
    x = least_factor(rest, growing)
    size = np.abs(rest).max()
    if np.isinf(x):
        assert np.linalg.eigvalsh(rest + 1e6 * size * growing)[0] < 1e-3 * size
        return
    assert np.linalg.eigvalsh(rest + x * growing)[0] > -1e-6 * size * max(1.0, x)
    if x > 0.0:
        assert np.linalg.eigvalsh(rest + 0.99 * x * growing)[0] < 1e-9 * size


def test_new_recruitment_allows_a_larger_load(chosen, state):
    margin = load_margin(chosen, within=2.0)
    assert margin.value > 2.0 * state.critical_load
    assert margin.beyond is not None
    heavy = chosen.spine.with_load(HeldLoad(margin.value))
    assert recruit_again(chosen, heavy).result.gap < 1e-5


def test_no_group_is_needed_upright_without_load(chosen):
    """Second half of P8: the other groups replace each group, with more effort."""
    lost = deficit_margin(chosen, "multifidus_lumbar")
    assert lost.value == 1.0
    assert lost.beyond is None
    weak = chosen.spine.muscles.weakened(1.0, "multifidus_lumbar")
    without = recruit_again(chosen, chosen.spine.with_muscles(weak)).result
    assert without.primal > chosen.result.primal
    with pytest.raises(UnknownNameError, match="muscle group"):
        deficit_margin(chosen, "multifidi")


# --- one level ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spine():
    return static_spine("standing")


def across_l45(spine, force, law=None):
    own = np.array([n.startswith("MF_m4") for n in spine.muscles.names])
    share = np.where(own, spine.muscles.max_force, 0.0)
    return muscles_across(spine, "L4-L5", force * share / share.sum(), stiffness=law)


def test_muscle_reduces_the_neutral_zone_of_an_injured_level_and_not_its_range(spine):
    """P7 in flexion-extension, with constant force as in the laboratory; nothing is fitted."""
    intact = unit("L4-L5")
    hurt = with_injuries(intact, ["cut=SSL+ISL", "facetectomy", "nucleus"])
    whole = laboratory_with_muscles(intact, 0, across_l45(spine, 0.0))
    zones, ranges = [], []
    for force in (0.0, 20.0, 40.0, 60.0):
        found = laboratory_with_muscles(hurt, 0, across_l45(spine, force))
        zones.append(found.half_width / whole.half_width)
        ranges.append((found.end_plus - found.end_minus) / (whole.end_plus - whole.end_minus))
    assert zones[0] > 1.4
    assert zones == sorted(zones, reverse=True)
    assert zones[-1] < 1.0 < 1.1 < ranges[-1]


def test_in_lateral_bending_a_pair_of_muscles_has_no_moment_and_little_effect(spine):
    """Limit of P7: 60 N of compression alone hardly change the neutral zone."""
    hurt = with_injuries(unit("L4-L5"), ["cut=SSL+ISL", "facetectomy", "nucleus"])
    before = laboratory_with_muscles(hurt, 1, across_l45(spine, 0.0))
    after = laboratory_with_muscles(hurt, 1, across_l45(spine, 60.0))
    assert across_l45(spine, 60.0).moment[1] == pytest.approx(0.0, abs=1e-12)
    assert 0.95 < after.half_width / before.half_width < 1.05


def test_without_muscles_the_laboratory_test_is_that_of_the_unit(spine):
    from panjabi.passive.neutral_zone import residual_positions
    from panjabi.passive.protocol import laboratory_test

    one = unit("L4-L5")
    plain = residual_positions(laboratory_test(one, 0), 3)
    assert laboratory_with_muscles(one, 0, across_l45(spine, 0.0)) == plain


def test_tension_may_soften_a_level_but_not_below_zero(spine):
    one, across = unit("L4-L5"), across_l45(spine, 60.0)
    soft = replace(across, moment=np.zeros(3), stiffness=-5.0 * np.eye(3), compression=0.0)
    before = laboratory_with_muscles(one, 2, replace(soft, stiffness=np.zeros((3, 3))))
    assert laboratory_with_muscles(one, 2, soft).half_width > before.half_width
    with pytest.raises(ParameterError, match="stiffness of L4-L5 by less .* got 1e\\+03 N m/rad"):
        laboratory_with_muscles(one, 2, replace(soft, stiffness=-1e3 * np.eye(3)))


def test_every_group_has_the_same_force_in_the_comparison_of_groups(spine):
    groups = ("multifidus_lumbar", "longissimus")
    F = shared_force(spine, "L4-L5", 80.0, "multifidus_lumbar")
    assert F.sum() == pytest.approx(160.0)
    gain = segment_gain(spine, "L4-L5", groups, force=80.0, stiffness=bergmark())
    assert set(gain) == set(groups)
    assert all((g > 0.0).all() for g in gain.values())
    with pytest.raises(ParameterError, match="0 N or more, since a muscle pulls, got nan N"):
        shared_force(spine, "L4-L5", np.nan, "psoas")
    count = len(spine.muscles.names)
    with pytest.raises(ParameterError, match=f"Expected {count} finite muscle forces"):
        muscles_across(spine, "L4-L5", np.full(count, np.nan), stiffness=None)
    with pytest.raises(ParameterError, match="a fascicle across .*, got rectus_abdominis"):
        far = replace(spine.muscles, slope=np.zeros_like(spine.muscles.slope))
        shared_force(spine.with_muscles(far), "L4-L5", 1.0, "rectus_abdominis")
