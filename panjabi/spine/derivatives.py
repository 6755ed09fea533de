"""Exact derivatives of a spine model's right-hand side, for linear analysis.

With respect to the present and to the delayed state. They combine the derivatives of the parts:
`Dynamics.linearised`, tangents of the units, slopes of muscles and receptors, and `derivatives` of
further elements (`panjabi.elements`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from panjabi.active.activation import activation_rate
from panjabi.active.slope_kernels import (
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
from panjabi.elements import derivatives
from panjabi.errors import ParameterError
from panjabi.neural.loop_kernels import (
    ANGLES,
    COMPRESSION,
    HEAD,
    MUSCLE,
    connected,
    loop_work,
    sensed_from_rest,
    sum_moments,
)
from panjabi.neural.receptor_kernels import INPUTS, STATES, STRETCH, receptor_slopes
from panjabi.neural.smooth_kernels import limited, saturated
from panjabi.passive.kernels import relaxation
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import MomentPulse, Perturbation, direction_of, point_of
from panjabi.spine.rhs_plain import (
    arrived,
    drives,
    elements_of,
    excited_muscles,
    pushes,
    reference_rhs,
    size_of,
    tensions,
)
from panjabi.spine.signals import SignalSlopes, signal_derivatives, signal_slopes

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
    inertial: Floats  # the part of `rate` by the accelerations (size, n): of the compressions
    commands: Floats  # by the command of each muscle before saturation (size, nm)
    senses: Floats  # by an error of what each afferent senses (size, loops), as sensory noise is

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

    delayed : (delays, reads) delayed states; by default the present ones.
    friction : "exact" derivatives of the friction states; or without these states, friction as a
        spring ("stuck"), as the secant of its loop at an amplitude [rad] (a number: "sliding"), or
        without moment ("relaxed").

    Raises
    ------
    ParameterError
        For another name, or an amplitude that is not above 0.
    """
    if not (friction in MODES if isinstance(friction, str) else 0.0 < friction < np.inf):
        raise ParameterError(
            f"Expected friction as {', '.join(MODES)} or an amplitude above 0 rad, got "
            f"{friction!r}; give for example 0.02."
        )
    part, n = model.slices, len(model.free)
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
    by_late = [np.zeros((n, model.size)) for _ in model.delays]
    sensed, tension = signal_slopes(model, y), tensions(model, y)
    if model.muscles is not None:
        _muscles(model, y, sensed, tension, by, now)
    drive = _Drive(model, y, delayed)
    senses = _loops(model, y, delayed, sensed, now, by_late, drive)
    _elements(model, y, delayed, by, now, by_late, late, drive)
    commands = drive.add(now, late)
    for matrix, forces in zip(late, by_late, strict=True):
        matrix[part["rate"]] = np.linalg.solve(motion.mass, forces)
    now[part["rate"]] = np.linalg.solve(motion.mass, by)
    inputs, inertial = np.zeros((2, model.size, n))
    inputs[part["rate"]] = np.linalg.inv(motion.mass)
    if model.compression_time is not None and model.pressed:
        found = model.joint_forces.slopes(
            q, rate, out[part["rate"]], tension, pushes(model, t, applied)
        )
        time = model.compression_time.si
        inertial[part["compression"]] = found.by_acceleration / time
        for matrix in (now, *late, inputs):  # only the compressions follow the accelerations
            matrix[part["compression"]] += inertial[part["compression"]] @ matrix[part["rate"]]
        now[part["compression"]] += found.by_tension @ sensed.tension / time
        now[part["compression"], part["q"]] += found.by_q / time
        now[part["compression"], part["rate"]] += found.by_rate / time
        now[part["compression"], part["compression"]] -= np.eye(len(model.pressed)) / time
    return SpineJacobian(out, now, late, inputs, inertial, commands, senses)


