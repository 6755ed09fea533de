"""The stability verdict: three independent types of evidence, and the reasons.

The Hessian shows whether a slow push meets resistance, the delay spectrum whether small motions
decay, and a simulation whether the posture recovers from a push of finite size. A positive Hessian
is necessary but not sufficient: delayed reflexes can make a posture oscillate and so unstable.
Spectrum and recovery must agree. Where they do not, or where the state lies on a kink, the verdict
is "undecided" and gives the reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import LeavesEvidence, outside_of, printed
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite

Floats = NDArray[np.float64]

STAYED = 0.8
"""Latest return that counts, as a fraction of the run; the remainder must be within tolerance."""

AT_KINK = 1e-9
"""Distance to a kink below which no single linear system describes the posture [rad]."""


class StabilityState(Enum):
    """State of a posture; undecided if the evidence disagrees or the posture lies on a kink."""

    STABLE = "stable"
    UNSTABLE = "unstable"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class StaticEvidence:
    """Least eigenvalues of stiffness matrices [N m/rad]."""

    least: float  # relaxed (long-time) units, muscles, and reflexes at infinitely slow motion
    without_reflexes: float  # relaxed Hessian of the potential
    instantaneous: float  # with the branches of the units, without reflexes


@dataclass(frozen=True)
class SpectralEvidence:
    """Rightmost root of the linear system with its delays."""

    rightmost: complex  # [1/s]
    residual: float
    complete: bool  # whether a count of the roots confirms that none lies further right
    delay_margin: float  # additional delay of all reflexes allowed [s]; inf: any; nan: unstable
    one_sided: tuple[complex, complex] | None = None  # rightmost root on each side of a kink


@dataclass(frozen=True)
class RecoveryEvidence:
    """The response to a push of finite size."""

    push: str  # description
    peak: float  # largest distance from equilibrium [rad]
    tolerance: float  # distance that counts as recovered [rad]
    time: float | None  # from the push until the motion stays within tolerance [s]; None: never
    watched: float  # length of the simulation after the push [s]


@dataclass(frozen=True)
class SubsystemMargin(Result):
    """How much of one subsystem can be lost before stability is; the others do not compensate."""

    subsystem: str  # passive, active or neural
    what: str  # the quantity that is lost or added
    value: float  # in `unit`; inf: no limit
    unit: str  # "s", or "1" for a fraction
    share: float  # value as a fraction of the present amount, to compare margins [1]; inf: no limit
    how: str  # method

    @property
    def size(self) -> str:
        """The value with its unit, as text."""
        if math.isinf(self.value):
            return "no limit" if self.unit == "s" else "all of it"
        return f"{self.value:.3g} s" if self.unit == "s" else f"{100.0 * self.value:.3g} %"


@dataclass(frozen=True, repr=False)
class StabilityVerdict(Result):
    """Whether a posture is stable, with its margins and the evidence."""

    condition: StabilityState
    model: str
    static: StaticEvidence
    spectral: SpectralEvidence
    recovery: RecoveryEvidence
    kink: str  # nearest state at which the model has no derivative
    kink_distance: float  # [rad]
    margins: tuple[SubsystemMargin, ...]
    reasons: tuple[str, ...]  # one sentence for each type of evidence, then the conclusion
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)
    parts: tuple[LeavesEvidence, ...] = field(default=(), repr=False)  # posture, run after the push
    subject: str = field(default="", repr=False)  # name of the `Subject`; "": none

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """What posture and run leave of the evidence, in words; computed when it is read."""
        return outside_of(self.parts)

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the relaxed stiffness [N m/rad]."""
        return self.static.least

    @property
    def rightmost_root(self) -> complex:
        """Rightmost root of the linear system with delays [1/s]."""
        return self.spectral.rightmost

    @property
    def recovery_time(self) -> float | None:
        """Time until the motion stays within the tolerance [s]; None: it does not."""
        return self.recovery.time

    @property
    def limiting(self) -> str:
        """Subsystem with the least margin; "none" if no margin is finite."""
        limited = [m for m in self.margins if math.isfinite(m.share)]
        return min(limited, key=lambda m: m.share).subsystem if limited else "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; missing and infinite values are null."""
        return {
            "condition": self.condition.value,
            "subject": self.subject or None,
            "least_stiffness_Nm_per_rad": self.static.least,
            "without_reflexes_Nm_per_rad": self.static.without_reflexes,
            "instantaneous_Nm_per_rad": self.static.instantaneous,
            "rightmost_root": {
                "real_per_s": self.rightmost_root.real,
                "imag_rad_per_s": self.rightmost_root.imag,
                "residual": self.spectral.residual,
                "complete": self.spectral.complete,
            },
            "delay_margin_s": finite(self.spectral.delay_margin),
            "recovery_time_s": self.recovery.time,
            "peak_rad": self.recovery.peak,
            "tolerance_rad": self.recovery.tolerance,
            "kink": self.kink,
            "kink_distance_rad": finite(self.kink_distance),
            "margins": [margin.to_dict() for margin in self.margins],
            "limiting": self.limiting,
            "reasons": list(self.reasons),
            "outside_evidence": list(self.outside_evidence),
            **sources(self).summary(),
        }

    def __str__(self) -> str:
        lines = [f"{self.model}: {self.condition.value}", *(f"  {r}" for r in self.reasons)]
        for m in self.margins:
            lines.append(f"  {m.subsystem} margin: {m.what}: {m.size} ({m.how})")
        if math.isfinite(self.kink_distance):
            lines.append(
                f"  the equations change {math.degrees(self.kink_distance):.2g} deg from the "
                f"posture (nearest kink): {self.kink}"
            )
        lines += [f"  {words}" for words in printed(self.outside_evidence)]
        return "\n".join([*lines, f"  limiting: {self.limiting}"])


