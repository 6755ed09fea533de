"""Muscles over a body: path lengths, moment arms and their derivatives at any posture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.muscles import PathArrays
from panjabi.body.poses import Poses, path_lengths, tree_poses
from panjabi.body.tree import Floats, Tree
from panjabi.errors import ParameterError, PostureError, unknown
from panjabi.parameter import USER, Parameter, ParameterSet


@dataclass(frozen=True, eq=False)
class MuscleGeometry:
    """Path lengths and their slopes at one posture."""

    q: Floats  # (n,) [rad or m]
    length: Floats  # (nm,) tendon included [m]
    slope: Floats  # (nm, n) d length / d q [m/rad]

    @property
    def moment_arm(self) -> Floats:
        """(nm, n) -d length / d q [m]: positive where shortening raises the coordinate."""
        return -self.slope


@dataclass(frozen=True, eq=False, repr=False)
class Musculature:
    """Muscles of both sides as flat arrays on a tree over the chosen coordinates.

    Right-sided muscles come first, their mirror images after, in the same order. All per-muscle
    arrays have shape (nm,). q is (n,) in the order of `coordinates`; the other joints of the body
    are held where the musculature was built. Nothing here changes: `with_strength_scale`,
    `with_deficit` and `selected` give new objects. Objects share arrays: do not write to them.
    """

    names: tuple[str, ...]  # "IL_L4_r", ...
    groups: tuple[str, ...]  # "multifidus_lumbar", ... without side
    max_force: Floats  # isometric force at the optimal length [N]
    optimal_length: Floats  # of the fibre [m]
    tendon_slack_length: Floats  # [m]
    pennation: Floats  # at the optimal length [rad]
    coordinates: tuple[str, ...]  # (n,)
    tree: Tree  # over these coordinates; bodies that do not move apart are one
    paths: PathArrays
    coupled: bool  # whether the abdomen follows the lumbar spine
    strength: Floats  # max_force over that of the source [1]
    parameters: ParameterSet  # what was assumed: coupling of the abdomen, strength scale, ...
    sources: tuple[str, ...]  # of each muscle's figures, keys of the bibliography

    def __repr__(self) -> str:
        return (
            f"<Musculature of {len(self.names)} muscles over {len(self.coordinates)} coordinates, "
            f"{self.coordinates[0]} to {self.coordinates[-1]}>"
        )

    def __len__(self) -> int:
        return len(self.names)

    @property
    def bib(self) -> tuple[str, ...]:
        """Whom to cite: the sources, each once."""
        return tuple(dict.fromkeys(self.sources))

    def parameters_of(self, name: str) -> ParameterSet:
        """The figures of one muscle with unit, source and status."""
        m = self.index(name)
        note = f"max_force x {self.strength[m]:.4g}" if self.strength[m] != 1.0 else ""

        def figure(value: float, unit: str) -> Parameter:
            return Parameter(float(value), unit, self.sources[m], "derived", note)

        return ParameterSet(
            {
                "max_force": figure(self.max_force[m], "N"),
                "optimal_length": figure(self.optimal_length[m], "m"),
                "tendon_slack_length": figure(self.tendon_slack_length[m], "m"),
                "pennation": figure(self.pennation[m], "rad"),
            }
        )

    # --- geometry -------------------------------------------------------------------------

    def pose(self, q: ArrayLike | Poses) -> Poses:
        """Poses of the tree at q (n,); a `Poses` is handed back as it is."""
        if isinstance(q, Poses):
            return q
        return tree_poses(self.tree, self._checked(q))

    def geometry(self, q: ArrayLike | Poses) -> MuscleGeometry:
        """Path lengths (nm,) [m] and slopes (nm, n) [m/rad] at q (n,) [rad]."""
        pose = self.pose(q)
        return MuscleGeometry(pose.q, *path_lengths(self.tree, self.paths, pose))

    def moment_arms(self, q: ArrayLike | Poses, name: str) -> dict[str, float]:
        """Moment arm [m] of one muscle for every coordinate that it crosses."""
        row = self.geometry(q).moment_arm[self.index(name)]
        return {self.coordinates[k]: float(row[k]) for k in np.flatnonzero(row)}

    def curvature(self, q: ArrayLike | Poses) -> Floats:
        """d2 length / dq2 of every muscle, (nm, n, n) [m/rad2], exact."""
        n = len(self.coordinates)
        H = np.empty((len(self), n, n))
        self._curvature(q, np.ones(len(self)), True, H)
        return H

    def tension_curvature(self, q: ArrayLike | Poses, tension: ArrayLike) -> Floats:
        """Sum over muscles of tension times d2 length / dq2, (n, n) [N m/rad], exact.

        tension (nm,) [N]. With tensions held constant this is what they add to the Hessian.
        """
        n = len(self.coordinates)
        H = np.empty((1, n, n))
        self._curvature(q, self.per_muscle(tension, "tension"), False, H)
        return H[0]

    def generalised_force(self, q: ArrayLike | Poses, tension: ArrayLike) -> Floats:
        """What the tensions (nm,) [N] do to the body, (n,) [N m]: minus slope^T tension."""
        return -self.geometry(q).slope.T @ self.per_muscle(tension, "tension")

    # --- names ----------------------------------------------------------------------------

    def index(self, name: str) -> int:
        """Place of a muscle in the arrays."""
        try:
            return self._index[name]
        except KeyError:
            raise unknown("muscle", name, self.names) from None

    def side(self, name: str) -> str:
        """right or left."""
        self.index(name)
        return "right" if name.endswith("_r") else "left"

    def members(self, which: str | Iterable[str]) -> NDArray[np.bool_]:
        """Mask (nm,) of muscles named by group or by muscle, one or several."""
        mask = np.zeros(len(self), bool)
        for name in (which,) if isinstance(which, str) else which:
            if name in self._index:
                mask[self._index[name]] = True
            elif name in self.groups:
                mask |= np.array([g == name for g in self.groups])
            else:
                raise unknown("muscle or group", name, [*dict.fromkeys(self.groups), *self.names])
        return mask

    def select(self, body_coordinates: tuple[str, ...], q: ArrayLike) -> Floats:
        """The q (n,) of this musculature out of coordinates of another order, such as a body's."""
        q = np.asarray(q, float)
        if q.shape != (len(body_coordinates),):
            raise PostureError(
                f"q has shape {q.shape} for {len(body_coordinates)} coordinates; one value each is "
                "possible. Give q in the order of the names."
            )
        place = {name: k for k, name in enumerate(body_coordinates)}
        missing = [c for c in self.coordinates if c not in place]
        if missing:
            raise unknown("coordinate", missing[0], body_coordinates)
        return q[[place[c] for c in self.coordinates]]

    # --- changes --------------------------------------------------------------------------

    def selected(self, which: str | Iterable[str] | NDArray[np.bool_]) -> Musculature:
        """A musculature of some of the muscles: by group, by name or by mask (nm,)."""
        if isinstance(which, np.ndarray) and which.dtype == bool:
            if which.shape != (len(self),):
                raise ParameterError(
                    f"a mask of shape {which.shape} was given for {len(self)} muscles; one value "
                    "per muscle is possible. Use `members` to make one."
                )
            mask = which
        else:
            mask = self.members(which)  # type: ignore[arg-type]
        keep = np.flatnonzero(mask)
        if not keep.size:
            raise ParameterError(
                "no muscle was selected; at least one is possible. Choose a group or a name."
            )
        start = self.paths.start
        points = np.concatenate([np.arange(start[m], start[m + 1]) for m in keep])
        sizes = np.diff(start)[keep]
        return replace(
            self,
            names=tuple(self.names[m] for m in keep),
            groups=tuple(self.groups[m] for m in keep),
            sources=tuple(self.sources[m] for m in keep),
            max_force=self.max_force[keep],
            optimal_length=self.optimal_length[keep],
            tendon_slack_length=self.tendon_slack_length[keep],
            pennation=self.pennation[keep],
            strength=self.strength[keep],
            paths=PathArrays(
                np.concatenate([[0], np.cumsum(sizes)]),
                self.paths.body[points],
                self.paths.local[points],
                self.paths.top[keep],
            ),
        )

    def with_strength_scale(
        self, factors: float | Mapping[str, float], *, source: str = USER
    ) -> Musculature:
        """The same muscles with other maximal forces: one factor, or factors by group or muscle.

        Factors multiply the present force; lengths stay. `panjabi.active.moment_capacity` gives
        the moments that follow.
        """
        table = factors if isinstance(factors, Mapping) else {"all": factors}
        scale = np.ones(len(self))
        parameters = dict(self.parameters)
        for name, factor in table.items():
            if not (np.isfinite(factor) and factor > 0.0):
                raise ParameterError(
                    f"Expected a finite strength factor above 0 for {name!r}, got {factor!r}; "
                    "take a muscle away with with_deficit."
                )
            mask = self.members(name) if isinstance(factors, Mapping) else slice(None)
            scale[mask] *= factor
            key = f"strength_{name}"
            before = parameters[key].si if key in parameters else 1.0
            parameters[key] = Parameter(
                before * factor, "1", source, "assumed", "maximal force over that of the source"
            )
        return self._with_force(scale, parameters)

    def with_deficit(self, which: str | Iterable[str], loss: float) -> Musculature:
        """The same muscles with a fraction of force lost in a group or muscle: 1 takes it away.

        Geometry stays; names carry the side ("IL_L4_r") and groups hold both sides.
        """
        if not (np.isfinite(loss) and 0.0 <= loss <= 1.0):
            raise ParameterError(
                f"Expected a loss of force from 0 to 1, got {loss!r}; give a fraction: 0.3 leaves "
                "70 per cent."
            )
        names = (which,) if isinstance(which, str) else tuple(which)
        scale = np.where(self.members(names), 1.0 - loss, 1.0)
        parameters = dict(self.parameters)
        for name in names:
            key = f"deficit_{name}"
            kept = (1.0 - parameters[key].si if key in parameters else 1.0) * (1.0 - loss)
            parameters[key] = Parameter(1.0 - kept, "1", USER, "assumed", "share of force lost")
        return self._with_force(scale, parameters)

    def _with_force(self, scale: Floats, parameters: dict[str, Parameter]) -> Musculature:
        return replace(
            self,
            max_force=self.max_force * scale,
            strength=self.strength * scale,
            parameters=ParameterSet(parameters),
        )

    # --- inside ---------------------------------------------------------------------------

    def per_muscle(self, values: ArrayLike, what: str) -> Floats:
        """Values checked to be finite and one per muscle, (nm,); a single one counts for all."""
        array = np.asarray(values, float)
        array = np.full(len(self), array) if array.ndim == 0 else np.ascontiguousarray(array)
        if array.shape != (len(self),) or not np.isfinite(array).all():
            raise ParameterError(
                f"{what} of shape {array.shape} was given; one finite number for each of "
                f"{len(self)} muscles is possible. Give them in the order of `names`."
            )
        return array

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: m for m, name in enumerate(self.names)}

    def _checked(self, q: ArrayLike) -> Floats:
        array = np.ascontiguousarray(q, float)
        if array.shape != (len(self.coordinates),) or not np.isfinite(array).all():
            raise PostureError(
                f"q of shape {array.shape} was given; {len(self.coordinates)} finite values are "
                "possible. Give them in the order of `coordinates`, in radians."
            )
        return array

    def _curvature(self, q: ArrayLike | Poses, weight: Floats, each: bool, H: Floats) -> None:
        from panjabi.active.path_kernels import path_curvature

        pose, paths = self.pose(q), self.paths
        path_curvature(
            self.tree,
            paths.start,
            paths.body,
            paths.local,
            pose.R,
            pose.t,
            pose.axis_world,
            pose.origin_world,
            pose.rate,
            pose.rate2,
            weight,
            each,
            H,
        )
