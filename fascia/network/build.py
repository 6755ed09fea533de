"""The network of the whole body, both sides, from the committed tables (S1-S7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np

from fascia.network import geometry, laws, packaged_tables as tables, passing
from fascia.network.courses import sliding_directions, slip_directions
from fascia.network.model import TensionNetwork
from fascia.network.parts import Node, Side, Strand, Vector, number
from fascia.network.selection import unknown_part
from panjabi.body.size import size_factor
from panjabi.body.standard import body_length, standard_adult
from panjabi.errors import unknown
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.tissue.viscoelastic import TEST_RATE

if TYPE_CHECKING:
    from panjabi.body import Body, Poses
    from panjabi.tissue import Law

ADHESION = 0.1  # of loose layers: galea, soft-tissue nodes, linea alba [N/mm] (assumed)
TIE_RATIO = 0.1  # (assumed, swept)
RESTING_TENSION = 5.0  # [N] (assumed, swept)
SHARE = 0.3  # fraction of the fibres that pass a station (assumed, swept 0.1, 0.3, 0.7; S28)
MINOR_SHARE = 0.0  # at other ends of muscles: all fibres insert (assumed, swept up to 0.3)
NERVE_TENSION = 0.5  # of a root or nerve in standing, twice that of the cord [N] (assumed)
NERVE_BED = (
    2.769228  # stiffness of the bed of nerve and dura per length of path [kPa] (fitted, S37)
)
SPECIFIC_TENSION = 60.0  # Fmax over section of the muscle sections in the table [N/cm2] (recalled)

FASCIAL = ("fascia", "tendon", "ligament", "aponeurosis")
"""Types of strand that can continue a muscle's tension."""

_SIDES: dict[str, tuple[tuple[str, Side], ...]] = {
    "both": (("_r", "right"), ("_l", "left")),
    "midline": (("", "midline"),),
}


class TissueOptions(TypedDict, total=False):
    """Arguments of `whole_body` that `standard_subject` and `superficial_back_line` pass on."""

    minor_share: float
    nerve_tension: float
    nerve_bed: float
    adhesion: float
    kind_scale: Mapping[str, float] | None
    include: Iterable[str]


INCLUDED = ("off", "all_muscles")
"""Parts of the network that are left out by default."""


class SubjectOptions(TissueOptions, total=False):
    """Arguments of `whole_body` that `standard_subject` passes on."""

    lines: Iterable[str] | None


class LineOptions(TissueOptions, total=False):
    """Arguments of `whole_body` that `superficial_back_line` passes on."""

    tie_ratio: float
    resting_tension: float | Mapping[str, float]
    share: float
    passive_scale: Mapping[str, float] | None


