"""The method of steps: one compiled loop from breaking point to breaking point, kernel level."""

from __future__ import annotations

import math

from panjabi.delay.integrate.breaking_points import next_break, reach_break
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.crossings import first_crossing, note_events
from panjabi.delay.integrate.first_step import start
from panjabi.delay.integrate.history_lookup import continue_piece, evaluate
from panjabi.delay.integrate.layout import (
    AHEAD,
    BEGUN,
    CHATTER,
    COUNT,
    DONE,
    END,
    ERROR,
    FIRST,
    FIXED,
    FRESH,
    FULL,
    IMPLICIT,
    INNER,
    JACOBIAN_AGE,
    LARGEST,
    METHOD,
    NOT_FINITE,
    PENDING,
    PRUNE,
    REJECTED,
    ROSENBROCK,
    RTOL,
    RUNNING,
    SAMPLED,
    STALE,
    STALLED,
    START,
    STATUS,
    STEP,
    STEPS,
    STOPPED,
    SWEEPS,
    SWITCH,
    TOO_SMALL,
)  # fmt: skip
from panjabi.delay.integrate.rosenbrock import prepare_linear, rosenbrock_step
from panjabi.delay.integrate.steps import (
    NOT_SOLVED,
    explicit_step,
    implicit_step,
    prepare_newton,
    rate,
)

OVERLAP = 2.5  # a step up to so many shortest delays is cut to the delay: no repeats needed
MOST_SWEEPS = 20


@kernel
def error_size(error, y, new, atol, rtol):
    """Root mean square of the estimate over its tolerance; 1 is just accepted."""
    total = 0.0
    for i in range(y.size):
        ratio = error[i] / (atol[i] + rtol * max(abs(y[i]), abs(new[i])))
        total += ratio * ratio
    return math.sqrt(total / y.size)


@kernel
def adopt(piece, coef, count, y, atol, rtol):
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


@kernel
def shorten(times, coef, count, share):
    """Cut the piece in work to a share of its length."""
    factor = 1.0
    for m in range(1, 5):
        factor *= share
        for i in range(coef.shape[2]):
            coef[count, m, i] *= factor
    times[count + 1] = times[count] + share * (times[count + 1] - times[count])


@kernel
def first_guess(t, y, f, atol, rtol, whole, real):
    """Length of the first step, from the sizes of y and y'."""
    d0 = d1 = 0.0
    for i in range(y.size):
        weight = atol[i] + rtol * abs(y[i])
        d0 = max(d0, abs(y[i]) / weight)
        d1 = max(d1, abs(f[i]) / weight)
    span = min(real[LARGEST], real[END] - t)
    if d1 < 1e-10:
        return 1e-3 * span
    return min(0.1 * span, max(0.01 * d0 / d1, 1.0 / d1))


