"""The solver against exact answers: closed forms, to the digits they were worked out to."""

import math
from itertools import pairwise

import numpy as np
import pytest
from force_density import Net, force_density, self_stress
from hypothesis import given, settings, strategies as st
from scipy.optimize import brentq

from fascia.mechanics import solve
from fascia.network import Node, Strand, TensionNetwork
from fascia.transmission import ladder
from panjabi.errors import ParameterError
from panjabi.tissue import Cable
from panjabi.tissue.viscoelastic import hamstring_group

# --- V1 to V4: chains and the two-link cable -----------------------------------------------


def test_series_of_three_springs(net):
    """V1: 100, 200 and 400 N/mm pulled by 10 mm."""
    n = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0], [3.01, 0, 0]],
        [[0, 1], [1, 2], [2, 3]],
        [True, False, False, True],
        slack=1.0,
        stiffness=[1e5, 2e5, 4e5],
    )
    found = solve(n)
    assert found.tension == pytest.approx(571.42857, abs=5e-6)
    assert found.tension / 10.0 == pytest.approx(57.142857, abs=5e-7)
    assert np.diff(found.position[:, 0]) - 1.0 == pytest.approx(
        found.tension / [1e5, 2e5, 4e5], rel=1e-9
    )


def test_slack_cable_carries_nothing(net):
    """V2: of two collinear cables one carries the load, the other goes slack."""
    load = np.zeros((3, 3))
    load[1, 0] = 1.0
    n = net(
        [[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1], [1, 2]], [True, False, True],
        slack=1.0, stiffness=2.0, loads=load,
    )  # fmt: skip
    found = solve(n)
    assert found.tension == pytest.approx([1.0, 0.0], abs=1e-9)
    assert found.tension[1] == 0.0
    assert found.position[1] == pytest.approx([1.5, 0.0, 0.0], abs=1e-9)
    assert found.slack == ("s1",)


def two_link(net, *, prestress, load):
    forces = np.zeros((3, 3))
    forces[1, 1] = -load
    slack = 1.0 / (1.0 + prestress / 1e4)
    return net(
        [[-1, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 1], [1, 2]], [True, False, True],
        slack=slack, stiffness=1e4, loads=forces,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("load", "depth", "tension"),
    [
        (1.0, 0.00499377, 100.125935),
        (10.0, 0.04534525, 110.378436),
        (50.0, 0.13325164, 189.273262),
        (500.0, 0.36067371, 736.853551),
    ],
)
def test_prestressed_two_link(net, load, depth, tension):
    """V3: load across a prestressed cable; depth is the root of 2 T d / l = P."""
    found = solve(two_link(net, prestress=100.0, load=load))
    assert -found.position[1, 1] == pytest.approx(depth, abs=6e-9)
    assert found.tension == pytest.approx(tension, abs=1e-6)  # printed cut off, not rounded
    residual = 2.0 * found.tension[0] * -found.position[1, 1] / found.length[0] - load
    assert abs(residual) < 1e-8 * tension


def test_two_link_without_prestress(net):
    """V4: no stiffness at the start at all; near the cube-root law and not on it."""
    found = solve(two_link(net, prestress=0.0, load=50.0))
    depth = -found.position[1, 1]
    assert depth == pytest.approx(0.17225369, abs=6e-9)
    cube_root_law = (50.0 / 1e4) ** (1 / 3)
    assert cube_root_law == pytest.approx(0.170998, abs=6e-7)
    assert depth == pytest.approx(cube_root_law, rel=0.01)


def test_two_link_without_prestress_or_load_has_no_stiffness(net):
    """V4: the tangent stiffness across the straight unstressed cable is exactly zero."""
    found = solve(two_link(net, prestress=0.0, load=0.0))
    assert found.iterations == 0
    assert found.tension == pytest.approx(0.0, abs=0.0)
    assert found.indeterminate == ("n1",)


# --- V5: the ladder from guide nodes --------------------------------------------------------


