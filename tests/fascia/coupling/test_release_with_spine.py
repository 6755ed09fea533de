"""A release read at the discs, in the margin and at the hamstrings, beside what it cannot do."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fascia.coupling import coupled_state, release_with_spine, sweep_spine_release
from fascia.errors import CouplingError, ReleaseError, UnknownStrandError
from fascia.interventions import apply_doses, release
from panjabi.active.stiffness import Cui
from panjabi.errors import UnknownNameError
from panjabi.spine import HeldLoad


def test_one_call_gives_load_margin_and_hamstrings(released, subject):
    assert set(released.compression_change) == set(released.state.spine.levels)
    assert max(abs(v) for v in released.compression_change.values()) > 0.01
    assert released.margin_change != 0.0


def test_hamstring_stiffness_is_that_of_the_main_experiment(released, subject):
    change = release(subject, "head_neck", null_models=False)
    assert released.hamstring_change == pytest.approx(change.stiffness_change_Nm_per_rad, abs=1e-6)


def test_change_at_once_is_the_difference_of_two_networks_under_the_same_muscles(
    released, subject, spine
):
    """Independent of the release: discs under two wrappings, muscle forces equal."""
    from fascia.coupling.spine_in_network import wrapping_of

    after = apply_doses(subject, "head_neck", {"tension": 0.5}).network
    state = released.state
    pulls = state.pulls.on_nodes(state.recruitment.forces)
    pull = [wrapping_of(n, spine, pulls=pulls)[0].pull for n in (subject.network, after)]
    axial = np.einsum("lj,lj->l", state.spine.disc_axes[:, 1], pull[1] - pull[0])
    assert list(released.compression_change.values()) == pytest.approx(-axial, abs=1e-5)


def test_muscles_do_not_answer_by_themselves(released):
    assert released.answered is None
    assert any("neural subsystem" in note for note in released.notes)
    assert released.after.effort == released.before.effort


def test_joints_turn_until_the_moment_is_taken_up(released):
    """First order: the stiffness after the release times the turn is the moment missing."""
    drift, state = released.drift, released.state
    assert drift is not None and 0.0 < drift.shift_deg < 5.0
    # the network of after is not in the state: its Hessian differs by a little
    resisted = state.stability.hessian @ drift.shift
    assert np.abs(resisted + released.imbalance).max() < 0.5 * released.imbalance_Nm
    assert any("softest mode" in note for note in released.notes) is (drift.shift_deg > 0.1)


def test_null_models_are_exactly_nothing_at_the_spine(released):
    nulls = {m.name: m for m in released.null_models}
    assert set(nulls) == {"network_removed", "sham", "ties_rigid", "chain_cut"}
    for null in nulls.values():
        assert null.compression_change == 0.0 and null.margin_change == 0.0
    assert nulls["network_removed"].hamstring_change is None
    for name in ("sham", "ties_rigid", "chain_cut"):
        assert abs(nulls[name].hamstring_change) < 1e-9


@pytest.mark.parametrize("region", ["anterior_leg", "arm"])
def test_where_nothing_reaches_the_spine_nothing_changes_there_exactly(subject, spine, region):
    found = release_with_spine(subject, region, spine=spine, margin=None, null_models=False)
    assert not any(found.compression_change.values()) and not any(found.shear_change.values())
    assert found.margin_change == 0.0 and not found.imbalance.any()
    assert found.drift is not None and not found.drift.shift.any()
    assert any("by construction" in note for note in found.notes)


def test_a_release_across_the_joints_softens_the_posture_and_can_lose_it(subject, spine):
    """No muscle answers. Fibres without short-range stiffness do not hold the posture at all."""
    kept = release_with_spine(
        subject, "thoracolumbar", spine=spine, doses={"tension": 0.5}, null_models=False
    )
    assert 0.0 < kept.after.least_stiffness < kept.before.least_stiffness
    assert kept.drift is not None
    relaxed = Cui(Cui().gamma.with_value(0.0))
    heavy = spine.with_load(HeldLoad(60.0))
    found = release_with_spine(
        subject, "thoracolumbar", spine=heavy, doses={"tension": 0.5}, null_models=False,
        margin=None, stiffness=relaxed,
    )  # fmt: skip
    assert found.after.least_stiffness < 0.0 and found.drift is None
    assert any("this posture is unstable" in note for note in found.notes)


def test_the_control_unit_can_be_asked_to_answer(subject, spine):
    found = release_with_spine(
        subject, "head_neck", spine=spine, margin=None, answer=True, null_models=False
    )
    assert found.answered is not None
    again = coupled_state(
        apply_doses(subject, "head_neck", {"tension": 0.5}).network, spine, margin=None
    )
    assert found.answered.compression == pytest.approx(again.compression, abs=1e-3)
    assert any("recruits the muscles again" in n for n in found.notes)


def test_table_and_json_hold_every_number(released):
    text = str(released)
    assert "compression L5-S1" in text and "null: chain_cut" in text and "residual" in text
    made = json.loads(json.dumps(released.to_dict(), allow_nan=False))
    assert tuple(made["outside_evidence"]) == released.state.outside_evidence
    assert made["before"]["compression_N"] == dict(released.before.compression)
    assert made["null_models"]["sham"]["compression_change_N"] == 0.0
    assert made["answered"] is None and made["residual_Nm"] < 1e-6
    assert {"dose_tension", "muscle_share"} <= set(released.parameters)


def test_a_sweep_is_the_same_as_its_cells(subject, spine):
    ratios, tensions = (0.01, np.inf), (0.0, 5.0)
    sweep = sweep_spine_release(subject, "head_neck", ratios, tensions, spine=spine)
    network = subject.network.with_resting_tension(5.0).with_tie_ratio(0.01)
    one = release_with_spine(
        subject.with_network(network), "head_neck", spine=spine, margin=None, null_models=False
    )
    assert sweep.compression[1, 0] == max(one.compression_change.values(), key=abs)
    assert sweep.margin[1, 0] == one.margin_change
    assert sweep.hamstrings[1, 0] == one.hamstring_change
    # null by construction: no tension to release, or no way for it to travel
    assert not sweep.compression[0].any() and not sweep.compression[:, 1].any()
    assert not sweep.margin[0].any() and not sweep.margin[:, 1].any()
    assert json.dumps(sweep.to_dict(), allow_nan=False)
    place = "tie ratio 0.01, resting tension 5 N: "
    lines = [line.removeprefix(place) for line in sweep.outside_evidence if place in line]
    assert tuple(lines) == one.state.outside_evidence
    assert sweep.to_dict()["outside_evidence"] == list(sweep.outside_evidence)


def test_errors(subject, spine):
    with pytest.raises(UnknownStrandError, match="head_neck"):
        release_with_spine(subject, "head_nek", spine=spine)
    with pytest.raises(UnknownNameError, match="mechanism"):
        release_with_spine(subject, "head_neck", spine=spine, doses={"tensoin": 0.5})
    with pytest.raises(ReleaseError, match="dose"):
        release_with_spine(subject, "head_neck", spine=spine, doses={"tension": 1.5})
    with pytest.raises(CouplingError, match="at least one tie ratio"):
        sweep_spine_release(subject, "head_neck", ())