def whole_body(
    body: Body | None = None,
    *,
    tie_ratio: float = TIE_RATIO,
    resting_tension: float | Mapping[str, float] = RESTING_TENSION,
    share: float = SHARE,
    minor_share: float = MINOR_SHARE,
    nerve_tension: float = NERVE_TENSION,
    nerve_bed: float = NERVE_BED,
    adhesion: float = ADHESION,
    passive_scale: Mapping[str, float] | None = None,
    kind_scale: Mapping[str, float] | None = None,
    lines: Iterable[str] | None = None,
    include: Iterable[str] = (),
) -> TensionNetwork:
    """The network of all lines on both sides of a body, in upright standing.

    Parameters
    ----------
    body : by default the standard adult. In a body of another size the section of a strand goes
        with the square of its length, and every tension with the square of the stature; the
        tensions and the adhesion below are those of the standard adult.
    tie_ratio : attachment stiffness k_g over the harmonic mean of the strands at a station (S2);
        assumed, sweep it. 0 = frictionless guide, math.inf = clamped.
    resting_tension : tension in standing of collagen strands without a measured preload [N] (the
        spinous ligaments have the law of the spinal units, which is slack in standing), one
        number or by region with "" for the others (S5); assumed. A value for a neural region has
        priority over `nerve_tension`.
    share : fraction of a strand's fibres that pass a station on bone where `passing.csv` has no
        measured value: fascia and ligaments, hamstrings, gluteus maximus and heads of the
        gastrocnemii (S28); assumed, sweep 0.1, 0.3, 0.7.
    minor_share : the same at ends of muscles where a continuation is named but no transfer of
        force was measured; assumed, sweep from 0 to 0.3.
    nerve_tension : tension of root and nerve in standing [N], half that of the cord; assumed.
    nerve_bed : stiffness of the elastic interface between nerve or dura and its bed, per length of
        path [kPa = N/mm per m]; fitted to one row of the conus (S37). Ligaments at foramina and
        dentate ligaments count as more length of bed (`anchor_mm` of stations.csv).
    adhesion : elastic gliding of loose layers: galea, soft-tissue nodes, linea alba [N/mm];
        assumed.
    passive_scale : factors on the passive curves by group of `PASSIVE_GROUPS`, {"hamstrings": 0.6};
        1 for the other groups. `standard_subject` has the fitted ones (S32).
    kind_scale : factors on the default moduli by tissue type, {"fascia": 0.1}; the sweep of S4.
    lines : ids of the lines to build, by default all.
    include : "off" switches on the strands for which no data exist, with default values;
        "all_muscles" adds the leg muscles that belong to no line.

    Raises
    ------
    UnknownStrandError
        For a line or region that does not exist.
    UnknownNameError
        For a muscle group that does not exist.
    NetworkError, ParameterError
        For a fraction, attachment stiffness or tension out of range.
    """
    body = standard_adult() if body is None else body
    chosen_lines = _chosen_lines(lines)
    more = set(include)
    if other := more - set(INCLUDED):
        raise unknown("part to include", min(other), INCLUDED)
    shares = {
        "share": passing.checked("share", share),
        "minor_share": passing.checked("minor_share", minor_share),
    }
    size = body_length(body)
    gliding = size_factor("linear stiffness", size) * 1e3 * number("adhesion", adhesion)
    scales = laws.passive_scales(passive_scale)
    bed = size_factor("linear stiffness", size) / size * 1e3 * number("nerve bed", nerve_bed)
    builder = _Builder(body, shares=shares, adhesion=gliding, nerve_bed=bed)
    defaults = laws.kind_defaults(tables.known(tables.table("tissue_defaults")), kind_scale)
    strands = [
        *builder.muscles(chosen_lines, scales, all_muscles="all_muscles" in more),
        *builder.strands(chosen_lines, defaults, include_off="off" in more),
    ]
    nodes = builder.nodes_with_slip(strands)
    strands = [part for strand in strands for part in builder.parts(strand, strands)]
    network = TensionNetwork(
        nodes=nodes,
        strands=tuple(strands),
        body=body,
        name="whole body" if lines is None else "lines " + ", ".join(sorted(chosen_lines)),
        lines={k: v for k, v in tables.lines().items() if k in chosen_lines},
        region_parents={row["region"]: row["parent"] for row in tables.table("regions")},
        share=share,
        minor_share=minor_share,
        parameters=_parameters(
            defaults,
            share=(share, "1", "fraction of fibres that pass a station where none was measured"),
            minor_share=(minor_share, "1", "fraction of muscle fibres that pass at other ends"),
            nerve_tension=(nerve_tension, "N", "nerve path in standing"),
            nerve_bed=(nerve_bed, "kPa", "bed of nerve and dura, per length of path"),
            adhesion=(adhesion, "N/mm", "elastic gliding of loose layers"),
            passive_scale=(scales, "1", "passive curves of the muscle group"),
            specific_tension=(SPECIFIC_TENSION, "N/cm2", "muscle sections from Fmax"),
            tie_ratio=(tie_ratio, "1", "attachment stiffness over stiffness beside the station"),
            resting_tension=(resting_tension, "N", "tension in standing"),
        )
        | {"test_rate": TEST_RATE},
    )
    network = network.with_tie_basis().with_tie_ratio(tie_ratio)
    if any(s.kind == "nerve" for s in network.strands):
        newton = size_factor("force", size) * nerve_tension
        network = network.with_resting_tension({"neural": newton, "dura": 2.0 * newton})
    return network.with_resting_tension(_sized_tension(resting_tension, size)).balanced()


