"""A model read from an OpenSim file: body, coordinates, muscles, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.model import Body
from panjabi.body.poses import path_lengths
from panjabi.body.tree import Floats
from panjabi.errors import unknown
from panjabi.io.findings import NotUnderstood
from panjabi.io.musculature import MusclePaths
from panjabi.io.osim_coordinates import OsimCoordinate, chain
from panjabi.io.osim_motion import Fit, Motions, series
from panjabi.io.osim_muscles import OsimMuscle
from panjabi.io.osim_paths import Paths


@dataclass(frozen=True, eq=False, repr=False)
class OsimModel:
    """What an OpenSim file says, in the terms of this package; nothing here changes.

    Coordinates q (nq,) are the free ones, in the order of `body.coordinates`; those that a coupler
    ties to another have no place in q. The methods here evaluate the file's own functions and
    are exact. `body` has one tree for all postures and is exact too, unless `fits` says otherwise.
    """

    file: str
    version: int
    name: str
    body: Body
    coordinates: Mapping[str, OsimCoordinate]  # free and dependent, by name
    muscles: tuple[OsimMuscle, ...]
    gravity: Floats  # (3,) [m/s2]
    motions: Motions
    paths: Paths
    fits: tuple[Fit, ...]
    not_understood: tuple[NotUnderstood, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"<OsimModel {self.name!r}: {len(self.body.names) - 1} bodies, "
            f"{len(self.body.coordinates)} free coordinates of {len(self.coordinates)}, "
            f"{len(self.muscles)} muscles, {len(self.not_understood)} elements not understood>"
        )

    def default(self) -> Floats:
        """Free coordinates (nq,) of the file's default posture [rad or m]."""
        return np.array([self.coordinates[name].default for name in self.body.coordinates])

    def values(self, q: ArrayLike) -> dict[str, float]:
        """Value of every coordinate of the file [rad or m], dependent ones by their couplers."""
        q = self.body.checked(q)
        found = {}
        for name in self.coordinates:
            driver, functions = chain(self.coordinates, name)
            found[name] = float(series(functions, q[self.body.coordinate_index(driver)])[0])
        return found

    def body_at(self, q: ArrayLike) -> Body:
        """The body with the file's own functions around q: exact there up to derivative four."""
        q = self.body.checked(q)
        if not len(self.motions.inexact):
            return self.body
        return replace(self.body, tree=self.motions.tree_at(q))

    def path_lengths(self, q: ArrayLike) -> Floats:
        """Lengths (nm,) [m] of all paths, tendons included, in the order of `muscles`."""
        return self._derivatives(q)[0]

    def moment_arm_matrix(self, q: ArrayLike) -> Floats:
        """Moment arms -dL/dq (nm, nq) [m] for the free coordinates, all couplings included."""
        return -self._derivatives(q)[1]

    def path_length(self, q: ArrayLike, muscle: str) -> float:
        """Length of one path [m]."""
        return float(self.path_lengths(q)[self._index(muscle)])

    def moment_arms(self, q: ArrayLike, muscle: str) -> dict[str, float]:
        """Moment arm [m] for every coordinate of the file, dependent ones included.

        Shortening per unit of that coordinate with all that is coupled to it moving along, as
        OpenSim defines it; for the angles of ball and free joints its solver gives arms about the
        parent's axes instead. NaN for a dependent coordinate that its driver does not move at q.
        """
        q = self.body.checked(q)
        row = self.moment_arm_matrix(q)[self._index(muscle)]
        arms = {}
        for name in self.coordinates:
            driver, functions = chain(self.coordinates, name)
            k = self.body.coordinate_index(driver)
            rate = series(functions, q[k])[1]
            arms[name] = float(row[k] / rate) if rate else float("nan")
        return arms

    @cached_property
    def musculature(self) -> MusclePaths:
        """All muscles flat, with the points that are there in the default posture."""
        return self.musculature_at(self.default())

    def musculature_at(self, q: ArrayLike) -> MusclePaths:
        """All muscles flat, with the points that are there at q, where they are."""
        return MusclePaths(
            tuple(m.name for m in self.muscles),
            np.array([m.max_force for m in self.muscles]),
            np.array([m.optimal_fibre_length for m in self.muscles]),
            np.array([m.tendon_slack_length for m in self.muscles]),
            self.paths.at(self.body.checked(q)),
        )

    def _index(self, muscle: str) -> int:
        names = [m.name for m in self.muscles]
        if muscle not in names:
            raise unknown("muscle", muscle, names)
        return names.index(muscle)

    def _derivatives(self, q: ArrayLike) -> tuple[Floats, Floats]:
        q = self.body.checked(q)
        body = self.body_at(q)
        poses = body.poses(q)
        length, slope = path_lengths(body.tree, self.paths.at(q), poses)
        self.paths.add_motion(q, poses, slope)
        return length, slope
