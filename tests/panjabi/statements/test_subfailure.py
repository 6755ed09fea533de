"""The loop of damage and corrupted sensors: loop gain, fold, effect of true sensors."""

from __future__ import annotations

import pytest

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.statements import Subfailure
from panjabi.statements.quiet_stance import stances_of
from panjabi.statements.subfailure import ASSUMED, DAY

LOOP = Subfailure()


@pytest.mark.parametrize(("damage", "corruption"), [(0.3, 1.0), (0.7, 0.5), (0.9, 0.8)])
def test_loop_gain_is_the_derivative_of_the_growth(damage, corruption):
    h = 1e-4
    by_damage = LOOP.growth(damage + h, corruption) - LOOP.growth(damage - h, corruption)
    gain = LOOP.state(damage, corruption).gain
    assert gain == pytest.approx(by_damage / (2.0 * h), rel=1e-3, abs=1e-4 / DAY)


@pytest.mark.parametrize("damage", [0.2, 0.6, 1.0])
def test_with_true_sensors_the_same_damage_is_compensated_and_heals(damage):
    """The excursion stays that of the intact trunk within 5 %, far from the limit."""
    state = LOOP.state(damage, 0.0)
    assert state.excursion == pytest.approx(LOOP.state(0.0, 0.0).excursion, rel=0.05)
    assert state.activation > LOOP.trunk.cocontraction
    assert state.growth == pytest.approx(-ASSUMED["healing"].value / DAY * damage)


@pytest.mark.parametrize("reported", [0.0, 0.3, 0.7, 1.0])
def test_the_controller_restores_the_intact_stiffness_for_the_sensed_loss(reported):
    stances = stances_of(LOOP.trunk)
    aim = stances.stiffness(LOOP.trunk.cocontraction)
    assert stances.stiffness(LOOP.activation(reported), reported) == pytest.approx(aim, rel=1e-4)


def test_at_the_fold_growth_and_loop_gain_are_zero():
    fold = LOOP.bifurcation()
    assert fold is not None
    assert abs(fold.growth) < 1e-9 / DAY and abs(fold.gain) < 1e-6 / DAY
    assert len(LOOP.fixed_points(0.98 * fold.corruption)) == 1
    health, tipping, chronic = LOOP.fixed_points(1.02 * fold.corruption)
    assert health.damage == 0.0 and health.gain < 0.0
    assert tipping.damage < fold.damage < chronic.damage
    assert tipping.gain > 0.0 > chronic.gain


def test_without_bias_delay_noise_and_loss_corruption_only_hides_damage():
    loop = LOOP.scaled(dict.fromkeys(("gain_loss", "extra_delay", "noise_rise", "bias"), 1e-9))
    assert loop.bifurcation() is None
    assert loop.state(0.8, 1.0).growth < 0.0


def test_every_number_is_assumed():
    assert all(p.status == "assumed" for p in ASSUMED.values())


def test_errors():
    with pytest.raises(ParameterError, match="damage from 0 to 1 and a finite corruption of 0"):
        LOOP.state(1.1, 0.0)
    with pytest.raises(ConvergenceError, match="Expected a reflex gain above 0"):
        LOOP.state(1.0, 2.0)
