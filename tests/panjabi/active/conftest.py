"""Musculatures for many tests; they are immutable, so they are built once."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active.build import musculature


@pytest.fixture(scope="session")
def lumbar():
    """With the maximal forces of the source."""
    return musculature("lumbar").raw()


@pytest.fixture(scope="session")
def still():
    return musculature("lumbar", coupled=False).raw()


@pytest.fixture
def bent():
    """A posture away from every symmetry, (18,) [rad]."""
    return np.random.default_rng(4).normal(scale=0.08, size=18)
