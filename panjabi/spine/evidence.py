"""What a spine model leaves of the published tests, apart from its units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.active.muscle_evidence import check_tendons, muscle_values, muscles_outside
from panjabi.body.scaling import size_outside_evidence
from panjabi.spine.model import Spine

Floats = NDArray[np.float64]


def model_outside(model: Spine) -> tuple[str, ...]:
    """Descriptions of size and reflexes of the model that leave the evidence, or ()."""
    reflexes = [
        words
        for loop in model.reflexes
        for words in loop.outside_evidence(model.body, moment=loop.target in model.free)
    ]
    return (*size_outside_evidence(model.body), *reflexes)


def muscle_arguments(model: Spine, state: Floats) -> tuple[dict[str, Floats], NDArray[np.bool_]]:
    """Values of the curves' arguments at a state (size,), and which muscles have tension."""
    assert model.muscles is not None
    geometry, rates = model.muscle_rates(state)
    fibre = state[model.slices["fibre"]]
    values = muscle_values(model.muscles.units, fibre, geometry.length, rates.fibre_length)
    return values, rates.force > 0.0


def state_outside(model: Spine, state: Floats) -> tuple[str, ...]:
    """Descriptions of size, reflexes, units and muscles that leave the evidence at a state."""
    found = model_outside(model) + model.outside_evidence(state)
    if model.muscles is None:
        return found
    return found + muscles_outside(model.muscles.units, *muscle_arguments(model, state))


def check_state(model: Spine, state: Floats) -> None:
    """Raise ParameterError if a unit or a tendon is beyond failure at a state."""
    model.check(state[model.slices["q"]])
    if model.muscles is not None:
        values, _ = muscle_arguments(model, state)
        check_tendons(model.muscles.units, values, model.muscles.muscles.names)