def _sized_tension(
    tension: float | Mapping[str, float], length: float
) -> float | Mapping[str, float]:
    """Tensions of the standard adult in a body of `length` times its stature [N].

    One factor for the whole body, since tension continues along a line.
    """
    factor = size_factor("force", length)
    if isinstance(tension, Mapping):
        return {name: factor * number("resting tension", value) for name, value in tension.items()}
    return factor * number("resting tension", tension)


def superficial_back_line(
    body: Body | None = None, **options: Unpack[LineOptions]
) -> TensionNetwork:
    """The network of the superficial back line, both sides; options as for `whole_body`."""
    return replace(whole_body(body, lines=["SBL"], **options), name="superficial back line")


def _chosen_lines(lines: Iterable[str] | None) -> set[str]:
    known = [row["line"] for row in tables.table("lines")]
    chosen = known if lines is None else list(lines)
    for line in chosen:
        if line not in known:
            raise unknown_part("line", line, known)
    return set(chosen)


def _parameters(
    defaults: Mapping[str, Mapping[str, Parameter]],
    **values: tuple[float | Mapping[str, float], str, str],
) -> dict[str, Parameter]:
    """Parameters of the network, all assumed here; an infinite ratio is left out."""
    parameters: dict[str, Parameter] = {}
    for name, (value, unit, what) in values.items():
        by_region = value if isinstance(value, Mapping) else {"": value}
        for region, amount in by_region.items():
            if np.isfinite(number(name, amount)):
                key = f"{name}_{region}" if region else name
                parameters[key] = Parameter(amount, unit, THIS_WORK, "assumed", what)
    for kind, by_name in defaults.items():
        parameters |= {f"{kind}_{name}": p for name, p in by_name.items()}
    if "nerve_bed" in parameters and parameters["nerve_bed"].value == NERVE_BED:
        bed = parameters["nerve_bed"]
        parameters["nerve_bed"] = replace(bed, status="fitted", source="Rade2014")
    return parameters


