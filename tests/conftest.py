"""Settings for all tests: property tests draw the same examples on every machine."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "project",
    deadline=None,  # the first example may compile a kernel
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("project"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))
