"""Gradient and Hessian of the potential: exact, invariant, and the same in plain Python."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from fascia.mechanics import NetworkProblem, compile_network, kernels, solve
from fascia.network import Node, Strand, TensionNetwork
from fascia.sparse import pattern
from panjabi.body import kernels as skeleton, standard_adult
from panjabi.tissue import Cable, Collagen

STEP = 1e-30  # complex step: no difference is formed, so nothing cancels
BODIES = ("ground", "pelvis", "sacrum", "L4", "T8", "femur_r", "tibia_r", "calcn_r", "femur_l")
HOLDS = {"fixed": 0, "guide": 1, "plane": 2, "contact": 3, "free": 3}


# --- a network with everything on a moving skeleton -----------------------------------------


def everything(seed, *, bodies=BODIES, body=None):
    """Guides, planes, contacts and free nodes on bodies; polylines, shares, ties, own points.

    One tied node has no strand at all: a load on it still turns with its body.
    """
    rng = np.random.default_rng(seed)
    body = standard_adult() if body is None else body
    nodes = []
    for i, hold in enumerate([*HOLDS, "guide", "plane", "contact", "free", "fixed"]):
        directions = np.linalg.qr(rng.normal(size=(3, 3)))[0].T[: HOLDS[hold]]
        nodes.append(
            Node(
                name=f"n{i}",
                body=bodies[i % len(bodies)],
                position=tuple(0.1 * rng.normal(size=3)),
                hold=hold,
                directions=tuple(tuple(d) for d in directions),
                tie=float(rng.uniform(0.0, 2e3)) if hold in ("guide", "plane", "contact") else 0.0,
                adhesion=100.0 * (i % 3),
            )
        )
    strands = []
    for k, (a, b) in enumerate(itertools.combinations(range(len(nodes)), 2)):
        if rng.random() < 0.4 and b != a + 1:
            continue
        own = {}
        for end, node in (("start", nodes[a]), ("end", nodes[b])):
            if rng.random() < 0.4:
                own[f"{end}_share"] = float(rng.choice([0.0, 0.3, 0.8]))
                own[f"{end}_point"] = (node.body, tuple(0.1 * rng.normal(size=3)))
        via = tuple(
            (str(rng.choice(bodies)), tuple(0.1 * rng.normal(size=3)))
            for _ in range(rng.integers(3))
        )
        strands.append(
            Strand(name=f"s{k}", start=f"n{a}", end=f"n{b}", via=via,
                   law=Cable(slack_length=1.0, stiffness=1.0), **own)
        )  # fmt: skip
    lone = Node(name="lone", body=bodies[-1], hold="guide", directions=((0.0, 0.6, 0.8),), tie=9.0)
    network = TensionNetwork(nodes=(*nodes, lone), strands=tuple(strands), body=body)
    laws = {}
    for k, (name, length) in enumerate(network.lengths().items()):
        strain = (-0.2, 0.01, 0.05, 0.3)[k % 4]  # slack, toe, toe end, linear
        laws[name] = Collagen(
            slack_length=length / (1.0 + strain), stiffness=float(rng.uniform(1e2, 1e4)),
            transition_strain=0.04 if k % 4 < 2 else 0.1,
        )  # fmt: skip
    return replace(network, strands=tuple(replace(s, law=laws[s.name]) for s in strands))


class Springs:
    """A potential of the skeleton alone, with a full Hessian."""

    def __init__(self, size, rng):
        a = rng.normal(size=(size, size))
        self.k = a @ a.T

    def energy(self, q):
        return 0.5 * q @ self.k @ q

    def gradient(self, q):
        return self.k @ q

    def hessian(self, q):
        return self.k


def moving_problem(seed, *, free=5, terms=True):
    """MinimisationProblem with free coordinates at a random posture, and a random state of it."""
    rng = np.random.default_rng(1000 + seed)
    network = everything(seed)
    body = network.body
    size = len(body.coordinates)
    flat = compile_network(network)
    loads = np.zeros_like(flat.loads)
    loads[: flat.nodes] = rng.normal(size=(flat.nodes, 3)) * 30.0
    q = rng.uniform(0.3 * body.ranges[:, 0], 0.3 * body.ranges[:, 1])
    q[body.coordinate_index("knee_angle_r")] += 0.3  # driven dofs away from their zero
    problem = NetworkProblem(
        replace(flat, loads=loads),
        body=body,
        q=q,
        directions=0.3 * rng.normal(size=(size, free)) if free else None,
        terms=(Springs(size, rng),) if terms and free else (),
    )
    z = 0.02 * rng.normal(size=problem.size)
    return network, problem, z


def dense(problem, z):
    """The Hessian as a full matrix."""
    indptr, indices = problem.pattern
    full = np.zeros((problem.size, problem.size))
    columns = np.repeat(np.arange(problem.size), np.diff(indptr))
    full[indices, columns] = problem.hessian(z)
    return full


# --- oracles in complex numbers --------------------------------------------------------------


def collagen(law, length):
    """Energy and tension of a strand for a complex length, from the formulas of the law."""
    strain = length / law.slack_length - 1.0
    toe = law.transition_strain
    if strain.real <= 0.0:
        return 0.0 * length, 0.0 * length
    if strain.real <= toe:
        tension = law.stiffness * strain**2 / (2.0 * toe)
        return law.slack_length * tension * strain / 3.0, tension
    over = strain - 0.5 * toe
    energy = law.slack_length * law.stiffness * (0.5 * over**2 + toe**2 / 24.0)
    return energy, law.stiffness * over


class ComplexPose:
    """Forward kinematics in complex numbers, by the plain Python form of the kernel."""

    def __init__(self, body, q):
        bodies, joints = len(body.names), len(body.tree.slide)
        self.rotation = np.zeros((bodies, 3, 3), complex)
        self.translation = np.zeros((bodies, 3), complex)
        self.axis, self.origin = np.zeros((2, joints, 3), complex)
        self.rate, self.rate2 = np.zeros((2, joints), complex)
        skeleton.forward.py_func(
            body.tree, q, self.rotation, self.translation, self.axis, self.origin, self.rate,
            self.rate2,
        )  # fmt: skip


def potential(network, problem, z):
    """V straight from the parts of the network: no array or kernel of the solver is used."""
    body = network.body
    q = problem.q0.astype(complex)
    if problem.directions is not None:
        q = q + problem.directions @ z[problem.flat.slips :]
    pose = ComplexPose(body, q)

    def world(name, local):
        b = body.body_index(name)
        return pose.rotation[b] @ local + pose.translation[b]

    value, taken, slip = 0.0, 0, {}
    for i, node in enumerate(network.nodes):
        u = z[taken : taken + node.slips]
        taken += node.slips
        slip[node.name] = u @ np.array(node.directions).reshape(-1, 3)
        tied = u[:2] if node.hold == "contact" else u  # lifting stretches no tie
        value += 0.5 * (node.tie + node.adhesion) * (tied @ tied)
        place = world(node.body, np.array(node.position) + slip[node.name])
        value -= problem.flat.loads[i] @ place
    for strand in network.strands:
        ends = []
        for name, point, share in strand.ends:
            node = network.node(name)
            on, local = (node.body, node.position) if point is None else point
            ends.append(world(on, np.array(local) + share * slip[name]))
        line = [ends[0], *(world(on, np.array(local)) for on, local in strand.via), ends[1]]
        length = sum(np.sqrt((b - a) @ (b - a)) for a, b in itertools.pairwise(line))
        value += collagen(strand.law, length)[0]
    return value + sum(term.energy(q) for term in problem.terms)


def complex_gradient(network, problem, z):
    """The problem's gradient, run through the plain Python kernels in complex numbers."""
    flat = problem.flat
    u = z[: flat.slips]
    q = problem.q0.astype(complex)
    if problem.directions is not None:
        q = q + problem.directions @ z[flat.slips :]
    pose = ComplexPose(network.body, q)
    points = len(flat.point_body)
    world, force = np.zeros((2, points, 3), complex)
    columns = np.zeros((points, 3, 3), complex)
    length = np.zeros(flat.strands, complex)
    kernels.world_points.py_func(
        flat.point_body, flat.point_local, flat.point_dof, flat.point_ndof, flat.point_basis,
        pose.rotation, pose.translation, u, world,
    )  # fmt: skip
    kernels.world_columns.py_func(
        flat.point_body, flat.point_ndof, flat.point_basis, pose.rotation, columns
    )
    kernels.strand_lengths.py_func(flat.strand_start, flat.strand_points, world, length)
    tension = np.array(
        [collagen(s.law, x)[1] for s, x in zip(network.strands, length, strict=True)]
    )
    kernels.point_forces.py_func(flat.strand_start, flat.strand_points, world, tension, force)
    force -= flat.loads
    out = np.zeros(problem.size, complex)
    kernels.slip_gradient.py_func(
        flat.point_dof, flat.point_ndof, columns, force, flat.tie, u, out[: flat.slips]
    )
    if problem.directions is not None:
        bodies = len(network.body.names)
        total, dyad = np.zeros((bodies, 3), complex), np.zeros((bodies, 3, 3), complex)
        kernels.body_loads.py_func(flat.point_body, world, force, total, dyad)
        moment = np.zeros(len(q), complex)
        skeleton.load_gradient.py_func(
            network.body.tree, total, dyad, pose.axis, pose.origin, pose.rate, moment
        )
        moment += sum((term.gradient(q) for term in problem.terms), 0.0)
        out[flat.slips :] = problem.directions.T @ moment
    return out


