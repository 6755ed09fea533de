"""Where nodes and strands are in standing, and the checks a network passes at birth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.errors import NetworkError, UnknownStrandError
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Strand, Vector
    from panjabi.body import Body, Poses

Floats = NDArray[np.float64]
SHORTEST = 1e-9  # [m] below this a strand has no direction


def poses(body: Body | None, q: Any = None) -> Poses | None:
    """Poses at q, upright standing if None; None without a body (all on the ground)."""
    return None if body is None else body.poses(body.zero() if q is None else q)


def world(body: Body | None, at: Poses | None, name: str, local: Vector) -> Floats:
    """World position [m] of a point of a body."""
    point = np.asarray(local, float)
    if name == "ground" or body is None or at is None:
        return point
    b = body.body_index(name)
    return at.R[b] @ point + at.t[b]


def rotation(body: Body | None, at: Poses | None, name: str) -> Floats:
    """Rotation (3, 3) that takes a body's frame to the world."""
    if name == "ground" or body is None or at is None:
        return np.eye(3)
    return at.R[body.body_index(name)]


def attachments(network: TensionNetwork, strand: Strand) -> list[tuple[str, Vector]]:
    """(body, local point) along a strand from start to end, with no slip."""
    ends = []
    for node_name, point, _ in strand.ends:
        node = network.node(node_name)
        ends.append((node.body, node.position) if point is None else point)
    return [ends[0], *strand.via, ends[1]]


def polyline(network: TensionNetwork, strand: Strand, at: Poses | None) -> Floats:
    """World points (n, 3) [m] of a strand with no slip."""
    return np.array([world(network.body, at, body, p) for body, p in attachments(network, strand)])


def length(network: TensionNetwork, strand: Strand, at: Poses | None = None) -> float:
    """Length [m] with no slip, standing unless poses are given."""
    points = polyline(network, strand, poses(network.body) if at is None else at)
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def lengths(network: TensionNetwork, q: Any = None) -> dict[str, float]:
    """Length of every strand [m] at q."""
    at = poses(network.body, q)
    return {s.name: length(network, s, at) for s in network.strands}


def check(network: TensionNetwork) -> None:
    """Refuse unknown nodes and bodies, shared slips across bodies and zero lengths."""
    nodes = {n.name: n for n in network.nodes}
    bodies = {"ground"} | (set(network.body.names) if network.body is not None else set())
    for node in network.nodes:
        _known_body(f"node {node.name!r}", node.body, bodies)
    for strand in network.strands:
        who = f"strand {strand.name!r}"
        for name, point, share in strand.ends:
            if name not in nodes:
                raise UnknownStrandError(
                    f"{who} ends at node {name!r}, which does not exist; "
                    f"{nearest(name, nodes)}. Add the node first or end the strand elsewhere."
                )
            if point is not None:
                _known_body(who, point[0], bodies)
                if share > 0.0 and point[0] != nodes[name].body:
                    raise NetworkError(
                        f"{who} is attached to {point[0]!r} but shares the slip of {name!r} on "
                        f"{nodes[name].body!r}; a share needs one body. Move the attachment or "
                        "set the share to 0."
                    )
        for body, _ in strand.via:
            _known_body(who, body, bodies)
    _no_zero_lengths(network, nodes)


def _known_body(who: str, body: str, bodies: set[str]) -> None:
    if body not in bodies:
        raise NetworkError(
            f"{who} rides on body {body!r}; {nearest(body, bodies)}. Give the network the body "
            "it was built for, or use 'ground'."
        )


def _no_zero_lengths(network: TensionNetwork, nodes: dict) -> None:
    """Only what cannot move apart is refused: ends at one point of one body."""
    for strand in network.strands:
        if strand.via:
            continue
        (a, pa, _), (b, pb, _) = strand.ends
        start = (nodes[a].body, nodes[a].position) if pa is None else pa
        end = (nodes[b].body, nodes[b].position) if pb is None else pb
        if start[0] == end[0] and np.linalg.norm(np.subtract(start[1], end[1])) < SHORTEST:
            raise NetworkError(
                f"strand {strand.name!r} has zero length: {a!r} and {b!r} are at the same point "
                f"{start[1]} of {start[0]!r}. Merge the nodes or move one."
            )
