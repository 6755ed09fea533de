"""One trial step of either Runge-Kutta pair, from y and f at the start of the step, kernel level.

Both write the new state into `Stages.new`, the rate there into `k[-1]`, the error estimate into
`error`, the dense polynomial into `piece`, and return a status: 1 if the step read its own dense
polynomial (a delay shorter than the step), 0 if not, negative if it failed.
"""

from __future__ import annotations

import math

from panjabi.delay.integrate.call_by_address import ask_delay, ask_jacobian, ask_rhs
from panjabi.delay.integrate.codes import NOT_FINITE, NOT_SOLVED
from panjabi.delay.integrate.compile_options import inlined, inner
from panjabi.delay.integrate.dense_lu import factor, solve_factored
from panjabi.delay.integrate.history_lookup import look_back
from panjabi.delay.integrate.runge_kutta_coefficients import (
    A21,
    A31,
    A32,
    A41,
    A42,
    A43,
    A51,
    A52,
    A53,
    A54,
    A61,
    A62,
    A63,
    A64,
    A65,
    A71,
    A73,
    A74,
    A75,
    A76,
    C2,
    C3,
    C4,
    C5,
    D12,
    D13,
    D14,
    D32,
    D33,
    D34,
    D42,
    D43,
    D44,
    D52,
    D53,
    D54,
    D62,
    D63,
    D64,
    D72,
    D73,
    D74,
    E1,
    E3,
    E4,
    E5,
    E6,
    E7,
    ESTIMATE,
    GAMMA,
    LOWER,
    NODES,
)  # fmt: skip


@inlined
def delayed_states(equations, t, middle, y):
    """Delays and delayed states of one stage, into Equations.lag and z; as `look_back`."""
    lag, constant = equations.lag, equations.options.constant
    if lag.size > constant:
        ask_delay(equations.call, t, y, equations.p, lag[constant:])
    return look_back(equations, t, middle, y)


@inlined
def rate(equations, t, middle, y, out):
    """Delays, delayed states and right-hand side at one stage."""
    own = delayed_states(equations, t, middle, y)
    if own >= 0:
        ask_rhs(equations.call, t, y, equations.z, equations.p, out)
        equations.progress.evaluations += 1
    return own


@inner
def explicit_step(equations, y, stages, h):
    """Dormand and Prince, order 5."""
    lag, progress = equations.lag, equations.progress
    k, stage, new = stages.k, stages.y, stages.new
    error, piece = stages.error, stages.piece
    t = equations.times[progress.count]
    n = y.size
    own = 0
    middle = t + 0.5 * h
    keep = lag.size == equations.options.constant  # the last two stages then read the same past
    for j in range(lag.size):
        keep = keep and lag[j] > 0.0
    for s in range(1, 7):
        if s == 1:
            x = t + C2 * h
            for i in range(n):
                stage[i] = y[i] + h * A21 * k[0, i]
        elif s == 2:
            x = t + C3 * h
            for i in range(n):
                stage[i] = y[i] + h * (A31 * k[0, i] + A32 * k[1, i])
        elif s == 3:
            x = t + C4 * h
            for i in range(n):
                stage[i] = y[i] + h * (A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i])
        elif s == 4:
            x = t + C5 * h
            for i in range(n):
                stage[i] = y[i] + h * (
                    A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
                )
        elif s == 5:
            x = t + h
            for i in range(n):
                stage[i] = y[i] + h * (
                    A61 * k[0, i] + A62 * k[1, i] + A63 * k[2, i] + A64 * k[3, i] + A65 * k[4, i]
                )
        else:
            x = t + h
            for i in range(n):
                new[i] = y[i] + h * (
                    A71 * k[0, i] + A73 * k[2, i] + A74 * k[3, i] + A75 * k[4, i] + A76 * k[5, i]
                )
        if s == 6 and keep and own == 0:
            ask_rhs(equations.call, x, new, equations.z, equations.p, k[6])
            progress.evaluations += 1
            break
        got = rate(equations, x, middle, new if s == 6 else stage, k[s])
        if got < 0:
            return got
        own = max(own, got)
    for i in range(n):
        k1, k3, k4, k5, k6, k7 = k[0, i], k[2, i], k[3, i], k[4, i], k[5, i], k[6, i]
        error[i] = h * (E1 * k1 + E3 * k3 + E4 * k4 + E5 * k5 + E6 * k6 + E7 * k7)
        piece[0, i] = y[i]
        piece[1, i] = h * k1
        piece[2, i] = h * (D12 * k1 + D32 * k3 + D42 * k4 + D52 * k5 + D62 * k6 + D72 * k7)
        piece[3, i] = h * (D13 * k1 + D33 * k3 + D43 * k4 + D53 * k5 + D63 * k6 + D73 * k7)
        piece[4, i] = h * (D14 * k1 + D34 * k3 + D44 * k4 + D54 * k5 + D64 * k6 + D74 * k7)
    return own


