"""The stability verdict for a spine."""

from __future__ import annotations

from typing import Literal

from panjabi.errors import ParameterError
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.model import Spine
from panjabi.stability.condition import StabilityVerdict
from panjabi.stability.verdict_spine import spine_verdict


def verdict(
    model: Spine | Equilibrium,
    *,
    watch: float | None = None,
    pushes: bool | None = None,
    energy: float | None = None,
    tolerance: float | None = None,
    amplitude: float | None = None,
    margins: Literal["again", "held"] | bool | None = None,
) -> StabilityVerdict:
    """Whether a model in equilibrium is stable, how robust that is, and how well it performs.

    The state is one of `StabilityState`: stable, unstable, slow, or depends on amplitude. It
    follows from two spectra with all delays, with friction stuck and sliding, and from runs after
    pushes in six directions and in the shapes of the six least stable modes, each of size 0.5, 1
    and 2. A run ends when all joints have returned. Where small motions grow, one run shows what
    becomes of the mode that grows.

    Parameters
    ----------
    model : a `Spine`, whose equilibrium is computed first, or its `Equilibrium`.
    watch : time T [s], default 20: roots between -1/T and 1/T count as slow.
    pushes : False: small motions only, without runs.
    energy : kinetic energy of a push of size 1 [J], default 0.05.
    tolerance : distance within which a joint has returned [rad], default 0.2 deg.
    amplitude : of the sliding friction [rad], default 1 deg.
    margins : "again" (default): where strength or stiffness is lost, other commands hold the
        posture; "held": the commands stay and the posture follows; False: no margins.

    Raises
    ------
    ConvergenceError
        If the spine has no equilibrium.
    ParameterError
        For a model of another type, or a number that is not positive.

    References
    ----------
    Reeves, Narendra & Cholewicki (2007): stability, robustness and performance are reported apart.
    """
    optional = {
        "watch": watch, "pushes": pushes, "energy": energy, "tolerance": tolerance,
        "amplitude": amplitude, "margins": margins,
    }  # fmt: skip
    options = {name: value for name, value in optional.items() if value is not None}
    if not isinstance(model, (Spine, Equilibrium)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(
            f"Expected a Spine or its Equilibrium, got a {type(model).__name__}; create it with "
            "spine_model()."
        )
    return spine_verdict(model, **options)  # type: ignore[arg-type]
