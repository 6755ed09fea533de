"""What each structure of a unit carries at given angles, and the load of its disc.

The tension of a ligament, and the force of a facet, is its moment over its arm. Ligaments lengthen
by arm times angle. Their lengths are scaled by one factor a level, so that in flexion the weakest
of them fails where the unit fails: the published failure strains give the order in which ligaments
fail, and the failure of the unit gives the angle.

Moment and height of a unit come from one function W(angles, P): the moment is dW/dangle, the loss
of height -dW/dP. It has two parts: the compression of the disc, -P^2 / 2 k at an axial stiffness k,
and the rise of the neutral zone's energy with preload.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.size import Sizeable, size_factor
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive import kernels
from panjabi.passive.anatomy import arm, failure_strain, ligament_length
from panjabi.passive.directions import AXES, SACROILIAC, region_of
from panjabi.passive.functional_unit import FunctionalSpinalUnit, lost_pressure
from panjabi.results import Result

Array = NDArray[np.float64]

PRESSURE_FACTOR = 1.4
"""Disc pressure = factor x compression / area; 1.3 to 1.5 in the literature (Dreischarf 2013)."""

# Disc area [mm2] and height [mm] by region; beside the lumbar area (measured) all are assumed.
_AREAS = {"cervical": 350.0, "thoracic": 900.0}
_HEIGHTS = {"cervical": 6.0, "thoracic": 6.0, "lumbar": 11.0}


@dataclass(frozen=True, repr=False)
class StructureReading(Result):
    """What a structure carries; strain is of a ligament with a published failure strain."""

    name: str
    kind: str
    moment: tuple[float, float, float]  # about each axis [N m]
    energy: float  # [J]
    force: float | None  # [N]; None where no arm is known
    strain: float | None  # [1]
    failure_strain: float | None  # [1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "name": self.name,
            "type": self.kind,
            "moment_Nm": list(self.moment),
            "energy_J": self.energy,
            "force_N": self.force,
            "strain": self.strain,
            "failure_strain": self.failure_strain,
        }


@dataclass(frozen=True, repr=False)
class UnitReadings(Result):
    """Structures and disc of a unit at angles [rad] under its preload."""

    level: str
    angles: tuple[float, float, float]  # [rad]
    compression: float  # [N]
    structures: tuple[StructureReading, ...]
    disc_pressure: float | None  # [Pa]; None without a disc; 0 without nucleus
    height_loss: float | None  # [m]
    disc_strain: float | None  # compressive: loss of height over height [1]
    use: float  # largest angle over the angle of failure [1]
    outside_evidence: tuple[str, ...]
    parameters: dict[str, Parameter] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; angles in degrees."""
        return {
            "level": self.level,
            "angles_deg": dict(zip(AXES, np.degrees(self.angles).tolist(), strict=True)),
            "compression_N": self.compression,
            "structures": [s.to_dict() for s in self.structures],
            "disc_pressure_MPa": None if self.disc_pressure is None else self.disc_pressure / 1e6,
            "height_loss_mm": None if self.height_loss is None else 1e3 * self.height_loss,
            "disc_strain": self.disc_strain,
            "use_of_failure_angle": self.use,
            "outside_evidence": list(self.outside_evidence),
        }


@dataclass(frozen=True, eq=False, repr=False)
class StructureSeries(Result):
    """What the structures of a relaxed unit carry at many states (times); not a number: unknown."""

    names: tuple[str, ...]  # (structures,)
    kinds: tuple[str, ...]
    energy: Array  # (times, structures) [J]
    moment: Array  # (times, structures, 3) about each axis [N m]
    force: Array  # (times, structures) [N]; known with an arm
    strain: Array  # (times, structures) [1]; known with a published failure strain
    failure_strain: Array  # (structures,) [1]
    disc_pressure: Array | None  # (times,) [Pa]; None without a disc
    height_loss: Array | None  # (times,) [m]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file, a list over the times for each structure."""
        return {
            name: {
                "type": self.kinds[s],
                "force_N": self.force[:, s].tolist(),
                "strain": self.strain[:, s].tolist(),
                "failure_strain": float(self.failure_strain[s]),
            }
            for s, name in enumerate(self.names)
        }


