"""The strands as a table of plain values: one row for each strand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fascia.network.parts import Strand


def rows(strands: Iterable[Strand], length: Mapping[str, float]) -> list[dict[str, Any]]:
    """One dict per strand, in order; `length` [m], by name, is the length in upright standing.

    Keys: name, from, to, kind, side, on, basis, lines, regions, tissue, grade, law,
    standing_length_mm, slack_length_mm, stiffness_N_per_mm (reference), standing_tension_N (at no
    slip), start_share, end_share, source.
    """
    table = []
    for s in strands:
        at = length[s.name]
        table.append(
            {
                "name": s.name,
                "from": s.start,
                "to": s.end,
                "kind": s.kind,
                "side": s.side,
                "on": s.active,
                "basis": s.basis,
                "lines": list(s.lines),
                "regions": list(s.regions),
                "tissue": s.tissue,
                "grade": s.grade,
                "law": getattr(s.law, "name", type(s.law).__name__),
                "standing_length_mm": 1e3 * at,
                "slack_length_mm": 1e3 * float(s.law.slack_length),
                "stiffness_N_per_mm": 1e-3 * float(s.law.reference_stiffness()),
                "standing_tension_N": float(s.law.tension(at)) if s.active else 0.0,
                "start_share": s.start_share,
                "end_share": s.end_share,
                "source": s.source,
            }
        )
    return table
