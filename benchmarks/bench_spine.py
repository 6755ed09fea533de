"""Speed of the spine simulation relative to real time, and its error.

The lumbar model: 18 coordinates, 244 muscles with elastic tendons, a stretch reflex for each over
two delays, Maxwell branches in the units: 804 states. It is upright, is pushed with 100 N at T8 for
0.1 s, and returns. The reference is the explicit pair at 1e-9 in the same process; the explicit
pair at the same tolerance is the peer of the Rosenbrock pair.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from timing import machine, seconds  # first: sets one thread

from panjabi.delay.integrate import Settings
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import delay_model
from panjabi.spine import ForcePulse, equilibrium, spine_model
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import spine_linear

DURATION = 2.0  # [s]
PUSH = ForcePulse(100.0, start=0.1, length=0.1)


def settings(method: str, tolerance: float) -> Settings:
    return Settings(rtol=tolerance, atol=0.1 * tolerance, method=method, track=1)


def parts(rest) -> None:
    """Time of one right-hand side and of the linear algebra [us]."""
    model = rest.model
    p = pack(model, (PUSH,))
    late = np.zeros((len(model.delays), model.loop_count))
    out, work = np.empty(model.size), np.zeros((2, model.size))

    def many(call) -> float:
        return 1e6 * seconds(lambda: [call() for _ in range(500)]) / 500

    print(f"right-hand side {many(lambda: spine_rhs(0.15, rest.state, late, p, out)):8.1f} us")
    for task, name in enumerate(("slopes", "factor", "solution")):
        work[0, 0], work[0, 1] = task, 2e-3
        spent = many(lambda: spine_linear(0.15, rest.state, late, p, work))
        print(f"{name:15} {spent:8.1f} us")


def main() -> None:
    print(machine())
    for region in ("lumbar", "whole"):
        rest = equilibrium(spine_model(region, reflexes=True))
        print(f"\n{region}: {rest.model}")
        assert delay_model(rest.model).delays == rest.model.delays
        parts(rest)
        exact = simulate(rest, PUSH, settings("explicit", 1e-9), duration=DURATION)
        times = np.linspace(0.0, DURATION, 401)
        reference = exact.trajectory.at(times)
        part = rest.model.slices
        moved = np.abs(reference[:, part["q"]] - reference[0, part["q"]]).max()
        print(f"largest excursion {moved:.3f} rad; errors over {len(times)} times, worst state")
        print(
            "pair         tolerance   steps  x real time  error of q [rad]  of activation  of fibre"
        )
        for method, tolerances in (
            ("rosenbrock", (1e-3, 1e-4, 1e-5)),
            ("explicit", (1e-3, 1e-4, 1e-5)),
        ):
            for tolerance in tolerances:
                chosen = settings(method, tolerance)
                record = simulate(rest, PUSH, chosen, duration=DURATION)
                run = partial(simulate, rest, PUSH, chosen, duration=DURATION)
                spent = seconds(run, runs=3)
                gap = np.abs(record.trajectory.at(times) - reference).max(axis=0)
                errors = [gap[part[k]].max() for k in ("q", "activation", "fibre")]
                print(
                    f"{method:12} {tolerance:9.0e} {record.trajectory.counts.steps:7d} "
                    f"{DURATION / spent:12.1f} {errors[0]:16.1e} {errors[1]:14.1e} {errors[2]:8.0e}"
                )


if __name__ == "__main__":
    main()
