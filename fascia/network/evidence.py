"""Every parameter a network rests on, its own and its strands', each counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from panjabi.parameter import Parameter

UNUSED_BY_LAW = frozenset({"k_low", "curviness"})
"""Shape figures of the source's spline that the power law of the passive fibre does not use."""

FOLLOWS_NETWORK = frozenset({"resting_tension"})
"""Strand figures that repeat a parameter of the network."""


def parameters_of(network: TensionNetwork) -> dict[str, Parameter]:
    """Name -> parameter: the network's own, then ``strand.figure`` of every active strand.

    Right and left of one tissue share their figures and count once, under the
    name without the side.
    """
    found = dict(network.parameters)
    for strand in network.active_strands:
        base = strand.name if strand.side == "midline" else strand.name.rsplit("_", 1)[0]
        for name, parameter in strand.parameters.items():
            if name not in UNUSED_BY_LAW | FOLLOWS_NETWORK:
                found.setdefault(f"{base}.{name}", parameter)
    return found
