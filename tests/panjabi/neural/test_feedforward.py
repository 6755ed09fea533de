"""Held and anticipatory commands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import arm_raise, feedforward, from_forces

GROUPS = ("transversus", "superficial", "superficial", "")


def plan(**changes):
    return replace(arm_raise([0.02, 0.05, 0.05, 0.01], GROUPS), **changes)


def test_commands_rise_from_onset_to_onset_plus_ramp():
    one = plan(event=1.0)
    assert one.commands(0.5) == pytest.approx([0.02, 0.05, 0.05, 0.01])
    assert one.commands(0.97 + 0.025)[0] == pytest.approx(0.02 + 0.05)  # half way
    assert one.commands(2.0) == pytest.approx([0.12, 0.15, 0.15, 0.01])


@given(st.floats(-0.2, 0.2))
def test_shift_of_onset_is_a_shift_in_time(time):
    early = plan()
    late = early.shifted("transversus", 0.09)
    assert late.commands(time + 0.09)[0] == pytest.approx(early.commands(time)[0], abs=1e-12)
    assert late.commands(time)[1:] == pytest.approx(early.commands(time)[1:])


def test_slope_in_onset_is_exact():
    h = 1e-6
    for time in (-0.02, 0.0, 0.03):
        step = (plan().shifted("superficial", h).commands(time)
                - plan().shifted("superficial", -h).commands(time)) / (2 * h)  # fmt: skip
        found = plan().by_onset(time)
        assert found[1:3] == pytest.approx(step[1:3], abs=1e-7)


def test_rise_has_two_continuous_slopes():
    x = np.linspace(-0.1, 1.1, 1201)
    value = np.array([feedforward.risen(v)[0] for v in x])
    slope = np.array([feedforward.risen(v)[1] for v in x])
    assert np.gradient(value, x)[1:-1] == pytest.approx(slope[1:-1], abs=1e-4)
    assert np.abs(np.diff(slope)).max() < 0.01  # no jump


def test_late_transversus_is_outside_the_window():
    assert plan().is_feedforward("transversus")
    assert not arm_raise([0.0] * 4, GROUPS, late=True).is_feedforward("transversus")
    assert plan().breaks == pytest.approx((-0.03, 0.0, 0.02, 0.05))


def test_commands_from_forces():
    assert from_forces([50.0, 0.0], [500.0, 300.0]) == pytest.approx([0.1, 0.0])
    with pytest.raises(ParameterError, match="commands from 0 to 2"):
        from_forces([100.0, 0.0], [50.0, 100.0])
    with pytest.raises(ParameterError, match="one capacity above 0 N"):
        from_forces([1.0], [0.0])


def test_compiled_equals_plain():
    args = (0.01, 0.0, *(plan().arrays[:2]), 0.05, plan().arrays[2])
    one, two = np.empty((2, 4)), np.empty((2, 4))
    feedforward.anticipated(*args, one[0], one[1])
    feedforward.anticipated.py_func(*args, two[0], two[1])
    assert np.allclose(one, two, rtol=1e-14)


def test_invalid_arguments_raise():
    with pytest.raises(UnknownNameError, match="transversus"):
        plan().shifted("tranversus", 0.1)
    with pytest.raises(UnknownNameError, match="group in onset"):
        plan(onset={"gluteus": 0.0}, amplitude={"gluteus": 0.1})
    with pytest.raises(ParameterError, match="same groups"):
        plan(onset={"transversus": 0.0})
    with pytest.raises(ParameterError, match="0 to 1"):
        plan(base=[0.95] * 4)
    with pytest.raises(ParameterError, match="name the group"):
        arm_raise([0.1], ["leg"])
    with pytest.raises(ParameterError, match="ramp as .*, got 0"):
        plan(ramp=0.0)
    with pytest.raises(ParameterError, match="of shape"):
        plan(base=[0.1, 0.2])
