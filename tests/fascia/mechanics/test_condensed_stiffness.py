"""Stiffness by Schur complement against differences of whole curves and closed forms."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fascia.errors import EquilibriumError, NetworkError
from fascia.mechanics import NetworkProblem, SlipStiffness, condensed_stiffness, solve
from fascia.mechanics.slip_stiffness import pressed_slips

TESTS = ("slr", "knee-extension", "sit-and-reach", "forward-bend", "front-split")


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("degrees", [15.0, 41.0, 66.0])
def test_slope_of_the_torque_curve_is_a_schur_complement(bench, test, degrees):
    """Moment weights against path direction, the network following: no difference is taken.

    The step is small against the distance to the nearest strand going slack, except by chance;
    the tolerance leaves room for one faint strand passing its kink inside it.
    """
    examination, angle, h = bench(test), math.radians(degrees), 1e-5
    torques = [examination.at(a).tissue_torque for a in (angle + h, angle - h)]
    state = examination.at(angle).equilibrium
    pair = np.column_stack([examination.moment, examination.path.direction(angle)])
    stiffness = condensed_stiffness(state, pair)
    assert stiffness[0, 1] == pytest.approx((torques[0] - torques[1]) / (2 * h), rel=2e-5)
    np.testing.assert_array_equal(stiffness, stiffness.T)
    alone = condensed_stiffness(state, examination.moment)
    assert isinstance(alone, float)
    assert alone == pytest.approx(stiffness[0, 0], rel=1e-12)


def test_integral_of_the_tangent_is_the_torque(bench):
    """Gauss-Legendre over the tangent gives back the rise of the torque between two angles."""
    examination = bench("slr")
    low, high = np.radians([40.0, 42.0])
    nodes, weights = np.polynomial.legendre.leggauss(5)
    total = 0.0
    for node, weight in zip(nodes, weights, strict=True):
        angle = 0.5 * (low + high) + 0.5 * (high - low) * node
        state = examination.at(angle).equilibrium
        pair = np.column_stack([examination.moment, examination.path.direction(angle)])
        total += 0.5 * (high - low) * weight * condensed_stiffness(state, pair)[0, 1]
    rise = examination.at(high).tissue_torque - examination.at(low).tissue_torque
    assert total == pytest.approx(rise, rel=1e-4)


def test_a_network_that_follows_is_never_stiffer_than_one_that_is_held(bench):
    """Guyan: d' K d <= d' H_qq d for every direction at a minimum, and equal when clamped."""
    examination = bench("slr")
    state = examination.at(math.radians(60.0)).equilibrium
    rng = np.random.default_rng(3)
    for _ in range(5):
        d = rng.normal(size=len(state.q)) * (np.abs(examination.path.direction(0.0)) > 0)
        problem = NetworkProblem(
            state.flat, body=examination.body, q=state.q, directions=d[:, None]
        )
        data = problem.hessian(np.append(state.slips, 0.0))
        held = float(data[problem.layout.skeleton_block[0, 0]])
        assert condensed_stiffness(state, d) <= held * (1.0 + 1e-12)
    nodes = tuple(replace(n, tie=math.inf) for n in examination.network.nodes)
    clamped = solve(replace(examination.network, nodes=nodes), posture=state.q)
    problem = NetworkProblem(clamped.flat, body=examination.body, q=state.q, directions=d[:, None])
    data = problem.hessian(np.zeros(1))
    assert condensed_stiffness(clamped, d) == pytest.approx(
        float(data[problem.layout.skeleton_block[0, 0]]), rel=1e-12
    )


def test_moving_the_whole_body_costs_nothing(bench):
    """All strands hang on the body, so its six root coordinates are free of stiffness."""
    state = bench("slr").at(math.radians(50.0)).equilibrium
    root = [bench("slr").body.coordinate_index(f"pelvis_{a}") for a in ("tx", "ty", "tz", "tilt")]
    directions = np.eye(len(state.q))[:, root]
    scale = condensed_stiffness(state, bench("slr").moment)
    np.testing.assert_allclose(condensed_stiffness(state, directions), 0.0, atol=1e-7 * scale)


def test_contacts_that_press_do_not_give(network):
    """Standing, the galea lies on the skull; forces on it move nothing into the bone."""
    state = solve(network)
    pressed = pressed_slips(state)
    assert len(pressed) > 0
    stiffness = SlipStiffness(state)
    moved = stiffness.solve(np.ones(len(state.slips)))
    assert not moved[pressed].any()
    assert not moved[stiffness.loose].any()
    assert moved.any()


def test_network_without_skeleton_is_refused(net):
    n = net([[0, 0, 0], [1, 0, 0]], [[0, 1]], [True, True], slack=0.9, stiffness=1.0)
    with pytest.raises(NetworkError, match="has no skeleton to move"):
        condensed_stiffness(solve(n), np.zeros(3))


@pytest.mark.parametrize("given", [np.zeros(3), np.zeros((3, 2)), np.zeros((2, 122, 1))])
def test_directions_of_another_body_are_refused(bench, given):
    state = bench("slr").at(0.5).equilibrium
    with pytest.raises(NetworkError, match="one row for each coordinate"):
        condensed_stiffness(state, given)
    with pytest.raises(NetworkError, match="finite numbers"):
        condensed_stiffness(state, np.full(len(state.q), np.nan))


def test_no_strict_minimum_no_tangent(net):
    """A tie that pushes outweighs the cables: a saddle has no tangent answer, and says so."""
    n = net(
        [[-1, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 1], [1, 2]], [True, False, True],
        slack=0.9, stiffness=10.0,
    )  # fmt: skip
    state = solve(n)
    SlipStiffness(state)  # taut: held on every side
    bad = replace(
        state, slips=np.array([0.0, 0.0, 0.0]), flat=replace(state.flat, tie=np.full(3, -1e3))
    )
    with pytest.raises(EquilibriumError, match="not positive definite"):
        SlipStiffness(bad)
