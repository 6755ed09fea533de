"""Published findings on sitting and repeated movement, beside the noise-driven models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from panjabi.delay.roots.margin import delay_margin
from panjabi.neural.phenotype import published_extra_delay
from panjabi.stability.trunk_sets import TRUNK_DELAY
from panjabi.tasks.basin import basin_of_attraction
from panjabi.tasks.repeated import RepeatedRecord, moving_trunk, repeated_movement
from panjabi.tasks.response import percent_change as change
from panjabi.tasks.seat import Seat, seated
from panjabi.tasks.seated_sway import SittingRecord, sitting
from panjabi.validation.case import Case, judged

SEEDS = range(8)
STIFF = 1.4  # gain factor of the gain phenotype, assumed
EAGER = 1.0 / 15.0  # weight on effort of a person who reacts eagerly, over that of the quietest
LATE = TRUNK_DELAY + published_extra_delay().si


def noise_cases() -> Iterator[Case]:
    """Cases of V16, V17, V18, V31 and V32."""
    yield from _movement()
    yield from _sitting()
    yield _basin()


def trials(delay: float = TRUNK_DELAY, gain_factor: float = 1.0) -> list[SittingRecord]:
    """Eight trials of two minutes, the same noise whatever the person."""
    plant = seated(delay=delay, gain_factor=gain_factor)
    return [sitting(plant, duration=120.0, seed=seed) for seed in SEEDS]


def _sitting() -> Iterator[Case]:
    healthy, late, stiff = trials(), trials(LATE), trials(gain_factor=STIFF)
    stable = late[0].stable
    eager = replace(Seat(), effort=replace(Seat().effort, value=EAGER * Seat().effort.value))
    plants = (seated(), seated(eager))
    bears, tight = (1e3 * delay_margin(plant.model.system()).margin for plant in plants)
    trunk = _against(lambda r: r.rms_trunk, late, healthy)
    moment = _against(lambda r: r.rms_moment, late, healthy)
    yield judged(
        "N267",
        trunk,
        "17 ms (Radebold 2000) more delay, gains those that sway least at 60 ms: rightmost root "
        f"{healthy[0].rightmost.real:.2f} to {late[0].rightmost.real:.2f} 1/s, RMS of the trunk "
        f"{trunk:+.0f} %, of the moment {moment:+.0f} %. These gains bear {bears:.0f} ms; those of "
        f"a regulator with a fifteenth of the weight on effort {tight:.0f} ms: those fall at 77",
        accept="stable, and displacement and moment rise",
        met=stable and trunk > 0.0 and moment > 0.0,
        unit="%",
    )
    measures: tuple[tuple[str, str, Callable[[SittingRecord], float], int], ...] = (
        ("rms", "RMS of the seat's tilt", lambda r: r.sway.rms, 1),
        ("range", "range of the seat's tilt", lambda r: r.sway.range, 1),
        ("diffusion", "long-term diffusion of the seat", lambda r: r.diffusion.long, 1),
        ("frequency", "mean frequency of the seat", lambda r: r.sway.mean_frequency_hz, -1),
    )
    for name, quantity, read, sign in measures:
        before, after, stiffer = (
            float(np.mean([read(r) for r in g])) for g in (healthy, late, stiff)
        )
        rise = 100.0 * (after - before) / abs(before)
        other = 100.0 * (stiffer - before) / abs(before)
        reason = f"delay phenotype; with gains times {STIFF:g} {other:+.0f} %. "
        if name == "diffusion":
            reason += "Sway about one posture is bounded and has none: both are near zero"
        if name == "frequency":
            reason += "A later loop rings faster than it drifts; slow wandering is not in the model"
        yield judged(
            f"N139.{name}",
            rise,
            reason.strip(),
            accept="sign",
            met=rise * sign > 0.0,
            of="N139",
            quantity=quantity,
            unit="%",
        )


def _against(
    read: Callable[[SittingRecord], float],
    after: list[SittingRecord],
    before: list[SittingRecord],
) -> float:
    means = [float(np.mean([read(r) for r in group])) for group in (after, before)]
    return change(*means)


def _movement() -> Iterator[Case]:
    slow = [repeated_movement(20.0, seed=seed) for seed in SEEDS]
    fast = [repeated_movement(40.0, seed=seed) for seed in SEEDS]
    dimension = max(r.exponent.dimension for r in (*slow, *fast))
    yield judged(
        "N132",
        _mean(fast) - _mean(slow),
        f"exponent {_mean(slow):.3f} 1/s at 20 and {_mean(fast):.3f} at 40 cycles a minute, over a "
        f"cycle {np.mean([r.per_cycle for r in slow]):.2f} and "
        f"{np.mean([r.per_cycle for r in fast]):.2f}; dimension {dimension}. Sagittal against "
        "asymmetric is not predicted: one joint",
        accept="larger when fast (sign)",
        met=_mean(fast) > _mean(slow),
        quantity="short-term exponent at 40 less that at 20 cycles/min",
        unit="1/s",
    )
    long = [repeated_movement(40.0, cycles=90, seed=seed) for seed in list(SEEDS)[:3]]
    ratio = _mean(fast) / _mean(long)
    yield judged(
        "N133",
        ratio,
        "exponent of 30 cycles over that of 90 at 40 a minute; neighbours come closer the longer "
        "the record, and with noise closer neighbours part faster",
        accept="1 within a quarter",
        met=abs(ratio - 1.0) <= 0.25,
        quantity="exponent of 30 cycles over that of 90",
        unit="1",
    )
    plant = moving_trunk(extra_delay=published_extra_delay().si)
    late = [repeated_movement(20.0, plant=plant, seed=seed) for seed in SEEDS]
    a, b = ([r.exponent.exponent for r in group] for group in (slow, late))
    difference = float(np.mean(b) - np.mean(a))
    error = float(np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / len(a)))
    yield judged(
        "N134",
        difference,
        f"delay phenotype against none, 20 a minute, eight trials each: {difference:+.3f} 1/s with "
        f"a standard error of {error:.3f}",
        accept="less than two standard errors from none",
        met=abs(difference) < 2.0 * error,
        quantity="short-term exponent, delay phenotype less none",
        unit="1/s",
    )


def _mean(records: list[RepeatedRecord]) -> float:
    return float(np.mean([r.exponent.exponent for r in records]))


def _basin() -> Case:
    found = basin_of_attraction(grid=61)
    distance = found.ridge_distance()
    return judged(
        "N268",
        distance,
        "largest exponent along each ray against the boundary by bisection, in the plane of the "
        "seat's tilt and rate, median over the rays; falls end on a stop. The published field is "
        "of other coordinates",
        accept="within a tenth of the radius",
        met=distance < 0.1,
        quantity="distance of ridge and basin boundary over its radius",
        unit="1",
    )
