"""Verdicts of ten random spines are those of their runs; `benchmarks/random_spines.py` has more."""

from __future__ import annotations

import pytest
from random_spines import compared

NUMBERS = 0, 1, 3, 8, 9, 14, 15, 16, 26, 12  # the last is a whole lumbar spine


@pytest.mark.parametrize("number", NUMBERS)
def test_no_run_contradicts_the_verdict_of_a_random_spine(number):
    """Stable: pushes in new directions stay in the range of evidence; unstable: growth in time."""
    found = compared(number)
    assert found.contradicted == "", str(found)
