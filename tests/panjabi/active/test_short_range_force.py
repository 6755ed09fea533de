"""Short-range force of a fibre: its law in plain Python, its limits, and exact slopes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from panjabi.active import Musculotendon, ShortRangeForce, slope_kernels as slopes
from panjabi.active.short_range_force import LEAST, short_range_rate
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter

GAMMA, TIME, YIELD = 23.4, 0.2, 0.0057
POSTURE = np.random.default_rng(8).normal(scale=0.03, size=18)


@pytest.fixture(scope="module")
def few(lumbar):
    """Long tendons, short tendons, and two that are rigid."""
    return lumbar.selected(("psoas", "rectus_abdominis", "multifidus_lumbar", "latissimus_dorsi"))


@pytest.fixture(scope="module")
def lengths(few):
    return few.geometry(POSTURE).length


def ramp(speed, until, activation=0.3, time=TIME, hold=0.0):
    """s of one fibre at the optimal length after a ramp of constant speed [1/s], then a hold."""

    def rate(t, s):
        moving = speed if t < until else 0.0
        return short_range_rate(GAMMA, time, YIELD, activation, moving, s[0])[0]

    end = until + hold
    out = solve_ivp(
        rate, (0.0, end), [0.0], method="LSODA", rtol=1e-9, atol=1e-13, max_step=end / 50
    )
    return out.y[0, -1]


# --- the law ----------------------------------------------------------------------------------


@given(st.floats(0.01, 1.0), st.floats(-1.0, 1.0))
def test_a_small_quick_stretch_is_resisted_by_gamma(activation, sign):
    stretch = math.copysign(1e-5, sign)
    force = ramp(math.copysign(1.0, sign), 1e-5, activation)
    assert force == pytest.approx(GAMMA * activation * stretch, rel=1e-3)


@pytest.mark.parametrize("speed", [0.1, 1.0])
def test_the_force_yields_where_linear_stiffness_meets_the_plateau(speed):
    """A long ramp ends where stretch and yield balance: x + x^5 = speed T / e_y, x = s / s_y."""
    limit = YIELD * GAMMA * math.hypot(0.3, LEAST)
    plateau = brentq(
        lambda x: x + x**5 - speed * TIME / YIELD * 0.3 / math.hypot(0.3, LEAST), 0.0, 9.0
    )
    assert ramp(speed, 0.3 / speed) == pytest.approx(plateau * limit, rel=1e-6)
    # within a stretch of a third of the yield strain it is still linear to 5 %
    assert ramp(speed, 0.3 * YIELD / speed) == pytest.approx(GAMMA * 0.3 * 0.3 * YIELD, rel=0.05)


def test_yield_lies_near_the_yield_strain():
    """Without slow relaxation half of the stiffness is lost between 0.5 and 1 yield strain."""
    e = np.linspace(0.1, 2.0, 40) * YIELD
    speed = YIELD / 20.0  # the plateau is the yield force itself when speed T = 2 e_y
    s = np.array([ramp(speed, x / speed, time=2.0 * YIELD / speed) for x in e])
    tangent = np.gradient(s, e) / (GAMMA * 0.3)
    half = np.interp(-0.5, -tangent, e)
    assert 0.5 * YIELD < half < YIELD


def test_a_held_stretch_relaxes_to_nothing():
    """Bernoulli's equation: u = s^-4 is linear in time."""
    before = ramp(1.0, 0.004)
    limit = YIELD * GAMMA * math.hypot(0.3, LEAST)
    for hold in (0.05, 0.2, 1.0):
        grown = ((before / limit) ** -4 + 1.0) * math.exp(4.0 * hold / TIME) - 1.0
        assert ramp(1.0, 0.004, hold=hold) == pytest.approx(limit * grown**-0.25, rel=1e-5)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(-5.0, 5.0), st.floats(-1.0, 1.0))
def test_every_rate_is_finite_and_a_force_without_bridges_decays(strength, more, speed, s):
    out = short_range_rate(GAMMA, TIME, YIELD, strength, speed, s)
    assert np.isfinite(out).all() and out[3] < 0.0
    rest = short_range_rate(GAMMA, TIME, YIELD, strength, 0.0, 0.0)
    assert rest[0] == 0.0  # a rise of activation alone adds no force
    h = 1e-20
    by = [
        short_range_rate_complex(strength + 1j * h, speed, s),
        short_range_rate_complex(strength, speed + 1j * h, s),
        short_range_rate_complex(strength, speed, s + 1j * h),
    ]
    assert np.array(out[1:]) == pytest.approx(np.imag(by) / h, rel=1e-10, abs=1e-12)


