"""Files and graphs give the same network back; damaged ones are refused, nothing half written."""

import json
import math
from dataclasses import dataclass

import networkx
import pytest
from hypothesis import given, settings, strategies as st

from fascia.errors import LawError, NetworkError
from fascia.network import (
    Node,
    Strand,
    TensionNetwork,
    from_networkx,
    load,
    save,
    to_networkx,
    whole_body,
)
from fascia.network.convert import from_dict, to_dict
from panjabi.body import standard_adult
from panjabi.body.scaling import scaled_body
from panjabi.errors import DataFileError, SchemaError
from panjabi.tissue import Cable, Collagen, NervePath

FINITE = st.floats(-10.0, 10.0)
POSITIVE = st.floats(1e-3, 1e6)
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8)
POINT = st.tuples(FINITE, FINITE, FINITE)
AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@st.composite
def networks(draw):
    """Any network on the ground: every hold, every collagen-like law, odd names and numbers."""
    count = draw(st.integers(2, 5))
    nodes = []
    for i in range(count):
        hold = draw(st.sampled_from(["fixed", "guide", "plane", "contact", "free"]))
        slips = {"fixed": 0, "guide": 1, "plane": 2, "contact": 3, "free": 3}[hold]
        x, y, z = draw(POINT)
        nodes.append(
            Node(
                name=f"{draw(TEXT)}{i}",
                position=(x + 30.0 * i, y, z),
                hold=hold,
                directions=AXES[:slips],
                tie=draw(st.one_of(st.just(math.inf), st.floats(0.0, 1e9))),
                adhesion=draw(st.floats(0.0, 1e3)),
                tie_by_ratio=draw(st.booleans()),
                lines=tuple(draw(st.lists(TEXT, max_size=2))),
            )
        )
    strands = []
    for i in range(draw(st.integers(0, 6))):
        a, b = draw(st.permutations(range(count)))[:2]
        slack, stiffness, toe = draw(POSITIVE), draw(POSITIVE), draw(st.floats(1e-3, 0.5))
        law = draw(st.sampled_from([Cable, Collagen, NervePath]))
        values = {"slack_length": slack, "stiffness": stiffness}
        if law is not Cable:
            values["transition_strain"] = toe
        strands.append(
            Strand(
                name=f"{draw(TEXT)}s{i}",
                start=nodes[a].name,
                end=nodes[b].name,
                law=law(**values),
                via=(("ground", draw(POINT)),),
                start_point=draw(st.none() | POINT.map(lambda p: ("ground", p))),
                start_share=draw(st.floats(0.0, 1.0)),
                end_rule=draw(st.sampled_from(["", "share"])),
                tissue=draw(TEXT),
                active=draw(st.booleans()),
                regions=tuple(draw(st.lists(TEXT, max_size=2))),
            )
        )
    return TensionNetwork(
        nodes=tuple(nodes),
        strands=tuple(strands),
        name=draw(TEXT),
        tie_ratio=draw(st.none() | st.just(math.inf) | st.floats(0.0, 10.0)),
        share=draw(st.none() | st.floats(0.0, 1.0)),
    )


def same(a, b):
    return (
        a.nodes == b.nodes
        and a.strands == b.strands
        and a.body is b.body
        and to_dict(a) == to_dict(b)
    )


@settings(max_examples=40, deadline=None)
@given(networks())
def test_any_network_comes_back_exactly_from_json_and_networkx(network):
    text = json.dumps(to_dict(network), allow_nan=False)
    assert same(from_dict(json.loads(text)), network)
    assert same(from_networkx(to_networkx(network)), network)


