"""The standard subject and its mounted tests, built once for all files that ask for them."""

from __future__ import annotations

from functools import cache

import pytest

from fascia import standard_subject
from fascia.clinical import Examination

TESTS = ("slr", "knee-extension", "sit-and-reach", "forward-bend", "front-split")


@pytest.fixture(scope="session")
def subject():
    """The median adult with every default."""
    return standard_subject()


@pytest.fixture(scope="session")
def network(subject):
    return subject.network


@pytest.fixture(scope="session")
def adult(network):
    """The body under the standard network."""
    return network.body


@pytest.fixture(scope="session")
def bench(network):
    """bench("slr", "left") -> the standard network mounted in a test; one for each question."""

    @cache
    def mounted(test, side="right", free_pelvis=False):
        return Examination(network, test, side=side, free_pelvis=free_pelvis)

    return mounted
