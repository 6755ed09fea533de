"""Node, strand and line: the parts a tension network is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from fascia.errors import NetworkError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.parameter import Parameter
    from panjabi.tissue import Law

Hold = Literal["fixed", "guide", "plane", "contact", "free"]
Side = Literal["right", "left", "midline"]
Kind = Literal["fascia", "tendon", "ligament", "aponeurosis", "muscle", "nerve", "link"]
Vector = tuple[float, float, float]

SLIPS: dict[str, int] = {"fixed": 0, "guide": 1, "plane": 2, "contact": 3, "free": 3}
"""How many slip directions each way of holding a node leaves."""

SHARE_RULES = ("", "share", "minor_share")
"""What sets the share of a strand's end: itself, or one of the network's two shares."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place where strands meet, riding on a body and free to slip in some directions.

    fixed    no slip
    guide    slips along one direction (a course over bone)
    plane    slips in the plane that several courses span
    contact  slides in two directions and may lift along the third, the outward normal (>= 0)
    free     moves in all three directions (soft tissue)

    The node's stiffness against slip is ``tie + adhesion`` (isotropic; not against lifting); an
    infinite tie clamps it.

    Raises
    ------
    NetworkError
        For NaN, a negative stiffness, or directions that do not fit the hold.
    """

    name: str
    body: str = "ground"  # body that carries it, or "ground"
    position: Vector = (0.0, 0.0, 0.0)  # in that body's frame [m]
    hold: Hold = "fixed"
    directions: tuple[Vector, ...] = ()  # orthonormal, in the body's frame
    tie: float = 0.0  # stiffness against slip [N/m]; inf = clamped
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
                f"{who}.hold is {self.hold!r}; possible: {', '.join(SLIPS)}. Say how the node "
                "is held."
            )
        object.__setattr__(self, "directions", _directions(who, self.hold, self.directions))
        _one_of(who, "side", self.side, get_args(Side))
        object.__setattr__(self, "lines", tuple(self.lines))
        for what, infinite in (("tie", True), ("adhesion", False)):
            value = number(f"{what} of {who}", getattr(self, what))
            if math.isnan(value) or value < 0.0 or (math.isinf(value) and not infinite):
                raise NetworkError(
                    f"{who}.{what} is {value:g} N/m; possible: at least 0"
                    f"{', math.inf to clamp' if infinite else ' and finite'}. A tie only resists."
                )

    @property
    def slips(self) -> int:
        """Number of unknowns the node brings along; none when fixed or clamped."""
        return 0 if math.isinf(self.tie) else len(self.directions)


@dataclass(repr=False, frozen=True, kw_only=True)
class Strand(ShortRepr):
    """A polyline of tissue between two nodes that can only pull.

    An end moves with its node: by ``share`` of the node's slip, from the node's place or from a
    bone-fixed attachment of its own on the same body (a muscle's origin beside the station).
    Share 1 is fascia, 0 is clamped to bone, between them a muscle that hands part of its
    tension on (S3). Points in `via` are frictionless bone-fixed guides.
    """

    name: str
    start: str  # node names
    end: str
    law: Law  # a law of `panjabi.tissue` or of the user
    side: Side = "midline"
    via: tuple[tuple[str, Vector], ...] = ()  # (body, position in its frame [m])
    start_point: tuple[str, Vector] | None = None  # own attachment, None = the node's place
    end_point: tuple[str, Vector] | None = None
    start_share: float = 1.0
    end_share: float = 1.0
    start_rule: str = ""  # "share" or "minor_share": the network sets it
    end_rule: str = ""
    kind: Kind = "fascia"
    lines: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    tissue: str = ""
    grade: str = ""
    basis: str = ""  # data, assumed, none, parallel (strands.csv)
    source: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict, hash=False)
    active: bool = True  # False: carries nothing

    def __post_init__(self) -> None:
        _name("Strand", self.name)
        who = f"Strand {self.name!r}"
        if self.start == self.end:
            raise NetworkError(
                f"{who} starts and ends at node {self.start!r}; a strand joins two nodes. Give "
                "it another end, or put the loop's far point in as a node."
            )
        for what in ("start_share", "end_share"):
            share = number(f"{what} of {who}", getattr(self, what))
            if not 0.0 <= share <= 1.0:
                raise NetworkError(
                    f"{who}.{what} is {share:g}; possible: 0 (clamped to bone) to 1 (moves with "
                    "the node)."
                )
            object.__setattr__(self, what, share)
        for what in ("start_rule", "end_rule"):
            _one_of(who, what, getattr(self, what), SHARE_RULES)
        for what in ("start_point", "end_point"):
            point = getattr(self, what)
            if point is not None:
                point = (str(point[0]), vector(who, what, point[1]))
                object.__setattr__(self, what, point)
        via = tuple((str(body), vector(who, "via", place)) for body, place in self.via)
        object.__setattr__(self, "via", via)
        _one_of(who, "side", self.side, get_args(Side))
        _one_of(who, "kind", self.kind, get_args(Kind))
        object.__setattr__(self, "lines", tuple(self.lines))
        object.__setattr__(self, "regions", tuple(self.regions))
        for what in ("energy", "tension", "tangent"):
            if not callable(getattr(self.law, what, None)):
                raise NetworkError(
                    f"{who}.law is {type(self.law).__name__}, which has no {what}(length); a law "
                    "has energy, tension and tangent. See panjabi.tissue."
                )

    @property
    def ends(self) -> tuple[tuple[str, tuple[str, Vector] | None, float], ...]:
        """(node, own attachment or None, share) of the start and of the end."""
        return (
            (self.start, self.start_point, self.start_share),
            (self.end, self.end_point, self.end_share),
        )


@dataclass(frozen=True, kw_only=True)
class Line:
    """A named chain of strands; `wired` False is a line that is only spoken of (no tissue)."""

    id: str
    name: str = ""
    family: str = ""
    wired: bool = True
    evidence: str = ""
    note: str = ""


def number(what: str, value: float) -> float:
    """A plain number, or a NetworkError that says what was given."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise NetworkError(
            f"Expected a number for the {what}, got {value!r}; give a plain number, e.g. 5.0."
        )
    return float(value)


def vector(who: str, what: str, value: Any) -> Vector:
    """Three finite floats, or a NetworkError that says what was given."""
    array = np.asarray(value, dtype=float).ravel()
    if array.shape != (3,) or not np.isfinite(array).all():
        raise NetworkError(
            f"{who}.{what} is {value!r}; possible: three finite numbers in metres (x, y, z)."
        )
    return (float(array[0]), float(array[1]), float(array[2]))


def _directions(who: str, hold: str, given: Any) -> tuple[Vector, ...]:
    directions = tuple(vector(who, "directions", d) for d in given)
    if hold == "free" and not directions:
        directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    if len(directions) != SLIPS[hold]:
        raise NetworkError(
            f"{who} has {len(directions)} slip directions and is held as {hold!r}, which takes "
            f"{SLIPS[hold]}. Change the hold or the directions."
        )
    if directions:
        d = np.array(directions)
        if not np.allclose(d @ d.T, np.eye(len(d)), atol=1e-9):
            raise NetworkError(
                f"{who}.directions are not orthonormal: {directions}; give unit vectors at "
                "right angles (numpy.linalg.qr makes them)."
            )
    return directions


def _name(what: str, name: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise NetworkError(f"{what}.name is {name!r}; possible: any text. Give it a name.")


def _one_of(who: str, what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise NetworkError(f"{who}.{what} is {value!r}; possible: {', '.join(map(repr, known))}.")
