"""How each segment of the sixteen lines is stood for: by which strands, or by none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fascia.network import packaged_tables as tables
from fascia.network.selection import unknown_part

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


@dataclass(frozen=True)
class Segment:
    """One segment of a line on one side of the body."""

    line: str
    order: int
    start: str  # stations, without side
    end: str
    kind: str
    evidence: str  # grade A to D, X = reviewed and not verified
    opposite: bool  # lies on the other side than the line's beginning
    strands: tuple[str, ...]  # names in the network; empty: nothing is wired
    note: str


def route(network: TensionNetwork, line: str, side: str = "right") -> tuple[Segment, ...]:
    """The segments of a line whose first strand is on `side`, with this network's strands.

    A segment on the opposite side has the mirrored strands; strands that were cut are left out.
    """
    known = dict.fromkeys(row["line"] for row in tables.table("segments"))
    if line not in known:
        raise unknown_part("line", line, known)
    if side not in ("right", "left"):
        raise unknown_part("side", side, ("right", "left"))
    present = {s.name for s in network.strands}
    made = []
    for row in tables.table("segments"):
        if row["line"] != line:
            continue
        names = []
        for base in tables.words(row["strands"]):
            suffix = _suffix(side, row["side"], base)
            names += [n for n in (base, base + suffix) if n in present]
        made.append(
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
    return tuple(made)


# The spiral line crosses within its first segment: splenius on its own side, then the rhomboids.
_CROSSED = ("rhomboids",)


def _suffix(side: str, where: str, base: str) -> str:
    crossed = where == "opposite" or (where == "mixed" and base in _CROSSED)
    return "_r" if (side == "right") != crossed else "_l"
