"""Generated networks: as large as asked, built as said, and with the stiffness they claim."""

import numpy as np
import pytest
from generated_networks import (
    cable_network,
    chain,
    layered_sheet,
    random_network,
    square_net,
)
from hypothesis import given, settings, strategies as st

from fascia.errors import NetworkError
from fascia.mechanics import NetworkProblem, solve


def lengths(flat):
    ends = flat.point_local[flat.strand_points.reshape(-1, 2)]
    return np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)


@pytest.mark.parametrize("strands", [100, 1000, 10_000, 100_000])
@pytest.mark.parametrize("make", [square_net, layered_sheet, random_network])
def test_number_of_strands_is_about_the_requested_number(make, strands):
    assert make(strands).strands == pytest.approx(strands, rel=0.3 if strands < 1000 else 0.1)


@pytest.mark.parametrize("make", [square_net, layered_sheet, random_network])
def test_every_strand_has_an_end_that_can_move_and_no_twin(make):
    flat = make(2000)
    ends = flat.strand_points.reshape(-1, 2)
    assert (flat.point_ndof[ends] > 0).any(axis=1).all()
    assert len(np.unique(np.sort(ends, axis=1), axis=0)) == flat.strands
    assert (flat.point_ndof == 0).any()


@pytest.mark.parametrize("make", [square_net, layered_sheet, random_network])
def test_seed_decides(make):
    one, two, other = (make(500, slack_share=0.4, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.law_rows, two.law_rows)
    np.testing.assert_array_equal(one.point_local, two.point_local)
    assert not np.array_equal(one.law_rows[:50, 0], other.law_rows[:50, 0])


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.0, 1.0), excess=st.floats(0.001, 0.5), prestrain=st.floats(0.001, 0.2))
def test_slack_share_is_slack_as_built(share, excess, prestrain):
    flat = square_net(3000, slack_share=share, excess=excess, prestrain=prestrain)
    strain = lengths(flat) / flat.law_rows[:, 0] - 1.0
    slack = strain < 0.0
    assert slack.mean() == pytest.approx(share, abs=0.04)
    np.testing.assert_allclose(strain[~slack], prestrain, rtol=1e-9)
    np.testing.assert_allclose(strain[slack], -excess / (1.0 + excess), rtol=1e-9)


def test_a_good_part_stays_slack_under_load():
    equilibrium = solve(layered_sheet(2000, slack_share=0.3, pull=60.0))
    assert 0.1 < np.mean(equilibrium.tension == 0.0) < 0.5


def test_chain_is_springs_in_series():
    k = np.array([100.0, 250.0, 400.0, 50.0])
    flat = chain(k, spacing=0.1, prestrain=0.5)
    problem = NetworkProblem(flat)
    matrix = np.zeros((3, 3))
    indptr, indices = problem.pattern
    data = problem.hessian(np.zeros(3))
    for j in range(3):
        matrix[indices[indptr[j] : indptr[j + 1]], j] = data[indptr[j] : indptr[j + 1]]
    expected = np.diag(k[:-1] + k[1:]) - np.diag(k[1:-1], 1) - np.diag(k[1:-1], -1)
    np.testing.assert_allclose(matrix, expected, rtol=1e-12)
    series = 1.0 / (1.0 / k[1:]).sum()
    assert 1.0 / np.linalg.inv(matrix)[0, 0] == pytest.approx(k[0] + series, rel=1e-12)


@pytest.mark.parametrize("gap", [0.0005, 0.004])
@pytest.mark.parametrize("direction", [0.0, 0.4, np.pi / 2])
def test_gliding_link_resists_slip_alike_in_every_direction(gap, direction):
    """Shift the whole upper layer: each node's links answer with the stiffness asked for."""
    flat = layered_sheet(3000, gap=gap, gliding_stiffness=200.0, prestrain=1e-9)
    problem = NetworkProblem(flat)
    upper = flat.point_local[flat.slip_point, 1] > 0.0
    step = 1e-12
    z = np.zeros(problem.size)
    z[upper] = step * np.tile([np.cos(direction), np.sin(direction)], upper.sum() // 2)
    force = problem.value_gradient(z)[1] - problem.value_gradient(0.0 * z)[1]
    push = force[upper].reshape(-1, 2)
    # nodes whose neighbours all move along feel nothing but their links
    where = flat.point_local[flat.slip_point[upper][::2]]
    middle = np.linalg.norm(where - where.mean(axis=0), axis=1) < 0.03
    expected = 200.0 * step * np.array([np.cos(direction), np.sin(direction)])
    np.testing.assert_allclose(
        push[middle].mean(axis=0), expected, rtol=2e-3, atol=2e-3 * 200 * step
    )


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_sheet_is_in_balance_as_built(layers):
    """Fibrils and cables pull each node alike in opposite or in three directions."""
    problem = NetworkProblem(layered_sheet(1200, layers=layers))
    _, gradient = problem.value_gradient(np.zeros(problem.size))
    assert problem.tension.min() > 0.0
    assert np.abs(gradient).max() < 1e-12 * problem.largest_force()


def test_layers_without_links_do_not_feel_each_other():
    flat = layered_sheet(1500, gliding_stiffness=0.0, pull=10.0)
    equilibrium = solve(flat)
    node = flat.point_local[: flat.nodes]
    lower = node[:, 1] == 0.0
    moved = np.linalg.norm(equilibrium.position - node, axis=1)
    assert moved[lower].max() < 1e-12
    assert moved[~lower].max() > 1e-6
    linked = solve(layered_sheet(1500, gliding_stiffness=200.0, pull=10.0))
    node = linked.flat.point_local[: linked.flat.nodes]
    assert np.linalg.norm(linked.position - node, axis=1)[node[:, 1] == 0.0].max() > 1e-6


def test_more_layers_and_one():
    for layers in (1, 3):
        flat = layered_sheet(900, layers=layers)
        assert len(np.unique(flat.point_local[:, 1])) == layers
        assert solve(flat).residual < 1e-8


def test_square_net_sags_alike_on_both_sides():
    flat = square_net(200, load=0.5)
    equilibrium = solve(flat)
    n = round(np.sqrt(flat.nodes))
    depth = equilibrium.position[:, 1].reshape(n, n)
    assert depth.min() < -1e-3
    np.testing.assert_allclose(depth, depth.T, atol=1e-9)
    np.testing.assert_allclose(depth, depth[::-1], atol=1e-9)


def test_nonsense_is_refused():
    x = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    good = {"slack_length": 1.0, "stiffness": 1.0, "fixed": [True, False]}
    assert cable_network(x, [[0, 1]], **good).strands == 1
    for change in (
        {"slack_length": 0.0},
        {"stiffness": -1.0},
        {"stiffness": np.nan},
        {"fixed": [True]},
    ):
        with pytest.raises(NetworkError):
            cable_network(x, [[0, 1]], **{**good, **change})
    for edges in ([[0, 2]], [[-1, 0]], [[1, 1]]):
        with pytest.raises(NetworkError):
            cable_network(x, edges, **good)
    with pytest.raises(NetworkError, match="slack_share"):
        square_net(100, slack_share=1.5)
    with pytest.raises(NetworkError, match="layers"):
        layered_sheet(100, layers=0)
    with pytest.raises(NetworkError, match="gliding"):
        layered_sheet(100, gliding_stiffness=-1.0)
