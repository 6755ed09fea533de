"""Force perturbation: the estimate against the exact linear model, and the effect of gains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.simulation.spine_run import STANDARD
from panjabi.spine.linear_system import linear_system
from panjabi.spine.perturbation import ForceStep
from panjabi.tasks import (
    Condition,
    condition_equilibrium,
    exertion,
    force_perturbation,
    point_stiffness,
)
from panjabi.tasks.pushes import push_moment


def test_admittance_of_small_pushes_is_that_of_the_linear_model():
    """Two methods: simulation with cross-spectra, and exact derivatives.

    Small means within the short range of the fibres.
    """
    found = force_perturbation(rms=0.3, solver=replace(STANDARD, rtol=1e-5, atol=1e-6))
    rest = condition_equilibrium(Condition())
    system = linear_system(rest)
    for k in (0, 8, 20, 35):
        f = found.admittance.frequency_hz[k]
        M = system.E * 2j * np.pi * f - system.now
        for term in system.delayed:
            M = M - term.state * np.exp(-2j * np.pi * f * term.delay)
        exact = np.linalg.solve(M, system.inputs[:, 0])[0]
        assert found.admittance.values[k] == pytest.approx(exact, rel=0.03)


def test_more_gain_means_less_admittance_and_more_reflex():
    less, more = (force_perturbation(Condition().changed(gain_factor=g)) for g in (1.0, 1.5))
    assert more.low_admittance() < less.low_admittance()
    assert more.low_reflex_gain() > 1.3 * less.low_reflex_gain()


def test_static_stiffness_is_force_over_displacement_of_a_small_pull():
    """Force over displacement of the harness a long time after a pull of 1 N.

    Branches have relaxed then; friction has not slid, so its elements are springs.
    """
    from panjabi.simulation import simulate

    rest = condition_equilibrium(Condition())
    push = ForceStep(1.0, start=0.1)
    record = simulate(rest, push, duration=600.0)
    turned = record.trajectory.state[-1][0] - rest.q[0]
    found = point_stiffness(rest)
    stiffness = push_moment(rest, push) / turned / found.lever**2
    joint, pressed = rest.model.joints[0], rest.state[rest.model.slices["compression"]]
    friction = joint.law(np.zeros(3), pressed).factor * sum(joint.unit.hysteresis.friction[0])
    assert stiffness == pytest.approx(found.total + friction / found.lever**2, rel=0.01)


def test_reflexes_off_leave_the_intrinsic_part():
    cut = point_stiffness(condition_equilibrium(Condition().changed(gain_factor=0.0)))
    whole = point_stiffness(condition_equilibrium(Condition()))
    assert cut.total == pytest.approx(whole.intrinsic, rel=1e-6)
    assert cut.reflex == pytest.approx(0.0, abs=1e-6 * whole.total)
    assert whole.reflex_fraction == pytest.approx(whole.reflex / (whole.total + whole.gravity))


def test_effort_stiffens():
    low, high = (exertion(share=s).intrinsic for s in (0.05, 0.2))
    assert high > low > 0.0
