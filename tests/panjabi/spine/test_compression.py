"""Compression of the levels: against recruitment, its derivatives, its effect on the spine."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body import standard_adult
from panjabi.body.joint_force_kernels import UP
from panjabi.delay.integrate.settings import Settings
from panjabi.neural import ReflexLoop
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import (
    UnitOptions,
    equilibrium,
    jacobian,
    reference_rhs,
    spine_model,
    static_spine,
)
from panjabi.spine.equilibrium_solver import BEFORE
from panjabi.spine.packing import pack
from panjabi.spine.perturbation import ForcePulse, QuickRelease
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.rhs_plain import joint_loads

ONE = {"joints": ["L5-S1"], "plane": "sagittal"}


def test_compression_at_rest_is_the_one_that_recruitment_reports():
    standing = recruit(static_spine("standing"))
    model = spine_model("lumbar")
    q = model.dynamics.part(model.dynamics.held)
    assert model.muscles.muscles.names == standing.spine.muscles.names
    found = model.joint_forces.compression(q, standing.forces)
    assert dict(zip(model.joint_forces.levels, found, strict=True)) == pytest.approx(
        standing.compression, rel=1e-12
    )
    still = np.zeros(len(q))
    forces = model.joint_forces.on_discs(q, still, still, standing.forces)
    assert forces == pytest.approx(standing.spine.joint_forces(standing.forces), abs=1e-9)


def test_slopes_of_the_compression_are_derivatives():
    model, rng = spine_model(joints=["L4-L5", "L2-L3"]), np.random.default_rng(4)
    n, nm = len(model.free), model.muscle_count
    state = [rng.normal(0.0, s, n) for s in (0.1, 1.0, 10.0)] + [rng.uniform(0.0, 200.0, nm)]
    pushes = [("T8", np.array([0.05, 0.02, 0.01]), np.array([40.0, -9.0, 13.0]))]
    found = model.joint_forces.slopes(*state, pushes)
    assert found.value == pytest.approx(-model.joint_forces.on_discs(*state, pushes)[:, UP])
    slopes = (found.by_q, found.by_rate, found.by_acceleration, found.by_tension)
    for i, slope in enumerate(slopes):
        for k in range(0, len(state[i]), max(1, len(state[i]) // 6)):
            ends = []
            h = (1e-5, 1e-3, 1.0, 1.0)[i]
            for sign in (1.0, -1.0):
                moved = [x.copy() for x in state]
                moved[i][k] += sign * h
                ends.append(-model.joint_forces.on_discs(*moved, pushes)[:, UP])
            column = (ends[0] - ends[1]) / (2.0 * h)
            assert column == pytest.approx(slope[:, k], abs=2e-6 * (1.0 + np.abs(slope).max()))


@pytest.mark.parametrize("push", [None, QuickRelease(60.0, start=1.0)], ids=["free", "pulled"])
def test_at_rest_the_state_is_the_compression(push):
    applied = () if push is None else (push,)
    rest = equilibrium(spine_model("lumbar"), applied=applied)
    model, state = rest.model, rest.state
    largest = np.abs(model.dynamics.weight(rest.q)).max()
    assert rest.residual < 1e-9 * max(1.0, largest) * 2.0
    assert np.abs(reference_rhs(model, BEFORE, state, None, applied)).max() < 1e-5
    still = np.zeros(len(rest.q))
    forces = joint_loads(model, BEFORE, state, still, applied)
    assert state[model.slices["compression"]] == pytest.approx(-forces[:, UP], abs=1e-6)


def test_equilibrium_by_posture_carries_its_own_compression():
    pull = QuickRelease(3.0, direction=(0.4, -1.0, 0.0), start=1.0)
    model = spine_model(**ONE, muscles=False, gravity=False)
    rest = equilibrium(model, applied=(pull,))
    frozen = spine_model(
        **ONE, muscles=False, gravity=False,
        units=UnitOptions(preload=float(rest.state[model.slices["compression"]][0])),
    )  # fmt: skip
    assert equilibrium(frozen, applied=(pull,)).q == pytest.approx(rest.q, rel=1e-9)
    assert np.abs(reference_rhs(model, BEFORE, rest.state, None, (pull,))).max() < 1e-6


def test_a_frozen_preload_has_no_state():
    model = spine_model("lumbar", units=UnitOptions(preload=500.0))
    assert model.slices["compression"] == slice(*[model.slices["compression"].start] * 2)
    assert {j.unit.preload for j in model.joints} == {500.0}
    by_level = spine_model("lumbar", units=UnitOptions(preload={"L4-L5": 300.0}))
    assert [j.unit.preload for j in by_level.joints] == [0.0, 300.0, 0.0, 0.0, 0.0, 0.0]


def test_the_coupled_tangent_is_not_symmetric():
    """Compression changes the moments, but no axial coordinate gives it back: see the docs."""
    bent = np.zeros(18)
    bent[0::3] = -0.06
    rest = equilibrium(spine_model("lumbar"), q=bent)
    model, part = rest.model, rest.model.slices
    found = jacobian(model, rest.state, friction="relaxed")
    J, free = found.now, np.flatnonzero(found.moving)
    inner = free[free >= part["compression"].start]
    rate, q = part["rate"], part["q"]
    follow = np.linalg.solve(J[np.ix_(inner, inner)], J[inner, q])
    K = -model.dynamics.mass_matrix(rest.q) @ (J[rate, q] - J[rate][:, inner] @ follow)
    skew = np.abs(K - K.T).max() / np.abs(K).max()
    assert 1e-6 < skew < 1e-2


def test_without_muscles_weight_alone_presses():
    model = spine_model(**ONE, muscles=False)
    assert model.state_at()[model.slices["compression"]] == pytest.approx(342.0, abs=1.0)


def test_implicit_steps_that_leave_compression_out_agree_with_explicit_ones():
    """The reduced Jacobian has only -1/T of the compression: a hard push, and then rest."""
    model = spine_model(joints=["L5-S1", "L4-L5"], plane="sagittal", load=20.0, reflexes=True)
    push = ForcePulse(400.0, start=0.02, length=0.05)
    rest = equilibrium(model, applied=(push,))
    pairs = {
        "rosenbrock": Settings(rtol=1e-6, atol=1e-7, method="rosenbrock"),
        "explicit": Settings(rtol=1e-8, atol=1e-9),
    }
    runs = {name: simulate(rest, push, settings, duration=0.2) for name, settings in pairs.items()}
    t = np.linspace(0.0, 0.2, 41)
    one, two = (
        np.array(list(run.channels(["L4_L5_FE", "L4-L5 compression"], t).values()))
        for run in runs.values()
    )
    size = np.ptp(two, axis=1)
    assert size[0] > 0.01 and size[1] > 100.0
    assert (np.abs(one - two).max(axis=1) / size).max() < 1e-4
    quiet = simulate(rest, duration=10.0)
    moved = np.abs(quiet.trajectory.state[-1] - rest.state)[model.slices["compression"]]
    assert moved.max() < 1e-3
    assert len(quiet.time) < 400


def test_a_reflex_that_senses_compression_is_silent_at_rest():
    """Compiled and plain agree away from rest; its slope in the compression is exact."""
    press = ReflexLoop(
        name="press", source="L5-S1 compression", target="all", compression_gain=1e-3, delay=0.03
    )
    made = spine_model(joints=["L5-S1", "L4-L5"], plane="sagittal", reflexes=(press,))
    rest = equilibrium(made)
    model, part = rest.model, rest.model.slices
    assert reference_rhs(model, 0.0, rest.state)[part["afferent"]] == pytest.approx(0.0, abs=1e-9)
    y = rest.state + np.random.default_rng(0).normal(0.0, 0.01, model.size)
    y[part["activation"]], y[part["compression"]] = 0.1, y[part["compression"]] + 50.0
    late = np.tile(y[list(model.reads)], (len(model.delays), 1))
    fast, plain = np.empty(model.size), reference_rhs(model, 0.0, y, late)
    spine_rhs(0.0, y, late, pack(model), fast)
    assert np.abs((fast - plain) / (1.0 + np.abs(plain))).max() < 1e-11
    k, step = part["compression"].start, np.zeros(model.size)
    step[k] = 0.5
    column = reference_rhs(model, 0.0, y + step, late) - reference_rhs(model, 0.0, y - step, late)
    assert jacobian(model, y, late).now[:, k] == pytest.approx(column, abs=1e-6)
    assert column[part["afferent"]] == pytest.approx(1e-3 / press.filter_time, rel=1e-6)


@pytest.mark.parametrize("mass", [58.0, 75.0])
def test_a_joint_that_cannot_stand_falls_to_where_it_rests(mass):
    """Near upright the moment is smallest where nothing rests: Newton's method would stay there."""
    body = standard_adult(stature_m=1.62, mass_kg=mass)
    model = spine_model(joints=["L4-L5"], plane="sagittal", muscles=False, body=body)
    rest = equilibrium(model)
    assert rest.residual < 1e-9 and rest.q[0] < np.radians(-8.0)
    assert jacobian(rest.model, rest.state, friction="relaxed").rate == pytest.approx(0.0, abs=1e-5)
