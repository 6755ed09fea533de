"""What has to be known before the first step: jump at the start, breaking points, signs. Kernel."""

from __future__ import annotations

from panjabi.delay.integrate.breaking_points import insert_break, reach_break
from panjabi.delay.integrate.call_by_address import ask_delay, ask_event
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.history_lookup import look_back
from panjabi.delay.integrate.layout import COUNT, FIXED, FRESH, PASSED, RTOL, START, SWITCH


@kernel
def start(
    delay, event, history, p, lags, reads, atol, kinds, real, whole, y, times, coef, break_times,
    break_orders, passed_times, passed_steps, passed_orders, met_times, met_orders, pieces,
    hints, signs, buffer, z, lag, values, breaks, before,
):  # fmt: skip
    """Set up a run whose history is in the record; 0, or a negative status.

    breaks : times at which the right-hand side jumps or bends.
    before : the history's value at the start; where it differs from y, the state jumps.
    """
    t = real[START]
    whole[FRESH] = 1
    order = 1
    for i in range(y.size):
        if abs(before[i] - y[i]) > 1e-3 * (atol[i] + real[RTOL] * abs(y[i])):
            order = 0
    passed_times[0] = t
    passed_steps[0] = whole[COUNT]
    passed_orders[0] = order
    if lags.size > whole[FIXED]:
        whole[PASSED] = 1
    reach_break(
        t, order, lags, whole, real, break_times, break_orders, passed_times, passed_steps,
        passed_orders, met_times, met_orders,
    )  # fmt: skip
    for moment in breaks:
        if moment > t:
            insert_break(moment, 1, whole, real, break_times, break_orders)
    if kinds.size == 0:
        return 0
    for j in range(lags.size):
        lag[j] = lags[j]
    if lags.size > whole[FIXED]:
        ask_delay(delay, t, y, p, lag[whole[FIXED] :])
    times[whole[COUNT] + 1] = t + 1.0  # a place for what reads the present itself
    for i in range(y.size):
        coef[whole[COUNT], 0, i] = y[i]
        for m in range(1, 5):
            coef[whole[COUNT], m, i] = 0.0
    got = look_back(
        history, t, t, y, lag, p, reads, whole, real, times, coef, pieces, passed_steps, hints,
        buffer, z,
    )  # fmt: skip
    if got < 0:
        return got
    ask_event(event, t, y, z, p, values)
    for e in range(kinds.size):
        signs[e] = 1.0 if values[e] >= 0.0 else -1.0
        if kinds[e] == SWITCH:
            p[p.size - kinds.size + e] = signs[e]
    return 0
