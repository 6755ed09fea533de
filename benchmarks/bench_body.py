"""The whole body, both sides: cold equilibrium, a 60-angle straight-leg raise, a release.

Times are medians after compilation in one process; the ratios depend least on the machine.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

import fascia
from fascia.interventions import apply_doses
from fascia.mechanics import NetworkProblem


def main() -> None:
    subject = fascia.standard_subject()
    network = subject.network
    angles = np.radians(np.linspace(0.0, 90.0, 60))
    bench = fascia.Examination(network)
    curve = seconds(lambda: bench.curve(angles))
    states = [sample.equilibrium for sample in bench.curve(angles)]
    worst = max(state.residual / state.largest_force for state in states)
    released = apply_doses(subject, "neck", {"tension": 0.5}).network
    standing = fascia.solve(network)
    problem = NetworkProblem(standing.flat, body=network.body, q=standing.q)
    z = np.zeros(problem.size)

    def assemble() -> None:
        problem._at = None
        problem.hessian(z)

    rows = {
        "build the network": seconds(lambda: fascia.whole_body(), 3),
        "cold equilibrium, standing": seconds(lambda: fascia.solve(network)),
        "released, from the old state": seconds(lambda: fascia.solve(released, start=standing)),
        "60-angle straight-leg raise": curve,
        "one gradient and Hessian": seconds(assemble, 50),
    }
    unknowns = len(standing.slips)
    print(f"{len(standing.flat.strand_names)} strands, {unknowns} unknowns")
    for what, took in rows.items():
        print(f"{what:32}{1e3 * took:10.2f} ms{took / curve:10.4f} of the curve")
    print(f"largest residual on the curve: {worst:.1e} of the largest force")


if __name__ == "__main__":
    main()
