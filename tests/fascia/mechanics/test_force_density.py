"""Force density, equilibrium matrix and self-stress: against the solver and each other."""

import numpy as np
import pytest
from force_density import Net, equilibrium_matrix, force_density, net_of, self_stress

from fascia.errors import NetworkError
from fascia.mechanics import solve
from fascia.network import Node, Strand, TensionNetwork
from panjabi.body import standard_adult
from panjabi.errors import ParameterError
from panjabi.tissue import Cable


@pytest.mark.parametrize("seed", range(4))
def test_densities_of_an_equilibrium_give_its_shape_back(random_net, seed):
    """Schek's linear solve returns the positions that Newton found from the material laws."""
    flat = random_net(seed, slack_share=0.0)
    found = solve(flat)
    form = force_density(flat, found.tension / found.length, loads=flat.loads)
    assert form.net.position == pytest.approx(found.position, abs=1e-9)
    assert form.tension == pytest.approx(found.tension, abs=1e-8)
    # supports carry what is left of the loads
    assert form.reaction.sum(axis=0) == pytest.approx(-flat.loads.sum(axis=0), abs=1e-8)


@pytest.mark.parametrize("per", ["density", "tension"])
def test_equilibrium_matrix_balances_the_loads(random_net, per):
    """A q = p at a solved state, q densities or tensions; A is minus d length / d x, turned."""
    flat = random_net(11, slack_share=0.0)
    found = solve(flat)
    net = net_of(flat)
    net = Net(position=found.position, edges=net.edges, fixed=net.fixed)
    q = found.tension if per == "tension" else found.tension / found.length
    pulled = (equilibrium_matrix(net, per=per) @ q).reshape(-1, 3)
    assert pulled == pytest.approx(flat.loads[~net.fixed], abs=1e-7)


def test_rank_counts_states_and_mechanisms():
    """Maxwell's count, Calladine's rule: states - mechanisms = edges - 3 free nodes."""
    rng = np.random.default_rng(3)
    full = np.array([(i, j) for i in range(7) for j in range(i)])
    for count in (5, 12, 15, 21):
        edges = full[rng.permutation(21)[:count]]
        net = Net(position=rng.normal(size=(7, 3)), edges=edges, fixed=[True] * 3 + [False] * 4)
        stress = self_stress(net)
        assert stress.states - stress.mechanisms == count - 12
        assert np.abs(equilibrium_matrix(net) @ stress.density).max(initial=0.0) < 1e-12
        assert stress.density.T @ stress.density == pytest.approx(np.eye(stress.states), abs=1e-12)


def test_self_stress_of_tensions_is_that_of_densities_times_length():
    """Straight rope of two parts: equal tension, densities inverse to the lengths."""
    net = Net(
        position=[[0, 0, 0], [1, 0, 0], [4, 0, 0]], edges=[(0, 1), (1, 2)],
        fixed=[True, False, True],
    )  # fmt: skip
    assert self_stress(net, per="tension").scaled(0) == pytest.approx([1.0, 1.0])
    assert self_stress(net).scaled(0) == pytest.approx([1.0, 1.0 / 3.0])
    assert self_stress(net).mechanisms == 2


def test_network_and_net_are_the_same():
    law = Cable(slack_length=1.0, stiffness=10.0)
    nodes = (
        Node(name="a"),
        Node(name="b", position=(1.0, 2.0, 0.0), hold="free"),
        Node(name="c", position=(3.0, 0.0, 0.0)),
    )
    strands = (
        Strand(name="ab", start="a", end="b", law=law),
        Strand(name="bc", start="b", end="c", law=law),
    )
    network = TensionNetwork(nodes=nodes, strands=strands)
    assert force_density(network, [1.0, 2.0]).net.position[1] == pytest.approx([2.0, 0.0, 0.0])
    guide = Node(name="b", position=(1.0, 2.0, 0.0), hold="guide", directions=((1.0, 0.0, 0.0),))
    with pytest.raises(NetworkError, match="Expected fixed and free nodes only, got a node"):
        net_of(network.replaced(guide))
    bent = Strand(name="ab", start="a", end="b", law=law, via=(("ground", (0.0, 1.0, 0.0)),))
    with pytest.raises(NetworkError, match="runs over via points"):
        net_of(network.replaced(bent))


def test_nodes_on_a_body_are_where_standing_puts_them():
    body = standard_adult()
    place = (0.02, -0.1, 0.03)
    nodes = (
        Node(name="a", body="pelvis"),
        Node(name="b", body="femur_r", position=place, hold="free"),
        Node(name="c", body="tibia_r", position=(0.0, -0.1, 0.0)),
    )
    law = Cable(slack_length=0.1, stiffness=10.0)
    strands = (
        Strand(name="ab", start="a", end="b", law=law),
        Strand(name="bc", start="b", end="c", law=law),
    )
    net = net_of(TensionNetwork(nodes=nodes, strands=strands, body=body))
    assert net.position[1] == pytest.approx(body.point(body.zero(), "femur_r", place), abs=1e-15)
    middle = force_density(net, 1.0).net.position[1]
    assert middle == pytest.approx(net.position[[0, 2]].mean(axis=0), abs=1e-14)


def test_an_unsupported_node_is_an_error():
    net = Net(
        position=np.eye(3, 3)[[0, 1, 2, 2]], edges=[(0, 1), (2, 3)],
        fixed=[True, False, False, False],
    )  # fmt: skip
    with pytest.raises(NetworkError, match="do not support all of the 3 free nodes"):
        force_density(net, 1.0)
    line = Net(position=np.eye(3), edges=[(0, 1), (1, 2)], fixed=[True, False, True])
    with pytest.raises(NetworkError, match="not cancelling"):
        force_density(line, [1.0, -1.0])


def test_invalid_input_is_an_error():
    ok = {"position": np.eye(3), "edges": [(0, 1), (1, 2)], "fixed": [True, False, True]}
    for change, words in (
        ({"position": np.zeros((3, 2))}, r"positions \(3, 2\)"),
        ({"position": np.full((3, 3), np.nan)}, "not finite"),
        ({"fixed": [True]}, "one true or false"),
    ):
        with pytest.raises(ParameterError, match=words):
            Net(**{**ok, **change})
    with pytest.raises(NetworkError, match="between nodes 0 to 2, got node 7"):
        Net(**{**ok, "edges": [(0, 7)]})
    with pytest.raises(NetworkError, match="joins node 1 with itself"):
        Net(**{**ok, "edges": [(0, 1), (1, 1)]})
    net = Net(**ok)
    with pytest.raises(ParameterError, match="one finite number, or one for each edge"):
        force_density(net, [1.0, 2.0, 3.0])
    with pytest.raises(ParameterError, match=r"Expected finite loads .*got shape \(2, 3\)"):
        force_density(net, 1.0, loads=np.zeros((2, 3)))
    with pytest.raises(ParameterError, match="'density' or 'tension', got 'force'"):
        equilibrium_matrix(net, per="force")
    with pytest.raises(ParameterError, match="tolerance above 0 and below 1, got 2"):
        self_stress(net, tolerance=2.0)
    with pytest.raises(ParameterError, match="0 independent self-stresses"):
        self_stress(net).scaled(0)