def complex_steps(function, z):
    """Exact derivative of an analytic function of z, last axis the unknown."""
    unit = np.eye(len(z)) * (1j * STEP)
    return np.stack([function(z + e).imag / STEP for e in unit], axis=-1)


# --- exactness -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_gradient_is_exact(seed):
    """Against a complex step through V written from its parts."""
    network, problem, z = moving_problem(seed)
    value, gradient = problem.value_gradient(z)
    assert value == pytest.approx(potential(network, problem, z.astype(complex)).real, rel=1e-12)
    exact = complex_steps(lambda x: potential(network, problem, x), z.astype(complex))
    assert np.abs(gradient - exact).max() < 1e-11 * np.abs(exact).max()
    states = problem.tension > 0.0
    assert states.any() and not states.all(), "the case must hold slack and taut strands"


@pytest.mark.parametrize("seed", range(2))
def test_hessian_is_exact(seed):
    """Against a complex step through the gradient: geometric, slip-skeleton and skeleton parts."""
    network, problem, z = moving_problem(seed)
    hessian = dense(problem, z)
    exact = complex_steps(lambda x: complex_gradient(network, problem, x), z.astype(complex))
    n = problem.flat.slips
    for part in (np.s_[:n, :n], np.s_[:n, n:], np.s_[n:, n:]):
        assert np.abs(hessian[part] - exact[part]).max() < 1e-10 * np.abs(exact[part]).max()
    assert np.abs(hessian - hessian.T).max() < 1e-12 * np.abs(hessian).max()


