"""The subject of a command: a file of ``--subject``, changed by the options of the command.

One rule holds in every command: an option replaces what the file says about the same quantity, and
the rest of the file stays. An injury replaces those of its level.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from panjabi.cli.terminal import changes_by_level
from panjabi.spine.subject_data import SubjectChanges

if TYPE_CHECKING:
    from panjabi.body import Body
    from panjabi.spine.subject import Subject

PERSON = ("stature", "mass", "sex", "age")
"""Options that describe the body of a command."""

SUBJECT = ("subject", *PERSON)
"""Options that `add_subject` adds."""


class OptionChanges(SubjectChanges, total=False):
    """Values of options that replace those of the file; None: the option is not present."""

    load: float | None  # [kg]
    extrapolate: bool  # allows such a load beyond failure
    injuries: Iterable[str]  # LEVEL:CHANGE


def add_subject(command: Any) -> None:
    """Add ``--subject`` and the options that describe the body; `subject_of` reads them."""
    command.add_argument(
        "--subject", metavar="FILE",
        help="JSON file of a subject (panjabi-subject/1): body, muscles, units, reflexes, habits; "
        "other options replace its values",
    )  # fmt: skip
    command.add_argument("--stature", type=float, metavar="M", help="stature [m] (default 1.75)")
    command.add_argument(
        "--mass",
        type=float,
        metavar="KG",
        help="mass [kg] (default 75; with a stature that of the same body mass index)",
    )
    command.add_argument("--sex", choices=("male", "female"), help="sex (default male)")
    command.add_argument("--age", type=float, metavar="YEARS", help="age [years] (default 30)")


def subject_of(args: argparse.Namespace, **changes: Unpack[OptionChanges]) -> Subject:
    """The subject of the options of `add_subject`, with changes by other options.

    Raises
    ------
    DataFileError, SchemaError
        For a file that does not describe a subject.
    """
    from panjabi.spine.static_model import HeldLoad
    from panjabi.spine.subject import Subject

    who = Subject() if args.subject is None else Subject.from_file(args.subject)
    size = {name: getattr(args, name) for name in PERSON if getattr(args, name) is not None}
    if size:
        who = replace(who, person=replace(who.person, **size))
    who = who.with_injuries(changes_by_level(changes.pop("injuries", ())))
    load, beyond = changes.pop("load", None), changes.pop("extrapolate", False)
    if load is not None:
        who = replace(who, load=HeldLoad(load, who.load.place, beyond))
    who = who.changed(**changes)
    unnamed = args.subject is None and who != Subject()
    return replace(who, name="described by options") if unnamed else who


def subject_values(subject: Subject) -> dict[str, Any]:
    """Name, stature, mass, sex and age as plain values."""
    return {"subject": subject.name, **body_values(subject.body)}


def body_values(body: Body) -> dict[str, Any]:
    """Stature, mass, sex and age of a body as plain values."""
    return {
        "stature_m": body.stature,
        "mass_kg": body.total_mass,
        "sex": body.sex,
        "age_years": body.age_years,
    }
