"""Latency, sway, diffusion, agreement and reflex share on records whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural.measures import (
    diffusion,
    latency,
    reflex_share,
    stabilogram as stabilogram,
    sway,
    variance_accounted_for,
)

T = np.arange(0.0, 1.0, 0.001)


def burst(at: float, height: float = 1.0, sd: float = 0.02, seed: int = 0) -> np.ndarray:
    noise = sd * np.random.default_rng(seed).standard_normal(T.size)
    return 0.2 + noise + height * np.clip((T - at) / 0.01, 0.0, 1.0)


class TestLatency:
    @pytest.mark.parametrize("after", [0.053, 0.070, 0.120])
    def test_onset_is_found_within_the_rise(self, after):
        found = latency(T, burst(0.4 + after), event=0.4)
        assert found.seconds == pytest.approx(after, abs=0.002)
        assert found.direction == "on" and found.in_reflex_window

    def test_direction_selects_onset_or_shut_off(self):
        found = latency(T, burst(0.453, height=-0.5), event=0.4)
        assert found.direction == "off"
        assert found.seconds == pytest.approx(0.053, abs=0.003)
        assert latency(T, burst(0.453, height=-0.5), event=0.4, direction="on").seconds is None

    def test_without_noise_the_crossing_is_interpolated(self):
        drive = np.clip((T - 0.45) / 0.1, 0.0, 1.0)
        found = latency(T, drive, event=0.4, least_change=0.0505)
        assert found.seconds == pytest.approx(0.05 + 0.00505, abs=1e-9)
        assert "SD" in found.rule and found.threshold == 0.0505

    def test_a_spike_shorter_than_hold_is_not_an_onset(self):
        drive = burst(0.47)
        drive[420] = 2.0
        assert latency(T, drive, event=0.4).seconds == pytest.approx(0.07, abs=0.002)

    def test_late_responses_are_voluntary_or_outside_the_window(self):
        found = latency(T, burst(0.62), event=0.4)
        assert found.seconds == pytest.approx(0.22, abs=0.002) and not found.in_reflex_window
        assert latency(T, burst(0.9), event=0.4).seconds is None

    def test_invalid_arguments_raise(self):
        with pytest.raises(ParameterError, match="least_change"):
            latency(T, np.zeros_like(T), event=0.4)
        with pytest.raises(ParameterError, match="move the event"):
            latency(T, burst(0.5), event=0.0)
        with pytest.raises(UnknownNameError, match="direction"):
            latency(T, burst(0.5), event=0.4, direction="up")
        with pytest.raises(ParameterError, match="Expected rising times"):
            latency(T[::-1], burst(0.5), event=0.4)
        with pytest.raises(ParameterError, match="as many samples"):
            latency(T[:-1], burst(0.5), event=0.4)
        gap = burst(0.5)
        gap[7] = np.nan
        with pytest.raises(ParameterError, match="nan at sample 7"):
            latency(T, gap, event=0.4)
        with pytest.raises(ParameterError, match="at least 4 samples"):
            latency([0.0], [0.0], event=0.0)


class TestSway:
    def test_a_sine(self):
        """rms a / sqrt 2, range 2a, path 4 a f t, one frequency."""
        t = np.arange(0.0, 40.0, 0.01)
        found = sway(t, 0.3 + 0.02 * np.sin(2 * np.pi * 0.5 * t))
        assert found.rms == pytest.approx(0.02 / math.sqrt(2.0), rel=1e-3)
        assert found.range == pytest.approx(0.04, rel=1e-3)
        assert found.mean_velocity == pytest.approx(4 * 0.02 * 0.5, rel=1e-2)
        assert found.mean_frequency_hz == pytest.approx(0.5, rel=1e-2)
        assert found.median_frequency_hz == pytest.approx(0.5, abs=0.03)

    def test_slower_sway_has_a_lower_mean_frequency(self):
        t = np.arange(0.0, 60.0, 0.02)
        rng = np.random.default_rng(2)
        white = rng.standard_normal(t.size)
        walk = np.cumsum(white)
        assert sway(t, walk).mean_frequency_hz < 0.1 * sway(t, white).mean_frequency_hz

    def test_invalid_arguments_raise(self):
        t = np.arange(0.0, 2.0, 0.01)
        with pytest.raises(ParameterError, match="straight line"):
            sway(t, 3.0 * t)
        with pytest.raises(ParameterError, match="even"):
            sway(t**2 + t, np.sin(t))


class TestDiffusion:
    def test_a_random_walk_diffuses_at_its_rate(self):
        """<dx^2> = 2 D t with D = step variance / (2 dt), exponent one half."""
        rng = np.random.default_rng(4)
        t = np.arange(0.0, 400.0, 0.01)
        x = np.cumsum(0.01 * rng.standard_normal(t.size))
        found = diffusion(t, x, longest=2.0, short_fit=(0.01, 0.5), long_fit=(0.5, 2.0))
        assert found.short == pytest.approx(0.01**2 / (2 * 0.01), rel=0.05)
        assert found.long == pytest.approx(0.005, rel=0.2)
        assert found.short_exponent == pytest.approx(0.5, abs=0.02)

    def test_two_directions_add_and_share_one_coefficient(self):
        rng = np.random.default_rng(5)
        t = np.arange(0.0, 200.0, 0.01)
        walk = np.cumsum(0.01 * rng.standard_normal((t.size, 2)), axis=0)
        both = diffusion(t, walk, longest=1.0, short_fit=(0.01, 0.3), long_fit=(0.3, 1.0))
        ones = [diffusion(t, w, longest=1.0, short_fit=(0.01, 0.3), long_fit=(0.3, 1.0)).short
                for w in walk.T]  # fmt: skip
        assert both.short == pytest.approx(np.mean(ones), rel=1e-9)

    def test_break_of_a_two_line_curve_is_found_exactly(self):
        lag = np.arange(1, 101) * 0.1
        square = np.where(lag <= 3.0, 2.0 * lag, 6.0 + 0.2 * (lag - 3.0))
        assert lag[stabilogram._break(lag, square) - 1] == pytest.approx(3.0, abs=0.11)

    def test_an_ornstein_uhlenbeck_path_saturates(self):
        """<dx^2> = 2 s^2 (1 - exp(-t/T)): short D near s^2 / T, long D near 0."""
        rng = np.random.default_rng(6)
        dt, time_constant = 0.01, 0.5
        phi = math.exp(-dt / time_constant)
        x = np.zeros(60000)
        kicks = math.sqrt(1 - phi**2) * rng.standard_normal(x.size)
        for i in range(1, x.size):
            x[i] = phi * x[i - 1] + kicks[i]
        t = dt * np.arange(x.size)
        found = diffusion(t, x, longest=5.0, short_fit=(0.01, 0.1), long_fit=(2.5, 5.0))
        assert found.short == pytest.approx(1.0 / time_constant, rel=0.15)
        assert abs(found.long) < 0.05 * found.short
        assert found.critical_time == pytest.approx(time_constant, rel=0.3)
        searched = diffusion(t, x, longest=5.0)
        assert searched.short > 5.0 * abs(searched.long)
        assert 0.1 < searched.critical_time < 1.5

    def test_compiled_equals_plain(self):
        x = np.random.default_rng(1).standard_normal((60, 2))
        one, two = np.empty(3), np.empty(3)
        lags = np.array([1, 2, 7])
        stabilogram.mean_square_displacement(x, lags, one)
        stabilogram.mean_square_displacement.py_func(x, lags, two)
        assert np.allclose(one, two, rtol=1e-13)

    def test_invalid_arguments_raise(self):
        t = np.arange(0.0, 10.0, 0.01)
        x = np.sin(t)
        with pytest.raises(ParameterError, match="both short_fit and long_fit or neither"):
            diffusion(t, x, short_fit=(0.01, 0.1))
        with pytest.raises(ParameterError, match="8 or more"):
            diffusion(t, x, longest=0.03)
        with pytest.raises(ParameterError, match="widen the range"):
            diffusion(t, x, longest=1.0, short_fit=(0.011, 0.012), long_fit=(0.5, 1.0))


def test_variance_accounted_for():
    y = np.sin(np.linspace(0.0, 20.0, 500))
    assert variance_accounted_for(y, y) == 1.0
    assert variance_accounted_for(y, np.full(500, y.mean())) == pytest.approx(0.0)
    assert variance_accounted_for(y, -y) < 0.0
    assert variance_accounted_for(y + 3.0, y, about="zero") < variance_accounted_for(y, y)
    with pytest.raises(ParameterError, match="a measured record that varies"):
        variance_accounted_for(np.ones(9), np.ones(9))
    with pytest.raises(ParameterError, match="same times"):
        variance_accounted_for(y, y[:-1])


class TestReflexShare:
    def test_three_definitions_side_by_side(self):
        found = reflex_share(intrinsic=10.0, gravity=112.0, angle_gain=400.0, rate_gain=60.0,
                             delay=0.06, frequency_hz=0.0)  # fmt: skip
        assert found.of_total == pytest.approx(400.0 / 410.0)
        assert found.of_effective == pytest.approx(400.0 / 298.0)  # above 1: gravity is stronger
        assert found.at_frequency == found.of_effective

    def test_a_reflex_late_by_half_a_period_has_a_negative_fraction(self):
        """Delay 0.1 s at 5 Hz is half a period: the stretch gain acts with the other sign."""
        found = reflex_share(intrinsic=300.0, gravity=0.0, angle_gain=100.0, rate_gain=0.0,
                             delay=0.1, frequency_hz=5.0)  # fmt: skip
        assert found.at_frequency == pytest.approx(-100.0 / 200.0)

    def test_fraction_is_none_without_stiffness(self):
        found = reflex_share(intrinsic=10.0, gravity=500.0, angle_gain=400.0, rate_gain=0.0,
                             delay=0.06, frequency_hz=0.5)  # fmt: skip
        assert found.of_effective is None and found.of_total is not None

    def test_invalid_arguments_raise(self):
        with pytest.raises(ParameterError, match="a reflex with a gain"):
            reflex_share(intrinsic=1.0, gravity=0.0, angle_gain=0.0, rate_gain=0.0, delay=0.0,
                         frequency_hz=1.0)  # fmt: skip
        with pytest.raises(ParameterError, match="delay as .*, got -1 s"):
            reflex_share(intrinsic=1.0, gravity=0.0, angle_gain=1.0, rate_gain=0.0, delay=-1.0,
                         frequency_hz=1.0)  # fmt: skip
