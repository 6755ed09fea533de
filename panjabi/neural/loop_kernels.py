"""Reflex loops and commands, compiled: what receptors sense, what muscles receive, slopes."""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from panjabi.arrays import Integers, Vector
from panjabi.neural.smooth_kernels import saturated


class LoopData(NamedTuple):
    """Commands of the muscles and all loops as flat arrays."""

    command: Vector  # (nm,) constant command before saturation [1]
    width: float  # of the corners of the saturation [1]
    source: Integers  # (loops,) muscle that is sensed
    target: Integers  # (loops,) muscle that is excited
    which_delay: Integers  # (loops,)
    stretch_gain: Vector  # (loops,) [1]
    rate_gain: Vector  # (loops,) [s]
    force_gain: Vector  # (loops,) [1]
    filter_time: Vector  # (loops,) [s]
    rest_length: Vector  # (nm,) [m]
    rest_tension: Vector  # (nm,) [N]
    optimal_length: Vector  # (nm,) [m]
    max_force: Vector  # (nm,) [N]


class Signals(NamedTuple):
    """What receptors sense."""

    length: Vector  # (nm,) path [m]
    speed: Vector  # (nm,) [m/s]
    tension: Vector  # (nm,) [N]


@njit(cache=True, nogil=True)
def excite(delayed, data, u):
    """Excitation of every muscle in place, (nm,) [1]; delayed (delays, loops) receptors."""
    u[:] = data.command
    for k in range(data.target.shape[0]):
        u[data.target[k]] += delayed[data.which_delay[k], k]
    for m in range(u.shape[0]):
        u[m] = saturated(u[m], data.width)[0]


@njit(cache=True, nogil=True)
def receive(signals, receptor, data, receptor_rate):
    """Rates of the receptors in place, (loops,)."""
    for k in range(data.source.shape[0]):
        m = data.source[k]
        lopt = data.optimal_length[m]
        signal = (
            data.stretch_gain[k] * (signals.length[m] - data.rest_length[m]) / lopt
            + data.rate_gain[k] * signals.speed[m] / lopt
            - data.force_gain[k] * (signals.tension[m] - data.rest_tension[m]) / data.max_force[m]
        )
        receptor_rate[k] = (signal - receptor[k]) / data.filter_time[k]


@njit(cache=True, nogil=True)
def complete_receptors(w, changes, data, x):
    """States x (loops,) of (1 - w J) x = b from the changes of what they sense, in place."""
    for k in range(data.source.shape[0]):
        m, time = data.source[k], data.filter_time[k]
        moved = data.stretch_gain[k] * changes.length[m] + data.rate_gain[k] * changes.speed[m]
        pull = data.force_gain[k] * changes.tension[m] / data.max_force[m]
        new = moved / data.optimal_length[m] - pull
        x[k] = (x[k] + w * new / time) / (1.0 + w / time)
