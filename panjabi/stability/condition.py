"""The stability verdict: what the spectra and the pushes say, and the state that follows.

A spectrum with delays shows whether small motions decay within the watch time T. It is computed
twice, with the friction of the units stuck and sliding. Pushes of several directions and sizes show
whether the spine returns from motions of finite size.

| state | spectra | pushes |
|---|---|---|
| stable | all roots left of -1/T | every joint stays in its range of evidence, motion ends |
| unstable | roots right of 1/T, stuck and sliding | |
| slow | no root right of 1/T, some right of -1/T | no joint leaves its range of evidence |
| depends on amplitude | unstable only stuck or only sliding | or one ends in another way |

Motion ends where the spine returns, and where friction holds it beside the posture. How far beside
is a matter of performance, not of stability. The range of evidence of a joint ends with the tested
moments, and with the angle or compression of failure; a compression beyond the tests is listed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import LeavesEvidence, outside_of, printed
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite

Floats = NDArray[np.float64]

WATCH = 20.0
"""Default watch time T [s]."""

Ending = Literal[
    "returns",
    "rests beside",
    "still returns",
    "keeps moving",
    "leaves the evidence",
    "fails",
    "loses balance",
]
SETTLED = "returns", "rests beside", "still returns"
"""Ends of a push after which a spine is at rest, or comes nearer as fast as a stable root asks."""


class StabilityState(Enum):
    """State of a posture."""

    STABLE = "stable"
    UNSTABLE = "unstable"
    SLOW = "slow"
    DEPENDS_ON_AMPLITUDE = "depends on amplitude"


@dataclass(frozen=True, repr=False)
class FeedingLoop(Result):
    """A loop and how far it moves the root per relative change of its gain."""

    name: str
    by_gain: complex  # d root / d ln(gain) [1/s]; a positive real part feeds the mode

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {"name": self.name, "real_per_s": self.by_gain.real, "imag_per_s": self.by_gain.imag}


@dataclass(frozen=True, repr=False)
class RootMode(Result):
    """A root of the stuck spectrum, its motion, and the loops that feed it."""

    root: complex  # [1/s]
    level: str  # joint, or coordinate, that turns most
    axis: str  # axis of the joints that turns most; "" for a coordinate of no joint
    shape: Mapping[str, complex]  # coordinate -> size and phase, the largest is 1
    loops: tuple[FeedingLoop, ...]  # from the one that feeds most

    @property
    def frequency(self) -> float:
        """[Hz]; 0 for a root without oscillation."""
        return abs(self.root.imag) / (2.0 * math.pi)

    @property
    def time(self) -> float:
        """Time in which it grows or decays e-fold [s]."""
        return 1.0 / abs(self.root.real) if self.root.real else math.inf

    @property
    def fed_by(self) -> str | None:
        """The loop whose gain moves the root furthest to the right; None: no loop does."""
        if self.loops and self.loops[0].by_gain.real > 0.0:
            return self.loops[0].name
        return None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "level": self.level,
            "axis": self.axis,
            "frequency_Hz": self.frequency,
            "real_per_s": self.root.real,
            "imag_rad_per_s": self.root.imag,
            "fed_by": self.fed_by,
            "loops": [loop.to_dict() for loop in self.loops],
            "shape": {name: abs(value) for name, value in self.shape.items()},
        }

    def __str__(self) -> str:
        where = f"{self.level} {self.axis}".strip()
        moves = f"oscillates at {self.frequency:.3g} Hz" if self.root.imag else "creeps"
        return f"mode {where}: {moves}, {self.time:.3g} s e-fold"


@dataclass(frozen=True, repr=False)
class SpectralEvidence(Result):
    """Rightmost root of the linear system with its delays, and a count of those right of a line.

    The line is 1/T where a root lies right of it, else -1/T.
    """

    friction: str  # "stuck" or "sliding"
    amplitude: float | None  # of the sliding friction [rad]; None: stuck
    rightmost: complex  # [1/s]
    residual: float
    counted: int | None  # roots right of the line by the argument principle; None: not counted
    found: int  # roots that were found there

    @property
    def complete(self) -> bool:
        """Whether the count confirms the roots that were found."""
        return self.counted == self.found

    def decays(self, watch: float) -> bool:
        """Whether all roots lie left of -1/T."""
        return self.rightmost.real < -1.0 / watch

    def grows(self, watch: float) -> bool:
        """Whether a root lies right of 1/T."""
        return self.rightmost.real > 1.0 / watch

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "friction": self.friction,
            "amplitude_rad": self.amplitude,
            "real_per_s": self.rightmost.real,
            "imag_rad_per_s": self.rightmost.imag,
            "residual": self.residual,
            "complete": self.complete,
        }

    def __str__(self) -> str:
        s = self.rightmost
        known = "certified by a count" if self.complete else "not certified"
        size = "" if self.amplitude is None else f" at {math.degrees(self.amplitude):.2g} deg"
        root = f"rightmost root {s.real:.3g}{s.imag:+.3g}i 1/s"
        return f"friction {self.friction}{size}: {root}, {known}"


@dataclass(frozen=True, repr=False)
class StaticEvidence(Result):
    """Least eigenvalues of stiffness matrices [N m/rad]."""

    least: float  # all states settled, with reflexes
    slow: float  # the same without reflexes
    fast: float  # without reflexes; branches, friction and short-range force have not relaxed

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {f"{k}_Nm_per_rad": getattr(self, k) for k in ("least", "slow", "fast")}


@dataclass(frozen=True, repr=False)
class PushEvidence(Result):
    """What a push does within the watch time."""

    name: str  # direction, or "mode 1 (T12-L1 lateral bending)"
    size: float  # factor on the impulse of a push of size 1
    impulse: float  # [N s], at `body`; nan for the shape of a mode
    body: str  # that is pushed; "" for a mode
    peak: float  # largest distance of a coordinate from equilibrium [rad]
    end: Ending
    time: float | None  # after which it stays within the tolerance [s]; None: it does not
    detail: str = ""  # when it fails, or how it moves at the end
    left: str = ""  # the first joint that leaves its range of evidence
    beside: float = math.nan  # largest distance of a coordinate at the end [rad]
    pressed: str = ""  # largest compression beyond the tests, which does not decide

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "push": self.name, "size": self.size, "impulse_Ns": finite(self.impulse),
            "body": self.body, "peak_rad": self.peak, "end": self.end, "recovery_s": self.time,
            "detail": self.detail, "left": self.left, "beside_rad": finite(self.beside),
            "pressed": self.pressed,
        }  # fmt: skip

    def __str__(self) -> str:
        peak = f"{math.degrees(self.peak):.2g} deg"
        back = f" after {self.time:.2g} s" if self.time is not None else ""
        words = "; ".join(text for text in (self.detail, self.left) if text)
        more = f" ({words})" if words else ""
        return f"push {self.name}, size {self.size:g}: {peak}, {self.end}{back}{more}"


@dataclass(frozen=True, repr=False)
class NearestKink(Result):
    """The nearest state at which the equations change, and the spectrum on both of its sides."""

    what: str  # what happens there
    distance: float  # rotation of one joint from the posture [rad]; inf: there is no kink
    here: complex | None = None  # rightmost root on the side of the posture, friction stuck [1/s]
    beyond: complex | None = None  # on the other side [1/s]; None: it has no equilibrium nearby

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        sides = {"here": self.here, "beyond": self.beyond}
        return {
            "what": self.what,
            "distance_rad": finite(self.distance),
            **{
                f"rightmost_{name}": None if s is None else [s.real, s.imag]
                for name, s in sides.items()
            },
        }

    def __str__(self) -> str:
        sides = ", ".join(
            f"{s.real:.3g}{s.imag:+.3g}i 1/s {name}"
            for name, s in (("on this side", self.here), ("beyond", self.beyond))
            if s is not None
        )
        return (
            f"the equations change {math.degrees(self.distance):.2g} deg from the posture (nearest "
            f"kink): {self.what}; rightmost root {sides}"
        )


@dataclass(frozen=True, repr=False)
class SubsystemMargin(Result):
    """The least change of one subsystem that ends stability; the others stay as they are."""

    subsystem: str  # passive, active or neural
    what: str  # the quantity that is lost or added
    value: float  # in `unit`; inf: no limit in the range searched
    unit: str  # "s", or "1" for a fraction
    share: float  # value as a fraction of the present amount, to compare margins [1]; inf: no limit
    how: str  # what ends stability, and how the equilibrium follows
    frequency: float | None = None  # of the root on the axis [Hz]; None: no root, or no limit

    @property
    def size(self) -> str:
        """The value with its unit, as text."""
        if math.isinf(self.value):
            return "no limit"
        return f"{self.value:.3g} s" if self.unit == "s" else f"{100.0 * self.value:.3g} %"

    def __str__(self) -> str:
        return f"{self.subsystem} margin: {self.what}: {self.size} ({self.how})"


@dataclass(frozen=True, repr=False)
class SmallMotions(Result):
    """Whether small motions about an equilibrium decay within the watch time."""

    condition: StabilityState
    watch: float  # T [s]
    spectra: tuple[SpectralEvidence, ...]  # stuck, then sliding where units have friction
    mode: RootMode  # of the rightmost root with friction stuck
    reasons: tuple[str, ...]

    @property
    def rightmost_root(self) -> complex:
        """Rightmost root with friction stuck [1/s]."""
        return self.spectra[0].rightmost

    @property
    def growth_time(self) -> float | None:
        """Time in which small motions grow e-fold [s]; None: they do not grow."""
        return 1.0 / self.rightmost_root.real if self.rightmost_root.real > 0.0 else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "condition": self.condition.value,
            "watch_s": self.watch,
            "growth_time_s": self.growth_time,
            "mode": self.mode.to_dict(),
            "spectra": [spectrum.to_dict() for spectrum in self.spectra],
            "reasons": list(self.reasons),
        }

    def __str__(self) -> str:
        lines = [self.condition.value, *self.reasons, *map(str, self.spectra)]
        return "\n  ".join(lines)


@dataclass(frozen=True, repr=False)
class StabilityVerdict(SmallMotions):
    """Whether a posture is stable; how robust that is; and how well it performs."""

    model: str
    static: StaticEvidence
    held: float | None  # time for which stiffness that relaxes holds it [s]; None: not needed
    pushes: tuple[PushEvidence, ...]
    tolerance: float  # distance within which a joint has returned [rad]
    kink: NearestKink
    margins: tuple[SubsystemMargin, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)
    parts: tuple[LeavesEvidence, ...] = field(default=(), repr=False)
    subject: str = field(default="", repr=False)  # name of the `Subject`; "": none

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """What posture and pushes leave of the evidence, in words; computed when it is read."""
        return (*outside_of(self.parts), *self._pressed)

    @property
    def _pressed(self) -> tuple[str, ...]:
        """Compression beyond the tests after the largest pushes that cause it, or ()."""
        beyond = [push for push in self.pushes if push.pressed]
        if not beyond:
            return ()
        worst = max(beyond, key=lambda push: push.size)
        count = f"{len(beyond)} of {len(self.pushes)} pushes"
        return (f"{worst.pressed}; after push {worst.name}, size {worst.size:g} ({count})",)

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the stiffness with reflexes, all states settled [N m/rad]."""
        return self.static.least

    @property
    def recovery_time(self) -> float | None:
        """Longest time of return after the pushes of size 1 [s]; None: one does not return."""
        times = [push.time for push in self._ordinary]
        known = [time for time in times if time is not None]
        return max(known) if known and len(known) == len(times) else None

    @property
    def beside(self) -> float | None:
        """Largest distance at the end of a push of any size [rad]; None: no push."""
        return max((p.beside for p in self.pushes if math.isfinite(p.beside)), default=None)

    @property
    def peak(self) -> float | None:
        """Largest distance after the pushes of size 1 [rad]; None: no push."""
        return max((push.peak for push in self._ordinary), default=None)

    @property
    def _ordinary(self) -> list[PushEvidence]:
        return [push for push in self.pushes if push.size == 1.0]

    @property
    def limiting(self) -> str:
        """Subsystem with the least margin; "none" if no margin is finite."""
        limited = [m for m in self.margins if math.isfinite(m.share)]
        return min(limited, key=lambda m: m.share).subsystem if limited else "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; missing and infinite values are null."""
        return {
            **super().to_dict(),
            "subject": self.subject or None,
            "stiffness": self.static.to_dict(),
            "held_by_short_range_s": self.held,
            "margins": [margin.to_dict() for margin in self.margins],
            "limiting": self.limiting,
            "performance": {
                "recovery_s": self.recovery_time,
                "peak_rad": self.peak,
                "beside_rad": self.beside,
                "fast_Nm_per_rad": self.static.fast,
            },
            "pushes": [push.to_dict() for push in self.pushes],
            "tolerance_rad": self.tolerance,
            "kink": self.kink.to_dict(),
            "outside_evidence": list(self.outside_evidence),
            **sources(self).summary(),
        }

    def __str__(self) -> str:
        lines = [f"{self.model}: {self.condition.value}", *(f"  {r}" for r in self.reasons)]
        lines += [f"  {spectrum}" for spectrum in self.spectra]
        lines += [f"  {m}" for m in self.margins]
        if self.margins:
            lines.append(f"  limiting: {self.limiting}")
        if self.peak is not None:
            time = self.recovery_time
            back = "not all return" if time is None else f"all back after {time:.3g} s"
            lines.append(
                f"  performance: pushes of size 1 turn a joint by up to "
                f"{math.degrees(self.peak):.2g} deg, {back}; least fast stiffness "
                f"{self.static.fast:.3g} N m/rad"
            )
        if math.isfinite(self.kink.distance):
            lines.append(f"  {self.kink}")
        lines += [f"  {words}" for words in printed(self.outside_evidence)]
        return "\n".join(lines)


