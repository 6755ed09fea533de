"""The network of the whole body, both sides, from the committed tables (S1-S7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np

from fascia.network import geometry, laws, packaged_tables as tables
from fascia.network.courses import sliding_directions, slip_directions
from fascia.network.model import TensionNetwork
from fascia.network.parts import Node, Side, Strand, Vector, number
from fascia.network.selection import unknown_part
from panjabi.body.size import size_factor
from panjabi.body.standard import body_length, standard_adult
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.tissue.viscoelastic import TEST_RATE

if TYPE_CHECKING:
    from panjabi.body import Body, Poses
    from panjabi.tissue import Law

ADHESION = 0.1  # of loose layers: galea, soft-tissue nodes, linea alba [N/mm] (assumed)
TIE_RATIO = 0.1  # (assumed, swept)
RESTING_TENSION = 5.0  # [N] (assumed, swept)
SHARE = 0.3  # phi of S3 (assumed, swept 0.07-0.69)
MINOR_SHARE = 0.0  # at the other ends: all force on bone, as in S3 (assumed)
NERVE_TENSION = 0.0  # in standing: the path has exactly its slack length [N] (assumed)
SPECIFIC_TENSION = 60.0  # Fmax over section of the muscle sections in the table [N/cm2] (recalled)

FASCIAL = ("fascia", "tendon", "ligament", "aponeurosis")
"""Types of strand that can continue a muscle's tension."""

_RULES = {"phi": "share", "psi": "minor_share"}  # word of the tables -> rule of the strand's end

_SIDES: dict[str, tuple[tuple[str, Side], ...]] = {
    "both": (("_r", "right"), ("_l", "left")),
    "midline": (("", "midline"),),
}


class TissueOptions(TypedDict, total=False):
    """Arguments of `whole_body` that `standard_subject` and `superficial_back_line` pass on."""

    minor_share: float
    nerve_tension: float
    adhesion: float
    kind_scale: Mapping[str, float] | None
    include_off: bool
    all_muscles: bool


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
    adhesion: float = ADHESION,
    passive_scale: Mapping[str, float] | None = None,
    kind_scale: Mapping[str, float] | None = None,
    lines: Iterable[str] | None = None,
    include_off: bool = False,
    all_muscles: bool = False,
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
    share : phi, fraction of a muscle's tension that passes to the fascial node at an end where
        dissection shows that fibres continue (S3): hamstrings to the sacrotuberous ligament,
        gluteus maximus to thoracolumbar fascia and tract; assumed, sweep 0.07-0.69.
    minor_share : the same at every other end with a fascial continuation; assumed, no published
        value is known. With zero all force there acts on bone (S3). A positive value opens the
        routes through knee and heel, where no fascia opposes the pull: with weak attachments the
        muscle then loses length, and its stiffness depends on the tie ratio.
    nerve_tension : tension of the nerve path in standing [N]; assumed.
    adhesion : elastic gliding of loose layers: galea, soft-tissue nodes, linea alba [N/mm];
        assumed.
    passive_scale : factors on the passive curves by group of `PASSIVE_GROUPS`, {"hamstrings": 0.6};
        1 for the other groups. `standard_subject` has the fitted ones (S32).
    kind_scale : factors on the default moduli by tissue type, {"fascia": 0.1}; the sweep of S4.
    lines : ids of the lines to build, by default all.
    include_off : switch on the strands for which no data exist, with default values.
    all_muscles : add the leg muscles that belong to no line.

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
    shares = {"phi": number("share", share), "psi": number("minor_share", minor_share)}
    size = body_length(body)
    gliding = size_factor("linear stiffness", size) * 1e3 * number("adhesion", adhesion)
    scales = laws.passive_scales(passive_scale)
    builder = _Builder(body, shares=shares, adhesion=gliding)
    defaults = laws.kind_defaults(tables.known(tables.table("tissue_defaults")), kind_scale)
    strands = [
        *builder.muscles(chosen_lines, scales, all_muscles=all_muscles),
        *builder.strands(chosen_lines, defaults, include_off=include_off),
    ]
    strands = builder.clamped_without_continuation(strands)
    nodes = builder.nodes_with_slip(strands)
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
            share=(share, "1", "fraction of muscle tension to fascia where fibres continue"),
            minor_share=(minor_share, "1", "fraction of muscle tension at other continuations"),
            nerve_tension=(nerve_tension, "N", "nerve path in standing"),
            adhesion=(adhesion, "N/mm", "elastic gliding of loose layers"),
            passive_scale=(scales, "1", "passive curves of the muscle group"),
            specific_tension=(SPECIFIC_TENSION, "N/cm2", "muscle sections from Fmax"),
            tie_ratio=(tie_ratio, "1", "attachment stiffness over stiffness beside the station"),
            resting_tension=(resting_tension, "N", "tension in standing"),
        )
        | {"test_rate": TEST_RATE},
    )
    network = network.with_share(share, minor=minor_share).with_tie_basis()
    network = network.with_tie_ratio(tie_ratio)
    if any(s.kind == "nerve" for s in network.strands):
        network = network.with_resting_tension(
            {"neural": size_factor("force", size) * nerve_tension}
        )
    return network.with_resting_tension(_sized_tension(resting_tension, size))


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
    return parameters


