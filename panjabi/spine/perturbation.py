"""Perturbations of a spine model: external forces and moments as functions of time.

Each is a frozen record with its breaking points (times at which its slope or curvature jumps), so
that the solver steps to them. The forces themselves do not jump: a force rises and falls over a
rise time, like every real force.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.arrays import IntegerMatrix, Matrix
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.tree import Floats
from panjabi.cohort.random_numbers import random_generator
from panjabi.errors import ParameterError, unknown

if TYPE_CHECKING:
    from panjabi.body.model import Body

HALF_SINE, BLOCK, RELEASE, TONES = 0, 1, 2, 3
WAVE_COLUMNS = 7
"""kind, size, start [s], end [s], rise [s], first tone, tones."""

FOREVER = 1e30  # end of a force that stays [s]
SHAPES = ("half-sine", "block")


class AppliedData(NamedTuple):
    """All perturbations of a run as flat arrays."""

    place: IntegerMatrix  # (k, 2) rigid body, or coordinate of a moment; the other is below 0
    geometry: Matrix  # (k, 6) point in the body [m], unit vector in the world
    wave: Matrix  # (k, WAVE_COLUMNS)
    tones: Matrix  # (tones, 3) amplitude, frequency [Hz], phase [rad]


@njit(cache=True, nogil=True)
def rise(x: float) -> float:
    """From 0 to 1 over x from 0 to 1, level at both ends."""
    if x <= 0.0:
        return 0.0
    return 1.0 if x >= 1.0 else 0.5 * (1.0 - math.cos(math.pi * x))


@njit(cache=True, nogil=True)
def wave(row: Floats, tones: Floats, t: float) -> float:
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
class _PointForce:
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
                f"Expected {type(self).__name__}.direction as three finite numbers that are not "
                f"all zero, got {self.direction!r}; give (1, 0, 0) for forward, (0, -1, 0) for "
                "down."
            )


@dataclass(frozen=True)
class ForcePulse(_PointForce):
    """A push of limited duration: half a sine, or a block."""

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
class _Switched(_PointForce):
    """A force that starts or ends at a time and then stays constant."""

    start: float = 0.1  # [s]
    rise: float = 0.005  # over which it rises or falls [s]
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
    """A force that starts at a time and stays."""

    kind: ClassVar[int] = BLOCK


@dataclass(frozen=True)
class QuickRelease(_Switched):
    """A cable with a constant force, in balance with the muscles, that is cut at a time."""

    kind: ClassVar[int] = RELEASE


@dataclass(frozen=True)
class MomentPulse:
    """A moment on one coordinate over half a sine."""

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
class MomentSine(MomentPulse):
    """A moment on one coordinate as a sine of a frequency from the start to the end."""

    frequency: float = 1.0  # [Hz]

    def __post_init__(self) -> None:
        super().__post_init__()
        _finite(self, "frequency")

    @property
    def waveform(self) -> tuple[float, ...]:
        return TONES, self.moment, self.start, self.start + self.length, 1e-3

    @property
    def tones(self) -> tuple[tuple[float, float, float], ...]:  # type: ignore[override]
        """One tone of size 1."""
        return ((1.0, self.frequency, 0.0),)


@dataclass(frozen=True)
class MomentWave(MomentPulse):
    """A moment on one coordinate as a sum of sines, `moment` times their sum; see `moment_wave`."""

    sines: tuple[tuple[float, float, float], ...] = ()  # amplitude [1], frequency [Hz], phase [rad]

    @property
    def waveform(self) -> tuple[float, ...]:
        return TONES, self.moment, self.start, self.start + self.length, 1e-3

    @property
    def tones(self) -> tuple[tuple[float, float, float], ...]:  # type: ignore[override]
        """The sines."""
        return self.sines


def moment_wave(
    coordinate: str, times: ArrayLike, moments: ArrayLike, *, most: float = 25.0
) -> MomentWave:
    """The moment on a coordinate that begins with 0 and follows samples (k,) [N m] at even times.

    It is a sine series over twice the time, up to a frequency `most` [Hz], and it falls to 0 at its
    end: give some time more than the run lasts.
    """
    t, m = np.asarray(times, float), np.asarray(moments, float)
    length, count = 2.0 * float(t[-1] - t[0]), len(t) - 1
    m = np.concatenate([m, m[-2::-1]])  # back to 0 over the same time
    orders = np.arange(1, min(int(most * 2.0 * length), 2 * count - 1) + 1)
    phase = np.pi * np.outer(orders, np.arange(2 * count + 1)) / (2 * count)
    amplitude = np.sin(phase) @ m / count
    sines = zip(amplitude.tolist(), (orders / (2.0 * length)).tolist(), strict=True)
    every = tuple((a, f, 0.0) for a, f in sines)
    return MomentWave(1.0, coordinate, float(t[0]), length, every)


@dataclass(frozen=True)
class Multisine(_PointForce):
    """A band-limited periodic force: tones at multiples of 1/period, of random phase.

    `force` is the root mean square of the sum [N]; all tones in the band have the same size.
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
        _finite(self, "period")
        _rise(self, "fade")
        low, high = (float(f) for f in self.band)
        first = max(1, math.ceil(low * self.period - 1e-9))
        last = math.floor(high * self.period + 1e-9)
        if not (0.0 <= low < high and math.isfinite(high) and last >= first):
            raise ParameterError(
                f"Expected a rising band that is wider than 1/period, got {self.band} Hz with a "
                f"period of {self.period:g} s, which contains no tone; widen the band or "
                "lengthen the period."
            )
        count = last - first + 1
        phase = random_generator(self.seed).uniform(0.0, 2.0 * math.pi, count)
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
    """A mass that loads the body from a time on, without other support.

    The mass pulls with its weight; its inertia is left out, as for a load on a soft cord.
    """

    mass: float  # [kg]
    body: str = "T8"
    point: tuple[float, float, float] | None = None  # in the body [m]; its centre of mass
    start: float = 0.1  # [s]
    rise: float = 0.005  # over which the weight rises [s]
    direction: ClassVar[tuple[float, float, float]] = (0.0, -1.0, 0.0)

    def __post_init__(self) -> None:
        _finite(self, "mass")
        _time(self)
        _rise(self)
        if self.mass < 0.0:
            raise ParameterError(
                f"Expected SuddenLoad.mass of 0 kg or more, got {self.mass:g} kg; give the mass "
                "as a positive number."
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
    """Breaking points of all perturbations, rising [s]."""
    return tuple(sorted({time for p in perturbations for time in p.breaks}))


def _finite(record: object, *names: str) -> None:
    for name in names:
        value: Any = getattr(record, name)
        number = isinstance(value, (int, float, np.integer, np.floating))
        if not (number and math.isfinite(value)):  # pyright: ignore[reportUnknownArgumentType]
            raise ParameterError(
                f"Expected {type(record).__name__}.{name} as a finite number, got {value!r}; "
                "give SI units: N, N m, kg, s."
            )


def _time(record: object) -> None:
    _finite(record, "start")
    start: float = record.start  # type: ignore[attr-defined]
    if start < 0.0:
        raise ParameterError(
            f"Expected {type(record).__name__}.start of 0 s or more, because a run starts at 0, "
            f"got {start:g} s; give a time after the start."
        )


def _duration(record: object) -> None:
    _time(record)
    _finite(record, "length")
    length: float = record.length  # type: ignore[attr-defined]
    if length <= 0.0:
        raise ParameterError(
            f"Expected {type(record).__name__}.length above 0 s, got {length:g} s; give the "
            "duration."
        )


def _rise(record: object, name: str = "rise") -> None:
    _finite(record, name)
    value, length = getattr(record, name), getattr(record, "length", FOREVER)
    if not 0.0 < value <= 0.5 * length:
        raise ParameterError(
            f"Expected {type(record).__name__}.{name} above 0 s and up to half the length, "
            f"because no force jumps, got {value:g} s; give a few milliseconds."
        )


def point_of(body: Body, perturbation: Any) -> NDArray[np.float64]:
    """Point (3,) in its body [m]; by default the body's centre of mass.

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
