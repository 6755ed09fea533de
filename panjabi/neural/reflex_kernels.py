"""Commands of all muscles from their reflex loops, compiled.

Arrays: loops L, muscles m. Signals `stretch`, `rate`, `force` (L, m) are already delayed. A loop
with a filter has row `slot[k]` of `state` (rows, m): low-passed rate for a loop on acceleration,
low-passed force for a loop on force. Acceleration is no input: after a filter of time T it is
(rate - state) / T, so the closed system stays retarded. A loop with a threshold gives no command
without a signal: the value of its rounded corner there is subtracted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.neural.smooth_kernels import rectified, saturated


class Loops(NamedTuple):
    """The loops of a set, L of them over m muscles."""

    gains: NDArray[np.float64]  # (4, L, m) of stretch, rate, acceleration, force
    filter_time: NDArray[np.float64]  # (L,) [s]
    slot: NDArray[np.int64]  # (L,) row of the filter's state, -1 without one
    on_rate: NDArray[np.bool_]  # (L,) whether the filter is on the rate
    threshold: NDArray[np.float64]  # (L,)
    corner: NDArray[
        np.float64
    ]  # (L,) width of the threshold's corner, -1: works in both directions


@njit(cache=True, nogil=True)
def loop_signal(g_stretch, g_rate, g_force, per_time, kind, stretch, rate, force, z):
    """Signal of a loop to a muscle before its threshold.

    kind -1: no filter; 1: z is the low-passed rate and per_time = k_a / T; 0: z is the low-passed
    force. The arguments are numbers, because passing arrays costs more than the arithmetic.
    """
    if kind < 0:
        return g_stretch * stretch + g_rate * rate - g_force * force
    if kind == 1:
        return g_stretch * stretch + g_rate * rate + per_time * (rate - z)
    return g_stretch * stretch + g_rate * rate - g_force * z


@njit(cache=True, nogil=True)
def commands(set_of_loops, width, offset, stretch, rate, force, state, out):
    """Commands u in (0, 1), out (m,); offset (m,) is u0 before saturation."""
    gains, filter_time, slot, on_rate, threshold, corner = set_of_loops
    loops, muscles = stretch.shape
    for m in range(muscles):
        out[m] = offset[m]
    for k in range(loops):
        at_rest = rectified(-threshold[k], corner[k])[0] if corner[k] >= 0.0 else 0.0
        at = slot[k]
        kind = -1 if at < 0 else (1 if on_rate[k] else 0)
        for m in range(muscles):
            z = state[at, m] if at >= 0 else 0.0
            per_time = gains[2, k, m] / filter_time[k] if kind == 1 else 0.0
            signal = loop_signal(
                gains[0, k, m], gains[1, k, m], gains[3, k, m], per_time, kind,
                stretch[k, m], rate[k, m], force[k, m], z,
            )  # fmt: skip
            if corner[k] >= 0.0:
                signal = rectified(signal - threshold[k], corner[k])[0] - at_rest
            out[m] += signal
    for m in range(muscles):
        out[m] = saturated(out[m], width)[0]


@njit(cache=True, nogil=True)
def commands_slopes(
    set_of_loops,
    width,
    offset,
    stretch,
    rate,
    force,
    state,
    by_stretch,
    by_rate,
    by_force,
    by_state,
):
    """Slopes of each muscle's command in its signals: three (L, m) arrays and (rows, m)."""
    gains, filter_time, slot, on_rate, threshold, corner = set_of_loops
    loops, muscles = stretch.shape
    for m in range(muscles):
        total = offset[m]
        for k in range(loops):
            at = slot[k]
            kind = -1 if at < 0 else (1 if on_rate[k] else 0)
            z = state[at, m] if at >= 0 else 0.0
            per_time = gains[2, k, m] / filter_time[k] if kind == 1 else 0.0
            signal = loop_signal(
                gains[0, k, m], gains[1, k, m], gains[3, k, m], per_time, kind,
                stretch[k, m], rate[k, m], force[k, m], z,
            )  # fmt: skip
            on = 1.0
            if corner[k] >= 0.0:
                signal, on = rectified(signal - threshold[k], corner[k])
                signal -= rectified(-threshold[k], corner[k])[0]
            total += signal
            by_stretch[k, m] = on * gains[0, k, m]
            by_rate[k, m] = on * (gains[1, k, m] + per_time)
            by_force[k, m] = -on * gains[3, k, m] if kind < 0 else 0.0
            if kind == 1:
                by_state[at, m] = -on * per_time
            elif kind == 0:
                by_state[at, m] = -on * gains[3, k, m]
        slope = saturated(total, width)[1]
        for k in range(loops):
            by_stretch[k, m] *= slope
            by_rate[k, m] *= slope
            by_force[k, m] *= slope
            if slot[k] >= 0:
                by_state[slot[k], m] *= slope


@njit(cache=True, nogil=True)
def state_rates(filter_time, slot, on_rate, rate, force, state, out):
    """d state / dt of the filters, (rows, m)."""
    loops, muscles = rate.shape
    for k in range(loops):
        if slot[k] >= 0:
            for m in range(muscles):
                target = rate[k, m] if on_rate[k] else force[k, m]
                out[slot[k], m] = (target - state[slot[k], m]) / filter_time[k]
