"""What has to be known before the first step: jump at the start, breaking points, signs. Kernel."""

from __future__ import annotations

import numpy as np

from panjabi.delay.integrate.breaking_points import insert_break, reach_break
from panjabi.delay.integrate.call_by_address import ask_delay, ask_event
from panjabi.delay.integrate.codes import SWITCH
from panjabi.delay.integrate.compile_options import part
from panjabi.delay.integrate.history_lookup import look_back

ROUNDING = 1e-12  # event functions up to this size are zero at the start


@part
def start(run):
    """Set up a run whose history is in the record; 0, or a negative status."""
    problem, options, progress = run.problem, run.equations.options, run.equations.progress
    y, lags, breaks = run.solution.y, problem.lags, run.breaks
    t = options.start
    progress.fresh = True
    order = 1
    for i in range(y.size):
        if abs(problem.before[i] - y[i]) > 1e-3 * (problem.atol[i] + options.rtol * abs(y[i])):
            order = 0  # the state jumps from its history to its start
    breaks.passed[0].time = t
    breaks.passed[0].piece = progress.count
    breaks.passed[0].order = order
    if lags.size > options.constant:
        progress.passed = 1
    reach_break(t, breaks.passed[0].order, lags, breaks, options, progress)
    for moment in problem.breaks:
        if moment > t:
            insert_break(moment, np.int64(1), breaks.ahead, options, progress)
    if run.events.kinds.size > 0:
        return set_signs(run.equations, lags, y, run.events)
    return 0


@part
def set_signs(equations, lags, y, events):
    """Signs of the event functions at the start; 0, or a negative status."""
    call, p, coef, lag = equations.call, equations.p, equations.coef, equations.lag
    options, count = equations.options, equations.progress.count
    t, constant = options.start, options.constant
    for j in range(lags.size):
        lag[j] = lags[j]
    if lags.size > constant:
        ask_delay(call, t, y, p, lag[constant:])
    equations.times[count + 1] = t + 1.0  # a place for what reads the present itself
    for i in range(y.size):
        coef[count, 0, i] = y[i]
        for m in range(1, 5):
            coef[count, m, i] = 0.0
    got = look_back(equations, t, t, y)
    if got < 0:
        return got
    ask_event(call, t, y, equations.z, p, events.values)
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