def test_hessian_with_the_posture_held(seed=5):
    network, problem, z = moving_problem(seed, free=0)
    exact = complex_steps(lambda x: complex_gradient(network, problem, x), z.astype(complex))
    assert np.abs(dense(problem, z) - exact).max() < 1e-11 * np.abs(exact).max()


def test_hessian_does_not_remember(seed=3):
    """Refilled in place: the same after other states and postures have passed through."""
    _, problem, z = moving_problem(seed)
    before = dense(problem, z)
    posture = problem.q0.copy()
    problem.move(0.5 * posture)
    problem.hessian(-2.0 * z)
    problem.move(posture)
    assert np.array_equal(dense(problem, z), before)


@pytest.mark.parametrize("seed", range(3))
def test_derivatives_of_a_net_in_space(random_net, seed):
    """No skeleton: sixth-order differences (Richardson on a central one) suffice for 1e-9."""
    flat = random_net(seed)
    problem = NetworkProblem(flat)
    z = 0.1 * np.random.default_rng(seed).normal(size=problem.size)

    def central(function, step=2e-3):
        def slope(h):
            return np.stack(
                [(function(z + h * e) - function(z - h * e)) / (2.0 * h) for e in np.eye(len(z))],
                axis=-1,
            )

        d1, d2, d3, d4 = (slope(step / 2**k) for k in range(4))
        d1, d2, d3 = (4 * d2 - d1) / 3, (4 * d3 - d2) / 3, (4 * d4 - d3) / 3
        d1, d2 = (16 * d2 - d1) / 15, (16 * d3 - d2) / 15
        return (64 * d2 - d1) / 63

    # strands within reach of a kink would spoil any difference: move them into the linear part
    rows = flat.law_rows.copy()
    problem.value_gradient(z)
    strain = problem.length / rows[:, 0] - 1.0
    close = (np.abs(strain) < 0.05) | (np.abs(strain - rows[:, 2]) < 0.05)
    rows[close, 0] = problem.length[close] / 1.6
    rows[close, 2] = 0.1
    problem = NetworkProblem(flat.with_laws(rows=rows))
    _, gradient = problem.value_gradient(z)
    hessian = dense(problem, z)
    by_value = central(lambda x: problem.value_gradient(x)[0])
    by_gradient = central(lambda x: problem.value_gradient(x)[1])
    assert np.abs(gradient - by_value).max() < 1e-9 * np.abs(gradient).max()
    assert np.abs(hessian - by_gradient).max() < 1e-9 * np.abs(hessian).max()
    assert (problem.tension == 0.0).any()


