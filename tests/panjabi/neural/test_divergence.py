"""Embedding and the largest Lyapunov exponent on systems whose exponent is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import row
from panjabi.neural.measures import delay_embedding as parts, divergence, embedding, lyapunov


def runge_kutta(rate, y, step, samples, drop, sub=1):
    """Classical Runge-Kutta, `sub` steps a sample; the first `drop` samples are left out."""
    out = []
    h = step / sub
    for i in range(samples + drop):
        for _ in range(sub):
            a = rate(y)
            b = rate(y + 0.5 * h * a)
            c = rate(y + 0.5 * h * b)
            d = rate(y + h * c)
            y = y + h / 6.0 * (a + 2 * b + 2 * c + d)
        if i >= drop:
            out.append(y[0])
    return np.array(out)


@pytest.fixture(scope="module")
def lorenz():
    def rate(y):
        return np.array(
            [16.0 * (y[1] - y[0]), y[0] * (45.92 - y[2]) - y[1], y[0] * y[1] - 4 * y[2]]
        )

    return runge_kutta(rate, np.array([1.0, 1.0, 30.0]), 0.01, 5000, 1000)


@pytest.fixture(scope="module")
def rossler():
    def rate(y):
        return np.array([-y[1] - y[2], y[0] + 0.15 * y[1], 0.2 + y[2] * (y[0] - 10.0)])

    starts = np.array([[1.0, 2.0, 3.0, 4.0], [1.0] * 4, [0.0] * 4])
    return runge_kutta(rate, starts, 0.05, 8000, 2000, sub=2)


def logistic(n):
    x = np.empty(n)
    x[0] = 0.3141
    for i in range(1, n):
        x[i] = 4.0 * x[i - 1] * (1.0 - x[i - 1])
    return x


def henon(n):
    x, y = np.empty(n), 0.1
    x[0] = 0.1
    for i in range(1, n):
        x[i], y = 1.0 - 1.4 * x[i - 1] ** 2 + y, 0.3 * x[i - 1]
    return x


class TestKnownExponents:
    """Settings (dimension, delay) of Rosenstein et al. (1993); within 15 % of the exact value."""

    def test_logistic_map(self):
        found = lyapunov(logistic(1000), step=1.0, dimension=2, delay=1, theiler=1, fit=(0, 4))
        assert found.exponent == pytest.approx(row("N138").number, rel=0.15)
        assert found.embedding is None

    def test_henon_map(self):
        found = lyapunov(henon(1500), step=1.0, dimension=2, delay=1, theiler=1, fit=(0, 7))
        assert found.exponent == pytest.approx(row("N137").number, rel=0.15)

    def test_lorenz(self, lorenz):
        found = lyapunov(lorenz, step=0.01, dimension=3, delay=11, theiler=50, fit=(0.4, 1.5))
        assert found.exponent == pytest.approx(row("N135").number, rel=0.15)

    def test_rossler(self, rossler):
        """Mean of four records of 400 s; one alone reads 0.05 to 0.10, shorter ones from 0."""
        found = [
            lyapunov(x, step=0.05, dimension=3, delay=16, theiler=120, fit=(10.0, 30.0)).exponent
            for x in np.ascontiguousarray(rossler.T)
        ]
        assert np.mean(found) == pytest.approx(row("N136").number, rel=0.2)

    def test_a_periodic_record_does_not_diverge(self):
        t = 0.01 * np.arange(3000)
        x = np.sin(2 * np.pi * t) + 0.5 * np.cos(2 * np.pi * math.sqrt(2) * t)
        found = lyapunov(x, step=0.01, dimension=4, delay=20, theiler=100, fit=(0.0, 3.0))
        assert abs(found.exponent) < 0.05

    def test_time_unit_scales_the_exponent(self):
        x = logistic(600)
        one = lyapunov(x, step=1.0, dimension=2, delay=1, theiler=1, fit=(0, 4))
        two = lyapunov(x, step=0.5, dimension=2, delay=1, theiler=1, fit=(0, 2))
        assert two.exponent == pytest.approx(2.0 * one.exponent)
        assert two.slope(0, 1.5)[0] == pytest.approx(2.0 * one.slope(0, 3)[0])


class TestEmbedding:
    def test_lorenz_needs_three_dimensions(self, lorenz):
        found = embedding(lorenz[:3000])
        assert found.conclusive
        assert found.dimension == 3
        assert 5 <= found.delay <= 20
        assert "dimension 3" in str(found)

    def test_autocorrelation_of_a_sine_is_a_cosine(self):
        n, period = 4000, 100
        x = np.sin(2 * np.pi * np.arange(n) / period)
        found = embedding(x, method="autocorrelation")
        expected = period * math.acos(1.0 - 1.0 / math.e) / (2 * math.pi)
        assert found.delay == pytest.approx(expected, abs=1.0)
        assert found.theiler == pytest.approx(period, abs=2)

    def test_noise_is_inconclusive(self):
        x = np.random.default_rng(3).standard_normal(600)
        found = embedding(x, delay=1, most_dimensions=4)
        assert not found.conclusive and "INCONCLUSIVE" in str(found)

    def test_information_of_a_record_with_itself_is_its_entropy(self):
        place = np.arange(800) % 8
        out = np.empty(2)
        parts.information(place, 8, out)
        assert out[0] == pytest.approx(math.log(8.0))

    def test_exponent_contains_its_embedding(self, lorenz):
        found = lyapunov(lorenz[:3000], step=0.01, fit=(0.4, 1.5))
        assert found.embedding is not None and found.dimension == found.embedding.dimension
        assert found.exponent == pytest.approx(1.5, rel=0.3)
        assert found.pairs > 2000

    @pytest.mark.parametrize("levels", [0, 6])  # distinct values; many equal distances
    def test_nearest_neighbours_are_those_of_all_pairs(self, levels):
        random = np.random.default_rng(levels)
        x = random.integers(0, levels, 150).astype(float) if levels else random.normal(size=150)
        dimension, delay, theiler, points = 3, 2, 5, 140
        neighbour, square = np.empty(points, dtype=np.int64), np.empty(points)
        parts.nearest_neighbours(x, dimension, delay, theiler, points, neighbour, square)
        index = np.arange(points)
        embedded = np.stack([x[index + k * delay] for k in range(dimension)], axis=1)
        all_pairs = ((embedded[:, None] - embedded[None]) ** 2).sum(axis=2)
        near = np.abs(index[:, None] - index[None]) <= theiler
        all_pairs[near | (all_pairs == 0.0)] = np.inf
        assert np.array_equal(neighbour, all_pairs.argmin(axis=1))  # the earliest of equal ones
        assert np.allclose(square, all_pairs.min(axis=1), rtol=1e-14)

    def test_compiled_equals_plain(self):
        x = henon(120)
        one = np.empty(100, dtype=np.int64), np.empty(100)
        two = np.empty(100, dtype=np.int64), np.empty(100)
        parts.nearest_neighbours(x, 2, 1, 3, 100, *one)
        parts.nearest_neighbours.py_func(x, 2, 1, 3, 100, *two)
        assert np.array_equal(one[0], two[0]) and np.allclose(one[1], two[1], rtol=1e-14)
        a, b = np.empty(5), np.empty(5)
        divergence.mean_divergence(x, 2, 1, one[0], a)
        divergence.mean_divergence.py_func(x, 2, 1, one[0], b)
        assert np.allclose(a, b, rtol=1e-13)
        places = (np.arange(200) * 7) % 5
        a, b = np.empty(3), np.empty(3)
        parts.information(places, 5, a)
        parts.information.py_func(places, 5, b)
        assert np.allclose(a, b, rtol=1e-13)


def test_invalid_arguments_raise():
    x = henon(300)
    with pytest.raises(ParameterError, match="at least 100 samples"):
        lyapunov(x[:50], step=1.0, fit=(0, 4))
    with pytest.raises(ParameterError, match="start < stop"):
        lyapunov(x, step=1.0, fit=(4, 4))
    with pytest.raises(ParameterError, match="record longer"):
        lyapunov(x, step=1.0, fit=(0, 400), dimension=2, delay=1, theiler=1)
    with pytest.raises(ParameterError, match="3 or more"):
        lyapunov(x, step=1.0, fit=(0, 1), dimension=2, delay=1, theiler=1)
    with pytest.raises(ParameterError, match="constant at 2"):
        embedding(np.full(200, 2.0))
    with pytest.raises(UnknownNameError, match="method"):
        embedding(x, method="guess")
    with pytest.raises(ParameterError, match="a delay from 1 to .* samples, got 0"):
        embedding(x, delay=0)
    with pytest.raises(ParameterError, match="most_lags"):
        embedding(x, most_lags=1000)
    gap = x.copy()
    gap[3] = np.inf
    with pytest.raises(ParameterError, match="inf at sample 3"):
        lyapunov(gap, step=1.0, fit=(0, 4))
