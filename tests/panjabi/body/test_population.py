"""People drawn from the survey: moments, independence of the number of people, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest

import panjabi
from panjabi.errors import ParameterError
from panjabi.literature import row


@pytest.fixture(scope="module")
def many():
    return panjabi.people(4000, seed=5)


@pytest.mark.parametrize(("sex", "letter"), [("male", "M"), ("female", "F")])
def test_moments_of_each_sex_are_the_published_ones(many, sex, letter):
    chosen = many.sex == sex
    count = int(chosen.sum())
    stature, log_mass = 1e3 * many.stature[chosen], np.log(many.mass[chosen])
    for values, id in ((stature, "stature"), (log_mass, "lnm")):
        published = row(f"AN-{letter}-{id}")
        assert values.mean() == pytest.approx(published.number, abs=4.0 * published.sd / count**0.5)
        assert values.std() == pytest.approx(published.sd, rel=0.07)
    together = 0.471 if sex == "male" else 0.539
    assert np.corrcoef(stature, log_mass)[0, 1] == pytest.approx(together, abs=0.06)


def test_everybody_is_an_adult(many):
    assert many.age.min() >= 18.0
    assert many.stature.min() > 1.4
    assert many.person(0).body.mass.sum() == pytest.approx(many.mass[0])


def test_a_person_does_not_depend_on_the_number_of_people(many):
    few = panjabi.people(3, seed=5)
    for k in range(3):
        assert few.person(k) == many.person(k)
    assert panjabi.people(3, seed=6).person(0) != few.person(0)


def test_women_are_drawn_with_the_given_probability(many):
    assert set(panjabi.people(20, women=0.0).sex) == {"male"}
    assert set(panjabi.people(20, women=1.0).sex) == {"female"}
    assert (many.sex == "female").mean() == pytest.approx(0.5, abs=0.03)


def _body_mass_index(_, block):
    return {"bmi": block.floats("mass") / block.floats("stature") ** 2}


def test_a_cohort_runs_for_the_people(many):
    found = many.run(_body_mass_index, None, block=500, workers=1).floats("bmi")
    assert found == pytest.approx(many.mass / many.stature**2)
    assert found.mean() == pytest.approx(26.6, abs=0.4)  # 27.69 and 25.5 of the survey


def test_bad_input_is_refused():
    with pytest.raises(ParameterError, match="1 or more people"):
        panjabi.people(0)
    with pytest.raises(ParameterError, match="probability of women from 0 to 1"):
        panjabi.people(3, women=1.5)
    with pytest.raises(ParameterError, match="person from 0 to 2"):
        panjabi.people(3).person(3)


def test_results_are_plain_and_short(many):
    value = panjabi.people(2, seed=1).to_dict()
    assert len(value["stature_m"]) == 2
    assert len(repr(many)) < 120
    assert math.isfinite(many.parameters["stature_male"].si)