def chain_on_bone(links, *, pull=1e-3, stiffness=1e5, resting=0.0):
    """Stations 1 m apart, each a guide along the chain; the near end is drawn away."""
    law = Cable(slack_length=1.0 / (1.0 + resting / stiffness), stiffness=stiffness)
    nodes = [
        Node(
            name=f"n{i}",
            position=(-pull if i == 0 else float(i), 0.0, 0.0),
            hold="fixed" if i in (0, links) else "guide",
            directions=() if i in (0, links) else ((1.0, 0.0, 0.0),),
        )
        for i in range(links + 1)
    ]
    strands = [
        Strand(name=f"link{i}", start=f"n{i}", end=f"n{i + 1}", law=law) for i in range(links)
    ]
    return TensionNetwork(nodes=tuple(nodes), strands=tuple(strands))


LADDER = [  # k_g/k, lam, after 5, after 10, far/near force over 10 links: digits as tabulated
    (0.0, 1.0, 1.0, 1.0, 1.0),
    (0.01, 0.904875, 0.6067, 0.3680, 0.673883),
    (0.1, 0.729844, 0.2071, 0.0429, 0.101387),
    (1.0, 0.381966, 0.0081, 6.6e-5, 2.3918e-4),
]


def same_digits(value, tabulated):
    """Whether a value rounds to what the table prints."""
    digits = f"{tabulated:.12g}"
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return abs(value - tabulated) <= 0.51 * 10.0**-places


@pytest.mark.parametrize(("ratio", "lam", "five", "ten", "force"), LADDER)
def test_ladder_closed_form_gives_the_table(ratio, lam, five, ten, force):
    """V5, the formulas: decay per station, and the force that reaches the far end."""
    decay = ladder.decay_per_station(ratio)
    assert same_digits(decay, lam)
    assert same_digits(decay**5, five)
    assert same_digits(decay**10, ten)
    assert same_digits(ladder.force_ratio(ratio, 10), force)


@pytest.mark.parametrize(("ratio", "lam", "five", "ten", "force"), LADDER)
def test_ladder_comes_out_of_guide_nodes(ratio, lam, five, ten, force):
    """V5, the network: ties by the ratio rule on guides give the tabulated decay of force."""
    found = solve(chain_on_bone(10).with_tie_ratio(ratio))
    tension = np.array([found.tension_of(f"link{i}") for i in range(10)])
    assert same_digits(tension[-1] / tension[0], force)
    slip = np.arange(11.0) - found.position[:, 0]
    assert slip / slip[0] == pytest.approx(ladder.displacements(ratio, 10), rel=1e-7, abs=1e-9)
    assert tension[-1] / tension[0] == pytest.approx(ladder.force_ratio(ratio, 10), rel=1e-6)


@pytest.mark.parametrize(("ratio", "lam", "five", "ten", "force"), LADDER[2:])
def test_long_ladder_decays_by_a_constant_factor(ratio, lam, five, ten, force):
    """V5, long chain: u_n = u_0 lam^n, 5 and 10 stations down."""
    found = solve(chain_on_bone(80).with_tie_ratio(ratio))
    slip = np.arange(81.0) - found.position[:, 0]
    assert same_digits(slip[1] / slip[0], lam)
    assert same_digits(slip[5] / slip[0], five)
    assert same_digits(slip[10] / slip[0], ten)


def test_clamped_ladder_passes_nothing_on():
    """A tie ratio without bound clamps by elimination: no unknowns, no force beyond the first."""
    found = solve(chain_on_bone(10).with_tie_ratio(math.inf))
    assert found.flat.slips == 0
    assert found.tension[0] == pytest.approx(100.0, rel=1e-12)
    assert found.tension[1:] == pytest.approx(0.0, abs=1e-9)


def test_ladder_under_resting_tension_is_the_same_ladder():
    """Tension at rest adds to every link and changes no ratio of what is added."""
    rest = solve(chain_on_bone(10, pull=0.0, resting=50.0).with_tie_ratio(0.1))
    drawn = solve(chain_on_bone(10, resting=50.0).with_tie_ratio(0.1))
    assert rest.tension == pytest.approx(50.0, rel=1e-9)
    more = drawn.tension - rest.tension
    # resting tension shortens the slack length and so stiffens k = EA/l0 by 0.05 % with the tie
    assert more[-1] / more[0] == pytest.approx(ladder.force_ratio(0.1, 10), rel=1e-6)


