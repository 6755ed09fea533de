"""The network as flat arrays for the kernels and the solver."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fascia.errors import NetworkError
from fascia.mechanics.wrap_kernels import FlatWraps
from fascia.network.model import TensionNetwork
from fascia.network.parts import Node, Vector
from fascia.sparse.pattern import Pattern, build_pattern
from panjabi.body.wrapping import surface_arrays
from panjabi.passive.kernels import evaluate_ligaments
from panjabi.passive.ligament import LigamentLaw
from panjabi.results import ShortRepr
from panjabi.tissue.kernels import LAW_COLUMNS, evaluate_all

if TYPE_CHECKING:
    from panjabi.tissue.law import Law

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

USER_LAW = -1
LIGAMENT_LAW = -2  # the law of a spinal unit, evaluated by the kernels of the units


class FlatLigaments(NamedTuple):
    """Strands with the law of ligaments of a unit: the arguments of `evaluate_ligaments`."""

    place: Ints  # (n,) strand
    start: Ints  # (n + 1,) CSR over the terms
    kinds: Ints
    rows: Floats
    slack: Floats  # (n,) [m]
    arm: Floats  # (n,) [m]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class FlatNetwork(ShortRepr):
    """Points, strands and attachment stiffness (ties) as arrays; nodes are the first points.

    Shapes: P points, S strands, U slips. Lengths [m], forces [N].
    """

    point_body: Ints  # (P,) body that carries the point, 0 the ground
    point_local: Floats  # (P, 3) in the body's frame
    point_dof: Ints  # (P,) first slip, -1 for a point that cannot slip
    point_ndof: Ints  # (P,) number of slips, 0..3
    point_basis: Floats  # (P, 3, 3) columns: d local / d slip, times the fraction of an end
    strand_start: Ints  # (S + 1,) CSR over strand_points
    strand_points: Ints
    law_kind: Ints  # (S,)
    law_rows: Floats  # (S, LAW_COLUMNS)
    tie: Floats  # (U,) stiffness against slip [N/m]
    bounded: NDArray[np.bool_]  # (U,) one-sided contact: slip >= 0
    loads: Floats  # (P, 3) dead forces in the world frame
    nodes: int
    wraps: FlatWraps | None = None  # None: every strand is a polyline
    ligaments: FlatLigaments | None = None
    user_laws: Mapping[int, Law] = field(default_factory=dict[int, "Law"])
    node_names: tuple[str, ...] = ()
    strand_names: tuple[str, ...] = ()
    patterns: dict[int, Pattern] = field(default_factory=dict, repr=False)

    @property
    def slips(self) -> int:
        return len(self.tie)

    @property
    def strands(self) -> int:
        return len(self.law_kind)

    def pattern(self, free: int = 0) -> Pattern:
        """Hessian pattern with ``free`` skeleton coordinates; built once per topology."""
        if free not in self.patterns:
            points = self.strand_points
            if self.wraps is not None:  # as if nothing touched; see `wrap_kernels`
                points = points.copy()
                for place in self.wraps.place:
                    points[place : place + 2] = points[place - 1]
            self.patterns[free] = build_pattern(
                self.strand_start,
                points,
                self.point_dof,
                self.point_ndof,
                slips=self.slips,
                free=free,
            )
        return self.patterns[free]

    def with_laws(self, *, kinds: Ints | None = None, rows: Floats | None = None) -> FlatNetwork:
        """The same topology (and pattern) with other laws."""
        return replace(
            self,
            law_kind=self.law_kind if kinds is None else kinds,
            law_rows=self.law_rows if rows is None else rows,
        )

    def with_loads(self, loads: Floats) -> FlatNetwork:
        """The same network under other dead forces on its points [N], (P, 3) or (nodes, 3)."""
        full = np.zeros_like(self.loads)
        full[: len(loads)] = loads
        return replace(self, loads=full)

    def same_topology(self, other: FlatNetwork) -> bool:
        return (
            self.slips == other.slips
            and np.array_equal(self.strand_start, other.strand_start)
            and np.array_equal(self.strand_points, other.strand_points)
            and np.array_equal(self.point_dof, other.point_dof)
            and np.array_equal(self.point_ndof, other.point_ndof)
        )

    def evaluate_laws(
        self, length: Floats, energy: Floats, tension: Floats, tangent: Floats
    ) -> None:
        """Energy [J], tension [N] and tangent [N/m] of every strand, in place."""
        evaluate_all(self.law_kind, self.law_rows, length, energy, tension, tangent)
        if self.ligaments is not None:
            evaluate_ligaments(*self.ligaments, length, energy, tension, tangent)
        for s, law in self.user_laws.items():
            energy[s] = law.energy(length[s])
            tension[s] = law.tension(length[s])
            tangent[s] = law.tangent(length[s])

    @cached_property
    def slip_point(self) -> Ints:
        """(U,) the node that owns each slip."""
        first, count = self.point_dof[: self.nodes], self.point_ndof[: self.nodes]
        node = np.repeat(np.arange(self.nodes), count)
        within = np.arange(len(node)) - np.repeat(np.cumsum(count) - count, count)
        owner = np.empty(self.slips, np.int64)
        owner[np.repeat(first, count) + within] = node
        return owner


def compile_network(network: TensionNetwork, *, like: FlatNetwork | None = None) -> FlatNetwork:
    """Flat arrays of a network. The pattern of ``like`` is reused if the topology is the same."""
    if not isinstance(network, TensionNetwork):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NetworkError(
            f"Expected a TensionNetwork, got {type(network).__name__}; a Subject has one: "
            "subject.network."
        )
    body_index = _body_index(network)
    points = _PointList(body_index)
    slips: list[tuple[float, bool]] = []
    node_index: dict[str, int] = {}
    for node in network.nodes:
        node_index[node.name] = points.add_node(node, slips)
    start, members = [0], list[int]()
    kinds: list[int] = []
    rows: list[Floats] = []
    user: dict[int, Law] = {}
    ligaments: dict[int, LigamentLaw] = {}
    names: list[str] = []
    wraps: list[tuple[str, int]] = []  # surface, place of its first point
    groups: list[tuple[int, int]] = []  # strand, first wrap of each piece that wraps
    for strand in network.active_strands:
        ends: list[int] = []
        for node_name, point, fraction in (
            (strand.start, strand.start_point, strand.start_share),
            (strand.end, strand.end_point, strand.end_share),
        ):
            i = node_index[node_name]
            ends.append(
                i if point is None and fraction == 1.0 else points.add_end(i, point, fraction)
            )
        via = [points.add_fixed(body, local) for body, local in strand.via]
        for i, point in enumerate([ends[0], *via, ends[1]]):
            over = [w.surface for w in strand.wraps if w.last == i]
            if over:
                groups.append((len(names), len(wraps)))
            for name in over:
                assert network.body is not None  # checked with the network
                wraps.append((name, len(members)))
                part = network.body.surfaces[name].body
                members += [points.add_fixed(part, (0.0, 0.0, 0.0)) for _ in range(2)]
            members.append(point)
        start.append(len(members))
        kind = getattr(strand.law, "kind", USER_LAW)
        row = np.zeros(LAW_COLUMNS)
        if isinstance(strand.law, LigamentLaw):
            kind = LIGAMENT_LAW
            ligaments[len(names)] = strand.law
        elif kind == USER_LAW:
            user[len(names)] = strand.law
        else:
            law: Any = strand.law  # a built-in law, which has a row
            values: Floats = law.row()
            row[: len(values)] = values
        kinds.append(kind)
        rows.append(row)
        names.append(strand.name)
    flat = FlatNetwork(
        **points.arrays(),
        strand_start=np.array(start, np.int64),
        strand_points=np.array(members, np.int64),
        law_kind=np.array(kinds, np.int64),
        law_rows=np.array(rows).reshape(len(names), LAW_COLUMNS),
        tie=np.array([k for k, _ in slips], float),
        bounded=np.array([b for _, b in slips], bool),
        nodes=len(network.nodes),
        wraps=_flat_wraps(network, body_index, wraps, groups),
        ligaments=_flat_ligaments(ligaments),
        user_laws=user,
        node_names=tuple(node_index),
        strand_names=tuple(names),
    )
    if like is not None and flat.same_topology(like):
        return replace(flat, patterns=like.patterns)
    return flat


def _flat_ligaments(laws: Mapping[int, LigamentLaw]) -> FlatLigaments | None:
    if not laws:
        return None
    terms = [law.terms for law in laws.values()]
    return FlatLigaments(
        np.array(list(laws), np.int64),
        np.cumsum([0, *(len(kinds) for kinds, _ in terms)]).astype(np.int64),
        np.concatenate([kinds for kinds, _ in terms]),
        np.concatenate([rows for _, rows in terms]),
        np.array([law.slack_length for law in laws.values()]),
        np.array([law.arm for law in laws.values()]),
    )


def _flat_wraps(
    network: TensionNetwork,
    body_index: dict[str, int],
    wraps: list[tuple[str, int]],
    groups: list[tuple[int, int]],
) -> FlatWraps | None:
    if not wraps or network.body is None:
        return None
    order = {name: i for i, name in enumerate(network.body.surfaces)}
    return FlatWraps(
        surface_arrays(network.body.surfaces.values(), body_index),
        np.array([order[name] for name, _ in wraps], np.int64),
        np.array([place for _, place in wraps], np.int64),
        np.array([*(first for _, first in groups), len(wraps)], np.int64),
        np.array([strand for strand, _ in groups], np.int64),
    )


def _body_index(network: TensionNetwork) -> dict[str, int]:
    index = {"ground": 0}
    if network.body is not None:
        index.update({name: i for i, name in enumerate(network.body.names)})
    return index


class _PointList:
    """Collects points in order: first nodes, then ends apart from nodes, and via points."""

    def __init__(self, body_index: dict[str, int]) -> None:
        self.body_index = body_index
        self.body: list[int] = []
        self.local: list[Vector] = []
        self.dof: list[int] = []
        self.ndof: list[int] = []
        self.basis: list[Floats] = []

    def _append(self, body: int, local: Vector, dof: int, ndof: int, basis: Floats) -> int:
        self.body.append(body)
        x, y, z = local
        self.local.append((x, y, z))
        self.dof.append(dof)
        self.ndof.append(ndof)
        self.basis.append(basis)
        return len(self.body) - 1

    def _index(self, body: str) -> int:
        if body not in self.body_index:
            raise NetworkError(
                f"Expected every point on a body of the skeleton, got a point on body {body!r}; "
                "pass the body for which the network was built, or use 'ground'."
            )
        return self.body_index[body]

    def add_node(self, node: Node, slips: list[tuple[float, bool]]) -> int:
        basis = np.zeros((3, 3))
        count = 0
        stiffness = node.tie + node.adhesion
        if node.hold != "fixed" and not math.isinf(stiffness):
            count = len(node.directions)
            for a, direction in enumerate(node.directions):
                basis[:, a] = direction
                normal = node.hold == "contact" and a == count - 1
                slips.append((0.0 if normal else stiffness, normal))
        first = len(slips) - count if count else -1
        return self._append(self._index(node.body), node.position, first, count, basis)

    def add_end(self, node: int, point: tuple[str, Vector] | None, fraction: float) -> int:
        """A strand's end: bone-fixed location plus a fraction of the node's slip."""
        body, local = self.body[node], self.local[node]
        if point is not None:
            body, local = self._index(point[0]), point[1]
            if body != self.body[node] and fraction and self.ndof[node]:
                raise NetworkError(
                    "Expected a strand end on the body of the node with which it slips, got an end "
                    f"on {point[0]!r}; move the end to the node's body, or set start_share or "
                    "end_share to 0."
                )
        if fraction == 0.0 or self.ndof[node] == 0:
            return self._append(body, local, -1, 0, np.zeros((3, 3)))
        basis = fraction * self.basis[node]
        return self._append(body, local, self.dof[node], self.ndof[node], basis)

    def add_fixed(self, body: str, local: Vector) -> int:
        return self._append(self._index(body), local, -1, 0, np.zeros((3, 3)))

    def arrays(self) -> dict[str, Any]:
        return {
            "point_body": np.array(self.body, np.int64),
            "point_local": np.array(self.local, float).reshape(-1, 3),
            "point_dof": np.array(self.dof, np.int64),
            "point_ndof": np.array(self.ndof, np.int64),
            "point_basis": np.array(self.basis, float).reshape(-1, 3, 3),
            "loads": np.zeros((len(self.body), 3)),
        }
