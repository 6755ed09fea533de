"""Integrators for equations with delays: trajectories, noise, cohorts."""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS = {
    "DelayModel": "panjabi.simulate.model",
    "Event": "panjabi.simulate.model",
    "Samples": "panjabi.simulate.history",
    "Settings": "panjabi.simulate.settings",
    "SimulationError": "panjabi.simulate.trajectory",
    "Trajectory": "panjabi.simulate.trajectory",
    "Cohort": "panjabi.simulate.cohort",
    "solve_cohort": "panjabi.simulate.cohort",
    "LumpedTrunk": "panjabi.simulate.lumped",
    "lumped_model": "panjabi.simulate.lumped",
    "NoisyModel": "panjabi.simulate.noise",
    "NoisyRun": "panjabi.simulate.noise",
    "solve_noisy": "panjabi.simulate.noise",
    "noisy_cohort": "panjabi.simulate.noise",
    "solve": "panjabi.simulate.adaptive",
    "simulate": "panjabi.simulate.spine_run",
    "SpineRecord": "panjabi.simulate.record",
    "load_record": "panjabi.simulate.trajectory_file",
    "ForcePulse": "panjabi.spine.applied",
    "ForceStep": "panjabi.spine.applied",
    "MomentPulse": "panjabi.spine.applied",
    "Multisine": "panjabi.spine.applied",
    "QuickRelease": "panjabi.spine.applied",
    "SuddenLoad": "panjabi.spine.applied",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
