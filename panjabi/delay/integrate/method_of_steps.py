"""The method of steps: one compiled loop from breaking point to breaking point, kernel level.

`advance` is the loop. A trial step (`try_step`) goes through: the rate at its start, its length,
the step itself (`solve_step`, repeated where it reads its own result), the error, and then either
a shorter length for the next trial or `accept`, which cuts the step at events and breaking points.
"""

from __future__ import annotations

import math

from panjabi.delay.integrate.breaking_points import next_break, reach_break
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
from panjabi.delay.integrate.compile_options import inner, kernel, part
from panjabi.delay.integrate.crossings import first_crossing, note_events, sample_events
from panjabi.delay.integrate.first_step import start
from panjabi.delay.integrate.history_lookup import continue_piece, evaluate, near
from panjabi.delay.integrate.rosenbrock import prepare_linear, rosenbrock_step
from panjabi.delay.integrate.runge_kutta import explicit_step, implicit_step, prepare_newton, rate

OVERLAP = 2.5  # a step up to so many shortest delays is cut to the delay: no repeats needed
MOST_SWEEPS = 20
NEGLIGIBLE = 1e-9  # fraction of a step that counts as none


@kernel
def advance(run, steps):
    """Go on for at most `steps` accepted steps; the status, see `codes`.

    run : a `records.Run`, which holds all there is of state, so a call may follow a call.
    """
    equations = run.equations
    options, progress, times = equations.options, equations.progress, equations.times
    for j in range(options.constant):
        equations.lag[j] = run.problem.lags[j]
    if not progress.begun:
        status = begin(run)
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
        if not has_room(equations):
            return FULL
        status = try_step(run)
        if status != RUNNING:
            return status


@part
def begin(run):
    """Samples at the start itself, and what has to be known before the first step."""
    solution, grid, progress = run.solution, run.problem.grid, run.equations.progress
    t = run.equations.times[progress.count]
    while progress.sampled < grid.size and grid[progress.sampled] <= t:
        for i in range(solution.y.size):
            solution.samples[progress.sampled, i] = solution.y[i]
        progress.sampled += 1
    status = start(run)
    if status >= 0:
        progress.begun = True
    return status


@part
def has_room(equations):
    """Whether another piece fits into the record, if need be after forgetting old ones."""
    times, coef, progress = equations.times, equations.coef, equations.progress
    if progress.count + 2 < coef.shape[0]:
        return True
    return equations.options.prune and forget(times, coef, equations.lag, progress)


@inner
def forget(times, coef, lag, progress):
    """Drop pieces that no constant delay reaches any more; False if that makes no room."""
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
def try_step(run):
    """One trial step. RUNNING if it was accepted or is to be tried shorter, else a final status."""
    equations, stages = run.equations, run.stages
    options, progress, times = equations.options, equations.progress, equations.times
    y, f, atol = run.solution.y, run.solution.f, run.problem.atol
    t = times[progress.count]
    resolution = clock_resolution(t, options.start)
    stop = next_stop(t, run.problem.kinks, run.breaks.ahead, options, progress)
    if progress.fresh:
        status = rate_at_start(equations, y, f, stop, resolution)
        if status < 0:
            return status
    if progress.step <= 0.0:
        progress.step = first_guess(t, y, f, atol, options)
    h, shortest, arrives = step_length(equations, stop, resolution)
    if h == 0.0:
        return NOT_FINITE if progress.blown else TOO_SMALL
    status = solve_step(run, h, shortest)
    if status < 0:
        return retry_unsolved(progress, t, h, shortest, resolution, status)
    size = error_size(y, stages.new, stages.error, atol, options.rtol)
    if not size <= 1.0:
        return retry_inaccurate(progress, options.method, h, size, resolution)
    return accept(run, h, size, arrives)


@part
def next_stop(t, kinks, ahead, options, progress):
    """The time after t at which a step has to end: a breaking point, a kink, the end [s].

    At a kink only the slope of the right-hand side jumps, so rate and Jacobian stay valid.
    """
    stop = options.end
    if progress.pending > 0:
        stop = min(stop, ahead[0].time)
    while progress.kinks < kinks.size:
        kink = kinks[progress.kinks]
        if kink > t and not near(kink, t):
            if not near(kink, stop):
                stop = min(stop, kink)
            break
        progress.kinks += 1
    return stop


