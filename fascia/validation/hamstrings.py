"""Straight-leg raise and knee extension: stiffness, its spread over people, popliteal deficit.

The spread over people is that of `fascia.people`: fitted to the deviation of the straight-leg raise
and to a measured section. No measured stiffness of a group and no popliteal angle enters it.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.calibration import calibrate_tolerance
from fascia.clinical.examination import Examination, examine
from fascia.clinical.fit_ridge import RIDGE, pelvic_ridge
from fascia.clinical.passive_surface import LegAngles, published_moments
from fascia.clinical.slopes import SLR_WINDOWS_DEG, slope, window_points
from fascia.population import LENGTH_SPREAD, SLR_SD, people
from fascia.subject import standard_subject
from panjabi.literature import row
from panjabi.validation.criterion import interval, within_fraction, within_sd
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fascia.clinical.examination import ClinicalResult
    from fascia.clinical.subject import Subject
    from fascia.network.model import TensionNetwork
    from panjabi.cohort.result import CohortResult

Floats = NDArray[np.float64]

table = Predictions("Hamstrings: stiffness, its spread over people, popliteal deficit")

ADULTS = 200
SEED = 1999
GROUP_SHARE = 7 / 20
"""Fraction of the sample in each outer group: 7 compliant, 6 between, 7 stiff (McHugh 1999)."""


@lru_cache(maxsize=8)
def adults_examined(
    subject: Subject, test: str = "slr", length_spread: float = LENGTH_SPREAD.value
) -> CohortResult:
    """A test of the drawn adults on the body of the subject."""
    drawn = people(ADULTS, seed=SEED, length_spread=length_spread)
    return drawn.examine(test, on=subject).all_or_error()


def outer_groups(stiffness: Floats) -> tuple[Floats, Floats]:
    """The most compliant and the stiffest 7 of 20."""
    ordered = np.sort(stiffness)
    size = round(GROUP_SHARE * len(ordered))
    return ordered[:size], ordered[-size:]


# --- rows -------------------------------------------------------------------------------------


def surface_stiffness() -> float:
    """The same slope of the published surface of passive moments, without a model [N m/rad]."""
    angles = window_points(SLR_WINDOWS_DEG[0])
    moments = [published_moments(LegAngles(np.degrees(a), 0.0, 0.0))[0] for a in angles]
    return -slope(angles, np.array(moments))


def _contributions(subject: Subject) -> tuple[ClinicalResult, str]:
    """Straight-leg raise of the subject, and its stiffness by tissue in words."""
    result = examine(subject.network, "slr")
    parts = ", ".join(
        f"{tissue.replace('_', ' ')} {value:.1f}"
        for tissue, value in result.stiffness_by_tissue().items()
        if abs(value) >= 0.05
    )
    return result, parts


@table.predicts("HAM_K_mid")
def middle_stiffness(subject: Subject) -> Prediction:
    result, parts = _contributions(subject)
    return Prediction(
        result.stiffness_Nm_per_rad,
        "passive curves calibrated on the surface of Riener and Edrich (1999); contributions "
        f"[N m/rad]: {parts}; the same slope is {result.stiffness_N_per_mm:.2f} N/mm (total "
        "force of the heads over mean path length). Null: the slope of that surface itself. The "
        f"surface does not identify the pelvic fraction: {_along_ridge()}",
        null=surface_stiffness(),
    )


@cache
def _along_ridge() -> str:
    """Stiffness with the least and the largest pelvic fraction, curves refitted, in words."""

    def build(scales: Mapping[str, float]) -> TensionNetwork:
        return standard_subject(passive_scale=scales).network

    ends = pelvic_ridge(build, (min(RIDGE), max(RIDGE)))
    values = ", ".join(f"{p.stiffness:.1f} N m/rad with {p.pelvic_share:g}" for p in ends)
    return f"the curves of the standard subject, refitted with each, give {values}"


def _groups(subject: Subject, length_spread: float = LENGTH_SPREAD.value) -> tuple[Floats, Floats]:
    """Stiffness of the outer groups of the drawn adults, compliant and stiff [N m/rad]."""
    rows = adults_examined(subject, "slr", length_spread)
    return outer_groups(rows.floats("stiffness_Nm_per_rad"))


DRAWN = (
    f"{ADULTS} adults of `fascia.people`: spread of fibre lengths and of tolerance fitted to "
    "the deviation of the straight-leg raise, that of section to a measured section; outer groups "
    "of 7 of 20"
)


def _beside(subject: Subject) -> str:
    return f"for comparison, without the spread of lengths {_both(_groups(subject, 0.0))}"


def _both(groups: tuple[Floats, Floats]) -> str:
    soft, stiff = (float(group.mean()) for group in groups)
    return f"{soft:.1f} and {stiff:.1f} (ratio {stiff / soft:.2f})"


@table.predicts("HAM_K_compl", 0, accept=within_sd(2.0))
@table.predicts("HAM_K_stiff", 1, accept=within_sd(2.0))
def outer_stiffness(subject: Subject, which: int) -> Prediction:
    """Mean stiffness of the compliant (0) or stiff (1) group of drawn adults."""
    group = _groups(subject)[which]
    standard, parts = _contributions(subject)
    return Prediction(
        float(group.mean()),
        f"mean of the drawn group. {DRAWN}; SD within the group {group.std(ddof=1):.1f}; "
        f"{_beside(subject)}. The standard subject has "
        f"{standard.stiffness_Nm_per_rad:.1f} N m/rad: {parts}",
    )


RATIO = row("HAM_K_stiff").number / row("HAM_K_compl").number


@table.predicts(
    "HAM_K_stiff.ratio",
    quantity="stiff over compliant group, passive straight-leg raise",
    published="36.2 / 20.3",
    value=RATIO,
    unit="1",
    accept=interval(
        1.0 + 0.5 * (RATIO - 1.0),
        1.0 + 1.5 * (RATIO - 1.0),
        "excess over 1 within 50 %",
    ),
)
def ratio_of_groups(subject: Subject) -> Prediction:
    soft, stiff = _groups(subject)
    return Prediction(float(stiff.mean() / soft.mean()), f"{DRAWN}; {_beside(subject)}")


@lru_cache(maxsize=8)
def deficit_deg(network: TensionNetwork, slr_deg: float) -> float:
    """Knee-extension deficit of a person whose straight-leg raise ends at ``slr_deg`` [deg]."""
    tolerance = calibrate_tolerance(network, slr_deg=slr_deg)
    sample, _ = Examination(network, "knee-extension").end(tolerance)
    return 90.0 - float(np.degrees(sample.angle))


MEN, WOMEN = row("SD-1").number, row("SD-2").number
SET = "recalled; the tolerance is fitted to this row, so the model returns its input"


@table.predicts("SD-1", MEN, reason=SET)
@table.predicts("SD-2", WOMEN, reason=SET)
def set_raise(subject: Subject, slr_deg: float) -> float:
    tolerance = calibrate_tolerance(subject.network, slr_deg=slr_deg)
    return float(np.degrees(Examination(subject.network, "slr").end(tolerance)[0].angle))


def deficit_of(subject: Subject, slr_deg: float) -> float:
    """`deficit_deg` of the subject's network [deg]."""
    return deficit_deg(subject.network, slr_deg)