def test_ladder_closed_forms_refuse_nonsense_and_agree_with_a_matrix():
    """A tridiagonal solve is a second derivation of the same ladder."""
    with pytest.raises(ParameterError, match="tie ratio .*got -1; give a finite number >= 0"):
        ladder.force_ratio(-1.0, 10)
    with pytest.raises(ParameterError, match="clamped"):
        ladder.decay_per_station(math.inf)
    for ratio in (1e-9, 0.03, 0.7, 12.0):
        matrix = (2.0 + ratio) * np.eye(9) - np.eye(9, k=1) - np.eye(9, k=-1)
        inner = np.linalg.solve(matrix, np.eye(9)[0])
        assert ladder.displacements(ratio, 10) == pytest.approx(
            [1.0, *inner, 0.0], rel=1e-8, abs=1e-14
        )


# --- V6, V7: force densities ----------------------------------------------------------------


class ForceDensity:
    """Tension proportional to length, T = q l: a cable without slack length, as a user's law."""

    slack_length = 0.0

    def __init__(self, q):
        self.q = q

    def energy(self, length):
        return 0.5 * self.q * length**2

    def tension(self, length):
        return self.q * length

    def tangent(self, length):
        return self.q

    def reference_stiffness(self):
        return self.q


def square_grid(n, height):
    """(n + 1)^2 nodes on [-1, 1]^2, rim fixed on height(x, y), inside flat at zero."""
    x, y = (a.ravel() for a in np.meshgrid(*2 * [np.linspace(-1, 1, n + 1)], indexing="ij"))
    index = np.arange((n + 1) ** 2).reshape(n + 1, n + 1)
    along_x = np.c_[index[:-1].ravel(), index[1:].ravel()]
    along_y = np.c_[index[:, :-1].ravel(), index[:, 1:].ravel()]
    edges = np.vstack([along_x, along_y])
    rim = np.maximum(np.abs(x), np.abs(y)) > 1.0 - 1e-9
    surface = np.c_[x, y, height(x, y)]
    return surface, edges, rim


SADDLES = {"c x y": lambda x, y: 0.7 * x * y, "c (x2 - y2)": lambda x, y: 0.4 * (x**2 - y**2)}


@pytest.mark.parametrize("name", SADDLES)
def test_net_of_uniform_force_density_lies_on_its_saddle(name):
    """V6: a discrete harmonic function is the same on the rim and inside, to rounding."""
    surface, edges, rim = square_grid(10, SADDLES[name])
    start = np.where(rim[:, None], surface, 0.0)
    form = force_density(Net(position=start, edges=edges, fixed=rim), 1.0)
    assert form.net.position == pytest.approx(surface, abs=5e-15)
    assert form.residual < 1e-14
    assert form.reaction.sum(axis=0) == pytest.approx(0.0, abs=1e-13)


@pytest.mark.parametrize("name", SADDLES)
def test_solver_finds_the_saddle_too(name):
    """V6 through Newton, with a law of the user's own."""
    surface, edges, rim = square_grid(6, SADDLES[name])
    flat = surface * [1.0, 1.0, 0.0]
    nodes = [
        Node(name=f"n{i}", position=tuple(surface[i] if rim[i] else flat[i]),
             hold="fixed" if rim[i] else "free")
        for i in range(len(rim))
    ]  # fmt: skip
    law = ForceDensity(1.0)
    inside = [e for e in edges if not (rim[e[0]] and rim[e[1]])]
    strands = [
        Strand(name=f"s{k}", start=f"n{i}", end=f"n{j}", law=law) for k, (i, j) in enumerate(inside)
    ]
    found = solve(TensionNetwork(nodes=tuple(nodes), strands=tuple(strands)))
    assert found.position == pytest.approx(surface, abs=1e-10)
    assert found.iterations <= 2  # the energy is quadratic


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(*3 * [st.floats(-1.0, 1.0)], st.floats(0.1, 10.0)), min_size=1, max_size=8)
)
def test_one_free_node_is_the_weighted_mean_of_its_anchors(anchors):
    """V7: x = sum q_i x_i / sum q_i."""
    table = np.array(anchors)
    n = len(table)
    net = Net(
        position=np.vstack([table[:, :3], [[5.0, 5.0, 5.0]]]),
        edges=[(i, n) for i in range(n)],
        fixed=[True] * n + [False],
    )
    mean = table[:, 3] @ table[:, :3] / table[:, 3].sum()
    assert force_density(net, table[:, 3]).net.position[n] == pytest.approx(mean, abs=1e-13)


