"""People with leg tissue: spreads, the fit to the straight-leg raise, size, bad input."""

from __future__ import annotations

import numpy as np
import pytest

import fascia
from fascia.clinical import Examination
from fascia.population import GROUPS, RESTRAINT, SLR_SD, TOLERANCE_SPREAD, _root
from panjabi.errors import ParameterError
from panjabi.literature import row

NONE = {
    "length_spread": 0.0, "section_spread": 0.0, "tendon_spread": 0.0, "tolerance_spread": 0.0,
}  # fmt: skip


def test_spreads_and_correlation_are_the_stated_ones():
    people = fascia.people(3000, seed=2, length_spread=0.05)
    lengths = people.fibre_length
    assert lengths.shape == (3000, len(GROUPS))
    assert lengths.mean(axis=0) == pytest.approx(1.0, abs=4.0 * 0.05 / 3000**0.5)
    assert lengths.std(axis=0) == pytest.approx(0.05, rel=0.06)
    together = np.corrcoef(np.log(lengths.T))
    assert together[np.triu_indices(len(GROUPS), 1)] == pytest.approx(0.5, abs=0.06)
    assert people.section.std() == pytest.approx(people.spreads["section_spread"].si, rel=0.06)
    assert people.pelvic_share.min() >= 0.2
    assert people.pelvic_share.max() <= 0.4


def test_section_and_stature_together_have_the_measured_spread():
    people = fascia.people(3000, seed=2, women=0.0)
    section = people.section * (people.people.stature / people.people.stature.mean()) ** 2
    published = row("BFlh_size")
    expected = published.sds[0] / published.values[0]
    assert section.std() / section.mean() == pytest.approx(expected, rel=0.06)


def test_a_person_does_not_depend_on_the_number_of_people():
    few, more = fascia.people(2, seed=4), fascia.people(5, seed=4)
    for name, rows in few.columns.items():
        assert (rows == more.columns[name][:2]).all(), name


def test_without_spread_everybody_ends_where_the_standard_subject_does(subject):
    """Bodies of any size are similar, so size moves no angle; the pelvic share does."""
    people = fascia.people(3, seed=1, **NONE)
    found = people.examine(angles=3, workers=1, block=3).all_or_error()
    for k in range(3):
        bench = Examination(subject.network, "slr", options=people.posture(k))
        expected = np.degrees(bench.end(subject.tolerance)[0].angle)
        assert found.floats("end_angle_deg")[k] == pytest.approx(expected, abs=0.02)


def test_torque_goes_with_the_cube_of_the_stature(subject):
    people = fascia.people(3, seed=1, **NONE)
    own = people.examine(angles=3, workers=1, block=3)
    same = people.examine(angles=3, workers=1, block=3, on=subject)
    ratio = own.floats("stiffness_Nm_per_rad") / same.floats("stiffness_Nm_per_rad")
    assert ratio == pytest.approx((people.people.stature / 1.75) ** 3, rel=0.01)


@pytest.mark.parametrize(
    ("name", "factor", "later"),
    [("fibre_length", 1.05, True), ("tolerance", 1.2, True), ("fibre_length", 0.95, False)],
)
def test_the_end_angle_answers_each_number_of_a_person(subject, name, factor, later):
    from dataclasses import replace

    people = fascia.people(1, seed=1, **NONE)
    changed = replace(people, **{name: factor * getattr(people, name)})
    before, after = (
        p.examine(angles=3, workers=1, on=subject).floats("end_angle_deg")[0]
        for p in (people, changed)
    )
    assert (after > before) == later


def test_the_packaged_spreads_give_the_published_deviation(subject):
    """With other people than those of the fit; passive tissue gives its share of the variance."""
    count, sure = 60, 4.0 / (2.0 * 60) ** 0.5
    for tolerance, share in ((0.0, RESTRAINT.si), (TOLERANCE_SPREAD.value, 1.0)):
        people = fascia.people(count, seed=8, tolerance_spread=tolerance)
        ends = people.examine(angles=3, on=subject).all_or_error().floats("end_angle_deg")
        assert ends.std(ddof=1) == pytest.approx(share**0.5 * SLR_SD.value, rel=sure)


def test_secants_find_the_zero_of_a_rising_function():
    assert _root(lambda x: x**2 - 0.01, 0.02, 0.06) == pytest.approx(0.1, rel=1e-3)


def test_a_person_is_a_subject():
    people = fascia.people(1, seed=3)
    subject = people.subject(0)
    assert subject.person.person == people.people.person(0)
    assert subject.tolerance.limit > 0.0
    assert "section_spread" in people.parameters


def test_bad_input_is_refused():
    with pytest.raises(ParameterError, match="length_spread of 0 or more"):
        fascia.people(2, length_spread=-0.1)
    with pytest.raises(ParameterError, match="correlation from 0 to 1"):
        fascia.people(2, correlation=1.2)
    with pytest.raises(ParameterError, match="3 or more angles"):
        fascia.people(2).examine(angles=2)
