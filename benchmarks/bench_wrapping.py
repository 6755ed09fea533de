"""Lengths and slopes of paths that wrap beside straight paths through the same points.

All leg and arm muscles of the standard adult at once; the straight paths have the tangent points as
fixed points. Times of one surface alone stand below. Target: at most twice the straight paths.
"""

from __future__ import annotations

from dataclasses import replace

from timing import machine, seconds

# isort: split
import numpy as np
from numba import njit

from panjabi.body import standard_adult
from panjabi.body.poses import path_lengths, touched
from panjabi.body.wrap_kernels import contact, new_contact

CALLS = 1000


@njit(nogil=True)
def one_surface(kind, size, p, q):
    """Many paths over one surface, so that the call from Python does not count."""
    out, side = new_contact(), np.zeros(3)
    for _ in range(CALLS):
        contact(kind, size, side, p, q, out)


def main() -> None:
    """Print the table."""
    print(machine())
    body = standard_adult()
    q = body.coordinates_from(angles_deg={"hip_flexion_r": 95.0, "knee_angle_l": 60.0})
    poses, paths = body.poses(q), body.paths
    found = touched(paths, poses)
    straight = replace(paths, start=found.start, body=found.body, local=found.local, wraps=None)
    wrapped, plain = (
        seconds(lambda p=p: [path_lengths(body.tree, p, poses) for _ in range(CALLS)], 9) / CALLS
        for p in (paths, straight)
    )
    print(
        f"{len(body.muscles)} muscles, {len(paths.wraps.surface)} wraps, {(found.wrap >= 0).sum()} "
        f"touch: {1e6 * wrapped:.0f} us, straight {1e6 * plain:.0f} us, ratio {wrapped / plain:.2f}"
    )
    p, q = np.array([-0.1, 0.01, 0.02]), np.array([0.1, 0.012, -0.02])
    ring = np.array([0.04, 0.0, 0.03]), np.array([0.04, 0.004, -0.03])
    for kind, (name, size) in enumerate(
        {
            "sphere": (0.03, 0.0, 0.0),
            "cylinder": (0.03, np.inf, 0.0),
            "ellipsoid": (0.03, 0.04, 0.05),
            "torus": (0.05, 0.015, 0.0),
        }.items()
    ):
        ends = ring if name == "torus" else (p, q)
        sizes = np.array(size)
        time = seconds(lambda k=kind, s=sizes, e=ends: one_surface(k, s, *e)) / CALLS
        print(f"{name}: {1e6 * time:.2f} us")


if __name__ == "__main__":
    main()
