"""Columns: potential, critical load and the way after buckling, at growing number of coordinates.

Medians after compilation, in one process. Wanted: the critical load of the whole column, 75
coordinates, in under 50 ms.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

from panjabi.spine import FollowerLoad, unit_column
from panjabi.stability import critical_load, post_buckling, pure_moment


def measured(region: str) -> dict[str, float]:
    """Times of one column [s]."""
    made = unit_column(region)
    flat, straight = made.in_plane("frontal"), unit_column(region, straight=True)
    z = np.full(made.size, 0.01)
    loads = [made.top_load(10.0), FollowerLoad(100.0)]
    found = critical_load(flat, flat.top_load())
    return {
        "potential, gradient, Hessian": seconds(lambda: made.potential(z, loads), 50),
        "critical load, eigenproblem": seconds(
            lambda: critical_load(straight, straight.top_load())
        ),
        "critical load, bent before": seconds(lambda: critical_load(made, made.top_load())),
        "pure moment of 10 N m": seconds(lambda: pure_moment(made, "FE", -10.0)),
        "path to 1.2 of the critical load": seconds(
            lambda: post_buckling(found, to=1.2 * found.load), 3
        ),
    }


def main() -> None:
    for region in ("lumbar", "thoracolumbar", "whole"):
        rows = measured(region)
        for what, took in rows.items():
            print(f"{region:15}{what:36}{1e3 * took:10.2f} ms")
    slowest = max(rows["critical load, eigenproblem"], rows["critical load, bent before"])
    print(f"whole column, 75 coordinates, within 50 ms: {'yes' if slowest < 0.05 else 'no'}")


if __name__ == "__main__":
    main()