class _Builder:
    """Builds strands and nodes of one body from the tables; a strand creates its nodes."""

    def __init__(self, body: Body, *, shares: Mapping[str, float], adhesion: float) -> None:
        self.body, self.share, self.adhesion = body, shares, adhesion
        self.standing: Poses = body.poses(body.zero())
        self.adult = (
            None
            if body is standard_adult()
            else _Builder(standard_adult(), shares=shares, adhesion=adhesion)
        )
        self.stations = tables.known(tables.table("stations"))
        self.points: dict[str, tuple[str, Vector]] = {}  # node -> (body, local)
        self.rules: dict[str, tables.Record] = {}

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
        for strand in strands:
            for name in (strand.start, strand.end):
                lines[name].update(dict.fromkeys(strand.lines))
            if strand.active and strand.kind != "link":
                self._add_directions(strand, away)
        return tuple(self._node(name, away[name], tuple(lines[name])) for name in self._order())

    def _order(self) -> list[str]:
        rank = {station: i for i, station in enumerate(self.stations)}
        return sorted(
            self.points, key=lambda n: rank.get(n.removesuffix("_r").removesuffix("_l"), 9999)
        )

    def _add_directions(self, strand: Strand, away: dict[str, list[np.ndarray]]) -> None:
        """Append to `away` the unit vector in which the strand leaves each of its nodes."""
        at = [self.points[strand.start] if strand.start_point is None else strand.start_point]
        at += [*strand.via]
        at += [self.points[strand.end] if strand.end_point is None else strand.end_point]
        points = [geometry.world(self.body, self.standing, b, p) for b, p in at]
        for name, fraction, step in (
            (strand.start, strand.start_share, points[1] - points[0]),
            (strand.end, strand.end_share, points[-2] - points[-1]),
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
        loose = rule["tied"] == "no" and hold != "fixed" and not name.startswith("nerve_")
        side: Side = "midline"
        if name.endswith(("_r", "_l")):
            side = "right" if name.endswith("_r") else "left"
        return Node(
            name=name,
            body=body,
            position=local,
            hold=hold,
            directions=directions,
            adhesion=self.adhesion if loose else 0.0,
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

    def _shares(self, start: str, end: str) -> dict[str, Any]:
        """Fractions of both ends from the words of the table, and their rules."""
        fields: dict[str, Any] = {}
        for which, text in (("start", start), ("end", end)):
            fields[f"{which}_share"] = self.share[text] if text in _RULES else float(text)
            fields[f"{which}_rule"] = _RULES.get(text, "")
        return fields

    def clamped_without_continuation(self, strands: list[Strand]) -> list[Strand]:
        """The strands; a muscle end without an active fascial continuation pulls on bone (S3)."""
        continued = {
            node
            for s in strands
            if s.active and s.kind in FASCIAL
            for node, _, fraction in s.ends
            if fraction > 0.0
        }
        clamped: list[Strand] = []
        for strand in strands:
            for which, node in (("start", strand.start), ("end", strand.end)):
                if getattr(strand, f"{which}_rule") and node not in continued:
                    clamp: dict[str, Any] = {f"{which}_share": 0.0, f"{which}_rule": ""}
                    strand = replace(strand, **clamp)
            clamped.append(strand)
        return clamped

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
            if row["ligaments"]:
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
                if row["ligaments"]:
                    ends = [self._station_point(row[end], suffix) for end in ("from", "to")]
                    law, parameters[base] = laws.spinous_law(
                        self.body, row["ligaments"], (ends[0], ends[1])
                    )
                else:
                    preload = parameters[base].get("preload")
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
                    **self._shares(row["start_share"], row["end_share"]),
                    kind=row["kind"],  # type: ignore[arg-type]
                    lines=tuple(x for x in listed if x in chosen_lines),
                    regions=tables.words(row["regions"]),
                    tissue=row["tissue"],
                    grade=row["grade"],
                    basis=row["use"],
                    source=row["sources"],
                    parameters=parameters[base],
                    active=include_off or row["use"] in ("data", "assumed"),
                )

    def _via(self, row: tables.Record, suffix: str) -> tuple[tuple[str, Vector], ...]:
        via: list[tuple[str, Vector]] = []
        for name, (x, y, z) in tables.places(row["via"]):
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
            **self._shares(row["start_share"], row["end_share"]),
            kind="muscle",
            lines=tuple(x for x in tables.words(row["lines"]) if x in chosen_lines),
            regions=tables.words(row["regions"]),
            tissue=muscle.full_name,
            basis="data",
            source=f"fibre set {row['fibre_set']}",
            parameters=fibre.parameters,
        )


def _tuple(v: Any) -> Vector:
    return (float(v[0]), float(v[1]), float(v[2]))
