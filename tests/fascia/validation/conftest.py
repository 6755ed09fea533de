"""The whole validation of the standard subject, computed once for this folder."""

from __future__ import annotations

import pytest

from fascia import Subject
from fascia.validation import validate
from panjabi.validation import Case


@pytest.fixture(scope="session")
def cases(subject: Subject) -> dict[str, Case]:
    return {c.id: c for c in validate(subject)}
