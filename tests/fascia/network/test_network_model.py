"""Invalid networks raise errors; a change returns a new network."""

import math
from dataclasses import replace

import pytest

from fascia.errors import NetworkError, UnknownStrandError
from fascia.network import Line, Node, Strand, TensionNetwork
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.tissue import Cable, Collagen

X = ((1.0, 0.0, 0.0),)


def cable(**changes):
    return Cable(**({"slack_length": 0.1, "stiffness": 10.0} | changes))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"position": (math.nan, 0.0, 0.0)}, "three finite numbers"),
        ({"position": (0.0, 1.0)}, "three finite numbers"),
        ({"hold": "glued"}, "fixed, guide, plane, contact, free"),
        ({"hold": "guide"}, "Expected 1 slip directions"),
        ({"hold": "plane", "directions": ((1, 0, 0), (1, 1, 0))}, "orthonormal"),
        ({"hold": "guide", "directions": ((2.0, 0.0, 0.0),)}, "orthonormal"),
        ({"tie": -1.0}, "at least 0"),
        ({"tie": math.nan}, "at least 0"),
        ({"adhesion": math.inf}, "finite"),
        ({"name": ""}, "give it a name"),
        ({"side": "port"}, "right"),
    ],
)
def test_an_invalid_node_is_an_error(change, words):
    with pytest.raises(NetworkError, match=words):
        Node(**({"name": "a"} | change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": "a"}, "to join two nodes"),
        ({"start_share": 1.5}, "0 .clamped to bone. to 1"),
        ({"end_share": math.nan}, "0 .clamped to bone. to 1"),
        ({"via": (("ground", (0.0, math.inf, 0.0)),)}, "three finite numbers"),
        ({"kind": "rope"}, "fascia"),
        ({"law": 3.0}, "energy, tension and tangent"),
        ({"start_rule": "phi"}, "minor_share"),
    ],
)
def test_an_invalid_strand_is_an_error(change, words):
    with pytest.raises(NetworkError, match=words):
        Strand(**({"name": "s", "start": "a", "end": "b", "law": cable()} | change))


@pytest.mark.parametrize("stiffness", [-1.0, 0.0, math.nan])
def test_negative_stiffness_is_refused_by_the_law(stiffness):
    with pytest.raises(ParameterError, match="stiffness"):
        cable(stiffness=stiffness)


def test_an_inconsistent_network_is_an_error(small):
    a, b = small.nodes[:2]
    with pytest.raises(UnknownStrandError, match="close: 'n1'"):
        TensionNetwork(nodes=(a, b), strands=(replace(small.strands[0], end="n11"),))
    with pytest.raises(NetworkError, match="occur twice"):
        replace(small, nodes=(*small.nodes, a))
    with pytest.raises(NetworkError, match="zero length"):
        small.replaced(replace(b, position=a.position))
    with pytest.raises(NetworkError, match="body 'pelvis'"):
        small.replaced(replace(b, body="pelvis"))


def test_a_share_needs_the_nodes_own_body(standard):
    strand = standard.strand("bflh_r")
    moved = replace(strand, start_point=("femur_r", (0.0, -0.1, 0.0)))
    with pytest.raises(NetworkError, match="with which it slips, got 'femur_r'"):
        standard.replaced(moved)
    standard.replaced(replace(moved, start_share=0.0))


@pytest.mark.parametrize(
    "ask",
    [
        lambda n: n.cut("sacrotubrous_r"),
        lambda n: n.strand("sacrotubrous_r"),
        lambda n: n.with_law("sacrotubrous_r", cable()),
        lambda n: n.renamed("sacrotubrous_r", "x"),
        lambda n: n.with_standing_tension({"sacrotubrous_r": 3.0}),
    ],
)
def test_a_misspelt_strand_is_an_error_that_offers_the_nearest(standard, ask):
    with pytest.raises(UnknownStrandError, match="sacrotuberous_r") as caught:
        ask(standard)
    assert isinstance(caught.value, UnknownNameError)


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda n: n.strands_of(region="sub_occipital"), "suboccipital"),
        (lambda n: n.strands_of(line="SBLL"), "SBL"),
        (lambda n: n.with_resting_tension({"plantr": 3.0}), "plantar"),
        (lambda n: n.without_line("SLB"), "SBL"),
        (lambda n: n.node("ischial_tub"), "ischial_tub_r"),
        (lambda n: n.with_tie("ischial_tubr", 3.0), "ischial_tub_r"),
        (lambda n: n.cut("galea_lamda"), "galea_lambda"),
        (lambda n: n.route("SBX"), "SBL"),
    ],
)
def test_a_misspelt_region_line_or_node_too(standard, ask, near):
    with pytest.raises(UnknownStrandError, match=near):
        ask(standard)


