"""Stations at which tension from a region stops on its way to the hamstrings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fascia.network.station_table import stop
from fascia.transmission.routes import mobile_nodes

if TYPE_CHECKING:
    from fascia.network import TensionNetwork


@dataclass(frozen=True)
class Stop:
    """A station beyond which no tension of a region is transmitted, and why."""

    station: str
    reason: str

    def __str__(self) -> str:
        return f"{self.station} ({self.reason})"


def stops(
    network: TensionNetwork, region: Iterable[str], target: Iterable[str]
) -> tuple[Stop, ...]:
    """Where the tension of region strands stops before it reaches target strands, nearest first.

    Empty if a chain of strands transmits it. Named are the stations that the tension reaches and
    does not pass, if tissues and bones lead from there to the target. Bone transmits nothing,
    because the posture prescribes its position.
    """
    region, target = set(region), set(target)
    mobile = mobile_nodes(network)
    reached, touched = _spread(network, region, mobile)
    sinks = {
        node
        for s in network.active_strands
        if s.name in target
        for (node, _, _), passes in zip(s.ends, s.passes, strict=True)
        if passes and node in mobile
    }
    if reached & sinks:
        return ()
    distance = _distance(network, target, without=region, until=reached)
    passing: dict[str, set[str]] = {}
    for s in network.active_strands:
        for (node, _, _), passes in zip(s.ends, s.passes, strict=True):
            if passes:
                passing.setdefault(node, set()).add(s.tissue_name)
    found: list[tuple[int, Stop]] = []
    for node, tissue in touched.items():
        if node in reached or node not in distance:
            continue
        why = stop(network.node(node), len(passing.get(node, ())))
        found.append((distance[node], Stop(node, why or f"all fibres of {tissue} insert here")))
    found.sort(key=lambda pair: (pair[0], pair[1].station))
    return tuple(one for _, one in found)


def _spread(
    network: TensionNetwork, region: set[str], mobile: frozenset[str]
) -> tuple[set[str], dict[str, str]]:
    """Mobile nodes that the tension of a region reaches, and all nodes where its strands end."""
    beside: dict[str, list[tuple[str, str, str]]] = {}
    reached: set[str] = set()
    touched: dict[str, str] = {}
    for s in network.active_strands:
        nodes = (s.start, s.end)
        moves = [p and n in mobile for n, p in zip(nodes, s.passes, strict=True)]
        for here, far in ((0, 1), (1, 0)):
            if moves[here]:
                there = nodes[far] if moves[far] else ""
                beside.setdefault(nodes[here], []).append((nodes[far], s.tissue_name, there))
        if s.name in region:
            touched |= dict.fromkeys(nodes, s.tissue_name)
            reached |= {n for n, m in zip(nodes, moves, strict=True) if m}
    waiting = deque(reached)
    while waiting:
        for far, tissue, there in beside.get(waiting.popleft(), ()):
            touched.setdefault(far, tissue)
            if there and there not in reached:
                reached.add(there)
                waiting.append(there)
    return reached, touched


def _distance(
    network: TensionNetwork, target: set[str], *, without: set[str], until: set[str]
) -> Mapping[str, int]:
    """Number of tissues between a node and the target, if all fibres passed everywhere.

    without : strands that do not count; until : nodes through which no way leads.
    """
    beside: dict[str, set[str]] = {}
    for s in network.active_strands:
        if s.name not in without:
            beside.setdefault(s.start, set()).add(s.end)
            beside.setdefault(s.end, set()).add(s.start)
    start = {n for s in network.active_strands if s.name in target for n in (s.start, s.end)}
    distance = dict.fromkeys(start, 0)
    waiting = deque(start)
    while waiting:
        node = waiting.popleft()
        for far in beside.get(node, ()):
            if far not in distance:
                distance[far] = distance[node] + 1
                if far not in until:
                    waiting.append(far)
    return distance
