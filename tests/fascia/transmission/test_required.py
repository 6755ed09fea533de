"""What a published gain would need if tension alone had made it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fascia.errors import ReadoutError
from fascia.interventions import Requirement, required_tension_drop
from fascia.interventions.required_drop import PUBLISHED_GAIN_DEG, STRENGTH_N, gain_of_full_release
from panjabi.literature import row


def test_published_numbers_are_those_of_the_tables():
    assert row("CHO_SMI_SLR").value == PUBLISHED_GAIN_DEG
    assert row("CHO_SMI_SLR").role == "validation"  # never fitted
    assert row("SSL_Fult").value == STRENGTH_N


@pytest.fixture(scope="module")
def near(subject):
    """A region next to the hamstrings, where a small gain is within reach."""
    return required_tension_drop(subject, "sacral", gain_deg=0.3, tie_ratios=(0.0, 0.1, 1.0))


def test_the_drop_found_gives_the_gain_asked_for(subject, near):
    for need in near:
        assert need.drop_N is not None
        network = subject.network.with_tie_ratio(need.tie_ratio)
        gain = gain_of_full_release(replace(subject, network=network), "sacral", need.drop_N)
        assert gain == pytest.approx(0.3, abs=1e-5)


def test_a_stronger_tie_needs_a_larger_drop(near):
    drops = [need.drop_N for need in near]
    assert drops == sorted(drops)
    assert drops[0] < drops[-1]
    gains = [need.gain_at_greatest_deg for need in near]
    assert gains == sorted(gains, reverse=True)


def test_a_gain_out_of_reach_is_reported(subject):
    """Eight and a half degrees from the neck: not with a thousand newtons, at no tie ratio."""
    for need in required_tension_drop(subject, tie_ratios=(0.0, 0.1)):
        assert need.drop_N is None
        assert not need.plausible
        assert need.gain_at_greatest_deg < PUBLISHED_GAIN_DEG


def test_plausible_is_what_the_tissue_can_carry():
    def need(drop):
        return Requirement(
            tie_ratio=0.1, gain_deg=1.0, drop_N=drop, greatest_N=1e3, gain_at_greatest_deg=2.0
        )

    assert need(STRENGTH_N - 1.0).plausible
    assert not need(STRENGTH_N + 1.0).plausible
    assert not need(None).plausible


def test_no_tension_no_gain(subject):
    """A full release of nothing is nothing, to the last bit of the root finder."""
    assert abs(gain_of_full_release(subject, "suboccipital", 0.0)) < 1e-8
    clamped = replace(subject, network=subject.network.with_tie_ratio(math.inf))
    assert abs(gain_of_full_release(clamped, "suboccipital", 100.0)) < 1e-8


@pytest.mark.parametrize("gain", [0.0, -1.0, np.nan])
def test_a_gain_must_be_positive(subject, gain):
    with pytest.raises(ReadoutError, match="give a gain above zero"):
        required_tension_drop(subject, gain_deg=gain)
