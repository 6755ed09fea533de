"""Runs driven by white noise: fixed steps, one seed a subject."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._compiling import announce_compilation
from panjabi.delay.integrate.adaptive import checked
from panjabi.delay.integrate.history import read_history
from panjabi.delay.integrate.model import DelayModel, compiled_function
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ConvergenceError, Interrupted, ParameterError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.delay.integrate.workspace import Workspace

Floats = NDArray[np.float64]
Seed = int | np.random.SeedSequence | np.random.Generator
CHUNK = 4096  # steps between two checks of the keyboard
SCHEME = "stochastic Heun, noise at the start of the step (Ito)"


@dataclass(frozen=True, kw_only=True)
class NoisyModel:
    """dy = rhs dt + diffusion dW, with m independent Wiener processes.

    diffusion(t, y, delayed, p, out) writes out (n, m), in the state's unit over the square root of
    a second. It may depend on time, state and delayed state and is meant in Ito's sense.
    """

    model: DelayModel
    diffusion: Callable[..., None]
    sources: int  # m

    def __post_init__(self) -> None:
        if self.sources < 1:
            raise ParameterError(
                f"a noisy model has {self.sources} sources of noise; 1 or more is possible. "
                "Without noise use `solve`."
            )
        if self.model.varying or self.model.events:
            raise ParameterError(
                f"the model has {self.model.varying} delays that depend on the state and "
                f"{len(self.model.events)} events; runs with noise take constant delays and no "
                "events. Take them out of the model."
            )
        object.__setattr__(self, "diffusion", compiled_function("diffusion", self.diffusion))


@dataclass(frozen=True, eq=False, repr=False)
class NoisyRun(ShortRepr):
    """One path on the grid of its steps."""

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
    seed: Seed | None = None,
    increments: ArrayLike | None = None,
    p: ArrayLike = (),
    history: Any = None,
    delays: Sequence[float] | None = None,
) -> NoisyRun:
    """One path from span[0] to span[1] in equal steps of at most `step` [s].

    Scheme: stochastic Heun with the noise taken at the start of the step (Ito). Strong order 1
    where the diffusion depends on time alone, 1/2 where it depends on the present or the delayed
    state. Between steps the delayed state is read along a straight line.

    seed : of the increments, needed unless `increments` are given, which are those of the Wiener
        processes, (steps, sources) [sqrt(s)]: the same noise at another step.

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
    if increments is None:
        if seed is None:
            raise ParameterError(
                "a run with noise got neither seed nor increments; both make it repeatable. Give "
                "seed=0, say."
            )
        rng = np.random.default_rng(seed)
        rows = None
    else:
        rows = np.array(increments, dtype=float, order="C")
        rng = None
        if rows.shape != (steps, noisy.sources) or not np.all(np.isfinite(rows)):
            raise ParameterError(
                f"increments have shape {rows.shape}; {steps} steps of {noisy.sources} sources "
                f"need ({steps}, {noisy.sources}), finite. Give one row a step."
            )
    announce_compilation()
    return _path(noisy, state, span, parameters, lags, history, steps, h, rng, rows)


def _steps(span: tuple[float, float], step: float) -> tuple[int, float]:
    length = span[1] - span[0]
    if not (0.0 < step <= length):
        raise ParameterError(
            f"the step is {step!r} s in a span of {length:g} s; a step is positive and no longer "
            "than the span. A tenth of the shortest time constant is a start."
        )
    steps = math.ceil(length / step * (1.0 - 1e-12))
    return steps, length / steps


def _path(
    noisy: NoisyModel, state: Floats, span: tuple[float, float], p: Floats, lags: Floats,
    history: Any, steps: int, h: float, rng: np.random.Generator | None, rows: Floats | None,
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
        part = _run_of(work, h)
        raise Interrupted(
            f"The path was interrupted at {part.time[-1]:g} s of {span[1]:g} s; `.partial` holds "
            "what is done.",
            part,
        ) from stop
    run = _run_of(work, h)
    if status < 0:
        raise ConvergenceError(
            f"the path left the finite numbers at {run.time[-1]:g} s of {span[1]:g} s with a step "
            f"of {h:g} s (status {status}). Take a shorter step, or a history that reaches further."
        )
    return run


def _run_of(work: Workspace, h: float) -> NoisyRun:
    """The path in a workspace, as far as it got."""
    equations, first, count = work.run.equations, work.past.pieces, work.progress.count
    states = np.concatenate([equations.coef[first:count, 0], work.run.solution.y[None]])
    return NoisyRun(equations.times[first : count + 1].copy(), states, h)


def noisy_cohort(
    noisy: NoisyModel,
    y0: ArrayLike,
    span: tuple[float, float],
    *,
    step: float,
    seed: int | np.random.SeedSequence,
    p: ArrayLike,
    delays: ArrayLike | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> tuple[NoisyRun, ...]:
    """One path a row of p (subjects, parameters), each with its own child of the seed.

    Subject i always gets child i of SeedSequence(seed), whoever computes it: paths are the same to
    the last bit for any number of threads. y0 (n,) and delays for all, or one row a subject.
    executor : any `concurrent.futures.Executor`; workers in other processes get the model pickled.
        By default a pool of `threads` threads.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard; `.partial` is a tuple of the runs that were finished
        before the first gap.
    """
    rows = np.array(p, dtype=float, ndmin=2)
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    children = np.random.SeedSequence(
        root.entropy, spawn_key=root.spawn_key, pool_size=root.pool_size
    ).spawn(len(rows))
    start = np.asarray(y0, dtype=float)
    lags = np.asarray(noisy.model.delays if delays is None else delays, dtype=float)
    pool = executor or ThreadPoolExecutor(threads or os.cpu_count() or 1)
    waiting = [
        pool.submit(
            solve_noisy, noisy, start[i] if start.ndim == 2 else start, span, step=step,
            seed=children[i], p=rows[i], delays=(lags[i] if lags.ndim == 2 else lags).tolist(),
        )
        for i in range(len(rows))
    ]  # fmt: skip
    finished: list[NoisyRun] = []
    try:
        for future in waiting:
            finished.append(future.result())
    except KeyboardInterrupt as stop:
        raise Interrupted(
            f"The cohort was interrupted: {len(finished)} of {len(rows)} paths are finished; "
            "`.partial` holds them.",
            tuple(finished),
        ) from stop
    finally:
        for future in waiting:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True)
    return tuple(finished)
