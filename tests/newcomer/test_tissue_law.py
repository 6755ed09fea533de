"""Add a tissue law: any Python object with these five members can be a law."""

import numpy as np
import pytest

import fascia
from panjabi.tissue import check_law


class Quadratic:
    """Tension a (l - l0)^2 beyond the slack length l0 = 0.40 m, with a = 40 kN/m^2."""

    slack_length = 0.40

    def energy(self, length):
        return 4e4 * np.maximum(length - self.slack_length, 0.0) ** 3 / 3.0

    def tension(self, length):
        return 4e4 * np.maximum(length - self.slack_length, 0.0) ** 2

    def tangent(self, length):
        return 8e4 * np.maximum(length - self.slack_length, 0.0)

    def reference_stiffness(self):
        return self.tangent(1.05 * self.slack_length)


def test_the_law_has_the_properties_that_the_solver_needs():
    """Tension is the slope of energy, tangent that of tension; no compression, slack below l0."""
    assert check_law(Quadratic()).held


@pytest.fixture(scope="module")
def banded(subject):
    """The standard subject with an elastic band from the ischium to below the right knee."""
    band = fascia.Strand(
        name="band", start="ischial_tub_r", end="pes_anserinus_r", side="right", law=Quadratic()
    )
    return subject.with_network(subject.network.added(band))


def test_a_strand_carries_what_the_law_says(banded):
    state = fascia.solve(banded.network, posture={"hip_flexion_r": 1.0})
    i = state.index("band")
    assert state.tension[i] > 0.0
    assert state.tension[i] == pytest.approx(Quadratic().tension(state.length[i]))


def test_the_band_stiffens_the_leg_raise(subject, banded):
    with_band, plain = fascia.examine(banded), fascia.examine(subject)
    assert with_band.stiffness_Nm_per_rad > plain.stiffness_Nm_per_rad
