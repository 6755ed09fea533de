"""Geometry of a view: strands and bodies of an equilibrium, projected from one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.errors import ReadoutError
from fascia.mechanics.network_problem import NetworkProblem
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.mechanics.equilibrium import Equilibrium
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

# axes of a view: right on the page, up on the page, towards the reader; x forward, y up, z right
_AXES = {
    "side": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),  # the right side is near
    "front": ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    "back": ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)),
}
VIEWS = tuple(_AXES)


def view_axes(view: str) -> Floats:
    """Rows: right, up and towards the reader, in world axes (3, 3)."""
    if view not in _AXES:
        raise ReadoutError(f"Expected a view of the body, got {view!r}; {nearest(view, VIEWS)}.")
    return np.array(_AXES[view])


def strand_courses(network: TensionNetwork, equilibrium: Equilibrium) -> list[Floats]:
    """World points (k, 3) [m] of every active strand, in the order of the tensions."""
    flat = equilibrium.flat
    problem = NetworkProblem(flat, body=network.body, q=equilibrium.q)
    problem.value_gradient(equilibrium.slips)
    start, points = flat.strand_start, problem.members
    return [problem.world[points[start[s] : start[s + 1]]] for s in range(flat.strands)]


def nearness(network: TensionNetwork, equilibrium: Equilibrium, view: str) -> Floats:
    """Distance of each strand from its bones, towards the reader [m], (strands,)."""
    towards = view_axes(view)[2]
    flat = equilibrium.flat
    courses = strand_courses(network, equilibrium)
    if network.body is None or view == "side":
        return np.array([course.mean(axis=0) @ towards for course in courses])
    poses = network.body.poses(equilibrium.q)
    centre = np.einsum("bij,bj->bi", poses.R, network.body.com) + poses.t
    points, start = np.asarray(flat.strand_points), flat.strand_start
    out = np.empty(len(courses))
    for s, course in enumerate(courses):
        bodies = flat.point_body[points[start[s] : start[s + 1]]]
        out[s] = (course - centre[bodies]).mean(axis=0) @ towards
    return out
