"""Runs of one model for many subjects, each with separate parameters, delays and start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._compiling import announce_compilation
from panjabi.cohort.block import Block
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.cohort.result import CohortResult
from panjabi.delay.integrate.adaptive import checked
from panjabi.delay.integrate.history import read_history
from panjabi.delay.integrate.model import DelayModel, checked_delays
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import Interrupted, ParameterError
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]
CAPACITY = 400  # steps that are kept; steps older than every delay are discarded

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
}


@dataclass(frozen=True, eq=False, repr=False)
class Cohort(ShortRepr):
    """Samples of every subject at common times, and how each run ended."""

    time: Floats  # (times,) [s]
    state: Floats  # (subjects, times, n); NaN after the end of a run
    end: Floats  # (subjects,) end of each run [s]
    outcome: tuple[str, ...]  # "end reached", "stopped by an event", "not run" or what failed
    steps: NDArray[np.int64]  # (subjects,) accepted steps
    tolerance: float

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which subjects reached the end or an event that stops the run, (subjects,)."""
        return np.array([o in (OUTCOMES[1], OUTCOMES[2]) for o in self.outcome])


@dataclass(frozen=True)
class _Setup:
    """What all subjects have in common."""

    model: DelayModel
    span: tuple[float, float]
    grid: Floats
    breaks: Floats
    settings: Settings


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
    **options: Unpack[CohortOptions],
) -> Cohort:
    """States of many subjects at common times, with the step sizes of each run chosen separately.

    y0, history : (n,) for all or (subjects, n); the history is constant (None: the start).
    p : (subjects, parameters). delays : (subjects, delays) or None for the model's.
    times : rising, within the span [s].
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`.
        Each subject is computed separately, in the same order of operations: results are the same
        to the last bit for any of them.

    If a run fails, the outcome says why and later samples are NaN; other subjects are not affected.
    Models whose delays depend on the state need the whole history: run `solve` for each subject.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard. `.partial` is the cohort with the finished subjects; the
        others are "not run".
    ParameterError
        For shapes that do not fit.
    """
    settings = settings or Settings()
    if model.varying:
        raise ParameterError(
            f"Expected a model with constant delays for a cohort, got {model.varying} delays "
            "that depend on the state and need the whole history; run `solve` for each "
            "subject."
        )
    parameters, lags, start, before = _rows(model, y0, p, delays, history)
    grid = _grid(times, span)
    _, span, _, _ = checked(model, start[0], span, parameters[0], lags[0], settings)
    announce_compilation()
    setup = _Setup(model, span, grid, np.array(breaks, dtype=float).ravel(), settings)
    inputs = {"p": parameters, "delays": lags, "y0": start, "history": before}
    try:
        return _cohort(setup, run_cohort(_solve_block, setup, inputs, **options))
    except Interrupted as stop:
        assert isinstance(stop.partial, CohortResult)
        raise Interrupted(str(stop), _cohort(setup, stop.partial)) from stop


def _cohort(setup: _Setup, rows: CohortResult) -> Cohort:
    """The rows of all subjects; a subject without rows has samples of NaN, and its reason."""
    count, shape = len(rows), (len(rows), setup.grid.size, rows.inputs["y0"].shape[1])
    status = rows.values.get("status", np.zeros(count, dtype=np.int64))
    return Cohort(
        time=setup.grid,
        state=rows.values.get("state", np.full(shape, np.nan)),  # type: ignore[arg-type]
        end=rows.values.get("end", np.full(count, np.nan)),  # type: ignore[arg-type]
        outcome=tuple(
            str(reason) or OUTCOMES[int(s)] for reason, s in zip(rows.failure, status, strict=True)
        ),
        steps=rows.values.get("steps", np.zeros(count, np.int64)),  # type: ignore[arg-type]
        tolerance=setup.settings.rtol,
    )


def _solve_block(setup: _Setup, block: Block) -> dict[str, NDArray[np.generic]]:
    """Samples, end, status and number of steps of each subject, in a separate workspace."""
    from panjabi.delay.integrate.cohort_kernel import run_subjects
    from panjabi.delay.integrate.records import Subjects
    from panjabi.delay.integrate.workspace import Workspace, prepared

    model, span, grid, settings = setup.model, setup.span, setup.grid, setup.settings
    count = len(block)
    subjects = Subjects(
        p=block.floats("p"),
        lags=block.floats("delays"),
        y0=block.floats("y0"),
        before=block.floats("history"),
        samples=np.full((count, grid.size, block.floats("y0").shape[1]), np.nan),
        status=np.zeros(count, dtype=np.int64),
        end=np.full(count, span[0]),
        steps=np.zeros(count, dtype=np.int64),
    )
    y0, p, lags = subjects.y0[0], subjects.p[0], subjects.lags[0]
    past = read_history(subjects.before[0], y0, span[0])
    work = Workspace(
        model, y0, p, lags, past, span, settings, grid, CAPACITY, setup.breaks, prune=True
    )
    data = work.run, subjects, settings.most_steps
    prepared(run_subjects, *data)(*data)
    return {
        "state": subjects.samples,
        "end": subjects.end,
        "status": subjects.status,
        "steps": subjects.steps,
    }


def _rows(
    model: DelayModel, y0: ArrayLike, p: ArrayLike, delays: ArrayLike | None,
    history: ArrayLike | None,
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Parameters, delays, starts and histories with one row for each subject."""
    parameters = np.array(p, dtype=float, order="C")
    if parameters.ndim != 2 or not len(parameters) or not np.all(np.isfinite(parameters)):
        raise ParameterError(
            "Expected p of shape (subjects, parameters) with finite values, got shape "
            f"{parameters.shape}; give one row for each subject."
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
                f"Expected {name} with finite values of shape ({width},) or ({subjects}, "
                f"{width}), got shape {array.shape}; give one row for all subjects, or one for "
                "each."
            )
        rows.append(np.array(np.broadcast_to(array, (subjects, width)), order="C"))
    checked_delays(rows[0])
    return parameters, rows[0], rows[1], rows[2]


def _grid(times: ArrayLike, span: tuple[float, float]) -> Floats:
    grid = np.array(times, dtype=float).ravel()
    inside = grid.size and span[0] <= grid[0] and grid[-1] <= span[1]
    if not inside or not np.all(np.diff(grid) > 0.0):
        raise ParameterError(
            f"Expected rising times from {span[0]:g} to {span[1]:g} s, got {grid.size} times "
            "that are not; give the times at which you need states."
        )
    return grid
