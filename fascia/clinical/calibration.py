"""The two fitted numbers of the clinical tests: hamstring scale (S9) and tolerance (S11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.examination import Examination
from fascia.clinical.tolerance import NERVE_WEIGHT, NORM_SLR, Tolerance
from fascia.errors import ReadoutError
from panjabi.parameter import Parameter

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

SLR_STIFFNESS_TARGET = 28.0
"""Passive stiffness of the straight-leg raise to which the scale is fitted [N m/rad] (S9)."""

HAMSTRING_SCALE = Parameter(
    0.5780278283,
    "1",
    "McHugh1999",
    "fitted",
    conditions="passive hamstring curves of the 2023 fibre set, elastic tendons, so that the "
    "straight-leg raise of the standard subject has 28 N m/rad from 20 to 70 deg",
)
DISCOMFORT_LIMIT = Parameter(
    418.848675641,
    "N",
    "Youdas2005",
    "assumed",
    conditions="discomfort of the standard subject at the recalled norm of the straight-leg raise",
)


def calibrate_hamstrings(
    build: Callable[[float], TensionNetwork], *, target: float = SLR_STIFFNESS_TARGET
) -> float:
    """Scale on the passive hamstring curves at which the SLR slope equals ``target`` [1].

    ``build(scale)`` returns the network; ``target`` is in N m/rad. Root finding on the S9 slope
    over its default window; role: calibration.
    """
    from scipy.optimize import brentq

    def difference(log_scale: float) -> float:
        network = build(float(np.exp(log_scale)))
        return Examination(network, "slr").stiffness()[0] - target

    low, high = np.log(1e-3), np.log(3.0)
    if difference(low) > 0.0 or difference(high) < 0.0:
        raise ReadoutError(
            f"Expected a hamstring scale from {np.exp(low):.3g} to {np.exp(high):.3g} that gives "
            f"{target:g} N m/rad, got none; the rest of the network is too stiff or too soft, so "
            "change its stiffness or the target."
        )
    return float(np.exp(brentq(difference, low, high, xtol=1e-10)))  # type: ignore[arg-type]


def calibrate_tolerance(
    network: TensionNetwork,
    *,
    slr_deg: float = NORM_SLR.value,
    nerve_weight: float = NERVE_WEIGHT.value,
    fascia_weight: float = 0.0,
) -> Tolerance:
    """Tolerance with which the straight-leg raise of this network ends at ``slr_deg``."""
    unit = Tolerance(limit=1.0, nerve_weight=nerve_weight, fascia_weight=fascia_weight)
    examination = Examination(network, "slr")
    return replace(unit, limit=examination.discomfort(examination.at(np.radians(slr_deg)), unit))
