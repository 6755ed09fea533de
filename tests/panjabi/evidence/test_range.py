"""The record of a range: what is inside, what is listed, what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError
from panjabi.evidence import BEYOND_FAILURE, BEYOND_TESTS, LONGEST, EvidenceRange, printed
from panjabi.parameter import Parameter, assumed

STRAIN = EvidenceRange(
    "tendon strain",
    Parameter(4.0, "%", "Millard2013", "assumed"),
    Parameter(8.0, "%", "Wren2001", "assumed"),
    Parameter(1.0, "%", "Wren2001", "assumed"),
)
MOMENT = EvidenceRange("moment", assumed(10.0, "N m"), assumed(90.0, "N m"), symmetric=True)


@given(st.floats(-0.2, 0.2))
def test_words_excess_and_refusal_agree(value):
    """A value is listed exactly if it has an excess, and refused exactly beyond failure."""
    where = STRAIN.beyond(value)
    lines = STRAIN.outside([value], ["tendon"])
    assert bool(where) == bool(lines) == bool(STRAIN.excess(value) > 0.0)
    assert all(where in line for line in lines)
    if where == BEYOND_FAILURE:
        with pytest.raises(ParameterError, match=r"Expected tendon .* failure at 8 % \(Wren2001"):
            STRAIN.check(value, "tendon")
    else:
        STRAIN.check(value, "tendon")


@given(st.floats(-100.0, 100.0), st.floats(0.1, 10.0))
def test_a_load_counts_in_both_senses_and_a_larger_body_bears_more(moment, factor):
    assert MOMENT.beyond(moment) == MOMENT.beyond(-moment)
    assert MOMENT.times(factor).beyond(factor * moment) == MOMENT.beyond(moment)


def test_the_limits_themselves_are_inside():
    assert [STRAIN.beyond(x) for x in (0.01, 0.04)] == ["", ""]
    assert [STRAIN.beyond(x) for x in (0.0099, 0.041, 0.08)] == [BEYOND_TESTS] * 3
    assert STRAIN.beyond(math.nan) == BEYOND_FAILURE


def test_the_worst_value_is_named_with_value_range_source_and_count():
    (line,) = STRAIN.outside([0.02, 0.05, 0.09, 0.0], ["a", "b", "c", "d"])
    assert STRAIN.failure is not None
    assert line == (
        f"c: tendon strain of 9 % is beyond failure, at {STRAIN.failure.value:g} % "
        f"({STRAIN.failure.source}, {STRAIN.failure.status}); so are 2 more"
    )
    (line,) = STRAIN.outside([0.05], ["b"])
    assert line == "b: tendon strain of 5 % is beyond the tests, 1 to 4 % (Millard2013, assumed)"
    assert STRAIN.outside(np.full(3, 0.03), ["a", "b", "c"]) == ()


def test_a_command_prints_the_first_few_and_how_many_there_are():
    assert printed(()) == ()
    lines = printed([f"strand {k}: too long" for k in range(LONGEST + 2)])
    assert lines[0] == f"outside the evidence ({LONGEST + 2}):"
    assert len(lines) == LONGEST + 2
    assert "and 2 more" in lines[-1]


def test_limits_must_rise_in_one_unit():
    with pytest.raises(ParameterError, match="limits of strain that rise"):
        EvidenceRange("strain", assumed(4.0, "%"), assumed(3.0, "%"))
    with pytest.raises(ParameterError, match="in one unit"):
        EvidenceRange("strain", assumed(4.0, "%"), assumed(0.05, "1"))
