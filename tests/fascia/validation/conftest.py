"""The whole validation of the standard subject, once for this folder."""

from __future__ import annotations

import pytest

from fascia import Subject
from fascia.validation import Comparison, validate


@pytest.fixture(scope="session")
def comparisons(subject: Subject) -> dict[str, Comparison]:
    return {c.id: c for c in validate(subject)}