def short_range_rate_complex(strength, speed, s):
    """The law as it is written in the module, for complex numbers."""
    limit = YIELD * GAMMA * (strength * strength + LEAST**2) ** 0.5
    return GAMMA * strength * speed - s / TIME * (1.0 + (s / limit) ** 4)


def test_a_force_follows_a_falling_activation():
    """Activation that decays in 60 ms: the force keeps below 1.4 yield forces all the way."""
    fall, start = 0.06, GAMMA * 0.3 * YIELD

    def rate(t, s):
        return short_range_rate(GAMMA, TIME, YIELD, 0.3 * math.exp(-t / fall), 0.0, s[0])[0]

    out = solve_ivp(rate, (0.0, 0.3), [start], method="LSODA", rtol=1e-9, atol=1e-14)
    limit = YIELD * GAMMA * np.hypot(0.3 * np.exp(-out.t / fall), LEAST)
    assert (out.y[0] / limit).max() < 1.4


# --- in series with a tendon ------------------------------------------------------------------


def plain_rates(units, m, a, fibre, s, length, velocity):
    """Force over Fmax, and both rates of one muscle: implicit force balance by bisection."""
    c, mus = units.curves, units.muscles
    lopt, lts = mus.optimal_length[m], mus.tendon_slack_length[m]
    h = math.sin(mus.pennation[m])

    def pull(lf, v):
        fl, fv, fp = (float(f(x)[0]) for f, x in ((c.active, lf), (c.velocity, v), (c.passive, lf)))
        return a * fl * fv + fp + 0.1 * v + s, a * fl

    if units.units.elastic[m]:
        along = math.sqrt(fibre**2 - h**2)
        ft = float(c.tendon((length - along * lopt) / lts)[0])
        v = brentq(lambda x: pull(fibre, x)[0] * along / fibre - ft, -50.0, 50.0, xtol=1e-15)
        force, strength, rate = ft, pull(fibre, v)[1], 10.0 * v
        fibre_rate = rate
    else:
        along = (length - lts) / lopt
        fibre = math.hypot(along, h)
        rate, fibre_rate = velocity * along / fibre / lopt, 0.0
        force, strength = pull(fibre, rate / 10.0)
        force *= along / fibre
    limit = YIELD * GAMMA * math.hypot(strength, LEAST)
    return force, fibre_rate, GAMMA * strength * rate - s / TIME * (1.0 + (s / limit) ** 4)


def test_a_stretched_muscle_equals_scipy(few, lengths):
    """A ramp of 2 % in 20 ms and a hold, by SciPy in plain Python; the kernel along its path."""
    units = Musculotendon(few)
    rigid = int(np.flatnonzero(units.units.elastic == 0)[0])
    for m in (0, rigid):

        def path(t, m=m):
            return lengths[m] * (1.0 + min(t, 0.02)), lengths[m] * (t < 0.02)

        def plain(t, y, m=m):
            return plain_rates(units, m, 0.3, *y, *path(t, m))[1:]

        def kernel(t, y, m=m):
            both = np.ones((2, len(few))) * np.array(y)[:, None]
            L, V = path(t, m)
            out = units.rates(0.3, both[0], np.full(len(few), L), V, both[1])
            return out.fibre_length[m], out.short_range[m]

        start = [units.at_rest(0.3, lengths).fibre_length[m], 0.0]
        ends = [
            solve_ivp(f, (0.0, 0.06), start, method="LSODA", rtol=1e-8, atol=1e-12, max_step=0.005)
            for f in (plain, kernel)
        ]
        assert ends[0].y[:, -1] == pytest.approx(ends[1].y[:, -1], rel=1e-6)
        assert ends[0].y[1, -1] > 0.01
        force = units.rates(
            0.3,
            np.full(len(few), ends[0].y[0, -1]),
            np.full(len(few), path(0.06, m)[0]),
            0.0,
            np.full(len(few), ends[0].y[1, -1]),
        ).force[m]
        assert force / few.max_force[m] == pytest.approx(
            plain_rates(units, m, 0.3, *ends[0].y[:, -1], *path(0.06, m))[0], rel=1e-9
        )


