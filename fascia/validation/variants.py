"""The same person with another assumption about the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fascia.network.build import whole_body
from fascia.network.laws import PASSIVE_GROUP_OF
from panjabi.tissue import PassiveMuscle

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


def rebuilt(network: TensionNetwork, *, keep_ends: str = "", **options: Any) -> TensionNetwork:
    """The network built again with other options and the muscles of `network`.

    Ties, supports and fascial strands follow the options. Muscles keep their law and ends; those
    whose name begins with ``keep_ends`` take the ends of the new network. Other changes to the
    fascial strands of `network` are lost.
    """
    scales: dict[str, float] = {}  # the ties depend on them
    for strand in network.strands:
        group = PASSIVE_GROUP_OF.get(strand.name.removesuffix("_r"))
        if group and isinstance(strand.law, PassiveMuscle):
            scales[group] = strand.law.passive_scale
    present: dict[str, Any] = {
        "tie_ratio": network.tie_ratio,
        "share": network.share,
        "minor_share": network.minor_share,
        "passive_scale": scales,
    }
    chosen = {k: v for k, v in (present | options).items() if v is not None}
    built = whole_body(network.body, resting_tension=dict(network.resting_tension), **chosen)
    for strand in network.strands:
        if strand.kind == "muscle" and not (keep_ends and strand.name.startswith(keep_ends)):
            built = built.replaced(strand)
        elif strand.kind == "muscle":
            built = built.with_law(strand.name, strand.law)
    return built
