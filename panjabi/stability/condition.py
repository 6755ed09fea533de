"""Is it stable? Three independent kinds of evidence, and a verdict with its reasons.

The Hessian asks whether a slow push meets resistance, the delay spectrum whether small motions die
away, a run in time whether a push of finite size is survived. The Hessian is necessary and not
sufficient: a posture that reflexes shake is unstable whatever it says. Spectrum and recovery must
agree; where they do not, or where the state lies on a kink, the verdict is "undecided" and says
why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite

Floats = NDArray[np.float64]

STAYED = 0.8
"""Latest return that counts, in shares of the run: the rest must be spent within tolerance."""

AT_KINK = 1e-9
"""Distance to a kink within which there is no one linear system [rad]."""


class StabilityState(Enum):
    STABLE = "stable"
    UNSTABLE = "unstable"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class StaticEvidence:
    """Least eigenvalues of stiffness matrices [N m/rad]."""

    least: (
        float  # relaxed: units at rest for long, muscles and, at infinitely slow motion, reflexes
    )
    without_reflexes: float  # relaxed Hessian of the potential
    instantaneous: float  # with the branches of the units, without reflexes


@dataclass(frozen=True)
class SpectralEvidence:
    """Rightmost root of the linear system with its delays."""

    rightmost: complex  # [1/s]
    residual: float
    complete: bool  # whether counting found no other root further right
    delay_margin: (
        float  # how much later every reflex may come [s]; inf: ever so late; nan: unstable
    )
    one_sided: tuple[complex, complex] | None = None  # rightmost roots of both sides, at a kink


@dataclass(frozen=True)
class RecoveryEvidence:
    """A push and what became of it."""

    push: str  # in words
    peak: float  # largest distance from rest [rad]
    tolerance: float  # what counts as back [rad]
    time: float | None  # after the push until it stays within tolerance [s]; None: it does not
    watched: float  # length of the run after the push [s]


@dataclass(frozen=True)
class SubsystemMargin(Result):
    """How much of one subsystem can be lost before the posture is; the others do not answer."""

    subsystem: str  # passive, active or neural
    what: str
    value: float  # in `unit`; inf: all of it
    unit: str  # "s", or "1" for a fraction
    share: float  # of what there is, to compare margins [1]; inf: all of it can go
    how: str  # what was computed

    @property
    def size(self) -> str:
        """The value in words."""
        if math.isinf(self.value):
            return "no limit" if self.unit == "s" else "all of it"
        return f"{self.value:.3g} s" if self.unit == "s" else f"{100.0 * self.value:.3g} %"


@dataclass(frozen=True, repr=False)
class StabilityVerdict(Result):
    """Whether a posture is stable, by how much, and on what evidence."""

    condition: StabilityState
    model: str
    static: StaticEvidence
    spectral: SpectralEvidence
    recovery: RecoveryEvidence
    kink: str  # nearest place where the model has no derivative
    kink_distance: float  # [rad]
    margins: tuple[SubsystemMargin, ...]
    reasons: tuple[str, ...]  # one sentence per piece of evidence, then what follows
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the relaxed stiffness [N m/rad]."""
        return self.static.least

    @property
    def rightmost_root(self) -> complex:
        """[1/s]"""
        return self.spectral.rightmost

    @property
    def recovery_time(self) -> float | None:
        """[s]; None: not back inside the tolerance."""
        return self.recovery.time

    @property
    def limiting(self) -> str:
        """Subsystem with the least margin; "none" where all can go, or none was computed."""
        found = [m for m in self.margins if math.isfinite(m.share)]
        return min(found, key=lambda m: m.share).subsystem if found else "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; what does not exist or is infinite is null."""
        return {
            "condition": self.condition.value,
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
        return "\n".join([*lines, f"  limiting: {self.limiting}"])


def check_positive(**values: float) -> None:
    """Raise ParameterError for the first setting of a verdict that is not positive and finite."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ParameterError(
                f"{name} is {value!r}; a positive finite number is possible. Leave it out for the "
                "usual one."
            )


def recovery_time(after: Floats, away: Floats, tolerance: float) -> float | None:
    """Time after the push from which on a run stays within tolerance [s]; None: too late or never.

    It must stay for a fifth of what was watched: the last sample inside proves nothing.

    after : times from the end of the push on, before it negative [s]; away : distance [rad].
    """
    out = np.flatnonzero(away > tolerance)
    if not out.size:
        return 0.0
    if out[-1] + 1 >= len(after) or after[out[-1] + 1] > STAYED * after[-1]:
        return None
    return max(0.0, float(after[out[-1] + 1]))


def assess(
    static: StaticEvidence,
    spectral: SpectralEvidence,
    recovery: RecoveryEvidence,
    *,
    kink_distance: float = math.inf,
    kink: str = "none",
) -> tuple[StabilityState, tuple[str, ...]]:
    """The condition that three pieces of evidence give together, and why.

    Raises
    ------
    ParameterError
        For numbers that are not.
    """
    root = spectral.rightmost
    if not (math.isfinite(static.least) and math.isfinite(root.real)):
        raise ParameterError(
            f"a least stiffness of {static.least!r} and a root at {root!r} were given; finite "
            "numbers are possible. Look at what computed them."
        )
    reasons = [_of_statics(static), _of_spectrum(spectral), _of_recovery(recovery)]
    if kink_distance <= AT_KINK:
        reason = "the posture lies on a kink"
        if spectral.one_sided is not None:
            sides = " and ".join(f"{s.real:+.3g}" for s in spectral.one_sided)
            reason += f", where the rightmost roots of the two sides are at {sides} 1/s"
        reasons.append(f"undecided: {reason} ({kink}), and no linear system speaks for both sides")
        return StabilityState.UNDECIDED, tuple(reasons)
    held, dies, back = static.least > 0.0, root.real < 0.0, recovery.time is not None
    if dies and back and held:
        return StabilityState.STABLE, tuple(reasons)
    if not dies and not back:
        return StabilityState.UNSTABLE, tuple(reasons)
    if dies and not held:
        why = "roots say that motions die away while a slow push meets no resistance"
    elif dies:
        why = (
            "small motions die away, but this push was not survived within the run: it left the "
            "basin, or the run is too short for so slow a root"
        )
    else:
        why = (
            f"the push was survived for {recovery.watched:.3g} s, but a root grows with a time of "
            f"{1.0 / root.real if root.real else math.inf:.3g} s: slower than the run can show, or "
            "held within the tolerance"
        )
    reasons.append(f"undecided: {why}")
    return StabilityState.UNDECIDED, tuple(reasons)


def _of_statics(e: StaticEvidence) -> str:
    end = (
        ""
        if e.without_reflexes > 0.0
        else ", and reflexes alone make up for a potential without a minimum"
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
    margin = f"reflexes may come {1e3 * e.delay_margin:.3g} ms later"
    if math.isinf(e.delay_margin):
        margin = "no delay that was looked at destabilises"
    elif math.isnan(e.delay_margin):
        margin = "no margin of delay"
    return f"spectrum: rightmost root {s.real:.3g}{s.imag:+.3g}i 1/s ({count}); {margin}"


def _of_recovery(e: RecoveryEvidence) -> str:
    peak = f"{math.degrees(e.peak):.2g} deg"
    back = (
        f"back within {math.degrees(e.tolerance):.2g} deg after {e.time:.3g} s"
        if e.time is not None
        else f"not back within {math.degrees(e.tolerance):.2g} deg in {e.watched:.3g} s"
    )
    return f"recovery: {e.push} takes it {peak} away, {back}"
