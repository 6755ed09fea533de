"""Slip directions of stations, and ties from the stiffness beside them (S1, S2)."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fascia.errors import NetworkError
from fascia.network import Node, Strand
from fascia.network.courses import slip_directions
from fascia.network.ties import harmonic_mean, station_stiffness
from panjabi.tissue import Cable

STIFFNESS = st.floats(1.0, 1e6)


def unit(*vector):
    v = np.array(vector, float)
    return v / np.linalg.norm(v)


def test_harmonic_mean_by_hand(small):
    """100, 200, 400 N/m: 2/(1/100 + 1/200) = 133.33, 2/(1/200 + 1/400) = 266.67."""
    ties = small.with_tie_ratio(0.1).ties()  # N/mm
    assert ties["n1"] == pytest.approx(0.1 * 400.0 / 3.0 * 1e-3)
    assert ties["n2"] == pytest.approx(0.1 * 800.0 / 3.0 * 1e-3)
    assert harmonic_mean([]) == 0.0
    assert harmonic_mean([3.0]) == 3.0


@given(k=st.lists(STIFFNESS, min_size=2, max_size=5), ratio=st.floats(0.0, 100.0))
def test_ties_follow_the_ratio_at_every_inner_node(chain, k, ratio):
    ties = chain(k).with_tie_ratio(ratio).ties()
    for i in range(1, len(k)):
        expected = ratio * 2.0 / (1.0 / k[i - 1] + 1.0 / k[i])
        assert 1e3 * ties[f"n{i}"] == pytest.approx(expected)


def test_infinite_ratio_clamps_and_zero_lets_slip(small):
    assert math.isinf(small.with_tie_ratio(math.inf).node("n1").tie)
    assert small.with_tie_ratio(math.inf).node("n1").slips == 0
    assert small.with_tie_ratio(0.0).node("n1").tie == 0.0
    assert small.with_tie_ratio(0.0).node("n1").slips == 1


def test_ties_stay_as_built_whatever_is_cut_or_replaced(small):
    """S2: fixed when the network is built, never updated."""
    built = small.with_tie_ratio(0.1)
    after = built.cut("s0").with_law("s1", Cable(slack_length=0.1, stiffness=1.0))
    assert after.ties() == built.ties()
    assert after.with_tie_ratio(0.2).ties()["n1"] == pytest.approx(2.0 * built.ties()["n1"])
    slacker = built.with_resting_tension(50.0)
    assert slacker.ties() == built.ties()


def test_a_tie_of_its_own_is_left_alone_by_ratios(small):
    network = small.with_tie("n1", 7.0).with_tie_ratio(5.0)
    assert network.ties()["n1"] == pytest.approx(7.0)
    assert network.with_tie("n2", math.inf).node("n2").slips == 0
    for bad in (-1.0, math.nan):
        with pytest.raises(NetworkError, match="at least 0"):
            small.with_tie("n1", bad)


def test_new_nodes_get_a_tie_and_old_ones_keep_theirs(small):
    built = small.with_tie_ratio(0.1)
    node = Node(name="new", position=(0.1, 0.1, 0.0), hold="guide", directions=((0, 1, 0),))
    law = Cable(slack_length=0.1, stiffness=30.0)
    far = Node(name="far_end", position=(0.1, 0.2, 0.0))
    grown = built.added(
        node,
        far,
        Strand(name="up", start="n1", end="new", law=law),
        Strand(name="upper", start="new", end="far_end", law=law),
    )
    assert grown.ties()["n1"] == built.ties()["n1"]
    assert grown.ties()["new"] == pytest.approx(1e-3 * 0.1 * 300.0)


@given(
    k=st.lists(STIFFNESS, min_size=2, max_size=2),
    extra=st.floats(1e-6, 1e3),
    angle=st.floats(0.0, 2.0 * math.pi),
)
def test_one_more_strand_never_loosens_a_station(k, extra, angle):
    """A plain harmonic mean of all strands would: a weak one more would free the node."""
    axis = np.array([1.0, 0.0, 0.0])
    away = np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    two = station_stiffness(axis, away, np.array(k))
    three = station_stiffness(
        axis, np.vstack([away, [math.cos(angle), math.sin(angle), 0.0]]), np.array([*k, extra])
    )
    assert two == pytest.approx(2.0 / (1.0 / k[0] + 1.0 / k[1]))
    assert three >= two * (1.0 - 1e-12)


def test_parallel_strands_act_as_their_sum():
    axis = np.array([1.0, 0.0, 0.0])
    away = np.array([[1.0, 0, 0], [1.0, 0, 0], [-1.0, 0, 0]])
    assert station_stiffness(axis, away, np.array([60.0, 40.0, 100.0])) == pytest.approx(100.0)
    assert station_stiffness(axis, away[:2], np.array([60.0, 40.0])) == pytest.approx(100.0)


def test_ratio_governs_bone_stations_and_nothing_else(standard):
    clamped = standard.with_tie_ratio(math.inf)
    for node in clamped.nodes:
        if node.name.startswith("nerve_") or node.hold in ("contact", "free"):
            assert node.tie == 0.0
        elif node.name == "umbilicus_linea":
            assert node.tie == 0.0 and node.adhesion == 100.0
        elif node.directions:
            assert math.isinf(node.tie), node.name


def test_adhesion_scales_where_there_is_some(standard):
    half = standard.with_adhesion(0.5, "vertex")
    assert half.node("vertex").adhesion == pytest.approx(50.0)
    assert half.node("bregma").adhesion == pytest.approx(100.0)
    assert standard.with_adhesion(0.0).node("bregma").adhesion == 0.0
    with pytest.raises(NetworkError, match="factor"):
        standard.with_adhesion(-1.0)


# --- courses --------------------------------------------------------------------------------


def test_a_straight_course_is_its_own_guide():
    hold, directions = slip_directions(np.array([unit(1, 2, 3), -unit(1, 2, 3)]))
    assert hold == "guide"
    assert abs(np.array(directions[0]) @ unit(1, 2, 3)) == pytest.approx(1.0)


@given(angle=st.floats(91.0, 180.0))
def test_a_course_bent_over_bone_slips_along_the_tangent(angle):
    """The tangent is the direction between the neighbours, at equal angles to both."""
    half = math.radians(angle) / 2.0
    a, b = unit(math.sin(half), -math.cos(half), 0), unit(-math.sin(half), -math.cos(half), 0)
    hold, (along,) = slip_directions(np.array([a, b]))
    assert hold == "guide"
    assert abs(along[0]) == pytest.approx(1.0)


def test_crossing_courses_span_a_plane():
    away = np.array([unit(1, 0, 0), unit(-1, 0, 0), unit(0, 1, 0), unit(0, -1, 0)])
    hold, directions = slip_directions(away)
    assert hold == "plane"
    assert np.allclose(np.array(directions)[:, 2], 0.0)


@pytest.mark.parametrize("away", [[], [unit(0, 1, 0)]])
def test_fewer_than_two_strands_leave_a_node_fixed(away):
    assert slip_directions(np.array(away)) == ("fixed", ())


@given(
    st.lists(
        st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
        min_size=2,
        max_size=6,
    )
)
def test_directions_are_always_orthonormal(vectors):
    hold, directions = slip_directions(np.array([unit(*v) for v in vectors]))
    d = np.array(directions)
    assert len(d) == {"guide": 1, "plane": 2}[hold]
    assert np.allclose(d @ d.T, np.eye(len(d)), atol=1e-9)
