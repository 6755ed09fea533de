"""Columns: potential, critical load and post-buckling path, for growing numbers of coordinates.

Medians after compilation, in one process. Target: the critical load of the whole column, 75
coordinates, in under 50 ms.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

from panjabi.spine import FollowerLoad, in_plane, passive_view, top_load, unit_column
from panjabi.stability import critical_load, post_buckling, pure_moment


def measured(region: str) -> dict[str, float]:
    """Times of one column [s]."""
    column = unit_column(region)
    flat, straight = in_plane(column, "frontal"), unit_column(region, straight=True)
    z = np.full(len(column.free), 0.01)
    loads = [top_load(column, 10.0), FollowerLoad(100.0)]
    critical = critical_load(flat, top_load(flat))
    return {
        "potential, gradient, Hessian": seconds(
            lambda: passive_view(column).potential(z, loads), 50
        ),
        "critical load, eigenproblem": seconds(lambda: critical_load(straight, top_load(straight))),
        "critical load, initially curved": seconds(lambda: critical_load(column, top_load(column))),
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