@kernel
def forget(whole, times, coef, lag):
    """Drop pieces that no constant delay reaches any more; False if that makes no room."""
    reach = 0.0
    for j in range(lag.size):
        reach = max(reach, lag[j])
    horizon = times[whole[COUNT]] - reach
    away = 0
    while away < whole[COUNT] - 1 and times[away + 1] < horizon:
        away += 1
    if away < max(1, whole[COUNT] // 8):
        return False
    kept = whole[COUNT] - away
    for k in range(kept):
        times[k] = times[k + away]
        for m in range(5):
            for i in range(coef.shape[2]):
                coef[k, m, i] = coef[k + away, m, i]
    times[kept] = times[whole[COUNT]]
    whole[COUNT] = kept
    whole[FIRST] = max(0, whole[FIRST] - away)
    return True


@kernel
def advance(
    rhs, delay, event, jacobian, history, p, lags, reads, atol, kinds, directions, real, whole,
    y, f, times, coef, break_times, break_orders, passed_times, passed_steps, passed_orders,
    met_times, met_orders, pieces, hints, signs, event_times, event_kinds, grid, samples,
    k, stage, new, error, piece, buffer, z, lag, values, jac, lu, pivots, base, change, scale,
    breaks, before, steps,
):  # fmt: skip
    """Go on for at most `steps` accepted steps. The status is returned and kept in whole.

    Arrays are as `panjabi.delay.integrate.workspace.Workspace` makes them; y, f, the record and the
    counters are all there is of state, so a call may follow a call. `breaks` and `before` are
    for `start`, which the first call does.
    """
    n = y.size
    rtol = real[RTOL]
    implicit = whole[METHOD] == IMPLICIT
    rosenbrock = whole[METHOD] >= ROSENBROCK
    power = 1.0 / 3.0 if rosenbrock else 0.25 if implicit else 0.2
    damp = 0.0 if implicit or rosenbrock else 0.04
    fixed = whole[FIXED]
    varying = lags.size > fixed
    shortest = math.inf
    for j in range(fixed):
        lag[j] = lags[j]
        if lags[j] > 0.0:
            shortest = min(shortest, lags[j])
    if whole[BEGUN] == 0:
        while whole[SAMPLED] < grid.size and grid[whole[SAMPLED]] <= times[whole[COUNT]]:
            for i in range(n):
                samples[whole[SAMPLED], i] = y[i]
            whole[SAMPLED] += 1
        whole[STATUS] = start(
            delay, event, history, p, lags, reads, atol, kinds, real, whole, y, times, coef,
            break_times, break_orders, passed_times, passed_steps, passed_orders, met_times,
            met_orders, pieces, hints, signs, buffer, z, lag, values, breaks, before,
        )  # fmt: skip
        if whole[STATUS] < 0:
            return whole[STATUS]
        whole[BEGUN] = 1
    done = 0
    smooth = blown = False
    while True:
        count = whole[COUNT]
        t = times[count]
        if t >= real[END]:
            whole[STATUS] = DONE
            return DONE
        if done >= steps:
            whole[STATUS] = RUNNING
            return RUNNING
        if count + 2 >= coef.shape[0]:
            if whole[PRUNE] == 1 and forget(whole, times, coef, lag):
                continue
            whole[STATUS] = FULL
            return FULL
        smallest = 16.0 * 2.3e-16 * max(abs(t), abs(t - real[START]), 1e-290)
        stop = real[END]
        if whole[PENDING] > 0:
            stop = min(stop, break_times[0])

        # the rate at the start of the step: anew after a breaking point, else the last one
        if whole[FRESH] == 1:
            times[count + 1] = t + max(min(real[STEP], stop - t), smallest)
            middle = 0.5 * (t + times[count + 1])
            for i in range(n):
                f[i] = 0.0
            continue_piece(times, coef, count, y, f, False)
            got = rate(
                rhs, delay, history, t, middle, y, lag, p, reads, whole, real, times, coef,
                pieces, passed_steps, hints, buffer, z, f,
            )  # fmt: skip
            if got < 0:
                whole[STATUS] = got
                return got
            for i in range(n):
                if not math.isfinite(f[i]):
                    whole[STATUS] = NOT_FINITE
                    return NOT_FINITE
            whole[FRESH] = 0
            whole[JACOBIAN_AGE] = STALE
            smooth = False
        if real[STEP] <= 0.0:
            real[STEP] = first_guess(t, y, f, atol, rtol, whole, real)

        # how far
        h = min(real[STEP], real[LARGEST])
        least = shortest
        for j in range(fixed, lags.size):
            if lag[j] > 0.0:
                least = min(least, lag[j])
        if least < h < OVERLAP * least:
            h = least
        arrives = False
        if t + 1.01 * h >= stop:
            h = stop - t
            arrives = True
        elif t + 2.0 * h > stop:
            h = 0.5 * (stop - t)
        if not arrives and h < smallest:
            whole[STATUS] = NOT_FINITE if blown else TOO_SMALL
            return whole[STATUS]
        times[count + 1] = stop if arrives else t + h

        # the step, repeated where it reads its own result
        reading = varying or h > shortest
        if reading:
            continue_piece(times, coef, count, y, f, smooth)
        for i in range(n):
            k[0, i] = f[i]
        got = 0
        if implicit:
            for i in range(n):
                scale[i] = atol[i] + rtol * abs(y[i])
            if not prepare_newton(jacobian, t, h, y, z, p, whole, jac, lu, pivots):
                got = NOT_SOLVED
        elif rosenbrock and not prepare_linear(jacobian, t, h, y, z, p, whole, jac, lu, pivots):
            got = NOT_SOLVED
        moved = 0.0
        sweep = 0
        while got >= 0:
            if implicit:
                got = implicit_step(
                    rhs, delay, history, t, h, y, lag, p, reads, whole, real, times, coef,
                    pieces, passed_steps, hints, buffer, z, k, stage, new, error, piece, scale,
                    lu, pivots, base, change, 0.05 * real[INNER],
                )  # fmt: skip
            elif rosenbrock:
                got = rosenbrock_step(
                    rhs, delay, jacobian, history, t, h, y, lag, p, reads, whole, real, times,
                    coef, pieces, passed_steps, hints, buffer, z, k, stage, new, error, piece,
                    jac, lu, pivots,
                )  # fmt: skip
            else:
                got = explicit_step(
                    rhs, delay, history, t, h, y, lag, p, reads, whole, real, times, coef,
                    pieces, passed_steps, hints, buffer, z, k, stage, new, error, piece,
                )  # fmt: skip
            if got < 0:
                break
            if got == 0:
                for m in range(5):
                    for i in range(n):
                        coef[count, m, i] = piece[m, i]
                break
            earlier = moved
            moved = adopt(piece, coef, count, y, atol, rtol)
            if moved <= real[INNER]:
                break
            sweep += 1
            whole[SWEEPS] += 1
            if (
                sweep >= MOST_SWEEPS
                or not math.isfinite(moved)
                or (sweep > 2 and moved > 0.9 * earlier)
            ):
                got = NOT_SOLVED
        if got < 0:
            whole[REJECTED] += 1
            whole[JACOBIAN_AGE] = STALE
            if h <= 4.0 * smallest or (got == AHEAD and h < 1e-10 * (1.0 + abs(t))):
                whole[STATUS] = TOO_SMALL if got == NOT_SOLVED else got
                return whole[STATUS]
            real[STEP] = 0.25 * h if not 0.25 * h < least < h else least
            continue

        size = error_size(error, y, new, atol, rtol)
        if not size <= 1.0:
            whole[REJECTED] += 1
            blown = not math.isfinite(size)
            if blown:
                if h <= 4.0 * smallest:
                    whole[STATUS] = NOT_FINITE
                    return NOT_FINITE
                real[STEP] = 0.1 * h
            else:
                real[STEP] = h * max(0.1, 0.9 * size**-power)
                if real[STEP] < smallest:
                    whole[STATUS] = TOO_SMALL
                    return TOO_SMALL
            continue
        # Hairer's controller with a little memory
        grow = 0.9 * math.exp(
            (0.75 * damp - power) * math.log(max(size, 1e-10)) + damp * math.log(real[ERROR])
        )
        grow = min(6.0, max(0.2, grow))
        proposed = h * grow
        if h < real[STEP]:
            proposed = max(proposed, real[STEP])  # it was cut for another reason than error

        # what happens inside the step
        order = 99
        halted = -1
        if varying or kinds.size > 0:
            share, which, shift = first_crossing(
                delay, event, history, p, lag, reads, kinds, directions, real, whole, times,
                coef, passed_times, passed_steps, pieces, hints, signs, stage, buffer, z, values,
            )  # fmt: skip
            if share < 1.0:
                arrives = False
            if kinds.size > 0:
                note_events(
                    share, -2 - which if which <= -2 else -1, delay, event, history, p, lag,
                    reads, kinds, directions, real, whole, times, coef, passed_steps, pieces,
                    hints, signs, event_times, event_kinds, stage, buffer, z, values,
                )  # fmt: skip
            if which >= 0:  # a delay has crossed a breaking point
                crossed = pieces[which] if shift > 0 else pieces[which] - 1
                order = passed_orders[crossed] + 1
                pieces[which] += shift
            elif which <= -2:  # an event that ends the step
                e = -2 - which
                if kinds[e] == SWITCH:
                    order = 1
                else:
                    halted = e
            if share <= 1e-9:
                share = 0.0
            elif share < 1.0:
                shorten(times, coef, count, share)
                evaluate(times, coef, count, times[count + 1], new)
            if share == 0.0:
                whole[STALLED] += 1
                if whole[STALLED] > 60:
                    whole[STATUS] = CHATTER
                    return CHATTER
                reach_break(
                    t, order, lags, whole, real, break_times, break_orders, passed_times,
                    passed_steps, passed_orders, met_times, met_orders,
                )  # fmt: skip
                whole[FRESH] = 1
                if halted >= 0:
                    whole[STATUS] = STOPPED
                    return STOPPED
                continue

        # the step is final
        real[ERROR] = max(size, 1e-4)
        real[STEP] = proposed
        whole[STALLED] = 0
        whole[STEPS] += 1
        whole[JACOBIAN_AGE] += 1
        done += 1
        smooth = True
        blown = False
        for i in range(n):
            y[i] = new[i]
            f[i] = k[6, i]
        whole[COUNT] = count + 1
        t = times[count + 1]
        while whole[SAMPLED] < grid.size and grid[whole[SAMPLED]] <= t:
            evaluate(times, coef, count, grid[whole[SAMPLED]], samples[whole[SAMPLED]])
            whole[SAMPLED] += 1
        if order < 99:
            whole[FRESH] = 1
            reach_break(
                t, order, lags, whole, real, break_times, break_orders, passed_times,
                passed_steps, passed_orders, met_times, met_orders,
            )  # fmt: skip
        if arrives:
            order = next_break(t, whole, break_times, break_orders)
            if order < 99:
                whole[FRESH] = 1
                reach_break(
                    t, order, lags, whole, real, break_times, break_orders, passed_times,
                    passed_steps, passed_orders, met_times, met_orders,
                )  # fmt: skip
        if halted >= 0:
            whole[FRESH] = 1
            whole[STATUS] = STOPPED
            return STOPPED
