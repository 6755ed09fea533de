"""Signals that parts of a spine read, from a state, with their exact slopes in the states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panjabi.active.slope_kernels import (
    FORCE_ACTIVATION,
    FORCE_FIBRE,
    FORCE_LENGTH,
    FORCE_SHORT,
    FORCE_SPEED,
    SLOPES,
    muscle_slopes,
)
from panjabi.elements import Signal
from panjabi.errors import ParameterError, unknown
from panjabi.passive.readings import strain_slope
from panjabi.spine.model import Spine
from panjabi.spine.reflexes import HEAD_BODY

Floats = NDArray[np.float64]

AXES = ("x", "y", "z")


class SignalSlopes(NamedTuple):
    """Derivatives of `Spine.signals` in all states, rows as there; those of q and rate are 1."""

    length: Floats  # (nm, size)
    speed: Floats
    tension: Floats
    head: Floats  # (3, size)
    compression: Floats  # (joints, size)


def signal_values(
    model: Spine, y: Floats, signals: Sequence[Signal], commands: Floats | None = None
) -> Floats:
    """Values of signals at a state (size,).

    commands : (nm,) excitations by commands alone; by default those of the model.

    Raises
    ------
    UnknownNameError
        For a name that the model does not have.
    """
    if not signals:
        return np.empty(0)
    sensed = model.signals(y)
    activation = y[model.slices["activation"]]
    feedforward = model.commanded if commands is None else commands
    tables = {
        "coordinate": sensed.q,
        "rate": sensed.rate,
        "muscle length": sensed.length,
        "muscle velocity": sensed.speed,
        "muscle tension": sensed.tension,
        "activation": activation,
        "command": feedforward,
        "compression": sensed.compression,
        "head velocity": sensed.head,
    }
    values = np.empty(len(signals))
    for i, signal in enumerate(signals):
        if signal.kind == "ligament strain":
            joint, slope = _ligament(model, signal.name)
            values[i] = slope * model.units_at(sensed.q)[joint][1][0]
        else:
            values[i] = tables[signal.kind][_index(model, signal)]
    return values


def signal_derivatives(model: Spine, y: Floats, signals: Sequence[Signal]) -> Floats:
    """Derivatives of signals in the states (signals, size)."""
    out = np.zeros((len(signals), model.size))
    if not signals:
        return out
    part, slopes = model.slices, signal_slopes(model, y)
    tables = {
        "muscle length": slopes.length,
        "muscle velocity": slopes.speed,
        "muscle tension": slopes.tension,
        "head velocity": slopes.head,
        "compression": slopes.compression,
    }
    starts = {"coordinate": "q", "rate": "rate", "activation": "activation"}
    for i, signal in enumerate(signals):
        if signal.kind == "ligament strain":
            joint, slope = _ligament(model, signal.name)
            at = model.place_of(model.joints[joint].coordinates)[0]
            if at >= 0:
                out[i, at] = slope
            continue
        k = _index(model, signal)
        if signal.kind in starts:
            out[i, part[starts[signal.kind]].start + k] = 1.0
        elif signal.kind in tables:
            out[i] = tables[signal.kind][k]
    return out


def signal_slopes(model: Spine, y: Floats) -> SignalSlopes:
    """Derivatives of muscle lengths, speeds, tensions and the head's velocity at a state."""
    part, nm = model.slices, model.muscle_count
    q, rate = y[part["q"]], y[part["rate"]]
    length, speed, tension = np.zeros((3, nm, model.size))
    head, compression = np.zeros((3, model.size)), np.zeros((len(model.joints), model.size))
    compression[list(model.pressed), part["compression"]] = np.eye(len(model.pressed))
    _, head[:, part["q"]], head[:, part["rate"]] = model.dynamics.angular_velocity(
        q, rate, HEAD_BODY
    )
    if model.muscles is None:
        return SignalSlopes(length, speed, tension, head, compression)
    muscles, units = model.muscles.muscles, model.muscles.units
    pose = muscles.pose(q)
    geometry = muscles.geometry(pose)
    length[:, part["q"]], speed[:, part["rate"]] = geometry.slope, geometry.slope
    if np.any(rate):
        speed[:, part["q"]] = muscles.curvature(pose) @ rate
    s = np.empty((nm, SLOPES))
    activation, fibre, short = (y[part[k]] for k in ("activation", "fibre", "short_range"))
    muscle_slopes(units.units, activation, fibre, short, geometry.length, geometry.slope @ rate, s)
    tension += s[:, [FORCE_LENGTH]] * length + s[:, [FORCE_SPEED]] * speed
    every = np.arange(nm)
    tension[every, part["activation"].start + every] = s[:, FORCE_ACTIVATION]
    tension[every, part["fibre"].start + every] = s[:, FORCE_FIBRE]
    if short.size:
        tension[every, part["short_range"].start + every] = s[:, FORCE_SHORT]
    return SignalSlopes(length, speed, tension, head, compression)


def check_signals(model: Spine, signals: Sequence[Signal]) -> None:
    """Raise UnknownNameError if a model does not have a signal."""
    for signal in signals:
        if signal.kind == "ligament strain":
            _ligament(model, signal.name)
        else:
            _index(model, signal)


def _index(model: Spine, signal: Signal) -> int:
    muscles = () if model.muscles is None else model.muscles.muscles.names
    names: tuple[str, ...] = muscles
    if signal.kind in ("coordinate", "rate"):
        names = model.free
    elif signal.kind == "head velocity":
        names = AXES
    elif signal.kind == "compression":
        names = tuple(joint.unit.level for joint in model.joints)
    if signal.name not in names:
        raise unknown(f"signal {signal.kind!r}", signal.name, names)
    return names.index(signal.name)


def _ligament(model: Spine, name: str) -> tuple[int, float]:
    """Joint of a ligament "L4-L5 SSL", and its strain per flexion-extension angle [1/rad]."""
    level, _, structure = name.partition(" ")
    for k, joint in enumerate(model.joints):
        if joint.unit.level == level:
            slope = strain_slope(joint.unit, structure)
            if slope is not None:
                return k, slope
    raise ParameterError(
        f"Expected a ligament of a level that moves, with a known length, such as 'L4-L5 SSL', got "
        f"{name!r}; choose one of PLL, LF, ISL, SSL, ALL of a lumbar level."
    )
