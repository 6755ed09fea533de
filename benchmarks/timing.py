"""Measurement of time in the benchmarks. Import this module before numpy.

Times are CPU seconds of one thread. On an idle machine they equal the wall time, and
on a busy machine they do not depend on other processes.
"""

from __future__ import annotations

import os

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # read when numpy is loaded

import platform  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))  # generated networks


def seconds(work: Callable[[], object], runs: int = 5, warm: int = 1) -> float:
    """Median CPU time of ``work`` after ``warm`` unmeasured runs [s]."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def runs_for(strands: float) -> int:
    """Number of repetitions: fewer for larger networks."""
    return 7 if strands < 3e4 else 3 if strands < 2e5 else 1


def machine() -> str:
    """Processor, cores and versions, in one line."""
    import numba
    import numpy
    import scipy

    model = platform.processor() or "processor unknown"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    return (
        f"{model}, {os.cpu_count()} cores (one thread used), Python {platform.python_version()}, "
        f"numpy {numpy.__version__}, scipy {scipy.__version__}, numba {numba.__version__}"
    )


def sizes(arguments: list[str], default: list[float]) -> list[int]:
    """Numbers of strands from the command line, e.g. 1e3 1e4."""
    return [int(float(a)) for a in arguments] or [int(n) for n in default]
