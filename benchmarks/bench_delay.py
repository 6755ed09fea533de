"""Delay equations: the lumped trunk compared with jitcdde, and a cohort of lumped trunks.

One trunk: ten states, delays 35 and 100 ms, a smooth pulse of 30 N m (jitcdde requires smooth
right-hand sides), no saturation on either side. Errors are the largest over all states and a
grid of 10 ms, relative to this solver at 1e-12. jitcdde is skipped if it is not installed.

Cohort: different trunks (all parameters and delays lognormal, sd 0.1), 5 s each, with the
half-sine pulse and saturation; error relative to the same cohort at 1e-11. All times are CPU
seconds; for two threads, half of their sum, which is the wall time on two idle cores.

    python benchmarks/bench_delay.py [subjects]
"""

from __future__ import annotations

import math
import os
import sys
import time
import warnings

from timing import machine, seconds

# isort: split
import numpy as np
from numba import njit
from ten_state_trunk import DELAYS, SATURATION, WIDTH, Pulse, ten_state_model, upright, vector

from panjabi.delay.integrate import DelayModel, Settings, solve, solve_cohort

P = vector(Pulse())
CENTRE, BREADTH = 0.25, 0.028  # of the smooth pulse [s]


@njit(cache=True, nogil=True, error_model="numpy")
def smooth_trunk(t, y, delayed, p, out):
    """The lumped trunk with a smooth pulse and without saturation."""
    active = y[4] + y[5] + y[6] - y[7] - y[8] - y[9]
    pulse = p[11] * math.exp(-(((t - CENTRE) / BREADTH) ** 2))
    out[0] = y[1]
    out[1] = (
        p[1] * math.sin(y[0]) - p[2] * y[0] - p[3] * y[0] ** 3 - p[4] * y[1]
        - p[5] * math.exp(-((y[0] / WIDTH) ** 2)) * active + pulse
    ) / p[0]  # fmt: skip
    out[2] = (y[0] - y[2]) / p[10]
    out[3] = (y[1] - y[3]) / p[10]
    for side in range(2):
        sign = 1.0 - 2.0 * side
        for loop in range(2):
            e = p[6] + sign * (p[7] * delayed[loop, 0] + p[8] * delayed[loop, 1])
            u = 0.5 + SATURATION * (0.5 - 1.0 / (math.exp(4.0 * e - 2.0) + 1.0))
            first = 4 + 3 * side
            if loop == 0:
                out[first] = (u - y[first]) / p[9]
                out[first + 1] = (u - y[first + 1]) / p[9]
            else:
                out[first + 2] = (u - y[first + 2]) / p[9]


