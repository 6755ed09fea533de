"""Standing forward bend and long sitting: lumbar and hip flexion, and reach of the hand."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.calibration import calibrate_tolerance
from fascia.clinical.examination import Examination, examine
from fascia.clinical.paths import LUMBAR_JOINTS
from panjabi.literature import row
from panjabi.validation.criterion import interval, within_fraction, within_sd
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject

table = Predictions("Standing forward bend and long sitting")

BASELINE_SLR = 58.7
"""Straight-leg raise of the subjects of CHO_SMI before the release [deg] (notes of the row)."""

BASELINE_FFD = 12.6, 4.3
"""Finger-floor distance of the same subjects, mean and SD [cm] (notes of CHO_SMI_FFD)."""


@lru_cache(maxsize=1)
def bend_at_end(subject: Subject) -> tuple[float, float, bool]:
    """Lumbar and hip flexion at the end of the bend [deg]; True if a joint limit ended it."""
    bench = Examination(subject.network, "forward-bend")
    end, censored = bench.end(subject.tolerance)
    q, start = end.equilibrium.q, bench.path.q(0.0)
    body = bench.body
    lumbar = sum((start - q)[body.coordinate_index(f"{joint}_FE")] for joint in LUMBAR_JOINTS)
    hip = (q - start)[body.coordinate_index("hip_flexion_r")]
    return float(np.degrees(lumbar)), float(np.degrees(hip)), censored


def reading_at(subject: Subject, bend_deg: float) -> float:
    """Finger-floor distance at a bend, without regard to the tolerance [m]."""
    bench = Examination(subject.network, "forward-bend")
    reading = bench.test.reading
    assert reading is not None
    q = bench.path.q(min(np.radians(bend_deg), bench.path.limit))
    return reading.measure(bench.body, q, bench.side)


SPLIT = row("LPR_total")
LUMBAR, HIP = SPLIT.values


@lru_cache(maxsize=1)
def _stop(subject: Subject) -> str:
    return "a joint limit" if bend_at_end(subject)[2] else "the tolerance"


@lru_cache(maxsize=1)
def _short(subject: Subject) -> str:
    at_published = 100.0 * reading_at(subject, LUMBAR + HIP)
    return (
        "The bend stops at about the hip angle of the straight-leg raise; people bend further. "
        "The shoulder blades do not move forward in the model, so the reach is shorter. At the "
        f"{LUMBAR + HIP:.0f} deg of LPR_total the fingers would be {at_published:.0f} cm over the "
        "floor"
    )


@table.predicts(
    "LPR_ratio",
    published="1.9 / 0.9 / 0.4",
    value=1.9,
    unit="1",
    accept=within_fraction(0.0, "-"),
    reason="recalled; this row is the prescribed rhythm of the bend, so the model returns "
    "its input",
)
def ratio_of_lumbar_and_hip(_: Subject) -> float:
    return 1.9


@table.predicts("LPR_total.lumbar", value=LUMBAR, accept=within_fraction())
def lumbar_flexion(subject: Subject) -> Prediction:
    return Prediction(
        bend_at_end(subject)[0],
        f"forward bend of the standard subject, ended by {_stop(subject)}; the rhythm is an "
        "input, the end point is not. Recalled value: weak evidence",
    )


@table.predicts("LPR_total.hip", value=HIP, accept=within_fraction())
def hip_flexion(subject: Subject) -> Prediction:
    return Prediction(bend_at_end(subject)[1], f"as LPR_total.lumbar, ended by {_stop(subject)}")


table.not_predicted(
    "SD-12",
    reason="this division of the bend requires a free pelvis and free lumbar joints, which "
    "exist for the straight-leg raise only; also, the three published angles are "
    "inconsistent",
)


@table.predicts(
    "CHO_SMI_FFD.baseline",
    quantity="finger-floor distance before any release",
    published="12.6 (4.3) before",
    value=BASELINE_FFD[0],
    sd=BASELINE_FFD[1],
    unit="cm",
    accept=within_sd(1.0),
)
def finger_floor_distance(subject: Subject) -> Prediction:
    tight = calibrate_tolerance(subject.network, slr_deg=BASELINE_SLR)
    bend = examine(subject.network, "forward-bend", tolerance=tight)
    return Prediction(
        100.0 * (bend.end_reading or 0.0),
        f"tolerance set on the straight-leg raise of the same people ({BASELINE_SLR:g} "
        f"deg). {_short(subject)}",
    )


table.not_predicted(
    "CHO_SMI_PA.baseline",
    reason="37.4 deg before: the row does not state the zero of the popliteal angle "
    "(it rises with the release, so it is not a deficit)",
    quantity="popliteal angle before any release",
    published="37.4 (6.9) before",
    value=37.4,
)


@table.predicts(
    "RUS23.average",
    quantity="sit-and-reach beyond the sole, no release",
    published="average people 0-10 cm, stiff people below",
    unit="cm",
    accept=interval(0.0, 10.0, "0-10 cm"),
)
def sit_and_reach(subject: Subject) -> Prediction:
    usual = examine(subject.network, "sit-and-reach", tolerance=subject.tolerance)
    return Prediction(100.0 * (usual.end_reading or 0.0), f"standard subject. {_short(subject)}")
