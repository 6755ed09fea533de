"""Stations that stop a release, and the tissues by which tension crosses the knee."""

import math

import pytest

from fascia import solve
from fascia.errors import NetworkError
from fascia.mechanics.flat_network import compile_network
from fascia.network import Node, Strand, TensionNetwork, whole_body
from fascia.transmission import KNEE_PATHS, knee_tension, load_paths, stops
from panjabi.tissue import Cable

LAW = Cable(slack_length=0.1, stiffness=10.0)


@pytest.fixture(scope="module")
def network():
    return whole_body()


def heads(network):
    return network.strands_of(region="hamstrings", side="right", kind="muscle")


def chain(*holds, inserts=()):
    """Nodes n0, n1, ... in a row; strands s0, s1, ...; `inserts` are (strand, node) numbers."""
    nodes = [
        Node(
            name=f"n{i}", position=(0.1 * i, 0.0, 0.0), hold=hold,
            directions=((1.0, 0.0, 0.0),) if hold == "guide" else (),
        )
        for i, hold in enumerate(holds)
    ]  # fmt: skip
    strands = [
        Strand(
            name=f"s{i}", start=f"n{i}", end=f"n{i + 1}", law=LAW,
            start_share=float((i, i) not in inserts), end_share=float((i, i + 1) not in inserts),
        )
        for i in range(len(holds) - 1)
    ]  # fmt: skip
    return TensionNetwork(nodes=tuple(nodes), strands=tuple(strands))


def test_a_chain_that_transmits_has_no_stop():
    assert stops(chain("fixed", "guide", "guide", "fixed"), ["s0"], ["s2"]) == ()


def test_the_fixed_station_between_is_named():
    (stop,) = stops(chain("fixed", "guide", "fixed", "guide", "fixed"), ["s0"], ["s3"])
    assert stop.station == "n2" and "fixed on bone" in stop.reason
    assert str(stop).startswith("n2 (")


def test_a_tissue_that_inserts_at_a_sliding_station_is_named():
    row = chain("fixed", "guide", "guide", "guide", "fixed", inserts={(1, 2)})
    past = Strand(name="past", start="n2", end="n4", law=LAW)  # another tissue passes there
    (stop,) = stops(row.added(past), ["s0"], ["s3"])
    assert (stop.station, stop.reason) == ("n2", "all fibres of s1 insert here")


def test_a_region_that_leads_nowhere_has_no_stop_on_the_way():
    apart = chain("fixed", "guide", "guide", "fixed").cut("s1")
    assert stops(apart, ["s0"], ["s2"]) == ()


def test_stops_and_routes_exclude_each_other(network):
    for region in ("scalp", "plantar", "calf", "anterior_leg", "arm", "lateral_thigh", "abdomen"):
        strands = network.strands_of(region=region)
        routes = load_paths(network, strands, heads(network))
        assert not (routes and stops(network, strands, heads(network))), region


def test_sole_and_calf_reach_the_hamstrings_and_the_front_of_the_leg_is_stopped(network):
    for region in ("plantar", "calf"):
        strands = network.strands_of(region=region, side="right")
        assert load_paths(network, strands, heads(network))
    front = network.strands_of(region="anterior_leg", side="right")
    assert {s.station for s in stops(network, front, heads(network))} & {
        "tibial_tub_r", "tib_ant_origin_r",
    }  # fmt: skip


def test_clamped_stations_stop_everything_and_are_named(network):
    clamped = network.with_tie_ratio(math.inf)
    found = stops(clamped, clamped.strands_of(region="suboccipital"), heads(clamped))
    assert found and "clamped attachment" in {s.reason for s in found}


def test_tension_across_the_knee_by_tissue(network):
    state = solve(network)
    total = knee_tension(state, "right")
    assert set(total) == set(KNEE_PATHS)
    assert total == pytest.approx(knee_tension(state, "left"))
    assert total["nerve"] == pytest.approx(state.tension_of("sciatic_nerve_knee_r"))
    assert total["skin"] == pytest.approx(state.tension_of("skin_thigh_low_r"))
    calf = sum(state.tension_of(f"{name}_r") for name in ("gasmed", "gaslat"))
    assert total["muscles"] > calf
    with pytest.raises(NetworkError, match="no tissues"):
        knee_tension(solve(compile_network(chain("fixed", "guide", "fixed"))), "right")
