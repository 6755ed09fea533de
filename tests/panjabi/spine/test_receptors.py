"""Every receptor in the lumbar spine: compiled against plain, its slopes, its spectrum in time."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.delay.integrate import Samples, Settings, solve
from panjabi.delay.roots import characteristic_roots
from panjabi.neural import (
    Canals,
    ReflexLoop,
    mileusnic_2006,
    prochazka_gorassini_1998,
    standard_tendon_organ,
)
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import delay_model
from panjabi.spine import ForcePulse, equilibrium, jacobian, reference_rhs, spine_model
from panjabi.spine.linear_system import linear_system
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import spine_linear

MUSCLES = ("MF_m1t_1_r", "MF_m1t_1_l", "MF_m2s_r", "MF_m2s_l")
LOOPS = {
    "first order": ReflexLoop(stretch_gain=0.35, rate_gain=0.035, force_gain=0.05),
    "acceleration": ReflexLoop(
        stretch_gain=0.35, rate_gain=0.03, acceleration_gain=2e-4, filter_time=0.01
    ),
    "spindle": ReflexLoop(
        receptor=mileusnic_2006(), firing_gain=5e-4, secondary_gain=5e-4, fusimotor=(70.0, 70.0)
    ),
    "algebraic spindle": ReflexLoop(receptor=prochazka_gorassini_1998(), firing_gain=2e-3),
    "tendon organ": ReflexLoop(
        kind="force", receptor=standard_tendon_organ(), firing_gain=-2e-4, filter_time=0.02
    ),
    "canals": ReflexLoop(
        kind="vestibular", source="head", target="all", receptor=Canals(), stretch_gain=0.5,
        rate_gain=0.1, acceleration_gain=2e-4, filter_time=0.02,
    ),
    "neck": ReflexLoop(
        kind="cervicocollic", source="L4_L5_LB", target="L4_L5_LB", stretch_gain=30.0,
        rate_gain=3.0, acceleration_gain=0.02, filter_time=0.02,
    ),
    "ligament": ReflexLoop(
        kind="medium", source="L4-L5 SSL", target="multifidus_lumbar", strain_gain=0.5,
        rate_gain=0.02, threshold=0.01, corner=0.01,
    ),
}  # fmt: skip


def resting(name: str):
    """Equilibrium of one joint with four muscles and one receptor."""
    joints = ["L4-L5"]
    bare = spine_model(joints=joints, muscles=False, gravity=False)
    muscles = musculature(coordinates=bare.free).selected(MUSCLES)
    model = spine_model(joints=joints, muscles=muscles, gravity=False, reflexes=(LOOPS[name],))
    return equilibrium(model, solve="posture")


@pytest.mark.parametrize("name", LOOPS)
def test_compiled_equals_plain_with_exact_slopes(name):
    """Right-hand side, its derivatives by present and delayed states, and the implicit step."""
    model = resting(name).model
    part, rng, p = model.slices, np.random.default_rng(1), pack(model)
    rest = model.state_at()
    y = rest + 0.01 * rng.normal(size=model.size) * (0.1 + np.abs(rest))
    late = rng.normal(0.0, 0.05, (len(model.delays), len(model.reads)))

    def rate(y, late=late):
        out = np.empty(model.size)
        spine_rhs(0.0, np.ascontiguousarray(y), late, p, out)
        return out

    plain = reference_rhs(model, 0.0, y, late)
    assert np.abs((rate(y) - plain) / (1.0 + np.abs(plain))).max() < 1e-11
    exact = jacobian(model, y, late)
    for _ in range(20):
        way, h = rng.normal(size=model.size) * (0.1 + np.abs(rest)), 1e-6
        slope = (8.0 * (rate(y + h * way) - rate(y - h * way))
                 - (rate(y + 2 * h * way) - rate(y - 2 * h * way))) / (12.0 * h)  # fmt: skip
        size = 1.0 + np.abs(exact.now) @ np.abs(way)
        assert np.abs((exact.now @ way - slope) / size).max() < 2e-6
    for which, matrix in enumerate(exact.late):
        way = np.zeros_like(late)
        way[which] = rng.normal(size=late.shape[1])
        slope = (rate(y, late + 1e-6 * way) - rate(y, late - 1e-6 * way)) / 2e-6
        expected = matrix[:, list(model.reads)] @ way[which]
        assert np.abs((expected - slope) / (1.0 + np.abs(slope))).max() < 1e-6

    # the implicit step solves (1 - w J) x = b; its J leaves out weight, rotation of the paths and
    # what compression changes
    y[part["rate"]] = 0.0
    exact, muscles = jacobian(model, y, late), model.muscles.muscles
    q, n = y[part["q"]], len(model.free)
    motion = model.dynamics.linearised(q, np.zeros(n), exact.rate[part["rate"]])
    J, w, b = exact.now.copy(), 0.004, rng.normal(size=model.size)
    left_out = motion.by_q + muscles.tension_curvature(q, model.signals(y).tension)
    J[part["rate"], part["q"]] += np.linalg.solve(motion.mass, left_out)
    pressed = part["compression"]
    J[pressed] = J[:, pressed] = 0.0
    J[pressed, pressed] = -np.eye(len(model.pressed)) / model.compression_time.si
    work = np.zeros((2, model.size))
    for task in (0.0, 1.0, 2.0):
        work[0, :2], work[1] = (task, w), b
        spine_linear(0.0, y, late, p, work)
    x = np.linalg.solve(np.eye(model.size) - w * J, b)
    assert work[1] == pytest.approx(x, rel=1e-9, abs=1e-9 * np.abs(x).max())


@pytest.mark.parametrize("name", LOOPS)
def test_a_run_grows_as_its_rightmost_root(name):
    """The mode of the rightmost root, 1e-6 of it at the start: the run is this mode."""
    rest = resting(name)
    model, system = rest.model, linear_system(rest, dormant=True, friction="exact")
    root = characteristic_roots(system, count=1).rightmost
    matrix = root * np.eye(model.size) - system.now
    for term in system.delayed:
        matrix = matrix - term.state * np.exp(-root * term.delay)
    mode = np.linalg.svd(matrix)[2][-1].conj()
    q = model.slices["q"]
    mode = mode / np.abs(mode[q]).max()
    moved = mode.real if root.imag == 0.0 else mode
    duration = min(0.3, 1.0 / abs(root.real))
    times = np.linspace(-max(model.delays) - 0.01, 0.0, 400)
    past = rest.state + 1e-7 * (np.exp(root * times)[:, None] * moved).real
    settings = Settings(rtol=1e-8, atol=1e-13, method="rosenbrock")
    run = solve(
        delay_model(model), past[-1], (0.0, duration), p=pack(model, (), rest.q),
        history=Samples(times, past), settings=settings,
    )  # fmt: skip
    expected = 1e-7 * (np.exp(root * duration) * moved).real
    end = run.at(duration) - rest.state
    assert end[q] == pytest.approx(expected[q], rel=0.02, abs=0.02 * np.abs(expected[q]).max())


@pytest.mark.parametrize("name", LOOPS)
def test_it_is_at_rest_and_runs_in_the_lumbar_spine(name):
    rest = equilibrium(spine_model("lumbar", reflexes=(LOOPS[name],)))
    out, late = np.empty(rest.model.size), np.zeros((1, rest.model.loop_count))
    spine_rhs(0.0, rest.state, late, pack(rest.model), out)
    assert np.abs(out).max() < 1e-6
    record = simulate(rest, ForcePulse(20.0, start=0.0, length=0.02), duration=0.06)
    label = next(n for n in record.names if n.endswith(" afferent"))
    assert not record.lost_balance and np.ptp(record.channel(label)) > 0.0
