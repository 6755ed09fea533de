"""Runs with white noise: the variance theory gives, strong order, seeds."""

from __future__ import annotations

from math import cos, sin

import numpy as np
import pytest
from numba import njit

from panjabi.cohort import generator
from panjabi.delay.integrate import (
    DelayModel,
    Event,
    NoisyModel,
    noise,
    noisy_cohort,
    solve,
    solve_noisy,
)
from panjabi.delay.integrate.stochastic_heun import noisy_steps
from panjabi.errors import ConvergenceError, ParameterError


@njit
def pulled_back(t, y, z, p, out):
    out[0] = -p[0] * z[0, 0]


@njit
def steady(t, y, z, p, out):
    out[0, 0] = p[1]


@njit
def own_size(t, y, z, p, out):
    out[0, 0] = p[1] * y[0]


@njit
def late_size(t, y, z, p, out):
    out[0, 0] = p[1] * z[0, 0]


LATE = DelayModel(rhs=pulled_back, delays=(0.5,))
NOISY = NoisyModel(model=LATE, diffusion=steady, sources=1)


@pytest.mark.parametrize("gain", [0.6, 1.2])
def test_variance_of_the_delayed_recoil(gain):
    """dx = -b x(t - d) dt + s dW settles at s^2 (1 + sin bd) / (2 b cos bd) (Kuechler, Mensch)."""
    runs = noisy_cohort(NOISY, [0.0], (0.0, 400.0), step=0.02, seed=5, p=[[gain, 0.7]] * 12)
    sample = runs.state[:, 1000:, 0].var(axis=1)
    theory = 0.49 * (1.0 + sin(0.5 * gain)) / (2.0 * gain * cos(0.5 * gain))
    assert abs(sample.mean() - theory) < 3.0 * sample.std() / np.sqrt(len(sample))
    assert sample.mean() == pytest.approx(theory, rel=0.1)


@pytest.mark.parametrize(("diffusion", "order"), [(steady, 1.0), (late_size, 0.5), (own_size, 0.5)])
def test_strong_order(diffusion, order):
    """Mean error at the end against the same noise in 64 times finer steps; delay off the grid."""
    model = NoisyModel(model=LATE, diffusion=diffusion, sources=1)
    rng = np.random.default_rng(0)
    fine, counts, errors = 2**14, (32, 64, 128, 256), []
    for _ in range(60):
        dw = rng.standard_normal((fine, 1)) * np.sqrt(2.0 / fine)

        def end(k: int, dw=dw) -> float:
            rows = dw.reshape(k, -1, 1).sum(axis=1)
            run = solve_noisy(
                model, [1.0], (0.0, 2.0), step=2.0 / k, increments=rows, p=[1.2, 0.7],
                delays=[0.37],
            )  # fmt: skip
            return float(run.state[-1, 0])

        exact = end(fine)
        errors.append([abs(end(k) - exact) for k in counts])
    slope = -np.polyfit(np.log(counts), np.log(np.mean(errors, axis=0)), 1)[0]
    print(f"{diffusion.__name__}: observed strong order {slope:.2f}")
    assert slope == pytest.approx(order, abs=0.25)


def test_without_noise_the_scheme_is_heuns():
    run = solve_noisy(NOISY, [1.0], (0.0, 3.0), step=1e-3, seed=0, p=[1.0, 0.0])
    smooth = solve(LATE, [1.0], (0.0, 3.0), p=[1.0, 0.0])
    assert run.state == pytest.approx(smooth.at(np.minimum(run.time, 3.0)), abs=1e-6)
    assert run.time[-1] == pytest.approx(3.0)


def test_jump_and_delay_shorter_than_the_step():
    """A history that differs from the start; a delay of a third of the step."""
    run = solve_noisy(NOISY, [1.0], (0.0, 0.5), step=0.1, seed=0, p=[1.0, 0.0], history=[0.0])
    assert np.array_equal(run.state, np.ones((6, 1)))
    model = NoisyModel(model=LATE, diffusion=steady, sources=1)
    short = solve_noisy(model, [1.0], (0.0, 1.0), step=0.03, seed=0, p=[1.0, 0.0], delays=[0.01])
    smooth = solve(LATE, [1.0], (0.0, 1.0), p=[1.0, 0.0], delays=[0.01])
    assert short.state[-1] == pytest.approx(smooth.at(1.0), abs=1e-3)


def test_paths_depend_only_on_seed_and_subject():
    ask = {"step": 0.01, "seed": 11}
    one = noisy_cohort(NOISY, [0.0], (0.0, 1.0), p=[[1.0, 0.5]] * 9, workers=1, **ask)
    four = noisy_cohort(NOISY, [0.0], (0.0, 1.0), p=[[1.0, 0.5]] * 9, workers=4, block=2, **ask)
    assert np.array_equal(one.state, four.state)
    assert not np.any(one.state[0, 1:] == one.state[1, 1:])
    numbers = generator(11, 2, noise.STREAM)
    alone = solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.01, seed=numbers, p=[1.0, 0.5])
    assert np.array_equal(alone.state, one.state[2])
    assert one.time == pytest.approx(alone.time, rel=1e-12)
    first = solve_noisy(NOISY, [0.0], (0.0, 1.0), p=[1.0, 0.5], **ask)
    assert np.array_equal(first.state, one.state[0])
    fewer = noisy_cohort(NOISY, [0.0], (0.0, 1.0), p=[[1.0, 0.5]] * 4, **ask)
    assert np.array_equal(fewer.state, one.state[:4])