@part
def clock_resolution(t, origin):
    """Shortest step that the present time resolves [s]."""
    return 16.0 * 2.3e-16 * max(abs(t), abs(t - origin), 1e-290)


@part
def rate_at_start(equations, y, f, stop, resolution):
    """The rate f anew, as after a breaking point; 0, or a negative status."""
    times, progress = equations.times, equations.progress
    count = progress.count
    t = times[count]
    times[count + 1] = t + max(min(progress.step, stop - t), resolution)
    for i in range(y.size):
        f[i] = 0.0
    progress.smooth = False
    continue_piece(times, equations.coef, y, f, count, progress.smooth)
    status = rate(equations, t, 0.5 * (t + times[count + 1]), y, f)
    if status < 0:
        return status
    for i in range(y.size):
        if not math.isfinite(f[i]):
            return NOT_FINITE
    progress.fresh = False
    progress.jacobian_age = STALE
    return 0


@inner
def first_guess(t, y, f, atol, options):
    """Length of the first step, from the sizes of y and y' [s]."""
    d0 = d1 = 0.0
    for i in range(y.size):
        weight = atol[i] + options.rtol * abs(y[i])
        d0 = max(d0, abs(y[i]) / weight)
        d1 = max(d1, abs(f[i]) / weight)
    span = min(options.largest, options.end - t)
    if d1 < 1e-10:
        return 1e-3 * span
    return min(0.1 * span, max(0.01 * d0 / d1, 1.0 / d1))


@part
def step_length(equations, stop, resolution):
    """Length of the trial step [s] (0: too short), the shortest delay [s], whether it arrives at
    the next stop. The end of the step is put into the record."""
    times, lag, progress = equations.times, equations.lag, equations.progress
    t = times[progress.count]
    h = min(progress.step, equations.options.largest)
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
    if not arrives and h < resolution:
        return 0.0, shortest, arrives
    times[progress.count + 1] = stop if arrives else t + h
    return h, shortest, arrives


@part
def solve_step(run, h, shortest):
    """The trial step, repeated where it reads its own result; negative if that did not settle."""
    equations, stages, linear = run.equations, run.stages, run.linear
    y, f, atol = run.solution.y, run.solution.f, run.problem.atol
    options, progress, coef = equations.options, equations.progress, equations.coef
    method, count = options.method, progress.count
    if equations.lag.size > options.constant or h > shortest:
        continue_piece(equations.times, coef, y, f, count, progress.smooth)
    for i in range(y.size):
        stages.k[0, i] = f[i]
    if method == IMPLICIT:
        if not prepare_newton(equations, y, atol, linear, h):
            return NOT_SOLVED
    elif method >= ROSENBROCK and not prepare_linear(equations, y, linear, h):
        return NOT_SOLVED
    moved = 0.0
    for sweep in range(1, MOST_SWEEPS + 1):
        if method == IMPLICIT:
            status = implicit_step(equations, y, stages, linear, h)
        elif method >= ROSENBROCK:
            status = rosenbrock_step(equations, y, stages, linear, h)
        else:
            status = explicit_step(equations, y, stages, h)
        if status < 0:
            return status
        if status == 0:
            for m in range(5):
                for i in range(y.size):
                    coef[count, m, i] = stages.piece[m, i]
            return 0
        earlier = moved
        moved = adopt(coef, stages.piece, y, atol, options.rtol, count)
        if moved <= options.inner:
            return 0
        progress.sweeps += 1
        if not math.isfinite(moved) or (sweep > 2 and moved > 0.9 * earlier):
            break
    return NOT_SOLVED


@inner
def adopt(coef, piece, y, atol, rtol, count):
    """Take the new polynomial; how far it moved at the middle and the end, over tolerance."""
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
def retry_unsolved(progress, t, h, shortest, resolution, status):
    """A shorter length after a step that was not solved; negative where it cannot be shorter."""
    progress.rejected += 1
    progress.jacobian_age = STALE
    if h <= 4.0 * resolution or (status == AHEAD and h < 1e-10 * (1.0 + abs(t))):
        return TOO_SMALL if status == NOT_SOLVED else status
    progress.step = 0.25 * h if not 0.25 * h < shortest < h else shortest
    return RUNNING


@inner
def error_size(y, new, error, atol, rtol):
    """Root mean square of the estimate over its tolerance; 1 is just accepted."""
    total = 0.0
    for i in range(y.size):
        ratio = error[i] / (atol[i] + rtol * max(abs(y[i]), abs(new[i])))
        total += ratio * ratio
    return math.sqrt(total / y.size)


