"""The validation of the spine, computed once for the tests in this folder."""

from __future__ import annotations

import pytest

from panjabi.validation import Case, validate


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    return {case.id: case for case in validate()}
