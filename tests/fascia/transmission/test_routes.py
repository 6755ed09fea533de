"""Routes and cuts of the chain against brute force on small random nets and known anatomy."""

import math
from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from fascia.errors import ReleaseError
from fascia.network import Node, Strand, TensionNetwork, whole_body
from fascia.transmission import load_paths, minimum_cut
from fascia.transmission.routes import mobile_nodes, tension_graph
from panjabi.tissue import Cable

LAW = Cable(slack_length=0.1, stiffness=100.0)


@st.composite
def nets(draw):
    """A few free and fixed nodes, strands at random, the first and last two are the ends."""
    count = draw(st.integers(4, 7))
    held = draw(st.lists(st.sampled_from(["free", "free", "free", "fixed", "clamped"]),
                         min_size=count, max_size=count))  # fmt: skip
    nodes = tuple(
        Node(
            name=f"n{i}",
            position=(float(i), float(i * i % 5), 0.0),
            hold="fixed" if hold == "fixed" else "free",
            tie=math.inf if hold == "clamped" else 0.0,
        )
        for i, hold in enumerate(held)
    )
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
        lambda p: p[0] != p[1]
    )
    edges = draw(st.lists(pairs, min_size=4, max_size=10))
    shares = draw(st.lists(st.sampled_from([0.0, 0.3, 1.0, 1.0]), min_size=10, max_size=10))
    active = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=10, max_size=10))
    strands = tuple(
        Strand(
            name=f"s{k}", start=f"n{a}", end=f"n{b}", law=LAW, start_share=shares[k],
            active=active[k],
        )
        for k, (a, b) in enumerate(edges)
    )  # fmt: skip
    return TensionNetwork(nodes=nodes, strands=strands)


def conducts(network, region, target):
    """Whether pulling a region strand can reach a target strand: breadth first, no graph library.

    Two strands touch where both move with one node that can move.
    """
    mobile = {n.name for n in network.nodes if n.hold != "fixed" and math.isfinite(n.tie)}

    def moving_ends(s):
        return {n for n, _, share in s.ends if share > 0.0 and n in mobile}

    live = {s.name: moving_ends(s) for s in network.strands if s.active}
    reached, todo = set(), [name for name in region if name in live]
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        todo += [other for other, ends in live.items() if ends & live[name]]
    return bool(reached & set(target))


@settings(max_examples=300)
@given(network=nets(), data=st.data())
def test_minimum_cut_parts_region_and_target_and_nothing_smaller_does(network, data):
    names = [s.name for s in network.strands]
    region = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    target = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    assume(not region & target)
    between = [n for n in names if n not in region | target]
    if conducts(network.cut(*between) if between else network, region, target):
        with pytest.raises(ReleaseError, match="Expected strands between the region and the hams"):
            minimum_cut(network, region, target)
        return
    cut = minimum_cut(network, region, target)
    assert set(cut) <= set(between)
    parted = network.cut(*cut) if cut else network
    assert not conducts(parted, region, target)
    assert load_paths(parted, region, target) == ()
    for smaller in combinations(between, len(cut) - 1) if cut else ():
        assert conducts(network.cut(*smaller) if smaller else network, region, target)


@settings(max_examples=200)
@given(network=nets(), data=st.data())
def test_routes_are_chains_of_different_strands(network, data):
    names = [s.name for s in network.strands]
    region = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    target = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    assume(not region & target)
    routes = load_paths(network, region, target, count=4)
    assert bool(routes) == conducts(network, region, target)
    used = [name for route in routes for name in route.strands]
    assert len(used) == len(set(used))
    mobile = mobile_nodes(network)
    for route in routes:
        assert set(route.nodes) <= mobile
        assert len(route.nodes) == len(route.strands) + 1
        for (a, b), name in zip(
            zip(route.nodes, route.nodes[1:], strict=False), route.strands, strict=True
        ):
            strand = network.strand(name)
            assert strand.active
            assert {a, b} == {strand.start, strand.end}
        assert str(route) == " - ".join(route.nodes)
    lengths = [len(route.strands) for route in routes]
    assert lengths == sorted(lengths)  # the shortest first


