"""Cost of the cohort engine: a cohort in blocks of a second beside a plain loop of the same work.

Both run on one thread of one process. The loop calls the function once for each block; the cohort
also submits the blocks, joins their rows and, in the last case, writes them to a store.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from timing import machine, seconds as cpu_seconds

# isort: split
import numpy as np
from numba import njit

from panjabi.cohort import Block, run_cohort

BLOCKS, SUBJECTS, RUNS = 4, 40, 3  # blocks, subjects in each, repetitions


@njit(nogil=True)
def logistic(x: float, steps: int) -> float:
    for _ in range(steps):
        x = 3.9 * x * (1.0 - x)
    return x


def work(steps: int, block: Block) -> dict[str, np.ndarray]:
    """A chaotic orbit for each subject, from a start of its own."""
    starts = [block.generator(k, "start").uniform(0.1, 0.9) for k in range(len(block))]
    return {"x": np.array([logistic(x, steps) for x in starts])}


def loop(steps: int) -> None:
    for k in range(BLOCKS):
        work(steps, Block(k * SUBJECTS, SUBJECTS))


def cohort(steps: int, stored: bool) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = Path(directory) / "store" if stored else None
        run_cohort(work, steps, BLOCKS * SUBJECTS, block=SUBJECTS, workers=1, store=store)


def compared(steps: int, stored: bool, clock: Callable[[], float]) -> tuple[float, float, float]:
    """Time of a block in the loop and in the cohort [s], and the median ratio of pairs of runs."""
    pairs = np.empty((RUNS, 2))
    for k in range(RUNS):
        times = [clock()]
        loop(steps)
        times.append(clock())
        cohort(steps, stored)
        times.append(clock())
        pairs[k] = np.diff(times)
    plain, engine = np.median(pairs, axis=0) / BLOCKS
    return plain, engine, float(np.median(pairs[:, 1] / pairs[:, 0]))


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    print(machine(), f"; load {os.getloadavg()[0]:.1f}")
    logistic(0.5, 10)
    trial = 20_000_000
    each = cpu_seconds(lambda: logistic(0.5, trial)) / trial
    steps = int(seconds / SUBJECTS / each)
    for stored in (False, True):
        name = "with a store" if stored else "without store"
        plain, engine, ratio = compared(steps, stored, time.process_time)
        print(f"{name}: {plain:.3f} s CPU a block in a loop, {engine:.3f} s, ratio {ratio:.3f}")
        plain, engine, _ = compared(1, stored, time.perf_counter)
        print(f"{name}: blocks without work take {1e3 * (engine - plain):.2f} ms of wall time more")
