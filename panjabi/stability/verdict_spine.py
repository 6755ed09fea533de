"""The stability verdict for a spine: spectra, pushes, margins."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.condensed_spectrum import Condensed, CondensedSpectrum
from panjabi.delay.roots.system import Complexes, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import condensed_system, linear_system
from panjabi.spine.model import Spine
from panjabi.spine.tangents import tangent
from panjabi.stability.condition import (
    WATCH,
    NearestKink,
    PushEvidence,
    RootMode,
    SmallMotions,
    SpectralEvidence,
    StabilityVerdict,
    StaticEvidence,
    assess_evidence,
    check_positive,
)
from panjabi.stability.margins import followed_roots, stability_margins
from panjabi.stability.modes import ModeNames, mode_names, root_mode
from panjabi.stability.pushes import (
    PUSH_ENERGY,
    SIZES,
    TOLERANCE,
    direction_pushes,
    mode_pushes,
    prepared_runs,
    pushed,
)

Floats = NDArray[np.float64]

AMPLITUDE = math.radians(1.0)
"""Default amplitude of the sliding spectrum, that of an ordinary push [rad]."""

SATURATED = 10.0
"""Length of the run of a mode that grows, in e-folds: it then no longer grows [1]."""

NO_FORCE = 1.0 - 1e-9
"""Loss of strength of a slack muscle; a force of zero cannot be normalised [1]."""


def verdict(
    model: Spine | Equilibrium,
    *,
    watch: float = WATCH,
    pushes: bool = True,
    energy: float = PUSH_ENERGY.value,
    tolerance: float = TOLERANCE,
    amplitude: float = AMPLITUDE,
    margins: Literal["again", "held"] | bool = True,
) -> StabilityVerdict:
    """Whether a model in equilibrium is stable, how robust that is, and how well it performs.

    The state is one of `StabilityState`: stable, unstable, slow, or depends on amplitude. It
    follows from two spectra with all delays, with friction stuck and sliding, and from runs after
    pushes in six directions and in the shapes of the six least stable modes, each of size 0.5, 1
    and 2. A run ends when all joints have returned, else after the watch time. Where small motions
    grow, one run of at most ten e-folds shows what becomes of the mode that grows.

    Parameters
    ----------
    model : a `Spine`, whose equilibrium is computed first, or its `Equilibrium`.
    watch : time T [s], default 20: roots between -1/T and 1/T count as slow.
    pushes : False: small motions only, without runs.
    energy : kinetic energy of a push of size 1 [J], default 0.05.
    tolerance : distance within which a joint has returned, and motion at rest [rad], default
        0.2 deg.
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
    if not isinstance(model, (Spine, Equilibrium)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(
            f"Expected a Spine or its Equilibrium, got a {type(model).__name__}; create it with "
            "spine_model()."
        )
    check_positive(watch=watch, energy=energy, tolerance=tolerance, amplitude=amplitude)
    if margins not in (True, False, "again", "held"):
        raise ParameterError(
            f"Expected margins as True, False, 'again' or 'held', got {margins!r}; leave it out."
        )
    rest = model if isinstance(model, Equilibrium) else equilibrium(model)
    spine = rest.model
    small, sliding = condensed_system(rest), None
    if any(np.any(joint.unit.hysteresis.springs[:, len(joint.unit.hysteresis.times) :])
           for joint in spine.joints):  # fmt: skip
        sliding = Condensed(linear_system(rest, friction=amplitude), small.border.tolist())
    stuck, spectra, mode = _spectra(small, sliding, amplitude, mode_names(spine), watch)
    static = _stiffness(rest)
    ends = _pushes(rest, small, stuck, spectra, watch, energy, tolerance) if pushes else ()
    condition, reasons = assess_evidence(spectra, ends, watch=watch, mode=mode)
    held = _held(rest, static, stuck.rightmost)
    if held is not None:
        what = "short-range stiffness" if spine.slices["short_range"].stop > spine.slices[
            "short_range"
        ].start else "stiffness that relaxes"  # fmt: skip
        reasons = (*reasons, f"held by {what} for about {held:.2g} s")
    found = ()
    if margins and stuck.stable:
        way = "again" if margins is True else margins
        found = stability_margins(rest, small, stuck.roots, way)
    return StabilityVerdict(
        condition, watch, spectra, mode, reasons, f"spine of {len(spine.joints)} joints", static,
        held, ends, tolerance, nearest_kink(rest, stuck.roots), found,
        {**dict(spine.parameters), "push_energy": PUSH_ENERGY}, (rest,), spine.subject,
    )  # fmt: skip


def small_motions(
    system: LinearDelaySystem, names: ModeNames, *, watch: float = WATCH
) -> SmallMotions:
    """Whether small motions of a linear system with delays decay, and the mode that decides.

    names : level and axis of its coordinates, and the loops of its delayed states.

    Raises
    ------
    ParameterError
        For a watch time that is not positive.
    """
    check_positive(watch=watch)
    _, spectra, mode = _spectra(Condensed(system), None, 0.0, names, watch)
    condition, reasons = assess_evidence(spectra, watch=watch, mode=mode)
    return SmallMotions(condition, watch, spectra, mode, reasons)


def _spectra(
    small: Condensed,
    sliding: Condensed | None,
    amplitude: float,
    names: ModeNames,
    watch: float,
) -> tuple[CondensedSpectrum, tuple[SpectralEvidence, ...], RootMode]:
    """The stuck spectrum, both as evidence, and the mode of the stuck rightmost root."""
    stuck = _certified(small, watch)
    spectra = [_evidence("stuck", None, stuck)]
    if sliding is not None:
        spectra.append(_evidence("sliding", amplitude, _certified(sliding, watch)))
    return stuck, tuple(spectra), root_mode(small.system, stuck.rightmost, names)


def _certified(small: Condensed, watch: float) -> CondensedSpectrum:
    """The rightmost roots, with a count right of 1/T where one grows, else right of -1/T."""
    found = small.rightmost()
    side = 1.0 if found.rightmost.real > 1.0 / watch else -1.0
    return small.spectrum(side / watch, found)


def _evidence(friction: str, amplitude: float | None, found: CondensedSpectrum) -> SpectralEvidence:
    return SpectralEvidence(
        friction, amplitude, found.rightmost, float(found.residual[0]), found.counted, found.found
    )


def _pushes(
    rest: Equilibrium,
    small: Condensed,
    stuck: CondensedSpectrum,
    spectra: tuple[SpectralEvidence, ...],
    watch: float,
    energy: float,
    tolerance: float,
) -> tuple[PushEvidence, ...]:
    """All pushes where small motions do not grow, else one in the shape of the mode that grows."""
    directions = direction_pushes(rest, energy)
    grows = any(spectrum.grows(watch) for spectrum in spectra)
    roots = stuck.roots[:1] if grows else stuck.roots
    shapes = mode_pushes(rest, small.system, roots, energy, () if grows else directions)
    if grows:
        fastest = max(abs(spectrum.rightmost.real) for spectrum in spectra)
        runs = prepared_runs(rest, min(watch, SATURATED / fastest), tolerance, stuck.rightmost)
        return pushed(runs, [(shapes[0], 1.0)])
    runs = prepared_runs(rest, watch, tolerance)
    every = [*directions, *shapes]
    return pushed(runs, [(push, size) for push in every for size in SIZES])


def _stiffness(rest: Equilibrium) -> StaticEvidence:
    spine = rest.model
    whole = static_stiffness(spine, jacobian(spine, rest.state, friction="stuck"))
    slow, fast = (tangent(spine, rest.state, which=which) for which in ("slow", "fast"))
    return StaticEvidence(*(float(np.linalg.eigvals(K).real.min()) for K in (whole, slow, fast)))


def _held(rest: Equilibrium, static: StaticEvidence, root: complex) -> float | None:
    """Time for which stiffness that relaxes holds the spine [s]; None: it does not, or need not.

    Without relaxation the posture is a minimum, and with it a motion without oscillation grows: the
    time in which it grows e-fold, from the same equations.
    """
    if static.fast > 0.0 and root.real > 0.0 and static.least <= 0.0:
        return 1.0 / root.real
    return None


def nearest_kink(rest: Equilibrium, roots: Complexes) -> NearestKink:
    """The muscle that becomes slack first, and what the spectrum is with and without it.

    Beyond the kink the muscle has no force: the posture follows with the other commands held.

    roots : of the stuck spectrum, from the right; those without the muscle are followed from them.
    """
    spine = rest.model
    if spine.muscles is None:
        return NearestKink("none", math.inf)
    muscles = spine.muscles.muscles
    geometry = muscles.geometry(rest.q)
    resting = spine.muscles.units.at_rest(spine.excitation, geometry.length)
    steepest = resting.stiffness * np.abs(geometry.slope).max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(steepest > 0.0, resting.force / steepest, np.inf)
    k = int(np.argmin(away))
    name, here = muscles.names[k], complex(roots[0])
    without = with_deficits(spine, Deficits(strength_loss={name: NO_FORCE}))
    try:
        other = equilibrium(without, solve="posture", q=rest.q, extrapolate=True)
        beyond = complex(followed_roots(condensed_system(other), roots)[0])
    except ConvergenceError:
        beyond = None
    return NearestKink(f"{name} becomes slack", float(away[k]), here, beyond)
