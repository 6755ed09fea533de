"""One thread's subjects, one after another on the same workspace, kernel level."""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.driver import advance
from panjabi.delay.integrate.layout import (
    COUNT,
    ERROR,
    FIRST,
    FIXED,
    METHOD,
    PRUNE,
    STEP,
    STEPS,
    TRACK,
)


@kernel
def run_subjects(
    rhs, delay, event, jacobian, history, p, lags, reads, atol, kinds, directions, real, whole,
    y, f, times, coef, break_times, break_orders, passed_times, passed_steps, passed_orders,
    met_times, met_orders, pieces, hints, signs, event_times, event_kinds, grid, samples,
    k, stage, new, error, piece, buffer, z, lag, values, jac, lu, pivots, base, change, scale,
    breaks, before, steps, all_p, all_lags, all_y, all_before, all_samples, all_status, all_end,
    all_steps,
):  # fmt: skip
    """Each subject from its start to its end; samples, status, end and steps by subject."""
    n = y.size
    first_step = real[STEP]
    history_start, start = times[0], times[1]
    method, track, fixed = whole[METHOD], whole[TRACK], whole[FIXED]
    for s in range(all_p.shape[0]):
        for i in range(whole.size):
            whole[i] = 0
        whole[COUNT] = whole[FIRST] = 1
        whole[METHOD], whole[TRACK], whole[FIXED] = method, track, fixed
        whole[PRUNE] = 1
        real[STEP] = first_step
        real[ERROR] = 1e-4
        times[0], times[1] = history_start, start
        for i in range(n):
            y[i] = all_y[s, i]
            before[i] = all_before[s, i]
            coef[0, 0, i] = before[i]
            for m in range(1, 5):
                coef[0, m, i] = 0.0
        for i in range(all_p.shape[1]):
            p[i] = all_p[s, i]
        for j in range(lags.size):
            lags[j] = all_lags[s, j]
            hints[j] = 0
        all_status[s] = advance(
            rhs, delay, event, jacobian, history, p, lags, reads, atol, kinds, directions, real,
            whole, y, f, times, coef, break_times, break_orders, passed_times, passed_steps,
            passed_orders, met_times, met_orders, pieces, hints, signs, event_times, event_kinds,
            grid, all_samples[s], k, stage, new, error, piece, buffer, z, lag, values, jac, lu,
            pivots, base, change, scale, breaks, before, steps,
        )  # fmt: skip
        all_end[s] = times[whole[COUNT]]
        all_steps[s] = whole[STEPS]
    return 0
