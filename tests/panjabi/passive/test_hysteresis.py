"""Friction: the limit of play elements, its decay in closed form, the zone against the wait."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.passive import driven_test, levels, neutral_zone_test, unit
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.kernels import relaxation
from panjabi.passive.neutral_zone import LEAST_KEPT, residual_positions
from panjabi.passive.protocol import Protocol, laboratory_test, run, slide, springs_after
from panjabi.passive.shear import fitted_shear, shear_curve, shear_phases

RATE = math.radians(0.5)


def play(motion: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Stretch of elastic, perfectly plastic elements along a motion, (steps, elements)."""
    y, path = np.zeros(sizes.size), []
    for change in motion:
        y = np.clip(y + change, -sizes, sizes)
        path.append(y.copy())
    return np.array(path)


@settings(max_examples=30, deadline=None)
@given(turns=st.lists(st.floats(-0.1, 0.1), min_size=2, max_size=6))
def test_friction_with_a_large_exponent_is_an_iwan_series(turns):
    sizes = np.array([0.01, 0.03, 0.05])
    motion = np.concatenate([np.full(400, turn / 400) for turn in turns])
    y, path = np.zeros(3), []
    for change in motion:
        h = max(abs(change), 1e-12) / RATE
        y = np.array(
            [slide(s + change, h, Y / RATE, Y, 399.0)[0] for s, Y in zip(y, sizes, strict=True)]
        )
        path.append(y)
    assert np.abs(np.array(path) - play(motion, sizes)).max() < 0.01 * sizes.max()


@settings(max_examples=60, deadline=None)
@given(y=st.floats(-0.08, 0.08), power=st.sampled_from([0.0, 5.0, 11.0, 23.0]))
def test_the_slope_of_the_relaxation_is_its_derivative(y, power):
    h = 1e-7
    up, down = (relaxation(y + s * h, 3.0, 0.03, power)[0] for s in (1.0, -1.0))
    value, slope = relaxation(y, 3.0, 0.03, power)
    assert slope == pytest.approx((up - down) / (2.0 * h), rel=1e-4, abs=1e-6)
    assert slope >= 0.0 and value * y >= 0.0


def test_at_rest_friction_decays_by_a_power_law():
    """y(t) = y0 (1 + (m - 1) (t / T) |y0 / Y|^(m - 1))^(-1 / (m - 1)), exact at constant x."""
    time, size, power, start = 2.0, 0.03, 11.0, 0.035
    y, now = start, 0.0
    for h in np.geomspace(1e-6, 20.0, 3000):
        y, now = slide(y, h, time, size, power)[0], now + h
    exact = start * (1.0 + power * now / time * (start / size) ** power) ** (-1.0 / power)
    assert y == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("level", ["C4-C5", "T6-T7", *levels("lumbar")[1:]])
def test_the_residual_zone_survives_a_long_wait(level):
    """At least half of the zone after 30 s remains after 10 min. This band is our own choice."""
    for axis in range(3):
        curve = neutral_zone_test(unit(level), axis, estimators=("residual",)).against_wait()
        assert np.all(np.diff(curve.half_width) < 0.0)
        assert LEAST_KEPT <= curve.kept() < 1.0


def test_the_order_of_waits_has_no_influence_and_nothing_is_read_outside_them():
    test = neutral_zone_test(unit("L4-L5"), 0, estimators=("residual",))
    curve = test.against_wait((600.0, 30.0, 30.0))
    assert curve.wait == (30.0, 600.0)
    assert curve.kept() == pytest.approx(test.against_wait((30.0, 120.0, 600.0)).kept())
    short = test.against_wait((5.0, 30.0))
    with pytest.raises(ParameterError, match="Expected waits from 5 to 30 s"):
        short.kept()
    assert short.to_dict()["kept_after_10_min"] is None
    for waits in ((), (0.0, 30.0), (math.nan,)):
        with pytest.raises(ParameterError, match="one or more waits above 0 s"):
            test.against_wait(waits)


@settings(max_examples=30, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.floats(-0.05, 0.05), st.floats(1e-3, 100.0)), min_size=1, max_size=40
    ),
    axis=st.integers(0, 2),
)
def test_branches_and_friction_create_no_energy_in_any_motion(moves, axis):
    """Work put into the springs is never less than what they store, for any path and rate."""
    one = unit("L4-L5")
    springs = one.branch_stiffness[axis]
    times, sizes, powers = (part[axis].copy() for part in one.hysteresis.decay)
    stretch, after = np.zeros(times.size), np.zeros(times.size)
    lost = 0.0
    for change, duration in moves:
        start = 0.5 * springs @ stretch**2
        force, h = 0.0, duration / 50
        for _ in range(50):
            before = springs @ stretch
            moment, _ = springs_after(change / 50, h, stretch, springs, times, sizes, powers, after)
            force += 0.5 * (before + moment) * change / 50
            stretch[:] = after
        loss = force + start - 0.5 * springs @ stretch**2
        lost += loss
        assert loss >= -1e-12
    assert lost >= 0.0


