"""Node, strand and line: the parts of a tension network.

A node lies on a body and may slip against it; a node on a named place of the skeleton is a
station. The stiffness against slip is the attachment stiffness, called `tie` in the code. A
strand joins two nodes and carries tension only. A line is a named chain of strands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from fascia.errors import NetworkError
from panjabi.body.wrapping import Wrap
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.parameter import Parameter
    from panjabi.tissue import Law

Hold = Literal["fixed", "guide", "plane", "contact", "free"]
Side = Literal["right", "left", "midline"]
Kind = Literal["fascia", "tendon", "ligament", "aponeurosis", "muscle", "nerve", "link"]
Vector = tuple[float, float, float]

SLIPS: dict[str, int] = {"fixed": 0, "guide": 1, "plane": 2, "contact": 3, "free": 3}
"""Number of slip directions for each type of support."""

SHARE_RULES = ("", "share", "minor_share")
"""What sets the fraction of a strand's end: the strand itself, or a parameter of the network."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A point where strands meet. It moves with a body and can slip in some directions.

    ``hold`` is the type of support:

    fixed    no slip
    guide    slips along one direction (a course over bone)
    plane    slips in the plane that several courses span
    contact  slides in two directions and may lift along the third, the outward normal (>= 0)
    free     moves in all three directions (soft tissue)

    The stiffness against slip is ``tie + adhesion`` (isotropic; not against lifting). ``tie`` is
    the attachment stiffness; an infinite value clamps the node.

    Raises
    ------
    NetworkError
        For NaN, a negative stiffness, or directions that do not match the support.
    """

    name: str
    body: str = "ground"  # body that carries it, or "ground"
    position: Vector = (0.0, 0.0, 0.0)  # in that body's frame [m]
    hold: Hold = "fixed"
    directions: tuple[Vector, ...] = ()  # orthonormal, in the body's frame
    tie: float = 0.0  # attachment stiffness against slip [N/m]; inf = clamped
    adhesion: float = 0.0  # elastic gliding layer [N/m]
    tie_by_ratio: bool = True  # whether the network's tie ratio sets `tie`
    side: Side = "midline"
    lines: tuple[str, ...] = ()
    source: str = ""
    status: str = "assumed"

    def __post_init__(self) -> None:
        _name("Node", self.name)
        who = f"Node {self.name!r}"
        object.__setattr__(self, "position", vector(who, "position", self.position))
        if self.hold not in SLIPS:
            raise NetworkError(
                f"Expected {who}.hold to be a type of support ({', '.join(SLIPS)}), got "
                f"{self.hold!r}; choose one of these."
            )
        object.__setattr__(self, "directions", _directions(who, self.hold, self.directions))
        _one_of(who, "side", self.side, get_args(Side))
        object.__setattr__(self, "lines", tuple(self.lines))
        for what, infinite in (("tie", True), ("adhesion", False)):
            value = number(f"{what} of {who}", getattr(self, what))
            if math.isnan(value) or value < 0.0 or (math.isinf(value) and not infinite):
                raise NetworkError(
                    f"Expected {who}.{what} to be at least 0 N/m"
                    f"{'' if infinite else ' and finite'}, got {value:g} N/m; give a stiffness"
                    f"{', or math.inf to clamp the node' if infinite else ' of 0 or more'}."
                )

    @property
    def slips(self) -> int:
        """Number of unknowns of the node; 0 when it is fixed or clamped."""
        return 0 if math.isinf(self.tie) else len(self.directions)


@dataclass(repr=False, frozen=True, kw_only=True)
class Strand(ShortRepr):
    """A polyline of tissue between two nodes. It carries tension and no compression.

    An end moves with its node by a fraction (``start_share``, ``end_share``) of the node's slip.
    It starts at the node, or at a separate bone-fixed attachment on the same body (a muscle's
    origin beside the station). A fraction of 1 is fascia and 0 is clamped to bone; a value in
    between is a muscle that transmits part of its tension to the fascia (S3). Points in `via`
    are frictionless bone-fixed guides. Between two of its points it may wrap over a surface of the
    body, without friction.
    """

    name: str
    start: str  # node names
    end: str
    law: Law  # a law of `panjabi.tissue` or of the user
    side: Side = "midline"
    via: tuple[tuple[str, Vector], ...] = ()  # (body, position in its frame [m])
    wraps: tuple[Wrap, ...] = ()  # between neighbours; the start is point 0, `via` follows
    start_point: tuple[str, Vector] | None = None  # separate attachment; None: at the node
    end_point: tuple[str, Vector] | None = None
    start_share: float = 1.0
    end_share: float = 1.0
    start_rule: str = ""  # "share" or "minor_share": the network sets the fraction
    end_rule: str = ""
    kind: Kind = "fascia"
    lines: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tissue: str = ""
    grade: str = ""
    basis: str = ""  # data, assumed, none, parallel (strands.csv)
    source: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, "Parameter"], hash=False)
    active: bool = True  # False: carries nothing

    def __post_init__(self) -> None:
        _name("Strand", self.name)
        who = f"Strand {self.name!r}"
        if self.start == self.end:
            raise NetworkError(
                f"Expected {who} to join two nodes, got {self.start!r} at both ends; give "
                "another end, or add a node at the far point of the loop."
            )
        for what in ("start_share", "end_share"):
            fraction = number(f"{what} of {who}", getattr(self, what))
            if not 0.0 <= fraction <= 1.0:
                raise NetworkError(
                    f"Expected {who}.{what} to be a fraction from 0 (clamped to bone) to 1 (moves "
                    f"with the node), got {fraction:g}; give 0.3 for 30 per cent."
                )
            object.__setattr__(self, what, fraction)
        for what in ("start_rule", "end_rule"):
            _one_of(who, what, getattr(self, what), SHARE_RULES)
        for what in ("start_point", "end_point"):
            point = getattr(self, what)
            if point is not None:
                point = (str(point[0]), vector(who, what, point[1]))
                object.__setattr__(self, what, point)
        via = tuple((str(body), vector(who, "via", point)) for body, point in self.via)
        object.__setattr__(self, "via", via)
        object.__setattr__(self, "wraps", tuple(_wrap(who, w, len(via) + 2) for w in self.wraps))
        _one_of(who, "side", self.side, get_args(Side))
        _one_of(who, "kind", self.kind, get_args(Kind))
        object.__setattr__(self, "lines", tuple(self.lines))
        object.__setattr__(self, "regions", tuple(self.regions))
        for what in ("energy", "tension", "tangent"):
            if not callable(getattr(self.law, what, None)):
                raise NetworkError(
                    f"Expected {who}.law to have energy, tension and tangent, got "
                    f"{type(self.law).__name__} without {what}(length); use a law of "
                    "panjabi.tissue, or add the method."
                )

    @property
    def ends(self) -> tuple[tuple[str, tuple[str, Vector] | None, float], ...]:
        """(node, separate attachment or None, fraction) of the start and of the end."""
        return (
            (self.start, self.start_point, self.start_share),
            (self.end, self.end_point, self.end_share),
        )


@dataclass(frozen=True, kw_only=True)
class Line:
    """A named chain of strands; `wired` False: described in the literature, no strands here."""

    id: str
    name: str = ""
    family: str = ""
    wired: bool = True
    evidence: str = ""
    note: str = ""


def number(what: str, value: float) -> float:
    """The value as a float. Raises NetworkError if it is not a number."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise NetworkError(
            f"Expected a number for the {what}, got {value!r}; give a plain number, e.g. 5.0."
        )
    return float(value)


