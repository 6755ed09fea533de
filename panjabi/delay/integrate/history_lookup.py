"""Reading the dense record: the state at a time gone by, kernel level.

Piece k of the record covers times[k] to times[k + 1] and is a polynomial of degree 4 in
theta = (t - times[k]) / (times[k + 1] - times[k]), coefficients coef[k, 0..4]. The piece after
the last final one is the step in work, so that a delay shorter than the step reads its own result.
"""

from __future__ import annotations

import math

from panjabi.delay.integrate.call_by_address import ask_history
from panjabi.delay.integrate.codes import AHEAD, BEFORE, NOT_FINITE
from panjabi.delay.integrate.compile_options import inlined, inner, part

TINY = 1e-13  # relative difference of times that counts as none


@inlined
def near(a, b):
    """Whether two times differ by rounding only."""
    return abs(a - b) <= TINY * (abs(a) + abs(b))


@inlined
def piece_of(times, low, high, hint, s):
    """The piece between low and high that holds time s; the outer ones reach beyond their ends."""
    k = min(max(hint, low), high)
    while k < high and s > times[k + 1]:
        k += 1
    while k > low and s < times[k]:
        k -= 1
    return k


@inner
def evaluate(times, coef, k, s, out):
    """All states at time s by piece k."""
    x = (s - times[k]) / (times[k + 1] - times[k])
    for i in range(out.size):
        out[i] = coef[k, 0, i] + x * (
            coef[k, 1, i] + x * (coef[k, 2, i] + x * (coef[k, 3, i] + x * coef[k, 4, i]))
        )


@part
def window(equations, j, s, middle, half):
    """First and last piece in which delay j may read time s; (0, -1): the history function.

    Where breaking points are stepped on, a constant delay is on one side of the start for a whole
    step, and the middle of the step tells which; else s itself tells. A delay that depends on
    the state stays between two breaking points until it is found to cross one; in between the
    polynomials are continued.
    """
    options, progress, passed = equations.options, equations.progress, equations.passed
    first, count = progress.first, progress.count
    if j < options.constant:
        past_start = middle - equations.lag[j] - options.start
        if abs(past_start) < half * (1.0 - 1e-9):
            past_start = s - options.start
        if past_start >= 0.0:
            return first, count
    else:
        at = equations.interval[j]
        if at > 0:
            low = passed[at - 1].piece
            high = passed[at].piece - 1 if at < progress.passed else count
            return low, max(high, low)
    if options.by_function:
        return 0, -1
    return 0, first - 1


@inlined
def look_back(equations, t, middle, y):
    """Fill Equations.z for the time t. Returns 1 if the step in work was read, 0 if not,
    a negative status where a delay points ahead, before the known history, or nowhere."""
    times, coef, reads = equations.times, equations.coef, equations.reads
    lag, z, buffer, hints = equations.lag, equations.z, equations.buffer, equations.hints
    options, progress = equations.options, equations.progress
    own = 0
    present = times[progress.count]
    for j in range(lag.size):
        s = t - lag[j]
        if not math.isfinite(s):
            return NOT_FINITE
        if j < options.constant and lag[j] == 0.0:
            for r in range(reads.size):
                z[j, r] = y[reads[r]]
            continue
        if lag[j] < 0.0 and not near(s, t):
            if lag[j] < -1e-9 * (1.0 + abs(t)):
                return AHEAD
            s = t
        low, high = window(equations, j, s, middle, middle - present)
        if high < low:
            ask_history(equations.call, s, equations.p, buffer)
            for r in range(reads.size):
                z[j, r] = buffer[reads[r]]
            continue
        if s < times[low] and low == 0 and progress.first > 0 and not near(s, times[0]):
            return BEFORE
        k = piece_of(times, low, high, hints[j], s)
        hints[j] = k
        if k == progress.count and s > present:
            own = 1
        x = (s - times[k]) / (times[k + 1] - times[k])
        for r in range(reads.size):
            i = reads[r]
            z[j, r] = coef[k, 0, i] + x * (
                coef[k, 1, i] + x * (coef[k, 2, i] + x * (coef[k, 3, i] + x * coef[k, 4, i]))
            )
    return own


@inner
def continue_piece(times, coef, y, f, count, smooth):
    """First guess of the piece `count`: the last one carried on, or a straight line."""
    h = times[count + 1] - times[count]
    if not smooth:
        for i in range(y.size):
            coef[count, 0, i] = y[i]
            coef[count, 1, i] = h * f[i]
            coef[count, 2, i] = 0.0
            coef[count, 3, i] = 0.0
            coef[count, 4, i] = 0.0
        return
    r = h / (times[count] - times[count - 1])
    for i in range(y.size):
        c2, c3, c4 = coef[count - 1, 2, i], coef[count - 1, 3, i], coef[count - 1, 4, i]
        coef[count, 0, i] = y[i]
        coef[count, 1, i] = h * f[i]
        coef[count, 2, i] = r * r * (c2 + 3.0 * c3 + 6.0 * c4)
        coef[count, 3, i] = r * r * r * (c3 + 4.0 * c4)
        coef[count, 4, i] = r * r * r * r * c4