@part
def error_power(method):
    """The error of a step grows with its length to the power 1 / this."""
    return 1.0 / 3.0 if method >= ROSENBROCK else 0.25 if method == IMPLICIT else 0.2


@part
def retry_inaccurate(progress, method, h, size, resolution):
    """A shorter length after too large an error; negative where it cannot be shorter."""
    progress.rejected += 1
    progress.blown = not math.isfinite(size)
    if progress.blown:
        if h <= 4.0 * resolution:
            return NOT_FINITE
        progress.step = 0.1 * h
        return RUNNING
    progress.step = h * max(0.1, 0.9 * size ** -error_power(method))
    return TOO_SMALL if progress.step < resolution else RUNNING


@part
def accept(run, h, size, arrives):
    """Make the step final up to the first thing that ends it, and propose the next length."""
    equations, breaks, lags = run.equations, run.breaks, run.problem.lags
    options, progress = equations.options, equations.progress
    proposed = next_length(options.method, progress, h, size)
    order, stopped, fraction = NO_BREAK, False, 1.0
    if lags.size > options.constant or run.events.kinds.size > 0:
        fraction, order, stopped = end_early(equations, run.stages, run.events, h)
    if fraction > 0.0:
        finish_step(run, size, proposed)
    else:
        progress.stalled += 1
        if progress.stalled > 60:
            return CHATTER
        progress.fresh = True
    t = equations.times[progress.count]
    reach_break(t, order, lags, breaks, options, progress)
    if arrives and fraction == 1.0:
        reach_break(t, next_break(t, breaks.ahead, progress), lags, breaks, options, progress)
    progress.fresh = progress.fresh or stopped
    return STOPPED if stopped else RUNNING


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
def end_early(equations, stages, events, h):
    """Cut the step at the first crossing of a delay or an event, and note the events before it.

    Returns the fraction that stays, the order of the breaking point there (NO_BREAK: none), and
    whether the run stops. A run that would stop at its start keeps one very short step.
    """
    kinds, progress, interval = events.kinds, equations.progress, equations.interval
    times, coef, count = equations.times, equations.coef, progress.count
    if kinds.size > 0:
        sample_events(equations, stages.y, events)
    fraction, which, shift = first_crossing(equations, stages.y, events)
    order, stopped, ended = NO_BREAK, False, -1
    if which >= 0:
        crossed = interval[which] if shift > 0 else interval[which] - 1
        order = equations.passed[crossed].order + 1
    elif which <= -2:
        ended = -2 - which
        stopped = kinds[ended] == STOP
        if kinds[ended] == SWITCH:
            order = 1
        elif fraction <= NEGLIGIBLE and count == progress.first:
            resolution = clock_resolution(times[count], equations.options.start)
            fraction = max(2.0 * NEGLIGIBLE, resolution / h)
    if kinds.size > 0:
        note_events(equations, stages.y, events, fraction, ended)
    if which >= 0:
        interval[which] += shift
    if fraction <= NEGLIGIBLE:
        return 0.0, order, stopped
    if fraction < 1.0:
        shorten(times, coef, count, fraction)
        evaluate(times, coef, count, times[count + 1], stages.new)
    return fraction, order, stopped


@inner
def shorten(times, coef, count, fraction):
    """Cut the piece in work to a fraction of its length."""
    factor = 1.0
    for m in range(1, 5):
        factor *= fraction
        for i in range(coef.shape[2]):
            coef[count, m, i] *= factor
    times[count + 1] = times[count] + fraction * (times[count + 1] - times[count])


@part
def finish_step(run, size, proposed):
    """Write the step down: state, rate, samples, counters."""
    equations, solution, stages, grid = run.equations, run.solution, run.stages, run.problem.grid
    times, coef, progress = equations.times, equations.coef, equations.progress
    count = progress.count
    progress.error = max(size, 1e-4)
    progress.step = proposed
    progress.stalled = 0
    progress.steps += 1
    progress.jacobian_age += 1
    progress.smooth = True
    progress.blown = False
    for i in range(solution.y.size):
        solution.y[i] = stages.new[i]
        solution.f[i] = stages.k[6, i]
    progress.count = count + 1
    while progress.sampled < grid.size and grid[progress.sampled] <= times[count + 1]:
        row = solution.samples[progress.sampled]
        evaluate(times, coef, count, grid[progress.sampled], row)
        progress.sampled += 1
