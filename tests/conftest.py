"""Settings for all tests: the same drawn examples on every machine; `tests/support` importable.

With pytest-xdist the tests of one file run in one process: what they share is computed once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # read when numpy is loaded; one process for each core already

TESTS = Path(__file__).parent
sys.path.append(str(TESTS / "support"))  # generated networks, force density

settings.register_profile(
    "project",
    deadline=None,  # the first example may compile a kernel
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("project"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file is a group, except pages and examples, which are long and share nothing."""
    for item in items:
        if item.path.parent != TESTS and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(TESTS))))
