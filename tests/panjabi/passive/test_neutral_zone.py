"""Neutral zones: published values by protocol, estimators on curves with known results."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import row
from panjabi.passive.directions import levels
from panjabi.passive.fitting import UNKNOWN, friction_of_read_zones, joint_fit, table
from panjabi.passive.neutral_zone import (
    ESTIMATORS,
    HysteresisLoop,
    inflexion,
    neutral_zone_test,
    residual_positions,
    split_loop,
    stiffness_threshold,
    zero_load_gap,
)
from panjabi.passive.protocol import laboratory_test
from panjabi.passive.standard import _table, unit
from panjabi.passive.targets import target

MEASURED = [*levels("upper cervical"), *levels("lumbar")[1:]]
NONE = np.empty(0), np.empty(0)


def packaged_fits(axis):
    """Fits of the default set by level."""
    return {level: _table()["default", level, axis] for level in levels()}


@pytest.mark.parametrize("level", levels())
@pytest.mark.parametrize("axis", range(3))
def test_calibration_rows_are_met_by_the_protocol(level, axis):
    """Range of motion everywhere; neutral zone where it was read (a recalled one is no target)."""
    aim = target(level, axis)
    found = residual_positions(laboratory_test(unit(level), axis), 3)
    assert found.range_minus == pytest.approx(aim.range_minus, rel=0.01)
    assert found.range_plus == pytest.approx(aim.range_plus, rel=0.01)
    if level in MEASURED:
        assert found.half_width == pytest.approx(aim.neutral_zone, rel=0.06)


@pytest.mark.parametrize(("level", "axis"), [("L4-L5", 0), ("C1-C2", 2), ("T6-T7", 0)])
def test_the_packaged_fit_can_be_made_again(level, axis):
    prior = UNKNOWN if level in MEASURED else friction_of_read_zones(packaged_fits(axis), axis)
    fit, packaged = joint_fit(level, axis, friction=prior), _table()["default", level, axis]
    for name in ("linear", "onset", "gain_minus", "gain_plus", "branch", "friction"):
        assert getattr(fit, name) == pytest.approx(getattr(packaged, name), rel=1e-3), name


@pytest.mark.parametrize("axis", range(3))
def test_a_recalled_zone_has_no_say_in_the_friction(axis):
    """Relative to the moment of the test, it is that of the levels whose zone was read."""
    fits = packaged_fits(axis)
    prior = friction_of_read_zones(fits, axis)
    for level in set(levels()) - set(MEASURED):
        share = fits[level].friction / target(level, axis).moment
        assert abs(math.log(share / prior.share)) < prior.sd, level


def test_no_lumbar_ramp_is_stiffer_than_segments_under_large_moments():
    """Miller 1986: 6 to 11 N m/deg."""
    most = row("fsu_mil_khi").parameter().si
    for level in levels("lumbar"):
        fit = _table()["default", level, 0]
        assert max(fit.gain_minus, fit.gain_plus) <= most * (1.0 + 1e-6), level


@pytest.mark.slow
def test_the_whole_packaged_table_can_be_made_again():
    lines = table().splitlines()[1:]
    for line in lines:
        source, level, axis, *values = line.split(",")
        packaged = _table()[source, level, int(axis)]
        assert [float(v) for v in values] == pytest.approx(
            [
                packaged.linear,
                packaged.onset,
                packaged.width,
                packaged.gain_minus,
                packaged.gain_plus,
                packaged.branch,
                packaged.friction,
            ],
            rel=1e-2,
        )


def test_lumbar_protocol_takes_less_than_a_tenth_of_a_second():
    units = [unit(level) for level in levels("lumbar")[1:]]

    def play():
        for one in units:
            for axis in range(3):
                residual_positions(laboratory_test(one, axis), 3)

    play()  # compiled
    best = math.inf
    for _ in range(5):
        start = time.process_time()
        play()
        best = min(best, time.process_time() - start)
    assert best < 0.1


def trilinear(x, half, soft=10.0, stiff=100.0):
    """Moment with a kink at each end of the zone."""
    return soft * x + (stiff - soft) * np.sign(x) * np.maximum(np.abs(x) - half, 0.0)


def test_threshold_finds_the_kinks_of_a_trilinear_curve():
    x = np.linspace(-0.1, 0.12, 400)
    found = stiffness_threshold(HysteresisLoop((trilinear(x - 0.01, 0.03), x), NONE))
    assert found.lower == pytest.approx(-0.02, abs=1.5e-3)
    assert found.upper == pytest.approx(0.04, abs=1.5e-3)


def test_gap_is_half_the_distance_at_zero_load():
    m = np.linspace(-5.0, 5.0, 101)
    loop = HysteresisLoop((m, 0.01 * m - 0.006), (m[::-1], 0.01 * m[::-1] + 0.004))
    found = zero_load_gap(loop)
    assert (found.lower, found.upper) == pytest.approx((-0.006, 0.004))
    assert found.half_width == pytest.approx(0.005)


def test_inflexion_of_one_sigmoid_is_where_its_compliance_bends():
    """Compliance sech^2(M / 2s) bends at M = +- s ln(2 + sqrt(3)); x there is +-h/2 tanh(...)."""
    m = np.linspace(-10.0, 10.0, 201)
    height, spread = 0.2, 1.5
    x = height * 0.5 * (1.0 + np.tanh(0.5 * m / spread))
    found = inflexion(HysteresisLoop((m, x), NONE))
    exact = 0.5 * height * math.tanh(0.5 * math.log(2.0 + math.sqrt(3.0)))
    assert found.half_width == pytest.approx(exact, rel=2e-3)


def test_turning_points_survive_noise():
    phase = np.linspace(0.0, 6.0 * np.pi, 1200)
    noise = np.random.default_rng(1).normal(0.0, 0.05, phase.size)
    moment = 5.0 * np.sin(phase) + noise
    loop = split_loop(moment, 0.02 * moment)
    for m, side in ((loop.rising[0], 1), (loop.falling[0], -1)):
        assert 150 < m.size < 250
        assert side * (m[-1] - m[0]) > 9.5


def test_one_sided_records_are_refused():
    m = np.linspace(0.0, 5.0, 50)
    with pytest.raises(ParameterError, match="both sides"):
        split_loop(m, m)
    with pytest.raises(ParameterError, match="both branches"):
        zero_load_gap(HysteresisLoop((m, m), NONE))


@pytest.mark.parametrize("level", ["L1-L2", "L4-L5", "L5-S1"])
def test_all_four_estimators_answer_and_differ(level):
    """Friction creeps back during the wait, so the residual is smaller than the gap of the loop."""
    found = neutral_zone_test(unit(level), "flexion")
    assert not found.missing
    width = {name: zone.half_width for name, zone in found.zones.items()}
    assert set(width) == set(ESTIMATORS)
    assert width["residual"] < width["stiffness_threshold"] < 2.2 * width["residual"]
    assert width["residual"] < width["zero_load_gap"] < 1.6 * width["residual"]
    assert found.parameters["protocol_wait"].status == "assumed"


@pytest.mark.xfail(
    strict=True,
    reason="the residual after 30 s is fitted, and friction that creeps back in this time makes "
    "the gap of the loop wider than the residual",
)
def test_inflexion_over_gap_lies_in_the_published_range():
    """Smit et al. 2011, porcine: 0.82 to 7.4, mean 2.4 (validation; the mean itself is missed)."""
    ratios = []
    for level in levels("lumbar")[1:]:
        zones = neutral_zone_test(unit(level), "flexion").zones
        ratios.append(zones["inflexion"].half_width / zones["zero_load_gap"].half_width)
    assert 0.82 < np.mean(ratios) < 7.4


def test_a_longer_wait_leaves_a_smaller_residual():
    from panjabi.passive.protocol import Protocol

    one = unit("L4-L5")
    zones = [
        neutral_zone_test(one, 0, protocol=Protocol(wait=w), estimators=("residual",))
        for w in (0.0, 30.0, 120.0)
    ]
    widths = [z.zones["residual"].half_width for z in zones]
    assert widths[0] > widths[1] > widths[2] > 0.0


def test_an_unknown_estimator_is_named():
    with pytest.raises(UnknownNameError, match="estimator of the neutral zone 'gap'"):
        neutral_zone_test(unit("L4-L5"), 0, estimators=("gap",))
