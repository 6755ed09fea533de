"""Recruitment of the lumbar spine: the cone programme compared with a local search.

The peer is SciPy's SLSQP on the same arrays in the same process, started from equilibrium alone,
as in the literature. Times are medians of CPU seconds.
"""

from __future__ import annotations

from timing import machine, seconds

# isort: split
import numpy as np

from panjabi.recruitment import local_search, recruit, solve_recruitment
from panjabi.recruitment.posture import problem_of
from panjabi.spine import static_spine
from panjabi.stability import static_stability


def main() -> None:
    spine = static_spine("standing", load=32.0)
    result = recruit(spine)
    problem = problem_of(result.spine, activations=result.activations)
    bound = result.result.bound
    start = solve_recruitment(problem).forces
    print(machine())
    print(f"{problem!r}")
    cone = seconds(lambda: solve_recruitment(problem, bound=bound), runs=7)
    alone = seconds(lambda: solve_recruitment(problem), runs=7)
    whole = seconds(lambda: recruit(spine), runs=3)
    local = seconds(lambda: local_search(problem, start=start, bound=bound), runs=1, warm=0)
    other = local_search(problem, start=start, bound=bound)
    state = seconds(_fresh(result), runs=7)
    print(f"equilibrium only                     {1e3 * alone:9.1f} ms")
    print(f"with the margin of the thorax        {1e3 * cone:9.1f} ms (limit 500)")
    print(f"with the preload's fixed point       {1e3 * whole:9.1f} ms, {result.iterations} solves")
    print(f"SLSQP, same problem                  {1e3 * local:9.1f} ms, {local / cone:.1f} times")
    print(f"  effort {other.primal:.6f} against {result.result.primal:.6f}, largest difference of")
    print(f"  a force {np.abs(other.forces - result.forces).max():.2g} N")
    print(f"Hessian by terms and its eigenvalues {1e3 * state:9.2f} ms (limit 1)")


def _fresh(result):
    def work():
        return static_stability(result.spine, result.forces).spectrum

    return work


if __name__ == "__main__":
    main()
