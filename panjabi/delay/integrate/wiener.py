"""Steps of a delay system driven by white noise, kernel level."""

from __future__ import annotations

import math

from panjabi.delay.integrate.call_by_address import ask_jacobian
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.layout import COUNT, NOT_FINITE, RUNNING
from panjabi.delay.integrate.steps import rate


@kernel
def straight(times, coef, count, y, end):
    """Piece `count` as the straight line from y to end."""
    for i in range(y.size):
        coef[count, 0, i] = y[i]
        coef[count, 1, i] = end[i] - y[i]
        for m in range(2, 5):
            coef[count, m, i] = 0.0


@kernel
def noisy_steps(
    rhs, delay, diffusion, history, p, lag, reads, whole, real, y, times, coef, pieces,
    passed_steps, hints, buffer, z, k, guess, spread, increments, h, first, start,
):  # fmt: skip
    """Steps first, first + 1, ... of length h, one for each row of increments.

    Predictor y + h f + G dW, then the mean of the rates at both ends; G stays at the start of
    the step (Ito). States in between are read along straight lines.
    """
    n, m = y.size, increments.shape[1]
    for s in range(increments.shape[0]):
        count = whole[COUNT]
        t = times[count]
        end = start + (first + s + 1) * h
        times[count + 1] = end
        middle = 0.5 * (t + end)
        straight(times, coef, count, y, y)
        got = rate(
            rhs, delay, history, t, middle, y, lag, p, reads, whole, real, times, coef, pieces,
            passed_steps, hints, buffer, z, k[0],
        )  # fmt: skip
        if got < 0:
            return got
        ask_jacobian(diffusion, t, y, z, p, spread)
        for i in range(n):
            kick = 0.0
            for j in range(m):
                kick += spread[i, j] * increments[s, j]
            k[2, i] = kick
            guess[i] = y[i] + h * k[0, i] + kick
        straight(times, coef, count, y, guess)
        got = rate(
            rhs, delay, history, end, middle, guess, lag, p, reads, whole, real, times, coef,
            pieces, passed_steps, hints, buffer, z, k[1],
        )  # fmt: skip
        if got < 0:
            return got
        for i in range(n):
            guess[i] = y[i] + 0.5 * h * (k[0, i] + k[1, i]) + k[2, i]
            if not math.isfinite(guess[i]):
                return NOT_FINITE
        straight(times, coef, count, y, guess)
        for i in range(n):
            y[i] = guess[i]
        whole[COUNT] = count + 1
    return RUNNING
