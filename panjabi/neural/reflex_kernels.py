"""Commands of all muscles from their reflex loops, compiled.

Arrays: loops L, muscles m. Signals `stretch`, `rate`, `force` (L, m) have arrived, that is, are
already late. A loop with a filter owns row `slot[k]` of `state` (rows, m): low-passed rate for a
loop on acceleration, low-passed force for one on force. Acceleration is never asked for: after
a filter of time T it is (rate - state) / T, so the closed system stays retarded. A loop with a
threshold says nothing at rest: what its rounded corner gives there is taken off.
"""

from __future__ import annotations

from numba import njit

from panjabi.neural.smooth_kernels import rectified, saturated


@njit(cache=True, nogil=True)
def loop_signal(k, m, gains, filter_time, slot, on_rate, stretch, rate, force, state):
    """What loop k tells muscle m before threshold, and the slope in its state."""
    signal = gains[0, k, m] * stretch[k, m] + gains[1, k, m] * rate[k, m]
    if slot[k] < 0:
        return signal - gains[3, k, m] * force[k, m], 0.0
    z = state[slot[k], m]
    if on_rate[k]:
        per_time = gains[2, k, m] / filter_time[k]
        return signal - gains[3, k, m] * force[k, m] + per_time * (rate[k, m] - z), -per_time
    return signal - gains[3, k, m] * z, -gains[3, k, m]


@njit(cache=True, nogil=True)
def commands(
    gains, filter_time, slot, on_rate, threshold, corner, width, offset,
    stretch, rate, force, state, out,
):  # fmt: skip
    """Commands u in (0, 1), out (m,).

    gains (4, L, m): stretch, rate, acceleration, force; threshold (L,) with the width of its
    corner (L,), negative where a loop works both ways; offset (m,): u0 before saturation.
    """
    loops, muscles = stretch.shape
    for m in range(muscles):
        total = offset[m]
        for k in range(loops):
            signal = loop_signal(
                k, m, gains, filter_time, slot, on_rate, stretch, rate, force, state
            )[0]
            if corner[k] >= 0.0:
                signal = rectified(signal - threshold[k], corner[k])[0]
                signal -= rectified(-threshold[k], corner[k])[0]
            total += signal
        out[m] = saturated(total, width)[0]


@njit(cache=True, nogil=True)
def commands_slopes(
    gains, filter_time, slot, on_rate, threshold, corner, width, offset,
    stretch, rate, force, state, by_stretch, by_rate, by_force, by_state,
):  # fmt: skip
    """Slopes of each muscle's command in its own signals: three (L, m) arrays and (rows, m)."""
    loops, muscles = stretch.shape
    for m in range(muscles):
        total = offset[m]
        for k in range(loops):
            signal, in_state = loop_signal(
                k, m, gains, filter_time, slot, on_rate, stretch, rate, force, state
            )
            on = 1.0
            if corner[k] >= 0.0:
                signal, on = rectified(signal - threshold[k], corner[k])
                signal -= rectified(-threshold[k], corner[k])[0]
            total += signal
            by_stretch[k, m] = on * gains[0, k, m]
            by_rate[k, m] = on * gains[1, k, m]
            by_force[k, m] = -on * gains[3, k, m]
            if slot[k] >= 0:
                by_state[slot[k], m] = on * in_state
                if on_rate[k]:
                    by_rate[k, m] += on * gains[2, k, m] / filter_time[k]
                else:
                    by_force[k, m] = 0.0
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
                arriving = rate[k, m] if on_rate[k] else force[k, m]
                out[slot[k], m] = (arriving - state[slot[k], m]) / filter_time[k]
