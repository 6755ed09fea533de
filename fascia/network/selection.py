"""Selection of strands by name, line, region and connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from fascia.errors import UnknownStrandError
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.network.parts import Node, Strand


def unknown_part(what: str, name: str, known: Iterable[str]) -> UnknownStrandError:
    """The error for a name that is not in the network, with the nearest names."""
    return UnknownStrandError(
        f"Expected the name of a {what} in the network, got {name!r}; {nearest(name, known)}. "
        "network.table() lists the strands, network.regions() the regions and "
        "network.line_names() the lines."
    )


def matching(names: Sequence[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Names of strands by exact name or shell pattern, in the order of `names`."""
    known = set(names)
    chosen: set[str] = set()
    for pattern in patterns:
        if pattern in known:
            chosen.add(pattern)
            continue
        matches = [n for n in names if any(c in pattern for c in "*?[") and fnmatchcase(n, pattern)]
        if not matches:
            raise unknown_part("strand", pattern, names)
        chosen.update(matches)
    return tuple(n for n in names if n in chosen)


def ancestry(parents: Mapping[str, str], region: str) -> list[str]:
    """A region, the region that contains it, and so on outwards."""
    chain = [region]
    while parents.get(chain[-1]) and parents[chain[-1]] not in chain:
        chain.append(parents[chain[-1]])
    return chain


def innermost_value(
    parents: Mapping[str, str], strand: Strand, table: Mapping[str, float]
) -> float | None:
    """Value of a strand in a table by region or line: innermost region first, then line."""
    best: tuple[int, float] | None = None
    for region in strand.regions:
        for distance, around in enumerate(ancestry(parents, region)):
            if around in table:
                if best is None or distance < best[0]:
                    best = (distance, float(table[around]))
                break
    if best is not None:
        return best[1]
    return next((float(table[line]) for line in strand.lines if line in table), None)


def connected_components(
    nodes: Iterable[Node], strands: Iterable[Strand], *, through_bone: bool = False
) -> tuple[frozenset[str], ...]:
    """Sets of nodes that the strands join, largest first (union-find)."""
    nodes = tuple(nodes)
    parent = {n.name: n.name for n in nodes}

    def root(a: str) -> str:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for strand in strands:
        parent[root(strand.start)] = root(strand.end)
    if through_bone:
        first: dict[str, str] = {}
        for node in nodes:
            parent[root(first.setdefault(node.body, node.name))] = root(node.name)
    sets: dict[str, set[str]] = {}
    for name in parent:
        sets.setdefault(root(name), set()).add(name)
    return tuple(sorted((frozenset(s) for s in sets.values()), key=len, reverse=True))
