"""Exact derivatives of a spine model's right-hand side, for linear analysis.

With respect to the present state and to the delayed receptors. They combine the derivatives of the
parts: `Dynamics.linearised`, tangents of the units, slopes of the muscles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from panjabi.active.activation import activation_rate
from panjabi.active.slope_kernels import (
    FORCE_ACTIVATION,
    FORCE_FIBRE,
    FORCE_LENGTH,
    FORCE_SHORT,
    FORCE_SPEED,
    RATE_ACTIVATION,
    RATE_FIBRE,
    RATE_LENGTH,
    RATE_SHORT,
    SHORT_ACTIVATION,
    SHORT_FIBRE,
    SHORT_LENGTH,
    SHORT_SHORT,
    SHORT_SPEED,
    SLOPES,
    muscle_slopes,
)
from panjabi.errors import ParameterError
from panjabi.neural.command import command
from panjabi.neural.smooth_kernels import saturated
from panjabi.passive.kernels import relaxation
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import MomentPulse, Perturbation, direction_of, point_of
from panjabi.spine.rhs_plain import NOTHING, pushes, reference_rhs, size_of, tensions

Floats = NDArray[np.float64]

Friction = Literal["exact", "stuck", "relaxed"] | float
MODES = ("exact", "stuck", "relaxed")

STILL = 1e-4
"""Largest rate of any state at an equilibrium [1/s, rad/s2, N/s]."""


@dataclass(frozen=True, eq=False, repr=False)
class SpineJacobian(ShortRepr):
    """Derivatives at one state."""

    rate: Floats  # right-hand side there (size,)
    now: Floats  # by the present state (size, size)
    late: tuple[Floats, ...]  # by the state one delay ago, for every delay (size, size)
    inputs: Floats  # by a generalised force on each free coordinate (size, n)

    @property
    def moving(self) -> NDArray[np.bool_]:
        """States whose rate depends on any state, (size,); the others are constant."""
        return np.any([np.any(A, axis=1) for A in (self.now, *self.late)], axis=0)


def jacobian(
    model: Spine,
    y: Floats,
    delayed: Floats | None = None,
    *,
    t: float = 0.0,
    applied: Sequence[Perturbation] = (),
    friction: Friction = "exact",
) -> SpineJacobian:
    """Exact derivatives at a state y (size,).

    delayed : (delays, loops) delayed receptors; by default the present ones.
    friction : "exact" derivatives of the friction states; or without these states, friction as a
        spring ("stuck"), as the secant of its loop at an amplitude [rad] (a number: "sliding"), or
        without moment ("relaxed").

    Raises
    ------
    ParameterError
        If the model has further elements with internal states: an element provides its tangent, but
        not the derivatives of its states. For another name, or an amplitude that is not above 0.
    """
    if not (friction in MODES if isinstance(friction, str) else 0.0 < friction < np.inf):
        raise ParameterError(
            f"Expected friction as {', '.join(MODES)} or an amplitude above 0 rad, got "
            f"{friction!r}; give for example 0.02."
        )
    part, n = model.slices, len(model.free)
    for element in model.elements:
        if element.states:
            raise ParameterError(
                f"Expected elements without internal states, got {type(element).__name__} with "
                f"{element.states}, whose derivatives an element does not provide; linearise "
                "without it, or take differences of reference_rhs."
            )
    q, rate = y[part["q"]], y[part["rate"]]
    out = reference_rhs(model, t, y, delayed, applied)
    motion = model.dynamics.linearised(q, rate, out[part["rate"]])
    by = np.zeros((n, model.size))  # derivative of the generalised force, minus that of inertia
    by[:, part["q"]] = -motion.by_q + _applied_slope(model, t, q, applied)
    by[:, part["rate"]] = -motion.by_qd
    now = np.zeros((model.size, model.size))
    late = tuple(np.zeros((model.size, model.size)) for _ in model.delays)
    now[part["q"], part["rate"]] = np.eye(n)
    _joints(model, y, by, now, friction)
    tension_by = np.zeros((model.muscle_count, model.size))
    if model.muscles is not None:
        _muscles(model, y, delayed, by, now, late, tension_by)
    for element in model.elements:
        x, speed = model.seen_by(element, q, rate)
        place = model.place_of(element.coordinates)
        free = place >= 0
        K = np.asarray(element.tangent(x, speed, NOTHING, NOTHING))[np.ix_(free, free)]
        by[np.ix_(place[free], place[free])] -= K
    now[part["rate"]] = np.linalg.solve(motion.mass, by)
    inputs = np.zeros((model.size, n))
    inputs[part["rate"]] = np.linalg.inv(motion.mass)
    if model.compression_time is not None and model.pressed:
        found = model.joint_forces.slopes(
            q, rate, out[part["rate"]], tensions(model, y), pushes(model, t, applied)
        )
        time = model.compression_time.si
        for matrix in (now, *late, inputs):
            matrix[part["compression"]] = found.by_acceleration @ matrix[part["rate"]] / time
        now[part["compression"]] += found.by_tension @ tension_by / time
        now[part["compression"], part["q"]] += found.by_q / time
        now[part["compression"], part["rate"]] += found.by_rate / time
        now[part["compression"], part["compression"]] -= np.eye(len(model.pressed)) / time
    return SpineJacobian(out, now, late, inputs)


def static_stiffness(model: Spine, found: SpineJacobian) -> Floats:
    """Stiffness at infinitely slow motion, with reflexes and compression, (n, n) [N m/rad].

    All other states follow the coordinates. The matrix is not symmetric where compression changes
    moments. An eigenvalue with a negative real part means that the equilibrium is unstable; an
    instability by delays alone is not seen.
    """
    part = model.slices
    A: Floats = found.now + sum(found.late, np.zeros_like(found.now))
    q, rate = part["q"], part["rate"]
    inner = np.flatnonzero(found.moving)
    inner = inner[inner >= rate.stop]
    follow = cast(Floats, np.linalg.solve(A[np.ix_(inner, inner)], A[inner, q]))
    forces = A[rate, q] - A[rate][:, inner] @ follow
    return -cast(Floats, np.linalg.solve(found.inputs[rate], forces))


def _applied_slope(model: Spine, t: float, q: Floats, applied: Sequence[Perturbation]) -> Floats:
    """d external force / d q (n, n): the points move, the forces keep their direction."""
    slope = np.zeros((len(model.free), len(model.free)))
    for perturbation in applied:
        if isinstance(perturbation, MomentPulse):
            continue
        size = size_of(perturbation, t)
        if size:
            D = model.dynamics.second_derivatives(
                q, perturbation.body, point_of(model.body, perturbation)
            )
            slope += size * np.einsum("i,inm->nm", direction_of(perturbation), D)
    return slope


def _joints(model: Spine, y: Floats, by: Floats, now: Floats, friction: Friction) -> None:
    part, at = model.slices, model.slices["joints"].start
    q = y[part["q"]]
    inputs = model.joint_inputs(y[part["compression"]])
    pressed = dict(zip(model.pressed, range(part["compression"].start, model.size), strict=False))
    for number, joint in enumerate(model.joints):
        x, _ = model.seen_by(joint, q, np.zeros_like(q))
        place = model.place_of(joint.coordinates)
        law = joint.law(x, inputs[number])
        K, stiffness = law.tangent, law.factor * joint.unit.springs
        if number in pressed:
            states = y[at : at + joint.states]
            if friction != "exact":
                states = states * (np.stack(joint.unit.hysteresis.decay)[2].ravel() == 0.0)
            slope = joint.force_by_compression(x, states, inputs[number])
            by[place[place >= 0], pressed[number]] += slope[place >= 0]
        count = joint.unit.hysteresis.count
        decay = np.stack(joint.unit.hysteresis.decay, axis=-1)
        for i, k in enumerate(place):
            for b in range(count):
                s = at + i * count + b
                time, size, power = decay[i, b]
                if power and friction != "exact":
                    if k >= 0:
                        spring = stiffness[i, b] * _secant(friction, size)
                        by[k, part["q"].start + k] -= spring
                    continue
                now[s, s] = -relaxation(float(y[s]), time, size, power)[1]
                if k >= 0:
                    now[s, part["rate"].start + k] = 1.0
                    by[k, s] -= stiffness[i, b]
            if k >= 0:
                by[k, part["rate"].start + k] -= joint.unit.hysteresis.damping[i]
                for j, other in enumerate(place):
                    if other >= 0:
                        by[k, part["q"].start + other] -= K[i, j]
        at += joint.states


def _secant(friction: Friction, size: float) -> float:
    """Stiffness of a friction element over that of its spring [1]."""
    if isinstance(friction, str):
        return 1.0 if friction == "stuck" else 0.0
    return min(1.0, size / friction)


def _muscles(
    model: Spine,
    y: Floats,
    delayed: Floats | None,
    by: Floats,
    now: Floats,
    late: tuple[Floats, ...],
    tension_by: Floats,
) -> None:
    assert model.muscles is not None
    part, loops = model.slices, model.reflexes
    muscles, units = model.muscles.muscles, model.muscles.units
    q, rate = y[part["q"]], y[part["rate"]]
    activation, fibre, short = (y[part[k]] for k in ("activation", "fibre", "short_range"))
    pose = muscles.pose(q)
    geometry = muscles.geometry(pose)
    slope, speed = geometry.slope, geometry.slope @ rate
    turning = muscles.curvature(pose) @ rate if np.any(rate) else np.zeros_like(slope)
    tension = model.muscle_rates(y)[1].force
    s = np.empty((len(muscles), SLOPES))
    muscle_slopes(units.units, activation, fibre, short, geometry.length, speed, s)
    column = {k: s[:, k][:, None] for k in range(SLOPES)}
    force_q = column[FORCE_LENGTH] * slope + column[FORCE_SPEED] * turning
    force_rate = column[FORCE_SPEED] * slope
    by[:, part["q"]] -= slope.T @ force_q + muscles.tension_curvature(pose, tension)
    by[:, part["rate"]] -= slope.T @ force_rate
    by[:, part["activation"]] -= slope.T * s[:, FORCE_ACTIVATION]
    by[:, part["fibre"]] -= slope.T * s[:, FORCE_FIBRE]
    if short.size:
        by[:, part["short_range"]] -= slope.T * s[:, FORCE_SHORT]
    every = np.arange(len(muscles))
    a0, f0 = part["activation"].start, part["fibre"].start
    tension_by[:, part["q"]], tension_by[:, part["rate"]] = force_q, force_rate
    tension_by[every, a0 + every] = s[:, FORCE_ACTIVATION]
    tension_by[every, f0 + every] = s[:, FORCE_FIBRE]
    now[f0 + every, f0 + every] = s[:, RATE_FIBRE]
    now[f0 + every, a0 + every] = s[:, RATE_ACTIVATION]
    now[part["fibre"], part["q"]] = column[RATE_LENGTH] * slope
    if short.size:
        s0, along = part["short_range"].start, part["short_range"]
        tension_by[every, s0 + every] = s[:, FORCE_SHORT]
        now[f0 + every, s0 + every] = s[:, RATE_SHORT]
        now[along, part["q"]] = column[SHORT_LENGTH] * slope + column[SHORT_SPEED] * turning
        now[along, part["rate"]] = column[SHORT_SPEED] * slope
        for first, k in ((a0, SHORT_ACTIVATION), (f0, SHORT_FIBRE), (s0, SHORT_SHORT)):
            now[s0 + every, first + every] = s[:, k]
    commands = command(model.excitation, model.drive_width.si)
    if loops is not None:
        past = delayed
        if past is None:
            past = np.tile(y[part["receptor"]], (len(loops.delays), 1))
        np.add.at(commands, loops.target, past[loops.which_delay, np.arange(len(loops))])
    u, bend = np.array([saturated.py_func(x, model.drive_width.si) for x in commands]).T
    by_u = np.empty(len(muscles))
    for m in every:
        _, now[a0 + m, a0 + m], by_u[m] = activation_rate(
            *units.activation.constants, u[m], activation[m]
        )
    if loops is None:
        return
    r0, m = part["receptor"].start, loops.source
    every = np.arange(len(loops))
    which = loops.which_delay
    for k in every:
        late[which[k]][a0 + loops.target[k], r0 + k] = by_u[loops.target[k]] * bend[loops.target[k]]
    lopt, fmax = muscles.optimal_length[m][:, None], muscles.max_force[m][:, None]
    stretch, fast = loops.stretch_gain[:, None] / lopt, loops.rate_gain[:, None] / lopt
    pull = loops.force_gain[:, None] / fmax
    time = loops.filter_time[:, None]
    now[part["receptor"], part["q"]] = (
        stretch * slope[m] + fast * turning[m] - pull * force_q[m]
    ) / time
    now[part["receptor"], part["rate"]] = (fast * slope[m] - pull * force_rate[m]) / time
    now[r0 + every, r0 + every] = -1.0 / loops.filter_time
    now[r0 + every, f0 + m] = -(pull[:, 0] * s[m, FORCE_FIBRE]) / loops.filter_time
    now[r0 + every, a0 + m] = -(pull[:, 0] * s[m, FORCE_ACTIVATION]) / loops.filter_time
    if short.size:
        now[r0 + every, part["short_range"].start + m] = (
            -(pull[:, 0] * s[m, FORCE_SHORT]) / loops.filter_time
        )
