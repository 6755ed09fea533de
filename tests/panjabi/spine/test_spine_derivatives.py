"""Derivatives of a spine model against differences, and its linear algebra against a dense one."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.delay.roots import characteristic_roots
from panjabi.errors import ParameterError
from panjabi.neural import scaled
from panjabi.spine import MusculatureOptions, equilibrium, jacobian, spine_model
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import spine_linear

from .test_spine_model import ACTING, somewhere, with_tendons

PAIR = {"joints": ["L5-S1", "L4-L5"], "reflexes": {"force_gain": 0.3}}


@pytest.mark.parametrize(
    "make",
    [
        lambda: spine_model(**PAIR),
        lambda: with_tendons(spine_model(**PAIR), elastic=False),
        lambda: with_tendons(spine_model(**PAIR), short_range=None),
        lambda: spine_model(muscles=False, plane="frontal"),
        lambda: spine_model(**PAIR, muscles=MusculatureOptions(abdominal_pressure=True)),
    ],
    ids=["elastic", "rigid", "without short range", "passive", "abdominal pressure"],
)
def test_exact_derivatives_equal_differences(make):
    model = make()
    y, late = somewhere(model)
    acting = ACTING[:1]
    p = pack(model, acting)
    found = jacobian(model, y, late, t=0.15, applied=acting)

    def rate(y, late=late):
        out = np.empty(model.size)
        spine_rhs(0.15, np.ascontiguousarray(y), late, p, out)
        return out

    assert np.allclose(found.rate, rate(y), rtol=1e-11, atol=1e-11)
    worst = np.zeros(model.size)
    for k in range(model.size):
        h = 1e-5 * max(1.0, abs(y[k]))
        up, down, up2, down2 = (
            rate(y + s * h * np.eye(1, model.size, k)[0]) for s in (1, -1, 2, -2)
        )
        column = (8.0 * (up - down) - (up2 - down2)) / (12.0 * h)
        worst = np.maximum(worst, np.abs(column - found.now[:, k]))
    assert (worst / (1.0 + np.abs(found.now).max(axis=1))).max() < 1e-7
    at = model.slices["afferent"].start
    for d in range(len(model.delays)):
        for k in range(0, model.loop_count, 17):
            moved = late.copy()
            moved[d, k] += 1e-6
            up = rate(y, moved)
            moved[d, k] -= 2e-6
            column = (up - rate(y, moved)) / 2e-6
            assert np.allclose(column, found.late[d][:, at + k], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "changes", [{"elastic": True}, {"elastic": False}, {"short_range": None}], ids=str
)
def test_structured_solution_equals_the_dense_one(changes):
    """J as the W-method has it: exact, but for turning paths and bodies, weight and compression."""
    model = with_tendons(spine_model(**PAIR, plane="sagittal"), **changes)
    y, late = somewhere(model)
    part, n = model.slices, 2
    y[part["rate"]] = 0.0
    exact = jacobian(model, y, late)
    motion = model.dynamics.linearised(y[:n], np.zeros(n), exact.rate[part["rate"]])
    tension = model.muscle_rates(y)[1].force
    dropped = motion.by_q + model.muscles.muscles.tension_curvature(y[:n], tension)
    J = exact.now.copy()
    J[part["rate"], part["q"]] += np.linalg.solve(motion.mass, dropped)
    pressed = part["compression"]
    J[pressed] = J[:, pressed] = 0.0
    J[pressed, pressed] = -np.eye(len(model.pressed)) / model.compression_time.si
    w, rng = 0.004, np.random.default_rng(5)
    p = pack(model)
    work = np.zeros((2, model.size))
    for kernel in (spine_linear, spine_linear.py_func):
        b = rng.normal(0.0, 1.0, model.size)
        for task in (0.0, 1.0, 2.0):
            work[0, 0], work[0, 1], work[1] = task, w, b
            kernel(0.0, y, late, p, work)
            assert work[0, 2] == 1.0
        wanted = np.linalg.solve(np.eye(model.size) - w * J, b)
        assert np.allclose(work[1], wanted, rtol=1e-9, atol=1e-9)


def test_a_steady_moment_turns_the_joint_by_its_relaxed_stiffness():
    """Relaxed; with friction as a spring; and sliding at an amplitude, between the two."""
    model = spine_model(joints=["L5-S1"], plane="sagittal", muscles=False, gravity=False)
    rest, unit = equilibrium(model), model.joints[0].unit

    def stiffness(friction):
        system = linear_system(rest, friction=friction)
        return 1.0 / np.linalg.solve(system.matrix(0.0), system.inputs)[0, 0].real

    relaxed = unit.stiffness_at_neutral(0)
    stuck = relaxed + sum(unit.hysteresis.friction[0])
    assert stiffness("relaxed") == pytest.approx(relaxed, rel=1e-9)
    assert stiffness("stuck") == pytest.approx(stuck, rel=1e-9)
    moment = sum(
        k * min(y, 0.1)
        for k, y in zip(unit.hysteresis.friction[0], unit.hysteresis.yields[0], strict=True)
    )
    assert stiffness(0.1) == pytest.approx(relaxed + moment / 0.1, rel=1e-9)
    assert stiffness(1) == pytest.approx(stiffness(1.0))
    for wrong in ("sliding", "Stuck", 0.0, -0.02, float("nan")):
        with pytest.raises(ParameterError, match="Expected friction as exact, stuck, relaxed or"):
            stiffness(wrong)
    system = linear_system(rest)
    assert system.state_names[0] == "L5_S1_FE"
    assert system.input_units == ("N m",)


def test_reflexes_move_the_roots():
    model = spine_model(joints=["L5-S1"], plane="sagittal", reflexes=True)
    muscles = model.muscles.muscles.selected("multifidus_lumbar")
    model = spine_model(
        joints=["L5-S1"], plane="sagittal", muscles=muscles, reflexes={"stretch_gain": 1.0},
        gravity=False,
    )  # fmt: skip
    rest = equilibrium(model, solve="posture")
    closed = characteristic_roots(linear_system(rest), count=2)
    opened = equilibrium(model.with_reflexes(*scaled(model.reflexes, 0.0)), solve="posture")
    assert not np.allclose(
        closed.rightmost, characteristic_roots(linear_system(opened), count=2).rightmost
    )
    assert closed.residual.max() < 1e-9


def test_linearisation_away_from_equilibrium_raises():
    model = spine_model(joints=["L5-S1"], plane="sagittal", muscles=False)
    state = model.state_at([0.1])
    with pytest.raises(ParameterError, match="an equilibrium, .* for L5_S1_FE rate"):
        linear_system(Equilibrium(model, state[:1], state, 0.0, 0))
