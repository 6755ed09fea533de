"""The law at the rate of the passive tests, and the relaxed law that is derived from it (S32)."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

import fascia
from fascia.clinical.report import as_text
from fascia.errors import NetworkError
from fascia.network.convert import from_dict, to_dict
from panjabi.passive import LigamentLaw
from panjabi.tissue import (
    LASTING,
    TEST_RATE,
    Cable,
    Collagen,
    NervePath,
    PassiveMuscle,
    check_law,
    hamstring_group,
)

MUSCLE = PassiveMuscle(
    max_isometric_force=1500.0,
    optimal_fibre_length=0.1,
    tendon_slack_length=0.3,
    pennation=0.2,
    strain_at_zero=0.1,
)
LAWS = (
    Collagen(slack_length=0.1, stiffness=2e4, transition_strain=0.03),
    NervePath(slack_length=0.6, stiffness=900.0, transition_strain=0.05),
    Cable(slack_length=0.1, stiffness=2e4),
    MUSCLE,
    replace(MUSCLE, elastic_tendon=False),
)


@given(
    law=st.sampled_from(LAWS),
    fraction=st.floats(0.05, 1.0),
    stretch=st.floats(0.9, 1.25),
)
def test_energy_tension_and_tangent_keep_one_fraction(law, fraction, stretch):
    left, length = law.relaxed(fraction), stretch * law.slack_length
    assert left.slack_length == pytest.approx(law.slack_length, rel=1e-12)
    for name in ("energy", "tension", "tangent"):
        whole = getattr(law, name)(length)
        assert getattr(left, name)(length) == pytest.approx(fraction * whole, rel=1e-8, abs=1e-15)


@pytest.mark.parametrize("activation", [0.0, 0.02])
def test_a_relaxed_law_keeps_the_promises_of_a_law(activation):
    for law in (*LAWS[:4], replace(MUSCLE, activation=activation)):
        check_law(law.relaxed(0.6)).raise_if_broken()


def test_tone_does_not_relax():
    tense = replace(MUSCLE, activation=0.05, elastic_tendon=False)
    parts, left = (m.tension_breakdown(0.44) for m in (tense, tense.relaxed(0.6)))
    assert left.active == pytest.approx(parts.active)
    assert left.passive == pytest.approx(0.6 * parts.passive)


def test_standing_tension_is_a_held_tension(network):
    """Fascia keeps its resting tension and preload in standing; a stretch beyond it relaxes."""
    relaxed, lengths = network.relaxed(), network.lengths()
    for strand in network.strands:
        after, length = relaxed.strand(strand.name).law, lengths[strand.name]
        before = strand.law.tension(length)
        if isinstance(strand.law, PassiveMuscle):
            # under tone alone a softer tendon moves the fibre up its active curve a little
            assert after.tension(length) <= (1.01 if strand.law.activation else 1.0) * before
        else:
            assert after.tension(length) == pytest.approx(before, abs=1e-9)
        if not isinstance(strand.law, LigamentLaw):
            longer = 1.1 * max(length, strand.law.slack_length)
            assert after.tension(longer) < strand.law.tension(longer)
    sacrotuberous = network.strand("sacrotuberous_r")
    beyond = lengths["sacrotuberous_r"] * 1.05
    rise = sacrotuberous.law.tension(beyond) - 118.0
    rise_left = relaxed.strand("sacrotuberous_r").law.tension(beyond) - 118.0
    assert rise_left / rise == pytest.approx(LASTING.value, abs=0.03)  # its toe becomes longer


def test_attachment_stays_as_built(network):
    assert network.relaxed().ties() == network.ties()


def test_a_network_knows_its_law(subject):
    network = subject.network
    assert network.law_name == "test rate (5 deg/s)"
    assert network.sources()["test_rate"] is TEST_RATE
    assert network.relaxed(1.0) is network
    relaxed = network.relaxed()
    assert relaxed.law_name == "relaxed (0.658 of the tension at the test rate)"
    assert relaxed.relaxed_fraction == hamstring_group().relaxation(np.inf)
    assert relaxed.sources()["relaxed_fraction"] is LASTING
    assert from_dict(to_dict(relaxed)).law_name == relaxed.law_name
    assert from_dict(to_dict(network)).relaxed_fraction == 1.0


def test_results_name_their_law(subject):
    relaxed = subject.with_network(subject.network.relaxed())
    before, after = (fascia.examine(s, "slr") for s in (subject, relaxed))
    assert before.to_dict()["law"] == "test rate (5 deg/s)"
    assert after.to_dict()["law"].startswith("relaxed")
    assert "relaxed (0.658" in as_text(after)
    change = fascia.release(relaxed, "suboccipital", null_models=False)
    assert change.to_dict()["law"] == after.law and "relaxed (0.658" in str(change)


def test_a_long_hold_makes_the_raised_leg_softer(subject):
    """Between the lasting fraction and the law at the test rate, since tone stays."""
    relaxed = subject.with_network(subject.network.relaxed())
    before, after = (fascia.examine(s, "slr") for s in (subject, relaxed))
    ratio = after.stiffness_Nm_per_rad / before.stiffness_Nm_per_rad
    assert ratio == pytest.approx(LASTING.value, abs=0.03)
    assert after.end_angle is not None and before.end_angle is not None
    assert after.end_angle > before.end_angle


@dataclass(frozen=True)
class Spring:
    slack_length: float = 0.1

    def energy(self, length):
        return 0.5 * np.maximum(length - self.slack_length, 0.0) ** 2

    def tension(self, length):
        return np.maximum(length - self.slack_length, 0.0)

    def tangent(self, length):
        return 1.0 * (np.asarray(length) > self.slack_length)

    def reference_stiffness(self):
        return 1.0


def test_impossible_relaxations_are_refused(network):
    with pytest.raises(NetworkError, match="Expected the fraction of the tension"):
        network.relaxed(0.0)
    with pytest.raises(NetworkError, match="begin with the network before it was relaxed"):
        network.relaxed().relaxed()
    with pytest.raises(NetworkError, match=r"give it a method relaxed\(fraction\)"):
        network.with_law("sacrotuberous_r", Spring()).relaxed()
