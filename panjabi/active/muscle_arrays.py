"""Muscles over a body: path lengths, moment arms and their derivatives at any posture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdomen import LUMBAR_JOINTS, with_abdomen
from panjabi.active.calibration import EXTENSION_TARGET, EXTENSOR_FACTOR, EXTENSORS
from panjabi.active.data import MuscleRecord
from panjabi.active.path_curvatures import path_curvatures
from panjabi.active.placing import place
from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.poses import Poses, path_lengths, touched, tree_poses
from panjabi.body.reduced import ReducedTree
from panjabi.body.standard import is_standard_adult, require_same_size
from panjabi.body.tree import Floats, Tree
from panjabi.body.wrapping import Surface, Wrap
from panjabi.errors import ParameterError, PostureError, unknown
from panjabi.parameter import USER, Parameter, ParameterSet
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]


@dataclass(frozen=True, eq=False, repr=False)
class MuscleGeometry(ShortRepr):
    """Path lengths and their slopes at one posture."""

    q: Floats  # (n,) [rad or m]
    length: Floats  # (nm,) tendon included [m]
    slope: Floats  # (nm, n) d length / d q [m/rad]

    @property
    def moment_arm(self) -> Floats:
        """(nm, n) -d length / d q [m]: positive where shortening raises the coordinate."""
        return -self.slope


PER_MUSCLE = (
    "max_force",
    "optimal_length",
    "tendon_slack_length",
    "pennation",
    "strength",
    "calibration",
)
"""Arrays of a `Musculature` with one number for each muscle."""


@dataclass(frozen=True, eq=False, repr=False)
class Musculature:
    """Muscles of both sides as flat arrays on a tree over the chosen coordinates.

    Muscles of the right side are first, then their mirror images in the same order. Arrays per
    muscle have shape (nm,). q is (n,) in the order of `coordinates`; the other joints of the body
    are fixed as at construction. A musculature is immutable: `with_strength_scale`, `with_deficit`,
    `with_muscle`, `raw` and `selected` give new objects. They use the same arrays: do not write to
    them.
    """

    names: tuple[str, ...]  # "IL_L4_r", ...
    groups: tuple[str, ...]  # "multifidus_lumbar", ... without side
    max_force: Floats  # isometric force at the optimal length [N]
    optimal_length: Floats  # of the fibre [m]
    tendon_slack_length: Floats  # [m]
    pennation: Floats  # at the optimal length [rad]
    coordinates: tuple[str, ...]  # (n,)
    body: Body
    reduced: ReducedTree  # of the body, over these coordinates
    paths: PathArrays
    coupled: bool  # whether the abdomen follows the lumbar spine
    strength: Floats  # max_force over that of the source [1]
    calibration: Floats  # the part of `strength` that was fitted, not chosen by the user [1]
    parameters: ParameterSet  # assumptions: coupling of the abdomen, strength scale, ...
    sources: tuple[str, ...]  # source of the values of each muscle, keys of the bibliography

    def __repr__(self) -> str:
        return (
            f"<Musculature of {len(self.names)} muscles over {len(self.coordinates)} coordinates, "
            f"{self.coordinates[0]} to {self.coordinates[-1]}; {self.calibration_text}>"
        )

    def __len__(self) -> int:
        return len(self.names)

    def to_dict(self) -> dict[str, Any]:
        """A list for each quantity of the muscles, plain values for a JSON file."""
        return {
            "muscle": list(self.names),
            "group": list(self.groups),
            "max_force_N": self.max_force.tolist(),
            "optimal_fibre_length_m": self.optimal_length.tolist(),
            "tendon_slack_length_m": self.tendon_slack_length.tolist(),
            "pennation_rad": self.pennation.tolist(),
            "strength": self.strength.tolist(),
            "source": list(self.sources),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each muscle."""
        return frame(self.to_dict(), "muscle")

    @property
    def tree(self) -> Tree:
        """Tree over the coordinates; bodies without relative motion are merged."""
        return self.reduced.tree

    @property
    def calibration_text(self) -> str:
        """Description of the calibration of the maximal forces.

        The factor was fitted to the extension strength of the standard adult with all lumbar
        joints. For other bodies and joints it is carried over, and the text says so.
        """
        changed = np.flatnonzero(self.calibration != 1.0)
        if not changed.size:
            return "maximal forces of the source, not calibrated"
        factor, target = (
            self.parameters[name] for name in ("extensor_factor", "extension_strength")
        )
        pure = {self.groups[m] for m in changed}.issubset(EXTENSORS)
        what = "extensors" if pure else "muscles with extensors"
        text = f"{len(changed)} {what} x {factor.value:.4f}"
        source = f"({factor.source}, {factor.status})"
        if not is_standard_adult(self.body):
            return f"{text}, the factor of the standard adult {source}, not fitted to this body"
        if not {f"{joint}_FE" for joint in LUMBAR_JOINTS}.issubset(self.coordinates):
            return f"{text}, carried over from the lumbar spine {source}"
        text += f" for an extension strength of {target.value:g} {target.unit} {source}"
        if np.allclose(self.strength, self.calibration):
            return text
        return f"{text}, before the changes of strength by the user"

    @property
    def bib(self) -> tuple[str, ...]:
        """Keys of the sources to cite, each once."""
        return tuple(dict.fromkeys(self.sources))

    def parameters_of(self, name: str) -> ParameterSet:
        """The values of a muscle with unit, source and status."""
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
        """Poses of the tree at q (n,); a `Poses` is returned unchanged."""
        if isinstance(q, Poses):
            return q
        return tree_poses(self.tree, self._checked(q))

    def geometry(self, q: ArrayLike | Poses) -> MuscleGeometry:
        """Path lengths (nm,) [m] and slopes (nm, n) [m/rad] at q (n,) [rad]."""
        pose = self.pose(q)
        return MuscleGeometry(pose.q, *path_lengths(self.tree, self.paths, pose))

    def polylines(self, q: ArrayLike | Poses) -> PathArrays:
        """The paths at q, with the points where they meet and leave a surface."""
        if self.paths.wraps is None:
            return self.paths
        at = touched(self.paths, self.pose(q))
        return PathArrays(at.start, at.body, at.local)

    def moment_arms(self, q: ArrayLike | Poses, name: str) -> dict[str, float]:
        """Moment arm [m] of a muscle for every coordinate that it crosses."""
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

        tension (nm,) [N]. This is the contribution of constant tensions to the Hessian.
        """
        n = len(self.coordinates)
        H = np.empty((1, n, n))
        self._curvature(q, self.per_muscle(tension, "tension"), False, H)
        return H[0]

    def generalised_force(self, q: ArrayLike | Poses, tension: ArrayLike) -> Floats:
        """Generalised force (n,) [N m] of the tensions (nm,) [N] on the body: -slope^T tension."""
        return -self.geometry(q).slope.T @ self.per_muscle(tension, "tension")

    # --- names ----------------------------------------------------------------------------

    def index(self, name: str) -> int:
        """Index of a muscle in the arrays."""
        try:
            return self._index[name]
        except KeyError:
            raise unknown("muscle", name, self.names) from None

    def side(self, name: str) -> str:
        """right or left."""
        self.index(name)
        return "right" if name.endswith("_r") else "left"

    def members(self, which: str | Iterable[str]) -> NDArray[np.bool_]:
        """Mask (nm,) of muscles by one or several names of groups or muscles, or "all"."""
        mask = np.zeros(len(self), bool)
        for name in (which,) if isinstance(which, str) else which:
            if name in self._index:
                mask[self._index[name]] = True
            elif name == "all":
                mask[:] = True
            elif name in self.groups:
                mask |= np.array([g == name for g in self.groups])
            else:
                raise unknown("muscle or group", name, [*dict.fromkeys(self.groups), *self.names])
        return mask

    def select(self, body_coordinates: tuple[str, ...], q: ArrayLike) -> Floats:
        """The q (n,) of this musculature from coordinates in another order, as those of a body."""
        q = np.asarray(q, float)
        if q.shape != (len(body_coordinates),):
            raise PostureError(
                f"Expected one value for each of {len(body_coordinates)} coordinates, got q of "
                f"shape {q.shape}; give q in the order of the names."
            )
        place = {name: k for k, name in enumerate(body_coordinates)}
        missing = [c for c in self.coordinates if c not in place]
        if missing:
            raise unknown("coordinate", missing[0], body_coordinates)
        return q[[place[c] for c in self.coordinates]]

    # --- changes --------------------------------------------------------------------------

    def selected(self, which: str | Iterable[str] | NDArray[np.bool_]) -> Musculature:
        """A musculature of some of the muscles: by group, by name or by mask (nm,)."""
        if _is_mask(which):
            if which.shape != (len(self),):
                raise ParameterError(
                    f"Expected a mask with one value for each of {len(self)} muscles, got a mask "
                    f"of shape {which.shape}; use `members` to make a mask."
                )
            mask = which
        else:
            mask = self.members(which)  # type: ignore[arg-type]
        keep = np.flatnonzero(mask)
        if not keep.size:
            raise ParameterError(
                "Expected at least one muscle, got an empty selection; choose a group or a name."
            )
        return self.taken(keep)

    def taken(self, order: NDArray[np.int64]) -> Musculature:
        """The musculature of the muscles with these indices, in this order."""
        chosen = list(map(int, order))
        return replace(
            self,
            names=tuple(self.names[m] for m in chosen),
            groups=tuple(self.groups[m] for m in chosen),
            sources=tuple(self.sources[m] for m in chosen),
            **{name: getattr(self, name)[order] for name in PER_MUSCLE},
            paths=self.paths.taken(order),
        )

    def with_muscle(
        self,
        name: str,
        points: Sequence[tuple[str, ArrayLike]],
        *,
        max_force: float,
        optimal_length: float,
        tendon_slack_length: float,
        pennation: float = 0.0,
        group: str | None = None,
        wraps: Sequence[Wrap] = (),
        surfaces: Mapping[str, Surface] | None = None,
        source: str = USER,
    ) -> Musculature:
        """The same muscles and a new muscle on each side: `name`_r and its mirror image `name`_l.

        A muscle read from an OpenSim file may be passed on, if its bodies have the names of this
        body: its `bodies` and `points`, its `wraps` and the `surfaces` of its body.

        Parameters
        ----------
        points : (body, (3,) point in its frame [m]) along the path of the right side.
        max_force, optimal_length, tendon_slack_length, pennation : isometric [N], of the fibre
            [m], [m], at the optimal length [rad]; used without calibration.
        group : group for calibration and deficits; default: the name of the muscle.
        wraps : surfaces over which the path of the right side may pass, between two of its points.
        surfaces : surfaces by name, beside those of the body; the left side has mirror images.
        source : key of the bibliography for its numbers.

        Raises
        ------
        ParameterError
            For an invalid number, an existing name, or a path that crosses no joint.
        UnknownNameError
            For a body or a surface that does not exist.
        """
        record = MuscleRecord(
            name,
            name if group is None else group,
            max_force,
            optimal_length,
            tendon_slack_length,
            pennation,
            bodies=tuple(body for body, _ in points),
            points=np.array([place for _, place in points], float),
            naming=(None,) * len(points),
            wraps=tuple(wraps),
        )
        _check_new(self, record)
        _, abdomen = with_abdomen(self.body, None)
        known = {**self.body.surfaces, **(surfaces or {})}
        added = place(self.body, [record], abdomen, known).on(self.reduced)
        if len({*added.body.tolist(), *added.some_wraps().surfaces.body.tolist()}) == 1:
            raise ParameterError(
                f"Expected a path of muscle {record.name!r} across a joint of "
                f"{', '.join(self.coordinates)}, got points on {', '.join(record.bodies)}, which "
                "have no relative motion here. Give points on both sides of a joint."
            )
        both = np.ones(2)
        numbers = {
            "max_force": record.max_force * both,
            "optimal_length": record.optimal_length * both,
            "tendon_slack_length": record.tendon_slack_length * both,
            "pennation": record.pennation * both,
            "strength": both,
            "calibration": both,
        }
        everything = replace(
            self,
            names=(*self.names, record.name + "_r", record.name + "_l"),
            groups=(*self.groups, record.group, record.group),
            sources=(*self.sources, source, source),
            **{name: np.append(getattr(self, name), numbers[name]) for name in PER_MUSCLE},
            paths=self.paths.joined(added),
        )
        left = np.array([everything.side(name) == "left" for name in everything.names])
        return everything.taken(np.argsort(left, kind="stable"))

    def raw(self) -> Musculature:
        """The same muscles with the maximal forces of the source, without calibration.

        Deficits and factors of `with_strength_scale` stay.
        """
        fitted = ("extensor_factor", "extension_strength")
        known = {name: p for name, p in dict(self.parameters).items() if name not in fitted}
        return self._with_calibration(np.ones(len(self)), known)

    def calibrated(self, factor: Parameter = EXTENSOR_FACTOR) -> Musculature:
        """The same muscles with a fitted factor on the extensors, by default the packaged one.

        For a set from a file, or with the factor of another fit. It replaces an earlier factor.
        """
        extensors = np.array([group in EXTENSORS for group in self.groups])
        if not extensors.any():
            return self
        fitted = {"extensor_factor": factor, "extension_strength": EXTENSION_TARGET}
        factors = np.where(extensors, factor.si, 1.0)
        return self._with_calibration(factors, {**dict(self.parameters), **fitted})

    def with_strength_scale(self, factors: float | Mapping[str, float]) -> Musculature:
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
                    "use with_deficit to remove a muscle."
                )
            mask = self.members(name) if isinstance(factors, Mapping) else slice(None)
            scale[mask] *= factor
            key = f"strength_{name}"
            before = parameters[key].si if key in parameters else 1.0
            parameters[key] = Parameter(
                before * factor,
                "1",
                USER,
                "assumed",
                "on the maximal force, besides any calibration",
            )
        return self._with_force(scale, parameters)

    def with_deficit(self, which: str | Iterable[str], loss: float) -> Musculature:
        """The same muscles with a loss of force in a group or muscle, from 0 to 1 (no force left).

        Geometry stays. Names of muscles contain the side ("IL_L4_r"); groups have both sides; "all"
        weakens every muscle.
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

    def _with_calibration(self, factor: Floats, parameters: dict[str, Parameter]) -> Musculature:
        changed = self._with_force(factor / self.calibration, parameters)
        return replace(changed, calibration=factor)

    def _with_force(self, scale: Floats, parameters: dict[str, Parameter]) -> Musculature:
        return replace(
            self,
            max_force=self.max_force * scale,
            strength=self.strength * scale,
            parameters=ParameterSet(parameters),
        )

    # --- inside ---------------------------------------------------------------------------

    @staticmethod
    def required(muscles: object, where: str, body: Body) -> Musculature:
        """The muscles, after a check that they are a `Musculature` for a body of this size.

        Raises
        ------
        ParameterError
            For muscles of another class, or on a body of another size.
        """
        if isinstance(muscles, Musculature):
            require_same_size(body, muscles.body, f"muscles of {where}")
            return muscles
        raise ParameterError(
            f"Expected a panjabi.active.Musculature for {where}, got {type(muscles).__name__} "
            "(muscles from a file belong to the bodies of that file); build it with "
            "musculature(...), and add muscles by its with_muscle(...)."
        )

    def per_muscle(self, values: ArrayLike, what: str) -> Floats:
        """Finite values per muscle (nm,); a single value is used for all muscles."""
        array = np.asarray(values, float)
        array = np.full(len(self), array) if array.ndim == 0 else np.ascontiguousarray(array)
        if array.shape != (len(self),) or not np.isfinite(array).all():
            raise ParameterError(
                f"Expected {what} as one finite number for each of {len(self)} muscles, got shape "
                f"{array.shape}; give finite numbers in the order of `names`."
            )
        return array

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: m for m, name in enumerate(self.names)}

    def _checked(self, q: ArrayLike) -> Floats:
        array = np.ascontiguousarray(q, float)
        if array.shape != (len(self.coordinates),) or not np.isfinite(array).all():
            raise PostureError(
                f"Expected q as {len(self.coordinates)} finite values, got shape {array.shape}; "
                "give finite values in the order of `coordinates`, in radians."
            )
        return array

    def _curvature(self, q: ArrayLike | Poses, weight: Floats, each: bool, H: Floats) -> None:
        pose = self.pose(q)
        path_curvatures(self.tree, self.paths, pose, weight, each, H)


