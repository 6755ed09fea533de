"""The equilibrium solver: bad starts, honest failure, slack, contact, and two other methods."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize

from fascia.errors import EquilibriumError, NetworkError, UnknownStrandError
from fascia.mechanics import EquilibriumSolver, Minimum, NetworkProblem, NewtonSettings, solve
from fascia.network import Node, Strand, TensionNetwork
from panjabi.tissue import Cable

X = ((1.0, 0.0, 0.0),)
XYZ = ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0))  # slides along x and z, lifts along y


def from_start(solver, z):
    """Solve from given unknowns, as a neighbouring state would be handed on."""
    solver._last = Minimum(
        z=z, value=0.0, gradient=z, residual=0.0, iterations=0, factorisations=0,
        converged=True, message="", factor=None,
    )  # fmt: skip
    return solver.solve()


def unbalanced(found):
    """Largest force left at a free node, summed up here from lengths and laws."""
    flat = found.flat
    rows = flat.law_rows
    edges = flat.strand_points.reshape(-1, 2)
    vector = found.position[edges[:, 1]] - found.position[edges[:, 0]]
    length = np.linalg.norm(vector, axis=1)
    strain = np.maximum(length / rows[:, 0] - 1.0, 0.0)
    toe = np.maximum(rows[:, 2], 1e-300)
    tension = rows[:, 1] * np.where(
        strain <= rows[:, 2], strain**2 / (2.0 * toe), strain - 0.5 * rows[:, 2]
    )
    force = flat.loads.copy()
    pull = (tension / length)[:, None] * vector
    np.add.at(force, edges[:, 0], pull)
    np.add.at(force, edges[:, 1], -pull)
    return float(np.abs(force[flat.point_ndof > 0]).max()), float(tension.max())


# --- convergence -----------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 5.0, 50.0]))
def test_residual_from_bad_starts(random_net, seed, scatter):
    """Below 1e-8 of the largest force from starts tens of net sizes off; one energy for all."""
    flat = random_net(seed, slack_share=0.5)
    solver = EquilibriumSolver(flat)
    rng = np.random.default_rng(seed + 1)
    found = from_start(solver, scatter * rng.normal(size=solver.problem.size))
    residual, largest = unbalanced(found)
    assert residual < 1e-8 * max(largest, np.abs(flat.loads).max())
    assert found.residual < 1e-8 * found.largest_force
    direct = solve(flat)
    assert found.energy == pytest.approx(direct.energy, rel=1e-8)
    assert found.tension == pytest.approx(direct.tension, abs=1e-5 * found.largest_force)
    strands = {f"s{i}" for i in np.flatnonzero(found.tension == 0.0)}
    assert strands <= set(found.slack)


def grid(net, n, *, stretch, load=0.0, missing=()):
    """n x n cells in the plane, rim fixed, slack lengths 1/stretch of the built ones."""
    x, y = (a.ravel().astype(float) for a in np.meshgrid(*2 * [np.arange(n + 1)], indexing="ij"))
    index = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    edges = np.vstack(
        [
            np.c_[index[:-1].ravel(), index[1:].ravel()],
            np.c_[index[:, :-1].ravel(), index[:, 1:].ravel()],
        ]
    )
    edges = np.array([e for i, e in enumerate(edges) if i not in missing])
    rim = (x == 0) | (x == n) | (y == 0) | (y == n)
    forces = np.zeros((len(x), 3))
    forces[:, 2] = load
    return net(
        np.c_[x, y, 0 * x], edges, rim, slack=1.0 / stretch, stiffness=1e3, transition=0.03,
        loads=forces,
    )  # fmt: skip


def test_large_grid_with_many_slack_strands(net):
    """A flat net without prestress under load: no stiffness at the start, then membrane."""
    flat = grid(net, 14, stretch=0.9, load=-1.0)
    found = solve(flat)
    residual, largest = unbalanced(found)
    assert residual < 1e-8 * largest
    assert found.indeterminate == ()
    assert found.iterations < 120


def test_next_solve_starts_from_the_last_one(net):
    """A small change of load takes few steps; the factor is handed on."""
    flat = grid(net, 10, stretch=1.05, load=-1.0)
    cold = solve(flat)
    warm = solve(flat.with_loads(1.01 * flat.loads), start=cold)
    assert warm.iterations < cold.iterations
    assert warm.factorisations <= cold.factorisations
    assert unbalanced(warm)[0] < 1e-8 * warm.largest_force
    again = solve(flat, start=warm)
    assert again.tension == pytest.approx(cold.tension, abs=1e-7 * cold.largest_force)


def test_a_load_no_strand_can_carry_is_an_error(net):
    """Two nodes tied to each other alone drift off under a net load: no state is returned."""
    forces = np.zeros((3, 3))
    forces[1:, 0] = 1.0
    flat = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[1, 2]], [True, False, False],
        slack=0.9, stiffness=100.0, loads=forces,
    )  # fmt: skip
    with pytest.raises(EquilibriumError, match="Expected an equilibrium, got .* largest force"):
        solve(flat)
    with pytest.raises(EquilibriumError, match="loads that slack strands cannot carry"):
        solve(flat)


def test_iteration_limit_is_an_error_not_a_result(net):
    flat = grid(net, 6, stretch=0.9, load=-1.0)
    with pytest.raises(EquilibriumError, match="after 2 iterations .*raise the iteration limit"):
        solve(flat, settings=NewtonSettings(iterations=2))


# --- slack and indeterminate nodes ------------------------------------------------------------


def test_slack_strands_and_loose_nodes_are_listed(net):
    """One taut line through node 1; node 2 hangs on two slack strands; node 4 on none."""
    flat = net(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [2, 0, 0], [5, 5, 5]],
        [[0, 1], [1, 3], [0, 2], [2, 3]],
        [True, False, False, True, False],
        slack=[0.9, 0.9, 2.0, 2.0],
        stiffness=100.0,
    )
    found = solve(flat)
    assert found.slack == ("s2", "s3")
    assert found.indeterminate == ("n2", "n4")
    unnamed = solve(replace(flat, node_names=(), strand_names=()))
    assert unnamed.indeterminate == ("2", "4")


def test_a_taut_group_that_nothing_holds_is_indeterminate(net):
    """Equal and opposite loads stretch a strand that may be anywhere: S7 asks to say so."""
    forces = np.zeros((3, 3))
    forces[1:, 0] = [-5.0, 5.0]
    flat = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1], [1, 2]], [True, False, False],
        slack=[3.0, 0.9], stiffness=100.0, loads=forces,
    )  # fmt: skip
    found = solve(flat)
    assert found.tension == pytest.approx([0.0, 5.0], abs=1e-8)
    assert found.indeterminate == ("n1", "n2")


def test_tie_and_anchor_make_a_node_determinate():
    """A tie holds a node between slack strands; without it the guide is loose."""
    law = Cable(slack_length=2.0, stiffness=100.0)
    nodes = (
        Node(name="a"),
        Node(name="b", position=(1.0, 0.0, 0.0), hold="guide", directions=X),
        Node(name="c", position=(2.0, 0.0, 0.0)),
    )
    strands = (
        Strand(name="ab", start="a", end="b", law=law),
        Strand(name="bc", start="b", end="c", law=law),
    )
    network = TensionNetwork(nodes=nodes, strands=strands)
    loose, tied = solve(network), solve(network.with_tie("b", 0.1))
    assert loose.indeterminate == ("b",)
    assert tied.indeterminate == ()
    assert loose.slack == tied.slack == ("ab", "bc")
    assert tied.slip_of("b") == 0.0


def test_guides_that_slide_together_are_indeterminate():
    """Two parallel frictionless guides, drawn apart by equal and opposite forces."""
    nodes = (
        Node(name="a", hold="guide", directions=X),
        Node(name="b", position=(1.0, 0.5, 0.0), hold="guide", directions=X),
    )
    strand = Strand(name="ab", start="a", end="b", law=Cable(slack_length=0.9, stiffness=100.0))
    network = TensionNetwork(nodes=nodes, strands=(strand,))
    loads = {"a": (-5.0, 0.0, 0.0), "b": (5.0, 0.0, 0.0)}
    assert solve(network, loads=loads).indeterminate == ("a", "b")
    turned = Node(name="b", position=(1.0, 0.5, 0.0), hold="guide", directions=((0.0, 1.0, 0.0),))
    held = solve(network.replaced(turned), loads={"a": (-5.0, 0.0, 0.0), "b": (0.0, 2.0, 0.0)})
    assert held.indeterminate == ()


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_a_net_that_can_go_slack_comes_to_rest_without_force(random_net, seed):
    """No scale of force is left there; the state is found all the same and says what it is."""
    flat = random_net(seed, loaded=False)
    rows = flat.law_rows.copy()
    rows[:, 0] *= 20.0  # every strand can hang loose
    solver = EquilibriumSolver(flat.with_laws(rows=rows))
    found = from_start(solver, 50.0 * np.random.default_rng(seed).normal(size=flat.slips))
    assert found.tension == pytest.approx(0.0, abs=1e-10)
    assert found.slack == flat.strand_names
    assert len(found.indeterminate) == np.count_nonzero(flat.point_ndof)


# --- contact -----------------------------------------------------------------------------------


def over_bone(side):
    """A cable from end to end over a contact at height 0; ends at height ``side``."""
    law = Cable(slack_length=1.0, stiffness=1e3)
    nodes = (
        Node(name="a", position=(-1.0, side, 0.0)),
        Node(name="top", position=(0.0, 0.0, 0.0), hold="contact", directions=XYZ),
        Node(name="b", position=(1.0, side, 0.0)),
    )
    strands = (
        Strand(name="left", start="a", end="top", law=law),
        Strand(name="right", start="top", end="b", law=law),
    )
    return TensionNetwork(nodes=nodes, strands=strands)


def test_contact_presses_when_the_cable_bends_over_it():
    """Ends below the surface: the node stays on it, bearing 2 T sin."""
    found = solve(over_bone(-0.2))
    assert found.position_of("top") == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    length = math.hypot(1.0, 0.2)
    tension = 1e3 * (length - 1.0)
    assert found.tension == pytest.approx(tension, rel=1e-12)
    assert found.minimum.gradient[2] == pytest.approx(2.0 * tension * 0.2 / length, rel=1e-9)
    assert found.residual < 1e-8 * tension


def test_contact_lifts_off_when_pulled_away():
    """Ends above the surface: the cable is straight and touches nothing."""
    found = solve(over_bone(0.2), loads={"top": (0.0, 1.0, 0.0)})
    height = found.position_of("top")[1]
    assert height > 0.2
    rise = height - 0.2
    assert 2.0 * found.tension[0] * rise / math.hypot(1.0, rise) == pytest.approx(1.0, rel=1e-8)


def test_contact_that_lifted_comes_back():
    """From a lifted start the node is pressed on again, and the other way round."""
    network = over_bone(-0.2)
    lifted = solve(network, loads={"top": (0.0, 300.0, 0.0)})
    assert lifted.position_of("top")[1] > 0.1
    back = solve(network, start=lifted)
    assert back.position_of("top")[1] == pytest.approx(0.0, abs=1e-12)
    again = solve(network, loads={"top": (0.0, 300.0, 0.0)}, start=back)
    assert again.position == pytest.approx(lifted.position, abs=1e-8)


def test_contact_slides_without_friction():
    """Pressed on, yet free along the surface: both sides carry the same tension."""
    network = over_bone(-0.2).replaced(Node(name="b", position=(2.0, -0.2, 0.0)))
    found = solve(network)
    assert found.position_of("top")[1] == 0.0
    pull = found.tension[0] * (found.position_of("top")[0] + 1.0) / found.length[0]
    assert pull == pytest.approx(
        found.tension[1] * (2.0 - found.position_of("top")[0]) / found.length[1], rel=1e-8
    )


# --- points that coincide ----------------------------------------------------------------------


@pytest.mark.parametrize(("place", "moves_to"), [(0.0, 1.0), (1.0, None), (0.4, 1.0)])
def test_segment_without_length_pulls_on_nothing(place, moves_to):
    """A via point on the fixed end changes nothing; one where the free node starts is no trap."""
    law = Cable(slack_length=0.9, stiffness=100.0)
    nodes = (
        Node(name="a"),
        Node(name="b", position=(1.0, 0.0, 0.0), hold="free"),
        Node(name="c", position=(2.0, 0.0, 0.0)),
    )
    left = Strand(name="left", start="a", end="b", law=law, via=(("ground", (place, 0.0, 0.0)),))
    right = Strand(name="right", start="b", end="c", law=law)
    found = solve(TensionNetwork(nodes=nodes, strands=(left, right)))
    if moves_to is None:  # the node may rest on the via point: both sides pull alike there
        assert found.residual < 1e-8 * found.largest_force
    else:
        assert found.position_of("b") == pytest.approx([moves_to, 0.0, 0.0], abs=1e-9)
    assert found.tension == pytest.approx(100.0 / 9.0, rel=1e-8)


# --- dead loads and names -----------------------------------------------------------------------


def test_dead_loads_keep_their_direction():
    """A weight on a pendulum cable hangs straight below, wherever the cable was built."""
    nodes = (Node(name="hook"), Node(name="weight", position=(1.0, 0.0, 0.0), hold="free"))
    law = Cable(slack_length=1.0, stiffness=1e3)
    strand = Strand(name="cable", start="hook", end="weight", law=law)
    network = TensionNetwork(nodes=nodes, strands=(strand,))
    found = solve(network, loads={"weight": (0.0, -10.0, 0.0)})
    assert found.position_of("weight") == pytest.approx([0.0, -1.01, 0.0], abs=1e-9)
    assert found.tension_of("cable") == pytest.approx(10.0, rel=1e-9)
    assert found.energy == pytest.approx(0.5 * 10.0 * 0.01 - 10.0 * 1.01, rel=1e-9)
    assert solve(network).tension_of("cable") == 0.0, "loads of one solve do not stay"


def test_wrong_names_and_loads_are_refused():
    network = over_bone(-0.2)
    found = solve(network)
    with pytest.raises(UnknownStrandError, match=r"name of an active strand, got 'lift'; .*left"):
        found.tension_of("lift")
    with pytest.raises(NetworkError, match=r"name of a node, got 'tip'; .*top"):
        found.position_of("tip")
    with pytest.raises(NetworkError, match="name of a node in loads, got 'tip'"):
        solve(network, loads={"tip": (0.0, 0.0, 1.0)})
    with pytest.raises(NetworkError, match="no skeleton, so it has no torque"):
        found.torque("hip_flexion_r")


# --- the same minimum by other methods (V16) ----------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_minimum_agrees_with_a_general_optimiser(random_net, seed):
    """scipy's trust-region Newton on the same energy, with the Hessian as a dense matrix."""
    flat = random_net(seed)
    problem = NetworkProblem(flat)
    indptr, indices = problem.pattern

    def hessian(z):
        full = np.zeros((problem.size, problem.size))
        full[indices, np.repeat(np.arange(problem.size), np.diff(indptr))] = problem.hessian(z)
        return full

    other = minimize(
        problem.value_gradient, np.zeros(problem.size), jac=True, hess=hessian,
        method="trust-exact", options={"gtol": 1e-9, "maxiter": 2000},
    )  # fmt: skip
    found = solve(flat)
    assert found.energy == pytest.approx(other.fun, rel=1e-9)
    problem.value_gradient(other.x)
    assert found.tension == pytest.approx(problem.tension, abs=1e-5 * found.largest_force)


