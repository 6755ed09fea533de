"""Noise: exact variance and correlation at any step, seeds, dependence on the command."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.neural import MotorNoise, SensoryNoise, band_limited, noise, stance_noise
from panjabi.parameter import sources


@pytest.mark.parametrize("step", [0.002, 0.02, 0.2])
def test_variance_and_correlation_do_not_depend_on_the_step(step):
    """Stationary: variance 1 from the first sample, correlation exp(-step / T)."""
    path = band_limited(11, duration=400 * step, step=step, channels=4000, time_constant=0.05)
    x = path.values
    assert np.mean(x[0] ** 2) == pytest.approx(1.0, abs=0.07)
    assert np.mean(x[-1] ** 2) == pytest.approx(1.0, abs=0.07)
    assert np.mean(x**2) == pytest.approx(1.0, abs=0.02)
    assert np.mean(x[1:] * x[:-1]) == pytest.approx(math.exp(-step / 0.05), abs=0.02)


def test_seed_decides_and_channels_differ():
    one, two = (band_limited(5, duration=1.0, step=0.01, channels=3, time_constant=0.1)
                for _ in range(2))  # fmt: skip
    assert np.array_equal(one.values, two.values)
    assert not np.array_equal(one.values[:, 0], one.values[:, 1])


def test_path_is_linear_between_its_samples():
    path = band_limited(1, duration=1.0, step=0.1, channels=2, time_constant=0.3)
    assert path.at(0.0) == pytest.approx(path.values[0])
    assert path.at(0.25) == pytest.approx(0.5 * (path.values[2] + path.values[3]))
    assert path.at(1.0) == pytest.approx(path.values[10])


def test_motor_noise_grows_with_the_command():
    motor = MotorNoise(proportional=0.1, constant=0.002)
    assert motor.sd([0.0, 0.5]) == pytest.approx([0.002, 0.052])
    assert motor.added([0.0, 0.5], [-1.0, 1.0]) == pytest.approx([0.0, 0.552])


def test_graviceptive_noise_is_ten_times_the_proprioceptive():
    found = stance_noise(1e-3)
    assert found.graviceptive == pytest.approx(1e-2)
    assert sources(found).parameters["ratio"].source == "vanderKooij2011"


def test_compiled_equals_plain():
    x = np.random.default_rng(0).standard_normal((50, 3))
    one, two = x.copy(), x.copy()
    noise.ornstein_uhlenbeck(0.9, one)
    noise.ornstein_uhlenbeck.py_func(0.9, two)
    assert np.allclose(one, two, rtol=1e-14)


def test_invalid_arguments_raise():
    with pytest.raises(ParameterError, match="step as .*, got 0"):
        band_limited(0, duration=1.0, step=0.0, channels=1, time_constant=0.1)
    with pytest.raises(ParameterError, match="channels"):
        band_limited(0, duration=1.0, step=0.1, channels=0, time_constant=0.1)
    path = band_limited(0, duration=1.0, step=0.1, channels=1, time_constant=0.1)
    with pytest.raises(ParameterError, match="draw a longer path"):
        path.at(2.0)
    with pytest.raises(ParameterError, match="proportional as .*, got -1"):
        MotorNoise(proportional=-1.0)
    with pytest.raises(ParameterError, match="time_constant as .*, got 0"):
        SensoryNoise(proprioceptive=0.1, time_constant=0.0)
