"""Ctrl-C: an interrupted computation is never returned as a complete one."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from numba import njit

from panjabi.delay.integrate import (
    DelayModel,
    NoisyModel,
    Settings,
    adaptive,
    noise,
    noisy_cohort,
    solve,
    solve_cohort,
    solve_noisy,
    workspace,
)
from panjabi.errors import Interrupted
from panjabi.simulation import simulate
from panjabi.spine import equilibrium, spine_model
from panjabi.tasks import basin_of_attraction, repeated_movement, sitting


@njit
def late(t, y, z, p, out):
    out[0] = -p[0] * z[0, 0]


@njit
def steady(t, y, z, p, out):
    out[0, 0] = p[1]


LATE = DelayModel(rhs=late, delays=(1.0,))
NOISY = NoisyModel(model=LATE, diffusion=steady, sources=1)


@pytest.fixture
def interrupt(monkeypatch):
    """interrupt(k): the signal of Ctrl-C comes when compiled code is called for the k-th time."""
    real = workspace.prepared

    def interrupt(number: int) -> None:
        calls = []

        def prepared(*args):
            calls.append(args)
            if len(calls) == number:
                signal.raise_signal(signal.SIGINT)
            return real(*args)

        monkeypatch.setattr(workspace, "prepared", prepared)

    monkeypatch.setattr(adaptive, "CHUNK", 20)
    monkeypatch.setattr(noise, "CHUNK", 10)
    return interrupt


def test_an_interrupted_run_returns_its_partial_result(interrupt):
    interrupt(3)
    with pytest.raises(
        Interrupted, match="run to 1000 s, got an interrupt at .*; use `.part"
    ) as caught:
        solve(LATE, [1.0], (0.0, 1000.0), p=[1.0], progress=True)
    part = caught.value.partial
    assert part.outcome == "interrupted"
    assert part.counts.steps == 40
    rest = solve(LATE, part.at(part.end), (part.end, 60.0), p=[1.0], history=part)
    whole = solve(LATE, [1.0], (0.0, 60.0), p=[1.0], settings=Settings(1e-9, 1e-12))
    assert rest.at(60.0) == pytest.approx(whole.at(60.0), abs=1e-5)


def test_an_interrupted_path_returns_its_partial_result(interrupt):
    ask = {"step": 0.01, "seed": 2, "p": [1.0, 0.5]}
    whole = solve_noisy(NOISY, [0.0], (0.0, 1.0), **ask)
    interrupt(3)
    with pytest.raises(Interrupted, match="path to 1 s, got an interrupt at 0.2 s") as caught:
        solve_noisy(NOISY, [0.0], (0.0, 1.0), **ask)
    assert np.array_equal(caught.value.partial.state, whole.state[:21])


def test_interrupted_cohorts_return_finished_subjects(interrupt):
    p = [[1.0, 0.5]] * 12
    ask = {"p": p, "workers": 1, "block": 4}
    whole = solve_cohort(LATE, [1.0], (0.0, 2.0), [1.0, 2.0], **ask)
    interrupt(3)
    with pytest.raises(Interrupted, match="12 finished subjects, got an interrupt") as caught:
        solve_cohort(LATE, [1.0], (0.0, 2.0), [1.0, 2.0], **ask)
    part = caught.value.partial
    assert np.array_equal(part.state[part.complete], whole.state[part.complete])
    assert np.isnan(part.state[~part.complete]).all()
    paths = noisy_cohort(NOISY, [0.0], (0.0, 1.0), step=0.01, seed=1, **ask)
    interrupt(60)  # in the second block, so the first has been collected
    with pytest.raises(Interrupted, match="12 finished subjects, got an interrupt") as caught:
        noisy_cohort(NOISY, [0.0], (0.0, 1.0), step=0.01, seed=1, **ask)
    part = caught.value.partial
    done = np.array([reason == "" for reason in part.failure])
    assert 0 < done.sum() < 12
    assert np.array_equal(part.state[done], paths.state[done])


@pytest.mark.parametrize(
    "task",
    [
        lambda: sitting(duration=20.0),
        lambda: repeated_movement(cycles=10),
        lambda: basin_of_attraction(rays=4, grid=11, bisections=2),
    ],
    ids=["sitting", "repeated movement", "basin"],
)
def test_an_interrupted_task_reports_no_measures(interrupt, task):
    interrupt(3)
    with pytest.raises(KeyboardInterrupt):
        task()


def test_a_spine_run_raises_the_interrupt(interrupt):
    rest = equilibrium(spine_model("lumbar", joints=("L5-S1",)))
    interrupt(1)
    with pytest.raises(Interrupted, match="Expected a run to 5 s, got an interrupt at 0 s"):
        simulate(rest, duration=5.0)
