"""The verdict on the lumbar spine, and a compensation map, each compared with the direct method.

Verdict: the condensed characteristic matrix compared with the determinant of the whole matrix, and
the whole verdict. Target: under 5 s. Map: 200 x 200 points by rows compared with single points.
Target: under 10 s.

    python benchmarks/bench_verdict.py
"""

from __future__ import annotations

from timing import machine, seconds

# isort: split
import numpy as np

from panjabi.delay.roots.condensed_spectrum import Condensed
from panjabi.neural import scaled
from panjabi.spine import equilibrium, spine_model
from panjabi.spine.linear_system import linear_system
from panjabi.stability import reduced_trunk, verdict
from panjabi.statements import compensation_map, least_activation

SIDE = 200
SINGLE_POINTS = 40  # points computed one by one


def time_verdict() -> None:
    model = spine_model("lumbar", reflexes=True, preload=500.0)
    rest = equilibrium(model.with_reflexes(*scaled(model.reflexes, 0.7)))
    system = linear_system(rest)
    small = Condensed(system)
    points = 1j * np.linspace(0.1, 60.0, 24)
    ours = seconds(lambda: small.at(points)) / len(points)
    whole = seconds(lambda: np.linalg.slogdet(system.matrix(3.0j)), runs=3)
    print(f"{system.size} states, whole matrix   {1e3 * whole:8.2f} ms a point")
    print(f"  condensed, with D'        {1e3 * ours:8.2f} ms      ratio {whole / ours:.0f}")
    print(f"verdict                     {seconds(lambda: verdict(rest), runs=3):8.2f} s")


def compensation() -> None:
    trunk = reduced_trunk()
    loss = np.linspace(0.0, 1.0, SIDE)
    for name, top in (("strength_loss", 0.99), ("extra_delay", 0.15)):
        values = np.linspace(0.0, top, SIDE)
        ours = seconds(lambda v=values, n=name: compensation_map(trunk, loss, (n, v)), 1, 0)
        rng = np.random.default_rng(0)
        states = [
            trunk.changed(passive_loss=float(d), **{name: float(v)})
            for d, v in zip(
                rng.choice(loss, SINGLE_POINTS), rng.choice(values, SINGLE_POINTS), strict=True
            )
        ]
        each = seconds(lambda s=states: [least_activation(x) for x in s], 1, 0) / SINGLE_POINTS
        whole = each * SIDE**2
        print(
            f"map over {name:14} {ours:8.2f} s, with traced borders; one by one {whole:.0f} s, "
            f"ratio {whole / ours:.0f}"
        )


if __name__ == "__main__":
    print(machine())
    time_verdict()
    compensation()
