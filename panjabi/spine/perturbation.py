"""Forces and moments from outside, as functions of time: what disturbs a spine model.

Each is a frozen record that knows its breaking points (times at which its slope or curvature
jumps), so that the solver steps on them. Nothing jumps itself: a force comes and goes over a stated
rise time, as every real one does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.errors import ParameterError, unknown

if TYPE_CHECKING:
    from panjabi.body.model import Body

HALF_SINE, BLOCK, RELEASE, TONES = 0, 1, 2, 3
WAVE_COLUMNS = 7
"""kind, size, start [s], end [s], rise [s], first tone, tones."""

FOREVER = 1e30  # end of what does not end [s]
SHAPES = ("half-sine", "block")


@njit(cache=True, nogil=True)
def rise(x):
    """From 0 to 1 over x from 0 to 1, level at both ends."""
    if x <= 0.0:
        return 0.0
    return 1.0 if x >= 1.0 else 0.5 * (1.0 - math.cos(math.pi * x))


@njit(cache=True, nogil=True)
def wave(row, tones, t):
    """Value at time t of a waveform; tones (k, 3): amplitude, frequency [Hz], phase [rad]."""
    kind, size, start, end, slope = int(row[0]), row[1], row[2], row[3], row[4]
    if kind == RELEASE:
        return size * (1.0 - rise((t - start) / slope))
    if t <= start or t >= end:
        return 0.0
    if kind == HALF_SINE:
        return size * math.sin(math.pi * (t - start) / (end - start))
    size *= rise((t - start) / slope) * rise((end - t) / slope)
    if kind == BLOCK:
        return size
    value = 0.0
    first = int(row[5])
    for k in range(first, first + int(row[6])):
        value += tones[k, 0] * math.sin(2.0 * math.pi * tones[k, 1] * (t - start) + tones[k, 2])
    return size * value


@dataclass(frozen=True)
class _Placed:
    """A force at a point of a body, along a direction of the world."""

    force: float  # [N]
    body: str = "T8"
    point: tuple[float, float, float] | None = None  # in the body [m]; its centre of mass
    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)  # forward by default

    def __post_init__(self) -> None:
        _finite(self, "force")
        size = math.hypot(*self.direction) if len(self.direction) == 3 else math.nan
        if not (math.isfinite(size) and size > 0.0):
            raise ParameterError(
                f"{type(self).__name__}.direction is {self.direction!r}; three finite numbers, not "
                "all zero, are possible: (1, 0, 0) is forward, (0, -1, 0) down."
            )


@dataclass(frozen=True)
class ForcePulse(_Placed):
    """A push that comes and goes: half a sine, or a block."""

    start: float = 0.1  # [s]
    length: float = 0.1  # [s]
    shape: Literal["half-sine", "block"] = "half-sine"
    rise: float = 0.005  # of a block, and its fall [s]

    def __post_init__(self) -> None:
        super().__post_init__()
        _duration(self)
        _rise(self)
        if self.shape not in SHAPES:
            raise unknown("shape of a pulse", self.shape, SHAPES)

    @property
    def breaks(self) -> tuple[float, ...]:
        end = self.start + self.length
        if self.shape == "half-sine":
            return self.start, end
        return self.start, self.start + self.rise, end - self.rise, end

    @property
    def waveform(self) -> tuple[float, ...]:
        kind = HALF_SINE if self.shape == "half-sine" else BLOCK
        return kind, self.force, self.start, self.start + self.length, self.rise

    tones: ClassVar[tuple[()]] = ()


@dataclass(frozen=True)
class _Switched(_Placed):
    """A force that comes or goes at a time and stays so."""

    start: float = 0.1  # [s]
    rise: float = 0.005  # over which it comes or goes [s]
    kind: ClassVar[int]

    def __post_init__(self) -> None:
        super().__post_init__()
        _time(self)
        _rise(self)

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.start, self.start + self.rise

    @property
    def waveform(self) -> tuple[float, ...]:
        return self.kind, self.force, self.start, FOREVER, self.rise

    tones: ClassVar[tuple[()]] = ()


@dataclass(frozen=True)
class ForceStep(_Switched):
    """A force that is there from a time on."""

    kind: ClassVar[int] = BLOCK


@dataclass(frozen=True)
class QuickRelease(_Switched):
    """A cable that pulls with a constant force, is in balance with the muscles, and is cut."""

    kind: ClassVar[int] = RELEASE


@dataclass(frozen=True)
class MomentPulse:
    """A moment on one coordinate that comes and goes, half a sine."""

    moment: float  # with the sign of the coordinate [N m]
    coordinate: str = "L5_S1_FE"
    start: float = 0.1  # [s]
    length: float = 0.1  # [s]

    def __post_init__(self) -> None:
        _finite(self, "moment")
        _duration(self)

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.start, self.start + self.length

    @property
    def waveform(self) -> tuple[float, ...]:
        return HALF_SINE, self.moment, self.start, self.start + self.length, 1.0

    tones: ClassVar[tuple[()]] = ()


@dataclass(frozen=True)
class Multisine(_Placed):
    """A band-limited force: tones at multiples of 1/period, of random phase, repeated.

    `force` is the root mean square of the sum [N]; all tones in the band are alike in size.
    """

    start: float = 0.0  # [s]
    length: float = 20.0  # [s]
    period: float = 20.0  # [s]
    band: tuple[float, float] = (0.1, 3.0)  # [Hz]
    fade: float = 0.5  # in and out [s]
    seed: int = 0
    tones: tuple[tuple[float, float, float], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        _duration(self)
        _rise(self, "fade")
        low, high = (float(f) for f in self.band)
        first = max(1, math.ceil(low * self.period - 1e-9))
        last = math.floor(high * self.period + 1e-9)
        if not (0.0 <= low < high and math.isfinite(high) and last >= first):
            raise ParameterError(
                f"band {self.band} Hz with a period of {self.period:g} s holds no tone; a rising "
                "band that is wider than 1/period is possible. Widen the band or the period."
            )
        count = last - first + 1
        phase = np.random.default_rng(self.seed).uniform(0.0, 2.0 * math.pi, count)
        size = math.sqrt(2.0 / count)
        object.__setattr__(
            self,
            "tones",
            tuple((size, (first + k) / self.period, float(phase[k])) for k in range(count)),
        )

    @property
    def breaks(self) -> tuple[float, ...]:
        end = self.start + self.length
        return self.start, self.start + self.fade, end - self.fade, end

    @property
    def waveform(self) -> tuple[float, ...]:
        return TONES, self.force, self.start, self.start + self.length, self.fade


@dataclass(frozen=True)
class SuddenLoad:
    """A mass that is laid on the body at a time and is not carried by anything else.

    The mass pulls with its weight from then on; its own inertia is left out, as with a load that
    hangs from a soft cord.
    """

    mass: float  # [kg]
    body: str = "T8"
    point: tuple[float, float, float] | None = None  # in the body [m]; its centre of mass
    start: float = 0.1  # [s]
    rise: float = 0.005  # over which it is laid on [s]
    direction: ClassVar[tuple[float, float, float]] = (0.0, -1.0, 0.0)

    def __post_init__(self) -> None:
        _finite(self, "mass")
        _time(self)
        _rise(self)
        if self.mass < 0.0:
            raise ParameterError(
                f"SuddenLoad.mass is {self.mass:g} kg; 0 or more is possible. Give the mass as a "
                "positive number."
            )

    @property
    def breaks(self) -> tuple[float, ...]:
        return self.start, self.start + self.rise

    @property
    def waveform(self) -> tuple[float, ...]:
        return BLOCK, STANDARD_GRAVITY * self.mass, self.start, FOREVER, self.rise

    tones: ClassVar[tuple[()]] = ()


Perturbation = ForcePulse | ForceStep | QuickRelease | MomentPulse | Multisine | SuddenLoad
KINDS: tuple[type, ...] = (
    ForcePulse,
    ForceStep,
    QuickRelease,
    MomentPulse,
    Multisine,
    SuddenLoad,
)


def breaks_of(perturbations: Sequence[Perturbation]) -> tuple[float, ...]:
    """Times at which any of them jumps or bends, rising [s]."""
    return tuple(sorted({time for p in perturbations for time in p.breaks}))


def _finite(record: object, *names: str) -> None:
    for name in names:
        value = getattr(record, name)
        if not (isinstance(value, (int, float)) and math.isfinite(value)):
            raise ParameterError(
                f"{type(record).__name__}.{name} is {value!r}; a finite number is possible. Give "
                "SI units: N, N m, kg, s."
            )


def _time(record: object) -> None:
    _finite(record, "start")
    if record.start < 0.0:  # type: ignore[attr-defined]
        raise ParameterError(
            f"{type(record).__name__}.start is {record.start:g} s; "  # type: ignore[attr-defined]
            "0 or more is possible, for a run starts at 0. Give a time after the start."
        )


def _duration(record: object) -> None:
    _time(record)
    _finite(record, "length")
    if record.length <= 0.0:  # type: ignore[attr-defined]
        raise ParameterError(
            f"{type(record).__name__}.length is {record.length:g} s; "  # type: ignore[attr-defined]
            "above 0 is possible. Give how long it lasts."
        )


def _rise(record: object, name: str = "rise") -> None:
    _finite(record, name)
    value, length = getattr(record, name), getattr(record, "length", FOREVER)
    if not 0.0 < value <= 0.5 * length:
        raise ParameterError(
            f"{type(record).__name__}.{name} is {value:g} s; above 0 and up to half the length is "
            "possible, for no force jumps. Give a few milliseconds."
        )


def point_of(body: Body, perturbation: Any) -> NDArray[np.float64]:
    """Point (3,) in its body [m]; the body's centre of mass when none is given.

    Raises
    ------
    UnknownNameError
        For a body that does not exist.
    """
    b = body.body_index(perturbation.body)
    return body.com[b] if perturbation.point is None else np.array(perturbation.point, float)


def direction_of(perturbation: Any) -> NDArray[np.float64]:
    """Unit vector (3,) in the world."""
    direction = np.array(perturbation.direction, float)
    return direction / np.linalg.norm(direction)
