"""The person on the unstable seat: mechanics, noise, sway by two methods, body size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.body import scaled_body, standard_adult
from panjabi.delay.integrate import Settings
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.neural import MotorNoise, delayed_by, scaled
from panjabi.simulation import fixed_step_run, simulate
from panjabi.spine import SEAT, equilibrium, seat_noise, seat_spine, spine_model
from panjabi.spine.seat_preset import seat_inertia, seat_stiffness, seat_weights, sized_seat
from panjabi.tasks import sitting
from panjabi.tasks.least_sway_gains import expected_sway, least_sway_effort


def quiet(seed=0, **changes):
    noise = seat_noise(seed)
    return replace(noise, motor=replace(noise.motor, proportional=0.0, **changes))


def test_sway_of_many_runs_is_that_of_the_spectrum():
    """Two methods, both without motor noise that grows with the moment."""
    rest = equilibrium(seat_spine())
    runs = [
        fixed_step_run(rest, duration=200.0, step=0.005, noise=quiet(seed)).state[2000:, :2]
        for seed in range(4)
    ]
    measured = np.sqrt(np.mean([np.var(run.sum(axis=1)) for run in runs]))
    assert measured == pytest.approx(expected_sway(rest.model), rel=0.05)


def test_default_effort_has_the_least_sway():
    def make(effort):
        return seat_spine(SEAT.replaced(effort=effort))

    assert SEAT.si("effort") == pytest.approx(least_sway_effort(make), rel=0.1)


def test_no_effort_stabilises_a_seat_without_springs_and_with_a_long_delay():
    weak = SEAT.replaced(spring_share=0.0, delay=0.4)
    with pytest.raises(ConvergenceError, match="a spine that is stable for some effort"):
        least_sway_effort(lambda effort: seat_spine(weak.replaced(effort=effort)), low=1e-4,
                          high=1e-3)  # fmt: skip


def centres(q):
    """Centres (2, 2) of the two bodies on the rolling ball."""
    R, z1, z0, h = (SEAT.si(n) for n in ("radius", "lower_height", "joint_height", "upper_height"))
    a, b = q[0], q[0] + q[1]
    x = R * a
    return np.array([
        [x + z1 * np.sin(a), R + z1 * np.cos(a)],
        [x + z0 * np.sin(a) + h * np.sin(b), R + z0 * np.cos(a) + h * np.cos(b)],
    ])  # fmt: skip


def test_inertia_and_weight_are_those_of_two_bodies_on_a_rolling_ball():
    """Kinetic energy and height of the bodies' centres, by finite differences."""
    masses = SEAT.si("lower_mass"), SEAT.si("upper_mass")
    own = (SEAT.si("lower_inertia"), (1.0, 0.0)), (SEAT.si("upper_inertia"), (1.0, 1.0))
    d = 1e-5
    J = np.stack([(centres(d * e) - centres(-d * e)) / (2 * d) for e in np.eye(2)], axis=-1)
    M = sum(
        m * J[k].T @ J[k] + own[k][0] * np.outer(own[k][1], own[k][1]) for k, m in enumerate(masses)
    )
    np.testing.assert_allclose(seat_inertia(), M, rtol=1e-8)
    spine = seat_spine()
    np.testing.assert_allclose(spine.dynamics.mass_matrix(np.array([0.4, -0.2])), M, rtol=1e-8)

    def height(q):
        return 9.80665 * float(np.array(masses) @ centres(np.asarray(q))[:, 1])

    for q in ([0.3, 0.0], [0.2, -0.5]):
        slope = [(height(q + d * e) - height(q - d * e)) / (2 * d) for e in np.eye(2)]
        np.testing.assert_allclose(spine.dynamics.weight(q), slope, rtol=1e-6)


def test_same_seed_gives_the_same_run_and_no_noise_gives_no_sway():
    rest = equilibrium(seat_spine())
    options = {"duration": 2.0, "step": 0.005}
    runs = [fixed_step_run(rest, noise=seat_noise(3), **options).state for _ in range(2)]
    assert np.array_equal(*runs) and np.any(runs[0][:, :2])
    still = replace(seat_noise(), motor=MotorNoise(), sensory=None)
    assert np.all(fixed_step_run(rest, noise=still, **options).state[:, :2] == 0.0)


def test_equal_steps_and_adaptive_steps_give_the_same_run():
    rest, noise = equilibrium(seat_spine()), seat_noise(2)
    equal = fixed_step_run(rest, duration=1.5, step=2.5e-4, noise=noise)
    run = simulate(rest, solver=Settings(1e-8, 1e-10), duration=1.5, noise=noise)
    size = np.abs(equal.state[:, :2]).max()
    apart = run.trajectory.at(equal.time[::200])[:, :2] - equal.state[::200, :2]
    assert np.abs(apart).max() < 1e-4 * size


def test_sway_of_a_falling_person_is_an_error():
    spine = seat_spine(SEAT.replaced(delay=0.2))
    with pytest.raises(ConvergenceError, match="has fallen off the seat"):
        sitting(spine.with_reflexes(*scaled(spine.reflexes, 2.0)), duration=30.0)


def test_the_preset_is_the_seat_in_the_size_of_the_body():
    assert spine_model("seat").reflexes[0].stretch_gain == seat_spine().reflexes[0].stretch_gain
    same = sized_seat(standard_adult())
    assert all(same.si(name) == pytest.approx(SEAT.si(name), rel=1e-12) for name in SEAT)
    small = scaled_body(standard_adult(), stature=1.6, mass=60.0)
    spine, gains = spine_model("seat", body=small), seat_spine().reflexes[0].stretch_gain
    assert spine.reflexes[0].delay < 0.06 and spine.reflexes[0].stretch_gain < gains
    assert np.all(seat_weights(sized_seat(small)) < seat_weights())
    assert seat_stiffness(sized_seat(small))[1, 1] < seat_stiffness()[1, 1]
    with pytest.raises(ParameterError, match="Expected no load for the seat"):
        spine_model("seat", load=5.0)


def test_a_longer_delay_leaves_the_gains():
    spine = seat_spine()
    late = spine.with_reflexes(*delayed_by(spine.reflexes, 0.02))
    assert late.delays == pytest.approx((0.08,))
    assert expected_sway(late) > expected_sway(spine)
