"""Spine, muscles and network in one equilibrium."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fascia import standard_subject, whole_body
from fascia.coupling import NetworkElement, coupled_state, wrapped
from fascia.coupling.spine_in_network import (
    check_body,
    point_pulls,
    pull_above,
    wrapping_of,
)
from fascia.errors import CouplingError
from fascia.mechanics.network_problem import NetworkProblem
from panjabi.body import standard_adult
from panjabi.body.scaling import scaled_body
from panjabi.errors import ConvergenceError
from panjabi.parameter import sources
from panjabi.recruitment import InfeasibleRecruitment
from panjabi.recruitment.posture import recruit
from panjabi.spine.static_build import static_spine


@pytest.mark.parametrize("kind", ["limp", "off"])
def test_a_network_of_zero_stiffness_changes_nothing_to_the_last_bit(kind, limp, network, spine):
    dead = limp if kind == "limp" else network.activated("*", active=False)
    coupled = coupled_state(dead, spine)
    alone, equilibrium = recruit(spine), recruit(spine, margin=None)
    assert np.array_equal(coupled.recruitment.forces, alone.forces)
    assert coupled.compression == alone.compression and coupled.shear == alone.shear
    assert coupled.effort == alone.result.primal
    assert coupled.least_stiffness == alone.result.least_stiffness
    assert coupled.margin == equilibrium.result.least_stiffness
    assert coupled.given_up == {} and coupled.iterations == 1


def test_all_moments_balance_with_the_network_in_it(state):
    assert state.residual_Nm < 1e-6
    assert state.residual_N < 1e-6
    assert state.with_margin.change < 1e-6
    spine, forces = state.spine, state.recruitment.forces
    term = state.with_margin.wrapping.term
    rest = [t.gradient for name, t in spine.terms.items() if name != "fascia"]
    left = np.sum(rest, axis=0) + term.gradient - spine.muscles.arms @ forces
    assert np.abs(left).max() < 1e-6


def test_the_margin_counts_the_networks_tangent(state):
    bound = state.recruitment.result.bound
    spare = np.linalg.eigvalsh(state.stability.hessian - bound)[0]
    assert spare == pytest.approx(0.0, abs=1e-3)
    assert state.stability.term_contributions()["fascia"] > 0.0
    without = state.stability.hessian - state.with_margin.wrapping.term.hessian
    assert np.linalg.eigvalsh(without - bound)[0] < spare - 0.1


def test_the_networks_term_is_the_slope_of_its_own_moment(state, network, spine):
    """Turn the joints, muscles pulling as they do: the moment changes by the term's stiffness."""
    pulls = state.pulls.on_nodes(state.recruitment.forces)
    term = state.with_margin.wrapping.term
    for k in (0, 7, 17):
        moments = []
        for step in (-1e-6, 1e-6):
            q = spine.q.copy()
            q[spine.indices[k]] += step
            turned, _ = wrapping_of(network, replace(spine, q=q), pulls=pulls)
            moments.append(turned.term.gradient)
        slope = (moments[1] - moments[0]) / 2e-6
        assert slope == pytest.approx(term.hessian[k], abs=1e-4 * np.abs(term.hessian).max())
    assert state.stability.terms["fascia"] is term.hessian


def test_the_network_is_under_the_pull_of_the_muscles_it_is_in_balance_with(state, network, spine):
    pulls = state.pulls.on_nodes(state.recruitment.forces)
    again, _ = wrapping_of(network, spine, pulls=pulls)
    assert again.term.gradient == pytest.approx(state.with_margin.wrapping.term.gradient, abs=1e-5)
    assert any(np.any(p) for p in pulls.values())


def test_fascia_spares_the_muscles_effort_and_raises_the_margin(state, spine):
    """What the model says of an assumed network, and what the figures of the page rest on."""
    alone = recruit(spine)
    assert state.effort < alone.result.primal
    assert state.margin > recruit(spine, margin=None).result.least_stiffness


def test_pulls_on_two_discs_differ_by_what_acts_on_the_vertebra_between(network, spine):
    wrapping, _ = wrapping_of(network, spine)
    step = np.diff(wrapping.pull, axis=0)
    at = wrapping.equilibrium
    forces = point_pulls(at)
    for k in range(len(spine.levels) - 1):
        vertebra = spine.body.body_index(spine.levels[k].split("-")[0])
        own = forces[at.flat.point_body == vertebra].sum(axis=0)
        assert -step[k] == pytest.approx(own, abs=1e-9)
    assert (wrapping.pull[:, 1] < 0.0).all()  # tension pulls the trunk down
    assert not pull_above(spine, None).any()


def test_moments_follow_from_the_pulls(network, spine):
    """Generalised force = J^T of the point pulls: two ways to one number."""
    wrapping, _ = wrapping_of(network, spine)
    at, body = wrapping.equilibrium, spine.body
    forces = point_pulls(at)
    problem = NetworkProblem(at.flat, body=body, q=at.q)
    problem.value_gradient(at.slips)
    world = problem.world
    out = np.zeros(18)
    for p, b in enumerate(at.flat.point_body):
        R, t = spine.poses.R[b], spine.poses.t[b]
        local = R.T @ (world[p] - t)
        J = body.jacobian(spine.q, body.names[b], local)
        out += forces[p] @ J[:, spine.indices]
    assert out == pytest.approx(-wrapping.term.gradient, abs=1e-8)


def test_result_names_its_assumptions(state):
    found = sources(state)
    assert {"muscle_share", "muscle_minor_share", "tie_ratio"} <= set(state.parameters)
    assert found.assumed > 10


def test_another_body_is_refused(network):
    tall = scaled_body(standard_adult(), stature=1.9)
    with pytest.raises(CouplingError, match="one body for both"):
        coupled_state(whole_body(tall), static_spine())
    check_body(standard_subject().network, static_spine())  # equal is enough


def test_a_line_that_cannot_act_and_a_load_that_cannot_be_held_are_errors(network, spine):
    with pytest.raises(CouplingError, match="got line 'DFAL'"):
        coupled_state(network, spine, lines=("DFAL",))
    heavy = static_spine(body=spine.body, load=400.0)
    with pytest.raises(InfeasibleRecruitment, match="the muscles give at most"):
        coupled_state(network, heavy)
    with pytest.raises(ConvergenceError, match="iterations between muscles and network"):
        coupled_state(network, spine, most_iterations=1)


def test_wrapping_shows_in_the_terms_and_leaves_the_given_spine_alone(network, spine):
    wrapping, element = wrapping_of(network, spine)
    inside = wrapped(spine, wrapping)
    assert "fascia" in inside.terms and "fascia" not in spine.terms
    assert isinstance(element, NetworkElement)
    assert inside.with_preload(np.full(6, 100.0)).wrapping is wrapping
    assert "WrappedSpine" in repr(inside)