@settings(max_examples=12, deadline=None)
@given(network=networks(), ending=st.sampled_from([".json", ".graphml"]))
def test_any_network_comes_back_exactly_from_a_file(network, ending, tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / f"net{ending}"
    assert same(load(save(network, path)), network)


@pytest.mark.parametrize("ending", [".json", ".graphml"])
def test_the_whole_body_comes_back_exactly(standard, tmp_path, ending):
    network = standard.with_tie("ischial_tub_r", math.inf).cut("galea_brow")
    back = load(save(network, tmp_path / f"body{ending}"))
    assert same(back, network)
    assert back.lengths() == network.lengths()
    assert back.with_tie_ratio(1.0).ties() == network.with_tie_ratio(1.0).ties()


def test_a_graph_made_by_hand_becomes_a_network():
    graph = networkx.Graph()
    graph.add_node("a")
    graph.add_node("b", position=(0.1, 0.0, 0.0))
    graph.add_edge("a", "b", law={"name": "cable", "slack_length": 0.1, "stiffness": 50.0})
    network = from_networkx(graph)
    assert [s.name for s in network.strands] == ["a-b"]
    assert network.node("a").hold == "fixed"
    assert network.strand("a-b").law == Cable(slack_length=0.1, stiffness=50.0)


def test_networkx_sees_the_whole_body(standard):
    graph = to_networkx(standard)
    assert graph.number_of_nodes() == len(standard.nodes)
    assert graph.number_of_edges() == len(standard.strands)
    assert graph["ischial_tub_r"]["sacrum_low_r"]["sacrotuberous_r"]["kind"] == "ligament"
    pieces = sorted(map(len, networkx.connected_components(graph)))
    assert pieces == sorted(map(len, standard.connected_components(active=False)))


def test_another_body_must_be_given_again(tmp_path):
    body = scaled_body(standard_adult(), stature=1.6)
    network = whole_body(body, lines=["SBL"])
    path = save(network, tmp_path / "small.json")
    with pytest.raises(DataFileError, match="pass it as body="):
        load(path)
    assert load(path, body=body).lengths() == network.lengths()


@pytest.mark.parametrize("ending", [".json", ".graphml"])
@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused_and_named(small, tmp_path, ending, part):
    path = save(small, tmp_path / f"net{ending}")
    text = path.read_text()
    path.write_text(text[: int(part * len(text.rstrip()))])
    with pytest.raises(DataFileError, match=f"net{ending}"):
        load(path)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d | {"schema": "fascia-network/2"}, SchemaError, "newer"),
        (lambda d: d | {"schema": "skeleton/1"}, SchemaError, "Expected the schema"),
        (lambda d: {k: v for k, v in d.items() if k != "nodes"}, DataFileError, "nodes"),
        (lambda d: d | {"strands": [{"name": "s"}]}, DataFileError, "Expected a law like"),
        (lambda d: d | {"nodes": [{"name": "a", "holt": "free"}]}, DataFileError, "'hold'"),
        (
            lambda d: d | {"nodes": [{"name": "a", "tie": -3.0}], "strands": []},
            DataFileError,
            "at least 0",
        ),
        (lambda d: d["strands"][0]["law"].update(name="cabel") or d, DataFileError, "cable"),
        (lambda d: d["strands"][0]["law"].update(stiffness=-1.0) or d, DataFileError, "stiffness"),
        (
            lambda d: d["strands"][0].update(end="n9") or d,
            DataFileError,
            "to end at a node of the network, got 'n9'",
        ),
        (lambda d: [d], SchemaError, "Expected the schema .*got None"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(small, tmp_path, change, error, words):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(change(to_dict(small))))
    with pytest.raises(error, match=words) as caught:
        load(path)
    assert "net.json" in str(caught.value)


def test_other_endings_and_places_are_refused(small, tmp_path):
    with pytest.raises(DataFileError, match=r"\.json, \.graphml"):
        save(small, tmp_path / "net.yaml")
    with pytest.raises(DataFileError, match="folder"):
        save(small, tmp_path / "nowhere" / "net.json")
    with pytest.raises(DataFileError, match="Expected a network file that can be read"):
        load(tmp_path / "none.json")


def test_nothing_is_written_half(small, tmp_path, monkeypatch):
    path = save(small, tmp_path / "net.json")
    before = path.read_text()

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("panjabi._files.os.fsync", full)
    with pytest.raises(DataFileError, match="disk full"):
        save(small.cut("s0"), path)
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.json"]


@dataclass(frozen=True, kw_only=True)
class Own:
    """A law nobody registered."""

    slack_length: float = 0.1

    def energy(self, length):
        return 0.0 * length

    tension = tangent = energy

    def reference_stiffness(self):
        return 1.0


def test_a_law_without_a_name_is_not_written(small, tmp_path):
    network = small.with_law("s1", Own())
    with pytest.raises(LawError, match=r"'s1'.*panjabi\.laws"):
        save(network, tmp_path / "net.json")
    assert not list(tmp_path.iterdir())


def test_a_registered_law_travels_by_its_name(small, tmp_path, monkeypatch):
    from panjabi import tissue

    known = {**tissue.available_laws(), "own": Own}
    monkeypatch.setattr(tissue, "available_laws", lambda: known, raising=False)
    monkeypatch.setattr(tissue, "law_named", known.__getitem__, raising=False)
    network = small.with_law("s1", Own(slack_length=0.07))
    assert load(save(network, tmp_path / "net.json")).strand("s1").law == Own(slack_length=0.07)


def test_a_network_on_a_body_of_another_size_is_no_standard_one(standard):
    assert to_dict(standard)["body"] == "standard_adult"
    with pytest.raises(NetworkError, match="pass it as body="):
        from_dict(to_dict(standard) | {"body": "other"})
