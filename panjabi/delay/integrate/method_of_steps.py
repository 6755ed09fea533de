"""The method of steps: one compiled loop from breaking point to breaking point, kernel level.

`advance` is the loop. A trial step (`try_step`) goes through: the rate at its start, its length,
the step itself (`solve_step`, repeated where it reads its own result), the error, and then either
a shorter length for the next trial or `accept`, which cuts the step at events and breaking points.
"""

from __future__ import annotations

import math

from panjabi.delay.integrate.breaking_points import next_break, reach_break
from panjabi.delay.integrate.call_by_address import Functions
from panjabi.delay.integrate.codes import (
    AHEAD,
    CHATTER,
    DONE,
    FULL,
    IMPLICIT,
    NO_BREAK,
    NOT_FINITE,
    NOT_SOLVED,
    ROSENBROCK,
    RUNNING,
    STALE,
    STOP,
    STOPPED,
    SWITCH,
    TOO_SMALL,
)
from panjabi.delay.integrate.compile_options import kernel, part
from panjabi.delay.integrate.crossings import first_crossing, note_events
from panjabi.delay.integrate.first_step import start
from panjabi.delay.integrate.history_lookup import continue_piece, evaluate
from panjabi.delay.integrate.rosenbrock import prepare_linear, rosenbrock_step
from panjabi.delay.integrate.runge_kutta import explicit_step, implicit_step, prepare_newton, rate

OVERLAP = 2.5  # a step up to so many shortest delays is cut to the delay: no repeats needed
MOST_SWEEPS = 20
NEGLIGIBLE = 1e-9  # fraction of a step that counts as none


@kernel
def advance(rhs, delay, event, jacobian, history, run, steps):
    """Go on for at most `steps` accepted steps; the status, see `codes`.

    run : a `records.Run`, which holds all there is of state, so a call may follow a call.
    """
    call = Functions(rhs, delay, event, jacobian, history)
    options, progress, times = run.options, run.progress, run.record.times
    for j in range(options.constant):
        run.delayed.lag[j] = run.problem.lags[j]
    if not progress.begun:
        status = begin(call, run)
        if status < 0:
            return status
    progress.smooth = False
    progress.blown = False
    last = progress.steps + steps
    while True:
        if times[progress.count] >= options.end:
            return DONE
        if progress.steps >= last:
            return RUNNING
        if not has_room(run):
            return FULL
        status = try_step(call, run)
        if status != RUNNING:
            return status


@part
def begin(call, run):
    """Samples at the start itself, and what has to be known before the first step."""
    progress, record, grid = run.progress, run.record, run.problem.grid
    while progress.sampled < grid.size and grid[progress.sampled] <= record.times[progress.count]:
        for i in range(record.y.size):
            record.samples[progress.sampled, i] = record.y[i]
        progress.sampled += 1
    status = start(call, run)
    if status >= 0:
        progress.begun = True
    return status


@part
def has_room(run):
    """Whether another piece fits into the record, if need be after forgetting old ones."""
    if run.progress.count + 2 < run.record.coef.shape[0]:
        return True
    return run.options.prune and forget(run.record, run.delayed.lag, run.progress)


