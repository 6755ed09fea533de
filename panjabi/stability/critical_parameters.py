"""How far each parameter of a stable spine can change before the spine becomes unstable.

For stiffness and damping this is the margin to a passive or active deficit, for gains and delay the
margin to a neural deficit. One parameter changes at a time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from panjabi.delay.roots.axis import crossings_along
from panjabi.delay.roots.response import require_stable
from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr
from panjabi.spine.families import SpineFamily


@dataclass(frozen=True, repr=False)
class ParameterMargin(ShortRepr):
    """Nearest critical values of one parameter below and above its value; None if there is none."""

    name: str
    value: float
    lower: float | None
    lower_frequency: float  # of the root on the axis [rad/s]; 0: divergence; nan: no critical value
    upper: float | None
    upper_frequency: float
    searched: tuple[float, float]


def parameter_margins(
    family: SpineFamily,
    *,
    reach: float = 3.0,
    within: Mapping[str, tuple[float, float]] | None = None,
) -> dict[str, ParameterMargin]:
    """Critical values of every parameter of a family that is not zero, the others unchanged.

    family : its start is the spine whose margins are sought.
    reach : range of the search away from zero, in multiples of the value. Towards zero the search
        ends at zero, or at the limit of the family.
    within : other ranges of the search by name; for example of a stiffness, which other parts
        replace.

    Raises
    ------
    UnstableError
        If the spine is unstable.
    ParameterError
        If `reach` is not positive and finite.
    """
    if not (math.isfinite(reach) and reach > 0.0):
        raise ParameterError(
            f"Expected a positive finite reach, got {reach!r}; give a multiple of the value, for "
            "example 3."
        )
    ranges = within or {}
    for name in ranges:
        if name not in family.start:
            raise unknown("parameter of the family", name, family.start)
    require_stable(family.system(list(family.start.values())), "a margin of a parameter")
    margins: dict[str, ParameterMargin] = {}
    for name, value in family.start.items():
        if value == 0.0:
            continue
        low, high = ranges.get(name, sorted((0.0, (1.0 + reach) * value)))
        least, most = family.limits.get(name, (-math.inf, math.inf))
        low, high = max(low, least), min(high, most)
        line = family.only(name)
        below = crossings_along(line, low, value) if low < value else ()
        above = crossings_along(line, value, high) if value < high else ()
        margins[name] = ParameterMargin(
            name,
            value,
            below[-1].value if below else None,
            below[-1].frequency if below else math.nan,
            above[0].value if above else None,
            above[0].frequency if above else math.nan,
            (low, high),
        )
    return margins
