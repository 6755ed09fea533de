"""A recruited spine holds still: a disturbance of 1e-8 rad stays below 1e-6 rad for 10 s.

Steps are 10 ms at most, because longer ones damp motions that grow.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.neural import scaled
from panjabi.recruitment import MARGIN, recruit
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import STANDARD
from panjabi.spine import Equilibrium, Spine, equilibrium, spine_model
from panjabi.spine.linear_system import condensed_system

HELD = 1e-6  # [rad]


def recruited(spine: Spine, margin: tuple[float, float] | None = MARGIN) -> Equilibrium:
    """The equilibrium with the recruited excitations."""
    model = recruit(spine, margin=margin).model
    assert model is not None
    return equilibrium(model, solve="posture")


def with_loops(rest: Equilibrium, factor: float) -> Equilibrium:
    """The same excitations and posture, with the gains of all reflexes times a factor."""
    loops = scaled(rest.model.reflexes, factor) if factor else ()
    return equilibrium(rest.model.with_reflexes(*loops), solve="posture")


def distances(rest: Equilibrium, seed: int = 0):
    """Times and largest distance from rest (times,) [rad] in 10 s, from a random 1e-8 rad."""
    n, start = len(rest.q), rest.state.copy()
    start[:n] += 1e-8 * np.random.default_rng(seed).normal(size=n)
    run = simulate(rest, duration=10.0, start=start, solver=replace(STANDARD, largest_step=0.01))
    times = np.linspace(0.0, 10.0, 1001)
    return times, np.abs(run.trajectory.at(times)[:, :n] - rest.q).max(axis=1)


@pytest.mark.parametrize(
    "region",
    [
        "trunk",
        "lumbar",
        "cervical",
        "thoracolumbar",
        pytest.param("whole", marks=pytest.mark.slow),
    ],
)
def test_a_stable_spine_holds_still(region):
    spine = spine_model(region, reflexes=True)
    rest = recruited(spine)
    assert np.all(rest.model.excitation >= spine.cocontraction - 1e-9)
    assert condensed_system(rest).rightmost().stable
    assert distances(rest)[1].max() < HELD


@pytest.mark.parametrize(
    ("region", "margin", "factor"),
    [("cervical", MARGIN, 0.0), ("lumbar", None, 0.0), ("lumbar", MARGIN, 2.0)],
    ids=["neck without reflexes", "without reflexes and margin", "unstable gain"],
)
def test_without_reflexes_or_with_an_unstable_gain_it_does_not(region, margin, factor):
    """With its margin the lumbar spine leaves too, but within 20 s: its root is +0.30 1/s."""
    rest = with_loops(recruited(spine_model(region, reflexes=True), margin), factor)
    root = condensed_system(rest).rightmost().rightmost
    times, distance = distances(rest)
    assert root.real > 0.0 and distance.max() > HELD
    if not factor:  # it diverges without oscillation, at the rate of its root
        rate = np.log(distance[-1] / distance[times.searchsorted(7.5)]) / 2.5
        assert rate == pytest.approx(root.real, rel=0.02)
