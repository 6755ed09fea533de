"""Attachment stiffness (tie) of nodes: which nodes follow the tie ratio, and its basis (S2)."""

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
    """Harmonic mean of the stiffness on the two sides of a station along a course [N/m].

    axis (3,): the course; away (n, 3): unit vectors along the strands; stiffness (n,): their
    reference stiffness [N/m]. Strands on one side act in parallel, each with its projection
    k cos^2. Two collinear strands give the harmonic mean of both (S2); an additional weak strand
    changes little. If one side has no strand, the result is the stiffness of the other side.
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

    Only ends that move with the node count; links (rungs between courses) do not. Muscles count
    with the slope at their calibration point, which depends on neither ties nor fractions.
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
        for (name, _, fraction), step in zip(strand.ends, steps, strict=True):
            if fraction > 0.0 and name in courses:
                away[name].append(step / np.linalg.norm(step))
                stiffness[name].append(reference)
    basis: dict[str, float] = {}
    for name, node in courses.items():
        if away[name]:
            axis = geometry.rotation(body, at, node.body) @ np.array(node.directions[0])
            basis[name] = station_stiffness(axis, np.array(away[name]), np.array(stiffness[name]))
    return basis


def governed(node: Node) -> bool:
    """Whether the tie ratio sets this node's tie."""
    return node.tie_by_ratio and node.hold in TIED_HOLDS
