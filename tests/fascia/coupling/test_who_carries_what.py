"""Every tissue acts once; muscles that end on fascia transmit a fraction of their tension."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.coupling import NetworkElement, acting_strands, carriers, handed_over, muscle_pulls
from fascia.coupling.myofascial_transfer import PREFIX, with_pulls
from fascia.coupling.shared_tissue import packaged, without_shared
from fascia.errors import CouplingError
from fascia.network.packaged_tables import words

STEP = 1e-6


def test_every_strand_that_crosses_the_spine_is_in_the_table_once(network, spine):
    """Muscle strands that follow a rule of their own, such as longissimus and iliocostalis in one
    strand, are listed with every counterpart, always with the same carrier."""
    for name in acting_strands(network, spine.coordinates):
        rows = [c for c in carriers() if c.stands_for(name)]
        assert rows, f"{name} crosses the spine and no row says who carries it"
        assert {c.passive for c in rows} == {"network"}


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
    assert given["supraspinous ligament"] == tuple(f"SSL of {level}" for level in spine.levels)
    bare = without_shared(spine, given)
    m, old = bare.muscles, spine.muscles
    for k, (name, group) in enumerate(zip(old.names, old.groups, strict=True)):
        lost = any(name in parts for parts in given.values())
        assert lost == any(group in c.groups and c.passive == "network" for c in carriers())
        assert m.passive[k] == (0.0 if lost else old.passive[k])
    # what activation can add is the same
    assert m.strongest - m.passive == pytest.approx(old.strongest - old.passive, abs=1e-9)
    assert all("SSL" not in [s.name for s in u.structures] for u in bare.units)
    assert "SSL" in [s.name for s in spine.units[0].structures]  # the given spine is unchanged


def test_a_tissue_that_the_network_does_not_carry_stays_with_the_spine(network, limp, spine):
    assert (
        handed_over(limp, spine) == {} == handed_over(network.activated("*", active=False), spine)
    )
    assert without_shared(spine, {}) is spine
    one_sided = network.activated("rectus_abdominis_l", active=False)
    assert handed_over(one_sided, spine)["rectus abdominis"] == ("rect_abd_r",)
    cut = network.cut("supraspinous_l4")
    assert "SSL of L4-L5" not in handed_over(cut, spine)["supraspinous ligament"]


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
