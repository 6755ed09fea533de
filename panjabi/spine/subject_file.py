"""Subjects as JSON files of schema panjabi-subject/1.

Every key ends in its unit, except numbers without unit. A key that does not exist, a value of
another type, a number that is not finite, a key twice, and a file above 1 MB are errors. What
is left out has the value of the standard adult. The section "fascia" is an object that the package
fascia reads; here it is kept as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from panjabi._files import write_whole
from panjabi._json import (
    Read,
    Section,
    by_name,
    listed,
    mapping,
    number,
    only,
    section,
    table,
    text,
)
from panjabi.body.person import Person
from panjabi.errors import DataFileError, PanjabiError, SchemaError
from panjabi.passive.standard import AxisFit, LaboratoryFit
from panjabi.spine.deficits import Deficits
from panjabi.spine.static_model import HeldLoad
from panjabi.spine.subject_data import SubjectData

SCHEMA, VERSION = "panjabi-subject", 1
T = TypeVar("T", bound=SubjectData)


def plain_subject(subject: SubjectData) -> dict[str, Any]:
    """Plain values of a subject, all of them."""
    lost = subject.deficits
    attributes: dict[str, dict[str, Any]] = {
        "body": vars(subject.person),
        "muscles": {
            "extensor_factor": subject.extensor_factor,
            "strength": subject.strength,
            "strength_loss": lost.strength_loss,
        },
        "units": {
            "source": subject.source,
            "sources": subject.sources,
            "fits": {
                level: {axis: _plain_fit(fit) for axis, fit in fits.items()}
                for level, fits in subject.fits.items()
            },
            "passive_loss": lost.passive_loss,
            "injuries": lost.injuries,
        },
        "reflexes": {
            **subject.reflexes,
            "gain_factor": lost.gain_factor,
            "extra_delay": lost.extra_delay,
            "phenotype": subject.phenotype,
        },
        "load": {"mass": subject.load.mass, "place": subject.load.place},
    }
    sections = {
        name: {
            key: _plain(attributes[name][attribute])
            for key, (attribute, _) in keys.items()
            if attributes[name].get(attribute) is not None
        }
        for name, keys in SECTIONS.items()
    }
    habits: dict[str, Any] = {"posture": subject.posture}
    if subject.cocontraction is not None:
        habits["cocontraction"] = subject.cocontraction
    return {
        "schema": f"{SCHEMA}/{VERSION}",
        "name": subject.name,
        **sections,
        **habits,
        "fascia": json.loads(json.dumps(subject.fascia, allow_nan=False)),
    }


def subject_arguments(values: Mapping[str, Any], where: str, make: Callable[..., T]) -> T:
    """The subject that a class makes of plain values."""
    stated = values.get("schema")
    title, _, version = str(stated).partition("/")
    if title != SCHEMA or not version.isdigit():
        raise SchemaError(
            f"{where}: Expected schema {SCHEMA}/{VERSION}, got {stated!r}; give a file with that "
            "schema."
        )
    if int(version) > VERSION:
        raise SchemaError(
            f"{where}: Expected schema {SCHEMA}/{VERSION} or older, got the newer {stated!r}; "
            "update panjabi, or write the file in the older version."
        )
    top: dict[str, Read] = {
        "schema": text,
        "name": text,
        **{name: section(keys) for name, keys in SECTIONS.items()},
        "posture": text,
        "cocontraction": number,
        "fascia": mapping,
    }
    read = only(values, top, where)
    del read["schema"]
    units, reflexes, muscles = (read.pop(n, {}) for n in ("units", "reflexes", "muscles"))
    try:
        lost = {
            name: part.pop(name)
            for part, names in (
                (units, ("passive_loss", "injuries")),
                (muscles, ("strength_loss",)),
                (reflexes, ("gain_factor", "extra_delay")),
            )
            for name in names
            if name in part
        }
        if "phenotype" in reflexes:
            read["phenotype"] = reflexes.pop("phenotype")
        return make(
            person=Person(**read.pop("body", {})),
            load=HeldLoad(**({"mass": 0.0} | read.pop("load", {}))),
            deficits=Deficits(**lost),
            reflexes=reflexes,
            **units,
            **muscles,
            **read,
        )
    except DataFileError:
        raise
    except PanjabiError as error:
        raise DataFileError(f"{where}: {error}") from error


def write_subject(subject: SubjectData, path: str | Path) -> None:
    """Write a subject as JSON text."""
    content = json.dumps(plain_subject(subject), indent=2, allow_nan=False)
    write_whole(path, content + "\n")


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in cast("Mapping[str, object]", value).items()}
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


LAW: Section = {
    "linear_Nm_per_rad": ("linear", number),
    "onset_rad": ("onset", number),
    "width_rad": ("width", number),
    "gain_minus_Nm_per_rad": ("gain_minus", number),
    "gain_plus_Nm_per_rad": ("gain_plus", number),
    "branch_Nm_per_rad": ("branch", number),
    "friction_Nm": ("friction", number),
}
FIT: Section = {"record": ("record", text), "moment_Nm": ("moment", number), **LAW}
"""Keys of the law of an axis that was fitted to a record; all are needed."""


def _plain_fit(fit: LaboratoryFit) -> dict[str, Any]:
    law = {key: getattr(fit.law, name) for key, (name, _) in LAW.items()}
    return {"record": fit.record, "moment_Nm": fit.moment, **law}


def _fit(value: object, where: str) -> LaboratoryFit:
    found: dict[str, Any] = section(FIT)(value, where)
    missing = [key for key, (name, _) in FIT.items() if name not in found]
    if missing:
        raise DataFileError(
            f"{where}: Expected all of {', '.join(FIT)}, got none for {', '.join(missing)}; write "
            "the file with Subject.to_file."
        )
    record, moment = found.pop("record"), found.pop("moment")
    return LaboratoryFit(record=record, moment=moment, law=AxisFit(**found))


SECTIONS: dict[str, Section] = {
    "body": {
        "stature_m": ("stature", number),
        "mass_kg": ("mass", number),
        "sex": ("sex", text),
        "age_years": ("age", number),
        "segments": ("segments", table(number)),
        "lengths_m": ("lengths", table(number)),
    },
    "muscles": {
        "extensor_factor": ("extensor_factor", number),
        "strength": ("strength", table(number)),
        "strength_loss": ("strength_loss", by_name),
    },
    "units": {
        "source": ("source", text),
        "sources": ("sources", table(text)),
        "fits": ("fits", table(table(_fit))),
        "passive_loss": ("passive_loss", by_name),
        "injuries": ("injuries", table(listed(text))),
    },
    "reflexes": {
        "stretch_gain": ("stretch_gain", number),
        "rate_gain_s": ("rate_gain", number),
        "force_gain": ("force_gain", number),
        "deep_delay_s": ("deep_delay", number),
        "delay_s": ("delay", number),
        "filter_time_s": ("filter_time", number),
        "gain_factor": ("gain_factor", by_name),
        "extra_delay_s": ("extra_delay", by_name),
        "phenotype": ("phenotype", text),
    },
    "load": {"mass_kg": ("mass", number), "place_m": ("place", listed(number, 3))},
}
"""Section -> key of the file -> argument of the record, reader of the value."""
