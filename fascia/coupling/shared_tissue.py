"""Tissue that both models contain: which model carries it, and the spine without that tissue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from fascia.coupling.crossing_strands import acting_strands
from fascia.network.packaged_tables import parse, words
from panjabi._tables import packaged_text
from panjabi.results import ShortRepr
from panjabi.spine.static_model import StaticSpine

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Strand


@dataclass(frozen=True, repr=False)
class Carrier(ShortRepr):
    """A tissue: its strands, its counterpart in the spine, and the model that carries it."""

    tissue: str
    strands: tuple[str, ...]  # patterns
    groups: tuple[str, ...]  # muscle groups of the spine
    ligaments: tuple[str, ...]  # structures of its units
    active: str  # "spine" or "none"
    passive: str  # "network" or "spine"
    reason: str

    @property
    def shared(self) -> bool:
        """Whether both models contain it."""
        return bool(self.strands) and bool(self.groups or self.ligaments)

    def stands_for(self, strand: str) -> bool:
        return any(fnmatchcase(strand, pattern) for pattern in self.strands)


@cache
def carriers() -> tuple[Carrier, ...]:
    """The packaged table, in order."""
    table: list[Carrier] = []
    for row in packaged("carriers"):
        parts = words(row["counterpart"])
        table.append(
            Carrier(
                row["tissue"],
                words(row["strands"]),
                tuple(p.removeprefix("group:") for p in parts if p.startswith("group:")),
                tuple(p.removeprefix("ligament:") for p in parts if p.startswith("ligament:")),
                row["active"],
                row["passive"],
                row["reason"],
            )
        )
    return tuple(table)


def packaged(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a table of the coupling as text."""
    return parse(packaged_text("fascia.coupling", f"{name}.csv"), name, where=f"{name}.csv")


def can_pull(strand: Strand) -> bool:
    """Whether a strand is on and has a positive stiffness."""
    return strand.active and strand.law.reference_stiffness() > 0.0


def handed_over(network: TensionNetwork, spine: StaticSpine) -> dict[str, tuple[str, ...]]:
    """Tissue -> muscles of the spine whose passive tension the network represents.

    This applies to a side only if the network's strand crosses the spine's joints, is on, and has a
    stiffness. Tissue that the network does not carry stays with the spine.
    """
    live = [
        network.strand(name)
        for name in acting_strands(network, spine.coordinates)
        if can_pull(network.strand(name))
    ]
    shared: dict[str, tuple[str, ...]] = {}
    for carrier in carriers():
        if carrier.passive != "network":
            continue
        sides = {s.side[0] for s in live if carrier.stands_for(s.name)}
        muscles = tuple(
            name
            for name, group in zip(spine.muscles.names, spine.muscles.groups, strict=True)
            if group in carrier.groups and name[-1] in sides
        )
        if muscles:
            shared[carrier.tissue] = muscles
    return shared


def without_shared(spine: StaticSpine, shared: dict[str, tuple[str, ...]]) -> StaticSpine:
    """The spine without the tissue in `shared` (see `handed_over`); unchanged if that is empty."""
    names = {name for parts in shared.values() for name in parts}
    if not names:
        return spine
    m = spine.muscles
    removed = np.where([name in names for name in m.names], m.passive, 0.0)
    return replace(spine, muscles=replace(m, carried=m.carried + removed))
