"""Published findings on releases, loads and force perturbations, beside the one-joint trunk.

All gains of the spine model are assumed; nothing is fitted to these rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from panjabi.literature import row
from panjabi.neural.creep import CreepEffect, mcgill_brown_1992
from panjabi.tasks.condition import Condition, condition_equilibrium
from panjabi.tasks.force import force_perturbation
from panjabi.tasks.loop_margins import loop_margin
from panjabi.tasks.pushes import Release, quick_release, sudden_load
from panjabi.tasks.response import percent_change as change
from panjabi.validation.case import Case, judged

HEALTHY = Condition()
STIFF = 1.4  # gain factor of the gain phenotype, assumed
FLEXION = 15.0 * 60.0  # bout of full flexion before the reflex is tested [s]
MILLISECOND = 1e3


def push_cases() -> Iterator[Case]:
    """Cases of V1, V2, V4, V12, V15 and of the release studies."""
    yield from _latency()
    yield from _release()
    yield from _admittance()
    yield from _creep()


def _off(release: Release) -> float:
    """Latency at which the released muscles shut off [ms]."""
    seconds = release.response.latencies["extensors"].seconds
    return np.nan if seconds is None else MILLISECOND * seconds


def _latency() -> Iterator[Case]:
    base = _off(quick_release(HEALTHY))
    extra = row("N003").number
    later = _off(quick_release(replace(HEALTHY, extra_delay=extra / MILLISECOND)))
    yield judged(
        "N003",
        later - base,
        f"{extra:g} ms go in as a longer delay of every loop and are read from the drives again: "
        f"{base:.1f} ms to {later:.1f} ms",
    )
    yield judged(
        "N004",
        row("N004").number ** (later - base),
        "arithmetic: the published odds per millisecond to the power of the latency that came out "
        "of the one that went in; the model says nothing about injury",
        accept="1.03 to the power of 14 (1.51) within a twentieth",
        met=abs(row("N004").number ** (later - base - extra) - 1.0) < 0.05,
        quantity="odds of injury, later over earlier shut-off",
    )
    for id in ("N002", "N013"):
        yield judged(
            id,
            base,
            "loop delays of 30 and 60 ms, plus the time the stretch needs to move the drive by "
            "0.005; the abdominals of the source are released here as extensors",
            accept="within the published standard deviation",
            met=abs(base - row(id).number) <= (row(id).sd or 0.0),
        )


def _release() -> Iterator[Case]:
    healthy = quick_release(HEALTHY)
    stiff = quick_release(HEALTHY.with_phenotype("gain", gain_factor=STIFF))
    later = quick_release(HEALTHY.with_phenotype("delay"))
    on = healthy.response.latencies["abdominals"].seconds
    yield judged(
        "N011",
        None if on is None else MILLISECOND * on,
        "the abdominals of the model start from almost nothing, below the bend of their drive, so "
        "that their onset is late by any threshold",
    )
    yield judged(
        "N046",
        healthy.stiffness,
        "second-order fit over 0.3 s, reflexes and gravity in it",
        accept="within two published standard deviations",
        met=abs(healthy.stiffness - row("N046").number) <= 2.0 * (row("N046").sd or 0.0),
    )
    onset = [_off(healthy), _off(stiff)]
    delayed = _off(later)
    yield judged(
        "N250",
        onset[1] - onset[0],
        f"gain phenotype, gains times {STIFF:g}: the threshold is reached sooner though no delay "
        f"changed; the delay phenotype gives {delayed - onset[0]:+.1f} ms",
        accept="sign",
        met=onset[1] < onset[0],
        unit="ms",
    )
    yield judged(
        "N251",
        change(stiff.damping, healthy.damping),
        f"damping of the second-order fit with gains times {STIFF:g}; with the extra delay "
        f"{change(later.damping, healthy.damping):+.0f} %. Late gains on stretch take damping "
        "away, and the intrinsic damping was left alone",
        accept="sign",
        met=stiff.damping > healthy.damping,
        unit="%",
    )


def _admittance() -> Iterator[Case]:
    relax = force_perturbation(HEALTHY)
    more = 1.0 + row("N032").number / 100.0
    resist = force_perturbation(replace(HEALTHY, gain_factor=more))
    gain = change(resist.low_reflex_gain(), relax.low_reflex_gain())
    roots = loop_margin(condition_equilibrium(replace(HEALTHY, gain_factor=more))).unstable_roots
    yield judged(
        "N031.simulated",
        change(resist.low_admittance(), relax.low_admittance()),
        f"multisine on the one-joint trunk with its muscles, gains times {more:.2f} (N032, read "
        f"back as {gain:+.0f} %), co-contraction left alone: {roots} unstable "
        "roots with these gains, so that a swing of its own is in the record. Subjects may have "
        "braced too",
        of="N031",
    )
    for id in ("N033", "N034"):
        yield judged(id, None, "of a model fitted to people's records, which are not open")
    stiff = force_perturbation(HEALTHY.with_phenotype("gain", gain_factor=1.2))
    fall = change(stiff.low_admittance(), relax.low_admittance())
    yield judged(
        "N036.simulated",
        fall,
        "gains on stretch and rate up by a fifth, mean below 1.1 Hz",
        accept="sign",
        met=fall < 0.0,
        of="N036",
        unit="%",
    )


def _creep() -> Iterator[Case]:
    creep = mcgill_brown_1992()
    share = float(creep.after(np.zeros(2), 1.0, FLEXION).sum() / creep.largest)
    before = sudden_load(HEALTHY)
    found = {}
    for sign in (-1, 1):
        effect = CreepEffect(sign=sign)
        after = sudden_load(
            replace(
                HEALTHY,
                gain_factor=effect.gain_factor(share),
                stiffness_factor=effect.stiffness_factor(share),
            )
        )
        found[sign] = (
            change(after.drive_change("extensors"), before.drive_change("extensors")),
            change(after.peak_angle, before.peak_angle),
        )
    for id, sign in (("N149", -1), ("N150", 1)):
        drive, angle = found[sign]
        other = found[-sign]
        yield judged(
            id,
            drive,
            f"drive of the extensors under a sudden load after {FLEXION / 60:g} min of flexion, "
            f"gains {'down' if sign < 0 else 'up'} by 0.3 of the creep (sign and size go in), "
            f"peak angle {angle:+.1f} %; with the other sign drive {other[0]:+.1f} %, angle "
            f"{other[1]:+.1f} %",
            accept="sign; the sign of the gain is put in, that of the drive is not",
            met=drive * sign > 0.0,
            unit="%",
        )