@pytest.mark.parametrize("seed", range(3))
def test_minimum_with_contact_agrees_with_a_bounded_optimiser(net, seed):
    """L-BFGS-B (energy and gradient only) on a net pressed onto and lifted off a floor."""
    rng = np.random.default_rng(seed)
    flat = grid(net, 5, stretch=1.1)
    height = (flat.point_ndof == 0) * rng.uniform(-0.5, 0.5, flat.nodes)
    bounded = np.zeros(flat.slips, bool)
    bounded[2::3] = True  # z >= 0 at every free node
    flat = replace(
        flat, point_local=flat.point_local + height[:, None] * [0, 0, 1.0], bounded=bounded,
        loads=rng.normal(size=flat.loads.shape) * 5.0,
    )  # fmt: skip
    found = solve(flat)
    problem = NetworkProblem(flat)
    other = minimize(
        problem.value_gradient, np.zeros(problem.size), jac=True, method="L-BFGS-B",
        bounds=[(0.0 if b else None, None) for b in bounded],
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 5000, "maxfun": 20000},
    )  # fmt: skip
    pressed = found.slips[bounded] == 0.0
    assert pressed.any() and not pressed.all(), "the case must hold both"
    assert found.energy == pytest.approx(other.fun, rel=1e-9)
    assert found.energy <= other.fun + 1e-9 * abs(other.fun)
    assert found.slips == pytest.approx(other.x, abs=1e-4)


