"""Run a function for many subjects, block by block, and keep what is finished."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from panjabi.cohort.block import FAILURE, Block, Columns, Function
from panjabi.cohort.executors import ExecutorName, Timed, Workers, started
from panjabi.cohort.random_numbers import natural
from panjabi.cohort.result import CohortError, CohortResult
from panjabi.cohort.store import BlockStore, Span, as_result, header_of, opened_store
from panjabi.errors import Interrupted, PanjabiError, ParameterError

D = TypeVar("D")
TARGET = 1.0  # work in a block [s], if the caller gives no size
GROWTH = 16  # largest factor between the sizes of a measured block and the next one


class CohortOptions(TypedDict, total=False):
    """Arguments of `run_cohort` that functions with a cohort inside pass on."""

    executor: ExecutorName | Executor | None
    workers: int | None
    block: int | None
    store: str | Path | None
    resume: bool
    progress: bool | None


def part_of(options: CohortOptions, name: str) -> CohortOptions:
    """The same options with a store of its own, for one of several cohorts in a computation."""
    store = options.get("store")
    return options if store is None else {**options, "store": Path(store) / name}


def run_cohort(
    function: Function[D],
    description: D,
    subjects: int | Mapping[str, ArrayLike],
    *,
    seed: int = 0,
    executor: ExecutorName | Executor | None = None,
    workers: int | None = None,
    block: int | None = None,
    store: str | Path | None = None,
    resume: bool = False,
    progress: bool | None = None,
) -> CohortResult:
    """One row of results for each subject; the rows do not depend on how they are computed.

    Parameters
    ----------
    function : function(description, block) -> mapping of names to arrays with one row for each
        subject of the block. It is defined at the top of a module, so that it can be pickled, and
        changes nothing outside. `EachSubject` makes one from a function of a single subject. Random
        numbers come from `block.generator(k, stream)`.
    description : what is common to all subjects, for example a model.
    subjects : their number, or inputs with one row for each of them.
    seed : of the random numbers of all subjects.
    executor : "threads" (the default), "processes", "dask" (the scheduler in
        DASK_SCHEDULER_ADDRESS, else workers on this computer), or a `concurrent.futures.Executor`.
    workers : number of threads or processes, as many as cores by default; with an executor of the
        caller the number of blocks that it computes at the same time.
    block : subjects in a block; by default as many as take about a second, from measured blocks.
    store : directory in which finished blocks are kept. After an interrupt, or the end of the
        process at any moment, blocks that were being computed or written are computed again.
    resume : continue a store that already has blocks of this cohort.
    progress : show a progress bar on standard error; None: only on a terminal.

    A subject for which the function raises an error is a row with this reason in `failures`; the
    other subjects are not affected.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard; `.partial` has the finished subjects.
    CohortError
        If the executor stops, for example because a worker process was killed; `.partial` has the
        finished subjects.
    DataFileError
        For a store of another cohort, in use, or not empty without `resume`.
    ParameterError
        For arguments that do not fit, or a function that does not return a row for each subject.
    """
    count, inputs = _inputs(subjects)
    seed = natural("seed", seed)
    if block is not None and not (isinstance(block, Integral) and block >= 1):
        raise ParameterError(
            f"Expected 1 or more subjects in a block, got {block!r}; leave it out."
        )
    kept = nullcontext(None) if store is None else opened_store(
        store, header_of(function, description, inputs, count, seed), resume=resume
    )  # fmt: skip
    with kept as blocks:
        run = _Run(count, inputs, seed, block, blocks)
        if run.missing:
            with started(function, description, executor, workers) as pool:
                run.compute(pool, progress)
        result = run.result()
        if blocks is not None:
            blocks.finish({FAILURE: result.failure, **result.values})
    return result


def _inputs(subjects: int | Mapping[str, ArrayLike]) -> tuple[int, Columns]:
    """Number of subjects, and their inputs as arrays."""
    if isinstance(subjects, Mapping):
        try:
            inputs = {str(name): np.array(rows, order="C") for name, rows in subjects.items()}
        except ValueError as error:
            raise ParameterError(
                f"Expected inputs as arrays with one row for each subject, got rows of different "
                f"lengths ({error}); give rows of one length."
            ) from error
        counts = {name: len(rows) if rows.ndim else 0 for name, rows in inputs.items()}
        if len(set(counts.values())) != 1 or any(a.dtype.hasobject for a in inputs.values()):
            raise ParameterError(
                "Expected inputs of numbers or texts with the same number of rows, got rows "
                f"{counts}; give one row for each subject."
            )
        count = next(iter(counts.values()))
    else:
        count, inputs = natural("number of subjects", subjects), {}
    if count < 1:
        raise ParameterError(f"Expected 1 or more subjects, got {count}; give their number.")
    return count, inputs


@dataclass
class _Run:
    """The state of one call of `run_cohort`."""

    count: int
    inputs: Columns
    seed: int
    block: int | None
    store: BlockStore | None
    done: dict[Span, Columns] = field(default_factory=dict)
    missing: list[Span] = field(default_factory=list)
    running: dict[Future[Timed], Span] = field(default_factory=dict)
    size: int = 1  # of the next block

    def __post_init__(self) -> None:
        self.done = {} if self.store is None else self.store.blocks()
        self.size = self.block or 1
        at = 0
        for first, end in [*sorted(self.done), (self.count, self.count)]:
            if first > at:
                self.missing.append((at, first))
            at = end

    def result(self) -> CohortResult:
        return as_result(self.done, self.count, self.inputs, self.seed)

    def compute(self, pool: Workers, progress: bool | None) -> None:
        """Compute what is missing; what is finished is kept whatever happens.

        The workers get their next blocks before the finished ones are stored, so none waits for
        the disk.
        """
        with self._progress_bar(progress) as advance:
            try:
                self._submit_next(pool)
                while self.running:
                    finished = wait(self.running, return_when=FIRST_COMPLETED).done
                    for future in finished:
                        self._measure(future)
                    self._submit_next(pool)
                    for future in finished:
                        advance(self._collect(future))
            except KeyboardInterrupt as stop:
                result = self._stopped(pool)
                raise Interrupted(
                    f"Expected {self.count} finished subjects, got an interrupt after "
                    f"{self._finished()} of them; {self._advice()}",
                    result,
                ) from stop
            except PanjabiError:
                self._stopped(pool)
                raise
            except Exception as error:
                result = self._stopped(pool)
                raise CohortError(
                    f"Expected results from {type(pool.executor).__name__}, got "
                    f"{type(error).__name__}: {error}{pool.lost()} after {self._finished()} of "
                    f"{self.count} subjects; {self._advice()}",
                    result,
                ) from error

    @contextmanager
    def _progress_bar(self, progress: bool | None) -> Iterator[Callable[[int], object]]:
        """A function that moves the bar by a number of subjects; without a bar it does nothing."""
        if not (sys.stderr.isatty() if progress is None else progress):
            yield lambda _: None
            return
        from tqdm import tqdm

        left = sum(end - first for first, end in self.missing)
        with tqdm(
            total=self.count, initial=self.count - left, unit="subject", file=sys.stderr,
            leave=False,
        ) as bar:  # fmt: skip
            yield bar.update

    def _submit_next(self, pool: Workers) -> None:
        """Submit blocks until every worker has one."""
        while self.missing and sum(not f.done() for f in self.running) < pool.slots:
            self._submit(pool)

    def _submit(self, pool: Workers) -> None:
        """Submit the next block of the first gap."""
        first, end = self.missing.pop(0)
        left = end - first + sum(b - a for a, b in self.missing)
        size = self.block or min(self.size, math.ceil(left / pool.slots))
        stop = min(first + size, end)
        if stop < end:
            self.missing.insert(0, (stop, end))
        inputs = {name: rows[first:stop].copy() for name, rows in self.inputs.items()}
        block = Block(first, stop - first, self.seed, inputs)
        self.running[pool.submit(block)] = (first, stop)

    def _measure(self, future: Future[Timed]) -> None:
        """Choose the size of the next block from the time of a finished one."""
        _, duration = future.result()
        first, end = self.running[future]
        count = end - first
        self.size = max(1, min(int(count * TARGET / max(duration, 1e-9)), GROWTH * count))

    def _collect(self, future: Future[Timed]) -> int:
        """Keep the rows of a finished block; returns the number of its subjects."""
        rows, _ = future.result()
        span = self.running[future]
        if self.store is not None:
            self.store.put(span, rows)
        self.done[span] = rows
        del self.running[future]  # last: an interrupt above collects the block again
        return span[1] - span[0]

    def _stopped(self, pool: Workers) -> CohortResult:
        """End the executor, keep the blocks that finished meanwhile, and return all that is."""
        for future in self.running:
            future.cancel()
        pool.end(now=True)
        for future in list(self.running):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._collect(future)
        return self.result()

    def _finished(self) -> int:
        return sum(end - first for first, end in self.done)

    def _advice(self) -> str:
        if self.store is not None:
            return "they are in the store; continue with resume=True."
        return "`.partial` contains them; give a store to continue later."
