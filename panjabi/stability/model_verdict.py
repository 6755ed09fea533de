"""The stability verdict for a spine."""

from __future__ import annotations

from panjabi.errors import ParameterError
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.model import Spine
from panjabi.stability.condition import StabilityVerdict
from panjabi.stability.verdict_spine import spine_verdict


def verdict(
    model: Spine | Equilibrium,
    *,
    push: float | None = None,
    tolerance: float | None = None,
    watched: float | None = None,
    q: float | None = None,
) -> StabilityVerdict:
    """Whether a model in equilibrium is stable, from three types of evidence, with its margins.

    The evidence is the stiffness, the rightmost root with all delays, and a simulation after a
    push. If they disagree, the verdict is undecided and gives the reason.

    Parameters
    ----------
    model : a `Spine`, whose equilibrium is computed first, or its `Equilibrium`.
    push : peak of a half sine of 0.1 s, a forward force on T8 [N], default 30 N.
    tolerance : largest remaining deviation of every angle [rad], default 0.2 deg.
    watched : time simulated after the push [s], default 3 s.
    q : factor of the short-range stiffness k = q F/L in the instantaneous Hessian [1], default 10.

    Raises
    ------
    ConvergenceError
        If the spine has no equilibrium.
    ParameterError
        For a model of another type, or a push, tolerance or time that is not positive.
    """
    optional = {"push": push, "tolerance": tolerance, "watched": watched, "q": q}
    options = {name: value for name, value in optional.items() if value is not None}
    if not isinstance(model, (Spine, Equilibrium)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(
            f"Expected a Spine or its Equilibrium, got a {type(model).__name__}; create it with "
            "spine_model()."
        )
    return spine_verdict(model, **options)