@inner
def prepare_newton(equations, y, atol, linear, h):
    """Factor of 1 - h gamma J; J anew where the last is of another place. False if singular."""
    jac, lu, progress = linear.jac, linear.lu, equations.progress
    n = y.size
    for i in range(n):
        linear.scale[i] = atol[i] + equations.options.rtol * abs(y[i])
    if progress.jacobian_age != 0:
        t = equations.times[progress.count]
        delayed_states(equations, t, t + 0.5 * h, y)
        ask_jacobian(equations.call, t, y, equations.z, equations.p, jac)
        progress.jacobians += 1
        progress.jacobian_age = 0
    for i in range(n):
        for j in range(n):
            lu[i, j] = -h * GAMMA * jac[i, j]
        lu[i, i] += 1.0
    progress.factors += 1
    return factor(lu, linear.pivots)


@inner
def implicit_step(equations, y, stages, linear, h):
    """Kennedy and Carpenter, order 4; stages by Newton's method with the factor at hand."""
    k, stage, new = stages.k, stages.y, stages.new
    error, piece = stages.error, stages.piece
    lu, pivots, scale = linear.lu, linear.pivots, linear.scale
    base, change = linear.base, linear.change
    inner = 0.05 * equations.options.inner
    t = equations.times[equations.progress.count]
    n = y.size
    own = 0
    middle = t + 0.5 * h
    for s in range(1, 6):
        for i in range(n):
            total = 0.0
            for j in range(s):
                total += LOWER[s, j] * k[j, i]
            base[i] = y[i] + h * total
            stage[i] = base[i] + h * GAMMA * k[s - 1, i]
        before = math.inf
        settled = False
        for _ in range(10):
            got = rate(equations, t + NODES[s] * h, middle, stage, k[s])
            if got < 0:
                return got
            own = max(own, got)
            for i in range(n):
                change[i] = base[i] + h * GAMMA * k[s, i] - stage[i]
            solve_factored(lu, pivots, change)
            size = 0.0
            for i in range(n):
                stage[i] += change[i]
                size += (change[i] / scale[i]) ** 2
            size = math.sqrt(size / n)
            if not math.isfinite(size):
                return NOT_FINITE
            ratio = size / before
            if size <= inner or (ratio < 1.0 and size * ratio / (1.0 - ratio) <= inner):
                settled = True
                break
            if ratio > 0.9:
                break
            before = size
        if not settled:
            return NOT_SOLVED
        for i in range(n):
            k[s, i] = (stage[i] - base[i]) / (h * GAMMA)
    for i in range(n):
        new[i] = stage[i]
        total = 0.0
        for j in range(6):
            total += ESTIMATE[j] * k[j, i]
        error[i] = h * total
    solve_factored(lu, pivots, error)
    for i in range(n):
        rise, k1, k6 = new[i] - y[i], h * k[0, i], h * k[5, i]
        piece[0, i] = y[i]
        piece[1, i] = k1
        piece[2, i] = 3.0 * rise - 2.0 * k1 - k6
        piece[3, i] = k1 + k6 - 2.0 * rise
        piece[4, i] = 0.0
        k[6, i] = k[5, i]
    # Between the ends: the polynomial against the fourth stage, in stiff directions only, where
    # the stage is right and the slopes are not. (1 - W^-1) picks them; the others keep order 4.
    x = NODES[3]
    for i in range(n):
        total = GAMMA * k[3, i]
        for j in range(3):
            total += LOWER[3, j] * k[j, i]
        inside = x * (piece[1, i] + x * (piece[2, i] + x * piece[3, i]))
        base[i] = inside - h * total
        change[i] = base[i]
    solve_factored(lu, pivots, change)
    for i in range(n):
        error[i] = max(abs(error[i]), abs(base[i] - change[i]))
    return own
