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
from panjabi.errors import DataFileError, unknown

SCHEMA = "panjabi-musculature"
SETS = ("thoracolumbar", "cervical")


@dataclass(frozen=True, eq=False)
class MuscleRecord:
    """One muscle of the right side as the file has it; lengths of the source [m]."""

    name: str
    group: str
    max_force: float  # isometric [N]
    optimal_length: float  # of the fibre [m]
    tendon_slack_length: float  # [m]
    pennation: float  # at the optimal length [rad]
    bodies: tuple[str, ...]  # body of each point, in the names of the set
    points: Floats  # (n, 3) [m]
    naming: tuple[str | None, ...]  # set whose frame each point is in; None: the body's own
    girdle_length: float | None = None  # path in the source where an end was replaced [m]


@dataclass(frozen=True, eq=False)
class MuscleSet:
    """A set of right-sided muscles with its source, as read from one file."""

    name: str
    muscles: tuple[MuscleRecord, ...]
    source: Mapping[str, Any]
    corrections: tuple[str, ...]
    bib: str


def read_set(name: str) -> MuscleSet:
    """A muscle set that comes with the package: "thoracolumbar" or "cervical"."""
    if name not in SETS:
        raise unknown("muscle set", name, SETS)
    with resources.as_file(resources.files("panjabi.active") / "data" / f"{name}.json") as path:
        return read_set_file(path)


def read_set_file(path: str | Path) -> MuscleSet:
    """A muscle set from a user's file of schema panjabi-musculature/1.

    Raises
    ------
    DataFileError, SchemaError
        If the file is not JSON, is of another kind or a newer version, or a muscle in it lacks
        a figure, has a figure that cannot be, or has fewer than two points. Names the muscle.
    """
    content = read_path(path, SCHEMA)
    where = Path(path).name
    try:
        name, records = content["set"], content["muscles"]
        if name not in SETS:
            raise unknown("muscle set", name, SETS)
        made = tuple(_record(record, name, where) for record in records)
        bib = content["about"]["bib"]
    except (KeyError, TypeError) as error:
        raise DataFileError(
            f"{where} lacks {error}; needed: set, about.bib, muscles. Take thoracolumbar.json "
            "of the package as a pattern."
        ) from error
    names = [m.name for m in made]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise DataFileError(
            f"{where} has more than one muscle {twice[0]!r}; names of a set are unique. Rename one."
        )
    return MuscleSet(
        name,
        made,
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
        places = np.array([p[2] for p in points], float)
        figures = {k: float(record[k]) for k in ("Fmax", "lopt", "lts", "penn")}
        made = MuscleRecord(
            name=record["name"],
            group=record["group"],
            max_force=figures["Fmax"],
            optimal_length=figures["lopt"],
            tendon_slack_length=figures["lts"],
            pennation=figures["penn"],
            bodies=tuple(p[0] for p in points),
            points=places,
            naming=tuple(p[1] for p in points),
            girdle_length=None if girdle is None else float(girdle["neutral_length"]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataFileError(
            f"{who}: {type(error).__name__} {error}; needed: name, group, Fmax, lopt, lts, penn "
            "and points as [body, x, y, z]. Complete the muscle."
        ) from error
    if places.ndim != 2 or places.shape[0] < 2 or places.shape[1] != 3:
        raise DataFileError(
            f"{who} has points of shape {places.shape}; two or more [body, x, y, z] are possible. "
            "Complete the path."
        )
    if not np.isfinite(places).all():
        raise DataFileError(
            f"{who} has a point that is not finite; metres are possible. Correct the path."
        )
    for key, low, high in (
        ("Fmax", 0.0, math.inf),
        ("lopt", 0.0, math.inf),
        ("lts", 0.0, math.inf),
        ("penn", -1e-300, math.pi / 2),
    ):
        if not low < figures[key] < high:
            kind = "0 to pi/2" if key == "penn" else "a finite number above 0"
            raise DataFileError(
                f"{who}: {key} is {figures[key]:g}; {kind} is possible. Correct the figure."
            )
    return made
