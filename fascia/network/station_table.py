"""Stations of the lines: fibres that pass, fibres that insert, and the force of the attachment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Node, Strand


@dataclass(frozen=True)
class StationEnd:
    """The end of a tissue at a station: fractions of its fibres and their tension in standing."""

    tissue: str
    passing: float  # fraction of the fibres that pass here [1]
    inserting: float  # the rest, which ends on bone here [1]
    passing_tension_N: float
    inserting_tension_N: float


@dataclass(frozen=True, repr=False)
class Station(ShortRepr):
    """A node where lines meet bone or soft tissue, in standing."""

    name: str
    bone: str
    hold: str
    lines: tuple[str, ...]
    ends: tuple[StationEnd, ...]
    attachment_N_per_mm: float  # stiffness against slip; inf where clamped
    attachment_force_N: float  # in standing, before any slip
    stops: str  # why no tension passes here; empty where it can pass

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        stiffness = self.attachment_N_per_mm
        return {
            "name": self.name,
            "bone": self.bone,
            "hold": self.hold,
            "lines": list(self.lines),
            "passing": {e.tissue: e.passing for e in self.ends},
            "inserting": {e.tissue: e.inserting for e in self.ends},
            "passing_tension_N": {e.tissue: e.passing_tension_N for e in self.ends},
            "inserting_tension_N": {e.tissue: e.inserting_tension_N for e in self.ends},
            "attachment_N_per_mm": stiffness if np.isfinite(stiffness) else "clamped",
            "attachment_force_N": self.attachment_force_N,
            "stops": self.stops,
        }


def stations(network: TensionNetwork) -> tuple[Station, ...]:
    """Every node with the ends of the active tissues there, in the order of the network."""
    lengths = network.lengths()
    at: dict[str, dict[str, list[tuple[Strand, bool]]]] = {}
    for strand in network.active_strands:
        for (name, _, _), passes in zip(strand.ends, strand.passes, strict=True):
            at.setdefault(name, {}).setdefault(strand.tissue_name, []).append((strand, passes))
    return tuple(
        Station(
            name=node.name,
            bone=node.body,
            hold=node.hold,
            lines=node.lines,
            ends=tuple(_end(t, parts, lengths) for t, parts in at.get(node.name, {}).items()),
            attachment_N_per_mm=1e-3 * (node.tie + node.adhesion),
            attachment_force_N=float(np.linalg.norm(node.standing_force)),
            stops=stop(node, sum(p for ps in at.get(node.name, {}).values() for _, p in ps)),
        )
        for node in network.nodes
    )


def stop(node: Node, passing: int) -> str:
    """Why no tension passes a node on which this number of strands pull; empty if it can pass."""
    if node.hold == "fixed":
        return "fixed on bone: fewer than two tissues pass here" if passing else "all fibres insert"
    if np.isinf(node.tie):
        return "clamped attachment"
    return "" if passing > 1 else "no second tissue passes here"


def _end(tissue: str, parts: list[tuple[Strand, bool]], lengths: dict[str, float]) -> StationEnd:
    def total(passing: bool) -> float:
        chosen = (s for s, p in parts if p == passing)
        return sum(float(s.law.tension(lengths[s.name])) for s in chosen)

    passing = sum(s.fraction for s, p in parts if p)
    return StationEnd(tissue, passing, 1.0 - passing, total(True), total(False))