def structure_series(
    unit: FunctionalSpinalUnit, angles: ArrayLike, compression: ArrayLike
) -> StructureSeries:
    """Moment, force and strain of every structure at angles (times, 3) under compressions (times,).

    Branches and friction elements belong to the unit as a whole and are not part of it.
    """
    at, pressed = np.array(angles, float), np.array(compression, float)
    parts = [unit.part(s.name).compressed for s in unit.structures]
    ends = np.cumsum([0, *(kinds.size for kinds, _, _ in parts)])
    start = [(ends[k], ends[k] + plain, ends[k + 1]) for k, (_, _, plain) in enumerate(parts)]
    kinds = np.concatenate([kinds for kinds, _, _ in parts])
    rows = np.concatenate([rows for _, rows, _ in parts])
    law = np.array(unit.stiffening.law)
    count = len(unit.structures)
    (energy, rise), moment = np.empty((2, len(at), count)), np.empty((len(at), count, 3))
    kernels.evaluate_structures(
        np.array(start, np.int64), kinds, rows, law, at, pressed, energy, moment, rise
    )
    force, strain = np.full((2, len(at), count), np.nan)
    fails, lengths = np.full(count, np.nan), length_factor(unit)
    for s, structure in enumerate(unit.structures):
        lever, length, limit = _ligament(unit, structure.name)
        if lever is not None:
            force[:, s] = np.abs(moment[:, s]).sum(axis=1) / (unit.length_scale * lever.si)
            if length is not None and limit is not None:
                bent = at[:, 0] if structure.name == "ALL" else -at[:, 0]
                strain[:, s] = lever.si * np.maximum(bent, 0.0) / (lengths * length.si)
                fails[s] = limit.si
    pressure = loss = None
    if any(s.kind == "disc" for s in unit.structures):
        si = {name: p.si for name, p in disc_parameters(unit.level, unit.length_scale).items()}
        left = 1.0 - lost_pressure(unit)
        pressure = left * si["disc_pressure_factor"] * pressed / si["disc_area"]
        loss = pressed / si["disc_axial_stiffness"] - rise.sum(axis=1)
    return StructureSeries(
        tuple(s.name for s in unit.structures), tuple(s.kind for s in unit.structures),
        energy, moment, force, strain, fails, pressure, loss,
    )  # fmt: skip


def _ligament(
    unit: FunctionalSpinalUnit, name: str
) -> tuple[Parameter | None, Parameter | None, Parameter | None]:
    """Arm, length and failure strain of a structure, None where they are not known."""
    if unit.level in SACROILIAC:
        return None, None, None
    lever = arm(unit.level, name)
    return lever, ligament_length(unit.level, name), failure_strain(unit.level, name)


def unit_readings(unit: FunctionalSpinalUnit, angles: ArrayLike) -> UnitReadings:
    """Moment, force, strain and energy of every structure of the relaxed unit, and its disc's load.

    angles : (3,) [rad], signs of the body; the compression is the preload of the unit.

    Raises
    ------
    ParameterError
        For angles that are not three finite numbers, or beyond failure without extrapolation.
    """
    unit.moment(angles)
    at = np.asarray(angles, dtype=np.float64)
    found = structure_series(unit, at[None], [unit.preload])
    known: dict[str, Parameter] = {
        "ligament_length_factor": Parameter(
            length_factor(unit), "1", THIS_WORK, "derived", "see the module"
        )
    }
    for name in found.names:
        lever, length, limit = _ligament(unit, name)
        if lever is not None:
            known[f"arm_{name}"] = lever
            if length is not None and limit is not None:
                known[f"length_{name}"] = length
                known[f"failure_strain_{name}"] = limit
    pressure = loss = strain = None
    if found.disc_pressure is not None and found.height_loss is not None:
        disc = disc_parameters(unit.level, unit.length_scale)
        known |= disc
        pressure, loss = float(found.disc_pressure[0]), float(found.height_loss[0])
        strain = loss / disc["disc_height"].si
    readings = tuple(_reading(found, s) for s in range(len(found.names)))
    return UnitReadings(
        unit.level, tuple(at.tolist()), unit.preload, readings, pressure, loss, strain,
        unit.use(at), unit.outside_evidence(at), known,
    )  # fmt: skip


