"""One run of a delay model with adaptive steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi._compiling import announce_compilation
from panjabi.delay.integrate.history import History, read_history
from panjabi.delay.integrate.model import DelayModel, checked_delays
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import (
    Counts,
    Occurrence,
    Outcome,
    SimulationError,
    Trajectory,
)
from panjabi.errors import Interrupted, ParameterError

if TYPE_CHECKING:
    from panjabi.delay.integrate.workspace import Workspace

CHUNK = 5000  # steps between two checks for an interrupt
CAPACITY = 512  # pieces that the record has space for at first

_REASONS = {
    -1: (
        "the step fell below the resolution of the time",
        "the solution may diverge, or jump where no switch is defined: look at the part computed",
    ),
    -2: (
        "the right-hand side or a delay is not a finite number",
        "look at the part computed, and at the divisors in the equations",
    ),
    -3: (
        "a delay is negative, so the equations need a future state",
        "make the delay function return 0 or more",
    ),
    -4: (
        "a delay reaches back before the start of the history",
        "give a longer history, or a constant or a function",
    ),
    -5: (
        "switches or delays change back and forth while no time passes",
        "smooth the switch, or model the sliding motion",
    ),
}


def solve(
    model: DelayModel,
    y0: ArrayLike,
    span: tuple[float, float],
    *,
    p: ArrayLike = (),
    history: History = None,
    delays: Sequence[float] | None = None,
    breaks: ArrayLike = (),
    kinks: ArrayLike = (),
    settings: Settings | None = None,
    progress: bool = False,
) -> Trajectory:
    """Trajectory of a delay model from span[0] to span[1] [s], every step within the tolerance.

    y0 : state at the start, (n,); it may differ from the end of the history (a jump).
    p : parameters that the model's functions receive.
    history : states before the start: None or an array (constant), `Samples`, a compiled function
        history(t, p, out), or an earlier Trajectory. The function may be called slightly beyond
        the start, in steps that are then shortened to the start.
    delays : constant delays in place of the model's [s].
    breaks : times at which the right-hand side or its slope jumps, such as the ends of a pulse [s].
    kinks : times at which its slope alone jumps, such as the samples of a path that is linear in
        between [s]. A step ends there as at a break, but costs no further evaluation.

    Raises
    ------
    Interrupted
        By an interrupt from the keyboard. `.partial` is the trajectory so far; to continue, give
        it as the history of the next run.
    ParameterError
        For shapes that do not fit, numbers that are not finite, a negative delay.
    SimulationError
        If the run cannot continue; `.trajectory` is the part computed so far.
    """
    settings = settings or Settings()
    state, span, parameters, lags = checked(model, y0, span, p, delays, settings)
    from panjabi.delay.integrate import codes
    from panjabi.delay.integrate.workspace import Workspace

    announce_compilation()

    past = read_history(history, state, span[0])
    jumps, bends = (np.array(times, dtype=float).ravel() for times in (breaks, kinks))
    work = Workspace(
        model, state, parameters, lags, past, span, settings, np.empty(0),
        CAPACITY + 2 * bends.size, jumps,
    )  # fmt: skip
    work.run = work.run._replace(problem=work.run.problem._replace(kinks=np.sort(bends)))
    echo_history(work, history)
    status = codes.RUNNING
    bar = _bar(span, progress)
    try:
        while status in (codes.RUNNING, codes.FULL):
            if status == codes.FULL:
                work.grow()
            status = work.advance(CHUNK)
            now = work.progress
            if bar is not None:
                bar.update(work.run.equations.times[now.count] - span[0] - bar.n)
            if status in (codes.RUNNING, codes.FULL) and now.steps >= settings.most_steps:
                break
    except KeyboardInterrupt as stop:
        partial = delivered(work, settings, "interrupted")
        raise Interrupted(
            f"Expected a run to {span[1]:g} s, got an interrupt at {partial.end:g} s; use "
            "`.partial`, the trajectory so far, as the history of another run.",
            partial,
        ) from stop
    finally:
        if bar is not None:
            bar.close()
    if status == codes.DONE:
        return delivered(work, settings, "end reached")
    if status == codes.STOPPED:
        return delivered(work, settings, "stopped by an event")
    partial = delivered(work, settings, "failed")
    reason, remedy = _REASONS.get(
        status,
        (
            f"{settings.most_steps} steps were not enough",
            "raise most_steps, or use the implicit pair if the equations are stiff",
        ),
    )
    raise SimulationError(
        f"Expected a run to {span[1]:g} s, got a run that stopped at {partial.end:g} s after "
        f"{partial.counts}: {reason}; {remedy}.",
        partial,
    )


def checked(
    model: DelayModel,
    y0: ArrayLike,
    span: tuple[float, float],
    p: ArrayLike,
    delays: Sequence[float] | None,
    settings: Settings,
) -> tuple[np.ndarray, tuple[float, float], np.ndarray, np.ndarray]:
    """Start state, span, parameters and constant delays as arrays that fit the model."""
    state = np.array(y0, dtype=float, ndmin=1)
    parameters = np.array(p, dtype=float, ndmin=1)
    if state.ndim != 1 or state.size == 0 or not np.all(np.isfinite(state)):
        raise ParameterError(
            f"Expected one finite number for each state at the start, got shape {state.shape} "
            f"and values {state.ravel()[:4]}; give a vector."
        )
    if parameters.ndim != 1 or not np.all(np.isfinite(parameters)):
        raise ParameterError(
            f"Expected p as a vector of finite numbers, got shape {parameters.shape}; put the "
            "parameters in one row."
        )
    start, end = (float(t) for t in span)
    if not (np.isfinite(start) and np.isfinite(end) and end > start):
        raise ParameterError(
            f"Expected a finite end after a finite start, got {start:g} to {end:g} s; give "
            "(start, end)."
        )
    lags = checked_delays(model.delays if delays is None else delays)
    if lags.size != len(model.delays):
        raise ParameterError(
            f"Expected {len(model.delays)} delays for this model, got {lags.size}; give each "
            "delay that the right-hand side reads."
        )
    if model.reads is not None and not all(0 <= r < state.size for r in model.reads):
        raise ParameterError(
            f"Expected `reads` with indices from 0 to {state.size - 1}, got {model.reads} in a "
            f"model of {state.size} states; correct `reads`."
        )
    if np.size(settings.atol) not in (1, state.size):
        raise ParameterError(
            f"Expected atol as one value or one for each of {state.size} states, got "
            f"{np.size(settings.atol)} values; give one of the two."
        )
    if settings.method == "implicit" and model.jacobian is None:
        raise ParameterError(
            "Expected a model with a Jacobian for the implicit pair, got one without; give "
            "DelayModel(jacobian=...), or use the explicit pair."
        )
    if settings.method == "rosenbrock" and model.jacobian is None and model.linear is None:
        raise ParameterError(
            "Expected a model with a Jacobian or its own linear algebra for the Rosenbrock "
            "pair, got one without; give DelayModel(jacobian=...) or DelayModel(linear=...), "
            "or use the explicit pair."
        )
    return state, (start, end), parameters, lags


def echo_history(work: Workspace, history: History) -> None:
    """Insert breaking points of an earlier trajectory that return one delay later in this run."""
    from panjabi.delay.integrate.breaking_points import insert_break

    options, progress = work.run.equations.options, work.run.equations.progress
    for point in getattr(history, "breaking_points", ()):
        for lag in work.run.problem.lags[: options.constant]:
            when = point.time + lag
            if lag > 0.0 and when > options.start:
                insert_break(when, point.order + 1, work.run.breaks.ahead, options, progress)


def delivered(work: Workspace, settings: Settings, outcome: Outcome) -> Trajectory:
    """The trajectory in a workspace."""
    equations, breaking, done = work.run.equations, work.run.breaks.met, work.progress
    met = min(done.met, breaking.size)
    trajectory = Trajectory(
        times=equations.times[: done.count + 1],
        coef=equations.coef[: done.count],
        first=work.past.pieces,
        outcome=outcome,
        tolerance=settings.rtol,
        counts=Counts(
            steps=done.steps,
            rejected=done.rejected,
            evaluations=done.evaluations,
            sweeps=done.sweeps,
            jacobians=done.jacobians,
            breaking_points_dropped=done.dropped,
        ),
        break_times=breaking["time"][:met].copy(),
        break_orders=breaking["order"][:met].copy(),
        tracked_order=settings.track,
    )
    events = work.run.events
    noted = min(done.events, events.times.size)
    happened = sorted(
        zip(events.times[:noted].tolist(), events.numbers[:noted].tolist(), strict=True)
    )
    occurrences = tuple(
        Occurrence(work.model.events[e].name, t, trajectory.at(min(t, trajectory.end)))
        for t, e in happened
    )
    object.__setattr__(trajectory, "events", occurrences)
    return trajectory


def _bar(span: tuple[float, float], progress: bool) -> Any:
    if not progress:
        return None
    from tqdm import tqdm

    return tqdm(total=span[1] - span[0], unit="s", desc="simulated", leave=False)
