"""Fibres that pass a station and fibres that insert there: the parts of a strand (S28).

At a station on bone the end of a strand has a passing fraction, from the packaged table
`passing.csv`. Fibres lie side by side, so a strand is up to three parallel strands: one passes
at both ends (the smaller fraction), one passes at the end with the larger fraction and inserts at
the other, and one inserts at both. A part that inserts keeps its points of bone; the attachment
acts on the passing parts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from fascia.errors import NetworkError
from fascia.network import packaged_tables as tables
from fascia.network.parts import number
from panjabi.parameter import THIS_WORK, Parameter

if TYPE_CHECKING:
    from fascia.network.parts import Strand

PREFIXES = ("", "ending_", "inserting_")
"""Name of a part before that of its tissue: passes, passes at one end, inserts at both."""

ARGUMENTS = ("share", "minor_share")
"""Arguments of `whole_body` that the table names in place of a number."""


@dataclass(frozen=True)
class PassingFraction:
    """Fraction of a strand's fibres that pass a station, with its source."""

    fraction: Parameter
    argument: str  # of `whole_body` that sets it; empty: the table


def passing_fraction(
    strand: str, station: str, kind: str, arguments: Mapping[str, float]
) -> PassingFraction:
    """The fraction at one end, from the first row of `passing.csv` that matches.

    strand and station: names without side; arguments: values of `ARGUMENTS`.
    """
    for row in tables.table("passing"):
        if (
            fnmatchcase(strand, row["strand"])
            and fnmatchcase(station, row["station"])
            and row["type"] in ("*", kind)
        ):
            word = row["fraction"]
            argument = word if word in ARGUMENTS else ""
            value = arguments[word] if argument else float(word)
            return PassingFraction(_parameter(row, value, argument), argument)
    raise NetworkError(
        f"Expected a row of passing.csv for strand {strand!r} at {station!r}, got none; add a row "
        "with * for strand, station and type."
    )


def _parameter(row: tables.Record, value: float, argument: str) -> Parameter:
    from panjabi.literature import row as published

    source = published(row["source"]).bib if row["source"] else THIS_WORK
    measured = row["status"] == "measured" and not argument
    return Parameter(value, "1", source, "measured" if measured else "assumed", row["note"])


def checked(name: str, value: float) -> float:
    """The value of an argument of `ARGUMENTS`, from 0 to 1. Raises NetworkError."""
    fraction = number(name, value)
    if not 0.0 <= fraction <= 1.0:
        raise NetworkError(
            f"Expected {name} as a fraction from 0 (all fibres insert on bone) to 1 (all pass), "
            f"got {fraction:g}; published force fractions of biceps femoris are 0.07 to 0.69."
        )
    return fraction


def parts(strand: Strand, start: float, end: float, *, rigid: bool) -> Iterator[Strand]:
    """The parallel parts of a tissue with these passing fractions at its ends, passing first.

    rigid: all its points are on one bone, so that fibres which insert at both ends never change
    their length; beside others they are left out. The first part has the name of the tissue.
    """
    both, one = min(start, end), abs(start - end)
    fractions = (both, one, 1.0 - both - one)
    longer = (1.0, 0.0) if start > end else (0.0, 1.0)
    present = [
        (prefix, fraction, ends)
        for prefix, fraction, ends in zip(
            PREFIXES, fractions, ((1.0, 1.0), longer, (0.0, 0.0)), strict=True
        )
        if fraction > 1e-12 and not (rigid and ends == (0.0, 0.0) and fraction < 1.0)
    ]
    for i, (prefix, fraction, ends) in enumerate(present):
        whole = fraction == 1.0
        yield replace(
            strand,
            name=strand.name if i == 0 else prefix + strand.name,
            law=strand.law if whole else scaled(strand.law, fraction),
            start_share=ends[0],
            end_share=ends[1],
            target_tension=(
                None if strand.target_tension is None else fraction * strand.target_tension
            ),
            part_of="" if whole else strand.name,
            fraction=fraction,
        )


def scaled(law: Any, factor: float) -> Any:
    """The law of parallel fibres with `factor` times the force at every length.

    Raises
    ------
    NetworkError
        For a law without a force that can be scaled.
    """
    for name in ("stiffness", "max_isometric_force"):
        if hasattr(law, name):
            return replace(law, **{name: factor * getattr(law, name)})
    if hasattr(law, "scaled"):
        return law.scaled(factor)
    raise NetworkError(
        f"Expected a law whose force can be scaled, got {type(law).__name__}; give it a method "
        "scaled(factor) that returns the law with factor times the force."
    )


def tissues(strands: Iterable[Strand]) -> dict[str, list[Strand]]:
    """The strands by the tissue of which they are parts, in order."""
    groups: dict[str, list[Strand]] = {}
    for strand in strands:
        groups.setdefault(strand.tissue_name, []).append(strand)
    return groups
