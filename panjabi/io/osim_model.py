"""A model read from an OpenSim file: body, motion, coordinates, muscles, elements left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.checkup import CheckFinding, check_up
from panjabi.body.model import Body
from panjabi.body.poses import path_lengths
from panjabi.body.sized_muscles import MusclePaths
from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Integers, Tree
from panjabi.errors import unknown
from panjabi.io.findings import NotUnderstood
from panjabi.io.functions import Chain, exact_polynomial, osculating, series
from panjabi.io.osim_joints import SHIFT, Joint, OsimCoordinate, chain
from panjabi.io.osim_muscles import OsimMuscle, Paths
from panjabi.results import ShortRepr

SAMPLES = 401
NO_RANGE = 4.0 * np.pi  # a wider range counts as unlimited [rad or m]
UNLIMITED = (-0.5 * np.pi, 0.5 * np.pi)  # range of a fit if neither range nor points limit it


@dataclass(frozen=True)
class Fit:
    """A function of the file that the tree of the body approximates by a polynomial of degree 4."""

    body: str
    motion: str  # rotation1, translation2, ...
    coordinate: str
    low: float  # range of the fit [rad or m]
    high: float
    largest_deviation: float  # in that range [rad or m]
    unit: str  # of the deviation

    def __str__(self) -> str:
        return (
            f"{self.motion} of {self.body}: the function of {self.coordinate} is not a polynomial "
            f"of degree 4 or less; `body` contains a fit from {self.low:.4g} to {self.high:.4g} "
            f"with an error of up to {self.largest_deviation:.2g} {self.unit}, `body_at(q)` is "
            "exact at q"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Motions(ShortRepr):
    """All elementary motions of a model: a tree without polynomials, and the functions."""

    frame: Tree  # poly is empty
    functions: tuple[Chain, ...]  # (ne,) from the free coordinate to the motion
    labels: tuple[tuple[str, str], ...]  # (ne,) body and name of the motion
    exact: Floats  # (ne, 5) polynomials; NaN where degree 4 is not enough

    @cached_property
    def inexact(self) -> Integers:
        """Indices of motions that are not exact in the tree."""
        return np.flatnonzero(np.isnan(self.exact[:, 0]))

    def tree_at(self, q: Floats) -> Tree:
        """The tree whose motions have the values and first four derivatives of the file at q.

        All results with up to two derivatives (poses, lengths, moment arms, mass matrix, Hessians)
        are exact at q and on the same piece of a spline, but not beyond it.
        """
        poly = self.exact.copy()
        for e in map(int, self.inexact):
            poly[e] = osculating(self.functions[e], float(q[self.frame.coordinate[e]]))
        return self.frame._replace(poly=poly)

    def nominal(self, names: Sequence[str], ranges: Floats) -> tuple[Tree, tuple[Fit, ...]]:
        """One tree for all postures, and its fits with their errors."""
        poly = self.exact.copy()
        fits: list[Fit] = []
        for e in map(int, self.inexact):
            k = int(self.frame.coordinate[e])
            low, high = _span(self.functions[e], *ranges[k])
            x = 0.5 * (low + high - (high - low) * np.cos(np.linspace(0.0, np.pi, SAMPLES)))
            y = np.array([series(self.functions[e], value)[0] for value in x])
            fitted = np.polynomial.Polynomial.fit(x, y, POLYNOMIAL_TERMS - 1)
            poly[e] = np.pad(c := fitted.convert().coef, (0, POLYNOMIAL_TERMS - len(c)))
            body, label = self.labels[e]
            unit = "m" if self.frame.slide[e] else "rad"
            error = float(np.abs(fitted(x) - y).max())
            fits.append(Fit(body, label, names[k], low, high, error, unit))
        return self.frame._replace(poly=poly), tuple(fits)


def _span(functions: Chain, low: float, high: float) -> tuple[float, float]:
    """The coordinate's range; if it is unlimited, the range of the function's points."""
    if high - low > NO_RANGE:
        borders = functions[0].borders
        return (float(borders[0]), float(borders[-1])) if len(borders) > 1 else UNLIMITED
    return (low, high) if low < high else (low - 1e-3, low + 1e-3)


def build_motions(
    joints: Sequence[Joint], coordinates: Mapping[str, OsimCoordinate], free: Sequence[str]
) -> Motions:
    """Flat arrays of the joints, one for each body in the order of the bodies, parents first."""
    index = {"ground": 0} | {j.child: b for b, j in enumerate(joints, start=1)}
    motions = [(j, m) for j in joints for m in j.motions]
    chains = [chain(coordinates, m.coordinate) for _, m in motions]
    functions = tuple((*before, m.function) for (_, m), (_, before) in
                      zip(motions, chains, strict=True))  # fmt: skip
    missing = np.full(POLYNOMIAL_TERMS, np.nan)
    exact = [missing if (p := exact_polynomial(f)) is None else p for f in functions]
    count = len(motions)
    frame = Tree(
        np.array([-1] + [index[j.parent] for j in joints], np.int64),
        np.array([np.zeros(3)] + [j.loc for j in joints]),
        np.array([np.eye(3)] + [j.R0 for j in joints]),
        np.array([np.zeros(3)] + [j.child_loc for j in joints]),
        np.cumsum([0, 0] + [len(j.motions) for j in joints]).astype(np.int64),
        np.array([m.kind == SHIFT for _, m in motions], np.int64),
        np.array([m.axis for _, m in motions]).reshape(count, 3),
        np.array([free.index(name) for name, _ in chains], np.int64),
        np.zeros((count, POLYNOMIAL_TERMS)),
    )
    return Motions(
        frame,
        functions,
        tuple((j.child, m.label) for j, m in motions),
        np.array(exact).reshape(count, POLYNOMIAL_TERMS),
    )


@dataclass(frozen=True, eq=False, repr=False)
class OsimModel:
    """The content of an OpenSim file as objects of this package; immutable.

    q (nq,) contains the free coordinates in the order of `body.coordinates`; coordinates with a
    coupler are not in q. The methods evaluate the functions of the file and are exact. `body` has
    one tree for all postures and is exact except for the motions in `fits`.
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

    def __str__(self) -> str:
        return "\n".join([repr(self), *map(str, self.checkup)])

    @cached_property
    def checkup(self) -> tuple[CheckFinding, ...]:
        """Findings on size, masses, fibres and symmetry, most severe first; see `body.check_up`.

        A path whose wrapping is left out gives notes only.
        """
        return check_up(
            self.body,
            self.musculature,
            lengths=self.path_lengths,
            default=self.default(),
            uncertain={m.name for m in self.muscles if m.straight},
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values of the model and of elements left out; lengths in the default posture."""
        q = self.default()
        values = self.values(q)
        unit = {n: "m" if n in self.body.translations else "rad" for n in self.coordinates}
        return {
            "file": self.file,
            "version": self.version,
            "name": self.name,
            "counts": {
                "bodies": len(self.body.names) - 1,
                "coordinates": len(self.coordinates),
                "free_coordinates": len(self.body.coordinates),
                "muscles": len(self.muscles),
                "not_understood": len(self.not_understood),
            },
            "mass_kg": self.body.total_mass,
            "coordinates": {
                name: {
                    f"default_{unit[name]}": values[name],
                    f"range_{unit[name]}": list(c.range),
                    "follows": c.driver,
                    "locked": c.locked,
                }
                for name, c in self.coordinates.items()
            },
            "muscles": {
                muscle.name: {
                    "kind": muscle.kind,
                    "length_m": float(length),
                    "max_force_N": muscle.max_force,
                    "optimal_fibre_length_m": muscle.optimal_fibre_length,
                    "tendon_slack_length_m": muscle.tendon_slack_length,
                    "pennation_rad": muscle.pennation,
                    "wraps": [wrap.surface for wrap in muscle.wraps],
                    "wraps_left_out": list(muscle.straight),
                }
                for muscle, length in zip(self.muscles, self.path_lengths(q), strict=True)
            },
            "not_understood": [entry.to_dict() for entry in self.not_understood],
            "check_up": [finding.to_dict() for finding in self.checkup],
            "notes": list(self.notes),
        }

    def default(self) -> Floats:
        """Free coordinates (nq,) of the default posture of the file [rad or m]."""
        return np.array([self.coordinates[name].default for name in self.body.coordinates])

    def values(self, q: ArrayLike) -> dict[str, float]:
        """Value of every coordinate of the file [rad or m], dependent ones by their couplers."""
        q = self.body.checked(q)
        values: dict[str, float] = {}
        for name in self.coordinates:
            driver, functions = chain(self.coordinates, name)
            values[name] = float(series(functions, q[self.body.coordinate_index(driver)])[0])
        return values

    def body_at(self, q: ArrayLike) -> Body:
        """The body with the functions of the file at q, exact up to the fourth derivative."""
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
        """Length of the path of a muscle [m]."""
        return float(self.path_lengths(q)[self._index(muscle)])

    def moment_arms(self, q: ArrayLike, muscle: str) -> dict[str, float]:
        """Moment arm [m] for every coordinate of the file, including dependent coordinates.

        It is the shortening per unit of the coordinate, with coupled coordinates moving too, as
        OpenSim defines it. For the angles of ball and free joints OpenSim's solver gives moment
        arms about the parent's axes instead. NaN for a dependent coordinate that its driver does
        not move at q.
        """
        q = self.body.checked(q)
        row = self.moment_arm_matrix(q)[self._index(muscle)]
        arms: dict[str, float] = {}
        for name in self.coordinates:
            driver, functions = chain(self.coordinates, name)
            k = self.body.coordinate_index(driver)
            rate = series(functions, q[k])[1]
            arms[name] = float(row[k] / rate) if rate else float("nan")
        return arms

    @cached_property
    def musculature(self) -> MusclePaths:
        """All muscles as arrays, with the path points of the default posture."""
        return self.musculature_at(self.default())

    def musculature_at(self, q: ArrayLike) -> MusclePaths:
        """All muscles as arrays, with the path points at q."""
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