def test_steps_of_the_protocol_are_short_enough():
    """Every step divided into ten leaves nearly the same zone."""
    one, plan = unit("L4-L5"), Protocol(wait=600.0)
    step, load, place = plan.schedule(10.0)
    ends = np.linspace(np.append(0.0, load[:-1]), load, 11, axis=1)[:, 1:]
    marks = np.repeat(place, 10) * np.tile([0] * 9 + [1], step.size)
    fine = run(one, 0, np.repeat(step / 10.0, 10), ends.ravel(), marks)
    coarse = laboratory_test(one, 0, plan)
    zones = [residual_positions(r, plan.cycles).half_width for r in (coarse, fine)]
    assert zones[0] == pytest.approx(zones[1], rel=0.03)


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("level", levels("lumbar")[1:])
def test_secant_stiffness_rises_by_2_to_13_percent_a_decade(level, axis):
    """Mean of the decades from 0.05 to 5 deg/s, near the range of motion; the band is our own."""
    one = unit(level)
    reach = 0.9 * abs(one.angle_under(axis, one.test_moment[axis]))
    slow, fast = (
        driven_test(one, axis, rate=math.radians(rate), reach=reach).moment[-1]
        for rate in (0.05, 5.0)
    )
    assert 0.02 < math.sqrt(fast / slow) - 1.0 < 0.13


def test_a_closed_loop_of_friction_dissipates_and_hardly_depends_on_the_rate():
    """A tenfold rate raises sliding friction by 10^(1/m), 21 % for m = 12, and the loop by less."""
    kept = Hysteresis(friction=((30.0,), (0.0,), (0.0,)), yields=((0.02,),) * 3)
    time, size, power = (part[0, 0] for part in kept.decay)
    areas = []
    for rate in (RATE, 10.0 * RATE):
        y, area = 0.0, 0.0
        phase = np.linspace(0.0, 2.0, 4001)
        x = 0.1 * (np.abs(2.0 * ((phase + 0.75) % 1.0) - 1.0) * 2.0 - 1.0)
        for change in np.diff(x):
            y, _ = slide(y + change, abs(change) / rate, time, size, power)
            area += 30.0 * y * change
        areas.append(area)
    assert areas[0] > 0.0
    assert 1.1 < areas[1] / areas[0] < 10.0 ** (1.0 / 12.0)


def test_invalid_friction_is_an_error():
    with pytest.raises(ParameterError, match="friction and yields for three axes"):
        Hysteresis(friction=((1.0,), (), ()), yields=((0.1,), (), ()))
    with pytest.raises(ParameterError, match="yields and rate above 0"):
        Hysteresis(friction=((1.0,),) * 3, yields=((0.0,),) * 3)
    with pytest.raises(ParameterError, match="exponent of friction above 1"):
        Hysteresis(exponent=1.0)
    for rate, reach in ((0.0, 0.1), (1.0, 0.0)):
        with pytest.raises(ParameterError, match="a rate other than 0"):
            driven_test(unit("L4-L5"), 0, rate=rate, reach=reach)


# --- anterior shear of C6-C7 ----------------------------------------------------------------------


def test_the_shear_law_meets_the_rows_it_is_fitted_to():
    law = fitted_shear()
    phases = shear_phases(law, 1e-3)
    x, force = shear_curve(law, 1e-3)
    for id, value in (
        ("c67_k1_Ant1", phases.first / 1e3),
        ("c67_k2_Ant1", phases.second / 1e3),
        ("c67_bp_Ant1", phases.breakpoint * 1e3),
        ("c67_x50_Ant", float(np.interp(50.0, force, x)) * 1e3),
        ("c67_x150_Ant", float(np.interp(150.0, force, x)) * 1e3),
    ):
        assert value == pytest.approx(row(id).number, abs=row(id).sd)


@pytest.mark.parametrize(
    ("rate", "id"),
    [
        pytest.param(
            1e-2,
            "c67_rate_ant10",
            marks=pytest.mark.xfail(
                strict=True,
                reason="the fastest branch (1 s) takes as long as the test at 1 mm/s, so it can "
                "give little of the published rise to 10 mm/s (6.5 %): 2.5 %. A branch of 0.1 s of "
                "equal strength would give 3.8 %, twice the strength of all branches 3.6 %, "
                "friction with m = 6 instead of 12 3.3 %: no single one of them is enough",
            ),
        ),
        (1e-1, "c67_rate_ant100"),
    ],
)
def test_shear_at_other_rates_is_predicted(rate, id):
    """Stiffness of the second phase over that at 1 mm/s, within two standard errors."""
    law, published = fitted_shear(), row(id)
    ratio = shear_phases(law, rate).second / shear_phases(law, 1e-3).second
    assert published.sd is not None
    assert ratio == pytest.approx(published.number, abs=2.0 * published.sd / math.sqrt(39.0))
