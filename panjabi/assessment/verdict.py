"""The verdict on a statement: a function of draws alone.

| verdict | condition |
|---|---|
| supported | at least `AGREES` of the draws agree in every variant and reading, and a rival fails |
| fixed by construction | the same, but every rival passes too |
| contradicted | at least `AGREES` of the draws disagree in every variant and reading |
| undetermined | otherwise |

A rival passes or fails by the same limit. A draw that says nothing counts for neither side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ParameterError

Verdict = Literal[
    "supported", "contradicted", "undetermined", "fixed by construction", "not tested"
]
"""not tested: no experiment of this package can decide it."""

VERDICTS: tuple[Verdict, ...] = (
    "supported",
    "contradicted",
    "undetermined",
    "fixed by construction",
    "not tested",
)

AGREES = 0.9
"""Fraction of the draws that must agree, or disagree, for a verdict [1]."""

Behaviour = Literal["passes", "fails", "neither"]


def behaviour(readings: Iterable[ArrayLike]) -> Behaviour:
    """Whether a model passes or fails in every reading, each (draws,): 1, 0, or nan for neither.

    Raises
    ------
    ParameterError
        Without readings or draws, or for other values.
    """
    values = [np.asarray(r, float) for r in readings]
    if not values or any(v.ndim != 1 or v.size == 0 for v in values):
        raise ParameterError(
            "Expected one or more readings with one or more draws each, got "
            f"{[v.shape for v in values]}; give 1, 0 or nan for every draw."
        )
    for v in values:
        if not np.isin(v[~np.isnan(v)], (0.0, 1.0)).all():
            raise ParameterError(
                "Expected 1 (agrees), 0 (disagrees) or nan (says nothing) for every draw, got "
                f"{v[~np.isin(v, (0.0, 1.0)) & ~np.isnan(v)][0]:g}; apply the criterion first."
            )
    if all(np.mean(v == 1.0) >= AGREES for v in values):
        return "passes"
    if all(np.mean(v == 0.0) >= AGREES for v in values):
        return "fails"
    return "neither"


def verdict_from_draws(
    variants: Mapping[str, ArrayLike], rivals: Mapping[str, Sequence[ArrayLike]]
) -> Verdict:
    """The verdict from what every draw says: 1 agrees, 0 disagrees, nan says nothing.

    variants : name of a structural variant, or of a variant and a reading, -> (draws,).
    rivals : name of a rival -> its readings, each (draws,).

    Raises
    ------
    ParameterError
        Without variants or draws, or for other values.
    """
    model = behaviour(variants.values())
    others = [behaviour(readings) for readings in rivals.values()]
    if model == "fails":
        return "contradicted"
    if model == "passes" and "fails" in others:
        return "supported"
    if model == "passes" and others and set(others) == {"passes"}:
        return "fixed by construction"
    return "undetermined"
