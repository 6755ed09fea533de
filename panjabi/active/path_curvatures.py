"""Second derivatives of path lengths at a posture, also of paths that wrap."""

from __future__ import annotations

from panjabi.body.muscles import PathArrays
from panjabi.body.poses import Poses, touched
from panjabi.body.tree import Floats, Tree


def path_curvatures(
    tree: Tree, paths: PathArrays, pose: Poses, weight: Floats, each: bool, H: Floats
) -> None:
    """Second derivatives of path lengths [m/rad2] times a weight per muscle (nm,), in place.

    each : True keeps the muscles apart, H (nm, n, n); False adds them up, H (1, n, n). Where a path
    just touches a surface the derivative jumps; it is that of the path that touches.

    Raises
    ------
    PostureError
        If the geodesic over a surface is not found.
    """
    from panjabi.active.path_kernels import Placed, path_curvature

    placed = Placed(pose.R, pose.t, pose.axis_world, pose.origin_world, pose.rate, pose.rate2)
    if paths.wraps is None:
        path_curvature(tree, paths.start, paths.body, paths.local, placed, weight, each, H)
        return
    from panjabi.body.wrap_curvature_kernels import add_path_curvature

    found = touched(paths, pose)
    path_curvature(tree, found.start, found.body, found.local, placed, weight, each, H)
    add_path_curvature(tree, found, paths.wraps, *placed[:5], weight, each, H)
