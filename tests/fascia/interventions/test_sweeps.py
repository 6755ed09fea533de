"""Sweeps: limits, independence of the executor, whose parts a store has; levels of the line."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import fascia
from fascia.clinical import PostureOptions, Tolerance
from fascia.errors import ReleaseError
from fascia.interventions import attenuation, release_sweep as sweeps, sweep_release
from fascia.transmission import ladder
from panjabi.cohort import CohortError, fingerprint
from panjabi.errors import DataFileError, UnknownNameError

RATIOS, TENSIONS = (0.0, 0.1, math.inf), (0.0, 20.0)


@pytest.fixture(scope="module")
def subject():
    return fascia.standard_subject()


@pytest.fixture(scope="module")
def sweep(subject):
    return sweep_release(subject, "head_neck", RATIOS, TENSIONS)


def arrays(sweep):
    return {name: getattr(sweep, name) for name in sweeps.VALUES}


def test_arrays_are_tensions_by_ties_and_finite(sweep):
    for name, values in arrays(sweep).items():
        assert values.shape == (2, 3), name
        assert np.isfinite(values).all(), name


def test_nothing_to_release_or_nothing_that_slips_is_null(sweep):
    assert abs(sweep.end_change_deg[0]).max() < 1e-6  # no resting tension (S5)
    assert abs(sweep.end_change_deg[:, 2]).max() < 1e-6  # clamped
    assert sweep.end_change_deg[1, 0] > sweep.end_change_deg[1, 1] > 1e-4  # ties take off


def test_a_part_is_the_release_done_by_hand(subject, sweep):
    person = subject.with_network(subject.network.with_tie_ratio(0.1).with_resting_tension(20.0))
    change = fascia.release(person, "head_neck", null_models=False)
    assert sweep.end_change_deg[1, 1] == pytest.approx(change.end_angle_change_deg, abs=1e-7)
    assert sweep.stiffness_change_Nm_per_rad[1, 1] == pytest.approx(
        change.stiffness_change_Nm_per_rad, abs=1e-7
    )
    assert sweep.end_before_deg[1, 1] == pytest.approx(change.before.end_angle_deg, abs=1e-7)
    place = "tie ratio 0.1, resting tension 20 N: "
    lines = [line.removeprefix(place) for line in sweep.outside_evidence if place in line]
    assert lines == list(change.outside_evidence) != []
    assert sweep.to_dict()["outside_evidence"] == list(sweep.outside_evidence)


def assert_same(one, two):
    for name, values in arrays(one).items():
        assert values.tobytes() == arrays(two)[name].tobytes(), name


def test_workers_and_blocks_give_the_same_bytes(subject, sweep):
    other = sweep_release(subject, "head_neck", RATIOS, TENSIONS, workers=3, block=2)
    assert_same(sweep, other)


@pytest.mark.slow
def test_other_processes_give_the_same_bytes(subject, sweep):
    ask = {"executor": "processes", "workers": 2}
    assert_same(sweep, sweep_release(subject, "head_neck", RATIOS, TENSIONS, **ask))


def test_a_failed_part_is_named_and_the_others_kept(monkeypatch, subject, tmp_path):
    whole = sweeps._part

    def broken(setup, cell):
        if cell.inputs["tie_ratio"] == 0.1 and cell.inputs["resting_tension_N"] == 20.0:
            raise ReleaseError("this part is broken.")
        return whole(setup, cell)

    monkeypatch.setattr(sweeps, "_part", broken)
    words = r"in 1 of them, .* part 2 \(tie_ratio 0.1, resting_tension_N 20.0\): .*part is broken"
    with pytest.raises(CohortError, match=words) as caught:
        sweep_release(subject, "head_neck", (0.1, 1.0), TENSIONS)
    assert caught.value.partial.complete.tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"region": "hamstrings"}, "description.region"),
        ({"test": "knee-extension"}, "description.test"),
        ({"side": "left"}, "description.side"),
        ({"doses": {"tension": 1.0}}, "description.doses"),
        ({"options": PostureOptions(neck_flexion=0.2)}, "description.options"),
        ({"subject": {"share": 0.5}}, "description.subject"),
        ({"subject": {"tolerance": Tolerance(limit=300.0)}}, "description.subject"),
        ({"tie_ratios": (0.2,)}, "input 'tie_ratio'"),
    ],
)
def test_the_store_of_another_sweep_is_refused(subject, stored, change, words):
    """A stored number belongs to one subject, region, test, side, dose and posture."""
    asked = {"subject": subject, "region": "suboccipital", "tie_ratios": (0.1,)} | change
    if "subject" in change:
        asked["subject"] = fascia.standard_subject(**change["subject"])
    with pytest.raises(DataFileError, match=f"differs in {words}"):
        sweep_release(**asked, resting_tensions=(5.0,), store=stored[0], resume=True)


@pytest.fixture(scope="module")
def stored(subject, tmp_path_factory):
    """A store with a sweep of one part, and that sweep."""
    store = tmp_path_factory.mktemp("sweep") / "store"
    return store, sweep_release(subject, "suboccipital", (0.1,), (5.0,), store=store)


def test_a_store_gives_the_parts_back(monkeypatch, stored):
    """Also to a subject that was built again, with the defaults written out."""
    store, first = stored
    monkeypatch.setattr(sweeps, "apply_doses", lambda *_: pytest.fail("computed again"))
    again = sweep_release(
        fascia.standard_subject,
        "suboccipital",
        (0.1,),
        (5.0,),
        {"tension": 0.5},
        options=PostureOptions(),
        store=store,
        resume=True,
    )
    assert_same(again, first)


def test_a_law_whose_code_was_edited_is_another_subject(subject):
    def with_law(slope):
        class Spring:
            slack_length = 0.03

            def energy(self, length):
                return 0.5 * slope * max(length - 0.03, 0.0) ** 2

            def tension(self, length):
                return slope * max(length - 0.03, 0.0)

            def tangent(self, length):
                return slope if length > 0.03 else 0.0

            def reference_stiffness(self):
                return slope

        return subject.with_network(subject.network.with_law("galea_lambda", Spring()))

    one, same, other = (fingerprint(with_law(slope)) for slope in (1e3, 1e3, 2e3))
    assert one == same != other


def test_dictionary_has_units_in_its_keys_and_no_infinities(sweep):
    value = sweep.to_dict()
    assert value["tie_ratio"] == [0.0, 0.1, "clamped"]
    assert np.array(value["end_change_deg"]).shape == (2, 3)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        (
            {"tie_ratios": (-1.0,)},
            ReleaseError,
            "tie ratio, all different and 0 or above",
        ),
        ({"tie_ratios": ()}, ReleaseError, "at least one"),
        ({"tie_ratios": (0.1, 0.1)}, ReleaseError, "different"),
        ({"tie_ratios": (math.nan,)}, ReleaseError, "tie ratio, .*got .nan"),
        ({"resting_tensions": (math.inf,)}, ReleaseError, "Expected finite resting tensions"),
        ({"region": "skalp"}, UnknownNameError, "scalp"),
        ({"doses": {"tensoin": 1.0}}, UnknownNameError, "tension"),
    ],
)
def test_invalid_arguments_fail_before_the_computation(subject, changes, error, words):
    asked = {"region": "head_neck", "tie_ratios": (0.1,), "resting_tensions": (5.0,)} | changes
    with pytest.raises(error, match=words):
        sweep_release(subject, **asked)


# --- attenuation --------------------------------------------------------------------------


def test_stiffer_ties_attenuate_more(subject):
    found = attenuation(subject, tie_ratios=(0.001, 0.01, 0.1, 1.0))
    end = abs(found.relative[:, -1])
    assert (np.diff(end) < 0.0).all() and end[-1] < 1e-4 < end[0]
    assert (found.relative[:, 0] == 1.0).all()
    assert (found.change_N[:, 0] < 0.0).all()  # a release takes tension off


def test_ladder_beside_it_is_the_long_chain(subject):
    found = attenuation(subject, tie_ratios=(0.1, math.inf))
    links = len(found.stations) - 1
    decay = found.ladder[0, 1] / found.ladder[0, 0]
    assert decay == pytest.approx(ladder.decay_per_station(0.1))
    # a finite chain of 200 links has the same force ratio after as many links
    u = ladder.displacements(0.1, 200)
    force = u[:-1] - u[1:]
    assert found.ladder[0] == pytest.approx(force[:links] / force[0], rel=1e-9)
    assert found.ladder[1, 1:].any() == np.False_


def test_a_chain_on_the_body_that_is_cut_passes_nothing(subject):
    network = subject.network
    lumbar = network.strands_of(region="thoracolumbar") + network.strands_of(region="latissimus")
    parted = replace(subject, network=network.cut(*lumbar))
    found = attenuation(parted, tie_ratios=(0.01,))
    assert abs(found.change_N[0, -1]) < 1e-9 < abs(found.change_N[0, 0])


def test_nothing_to_follow_is_an_error(subject):
    slack = subject.with_network(subject.network.with_resting_tension(0.0))
    with pytest.raises(ReleaseError, match="releasing plantar changes no tension at sp_c4"):
        attenuation(slack, "plantar", tie_ratios=(1.0,))


def test_unknown_station_offers_a_near_one(subject):
    with pytest.raises(UnknownNameError, match="sp_t4"):
        attenuation(subject, stations=("sp_c4", "spt4"), tie_ratios=(0.1,))
