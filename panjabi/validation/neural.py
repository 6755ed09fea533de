"""Predictions of neural parts alone; admittance, release and sway need a trunk or a spine."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from panjabi.neural.creep import mcgill_brown_1992
from panjabi.neural.measures.divergence import lyapunov
from panjabi.spine.model import Spine
from panjabi.spine.neck_preset import fitted_neck, head_over_trunk, resonance
from panjabi.validation.predictions import Predictions

MINUTE = 60.0

table = Predictions("Neural parts")

# --- neck reflexes -------------------------------------------------------------------------

SET = "the reduced neck is calibrated with it"
ASSUMED = "canal, integrator and filter are assumed; the published functions were not available"


def _neck(paths: tuple[str, ...]) -> Spine:
    """The fitted neck with these reflexes alone."""
    made = fitted_neck()
    return made.with_reflexes(*(loop for loop in made.reflexes if loop.name in paths))


@table.predicts("N075", 0, reason=SET)
@table.predicts("N076", 1, reason=SET)
def resonance_without_reflexes(part: int) -> float:
    """Peak [dB] (part 0) or its frequency [Hz] (part 1)."""
    peak, frequency = resonance(_neck(()))
    return 20.0 * math.log10(peak) if part == 0 else frequency


@table.predicts("N079", 0, reason=ASSUMED)
@table.predicts("N080", 1, reason=SET)
def resonance_with_reflexes(part: int) -> float:
    """Peak [dB] (part 0) or its frequency [Hz] (part 1)."""
    peak, frequency = resonance(fitted_neck())
    return 20.0 * math.log10(peak) if part == 0 else frequency


@table.predicts(
    "N077",
    "ccr",
    reason="a stretch gain of a tenth of the vestibular gain with a delay of 60 ms reduces damping "
    "at 2 Hz; the published dynamics of this path were not available",
)
@table.predicts("N078", "vcr", reason=SET)
def taken_by_one_path(path: str) -> float:
    """Reduction of the peak's excess over 1 by a path without the other path [%]."""
    bare = resonance(_neck(()))[0]
    return 100.0 * (bare - resonance(_neck((path,)))[0]) / (bare - 1.0)


@table.predicts("N081", 0, reason=ASSUMED)
@table.predicts("N082", 1, reason=ASSUMED)
def turn_of_phase(count: int) -> float:
    """Frequency of the first or second extremum of the phase [Hz]."""
    frequency = np.geomspace(0.02, 2.5, 4000)
    phase = np.unwrap(np.angle(head_over_trunk(fitted_neck(), frequency)))
    turns = frequency[1:-1][np.diff(np.sign(np.diff(phase))) != 0]
    return float(turns[count])


@table.predicts("N083", reason="the cervicocollic gains are calibrated with it")
def ratio_of_rate_gains() -> float:
    vcr, ccr = fitted_neck().reflexes
    return float(np.asarray(vcr.rate_gain)) / float(np.asarray(ccr.rate_gain))


# --- maps with a known exponent ------------------------------------------------------------


@table.predicts("N137", reason="1500 iterations, dimension 2, linear fit over 7 iterations")
def henon_map() -> float:
    x, other = np.empty(1500), 0.1
    x[0] = 0.1
    for i in range(1499):
        x[i + 1], other = 1.0 - 1.4 * x[i] ** 2 + other, 0.3 * x[i]
    return _exponent(x, 7)


@table.predicts("N138", reason="1000 iterations, dimension 2, linear fit over 4 iterations")
def logistic_map() -> float:
    x = np.empty(1000)
    x[0] = 0.3141
    for i in range(999):
        x[i + 1] = 4.0 * x[i] * (1.0 - x[i])
    return _exponent(x, 4)


def _exponent(record: np.ndarray, stop: int) -> float:
    return lyapunov(record, step=1.0, dimension=2, delay=1, theiler=1, fit=(0, stop)).exponent


# --- creep of the flexed spine -------------------------------------------------------------


@cache
def _flexed() -> np.ndarray:
    """Creep after 20 minutes of full flexion [rad], fast and slow."""
    return mcgill_brown_1992().after(np.zeros(2), 1.0, 20.0 * MINUTE)


@table.predicts("N144", reason="the creep model is calibrated with it")
def creep_time() -> float:
    creep = mcgill_brown_1992()
    slope = creep.after(np.zeros(2), 1.0, 1e-3).sum() / 1e-3
    return creep.largest / slope / MINUTE


@table.predicts("N145", reason="the creep model is calibrated with it")
def creep_angle() -> float:
    return math.degrees(_flexed().sum())


@table.predicts("N146", reason="the fast recovery is calibrated with it")
def recovery() -> float:
    rested = mcgill_brown_1992().after(_flexed(), 0.0, 2.0 * MINUTE)
    return 100.0 * (1.0 - rested.sum() / _flexed().sum())


SCHEDULE = (
    "end of the last full bout within 48 min; the fractions of fast and slow creep and the slow "
    "recovery are assumed. The ratio of the two schedules is 1.4 where 2.2 is published"
)


@table.predicts("N147", 3.0, 12.0, reason=SCHEDULE)
@table.predicts("N148", 1.0, 4.0, reason=SCHEDULE)
def creep_of_schedule(work: float, rest: float) -> float:
    angle = mcgill_brown_1992().work_rest(work * MINUTE, rest * MINUTE, 48.0 * MINUTE)
    return math.degrees(angle)
