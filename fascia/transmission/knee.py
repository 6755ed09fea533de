"""Tension across the knee by tissue: how much of a release reaches the thigh by each path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fascia.errors import NetworkError

if TYPE_CHECKING:
    from fascia.mechanics.equilibrium import Equilibrium
    from fascia.network import Strand, TensionNetwork

KNEE_PATHS: tuple[str, ...] = ("muscles", "crural_fascia", "skin", "nerve")
"""Tissues by which tension can cross the knee."""

_BELOW = ("tibia", "patella", "talus", "calcn", "toes")


def knee_tension(equilibrium: Equilibrium, side: str) -> dict[str, float]:
    """Sum of the tensions of the strands that cross a knee [N], by tissue (`KNEE_PATHS`).

    side : "right" or "left". Crural fascia includes the popliteal fascia.

    Raises
    ------
    NetworkError
        If the equilibrium has no network.
    """
    network = equilibrium.network
    if network is None:
        raise NetworkError(
            "Expected an equilibrium of a network, got one of a flat network, which has no "
            "tissues; solve a TensionNetwork."
        )
    total: dict[str, float] = dict.fromkeys(KNEE_PATHS, 0.0)
    for i, strand in enumerate(network.active_strands):
        if strand.side == side and _crosses(network, strand, side[0]):
            total[_path(strand)] += float(equilibrium.tension[i])
    return total


def _crosses(network: TensionNetwork, strand: Strand, suffix: str) -> bool:
    below = {f"{body}_{suffix}" for body in _BELOW}
    under = {body in below for body, _ in network.attachments(strand.name)}
    return under == {True, False}


def _path(strand: Strand) -> str:
    if strand.kind in ("muscle", "nerve"):
        return "muscles" if strand.kind == "muscle" else "nerve"
    return "skin" if "skin" in strand.regions else "crural_fascia"
