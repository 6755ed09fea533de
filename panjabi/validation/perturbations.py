"""Predictions of the one-joint trunk: releases, sudden loads and force perturbations.

All gains of the spine model are assumed; nothing is fitted to these rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.literature import row
from panjabi.neural.creep import CreepEffect, mcgill_brown_1992
from panjabi.tasks.condition import Condition
from panjabi.tasks.force import ForceExperiment, force_perturbation
from panjabi.tasks.pushes import Release, quick_release, sudden_load
from panjabi.tasks.response import percent_change as change
from panjabi.validation.criterion import sign, within_sd
from panjabi.validation.predictions import Prediction, Predictions

HEALTHY = Condition()
STIFF = 1.4  # gain factor of the gain phenotype, assumed
FLEXION = 15.0 * 60.0  # bout of full flexion before the reflex is tested [s]

table = Predictions("Releases and pushes of the trunk")


@cache
def _release(phenotype: str = "") -> Release:
    if phenotype == "gain":
        return quick_release(HEALTHY.changed(phenotype="gain", gain_factor=STIFF))
    return quick_release(HEALTHY.changed(phenotype="delay") if phenotype else HEALTHY)


def _off(release: Release) -> float:
    """Latency of the shut-off of the released muscles [ms]."""
    seconds = release.latencies["extensors"].seconds
    return np.nan if seconds is None else 1e3 * seconds


# --- latencies -----------------------------------------------------------------------------


@cache
def _later() -> float:
    """Latency with the published extra delay in every loop [ms]."""
    return _off(quick_release(HEALTHY.changed(extra_delay=row("N003").number / 1e3)))


@table.predicts("N003")
def later_shut_off() -> Prediction:
    before, after = _off(_release()), _later()
    return Prediction(
        after - before,
        f"the input is {row('N003').number:g} ms of additional delay in every loop; the latency "
        f"measured from the drives changes from {before:.1f} ms to {after:.1f} ms",
    )


@table.predicts(
    "N004",
    accept="within 5 % of 1.03 to the power of 14 (1.51)",
    quantity="odds of injury, later over earlier shut-off",
)
def odds_of_injury() -> Prediction:
    odds, later = row("N004").number, _later() - _off(_release())
    return Prediction(
        odds**later,
        "arithmetic: the published odds per millisecond to the power of the computed change in "
        "latency, which follows from the input delay; the model does not predict injury",
        met=abs(odds ** (later - row("N003").number) - 1.0) < 0.05,
    )


SHUT_OFF = (
    "loop delays of 30 and 60 ms, plus the time until the stretch changes the drive by 0.005; the "
    "source released the abdominals, the model the extensors"
)


@table.predicts("N002", accept=within_sd(1.0), reason=SHUT_OFF)
@table.predicts("N013", accept=within_sd(1.0), reason=SHUT_OFF)
def shut_off() -> float:
    return _off(_release())


@table.predicts(
    "N011",
    reason="the abdominals of the model start from almost no activation, below the linear range of "
    "their drive, so their onset is late for any threshold",
)
def switch_on() -> float | None:
    seconds = _release().latencies["abdominals"].seconds
    return None if seconds is None else 1e3 * seconds


@table.predicts("N250", accept=sign(-1), unit="ms")
def shut_off_with_higher_gains() -> Prediction:
    healthy, stiff, late = (_off(_release(name)) for name in ("", "gain", "delay"))
    return Prediction(
        stiff - healthy,
        f"gain phenotype, gains times {STIFF:g}: the threshold is reached earlier without a change "
        f"of delay; the delay phenotype gives {late - healthy:+.1f} ms",
    )


# --- damping after a release ---------------------------------------------------------------


@table.predicts("N251", accept=sign(1), unit="%")
def damping_with_higher_gains() -> Prediction:
    healthy, stiff, late = (_release(name).damping for name in ("", "gain", "delay"))
    return Prediction(
        change(stiff, healthy),
        f"damping of the second-order fit with gains times {STIFF:g}; with the extra delay "
        f"{change(late, healthy):+.0f} %. Delayed stretch gains reduce damping, and the intrinsic "
        "damping is unchanged",
    )


# --- admittance ----------------------------------------------------------------------------


@cache
def _relaxed() -> ForceExperiment:
    return force_perturbation(HEALTHY)


@table.predicts("N031.simulated")
def resist_task() -> Prediction:
    more = 1.0 + row("N032").number / 100.0
    resisting = HEALTHY.changed(gain_factor=more)
    relax, resist = _relaxed(), force_perturbation(resisting)
    gain = change(resist.low_reflex_gain(), relax.low_reflex_gain())
    return Prediction(
        change(resist.low_admittance(), relax.low_admittance()),
        f"multisine on the one-joint trunk with its muscles, gains times {more:.2f} (N032, "
        f"estimated as {gain:+.0f} %), co-contraction unchanged; subjects may also have "
        "co-contracted",
    )


@table.predicts(
    "N036.simulated",
    accept=sign(-1),
    unit="%",
    reason="gains on stretch and rate increased by a fifth, mean below 1.1 Hz",
)
def back_pain_gains() -> float:
    stiff = force_perturbation(HEALTHY.changed(phenotype="gain", gain_factor=1.2))
    return change(stiff.low_admittance(), _relaxed().low_admittance())


table.not_predicted(
    "N033", "N034", reason="parameters of a model fitted to records that are not public"
)


# --- creep ---------------------------------------------------------------------------------


@cache
def _after_flexion(direction: int) -> tuple[float, float]:
    """Change of the extensors' drive and of the peak angle under a sudden load [%]."""
    creep = mcgill_brown_1992()
    fraction = float(creep.after(np.zeros(2), 1.0, FLEXION).sum() / creep.largest)
    before = sudden_load(HEALTHY)
    effect = CreepEffect(sign=direction)
    crept = HEALTHY.changed(
        gain_factor=effect.gain_factor(fraction),
        passive_loss=1.0 - effect.stiffness_factor(fraction),
    )
    after = sudden_load(crept)
    return (
        change(after.drive_change("extensors"), before.drive_change("extensors")),
        change(after.peak_angle, before.peak_angle),
    )


PUT_IN = "sign; the sign of the gain is an input, that of the drive is not"


@table.predicts("N149", -1, accept=sign(-1, PUT_IN), unit="%")
@table.predicts("N150", 1, accept=sign(1, PUT_IN), unit="%")
def drive_after_creep(direction: int) -> Prediction:
    (drive, angle), other = _after_flexion(direction), _after_flexion(-direction)
    return Prediction(
        drive,
        f"drive of the extensors under a sudden load after {FLEXION / 60:g} min of flexion, gains "
        f"{'decreased' if direction < 0 else 'increased'} by 0.3 of the creep (sign and size are "
        f"inputs), peak angle {angle:+.1f} %; with the other sign drive {other[0]:+.1f} %, angle "
        f"{other[1]:+.1f} %",
    )
