"""Columns: potential, critical load and post-buckling path, for growing numbers of coordinates.

Medians after compilation, in one process. Target: the critical load of the whole column, 75
coordinates, in under 50 ms.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

from panjabi.spine import FollowerLoad, in_plane, unit_column
from panjabi.stability import critical_load, post_buckling, pure_moment


def measured(region: str) -> dict[str, float]:
    """Times of one column [s]."""
    column = unit_column(region)
    flat, straight = in_plane(column, "frontal"), unit_column(region, straight=True)
    z = np.full(len(column.free), 0.01)
    loads = [column.passive.top_load(10.0), FollowerLoad(100.0)]
    critical = critical_load(flat, flat.passive.top_load())
    return {
        "potential, gradient, Hessian": seconds(lambda: column.passive.potential(z, loads), 50),
        "critical load, eigenproblem": seconds(
            lambda: critical_load(straight, straight.passive.top_load())
        ),
        "critical load, initially curved": seconds(
            lambda: critical_load(column, column.passive.top_load())
        ),
        "pure moment of 10 N m": seconds(lambda: pure_moment(column, "FE", -10.0)),
        "path to 1.2 of the critical load": seconds(
            lambda: post_buckling(critical, to=1.2 * critical.load), 3
        ),
    }


def main() -> None:
    for region in ("lumbar", "thoracolumbar", "whole"):
        rows = measured(region)
        for what, took in rows.items():
            print(f"{region:15}{what:36}{1e3 * took:10.2f} ms")
    slowest = max(rows["critical load, eigenproblem"], rows["critical load, initially curved"])
    print(f"whole column, 75 coordinates, within 50 ms: {'yes' if slowest < 0.05 else 'no'}")


if __name__ == "__main__":
    main()
