"""Sudden load and quick release: signs, latencies, fit, drives against the record's channels."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi.errors import ConvergenceError
from panjabi.simulation import simulate
from panjabi.spine.perturbation import ForceStep
from panjabi.tasks import (
    MODELS,
    Condition,
    condition_equilibrium,
    quick_release,
    sudden_load,
)
from panjabi.tasks.response import excitation, saturate_commands


@cache
def load(delay: float = 0.0, gain: float = 1.0):
    return sudden_load(Condition().changed(extra_delay=delay, gain_factor=gain))


def test_a_pull_forward_flexes_and_switches_the_back_on():
    found = load()
    assert found.moment < 0.0 and found.peak_angle < 0.0
    onset = found.latencies["extensors"]
    assert onset.direction == "on" and onset.in_reflex_window
    assert found.drive_change("extensors") > 0.0
    assert np.all(found.angle[found.time < found.event] == pytest.approx(0.0, abs=1e-6))


def test_an_extra_delay_is_measured_from_the_drives_to_within_a_sample():
    first, second = (load(d).latencies["extensors"].seconds for d in (0.0, 0.020))
    assert second - first == pytest.approx(0.020, abs=0.0005)


def test_drives_are_constant_during_the_shortest_delay():
    """No reflex acts before the shortest delay after the stretch."""
    found = load()
    before = found.time < found.event + 0.030
    for drive in found.drives.values():
        assert np.ptp(drive[before]) < 1e-6
    silent = load(gain=0.0)
    assert abs(silent.drive_change("extensors")) < 1e-9
    assert abs(silent.peak_angle) > abs(found.peak_angle)


def test_release_switches_the_back_off_and_extends():
    made = quick_release()
    assert made.peak_angle > 0.0 and made.moment > 0.0
    assert made.latencies["extensors"].direction == "off"
    assert made.explained > 0.98
    assert made.stiffness > 0.0 and made.damping > 0.0


def test_the_fitted_stiffness_increases_with_gain():
    less, more = (quick_release(Condition().changed(gain_factor=g)).stiffness for g in (1.0, 1.5))
    assert more > 1.1 * less


def test_the_same_push_on_trunk_and_lumbar_spine_agrees_within_two_and_a_half():
    """At equal co-contraction; lumbar joints bend in series, and the trunk says so."""
    trunk, lumbar = (
        sudden_load(Condition(model=m).changed(cocontraction=0.017)) for m in MODELS[:2]
    )
    assert lumbar.moment == pytest.approx(trunk.moment, rel=1e-6)
    assert 1.5 < lumbar.peak_angle / trunk.peak_angle < 2.5
    onsets = [r.latencies["extensors"].seconds for r in (trunk, lumbar)]
    assert onsets[0] == pytest.approx(onsets[1], abs=0.01)
    assert "one joint bends" in trunk.to_dict()["note"] and "note" not in lumbar.to_dict()
    assert (trunk.joints, lumbar.joints) == (1, 6)


def test_excitation_of_all_times_is_that_of_the_channels():
    push = ForceStep(30.0, start=0.1)
    record = simulate(condition_equilibrium(Condition(), (push,)), push, duration=0.4)
    times = np.linspace(0.0, 0.4, 9)
    names = record.model.muscles.muscles.names
    picked = [0, 1]
    channels = record.channels([f"{names[m]} excitation" for m in picked], times)
    table = excitation(record, times)
    for m in picked:
        np.testing.assert_allclose(table[:, m], channels[f"{names[m]} excitation"], atol=1e-12)


def test_bend_runs_as_plain_python_too():
    excitation = np.array([[-0.3, 0.0, 0.4], [0.99, 1.0, 1.7]])
    plain = excitation.copy()
    saturate_commands(excitation, 0.01)
    saturate_commands.py_func(plain, 0.01)
    np.testing.assert_array_equal(excitation, plain)
    assert excitation.min() >= 0.0 and excitation.max() <= 1.0


def test_a_release_too_short_to_fit_is_refused():
    with pytest.raises(ConvergenceError, match="after the release for the fit"):
        quick_release(Condition().changed(cocontraction=0.01), duration=0.21)
