"""The same person with another assumption about the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fascia.network.build import whole_body
from fascia.network.laws import PASSIVE_GROUP_OF
from fascia.subject import with_tone
from panjabi.tissue import PassiveMuscle

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork


def rebuilt(network: TensionNetwork, **options: Any) -> TensionNetwork:
    """The network built again with other options, and the passive curves and tone of `network`.

    Other changes to the strands of `network` are lost.
    """
    scales: dict[str, float] = {}
    tone = 0.0
    for strand in network.strands:
        group = PASSIVE_GROUP_OF.get(strand.tissue_name.removesuffix("_r"))
        if group and isinstance(strand.law, PassiveMuscle):
            scales[group] = strand.law.passive_scale
            if group == "hamstrings":
                tone = strand.law.activation
    present: dict[str, Any] = {
        "tie_ratio": network.tie_ratio,
        "share": network.share,
        "minor_share": network.minor_share,
        "passive_scale": scales,
    }
    chosen = {k: v for k, v in (present | options).items() if v is not None}
    built = whole_body(network.body, resting_tension=dict(network.resting_tension), **chosen)
    return with_tone(built, tone).balanced()
