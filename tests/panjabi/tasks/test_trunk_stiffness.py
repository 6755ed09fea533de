"""Stiffness at a harness: linear response against a run and dense matrices, limits, symmetry."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.recruitment import recruit
from panjabi.spine import spine_model
from panjabi.spine.linear_system import linear_system
from panjabi.spine.static_build import static_view
from panjabi.tasks import SineRecord, TrunkStiffness, trunk_stiffness

HARNESS = 0.38


@cache
def spine():
    return spine_model("lumbar", reflexes=True)


@cache
def at_harness(effort: float = 0.2, direction: str | float = "forward", **more) -> TrunkStiffness:
    return trunk_stiffness(spine(), effort=effort, direction=direction, at=HARNESS, **more)


@given(st.floats(1.0, 50.0), st.floats(0.0, 1e3), st.floats(-5e3, 3e4))
def test_fit_returns_a_system_of_second_order(mass, damping, stiffness):
    """Any motion satisfies m x'' + c x' + k x = f with the force that this equation gives."""
    time = np.linspace(0.0, 0.25, 201)
    w = 2.0 * math.pi * 4.0
    x, v, a = time**3 * np.cos(w * time), None, None
    v = 3 * time**2 * np.cos(w * time) - w * time**3 * np.sin(w * time)
    a = (
        (6 * time - w**2 * time**3) * np.cos(w * time) - 6 * w * time**2 * np.sin(w * time)
    )  # fmt: skip
    fit = SineRecord(time, mass * a + damping * v + stiffness * x, x, v, a).fit
    assert fit.mass == pytest.approx(mass)
    assert fit.damping == pytest.approx(damping, abs=1e-6)
    assert fit.stiffness == pytest.approx(stiffness, abs=1e-3)
    assert fit.explained == pytest.approx(1.0)


def test_linear_record_is_the_run_of_a_small_sine():
    """Two methods: Fourier series of the condensed linear spine, and the whole model in time."""
    found = at_harness(amplitude=1e-3)
    linear = found.linear_record()
    largest = np.abs(linear.displacement).max()
    at = np.interp(linear.time, found.record.time, found.record.displacement)
    np.testing.assert_allclose(at, linear.displacement, atol=2e-3 * largest)
    assert found.fit.stiffness == pytest.approx(found.small_fit.stiffness, rel=5e-3)
    assert found.fit.mass == pytest.approx(found.small_fit.mass, rel=5e-3)


def test_large_sine_leaves_the_short_range_and_is_softer():
    assert at_harness().fit.stiffness < 0.9 * at_harness().small_fit.stiffness


@pytest.mark.parametrize("reflexes", [True, False])
def test_dynamic_stiffness_is_that_of_the_dense_system(reflexes: bool):
    """The whole linear system is solved without elimination."""
    found = at_harness()
    system = linear_system(found.rest, applied=(found.cable,))
    n = len(found.along)
    for f in (0.3, 4.0):
        s = 2j * math.pi * f
        M = s * system.E - system.now
        for term in system.delayed:
            M = M - reflexes * term.state * np.exp(-s * term.delay)
        assert system.inputs is not None
        moved = np.linalg.solve(M, system.inputs @ found.along)[:n] @ found.along
        assert found.dynamic_stiffness(f, reflexes=reflexes)[0] == pytest.approx(1.0 / moved)


def test_without_inertia_the_response_is_that_of_the_complex_stiffness():
    """M s^2 is taken from the dense matrix of the coordinates, another elimination."""
    found = at_harness()
    model, n = found.rest.model, len(found.along)
    system = linear_system(found.rest, applied=(found.cable,), dormant=True)
    keep = np.flatnonzero(np.any(system.now != 0.0, axis=1))
    s = 2j * math.pi * 4.0
    M = s * np.eye(len(keep)) - system.now[np.ix_(keep, keep)]
    for term in system.delayed:
        M = M - term.state[np.ix_(keep, keep)] * np.exp(-s * term.delay)
    assert system.inputs is not None
    compliance = np.linalg.solve(M, system.inputs[keep])[:n]  # (n, n): D(s)^-1
    still = np.zeros(n)
    mass = model.dynamics.linearised(found.rest.q, still, still).mass
    # inertia also presses the levels, so it is D = s^2 (M + what the units feel of it) + K
    pressed = np.linalg.inv(compliance) - s**2 * mass
    approximate = 1.0 / (found.along @ np.linalg.solve(pressed, found.along))
    assert found.complex_stiffness(4.0)[0] == pytest.approx(approximate, rel=0.02)


