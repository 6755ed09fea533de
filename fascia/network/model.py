"""The tension network: nodes, strands and their connections. Each change returns a new network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from fascia.errors import NetworkError
from fascia.network import (
    geometry,
    packaged_tables,
    relaxation,
    segments,
    selection,
    strand_table,
    tension,
)
from fascia.network.parts import Line, Node, Strand, number
from fascia.network.selection import unknown_part
from fascia.network.strand_evidence import failure_tension
from fascia.network.ties import governed, stiffness_beside_nodes
from panjabi.parameter import Parameter
from panjabi.passive.ligament import LigamentLaw
from panjabi.tissue.muscle import PassiveMuscle
from panjabi.tissue.viscoelastic import LASTING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fascia.network.geometry import Floats
    from fascia.network.parts import Vector
    from fascia.network.segments import Segment
    from panjabi.body import Body, Poses
    from panjabi.tissue import Law

UNUSED_BY_LAW = frozenset({"k_low", "curviness"})
"""Shape parameters of the source's spline that the power law of the passive fibre does not use."""

FOLLOWS_NETWORK = frozenset({"resting_tension"})
"""Parameters of a strand that repeat a parameter of the network."""


_Part = TypeVar("_Part", bound=Node | Strand)


@dataclass(frozen=True, eq=False, kw_only=True)
class TensionNetwork:
    """Strands between nodes on a body.

    The object is immutable: methods that change something return a new network. The attachment
    stiffness of a station is `tie_ratio` times `tie_basis`, the harmonic mean of the stiffness
    on its two sides when the network was built (S2). A cut or another law does not change it.

    Raises
    ------
    NetworkError
        For repeated names, a line named like a region, strands whose nodes are missing, ends that
        move with a node of another body, strands of zero length.
    """

    nodes: tuple[Node, ...] = ()
    strands: tuple[Strand, ...] = ()
    body: Body | None = None
    name: str = ""
    lines: Mapping[str, Line] = field(default_factory=dict[str, Line])
    region_parents: Mapping[str, str] = field(
        default_factory=dict[str, str]
    )  # region -> enclosing region
    tie_ratio: float | None = None  # None: each node has its own attachment stiffness
    tie_basis: Mapping[str, float] = field(
        default_factory=dict[str, float]
    )  # node -> stiffness there [N/m]
    share: float | None = None  # phi (S3), fraction at ends with the rule "share"
    minor_share: float | None = None  # fraction at ends with the rule "minor_share"
    resting_tension: Mapping[str, float] = field(
        default_factory=dict[str, float]
    )  # region or line -> N, "" = all others
    relaxed_fraction: float = 1.0  # of the tension at the test rate; 1: nothing has relaxed (S32)
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(self.nodes))
        object.__setattr__(self, "strands", tuple(self.strands))
        _require_unique("node", [n.name for n in self.nodes])
        _require_unique("strand", [s.name for s in self.strands])
        for name in self._line_names.keys() & self._region_names.keys():
            raise NetworkError(
                f"Expected different names for lines and regions, got {name!r} as a line and a "
                "region; rename one of them (a line's name is accepted in place of a region)."
            )
        geometry.check(self.body, self._node_of, self.strands)

    # --- queries --------------------------------------------------------------------------

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

    @cached_property
    def failure_tension(self) -> Floats:
        """Tension with which each active strand fails, (S,) [N]; infinite where not known."""
        return np.array([failure_tension(s) for s in self.active_strands])

    @property
    def active_strands(self) -> tuple[Strand, ...]:
        """The strands that carry tension, in order."""
        return tuple(s for s in self.strands if s.active)

    @property
    def off_strands(self) -> tuple[Strand, ...]:
        """Strands without tension: no data exist (basis none), or a neighbour represents them."""
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
        """Names of the strands of a line, region (with the regions inside it), side and kind.

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
        """A region and all regions inside it; for a line, the line alone."""
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
        """Every line: first those of `lines`, then those that only strands list."""
        return tuple(self._line_names)

    def regions(self) -> dict[str, tuple[str, ...]]:
        """Every region with the names of its strands, including those of the regions inside it."""
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

        through_bone: nodes on the same body count as joined (a rigid bone transmits tension).
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
                f"Expected a path of active strands from {a!r} to {b!r}, got a network in "
                f"{len(pieces)} pieces; switch strands on (activated), undo a cut, or choose two "
                "nodes of the same piece."
            )

    def route(self, line: str, side: str = "right") -> tuple[Segment, ...]:
        """Segments of a line on one side, each with the strands that represent it.

        A packaged line has the segments of its table. Every other strand of the line, and every
        strand of a custom line, is a segment, in the order of the network.
        """
        self._require_line(line)
        if side not in ("right", "left"):
            raise unknown_part("side", side, ("right", "left"))
        strands = [s for s in self.strands if line in s.lines]
        known = self.lines.get(line)
        if known is None or known != packaged_tables.lines().get(line):
            return segments.segments_of_strands(line, side, strands)
        here = segments.packaged_segments(line, side, strands)
        other = segments.packaged_segments(line, "left" if side == "right" else "right", strands)
        listed = {name for segment in (*here, *other) for name in segment.strands}
        more = [s for s in strands if s.name not in listed]
        return here + segments.segments_of_strands(line, side, more, first=len(here) + 1)

    # --- geometry without slip --------------------------------------------------------------

    def attachments(self, strand: str) -> tuple[tuple[str, Vector], ...]:
        """(body, point in its frame [m]) along a strand from start to end, with no slip."""
        return tuple(geometry.attachments(self._node_of, self.strand(strand)))

    def polyline(self, strand: str, q: ArrayLike | None = None) -> Floats:
        """World points (n, 3) of a strand [m] at coordinates q (standing if None), no slip."""
        return self._polyline(self.strand(strand), geometry.poses(self.body, q))

    def _polyline(self, strand: Strand, at: Poses | None) -> Floats:
        return geometry.polyline(self.body, self._node_of, strand, at)

    def _length(self, strand: Strand, at: Poses | None) -> float:
        return geometry.length(self.body, self._node_of, strand, at)

    def standing_length(self, strand: str) -> float:
        """Length of a strand with the body in upright standing and no slip [m]."""
        return self._length(self.strand(strand), geometry.poses(self.body))

    def lengths(self, q: ArrayLike | None = None) -> dict[str, float]:
        """Length of every strand [m] at coordinates q (standing if None), no slip."""
        at = geometry.poses(self.body, q)
        return {s.name: self._length(s, at) for s in self.strands}

    # --- changes --------------------------------------------------------------------------

    def cut(self, *names: str) -> TensionNetwork:
        """The same network without some strands (names or patterns); ties stay as built."""
        cut = set(self.select(*names))
        return replace(self, strands=tuple(s for s in self.strands if s.name not in cut))

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
        """The same network with more nodes and strands; existing nodes keep their ties."""
        nodes = self.nodes + tuple(p for p in parts if isinstance(p, Node))
        strands = self.strands + tuple(p for p in parts if isinstance(p, Strand))
        return replace(self, nodes=nodes, strands=strands).with_tie_basis(keep=True)

    def replaced(self, part: Node | Strand) -> TensionNetwork:
        """The same network with `part` in place of the node or strand of the same name."""
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
                f"Expected an unused name for {old!r}, got {new!r}, which is taken; choose a "
                "name that no node or strand has."
            )
        if old in strands:
            renamed = tuple(replace(s, name=new) if s.name == old else s for s in self.strands)
            return replace(self, strands=renamed)

        def now(name: str) -> str:
            return new if name == old else name

        return replace(
            self,
            nodes=tuple(replace(n, name=now(n.name)) for n in self.nodes),
            strands=tuple(replace(s, start=now(s.start), end=now(s.end)) for s in self.strands),
            tie_basis={now(k): v for k, v in self.tie_basis.items()},
        )

    def activated(self, *names: str, active: bool = True) -> TensionNetwork:
        """The same network with strands switched on (with default values) or off."""
        chosen = set(self.select(*names))
        strands = (replace(s, active=active) if s.name in chosen else s for s in self.strands)
        return replace(self, strands=tuple(strands))

    def without_ligaments(self, levels: Iterable[str]) -> TensionNetwork:
        """The same network beside joints with units of their own: each ligament acts once.

        Strands with the law of the ligaments of a unit of these levels ("L4-L5") are off.
        """
        chosen = set(levels)
        off = [
            s.name
            for s in self.active_strands
            if isinstance(s.law, LigamentLaw) and s.law.level in chosen
        ]
        return self.activated(*off, active=False) if off else self

    def without_line(self, line: str) -> TensionNetwork:
        """The same network without a line. Strands that another line also lists stay."""
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
        """The same network with a new line of new parts and of existing strands (`joining`).

        Raises
        ------
        NetworkError
            If a line with that id exists, or a region has that name.
        """
        if line.id in self._line_names:
            raise NetworkError(
                f"Expected an unused id for the new line, got {line.id!r}, which exists; choose "
                "another id, or remove the old line first (without_line)."
            )

        def labelled(part: _Part) -> _Part:
            return part if line.id in part.lines else replace(part, lines=(*part.lines, line.id))

        chosen = set(self.select(*joining))
        strands = tuple(labelled(s) if s.name in chosen else s for s in self.strands)
        lines = {**self.lines, line.id: line}
        return replace(self, strands=strands, lines=lines).added(*map(labelled, parts))

    def with_law(self, strand: str, law: Law) -> TensionNetwork:
        """The same network with another law for one strand; ties stay as built."""
        return self.replaced(replace(self.strand(strand), law=law))

    def with_muscle_laws(
        self, names: Iterable[str], change: Callable[[PassiveMuscle], PassiveMuscle]
    ) -> TensionNetwork:
        """The same network with the passive law of some muscles changed; ties stay as built."""
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

    @property
    def law_name(self) -> str:
        """Whether the strands have their law at the test rate or the relaxed one, in words."""
        return relaxation.law_name(self.relaxed_fraction)

    def relaxed(self, fraction: float = LASTING.value) -> TensionNetwork:
        """The same network after a hold that leaves `fraction` of the tension [1] (S32).

        The default is what a long hold leaves; after t seconds it is
        `panjabi.tissue.hamstring_group().relaxation(t)`. Passive muscle loses tension at every
        length. Collagen and nerve keep their tension in standing, since standing is a long hold;
        what a posture adds to it relaxes. Tone does not relax. The ligaments of spinal units have
        their relaxed law also at the test rate. Attachment stays as built.

        Raises
        ------
        NetworkError
            For a fraction out of range, a network that is relaxed already, or a law without a
            method `relaxed(fraction)`.
        """
        fraction = number("fraction of the tension", fraction)
        if not 0.0 < fraction <= 1.0:
            raise NetworkError(
                "Expected the fraction of the tension that a hold leaves, above 0 to 1, got "
                f"{fraction:g}; give hamstring_group().relaxation(time)."
            )
        if self.relaxed_fraction != 1.0:
            raise NetworkError(
                f"Expected a network at the test rate, got one with the law {self.law_name}; "
                "begin with the network before it was relaxed."
            )
        if fraction == 1.0:
            return self
        lengths = self.lengths()
        return replace(
            self,
            strands=tuple(
                relaxation.relaxed_strand(s, lengths[s.name], fraction) for s in self.strands
            ),
            relaxed_fraction=fraction,
            parameters={**self.parameters, "relaxed_fraction": relaxation.lasting(fraction)},
        )

    def with_tie_basis(self, *, keep: bool = False) -> TensionNetwork:
        """The same network with `tie_basis` computed from its present strands.

        This is done once when a network is built. keep: only for nodes that have no basis yet;
        their ties follow the present ratio.
        """
        basis = stiffness_beside_nodes(self.body, self._node_of, self.active_strands)
        if not keep:
            return replace(self, tie_basis=basis)
        new = {k: v for k, v in basis.items() if k not in self.tie_basis}
        network = replace(self, tie_basis={**self.tie_basis, **new}) if new else self
        if not new or self.tie_ratio is None:
            return network
        return replace(network, nodes=network._nodes_with_ratio(self.tie_ratio, new))

    def _nodes_with_ratio(self, ratio: float, names: Iterable[str]) -> tuple[Node, ...]:
        """All nodes; those of `names` whose tie the ratio sets get k_g = ratio x basis."""
        chosen = set(names)

        def tie(node: Node) -> float:
            return math.inf if math.isinf(ratio) else ratio * self.tie_basis.get(node.name, 0.0)

        return tuple(
            replace(n, tie=tie(n)) if n.name in chosen and governed(n) else n for n in self.nodes
        )

    def with_tie_ratio(self, ratio: float) -> TensionNetwork:
        """The same network with attachment stiffness k_g = ratio x harmonic mean as built (S2).

        0 is a frictionless guide, math.inf clamps. Nerve nodes, loose layers and nodes set by
        `with_tie` do not change.
        """
        ratio = number("tie ratio", ratio)
        if math.isnan(ratio) or ratio < 0.0:
            raise NetworkError(
                f"Expected a tie ratio from 0 (frictionless guide) to math.inf (clamped), got "
                f"{ratio:g}; give the attachment stiffness divided by the stiffness of the "
                "strands that meet at the station."
            )
        network = self if self.tie_basis else self.with_tie_basis()
        parameters = dict(network.parameters)
        if "tie_ratio" in parameters and math.isfinite(ratio):
            parameters["tie_ratio"] = replace(parameters["tie_ratio"], value=ratio)
        nodes = network._nodes_with_ratio(ratio, network._node_of)
        return replace(network, nodes=nodes, tie_ratio=ratio, parameters=parameters)

    def with_tie(self, node: str, k_N_per_mm: float) -> TensionNetwork:
        """The same network with a fixed tie at one node [N/mm]; later ratios do not change it."""
        k = 1e3 * number("tie", k_N_per_mm)
        return self.replaced(replace(self.node(node), tie=k, tie_by_ratio=False))

    def with_adhesion(self, factor: float, *nodes: str) -> TensionNetwork:
        """The same network with the adhesion of some nodes (default: all) times a factor."""
        factor = number("adhesion factor", factor)
        if not (math.isfinite(factor) and factor >= 0.0):
            raise NetworkError(
                f"Expected a finite adhesion factor of at least 0 (no adhesion), got {factor:g}; "
                "give 1 for no change."
            )
        chosen = {self.node(name).name for name in nodes} or set(self._node_of)
        changed = (
            replace(n, adhesion=factor * n.adhesion) if n.name in chosen else n for n in self.nodes
        )
        return replace(self, nodes=tuple(changed))

    def with_resting_tension(self, newton: float | Mapping[str, float]) -> TensionNetwork:
        """The same network with another tension in standing [N], for all or by region or line.

        The slack lengths change. A plain number applies to every collagen strand except nerves
        and strands with a measured preload (S5). A named region or line also applies to nerve
        strands; the innermost region has priority, a line comes last. Muscles do not change.
        """
        table = newton if isinstance(newton, Mapping) else {"": newton}
        table = {k: number("resting tension", v) for k, v in table.items()}
        for region in filter(None, table):
            self._labels_within(region)  # raises for an unknown region
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
        """The same network with the tension in standing of single strands [N], also preloads."""
        target = {self.strand(k).name: number("tension", v) for k, v in newton.items()}
        at = geometry.poses(self.body)
        strands = tuple(
            tension.with_standing_tension(s, self._length(s, at), target[s.name])
            if s.name in target
            else s
            for s in self.strands
        )
        return replace(self, strands=strands)

    def with_share(self, phi: float, *, minor: float | None = None) -> TensionNetwork:
        """The same network with another fraction of muscle tension passed to the fascia (S3).

        phi: at ends where dissection shows that fibres continue; minor: at the other
        continuations (default: no change).
        """
        shares = {"share": number("share", phi), "minor_share": self.minor_share}
        if minor is not None:
            shares["minor_share"] = number("minor_share", minor)
        for name, value in shares.items():
            if value is not None and not 0.0 <= value <= 1.0:
                raise NetworkError(
                    f"Expected {name} as a fraction from 0 (all tension to bone) to 1 (all to the "
                    f"fascia), got {value:g}; published values for biceps femoris are 0.07 to 0.69."
                )

        def by_rule(rule: str, present: float) -> float:
            value = shares.get(rule)
            return present if value is None else value

        strands = tuple(
            replace(
                s,
                start_share=by_rule(s.start_rule, s.start_share),
                end_share=by_rule(s.end_rule, s.end_share),
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

    # --- tables ---------------------------------------------------------------------------

    def table(self) -> list[dict[str, Any]]:
        """One row per strand for a screen or a file; see `fascia.network.strand_table`."""
        return strand_table.rows(self.strands, self.lengths())

    def ties(self) -> dict[str, float]:
        """Attachment stiffness (tie) of every node that can slip [N/mm]; inf where clamped."""
        return {n.name: 1e-3 * n.tie for n in self.nodes if n.directions}

    def sources(self) -> dict[str, Parameter]:
        """Name -> parameter: those of the network, then ``strand.parameter`` of active strands.

        Right and left of one tissue have the same parameters and count once, under the name
        without the side.
        """
        parameters = dict(self.parameters)
        for strand in self.active_strands:
            base = strand.name if strand.side == "midline" else strand.name.rsplit("_", 1)[0]
            for name, parameter in strand.parameters.items():
                if name not in UNUSED_BY_LAW | FOLLOWS_NETWORK:
                    parameters.setdefault(f"{base}.{name}", parameter)
        return parameters

    def __repr__(self) -> str:
        ratio = "set per node" if self.tie_ratio is None else f"{self.tie_ratio:g}"
        if self.tie_ratio is not None and math.isinf(self.tie_ratio):
            ratio = "clamped"
        return (
            f"<TensionNetwork {self.name!r}: {len(self.nodes)} nodes, "
            f"{len(self.active_strands)} strands on, {len(self.off_strands)} off "
            f"({sum(s.basis == 'none' for s in self.off_strands)} without data), "
            f"tie ratio {ratio}>"
        )


def _require_unique(what: str, names: list[str]) -> None:
    if len(set(names)) == len(names):
        return
    repeated = sorted({n for n in names if names.count(n) > 1})[:5] if len(names) < 5000 else []
    raise NetworkError(
        f"Expected a different name for each {what}, got names that occur twice: "
        f"{repeated or 'several'}; rename one of each pair."
    )
