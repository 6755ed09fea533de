"""One verdict for every model: a whole spine, or the trunk on one joint."""

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
    """Whether a model in equilibrium is stable, on three kinds of evidence, with its margins.

    The evidence is static (stiffness), spectral (rightmost root with all delays) and a run after a
    push. Where they disagree the verdict is undecided and says why.

    Parameters
    ----------
    model : a `Spine`, whose equilibrium is computed first; its `Equilibrium`; or a `ReducedTrunk`.
    push : of 0.1 s, half a sine. Spine: forward on T8, 30 N. Trunk: moment, 5 N m.
    tolerance : how near every angle must come back. Spine: 0.2 deg, trunk: 0.1 deg [rad].
    watched : time after the push. Spine: 3 s, trunk: 5 s [s].
    q : spine only: of the short-range stiffness k = q F/L in the instantaneous Hessian, 10 [1].

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
    if not isinstance(model, ReducedTrunk):
        raise ParameterError(
            f"Expected a Spine, its Equilibrium or a ReducedTrunk, got a {type(model).__name__}; "
            "make one with spine_model() or reduced_trunk()."
        )
    if q is not None:
        raise ParameterError(
            f"Expected no q for a ReducedTrunk, whose muscles bring their own, got {q:g}; change "
            "the trunk with changed(), or give a Spine."
        )
    return trunk_verdict(model, **options)
