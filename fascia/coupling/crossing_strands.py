"""Strands that act on chosen coordinates of the skeleton, from the bodies of their points.

A strand acts on a coordinate when some of its points move with it and others do not. A strand
with all points on one side has no direct effect. If it meets an acting strand at a node that can
slip, it affects the tension of that strand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.errors import CouplingError, UnknownStrandError
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Strand
    from panjabi.body import Body

Mask = NDArray[np.bool_]


def body_of(network: TensionNetwork) -> Body:
    """The skeleton of a network.

    Raises CouplingError if it has none.
    """
    if network.body is None:
        raise CouplingError(
            "Expected a network on a body, got a network that has no skeleton; build it with "
            "fascia.whole_body()."
        )
    return network.body


def bodies_moved(body: Body, coordinate: str) -> Mask:
    """(bodies,) True for the bodies that move with a coordinate, all other coordinates fixed."""
    index, tree = body.coordinate_index(coordinate), body.tree
    moved = np.zeros(len(tree.parent), bool)
    for b in range(1, len(moved)):  # parents come first
        coordinates = tree.coordinate[tree.first[b] : tree.first[b + 1]]
        moved[b] = moved[tree.parent[b]] or bool((coordinates == index).any())
    return moved


def rides_on(network: TensionNetwork, strand: Strand) -> tuple[str, ...]:
    """Bodies of a strand's points from start to end, "ground" included."""
    return tuple(name for name, _ in network.attachments(strand.name))


@lru_cache(maxsize=8)
def _moved(body: Body, coordinates: tuple[str, ...]) -> Mask:
    """(coordinates, bodies)"""
    return np.array([bodies_moved(body, c) for c in coordinates])


def _crossed(network: TensionNetwork, strand: Strand, moved: Mask) -> Mask:
    """(coordinates,) True if some of the strand's points move with the coordinate, some not."""
    body = body_of(network)
    names = rides_on(network, strand)
    sides = moved[:, [0 if name == "ground" else body.body_index(name) for name in names]]
    return np.logical_and(sides.any(axis=1), ~sides.all(axis=1))


def acting_strands(network: TensionNetwork, coordinates: Sequence[str]) -> tuple[str, ...]:
    """Names of the strands that are on and cross at least one of the coordinates."""
    moved = _moved(body_of(network), tuple(coordinates))
    return tuple(s.name for s in network.active_strands if _crossed(network, s, moved).any())


def joints_crossed(network: TensionNetwork, line: str) -> tuple[str, ...]:
    """Coordinates that the strands of a line cross, in the order of the body; () on one body."""
    known = network.line_names()
    if line not in known:
        raise UnknownStrandError(
            f"Expected the name of a line in the network, got {line!r}; {nearest(line, known)}."
        )
    body = body_of(network)
    moved = _moved(body, body.coordinates)
    crossed = np.zeros(len(body.coordinates), bool)
    for name in network.strands_of(line=line, active=True):
        crossed |= _crossed(network, network.strand(name), moved)
    return tuple(c for c, k in zip(body.coordinates, crossed, strict=True) if k)


def _slipping_ends(network: TensionNetwork, strand: Strand) -> list[str]:
    """Nodes that the strand's tension can move."""
    nodes: list[str] = []
    for name, _, fraction in strand.ends:
        node = network.node(name)
        fixed = node.hold == "fixed" or math.isinf(node.tie + node.adhesion)
        if fraction > 0.0 and not fixed:
            nodes.append(name)
    return nodes


def reaching_strands(network: TensionNetwork, coordinates: Sequence[str]) -> tuple[str, ...]:
    """The acting strands and all strands joined to them through nodes that can slip."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    ends = {s.name: _slipping_ends(network, s) for s in network.active_strands}
    for nodes in ends.values():
        for other in nodes[1:]:
            parent[root(other)] = root(nodes[0])
    acting = set(acting_strands(network, coordinates))
    live = {root(node) for name in acting for node in ends[name]}
    return tuple(
        name
        for name, nodes in ends.items()
        if name in acting or any(root(node) in live for node in nodes)
    )


def part_that_reaches(network: TensionNetwork, coordinates: Sequence[str]) -> TensionNetwork:
    """The network of the reaching strands and their nodes; ties stay as built."""
    kept = set(reaching_strands(network, coordinates))
    strands = tuple(s for s in network.strands if s.name in kept)
    used = {end for s in strands for end in (s.start, s.end)}
    return replace(
        network, strands=strands, nodes=tuple(n for n in network.nodes if n.name in used)
    )


def require_lines(
    network: TensionNetwork, coordinates: Sequence[str], lines: Sequence[str]
) -> tuple[str, ...]:
    """Those of the lines that cannot act because all their stations are on one body.

    Raises
    ------
    CouplingError
        If a line crosses joints and none of them is among the coordinates.
    """
    silent: list[str] = []
    for line in lines:
        crossed = joints_crossed(network, line)
        if not crossed:
            silent.append(line)
        elif not set(crossed) & set(coordinates):
            others = [n for n in network.line_names() if n != line]
            others = [n for n in others if set(joints_crossed(network, n)) & set(coordinates)]
            levels = dict.fromkeys(c.rpartition("_")[0] for c in crossed)
            raise CouplingError(
                f"Expected lines that cross a joint of this model, got line {line!r}, which "
                f"crosses only {', '.join(list(levels)[:6])}{', ...' if len(levels) > 6 else ''}; "
                "use a model with one of these levels, leave the line out, or choose from the "
                f"lines that cross its joints: {', '.join(others) or 'none'}."
            )
    return tuple(silent)
