"""What has to be known before the first step: jump at the start, breaking points, signs. Kernel."""

from __future__ import annotations

from panjabi.delay.integrate.breaking_points import insert_break, reach_break
from panjabi.delay.integrate.call_by_address import ask_delay, ask_event
from panjabi.delay.integrate.codes import SWITCH
from panjabi.delay.integrate.compile_options import part
from panjabi.delay.integrate.history_lookup import look_back

ROUNDING = 1e-12  # event functions up to this size are zero at the start


@part
def start(call, run):
    """Set up a run whose history is in the record; 0, or a negative status."""
    problem, options, progress = run.problem, run.options, run.progress
    y, lags, breaks = run.record.y, problem.lags, run.breaks
    t = options.start
    progress.fresh = True
    order = 1
    for i in range(y.size):
        if abs(problem.before[i] - y[i]) > 1e-3 * (problem.atol[i] + options.rtol * abs(y[i])):
            order = 0  # the state jumps from its history to its start
    breaks.passed_times[0] = t
    breaks.passed_steps[0] = progress.count
    breaks.passed_orders[0] = order
    if lags.size > options.constant:
        progress.passed = 1
    reach_break(t, order, lags, breaks, options, progress)
    for moment in problem.breaks:
        if moment > t:
            insert_break(moment, 1, breaks, options, progress)
    if run.events.kinds.size > 0:
        return set_signs(call, run)
    return 0


@part
def set_signs(call, run):
    """Signs of the event functions at the start; 0, or a negative status."""
    record, delayed, events, p = run.record, run.delayed, run.events, run.problem.p
    t, count, constant = run.options.start, run.progress.count, run.options.constant
    y, coef, lag, lags = record.y, record.coef, delayed.lag, run.problem.lags
    for j in range(lags.size):
        lag[j] = lags[j]
    if lags.size > constant:
        ask_delay(call, t, y, p, lag[constant:])
    record.times[count + 1] = t + 1.0  # a place for what reads the present itself
    for i in range(y.size):
        coef[count, 0, i] = y[i]
        for m in range(1, 5):
            coef[count, m, i] = 0.0
    got = look_back(call, run, t, t, y)
    if got < 0:
        return got
    ask_event(call, t, y, delayed.z, p, events.values)
    size = events.kinds.size
    for e in range(size):
        value = events.values[e]
        events.signs[e] = 1.0 if value > 0.0 else -1.0
        rounding = 0.0 if events.kinds[e] == SWITCH else ROUNDING
        if abs(value) <= rounding:  # the sign it leaves with is not known yet; a switch needs one
            events.signs[e] = 1.0 if events.kinds[e] == SWITCH else 0.0
        if events.kinds[e] == SWITCH:
            p[p.size - size + e] = events.signs[e]
    return 0