def test_contact_is_bounded_along_its_normal_only():
    """One-sided: only the last direction of a contact has a bound, and no tie acts on it."""
    network, problem, _ = moving_problem(0)
    at, bounded = 0, []
    for node in network.nodes:
        at += node.slips
        if node.hold == "contact":
            bounded.append(at - 1)
    assert len(bounded) == 2
    assert np.flatnonzero(np.isfinite(problem.lower)).tolist() == bounded
    assert (problem.lower[bounded] == 0.0).all()
    assert (problem.flat.tie[bounded] == 0.0).all()


def test_slack_strands_add_nothing(net):
    """S7: their Hessian is exactly zero, and no shift is hidden in it."""
    flat = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1], [1, 2]], [True, False, True],
        slack=1.5, stiffness=1e3, transition=0.02,
    )  # fmt: skip
    problem = NetworkProblem(flat)
    assert not problem.hessian(np.zeros(3)).any()
    assert problem.value_gradient(np.zeros(3))[0] == 0.0


def test_idle_strands_have_no_tangent(net):
    """A trace of tension within the residual gives no stiffness to a tangent at a solved state."""
    flat = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1], [1, 2]], [True, False, True],
        slack=[1.0 - 1e-12, 0.9], stiffness=1e3,
    )  # fmt: skip
    full, tangent = NetworkProblem(flat), NetworkProblem(flat, idle=1e-8)
    assert 0.0 < full.value_gradient(np.zeros(3))[1][0] + 1e3 / 9.0 < 1e-8
    assert dense(full, np.zeros(3))[0, 0] == pytest.approx(1e3 + 1e3 / 0.9)
    assert dense(tangent, np.zeros(3))[0, 0] == pytest.approx(1e3 / 0.9)


def test_elongations_are_the_rates_of_length():
    _, problem, z = moving_problem(1)
    flat = problem.flat
    problem.value_gradient(z)
    world = problem.world.copy()
    velocity = np.random.default_rng(0).normal(size=world.shape)
    rate = np.zeros(flat.strands)
    kernels.elongations(flat.strand_start, flat.strand_points, world, velocity, rate)
    length = np.zeros(flat.strands, complex)
    kernels.strand_lengths.py_func(
        flat.strand_start, flat.strand_points, world + 1j * STEP * velocity, length
    )
    assert rate == pytest.approx(length.imag / STEP, rel=1e-12, abs=1e-12)


# --- compiled and plain ----------------------------------------------------------------------


