"""Ties of nodes to bone: which nodes the ratio governs, and what it is a ratio of (S2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.network import geometry

if TYPE_CHECKING:
    from fascia.network.parts import Node, Strand
    from panjabi.body import Body

Floats = NDArray[np.float64]

TIED_HOLDS = ("guide", "plane")


def harmonic_mean(stiffness: Iterable[float]) -> float:
    """n / sum(1/k) of positive stiffnesses [N/m]; 0 for none."""
    values = [float(k) for k in stiffness]
    return len(values) / sum(1.0 / k for k in values) if values else 0.0


def station_stiffness(axis: Floats, away: Floats, stiffness: Floats) -> float:
    """Harmonic mean of what adjoins a station on its two sides along a course [N/m].

    axis (3,): the course; away (n, 3): unit vectors along the strands; stiffness (n,): their
    reference stiffness [N/m]. Strands on one side act together, each with its projection
    k cos^2: two collinear strands give the harmonic mean of both (S2), and a weak strand more
    changes little. With one side empty, what there is on the other.
    """
    along = away @ axis
    sides = [
        float(np.sum(stiffness[chosen] * along[chosen] ** 2))
        for chosen in (along > 0.0, along < 0.0)
    ]
    present = [k for k in sides if k > 1e-6 * max(sides)]
    return harmonic_mean(present)


def stiffness_beside_nodes(
    body: Body | None, nodes: Mapping[str, Node], strands: Iterable[Strand]
) -> dict[str, float]:
    """Stiffness beside each node that can slip along a course [N/m], from active strands.

    Only ends that move with the node count, and no links (rungs between courses); muscles count
    with the slope at their calibration point, which neither ties nor shares enter.
    """
    at = geometry.poses(body)
    courses = {name: n for name, n in nodes.items() if n.directions}
    away: dict[str, list[Floats]] = {name: [] for name in courses}
    stiffness: dict[str, list[float]] = {name: [] for name in courses}
    for strand in strands:
        if strand.kind == "link":
            continue
        points = geometry.polyline(body, nodes, strand, at)
        reference = strand.law.reference_stiffness()
        steps = (points[1] - points[0], points[-2] - points[-1])
        for (name, _, share), step in zip(strand.ends, steps, strict=True):
            if share > 0.0 and name in courses:
                away[name].append(step / np.linalg.norm(step))
                stiffness[name].append(reference)
    made = {}
    for name, node in courses.items():
        if away[name]:
            axis = geometry.rotation(body, at, node.body) @ np.array(node.directions[0])
            made[name] = station_stiffness(axis, np.array(away[name]), np.array(stiffness[name]))
    return made


def governed(node: Node) -> bool:
    """Whether the tie ratio sets this node's tie."""
    return node.tie_by_ratio and node.hold in TIED_HOLDS
