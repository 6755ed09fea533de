"""A spine with a muscle over a surface: equations of motion, a push, recruitment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.active import musculature
from panjabi.body import Surface, Wrap
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import MomentPulse, equilibrium, spine_model, static_spine
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs

JOINT = "L3_L4_FE"
POINTS = (("T12", (-0.03, 0.01, 0.02)), ("sacrum", (-0.155, 0.03, 0.02)))
SIZES = {"max_force": 400.0, "optimal_length": 0.1, "tendon_slack_length": 0.11}
SURFACE = Surface(
    name="L3_r", shape="cylinder", body="L3", centre=np.array([-0.02, 0.0, 0.02]),
    size=(0.046, np.inf), rotation=np.eye(3),
)  # fmt: skip


def with_extensor(muscles, *, wraps=True, surface=SURFACE):
    return muscles.with_muscle(
        "extensor", POINTS, **SIZES, surfaces={"L3_r": surface},
        wraps=[Wrap("L3_r", 0, 1)] if wraps else (),
    )  # fmt: skip


@pytest.fixture(scope="module")
def model():
    """One joint, two fascicles and the muscle on each side."""
    few = musculature(coordinates=[JOINT]).selected(("IL_L1_r", "IL_L1_l"))
    return spine_model(joints=["L3-L4"], plane="sagittal", muscles=with_extensor(few))


def touches(model, angle):
    muscles = model.muscles.muscles
    return len(muscles.polylines(np.array([angle])).body) > len(muscles.paths.body)


def test_equations_of_motion_on_and_off_the_surface(model):
    """The acceleration needs the moment of the joint and of the wrapped paths, and no other."""
    seen = set()
    full = spine_model(muscles=False)
    k, part = full.free.index(JOINT), model.slices
    for angle in np.linspace(-0.3, 0.3, 7):
        y = model.state_at([angle], [0.8])
        out = np.empty(model.size)
        spine_rhs(0.0, y, np.empty((0, 0)), pack(model), out)
        seen.add(touches(model, angle))
        q, qd, qdd = np.zeros((3, 18))
        q[k], qd[k], qdd[k] = y[0], y[1], out[1]
        joint, muscles = model.joints[0], model.muscles
        x, speed = model.seen_by(joint, y[:1], y[1:2])
        moment = joint.force(x, speed, y[part["joints"]], y[part["compression"]])[0]
        geometry = muscles.muscles.geometry(y[:1])
        tension = model.signals(y).tension
        moment -= geometry.slope[:, 0] @ tension
        assert full.dynamics.inverse(q, qd, qdd)[k] == pytest.approx(moment, rel=1e-10, abs=1e-10)
    assert seen == {True, False}


def test_a_push_through_touch_and_release(model):
    """The push starts off the surface, and bends the spine until the muscle lies on it."""
    rest = equilibrium(model)
    assert rest.residual < 1e-8
    push = MomentPulse(-25.0, JOINT), MomentPulse(30.0, JOINT, start=0.25)
    run = simulate(rest, push, duration=0.5)
    angles = run.trajectory.state[:, 0]
    assert np.isfinite(run.trajectory.state).all() and angles.min() < -0.05
    low, rest_angle = angles.min(), rest.q[0]
    assert touches(model, low) and not touches(model, rest_angle)


def test_recruitment_with_a_wrapped_muscle():
    """Statics of the lumbar spine: the forces balance, and the surface changes the arm."""
    lumbar = musculature("lumbar")
    larger = replace(SURFACE, size=(0.055, np.inf))
    states = [
        static_spine(muscles=with_extensor(lumbar, wraps=wraps, surface=larger))
        for wraps in (True, False)
    ]
    m = states[0].muscles.names.index("extensor_r")
    arms = [-state.muscles.slope[m] for state in states]
    assert np.abs(arms[0] - arms[1]).max() > 1e-3
    assert len(states[0].muscles.lines[m]) == 4
    result = recruit(states[0])
    assert result.result.residuals.equilibrium_Nm < 1e-6
