"""The tension network: nodes, strands and how they hang together. Changing one gives a new one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError
from fascia.network import geometry, packaged_tables, segments, selection, strand_table, tension
from fascia.network.parts import Line, Node, Strand, number
from fascia.network.selection import unknown_part
from fascia.network.ties import governed, stiffness_beside_nodes
from panjabi.tissue.muscle import PassiveMuscle

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fascia.network.geometry import Floats
    from fascia.network.parts import Vector
    from fascia.network.segments import Segment
    from panjabi.body import Body, Poses
    from panjabi.parameter import Parameter
    from panjabi.tissue import Law

UNUSED_BY_LAW = frozenset({"k_low", "curviness"})
"""Shape figures of the source's spline that the power law of the passive fibre does not use."""

FOLLOWS_NETWORK = frozenset({"resting_tension"})
"""Strand figures that repeat a parameter of the network."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TensionNetwork:
    """Strands between nodes on a body: what can pull on what.

    Nothing here changes; every method that alters something returns a new network. Ties follow
    `tie_ratio` times `tie_basis`, the harmonic mean of the stiffness on the two sides of the
    station when the network was built (S2): a cut or another law leaves the ties.

    Raises
    ------
    NetworkError
        For doubled names, a line named like a region, strands whose nodes are missing, ends that
        share the slip of a node of another body, strands of zero length.
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
    resting_tension: Mapping[str, float] = field(
        default_factory=dict
    )  # region or line -> N, "" = others
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(self.nodes))
        object.__setattr__(self, "strands", tuple(self.strands))
        _no_doubles("node", [n.name for n in self.nodes])
        _no_doubles("strand", [s.name for s in self.strands])
        for name in self._line_names.keys() & self._region_names.keys():
            raise NetworkError(
                f"{name!r} names a line and a region; a line's name is accepted where a region "
                "is, so each has a name of its own. Rename one of them."
            )
        geometry.check(self.body, self._node_of, self.strands)

    # --- looking --------------------------------------------------------------------------

    @cached_property
    def _node_of(self) -> dict[str, Node]:
        return {n.name: n for n in self.nodes}

    @cached_property
    def _strand_of(self) -> dict[str, Strand]:
        return {s.name: s for s in self.strands}

    @cached_property
    def _line_names(self) -> dict[str, None]:
        names = dict.fromkeys(self.lines)
        names.update(dict.fromkeys(line for s in self.strands for line in s.lines))
        return names

    @cached_property
    def _region_names(self) -> dict[str, None]:
        names = dict.fromkeys(self.region_parents)
        names.update(dict.fromkeys(region for s in self.strands for region in s.regions))
        return names

    def node(self, name: str) -> Node:
        """A node by name."""
        if name not in self._node_of:
            raise unknown_part("node", name, self._node_of)
        return self._node_of[name]

    def strand(self, name: str) -> Strand:
        """A strand by name."""
        if name not in self._strand_of:
            raise unknown_part("strand", name, self._strand_of)
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
        names = [s.name for s in self.strands if s.active or not active]
        return selection.matching(names, patterns)

    def strands_of(
        self,
        *,
        line: str | None = None,
        region: str | None = None,
        side: str | None = None,
        kind: str | None = None,
        active: bool = False,
    ) -> tuple[str, ...]:
        """Names of the strands of a line, region (those inside it included), side and kind.

        A line's name is accepted as a region.
        """
        if line is not None:
            self._require_line(line)
        inside = None if region is None else self._labels_within(region)
        return tuple(
            s.name
            for s in self.strands
            if (line is None or line in s.lines)
            and (inside is None or not inside.isdisjoint((*s.regions, *s.lines)))
            and (side is None or s.side == side)
            and (kind is None or s.kind == kind)
            and (s.active or not active)
        )

    def _labels_within(self, region: str) -> set[str]:
        """A region and all regions inside it; a line is alone."""
        if region in self._line_names:
            return {region}
        if region not in self._region_names:
            raise unknown_part("region", region, [*self._region_names, *self._line_names])
        parents = self.region_parents
        return {r for r in self._region_names if region in selection.ancestry(parents, r)}

    def _require_line(self, line: str) -> None:
        if line not in self._line_names:
            raise unknown_part("line", line, self._line_names)

    def line_names(self) -> tuple[str, ...]:
        """Every line, those of `lines` first, then those only strands name."""
        return tuple(self._line_names)

    def regions(self) -> dict[str, tuple[str, ...]]:
        """Every region with the names of its strands; a region holds those inside it."""
        members: dict[str, list[str]] = {r: [] for r in self._region_names}
        for strand in self.strands:
            around = {a for r in strand.regions for a in selection.ancestry(self.region_parents, r)}
            for region in around:
                members[region].append(strand.name)
        return {region: tuple(names) for region, names in members.items()}

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
        strands = self.active_strands if active else self.strands
        return selection.connected_components(self.nodes, strands, through_bone=through_bone)

    def require_connected(self, a: str, b: str) -> None:
        """Raise NetworkError unless active strands lead from node `a` to node `b`."""
        for name in (a, b):
            self.node(name)
        pieces = self.connected_components()
        if not any(a in piece and b in piece for piece in pieces):
            raise NetworkError(
                f"no active strand path leads from {a!r} to {b!r}; the network has {len(pieces)} "
                f"pieces. Switch strands on (activated), undo a cut, or ask within one piece."
            )

    def route(self, line: str, side: str = "right") -> tuple[Segment, ...]:
        """A line of one side segment by segment, with the strands that stand for each.

        A packaged line has the segments of its table; other strands of a line, and all strands
        of a line of one's own, are one segment each, in the order of the network.
        """
        self._require_line(line)
        if side not in ("right", "left"):
            raise unknown_part("side", side, ("right", "left"))
        strands = [s for s in self.strands if line in s.lines]
        known = self.lines.get(line)
        if known is None or known != packaged_tables.lines().get(line):
            return segments.segments_of_strands(line, side, strands)
        made = segments.packaged_segments(line, side, strands)
        other = segments.packaged_segments(line, "left" if side == "right" else "right", strands)
        listed = {name for segment in (*made, *other) for name in segment.strands}
        more = [s for s in strands if s.name not in listed]
        return made + segments.segments_of_strands(line, side, more, first=len(made) + 1)

    # --- measuring, with no slip ------------------------------------------------------------

    def attachments(self, strand: str) -> tuple[tuple[str, Vector], ...]:
        """(body, point in its frame [m]) along a strand from start to end, with no slip."""
        return tuple(geometry.attachments(self._node_of, self.strand(strand)))

    def polyline(self, strand: str, q: ArrayLike | None = None) -> Floats:
        """World points (n, 3) of a strand [m] at coordinates q (standing if None), no slip."""
        return self._polyline(self.strand(strand), geometry.poses(self.body, q))

    def _polyline(self, strand: Strand, at: Poses | None) -> Floats:
        return geometry.polyline(self.body, self._node_of, strand, at)

    def standing_length(self, strand: str) -> float:
        """Length of a strand with the body in upright standing and no slip [m]."""
        return geometry.length(self.polyline(strand))

    def lengths(self, q: ArrayLike | None = None) -> dict[str, float]:
        """Length of every strand [m] at coordinates q (standing if None), no slip."""
        at = geometry.poses(self.body, q)
        return {s.name: geometry.length(self._polyline(s, at)) for s in self.strands}

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
        return replace(self, nodes=nodes, strands=strands).with_tie_basis(keep=True)

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
        nodes, strands = self._node_of, self._strand_of
        if old not in nodes and old not in strands:
            raise unknown_part("node or strand", old, [*strands, *nodes])
        if new in nodes or new in strands:
            raise NetworkError(
                f"{new!r} is taken; {old!r} needs a name that no node or strand has. Choose "
                "another."
            )
        if old in strands:
            made = tuple(replace(s, name=new) if s.name == old else s for s in self.strands)
            return replace(self, strands=made)

        def now(name: str) -> str:
            return new if name == old else name

        return replace(
            self,
            nodes=tuple(replace(n, name=now(n.name)) for n in self.nodes),
            strands=tuple(replace(s, start=now(s.start), end=now(s.end)) for s in self.strands),
            tie_basis={now(k): v for k, v in self.tie_basis.items()},
        )

    def activated(self, *names: str, active: bool = True) -> TensionNetwork:
        """The same network with strands switched on (with figures by kind) or off."""
        chosen = set(self.select(*names))
        strands = (replace(s, active=active) if s.name in chosen else s for s in self.strands)
        return replace(self, strands=tuple(strands))

    def without_line(self, line: str) -> TensionNetwork:
        """Without a line: strands that no other line lists go, the shared ones stay."""
        self._require_line(line)

        def rest(part: Node | Strand) -> tuple[str, ...]:
            return tuple(x for x in part.lines if x != line)

        return replace(
            self,
            nodes=tuple(replace(n, lines=rest(n)) if line in n.lines else n for n in self.nodes),
            strands=tuple(
                replace(s, lines=rest(s)) if line in s.lines else s
                for s in self.strands
                if s.lines != (line,)
            ),
            lines={k: v for k, v in self.lines.items() if k != line},
        )

    def with_line(
        self, line: Line, *parts: Node | Strand, joining: Iterable[str] = ()
    ) -> TensionNetwork:
        """With one more line: new parts, and existing strands that join it (names, patterns).

        Raises
        ------
        NetworkError
            If a line or a region has that name already.
        """
        if line.id in self._line_names:
            raise NetworkError(
                f"line {line.id!r} exists; a new line needs an id of its own. Take the old one "
                "out first (without_line) or choose another id."
            )

        def labelled(part: Any) -> Any:
            return part if line.id in part.lines else replace(part, lines=(*part.lines, line.id))

        chosen = set(self.select(*joining))
        strands = tuple(labelled(s) if s.name in chosen else s for s in self.strands)
        lines = {**self.lines, line.id: line}
        return replace(self, strands=strands, lines=lines).added(*map(labelled, parts))

    def with_law(self, strand: str, law: Law) -> TensionNetwork:
        """With another law for one strand; ties stay as built."""
        return self.replaced(replace(self.strand(strand), law=law))

    def with_muscle_laws(
        self, names: Iterable[str], change: Callable[[PassiveMuscle], PassiveMuscle]
    ) -> TensionNetwork:
        """With the passive law of some muscles changed; ties stay as built."""
        chosen = set(self.select(*names))

        def changed(strand: Strand) -> Strand:
            if strand.name not in chosen:
                return strand
            if not isinstance(strand.law, PassiveMuscle):
                raise NetworkError(
                    f"Expected strand {strand.name!r} to have a PassiveMuscle law, got "
                    f"{type(strand.law).__name__}; use with_law for other laws."
                )
            return replace(strand, law=change(strand.law))

        return replace(self, strands=tuple(changed(s) for s in self.strands))

    def with_tie_basis(self, *, keep: bool = False) -> TensionNetwork:
        """With the harmonic means of the network as it is now as what the tie ratio multiplies.

        Done once when a network is built. keep: only for nodes that have none yet; their ties
        follow the present ratio.
        """
        basis = stiffness_beside_nodes(self.body, self._node_of, self.active_strands)
        if not keep:
            return replace(self, tie_basis=basis)
        new = {k: v for k, v in basis.items() if k not in self.tie_basis}
        made = replace(self, tie_basis={**self.tie_basis, **new}) if new else self
        if not new or self.tie_ratio is None:
            return made
        return replace(made, nodes=made._tied(self.tie_ratio, new))

    def _tied(self, ratio: float, names: Iterable[str]) -> tuple[Node, ...]:
        """The nodes, those of `names` that the ratio governs with k_g = ratio x basis."""
        chosen = set(names)

        def tie(node: Node) -> float:
            return math.inf if math.isinf(ratio) else ratio * self.tie_basis.get(node.name, 0.0)

        return tuple(
            replace(n, tie=tie(n)) if n.name in chosen and governed(n) else n for n in self.nodes
        )

    def with_tie_ratio(self, ratio: float) -> TensionNetwork:
        """With k_g = ratio x the harmonic mean as built, at every node the ratio governs (S2).

        0 is a frictionless guide, math.inf clamps. Nerve nodes, loose layers and nodes with a
        tie of their own (`with_tie`) are left alone.
        """
        ratio = number("tie ratio", ratio)
        if math.isnan(ratio) or ratio < 0.0:
            raise NetworkError(
                f"tie ratio is {ratio:g}; possible: 0 (frictionless guide) to math.inf (clamped). "
                "Give k_g over the stiffness of the strands that meet at the station."
            )
        network = self if self.tie_basis else self.with_tie_basis()
        parameters = dict(network.parameters)
        if "tie_ratio" in parameters and math.isfinite(ratio):
            parameters["tie_ratio"] = replace(parameters["tie_ratio"], value=ratio)
        nodes = network._tied(ratio, network._node_of)
        return replace(network, nodes=nodes, tie_ratio=ratio, parameters=parameters)

    def with_tie(self, node: str, k_N_per_mm: float) -> TensionNetwork:
        """With an absolute tie at one node [N/mm], which later ratios leave alone."""
        k = 1e3 * number("tie", k_N_per_mm)
        here = replace(self.node(node), tie=k, tie_by_ratio=False)
        return self.replaced(here)

    def with_adhesion(self, factor: float, *nodes: str) -> TensionNetwork:
        """With the adhesion of some nodes (all if none named) times a factor."""
        factor = number("adhesion factor", factor)
        if not (math.isfinite(factor) and factor >= 0.0):
            raise NetworkError(
                f"adhesion factor is {factor:g}; possible: 0 (no adhesion) and up, finite. 1 "
                "leaves it as it is."
            )
        chosen = {self.node(name).name for name in nodes} or set(self._node_of)
        made = (
            replace(n, adhesion=factor * n.adhesion) if n.name in chosen else n for n in self.nodes
        )
        return replace(self, nodes=tuple(made))

    def with_resting_tension(self, newton: float | Mapping[str, float]) -> TensionNetwork:
        """With another tension in standing, for all or by region or line [N]: new slack lengths.

        A plain number is for every collagen strand but nerve and those with a preload of their
        own (S5); a region or line named also reaches nerve strands, the innermost region first
        and a line last. Muscles of the body model keep theirs.
        """
        table = newton if isinstance(newton, Mapping) else {"": newton}
        table = {k: number("resting tension", v) for k, v in table.items()}
        for region in filter(None, table):
            self._labels_within(region)  # raises for an unknown one
        target: dict[str, float] = {}
        for strand in self.strands:
            if not tension.settable(strand) or "preload" in strand.parameters:
                continue
            value = selection.innermost_value(self.region_parents, strand, table)
            if value is None and strand.kind != "nerve":
                value = table.get("")
            if value is not None:
                target[strand.name] = value
        parameters = dict(self.parameters)
        if "" in table and "resting_tension" in parameters:
            parameters["resting_tension"] = replace(parameters["resting_tension"], value=table[""])
        return replace(
            self.with_standing_tension(target),
            resting_tension={**self.resting_tension, **table},
            parameters=parameters,
        )

    def with_standing_tension(self, newton: Mapping[str, float]) -> TensionNetwork:
        """With the tension in standing of single strands [N] (preloads included)."""
        target = {self.strand(k).name: number("tension", v) for k, v in newton.items()}
        at = geometry.poses(self.body)
        strands = tuple(
            tension.with_standing_tension(s, geometry.length(self._polyline(s, at)), target[s.name])
            if s.name in target
            else s
            for s in self.strands
        )
        return replace(self, strands=strands)

    def with_share(self, phi: float, *, minor: float | None = None) -> TensionNetwork:
        """With another share of muscle tension handed to fascial continuations (S3).

        phi: at ends where fibres were found to run on; minor: at the other continuations,
        unchanged when not given.
        """
        shares = {"share": number("share", phi), "minor_share": self.minor_share}
        if minor is not None:
            shares["minor_share"] = number("minor_share", minor)
        for name, value in shares.items():
            if value is not None and not 0.0 <= value <= 1.0:
                raise NetworkError(
                    f"{name} is {value:g}; possible: 0 (all tension to bone) to 1 (all to the "
                    "fascia). Published for biceps femoris: 0.07-0.69."
                )

        def ruled(rule: str, present: float) -> float:
            value = shares.get(rule)
            return present if value is None else value

        strands = tuple(
            replace(
                s,
                start_share=ruled(s.start_rule, s.start_share),
                end_share=ruled(s.end_rule, s.end_share),
            )
            if s.start_rule or s.end_rule
            else s
            for s in self.strands
        )
        parameters = dict(self.parameters)
        for name, value in shares.items():
            if value is not None and name in parameters:
                parameters[name] = replace(parameters[name], value=value)
        return replace(self, strands=strands, parameters=parameters, **shares)

    # --- showing --------------------------------------------------------------------------

    def table(self) -> list[dict[str, Any]]:
        """One row per strand for a screen or a file; see `fascia.network.strand_table`."""
        return strand_table.rows(self.strands, self.lengths())

    def ties(self) -> dict[str, float]:
        """Tie of every node that can slip [N/mm]; inf where clamped."""
        return {n.name: 1e-3 * n.tie for n in self.nodes if n.directions}

    def sources(self) -> dict[str, Parameter]:
        """Name -> parameter: the network's own, then ``strand.figure`` of every active strand.

        Right and left of one tissue share their figures and count once, under the name without
        the side.
        """
        found = dict(self.parameters)
        for strand in self.active_strands:
            base = strand.name if strand.side == "midline" else strand.name.rsplit("_", 1)[0]
            for name, parameter in strand.parameters.items():
                if name not in UNUSED_BY_LAW | FOLLOWS_NETWORK:
                    found.setdefault(f"{base}.{name}", parameter)
        return found

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
