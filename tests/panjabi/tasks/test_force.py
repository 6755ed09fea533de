"""Force perturbation: the estimate against the exact linear model, and the effect of gains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.simulation.spine_run import STANDARD
from panjabi.spine.linear_system import linear_system
from panjabi.tasks import Condition, condition_equilibrium, force_perturbation


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
