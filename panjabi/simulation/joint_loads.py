"""Loads of a run: forces on every disc, and what the structures of every unit carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.body.tree import Floats
from panjabi.neural.feedforward import Commands
from panjabi.passive.directions import DIRECTIONS
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.kernels import TOE
from panjabi.passive.readings import StructureSeries, structure_series
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import NoisePaths
from panjabi.spine.packing import pack, read_spine
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_kernels import load_discs, spine_rhs
from panjabi.spine.rhs_plain import joint_loads, reference_rhs


def disc_forces(
    model: Spine,
    perturbations: Sequence[Perturbation],
    times: Floats,
    states: Floats,
    delayed: Floats,
    commands: Commands | None = None,
    paths: NoisePaths | None = None,
) -> Floats:
    """Force on each disc from above (times, levels, 3): forward, up, right of the disc [N].

    times (times,) [s], states (times, size), delayed (times, delays, reads). Elements written in
    Python change it only through the accelerations that they cause.
    """
    out = np.empty((len(times), len(model.joint_forces.levels), 3))
    if model.in_python:
        for k, (t, y) in enumerate(zip(times, states, strict=True)):
            rates = reference_rhs(model, t, y, delayed[k], perturbations, commands, paths)
            acceleration = rates[model.slices["rate"]]
            out[k] = joint_loads(model, t, y, acceleration, perturbations)
        return out
    p = pack(model, perturbations, paths=paths)
    _disc_forces(times, np.ascontiguousarray(states), delayed, p, out)
    return out


@njit(cache=True, nogil=True)
def _disc_forces(times, states, delayed, p, out):
    data = read_spine(p)
    n, rates = data.n, np.empty(states.shape[1])
    for k in range(times.shape[0]):
        spine_rhs(times[k], states[k], delayed[k], p, rates)
        if data.compression.states == 0:
            load_discs(states[k, n : 2 * n], rates[n : 2 * n], data)
        out[k] = data.work.discs.force


def unit_series(model: Spine, states: Floats) -> dict[str, StructureSeries]:
    """What the structures of each unit carry at states (times, size), by level."""
    part = model.slices
    pressed = {k: states[:, part["compression"].start + i] for i, k in enumerate(model.pressed)}
    found: dict[str, StructureSeries] = {}
    for k, (unit, angles) in enumerate(_unit_angles(model, states)):
        constant = np.full(len(states), unit.preload)
        found[unit.level] = structure_series(unit, angles, pressed.get(k, constant))
    return found


def facet_contacts(model: Spine, states: Floats) -> dict[str, NDArray[np.bool_]]:
    """Whether each facet has met the stop at the end of its range, at states (times, size).

    By its name and direction, "facet_right of L4-L5 in extension"; each (times,).
    """
    found: dict[str, NDArray[np.bool_]] = {}
    for unit, angles in _unit_angles(model, states):
        for structure in unit.structures:
            if structure.kind != "facet":
                continue
            for term in structure.terms:
                for direction, (axis, side) in DIRECTIONS.items():
                    if (term.kind, term.axis, term.side) == (TOE, axis, side):
                        slack = term.values[1]
                        name = f"{structure.name} of {unit.level} in {direction}"
                        found[name] = side * angles[:, axis] > slack
    return found


def _unit_angles(model: Spine, states: Floats) -> list[tuple[FunctionalSpinalUnit, Floats]]:
    """The unit of every joint with its angles from neutral at states (times, 3) [rad]."""
    q = states[:, model.slices["q"]]
    found: list[tuple[FunctionalSpinalUnit, Floats]] = []
    for joint in model.joints:
        place = model.place_of(joint.coordinates)
        fixed, _ = model.seen_by(joint, q[0], np.zeros_like(q[0]))
        found.append((joint.unit, joint.angles(np.where(place >= 0, q[:, place], fixed))))
    return found
