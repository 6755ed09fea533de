"""Every row of the network that docs/validation.md lists; a missed row is an expected failure."""

from __future__ import annotations

import pytest
from validation_page import expected_rows, listed, outcomes

from fascia.validation.table import tables
from panjabi.validation import Case

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("validation of the network")]

SUBJECTS = {table.subject for table in tables()}


@pytest.mark.parametrize("name", outcomes(SUBJECTS))
def test_the_prediction_meets_the_published_row(cases: dict[str, Case], name: str):
    assert cases[name].agrees


def test_the_page_lists_every_computed_row(cases: dict[str, Case]):
    """Apart from rows without a prediction, and calibration rows that are met."""
    assert expected_rows(cases.values()) == set(listed(SUBJECTS))