def test_static_values_are_limits_of_the_complex_stiffness():
    """Slowest: relaxed, where friction still holds; at 1 Hz and above: before relaxation."""
    found = at_harness(0.4)
    assert found.static.value is not None and found.slow.value is not None
    fast = found.complex_stiffness(3.0, reflexes=False)[0].real
    assert fast == pytest.approx(found.static.value, rel=0.05)
    slowest = found.complex_stiffness(1e-5, reflexes=False)[0].real
    assert found.slow.value < slowest < 0.1 * fast


def test_fast_static_value_is_that_of_the_recruitment():
    """The coupling of compression and the turn of the cable are small."""
    found = at_harness()
    H = found.recruited.result.hessian
    expected = 1.0 / (found.along @ np.linalg.solve(H, found.along))
    assert found.static.value == pytest.approx(expected, rel=0.03)


def test_relaxed_stiffness_without_reflexes_is_not_defined():
    found = at_harness()
    assert found.slow.value is None and found.slow.undefined == 1
    assert "not defined: 1 direction" in str(found.slow)
    plain = found.to_dict()
    assert plain["slow_N_per_mm"] is None and plain["slow_undefined_directions"] == 1
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_effort_stiffens_and_reflexes_add():
    found = [at_harness(effort) for effort in (0.0, 0.1, 0.2, 0.4)]
    for values in ([k.fit.stiffness for k in found], [k.intrinsic for k in found]):
        assert all(np.diff(values) > 0.0)
    assert all(k.reflex > 0.0 for k in found)
    assert found[0].pull == 0.0 and found[2].pull == pytest.approx(0.2 * found[2].largest)


def test_reflexes_off_leave_the_intrinsic_part():
    cut = trunk_stiffness(spine().with_reflexes(), at=HARNESS)
    assert cut.reflex == pytest.approx(0.0, abs=1e-6)
    assert cut.intrinsic == pytest.approx(at_harness().intrinsic)
    assert cut.small_fit.stiffness == pytest.approx(at_harness().intrinsic_fit.stiffness)


def test_right_and_left_are_alike():
    right, left = (at_harness(direction=name) for name in ("right", "left"))
    assert right.pull == pytest.approx(left.pull, rel=1e-6)
    assert right.static.value == pytest.approx(left.static.value, rel=1e-3)
    assert right.intrinsic == pytest.approx(left.intrinsic, rel=1e-3)


def test_names_are_angles_and_bodies_are_heights():
    assert at_harness(direction=0.0).intrinsic == at_harness().intrinsic
    named = trunk_stiffness(spine(), at="T9")
    assert trunk_stiffness(spine(), at=named.height).intrinsic == pytest.approx(named.intrinsic)
    pulled = trunk_stiffness(spine(), at=HARNESS, pull=at_harness().pull)
    assert pulled.intrinsic == pytest.approx(at_harness().intrinsic)


def test_imposed_cocontraction_stiffens():
    braced = at_harness(least_activation=0.05)
    assert braced.intrinsic > at_harness().intrinsic
    assert braced.pull == at_harness().pull


def test_recruitment_is_that_of_the_pulled_posture():
    found = at_harness()
    again = recruit(replace(static_view(spine()), push=found.pull * found.along),
                    least_activation=spine().cocontraction)  # fmt: skip
    np.testing.assert_allclose(found.rest.model.excitation, again.activations, atol=1e-9)
    assert found.rest.residual < 1e-9


@pytest.mark.parametrize("name", ["trunk", "thoracolumbar"])
def test_other_spines_have_a_stiffness(name: str):
    found = trunk_stiffness(spine_model(name, reflexes=True), at=HARNESS)
    assert found.static.value is not None and found.static.value > 0.0


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"direction": "up"}, UnknownNameError, "direction of a pull"),
        ({"direction": math.nan}, ParameterError, "a name or a finite angle"),
        ({"at": "T99"}, UnknownNameError, "T99"),
        ({"effort": -0.1}, ParameterError, "effort or a pull of 0 or more"),
        ({"frequency": 0.0}, ParameterError, "frequency above 0 Hz"),
        ({"amplitude": 1.0}, ParameterError, "amplitude between 0 and 1"),
    ],
)
def test_refusals(asked, error, words):
    with pytest.raises(error, match=words):
        trunk_stiffness(spine(), **asked)


def test_a_joint_of_the_sagittal_plane_is_not_pulled_sideways():
    with pytest.raises(ParameterError, match="moves in the direction 'right'"):
        trunk_stiffness(spine_model("trunk", reflexes=True), direction="right")
