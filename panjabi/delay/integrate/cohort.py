"""Many subjects of one model: each its own parameters, delays and start; any number of threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._compiling import announce_compilation
from panjabi.delay.integrate.adaptive import checked
from panjabi.delay.integrate.history import read_history
from panjabi.delay.integrate.model import DelayModel, checked_delays
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import Interrupted, ParameterError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.delay.integrate.records import Subjects

Floats = NDArray[np.float64]
BLOCK = 32  # subjects a thread takes at a time
ROOM = 400  # steps kept; what no delay reaches is forgotten

OUTCOMES = {
    1: "end reached",
    2: "stopped by an event",
    0: "most_steps reached",
    3: "delays reach over too many steps",
    -1: "step too small",
    -2: "not finite",
    -3: "negative delay",
    -4: "before the history",
    -5: "chatter",
    -9: "not run",
}


@dataclass(frozen=True, eq=False, repr=False)
class Cohort(ShortRepr):
    """Samples of every subject at common times, and how each run ended."""

    time: Floats  # (times,) [s]
    state: Floats  # (subjects, times, n); NaN where a run did not get
    end: Floats  # (subjects,) how far each got [s]
    outcome: tuple[str, ...]  # "end reached", "stopped by an event", "not run" or what failed
    steps: NDArray[np.int64]  # (subjects,) accepted steps
    tolerance: float

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which subjects were brought to the end or to an event that stops, (subjects,)."""
        return np.array([o in (OUTCOMES[1], OUTCOMES[2]) for o in self.outcome])


def solve_cohort(
    model: DelayModel,
    y0: ArrayLike,
    span: tuple[float, float],
    times: ArrayLike,
    *,
    p: ArrayLike,
    delays: ArrayLike | None = None,
    history: ArrayLike | None = None,
    breaks: ArrayLike = (),
    settings: Settings | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
    progress: bool = False,
) -> Cohort:
    """States of many subjects at common times, each run held to the tolerance on its own.

    y0, history : (n,) for all or (subjects, n); the history is constant (None: the start).
    p : (subjects, parameters). delays : (subjects, delays) or None for the model's.
    times : rising, within the span [s].
    executor : a ThreadPoolExecutor where blocks of subjects run; by default one of `threads`
        threads, as many as there are cores. A subject is computed alone, in the same order of
        operations, whoever computes it: results are the same to the last bit for any number.

    A subject that fails has its outcome and NaN samples from there on; nobody else is touched.
    Models whose delays depend on the state need their whole past: run `solve` for each subject.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard. `.partial` is the cohort with what is finished; the other
        subjects are "not run".
    ParameterError
        For shapes that do not fit, or an executor whose workers do not share this memory.
    """
    settings = settings or Settings()
    if executor is not None and not isinstance(executor, ThreadPoolExecutor):
        raise ParameterError(
            f"Expected a concurrent.futures.ThreadPoolExecutor, got {type(executor).__name__}: "
            "subjects are computed in the memory of this process. Give a pool of threads, or "
            "threads=..."
        )
    if model.varying:
        raise ParameterError(
            f"the model has {model.varying} delays that depend on the state; a cohort keeps only "
            "as much past as constant delays reach. Run `solve` for each subject."
        )
    parameters, lags, start, before = _rows(model, y0, p, delays, history)
    grid = _grid(times, span)
    _, span, _, _ = checked(model, start[0], span, parameters[0], lags[0], settings)
    from panjabi.delay.integrate.records import Subjects

    announce_compilation()
    count = len(parameters)
    subjects = Subjects(
        p=parameters,
        lags=lags,
        y0=start,
        before=before,
        samples=np.full((count, grid.size, start.shape[1]), np.nan),
        status=np.full(count, -9, dtype=np.int64),
        end=np.full(count, span[0]),
        steps=np.zeros(count, dtype=np.int64),
    )
    kinks = np.array(breaks, dtype=float).ravel()

    def block(first: int) -> int:
        part = Subjects._make(array[first : first + BLOCK] for array in subjects)
        _run_block(model, part, span, settings, kinks, grid)
        return len(part.p)

    stop = _run_blocks(block, range(0, count, BLOCK), threads, executor, count, progress)
    cohort = Cohort(
        time=grid,
        state=subjects.samples,
        end=subjects.end,
        outcome=tuple(OUTCOMES[int(s)] for s in subjects.status),
        steps=subjects.steps,
        tolerance=settings.rtol,
    )
    if stop is not None:
        raise Interrupted(
            f"The cohort was interrupted: {cohort.complete.sum()} of {count} subjects are "
            "finished; `.partial` holds them.",
            cohort,
        ) from stop
    return cohort