def _is_mask(which: object) -> TypeGuard[NDArray[np.bool_]]:
    return isinstance(which, np.ndarray) and cast("NDArray[Any]", which).dtype == bool


def _check_new(muscles: Musculature, record: MuscleRecord) -> None:
    if f"{record.name}_r" in muscles.names or f"{record.name}_l" in muscles.names:
        raise ParameterError(
            f"Expected the name of a new muscle, got {record.name!r}, which exists; choose another."
        )
    if record.points.ndim != 2 or record.points.shape[1] != 3 or len(record.points) < 2:
        raise ParameterError(
            f"Expected two points or more (body, (x, y, z)) for muscle {record.name!r}, got an "
            f"array of points of shape {record.points.shape}. Give the path from end to end."
        )
    if not np.isfinite(record.points).all():
        raise ParameterError(
            f"Expected finite points for muscle {record.name!r}, got {record.points.tolist()}. "
            "Give metres in the frame of each body."
        )
    for what in ("max_force", "optimal_length", "tendon_slack_length", "pennation"):
        value, lowest = getattr(record, what), 0.0 if what == "pennation" else 1e-6
        highest = np.pi / 2.0 if what == "pennation" else np.inf
        if not lowest <= value < highest:
            raise ParameterError(
                f"Expected {what} of muscle {record.name!r} {'from' if not lowest else 'above'} 0"
                f"{' and below pi / 2' if what == 'pennation' else ''}, got {value!r}. Give N, m "
                "and rad."
            )
