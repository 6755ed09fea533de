"""How much time does importing a package add to importing numpy?

Each sample is a new interpreter. The table shows the median, the fastest and the slowest sample.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

SAMPLES = 9
CODE = """
import time
import numpy
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
"""
ALONE = "import time; s = time.perf_counter(); import numpy; print(time.perf_counter() - s)"


def seconds(code: str) -> list[float]:
    run = [sys.executable, "-c", code]
    times = [
        float(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
        for _ in range(SAMPLES + 1)
    ]
    return times[1:]  # the first sample fills the disk cache


def main() -> None:
    rows = {
        "numpy alone": seconds(ALONE),
        "panjabi after numpy": seconds(CODE.format(statement="import panjabi")),
        "fascia after numpy": seconds(CODE.format(statement="import fascia")),
    }
    print(f"{'import':<22}{'median':>10}{'fastest':>10}{'slowest':>10}  [ms]")
    for name, times in rows.items():
        numbers = (statistics.median(times), min(times), max(times))
        print(f"{name:<22}" + "".join(f"{1e3 * t:10.2f}" for t in numbers))


if __name__ == "__main__":
    main()
