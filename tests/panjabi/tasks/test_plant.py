"""Noisy plants: kernels as plain Python, against the linear model, sway by two methods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.delay.integrate import Settings, solve
from panjabi.delay.roots import characteristic_roots
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter
from panjabi.stability import trunk
from panjabi.tasks import Plant, Seat, seated, sitting
from panjabi.tasks.least_sway_gains import expected_sway, least_sway_effort
from panjabi.tasks.plant import PlantNoise, plant_noise, plant_rhs
from panjabi.tasks.repeated import moving_trunk


def quiet(noise: PlantNoise, share: float = 0.0) -> PlantNoise:
    return replace(noise, motor_share=replace(noise.motor_share, value=share))


def test_kernels_run_as_plain_python_too():
    plant = seated()
    rng = np.random.default_rng(0)
    y, late = rng.normal(0.0, 0.1, plant.size), rng.normal(0.0, 0.1, (2, plant.size))
    p = plant.vector(amplitude=3.0, frequency=0.7)
    compiled, plain = np.empty(plant.size), np.empty(plant.size)
    plant_rhs(0.3, y, late, p, compiled)
    plant_rhs.py_func(0.3, y, late, p, plain)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13)
    p = np.concatenate([p, [1.0, 2.0, 3.0]])
    spread = np.empty((plant.size, 3))
    plant_noise.py_func(0.3, y, late, p, spread)
    assert spread[plant.size - 3 :].tolist() == np.diag([1.0, 2.0, 3.0]).tolist()


def test_small_motion_decays_as_the_rightmost_root_says():
    plant = moving_trunk()
    root = characteristic_roots(plant.model.system()).rightmost
    y0 = np.zeros(plant.size)
    y0[0] = 1e-4
    run = solve(plant.delay_model(), y0, (0.0, 3.0), p=plant.vector(),
                settings=Settings(1e-10, 1e-14))  # fmt: skip
    size = [np.abs(run.at(np.linspace(t, t + 0.5, 200))[:, 0]).max() for t in (1.5, 2.0)]
    assert np.log(size[1] / size[0]) / 0.5 == pytest.approx(root.real, rel=0.1)


def test_sway_of_many_runs_is_that_of_the_spectrum():
    """Two methods, both without motor noise that grows with the moment."""
    made = seated()
    plant = replace(made, noise=quiet(made.noise))
    runs = [plant.noisy_run(200.0, step=0.002, seed=seed).state[5000:, :2] for seed in range(4)]
    measured = np.sqrt(np.mean([np.var(run.sum(axis=1)) for run in runs]))
    assert measured == pytest.approx(expected_sway(plant), rel=0.05)


def test_default_effort_has_the_least_sway():
    def make(effort: float) -> Plant:
        return seated(replace(Seat(), effort=replace(Seat().effort, value=effort)))

    assert Seat().effort.si == pytest.approx(least_sway_effort(make), rel=0.1)


def test_no_effort_stabilises_a_seat_without_springs_and_with_a_long_delay():
    weak = Parameter(0.0, "1", "ThisWork", "assumed", "no springs")
    with pytest.raises(ConvergenceError, match="a plant that is stable for some effort"):
        least_sway_effort(lambda effort: seated(replace(
            Seat(), spring_share=weak, effort=replace(Seat().effort, value=effort)), delay=0.4),
            low=1e-4, high=1e-3)  # fmt: skip


def test_inertia_and_stiffness_are_those_of_two_bodies_on_a_rolling_ball():
    """Kinetic and potential energy of the bodies' centres, by finite differences."""
    seat = Seat()
    R, m1, m2 = seat.radius.si, seat.lower_mass.si, seat.upper_mass.si
    z1, z0, h = seat.lower_height.si, seat.joint_height.si, seat.upper_height.si

    def centres(q):
        a, b = q[0], q[0] + q[1]
        x = R * a
        return np.array([
            [x + z1 * np.sin(a), R + z1 * np.cos(a)],
            [x + z0 * np.sin(a) + h * np.sin(b), R + z0 * np.cos(a) + h * np.cos(b)],
        ])  # fmt: skip

    d = 1e-5
    J = np.stack([(centres(d * e) - centres(-d * e)) / (2 * d) for e in np.eye(2)], axis=-1)
    own = np.array([[1.0, 0.0], [1.0, 1.0]])
    M = sum(
        m * J[k].T @ J[k] + inertia * np.outer(own[k], own[k])
        for k, (m, inertia) in enumerate(((m1, seat.lower_inertia.si), (m2, seat.upper_inertia.si)))
    )
    np.testing.assert_allclose(seat.inertia(), M, rtol=1e-8)

    def height(q):
        c = centres(q)
        return 9.80665 * (m1 * c[0, 1] + m2 * c[1, 1])

    d = 1e-3
    K = np.empty((2, 2))
    for i, a in enumerate(np.eye(2)):
        for j, b in enumerate(np.eye(2)):
            K[i, j] = (height(d * (a + b)) - height(d * (a - b)) - height(d * (b - a))
                       + height(-d * (a + b))) / (4 * d * d)  # fmt: skip
    springs = np.diag([seat.spring_share.si * sum(seat.weights()), seat.lumbar_stiffness.si])
    np.testing.assert_allclose(seat.stiffness(), springs + K, rtol=1e-4)


def test_same_seed_gives_the_same_run_and_no_noise_gives_no_sway():
    plant = seated()
    runs = [plant.noisy_run(2.0, step=0.002, seed=3).state for _ in range(2)]
    assert np.array_equal(*runs)
    zero = Parameter(0.0, "1", "ThisWork", "assumed", "none")
    still = PlantNoise(motor=replace(zero, unit="N m"), motor_share=zero,
                       sensory=replace(zero, unit="rad"))  # fmt: skip
    assert np.all(replace(plant, noise=still).noisy_run(1.0, step=0.002, seed=3).state[:, :2] == 0)


def test_inconsistent_plants_are_refused():
    model = seated().model
    with pytest.raises(ParameterError, match="give one row for each body"):
        Plant(model=model, leans=((1.0,),), weight=(10.0,))
    with pytest.raises(ParameterError, match="Expected a filter in every loop"):
        Plant(model=trunk("T1").model(), leans=((1.0,),), weight=(112.0,))
    apart = (model.loops[0], replace(model.loops[1], acts=(1.0, 0.0)))
    with pytest.raises(ParameterError, match="one group of muscles"):
        Plant(model=replace(model, loops=apart), leans=((1.0, 0.0),), weight=(10.0,))
    with pytest.raises(ParameterError, match="positive strongest moment, got -1"):
        Plant(model=model, leans=((1.0, 0.0),), weight=(10.0,), strongest=-1.0)


def test_sway_of_a_falling_person_is_an_error():
    with pytest.raises(ConvergenceError, match="has fallen off the seat"):
        sitting(seated(delay=0.20, gain_factor=2.0), duration=30.0)
