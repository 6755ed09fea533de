"""A Parameter has a unit, a source and a status, and checks its input."""

from __future__ import annotations

import dataclasses
import math
import pickle

import pytest
from hypothesis import given, strategies as st

from panjabi.errors import PanjabiError, ParameterError, UnitError, UnknownNameError
from panjabi.parameter import KIND_OF_UNIT, SI, STATUSES, Parameter, ParameterSet

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)
units = st.sampled_from(sorted(SI))
parameters = st.builds(
    Parameter,
    value=finite,
    unit=units,
    source=st.sampled_from(["Cho2015", "ThisWork", "Cho2015; McHugh1999"]),
    status=st.sampled_from(STATUSES),
    conditions=st.text(max_size=10),
    sd=st.none() | st.floats(0.0, 1e6),
)


@pytest.mark.parametrize(
    ("value", "unit", "si"),
    [
        (28.0, "N m/rad", 28.0),
        (0.70, "N m/deg", 0.70 * 180.0 / math.pi),
        (33.0, "%", 0.33),
        (430.0, "N/mm", 430e3),
        (150.9, "MPa", 150.9e6),
        (1.16, "GPa", 1.16e9),
        (43.0, "um", 43e-6),
        (26.0, "cm2", 26e-4),
        (1.2, "mm/deg", 1.2e-3 * 180.0 / math.pi),
        (4.0, "week", 4 * 7 * 24 * 3600.0),
        (90.0, "deg", math.pi / 2),
    ],
)
def test_si_of_units_in_use(value, unit, si):
    assert Parameter(value, unit, "ThisWork", "assumed").si == pytest.approx(si, rel=1e-14)


def test_units_agree_with_each_other():
    """Composite units are the quotients and products of the simple ones they are written as."""
    for unit, factor in SI.items():
        if "/" not in unit or KIND_OF_UNIT[unit] == "ratio":
            continue
        over, under = unit.split("/")
        powers = {"s2": SI["s"] ** 2}
        top = math.prod(SI[part] for part in over.split(" "))
        assert factor == pytest.approx(top / powers.get(under, SI.get(under, math.nan))), unit


@given(parameters)
def test_si_scales_value_and_spread_alike(parameter):
    assert parameter.si == parameter.value * SI[parameter.unit]
    if parameter.sd is None:
        assert parameter.sd_si is None
    else:
        assert parameter.sd_si == parameter.sd * SI[parameter.unit] >= 0.0


@given(parameters)
def test_parameter_survives_pickle_dict_and_hash(parameter):
    assert pickle.loads(pickle.dumps(parameter)) == parameter
    assert Parameter(**parameter.to_dict()) == parameter
    assert len({parameter, dataclasses.replace(parameter)}) == 1


@given(parameters, finite)
def test_with_value_keeps_the_unit_and_counts_as_assumed(parameter, value):
    changed = parameter.with_value(value)
    assert (changed.value, changed.unit, changed.status) == (value, parameter.unit, "assumed")
    assert changed.source == "User"
    assert changed.sd is None  # the spread belonged to the number that is gone


def test_parameter_is_frozen_and_prints_its_status():
    parameter = Parameter(36.2, "N m/rad", "McHugh1999", "measured", sd=3.3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.value = 1.0  # type: ignore[misc]
    assert str(parameter) == "36.2 +- 3.3 N m/rad (measured, McHugh1999)"
    assert Parameter(1, "m", "Cho2015; McHugh1999", "fitted").keys == ("Cho2015", "McHugh1999")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((1.0, "N/mmm", "Cho2015", "measured"), UnitError, "unknown unit 'N/mmm'; close: 'N/mm'"),
        ((math.nan, "N", "Cho2015", "measured"), ParameterError, "finite number .*, got nan"),
        ((math.inf, "N", "Cho2015", "measured"), ParameterError, "finite number .*, got inf"),
        (("much", "N", "Cho2015", "measured"), ParameterError, "finite number .*, got 'much'"),
        ((None, "N", "Cho2015", "measured"), ParameterError, "finite number .*, got None"),
        ((1.0, "N", " ", "measured"), ParameterError, "Expected a key .*, got no source"),
        ((1.0, "N", "Cho2015", "known"), ParameterError, "a status of mea.*, got 'known'"),
        ((1.0, "N", "Cho2015", "measured", "", -1.0), ParameterError, "sd .* from 0 N, got -1 N"),
        ((1.0, "N", "Cho2015", "measured", "", math.nan), ParameterError, "the sd of a Parameter"),
    ],
)
def test_invalid_input_is_an_error_with_advice(arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        Parameter(*arguments)
    assert isinstance(caught.value, PanjabiError)
    assert isinstance(caught.value, ValueError)


@pytest.fixture
def slr() -> ParameterSet:
    return ParameterSet(
        {
            "pelvic_share": Parameter(0.3, "1", "ThisWork", "assumed"),
            "stiffness": Parameter(28.0, "N m/rad", "McHugh1999", "derived", sd=3.3),
        }
    )


def test_set_is_a_mapping_that_does_not_change(slr):
    assert list(slr) == ["pelvic_share", "stiffness"]
    assert "stiffness" in slr
    assert "tie" not in slr
    assert slr.get("tie") is None
    assert slr.si("stiffness") == 28.0
    changed = slr.replaced(pelvic_share=0.45)
    assert slr.si("pelvic_share") == 0.3
    assert changed["pelvic_share"] == Parameter(0.45, "1", "User", "assumed")
    assert changed != slr
    assert pickle.loads(pickle.dumps(slr)) == slr
    assert hash(slr) == hash(ParameterSet(dict(slr)))
    with pytest.raises(TypeError):
        slr["tie"] = slr["stiffness"]


def test_set_takes_only_units_of_the_same_quantity(slr):
    softer = slr.replaced(stiffness=Parameter(0.5, "N m/deg", "Cho2015", "assumed"))
    assert softer.si("stiffness") == pytest.approx(0.5 * 180 / math.pi)
    with pytest.raises(
        UnitError, match=r"in a unit of angular stiffness \(N m/rad, N m/deg\), got 'N/mm'"
    ):
        slr.replaced(stiffness=Parameter(5.0, "N/mm", "Cho2015", "assumed"))


def test_misspelt_name_is_an_error_never_an_addition(slr):
    with pytest.raises(UnknownNameError, match="unknown parameter 'stifness'; close: 'stiffness'"):
        slr.replaced(stifness=3.0)
    with pytest.raises(UnknownNameError, match="possible: 'pelvic_share', 'stiffness'"):
        slr.si("xyz")
    with pytest.raises(ParameterError, match="Expected a Parameter for"):
        ParameterSet({"a": 3.0})  # type: ignore[dict-item]


def test_merging_refuses_different_parameters_of_the_same_name(slr):
    other = ParameterSet({"stiffness": Parameter(1.0, "N m/rad", "ThisWork", "assumed")})
    with pytest.raises(ParameterError, match="Expected equal parameters named 'stiffness'"):
        slr.merged(other)
    assert list(slr.merged(other, prefix="left ")) == [
        "pelvic_share",
        "stiffness",
        "left stiffness",
    ]
    assert slr.merged(slr) == slr