def peer():
    """The same trunk for jitcdde, compiled, and the compile time [s]."""
    try:
        import symengine as se  # pyright: ignore[reportMissingImports]
        from jitcdde import jitcdde, t, y  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None, math.nan
    p = [float(value) for value in P]
    active = y(4) + y(5) + y(6) - y(7) - y(8) - y(9)
    pulse = p[11] * se.exp(-(((t - CENTRE) / BREADTH) ** 2))
    rates = [
        y(1),
        (
            p[1] * se.sin(y(0)) - p[2] * y(0) - p[3] * y(0) ** 3 - p[4] * y(1)
            - p[5] * se.exp(-((y(0) / WIDTH) ** 2)) * active + pulse
        ) / p[0],
        (y(0) - y(2)) / p[10],
        (y(1) - y(3)) / p[10],
    ]  # fmt: skip
    for side in range(2):
        for muscle in range(3):
            then = t - DELAYS[muscle // 2]
            stretch = p[7] * y(2, then) + p[8] * y(3, then)
            x = 2 * (p[6] + (1 - 2 * side) * stretch) - 1
            u = 0.5 + 0.5 * SATURATION * se.tanh(x)
            rates.append((u - y(4 + 3 * side + muscle)) / p[9])
    begin = time.perf_counter()  # wall time, because the C compiler is another process
    system = jitcdde(rates, max_delay=max(DELAYS), verbose=False)
    system.compile_C()
    return system, time.perf_counter() - begin


def peer_run(system, tolerance: float, grid: np.ndarray) -> np.ndarray:
    """States of jitcdde on the grid, (times, 10); its adjust_diff handles the start."""
    system.purge_past()
    system.constant_past(upright(), time=0.0)
    system.set_integration_parameters(
        rtol=tolerance, atol=1e-3 * tolerance, first_step=1e-3, max_step=0.02
    )
    system.adjust_diff()
    return np.array([system.integrate(t) for t in grid[grid > system.t]])


def one_trunk() -> None:
    model = DelayModel(rhs=smooth_trunk, delays=DELAYS, reads=(2, 3))
    begin = time.perf_counter()
    solve(model, upright(), (0.0, 1.0), p=P)
    first = time.perf_counter() - begin
    print(f"this: first run of 1 s with compiling or loading the kernels  {first:8.3f} s")
    system, compiling = peer()
    if system is None:
        print("jitcdde is not installed: its rows are omitted")
    else:
        print(f"jitcdde: symbols and C compiler                               {compiling:8.3f} s")
    for end in (1.0, 5.0):
        grid = np.arange(0.01, end - 1e-9, 0.01)
        tight = solve(model, upright(), (0.0, end), p=P, settings=Settings(1e-12, 1e-14))
        reference = tight.at(grid)
        for tolerance in (1e-4, 1e-6, 1e-8):
            settings = Settings(tolerance, 1e-3 * tolerance)

            def ours(settings=settings, end=end, grid=grid):
                return solve(model, upright(), (0.0, end), p=P, settings=settings).at(grid)

            error = np.max(np.abs(ours() - reference))
            this = 1e3 * seconds(ours, 25) / end
            row = f"{end:.0f} s at {tolerance:.0e}: this {this:6.3f} ms/s, error {error:.0e}"
            if system is not None:

                def theirs(tolerance=tolerance, grid=grid):
                    return peer_run(system, tolerance, grid)

                states = theirs()
                other = np.max(np.abs(states - reference[-len(states) :]))
                took = 1e3 * seconds(theirs, 9) / end
                row += f"; jitcdde {took:6.3f} ms/s, error {other:.0e}; ratio {took / this:.1f}"
            print(row)
    if system is not None:
        print(f"with compilation, 1 s of motion: ratio {compiling / first:.0f}")


def cohort(subjects: int) -> None:
    pulse, model = Pulse(), ten_state_model()
    spread = np.random.default_rng(1).lognormal(0.0, 0.1, (subjects, 13))
    p = np.tile(P, (subjects, 1))
    p[:, :11] *= spread[:, :11]
    delays = np.array(DELAYS) * spread[:, 11:]
    times = np.linspace(0.0, 5.0, 101)

    def run(tolerance: float, threads: int):
        return solve_cohort(
            model, upright(), (0.0, 5.0), times, p=p, delays=delays, breaks=pulse.breaks,
            settings=Settings(tolerance, 0.1 * tolerance), workers=threads,
        )  # fmt: skip

    tight = run(1e-11, 2)
    for tolerance in (1e-5, 1e-6, 1e-7):
        states = []
        for threads in (1, 2):
            result = run(tolerance, threads)
            states.append(result.state)
            error = np.max(np.abs(result.state - tight.state), axis=(1, 2))
            took = seconds(lambda tolerance=tolerance, n=threads: run(tolerance, n)) / threads
            print(
                f"cohort of {subjects} x 5 s at {tolerance:.0e}, {threads} threads: "
                f"{subjects / took:6.0f} a second, "
                f"error {np.median(error):.0e}, largest {error.max():.0e}"
            )
        print("same bits for one and two threads:", np.array_equal(*states))


if __name__ == "__main__":
    print(machine(), f"; load {os.getloadavg()[0]:.1f}")
    warnings.filterwarnings("ignore", "The target time is smaller")
    one_trunk()
    cohort(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1000)