def _run_block(
    model: DelayModel, subjects: Subjects, span: tuple[float, float], settings: Settings,
    kinks: Floats, grid: Floats,
) -> None:  # fmt: skip
    """What one thread takes, in a workspace that is its alone."""
    from panjabi.delay.integrate.cohort_kernel import run_subjects
    from panjabi.delay.integrate.workspace import Workspace, prepared

    y0, p, lags = subjects.y0[0], subjects.p[0], subjects.lags[0]
    past = read_history(subjects.before[0], y0, span[0])
    work = Workspace(model, y0, p, lags, past, span, settings, grid, ROOM, kinks, prune=True)
    data = work.run, subjects, settings.most_steps
    prepared(run_subjects, *data)(*data)


def _run_blocks(
    block: Callable[[int], int],
    starts: Sequence[int],
    threads: int | None,
    executor: ThreadPoolExecutor | None,
    subjects: int,
    progress: bool,
) -> KeyboardInterrupt | None:
    """Run all blocks; the interrupt from the keyboard that left some out, if there was one."""
    from tqdm import tqdm

    pool = executor or ThreadPoolExecutor(threads or os.cpu_count() or 1)
    waiting = [pool.submit(block, first) for first in starts]
    with tqdm(total=subjects, unit="subject", disable=not progress, leave=False) as bar:
        try:
            for done in as_completed(waiting):
                bar.update(done.result())
        except KeyboardInterrupt as stop:
            return stop
        finally:
            for future in waiting:
                future.cancel()
            if executor is None:
                pool.shutdown(wait=True)
            else:
                wait(waiting)
    return None


def _rows(
    model: DelayModel, y0: ArrayLike, p: ArrayLike, delays: ArrayLike | None,
    history: ArrayLike | None,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Parameters, delays, starts and histories with one row a subject."""
    parameters = np.array(p, dtype=float, order="C")
    if parameters.ndim != 2 or not len(parameters) or not np.all(np.isfinite(parameters)):
        raise ParameterError(
            f"p has shape {parameters.shape}; one row of finite parameters a subject is needed. "
            "Give (subjects, parameters)."
        )
    subjects = len(parameters)
    lags = np.asarray(model.delays if delays is None else delays, dtype=float)
    start = np.asarray(y0, dtype=float)
    before = start if history is None else np.asarray(history, dtype=float)
    rows = []
    for name, array, width in (
        ("delays", lags, len(model.delays)),
        ("y0", start, start.shape[-1] if start.ndim else 0),
        ("history", before, start.shape[-1] if start.ndim else 0),
    ):
        fits = array.shape == (width,) or array.shape == (subjects, width)
        if not fits or not np.all(np.isfinite(array)):
            raise ParameterError(
                f"{name} has shape {array.shape} for {subjects} subjects; ({width},) for all or "
                f"({subjects}, {width}), all finite, is possible. Give one of the two."
            )
        rows.append(np.array(np.broadcast_to(array, (subjects, width)), order="C"))
    checked_delays(rows[0])
    return parameters, rows[0], rows[1], rows[2]


def _grid(times: ArrayLike, span: tuple[float, float]) -> Floats:
    grid = np.array(times, dtype=float).ravel()
    inside = grid.size and span[0] <= grid[0] and grid[-1] <= span[1]
    if not inside or not np.all(np.diff(grid) > 0.0):
        raise ParameterError(
            f"{grid.size} times were given for a span from {span[0]:g} to {span[1]:g} s; they must "
            "rise and lie within it. Give the times at which states are wanted."
        )
    return grid
