"""Strands that join a region to the hamstrings, and the fewest cuts that separate them.

Tension is transmitted along strands and through nodes that can move. A clamped or fixed node
ends every route. Bone is no route here, because the posture prescribes its position.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from fascia.errors import ReleaseError

if TYPE_CHECKING:
    import networkx as nx

    from fascia.network import Strand, TensionNetwork

_SOURCE, _SINK = "region", "target"


def mobile_nodes(network: TensionNetwork) -> frozenset[str]:
    """Nodes that can slip and therefore transmit tension."""
    return frozenset(
        node.name
        for node in network.nodes
        if node.hold != "fixed" and math.isfinite(node.tie + node.adhesion)
    )


def _ends(strand: Strand, mobile: frozenset[str]) -> list[str]:
    """Mobile nodes on which a strand pulls (a muscle end with fraction 0 pulls on bone alone)."""
    ends = ((strand.start, strand.start_share), (strand.end, strand.end_share))
    return [node for node, fraction in ends if fraction > 0.0 and node in mobile]


def tension_graph(network: TensionNetwork) -> nx.MultiGraph[str]:
    """Mobile nodes joined by the active strands that transmit tension between them."""
    import networkx as nx

    mobile = mobile_nodes(network)
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_nodes_from(mobile)
    for strand in network.active_strands:
        ends = _ends(strand, mobile)
        if len(ends) == 2:
            graph.add_edge(*ends, key=strand.name, strand=strand.name)
    return graph


def _terminals(network: TensionNetwork, strands: Iterable[str]) -> set[str]:
    chosen, mobile = set(strands), mobile_nodes(network)
    return {
        node
        for strand in network.active_strands
        if strand.name in chosen
        for node in _ends(strand, mobile)
    }


@dataclass(frozen=True)
class Route:
    """A chain of strands from a region to a target."""

    strands: tuple[str, ...]
    nodes: tuple[str, ...]

    def __str__(self) -> str:
        return " - ".join(self.nodes)


def load_paths(
    network: TensionNetwork, region: Iterable[str], target: Iterable[str], *, count: int = 3
) -> tuple[Route, ...]:
    """Shortest strand-disjoint routes from region strands to target strands, fewest links first.

    The search removes the strands of each route before it looks for the next. The result is
    empty if no route exists.
    """
    import networkx as nx

    region, target = set(region), set(target)
    graph = tension_graph(network)
    for a, b, name in list(graph.edges(keys=True)):
        if name in region | target:
            graph.remove_edge(a, b, key=name)
    sources, sinks = _terminals(network, region), _terminals(network, target)
    for node in sources:
        graph.add_edge(_SOURCE, node, key=_SOURCE)
    for node in sinks:
        graph.add_edge(node, _SINK, key=_SINK)
    if not (sources and sinks):
        return ()
    routes: list[Route] = []
    while len(routes) < count:
        try:
            nodes = nx.shortest_path(graph, _SOURCE, _SINK)[1:-1]  # pyright: ignore[reportUnknownMemberType]
        except nx.NetworkXNoPath:
            break
        strands = tuple(min(graph[a][b]) for a, b in pairwise(nodes))
        routes.append(Route(strands, tuple(nodes)))
        if not strands:  # the region touches the target
            break
        for (a, b), strand in zip(pairwise(nodes), strands, strict=True):
            graph.remove_edge(a, b, key=strand)
    return tuple(routes)


def minimum_cut(
    network: TensionNetwork, region: Iterable[str], target: Iterable[str]
) -> tuple[str, ...]:
    """Smallest set of strands without which no route leads from the region to the target.

    The strands of the region and of the target are not cut.

    Raises
    ------
    ReleaseError
        If region and target meet in a node, so that no strand lies between them.
    """
    import networkx as nx

    region, target = set(region), set(target)
    sources, sinks = _terminals(network, region), _terminals(network, target)
    touching = sources & sinks
    if touching or region & target:
        raise ReleaseError(
            "Expected strands between the region and the hamstrings, got a region that touches "
            "the hamstrings"
            + (f" at {', '.join(sorted(touching))}" if touching else "")
            + "; choose a region further up or down the chain."
        )
    weights: dict[tuple[str, str], int] = {}
    between: dict[tuple[str, str], list[str]] = {}
    for a, b, name in tension_graph(network).edges(keys=True):
        if name in region | target:
            continue
        pair = (min(a, b), max(a, b))
        weights[pair] = weights.get(pair, 0) + 1
        between.setdefault(pair, []).append(name)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from([_SOURCE, _SINK])
    graph.add_edges_from((a, b, {"capacity": w}) for (a, b), w in weights.items())
    graph.add_edges_from((_SOURCE, node) for node in sources)  # no capacity: never cut
    graph.add_edges_from((node, _SINK) for node in sinks)
    # the strands of the region and of the target transmit tension but are not cut
    for strand in network.active_strands:
        ends = _ends(strand, mobile_nodes(network)) if strand.name in region | target else []
        if len(ends) == 2:
            graph.add_edge(*ends)
    cut_of = cast(
        "Callable[..., tuple[float, tuple[set[str], set[str]]]]",
        nx.minimum_cut,  # pyright: ignore[reportUnknownMemberType]
    )
    _, (near, _far) = cut_of(graph, _SOURCE, _SINK)
    cut: list[str] = []
    for (a, b), names in between.items():
        if (a in near) != (b in near):
            cut += names
    return tuple(sorted(cut))