def test_changing_gives_a_new_network_and_leaves_the_old(standard):
    before = (standard.nodes, standard.strands)
    changed = [
        standard.cut("galea_*"),
        standard.with_tie_ratio(2.0),
        standard.with_resting_tension(20.0),
        standard.with_share(0.6),
        standard.without_line("SPL"),
        standard.with_law(
            "sacrotuberous_r", Collagen(slack_length=0.09, stiffness=1e4, transition_strain=0.03)
        ),
        standard.renamed("sacrotuberous_r", "ligament"),
        standard.removed("brow"),
        standard.with_tie("ischial_tub_r", 3.0),
        standard.activated("rhomboids_*"),
        standard.with_adhesion(0.0),
    ]
    assert (standard.nodes, standard.strands) == before
    for network in changed:
        assert (network.nodes, network.strands) != before
        assert network.body is standard.body


def test_cut_takes_names_and_patterns(standard):
    cut = standard.cut("galea_*", "sacrotuberous_l")
    gone = {s.name for s in standard.strands} - {s.name for s in cut.strands}
    assert gone == set(standard.select("galea_*")) | {"sacrotuberous_l"}
    assert len(standard.select("galea_*")) == 6
    assert cut.ties() == standard.ties()


def test_renaming_follows_into_strands_and_ties(small):
    network = small.with_tie_ratio(0.5).renamed("n1", "middle")
    assert [s.name for s in network.strands_at("middle")] == ["s0", "s1"]
    assert network.with_tie_ratio(0.5).ties()["middle"] == small.with_tie_ratio(0.5).ties()["n1"]
    with pytest.raises(NetworkError, match="is taken"):
        small.renamed("n1", "n2")


def test_lines_share_strands_and_leave_them_behind(standard):
    shared = standard.strands_of(line="SPL")
    without = standard.without_line("SPL")
    kept = {s.name for s in without.strands}
    assert "sacrotuberous_r" in kept and "internal_oblique_r" not in kept
    assert not any("SPL" in s.lines for s in without.strands)
    assert all((n in kept) == (standard.strand(n).lines != ("SPL",)) for n in shared)


def test_a_custom_line_joins_new_and_old_strands(small):
    node = Node(name="beside", position=(0.1, 0.1, 0.0))
    strand = Strand(name="across", start="n1", end="beside", law=cable(), regions=("mine",))
    line = Line(id="MINE", name="a line of my own")
    network = small.with_line(line, node, strand, joining=["s0"])
    assert network.strands_of(line="MINE") == ("s0", "across")
    assert network.lines["MINE"].name == "a line of my own"
    assert network.regions()["mine"] == ("across",)
    with pytest.raises(NetworkError, match="exists"):
        network.with_line(line)


def test_a_custom_line_is_routed_strand_by_strand(small):
    """Like a packaged line: in order, what is cut is left out, a misspelt name offers it."""
    near = Node(name="beside_r", position=(0.1, 0.1, 0.0), side="right")
    right = Strand(name="across_r", start="n1", end="beside_r", law=cable(), side="right")
    network = small.with_line(Line(id="MINE"), near, right, joining=["s0"])
    found = network.route("MINE")
    assert [(s.order, s.start, s.end, s.strands) for s in found] == [
        (1, "n0", "n1", ("s0",)),
        (2, "n1", "beside", ("across_r",)),
    ]
    assert [s.strands for s in network.route("MINE", "left")] == [("s0",)]
    assert [s.strands for s in network.cut("s0").route("MINE")] == [("across_r",)]
    with pytest.raises(UnknownStrandError, match="name of a line .*got 'MINES'; close: 'MINE'"):
        network.route("MINES")


