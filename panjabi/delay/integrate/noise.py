"""Runs with white noise: fixed steps, random numbers by seed and subject."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._compiling import announce_compilation
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.cohort.random_numbers import random_generator
from panjabi.cohort.result import CohortResult
from panjabi.delay.integrate.adaptive import checked
from panjabi.delay.integrate.history import History, read_history
from panjabi.delay.integrate.model import DelayModel, compiled_function
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ConvergenceError, Interrupted, ParameterError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.delay.integrate.workspace import Workspace

Floats = NDArray[np.float64]
MOST_NUMBERS = 2e8  # of a path in memory, 1.6 GB
STREAM = "Wiener process"  # of the random numbers of a subject
CHUNK = 4096  # steps between two checks for an interrupt
SCHEME = "stochastic Heun, noise at the start of the step (Ito)"


@dataclass(frozen=True, kw_only=True, repr=False)
class NoisyModel(ShortRepr):
    """dy = rhs dt + diffusion dW, with m independent Wiener processes.

    diffusion(t, y, delayed, p, out) writes out (n, m), in the state's unit over the square root of
    a second. It may depend on time, state and delayed state, in the sense of Ito.
    """

    model: DelayModel
    diffusion: Callable[..., None]
    sources: int  # m

    def __post_init__(self) -> None:
        if self.sources < 1:
            raise ParameterError(
                f"Expected 1 or more sources of noise, got {self.sources}; use `solve` for a "
                "run without noise."
            )
        if self.model.varying or self.model.events:
            raise ParameterError(
                "Expected a model with constant delays and without events for a run with "
                f"noise, got {self.model.varying} delays that depend on the state and "
                f"{len(self.model.events)} events; remove them from the model."
            )
        object.__setattr__(self, "diffusion", compiled_function("diffusion", self.diffusion))


@dataclass(frozen=True, eq=False, repr=False)
class NoisyRun(ShortRepr):
    """One path at the ends of its steps."""

    time: Floats  # (steps + 1,) [s]
    state: Floats  # (steps + 1, n)
    step: float  # [s]
    scheme: str = SCHEME


def solve_noisy(
    noisy: NoisyModel,
    y0: ArrayLike,
    span: tuple[float, float],
    *,
    step: float,
    seed: int | np.random.Generator | None = None,
    increments: ArrayLike | None = None,
    p: ArrayLike = (),
    history: History = None,
    delays: Sequence[float] | None = None,
) -> NoisyRun:
    """One path from span[0] to span[1] [s] in equal steps of at most `step` [s].

    Scheme: stochastic Heun with the noise taken at the start of the step (Ito). Strong order 1
    where the diffusion depends on time alone, 1/2 where it depends on the present or the delayed
    state. Between steps the delayed state is read along a straight line.

    seed : of the increments; required without `increments`. A seed gives the path of subject 0 of
        `noisy_cohort`.
    increments : of the Wiener processes, (steps, sources) [sqrt(s)], to repeat the same noise with
        another step.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard; `.partial` is the path so far.
    ParameterError
        For a step or increments that do not fit the span, or neither seed nor increments.
    ConvergenceError
        If the state stops being finite: the step is too long for these equations.
    """
    state, span, parameters, lags = checked(noisy.model, y0, span, p, delays, Settings())
    steps, h = _steps(span, step)
    if steps * state.size > MOST_NUMBERS:
        raise ParameterError(
            f"Expected a path of at most {MOST_NUMBERS:g} numbers, got {steps:g} steps of "
            f"{state.size} states; give a shorter span or a longer step."
        )
    if increments is None:
        if seed is None:
            raise ParameterError(
                "Expected a seed or increments, so that the run can be repeated, got neither; "
                "give seed=0, for example."
            )
        rng = random_generator(seed, STREAM)
        rows = None
    else:
        rows = np.array(increments, dtype=float, order="C")
        rng = None
        if rows.shape != (steps, noisy.sources) or not np.all(np.isfinite(rows)):
            raise ParameterError(
                f"Expected finite increments of shape ({steps}, {noisy.sources}), got shape "
                f"{rows.shape}; give one row for each step and one column for each source."
            )
    announce_compilation()
    return _path(noisy, state, span, parameters, lags, history, steps, h, rng, rows)


def _steps(span: tuple[float, float], step: float) -> tuple[int, float]:
    length = span[1] - span[0]
    if not (0.0 < step <= length):
        raise ParameterError(
            f"Expected a step above 0 s and up to the span of {length:g} s, got {step!r} s; "
            "start with a tenth of the shortest time constant."
        )
    steps = math.ceil(length / step * (1.0 - 1e-12))
    return steps, length / steps


def _path(
    noisy: NoisyModel, state: Floats, span: tuple[float, float], p: Floats, lags: Floats,
    history: History, steps: int, h: float, rng: np.random.Generator | None, rows: Floats | None,
) -> NoisyRun:  # fmt: skip
    from panjabi.delay.integrate import codes
    from panjabi.delay.integrate.call_by_address import JACOBIAN, address
    from panjabi.delay.integrate.stochastic_heun import noisy_steps
    from panjabi.delay.integrate.workspace import Workspace, prepared

    past = read_history(history, state, span[0])
    work = Workspace(
        noisy.model, state, p, lags, past, span, Settings(), np.empty(0), steps + 2, np.empty(0)
    )
    work.run.equations.lag[:] = lags
    call = work.run.equations.call._replace(jacobian=address(noisy.diffusion, JACOBIAN))
    equations = work.run.equations._replace(call=call)
    spread = np.zeros((state.size, noisy.sources))
    done, status = 0, codes.RUNNING
    try:
        while done < steps and status == codes.RUNNING:
            now = min(CHUNK, steps - done)
            if rows is not None:
                kicks = rows[done : done + now]
            else:
                kicks = math.sqrt(h) * rng.standard_normal((now, noisy.sources))  # type: ignore
            data = equations, work.run.solution.y, work.run.stages, spread, kicks, h, done
            status = prepared(noisy_steps, *data)(*data)
            done += now
    except KeyboardInterrupt as stop:
        partial = _run_of(work, h)
        raise Interrupted(
            f"Expected a path to {span[1]:g} s, got an interrupt at {partial.time[-1]:g} s; "
            "`.partial` contains the path so far.",
            partial,
        ) from stop
    run = _run_of(work, h)
    if status < 0:
        raise ConvergenceError(
            f"Expected a finite path to {span[1]:g} s, got values that are not finite at "
            f"{run.time[-1]:g} s with a step of {h:g} s (status {status}); use a shorter step, "
            "or a history that reaches further back."
        )
    return run


def _run_of(work: Workspace, h: float) -> NoisyRun:
    """The path in a workspace, as far as it got."""
    equations, first, count = work.run.equations, work.past.pieces, work.progress.count
    states = np.concatenate([equations.coef[first:count, 0], work.run.solution.y[None]])
    return NoisyRun(equations.times[first : count + 1].copy(), states, h)


@dataclass(frozen=True, eq=False, repr=False)
class NoisyCohort(ShortRepr):
    """One path for each subject at the ends of the steps."""

    time: Floats  # (steps + 1,) [s]
    state: Floats  # (subjects, steps + 1, n); NaN for a subject that failed
    step: float  # [s]
    failure: tuple[str, ...]  # reason of each subject, or an empty text
    scheme: str = SCHEME


@dataclass(frozen=True)
class _NoisySetup:
    """What all subjects have in common."""

    noisy: NoisyModel
    span: tuple[float, float]
    step: float


def noisy_cohort(
    noisy: NoisyModel,
    y0: ArrayLike,
    span: tuple[float, float],
    *,
    step: float,
    seed: int,
    p: ArrayLike,
    delays: ArrayLike | None = None,
    **options: Unpack[CohortOptions],
) -> NoisyCohort:
    """One path for each row of p (subjects, parameters), each with separate random numbers.

    The numbers of a subject are `panjabi.cohort.generator(seed, subject, STREAM)`: paths are the
    same to the last bit for any number of subjects, workers and any executor. y0 (n,) and delays
    for all, or one row for each subject.
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard; `.partial` has the finished paths, the others are
        "not run".
    """
    rows = np.array(p, dtype=float, ndmin=2)
    start = np.asarray(y0, dtype=float)
    lags = np.asarray(noisy.model.delays if delays is None else delays, dtype=float)
    inputs = {
        "p": rows,
        "y0": np.broadcast_to(start, (len(rows), start.shape[-1])),
        "delays": np.broadcast_to(lags, (len(rows), lags.shape[-1])),
    }
    setup = _NoisySetup(noisy, span, step)
    _steps(span, step)
    announce_compilation()
    try:
        return _noisy(
            setup, run_cohort(EachSubject(_noisy_path), setup, inputs, seed=seed, **options)
        )
    except Interrupted as stop:
        assert isinstance(stop.partial, CohortResult)
        raise Interrupted(str(stop), _noisy(setup, stop.partial)) from stop


def _noisy_path(setup: _NoisySetup, subject: Block) -> dict[str, Floats]:
    run = solve_noisy(
        setup.noisy, subject.floats("y0")[0], setup.span, step=setup.step,
        seed=subject.generator(stream=STREAM), p=subject.floats("p")[0],
        delays=subject.floats("delays")[0].tolist(),
    )  # fmt: skip
    return {"state": run.state}


def _noisy(setup: _NoisySetup, rows: CohortResult) -> NoisyCohort:
    steps, h = _steps(setup.span, setup.step)
    nothing = np.full((len(rows), steps + 1, rows.inputs["y0"].shape[1]), np.nan)
    return NoisyCohort(
        time=np.linspace(setup.span[0], setup.span[0] + steps * h, steps + 1),
        state=rows.values.get("state", nothing),  # type: ignore[arg-type]
        step=h,
        failure=tuple(map(str, rows.failure)),
    )
