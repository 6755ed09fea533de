"""Settings for all tests: the same drawn examples on every machine; `tests/support` importable.

`make test` runs all tests of a file in one process, so that what they share is computed once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # read when numpy is loaded; one process for each core already

sys.path.append(str(Path(__file__).with_name("support")))  # generated networks, force density

settings.register_profile(
    "project",
    deadline=None,  # the first example may compile a kernel
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("project"), derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))
