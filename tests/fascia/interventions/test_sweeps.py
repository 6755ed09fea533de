"""Sweeps: limits, independence of the executor, what survives a failure; levels of the line."""

from __future__ import annotations

import math
import shelve
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

import fascia
from fascia.clinical import PostureOptions, Tolerance
from fascia.errors import ReleaseError
from fascia.interventions import (
    SweepError,
    SweepPoint,
    attenuation,
    release_sweep as sweeps,
    sweep_release,
)
from fascia.transmission import ladder
from panjabi.cohort import fingerprint
from panjabi.errors import UnknownNameError

RATIOS, TENSIONS = (0.0, 0.1, math.inf), (0.0, 20.0)


@pytest.fixture(scope="module")
def subject():
    return fascia.standard_subject()


@pytest.fixture(scope="module")
def sweep(subject):
    return sweep_release(subject, "head_neck", RATIOS, TENSIONS, progress=False)


def arrays(sweep):
    return {f.name: getattr(sweep, f.name) for f in fields(SweepPoint)}


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


def test_two_runs_and_threads_give_the_same_bits(subject, sweep):
    with ThreadPoolExecutor(2) as pool:
        other = sweep_release(subject, "head_neck", RATIOS, TENSIONS, executor=pool, progress=False)
    for name, values in arrays(sweep).items():
        assert np.array_equal(values, arrays(other)[name]), name


@pytest.mark.slow
def test_other_processes_give_the_same_bits(subject, sweep):
    with ProcessPoolExecutor(2) as pool:
        other = sweep_release(subject, "head_neck", RATIOS, TENSIONS, executor=pool, progress=False)
    for name, values in arrays(sweep).items():
        assert np.array_equal(values, arrays(other)[name]), name


@pytest.mark.parametrize("how", [None, ThreadPoolExecutor])
def test_a_failed_part_keeps_the_others_and_can_be_taken_up_again(monkeypatch, subject, how):
    whole, calls = sweeps._part, []

    def broken(subject, key, *rest):
        calls.append(key)
        if key == (0.1, 20.0):
            raise ReleaseError("this part is broken.")
        return whole(subject, key, *rest)

    monkeypatch.setattr(sweeps, "_part", broken)
    kept: dict = {}
    pool = None if how is None else how(2)
    with pytest.raises(SweepError, match="1 of 4 parts.*tie ratio 0.1 and 20 N.*broken") as caught:
        sweep_release(
            subject,
            "head_neck",
            (0.1, 1.0),
            TENSIONS,
            executor=pool,
            partial=kept,
            progress=False,
        )
    assert set(kept) == set(caught.value.partial) and len(kept) == 3
    assert set(caught.value.failed) == {(0.1, 20.0)}

    def counted(subject, key, *rest):
        calls.append(key)
        return whole(subject, key, *rest)

    monkeypatch.setattr(sweeps, "_part", counted)
    calls.clear()
    done = sweep_release(subject, "head_neck", (0.1, 1.0), TENSIONS, partial=kept, progress=False)
    assert calls == [(0.1, 20.0)]  # only what was missing
    assert done.end_change_deg.shape == (2, 2)
    if pool is not None:
        pool.shutdown()


@pytest.mark.parametrize(
    "change",
    [
        {"region": "hamstrings"},
        {"test": "knee-extension"},
        {"side": "left"},
        {"doses": {"tension": 1.0}},
        {"options": PostureOptions(neck_flexion=0.2)},
        {"subject": {"share": 0.5}},
        {"subject": {"tolerance": Tolerance(limit=300.0)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_parts_of_another_sweep_are_left_alone(subject, shelf, change):
    """A stored number belongs to one subject, region, test, side, dose and posture."""
    kept, first = shelf
    asked = {"region": "suboccipital", **change}
    if "subject" in asked:
        asked["subject"] = fascia.standard_subject(**asked["subject"])
    call = {"subject": subject, "tie_ratios": (0.1,), "resting_tensions": (5.0,), **asked}
    fresh = sweep_release(**call, progress=False)
    stored = sweep_release(**call, partial=kept, progress=False)
    for name, values in arrays(stored).items():
        assert np.array_equal(values, arrays(fresh)[name]), name
    assert not np.array_equal(fresh.end_change_deg, first.end_change_deg)


@pytest.fixture(scope="module")
def shelf(subject, tmp_path_factory):
    """A store on disk with the part of one sweep, and that sweep."""
    with shelve.open(str(tmp_path_factory.mktemp("sweep") / "parts")) as kept:
        first = sweep_release(subject, "suboccipital", (0.1,), (5.0,), partial=kept, progress=False)
        assert len(kept) == 1
        yield kept, first


def test_a_store_on_disk_gives_the_parts_back(monkeypatch, shelf):
    """Also to a subject that was built again, with the defaults written out."""
    kept, first = shelf
    monkeypatch.setattr(sweeps, "_part", lambda *_: pytest.fail("computed again"))
    again = sweep_release(
        fascia.standard_subject,
        "suboccipital",
        (0.1,),
        (5.0,),
        {"tension": 0.5},
        options=PostureOptions(),
        partial=kept,
        progress=False,
    )
    assert again.end_change_deg == first.end_change_deg


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


def test_a_store_of_another_kind_is_refused(subject):
    point = SweepPoint(
        end_before_deg=1.0,
        end_change_deg=1.0,
        stiffness_before_Nm_per_rad=1.0,
        stiffness_change_Nm_per_rad=1.0,
        censored=False,
    )
    for partial in ({(0.1, 5.0): point}, [point]):
        with pytest.raises(ReleaseError, match="Expected a mapping with text as keys"):
            sweep_release(subject, "neck", (0.1,), (5.0,), partial=partial, progress=False)


def test_an_executor_of_another_type_is_an_error(subject):
    with pytest.raises(ReleaseError, match="Expected a concurrent.futures.Executor, got list"):
        sweep_release(subject, "neck", (0.1,), (5.0,), executor=[], progress=False)


def test_an_interruption_keeps_finished_parts(monkeypatch, subject):
    whole, kept = sweeps._part, {}

    def stopped(subject, key, *rest):
        if len(kept) == 1:
            raise KeyboardInterrupt
        return whole(subject, key, *rest)

    monkeypatch.setattr(sweeps, "_part", stopped)
    with pytest.raises(KeyboardInterrupt) as caught:
        sweep_release(subject, "head_neck", RATIOS, TENSIONS, partial=kept, progress=False)
    assert len(kept) == 1 and "1 parts" in caught.value.__notes__[0]


def test_progress_goes_to_standard_error(subject, capsys):
    sweep_release(subject, "head_neck", (1.0,), (5.0,))
    printed = capsys.readouterr()
    assert printed.out == "" and "sweep" in printed.err


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
        sweep_release(subject, progress=False, **asked)


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
