"""Fibres that pass and insert, and the balance of tensions in standing (S28)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from fascia import solve, standard_subject
from fascia.errors import NetworkError
from fascia.network import Node, Strand, TensionNetwork, whole_body
from fascia.network.passing import parts, scaled
from fascia.network.standing_balance import nearest_balance
from panjabi.tissue import Collagen, PassiveMuscle


def test_standing_is_the_state_without_slip(standard):
    """The fit reproduces every tension; no attachment carries 10 N."""
    state, lengths = solve(standard), standard.lengths()
    assert state.residual < 1e-8 * state.largest_force
    assert np.abs(state.slips).max() < 1e-10
    for i, strand in enumerate(standard.active_strands):
        assert state.tension[i] == pytest.approx(strand.law.tension(lengths[strand.name]), abs=1e-8)
    balance = standard.standing()
    assert 0.0 < balance.largest_attachment < 10.0 and balance.faults == ()
    assert balance.attachment_force[balance.largest_at] == balance.largest_attachment
    target, tension = balance.changed["sacrotuberous_r"]
    assert target == pytest.approx(0.3 * 118.0) and abs(tension - target) > 1.0


@pytest.mark.parametrize("share", [0.1, 0.7])
def test_no_attachment_carries_much_at_any_passing_fraction(share):
    network = whole_body(share=share)
    assert network.standing().largest_attachment < 10.0 * share / 0.3
    assert np.abs(solve(network).slips).max() < 1e-10


def test_without_attachment_stiffness_no_attachment_carries_force():
    """At ratio 0 the stored forces do not act, so the stations that had one slip."""
    toned = standard_subject().network  # tone differs along the erector spinae
    loose = solve(toned.with_tie_ratio(0.0))
    balance = toned.standing()
    tied = [n for n in balance.attachment_force if toned.node(n).tie_by_ratio]
    assert tied and max(loose.slip_of(n) for n in tied) > 1e-4
    assert max(solve(toned).slip_of(n) for n in tied) < 1e-10
    assert balance.largest_attachment < 10.0


def test_the_neck_and_the_back_line_are_under_one_tension(standard):
    """From C7 to T11 nothing holds the seam, so its tension is the same at every level."""
    lengths = standard.lengths()
    tension = [
        float(standard.strand(f"seam_{level}").law.tension(lengths[f"seam_{level}"]))
        for level in ("c7", "t3", "t6", "t9", "t11")
    ]
    assert tension[0] > 1.0 and tension == pytest.approx([tension[0]] * 5, rel=1e-2)


@given(start=st.floats(0.0, 1.0), end=st.floats(0.0, 1.0), length=st.floats(0.08, 0.2))
def test_parts_together_are_the_tissue(start, end, length):
    law = Collagen(slack_length=0.1, stiffness=500.0, transition_strain=0.03)
    whole = Strand(name="a", start="n", end="m", law=law)
    pieces = list(parts(whole, start, end, rigid=False))
    assert sum(p.fraction for p in pieces) == pytest.approx(1.0)
    assert sum(p.fraction for p in pieces if p.passes[0]) == pytest.approx(start, abs=1e-9)
    assert sum(p.fraction for p in pieces if p.passes[1]) == pytest.approx(end, abs=1e-9)
    total = sum(float(p.law.tension(length)) for p in pieces)
    assert total == pytest.approx(float(law.tension(length)), rel=1e-9, abs=1e-12)
    assert pieces[0].name == "a" and {p.tissue_name for p in pieces} == {"a"}


def test_a_part_of_a_muscle_has_its_fraction_of_the_tension():
    law = PassiveMuscle(
        max_isometric_force=900.0, optimal_fibre_length=0.1, tendon_slack_length=0.3,
        pennation=0.2, activation=0.02,
    )  # fmt: skip
    for length in (0.38, 0.41, 0.44):
        assert scaled(law, 0.3).tension(length) == pytest.approx(0.3 * law.tension(length))
    with pytest.raises(NetworkError, match="whose force can be scaled"):
        scaled(object(), 0.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_fit_is_the_nearest_balance(seed):
    """Against scipy's solver for quadratic programmes on small random networks."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(seed)
    rows, count = int(rng.integers(1, 4)), int(rng.integers(4, 8))
    pull = rng.normal(size=(rows, count))
    given_force = pull @ rng.uniform(0.0, 3.0, count) * -1.0  # some tensions balance it
    target = rng.uniform(0.0, 5.0, count)
    tension, force = nearest_balance(pull, given_force, target)
    assert (tension >= 0.0).all() and (force == 0.0).all()
    assert np.abs(pull @ tension + given_force).max() < 1e-9 * max(1.0, np.abs(given_force).max())
    scale = np.maximum(1.0, 0.5 * target)
    best = minimize(
        lambda t: float((((t - target) / scale) ** 2).sum()),
        tension + 0.1,
        bounds=[(0.0, None)] * count,
        constraints={"type": "eq", "fun": lambda t: pull @ t + given_force},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    value = float((((tension - target) / scale) ** 2).sum())
    assert value <= best.fun * (1.0 + 1e-6) + 1e-6


def test_attachments_carry_only_what_no_tension_can():
    """A strand of 8 N that nothing opposes is held; a row that can balance is left alone."""
    tension, force = nearest_balance(
        np.array([[1.0, -1.0], [0.0, 0.0]]), np.array([0.0, 8.0]), np.array([5.0, 5.0])
    )
    assert tension == pytest.approx([5.0, 5.0]) and force == pytest.approx([0.0, -8.0])


def test_a_held_node_stays_and_moves_with_its_bone_only(chain):
    """A guide between strands of 3 N and 1 N: its attachment holds the difference in standing."""
    network = chain([100.0, 100.0]).with_tie("n1", 0.5)
    network = network.with_standing_tension({"s0": 3.0, "s1": 1.0})
    slipped = solve(network)  # 2 N over 500 + 103 + 101 N/m, the shorter slack lengths included
    assert slipped.slip_of("n1") == pytest.approx(0.002 / 0.7, rel=0.1)
    node = replace(network.node("n1"), standing_force=(-2.0,))
    held = solve(network.replaced(node))
    assert held.slip_of("n1") == pytest.approx(0.0, abs=1e-12)
    assert held.tension == pytest.approx([3.0, 1.0])
    with pytest.raises(NetworkError, match="one finite number"):
        Node(name="a", standing_force=(1.0,))


def test_stations_list_what_passes_and_what_inserts(standard):
    known = {s.name: s for s in standard.stations()}
    ischium = known["ischial_tub_r"]
    ends = {e.tissue: e for e in ischium.ends}
    assert ends["bflh_r"].passing == pytest.approx(0.3)
    assert ends["bflh_r"].inserting == pytest.approx(0.7)
    assert ends["sacrotuberous_r"].inserting_tension_N == pytest.approx(0.7 * 118.0)
    assert ischium.attachment_force_N < 10.0 and ischium.stops == ""
    heel = known["heel_plantar_r"]
    assert {e.tissue: e.passing for e in heel.ends} == {
        "heel_bridge_plantar_r": 0.0,
        "heel_bridge_r": 0.0,
    }
    assert heel.stops == "all fibres insert"
    clamped = {s.name: s for s in standard.with_tie_ratio(np.inf).stations()}
    assert clamped["ischial_tub_r"].stops == "clamped attachment"
    assert clamped["ischial_tub_r"].to_dict()["attachment_N_per_mm"] == "clamped"


def test_only_a_balanced_network_is_balanced_again(chain):
    network = chain([100.0, 100.0])
    assert isinstance(network, TensionNetwork) and not network.in_balance
    assert network.with_resting_tension({"near": 3.0, "far": 1.0}).standing().changed == {}
    balanced = network.with_resting_tension({"near": 3.0, "far": 1.0}).balanced()
    lengths = balanced.lengths()
    tensions = [float(s.law.tension(lengths[s.name])) for s in balanced.strands]
    assert tensions[0] == pytest.approx(tensions[1]) and 1.0 < tensions[0] < 3.0
