"""Stress relaxation: decline of the torque of a stretched hamstring group.

The series begins at the end of a stretch at the published rate, so it is fitted on the ramp that
was applied. What relaxes during the ramp is part of the law at the test rate (S32).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fascia.clinical.examination import Examination
from fascia.clinical.held_stretch import HeldStretch, hold
from panjabi.tissue.viscoelastic import TEST_RATE, hamstring_group
from panjabi.validation.criterion import interval
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject


table = Predictions("Holds: relaxation of a stretched muscle group")


@lru_cache(maxsize=2)
def held_at_tolerance(subject: Subject, test: str) -> HeldStretch:
    """A hold of 90 s at the end angle of a test."""
    examination = Examination(subject.network, test)
    end, _ = examination.end(subject.tolerance)
    return hold(examination, end.angle, 90.0)


SOLVED = "the fractions of the series were fitted to this row: met by construction"


@table.predicts("HAM_R30", 30.0, accept=interval(20.0, 30.0, "20-30 %"), reason=SOLVED)
@table.predicts("HAM_R90", 90.0, accept=interval(28.0, 40.0, "28-40 %"), reason=SOLVED)
def decline_of_tension(_: Subject, time: float) -> float:
    return 100.0 * (1.0 - float(hamstring_group().relaxation(time)))


PLAYED = (
    f"knee extension at {TEST_RATE.value:g} deg/s to the end point, then a hold; whole tissue "
    "torque, of which tone and the tension in standing do not relax"
)


def _decline(subject: Subject, time: float, test: str = "knee-extension") -> float:
    return 100.0 * held_at_tolerance(subject, test).decline_after(time)


@table.predicts(
    "HAM_R30.ramp", 30.0, value=25.0, accept=interval(20.0, 30.0, "20-30 %, whole torque")
)
@table.predicts(
    "HAM_R90.ramp", 90.0, value=33.0, accept=interval(28.0, 40.0, "28-40 %, whole torque")
)
def decline_of_torque(subject: Subject, time: float) -> Prediction:
    return Prediction(
        _decline(subject, time),
        f"{PLAYED} (the same with the straight-leg raise: {_decline(subject, time, 'slr'):.1f} %)",
    )


@table.predicts("HAM_R90_SCI", accept=interval(28.0, 40.0, "28-40 %"))
def decline_without_reflex(subject: Subject) -> Prediction:
    return Prediction(
        _decline(subject, 90.0),
        f"{PLAYED}. The model has no reflex, so its prediction is the same for both groups",
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
        "collagen relaxes as the hamstring group, since no row of role calibration exists for it; "
        f"that series never loses more than {100.0 * (1.0 - series.long_term):.1f} %. The fraction "
        "is the same at every strain because the law is separable",
    )
