"""The segments of a line on one side, and the strands that represent each segment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fascia.network import packaged_tables as tables
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.parts import Strand


@dataclass(frozen=True, repr=False)
class Segment(ShortRepr):
    """One segment of a line on one side of the body."""

    line: str
    order: int
    start: str  # stations, without side
    end: str
    kind: str
    evidence: str  # grade A to D, X = reviewed and not verified
    opposite: bool  # lies on the side opposite to the line's beginning
    strands: tuple[str, ...]  # names in the network; empty: no strand represents it
    note: str


def packaged_segments(line: str, side: str, strands: Iterable[Strand]) -> tuple[Segment, ...]:
    """Segments of a packaged line that begins on `side`, each with its members of `strands`.

    A segment on the opposite side has the mirrored strands; strands that were cut are omitted.
    """
    present = {s.name for s in strands}
    segments = []
    for row in tables.table("segments"):
        if row["line"] != line:
            continue
        names = []
        for base in tables.words(row["strands"]):
            suffix = _suffix(side, row["side"], base)
            names += [n for n in (base, base + suffix) if n in present]
        segments.append(
            Segment(
                line=line,
                order=int(row["order"]),
                start=row["from"],
                end=row["to"],
                kind=row["kind"],
                evidence=row["evidence"],
                opposite=row["side"] == "opposite",
                strands=tuple(names),
                note=row["note"],
            )
        )
    return tuple(segments)


def segments_of_strands(
    line: str, side: str, strands: Iterable[Strand], *, first: int = 1
) -> tuple[Segment, ...]:
    """One segment for each strand on `side` or in the midline, in order, counted from `first`."""
    chosen = [s for s in strands if s.side in (side, "midline")]
    return tuple(
        Segment(
            line=line,
            order=first + i,
            start=strand.start.removesuffix("_r").removesuffix("_l"),
            end=strand.end.removesuffix("_r").removesuffix("_l"),
            kind=strand.kind,
            evidence=strand.grade,
            opposite=False,
            strands=(strand.name,),
            note=strand.source,
        )
        for i, strand in enumerate(chosen)
    )


# The spiral line crosses within its first segment: splenius on the same side, then the rhomboids.
_CROSSED = ("rhomboids",)


def _suffix(side: str, where: str, base: str) -> str:
    crossed = where == "opposite" or (where == "mixed" and base in _CROSSED)
    return "_r" if (side == "right") != crossed else "_l"
