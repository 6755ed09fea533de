"""Steps of a delay system driven by white noise, kernel level."""

from __future__ import annotations

import math

from panjabi.delay.integrate.call_by_address import Functions, ask_jacobian
from panjabi.delay.integrate.codes import NOT_FINITE, RUNNING
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.runge_kutta import rate


@kernel
def straight(record, count, end):
    """Piece `count` as the straight line from the present state to `end`."""
    coef, y = record.coef, record.y
    for i in range(y.size):
        coef[count, 0, i] = y[i]
        coef[count, 1, i] = end[i] - y[i]
        for m in range(2, 5):
            coef[count, m, i] = 0.0


@kernel
def noisy_steps(rhs, delay, event, diffusion, history, run, spread, increments, h, done):
    """Steps after the first `done`, of length h, one for each row of increments; the status.

    Predictor y + h f + G dW, then the mean of the rates at both ends; G stays at the start of
    the step (Ito). States in between are read along straight lines. spread (n, m) : room for G.
    """
    call = Functions(rhs, delay, event, diffusion, history)
    record, progress, k, guess = run.record, run.progress, run.stages.k, run.stages.y
    y, times = record.y, record.times
    n, m = y.size, increments.shape[1]
    for s in range(increments.shape[0]):
        count = progress.count
        t = times[count]
        end = run.options.start + (done + s + 1) * h
        times[count + 1] = end
        middle = 0.5 * (t + end)
        straight(record, count, y)
        got = rate(call, run, t, middle, y, k[0])
        if got < 0:
            return got
        ask_jacobian(call, t, y, run.delayed.z, run.problem.p, spread)
        for i in range(n):
            kick = 0.0
            for j in range(m):
                kick += spread[i, j] * increments[s, j]
            k[2, i] = kick
            guess[i] = y[i] + h * k[0, i] + kick
        straight(record, count, guess)
        got = rate(call, run, end, middle, guess, k[1])
        if got < 0:
            return got
        for i in range(n):
            guess[i] = y[i] + 0.5 * h * (k[0, i] + k[1, i]) + k[2, i]
            if not math.isfinite(guess[i]):
                return NOT_FINITE
        straight(record, count, guess)
        for i in range(n):
            y[i] = guess[i]
        progress.count = count + 1
    return RUNNING
