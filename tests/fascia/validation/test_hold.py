"""Held stretches: against quadrature, closed forms and the limits of fast and slow."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.clinical import Examination, hold
from fascia.clinical.held_stretch import head_torque
from fascia.errors import ReadoutError
from panjabi.tissue.viscoelastic import PronySeries, hamstring_group

ANGLE = np.radians(60.0)


@pytest.fixture(scope="module")
def bench(subject) -> Examination:
    return Examination(subject.network, "slr")


def test_torque_of_the_heads_is_what_is_missing_without_them(bench):
    """With all slips held, taking the heads' tension away takes their torque away: differences
    of their path lengths along the moment direction give it without any Jacobian."""
    sample = bench.at(ANGLE)
    problem, z = bench.solver.problem, sample.equilibrium.minimum.z
    step, lengths = 1e-6, []
    for sign in (1.0, -1.0):
        problem.move(sample.equilibrium.q + sign * step * bench.moment)
        problem.value_gradient(z)
        lengths.append(problem.length[bench.heads].copy())
    problem.move(sample.equilibrium.q)
    arms = (lengths[0] - lengths[1]) / (2.0 * step)
    assert head_torque(bench, sample) == pytest.approx(sample.hamstring_force @ arms, rel=1e-7)


def test_an_ideal_step_relaxes_the_new_torque_by_the_series(bench):
    series = hamstring_group()
    held = hold(bench, ANGLE, 90.0, series, rate_deg_per_s=np.inf)
    first = head_torque(bench, bench.at(0.0))
    new = head_torque(bench, bench.at(ANGLE)) - first
    for t in (0.0, 10.0, 30.0, 90.0):
        expected = first + new * series.relaxation(t)
        assert np.interp(t, held.time, held.hamstring_torque) == pytest.approx(expected, rel=1e-9)
    assert held.peak == pytest.approx(held.elastic_torque, rel=1e-12)


def test_a_ramp_agrees_with_the_integral_by_quadrature(bench):
    """T(t) = integral of G(t - s) dT_e(s), summed over fine steps of the elastic history."""
    series = hamstring_group()
    held = hold(bench, ANGLE, 60.0, series)
    angles = np.linspace(0.0, ANGLE, 31)
    elastic = np.array([head_torque(bench, s) for s in bench.curve(angles)])
    when = (angles - ANGLE) / np.radians(5.0)
    fine = np.linspace(when[0], 0.0, 6001)
    rises = np.diff(np.interp(fine, when, elastic))
    middle = 0.5 * (fine[1:] + fine[:-1])
    for t in (0.0, 5.0, 30.0, 60.0):
        expected = elastic[0] + (series.relaxation(t - middle) * rises).sum()
        assert np.interp(t, held.time, held.hamstring_torque) == pytest.approx(expected, rel=1e-6)


def test_a_faster_ramp_leaves_more_to_lose_in_the_hold(bench):
    declines = [
        hold(bench, ANGLE, 90.0, rate_deg_per_s=r).decline_after(90.0) for r in (1, 5, 50, np.inf)
    ]
    assert declines == sorted(declines)
    assert declines[-1] < 1.0 - hamstring_group().long_term


def test_the_torque_only_falls_in_the_hold_and_never_below_the_lasting_part(bench):
    held = hold(bench, ANGLE, 90.0)
    torque = held.torque[held.time >= 0.0]
    assert (np.diff(torque) < 0.0).all()
    assert held.hamstring_decline_after(90.0) > held.decline_after(90.0) > 0.0
    long_held = hold(bench, ANGLE, 600.0)
    rest = held.elastic_torque - head_torque(bench, bench.at(ANGLE))
    first = head_torque(bench, bench.at(0.0))
    new = head_torque(bench, bench.at(ANGLE)) - first
    assert long_held.torque[-1] == pytest.approx(rest + first + 0.658 * new, rel=1e-6)


def test_a_series_that_never_relaxes_is_elastic(bench):
    held = hold(bench, ANGLE, 10.0, PronySeries(weights=(), times=(), long_term=1.0))
    assert held.decline_after(10.0) == pytest.approx(0.0, abs=1e-12)
    assert held.peak == pytest.approx(held.elastic_torque)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"angle": 0.0}, "Expected a start from 0 to below the angle of the hold"),
        ({"angle": 0.5, "start": 0.6}, "give a smaller start"),
        ({"angle": 0.5, "duration": 0.0}, "Expected a positive duration and rate"),
        ({"angle": 0.5, "rate_deg_per_s": -5.0}, "Expected a positive duration and rate"),
    ],
)
def test_impossible_holds_are_refused(bench, options, words):
    with pytest.raises(ReadoutError, match=words):
        hold(bench, options.pop("angle"), **options)


def test_a_time_beyond_the_hold_is_refused(bench):
    with pytest.raises(ReadoutError, match="hold for longer"):
        hold(bench, ANGLE, 30.0).decline_after(90.0)
