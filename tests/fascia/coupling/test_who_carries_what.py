"""Every tissue acts once; muscles that end on fascia transmit a fraction of their tension."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fascia.coupling import NetworkElement, acting_strands, carriers, handed_over, muscle_pulls
from fascia.coupling.myofascial_transfer import PREFIX, with_pulls
from fascia.coupling.shared_tissue import packaged, without_shared
from fascia.coupling.spine_in_network import wrapping_of
from fascia.errors import CouplingError
from fascia.network.packaged_tables import words
from panjabi.passive import LigamentLaw, cut

STEP = 1e-6


def test_every_strand_that_crosses_the_spine_is_in_the_table_once(network, spine):
    """Muscle strands that follow a rule of their own, such as longissimus and iliocostalis in one
    strand, are listed with every counterpart, always with the same carrier."""
    for name in acting_strands(network, spine.coordinates):
        rows = [c for c in carriers() if c.stands_for(name)]
        assert rows, f"{name} crosses the spine and no row says who carries it"
        ligaments = isinstance(network.strand(name).law, LigamentLaw)
        assert {c.passive for c in rows} == {"spine" if ligaments else "network"}


def test_every_muscle_group_of_the_spine_is_in_the_table_once(spine):
    listed = [group for c in carriers() for group in c.groups]
    assert sorted(listed) == sorted(set(spine.muscles.groups))
    assert {c.active for c in carriers() if c.groups} == {"spine"}


def test_every_pattern_and_muscle_of_the_tables_exists(network, spine):
    for carrier in carriers():
        for pattern in carrier.strands:
            assert network.select(pattern), carrier.tissue
    nodes = {n.name for n in network.nodes}
    for row in packaged("pulls"):
        for base in words(row["muscles"]):
            assert f"{base}_r" in spine.muscles.names
        assert row["node"].format(side="r") in nodes


def test_the_spine_gives_up_what_the_network_carries_and_nothing_else(network, spine):
    given = handed_over(network, spine)
    bare = without_shared(spine, given)
    m, old = bare.muscles, spine.muscles
    for k, (name, group) in enumerate(zip(old.names, old.groups, strict=True)):
        lost = any(name in parts for parts in given.values())
        assert lost == any(group in c.groups and c.passive == "network" for c in carriers())
        assert m.passive[k] == (0.0 if lost else old.passive[k])
    # what activation can add is the same
    assert m.strongest - m.passive == pytest.approx(old.strongest - old.passive, abs=1e-9)
    assert bare.units == spine.units
    assert spine.muscles is old  # the given spine is unchanged


def flexion_moments(network, spine, q):
    """Moment of a clamped network about each level [N m], positive against flexion."""
    element = NetworkElement(network.with_tie_ratio(np.inf), spine.coordinates)
    return element.force(q)[::3], element.energy(q)


def test_spinous_ligaments_act_once_with_and_without_a_spine(network, spine):
    """In the fascia alone the strands have the moment of SSL + ISL; with a spine the units have."""
    q, flexion = np.zeros(18), 0.1
    q[::3] = -flexion
    beside = network.without_ligaments(spine.levels)
    off = {s.name for s in network.active_strands} - {s.name for s in beside.active_strands}
    (row,) = [c for c in carriers() if c.ligaments]
    assert off == set(row.strands) and row.ligaments == ("SSL", "ISL")
    parts = [[u.part(name) for name in row.ligaments] for u in spine.units]
    at = np.array([-flexion, 0.0, 0.0])
    moment = np.array([sum(part.moment(at)[0] for part in both) for both in parts])
    energy = sum(part.energy(at) for both in parts for part in both)
    alone, less = (flexion_moments(n, spine, q) for n in (network, beside))
    # the chord between two spines turns while the arm of the law is that of standing
    assert alone[0] - less[0] == pytest.approx(-moment, rel=0.1)
    assert alone[1] - less[1] == pytest.approx(energy, rel=0.1)
    # with the spine: the whole units, and a network without these strands
    wrapping, element = wrapping_of(network, spine)
    assert not off & {s.name for s in element.part.active_strands}
    assert wrapping.term.gradient == pytest.approx(wrapping_of(beside, spine)[0].term.gradient)
    for whole in spine.units:
        rest = cut(whole, *row.ligaments)
        lost = sum(whole.part(name).moment(at) for name in row.ligaments)
        assert whole.moment(at) == pytest.approx(rest.moment(at) + lost, rel=1e-9)


def test_a_cut_ligament_of_a_unit_does_not_return_through_the_network(network, spine):
    hurt = replace(spine, units=tuple(cut(u, "SSL", "ISL") for u in spine.units))
    wrapping, _ = wrapping_of(network, hurt)
    assert wrapping.term.hessian == pytest.approx(wrapping_of(network, spine)[0].term.hessian)


def test_ligaments_of_other_levels_stay_on(network):
    beside = network.without_ligaments(["L4-L5"])
    assert {s.name for s in beside.strands if not s.active} - {
        s.name for s in network.strands if not s.active
    } == {"supraspinous_l4"}


def test_a_tissue_that_the_network_does_not_carry_stays_with_the_spine(network, limp, spine):
    assert (
        handed_over(limp, spine) == {} == handed_over(network.activated("*", active=False), spine)
    )
    assert without_shared(spine, {}) is spine
    one_sided = network.activated("rectus_abdominis_l", active=False)
    assert handed_over(one_sided, spine)["rectus abdominis"] == ("rect_abd_r",)


def test_muscles_transmit_a_fraction_to_their_node(network, spine):
    pulls = muscle_pulls(network, spine)
    forces = np.zeros(len(spine.muscles.names))
    k = spine.muscles.names.index("LD_L3_r")
    forces[k] = 40.0
    ((node, pull),) = [i for i in pulls.on_nodes(forces).items() if np.any(i[1])]
    assert node == "sp_l3" and np.linalg.norm(pull) == pytest.approx(0.3 * 40.0)
    assert pull[1] > 0.0 and pull[2] > 0.0  # up and to the right, to the arm
    assert {"share", "minor_share"} == {row["rule"] for row in packaged("pulls")}
    assert not any(name.startswith("LTpT") for name in pulls.muscles)  # not measured: 0
    assert any(n.startswith("LTpT") for n in muscle_pulls(network, spine, minor_share=0.1).muscles)


def test_a_muscle_hands_on_nothing_where_no_fascia_goes_on_or_the_node_is_clamped(
    network, limp, spine
):
    for other in (limp, network.with_tie_ratio(np.inf)):
        assert muscle_pulls(other, spine).muscles == ()
    assert muscle_pulls(network, spine, share=0.0).muscles == ()


def test_a_pull_loads_the_slip_alone_and_asks_nothing_of_the_joints(network, spine):
    """On a clamped network the constant pull changes neither force nor tangent."""
    pull = {"sp_l3": np.array([0.0, 30.0, 0.0])}
    still = network.with_tie_ratio(np.inf)
    q = np.full(18, 0.02)
    bare, pulled = (NetworkElement(n, spine.coordinates) for n in (still, with_pulls(still, pull)))
    assert pulled.force(q) == pytest.approx(bare.force(q), abs=1e-12)
    assert pulled.tangent(q) == pytest.approx(bare.tangent(q), abs=1e-9)


def test_a_pulled_network_still_has_a_potential(network, spine, bent):
    forces = np.full(len(spine.muscles.names), 20.0)
    pulls = muscle_pulls(network, spine, minor_share=0.3).on_nodes(forces)
    pulled = with_pulls(network, pulls)
    element = NetworkElement(pulled, spine.coordinates)
    assert any(s.name == PREFIX + "sacrum_dorsum" for s in pulled.strands)
    eye = np.eye(18)[::5]
    slope = [
        (element.energy(bent + STEP * e) - element.energy(bent - STEP * e)) / (2 * STEP)
        for e in eye
    ]
    assert element.force(bent)[::5] == pytest.approx(-np.array(slope), abs=2e-5)
    turn = [
        (element.force(bent - STEP * e) - element.force(bent + STEP * e)) / (2 * STEP) for e in eye
    ]
    K = element.tangent(bent)
    assert np.array(turn) == pytest.approx(K[::5], abs=1e-4 * np.abs(K).max())


def test_a_pull_goes_to_both_sides_of_the_fascia(network, spine):
    """Row BAR04: traction on latissimus moves the lamina on both sides of the midline."""
    pulls = {"sp_l2": np.array([0.0, 8.0, 6.0])}  # to the right
    q = np.zeros(18)
    at = [
        NetworkElement(n, spine.coordinates).equilibrium(q)
        for n in (network, with_pulls(network, pulls))
    ]
    for side in ("r", "l"):
        change = at[1].tension_of(f"tlf_deep_l2_{side}") - at[0].tension_of(f"tlf_deep_l2_{side}")
        assert abs(change) > 0.05


@pytest.mark.parametrize("wrong", [-0.1, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(network, spine, wrong):
    with pytest.raises(CouplingError, match="0 \\(all to bone\\) to 1"):
        muscle_pulls(network, spine, share=wrong)
    with pytest.raises(CouplingError, match="minor_share"):
        muscle_pulls(network, spine, minor_share=wrong)