def vector(who: str, what: str, value: Any) -> Vector:
    """Three finite floats. Raises NetworkError for anything else."""
    array = np.asarray(value, dtype=float).ravel()
    if array.shape != (3,) or not np.isfinite(array).all():
        raise NetworkError(
            f"Expected {who}.{what} as three finite numbers (x, y, z), got {value!r}; give "
            "positions in metres, e.g. (0.0, 0.1, 0.0)."
        )
    return (float(array[0]), float(array[1]), float(array[2]))


def _directions(who: str, hold: str, values: Any) -> tuple[Vector, ...]:
    directions = tuple(vector(who, "directions", d) for d in values)
    if hold == "free" and not directions:
        directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    if len(directions) != SLIPS[hold]:
        raise NetworkError(
            f"Expected {SLIPS[hold]} slip directions for {who} with hold {hold!r}, got "
            f"{len(directions)}; change the hold or the directions."
        )
    if directions:
        d = np.array(directions)
        if not np.allclose(d @ d.T, np.eye(len(d)), atol=1e-9):
            raise NetworkError(
                f"Expected {who}.directions to be orthonormal, got {directions}; give unit "
                "vectors at right angles (numpy.linalg.qr makes them)."
            )
    return directions


def _wrap(who: str, value: Any, points: int) -> Wrap:
    wrap = value if isinstance(value, Wrap) else Wrap(*value)
    if not 0 <= wrap.first == wrap.last - 1 < points - 1:
        raise NetworkError(
            f"Expected {who}.wraps between neighbours of its {points} points, got points "
            f"{wrap.first} and {wrap.last}; count from 0 at the start of the strand."
        )
    return wrap


def _name(what: str, name: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise NetworkError(f"Expected {what}.name as text, got {name!r}; give it a name.")


def _one_of(who: str, what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise NetworkError(
            f"Expected {who}.{what} to be one of {', '.join(map(repr, known))}, got {value!r}; "
            "choose one of these."
        )