def test_plain_python_gives_the_same():
    """Every kernel, compiled and as plain Python, on the case that has everything."""
    _, problem, z = moving_problem(2)
    problem.hessian(z)
    flat, layout, pose = problem.flat, problem.layout, problem.pose
    start, points = flat.strand_start, flat.strand_points
    u = z[: flat.slips].copy()
    velocity = problem.world[::-1].copy()
    inputs = {
        "world_points": (flat.point_body, flat.point_local, flat.point_dof, flat.point_ndof,
                         flat.point_basis, pose.rotation, pose.translation, u),
        "world_columns": (flat.point_body, flat.point_ndof, flat.point_basis, pose.rotation),
        "strand_lengths": (start, points, problem.world),
        "point_forces": (start, points, problem.world, problem.tension),
        "slip_gradient": (flat.point_dof, flat.point_ndof, problem.columns, problem.force,
                          flat.tie, u),
        "body_loads": (flat.point_body, problem.world, problem.force),
        "strand_hessian": (start, points, layout.strands, flat.point_ndof, problem.world,
                           problem.columns, problem._jz, problem.tension, problem.tangent,
                           flat.tie),
        "turning_hessian": (flat.point_body, flat.point_dof, flat.point_ndof, problem.columns,
                            problem._wz, problem.force, layout.border),
        "elongations": (start, points, problem.world, velocity),
    }  # fmt: skip
    outputs = {
        "world_points": [problem.world],
        "world_columns": [problem.columns],
        "strand_lengths": [problem.length],
        "point_forces": [problem.force],
        "slip_gradient": [u],
        "body_loads": [problem.total, problem.dyad],
        "strand_hessian": [problem.data],
        "turning_hessian": [problem.data],
        "elongations": [problem.length],
    }
    compiled_kernels = {k for k, v in vars(kernels).items() if hasattr(v, "py_func")}
    assert set(inputs) == compiled_kernels, "a kernel without its equality test"
    for name, arguments in inputs.items():
        kernel = getattr(kernels, name)
        compiled = [np.zeros_like(a) for a in outputs[name]]
        plain = [np.zeros_like(a) for a in outputs[name]]
        kernel(*arguments, *compiled)
        kernel.py_func(*arguments, *plain)
        for a, b in zip(compiled, plain, strict=True):
            assert a.any(), name
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * np.abs(a).max())


def test_plain_python_gives_the_same_pattern():
    _, problem, _ = moving_problem(2)
    flat, size, free = problem.flat, problem.size, problem.free
    strands = (flat.strand_start, flat.strand_points, flat.point_dof, flat.point_ndof)
    unknowns = pattern._strand_unknowns.py_func(*strands, flat.slips, free)
    columns = pattern._columns.py_func(size, flat.slips, *unknowns[:2])
    places = pattern._places.py_func(*columns, *unknowns[:2], size, flat.slips)
    found = (*unknowns, *columns, *places)
    layout = problem.layout
    wanted = (
        layout.unknown_start, layout.unknowns, layout.slot, layout.indptr, layout.indices,
        layout.scatter_start, layout.scatter, layout.diagonal, layout.skeleton_block,
        layout.border,
    )  # fmt: skip
    for a, b in zip(found, wanted, strict=True):
        assert np.array_equal(a, b)
    at = [pattern._find.py_func(*columns, i, i) for i in range(size)]
    assert np.array_equal(at, layout.diagonal)


def test_pattern_is_the_union_of_the_strands():
    """Sorted columns, symmetric, diagonal there, and nothing but what strands couple."""
    _, problem, _ = moving_problem(4)
    flat, n = problem.flat, problem.size
    wanted = np.eye(n, dtype=bool)
    wanted[flat.slips :] = wanted[:, flat.slips :] = True  # the skeleton moves every point
    for s in range(flat.strands):
        met = set(range(flat.slips, n))
        for p in flat.strand_points[flat.strand_start[s] : flat.strand_start[s + 1]]:
            met |= set(range(flat.point_dof[p], flat.point_dof[p] + flat.point_ndof[p]))
        wanted[np.ix_(sorted(met), sorted(met))] = True
    indptr, indices = problem.pattern
    there = np.zeros((n, n), bool)
    for j in range(n):
        column = indices[indptr[j] : indptr[j + 1]]
        assert (np.diff(column) > 0).all()
        there[column, j] = True
    assert np.array_equal(there, wanted)


# --- invariance (V15) ------------------------------------------------------------------------


def random_rotation(rng):
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return turn * np.sign(np.linalg.det(turn))


