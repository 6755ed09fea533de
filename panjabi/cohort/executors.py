"""Who computes the blocks: threads, processes, Dask, or an executor of the caller."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.process import BaseProcess
from numbers import Integral
from typing import Any, Generic, Literal, TypeVar

from panjabi.cohort.block import Block, Columns, Function, computed
from panjabi.errors import ParameterError

D = TypeVar("D")
ExecutorName = Literal["threads", "processes", "dask"]
NAMES: tuple[ExecutorName, ...] = ("threads", "processes", "dask")

Timed = tuple[Columns, float]  # rows of a block, and the time that it took [s]


@dataclass
class Workers(Generic[D]):
    """An executor with the function and description of a cohort."""

    executor: Executor
    slots: int  # blocks that are computed at the same time
    owned: bool  # started here, so ended here
    function: Function[D]
    description: D
    payload: bytes | None  # both, pickled, for workers that may not share this memory
    processes: set[BaseProcess] = field(default_factory=set)

    def submit(self, block: Block) -> Future[Timed]:
        """Compute a block."""
        if self.payload is None:
            return self.executor.submit(_timed, self.function, self.description, block)
        future = self.executor.submit(_unpickled_timed, self.payload, block)
        self.processes |= set((getattr(self.executor, "_processes", None) or {}).values())
        return future

    def end(self, *, now: bool = False) -> None:
        """Wait for the executor's end, if it was started here; `now`: processes are ended."""
        if not self.owned:
            return
        if now:
            for process in self.processes:
                process.terminate()
        self.executor.shutdown(wait=True, cancel_futures=True)

    def lost(self) -> str:
        """The processes that ended by themselves, as text."""
        ends = {None, 0, -signal.SIGTERM}  # the executor ends the others by this signal
        return "".join(
            f"; process {p.pid} ended with exit code {p.exitcode}"
            for p in self.processes
            if p.exitcode not in ends
        )


@contextmanager
def started(
    function: Function[D],
    description: D,
    executor: ExecutorName | Executor | None,
    workers: int | None,
) -> Iterator[Workers[D]]:
    """The workers of a cohort; what is started here ends here.

    Raises
    ------
    ParameterError
        For an unknown executor, fewer than one worker, or a function or description that cannot
        be pickled for another process.
    """
    count = os.cpu_count() or 1 if workers is None else workers
    if not (isinstance(count, Integral) and count >= 1):
        raise ParameterError(f"Expected 1 or more workers, got {workers!r}; leave workers out.")
    if executor is None or executor == "threads":
        pool = Workers(ThreadPoolExecutor(count), count, True, function, description, None)
    elif executor == "processes":
        payload = _pickled(function, description)
        processes = ProcessPoolExecutor(
            count, mp_context=multiprocessing.get_context("spawn"), initializer=_watch_parent
        )
        pool = Workers(processes, count, True, function, description, payload)
    elif executor == "dask":
        with _dask_client(workers) as client:
            slots = sum(client.nthreads().values())
            payload = _pickled(function, description)
            yield Workers(client.get_executor(), slots, False, function, description, payload)
        return
    elif isinstance(executor, Executor):
        shared = isinstance(executor, ThreadPoolExecutor)
        payload = None if shared else _pickled(function, description)
        slots = _slots(executor) if workers is None else workers
        pool = Workers(executor, slots, False, function, description, payload)
    else:
        raise ParameterError(
            f"Expected an executor ({', '.join(NAMES)}, or a concurrent.futures.Executor), got "
            f"{executor!r}; for Dask give client.get_executor()."
        )
    try:
        yield pool
    finally:
        pool.end()


def _slots(executor: Executor) -> int:
    """Number of workers of an executor: of `concurrent.futures`, of mpi4py or of Dask."""
    client = getattr(executor, "_client", None)
    if client is not None:
        return sum(client.nthreads().values())
    numbers = (getattr(executor, name, None) for name in ("_max_workers", "num_workers"))
    return next((n for n in numbers if isinstance(n, int) and n > 0), os.cpu_count() or 1)


@contextmanager
def _dask_client(workers: int | None) -> Iterator[Any]:
    """A client of the scheduler in DASK_SCHEDULER_ADDRESS, or of workers on this computer."""
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError(
            "Expected the package distributed for the executor dask, got no installation of it; "
            "install the extra `distributed` (pip install 'panjabi[distributed]')."
        ) from None
    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    own: dict[str, Any] = {
        "n_workers": workers or os.cpu_count() or 1, "threads_per_worker": 1,
        "dashboard_address": None,
    }  # fmt: skip
    with Client(address) if address else Client(**own) as client:
        yield client


def _pickled(function: object, description: object) -> bytes:
    try:
        return pickle.dumps((function, description), protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise ParameterError(
            "Expected a function and a description that can be pickled for another process, got "
            f"an error ({error}); define the function at the top of a module, or use threads."
        ) from error


@lru_cache(maxsize=4)
def _unpickled(payload: bytes) -> tuple[Function[Any], Any]:
    return pickle.loads(payload)


def _timed(function: Function[D], description: D, block: Block) -> Timed:
    start = time.perf_counter()
    rows = computed(function, description, block)
    return rows, time.perf_counter() - start


def _unpickled_timed(payload: bytes, block: Block) -> Timed:
    start = time.perf_counter()
    rows = computed(*_unpickled(payload), block)
    return rows, time.perf_counter() - start


def _watch_parent() -> None:
    """In a worker process: Ctrl-C is for the parent alone, and the worker ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait_for_end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait_for_end, daemon=True).start()
