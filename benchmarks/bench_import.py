"""How much time does importing a package add to importing numpy?

Each sample is a new interpreter. The table shows CPU time: median, fastest and slowest sample.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

SAMPLES = 9
CODE = """
import time
import numpy
start = time.process_time()
{statement}
print(time.process_time() - start)
"""
ALONE = "import time; s = time.process_time(); import numpy; print(time.process_time() - s)"


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
