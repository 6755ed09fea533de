"""Conditions: allowed changes of a spine, and that nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.tasks import Condition, condition_equilibrium


def test_phenotypes_are_inputs():
    late = Condition().with_phenotype("delay")
    assert late.extra_delay == pytest.approx(0.017) and late.gain_factor == 1.0
    stiff = Condition(gain_factor=1.5).with_phenotype("gain", gain_factor=1.2)
    assert stiff.gain_factor == pytest.approx(1.8) and stiff.extra_delay == 0.0
    assert Condition().with_phenotype("none") == Condition()


def test_changes_reach_the_model():
    healthy = condition_equilibrium(Condition()).model
    changed = condition_equilibrium(
        Condition(extra_delay=0.02, gain_factor=2.0, stiffness_factor=0.5)
    ).model
    np.testing.assert_allclose(changed.delays, np.add(healthy.delays, 0.02))
    assert np.allclose(changed.loops.receptors.gain, 2.0 * healthy.loops.receptors.gain)
    angles = np.array([0.05, 0.0, 0.0])
    soft, firm = (m.joints[0].unit.moment(angles)[0] for m in (changed, healthy))
    assert soft == pytest.approx(0.5 * firm)


def test_cocontraction_is_the_least_excitation():
    assert condition_equilibrium(
        Condition(cocontraction=0.01)
    ).model.excitation.min() == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"extra_delay": -0.01}, "extra_delay of 0 or more, got -0.01"),
        ({"gain_factor": float("nan")}, "gain_factor of 0 or more, got nan"),
        ({"stiffness_factor": 0.0}, "of 0.05 or more"),
    ],
)
def test_values_out_of_range_are_refused(changes, message):
    with pytest.raises(ParameterError, match=message):
        Condition(**changes)


def test_unknown_names_and_a_gain_phenotype_without_a_factor_are_refused():
    with pytest.raises(UnknownNameError, match="trunk"):
        Condition(model="torso")
    with pytest.raises(UnknownNameError, match="gain"):
        Condition().with_phenotype("pain")
    with pytest.raises(ParameterError, match="has no published value"):
        Condition().with_phenotype("gain")
