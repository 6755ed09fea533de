"""Steps of a delay system driven by white noise, kernel level."""

from __future__ import annotations

import math

from panjabi.delay.integrate.call_by_address import ask_jacobian
from panjabi.delay.integrate.codes import NOT_FINITE, RUNNING
from panjabi.delay.integrate.compile_options import inlined, kernel
from panjabi.delay.integrate.runge_kutta import rate


@inlined
def straight(coef, y, count, end):
    """Piece `count` as the straight line from the present state to `end`."""
    for i in range(y.size):
        coef[count, 0, i] = y[i]
        coef[count, 1, i] = end[i] - y[i]
        for m in range(2, 5):
            coef[count, m, i] = 0.0


@kernel
def noisy_steps(equations, y, stages, spread, increments, h, done):
    """Steps after the first `done`, of length h, one for each row of increments; the status.

    Predictor y + h f + G dW, then the mean of the rates at both ends; G stays at the start of
    the step (Ito). States in between are read along straight lines. spread (n, m) : room for G,
    whose function stands in the place of the Jacobian.
    """
    times, coef, progress = equations.times, equations.coef, equations.progress
    k, guess = stages.k, stages.y
    n, m = y.size, increments.shape[1]
    for s in range(increments.shape[0]):
        count = progress.count
        t = times[count]
        end = equations.options.start + (done + s + 1) * h
        times[count + 1] = end
        middle = 0.5 * (t + end)
        straight(coef, y, count, y)
        got = rate(equations, t, middle, y, k[0])
        if got < 0:
            return got
        ask_jacobian(equations.call, t, y, equations.z, equations.p, spread)
        for i in range(n):
            kick = 0.0
            for j in range(m):
                kick += spread[i, j] * increments[s, j]
            k[2, i] = kick
            guess[i] = y[i] + h * k[0, i] + kick
        straight(coef, y, count, guess)
        got = rate(equations, end, middle, guess, k[1])
        if got < 0:
            return got
        for i in range(n):
            guess[i] = y[i] + 0.5 * h * (k[0, i] + k[1, i]) + k[2, i]
            if not math.isfinite(guess[i]):
                return NOT_FINITE
        straight(coef, y, count, guess)
        for i in range(n):
            y[i] = guess[i]
        progress.count = count + 1
    return RUNNING
