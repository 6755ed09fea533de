"""A unit fitted to the record of a laboratory: a record of a known unit gives its measures back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from panjabi import Subject, unit
from panjabi.body import Person
from panjabi.errors import DataFileError, ParameterError, UnknownNameError
from panjabi.passive import laboratory_fit
from panjabi.passive.injury import weakened
from panjabi.passive.measured import Measurement
from panjabi.passive.neutral_zone import neutral_zone_test
from panjabi.passive.protocol import cyclic_test, laboratory_test
from panjabi.passive.standard import LaboratoryFit

AXIS = "flexion-extension"
LOOSE = weakened(unit("L4-L5"), 0.3)


@cache
def fit(kind: str) -> LaboratoryFit:
    run = (laboratory_test if kind == "stepped" else cyclic_test)(LOOSE, 0)
    return laboratory_fit(Measurement("specimen", run.moment, run.angle, run.time, "L4-L5"), AXIS)


def subject(kind: str = "stepped", **more) -> Subject:
    return Subject(name="specimen", fits={"L4_L5": {AXIS: fit(kind)}}, **more)


def test_a_stepped_record_gives_zone_and_ranges_back():
    made, truth, packaged = (
        neutral_zone_test(u, 0) for u in (subject().unit("L4-L5"), LOOSE, unit("L4-L5"))
    )
    assert made.residual.half_width == pytest.approx(truth.residual.half_width, rel=0.01)
    for name, reach in truth.range_by_direction().items():
        assert made.range_by_direction()[name] == pytest.approx(reach, rel=1e-3)
        assert abs(packaged.range_by_direction()[name] / reach - 1.0) > 0.1


def test_a_loop_without_waits_gives_the_range_from_end_to_end():
    made, truth = (
        sum(neutral_zone_test(u, 0).range_by_direction().values())
        for u in (subject("loop").unit("L4-L5"), LOOSE)
    )
    assert made == pytest.approx(truth, rel=0.02)


def test_the_other_axes_and_levels_are_those_of_the_source():
    person = subject()
    at = np.array([0.0, 0.05, 0.02])
    np.testing.assert_allclose(
        person.unit("L4-L5").moment(at), unit("L4-L5").moment(at), atol=1e-12
    )
    assert person.unit("L3-L4").moment(at).tolist() == unit("L3-L4").moment(at).tolist()


def test_the_record_has_the_size_of_its_person_already():
    small = subject(person=Person(stature=1.55))
    at = np.array([0.05, 0.0, 0.0])
    np.testing.assert_allclose(
        small.unit("L4-L5").moment(at)[0], subject().unit("L4-L5").moment(at)[0], rtol=1e-6
    )
    side = np.array([0.0, 0.05, 0.0])
    assert small.unit("L4-L5").moment(side)[1] < 0.8 * unit("L4-L5").moment(side)[1]


def test_a_fit_goes_through_the_file_and_incomplete_ones_are_refused():
    values = subject().to_dict()
    assert Subject.from_dict(values) == subject()
    del values["units"]["fits"]["L4-L5"][AXIS]["friction_Nm"]
    with pytest.raises(DataFileError, match="got none for friction_Nm"):
        Subject.from_dict(values)
    with pytest.raises(ParameterError, match="finite numbers from 0"):
        replace(fit("stepped"), moment=float("nan"))
    with pytest.raises(UnknownNameError, match="axis of a unit 'flexion'"):
        Subject(fits={"L4-L5": {"flexion": fit("stepped")}})
    with pytest.raises(UnknownNameError, match="level with fits"):
        Subject(fits={"SIJ-left": {AXIS: fit("stepped")}})


def test_a_record_without_level_is_refused():
    none = np.zeros(1)
    with pytest.raises(ParameterError, match="the level of specimen, got none"):
        laboratory_fit(Measurement("specimen", none, none, None), 0)