def check_positive(**values: float) -> None:
    """Raise ParameterError for the first setting of a verdict that is not positive and finite."""
    for name, value in values.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and value > 0.0):
            raise ParameterError(
                f"Expected a positive finite number for {name}, got {value!r}; leave it out to use "
                "the default."
            )


def assess_evidence(
    spectra: tuple[SpectralEvidence, ...],
    pushes: tuple[PushEvidence, ...] = (),
    *,
    watch: float = WATCH,
    mode: RootMode | None = None,
) -> tuple[StabilityState, tuple[str, ...]]:
    """The state that follows from the spectra (stuck, sliding) and the pushes, and the reasons.

    Raises
    ------
    ParameterError
        For a root that is not finite, or a watch time that is not positive.
    """
    check_positive(watch=watch)
    for spectrum in spectra:
        if not np.isfinite(spectrum.rightmost):
            raise ParameterError(
                f"Expected a finite root, got {spectrum.rightmost!r} 1/s; check the function that "
                "computed it."
            )
    grows = [spectrum.grows(watch) for spectrum in spectra]
    if all(grows):
        return StabilityState.UNSTABLE, (_growth(spectra[0].rightmost, mode),)
    if any(grows):
        return StabilityState.DEPENDS_ON_AMPLITUDE, (_friction(spectra, grows),)
    decays = all(spectrum.decays(watch) for spectrum in spectra)
    root = max((spectrum.rightmost for spectrum in spectra), key=lambda s: s.real)
    allowed = SETTLED if decays else (*SETTLED, "keeps moving")
    wrong = [push for push in pushes if push.end not in allowed]
    if wrong:
        first = min(wrong, key=lambda push: push.size)
        below = sorted(
            (p for p in pushes if p.name == first.name and p.size < first.size),
            key=lambda push: push.size,
        )
        smaller = f"; after size {below[-1].size:g} it {below[-1].end}" if below else ""
        return (
            StabilityState.DEPENDS_ON_AMPLITUDE,
            (
                f"small motions do not grow, but {len(wrong)} of {len(pushes)} pushes end "
                f"differently; the smallest: {first}{smaller}",
            ),
        )
    if not decays:
        change = "grows" if root.real > 0.0 else "decays"
        time = f"{1.0 / abs(root.real):.3g} s" if root.real else "an infinite time"
        return (
            StabilityState.SLOW,
            (f"the rightmost root {change} e-fold in {time}, longer than the {watch:g} s watched",),
        )
    after = (
        f"the spine comes to rest after all {len(pushes)} pushes"
        if pushes
        else "no push was simulated"
    )
    return (
        StabilityState.STABLE,
        (f"small motions decay e-fold in at most {1.0 / -root.real:.3g} s; {after}",),
    )


def _growth(root: complex, mode: RootMode | None) -> str:
    moves = f"oscillation at {root.imag / (2.0 * math.pi):.3g} Hz" if root.imag else "motion"
    words = f"a small {moves} grows e-fold in {1.0 / root.real:.3g} s"
    if mode is None:
        return words
    fed = "no loop feeds it" if mode.fed_by is None else f"fed by the loop {mode.fed_by!r}"
    return f"{words}, mostly {f'{mode.level} {mode.axis}'.strip()}; {fed}"


def _friction(spectra: tuple[SpectralEvidence, ...], grows: list[bool]) -> str:
    stuck = spectra[0]
    sliding = spectra[1:]
    size = ", ".join(
        f"{math.degrees(s.amplitude):.2g} deg" for s in sliding if s.amplitude is not None
    )
    if grows[0]:
        time = 1.0 / stuck.rightmost.real
        return f"motions grow e-fold in {time:.3g} s while friction sticks, and decay at {size}"
    time = 1.0 / max(s.rightmost.real for s in sliding)
    return f"friction holds small motions; at {size} they grow e-fold in {time:.3g} s"