def static_stiffness(model: Spine, found: SpineJacobian) -> Floats:
    """Stiffness at infinitely slow motion, with reflexes and compression, (n, n) [N m/rad].

    All other states follow the coordinates, which a force holds without acceleration. The matrix is
    not symmetric where compression changes moments. An eigenvalue with a negative real part means
    that the equilibrium is unstable; an instability by delays alone is not seen.
    """
    part = model.slices
    q, rate = part["q"], part["rate"]
    moved: Floats = found.now + sum(found.late, np.zeros_like(found.now))
    A: Floats = moved - found.inertial @ moved[rate]
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
    model: Spine, y: Floats, sensed: SignalSlopes, tension: Floats, by: Floats, now: Floats
) -> None:
    """Tensions, fibres and short-range forces; what excites the muscles is added by `_Drive`."""
    assert model.muscles is not None
    part, muscles, units = model.slices, model.muscles.muscles, model.muscles.units
    activation, fibre, short = (y[part[k]] for k in ("activation", "fibre", "short_range"))
    pose = muscles.pose(y[part["q"]])
    geometry = muscles.geometry(pose)
    slope, speed = geometry.slope, geometry.slope @ y[part["rate"]]
    by -= slope.T @ sensed.tension
    by[:, part["q"]] -= muscles.tension_curvature(pose, tension)
    s = np.empty((len(muscles), SLOPES))
    muscle_slopes(units.units, activation, fibre, short, geometry.length, speed, s)
    every = np.arange(len(muscles))
    a0, f0, s0 = (part[k].start for k in ("activation", "fibre", "short_range"))
    now[f0 + every, f0 + every] = s[:, RATE_FIBRE]
    now[f0 + every, a0 + every] = s[:, RATE_ACTIVATION]
    now[part["fibre"], part["q"]] = s[:, [RATE_LENGTH]] * slope
    if short.size:
        now[f0 + every, s0 + every] = s[:, RATE_SHORT]
        now[part["short_range"]] = (
            s[:, [SHORT_LENGTH]] * sensed.length + s[:, [SHORT_SPEED]] * sensed.speed
        )
        for first, k in ((a0, SHORT_ACTIVATION), (f0, SHORT_FIBRE), (s0, SHORT_SHORT)):
            now[s0 + every, first + every] = s[:, k]


class _Drive:
    """Slopes of the commands before saturation, in the present and in the delayed states."""

    def __init__(self, model: Spine, y: Floats, delayed: Floats | None) -> None:
        shape = (model.muscle_count, model.size)
        self.model, self.y, self.delayed = model, y, delayed
        self.now = np.zeros(shape)
        self.late = [np.zeros(shape) for _ in model.delays]

    def add(self, now: Floats, late: Sequence[Floats]) -> Floats:
        """Rows of the activations, from the slopes of the commands; slopes by the commands."""
        model, part = self.model, self.model.slices
        by_command = np.zeros((model.size, model.muscle_count))
        if model.muscles is None:
            return by_command
        width = model.drive_width.si
        commands = drives(model, self.y, self.delayed)
        u, bend = np.array([saturated.py_func(x, width) for x in commands]).T
        constants, activation = model.muscles.units.activation.constants, self.y[part["activation"]]
        slopes = np.array(
            [activation_rate(*constants, v, a)[1:] for v, a in zip(u, activation, strict=True)]
        )
        rows = part["activation"].start + np.arange(model.muscle_count)
        now[rows, rows] += slopes[:, 0]
        factor = (slopes[:, 1] * bend)[:, None]
        now[rows] += factor * self.now
        for matrix, drive in zip(late, self.late, strict=True):
            matrix[rows] += factor * drive
        by_command[rows, np.arange(model.muscle_count)] = factor[:, 0]
        return by_command