for _i, _who, _slr in ((0, "men", MEN), (1, "women", WOMEN)):
    table.predicts(
        f"PKE_norm.{_who}",
        _slr,
        value=row("PKE_norm").values[_i],
        sd=row("PKE_norm").sds[_i],
        accept=within_sd(1.0),
        reason=f"tolerance set on the straight-leg raise of {_who} ({_slr:g} deg, recalled), "
        "then the same tolerance at the knee; the network is that of the standard adult",
    )(deficit_of)


@table.predicts(
    "SD-3.popliteal",
    quantity="sex difference in popliteal angle",
    published="11 (in the notes of the row)",
    value=11.0,
    unit="deg",
    accept=within_fraction(0.5),
    reason="difference of the two deficits: the effect of a higher tolerance alone, for "
    "8 deg of straight-leg raise",
)
def sex_difference(subject: Subject) -> float:
    return deficit_deg(subject.network, MEN) - deficit_deg(subject.network, WOMEN)


@table.predicts(
    "PKE_norm.deviation",
    quantity="deviation of the passive knee-extension deficit over people of one sex",
    published="9.1 / 5.7, men / women",
    value=math.sqrt(0.5 * sum(sd**2 for sd in row("PKE_norm").sds)),
    unit="deg",
    accept=within_fraction(0.3),
)
def deviation_of_deficit(subject: Subject) -> Prediction:
    deficits = 90.0 - adults_examined(subject, "knee-extension").floats("end_angle_deg")
    return Prediction(
        float(deficits.std(ddof=1)),
        f"{DRAWN}. Null: the deviation of the straight-leg raise, to which the people are fitted",
        null=SLR_SD.value,
    )
