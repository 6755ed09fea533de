"""Cost of the cohort engine: a cohort in blocks of a second beside a plain loop of the same work.

Both run in one process, on one thread or on two. The loop calls the function once for each block;
the cohort also submits the blocks, joins their rows and, with a store, writes them and reads the
description, which contains a whole spine model, for the digest.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from timing import machine, seconds as cpu_seconds

# isort: split
import numpy as np
from numba import njit

from panjabi.cohort import Block, run_cohort
from panjabi.spine import Spine, spine_model

BLOCKS, SUBJECTS, RUNS = 4, 40, 3  # blocks for each thread, subjects in each, repetitions


class Setup(NamedTuple):
    """What all subjects have in common."""

    steps: int
    model: Spine


@njit(nogil=True)
def logistic(x: float, steps: int) -> float:
    for _ in range(steps):
        x = 3.9 * x * (1.0 - x)
    return x


def work(setup: Setup, block: Block) -> dict[str, np.ndarray]:
    """A chaotic orbit for each subject, from a start of its own."""
    starts = [block.generator(k, "start").uniform(0.1, 0.9) for k in range(len(block))]
    return {"x": np.array([logistic(x, setup.steps) for x in starts])}


def loop(setup: Setup, threads: int) -> None:
    blocks = [Block(k * SUBJECTS, SUBJECTS) for k in range(threads * BLOCKS)]
    if threads == 1:
        for block in blocks:
            work(setup, block)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda block: work(setup, block), blocks))


def cohort(setup: Setup, threads: int, stored: bool) -> None:
    with tempfile.TemporaryDirectory() as directory:
        store = Path(directory) / "store" if stored else None
        subjects = threads * BLOCKS * SUBJECTS
        run_cohort(work, setup, subjects, block=SUBJECTS, workers=threads, store=store)


def compared(setup: Setup, threads: int, stored: bool, clock: Callable[[], float]) -> np.ndarray:
    """Times of the loop and of the cohort in turn [s], (RUNS, 2)."""
    pairs = np.empty((RUNS, 2))
    for k in range(RUNS):
        times = [clock()]
        loop(setup, threads)
        times.append(clock())
        cohort(setup, threads, stored)
        times.append(clock())
        pairs[k] = np.diff(times)
    return pairs


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    model = spine_model()
    print(machine(), f"; load {os.getloadavg()[0]:.1f}")
    logistic(0.5, 10)
    trial = 20_000_000
    each = cpu_seconds(lambda: logistic(0.5, trial)) / trial
    setup = Setup(int(seconds / SUBJECTS / each), model)
    cohort(Setup(1, model), 1, stored=True)  # imports
    for threads in (1, 2):
        for stored in (False, True):
            name = (
                f"{threads} thread{'s'[: threads - 1]}, {'with a' if stored else 'without'} store"
            )
            for clock in (time.process_time, time.perf_counter):
                pairs = compared(setup, threads, stored, clock)
                kind = "CPU" if clock is time.process_time else "wall"
                plain, engine = np.median(pairs, axis=0)
                print(
                    f"{name}: {plain:.3f} s {kind} in a loop, {engine:.3f} s in a cohort, ratio "
                    f"{np.median(pairs[:, 1] / pairs[:, 0]):.3f}"
                )
            empty = compared(Setup(1, model), threads, stored, time.perf_counter)
            more = 1e3 * np.median(empty[:, 1] - empty[:, 0])
            print(f"{name}: without work a cohort takes {more:.1f} ms of wall time more")
