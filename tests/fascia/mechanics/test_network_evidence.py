"""Strands that leave the tests of their tissue are listed; beyond failure a solve is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

import fascia
from fascia import Node, Strand, TensionNetwork
from fascia.network.parts import Kind
from fascia.network.strand_evidence import strand_evidence
from panjabi.errors import ParameterError
from panjabi.tissue import Collagen, PassiveMuscle


def stretched(kind: Kind, strain: float, tissue: str = "") -> TensionNetwork:
    """One strand between two fixed nodes at a strain."""
    law = Collagen(slack_length=0.1, stiffness=1e4, transition_strain=0.03)
    end = Node(name="b", position=(0.1 * (1.0 + strain), 0.0, 0.0))
    strand = Strand(name="strand", start="a", end="b", law=law, kind=kind, tissue=tissue)
    return TensionNetwork(nodes=(Node(name="a"), end), strands=(strand,))


@pytest.mark.parametrize(
    ("kind", "tissue", "inside", "outside", "source"),
    [
        ("fascia", "", 0.059, 0.061, "TLFCadaver2024"),
        ("aponeurosis", "", 0.099, 0.101, "Padova2021"),
        ("ligament", "", 0.199, 0.201, "LigamentTable2010"),
        ("nerve", "", 0.039, 0.041, "Smith1993"),
        ("muscle", "", 0.059, 0.061, "TLFCadaver2024"),
        ("link", "", 0.099, 0.101, "ThisWork"),
        ("tendon", "", 0.048, 0.05, "Millard2013"),
    ],
)
def test_strain_beyond_the_tests_of_the_tissue_is_listed(kind, tissue, inside, outside, source):
    assert fascia.solve(stretched(kind, inside, tissue)).outside_evidence == ()
    (line,) = fascia.solve(stretched(kind, outside, tissue)).outside_evidence
    assert line.startswith(f"strand: {kind} strain of {100.0 * outside:.4g} % is beyond the tests")
    assert source in line


@pytest.mark.parametrize(
    ("kind", "tissue", "failure", "words"),
    [
        ("tendon", "Achilles tendon", 0.075, r"tendon strain below failure at 7.5 % \(Wren2001"),
        ("ligament", "supraspinous ligament", 0.706, r"failure at 0.706 1 \(Pintar1992"),
    ],
)
def test_beyond_failure_a_solve_is_refused_unless_it_asks(kind, tissue, failure, words):
    fascia.solve(stretched(kind, 0.999 * failure, tissue))
    torn = stretched(kind, 1.001 * failure, tissue)
    with pytest.raises(ParameterError, match=words):
        fascia.solve(torn)
    (line,) = fascia.solve(torn, extrapolate=True).outside_evidence
    assert "is beyond failure" in line


def test_the_tendon_of_a_muscle_fails_at_the_strain_of_a_tendon():
    """The tension at failure is that of the muscle at the path length where its tendon fails."""
    law = PassiveMuscle(
        max_isometric_force=100.0, optimal_fibre_length=0.1, tendon_slack_length=0.2, pennation=0.2
    )
    strand = Strand(name="muscle", start="a", end="b", law=law, kind="muscle")
    network = TensionNetwork(
        nodes=(Node(name="a"), Node(name="b", position=(0.3, 0.0, 0.0))), strands=(strand,)
    )
    limit = strand_evidence(strand)["tendon_strain"].failure
    assert limit is not None
    low, high = 0.3, 0.5
    for _ in range(80):
        middle = 0.5 * (low + high)
        strain = law.tendon_length(middle) / law.tendon_slack_length - 1.0
        low, high = (middle, high) if strain < limit.si else (low, middle)
    assert network.failure_tension[0] == pytest.approx(float(law.tension(low)), rel=1e-9)
    far = network.replaced(Node(name="b", position=(1.001 * low, 0.0, 0.0)))
    with pytest.raises(ParameterError, match="muscle with a tendon strain below failure"):
        fascia.solve(far)


def test_a_slack_strand_and_a_custom_law_need_no_evidence():
    class Spring:
        """A law without an attribute `evidence`."""

        slack_length = 0.1

        def energy(self, length):
            return 0.5 * np.maximum(np.asarray(length) - 0.1, 0.0) ** 2

        def tension(self, length):
            return np.maximum(np.asarray(length) - 0.1, 0.0)

        def tangent(self, length):
            return np.where(np.asarray(length) > 0.1, 1.0, 0.0)

        def reference_stiffness(self):
            return 1.0

    assert fascia.solve(stretched("fascia", -0.01)).outside_evidence == ()
    custom = stretched("fascia", 0.5).with_law("strand", Spring())
    assert math.isinf(custom.failure_tension[0])
    assert fascia.solve(custom).outside_evidence == ()


def test_a_clinical_test_lists_what_its_end_leaves():
    subject = fascia.standard_subject()
    result = fascia.examine(subject, "slr")
    assert result.end_angle is not None
    words = f"slr: test angle of {math.degrees(result.end_angle):.4g} deg is beyond the tests"
    assert result.outside_evidence[0].startswith(words)
    assert result.to_dict()["outside_evidence"] == list(result.outside_evidence)
    # the calibrated raise ends at 70 deg, the test a little later
    at_70 = np.interp(np.radians(70.0), result.angle, result.hamstring_force.sum(axis=1))
    at_end = np.interp(result.end_angle, result.angle, result.hamstring_force.sum(axis=1))
    assert result.calibrated_force_ratio == pytest.approx(at_end / at_70, rel=1e-3)


class Weight:
    """A law of the user without a length or a range: the same tension everywhere."""

    slack_length = 0.0

    def energy(self, length):
        return 2.0 * length

    def tension(self, length):
        return 2.0 + 0.0 * length

    def tangent(self, length):
        return 0.0 * length

    def reference_stiffness(self) -> float:
        return 0.0


def test_a_law_without_a_slack_length_or_range_is_not_listed():
    net = stretched("fascia", 0.01)
    pulled = TensionNetwork(
        nodes=net.nodes, strands=(Strand(name="w", start="a", end="b", law=Weight()),)
    )
    assert fascia.solve(pulled).outside_evidence == ()