class _Builder:
    """Builds strands and nodes of one body from the tables; a strand creates its nodes."""

    def __init__(
        self, body: Body, *, shares: Mapping[str, float], adhesion: float, nerve_bed: float
    ) -> None:
        self.body, self.share, self.adhesion, self.nerve_bed = body, shares, adhesion, nerve_bed
        self.standing: Poses = body.poses(body.zero())
        self.adult = (
            None
            if body is standard_adult()
            else _Builder(standard_adult(), shares=shares, adhesion=adhesion, nerve_bed=nerve_bed)
        )
        self.stations = tables.known(tables.table("stations"))
        self.points: dict[str, tuple[str, Vector]] = {}  # node -> (body, local)
        self.rules: dict[str, tables.Record] = {}
        self._fascial: frozenset[str] | None = None

    # --- nodes ----------------------------------------------------------------------------

    def node(self, station: str, suffix: str) -> str:
        """Name of the node of a station on a side; a midline station has one node for both."""
        name, point, rule = self._resolve(station, suffix)
        self.points[name], self.rules[name] = point, rule
        return name

    def _resolve(self, station: str, suffix: str) -> tuple[str, tuple[str, Vector], tables.Record]:
        if station not in self.stations:
            raise unknown_part("station", station, self.stations)
        rule = self.stations[station]
        at = rule["same_as"]
        if ":" in at:
            (point,) = self._placed(at, suffix)
            sided = point[1][2] != 0.0 or point[0].endswith(("_r", "_l"))
            return station + (suffix if sided else ""), point, rule
        if at and not at.startswith("@"):
            return self._resolve(at, suffix)
        source = at[1:] if at else station
        side = "" if source in self.body.stations else suffix
        place = self.body.place(source + side)
        return station + side, (place.body, _tuple(place.local)), rule

    def bone_node(self, name: str, body: str, local: Vector) -> str:
        """A fixed node for a muscle's end without a station."""
        self.points[name] = (body, local)
        self.rules[name] = {"hold": "fixed", "tied": "no", "bone": "yes", "note": "muscle end"}
        return name

    def nodes_with_slip(self, strands: list[Strand]) -> tuple[Node, ...]:
        """All nodes with their slip directions from the active strands that move with them."""
        away: dict[str, list[np.ndarray]] = {name: [] for name in self.points}
        lines: dict[str, dict[str, None]] = {name: {} for name in self.points}
        self.bed = dict.fromkeys(self.points, 0.0)
        for strand in strands:
            if strand.kind == "nerve":  # each node has the bed of half of the pieces beside it
                for name in (strand.start, strand.end):
                    self.bed[name] += 0.5 * self._course_length(strand)
            for name in (strand.start, strand.end):
                lines[name].update(dict.fromkeys(strand.lines))
            if strand.active and strand.kind != "link":
                self._add_directions(strand, away, strands)
        return tuple(self._node(name, away[name], tuple(lines[name])) for name in self._order())

    def _order(self) -> list[str]:
        rank = {station: i for i, station in enumerate(self.stations)}
        return sorted(self.points, key=lambda n: rank.get(_without_side(n), 9999))

    def _course_length(self, strand: Strand) -> float:
        """Length in standing between the nodes of a strand [m]."""
        at = [self.points[strand.start], *strand.via, self.points[strand.end]]
        points = np.array([geometry.world(self.body, self.standing, b, p) for b, p in at])
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())

    def _add_directions(
        self, strand: Strand, away: dict[str, list[np.ndarray]], strands: Sequence[Strand]
    ) -> None:
        """Append to `away` the unit vector in which passing fibres leave each of its nodes."""
        at = [self.points[strand.start] if strand.start_point is None else strand.start_point]
        at += [*strand.via]
        at += [self.points[strand.end] if strand.end_point is None else strand.end_point]
        points = [geometry.world(self.body, self.standing, b, p) for b, p in at]
        steps = (points[1] - points[0], points[-2] - points[-1])
        for name, fraction, step in zip(
            (strand.start, strand.end), self.passing(strand, strands), steps, strict=True
        ):
            if fraction > 0.0:
                b = self.body.body_index(self.points[name][0])
                away[name].append(self.standing.R[b].T @ step / np.linalg.norm(step))

    def _node(self, name: str, away: list[np.ndarray], lines: tuple[str, ...]) -> Node:
        rule, (body, local) = self.rules[name], self.points[name]
        hold: Any = rule["hold"]
        directions: tuple[Vector, ...] = ()
        if hold == "course":
            hold, directions = slip_directions(np.array(away))
        elif hold == "contact":
            if len(away) != 2:
                hold = "fixed"
            else:
                directions = sliding_directions(
                    np.array(local), self._skull_centre(), away[1] - away[0]
                )
        elif hold == "free":
            hold = "free" if away else "fixed"
        adhesion = self.adhesion if rule["tied"] == "no" and hold != "fixed" else 0.0
        if name.startswith("nerve_"):
            size = float(self.body.scale[self.body.body_index(body)])
            anchor = 1e-3 * size * float(rule["anchor_mm"] or 0.0)
            adhesion = self.nerve_bed * (self.bed[name] + anchor) if hold != "fixed" else 0.0
        side: Side = "midline"
        if name.endswith(("_r", "_l")):
            side = "right" if name.endswith("_r") else "left"
        return Node(
            name=name,
            body=body,
            position=local,
            hold=hold,
            directions=directions,
            adhesion=adhesion,
            tie_by_ratio=rule["tied"] == "yes",
            side=side,
            lines=lines,
            source=rule["note"],
            status="assumed",
        )

    def _skull_centre(self) -> np.ndarray:
        """Midpoint of the occipital protuberance and the brow: centre of the skull's outline."""
        ends = [np.asarray(self.body.place(name).local) for name in ("eop", "brow")]
        return 0.5 * (ends[0] + ends[1])

    # --- strands --------------------------------------------------------------------------

    def passing(self, strand: Strand, strands: Sequence[Strand]) -> tuple[float, float]:
        """Fractions of the fibres that pass the nodes at both ends of a tissue.

        At soft tissue all fibres continue. A muscle without an active fascial continuation, and
        the end of a muscle at no station, insert on bone.
        """
        start, end = (self._passing(strand, node, strands) for node in (strand.start, strand.end))
        return start, end

    def _passing(self, strand: Strand, node: str, strands: Sequence[Strand]) -> float:
        station = _without_side(node)
        if station not in self.stations:
            return 0.0
        argument, value = self.table_fraction(strand, station)
        if strand.kind == "muscle" and argument and node not in self._continued(strands):
            return 0.0
        return value

    def table_fraction(self, strand: Strand, station: str) -> tuple[str, float]:
        """Argument of `whole_body` that sets the fraction at a station, or "", and its value."""
        known = passing.passing_fraction(
            _without_side(strand.name), station, strand.kind, self.share
        )
        soft = self.stations[station]["bone"] == "no" and known.argument == "share"
        return ("", 1.0) if soft else (known.argument, known.fraction.value)

    def _continued(self, strands: Sequence[Strand]) -> frozenset[str]:
        """Nodes from which an active fascial strand continues."""
        if self._fascial is None:
            self._fascial = frozenset(
                node
                for s in strands
                if s.active and s.kind in FASCIAL
                for node in (s.start, s.end)
                if self.table_fraction(s, _without_side(node))[1] > 0.0
            )
        return self._fascial

    def parts(self, strand: Strand, strands: Sequence[Strand]) -> Iterable[Strand]:
        """The parallel parts of a tissue: fibres that pass, and fibres that insert (S28)."""
        start, end = self.passing(strand, strands)
        bodies = {self.points[name][0] for name in (strand.start, strand.end)}
        bodies |= {body for body, _ in strand.via}
        return passing.parts(strand, start, end, rigid=len(bodies) == 1)

    def strands(
        self,
        chosen_lines: set[str],
        defaults: Mapping[str, Mapping[str, Parameter]],
        *,
        include_off: bool,
    ) -> Iterable[Strand]:
        """Strands of strands.csv, right and left or in the midline."""
        rows = tables.known(tables.table("strands"))
        section: dict[str, float] = {}  # strand of the table -> EA, for section_as
        parameters = {base: laws.strand_parameters(row) for base, row in rows.items()}
        force = size_factor("force", body_length(self.body))
        for base in sorted(rows, key=lambda b: bool(rows[b]["section_as"])):
            row = rows[base]
            suffix = _SIDES[row["side"]][0][0]
            like = row["section_as"]
            if like:
                section[base] = section[like]
                continue
            if row["ligaments"] or row["fibres"]:
                continue
            adult = self._adult_length(row, suffix)
            area = size_factor("area", self._standing_length(row, suffix) / adult)
            section[base] = area * laws.axial_stiffness(row, parameters[base], defaults, adult)
        for base, row in rows.items():
            listed = tables.words(row["lines"])
            if not chosen_lines & set(listed):
                continue
            for suffix, side in _SIDES[row["side"]]:
                law: Law
                preload = parameters[base].get("preload")
                if row["ligaments"]:
                    ends = [self._station_point(row[end], suffix) for end in ("from", "to")]
                    law, parameters[base] = laws.spinous_law(
                        self.body, row["ligaments"], (ends[0], ends[1])
                    )
                elif row["fibres"]:
                    length = self._standing_length(row, suffix)
                    area = size_factor("area", length / self._adult_length(row, suffix))
                    law, parameters[base] = laws.table_muscle_law(
                        row, parameters[base], SPECIFIC_TENSION, length=length, area=area
                    )
                else:
                    law = laws.collagen_law(
                        row,
                        parameters[base],
                        defaults,
                        stiffness=section[base],
                        length=self._standing_length(row, suffix),
                        tension=0.0 if preload is None else force * preload.si,
                    )
                yield Strand(
                    name=base + suffix,
                    start=self.node(row["from"], suffix),
                    end=self.node(row["to"], suffix),
                    law=law,
                    side=side,
                    via=self._via(row, suffix),
                    kind=row["kind"],  # type: ignore[arg-type]
                    lines=tuple(x for x in listed if x in chosen_lines),
                    regions=tables.words(row["regions"]),
                    target_tension=None if preload is None else force * preload.si,
                    tissue=row["tissue"],
                    grade=row["grade"],
                    basis=row["use"],
                    source=row["sources"],
                    parameters=parameters[base],
                    active=include_off or row["use"] in ("data", "assumed"),
                )

    def _via(self, row: tables.Record, suffix: str) -> tuple[tuple[str, Vector], ...]:
        return self._placed(row["via"], suffix)

    def _placed(self, cell: str, suffix: str) -> tuple[tuple[str, Vector], ...]:
        """The points of a cell on a side, in the size of the body."""
        via: list[tuple[str, Vector]] = []
        for name, (x, y, z) in tables.places(cell):
            body = name if name in self.body.names else name + suffix
            size = float(self.body.scale[self.body.body_index(body)])
            mirror = -1.0 if suffix == "_l" else 1.0
            via.append((body, (size * x, size * y, size * z * mirror)))
        return tuple(via)

    def _standing_length(self, row: tables.Record, suffix: str) -> float:
        at = [
            self._station_point(row["from"], suffix),
            *self._via(row, suffix),
            self._station_point(row["to"], suffix),
        ]
        points = np.array([geometry.world(self.body, self.standing, b, p) for b, p in at])
        return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())

    def _adult_length(self, row: tables.Record, suffix: str) -> float:
        """Standing length of the strand in the standard adult [m]."""
        return (self if self.adult is None else self.adult)._standing_length(row, suffix)

    def _station_point(self, station: str, suffix: str) -> tuple[str, Vector]:
        return self._resolve(station, suffix)[1]

    def muscles(
        self, chosen_lines: set[str], scales: Mapping[str, float], *, all_muscles: bool
    ) -> Iterable[Strand]:
        """Muscles with path and tendon of the body model, and continuations of the table."""
        for row in tables.table("muscles"):
            base, listed = row["muscle"], tables.words(row["lines"])
            if not (chosen_lines & set(listed) or (all_muscles and not listed)):
                continue
            scale = scales.get(laws.PASSIVE_GROUP_OF.get(base, ""), 1.0)
            for suffix, side in _SIDES["both"]:
                yield self._muscle(row, base, suffix, side, chosen_lines, scale)

    def _muscle(
        self,
        row: tables.Record,
        base: str,
        suffix: str,
        side: Side,
        chosen_lines: set[str],
        scale: float,
    ) -> Strand:
        muscle = self.body.muscle(base + suffix)
        path = [(b, _tuple(p)) for b, p in zip(muscle.bodies, muscle.points, strict=True)]
        ends: list[tuple[str, tuple[str, Vector] | None]] = []
        for column, which, at in (("from", "origin", path[0]), ("to", "insertion", path[-1])):
            if not row[column]:
                ends.append((self.bone_node(f"{base}_{which}{suffix}", *at), None))
                continue
            node = self.node(row[column], suffix)
            body, point = self.points[node]
            same = body == at[0] and np.allclose(point, at[1], atol=1e-6)
            ends.append((node, None if same else at))
        fibre = muscle.fibres[row["fibre_set"]]
        return Strand(
            name=muscle.name,
            start=ends[0][0],
            end=ends[1][0],
            law=laws.muscle_law(self.body, muscle.name, row["fibre_set"], passive_scale=scale),
            side=side,
            via=tuple(path[1:-1]),
            wraps=muscle.wraps,
            start_point=ends[0][1],
            end_point=ends[1][1],
            kind="muscle",
            lines=tuple(x for x in tables.words(row["lines"]) if x in chosen_lines),
            regions=tables.words(row["regions"]),
            tissue=muscle.full_name,
            basis="data",
            source=f"fibre set {row['fibre_set']}",
            parameters=fibre.parameters,
        )


def _without_side(name: str) -> str:
    return name.removesuffix("_r").removesuffix("_l")


def _tuple(v: Any) -> Vector:
    return (float(v[0]), float(v[1]), float(v[2]))
