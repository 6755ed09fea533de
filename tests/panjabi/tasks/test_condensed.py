"""Delay margin of a spine with muscles: root counts on both sides, and eigenvalues."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.tasks import Condition, condition_equilibrium, loop_margin
from panjabi.tasks.loop_margins import CondensedJoints


def test_one_pair_of_roots_is_unstable_beyond_the_margin_and_none_before():
    strong = Condition().changed(gain_factor=1.5)
    found = loop_margin(condition_equilibrium(strong))
    assert found.stable and 0.0 < found.extra_delay < 0.2
    assert found.residual < 1e-10 and found.complete
    before, after = (
        loop_margin(condition_equilibrium(strong.changed(extra_delay=f * found.extra_delay)))
        for f in (0.98, 1.02)
    )
    assert before.stable and before.rightmost.real < 0.0
    assert after.unstable_roots == 2 and after.extra_delay == 0.0
    assert before.extra_delay == pytest.approx(0.02 * found.extra_delay, rel=1e-6)


@pytest.mark.parametrize(("name", "gain"), [("trunk", 1.0), ("lumbar", 2.0)])
def test_rightmost_root_makes_the_whole_system_singular(name, gain):
    """The condensed matrix against the characteristic matrix of all states."""
    rest = condition_equilibrium(Condition(model=name).changed(gain_factor=gain))
    found, system = loop_margin(rest), CondensedJoints(rest).system
    assert found.complete
    assert found.stable == (name == "trunk")
    s = found.rightmost
    M = s * system.E - system.now
    for term in system.delayed:
        M = M - term.state * np.exp(-s * term.delay)
    size = np.linalg.svd(M, compute_uv=False)
    assert size[-1] < 1e-9 * size[0]


@pytest.mark.parametrize(("gain", "unstable"), [(-3.0, True), (0.05, False)])
def test_count_agrees_with_eigenvalues_for_negligible_delays(gain, unstable):
    """Delays of 1 ns against a dense eigenproblem; a negative gain makes the spine diverge."""
    rest = condition_equilibrium(Condition())
    loops = rest.model.reflexes
    early = tuple(replace(loop, delay=1e-9, stretch_gain=gain) for loop in loops)
    joints = CondensedJoints(replace(rest, model=replace(rest.model, reflexes=early)))
    system = joints.system
    A = system.now + np.sum([term.state for term in system.delayed], axis=0)
    expected = int((np.linalg.eigvals(A).real > 1e-9).sum())
    assert joints.condensed.count_right_of(0.0) == expected
    assert (expected > 0) == unstable


def test_models_without_reflexes_or_with_force_gain_are_refused():
    rest = condition_equilibrium(Condition())
    with pytest.raises(ParameterError, match="Expected a model with reflexes"):
        loop_margin(replace(rest, model=rest.model.with_reflexes()))
    loops = [replace(loop, force_gain=0.1) for loop in rest.model.reflexes]
    with pytest.raises(ParameterError, match="stretch and rate of muscles only, got deep, superf"):
        loop_margin(replace(rest, model=rest.model.with_reflexes(*loops)))
