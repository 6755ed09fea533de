"""How far each parameter of a stable model can change before the model becomes unstable.

For stiffness and damping this is the margin to a passive or active deficit, for gains and delay the
margin to a neural deficit. One parameter changes at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from panjabi.delay.roots.axis import crossings_along
from panjabi.delay.roots.response import require_stable
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr
from panjabi.stability.reflex_model import ReflexModel

LEAST = 0.02  # smallest fraction of an inertia or a lag: zero would change the model's order
KEPT = ("inertia", "filter_time", "filter_frequency", "filter_damping")


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


def parameter_margins(model: ReflexModel, *, reach: float = 3.0) -> dict[str, ParameterMargin]:
    """Critical values of every parameter that is not zero, with the others unchanged.

    reach : range of the search upwards, in multiples of the value. Downwards the search ends at
        zero; for the stiffness it is `reach` times the larger of stiffness and stretch gain in both
        directions.

    Raises
    ------
    UnstableError
        If the model is unstable.
    ParameterError
        If `reach` is not positive and finite.
    """
    if not (math.isfinite(reach) and reach > 0.0):
        raise ParameterError(
            f"Expected a positive finite reach, got {reach!r}; give a multiple of the value, for "
            "example 3."
        )
    require_stable(model.system(), "a margin of a parameter")
    stretch = max((abs(loop.stretch_gain) for loop in model.loops), default=0.0)
    margins: dict[str, ParameterMargin] = {}
    for name, value in model.values.items():
        if value == 0.0:
            continue
        kind = name.rpartition(".")[2]
        if kind == "stiffness":
            span = reach * max(abs(value), stretch)
            low, high = value - span, value + span
        else:
            low = LEAST * value if kind in KEPT else 0.0
            low, high = sorted((low, (1.0 + reach) * value))
        family = model.family(name)
        below = crossings_along(family, low, value) if low < value else ()
        above = crossings_along(family, value, high)
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
