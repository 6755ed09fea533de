"""Right-hand side of a spine model in plain Python, through the `ForceElement` contract alone.

Slow and easy to read: the reference for tests of the compiled right-hand side.
"""

# pyright: reportConstantRedefinition=false
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from panjabi.body.joint_force_kernels import UP
from panjabi.neural.command import command
from panjabi.neural.smooth_kernels import saturated
from panjabi.spine.joint_forces import Push
from panjabi.spine.model import Floats, Spine
from panjabi.spine.perturbation import MomentPulse, Perturbation, direction_of, point_of, wave

NOTHING = np.empty(0)


def reference_rhs(
    model: Spine,
    t: float,
    y: Floats,
    delayed: Floats | None = None,
    applied: Sequence[Perturbation] = (),
) -> Floats:
    """d y / d t (size,) of a model.

    delayed : (delays, loops) the receptors one delay ago, for every delay; by default the present
        ones.
    """
    part, out = model.slices, np.zeros(model.size)
    q, rate = y[part["q"]], y[part["rate"]]
    Q = applied_forces(model, t, q, applied)
    at = part["joints"].start
    inputs = model.joint_inputs(y[part["compression"]])
    for joint, pressed in zip(model.joints, inputs, strict=True):
        states = slice(at, at + joint.states)
        x, speed = model.seen_by(joint, q, rate)
        _add(Q, model.place_of(joint.coordinates), joint.force(x, speed, y[states], pressed))
        out[states] = joint.state_rate(x, speed, y[states], pressed)
        at += joint.states
    if model.muscles is not None:
        states = slice(part["activation"].start, part["short_range"].stop)
        u = excitations(model, y, delayed)
        Q += model.muscles.force(q, rate, y[states], u)
        out[states] = model.muscles.state_rate(q, rate, y[states], u)
        out[part["receptor"]] = _receptors(model, y)
    at = part["elements"].start
    for element in model.elements:
        states = slice(at, at + element.states)
        x, speed = model.seen_by(element, q, rate)
        _add(Q, model.place_of(element.coordinates), element.force(x, speed, y[states], NOTHING))
        out[states] = element.state_rate(x, speed, y[states], NOTHING)
        at += element.states
    out[part["q"]] = rate
    out[part["rate"]] = model.dynamics.forward(q, rate, Q)
    if model.compression_time is not None and model.pressed:
        forces = joint_loads(model, t, y, out[part["rate"]], applied)
        out[part["compression"]] = (-forces[:, UP] - y[part["compression"]]) / (
            model.compression_time.si
        )
    return out


def joint_loads(
    model: Spine,
    t: float,
    y: Floats,
    acceleration: Floats,
    applied: Sequence[Perturbation] = (),
) -> Floats:
    """Force on each disc from above (levels, 3) at a state: forward, up, right of the disc [N]."""
    q, rate = y[model.slices["q"]], y[model.slices["rate"]]
    pushed = pushes(model, t, applied)
    return model.joint_forces.on_discs(q, rate, acceleration, tensions(model, y), pushed)


def tensions(model: Spine, y: Floats) -> Floats:
    """Tension of every muscle (nm,) at a state [N]."""
    return NOTHING if model.muscles is None else model.muscle_rates(y)[1].force


def pushes(model: Spine, t: float, applied: Sequence[Perturbation]) -> list[Push]:
    """Forces of the perturbations on bodies at time t; moments are not among them."""
    return [
        (p.body, point_of(model.body, p), size_of(p, t) * direction_of(p))
        for p in applied
        if not isinstance(p, MomentPulse)
    ]


def size_of(perturbation: Perturbation, t: float) -> float:
    """Force [N] or moment [N m] of a perturbation at time t."""
    row = np.array([*perturbation.waveform, 0.0, len(perturbation.tones)], float)
    return float(wave.py_func(row, np.array(perturbation.tones, float).reshape(-1, 3), t))


def excitations(model: Spine, y: Floats, delayed: Floats | None = None) -> Floats:
    """Excitation of every muscle (nm,) [1]: command plus reflex signals, saturated to 0..1."""
    width = model.drive_width.si
    commands = command(model.excitation, width)
    loops = model.reflexes
    if loops is not None:
        past = (
            np.tile(y[model.slices["receptor"]], (len(loops.delays), 1))
            if delayed is None
            else delayed
        )
        np.add.at(commands, loops.target, past[loops.which_delay, np.arange(len(loops))])
    return np.array([saturated.py_func(x, width)[0] for x in commands])


def applied_forces(model: Spine, t: float, q: Floats, applied: Sequence[Perturbation]) -> Floats:
    """Generalised force (n,) of the perturbations at time t [N m; N]."""
    Q = np.zeros(len(model.free))
    for perturbation in applied:
        size = size_of(perturbation, t)
        if isinstance(perturbation, MomentPulse):
            at = model.place_of((perturbation.coordinate,))[0]
            if at >= 0:
                Q[at] += size
            continue
        J = model.dynamics.jacobian(q, perturbation.body, point_of(model.body, perturbation))
        Q += size * (J.T @ direction_of(perturbation))
    return Q


def _receptors(model: Spine, y: Floats) -> Floats:
    part, loops = model.slices, model.reflexes
    if loops is None or model.muscles is None:
        return NOTHING
    muscles = model.muscles.muscles
    geometry, rates = model.muscle_rates(y)
    speed, force = geometry.slope @ y[part["rate"]], rates.force
    m = loops.source
    signal = (
        loops.stretch_gain * (geometry.length - model.rest_length)[m] / muscles.optimal_length[m]
        + loops.rate_gain * speed[m] / muscles.optimal_length[m]
        - loops.force_gain * (force - model.rest_tension)[m] / muscles.max_force[m]
    )
    return (signal - y[part["receptor"]]) / loops.filter_time


def _add(Q: Floats, place: np.ndarray, force: Floats) -> None:
    free = place >= 0
    np.add.at(Q, place[free], np.asarray(force, float)[free])
