"""The verdict of a stored linear system: a spine of an earlier version with strong reflexes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array

from panjabi.delay.roots.system import DelayTerm, LinearDelaySystem
from panjabi.passive.directions import AXES, LETTERS
from panjabi.stability import ModeNames, StabilityState, small_motions

DATA = Path(__file__).parent / "data" / "lumbar_da6a0cf.npz"


def stored_system() -> LinearDelaySystem:
    with np.load(DATA) as stored:
        names = [str(name) for name in stored["names"]]

        def matrix(name: str) -> np.ndarray:
            at = stored[f"{name}_row"], stored[f"{name}_column"]
            return coo_array((stored[f"{name}_value"], at), (len(names), len(names))).toarray()

        late = [
            DelayTerm(float(delay), matrix(f"delayed_{k}"))
            for k, delay in enumerate(stored["delays"])
        ]
        return LinearDelaySystem(now=matrix("now"), delayed=tuple(late), state_names=tuple(names))


def stored_names(system: LinearDelaySystem) -> ModeNames:
    """A coordinate such as T12_L1_LB is named by level and axis; each muscle has its own loop."""
    coordinates = [name for name in system.state_names if name.rsplit("_", 1)[-1] in LETTERS]
    axis = dict(zip(LETTERS, AXES, strict=True))
    return ModeNames(
        {name: (name[:-3].replace("_", "-"), axis[name[-2:]]) for name in coordinates},
        {name: name.split(" receptor")[0] for name in system.state_names if "receptor" in name},
    )


def test_the_lateral_mode_of_strong_reflexes_is_unstable_with_its_growth_time():
    """An integration in time by another method has shown the root 1.38 + 34.4i 1/s."""
    system = stored_system()
    result = small_motions(system, stored_names(system))
    assert result.condition is StabilityState.UNSTABLE
    assert result.spectra[0].complete
    assert result.mode.axis == "lateral bending" and result.mode.level == "T12-L1"
    assert result.mode.frequency == pytest.approx(5.5, abs=0.05)
    assert result.growth_time == pytest.approx(0.73, abs=0.01)
    assert result.mode.fed_by is not None
    assert "lateral bending" in str(result) and "5.4" in str(result)
    assert result.to_dict()["condition"] == "unstable"
