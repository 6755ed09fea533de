"""Right-hand side of a spine model in plain Python, through the contract of its parts alone.

Slow and easy to read: the reference for tests of the compiled right-hand side.
"""

# pyright: reportConstantRedefinition=false
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from panjabi.elements import ForceElement, excited, shaped
from panjabi.errors import unknown
from panjabi.neural.algebraic_spindle import AlgebraicSpindle
from panjabi.neural.feedforward import Commands
from panjabi.neural.loop_kernels import COMPRESSION, HEAD, MUSCLE
from panjabi.neural.smooth_kernels import rectified, saturated
from panjabi.neural.spindle import Spindle
from panjabi.neural.tendon_organ import TendonOrgan
from panjabi.neural.vestibular import Canals
from panjabi.spine.command_schedule import drives_at
from panjabi.spine.joint_forces import Push
from panjabi.spine.model import Floats, Spine
from panjabi.spine.noise_paths import NoisePaths, process_spread, sensory_spread
from panjabi.spine.perturbation import MomentPulse, Perturbation, direction_of, point_of, wave
from panjabi.spine.reflexes import Afferent
from panjabi.spine.signals import signal_values

NOTHING = np.empty(0)


def reference_rhs(
    model: Spine,
    t: float,
    y: Floats,
    delayed: Floats | None = None,
    applied: Sequence[Perturbation] = (),
    commands: Commands | None = None,
    paths: NoisePaths | None = None,
) -> Floats:
    """d y / d t (size,) of a model.

    delayed : (delays, reads) the states `Spine.reads` one delay ago, for every delay; by default
        the present ones.
    commands : commands over time; by default the constant ones of the equilibrium.
    paths : noise; by default none.
    """
    part, out = model.slices, np.zeros(model.size)
    q, rate = y[part["q"]], y[part["rate"]]
    Q = applied_forces(model, t, q, applied)
    if paths is not None and paths.process is not None and paths.noise.process is not None:
        Q += process_spread(model, paths.noise.process) * paths.process.at(t)
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
        u = excitations(model, y, delayed, t, commands, paths)
        Q += model.muscles.force(q, rate, y[states], u)
        out[states] = model.muscles.state_rate(q, rate, y[states], u)
    out[part["receptor"]], out[part["afferent"]] = _loop_rates(model, y, t, paths)
    Q -= _moments(model, t, y, delayed, paths)
    for element, states in elements_of(model):
        x, speed = model.seen_by(element, q, rate)
        values = arrived(model, y, delayed, element, t, commands)
        _add(Q, model.place_of(element.coordinates), element.force(x, speed, y[states], values))
        out[states] = element.state_rate(x, speed, y[states], values)
    out[part["q"]] = rate
    out[part["rate"]] = model.dynamics.forward(q, rate, Q)
    if model.compression_time is not None and model.pressed:
        forces = joint_loads(model, t, y, out[part["rate"]], applied)
        now = model.joint_forces.of_units(forces, tensions(model, y))
        out[part["compression"]] = (now - y[part["compression"]]) / model.compression_time.si
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


def excitations(
    model: Spine,
    y: Floats,
    delayed: Floats | None = None,
    t: float = 0.0,
    commands: Commands | None = None,
    paths: NoisePaths | None = None,
) -> Floats:
    """Excitation of every muscle (nm,) at time t [1]: `drives` and motor noise, saturated."""
    drive = drives(model, y, delayed, t, commands)
    if paths is not None and paths.motor is not None and paths.noise.motor is not None:
        drive = drive + paths.noise.motor.sd(_saturated(model, drive)) * paths.motor.at(t)
    return _saturated(model, drive)


def _saturated(model: Spine, drive: Floats) -> Floats:
    width = model.drive_width.si
    return np.array([saturated.py_func(x, width)[0] for x in drive])


def drives(
    model: Spine,
    y: Floats,
    delayed: Floats | None = None,
    t: float = 0.0,
    commands: Commands | None = None,
) -> Floats:
    """Commands at time t, what arrives from reflexes and what elements add, (nm,) [1]."""
    u = drives_at(model, commands, t)
    for k, (signal, gate) in _arriving(model, y, delayed):
        muscle = model.pathways.connections[k].muscle
        if muscle >= 0:
            u[muscle] += gate(signal)
    return u + added_drives(model, y, delayed, t, commands)


