"""Reading the muscle sets: thoracolumbar and cervical, each with its schema and version."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from panjabi.body.data import read_path
from panjabi.body.tree import Floats
from panjabi.body.wrapping import Wrap
from panjabi.errors import DataFileError, unknown
from panjabi.results import ShortRepr

SCHEMA = "panjabi-musculature"
SETS = ("thoracolumbar", "cervical")


@dataclass(frozen=True, eq=False, repr=False)
class MuscleRecord(ShortRepr):
    """A muscle of the right side as in the file; lengths of the source [m]."""

    name: str
    group: str
    max_force: float  # isometric [N]
    optimal_length: float  # of the fibre [m]
    tendon_slack_length: float  # [m]
    pennation: float  # at the optimal length [rad]
    bodies: tuple[str, ...]  # body of each point, in the names of the set
    points: Floats  # (n, 3) [m]
    naming: tuple[str | None, ...]  # set of the frame of each point; None: frame of the body
    girdle_length: float | None = None  # path in the source where an end was replaced [m]
    wraps: tuple[Wrap, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class MuscleSet(ShortRepr):
    """A set of right-sided muscles with its source, as in a file."""

    name: str
    muscles: tuple[MuscleRecord, ...]
    source: Mapping[str, Any]
    corrections: tuple[str, ...]
    bib: str


def read_set(name: str) -> MuscleSet:
    """A packaged muscle set: "thoracolumbar" or "cervical"."""
    if name not in SETS:
        raise unknown("muscle set", name, SETS)
    with resources.as_file(resources.files("panjabi.active") / "data" / f"{name}.json") as path:
        return read_set_file(path)


def read_set_file(path: str | Path) -> MuscleSet:
    """A muscle set from a file of the user with schema panjabi-musculature/1.

    Raises
    ------
    DataFileError, SchemaError
        If the file is not JSON, has another schema or a newer version, or if a value of a muscle is
        missing or invalid, or a muscle has fewer than two points. Names the muscle.
    """
    content = read_path(path, SCHEMA)
    where = Path(path).name
    try:
        name, records = content["set"], content["muscles"]
        if name not in SETS:
            raise unknown("muscle set", name, SETS)
        muscles = tuple(_record(record, name, where) for record in records)
        bib = content["about"]["bib"]
    except (KeyError, TypeError) as error:
        raise DataFileError(
            f"{where}: Expected set, about.bib and muscles, got a file without {error}; use the "
            "packaged thoracolumbar.json as a pattern."
        ) from error
    names = [m.name for m in muscles]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise DataFileError(
            f"{where}: Expected different names of muscles, got {twice[0]!r} more than once; "
            "rename one of them."
        )
    return MuscleSet(
        name,
        muscles,
        content.get("source", {}),
        tuple(content.get("corrections", ())),
        bib,
    )


def _record(record: Mapping[str, Any], naming: str, where: str) -> MuscleRecord:
    who = f"{where}, muscle {record.get('name', '?')!r}"
    try:
        points = [(p[0], naming, p[1:4]) for p in record["points"]]
        girdle = record.get("girdle")
        if girdle is not None:
            p = girdle["point"]
            points.insert(0, (p[0], "thoracolumbar", p[1:4]))
        coordinates = np.array([p[2] for p in points], float)
        figures = {k: float(record[k]) for k in ("Fmax", "lopt", "lts", "penn")}
        muscle = MuscleRecord(
            name=record["name"],
            group=record["group"],
            max_force=figures["Fmax"],
            optimal_length=figures["lopt"],
            tendon_slack_length=figures["lts"],
            pennation=figures["penn"],
            bodies=tuple(p[0] for p in points),
            points=coordinates,
            naming=tuple(p[1] for p in points),
            girdle_length=None if girdle is None else float(girdle["neutral_length"]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataFileError(
            f"{who}: Expected name, group, Fmax, lopt, lts, penn and points as [body, x, y, z], "
            f"got {type(error).__name__} {error}; complete the muscle."
        ) from error
    if coordinates.ndim != 2 or coordinates.shape[0] < 2 or coordinates.shape[1] != 3:
        raise DataFileError(
            f"{who}: Expected two or more points [body, x, y, z], got coordinates of shape "
            f"{coordinates.shape}; complete the path."
        )
    if not np.isfinite(coordinates).all():
        raise DataFileError(
            f"{who}: Expected finite points in metres, got a point that is not finite; correct the "
            "path."
        )
    for key, low, high in (
        ("Fmax", 0.0, math.inf),
        ("lopt", 0.0, math.inf),
        ("lts", 0.0, math.inf),
        ("penn", -1e-300, math.pi / 2),
    ):
        if not low < figures[key] < high:
            expected = "from 0 to pi/2" if key == "penn" else "as a finite number above 0"
            raise DataFileError(
                f"{who}: Expected {key} {expected}, got {figures[key]:g}; correct the value."
            )
    return muscle
