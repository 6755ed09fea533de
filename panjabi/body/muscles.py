"""Muscles of leg and arm: their paths over the bodies and the sizes of fibre and tendon."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from panjabi.body.landmarks import left, mirrored
from panjabi.body.tree import Floats, Integers
from panjabi.body.wrapping import (
    Surface,
    Wrap,
    WrapArrays,
    surface_arrays,
    wrap_arrays,
)
from panjabi.parameter import Parameter, Status
from panjabi.results import ShortRepr

SETS = ("2016", "2023")


@dataclass(frozen=True, repr=False)
class Fibre(ShortRepr):
    """Fibre and tendon of a muscle from one source; lengths of two sources are never mixed.

    None is a number that the source does not have. The passive curve of the 2023 set has the strain
    e_0 (over the optimal length) at zero force, and e_1 with slope k_1 at the maximal force.
    """

    max_force: float  # isometric, at optimal length [N]
    optimal_length: float | None  # of the fibre [m]
    tendon_slack_length: float | None  # [m]
    pennation: float | None  # at optimal length [rad]
    neutral_length: float | None  # fibre over optimal length standing, rigid tendon [1]
    source: str
    status: Status
    conditions: str = ""
    e_0: float | None = None  # [1]
    e_1: float | None = None  # [1]
    k_1: float | None = None  # [max_force per optimal_length]
    k_low: float | None = None
    curviness: float | None = None

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The numbers with unit, source and status."""
        units = {
            "max_force": "N",
            "optimal_length": "m",
            "tendon_slack_length": "m",
            "pennation": "rad",
            "e_0": "1",
            "e_1": "1",
            "k_1": "1",
            "k_low": "1",
            "curviness": "1",
        }
        return {
            name: Parameter(value, unit, self.source, self.status, self.conditions)
            for name, unit in units.items()
            if (value := getattr(self, name)) is not None
        }


@dataclass(frozen=True, eq=False, repr=False)
class Muscle(ShortRepr):
    """A muscle as a path through points fixed to bodies, and over the surfaces of `wraps`."""

    name: str
    full_name: str
    group: str
    region: str  # leg | arm
    bodies: tuple[str, ...]  # body of each point
    points: Floats  # (n, 3) in the frames of those bodies [m]
    fibres: Mapping[str, Fibre]  # source set -> fibre; leg: "2016", "2023", arm: "arm"
    path_note: str = ""
    wraps: tuple[Wrap, ...] = ()
    evidence: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Coordinate -> range [rad] in which the path rests on a source; elsewhere it is assumed."""

    @property
    def fibre(self) -> Fibre:
        """Fibre of the default set."""
        return next(iter(self.fibres.values()))

    @property
    def side(self) -> str:
        """right or left."""
        return "right" if self.name.endswith("_r") else "left"

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The fibre numbers of the default set."""
        return self.fibre.parameters

    def scaled(self, points: Floats, *, length: float, force: float) -> Muscle:
        """The same muscle in another body: fibre lengths and forces times these factors."""

        def times(value: float | None) -> float | None:
            return None if value is None else value * length

        fibres = {
            key: replace(
                fibre,
                max_force=fibre.max_force * force,
                optimal_length=times(fibre.optimal_length),
                tendon_slack_length=times(fibre.tendon_slack_length),
                conditions=f"{fibre.conditions}; scaled body: lengths x {length:.4g}, "
                f"force x {force:.4g}".lstrip("; "),
            )
            for key, fibre in self.fibres.items()
        }
        return replace(self, points=points, fibres=fibres)


@dataclass(frozen=True, eq=False, repr=False)
class PathArrays(ShortRepr):
    """All muscle paths as flat arrays for the kernels."""

    start: Integers  # (nm + 1,) points of muscle m are start[m] .. start[m + 1] - 1
    body: Integers  # (np,)
    local: Floats  # (np, 3) [m]
    wraps: WrapArrays | None = None  # None: every path is a polyline

    def taken(self, order: Integers) -> PathArrays:
        """The paths with these indices, in this order."""
        points = _members(self.start, order)
        start = _starts(np.diff(self.start)[order])
        wraps = self.wraps
        if wraps is not None:
            chosen = _members(wraps.start, order)
            count = np.diff(wraps.start)[order]
            shift = np.repeat(start[:-1] - self.start[order], count)
            wraps = WrapArrays(
                wraps.surfaces, _starts(count), wraps.surface[chosen],
                wraps.first[chosen] + shift, wraps.last[chosen] + shift,
            )  # fmt: skip
            wraps = wraps if len(chosen) else None
        return PathArrays(start, self.body[points], self.local[points], wraps)

    def joined(self, other: PathArrays) -> PathArrays:
        """These paths and then those of another set over the same bodies."""
        points = len(self.body)
        wraps = None
        if self.wraps is not None or other.wraps is not None:
            one, two = self.some_wraps(), other.some_wraps()
            wraps = WrapArrays(
                one.surfaces.joined(two.surfaces),
                np.append(one.start, one.start[-1] + two.start[1:]),
                np.append(one.surface, two.surface + len(one.surfaces.kind)),
                np.append(one.first, two.first + points),
                np.append(one.last, two.last + points),
            )
        return PathArrays(
            np.append(self.start, points + other.start[1:]),
            np.append(self.body, other.body),
            np.vstack([self.local, other.local]),
            wraps,
        )

    def some_wraps(self) -> WrapArrays:
        """The wraps, as empty arrays where every path is a polyline."""
        if self.wraps is not None:
            return self.wraps
        none = np.zeros(0, np.int64)
        return WrapArrays(surface_arrays((), {}), np.zeros_like(self.start), none, none, none)


