"""Runs of a spine model: from equilibrium, through perturbations, to a record of named channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from panjabi.active.muscle_kernels import most_strained
from panjabi.body.tree import Floats
from panjabi.delay.integrate.adaptive import solve
from panjabi.delay.integrate.model import DelayModel, Event
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ParameterError
from panjabi.neural.feedforward import Commands
from panjabi.simulation.python_elements import PythonElements
from panjabi.simulation.record import BALANCE, FAILED, SpineRecord
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise, noise_paths
from panjabi.spine.packing import NEVER, pack, read_spine
from panjabi.spine.perturbation import KINDS, Perturbation, breaks_of
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import spine_linear
from panjabi.tissue._base import require

STANDARD = Settings(rtol=1e-4, atol=1e-5, method="rosenbrock", track=1)
"""Default settings of a run.

Breaking points beyond the first order are smooth enough for a method of order 3, because receptor
and activation filter them.
"""

RATE_TOLERANCE = 10.0
"""Absolute tolerance of rates over that of angles in a run with noise [1/s], about 1.6 Hz.

An error v of the rates in a mode of frequency f [rad/s] moves angles by v / f. At equal tolerances
the corners of the noise in the fast, overdamped modes of vertebrae between stiff discs would set
the length of the steps: these modes turn by 0.1 mrad, but at 0.1 rad/s.
"""


def simulate(
    model: Spine | Equilibrium,
    perturbation: Perturbation | Sequence[Perturbation] = (),
    solver: Settings | None = None,
    *,
    duration: float = 1.0,
    commands: Commands | None = None,
    noise: SpineNoise | None = None,
    start: ArrayLike | None = None,
    progress: bool = False,
    extrapolate: bool = False,
) -> SpineRecord:
    """Record of a run from 0 to `duration` [s].

    Parameters
    ----------
    model : a model, whose equilibrium under the forces before the perturbation is computed first,
        or an `Equilibrium`, which is used unchanged.
    solver : settings, `STANDARD` by default. With noise one value of atol is multiplied by
        `RATE_TOLERANCE` for the rates.
    commands : commands of muscles over time, from 0 on in place of the constant commands of the
        equilibrium, to which reflexes add; other muscles keep theirs.
    noise : motor, sensory and process noise, whose paths follow from its seed.
    start : another initial state (size,); the history before it is the equilibrium.
    progress : show a progress bar.
    extrapolate : go on after a unit or a tendon has failed, and only record the event.

    A run ends early when a coordinate is further than `LOST` from its start, or when a unit reaches
    its angle of failure or a tendon its strain of failure; the record then names the structure that
    fails.

    The record says so if its equilibrium has a direction without stiffness (`start_stiffness`,
    `events`). Reflexes can also make it unstable by their delays: `panjabi.verdict(model,
    pushes=False, margins=False)` shows both.

    Raises
    ------
    ConvergenceError
        If no equilibrium is found, or the solver cannot continue (a `SimulationError`).
    ParameterError
        If an argument does not fit the model.
    """
    argument: Any = perturbation
    single = isinstance(perturbation, str) or not np.iterable(perturbation)
    perturbations: tuple[Any, ...] = (argument,) if single else tuple(argument)
    for item in perturbations:
        if not isinstance(item, KINDS):
            raise ParameterError(
                f"Expected a perturbation ({', '.join(k.__name__ for k in KINDS)}), got "
                f"{item!r}; make one of these."
            )
    if not isinstance(model, (Spine, Equilibrium)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(
            f"Expected a Spine or an Equilibrium, got {type(model).__name__}; make one with "
            "spine_model."
        )
    options: Any = (
        ("solver", solver, Settings), ("commands", commands, Commands), ("noise", noise, SpineNoise)
    )  # fmt: skip
    for name, value, kind in options:
        if not (value is None or isinstance(value, kind)):
            raise ParameterError(
                f"Expected {name} as {kind.__name__}, got {value!r}; make one with "
                f"{kind.__module__.rpartition('.')[0]}.{kind.__name__}(...)."
            )
    require("simulate", "duration", duration, unit="s", above=0.0,
            advice="Give the length of the run.")  # fmt: skip
    rest = model if isinstance(model, Equilibrium) else equilibrium(model, applied=perturbations)
    spine = rest.model
    state = rest.state if start is None else np.array(start, float)
    if state.shape != (spine.size,):
        raise ParameterError(
            f"Expected a start of shape ({spine.size},), one number for each state, got shape "
            f"{state.shape}; take `state_at` of the model and change it."
        )
    settings = STANDARD if solver is None else solver
    paths = None if noise is None else noise_paths(spine, noise, float(duration))
    jumps = () if commands is None else commands.breaks
    python_elements = PythonElements(spine, commands) if spine.in_python else None
    call = 0 if python_elements is None else python_elements.address
    p = pack(spine, perturbations, state[: len(spine.free)], commands, paths, call)
    try:
        trajectory = solve(
            delay_model(spine, extrapolate=extrapolate),
            state,
            (0.0, float(duration)),
            p=p,
            history=rest.state,
            breaks=sorted({*breaks_of(perturbations), *jumps}),
            kinks=() if paths is None else paths.kinks,
            settings=settings if noise is None else _with_noise(settings, spine),
            progress=progress,
        )
    except Exception:
        if python_elements is not None and python_elements.error is not None:
            raise python_elements.error from None
        raise
    return SpineRecord(spine, perturbations, settings, trajectory, float(duration), commands, noise)


def _with_noise(settings: Settings, spine: Spine) -> Settings:
    """The same settings with an absolute tolerance for each state, wider for rates."""
    if np.size(settings.atol) > 1:
        return settings
    atol = np.full(spine.size, settings.atol)
    atol[spine.slices["rate"]] *= RATE_TOLERANCE
    return replace(settings, atol=atol)


def rerun(record: SpineRecord) -> SpineRecord:
    """The same run again, from the same state."""
    run, rest = record.trajectory, record.rest
    beyond = any(e.name == FAILED and e.time < run.end for e in run.events)
    return simulate(
        rest, record.perturbations, record.solver, duration=record.duration,
        commands=record.commands, noise=record.noise, start=run.state[0], extrapolate=beyond,
    )  # fmt: skip


def delay_model(model: Spine, *, extrapolate: bool = False) -> DelayModel:
    """The spine model for the solver; nothing is compiled for one model.

    With `extrapolate` the failure of a unit or a tendon does not end the run.
    """
    failure = Event(FAILED, "record" if extrapolate else "stop", -1)
    return DelayModel(
        rhs=spine_rhs,
        linear=spine_linear,
        delays=model.delays,
        reads=model.reads,
        event=ends_of_run,
        events=(Event(BALANCE, "stop", -1), failure, failure),
    )


@njit(cache=True, nogil=True)
def ends_of_run(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
    """Distances of the coordinates from lost balance, of units and of tendons from failure.

    In rad, and in strain for the tendons.
    """
    data = read_spine(p)
    limits, where = data.limits, data.joints.place
    furthest = 0.0
    for k in range(data.n):
        furthest = max(furthest, abs(y[k] - limits.start[k]))
    out[0] = limits.distance - furthest
    nearest = NEVER
    for j in range(where.shape[0]):
        for i in range(3):
            if where[j, i] >= 0:
                x = y[where[j, i]]
                nearest = min(nearest, limits.failure[j, i, 0] + x, limits.failure[j, i, 1] - x)
    out[1] = nearest
    fibre = y[data.start.fibre : data.start.short_range]
    out[2] = limits.tendon_strain - most_strained(
        data.muscles, y[: data.n], fibre, data.work.muscles
    )