def check_positive(**values: float) -> None:
    """Raise ParameterError for the first setting of a verdict that is not positive and finite."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ParameterError(
                f"Expected a positive finite number for {name}, got {value!r}; leave it out to use "
                "the default."
            )


def recovery_time(after: Floats, away: Floats, tolerance: float) -> float | None:
    """Time after the push from which a run stays within tolerance [s]; None: too late or never.

    The run must stay within tolerance for the last fifth of the time after the push: a single
    sample at the end would not be evidence of recovery.

    after : time since the end of the push, negative before [s]; away : distance [rad].
    """
    out = np.flatnonzero(away > tolerance)
    if not out.size:
        return 0.0
    if out[-1] + 1 >= len(after) or after[out[-1] + 1] > STAYED * after[-1]:
        return None
    return max(0.0, float(after[out[-1] + 1]))


def assess_evidence(
    static: StaticEvidence,
    spectral: SpectralEvidence,
    recovery: RecoveryEvidence,
    *,
    kink_distance: float = math.inf,
    kink: str = "none",
) -> tuple[StabilityState, tuple[str, ...]]:
    """The state that follows from the three types of evidence, and the reasons.

    Raises
    ------
    ParameterError
        For a stiffness or a root that is not finite.
    """
    root = spectral.rightmost
    if not (math.isfinite(static.least) and math.isfinite(root.real)):
        raise ParameterError(
            f"Expected a finite least stiffness and a finite root, got {static.least!r} N m/rad "
            f"and {root!r} 1/s; check the functions that computed them."
        )
    reasons = [_of_statics(static), _of_spectrum(spectral), _of_recovery(recovery)]
    if kink_distance <= AT_KINK:
        reason = "the posture lies on a kink"
        if spectral.one_sided is not None:
            sides = " and ".join(f"{s.real:+.3g}" for s in spectral.one_sided)
            reason += f", where the rightmost roots of the two sides are at {sides} 1/s"
        reasons.append(
            f"undecided: {reason} ({kink}), and no single linear system describes both sides"
        )
        return StabilityState.UNDECIDED, tuple(reasons)
    resists, decays, recovers = static.least > 0.0, root.real < 0.0, recovery.time is not None
    if decays and recovers and resists:
        return StabilityState.STABLE, tuple(reasons)
    if not decays and not recovers:
        return StabilityState.UNSTABLE, tuple(reasons)
    if decays and not resists:
        why = "the roots show that motions decay, but a slow push meets no resistance"
    elif decays:
        why = (
            "small motions decay, but the model did not recover from this push within the run: it "
            "left the basin of attraction, or the run is too short for this slow root"
        )
    else:
        why = (
            f"the model stayed near the posture for {recovery.watched:.3g} s after the push, but a "
            "root grows with a time constant of "
            f"{1.0 / root.real if root.real else math.inf:.3g} s: the growth is too slow for this "
            "run, or its amplitude stays within the tolerance"
        )
    reasons.append(f"undecided: {why}")
    return StabilityState.UNDECIDED, tuple(reasons)


def _of_statics(e: StaticEvidence) -> str:
    end = (
        ""
        if e.without_reflexes > 0.0
        else ", and only the reflexes compensate for a potential without a minimum"
    )
    if e.least <= 0.0:
        end = ": a slow push meets no resistance"
    return (
        f"Hessian: least relaxed stiffness {e.least:.3g} N m/rad with reflexes, "
        f"{e.without_reflexes:.3g} without (instantaneous {e.instantaneous:.3g}){end}"
    )


def _of_spectrum(e: SpectralEvidence) -> str:
    s = e.rightmost
    count = "none further right by the argument principle" if e.complete else "not counted"
    margin = f"additional reflex delay up to {1e3 * e.delay_margin:.3g} ms is tolerated"
    if math.isinf(e.delay_margin):
        margin = "no delay in the range searched destabilises"
    elif math.isnan(e.delay_margin):
        margin = "no delay margin"
    return f"spectrum: rightmost root {s.real:.3g}{s.imag:+.3g}i 1/s ({count}); {margin}"


def _of_recovery(e: RecoveryEvidence) -> str:
    peak = f"{math.degrees(e.peak):.2g} deg"
    back = (
        f"back within {math.degrees(e.tolerance):.2g} deg after {e.time:.3g} s"
        if e.time is not None
        else f"not back within {math.degrees(e.tolerance):.2g} deg in {e.watched:.3g} s"
    )
    return f"recovery: {e.push} causes a peak deviation of {peak}, {back}"
