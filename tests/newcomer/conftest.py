"""The standard subject, built once for all tests of this folder."""

import pytest

import fascia


@pytest.fixture(scope="session")
def subject():
    return fascia.standard_subject()
