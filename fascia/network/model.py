"""The tension network: nodes, strands and how they hang together. Changing one gives a new one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError
from fascia.network import geometry, selection, tension, ties
from fascia.network.parts import Hold, Kind, Node, Side, Strand, Vector

if TYPE_CHECKING:
    from fascia.network.segments import Segment
    from panjabi.body import Body
    from panjabi.parameter import Parameter

__all__ = ["Hold", "Kind", "Line", "Node", "Side", "Strand", "TensionNetwork", "Vector"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A named chain of strands; `wired` False is a line that is only spoken of (no tissue)."""

    id: str
    name: str = ""
    family: str = ""
    wired: bool = True
    evidence: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class TensionNetwork:
    """Strands between nodes on a body: what can pull on what.

    Nothing here changes; every method that alters something returns a new network. Ties follow
    `tie_ratio` times `tie_basis`, the harmonic mean of the stiffness on the two sides of the
    station when the network was built (S2): a cut or another law leaves the ties.

    Raises
    ------
    NetworkError
        For doubled names, strands whose nodes are missing, ends that share the slip of a node
        of another body, strands of zero length.
    """

    nodes: tuple[Node, ...] = ()
    strands: tuple[Strand, ...] = ()
    body: Body | None = None
    name: str = ""
    lines: Mapping[str, Line] = field(default_factory=dict)
    region_parents: Mapping[str, str] = field(default_factory=dict)  # region -> the one around it
    tie_ratio: float | None = None  # None: ties given one by one
    tie_basis: Mapping[str, float] = field(default_factory=dict)  # node -> stiffness there [N/m]
    share: float | None = None  # phi (S3), of ends with the rule "share"
    minor_share: float | None = None  # of ends with the rule "minor_share"
    resting_tension: Mapping[str, float] = field(default_factory=dict)  # region -> N, "" = others
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(self.nodes))
        object.__setattr__(self, "strands", tuple(self.strands))
        _no_doubles("node", [n.name for n in self.nodes])
        _no_doubles("strand", [s.name for s in self.strands])
        geometry.check(self)

    # --- looking --------------------------------------------------------------------------

    @cached_property
    def _node_of(self) -> dict[str, Node]:
        return {n.name: n for n in self.nodes}

    @cached_property
    def _strand_of(self) -> dict[str, Strand]:
        return {s.name: s for s in self.strands}

    def node(self, name: str) -> Node:
        """A node by name."""
        if name not in self._node_of:
            raise selection.unknown_part("node", name, self._node_of)
        return self._node_of[name]

    def strand(self, name: str) -> Strand:
        """A strand by name."""
        if name not in self._strand_of:
            raise selection.unknown_part("strand", name, self._strand_of)
        return self._strand_of[name]

    @property
    def active_strands(self) -> tuple[Strand, ...]:
        """The strands that carry tension, in order."""
        return tuple(s for s in self.strands if s.active)

    @property
    def off_strands(self) -> tuple[Strand, ...]:
        """Strands that carry nothing: no data exist (basis none), or a neighbour holds them."""
        return tuple(s for s in self.strands if not s.active)

    def select(self, *patterns: str, active: bool = False) -> tuple[str, ...]:
        """Names of strands by exact name or shell pattern ("galea_*"), in network order.

        Raises UnknownStrandError, with the nearest names, for a pattern that matches nothing.
        """
        return selection.select(self, patterns, active=active)

    def strands_of(
        self,
        *,
        line: str | None = None,
        region: str | None = None,
        side: str | None = None,
        kind: str | None = None,
        active: bool = False,
    ) -> tuple[str, ...]:
        """Names of the strands of a line, region (those inside it included), side and kind."""
        return selection.strands_of(self, line, region, side, kind, active)

    def regions(self) -> dict[str, tuple[str, ...]]:
        """Every region with the names of its strands; a region holds those inside it."""
        return selection.regions(self)

    def strands_at(self, node: str) -> tuple[Strand, ...]:
        """The strands that end at a node."""
        self.node(node)
        return tuple(s for s in self.strands if node in (s.start, s.end))

    def connected_components(
        self, *, active: bool = True, through_bone: bool = False
    ) -> tuple[frozenset[str], ...]:
        """Sets of nodes that strands join, largest first.

        through_bone: nodes on the same body count as joined (a rigid bone hands tension on).
        """
        return selection.components(self, active=active, through_bone=through_bone)

    def require_connected(self, a: str, b: str) -> None:
        """Raise NetworkError unless active strands lead from node `a` to node `b`."""
        selection.require_connected(self, a, b)

    def standing_length(self, strand: str) -> float:
        """Length of a strand with the body in upright standing and no slip [m]."""
        return geometry.length(self, self.strand(strand))

    def route(self, line: str, side: str = "right") -> tuple[Segment, ...]:
        """A line of one side segment by segment, with the strands that stand for each."""
        from fascia.network.segments import route

        return route(self, line, side)

    def lengths(self, q: Any = None) -> dict[str, float]:
        """Length of every strand [m] at coordinates q (standing if None), no slip."""
        return geometry.lengths(self, q)

    # --- changing -------------------------------------------------------------------------

    def cut(self, *names: str) -> TensionNetwork:
        """The same network without some strands (names or patterns); ties stay as built."""
        gone = set(self.select(*names))
        return replace(self, strands=tuple(s for s in self.strands if s.name not in gone))

    def cut_where(
        self, *, line: str | None = None, region: str | None = None, side: str | None = None
    ) -> TensionNetwork:
        """The same network without the strands of a line, region or side."""
        return self.cut(*self.strands_of(line=line, region=region, side=side))

    def removed(self, *names: str) -> TensionNetwork:
        """The same network without some nodes and the strands that end there."""
        for name in names:
            self.node(name)
        return replace(
            self,
            nodes=tuple(n for n in self.nodes if n.name not in names),
            strands=tuple(s for s in self.strands if not {s.start, s.end} & set(names)),
        )

    def added(self, *parts: Node | Strand) -> TensionNetwork:
        """The same network with more nodes and strands; known nodes keep their ties."""
        nodes = self.nodes + tuple(p for p in parts if isinstance(p, Node))
        strands = self.strands + tuple(p for p in parts if isinstance(p, Strand))
        return ties.with_new_basis(replace(self, nodes=nodes, strands=strands))

    def replaced(self, part: Node | Strand) -> TensionNetwork:
        """The same network with the node or strand of that name exchanged for this one."""
        if isinstance(part, Node):
            self.node(part.name)
            nodes = tuple(part if n.name == part.name else n for n in self.nodes)
            return replace(self, nodes=nodes)
        self.strand(part.name)
        strands = tuple(part if s.name == part.name else s for s in self.strands)
        return replace(self, strands=strands)

    def renamed(self, old: str, new: str) -> TensionNetwork:
        """The same network with one node or strand under another name."""
        return selection.renamed(self, old, new)

    def activated(self, *names: str, active: bool = True) -> TensionNetwork:
        """The same network with strands switched on (with figures by kind) or off."""
        chosen = set(self.select(*names))
        strands = (replace(s, active=active) if s.name in chosen else s for s in self.strands)
        return replace(self, strands=tuple(strands))

    def without_line(self, line: str) -> TensionNetwork:
        """Without a line: strands that no other line lists go, the shared ones stay."""
        return selection.without_line(self, line)

    def with_line(self, line: Line, *parts: Node | Strand, joining: Iterable[str] = ()):
        """With one more line: new parts, and existing strands that join it (names, patterns)."""
        return selection.with_line(self, line, parts, joining)

    def with_law(self, strand: str, law: Any) -> TensionNetwork:
        """With another law for one strand; ties stay as built."""
        return self.replaced(replace(self.strand(strand), law=law))

    def with_tie_ratio(self, ratio: float) -> TensionNetwork:
        """With k_g = ratio x the harmonic mean as built, at every node the ratio governs (S2).

        0 is a frictionless guide, math.inf clamps. Nerve nodes, loose layers and nodes with a
        tie of their own (`with_tie`) are left alone.
        """
        return ties.with_ratio(self, ratio)

    def with_tie(self, node: str, k_N_per_mm: float) -> TensionNetwork:
        """With an absolute tie at one node [N/mm], which later ratios leave alone."""
        here = replace(self.node(node), tie=1e3 * k_N_per_mm, tie_by_ratio=False)
        return self.replaced(here)

    def with_adhesion(self, factor: float, *nodes: str) -> TensionNetwork:
        """With the adhesion of some nodes (all if none named) times a factor."""
        return ties.with_adhesion(self, factor, nodes)

    def with_resting_tension(self, newton: float | Mapping[str, float]) -> TensionNetwork:
        """With another tension in standing, for all or by region [N]: new slack lengths (S5).

        A plain number is for every collagen strand but nerve and those with a preload of their
        own; a region named also reaches nerve strands. Muscles of the body model keep theirs.
        """
        return tension.with_resting(self, newton)

    def with_standing_tension(self, newton: Mapping[str, float]) -> TensionNetwork:
        """With the tension in standing of single strands [N] (preloads included)."""
        return tension.with_standing(self, newton)

    def with_share(self, phi: float, *, minor: float | None = None) -> TensionNetwork:
        """With another share of muscle tension handed to fascial continuations (S3).

        phi: at ends where fibres were found to run on; minor: at the other continuations,
        unchanged when not given.
        """
        return tension.with_share(self, phi, minor)

    # --- showing --------------------------------------------------------------------------

    def table(self) -> list[dict[str, Any]]:
        """One row per strand for a screen or a file; see `fascia.network.strand_table`."""
        from fascia.network.strand_table import rows

        return rows(self)

    def ties(self) -> dict[str, float]:
        """Tie of every node that can slip [N/mm]; inf where clamped."""
        return {n.name: 1e-3 * n.tie for n in self.nodes if n.directions}

    def sources(self) -> dict[str, Parameter]:
        """Every figure the network rests on; see `fascia.network.evidence`."""
        from fascia.network.evidence import parameters_of

        return parameters_of(self)

    def __repr__(self) -> str:
        ratio = "given singly" if self.tie_ratio is None else f"{self.tie_ratio:g}"
        if self.tie_ratio is not None and math.isinf(self.tie_ratio):
            ratio = "clamped"
        return (
            f"<TensionNetwork {self.name!r}: {len(self.nodes)} nodes, "
            f"{len(self.active_strands)} strands on, {len(self.off_strands)} off "
            f"({sum(s.basis == 'none' for s in self.off_strands)} for want of any data), "
            f"tie ratio {ratio}>"
        )


def _no_doubles(what: str, names: list[str]) -> None:
    if len(set(names)) == len(names):
        return
    twice = sorted({n for n in names if names.count(n) > 1})[:5] if len(names) < 5000 else []
    raise NetworkError(
        f"{what} names occur twice: {twice or 'several'}; each {what} has a name of its own. "
        "Rename one of them."
    )
