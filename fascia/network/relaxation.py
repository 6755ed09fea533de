"""A strand after a hold: one law, and what relaxation leaves of it (S32).

The laws of a network are those of a passive test at `panjabi.tissue.TEST_RATE`. After a hold a
fraction of the tension is left, `hamstring_group().relaxation(time)`, and `LASTING` in the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fascia.errors import NetworkError
from fascia.network import tension
from panjabi.tissue.law import RelaxingLaw
from panjabi.tissue.viscoelastic import LASTING, TEST_RATE

if TYPE_CHECKING:
    from fascia.network.parts import Strand
    from panjabi.parameter import Parameter


def law_name(fraction: float) -> str:
    """The law of a network with this fraction of the test-rate tension, in words."""
    if fraction == 1.0:
        return f"test rate ({TEST_RATE.value:g} {TEST_RATE.unit})"
    return f"relaxed ({fraction:.3g} of the tension at the test rate)"


def lasting(fraction: float) -> Parameter:
    """The fraction as a parameter: `LASTING`, or the value of the user."""
    return LASTING if fraction == LASTING.value else LASTING.with_value(fraction)


def relaxed_strand(strand: Strand, length: float, fraction: float) -> Strand:
    """The strand after a hold that leaves a fraction of its tension; standing length in m.

    Raises
    ------
    NetworkError
        For a law without a method `relaxed(fraction)`.
    """
    if not isinstance(strand.law, RelaxingLaw):
        raise NetworkError(
            f"Expected strand {strand.name!r} with a law that relaxes, got "
            f"{type(strand.law).__name__}; give it a method relaxed(fraction) that returns the "
            "law after the hold."
        )
    softer = replace(strand, law=strand.law.relaxed(fraction))
    standing = float(strand.law.tension(length)) if tension.settable(strand) else 0.0
    return tension.with_standing_tension(softer, length, standing) if standing else softer
