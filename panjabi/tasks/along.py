"""Loads and stability of a spine along a task: at given postures, activations and loads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.neural.command import LEAST
from panjabi.results import ShortRepr
from panjabi.simulation.joint_loads import unit_series
from panjabi.spine.equilibrium_solver import Equilibrium, at_rest, passive_force
from panjabi.spine.linear_system import condensed_system
from panjabi.spine.loads import ExternalLoads, LoadData
from panjabi.spine.tangents import tangent
from panjabi.tasks.result import TaskLoads, TaskResult, TaskStability

if TYPE_CHECKING:
    from panjabi.simulation.record import SpineRecord
    from panjabi.spine.model import Spine

Floats = NDArray[np.float64]

SAMPLES = 61
"""Times at which the loads of a run are computed."""

INSTANTS = 5
"""Instants at which the stability of a task is computed."""


def frozen(spine: Spine, q: Floats, activation: Floats) -> Equilibrium:
    """A posture q (n,) with activations (muscles,) [1] as an equilibrium.

    The moment that is not balanced there, by inertia or a force from outside, is added as a
    constant moment on each coordinate.
    """
    assert spine.muscles is not None
    excitation = np.clip(activation, LEAST, 1.0 - LEAST)
    model = at_rest(spine, excitation, q)
    state = model.state_at(q)
    compression = state[model.slices["compression"]]
    geometry = spine.muscles.muscles.geometry(q)
    pull = spine.muscles.units.at_rest(excitation, geometry.length).force
    left = passive_force(model, q, compression) - geometry.slope.T @ pull
    held = replace(model, elements=(*model.elements, _constant(model, -left)), recipe={})
    state[held.slices["afferent"]] = 0.0  # not only to rounding
    return Equilibrium(held, q, state, float(np.abs(left).max()), 0)


def stability_of(rests: list[tuple[float, Equilibrium]]) -> TaskStability:
    """Stability at equilibria, each with its time [s]."""
    roots, least, squared = [], [], []
    for _, rest in rests:
        roots.append(condensed_system(rest).rightmost().rightmost)
        H = tangent(rest.model, rest.state, which="fast")
        H = 0.5 * (H + H.T)
        least.append(float(np.linalg.eigvalsh(H)[0]))
        M = rest.model.dynamics.mass_matrix(rest.q)
        squared.append(float(np.linalg.eigvals(np.linalg.solve(M, H)).real.min()))
    times = np.array([time for time, _ in rests])
    return TaskStability(times, np.array(roots, complex), np.array(least), np.array(squared))


class RunAlong(ShortRepr):
    """Loads and stability along a run of a spine with muscles."""

    def __init__(self, record: SpineRecord) -> None:
        self.record = record

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What the run leaves of the evidence, in words."""
        return self.record.outside_evidence

    @cached_property
    def loads(self) -> TaskLoads:
        """Loads at `SAMPLES` times of the run."""
        record, model = self.record, self.record.model
        time = np.linspace(0.0, record.trajectory.end, SAMPLES)
        levels = model.joint_forces.levels
        names = [f"{level} {force} force" for level in levels for force in ("compression", "shear")]
        found = record.channels(names, time)
        states = record.trajectory.at(time)
        return TaskLoads(
            time,
            levels,
            np.column_stack([found[f"{level} compression force"] for level in levels]),
            np.column_stack([found[f"{level} shear force"] for level in levels]),
            strains(model, states),
        )

    @cached_property
    def stability(self) -> TaskStability:
        """Stability at `INSTANTS` times of the run, with the activations of these instants."""
        record, model = self.record, self.record.model
        times = np.linspace(0.0, record.trajectory.end, INSTANTS)
        states = record.trajectory.at(times)
        part = model.slices
        return stability_of(
            [
                (float(t), frozen(model, y[part["q"]], y[part["activation"]]))
                for t, y in zip(times, states, strict=True)
            ]
        )


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RunResult(TaskResult):
    """Result of a task that is a run of a spine with muscles: its loads and stability."""

    along: RunAlong | None = field(default=None, repr=False)  # None: they are not known

    @property
    def loads(self) -> TaskLoads | None:
        """Compression, shear and ligament strain in the run."""
        return None if self.along is None else self.along.loads

    @property
    def stability(self) -> TaskStability | None:
        """Stability at instants of the run, with the activations of these instants."""
        return None if self.along is None else self.along.stability


def strains(model: Spine, states: Floats) -> dict[str, Floats]:
    """Strain of each ligament with a published failure strain at states (k, size)."""
    found: dict[str, Floats] = {}
    for level, series in unit_series(model, states).items():
        for s, name in enumerate(series.names):
            if not np.isnan(series.strain[0, s]):
                found[f"{level} {name}"] = series.strain[:, s]
    return found


def _constant(model: Spine, moment: Floats) -> ExternalLoads:
    """A constant moment on every free coordinate (n,) [N m]."""
    none = np.empty(0, np.int64)
    data = LoadData(none, np.empty((0, 3)), np.empty((0, 3)), none, np.empty((0, 3)), 0.0, moment)
    return ExternalLoads((), model.free, model.dynamics.mechanism.tree, data)