def strain_slope(unit: FunctionalSpinalUnit, structure: str) -> float | None:
    """Strain of a ligament per flexion-extension angle [1/rad]; None without a known length.

    The strain is positive where the ligament is longer than at neutral, and negative where it is
    slack.
    """
    if unit.level in SACROILIAC or structure not in {s.name for s in unit.structures}:
        return None
    length, lever = ligament_length(unit.level, structure), arm(unit.level, structure)
    if length is None or lever is None:
        return None
    slope = lever.si / (length_factor(unit) * length.si)
    return slope if structure == "ALL" else -slope


def failing_structure(unit: FunctionalSpinalUnit, angles: ArrayLike) -> str:
    """The structure that fails first at angles (3,) [rad] near failure.

    A ligament with a published failure strain by its strain over this; if none is stretched, the
    structure with the largest moment about the axis that is nearest to failure.
    """
    at = np.asarray(angles, dtype=np.float64)
    axis = int(np.argmax(unit.uses(at)))
    found = structure_series(unit, at[None], [unit.preload])
    readings = [_reading(found, s) for s in range(len(found.names))]
    strained = {
        r.name: r.strain / r.failure_strain
        for r in readings
        if r.strain is not None and r.failure_strain is not None and r.moment[axis] * at[axis] > 0.0
    }
    near = {name: use for name, use in strained.items() if use > 0.5}
    carried = near or {r.name: abs(r.moment[axis]) for r in readings}
    return max(carried, key=lambda name: carried[name])


def disc_parameters(level: str, length: float = 1.0) -> dict[str, Parameter]:
    """Area, height, axial stiffness and pressure factor of the disc of a level.

    length : lengths of the level over those of the standard adult [1].

    Raises
    ------
    ParameterError
        For a level without a disc.
    """
    region = "none" if level in SACROILIAC else region_of(level)
    if region not in _HEIGHTS:
        raise ParameterError(
            f"Expected a level with a disc, C2-C3 to L5-S1, got {level}; choose another level."
        )
    lumbar = row("wil01_area").parameter()
    area = (
        lumbar
        if region == "lumbar"
        else Parameter(_AREAS[region], "mm2", THIS_WORK, "assumed", "cross-section of a disc")
    )
    height = Parameter(_HEIGHTS[region], "mm", THIS_WORK, "assumed", f"of a disc, {region}")
    axial = row("bec08_kc").parameter()
    if region != "lumbar":
        ratio = area.si / lumbar.si * _HEIGHTS["lumbar"] / _HEIGHTS[region]
        axial = Parameter(
            ratio * axial.value, axial.unit, THIS_WORK, "assumed",
            "lumbar, by area over height of the disc",
        )  # fmt: skip
    factor = Parameter(
        PRESSURE_FACTOR, "1", row("dre13_err").bib, "assumed", "middle of 1.3 to 1.5"
    )
    return {
        "disc_pressure_factor": factor,
        "disc_area": _sized(area, "area", length),
        "disc_height": _sized(height, "length", length),
        "disc_axial_stiffness": _sized(axial, "linear stiffness", length),
    }


def _sized(adult: Parameter, quantity: Sizeable, length: float) -> Parameter:
    factor = size_factor(quantity, length)
    return adult if factor == 1.0 else replace(adult, value=factor * adult.value, status="derived")


def length_factor(unit: FunctionalSpinalUnit) -> float:
    """Factor on the lengths of ligaments with which the weakest fails in flexion as the unit does.

    1 where no failure strain is published, or the unit has no angle of failure.
    """
    reach = []
    for name in ("PLL", "LF", "ISL", "SSL"):
        strain = None if unit.level in SACROILIAC else failure_strain(unit.level, name)
        if strain is not None:
            length, lever = ligament_length(unit.level, name), arm(unit.level, name)
            assert length is not None
            assert lever is not None
            reach.append(strain.si * length.si / lever.si)
    limit = unit.failure[0][0]
    return limit / min(reach) if reach and np.isfinite(limit) else 1.0


def _reading(found: StructureSeries, s: int) -> StructureReading:
    """The first state of a series for one structure."""

    def known(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    return StructureReading(
        found.names[s],
        found.kinds[s],
        tuple(found.moment[0, s].tolist()),
        float(found.energy[0, s]),
        known(found.force[0, s]),
        known(found.strain[0, s]),
        known(found.failure_strain[s]),
    )