def test_other_processes_compute_the_same_paths():
    ask = {"step": 0.01, "seed": 11, "p": [[1.0, 0.5]] * 3}
    here = noisy_cohort(NOISY, [0.0], (0.0, 1.0), workers=1, **ask)
    there = noisy_cohort(NOISY, [0.0], (0.0, 1.0), executor="processes", workers=1, **ask)
    assert here.failure == there.failure == ("", "", "")
    assert np.array_equal(here.state, there.state)


def test_a_path_that_fails_is_alone():
    """One subject of three is too stiff for the step."""

    @njit
    def cubic(t, y, z, p, out):
        out[0] = -p[0] * y[0] ** 3

    model = NoisyModel(model=DelayModel(rhs=cubic), diffusion=steady, sources=1)
    p = [[1.0, 0.1], [50.0, 0.1], [1.0, 0.1]]
    cohort = noisy_cohort(model, [10.0], (0.0, 0.1), step=0.01, seed=1, p=p)
    assert cohort.failure[1].startswith("ConvergenceError: Expected a finite path")
    assert np.isnan(cohort.state[1]).all() and np.isfinite(cohort.state[[0, 2]]).all()


def test_paths_do_not_depend_on_the_chunk_size(monkeypatch):
    whole = solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.01, seed=2, p=[1.0, 0.5])
    monkeypatch.setattr(noise, "CHUNK", 7)
    pieces = solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.01, seed=2, p=[1.0, 0.5])
    assert np.array_equal(whole.state, pieces.state)


def test_too_long_a_step_raises():
    @njit
    def stiff(t, y, z, p, out):
        out[0] = -p[0] * y[0] ** 3

    model = NoisyModel(model=DelayModel(rhs=stiff), diffusion=steady, sources=1)
    with pytest.raises(ConvergenceError, match="use a shorter step"):
        solve_noisy(model, [10.0], (0.0, 5.0), step=0.5, seed=0, p=[50.0, 1.0])


def test_invalid_arguments_raise():
    ask = {"p": [1.0, 0.5]}
    refusals = [
        (lambda: solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.0, seed=0, **ask), "above 0 s and"),
        (lambda: solve_noisy(NOISY, [0.0], (0.0, 1.0), step=2.0, seed=0, **ask), "up to the span"),
        (lambda: solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.1, **ask), "got neither"),
        (
            lambda: solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.1, seed=-1, **ask),
            "seed as an integer of 0 or more, got -1",
        ),
        (
            lambda: solve_noisy(NOISY, [0.0], (0.0, 1e9), step=0.1, seed=0, **ask),
            "at most 2e.08 numbers",
        ),
        (
            lambda: solve_noisy(NOISY, [0.0], (0.0, 1.0), step=0.1, increments=[[0.0]], **ask),
            r"finite increments of shape \(10, 1\), got shape \(1, 1\); give one row",
        ),
        (lambda: NoisyModel(model=LATE, diffusion=steady, sources=0), "sources of noise, got 0"),
        (
            lambda: NoisyModel(
                model=DelayModel(rhs=pulled_back, event=steady, events=(Event("a"),)),
                diffusion=steady,
                sources=1,
            ),
            "constant delays and without events",
        ),
    ]
    for refused, words in refusals:
        with pytest.raises(ParameterError, match=words):
            refused()


def test_kernel_as_plain_python(monkeypatch):
    compiled = solve_noisy(NOISY, [1.0], (0.0, 1.0), step=0.1, seed=4, p=[1.0, 0.5])
    from panjabi.delay.integrate import runge_kutta, stochastic_heun, workspace

    plain = noisy_steps.py_func
    monkeypatch.setattr(stochastic_heun, "noisy_steps", plain)
    monkeypatch.setattr(stochastic_heun, "rate", runge_kutta.rate.py_func)
    monkeypatch.setattr(stochastic_heun, "straight", stochastic_heun.straight.py_func)
    monkeypatch.setattr(
        stochastic_heun, "ask_jacobian", lambda call, *arguments: NOISY.diffusion(*arguments)
    )
    monkeypatch.setattr(
        runge_kutta, "ask_rhs", lambda call, *arguments: NOISY.model.rhs(*arguments)
    )
    monkeypatch.setattr(workspace, "prepared", lambda kernel, *data: kernel)
    for name in ("rate", "delayed_states", "look_back"):
        if hasattr(runge_kutta, name):
            monkeypatch.setattr(runge_kutta, name, getattr(runge_kutta, name).py_func)
    from panjabi.delay.integrate import history_lookup as past

    for name in ("window", "piece_of", "near"):
        monkeypatch.setattr(past, name, getattr(past, name).py_func)
    same = solve_noisy(NOISY, [1.0], (0.0, 1.0), step=0.1, seed=4, p=[1.0, 0.5])
    assert same.state == pytest.approx(compiled.state, rel=1e-14)
