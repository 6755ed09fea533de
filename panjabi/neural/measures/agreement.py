"""How much of a measured record a model accounts for."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ParameterError, unknown
from panjabi.neural.measures.records import signal


def variance_accounted_for(
    measured: ArrayLike, predicted: ArrayLike, *, about: Literal["mean", "zero"] = "mean"
) -> float:
    """Share of the variance of `measured` that `predicted` accounts for [1]; 1 is perfect.

    1 - sum (y - p)^2 / sum (y - c)^2 with c the mean of y, or 0 where the offset has a meaning.
    Negative where the prediction is worse than that constant.
    """
    if about not in ("mean", "zero"):
        raise unknown("reference", about, ("mean", "zero"))
    y, p = signal(measured, what="measured"), signal(predicted, what="predicted")
    if y.size != p.size:
        raise ParameterError(
            f"measured has {y.size} samples and predicted {p.size}; possible: as many of one as of "
            "the other. Sample them at the same times."
        )
    total = float(np.sum((y - y.mean() if about == "mean" else y) ** 2))
    if total == 0.0:
        raise ParameterError(
            "the measured record does not vary, so no share of its variance exists; possible: a "
            "record that moves. Check the channel."
        )
    return 1.0 - float(np.sum((y - p) ** 2)) / total
