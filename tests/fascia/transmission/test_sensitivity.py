"""Influence of strands and ties from one adjoint solve, against solving again after each change."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from fascia.clinical import Examination
from fascia.errors import ReadoutError
from fascia.mechanics import solve
from fascia.transmission import influence, tension_response

READOUTS = ("tissue_torque", "hamstring_force")


@dataclass(frozen=True)
class Changed:
    """A law with an extra tension [N], a shorter stretch [m] and a factor on its curve."""

    law: Any
    extra: float = 0.0
    longer: float = 0.0
    factor: float = 1.0

    @property
    def slack_length(self):
        return self.law.slack_length

    def energy(self, length):
        return self.factor * self.law.energy(length - self.longer) + self.extra * length

    def tension(self, length):
        return self.factor * self.law.tension(length - self.longer) + self.extra

    def tangent(self, length):
        return self.factor * self.law.tangent(length - self.longer)

    def reference_stiffness(self):
        return self.law.reference_stiffness()


def read(network, test, angle, readout):
    sample = Examination(network, test).at(angle)
    return sample.tissue_torque if readout == "tissue_torque" else sample.hamstring_force.sum()


def difference(make, h, test, angle, readout):
    up, down = read(make(h), test, angle, readout), read(make(-h), test, angle, readout)
    return (up - down) / (2 * h)


@pytest.fixture(scope="module")
def supple():
    """A subject whose chain hands much on: weak ties, 50 N at rest."""
    from fascia import standard_subject

    return standard_subject(tie_ratio=0.01, resting_tension=50.0).network


def some_strands(found, state):
    """The most influential ones, some of the middle, the three heads; none of them slack."""
    taut = np.flatnonzero(state.tension > 1e-3)
    order = taut[np.argsort(-np.abs(found.per_tension[taut]))]
    return [found.strands[i] for i in [*order[:6], *order[20:60:12]]]


CASES = [("slr", 30.0), ("slr", 65.0), ("knee-extension", 50.0), ("forward-bend", 80.0)]


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("test, degrees", CASES)
def test_influence_of_a_newton_more(supple, test, degrees, readout):
    examination, angle = Examination(supple, test), math.radians(degrees)
    found = influence(examination, angle, readout)
    state = examination.at(angle).equilibrium
    scale = np.abs(found.per_tension).max()
    for name in some_strands(found, state):
        law = supple.strand(name).law
        expected = difference(
            lambda h, n=name, w=law: supple.with_law(n, Changed(w, extra=h)),
            1e-3, test, angle, readout,
        )  # fmt: skip
        got = found.per_tension[found.strands.index(name)]
        assert got == pytest.approx(expected, rel=1e-4, abs=2e-5 * scale), name


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("test, degrees", CASES[1:3])
def test_influence_of_slack_length_and_stiffness(supple, test, degrees, readout):
    """Per metre of slack length (muscles: of tendon-like shift), per relative change of a curve."""
    examination, angle = Examination(supple, test), math.radians(degrees)
    found = influence(examination, angle, readout)
    state = examination.at(angle).equilibrium
    for name in some_strands(found, state)[:7]:
        strand, i = supple.strand(name), found.strands.index(name)

        def longer(h, strand=strand):
            if strand.kind == "muscle":
                return supple.with_law(strand.name, Changed(strand.law, longer=h))
            law = replace(strand.law, slack_length=strand.law.slack_length + h)
            return supple.with_law(strand.name, law)

        expected = difference(longer, 1e-7, test, angle, readout)
        assert found.per_slack[i] == pytest.approx(
            expected, rel=2e-4, abs=1e-5 * np.abs(found.per_slack).max()
        ), name

        def stronger(h, strand=strand):
            return supple.with_law(strand.name, Changed(strand.law, factor=1.0 + h))

        expected = difference(stronger, 1e-5, test, angle, readout)
        assert found.per_stiffness[i] == pytest.approx(
            expected, rel=2e-4, abs=1e-5 * np.abs(found.per_stiffness).max()
        ), name


@pytest.mark.parametrize("ratio", [0.0, 0.01])
@pytest.mark.parametrize("readout", READOUTS)
def test_influence_of_ties(subject, ratio, readout):
    """Per N/m of a tie, also where there is none yet (broken before: zero there)."""
    network = subject.network.with_resting_tension(50.0).with_tie_ratio(ratio)
    examination, angle = Examination(network, "slr"), math.radians(60.0)
    found = influence(examination, angle, readout)
    tied = [n for n in found.nodes if network.node(n).hold in ("guide", "plane")]
    order = sorted(tied, key=lambda n: -abs(found.per_tie[found.nodes.index(n)]))
    assert abs(found.per_tie).max() > 0.0
    for name in order[:6]:
        node = network.node(name)
        h = 1e-3 if node.tie == 0.0 else 1e-3 * node.tie

        def tighter(change, node=node):
            return network.replaced(replace(node, tie=node.tie + change))

        if node.tie == 0.0:  # one-sided, second order
            values = [read(tighter(k * h), "slr", angle, readout) for k in (0, 1, 2)]
            expected = (-1.5 * values[0] + 2.0 * values[1] - 0.5 * values[2]) / h
        else:
            expected = difference(tighter, h, "slr", angle, readout)
        got = found.per_tie[found.nodes.index(name)]
        # from nothing a tie stiffens in a curve, and a smaller step drowns in rounding
        assert got == pytest.approx(expected, rel=1e-2 if node.tie == 0.0 else 2e-3), name


def test_value_is_the_read_out_itself(bench):
    examination, angle = bench("slr"), math.radians(55.0)
    sample = examination.at(angle)
    torque = influence(examination, angle)
    force = influence(examination, angle, "hamstring_force")
    assert torque.value == pytest.approx(sample.tissue_torque, rel=1e-9)
    assert force.value == pytest.approx(sample.hamstring_force.sum(), rel=1e-9)
    assert len(torque.largest(4)) == 4
    sizes = [abs(value) for _, value in torque.largest(20)]
    assert sizes == sorted(sizes, reverse=True)


def test_hamstring_force_answers_first_to_the_hamstrings(bench):
    """A newton more in a head is nearly a newton more in the read-out."""
    found = influence(bench("slr"), math.radians(60.0), "hamstring_force")
    heads = bench("slr").head_names
    own = [found.per_tension[found.strands.index(name)] for name in heads]
    assert max(own) <= 1.0 + 1e-9
    assert min(own) > 0.5
    assert {name for name, _ in found.largest(3)} <= set(heads) | {"sacrotuberous_r"}


def test_slack_strands_have_no_influence_by_length_or_stiffness(bench):
    examination, angle = bench("slr"), math.radians(60.0)
    found = influence(examination, angle)
    slack = examination.at(angle).equilibrium.slack
    assert slack
    for name in slack:
        i = found.strands.index(name)
        assert found.per_slack[i] == pytest.approx(0.0, abs=1e-4)
        assert found.per_stiffness[i] == pytest.approx(0.0, abs=1e-4)


def test_unknown_read_out_is_refused(bench):
    with pytest.raises(ReadoutError, match="choose one of tissue_torque, hamstring_force"):
        influence(bench("slr"), 0.5, "ankle")


def test_influence_with_a_free_pelvis_is_refused(bench):
    """It would hold the pelvis still and so answer another question."""
    with pytest.raises(ReadoutError, match="fixed posture.; set up the test with free_pelvis"):
        influence(bench("slr", "right", free_pelvis=True), 0.5)


def test_loose_nodes_do_not_stop_a_read_out_that_does_not_rest_on_them(bench):
    """Lying, the other leg's nerve is slack; the raised leg's torque does not care (S7)."""
    examination = bench("slr")
    state = examination.at(math.radians(60.0)).equilibrium
    assert state.indeterminate
    assert np.isfinite(influence(examination, math.radians(60.0)).per_tension).all()


# --- the forward twin ----------------------------------------------------------------------


def test_a_slack_strand_on_a_loose_node_has_no_response(network):
    state = solve(network)
    name = next(
        s.name
        for s in network.active_strands
        if s.name in state.slack and {s.start, s.end} <= set(state.indeterminate)
    )
    with pytest.raises(ReadoutError, match="whose position no strand determines"):
        tension_response(state, [name])


@pytest.mark.parametrize(
    "region", ["scalp", "suboccipital", "thoracolumbar", "sacral", "calf", "plantar"]
)
def test_response_to_a_drop_is_that_of_solving_again(supple, region):
    """Every strand's change when a region's strands lose a newton each, standing.

    The galea presses on the skull: broken before, its nodes were let into the bone and the
    response was off by its own size.
    """
    state = solve(supple)
    loose = set(state.indeterminate)
    names = [
        s.name
        for s in supple.active_strands
        if s.name in supple.strands_of(region=region) and not {s.start, s.end} & loose
    ]
    h = 1e-3
    tensions = []
    for sign in (1.0, -1.0):
        changed = supple
        for name in names:
            law = Changed(supple.strand(name).law, extra=sign * h)
            changed = changed.with_law(name, law)
        tensions.append(solve(changed).tension)
    expected = (tensions[1] - tensions[0]) / (2 * h)  # minus: a drop
    found = tension_response(state, names)
    got = np.array([found[name] for name in state.flat.strand_names])
    np.testing.assert_allclose(got, expected, atol=2e-4 * np.abs(expected).max())


def test_a_drop_scales(supple):
    state = solve(supple)
    one = tension_response(state, ["sacrotuberous_r"])
    three = tension_response(state, ["sacrotuberous_r"], drop=3.0)
    assert three["bflh_r"] == pytest.approx(3.0 * one["bflh_r"])


def test_response_falls_away_with_distance_along_the_back(supple):
    """A tied chain loses what it hands on: the near strand changes more than the far one."""
    state = solve(supple)
    found = tension_response(state, ["sacrotuberous_r"])
    assert abs(found["sacrotuberous_r"]) > abs(found["galea_vertex"])
    assert abs(found["galea_vertex"]) < 1e-2