def test_a_strand_added_to_a_packaged_line_is_in_its_route(standard):
    node = Node(name="nail", body="skull", position=(0.0, 0.2, 0.0))
    longer = standard.added(
        node, Strand(name="tape", start="brow", end="nail", law=cable(), lines=("SBL",))
    )
    packaged, route = standard.route("SBL"), longer.route("SBL")
    assert route[:-1] == packaged
    assert route[-1].strands == ("tape",) and route[-1].order == len(packaged) + 1


@pytest.mark.parametrize("line", ["SBL", "SPL", "LAS", "MINE"])
def test_every_line_is_accepted_where_a_region_is(standard, line):
    network = standard.with_line(Line(id="MINE"), joining=["galea_*"])
    assert network.strands_of(region=line) == network.strands_of(line=line)
    tense = network.with_resting_tension({line: 7.0})
    settable = {
        s.name
        for s in (network.strand(name) for name in network.strands_of(line=line))
        if isinstance(s.law, Collagen) and "preload" not in s.parameters
    }
    changed = {a.name for a, b in zip(tense.strands, network.strands, strict=True) if a != b}
    assert changed == settable


def test_a_region_inside_goes_before_the_line_a_strand_lies_in(small):
    network = small.with_resting_tension({"chain": 7.0, "near": 3.0})
    tension = {r["name"]: r["standing_tension_N"] for r in network.table()}
    assert tension == pytest.approx({"s0": 3.0, "s1": 7.0, "s2": 7.0})


def test_a_line_and_a_region_of_one_name_are_refused(small):
    with pytest.raises(NetworkError, match="got 'near' as a line and a region; rename one"):
        small.with_line(Line(id="near"), joining=["s1"])
    with pytest.raises(NetworkError, match="got 'chain' as a line and a region"):
        small.replaced(replace(small.strand("s0"), regions=("chain",)))


@pytest.mark.parametrize(
    "ask",
    [
        lambda n: n.with_tie_ratio("0.1"),
        lambda n: n.with_tie("ischial_tub_r", None),
        lambda n: n.with_adhesion(True),
        lambda n: n.with_resting_tension({"neck": "5"}),
        lambda n: n.with_standing_tension({"sacrotuberous_r": "5"}),
        lambda n: n.with_share([0.3]),
    ],
)
def test_text_where_a_number_belongs_is_refused(standard, ask):
    with pytest.raises(NetworkError, match="Expected a number for the .*, got "):
        ask(standard)


def test_regions_hold_those_inside_them(small):
    regions = small.regions()
    assert regions["near"] == ("s0",)
    assert regions["far"] == ("s1", "s2")
    assert regions["all"] == ("s0", "s1", "s2")
    assert small.strands_of(region="all", line="chain", side="midline") == ("s0", "s1", "s2")


def test_components_and_the_error_where_connection_matters(small):
    assert small.connected_components() == (frozenset({"n0", "n1", "n2", "n3"}),)
    apart = small.cut("s1")
    assert set(apart.connected_components()) == {frozenset({"n0", "n1"}), frozenset({"n2", "n3"})}
    assert len(apart.connected_components(through_bone=True)) == 1
    apart.require_connected("n0", "n1")
    with pytest.raises(NetworkError, match="2 pieces"):
        apart.require_connected("n0", "n3")
    off = small.activated("s1", active=False)
    assert len(off.connected_components()) == 2
    assert len(off.connected_components(active=False)) == 1


def test_lengths_on_the_ground(small):
    assert small.standing_length("s1") == pytest.approx(0.1)
    bent = small.replaced(replace(small.strand("s1"), via=(("ground", (0.15, 0.05, 0.0)),)))
    assert bent.standing_length("s1") == pytest.approx(2.0 * math.hypot(0.05, 0.05))


def test_a_user_law_is_any_object_that_keeps_the_members(chain):
    class Spring:
        slack_length = 0.1

        def energy(self, length):
            return 0.5 * 100.0 * max(length - 0.1, 0.0) ** 2

        def tension(self, length):
            return 100.0 * max(length - 0.1, 0.0)

        def tangent(self, length):
            return 100.0 if length > 0.1 else 0.0

        def reference_stiffness(self):
            return 100.0

    network = chain([100.0, 100.0]).with_law("s0", Spring())
    assert network.with_tie_ratio(1.0).ties()["n1"] == pytest.approx(0.1)
    with pytest.raises(NetworkError, match="slack length follows"):
        network.with_standing_tension({"s0": 1.0})
