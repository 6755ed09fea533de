"""Nets and layered sheets with slack strands: cold start, and after the release of a strand.

`factor time` is the time of the factorisations of the cold run alone: one analysis of the pattern
and all numeric factorisations. Release: one taut strand that can move becomes 5 per cent
longer and slack; the start is the old state with its factor.
`python benchmarks/bench_solver.py 1e3 1e4 1e5 3e5` for all sizes.
"""

from __future__ import annotations

import math
import sys
import time

import timing

# isort: split
import numpy as np
from generated_networks import layered_sheet, square_net

from fascia.mechanics import FlatNetwork, NetworkProblem, minimise
from fascia.sparse import SymmetricFactor

CASES = {
    "net, all taut": lambda n: square_net(n),
    "net, loose": lambda n: square_net(n, slack_share=0.25, excess=0.2),
    "sheet, all taut": lambda n: layered_sheet(n, pull=math.sqrt(n)),
    "sheet, crimped": lambda n: layered_sheet(n, slack_share=0.3, pull=math.sqrt(n)),
    "sheet, drawn": lambda n: layered_sheet(n, slack_share=0.3, pull=5.0 * math.sqrt(n)),
}


def released(flat: FlatNetwork, tension) -> FlatNetwork:
    """The network with one of the tautest 2 per cent of strands longer by 5 per cent."""
    rows = flat.law_rows.copy()
    rows[np.argsort(-tension)[len(tension) // 50], 0] *= 1.05
    return flat.with_laws(rows=rows)


def factorisation(problem: NetworkProblem, z) -> tuple[float, float]:
    """CPU time of the analysis and of one numeric factorisation at ``z`` [s]."""
    data = problem.hessian(z).copy()
    start = time.process_time()
    factor = SymmetricFactor(*problem.pattern, problem.block)
    analysis = time.process_time() - start
    numeric = timing.seconds(lambda: factor.refactor(data, 1e-9 * data.max()), 5)
    return analysis, numeric


def main() -> None:
    print(timing.machine())
    print(
        f"{'case':16}{'strands':>8}{'unknowns':>9}{'slack':>7}{'steps':>6}{'factors':>8}"
        f"{'cold':>11}{'factor time':>12}{'ratio':>7}{'released':>10}{'ratio':>7}{'residual':>18}"
    )
    for strands in timing.sizes(sys.argv[1:], [1e3, 1e4]):
        for name, make in CASES.items():
            report(name, make, strands)


def report(name, make, strands: int) -> None:
    flat = make(strands)
    start = np.zeros(flat.slips)

    def cold():
        problem = NetworkProblem(flat)
        return problem, minimise(problem, start)

    if strands > 2e4:
        small = make(3000)  # only to compile
        minimise(NetworkProblem(small), np.zeros(small.slips))
    runs = timing.runs_for(strands)
    problem, before = cold()
    problem.value_gradient(before.z)
    tension, largest = problem.tension.copy(), problem.largest_force()
    other = released(flat, tension)

    def warm():
        problem = NetworkProblem(other)
        return problem, minimise(problem, before.z, factor=before)

    changed, after = warm()
    worst = max(before.residual / largest, after.residual / changed.largest_force())
    converged = before.converged and after.converged
    time_cold = timing.seconds(cold, runs, warm=0)
    time_warm = timing.seconds(warm, runs, warm=0)
    analysis, numeric = factorisation(problem, before.z)
    factors = analysis + before.factorisations * numeric
    print(
        f"{name:16}{flat.strands:8d}{flat.slips:9d}{np.mean(tension <= 0.0):7.0%}"
        f"{before.iterations:6d}{before.factorisations:8d}{1e3 * time_cold:9.1f}ms"
        f"{1e3 * factors:10.1f}ms{time_cold / factors:7.2f}{1e3 * time_warm:8.1f}ms"
        f"{time_warm / time_cold:7.2f}{worst:10.1e}{'' if converged else ' NOT CONVERGED':8}",
        flush=True,
    )


if __name__ == "__main__":
    main()
