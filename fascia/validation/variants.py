"""The same person with some assumption of the network made otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fascia.network.build import whole_body
from panjabi.tissue import PassiveMuscle

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


def rebuilt(network: TensionNetwork, *, keep_ends: str = "", **options: Any) -> TensionNetwork:
    """The network built again with other options, its muscles as they are in the given one.

    Ties, holds and fascial strands follow the options. Muscles keep law and ends, but those whose
    name begins with ``keep_ends`` keep the ends of the new network. Changes that were made to
    fascial strands of the given network by hand are lost.
    """
    hamstring = network.strand("bflh_r").law
    assert isinstance(hamstring, PassiveMuscle)
    given: dict[str, Any] = {
        "tie_ratio": network.tie_ratio,
        "share": network.share,
        "minor_share": network.minor_share,
        "fibre_scale": hamstring.passive_scale,  # ties are built on it
    }
    chosen = {k: v for k, v in (given | options).items() if v is not None}
    built = whole_body(network.body, resting_tension=dict(network.resting_tension), **chosen)
    for strand in network.strands:
        if strand.kind == "muscle" and not (keep_ends and strand.name.startswith(keep_ends)):
            built = built.replaced(strand)
        elif strand.kind == "muscle":
            built = built.with_law(strand.name, strand.law)
    return built