def test_solver_finds_the_weighted_mean():
    """V7 through Newton."""
    rng = np.random.default_rng(7)
    anchors, q = rng.normal(size=(5, 3)), rng.uniform(1.0, 9.0, 5)
    nodes = [Node(name=f"a{i}", position=tuple(x)) for i, x in enumerate(anchors)]
    strands = [
        Strand(name=f"s{i}", start=f"a{i}", end="middle", law=ForceDensity(q[i])) for i in range(5)
    ]
    middle = Node(name="middle", position=(3.0, -2.0, 4.0), hold="free")
    found = solve(TensionNetwork(nodes=(*nodes, middle), strands=tuple(strands)))
    assert found.position_of("middle") == pytest.approx(q @ anchors / q.sum(), abs=1e-11)


# --- V8, V9: catenaries ----------------------------------------------------------------------

LENGTH, WEIGHT, SPAN = 100.0, 10.0, 80.0


def hanging_cable(net, elements, stiffness, start=None):
    """Horizontal force, largest tension and sag of a cable with its weight lumped at nodes."""
    s = np.linspace(0.0, 1.0, elements + 1)
    position = np.c_[SPAN * s, -4.0 * 27.0 * s * (1.0 - s), 0.0 * s] if start is None else start
    lump = WEIGHT * LENGTH / elements
    forces = np.zeros_like(position)
    forces[1:-1, 1] = -lump
    ends = np.arange(elements + 1) % elements == 0
    edges = np.c_[np.arange(elements), np.arange(1, elements + 1)]
    flat = net(
        position, edges, ends, slack=LENGTH / elements, stiffness=stiffness, loads=forces,
        named=False,
    )  # fmt: skip
    found = solve(flat)
    pull = found.tension[0] * (found.position[1] - found.position[0]) / found.length[0]
    support = np.hypot(pull[0], pull[1] - 0.5 * lump)  # half an element hangs on the support
    return np.array([pull[0], support, -found.position[:, 1].min()])


def extrapolate(values, ratio):
    """Richardson's limit of values whose error falls by ratio, ratio^2, ... per step."""
    values = list(values)
    for order in range(1, len(values)):
        factor = ratio**order
        values = [(factor * b - a) / (factor - 1.0) for a, b in pairwise(values)]
    return values[0]


def catenary(stiffness):
    """Closed form (Irvine 1981): the unstretched arc carries the weight."""
    half = 0.5 * WEIGHT * LENGTH

    def short_of(h):
        return h * LENGTH / stiffness + 2.0 * h / WEIGHT * math.asinh(half / h) - SPAN

    h = brentq(short_of, 1.0, 1e4, xtol=1e-12, rtol=1e-15)
    sag = half * LENGTH / (4.0 * stiffness) + (math.hypot(h, half) - h) / WEIGHT
    return np.array([h, math.hypot(h, half), sag])


ELASTIC = [333.548086, 601.044363, 26.874628]
INEXTENSIBLE = [338.201879, 26.543751]


def test_closed_form_of_the_catenary_gives_the_digits():
    assert catenary(1e5) == pytest.approx(ELASTIC, abs=6e-7)
    assert catenary(math.inf)[[0, 2]] == pytest.approx(INEXTENSIBLE, abs=6e-7)


def test_elastic_catenary_by_refinement(net):
    """V8: second order in the element length, and its limit has the digits."""
    values = [hanging_cable(net, n, 1e5) for n in (16, 32, 64, 128)]
    error = np.abs(np.array(values) - catenary(1e5))
    assert np.log2(error[1:] / error[:-1]) == pytest.approx(-2.0, abs=0.1)
    assert extrapolate(values, 4.0) == pytest.approx(ELASTIC, abs=1e-6)


