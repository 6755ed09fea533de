"""Intra-abdominal pressure as a strut between pelvic floor and diaphragm, with a potential.

A pressure p on an area A pushes the thorax up and the pelvis down along a line in front of the
spine. At constant pressure the potential is -p A times the distance of the two ends: the strut
unloads the spine by p A and extends it with the moment p A times its lever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdominal_cavity import AbdominalCavity
from panjabi.active.build import region_coordinates
from panjabi.active.path_curvatures import path_curvatures
from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.poses import path_lengths, tree_poses
from panjabi.body.reduced import reduced_tree
from panjabi.body.standard import standard_adult
from panjabi.body.tree import Tree
from panjabi.elements import Signal
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import THIS_WORK, Parameter, assumed
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@cache
def pressure_range() -> EvidenceRange:
    """Abdominal pressure above that outside [Pa], in effort and in the heaviest lifts."""
    return EvidenceRange(
        "pressure",
        assumed(20.0, "kPa", "effort"),
        assumed(40.0, "kPa", "heaviest lifts, about 300 mmHg; recalled"),
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Pressure(AbdominalCavity):
    """A constant pressure in the abdomen; assumed, vary it like the sizes of the cavity."""

    pressure: Parameter = field(
        default_factory=lambda: Parameter(5.0, "kPa", THIS_WORK, "assumed", "effort; sweep 0-20")
    )
    extrapolate: bool = False  # allows a pressure beyond that of any athlete

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pressure.si < 0.0:
            raise ParameterError(
                f"Expected Pressure.pressure from 0 {self.pressure.unit}, got "
                f"{self.pressure.value:g} {self.pressure.unit}; give a positive number (pressures "
                "relative to outside)."
            )
        if not self.extrapolate:
            self.evidence["pressure"].check(self.pressure.si, "an abdomen")

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the pressure [Pa]."""
        return {"pressure": pressure_range()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Description of a pressure that leaves the evidence, or ()."""
        return self.evidence["pressure"].outside([self.pressure.si], ["abdomen"])

    @property
    def force(self) -> float:
        """Force of the strut, pressure times area [N], by which it unloads the spine."""
        return self.pressure.si * self.area.si


@dataclass(frozen=True, eq=False, repr=False)
class AbdominalPressure(ShortRepr):
    """The strut as a force element over the coordinates of a body's spine; made by `strut`."""

    settings: Pressure
    coordinates: tuple[str, ...]
    tree: Tree
    path: PathArrays

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the pressure [Pa]."""
        return self.settings.evidence

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: Array, /) -> float:
        """-p A times the distance of the ends [J]."""
        return -self.settings.force * self._line(q)[0]

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Generalised force on the body (n,) [N m]; extends the spine if the line is in front."""
        return self.settings.force * self._line(q)[1]

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Hessian of the energy (n, n) [N m/rad]."""
        return -self.settings.force * self._line(q)[2]

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """No states, (0,)."""
        return np.empty(0)

    def _line(self, q: Array) -> tuple[float, Array, Array]:
        """Distance of the two ends [m] with gradient and Hessian."""
        at = tree_poses(self.tree, np.ascontiguousarray(q, float))
        length, slope = path_lengths(self.tree, self.path, at)
        H = np.empty((1, len(at.q), len(at.q)))
        path_curvatures(self.tree, self.path, at, np.ones(1), True, H)
        return float(length[0]), slope[0], H[0]


def strut(
    settings: Pressure | None = None,
    body: Body | None = None,
    *,
    coordinates: Iterable[str] | None = None,
    at: ArrayLike | None = None,
) -> AbdominalPressure:
    """The pressure strut of a body, vertical in upright standing, over the lumbar coordinates.

    Other coordinates and `at` as for `musculature`. `settings` are those of the standard adult:
    lever and depth go with the length of the pelvis, the area with its square, and the pressure
    stays.
    """
    body = standard_adult() if body is None else body
    settings = (settings or Pressure()).sized(body)
    names = region_coordinates("lumbar") if coordinates is None else tuple(coordinates)
    free = np.array([body.coordinate_index(c) for c in names], np.int64)
    reduced = reduced_tree(body.tree, free, body.poses(body.zero() if at is None else at).q)
    return AbdominalPressure(settings, names, reduced.tree, settings.line(body, reduced))