def test_number_of_cuts_is_the_number_of_strands_that_can_share_the_load():
    """Menger: three ways between the ends need three cuts."""
    nodes = [Node(name=f"n{i}", position=(i, i * i, 0), hold="free") for i in range(8)]
    nodes += [Node(name="a", position=(9, 0, 0)), Node(name="b", position=(9, 9, 0))]
    pairs = [("a", "n0"), ("n7", "b")]
    for middle in (1, 2, 3):
        pairs += [("n0", f"n{middle}"), (f"n{middle}", "n7")]
    strands = [Strand(name=f"{x}-{y}", start=x, end=y, law=LAW) for x, y in pairs]
    network = TensionNetwork(nodes=tuple(nodes), strands=tuple(strands))
    cut = minimum_cut(network, ["a-n0"], ["n7-b"])
    graph = tension_graph(network)
    assert len(cut) == nx.edge_connectivity(nx.Graph(graph), "n0", "n7") == 3
    assert len(load_paths(network, ["a-n0"], ["n7-b"], count=9)) == 3
    assert len(load_paths(network, ["a-n0"], ["n7-b"], count=2)) == 2


# --- on the body ---------------------------------------------------------------------------


def test_scalp_reaches_the_hamstrings_down_the_back(network):
    """Every station of the back line lies on a way from the brow to the ischium."""
    scalp = network.strands_of(region="scalp")
    heads = network.strands_of(region="hamstrings", side="right", kind="muscle")
    routes = load_paths(network, scalp, heads)
    assert routes
    assert "sacrotuberous_r" in {name for route in routes for name in route.strands}
    assert all("nerve" not in node for route in routes for node in route.nodes)


@pytest.mark.parametrize("region", ["scalp", "suboccipital", "neck", "upper_back"])
@pytest.mark.parametrize("side", ["right", "left"])
def test_cutting_the_minimum_parts_a_region_from_the_hamstrings(network, region, side):
    strands = network.strands_of(region=region)
    heads = network.strands_of(region="hamstrings", side=side, kind="muscle")
    cut = minimum_cut(network, strands, heads)
    assert cut
    assert not conducts(network.cut(*cut), strands, heads)
    for name in cut:  # none of them is idle
        rest = [other for other in cut if other != name]
        assert conducts(network.cut(*rest) if rest else network, strands, heads)


def test_clamped_ties_leave_no_route(network):
    clamped = network.with_tie_ratio(math.inf)
    heads = clamped.strands_of(region="hamstrings", kind="muscle")
    assert load_paths(clamped, clamped.strands_of(region="neck"), heads) == ()
    assert minimum_cut(clamped, clamped.strands_of(region="neck"), heads) == ()


def test_no_fraction_at_the_ischium_leaves_no_route_through_it(network):
    """With phi = 0 the hamstrings pull on bone alone at their origin."""
    apart = network.with_share(0.0, minor=0.0)
    heads = apart.strands_of(region="hamstrings", side="right", kind="muscle")
    assert load_paths(apart, apart.strands_of(region="scalp"), heads) == ()


def test_touching_region_cannot_be_parted(network):
    heads = network.strands_of(region="hamstrings", side="right", kind="muscle")
    with pytest.raises(ReleaseError, match="touches the hamstrings at ischial_tub_r"):
        minimum_cut(network, ["sacrotuberous_r"], heads)


def test_nerve_is_a_route_of_its_own(network):
    """The nerve path shares no node with the lines."""
    nerve = network.strands_of(kind="nerve", active=True)
    heads = network.strands_of(region="hamstrings", kind="muscle")
    assert load_paths(network, nerve, heads) == ()
    graph = tension_graph(network)
    ends = {n for name in nerve for n in (network.strand(name).start, network.strand(name).end)}
    for piece in nx.connected_components(graph):
        assert not (piece & ends) or piece <= ends


def test_positions_do_not_matter_to_routes(network):
    """Routes are topology: a network with every law replaced has the same ones."""
    rng = np.random.default_rng(0)
    other = replace(
        network,
        strands=tuple(
            replace(s, law=Cable(slack_length=1.0, stiffness=float(rng.uniform(1.0, 9.0))))
            for s in network.strands
        ),
    )
    scalp = network.strands_of(region="scalp")
    heads = network.strands_of(region="hamstrings", kind="muscle")
    assert load_paths(other, scalp, heads) == load_paths(network, scalp, heads)


def test_sole_and_calf_reach_the_hamstrings_only_through_a_minor_share(network):
    """S3 leaves all force at knee and heel on bone; a share there opens the routes from below."""
    heads = network.strands_of(region="hamstrings", side="right", kind="muscle")
    assert load_paths(network, network.strands_of(region="plantar"), heads) == ()
    opened = whole_body(minor_share=0.05)
    assert load_paths(opened, opened.strands_of(region="plantar"), heads)
