"""The stability verdict for every model: a whole spine, or the trunk on one joint."""

from __future__ import annotations

from typing import overload

from panjabi.errors import ParameterError
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.model import Spine
from panjabi.stability.condition import StabilityVerdict
from panjabi.stability.one_joint_trunk import ReducedTrunk
from panjabi.stability.verdict_spine import spine_verdict
from panjabi.stability.verdict_trunk import trunk_verdict


@overload
def verdict(
    model: Spine | Equilibrium,
    *,
    push: float | None = None,
    tolerance: float | None = None,
    watched: float | None = None,
    q: float | None = None,
) -> StabilityVerdict: ...
@overload
def verdict(
    model: ReducedTrunk,
    *,
    push: float | None = None,
    tolerance: float | None = None,
    watched: float | None = None,
) -> StabilityVerdict: ...
def verdict(
    model: Spine | Equilibrium | ReducedTrunk,
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
    model : a `Spine`, whose equilibrium is computed first; its `Equilibrium`; or a `ReducedTrunk`.
    push : peak of a half sine of 0.1 s. Spine: forward force on T8, default 30 N. Trunk: moment,
        default 5 N m.
    tolerance : largest remaining deviation of every angle [rad]. Default: spine 0.2 deg, trunk
        0.1 deg.
    watched : time simulated after the push [s]. Default: spine 3 s, trunk 5 s.
    q : spine only: factor of the short-range stiffness k = q F/L in the instantaneous Hessian [1],
        default 10.

    Raises
    ------
    ConvergenceError
        If the spine has no equilibrium.
    ParameterError
        For a model of another type, a push, tolerance or time that is not positive, or q with a
        trunk.
    """
    optional = {"push": push, "tolerance": tolerance, "watched": watched, "q": q}
    options = {name: value for name, value in optional.items() if value is not None}
    if isinstance(model, (Spine, Equilibrium)):
        return spine_verdict(model, **options)
    if not isinstance(model, ReducedTrunk):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(
            f"Expected a Spine, its Equilibrium or a ReducedTrunk, got a {type(model).__name__}; "
            "create it with spine_model() or reduced_trunk()."
        )
    if q is not None:
        raise ParameterError(
            f"Expected no q for a ReducedTrunk, whose muscle stiffness already contains q, got "
            f"{q:g}; give q to reduced_trunk(), or give a Spine."
        )
    return trunk_verdict(model, **options)
