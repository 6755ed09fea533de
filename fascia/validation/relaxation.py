"""Stress relaxation: decline of the torque of a stretched hamstring group.

The Prony series was fitted to an ideal step. The papers stretched at a finite rate, so part of
the decline occurs before the hold begins. The predictions therefore use the published ramp.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fascia.clinical.examination import Examination
from fascia.clinical.held_stretch import RATE_DEG_PER_S, HeldStretch, hold
from panjabi.tissue.viscoelastic import hamstring_group
from panjabi.validation.criterion import interval
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject


table = Predictions("Holds: relaxation of a stretched muscle group")


@lru_cache(maxsize=2)
def held_at_tolerance(subject: Subject, test: str) -> HeldStretch:
    """A hold of 90 s at the end angle of a test, reached at the published rate."""
    examination = Examination(subject.network, test)
    end, _ = examination.end(subject.tolerance)
    return hold(examination, end.angle, 90.0, hamstring_group())


SOLVED = "the fractions of the series were fitted to this row: met by construction"


@table.predicts("HAM_R30", 30.0, accept=interval(20.0, 30.0, "20-30 %, ideal step"), reason=SOLVED)
@table.predicts("HAM_R90", 90.0, accept=interval(28.0, 40.0, "28-40 %, ideal step"), reason=SOLVED)
def decline_after_step(_: Subject, time: float) -> float:
    return 100.0 * (1.0 - float(hamstring_group().relaxation(time)))


PLAYED = (
    f"knee extension at {RATE_DEG_PER_S:g} deg/s to the end point, then a hold; whole tissue "
    "torque, of which only the hamstrings relax"
)


def _decline(subject: Subject, time: float, test: str = "knee-extension") -> float:
    return 100.0 * held_at_tolerance(subject, test).decline_after(time)


def _ramp(subject: Subject) -> str:
    seconds = -float(held_at_tolerance(subject, "knee-extension").time[0])
    return (
        f"the series was fitted to an ideal step; part of the decline occurs during the ramp of "
        f"{seconds:.0f} s, and a tenth of the torque comes from tissue that does not relax here. "
        "A series fitted to the ramp would need larger fractions"
    )


@table.predicts(
    "HAM_R30.ramp", 30.0, value=25.0, accept=interval(20.0, 30.0, "20-30 %, as the paper stretched")
)
@table.predicts(
    "HAM_R90.ramp", 90.0, value=33.0, accept=interval(28.0, 40.0, "28-40 %, as the paper stretched")
)
def decline_after_ramp(subject: Subject, time: float) -> Prediction:
    return Prediction(
        _decline(subject, time),
        f"{PLAYED} (the same with the straight-leg raise: {_decline(subject, time, 'slr'):.1f} %); "
        f"{_ramp(subject)}",
    )


@table.predicts("HAM_R90_SCI", accept=interval(28.0, 40.0, "28-40 %"))
def decline_without_reflex(subject: Subject) -> Prediction:
    return Prediction(
        _decline(subject, 90.0),
        f"{PLAYED}. The model has no reflex, so its prediction is the same for both "
        f"groups; {_ramp(subject)}",
    )


@table.predicts(
    "HAM_R45",
    quantity="further decline in the last 45 s of a 90 s hold",
    published="no significant decline after 45 s",
    value=None,
    unit="% of peak",
    accept=interval(0.0, 10.0, "the last 45 s add less than 10 points"),
    reason=PLAYED,
)
def late_decline(subject: Subject) -> float:
    return _decline(subject, 90.0) - _decline(subject, 45.0)


table.not_predicted(
    "HAM_R30_post",
    reason="the effect of ten weeks of stretching on the series is not modelled",
)


@table.predicts("PF_relax240", accept=interval(35.0, 45.0, "+-5 points of 40 %"))
def decline_of_plantar_fascia(_: Subject) -> Prediction:
    series = hamstring_group()
    return Prediction(
        100.0 * (1.0 - float(series.relaxation(240.0))),
        "predicted with the series of the hamstring group, which never loses more than "
        f"{100.0 * (1.0 - series.long_term):.1f} %; the series `plantar_aponeurosis` of the "
        "tissue library is fitted to this row and therefore predicts nothing. The fraction is the "
        "same at every strain because the law is separable",
    )
