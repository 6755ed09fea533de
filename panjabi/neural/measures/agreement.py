"""Fraction of a measured record that a model accounts for."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ParameterError, unknown
from panjabi.neural.measures.records import signal


def variance_accounted_for(
    measured: ArrayLike, predicted: ArrayLike, *, about: Literal["mean", "zero"] = "mean"
) -> float:
    """Fraction of the variance of `measured` that `predicted` accounts for [1]; 1 is perfect.

    1 - sum (y - p)^2 / sum (y - c)^2 with c the mean of y, or 0 if the offset has a meaning.
    Negative if the prediction is worse than this constant.
    """
    if about not in ("mean", "zero"):
        raise unknown("reference", about, ("mean", "zero"))
    y, p = signal(measured, name="measured"), signal(predicted, name="predicted")
    if y.size != p.size:
        raise ParameterError(
            f"Expected as many predicted as measured samples, got {p.size} predicted and "
            f"{y.size} measured; sample both at the same times."
        )
    total = float(np.sum((y - y.mean() if about == "mean" else y) ** 2))
    if total == 0.0:
        raise ParameterError(
            "Expected a measured record that varies, got a constant one, which has no variance "
            "to account for; check the channel."
        )
    return 1.0 - float(np.sum((y - p) ** 2)) / total
