"""Finding strands by name, line, region and connection; renaming and whole lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError, UnknownStrandError
from fascia.network.parts import Node, Strand
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.network.model import Line, TensionNetwork


def unknown_part(what: str, name: str, known: Iterable[str]) -> UnknownStrandError:
    """The error for a name that is not in the network, nearest names included."""
    return UnknownStrandError(
        f"no {what} named {name!r} in the network; {nearest(name, known)}. Use a name that "
        "exists (network.table() lists strands, network.regions() regions)."
    )


def select(
    network: TensionNetwork, patterns: Iterable[str], *, active: bool = False
) -> tuple[str, ...]:
    """Names of strands by exact name or shell pattern, in network order."""
    names = [s.name for s in network.strands if s.active or not active]
    known = set(names)
    chosen: set[str] = set()
    for pattern in patterns:
        if pattern in known:
            chosen.add(pattern)
            continue
        found = [n for n in names if any(c in pattern for c in "*?[") and fnmatchcase(n, pattern)]
        if not found:
            raise unknown_part("strand", pattern, names)
        chosen.update(found)
    return tuple(n for n in names if n in chosen)


def strands_of(
    network: TensionNetwork,
    line: str | None,
    region: str | None,
    side: str | None,
    kind: str | None,
    active: bool,
) -> tuple[str, ...]:
    """Names of the strands that meet every condition given."""
    inside = None if region is None else within(network, region)
    if line is not None and line not in known_lines(network):
        raise unknown_part("line", line, known_lines(network))
    return tuple(
        s.name
        for s in network.strands
        if (line is None or line in s.lines)
        and (inside is None or inside & set(s.regions))
        and (side is None or s.side == side)
        and (kind is None or s.kind == kind)
        and (s.active or not active)
    )


def known_lines(network: TensionNetwork) -> dict[str, None]:
    """Line ids, those of the metadata first."""
    found = dict.fromkeys(network.lines)
    for strand in network.strands:
        found.update(dict.fromkeys(strand.lines))
    return found


def known_regions(network: TensionNetwork) -> dict[str, None]:
    """Region names, those of the tree first."""
    found = dict.fromkeys(network.region_parents)
    for strand in network.strands:
        found.update(dict.fromkeys(strand.regions))
    return found


def within(network: TensionNetwork, region: str) -> set[str]:
    """A region and all regions inside it."""
    known = known_regions(network)
    if region not in known:
        raise unknown_part("region", region, known)
    return {r for r in known if region in ancestry(network.region_parents, r)}


def ancestry(parents: Mapping[str, str], region: str) -> list[str]:
    """A region, the one around it, and so on outwards."""
    chain = [region]
    while parents.get(chain[-1]) and parents[chain[-1]] not in chain:
        chain.append(parents[chain[-1]])
    return chain


def regions(network: TensionNetwork) -> dict[str, tuple[str, ...]]:
    """Every region with the names of its strands."""
    members: dict[str, list[str]] = {r: [] for r in known_regions(network)}
    for strand in network.strands:
        around = {a for r in strand.regions for a in ancestry(network.region_parents, r)}
        for region in around:
            members[region].append(strand.name)
    return {region: tuple(names) for region, names in members.items()}


def components(
    network: TensionNetwork, *, active: bool = True, through_bone: bool = False
) -> tuple[frozenset[str], ...]:
    """Connected sets of nodes, largest first (union-find)."""
    parent = {n.name: n.name for n in network.nodes}

    def root(a: str) -> str:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for strand in network.strands:
        if strand.active or not active:
            parent[root(strand.start)] = root(strand.end)
    if through_bone:
        first: dict[str, str] = {}
        for node in network.nodes:
            parent[root(first.setdefault(node.body, node.name))] = root(node.name)
    sets: dict[str, set[str]] = {}
    for name in parent:
        sets.setdefault(root(name), set()).add(name)
    return tuple(sorted((frozenset(s) for s in sets.values()), key=len, reverse=True))


def require_connected(network: TensionNetwork, a: str, b: str) -> None:
    """NetworkError unless active strands lead from a to b."""
    for name in (a, b):
        network.node(name)
    pieces = components(network)
    if not any(a in piece and b in piece for piece in pieces):
        raise NetworkError(
            f"no active strand path leads from {a!r} to {b!r}; the network has {len(pieces)} "
            f"pieces. Switch strands on (activated), undo a cut, or ask within one piece."
        )


def renamed(network: TensionNetwork, old: str, new: str) -> TensionNetwork:
    """One node or strand under another name, everything that names it following."""
    nodes, strands = {n.name for n in network.nodes}, {s.name for s in network.strands}
    if old not in nodes and old not in strands:
        raise unknown_part("node or strand", old, [*strands, *nodes])
    if new in nodes or new in strands:
        raise NetworkError(
            f"{new!r} is taken; {old!r} needs a name that no node or strand has. Choose another."
        )
    if old in strands:
        made = tuple(replace(s, name=new) if s.name == old else s for s in network.strands)
        return replace(network, strands=made)
    basis = {new if k == old else k: v for k, v in network.tie_basis.items()}
    made = tuple(
        replace(s, start=new if s.start == old else s.start, end=new if s.end == old else s.end)
        for s in network.strands
    )
    moved = tuple(replace(n, name=new) if n.name == old else n for n in network.nodes)
    return replace(network, nodes=moved, strands=made, tie_basis=basis)


def without_line(network: TensionNetwork, line: str) -> TensionNetwork:
    """Without a line: strands listed by it alone go, shared ones lose the label."""
    if line not in known_lines(network):
        raise unknown_part("line", line, known_lines(network))
    strands = tuple(
        replace(s, lines=tuple(x for x in s.lines if x != line)) if line in s.lines else s
        for s in network.strands
        if s.lines != (line,)
    )
    lines = {k: v for k, v in network.lines.items() if k != line}
    nodes = tuple(
        replace(n, lines=tuple(x for x in n.lines if x != line)) if line in n.lines else n
        for n in network.nodes
    )
    return replace(network, strands=strands, lines=lines, nodes=nodes)


def with_line(
    network: TensionNetwork, line: Line, parts: tuple[Node | Strand, ...], joining: Iterable[str]
) -> TensionNetwork:
    """With one more line of new parts and of strands that are there."""
    if line.id in network.lines:
        raise NetworkError(
            f"line {line.id!r} exists; a new line needs an id of its own. Take the old one out "
            "first (without_line) or choose another id."
        )
    labelled: list[Any] = [
        replace(p, lines=(*p.lines, line.id)) if line.id not in p.lines else p for p in parts
    ]
    chosen = set(select(network, joining))
    strands = tuple(
        replace(s, lines=(*s.lines, line.id)) if s.name in chosen else s for s in network.strands
    )
    lines = {**network.lines, line.id: line}
    return replace(network, strands=strands, lines=lines).added(*labelled)
