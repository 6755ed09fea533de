"""The verdict on the lumbar spine compared with the whole matrix, and a compensation map.

Verdict: the condensed characteristic matrix compared with the determinant of the whole matrix; the
spectra with 36 runs (target: under 3 s), margins, and impulse limits (target: under 30 s). Map: 200
x 200 points by rows compared with single points. Target: under 10 s.

    python benchmarks/bench_verdict.py
"""

from __future__ import annotations

from timing import machine, seconds

# isort: split
import numpy as np

from panjabi.delay.roots.condensed_spectrum import Condensed
from panjabi.spine import equilibrium, spine_model
from panjabi.spine.linear_system import linear_system
from panjabi.stability import limits, verdict
from panjabi.statements import compensation_map, standing_trunk

SIDE = 11


def time_verdict() -> None:
    rest = equilibrium(spine_model("lumbar", reflexes=True))
    system = linear_system(rest)
    small = Condensed(system)
    points = 1j * np.linspace(0.1, 60.0, 24)
    ours = seconds(lambda: small.at(points)) / len(points)
    whole = seconds(lambda: np.linalg.slogdet(system.matrix(3.0j)), runs=3)
    print(f"{system.size} states, whole matrix   {1e3 * whole:8.2f} ms a point")
    print(f"  condensed, with D'        {1e3 * ours:8.2f} ms      ratio {whole / ours:.0f}")
    for name, run in (
        ("spectra", lambda: verdict(rest, pushes=False, margins=False)),
        ("spectra and 36 runs", lambda: verdict(rest, margins=False)),
        ("spectra and margins", lambda: verdict(rest, pushes=False)),
        ("impulse limits", lambda: limits(rest)),
    ):
        print(f"{name:28}{seconds(run, runs=1):8.2f} s")


def compensation() -> None:
    trunk = standing_trunk()
    loss = np.linspace(0.0, 1.0, SIDE)
    for name, top in (("strength_loss", 0.99), ("extra_delay", 0.15)):
        values = np.linspace(0.0, top, SIDE)
        ours = seconds(lambda v=values, n=name: compensation_map(trunk, loss, (n, v)), 1, 0)
        print(f"map over {name:14} {ours:8.2f} s, {1e3 * ours / SIDE**2:.0f} ms a point")


if __name__ == "__main__":
    print(machine())
    time_verdict()
    compensation()
