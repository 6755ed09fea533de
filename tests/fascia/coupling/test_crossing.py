"""Which strands act on which joints, and what is said where a level is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fascia.coupling import NetworkElement, acting_strands, joints_crossed, reaching_strands
from fascia.coupling.crossing_strands import body_of, rides_on
from fascia.errors import CouplingError, NetworkError, UnknownStrandError
from fascia.network import Node, Strand, TensionNetwork
from panjabi.tissue.collagen import Cable

L45 = ("L4_L5_FE", "L4_L5_LB", "L4_L5_AR")


def test_strands_are_found_from_the_bodies_they_ride_on(network):
    found = acting_strands(network, L45)
    assert "supraspinous_l4" in found and "tlf_superficial_l4_l5_r" in found
    assert "erector_longissimus_low_l" in found and "spinal_dura_r" in found
    # above, below, and on one body
    for name in ("supraspinous_l3", "supraspinous_l5", "tlf_medial_l3_r", "bflh_r", "galea_brow"):
        assert name not in found


def test_a_muscle_is_judged_by_its_own_attachments_and_not_by_its_station(network):
    """The leg's psoas is listed at a lumbar station and starts on the pelvis."""
    assert network.strand("psoas_r").start == "lumbar_ant_r"
    assert rides_on(network, network.strand("psoas_r"))[0] == "pelvis"
    assert "psoas_r" not in acting_strands(network, L45)
    assert "psoas_r" in acting_strands(network, ("hip_flexion_r",))


def test_every_acting_strand_changes_its_length_with_the_joint(network):
    body = network.body
    still = network.lengths()
    moved = network.lengths(body.coordinates_from(angles_deg={"L4_L5_FE": -3.0}))
    changed = {n for n in still if abs(moved[n] - still[n]) > 1e-9}
    active = {s.name for s in network.active_strands}
    assert changed & active == set(acting_strands(network, ("L4_L5_FE",)))


def test_joined_strands_reach_a_joint_and_clamped_ones_do_not(network):
    free, held = (reaching_strands(n, L45) for n in (network, network.with_tie_ratio(float("inf"))))
    assert "nuchal_c1" in free and "nuchal_c1" not in held
    assert set(acting_strands(network, L45)) <= set(held) < set(free)


def test_joints_of_a_line(network):
    crossed = joints_crossed(network, "SBL")
    assert "L4_L5_FE" in crossed and "C1_C2_FE" in crossed and "knee_angle_r" in crossed
    assert joints_crossed(network, "FFL")
    with pytest.raises(UnknownStrandError, match="name of a line in the network, got 'SBM'"):
        joints_crossed(network, "SBM")


def test_a_line_that_needs_a_level_the_model_lacks_is_an_error(network):
    with pytest.raises(CouplingError, match=r"got line 'FFL', .*lines that cross") as e:
        NetworkElement(network, ("C1_C2_FE",), lines=("FFL",))
    assert "SBL" in str(e.value) and "leave the line out" in str(e.value)
    assert NetworkElement(network, ("C1_C2_FE",), lines=("SBL",)).silent == ()


def test_a_line_on_one_body_is_silent_and_has_no_effect(adult):
    nodes = (
        Node(name="a", body="pelvis", position=(0.0, 0.0, 0.0)),
        Node(name="b", body="pelvis", position=(0.0, 0.1, 0.0)),
    )
    law = Cable.with_tension_at(0.1, 20.0, stiffness=100.0)
    strand = Strand(name="ab", start="a", end="b", law=law, lines=("BELT",))
    belt = TensionNetwork(nodes=nodes, strands=(strand,), body=adult)
    element = NetworkElement(belt, L45, lines=("BELT",))
    assert element.silent == ("BELT",)
    assert not element.force([0.1, 0.0, 0.0]).any()


def test_a_body_without_the_level_is_named(network):
    """A skeleton whose L3 goes by another name cannot carry what rides on L3."""
    body = network.body
    other = replace(body, names=tuple("L_three" if n == "L3" else n for n in body.names))
    with pytest.raises(NetworkError, match=r"got body 'L3'.*for which the network was built"):
        replace(network, body=other)


def test_a_network_without_skeleton_cannot_be_coupled(network):
    loose = TensionNetwork(
        nodes=(Node(name="a"), Node(name="b", position=(1.0, 0.0, 0.0))),
        strands=(Strand(name="s", start="a", end="b", law=Cable(slack_length=1.0, stiffness=1.0)),),
    )
    with pytest.raises(CouplingError, match="no skeleton"):
        body_of(loose)
