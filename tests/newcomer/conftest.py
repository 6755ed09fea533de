"""The standard subject, built once for the changes that a user makes to it."""

import pytest

import fascia


@pytest.fixture(scope="session")
def subject():
    return fascia.standard_subject()
