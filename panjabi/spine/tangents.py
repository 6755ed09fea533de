"""Stiffness of a spine at constant commands: slow, where all states have settled, or fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.spine.derivatives import jacobian
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import tensions

Floats = NDArray[np.float64]


def tangent(
    model: Spine,
    y: Floats,
    *,
    which: Literal["slow", "fast"],
    applied: Sequence[Perturbation] = (),
) -> Floats:
    """-d force / d q (n, n) at a state of rest y (size,), other states eliminated [N m/rad].

    A Schur complement of the exact `jacobian`, at constant activations and without reflexes.
    Fibres and tendons have settled. "slow": all inner states are at rest, so that Maxwell branches,
    friction and short-range forces have relaxed. "fast": these follow their strain without
    relaxing, so that friction is a spring. A stretch lasts then longer than a fibre needs to settle
    and shorter than the relaxation time of the short-range force.

    applied : constant external forces, which keep their directions.

    Raises
    ------
    ParameterError
        For another name, or a state with rates.
    """
    if which not in ("slow", "fast"):
        raise ParameterError(f"Expected which as 'slow' or 'fast', got {which!r}; choose one.")
    part, n = model.slices, len(model.free)
    if np.any(y[part["rate"]]):
        raise ParameterError(
            "Expected a state of rest, got rates that are not zero; give for example "
            "equilibrium(model).state."
        )
    derivatives = jacobian(
        model, y, applied=applied, friction="stuck" if which == "fast" else "relaxed"
    )
    now, q, rate = derivatives.now, part["q"], part["rate"]
    by = np.linalg.solve(derivatives.inputs[rate], now[rate])  # of the generalised force
    fixed = np.zeros(model.size, bool)
    for name in ("q", "rate", "activation", "receptor", "afferent"):
        fixed[part[name]] = True
    inner = np.flatnonzero(derivatives.moving & ~fixed)
    rows = now - derivatives.inertial @ now[rate]
    if which == "fast":
        _follow(model, y, rows)
    held, still = y[q], np.zeros(n)  # without the inertia of a state that is not in equilibrium
    moving = derivatives.rate[rate]
    accelerated = model.dynamics.linearised(held, still, moving).by_q
    by[:, q] += accelerated - model.dynamics.linearised(held, still, still).by_q
    if model.compression_time is not None and model.pressed:
        with_it, without = (
            model.joint_forces.slopes(held, still, a, tensions(model, y), []).by_q
            for a in (moving, still)
        )
        rows[part["compression"], q] += (without - with_it) / model.compression_time.si
    moved = np.linalg.solve(rows[np.ix_(inner, inner)], -rows[inner, q])
    return -(by[:, q] + by[:, inner] @ moved).reshape(n, n)


def _follow(model: Spine, y: Floats, rows: Floats) -> None:
    """Write 0 = strain - state instead of the rates of relaxing states, in place."""
    part = model.slices
    for name in ("joints", "short_range"):
        own = np.arange(part[name].start, part[name].stop)
        strain = rows[own, part["rate"]]  # of branches and fibres that follow the coordinates
        rows[own] = 0.0
        rows[own, part["q"]] = strain
        rows[own, own] = -1.0
    if model.muscles is not None and part["short_range"].start < part["short_range"].stop:
        units = model.muscles.units  # behind an elastic tendon the force follows the fibre state
        strength = y[part["activation"]] * units.curves.active(y[part["fibre"]])[0]
        fibre = np.arange(part["fibre"].start, part["fibre"].stop)
        rows[own, fibre] = np.where(units.units.elastic, units.units.gamma * strength, 0.0)
