"""The stability verdict for a whole spine with several hundred states and delayed reflexes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.condensed_spectrum import Condensed
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium, passive_tangent
from panjabi.spine.linear_system import condensed_system
from panjabi.spine.model import Spine
from panjabi.spine.short_range import Bergmark, bergmark, parameters_of
from panjabi.stability.condition import (
    RecoveryEvidence,
    SpectralEvidence,
    StabilityVerdict,
    StaticEvidence,
    SubsystemMargin,
    assess_evidence,
    check_positive,
    recovery_time,
)

Floats = NDArray[np.float64]

PUSH = 30.0  # force of the push on T8, half a sine of 0.1 s [N]
LATEST = 0.2  # largest additional delay of the search [s]
FINE = 1e-3  # width at which the bisection for the delay margin ends [s]


def spine_verdict(
    model: Spine | Equilibrium,
    *,
    push: float = PUSH,
    tolerance: float = math.radians(0.2),
    watched: float = 3.0,
    q: float = 10.0,
) -> StabilityVerdict:
    """Whether a spine model in equilibrium is stable, from three types of evidence.

    Parameters
    ----------
    model : a spine, whose equilibrium is computed first, or its `Equilibrium`.
    push : forward force on T8 [N].
    tolerance : largest remaining deviation of every joint [rad].
    watched : time simulated after the push [s].
    q : factor of the short-range stiffness k = q F/L in the instantaneous Hessian [1].

    Raises
    ------
    ConvergenceError
        If the model has no equilibrium.
    ParameterError
        For a push, tolerance or time that is not positive.
    """
    from panjabi.simulation.spine_run import simulate
    from panjabi.spine.perturbation import ForcePulse

    check_positive(push=push, tolerance=tolerance, watched=watched)
    rest = model if isinstance(model, Equilibrium) else equilibrium(model)
    spine = rest.model
    law = bergmark(q)
    passive, weight, active, quick = _stiffness(rest, law)
    small = condensed_system(rest)
    total = static_stiffness(spine, jacobian(spine, rest.state, friction="stuck"))
    relaxed = passive + weight + active
    slow = float(np.linalg.eigvals(total).real.min())  # reflexes make it unsymmetric
    static = StaticEvidence(slow, _least(relaxed), _least(quick))
    roots = small.spectrum()
    later = _later(small) if roots.stable and spine.loop_count else math.nan
    if roots.stable and not spine.loop_count:
        later = math.inf
    spectral = SpectralEvidence(roots.rightmost, float(roots.residual[0]), roots.complete, later)
    start, length = 0.05, 0.1
    run = simulate(
        rest, ForcePulse(force=push, start=start, length=length),
        duration=start + length + watched,
    )  # fmt: skip
    away = np.abs(run.trajectory.state[:, : len(spine.free)] - rest.q).max(axis=1)
    after = run.time - start - length
    time = None if run.stopped else recovery_time(after, away, tolerance)
    recovery = RecoveryEvidence(
        f"a push of {push:g} N on T8 for {length:g} s", float(away.max()), tolerance, time, watched
    )
    kink, distance = _slack(rest)
    condition, reasons = assess_evidence(
        static, spectral, recovery, kink_distance=distance, kink=kink
    )
    margins = ()
    if static.least > 0.0:
        margins = (
            _loss("passive", "stiffness of the units that can be lost", passive, total),
            _loss("active", "stiffness of the muscles that can be lost", active, total),
        )
    if not math.isnan(later):
        longest = max(spine.delays, default=0.0)
        fraction = later / longest if longest else math.inf
        how = "by bisection" if math.isfinite(later) else f"searched up to {LATEST:g} s"
        margins += (
            SubsystemMargin(
                "neural", "additional delay of all reflexes", later, "s", fraction, how
            ),
        )
    return StabilityVerdict(
        condition, f"spine of {len(spine.joints)} joints", static, spectral, recovery, kink,
        distance, margins, reasons, {**dict(spine.parameters), **parameters_of(law)},
        (rest, run),
    )  # fmt: skip


def _least(K: Floats) -> float:
    return float(np.linalg.eigvalsh(0.5 * (K + K.T))[0])


def _stiffness(rest: Equilibrium, law: Bergmark) -> tuple[Floats, Floats, Floats, Floats]:
    """Stiffness of relaxed units, of weight, of muscles at constant activation; and the sum.

    The sum is the instantaneous stiffness: units with branches, short-range muscle stiffness.
    """
    model, q = rest.model, rest.q
    still = np.zeros(len(model.free))
    weight = model.dynamics.linearised(q, still, still).by_q
    compression = rest.state[model.slices["compression"]]
    passive = passive_tangent(model, q, compression) - weight
    fast = passive.copy()
    for joint, inputs in zip(model.joints, model.joint_inputs(compression), strict=True):
        x, _ = model.seen_by(joint, q, still)
        place = model.place_of(joint.coordinates)
        free = np.flatnonzero(place >= 0)
        added = np.diag(joint.law(x, inputs).factor * joint.unit.springs.sum(axis=1))
        fast[np.ix_(place[free], place[free])] += added[np.ix_(free, free)]
    if model.muscles is None:
        return passive, weight, np.zeros_like(passive), fast + weight
    muscles = model.muscles.muscles
    pose = muscles.pose(q)
    geometry = muscles.geometry(pose)
    resting = model.muscles.units.at_rest(model.excitation, geometry.length)
    bent = muscles.tension_curvature(pose, resting.force)
    slow = bent + geometry.slope.T @ (resting.stiffness[:, None] * geometry.slope)
    springs = law.q.si * resting.force / geometry.length
    quick = bent + geometry.slope.T @ (springs[:, None] * geometry.slope)
    return passive, weight, slow, fast + weight + quick


def _loss(subsystem: str, what: str, part: Floats, total: Floats) -> SubsystemMargin:
    """Fraction of one part at whose loss the stiffness becomes singular, at constant forces.

    It is 1/z for the largest real z with part v = z total v.
    """
    from scipy.linalg import eigvals

    z = eigvals(part, total)
    most = float(z.real[np.abs(z.imag) <= 1e-9 * np.abs(z)].max(initial=0.0))
    loss = 1.0 / most if most > 1.0 else math.inf
    return SubsystemMargin(
        subsystem, what, loss, "1", loss, "Hessian with reflexes, muscle forces unchanged"
    )


def _later(small: Condensed) -> float:
    """Additional delay at which a root reaches the imaginary axis [s]; inf: none up to `LATEST`."""
    low, high = 0.0, None
    for extra in (0.02, 0.05, 0.1, LATEST):
        if not small.delayed_by(extra).rightmost().stable:
            high = extra
            break
        low = extra
    if high is None:
        return math.inf
    while high - low > FINE:
        middle = 0.5 * (low + high)
        if small.delayed_by(middle).rightmost().stable:
            low = middle
        else:
            high = middle
    return low


def _slack(rest: Equilibrium) -> tuple[str, float]:
    """The muscle that becomes slack first, and the rotation of one joint that causes it [rad]."""
    model = rest.model
    if model.muscles is None:
        return "none", math.inf
    muscles = model.muscles.muscles
    geometry = muscles.geometry(rest.q)
    resting = model.muscles.units.at_rest(model.excitation, geometry.length)
    steepest = resting.stiffness * np.abs(geometry.slope).max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(steepest > 0.0, resting.force / steepest, np.inf)
    k = int(np.argmin(away))
    return f"{muscles.names[k]} becomes slack", float(away[k])
