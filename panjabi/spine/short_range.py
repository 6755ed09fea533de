"""Stiffness of the muscles of a spine against a quick stretch, as a function of what is chosen.

The default law is that of the moving spine: bridges of the active fibre, beside the slopes of its
force-length curves, in series with the tendon,

    k_fibre = gamma a fl Fmax / lopt + Fmax d(a fl + fp) / dl,    1/k = 1/k_fibre + 1/k_tendon

Both stiffnesses are affine in the activation, so the series is concave in it. The option k = q F/L
is linear in the force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.stiffness import Bergmark, Cui, in_series
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.muscle_state import MuscleState, RestingTangent
from panjabi.tissue import de_groote_kernels as curves

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
class PathStiffness(ShortRepr):
    """k of the path of every muscle as a concave function of its activation x, all (m,).

    fibre(x) = fibre + fibre_slope x and tendon(x) = tendon + tendon_slope x in series. An infinite
    tendon leaves the fibre alone; a fibre of zero has no stiffness. The Hessian gets k times the
    outer product of the slopes dL/dq.
    """

    fibre: Floats  # at x = 0 [N/m]
    fibre_slope: Floats  # [N/m]
    tendon: Floats  # [N/m]
    tendon_slope: Floats  # [N/m]

    def __call__(self, x: Floats) -> Floats:
        """k (m,) [N/m]."""
        return (self.fibre + self.fibre_slope * x) * self.shares(x)[0]

    def slope(self, x: Floats) -> Floats:
        """dk/dx (m,) [N/m]."""
        by_fibre, by_tendon = self.shares(x)
        return self.fibre_slope * by_fibre**2 + self.tendon_slope * by_tendon**2

    def shares(self, x: Floats) -> tuple[Floats, Floats]:
        """Parts of a quick stretch that fibre and tendon take, each (m,) [1]."""
        stretches = np.isfinite(self.tendon)
        tendon = np.where(stretches, self.tendon + self.tendon_slope * x, 1.0)
        by_fibre, by_tendon = in_series(self.fibre + self.fibre_slope * x, tendon)
        return np.where(stretches, by_fibre, 1.0), np.where(stretches, by_tendon, 0.0)


def path_stiffness(law: ShortRange, muscles: MuscleState, at: RestingTangent) -> PathStiffness:
    """The stiffness of the muscles near a tangent of their law at rest."""
    none = np.zeros(len(muscles.names))
    if isinstance(law, Bergmark):
        per = law.q.si / muscles.length
        idle = at.force - at.gain * at.activation
        return PathStiffness(per * idle, per * at.gain, np.full(len(none), np.inf), none)
    u = muscles.units
    c2, c3 = u.curves[curves.TENDON + 2], u.curves[curves.TENDON + 3]
    per = c3 / u.tendon_slack_length
    whole = at.force + muscles.carried - at.gain * at.activation
    stretches = u.elastic == 1
    return PathStiffness(
        at.passive_spring,
        at.active_spring + law.gamma.si * at.bridges,
        np.where(stretches, per * (whole + c2 * u.max_force), np.inf),
        np.where(stretches, per * at.gain, 0.0),
    )


def stiffness_at(law: ShortRange, muscles: MuscleState, forces: ArrayLike) -> Floats:
    """k of every muscle under a force at rest, (m,) [N/m]; 0 without force."""
    F = np.asarray(forces, float)
    if isinstance(law, Bergmark):
        return law.q.si / muscles.length * F
    a = np.clip(muscles.activation(F), 0.0, 1.0)
    return np.where(F > 0.0, path_stiffness(law, muscles, muscles.tangent(a))(a), 0.0)


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