def _loops(
    model: Spine,
    y: Floats,
    delayed: Floats | None,
    rows: SignalSlopes,
    now: Floats,
    by_late: Sequence[Floats],
    drive: _Drive,
) -> Floats:
    """Receptors and afferents, and what arrives from them; slopes by an error of what is sensed."""
    part, loops = model.slices, model.loops
    a, data, work = loops.afferents, loops.receptors, loop_work(loops).receptor
    sensed, errors = model.signals(y), np.zeros((model.size, len(a.source)))
    if not len(a.source):
        return errors
    own = y[part["receptor"]]
    z0, s0 = part["receptor"].start, part["afferent"].start
    for k in range(len(a.source)):
        x, v, f = (np.zeros(model.size) for _ in range(3))
        if a.source[k] == MUSCLE:
            m = a.index[k]
            x, v = rows.length[m] / a.length[k], rows.speed[m] / a.length[k]
            f = rows.tension[m] / a.force[k]
        elif a.source[k] == HEAD:
            v = a.weight[k] @ rows.head
        elif a.source[k] == COMPRESSION:
            f = rows.compression[a.index[k]] / a.force[k]
        elif a.source[k] == ANGLES:
            free = a.place[k] >= 0
            x[part["q"].start + a.place[k][free]] = a.weight[k][free]
            v[part["rate"].start + a.place[k][free]] = a.weight[k][free]
        first, last = int(data.first[k]), int(data.first[k + 1])
        states = slice(z0 + first, z0 + last)
        S = np.zeros((1 + STATES, INPUTS))
        receptor_slopes(k, *sensed_from_rest(k, a, sensed), own[first:last].copy(), data, work, S)
        block = S[: 1 + last - first, :3] @ np.stack([x, v, f])
        block[:, states] += S[: 1 + last - first, 3 : 3 + last - first]
        now[states] = block[1:]
        errors[states, k] = S[1 : 1 + last - first, 0]
        errors[s0 + k, k] = S[0, 0] / a.filter_time[k]
        if a.source[k] == HEAD:
            errors[states, k], errors[s0 + k, k] = 0.0, data.gain[k, STRETCH] / a.filter_time[k]
        block[0, s0 + k] -= 1.0
        now[s0 + k] = block[0] / a.filter_time[k]
    c = loops.connections
    present = np.tile(y[list(model.reads)], (len(model.delays), 1))
    past = present if delayed is None else delayed
    moment = np.zeros(len(model.free))
    sum_moments(past, c, moment)
    for k in range(len(c.afferent)):
        which = c.delay[k]
        slope = connected(float(past[which, c.afferent[k]]), c, k)[1]
        if c.muscle[k] >= 0:
            drive.late[which][c.muscle[k], s0 + c.afferent[k]] += slope
        else:
            at = c.coordinate[k]
            slope *= limited(float(moment[at]), float(loops.largest[at]))[1]
            by_late[which][at, s0 + c.afferent[k]] -= slope
    return errors


def _elements(
    model: Spine,
    y: Floats,
    delayed: Floats | None,
    by: Floats,
    now: Floats,
    by_late: Sequence[Floats],
    late: Sequence[Floats],
    drive: _Drive,
) -> None:
    """Elements that a user added, through their `derivatives`."""
    part = model.slices
    q, rate = y[part["q"]], y[part["rate"]]
    for element, states in elements_of(model):
        x, speed = model.seen_by(element, q, rate)
        place = model.place_of(element.coordinates)
        free, n, m = place >= 0, len(place), element.states
        values = arrived(model, y, delayed, element)
        by_x, by_speed, by_state, by_signal = derivatives(element, x, speed, y[states], values)
        present = np.zeros((by_x.shape[0], model.size))
        present[:, part["q"].start + place[free]] = by_x[:, free]
        present[:, part["rate"].start + place[free]] += by_speed[:, free]
        present[:, states] += by_state
        blocks = [(present, by, now, drive.now)]
        for delay in sorted({s.delay for s in element.signals}):
            chosen = [i for i, s in enumerate(element.signals) if s.delay == delay]
            state, which = y, -1
            if delay > 0.0:
                which = model.delays.index(delay)
                if delayed is not None:
                    state = y.copy()
                    state[list(model.reads)] = delayed[which]
            slopes = by_signal[:, chosen] @ signal_derivatives(
                model, state, [element.signals[i] for i in chosen]
            )
            if which < 0:
                present += slopes
            else:
                blocks.append((slopes, by_late[which], late[which], drive.late[which]))
        muscles = excited_muscles(model, element)
        for block, forces, rates, commands in blocks:
            np.add.at(forces, place[free], block[:n][free])
            rates[states] += block[n : n + m]
            np.add.at(commands, muscles, block[n + m :])