@pytest.mark.parametrize("elastic", [True, False])
def test_slopes_equal_differences(few, lengths, elastic):
    units = replace(Musculotendon(few), elastic=elastic)
    rng, nm = np.random.default_rng(3), len(few)
    a = rng.uniform(0.05, 0.6, nm)
    y = [
        a,
        units.at_rest(a, lengths).fibre_length * rng.uniform(0.99, 1.01, nm),
        rng.uniform(-1.5, 1.5, nm) * YIELD * GAMMA * a,
        lengths.copy(),
        rng.normal(0.0, 0.05, nm),
    ]
    exact = np.empty((nm, slopes.SLOPES))
    slopes.muscle_slopes(units.units, *y, exact)
    columns = {  # by activation, fibre, short-range force, length, speed
        "force": [3, 2, 4, 0, 1],
        "fibre_length": [7, 6, 8, 5, None],
        "short_range": [12, 11, 13, 9, 10],
    }
    for k in range(5):
        h = 1e-5 * np.maximum(np.abs(y[k]), 0.01)

        def at(step, k=k, h=h):
            a, fibre, s, length, speed = (x + step * h * (i == k) for i, x in enumerate(y))
            return units.rates(a, fibre, length, speed, s)

        points = [at(step) for step in (-2.0, -1.0, 1.0, 2.0)]
        for name, column in columns.items():
            f = [getattr(p, name) for p in points]
            seen = (f[0] - 8.0 * f[1] + 8.0 * f[2] - f[3]) / (12.0 * h)
            expected = np.zeros(nm) if column[k] is None else exact[:, column[k]]
            scale = 1.0 + np.abs(expected).max()
            assert seen == pytest.approx(expected, abs=2e-7 * scale, rel=1e-7), (name, k)


def test_without_the_force_it_has_neither_states_nor_stiffness(few, lengths):
    units = Musculotendon(few, short_range=None)
    assert units.short_range_states == 0
    rest = units.at_rest(0.3, lengths)
    assert np.all(rest.short_range_stiffness == 0.0)
    assert rest.fast_stiffness == pytest.approx(rest.stiffness)
    assert units.rates(0.3, rest.fibre_length, lengths).short_range.shape == (0,)
    assert units.rates(0.3, rest.fibre_length, lengths, 0.1, 5.0).force == pytest.approx(
        units.rates(0.3, rest.fibre_length, lengths, 0.1).force
    )


def test_fast_stiffness_is_what_a_quick_stretch_meets(few, lengths):
    """No relaxation (long T, high yield), a small step, and time for fibre and tendon to settle."""
    law = ShortRangeForce(
        relaxation_time=Parameter(1e9, "s", "User", "assumed"),
        yield_strain=Parameter(1e3, "1", "User", "assumed"),
    )
    units = Musculotendon(few, short_range=law)
    rest, step = units.at_rest(0.3, lengths), 1e-6
    for m in range(0, len(few), 5):
        s0 = np.zeros(len(few))

        def rate(t, y, m=m, s0=s0):
            fibre, s = rest.fibre_length.copy(), s0.copy()
            fibre[m], s[m] = y
            moving = 1e3 * step * (t < 1e-3)
            length = lengths + step * min(t / 1e-3, 1.0)
            out = units.rates(0.3, fibre, length, moving, s)
            return out.fibre_length[m], out.short_range[m]

        end = solve_ivp(
            rate, (0.0, 3.0), [rest.fibre_length[m], 0.0], method="LSODA", rtol=1e-10, atol=1e-15,
            max_step=0.2, first_step=1e-4,
        ).y[:, -1]  # fmt: skip
        fibre, s = rest.fibre_length.copy(), s0.copy()
        fibre[m], s[m] = end
        grown = units.rates(0.3, fibre, lengths + step, 0.0, s).force[m] - rest.force[m]
        assert grown / step == pytest.approx(rest.fast_stiffness[m], rel=1e-3)


@pytest.mark.parametrize("name", ["gamma", "relaxation_time", "yield_strain"])
def test_constants_that_are_not_positive_are_errors(name):
    with pytest.raises(ParameterError, match=f"ShortRangeForce.{name} above 0, got 0; .*None"):
        ShortRangeForce(**{name: replace(getattr(ShortRangeForce(), name), value=0.0)})
