"""A spine from matrices: mass matrix, gravity, limited moments, noise, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from known_delay_systems import SETS, trunk_system

from panjabi.delay.roots import characteristic_roots
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import MotorNoise, ReflexLoop, SensoryNoise
from panjabi.simulation import simulate
from panjabi.spine import (
    MomentPulse,
    SpineNoise,
    equilibrium,
    jacobian,
    reduced,
    reference_rhs,
    seat_noise,
    seat_spine,
    trunk_set,
)
from panjabi.spine.linear_system import linear_system
from panjabi.spine.noise_paths import noise_paths
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs

numbers = st.floats(-2.0, 2.0)


@given(a=numbers, b=numbers, W=st.floats(-300.0, 300.0), q=st.tuples(numbers, numbers))
@settings(max_examples=30)
def test_inertia_is_constant_and_weights_lean_by_their_sine(a, b, W, q):
    L = np.array([[2.0 + abs(a), 0.0], [b, 1.0]])
    J = L @ L.T
    spine = reduced(inertia=J, coordinates=("low", "high"), weight=[W], leans=[[1.0, 0.5]])
    at = np.array(q)
    np.testing.assert_allclose(spine.dynamics.mass_matrix(at), J, rtol=1e-12, atol=1e-12)
    still = np.zeros(2)
    expected = -W * np.sin(at[0] + 0.5 * at[1]) * np.array([1.0, 0.5])
    np.testing.assert_allclose(spine.dynamics.weight(at), expected, rtol=1e-9, atol=1e-9)
    drift = spine.dynamics.bias(at, np.array([0.7, -1.3]))
    np.testing.assert_allclose(drift, still, atol=1e-12 * max(1.0, abs(W)))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("lag", [0.005, 0.04])
def test_roots_are_those_of_the_delay_equations(name, lag):
    spine = trunk_set(name, filter_time=lag)
    found = characteristic_roots(linear_system(equilibrium(spine)), count=8).roots
    assert found == pytest.approx(
        characteristic_roots(trunk_system(name, lag=lag), count=8).roots, abs=1e-9
    )


def test_roots_and_gains_of_the_seat():
    """Computed before the seat was a spine, from its own matrices."""
    spine = seat_spine()
    gains = np.array([(x.stretch_gain, x.rate_gain) for x in spine.reflexes], float)
    known = [[308.5862562736227, 115.98530472969149], [198.91719173428373, 50.5783758563373]]
    np.testing.assert_allclose(gains, known, rtol=1e-9)
    found = characteristic_roots(linear_system(equilibrium(spine)), count=6).roots
    expected = [-2.27422796 + 1.89915546j, -3.88303126 + 6.68254243j, -7.37329874, -25.0]
    assert found[found.imag >= 0.0] == pytest.approx(expected, abs=1e-7)


def states(spine, rng, size):
    y = rng.normal(0.0, size, spine.size)
    return y, rng.normal(0.0, 60.0, (len(spine.delays), len(spine.reads)))


def test_compiled_and_plain_equations_agree_with_noise_and_saturation():
    spine, rng = seat_spine(), np.random.default_rng(2)
    paths = noise_paths(spine, seat_noise(4), 1.0)
    acting = (MomentPulse(20.0, "lumbar", start=0.2, length=0.4),)
    for t in (0.0, 0.333):
        y, late = states(spine, rng, 0.4)
        out = np.empty(spine.size)
        spine_rhs(t, y, late, pack(spine, acting, paths=paths), out)
        plain = reference_rhs(spine, t, y, late, acting, paths=paths)
        np.testing.assert_allclose(out, plain, rtol=1e-12, atol=1e-12)
        silent = reference_rhs(spine, t, y, late, acting)
        assert np.abs(plain - silent).max() > 1e-3


def test_the_moment_of_all_loops_together_is_limited():
    spine = seat_spine()
    y, late = np.zeros(spine.size), np.array([[500.0, 300.0]])
    M = spine.dynamics.mass_matrix(np.zeros(2))
    moment = M @ reference_rhs(spine, 0.0, y, late)[spine.slices["rate"]]
    assert moment == pytest.approx([0.0, -60.0 * np.tanh(800.0 / 60.0)], abs=1e-9)


def test_exact_derivatives_with_saturation():
    spine, rng = seat_spine(), np.random.default_rng(5)
    y, late = states(spine, rng, 0.3)
    found, h = jacobian(spine, y, late), 1e-6
    for k in range(spine.size):
        e = h * np.eye(spine.size)[k]
        near = (reference_rhs(spine, 0.0, y + e, late) - reference_rhs(spine, 0.0, y - e, late)) / (
            2.0 * h
        )
        np.testing.assert_allclose(found.now[:, k], near, rtol=1e-6, atol=1e-6)
    for r, column in enumerate(spine.reads):
        e = np.zeros_like(late)
        e[0, r] = h
        near = (reference_rhs(spine, 0.0, y, late + e) - reference_rhs(spine, 0.0, y, late - e)) / (
            2.0 * h
        )
        np.testing.assert_allclose(found.late[0][:, column], near, rtol=1e-6, atol=1e-6)


def test_a_reduced_spine_runs_and_decays_as_its_roots_say():
    rest = equilibrium(trunk_set("T1"))
    run = simulate(rest, MomentPulse(10.0, "angle"), duration=3.0)
    assert abs(run.trajectory.state[-1, 0]) < 1e-3 < np.abs(run.trajectory.state[:, 0]).max()
    root = characteristic_roots(linear_system(rest)).rightmost
    t = np.array([1.2, 1.8])
    size = run.trajectory.at(t)[:, 0]
    assert np.log(size[1] / size[0]) / 0.6 == pytest.approx(root.real, rel=0.05)
    noisy = simulate(rest, duration=1.0, noise=seat_noise(1))
    assert np.any(noisy.trajectory.state[:, 0])


def test_noise_of_moments_follows_the_moment_and_leaves_other_kinds_unchanged():
    spine = seat_spine()
    sensory = SensoryNoise(proprioceptive=0.001)
    one = noise_paths(spine, SpineNoise(motor=MotorNoise(moment=1.0), sensory=sensory, seed=3), 1.0)
    two = noise_paths(spine, SpineNoise(motor=None, sensory=sensory, seed=3), 1.0)
    assert one.moment is not None and two.moment is None and one.motor is None
    assert np.array_equal(one.sensory.values, two.sensory.values)
    y, size = np.zeros(spine.size), {}
    for load in (0.0, 20.0):
        late = np.array([[load, 0.0]])
        out, quiet = np.empty((2, spine.size))
        spine_rhs(0.5, y, late, pack(spine, paths=one), out)
        spine_rhs(0.5, y, late, pack(spine), quiet)
        added = spine.dynamics.mass_matrix(np.zeros(2)) @ (out - quiet)[spine.slices["rate"]]
        assert added[0] == pytest.approx(0.0, abs=1e-10)
        size[load] = abs(added[1])
    limited = 60.0 * np.tanh(20.0 / 60.0)
    assert size[20.0] / size[0.0] == pytest.approx(1.0 + 0.05 * limited, rel=1e-9)


LOOP = ReflexLoop(source="angle", target="angle", stretch_gain=10.0, delay=0.05)


@pytest.mark.parametrize(
    ("made", "error", "words"),
    [
        (lambda: reduced(inertia=-1.0), ParameterError, "a positive inertia"),
        (lambda: reduced(inertia=np.eye(2)), ParameterError, "1 by 1 matrix for inertia"),
        (lambda: reduced(inertia=1.0, stiffness=np.inf), ParameterError, "matrix for stiffness"),
        (
            lambda: reduced(inertia=1.0, weight=1.0, leans=[[1.0, 2.0]]),
            ParameterError,
            "give one row for each body",
        ),
        (
            lambda: reduced(inertia=1.0, reflexes=(ReflexLoop(source="angel", target="angle"),)),
            UnknownNameError,
            "close: 'angle'",
        ),
        (
            lambda: reduced(inertia=1.0, reflexes=(ReflexLoop(source="head", target="angle"),)),
            ParameterError,
            "the head stands still",
        ),
        (
            lambda: reduced(
                inertia=1.0, reflexes=(LOOP, ReflexLoop(name="b", source="angle", target="angle",
                                                        delay=0.05, largest_moment=5.0))
            ),
            ParameterError,
            "the same largest moment in all loops on angle",
        ),
        (lambda: ReflexLoop(largest_moment=-1.0), ParameterError, "largest_moment"),
    ],
)  # fmt: skip
def test_inconsistent_spines_are_refused(made, error, words):
    with pytest.raises(error, match=words):
        made()


def test_gains_on_moments_have_no_range_of_evidence():
    assert equilibrium(trunk_set("T1")).outside_evidence == ()
    assert "reflex delay of 0.3 s" in equilibrium(trunk_set("T1", delay=0.3)).outside_evidence[0]
