"""Short-range stiffness of the muscles of a spine as a function of the forces to be chosen.

The laws are those of `panjabi.active.stiffness`; here they are split into linear functions of the
force, which is the form that a cone programme needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.active.stiffness import Bergmark, Cui, in_series
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.muscle_state import MuscleState

Floats = NDArray[np.float64]
ShortRange = Bergmark | Cui

Q_VALUES = (5.0, 10.0, 20.0, 40.0)
"""Values of q for which results are reported, because q is known only to a factor."""

Q_REASON = (
    "q = 10: assumed, fixed before any comparison; between the 0.5 and 42 of Crisco & Panjabi "
    "(1991), recalled, of which 4.6 is the middle in the logarithm and 40 (Bergmark 1989) the end"
)


def bergmark(q: float = 10.0) -> Bergmark:
    """k = q F / L with a value of q; `Q_REASON` gives the reason for 10.

    Raises
    ------
    ParameterError
        If q is not a number from 0.
    """
    if not (np.isfinite(q) and q >= 0.0):
        raise ParameterError(f"Expected q of 0 or more, got {q!r}; give 0.5 to 42; {Q_REASON}.")
    return Bergmark(Parameter(float(q), "1", THIS_WORK, "assumed", Q_REASON))


@dataclass(frozen=True, eq=False, repr=False)
class StiffnessParts(ShortRepr):
    """k(F) = linear F, or fibre F in series with tendon + tendon_slope F; all (m,)."""

    linear: Floats  # [1/m]
    fibre: Floats | None = None  # [1/m]; None without a series
    tendon: Floats | None = None  # [N/m]
    tendon_slope: Floats | None = None  # [1/m]

    def stiffness(self, forces: Floats) -> Floats:
        """k of every muscle, (m,) [N/m]."""
        if self.fibre is None or self.tendon is None or self.tendon_slope is None:
            return self.linear * forces
        fibre, tendon = self.fibre * forces, self.tendon + self.tendon_slope * forces
        return fibre * in_series(fibre, tendon)[0]


def stiffness_parts(law: ShortRange, muscles: MuscleState) -> StiffnessParts:
    """The linear parts of a law for muscles at one posture."""
    if isinstance(law, Bergmark):
        return StiffnessParts(law.q.si / muscles.length)
    si = law.curves.parameters.si
    slope = si("c3") / muscles.tendon_slack
    # a muscle without force has no tendon curve: beside a fibre of zero stiffness any value works
    force = np.where(muscles.max_force > 0.0, muscles.max_force, 1.0)
    return StiffnessParts(
        np.zeros(len(muscles.names)),
        law.gamma.si / muscles.optimal_fibre,
        slope * si("c2") * force,
        slope,
    )


def words(law: ShortRange) -> str:
    """The law in one line of text."""
    if isinstance(law, Bergmark):
        return f"k = q F/L, q = {law.q.si:g}"
    return f"fibre {law.gamma.si:g} F/lopt in series with tendon"


def parameters_of(law: ShortRange) -> Mapping[str, Parameter]:
    """Parameters of the law."""
    if isinstance(law, Bergmark):
        return {"short_range_q": law.q}
    return {"short_range_gamma": law.gamma}
