"""Prony series: closed forms, exact convolution, dissipation, calibration figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import quad

from panjabi.errors import ParameterError
from panjabi.tissue import LASTING, PronySeries, hamstring_group


@st.composite
def series(draw):
    shares = np.array(draw(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=5)))
    shares = shares / shares.sum()
    times = draw(
        st.lists(st.floats(0.05, 200.0), min_size=len(shares) - 1, max_size=len(shares) - 1)
    )
    return PronySeries(
        weights=tuple(shares[1:]), times=tuple(times), long_term=1.0 - float(sum(shares[1:]))
    )


def test_hamstring_group_in_a_hold():
    """0.750 at 30 s and 0.670 at 90 s, to the three digits the weights are given with."""
    g = hamstring_group()
    assert g.relaxation(0.0) == 1.0
    assert g.relaxation(30.0) == pytest.approx(0.750, abs=5e-4)
    assert g.relaxation(90.0) == pytest.approx(0.670, abs=6e-4)
    assert g.relaxation(np.inf) == LASTING.value
    assert sum(g.weights) + g.long_term == pytest.approx(1.0, abs=1e-12)


def test_hamstring_decline_is_practically_over_by_45_seconds():
    """The last 45 of 90 s add less than 10 points (published: significant only up to 45 s)."""
    g = hamstring_group()
    assert g.relaxation(45.0) - g.relaxation(90.0) < 0.10


@given(g=series())
def test_relaxation_starts_at_one_and_falls_to_the_long_term(g):
    t = np.linspace(0.0, 30.0 * max(g.times), 200)
    values = g.relaxation(t)
    assert values[0] == pytest.approx(1.0)
    assert np.all(np.diff(values) <= 1e-15)
    assert values[-1] == pytest.approx(g.long_term, abs=1e-9)
    assert g.relaxation(-1.0) == 0.0
    assert g.relaxation([[0.0, 1.0]]).shape == (1, 2)


@given(g=series(), rate=st.floats(-50.0, 50.0), ramp_time=st.floats(0.1, 40.0))
def test_ramp_then_hold_is_the_integral_and_the_convolution(g, rate, ramp_time):
    times = ramp_time * np.array([0.0, 0.3, 1.0, 1.7, 5.0])
    closed = g.ramp_then_hold(times, rate=rate, ramp_time=ramp_time)
    elastic = rate * np.minimum(times, ramp_time)
    assert g.convolve(times, elastic) == pytest.approx(closed, rel=1e-11, abs=1e-11)
    end = min(times[3], ramp_time)
    by_quadrature = rate * quad(lambda s: g.relaxation(times[3] - s), 0.0, end, limit=200)[0]
    assert closed[3] == pytest.approx(by_quadrature, rel=1e-7, abs=1e-9)


def test_a_fast_ramp_is_a_step():
    g = hamstring_group()
    ramp = g.ramp_then_hold(30.0, rate=100.0 / 1e-6, ramp_time=1e-6)
    assert ramp == pytest.approx(100.0 * g.relaxation(30.0), rel=1e-7)


def test_a_ramp_loses_less_than_a_step_because_it_relaxes_on_the_way():
    """Share lost in 90 s of hold after a 16 s ramp (80 deg at 5 deg/s), against the step."""
    g = hamstring_group()
    peak, end = g.ramp_then_hold(np.array([16.0, 106.0]), rate=1.0, ramp_time=16.0)
    assert 1.0 - end / peak < 1.0 - g.relaxation(90.0)


@given(
    g=series(),
    history=st.lists(
        st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 100.0)), min_size=2, max_size=12
    ),
    factor=st.floats(0.1, 10.0),
)
def test_convolution_is_exact_linear_and_knows_the_past_only(g, history, factor):
    time = np.cumsum([step for step, _ in history])
    elastic = np.array([value for _, value in history])
    out = g.convolve(time, elastic)
    assert g.convolve(time, factor * elastic) == pytest.approx(factor * out, abs=1e-9)
    # points added on the straight pieces change nothing
    middle = np.column_stack([time, np.append(0.5 * (time[1:] + time[:-1]), time[-1])]).ravel()[:-1]
    half = np.append(0.5 * (elastic[1:] + elastic[:-1]), elastic[-1])
    finer = g.convolve(middle, np.column_stack([elastic, half]).ravel()[:-1])
    assert finer[::2] == pytest.approx(out, rel=1e-10, abs=1e-9)
    # the future does not count
    assert g.convolve(time[:-1], elastic[:-1]) == pytest.approx(out[:-1])
    both = g.convolve(time, np.column_stack([elastic, 2 * elastic]))
    assert both[:, 0] == pytest.approx(out) and both[:, 1] == pytest.approx(2 * out)


def test_two_samples_at_one_time_are_a_step():
    g = hamstring_group()
    out = g.convolve([0.0, 10.0, 10.0, 40.0], [0.0, 0.0, 50.0, 50.0])
    assert out == pytest.approx([0.0, 0.0, 50.0, 50.0 * g.relaxation(30.0)])


@given(
    g=series(),
    corners=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6),
    pace=st.floats(0.1, 50.0),
)
def test_closed_loops_never_give_energy_back(g, corners, pace):
    """Linear law, strain from zero over any corners back to zero: work done >= 0."""
    strain = np.array([0.0, *corners, 0.0])
    time = pace * np.arange(strain.size)
    fine = np.linspace(0.0, time[-1], 200 * (strain.size - 1) + 1)
    x = np.interp(fine, time, strain)
    tension = g.convolve(fine, x)
    work = float(np.sum(0.5 * (tension[1:] + tension[:-1]) * np.diff(x)))
    assert work >= -1e-4 * float(np.max(x) ** 2)


def test_without_branches_it_is_elastic():
    g = PronySeries(weights=(), times=(), long_term=1.0)
    history = np.array([0.0, 3.0, 1.0])
    assert g.convolve([0.0, 1.0, 2.0], history) == pytest.approx(history)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"weights": (0.4,), "times": (1.0, 2.0), "long_term": 0.6}, "1 weights and 2 times"),
        ({"weights": (-0.1,), "times": (1.0,), "long_term": 1.1}, "weights as .*, got -0.1"),
        ({"weights": (0.4,), "times": (0.0,), "long_term": 0.6}, "times as .*, got 0 s"),
        ({"weights": (0.4,), "times": (1.0,), "long_term": math.nan}, "long_term as .*, got nan"),
        ({"weights": (0.4,), "times": (1.0,), "long_term": 0.5}, r"the sum 1, got 0\.9"),
    ],
)
def test_invalid_series_are_refused(fields, words):
    with pytest.raises(ParameterError, match=words):
        PronySeries(**fields)


@pytest.mark.parametrize(
    ("time", "tension", "words"),
    [
        ([0.0, 1.0], [1.0], "shape"),
        ([], [], "shape"),
        ([1.0, 0.0], [1.0, 1.0], "never decrease"),
        ([0.0, 1.0], [1.0, math.nan], "not finite"),
    ],
)
def test_invalid_histories_are_refused(time, tension, words):
    with pytest.raises(ParameterError, match=words):
        hamstring_group().convolve(time, tension)
