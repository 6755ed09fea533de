"""Square nets of tension-only cables: this solver and a NumPy and SciPy solver, in one process.

The rim is pinned, cables are stretched by 3 per cent, and a load equal to EA acts across the net,
divided among all free nodes. Both sides start from positions and cables; the time includes
patterns and orders. `python benchmarks/bench_net.py 1e3 1e4 1e5` for larger nets.
"""

from __future__ import annotations

import sys

import timing

# isort: split
import numpy as np
import peers
from generated_networks import cable_network

from fascia.mechanics import NetworkProblem, NewtonSettings, minimise

PEER_TOLERANCE = 1e-8  # unbalanced force, as a fraction of EA


def ours(position, cables, pinned, rest, loads, tolerance):
    """Positions, record of the descent, and its residual [N]."""
    flat = cable_network(
        position, cables, slack_length=rest, stiffness=1.0, fixed=pinned, loads=loads
    )
    problem = NetworkProblem(flat)
    largest = 1.0 / 30.0  # approximate tension of the cables [N]
    minimum = minimise(
        problem,
        np.zeros(problem.size),
        settings=NewtonSettings(tolerance=tolerance / largest, required=1e-4),
    )
    problem.value_gradient(minimum.z)
    return problem.world[: len(position)].copy(), minimum


def main() -> None:
    print(timing.machine())
    print(
        f"{'cables':>8}{'NumPy+SciPy':>13}{'this':>9}{'ratio':>7}"
        f"{'steps':>9}{'residual':>19}{'distance':>10}"
    )
    for strands in timing.sizes(sys.argv[1:], [1e3, 1e4]):
        position, cables, pinned = peers.square(strands)
        span = np.linalg.norm(position[cables[:, 1]] - position[cables[:, 0]], axis=1)
        loads = np.zeros_like(position)
        loads[~pinned, 2] = -1.0 / np.count_nonzero(~pinned)
        rest = 0.97 * span

        def peer(rest=rest, position=position, cables=cables, pinned=pinned, loads=loads):
            return peers.scipy_newton(
                position,
                cables,
                pinned,
                rest=rest,
                stiffness=1.0,
                loads=loads,
                tolerance=PEER_TOLERANCE,
            )

        x, steps, residual = peer()
        # at most the residual of the other solver
        goal = min(residual, PEER_TOLERANCE)

        def mine(
            rest=rest, position=position, cables=cables, pinned=pinned, loads=loads, goal=goal
        ):
            return ours(position, cables, pinned, rest, loads, goal)

        y, minimum = mine()
        runs = timing.runs_for(strands)
        slow = timing.seconds(peer, runs, warm=0)
        fast = timing.seconds(mine, runs, warm=0)
        print(
            f"{len(cables):8d}{slow:12.4f}s{fast:8.4f}s{slow / fast:7.1f}"
            f"{steps:5d}/{minimum.iterations:<3d}{residual:10.1e}/{minimum.residual:<8.1e}"
            f"{np.abs(x - y).max():10.1e}"
        )


if __name__ == "__main__":
    main()
