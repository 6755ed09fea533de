"""The protocol: linear units have a closed form, loops dissipate, steps converge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.elements import ForceElement
from panjabi.errors import ParameterError
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test, play, run
from panjabi.passive.standard import unit
from panjabi.passive.terms import Structure, linear


def standard_solid(k=50.0, branch=30.0, time=20.0) -> FunctionalSpinalUnit:
    """One linear term on each axis and one branch."""
    terms = tuple(linear(axis, k) for axis in range(3))
    return FunctionalSpinalUnit(
        "L4-L5",
        (Structure("joint", terms, "joint"),),
        hysteresis=Hysteresis((time,), ((branch,),) * 3),
    )


def test_creep_of_a_linear_unit_is_the_closed_form():
    """Standard linear solid under a step: x = M/k (1 - b/(k+b) exp(-t k / (T (k+b))))."""
    k, b, time = 50.0, 30.0, 20.0
    step = np.concatenate(([1e-7], np.full(4000, 0.02)))
    found = run(standard_solid(k, b, time), 0, step, np.full(step.size, 2.0))
    exact = 2.0 / k * (1.0 - b / (k + b) * np.exp(-found.time * k / (time * (k + b))))
    assert found.angle == pytest.approx(exact, rel=2e-6)


def test_halving_the_step_reduces_the_error_fourfold():
    k, b, time = 50.0, 30.0, 20.0
    errors = []
    for count in (40, 80, 160):
        step = np.full(count, 20.0 / count)
        load = np.linspace(0.0, 2.0, count + 1)[1:]  # a ramp of load over 20 s
        end = run(standard_solid(k, b, time), 0, step, load).angle[-1]
        slow = time * (k + b) / k
        exact = 0.1 / k * (20.0 - b / (k + b) * slow * (1.0 - np.exp(-20.0 / slow)))
        errors.append(abs(end - exact))
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.1)


def test_an_elastic_unit_returns_to_zero():
    """A purely elastic curve has no residual neutral zone, whatever its shape."""
    elastic = replace(unit("L4-L5"), hysteresis=Hysteresis())
    found = laboratory_test(elastic, "flexion")
    assert found.angle[np.abs(found.place) == 2] == pytest.approx(0.0, abs=1e-12)
    assert found.angle[found.place == 1][-1] == pytest.approx(elastic.range_at("extension"))


@settings(max_examples=30, deadline=None)
@given(
    loads=st.lists(st.floats(-10.0, 10.0), min_size=2, max_size=12),
    pause=st.floats(0.01, 100.0),
    level=st.sampled_from(["L4-L5", "C4-C5", "C1-C2", "T6-T7"]),
)
def test_no_history_that_returns_to_its_start_produces_energy(loads, pause, level):
    """Work of the load is at least the relaxed energy stored at the end."""
    one = unit(level)
    path = np.array([*loads, 0.0]) * one.test_moment[0] / 10.0
    load = np.concatenate(
        [np.linspace(a, b, 60)[1:] for a, b in zip([0.0, *path], path, strict=False)]
    )
    load = np.concatenate((load, np.zeros(60)))
    step = np.concatenate((np.full(load.size - 60, pause), np.geomspace(1.0, 1000.0, 60)))
    found = run(one, 0, step, load)
    stored = one.energy(np.eye(3)[0] * found.angle[-1])
    assert found.work_of_load >= stored - 1e-6 * one.test_moment[0]


@pytest.mark.parametrize("axis", ["flexion-extension", "lateral bending", "axial rotation"])
def test_a_closed_loop_dissipates(axis):
    found = cyclic_test(unit("L4-L5"), axis)
    last = found.cycle(3)
    moment, angle = found.moment[last], found.angle[last]
    area = np.sum(0.5 * (moment[1:] + moment[:-1]) * np.diff(angle))
    assert area > 0.0


def test_damping_is_swept_and_widens_a_fast_loop_only():
    one = unit("L4-L5")
    for period, far in ((2.0, True), (600.0, False)):
        areas = []
        for time in (0.0, 1.0):
            damped = one.with_damping(time)
            assert damped.parameters["damping_over_stiffness"].status == "assumed"
            found = cyclic_test(damped, 0, period=period)
            last = found.cycle(3)
            moment, angle = found.moment[last], found.angle[last]
            areas.append(np.sum(0.5 * (moment[1:] + moment[:-1]) * np.diff(angle)))
        assert bool(areas[1] > 1.2 * areas[0]) == far


def test_the_compiled_protocol_equals_plain_python():
    one = unit("L5-S1")
    step, load, _ = Protocol(cycles=1, steps=2).schedule(10.0)
    both = []
    for function in (play, play.py_func):
        angle = np.empty(step.size)
        function(
            one.kinds,
            one.rows,
            0,
            one.branch_stiffness[0].copy(),
            *(part[0].copy() for part in one.hysteresis.decay),
            one.hysteresis.damping[0],
            step,
            load,
            angle,
        )
        both.append(angle)
    assert both[0] == pytest.approx(both[1], rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.floats(-0.2, 0.2), min_size=9, max_size=9))
def test_as_a_force_element_it_balances_power(values):
    """Power of the force = -(rise of relaxed and branch energy) - heat."""
    joint = PassiveJoint(unit("L3-L4"))
    assert isinstance(joint, ForceElement)
    q, rate, few = (np.array(values[i : i + 3]) for i in (0, 3, 6))
    count = joint.unit.hysteresis.count
    state = 0.05 * np.resize(few, 3 * count)
    none = np.empty(0)
    power = joint.force(q, rate, state, none) @ rate
    stretch = state.reshape(3, count)
    flow = joint.state_rate(q, rate, state, none).reshape(3, count)
    stored = joint.unit.evaluate(q)[1] @ rate + np.sum(joint.unit.branch_stiffness * stretch * flow)
    heat = joint.dissipation(rate, state)
    assert heat >= 0.0
    assert power == pytest.approx(-stored - heat, rel=1e-9, abs=1e-12)


def test_invalid_input_is_an_error():
    with pytest.raises(ParameterError, match="a ramp above 0"):
        Protocol(ramp=0.0)
    for nonsense in ({"hold": np.nan}, {"wait": np.inf}, {"cycles": 1.5}, {"steps": 0}):
        with pytest.raises(
            ParameterError,
            match="Expected a protocol with whole counts from 1, finite times from 0",
        ):
            Protocol(**nonsense)
    with pytest.raises(ParameterError, match="largest moment of 0.001 N m or more, got -1"):
        laboratory_test(unit("L4-L5"), 0, moment=-1.0)
    with pytest.raises(ParameterError, match="Expected times, yields and rate above 0"):
        Hysteresis((0.0,), ((1.0,),) * 3)
    with pytest.raises(ParameterError, match="three axes"):
        Hysteresis((1.0,), ((1.0,),))