def test_inextensible_catenary_by_refinement(net):
    """V9: limit in the element length, then in the compliance 1/EA."""
    limits = [
        extrapolate([hanging_cable(net, n, ea) for n in (16, 32, 64, 128)], 4.0)
        for ea in (1e6, 2e6, 4e6, 8e6)
    ]
    assert extrapolate(limits, 2.0)[[0, 2]] == pytest.approx(INEXTENSIBLE, abs=2e-6)


def test_catenary_from_a_slack_line(net):
    """A start without any stiffness: straight, every element slack, all load unsupported."""
    s = np.linspace(0.0, 1.0, 33)
    straight = np.c_[SPAN * s, 0.0 * s, 0.0 * s]
    assert hanging_cable(net, 32, 1e5, start=straight) == pytest.approx(
        hanging_cable(net, 32, 1e5), rel=1e-7
    )


# --- V10: three-strut prism ------------------------------------------------------------------


def prism(twist_deg):
    """Struts i - top i, uprights i - top i+1, then the two triangles."""
    low = np.radians([0.0, 120.0, 240.0])
    high = low + np.radians(twist_deg)
    position = np.vstack(
        [np.c_[np.cos(low), np.sin(low), 0 * low], np.c_[np.cos(high), np.sin(high), 0 * high + 1]]
    )
    ring = [(i, (i + 1) % 3) for i in range(3)]
    edges = [
        *((i, 3 + i) for i in range(3)),
        *((i, 3 + j) for i, j in ring),
        *ring,
        *((3 + i, 3 + j) for i, j in ring),
    ]
    return Net(position=position, edges=edges, fixed=np.zeros(6, bool))


def test_prism_is_prestressable_at_two_twists_only():
    """V10: null space of the equilibrium matrix over a scan in steps of 30 degrees."""
    states = {t: self_stress(prism(t)).states for t in range(-180, 180, 30)}
    assert {t for t, n in states.items() if n} == {30, -150}
    assert max(states.values()) == 1


@pytest.mark.parametrize(("twist", "sign"), [(30.0, -1.0), (-150.0, 1.0)])
def test_self_stress_of_the_prism(twist, sign):
    """V10: all cables pull only at -150 degrees in this labelling."""
    stress = self_stress(prism(twist))
    assert stress.rank == 11
    assert stress.mechanisms == 6 + 1
    assert stress.gap < 1e-14
    q = stress.scaled(edge=0, value=-1.0)
    assert q[:3] == pytest.approx(-1.0, abs=1e-12)
    assert q[3:6] == pytest.approx(1.0, abs=1e-12)
    assert q[6:] == pytest.approx(sign * 0.577350, abs=6e-7)
    assert q[6:] == pytest.approx(sign / math.sqrt(3.0), abs=1e-12)


# --- V14: relaxation -------------------------------------------------------------------------


def test_relaxation_of_a_held_step():
    """V14: 0.750 of the tension is left at 30 s, 0.670 at 90 s."""
    series = hamstring_group()
    assert round(series.relaxation(30.0), 3) == 0.750
    assert round(series.relaxation(90.0), 3) == 0.670


def test_relaxation_of_a_strand_of_the_network():
    """V14 on a solved tension: drawn at once, then held; and drawn slowly, in closed form."""
    found = solve(chain_on_bone(3).with_tie_ratio(0.1))
    step = found.tension[-1]
    time = np.array([0.0, 1.0, 30.0, 90.0])
    history = hamstring_group().convolve(time, np.full(4, step))
    assert history[[0, 2, 3]] / step == pytest.approx([1.0, 0.750, 0.670], abs=5e-4)
    ramp = np.linspace(0.0, 100.0, 201)
    slow = hamstring_group().convolve(ramp, step * np.minimum(ramp / 10.0, 1.0))
    closed = hamstring_group().ramp_then_hold(ramp, rate=step / 10.0, ramp_time=10.0)
    assert slow == pytest.approx(closed, rel=1e-12)