def added_drives(
    model: Spine,
    y: Floats,
    delayed: Floats | None = None,
    t: float = 0.0,
    commands: Commands | None = None,
) -> Floats:
    """What elements that a user added add to the commands at time t, (nm,) [1]."""
    u = np.zeros(model.muscle_count)
    q, rate = y[model.slices["q"]], y[model.slices["rate"]]
    for element, states in elements_of(model):
        if excited(element):
            x, speed = model.seen_by(element, q, rate)
            values = arrived(model, y, delayed, element, t, commands)
            add = element.excitation(x, speed, y[states], values)  # type: ignore[attr-defined]
            muscles = excited_muscles(model, element)
            more = shaped(element, "excitation", add, len(muscles))  # pyright: ignore[reportUnknownArgumentType]
            np.add.at(u, muscles, more)
    return u


def elements_of(model: Spine, *, compiled: bool = True) -> list[tuple[ForceElement, slice]]:
    """Further parts of a spine, with or without those that a run has compiled, and their states."""
    at, result = model.slices["elements"].start, list[tuple[ForceElement, slice]]()
    for element in model.elements if compiled else model.in_python:
        result.append((element, slice(at, at + element.states)))
        at += element.states
    return result


def arrived(
    model: Spine,
    y: Floats,
    delayed: Floats | None,
    element: ForceElement,
    t: float = 0.0,
    commands: Commands | None = None,
) -> Floats:
    """Values of the signals of a part at time t, each delayed by its own delay."""
    signals = element.signals
    values = np.empty(len(signals))
    for delay in {s.delay for s in signals}:
        chosen = [i for i, s in enumerate(signals) if s.delay == delay]
        state = y
        if delay > 0.0 and delayed is not None:
            state = y.copy()
            state[list(model.reads)] = delayed[model.delays.index(delay)]
        read = [signals[i] for i in chosen]
        feedforward = None
        if commands is not None and any(signal.kind == "command" for signal in read):
            feedforward = _saturated(model, drives_at(model, commands, t - delay))
        values[chosen] = signal_values(model, state, read, feedforward)
    return values


def excited_muscles(model: Spine, element: ForceElement) -> list[int]:
    """Indices of the muscles that a part excites.

    Raises
    ------
    UnknownNameError
        For a muscle that the model does not have.
    """
    names = () if model.muscles is None else model.muscles.muscles.names
    for name in excited(element):
        if name not in names:
            raise unknown("muscle", name, names)
    return [names.index(name) for name in excited(element)]


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


class _Gate:
    """The threshold of a loop; 0 at a signal of 0."""

    def __init__(self, threshold: float | None, corner: float) -> None:
        self.threshold, self.corner = threshold, corner

    def __call__(self, signal: float) -> float:
        if self.threshold is None:
            return signal
        above = rectified.py_func(signal - self.threshold, self.corner)[0]
        return above - rectified.py_func(-self.threshold, self.corner)[0]


def _arriving(
    model: Spine, y: Floats, delayed: Floats | None
) -> list[tuple[int, tuple[float, _Gate]]]:
    """Every connection with the signal that arrives on it, and its threshold."""
    result: list[tuple[int, tuple[float, _Gate]]] = []
    afferents = y[model.slices["afferent"]]
    for k, connection in enumerate(model.pathways.connections):
        loop = model.pathways.afferents[connection.afferent].loop
        row = afferents if delayed is None else delayed[model.delays.index(connection.delay)]
        signal = float(row[connection.afferent])
        result.append((k, (signal, _Gate(loop.threshold, loop.corner))))
    return result


def contributions(model: Spine, y: Floats, delayed: Floats | None = None) -> Floats:
    """What arrives on each connection (connections,): command [1], or unlimited moment [N m]."""
    return np.array([gate(signal) for _, (signal, gate) in _arriving(model, y, delayed)])


def _moments(
    model: Spine, t: float, y: Floats, delayed: Floats | None, paths: NoisePaths | None
) -> Floats:
    """Moment (n,) of the loops on coordinates: limited, and with motor noise [N m]."""
    moment = np.zeros(len(model.free))
    largest = np.zeros(len(model.free))
    acted = np.zeros(len(model.free))
    for k, (signal, gate) in _arriving(model, y, delayed):
        connection = model.pathways.connections[k]
        coordinate = connection.coordinate
        if coordinate >= 0:
            moment[coordinate] += gate(signal)
            loop = model.pathways.afferents[connection.afferent].loop
            largest[coordinate], acted[coordinate] = loop.largest_moment or 0.0, 1.0
    some = largest > 0.0
    moment[some] = largest[some] * np.tanh(moment[some] / largest[some])
    if paths is not None and paths.moment is not None and paths.noise.motor is not None:
        motor = paths.noise.motor
        spread = motor.proportional * np.abs(moment) + motor.moment
        moment += acted * spread * paths.moment.at(t)
    return moment