def _members(start: Integers, order: Integers) -> Integers:
    """Indices of the members of the groups `order`."""
    ends = list(map(int, start))
    return np.concatenate(
        [np.zeros(0, np.int64), *(np.arange(ends[m], ends[m + 1]) for m in map(int, order))]
    )


def _starts(count: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(count)]).astype(np.int64)


def path_arrays(
    muscles: Iterable[Muscle],
    names: tuple[str, ...],
    surfaces: Mapping[str, Surface],
) -> PathArrays:
    """Flat arrays of the paths, in the order of the muscles."""
    index = {name: b for b, name in enumerate(names)}
    muscles = list(muscles)
    bodies = [np.array([index[b] for b in m.bodies], np.int64) for m in muscles]
    start = np.cumsum([0] + [len(b) for b in bodies]).astype(np.int64)
    local = np.concatenate([np.empty((0, 3)), *(m.points for m in muscles)])
    body = np.concatenate([np.empty(0, np.int64), *bodies])
    wraps = wrap_arrays([m.wraps for m in muscles], start, surfaces, index)
    return PathArrays(start, body, local, wraps)


def both_sides(
    paths: Iterable[Mapping[str, Any]], leg: Mapping[str, Any], arm: Mapping[str, Any]
) -> dict[str, Muscle]:
    """Muscles of both sides from the data files, right before left."""
    fibres = {m["name"]: _leg_fibres(m, leg["about"]) for m in leg["muscles"]}
    fibres |= {m["name"]: {"arm": _arm_fibre(m)} for m in arm["muscles"]}
    right, left_side = {}, {}
    for record in paths:
        bodies = tuple(p[0] for p in record["points"])
        points = np.array([p[1:] for p in record["points"]], float)
        muscle = Muscle(
            name=record["name"] + "_r",
            full_name=record["full_name"],
            group=record["group"],
            region=record["region"],
            bodies=bodies,
            points=points,
            fibres=fibres[record["name"]],
            path_note=record["path_note"],
            wraps=tuple(Wrap(**wrap) for wrap in record.get("wraps", ())),
            evidence={
                f"{joint}_r": (math.radians(low), math.radians(high))
                for joint, (low, high) in record.get("evidence_deg", {}).items()
            },
        )
        right[muscle.name] = muscle
        left_side[record["name"] + "_l"] = replace(
            muscle,
            name=record["name"] + "_l",
            bodies=tuple(map(left, bodies)),
            points=np.array([mirrored(p) for p in points]),
            wraps=tuple(replace(w, surface=left(w.surface)) for w in muscle.wraps),
            evidence={left(name): limits for name, limits in muscle.evidence.items()},
        )
    return right | left_side


def _leg_fibres(record: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Fibre]:
    scale = f"lengths of the model times {about['leg_scale']:g}"
    default = Fibre(
        record["Fmax"],
        record["lopt"],
        record["lts"],
        record["penn"],
        record["norm_fibre_neutral"],
        about.get("keys", {}).get("2016", "Rajagopal2016"),
        "derived",
        scale,
    )
    fibres = {"2016": default}
    other = record.get("set_2023")
    if other:
        fibres["2023"] = replace(
            default,
            optimal_length=other["lopt"],
            tendon_slack_length=other["lts"],
            neutral_length=other["norm_fibre_neutral"],
            source=about.get("keys", {}).get("2023", "Uhlrich2022"),
            status="fitted",
            conditions=f"passive curves fitted in people; {scale}; max_force, pennation: 2016 set",
            **{k: other[k] for k in ("e_0", "e_1", "k_1", "k_low", "curviness")},
        )
    return fibres


def _arm_fibre(record: Mapping[str, Any]) -> Fibre:
    return Fibre(
        record["Fmax"],
        record.get("lopt"),
        record.get("lts"),
        record.get("penn"),
        record.get("norm_fibre_neutral"),
        "Holzbaur2005",
        "assumed",
        record["status"],
    )
