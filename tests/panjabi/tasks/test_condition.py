"""Conditions: a preset of a subject, whose changes reach the model and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi import Subject
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.tasks import Condition, condition_equilibrium


def test_a_change_is_one_of_the_subject_and_leaves_the_rest():
    weak = Subject().changed(strength_loss=0.2, cocontraction=0.02)
    late = Condition(model="lumbar", subject=weak).changed(phenotype="delay")
    assert late.model == "lumbar" and late.subject.changes.extra_delay == pytest.approx(0.017)
    assert late.subject.deficits.strength_loss == 0.2 and late.subject.cocontraction == 0.02
    assert Condition().changed(gain_factor=None, posture=None) == Condition()
    assert Condition().changed(passive_loss=0.0) == Condition()


def test_changes_reach_the_model():
    healthy = condition_equilibrium(Condition()).model
    changed = condition_equilibrium(
        Condition().changed(extra_delay=0.02, gain_factor=2.0, passive_loss=0.5)
    ).model
    np.testing.assert_allclose(changed.delays, np.add(healthy.delays, 0.02))
    assert np.allclose(changed.loops.receptors.gain, 2.0 * healthy.loops.receptors.gain)
    angles = np.array([0.05, 0.0, 0.0])
    soft, firm = (m.joints[0].unit.moment(angles)[0] for m in (changed, healthy))
    assert soft == pytest.approx(0.5 * firm)


def test_cocontraction_is_the_least_excitation():
    braced = condition_equilibrium(Condition().changed(cocontraction=0.01))
    assert braced.model.excitation.min() == pytest.approx(0.01)


def test_wrong_names_and_values_are_refused():
    with pytest.raises(UnknownNameError, match="trunk"):
        Condition(model="torso")
    with pytest.raises(UnknownNameError, match="gain"):
        Condition().changed(phenotype="pain")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ParameterError, match="has no published value"):
        Condition().changed(phenotype="gain")
    with pytest.raises(ParameterError, match="gain_factor as a finite number"):
        Condition().changed(gain_factor=float("nan"))
