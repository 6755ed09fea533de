"""Subjects in models with lumped parameters: stiffness, strength, size, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi import Deficits, Subject
from panjabi.passive.spring_damper import SpringDamper
from panjabi.spine import spine_model
from panjabi.spine.lumped_subject import chain_change, strength_left, without_counterpart
from panjabi.spine.static_model import LEVELS, HeldLoad

ADULT = Subject()


def springs(subject=None):
    element = spine_model("seat", subject=subject).elements[0]
    assert isinstance(element, SpringDamper)
    return np.asarray(element.stiffness)


def test_the_standard_subject_changes_nothing():
    assert chain_change(ADULT, ADULT.body) == 0.0 and strength_left(ADULT, ADULT.body) == 1.0
    np.testing.assert_array_equal(springs(ADULT), springs())


def test_units_in_series_lose_what_a_chain_of_springs_loses():
    k = np.array([ADULT.unit(level, rib_cage=False).stiffness_at_neutral(0) for level in LEVELS])
    half = ADULT.changed(passive_loss={"L4-L5": 0.5})
    k[LEVELS.index("L4-L5")] *= 0.5
    whole = 1.0 / sum(1.0 / ADULT.unit(x, rib_cage=False).stiffness_at_neutral(0) for x in LEVELS)
    expected = 1.0 / np.sum(1.0 / k) - whole
    assert chain_change(half, half.body) == pytest.approx(expected, rel=1e-12)
    assert springs(half)[1, 1] == pytest.approx(springs()[1, 1] + expected, rel=1e-12)
    none = ADULT.changed(passive_loss=1.0)
    assert chain_change(none, none.body) == pytest.approx(-whole, rel=1e-12)


def test_a_fixator_stiffens_and_an_injury_softens():
    fixed, cut = (ADULT.with_injuries({"L4-L5": [c]}) for c in ("fixator", "nucleus"))
    assert chain_change(cut, cut.body) < 0.0 < chain_change(fixed, fixed.body)


def test_strength_is_the_largest_moment():
    weak = ADULT.changed(strength_loss=0.25)
    assert strength_left(weak, weak.body) == pytest.approx(0.75)
    loops = spine_model("seat", subject=weak).reflexes
    whole = spine_model("seat").reflexes[0].largest_moment
    assert whole is not None and loops[0].largest_moment == pytest.approx(0.75 * whole)
    part = ADULT.changed(strength_loss={"multifidus_lumbar": 1.0})
    assert 0.0 < strength_left(part, part.body) < 1.0


def test_what_has_no_counterpart_is_named():
    assert without_counterpart(replace(ADULT, deficits=Deficits(passive_loss=0.3))) == ()
    held = replace(ADULT, load=HeldLoad(10.0), cocontraction=0.02)
    assert without_counterpart(held) == ("load", "cocontraction")
