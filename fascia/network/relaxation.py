"""The network after a hold: one law per strand, and what relaxation leaves of it (S32).

The laws of a network are those of a passive test at `panjabi.tissue.TEST_RATE`. After a hold a
fraction of the tension is left, `hamstring_group().relaxation(time)`, and `LASTING` in the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fascia.errors import NetworkError
from fascia.network import tension
from fascia.network.parts import number
from panjabi.tissue.law import RelaxingLaw
from panjabi.tissue.viscoelastic import LASTING, TEST_RATE

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork
    from fascia.network.parts import Strand


def law_name(fraction: float) -> str:
    """The law that a network with this fraction of the test-rate tension uses, in words."""
    if fraction == 1.0:
        return f"test rate ({TEST_RATE.value:g} {TEST_RATE.unit})"
    return f"relaxed ({fraction:.3g} of the tension at the test rate)"


def relaxed_network(network: TensionNetwork, fraction: float) -> TensionNetwork:
    """See `TensionNetwork.relaxed`."""
    fraction = number("fraction", fraction)
    if not 0.0 < fraction <= 1.0:
        raise NetworkError(
            f"Expected the fraction of the tension that a hold leaves, above 0 to 1, got "
            f"{fraction:g}; give hamstring_group().relaxation(time)."
        )
    if network.relaxed_fraction != 1.0:
        raise NetworkError(
            f"Expected a network at the test rate, got one with the law {network.law_name}; begin "
            "with the network before it was relaxed."
        )
    if fraction == 1.0:
        return network
    lengths = network.lengths()

    def after_hold(strand: Strand) -> Strand:
        if not isinstance(strand.law, RelaxingLaw):
            raise NetworkError(
                f"Expected strand {strand.name!r} with a law that relaxes, got "
                f"{type(strand.law).__name__}; give it a method relaxed(fraction) that returns "
                "the law after the hold."
            )
        softer = replace(strand, law=strand.law.relaxed(fraction))
        if not tension.settable(strand):
            return softer
        length = lengths[strand.name]
        standing = float(strand.law.tension(length))
        return tension.with_standing_tension(softer, length, standing) if standing else softer

    lasting = LASTING if fraction == LASTING.value else LASTING.with_value(fraction)
    return replace(
        network,
        strands=tuple(map(after_hold, network.strands)),
        relaxed_fraction=fraction,
        parameters={**network.parameters, "relaxed_fraction": lasting},
    )
