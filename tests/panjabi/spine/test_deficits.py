"""Deficits of a spine: what they take from each subsystem, and that nothing else changes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi import Deficits, equilibrium, spine_model, unit, with_deficits
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.element import PassiveJoint
from panjabi.passive.injury import weakened

LOSS = st.floats(0.0, 1.0)
ANGLE = st.floats(-0.1, 0.1)


@cache
def spine():
    return spine_model("lumbar", joints=["L5-S1", "L4-L5"], plane="sagittal", reflexes=True)


def test_an_intact_spine_is_the_same_object():
    assert with_deficits(spine(), Deficits()) is spine()
    assert Deficits().intact and Deficits(passive_loss={}, gain_factor={"deep": 1.0}).intact
    assert not Deficits(gain_factor=0.0).intact
    assert not Deficits(injuries={"L4-L5": "nucleus"}).intact


@given(loss=LOSS, again=LOSS, x=ANGLE, rate=st.floats(-1.0, 1.0), pressed=st.floats(0.0, 1000.0))
def test_a_loss_takes_its_fraction_of_everything_but_the_viscous_damping(
    loss, again, x, rate, pressed
):
    whole = unit("L4-L5")
    weak = weakened(whole, loss)
    angles, left = np.array([x, 0.3 * x, -x]), 1.0 - loss
    before, after = (u.evaluate_under(angles, pressed) for u in (whole, weak))
    for part in ("energy", "moment", "tangent", "moment_by_compression"):
        np.testing.assert_allclose(
            getattr(after, part), left * np.asarray(getattr(before, part)), atol=1e-12
        )
    y = np.full(PassiveJoint(whole).states, 0.01)
    speed, compression = np.full(3, rate), np.array([pressed])
    damping = -np.asarray(whole.hysteresis.damping) * rate
    total, remains = (PassiveJoint(u).force(angles, speed, y, compression) for u in (whole, weak))
    np.testing.assert_allclose(remains - damping, left * (total - damping), atol=1e-9)
    twice = weakened(weak, again)
    lost = dict(twice.parameters).get("passive_loss")
    assert (0.0 if lost is None else lost.value) == pytest.approx(1.0 - left * (1.0 - again))
    np.testing.assert_allclose(
        twice.tangent(angles), left * (1.0 - again) * whole.tangent(angles), atol=1e-9
    )


def test_each_deficit_reaches_its_subsystem_alone():
    whole = spine()
    soft = with_deficits(whole, Deficits(passive_loss={"L4-L5": 0.4}))
    assert soft.joints[0] is whole.joints[0] and soft.muscles is whole.muscles
    assert soft.reflexes == whole.reflexes
    np.testing.assert_allclose(
        soft.joints[1].unit.tangent(np.zeros(3)), 0.6 * whole.joints[1].unit.tangent(np.zeros(3))
    )
    weak = with_deficits(whole, Deficits(strength_loss={"multifidus_lumbar": 0.5}))
    assert weak.joints is whole.joints and weak.reflexes == whole.reflexes
    groups = np.array(whole.muscles.muscles.groups)
    np.testing.assert_allclose(
        weak.muscles.muscles.max_force / whole.muscles.muscles.max_force,
        np.where(groups == "multifidus_lumbar", 0.5, 1.0),
    )
    late = with_deficits(whole, Deficits(extra_delay={"deep": 0.02}, gain_factor=0.5))
    assert late.joints is whole.joints and late.muscles is whole.muscles
    assert late.delays == pytest.approx((whole.delays[0] + 0.02, whole.delays[1]))
    np.testing.assert_allclose(late.loops.receptors.gain, 0.5 * whole.loops.receptors.gain)


@given(loss=LOSS)
def test_a_loss_of_all_muscles_is_a_factor_on_every_force(loss):
    weak = with_deficits(spine(), Deficits(strength_loss=loss)).muscles.muscles
    np.testing.assert_allclose(
        weak.max_force, (1.0 - loss) * spine().muscles.muscles.max_force, rtol=1e-12
    )
    np.testing.assert_allclose(weak.calibration, spine().muscles.muscles.calibration)


def test_injuries_are_those_of_the_builder():
    hurt = {"L4_L5": "nucleus", "L5-S1": ["cut=SSL+ISL", "facetectomy=left"]}
    at = np.array([0.05, 0.02, -0.01])
    built = spine_model(
        "lumbar", joints=["L5-S1", "L4-L5"], plane="sagittal", muscles=False, injuries=hurt
    )
    for a, b in zip(
        built.joints, with_deficits(spine(), Deficits(injuries=hurt)).joints, strict=True
    ):
        np.testing.assert_array_equal(a.unit.moment(at), b.unit.moment(at))
        assert a.unit.changes == b.unit.changes


@pytest.mark.parametrize(
    ("deficits", "error", "message"),
    [
        ({"passive_loss": 1.1}, ParameterError, "passive_loss as a finite number from 0 to 1 1"),
        ({"strength_loss": {"psoas": float("nan")}}, ParameterError, "of 'psoas' as a finite"),
        ({"gain_factor": -1.0}, ParameterError, "gain_factor as a finite number from 0"),
        ({"extra_delay": True}, ParameterError, "got True"),
        ({"passive_loss": {"L9-L10": 0.1}}, UnknownNameError, "level 'L9-L10'"),
        ({"passive_loss": {"L1-L2": 0.1}}, UnknownNameError, "level of the model 'L1-L2'"),
        ({"strength_loss": {"biceps": 0.1}}, UnknownNameError, "'biceps'"),
        ({"gain_factor": {"dep": 0.1}}, UnknownNameError, "loop 'dep'; close: 'deep'"),
        ({"extra_delay": -0.05}, ParameterError, "as 0 s or more, got -0.02"),
        ({"injuries": {"L4-L5": [3]}}, ParameterError, "injuries of L4-L5 as texts"),
        ({"injuries": {"L1-L2": ["nucleus"]}}, UnknownNameError, "level of the model 'L1-L2'"),
    ],
)
def test_wrong_deficits_are_refused(deficits, error, message):
    with pytest.raises(error, match=message):
        with_deficits(spine(), Deficits(**deficits))


def test_a_deficit_of_what_a_spine_does_not_have_is_refused():
    passive = spine_model("lumbar", joints=["L5-S1"], plane="sagittal", muscles=False)
    for deficit in ({"strength_loss": 0.1}, {"gain_factor": 0.5}, {"extra_delay": 0.01}):
        with pytest.raises(ParameterError, match="got one without"):
            with_deficits(passive, Deficits(**deficit))


def test_muscles_without_any_strength_leave_the_spine_in_equilibrium():
    whole = spine_model("lumbar", joints=["L5-S1"], plane="sagittal", reflexes=True)
    gone = with_deficits(whole, Deficits(strength_loss={"multifidus_lumbar": 1.0}))
    rest = equilibrium(gone)
    assert np.isfinite(rest.state).all() and rest.residual < 1e-6
    groups = np.array(gone.muscles.muscles.groups)
    force = gone.muscle_rates(rest.state)[1].force
    assert not force[groups == "multifidus_lumbar"].any()
