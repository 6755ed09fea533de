"""How much of each parameter a stable model can lose or gain before it is stable no more.

Of stiffness and damping this is the margin to a passive or active deficit, of gains and delay that
to a neural one; the others stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from panjabi.delay.roots.axis import crossings_along
from panjabi.delay.roots.response import require_stable
from panjabi.errors import ParameterError
from panjabi.stability.reflex_model import ReflexModel

LEAST = 0.02  # share of a mass or a lag to which it may fall: zero would be another model
KEPT = ("inertia", "filter_time", "filter_frequency", "filter_damping")


@dataclass(frozen=True)
class ParameterMargin:
    """Nearest critical values of one parameter on either side; None where none was met."""

    name: str
    value: float
    lower: float | None
    lower_frequency: float  # of the root on the axis [rad/s]; 0: topples; nan where none
    upper: float | None
    upper_frequency: float
    searched: tuple[float, float]


def parameter_margins(model: ReflexModel, *, reach: float = 3.0) -> dict[str, ParameterMargin]:
    """Critical values of every parameter that is not zero, one at a time.

    reach : how far up, in multiples of the value; down to zero, and stiffness as far down as up
        from the largest of intrinsic stiffness and stretch gains.

    Raises
    ------
    UnstableError
        If the model is unstable as it is.
    """
    if not (math.isfinite(reach) and reach > 0.0):
        raise ParameterError(
            f"reach is {reach!r}; possible: a positive finite number of times. Use 3, say."
        )
    require_stable(model.system(), "a margin of a parameter")
    stretch = max((abs(loop.stretch_gain) for loop in model.loops), default=0.0)
    found: dict[str, ParameterMargin] = {}
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
        found[name] = ParameterMargin(
            name,
            value,
            below[-1].value if below else None,
            below[-1].frequency if below else math.nan,
            above[0].value if above else None,
            above[0].frequency if above else math.nan,
            (low, high),
        )
    return found