def _loop_rates(
    model: Spine, y: Floats, t: float, paths: NoisePaths | None
) -> tuple[Floats, Floats]:
    """Rates of the states of receptors and of the afferents, from the classes of the receptors."""
    part, first = model.slices, model.pathways.first
    own, afferent = y[part["receptor"]], y[part["afferent"]]
    own_rate, afferent_rate = np.zeros(own.size), np.zeros(afferent.size)
    signals, error = model.signals(y), np.zeros(afferent.size)
    if paths is not None and paths.sensory is not None and paths.noise.sensory is not None:
        error = sensory_spread(model, paths.noise.sensory) * paths.sensory.at(t)
    for k, a in enumerate(model.pathways.afferents):
        states = slice(first[k], first[k + 1])
        x, v, f = 0.0, 0.0, 0.0
        if a.source == MUSCLE:
            assert model.muscles is not None
            muscles, m = model.muscles.muscles, a.index
            lopt = float(muscles.optimal_length[m])
            x = (signals.length[m] - model.rest_length[m]) / lopt
            v = signals.speed[m] / lopt
            f = (signals.tension[m] - model.rest_tension[m]) / (muscles.max_force[m] or 1.0)
        elif a.source == HEAD:
            v = float(np.dot(a.weight, signals.head))
        elif a.source == COMPRESSION:
            f = float(signals.compression[a.index] - model.loops.afferents.rest_force[k])
        else:
            moved = signals.q - model.rest_q
            pairs = [(w, c) for w, c in zip(a.weight, a.place, strict=True) if c >= 0]
            x = sum(w * float(moved[c]) for w, c in pairs)
            v = sum(w * float(signals.rate[c]) for w, c in pairs)
        x += 0.0 if a.source == HEAD else error[k]
        out, own_rate[states] = _receptor(model, k, a, (x, v, f), own[states])
        out += a.value("stretch_gain") * error[k] if a.source == HEAD else 0.0
        afferent_rate[k] = (out - afferent[k]) / a.loop.filter_time
    return own_rate, afferent_rate


def _receptor(
    model: Spine, k: int, a: Afferent, inputs: tuple[float, float, float], z: Floats
) -> tuple[float, Floats]:
    """Output of a receptor above that at rest, and the rates of its states."""
    loop, receptor, (x, v, f) = a.loop, a.loop.receptor, inputs
    k_p = a.value("stretch_gain") + a.value("strain_gain")
    k_v, k_a = a.value("rate_gain"), a.value("acceleration_gain")
    firing, secondary = a.value("firing_gain"), a.value("secondary_gain")
    if a.source == HEAD:
        canals = receptor if isinstance(receptor, Canals) else Canals()
        signal = float(canals.signal(v, z[0]))
        rise = (signal - z[2]) / loop.filter_time
        rates = [float(canals.state_rate(v, z[0])), signal - z[1] / canals.integrator_time, rise]
        return k_p * z[1] + k_v * signal + k_a * rise, np.array(rates)
    if receptor is None:
        force = a.value("force_gain") - a.value("compression_gain")
        out = k_p * x + k_v * v - force * f
        if not k_a:
            return out, np.empty(0)
        rise = (v - z[0]) / loop.filter_time
        return out + k_a * rise, np.array([rise])
    assert model.muscles is not None
    muscles, m = model.muscles.muscles, a.index
    if isinstance(receptor, AlgebraicSpindle):
        lopt = muscles.optimal_length[m]
        change = receptor.firing(lopt * x, lopt * v) - receptor.firing(0.0, 0.0)
        return firing * float(change), np.empty(0)
    if isinstance(receptor, Spindle):
        units = model.muscles.units
        rest = units.at_rest(model.excitation, model.rest_length).fibre_length[m]
        drive = loop.fusimotor
        silent = receptor.firing([rest], receptor.rest([rest], drive))
        change = (receptor.firing([rest + x], z.reshape(1, -1)) - silent)[0]
        rates = receptor.state_rate([rest + x], [v], drive, z.reshape(1, -1))
        return float(change @ (firing, secondary)), rates[0]
    assert isinstance(receptor, TendonOrgan)
    rest = float(model.rest_tension[m])
    force, state = max(rest + muscles.max_force[m] * f, 0.0), z.reshape(1, -1)
    change = receptor.firing([force], state) - receptor.firing([rest], receptor.rest([rest]))
    return firing * float(change[0]), receptor.state_rate([force], state)[0]


def _add(Q: Floats, place: np.ndarray, force: Floats) -> None:
    free = place >= 0
    np.add.at(Q, place[free], np.asarray(force, float)[free])