SEEDS = st.integers(0, 10**6)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_rigid_motion_of_everything_changes_no_tension(random_net, seed):
    rng = np.random.default_rng(seed)
    flat = random_net(seed)
    turn, shift = random_rotation(rng), rng.normal(size=3)
    moved = replace(flat, point_local=flat.point_local @ turn.T + shift, loads=flat.loads @ turn.T)
    here, there = solve(flat), solve(moved)
    scale = here.largest_force
    assert there.tension == pytest.approx(here.tension, abs=1e-6 * scale)
    assert here.energy - there.energy == pytest.approx(
        flat.loads.sum(axis=0) @ (turn.T @ shift), abs=1e-8 * scale
    )


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_numbering_of_nodes_and_strands_changes_nothing(net, random_net, seed):
    rng = np.random.default_rng(seed)
    flat = random_net(seed)
    n, m = flat.nodes, flat.strands
    new = rng.permutation(n)  # old node i is called new[i]
    order = rng.permutation(m)
    edges = new[flat.strand_points.reshape(-1, 2)[order]]
    edges = np.where(rng.random(m)[:, None] < 0.5, edges, edges[:, ::-1])
    old = np.argsort(new)
    renumbered = net(
        flat.point_local[old], edges, flat.point_ndof[old] == 0, slack=flat.law_rows[order, 0],
        stiffness=flat.law_rows[order, 1], transition=flat.law_rows[order, 2],
        loads=flat.loads[old],
    )  # fmt: skip
    here, there = solve(flat), solve(renumbered)
    assert there.tension == pytest.approx(here.tension[order], abs=1e-6 * here.largest_force)
    assert there.energy == pytest.approx(here.energy, rel=1e-9)


@settings(deadline=None, max_examples=15)
@given(SEEDS, st.floats(0.1, 0.9))
def test_splitting_an_element_in_two_changes_no_tension(net, random_net, seed, where):
    rng = np.random.default_rng(seed)
    flat = random_net(seed)
    s = int(rng.integers(flat.strands))
    edges = flat.strand_points.reshape(-1, 2)
    a, b = edges[s]
    rows = flat.law_rows[:, :3]
    middle = (1.0 - where) * flat.point_local[a] + where * flat.point_local[b]
    keep = np.arange(flat.strands) != s
    slack, stiffness, transition = np.vstack([rows[keep], rows[s], rows[s]]).T
    slack[-2:] *= [where, 1.0 - where]
    split = net(
        np.vstack([flat.point_local, middle]),
        np.vstack([edges[keep], [[a, flat.nodes], [flat.nodes, b]]]),
        [*(flat.point_ndof == 0), False],
        slack=slack, stiffness=stiffness, transition=transition,
        loads=np.vstack([flat.loads, np.zeros(3)]),
    )  # fmt: skip
    whole, parts = solve(flat), solve(split)
    wanted = [*whole.tension[keep], whole.tension[s], whole.tension[s]]
    assert parts.tension == pytest.approx(wanted, abs=1e-6 * whole.largest_force)
    if whole.tension[s] == 0.0:
        assert f"n{flat.nodes}" in parts.indeterminate


def test_moving_the_whole_body_changes_nothing():
    """Skeleton and network moved together: same energy, no force on the root, same stiffness."""
    network = everything(6, bodies=BODIES[1:])
    body = network.body
    root = [
        body.coordinate_index(f"pelvis_{name}")
        for name in ("tx", "ty", "tz", "tilt", "list", "rotation")
    ]
    directions = np.zeros((len(body.coordinates), 6))
    directions[root, range(6)] = 1.0
    flat = compile_network(network)
    problem = NetworkProblem(flat, body=body, q=body.zero(), directions=directions)
    slips = 0.02 * np.random.default_rng(6).normal(size=flat.slips)
    here = np.concatenate([slips, np.zeros(6)])
    there = np.concatenate([slips, [0.3, -0.7, 1.1, 0.4, -0.5, 0.6]])
    v1, g1 = problem.value_gradient(here)
    h1 = dense(problem, here)
    v2, g2 = problem.value_gradient(there)
    h2 = dense(problem, there)
    n = flat.slips
    assert v2 == pytest.approx(v1, rel=1e-11)
    assert g2[:n] == pytest.approx(g1[:n], abs=1e-9 * np.abs(g1).max())
    assert np.abs(g1[n:]).max() < 1e-10 * problem.largest_force()
    assert np.abs(g2[n:]).max() < 1e-10 * problem.largest_force()
    assert np.abs(h1[n:]).max() < 1e-10 * np.abs(h1).max()
    assert np.abs(h2[n:]).max() < 1e-10 * np.abs(h2).max()
    assert h2[:n, :n] == pytest.approx(h1[:n, :n], abs=1e-9 * np.abs(h1).max())
