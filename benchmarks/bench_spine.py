"""Speed of the spine simulation relative to real time, and its error.

The lumbar model: 18 coordinates, 244 muscles with elastic tendons and short-range force, a stretch
reflex for each over two delays, Maxwell branches and compression of the units: 1090 states. It is
upright, is pushed with 100 N at T8 for 0.1 s, and returns. The reference is the explicit pair at
1e-9 in the same process; the explicit pair at the same tolerance is the peer of the Rosenbrock
pair.

Three runs with the default settings come first, each with its smallest wanted ratio: the pushed
lumbar spine, its sway under motor, sensory and process noise, and the pushed spine from sacrum to
skull. The error of sway is that beside a run at 1e-6 on the same paths. `--targets` prints only
these.
"""

from __future__ import annotations

import sys
from functools import partial

import numpy as np
from timing import machine, seconds  # first: sets one thread

from panjabi.delay.integrate import Settings
from panjabi.neural import stance_noise
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import delay_model
from panjabi.spine import ForcePulse, ProcessNoise, SpineNoise, equilibrium, spine_model
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.solver_kernels import spine_linear

DURATION = 2.0  # [s]
PUSH = ForcePulse(100.0, start=0.1, length=0.1)
NOISE = SpineNoise(sensory=stance_noise(), process=ProcessNoise(moment=0.1))
TARGETS = (
    ("lumbar, pushed", "lumbar", 3.0, {"perturbation": PUSH}, 25.0),
    ("lumbar, noise", "lumbar", 10.0, {"noise": NOISE}, 5.0),
    ("whole, pushed", "whole", 3.0, {"perturbation": PUSH}, 3.0),
)


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


def targets() -> None:
    """Simulated over CPU time of the three runs, median of three."""
    rests = {name: equilibrium(spine_model(name, reflexes=True)) for name in ("lumbar", "whole")}
    for name, region, duration, what, least in TARGETS:
        run = partial(simulate, rests[region], duration=duration, **what)
        ratio = duration / seconds(run, runs=3)
        print(f"{name:16} {duration:4.0f} s: {ratio:5.1f} x real time (at least {least:.0f})")
    angles, times = rests["lumbar"].model.slices["q"], np.linspace(0.0, 2.0, 1001)
    exact, found = (
        simulate(rests["lumbar"], solver=solver, duration=2.0, noise=NOISE).trajectory.at(times)
        for solver in (settings("rosenbrock", 1e-6), None)
    )
    exact, found = exact[:, angles], found[:, angles]
    spread = np.abs(found.std(axis=0) / exact.std(axis=0) - 1.0).max()
    sway = np.abs(exact - exact[0]).max()
    error = np.abs(found - exact).max()
    print(f"sway {sway:.1e} rad, error {error:.1e} rad, of a standard deviation {spread:.1e}")


def main() -> None:
    print(machine())
    targets()
    if "--targets" in sys.argv:
        return
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
