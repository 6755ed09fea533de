"""Factor and solve: comparison of the backends on tangents of nets and sheets.

Analysis once per pattern, numeric factorisation for new values, one solve. CPU seconds of one
thread. `python benchmarks/bench_factor.py 1e3 1e4 1e5 3e5` for all sizes.
"""

from __future__ import annotations

import sys
import time

import timing

# isort: split
import numpy as np
from generated_networks import layered_sheet, square_net

from fascia.mechanics import NetworkProblem
from fascia.sparse import SymmetricFactor
from panjabi.errors import ParameterError

DENSE_BELOW = 3000  # unknowns
SUPERLU_BELOW = 250_000


def main() -> None:
    print(timing.machine())
    print(f"{'matrix':8}{'strands':>8}{'unknowns':>9}  {'backend':13}", end="")
    print(f"{'analysis':>11}{'factor':>11}{'solve':>10}{'error':>9}")
    for strands in timing.sizes(sys.argv[1:], [1e2, 1e3, 1e4]):
        for name, make in (("net", square_net), ("sheet", layered_sheet)):
            flat = make(strands)
            problem = NetworkProblem(flat)
            rng = np.random.default_rng(0)
            data = problem.hessian(1e-3 * flat.law_rows[0, 0] * rng.normal(size=problem.size))
            for backend in ("dense", "multifrontal", "superlu", "pardiso", "cholmod"):
                if (backend == "dense" and problem.size > DENSE_BELOW) or (
                    backend == "superlu" and problem.size > SUPERLU_BELOW
                ):
                    continue
                row = measure(problem, data.copy(), backend, strands)
                if row:
                    print(f"{name:8}{flat.strands:8d}{problem.size:9d}  {backend:13}{row}")
                    sys.stdout.flush()


def measure(problem: NetworkProblem, data, backend: str, strands: int) -> str:
    """A line of the table, or an empty result if the library is not installed."""
    from scipy.sparse import csc_matrix

    indptr, indices = problem.pattern
    try:
        factor = SymmetricFactor(indptr, indices, problem.block, backend)  # compiles
    except ParameterError:
        return ""
    start = time.process_time()
    factor = SymmetricFactor(indptr, indices, problem.block, backend)
    analysis = time.process_time() - start
    runs = timing.runs_for(strands)
    numeric = timing.seconds(lambda: factor.refactor(data), runs)
    x = np.random.default_rng(1).normal(size=problem.size)
    b = csc_matrix((data, indices, indptr)) @ x
    solve = timing.seconds(lambda: factor.solve(b), runs)
    error = np.abs(factor.solve(b) - x).max()
    return f"{1e3 * analysis:9.2f}ms{1e3 * numeric:9.2f}ms{1e3 * solve:8.2f}ms{error:9.0e}"


if __name__ == "__main__":
    main()