@kernel
def forget(record, lag, progress):
    """Drop pieces that no constant delay reaches any more; False if that makes no room."""
    times, coef = record.times, record.coef
    reach = 0.0
    for j in range(lag.size):
        reach = max(reach, lag[j])
    horizon = times[progress.count] - reach
    away = 0
    while away < progress.count - 1 and times[away + 1] < horizon:
        away += 1
    if away < max(1, progress.count // 8):
        return False
    kept = progress.count - away
    for k in range(kept):
        times[k] = times[k + away]
        for m in range(5):
            for i in range(coef.shape[2]):
                coef[k, m, i] = coef[k + away, m, i]
    times[kept] = times[progress.count]
    progress.count = kept
    progress.first = max(0, progress.first - away)
    return True


@part
def try_step(call, run):
    """One trial step. RUNNING if it was accepted or is to be tried shorter, else a final status."""
    progress = run.progress
    if progress.fresh:
        status = rate_at_start(call, run)
        if status < 0:
            return status
    if progress.step <= 0.0:
        progress.step = first_guess(run.record, run.problem.atol, run.options, progress)
    h, shortest, arrives = step_length(run)
    if h == 0.0:
        return NOT_FINITE if progress.blown else TOO_SMALL
    solved = solve_step(call, run, h, shortest)
    if solved < 0:
        return retry_unsolved(run, h, shortest, solved)
    size = error_size(run.record.y, run.stages, run.problem.atol, run.options.rtol)
    if not size <= 1.0:
        return retry_inaccurate(run, h, size)
    return accept(call, run, h, size, arrives)


@part
def clock_resolution(run):
    """Shortest step that the present time resolves [s]."""
    t = run.record.times[run.progress.count]
    return 16.0 * 2.3e-16 * max(abs(t), abs(t - run.options.start), 1e-290)


@part
def next_stop(run):
    """The next breaking point that is known, or the end [s]."""
    stop = run.options.end
    if run.progress.pending > 0:
        stop = min(stop, run.breaks.ahead_times[0])
    return stop


@part
def rate_at_start(call, run):
    """Record.f anew, as after a breaking point; 0, or a negative status."""
    record, progress = run.record, run.progress
    times, y, f, count = record.times, record.y, record.f, progress.count
    t = times[count]
    times[count + 1] = t + max(min(progress.step, next_stop(run) - t), clock_resolution(run))
    for i in range(y.size):
        f[i] = 0.0
    continue_piece(record, count, False)
    status = rate(call, run, t, 0.5 * (t + times[count + 1]), y, f)
    if status < 0:
        return status
    for i in range(y.size):
        if not math.isfinite(f[i]):
            return NOT_FINITE
    progress.fresh = False
    progress.jacobian_age = STALE
    progress.smooth = False
    return 0


@kernel
def first_guess(record, atol, options, progress):
    """Length of the first step, from the sizes of y and y' [s]."""
    d0 = d1 = 0.0
    for i in range(record.y.size):
        weight = atol[i] + options.rtol * abs(record.y[i])
        d0 = max(d0, abs(record.y[i]) / weight)
        d1 = max(d1, abs(record.f[i]) / weight)
    span = min(options.largest, options.end - record.times[progress.count])
    if d1 < 1e-10:
        return 1e-3 * span
    return min(0.1 * span, max(0.01 * d0 / d1, 1.0 / d1))


@part
def step_length(run):
    """Length of the trial step [s] (0: too short), the shortest delay [s], whether it arrives at
    the next stop. The end of the step is put into the record."""
    times, lag, progress = run.record.times, run.delayed.lag, run.progress
    t, stop = times[progress.count], next_stop(run)
    h = min(progress.step, run.options.largest)
    shortest = math.inf
    for j in range(lag.size):
        if lag[j] > 0.0:
            shortest = min(shortest, lag[j])
    if shortest < h < OVERLAP * shortest:
        h = shortest
    arrives = False
    if t + 1.01 * h >= stop:
        h = stop - t
        arrives = True
    elif t + 2.0 * h > stop:
        h = 0.5 * (stop - t)
    if not arrives and h < clock_resolution(run):
        return 0.0, shortest, arrives
    times[progress.count + 1] = stop if arrives else t + h
    return h, shortest, arrives


@part
def solve_step(call, run, h, shortest):
    """The trial step, repeated where it reads its own result; negative if that did not settle."""
    record, stages, progress = run.record, run.stages, run.progress
    method, count = run.options.method, progress.count
    if run.delayed.lag.size > run.options.constant or h > shortest:
        continue_piece(record, count, progress.smooth)
    for i in range(record.y.size):
        stages.k[0, i] = record.f[i]
    if method == IMPLICIT:
        if not prepare_newton(call, run, h):
            return NOT_SOLVED
    elif method >= ROSENBROCK and not prepare_linear(call, run, h):
        return NOT_SOLVED
    moved = 0.0
    for sweep in range(1, MOST_SWEEPS + 1):
        if method == IMPLICIT:
            status = implicit_step(call, run, h)
        elif method >= ROSENBROCK:
            status = rosenbrock_step(call, run, h)
        else:
            status = explicit_step(call, run, h)
        if status < 0:
            return status
        if status == 0:
            for m in range(5):
                for i in range(record.y.size):
                    record.coef[count, m, i] = stages.piece[m, i]
            return 0
        earlier = moved
        moved = adopt(record, stages.piece, run.problem.atol, run.options.rtol, count)
        if moved <= run.options.inner:
            return 0
        progress.sweeps += 1
        if not math.isfinite(moved) or (sweep > 2 and moved > 0.9 * earlier):
            break
    return NOT_SOLVED


@kernel
def adopt(record, piece, atol, rtol, count):
    """Take the new polynomial; how far it moved at the middle and the end, over tolerance."""
    coef, y = record.coef, record.y
    total = 0.0
    for i in range(y.size):
        end = middle = 0.0
        for m in range(4, -1, -1):
            d = piece[m, i] - coef[count, m, i]
            end += d
            middle = 0.5 * middle + d
            coef[count, m, i] = piece[m, i]
        moved = max(abs(end), abs(middle)) / (atol[i] + rtol * abs(y[i]))
        total += moved * moved
    return math.sqrt(total / y.size)


@part
def retry_unsolved(run, h, shortest, status):
    """A shorter length after a step that was not solved; negative where it cannot be shorter."""
    progress = run.progress
    progress.rejected += 1
    progress.jacobian_age = STALE
    t = run.record.times[progress.count]
    if h <= 4.0 * clock_resolution(run) or (status == AHEAD and h < 1e-10 * (1.0 + abs(t))):
        return TOO_SMALL if status == NOT_SOLVED else status
    progress.step = 0.25 * h if not 0.25 * h < shortest < h else shortest
    return RUNNING


@kernel
def error_size(y, stages, atol, rtol):
    """Root mean square of the estimate over its tolerance; 1 is just accepted."""
    total = 0.0
    for i in range(y.size):
        ratio = stages.error[i] / (atol[i] + rtol * max(abs(y[i]), abs(stages.new[i])))
        total += ratio * ratio
    return math.sqrt(total / y.size)


@part
def error_power(method):
    """The error of a step grows with its length to the power 1 / this."""
    return 1.0 / 3.0 if method >= ROSENBROCK else 0.25 if method == IMPLICIT else 0.2


@part
def retry_inaccurate(run, h, size):
    """A shorter length after too large an error; negative where it cannot be shorter."""
    progress, resolution = run.progress, clock_resolution(run)
    progress.rejected += 1
    progress.blown = not math.isfinite(size)
    if progress.blown:
        if h <= 4.0 * resolution:
            return NOT_FINITE
        progress.step = 0.1 * h
        return RUNNING
    progress.step = h * max(0.1, 0.9 * size ** -error_power(run.options.method))
    return TOO_SMALL if progress.step < resolution else RUNNING


@part
def accept(call, run, h, size, arrives):
    """Make the step final up to the first thing that ends it, and propose the next length."""
    progress, breaks, lags = run.progress, run.breaks, run.problem.lags
    proposed = next_length(run.options.method, progress, h, size)
    order, stopped = NO_BREAK, False
    if lags.size > run.options.constant or run.events.kinds.size > 0:
        fraction, order, stopped = end_early(call, run, h)
        if fraction == 0.0:
            progress.stalled += 1
            if progress.stalled > 60:
                return CHATTER
            t = run.record.times[progress.count]
            reach_break(t, order, lags, breaks, run.options, progress)
            progress.fresh = True
            return STOPPED if stopped else RUNNING
        arrives = arrives and fraction == 1.0
    finish_step(run, size, proposed)
    t = run.record.times[progress.count]
    if order < NO_BREAK:
        progress.fresh = True
        reach_break(t, order, lags, breaks, run.options, progress)
    if arrives:
        order = next_break(t, breaks, progress)
        if order < NO_BREAK:
            progress.fresh = True
            reach_break(t, order, lags, breaks, run.options, progress)
    if stopped:
        progress.fresh = True
        return STOPPED
    return RUNNING


@part
def next_length(method, progress, h, size):
    """Length of the step after an accepted one: Hairer's controller with a little memory [s]."""
    power = error_power(method)
    damp = 0.04 if method < IMPLICIT else 0.0
    grow = 0.9 * math.exp(
        (0.75 * damp - power) * math.log(max(size, 1e-10)) + damp * math.log(progress.error)
    )
    proposed = h * min(6.0, max(0.2, grow))
    if h < progress.step:
        proposed = max(proposed, progress.step)  # it was cut for another reason than error
    return proposed


@part
def end_early(call, run, h):
    """Cut the step at the first crossing of a delay or an event, and note the events before it.

    Returns the fraction that stays, the order of the breaking point there (NO_BREAK: none), and
    whether the run stops. A run that would stop at its start keeps one very short step.
    """
    kinds, progress = run.events.kinds, run.progress
    times, coef, count = run.record.times, run.record.coef, progress.count
    fraction, which, shift = first_crossing(call, run)
    order, stopped, ended = NO_BREAK, False, -1
    if which >= 0:
        interval = run.delayed.interval
        crossed = interval[which] if shift > 0 else interval[which] - 1
        order = run.breaks.passed_orders[crossed] + 1
    elif which <= -2:
        ended = -2 - which
        stopped = kinds[ended] == STOP
        if kinds[ended] == SWITCH:
            order = 1
        elif fraction <= NEGLIGIBLE and count == progress.first:
            fraction = max(2.0 * NEGLIGIBLE, clock_resolution(run) / h)
    if kinds.size > 0:
        note_events(call, run, fraction, ended)
    if which >= 0:
        run.delayed.interval[which] += shift
    if fraction <= NEGLIGIBLE:
        return 0.0, order, stopped
    if fraction < 1.0:
        shorten(run.record, count, fraction)
        evaluate(times, coef, count, times[count + 1], run.stages.new)
    return fraction, order, stopped


@kernel
def shorten(record, count, fraction):
    """Cut the piece in work to a fraction of its length."""
    times, coef = record.times, record.coef
    factor = 1.0
    for m in range(1, 5):
        factor *= fraction
        for i in range(coef.shape[2]):
            coef[count, m, i] *= factor
    times[count + 1] = times[count] + fraction * (times[count + 1] - times[count])


@part
def finish_step(run, size, proposed):
    """Write the step down: state, rate, samples, counters."""
    record, stages, progress, grid = run.record, run.stages, run.progress, run.problem.grid
    times, coef, count = record.times, record.coef, progress.count
    progress.error = max(size, 1e-4)
    progress.step = proposed
    progress.stalled = 0
    progress.steps += 1
    progress.jacobian_age += 1
    progress.smooth = True
    progress.blown = False
    for i in range(record.y.size):
        record.y[i] = stages.new[i]
        record.f[i] = stages.k[6, i]
    progress.count = count + 1
    while progress.sampled < grid.size and grid[progress.sampled] <= times[count + 1]:
        row = record.samples[progress.sampled]
        evaluate(times, coef, count, grid[progress.sampled], row)
        progress.sampled += 1
