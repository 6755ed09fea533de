"""The strands as a table: one row each, plain values, for the screen and for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fascia.network import geometry

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


def rows(network: TensionNetwork) -> list[dict[str, Any]]:
    """One dict per strand, in order; lengths and tension are those of upright standing.

    Keys: name, from, to, kind, side, on, basis, lines, regions, tissue, grade, law,
    standing_length_mm, slack_length_mm, stiffness_N_per_mm (reference), standing_tension_N (at no
    slip), start_share, end_share, source.
    """
    length = geometry.lengths(network)
    made = []
    for s in network.strands:
        at = length[s.name]
        made.append(
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
    return made


def text(network: TensionNetwork, *, line: str | None = None) -> str:
    """The table as text with a head that counts what is off."""
    chosen = set(network.strands_of(line=line)) if line else None
    shown = [r for r in rows(network) if chosen is None or r["name"] in chosen]
    columns = (
        ("strand", "name", "{}"),
        ("from", "from", "{}"),
        ("to", "to", "{}"),
        ("kind", "kind", "{}"),
        ("length mm", "standing_length_mm", "{:.0f}"),
        ("k N/mm", "stiffness_N_per_mm", "{:.3g}"),
        ("T N", "standing_tension_N", "{:.3g}"),
        ("on", "on", "{}"),
    )
    cells = [[head for head, _, _ in columns]]
    for row in shown:
        row = {**row, "on": "on" if row["on"] else f"off ({row['basis']})"}
        cells.append([form.format(row[key]) for _, key, form in columns])
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    lines = [repr(network)]
    lines += ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in cells]
    return "\n".join(lines)
