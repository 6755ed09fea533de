"""Runs of a spine model: from rest, through perturbations, to a record with named channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from panjabi.delay.integrate.adaptive import solve
from panjabi.delay.integrate.model import DelayModel, Event
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ParameterError
from panjabi.simulation.python_elements import ForeignElements
from panjabi.simulation.record import SpineRecord
from panjabi.spine import packing
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import KINDS, Perturbation, breaks_of
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import solver_room, spine_linear

LOST = 1.0
"""Distance of any coordinate from its start at which a run counts as lost [rad]."""

STANDARD = Settings(rtol=1e-4, atol=1e-5, method="rosenbrock", track=1)
"""Settings of a run when none are given.

Breaking points beyond the first order are smooth enough for a pair of order 3: receptor and
activation filter them.
"""


def simulate(
    model: Spine | Equilibrium,
    perturbation: Perturbation | Sequence[Perturbation] = (),
    solver: Settings | None = None,
    *,
    duration: float = 1.0,
    start: ArrayLike | None = None,
    progress: bool = False,
) -> SpineRecord:
    """A run from 0 to `duration` [s].

    Parameters
    ----------
    model : a model, which is first set to rest with what acts before the perturbation begins, or an
        `Equilibrium`, which is taken as it is.
    start : another state (size,) to begin with; before it the model rested.
    progress : show a bar.

    A run ends early where a coordinate is further than `LOST` from its start; the record then says
    that the spine has lost its balance.

    Raises
    ------
    ConvergenceError
        If the model cannot be set to rest, or the solver cannot go on (a `SimulationError`).
    ParameterError
        If what is given does not fit.
    """
    given: Any = perturbation
    acting = (given,) if isinstance(given, KINDS) else tuple(given)
    for one in acting:
        if not isinstance(one, KINDS):
            raise ParameterError(
                f"{one!r} was given as a perturbation; {', '.join(k.__name__ for k in KINDS)} are "
                "possible. Make one of these."
            )
    if not isinstance(model, (Spine, Equilibrium)):
        raise ParameterError(
            f"{type(model).__name__} was given to simulate; a Spine or an Equilibrium is "
            "possible. Make one with spine_model."
        )
    rest = model if isinstance(model, Equilibrium) else equilibrium(model, applied=acting)
    own = rest.model
    state = rest.state if start is None else np.array(start, float)
    if state.shape != (own.size,):
        raise ParameterError(
            f"a start of shape {state.shape} was given to a model of {own.size} states; one number "
            "a state is possible. Take `state_at` of the model and change it."
        )
    settings = STANDARD if solver is None else solver
    p = packing.pack(own, acting, solver_room(len(own.free), own.muscle_count))
    p = np.concatenate([p, [float(len(own.free)), LOST], state[: len(own.free)]])
    foreign = ForeignElements(own) if own.elements else None
    delayed = delay_model(own, foreign)
    try:
        trajectory = solve(
            delayed,
            state,
            (0.0, float(duration)),
            p=p,
            history=rest.state,
            breaks=breaks_of(acting),
            settings=settings,
            progress=progress,
        )
    except Exception:
        if foreign is not None and foreign.error is not None:
            raise foreign.error from None
        raise
    return SpineRecord(own, acting, settings, trajectory, float(duration))


def rerun(record: SpineRecord) -> SpineRecord:
    """The same run once more, from the same state."""
    run = record.trajectory
    before = run.coef[run.first - 1].sum(axis=0) if run.first else run.state[0]
    q = before[: len(record.model.free)]
    rest = Equilibrium(record.model, q, before, np.nan, 0)
    return simulate(
        rest, record.perturbations, record.solver, duration=record.duration, start=run.state[0]
    )


def delay_model(model: Spine, foreign: ForeignElements | None = None) -> DelayModel:
    """The spine model as the solver takes it; nothing is compiled for it alone.

    Elements written in Python are the exception: they need `foreign`, and a right-hand side of
    their own.
    """
    return DelayModel(
        rhs=spine_rhs if foreign is None else foreign.right_side(),
        linear=spine_linear,
        delays=model.delays,
        reads=model.reads,
        event=lost_balance,
        events=(Event("lost balance", "stop", -1),),
    )


@njit(cache=True, nogil=True)
def lost_balance(t, y, delayed, p, out):
    """What is left of the distance from the start at which a run counts as lost [rad].

    Behind the model p holds n, that distance, and the coordinates at the start; then one sign.
    """
    head = p[: packing.FIELDS + 1].view(np.int64)
    tail = head[packing.FIELDS]
    n = int(p[tail])
    furthest = 0.0
    for k in range(n):
        furthest = max(furthest, abs(y[k] - p[tail + 2 + k]))
    out[0] = p[tail + 1] - furthest