def relax(flat, steps=20000, tolerance=1e-10):
    """Preconditioned dynamic relaxation: masses are the stiffness of the taut net, kinetic damping.

    Only forces are used. Underwood (1983) for the method; the velocity is thrown away at each peak
    of the kinetic energy.
    """
    problem = NetworkProblem(flat)
    z = np.zeros(problem.size)
    edges = flat.strand_points.reshape(-1, 2)
    stiffness = flat.law_rows[:, 1] / flat.law_rows[:, 0]
    weight = np.zeros((problem.size, problem.size))
    for (i, j), k in zip(edges, stiffness, strict=True):
        ends = [flat.point_dof[p] for p in (i, j) if flat.point_ndof[p]]
        for a in ends:
            for b in ends:
                for c in range(3):
                    weight[a + c, b + c] += k if a == b else -k
    inverse = np.linalg.inv(weight)  # a net of springs is never softer than the strands
    velocity, kinetic = np.zeros_like(z), 0.0
    for _ in range(steps):
        _, gradient = problem.value_gradient(z)
        if np.abs(gradient).max() <= tolerance * problem.largest_force():
            break
        velocity = velocity - inverse @ gradient
        energy = velocity @ weight @ velocity
        if energy < kinetic:
            velocity, energy = -inverse @ gradient, 0.0
        kinetic = energy
        z = z + velocity
    return problem, z


@pytest.mark.parametrize("seed", range(3))
def test_dynamic_relaxation_agrees(random_net, seed):
    """V16: explicit time stepping with damping comes to rest where Newton stops."""
    flat = random_net(seed)
    found = solve(flat)
    problem, z = relax(flat)
    value, gradient = problem.value_gradient(z)
    assert np.abs(gradient).max() < 1e-8 * problem.largest_force()
    assert value == pytest.approx(found.energy, rel=1e-10)
    assert problem.tension == pytest.approx(found.tension, abs=1e-6 * found.largest_force)
