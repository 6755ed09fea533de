"""Predictions of the models driven by noise: sitting and repeated movement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from panjabi.delay.roots.margin import delay_margin
from panjabi.neural.loops import delayed_by, scaled
from panjabi.neural.phenotype import published_extra_delay
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine
from panjabi.spine.seat_preset import SEAT, seat_spine
from panjabi.tasks.basin import basin_of_attraction
from panjabi.tasks.repeated import RepeatedRecord, moving_trunk, repeated_movement
from panjabi.tasks.response import percent_change as change
from panjabi.tasks.seated_sway import SittingRecord, sitting
from panjabi.validation.criterion import Criterion, at_most, sign
from panjabi.validation.predictions import Prediction, Predictions

SEEDS = range(8)
STIFF = 1.4  # gain factor of the gain phenotype, assumed
EAGER = 1.0 / 15.0  # weight of effort of a person with high gains, over that of least sway

table = Predictions("Sitting and repeated movement")


# --- sitting -------------------------------------------------------------------------------


@cache
def _trials(phenotype: str) -> tuple[SittingRecord, ...]:
    """Eight trials of two minutes, with the same noise for every phenotype."""
    spine = seat_spine()
    if phenotype == "delay":
        spine = _late(spine)
    elif phenotype == "gain":
        spine = spine.with_reflexes(*scaled(spine.reflexes, STIFF))
    return tuple(sitting(spine, duration=120.0, seed=seed) for seed in SEEDS)


def _late(spine: Spine) -> Spine:
    """The spine with the longer delay that is published for low back pain."""
    return spine.with_reflexes(*delayed_by(spine.reflexes, published_extra_delay().si))


def _mean(read: Callable[[SittingRecord], float], phenotype: str) -> float:
    return float(np.mean([read(record) for record in _trials(phenotype)]))


@table.predicts("N267", accept="stable, and displacement and moment increase", unit="%")
def sitting_with_delay() -> Prediction:
    eager = SEAT.replaced(effort=EAGER * SEAT["effort"].value)
    margin, eager_margin = (
        1e3 * delay_margin(linear_system(equilibrium(seat_spine(seat)))).margin
        for seat in (SEAT, eager)
    )
    healthy, late = _trials("")[0], _trials("delay")[0]
    trunk, moment = (
        change(_mean(read, "delay"), _mean(read, ""))
        for read in (lambda r: r.rms_trunk, lambda r: r.rms_moment)
    )
    return Prediction(
        trunk,
        "17 ms (Radebold 2000) more delay, with the gains of least sway at 60 ms: rightmost root "
        f"{healthy.rightmost.real:.2f} to {late.rightmost.real:.2f} 1/s, RMS of the trunk "
        f"{trunk:+.0f} %, of the moment {moment:+.0f} %. These gains are stable up to "
        f"{margin:.0f} ms; those of a regulator with a fifteenth of the weight on effort up to "
        f"{eager_margin:.0f} ms, so these are unstable at 77",
        met=late.stable and trunk > 0.0 and moment > 0.0,
    )


def sway_with_delay(read: Callable[[SittingRecord], float], remark: str) -> Prediction:
    before, late, stiff = (_mean(read, phenotype) for phenotype in ("", "delay", "gain"))
    with_gain = 100.0 * (stiff - before) / abs(before)
    reason = f"delay phenotype; with gains times {STIFF:g} {with_gain:+.0f} %. {remark}"
    return Prediction(100.0 * (late - before) / abs(before), reason.strip())


def _sway(
    word: str,
    quantity: str,
    read: Callable[[SittingRecord], float],
    direction: int,
    remark: str = "",
) -> None:
    table.predicts(
        f"N139.{word}", read, remark, accept=sign(direction), quantity=quantity, unit="%"
    )(sway_with_delay)


_sway("rms", "RMS of the seat's tilt", lambda r: r.sway.rms, 1)
_sway("range", "range of the seat's tilt", lambda r: r.sway.range, 1)
_sway(
    "diffusion",
    "long-term diffusion of the seat",
    lambda r: r.diffusion.long,
    1,
    "Sway about one posture is bounded, so its long-term diffusion is near zero in both",
)
_sway(
    "frequency",
    "mean frequency of the seat",
    lambda r: r.sway.mean_frequency_hz,
    -1,
    "A longer delay increases the oscillation of the loop; slow drift is not in the model",
)


@table.predicts(
    "N268",
    accept=at_most(0.1, "within a tenth of the radius"),
    reason="largest exponent along each ray compared with the boundary by bisection, in the plane "
    "of the seat's tilt and rate, median over the rays; falling runs end at a stop. The published "
    "field is for other coordinates",
    quantity="distance of ridge and basin boundary over its radius",
    unit="1",
)
def ridge_and_basin() -> float:
    return basin_of_attraction(grid=61).ridge_distance()


# --- repeated movement ---------------------------------------------------------------------


@cache
def _movements(per_minute: float) -> tuple[RepeatedRecord, ...]:
    return tuple(repeated_movement(per_minute, seed=seed) for seed in SEEDS)


def _exponents(records: Sequence[RepeatedRecord]) -> list[float]:
    return [record.exponent.exponent for record in records]


def _exponent(records: Sequence[RepeatedRecord]) -> float:
    return float(np.mean(_exponents(records)))


@table.predicts(
    "N132",
    accept=sign(1, "larger when fast (sign)"),
    quantity="short-term exponent at 40 minus that at 20 cycles/min",
    unit="1/s",
)
def faster_movement() -> Prediction:
    slow, fast = _movements(20.0), _movements(40.0)
    dimension = max(r.exponent.dimension for r in (*slow, *fast))
    return Prediction(
        _exponent(fast) - _exponent(slow),
        f"exponent {_exponent(slow):.3f} 1/s at 20 and {_exponent(fast):.3f} at 40 cycles per "
        f"minute, per cycle {np.mean([r.per_cycle for r in slow]):.2f} and "
        f"{np.mean([r.per_cycle for r in fast]):.2f}; dimension {dimension}. The comparison of "
        "sagittal and asymmetric movement is not predicted, since the model has one joint",
    )


@table.predicts(
    "N133",
    accept=Criterion("1 within a quarter", lambda ratio, _: abs(ratio - 1.0) <= 0.25),
    reason="exponent of 30 cycles over that of 90 at 40 per minute; in a longer record neighbours "
    "are closer, and with noise closer neighbours diverge faster",
    quantity="exponent of 30 cycles over that of 90",
    published="no difference from more cycles",
    value=1.0,
    unit="1",
)
def longer_record() -> float:
    long = [repeated_movement(40.0, cycles=90, seed=seed) for seed in SEEDS[:3]]
    return _exponent(_movements(40.0)) / _exponent(long)


@table.predicts(
    "N134",
    accept="less than two standard errors from 0",
    quantity="short-term exponent, delay phenotype minus none",
    unit="1/s",
)
def movement_with_delay() -> Prediction:
    spine = _late(moving_trunk())
    late = [repeated_movement(20.0, spine=spine, seed=seed) for seed in SEEDS]
    a, b = _exponents(_movements(20.0)), _exponents(late)
    difference = float(np.mean(b) - np.mean(a))
    error = float(np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / len(a)))
    return Prediction(
        difference,
        f"delay phenotype minus none, 20 per minute, eight trials each: {difference:+.3f} 1/s with "
        f"a standard error of {error:.3f}. The seeds are fixed. A miss may be chance: with eight "
        "trials each, one pair of series in fifteen differs by two errors without any effect",
        met=abs(difference) < 2.0 * error,
    )
