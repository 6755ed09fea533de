"""Held stretches: one series for all strands, each time in equilibrium."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fascia.clinical import (
    CERVICAL_JOINTS,
    LUMBAR_JOINTS,
    THORACIC_JOINTS,
    Examination,
    hold,
)
from fascia.errors import NetworkError, ReadoutError
from panjabi.tissue.viscoelastic import PronySeries, hamstring_group

FREE_LEVELS = [s.replace("_", "-") for s in (*LUMBAR_JOINTS, *THORACIC_JOINTS, *CERVICAL_JOINTS)]
ANGLE = np.radians(60.0)


@pytest.fixture(scope="module")
def bench(subject) -> Examination:
    return Examination(subject.network, "slr")


@pytest.fixture(scope="module")
def held(bench):
    return hold(bench, ANGLE, 90.0)


def test_a_hold_begins_with_the_torque_of_the_test(bench, held):
    sample = bench.at(ANGLE)
    assert held.peak == pytest.approx(sample.tissue_torque, rel=1e-9)
    assert held.hamstring_peak == pytest.approx(sample.torque_by_tissue["hamstrings"], rel=1e-9)


@pytest.mark.parametrize("time", [1.0, 17.0, 90.0])
def test_every_time_is_the_equilibrium_of_the_relaxed_network(bench, held, time):
    left = Examination(bench.network.relaxed(hamstring_group().relaxation(time)), "slr")
    sample = left.at(ANGLE)
    assert np.interp(time, held.time, held.torque) == pytest.approx(sample.tissue_torque, rel=1e-5)
    hamstrings = np.interp(time, held.time, held.hamstring_torque)
    assert hamstrings == pytest.approx(sample.torque_by_tissue["hamstrings"], rel=1e-5)


def test_without_tone_and_resting_tension_the_torque_follows_the_series(subject):
    """Every law loses the same fraction, so the slips stay and the torque falls by the series."""
    network = subject.network.with_muscle_laws(
        subject.network.strands_of(region="hamstrings", kind="muscle"),
        lambda law: replace(law, activation=0.0),
    ).with_resting_tension(0.0)
    network = network.without_ligaments(FREE_LEVELS)  # their law is the relaxed one already
    preloaded = {s.name: 0.0 for s in network.strands if "preload" in s.parameters}
    network = network.with_standing_tension(preloaded).with_resting_tension({"neural": 0.0})
    bare = Examination(network.with_tie_ratio(0.0).with_adhesion(0.0), "slr")
    held = hold(bare, ANGLE, 90.0)
    assert held.torque / held.peak == pytest.approx(held.fraction, rel=1e-6)
    assert held.fraction[-1] == pytest.approx(hamstring_group().relaxation(90.0))


def test_the_torque_only_falls_in_the_hold(held):
    assert (np.diff(held.torque) < 0.0).all()
    assert 0.0 < held.decline_after(30.0) < held.decline_after(90.0)
    assert held.decline_after(90.0) < 1.0 - held.fraction[-1]  # tone does not relax
    assert held.hamstring_decline_after(90.0) < 1.0 - held.fraction[-1]


def test_a_series_that_never_relaxes_is_elastic(bench):
    held = hold(bench, ANGLE, 10.0, PronySeries(weights=(), times=(), long_term=1.0))
    assert held.decline_after(10.0) == pytest.approx(0.0, abs=1e-12)


def test_impossible_holds_are_refused(bench, held):
    with pytest.raises(ReadoutError, match="Expected an angle from 0 to"):
        hold(bench, 4.0)
    with pytest.raises(ReadoutError, match="Expected a torque at the end of the stretch"):
        hold(bench, 0.0)
    with pytest.raises(ReadoutError, match="Expected a positive duration of the hold"):
        hold(bench, ANGLE, 0.0)
    with pytest.raises(ReadoutError, match="hold for longer"):
        held.decline_after(120.0)
    relaxed = Examination(bench.network.relaxed(), "slr")
    with pytest.raises(NetworkError, match="Expected a network at the test rate"):
        hold(relaxed, ANGLE)
