"""The body: rigid segments, joints, named points and muscles, and their positions in a posture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.landmarks import Frame, Place
from panjabi.body.movements import coordinate_values
from panjabi.body.muscles import Muscle, PathArrays, path_arrays
from panjabi.body.poses import Poses, depth_inside, path_lengths, tree_poses
from panjabi.body.posture import check_limits, finite_value, is_spinal, posture_table
from panjabi.body.tree import Floats, Tree
from panjabi.body.wrapping import Surface
from panjabi.errors import ParameterError, PostureError, unknown
from panjabi.parameter import Parameter

Configuration = Poses | ArrayLike
"""Coordinates (nq,), or the poses computed from them."""


@dataclass(frozen=True, eq=False, repr=False)
class Body:
    """A person as a tree of rigid bodies; immutable, `scaled_body` gives a new body.

    Coordinates are in rad and m, in the order of `coordinates`, with the signs of `signs` (hip
    flexion positive, spine extension positive, ...); all zero is upright standing. Methods take
    q as an array, or its `Poses`, which saves time for several results at the same posture.
    Several bodies use the same arrays: do not write to them.
    """

    names: tuple[str, ...]  # bodies; 0 is "ground"
    coordinates: tuple[str, ...]  # (nq,)
    ranges: Floats  # (nq, 2) [rad or m]
    signs: Mapping[str, str]  # coordinate -> meaning of a positive value
    translations: frozenset[str]  # coordinates in m
    mass: Floats  # (nb,) [kg]
    com: Floats  # (nb, 3) centres of mass in the bodies [m]
    inertia: Floats  # (nb, 3, 3) about the centres of mass, body axes [kg m2]
    tree: Tree
    frames: Mapping[str, Frame]
    aliases: Mapping[str, str]  # body names of the thoracolumbar muscle set
    landmarks: Mapping[str, Place]
    stations: Mapping[str, Place]
    muscles: Mapping[str, Muscle]
    scale: Floats  # (nb,) size of each body relative to the standard adult
    floor: Floats  # (2,) depth of the sole below the right and left calcaneus origin [m]
    stature: float  # standing, skin vertex above the sole [m]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    sex: str = "male"  # of the values; `panjabi.body.groups` lists what differs
    age_years: float = 30.0
    surfaces: Mapping[str, Surface] = field(default_factory=dict[str, Surface])  # muscles wrap
    changes: tuple[Mapping[str, Any], ...] = ()  # of the standard adult; see `body_from_changes`

    def __repr__(self) -> str:
        return (
            f"<Body of {self.stature:.4g} m and {self.total_mass:.4g} kg: {len(self.names) - 1} "
            f"bodies, {len(self.coordinates)} coordinates, {len(self.muscles)} muscles>"
        )

    @property
    def is_person(self) -> bool:
        """Whether it has a stature; a chain of inertias has none."""
        return self.stature > 0.0

    # --- postures -------------------------------------------------------------------------

    def zero(self) -> Floats:
        """Coordinates of upright standing, (nq,)."""
        return np.zeros(len(self.coordinates))

    def posture(self, name: str) -> Floats:
        """Coordinates (nq,) of a named posture; `postures()` lists them.

        The position of the root depends on the size of the body: either the right foot stays on the
        floor, or the height of the pelvis above floor or table is that of the standard adult times
        the scale of the pelvis.
        """
        if name not in posture_table():
            raise unknown("posture", name, posture_table())
        record = posture_table()[name]
        q = self.coordinates_from(angles_deg=record["angles_deg"])
        height = record.get("pelvis_height_m")
        if height is not None:
            pelvis = self.body_index("pelvis")
            q[self.coordinate_index("pelvis_ty")] = (
                height * self.scale[pelvis] - self.tree.loc[pelvis, 1]
            )
        if record.get("feet_stay"):
            origin = np.zeros(3)
            shift = self.point(self.zero(), "calcn_r", origin) - self.point(q, "calcn_r", origin)
            for axis, coordinate in enumerate(("pelvis_tx", "pelvis_ty")):
                q[self.coordinate_index(coordinate)] += shift[axis]
        return q

    def postures(self) -> tuple[str, ...]:
        """Names of the packaged postures."""
        return tuple(posture_table())

    def coordinates_from(
        self,
        values: Mapping[str, float] | None = None,
        *,
        angles_deg: Mapping[str, float] | None = None,
        base: ArrayLike | None = None,
        check_range: bool = True,
        strict: bool = True,
    ) -> Floats:
        """Coordinates (nq,) from named values [rad or m] or angles [deg]; others as in `base`.

        Parameters
        ----------
        base : coordinates to start from; default: upright standing.
        check_range : False allows any finite value.
        strict : False allows spine values beyond the ranges, which are recalled textbook values.

        Raises
        ------
        UnknownNameError
            For a coordinate that does not exist.
        PostureError
            For a value outside the range of the joint or not finite, or a translation in degrees.
        """
        values, angles_deg = values or {}, angles_deg or {}
        q = self.zero() if base is None else self.checked(base).copy()
        for name, value in values.items():
            q[self.coordinate_index(name)] = finite_value(name, value)
        for name, value in angles_deg.items():
            k = self.coordinate_index(name)
            if name in self.translations:
                raise PostureError(
                    f"Expected angles in angles_deg, got {name}: {value!r}, which is a translation "
                    f"in metres; give it in values as {{{name!r}: metres}}."
                )
            q[k] = math.radians(finite_value(name, value))
        for name in (*values, *angles_deg) if check_range else ():
            if strict or not is_spinal(name):
                k = self.coordinate_index(name)
                metres = name in self.translations
                check_limits(name, q[k], self.ranges[k], metres=metres, sign=self.signs[name])
        return q

    def flexed(
        self,
        movements: Mapping[str, float] | None = None,
        *,
        angles_deg: Mapping[str, float] | None = None,
        base: ArrayLike | None = None,
        check_range: bool = True,
        strict: bool = True,
    ) -> Floats:
        """Coordinates (nq,) from movements by name: {"right hip flexion": 0.5} [rad].

        Names are "[right|left] joint movement"; without a side both sides move equally: "knee
        flexion", "left ankle plantarflexion", "lumbar flexion", "pelvis anterior tilt", "L4-L5
        extension". A movement of a region of the spine is distributed over its joints in proportion
        to their ranges. Errors as for `coordinates_from`.
        """
        angles = dict(movements or {}) | {k: np.radians(v) for k, v in (angles_deg or {}).items()}
        values = coordinate_values(angles, dict(zip(self.coordinates, self.ranges, strict=True)))
        return self.coordinates_from(values, base=base, check_range=check_range, strict=strict)

    def checked(self, q: ArrayLike) -> Floats:
        """q as an array (nq,) of finite numbers.

        Raises
        ------
        ParameterError
            For another shape.
        PostureError
            For a value that is not finite.
        """
        try:
            array = np.ascontiguousarray(q, dtype=np.float64)
        except (TypeError, ValueError):
            array = np.empty(0)
        n = len(self.coordinates)
        if array.shape != (n,):
            raise ParameterError(
                f"Expected coordinates as an array of {n} numbers, got {type(q).__name__} of shape "
                f"{np.shape(array)}; make one with coordinates_from or posture."
            )
        wrong = np.flatnonzero(~np.isfinite(array))
        if len(wrong):
            k = int(wrong[0])
            raise PostureError(
                f"Expected a finite number for coordinate {self.coordinates[k]}, got {array[k]}; "
                "check the calculation of this coordinate."
            )
        return array

    # --- points ---------------------------------------------------------------------------

    def poses(self, q: Configuration) -> Poses:
        """World pose of every body at q; a `Poses` is returned unchanged."""
        if isinstance(q, Poses):
            return q
        return tree_poses(self.tree, self.checked(q))

    def body_index(self, name: str) -> int:
        """Index of a body by name."""
        try:
            return self._body_index[name]
        except KeyError:
            raise unknown("body", name, [*self.names, *self.frames]) from None

    def coordinate_index(self, name: str) -> int:
        """Index of a coordinate by name."""
        try:
            return self._coordinate_index[name]
        except KeyError:
            raise unknown("coordinate", name, self.coordinates) from None

    def attachment(
        self, name: str, local: ArrayLike, *, naming: str | None = None
    ) -> tuple[int, Floats]:
        """Body index and local point (3,) of a point of a body or frame by name.

        With naming="thoracolumbar" or "cervical", name and point are those of the published muscle
        set: its body names are translated, lengths of the neck set are scaled to this neck, and
        both sets are scaled to the size of this body.
        """
        point = _vector(local)
        if naming is not None:
            if naming not in ("thoracolumbar", "cervical"):
                raise unknown("naming", naming, ("thoracolumbar", "cervical"))
            name = self.aliases.get(name, name)
            if naming == "cervical":
                point = point * self.parameters["neck_scale"].si
        if name in self.frames:
            frame = self.frames[name]
            b = self.body_index(frame.body)
            size = self.scale[b] if naming is not None else 1.0
            return b, frame.position + frame.rotation @ (size * point)
        b = self.body_index(name)
        return b, point if naming is None else self.scale[b] * point

    def point(self, q: Configuration, body: str, local: ArrayLike) -> Floats:
        """World position (3,) [m] of a point of a body or frame."""
        b, local = self.attachment(body, local)
        poses = self.poses(q)
        return poses.R[b] @ local + poses.t[b]

    def joint_centre(self, q: Configuration, body: str) -> Floats:
        """World position (3,) [m] of the centre of the joint between a body and its parent."""
        b = self.body_index(body)
        poses = self.poses(q)
        return poses.R[b] @ self.tree.child_loc[b] + poses.t[b]

    def landmark(self, q: Configuration, name: str) -> Floats:
        """World position (3,) [m] of a landmark."""
        return self._place(q, self.landmarks, "landmark", name)

    def station(self, q: Configuration, name: str) -> Floats:
        """World position (3,) [m] of a station of the fascial lines."""
        return self._place(q, self.stations, "station", name)

    def place(self, name: str) -> Place:
        """A station or landmark by id."""
        place = self.stations.get(name) or self.landmarks.get(name)
        if place is None:
            raise unknown("station or landmark", name, [*self.stations, *self.landmarks])
        return place

    def jacobian(self, q: Configuration, body: str, local: ArrayLike) -> Floats:
        """Exact d(world position)/dq, (3, nq) [m/rad; m/m], of a point in a body or frame."""
        from panjabi.body.kernels import points_jacobian

        b, local = self.attachment(body, local)
        poses = self.poses(q)
        J = np.empty((1, 3, len(self.coordinates)))
        points_jacobian(
            self.tree,
            np.array([b]),
            (poses.R[b] @ local + poses.t[b])[None],
            poses.axis_world,
            poses.origin_world,
            poses.rate,
            J,
        )
        return J[0]

    def angular_jacobian(self, q: Configuration, body: str) -> Floats:
        """Angular velocity of a body per unit coordinate velocity, (3, nq), world axes."""
        from panjabi.body.kernels import angular_jacobian

        poses = self.poses(q)
        W = np.empty((len(self.names), 3, len(self.coordinates)))
        angular_jacobian(self.tree, poses.axis_world, poses.rate, W)
        return W[self.body_index(body)]

    # --- mass -----------------------------------------------------------------------------

    @property
    def total_mass(self) -> float:
        """[kg]"""
        return float(self.mass.sum())

    def centre_of_mass(self, q: Configuration, bodies: tuple[str, ...] | None = None) -> Floats:
        """World centre of mass (3,) [m] of the whole body, or of some bodies."""
        poses = self.poses(q)
        mass = self.mass
        if bodies is not None:
            mass = np.zeros_like(mass)
            chosen = [self.body_index(b) for b in bodies]
            mass[chosen] = self.mass[chosen]
            if not mass.any():
                raise ParameterError(
                    f"Expected bodies with a mass, got {bodies!r} with no mass; name other bodies, "
                    f"for example {', '.join(self.names[1:4])}."
                )
        world = np.einsum("bij,bj->bi", poses.R, self.com) + poses.t
        return mass @ world / mass.sum()

    # --- muscles --------------------------------------------------------------------------

    def muscle(self, name: str) -> Muscle:
        """A muscle by name, "semimem_r"."""
        try:
            return self.muscles[name]
        except KeyError:
            raise unknown("muscle", name, self.muscles) from None

    def path_length(self, q: Configuration, name: str) -> float:
        """Path length of a muscle, tendon included [m]."""
        self.muscle(name)
        return float(self.path_lengths(q)[list(self.muscles).index(name)])

    def moment_arms(self, q: Configuration, name: str) -> dict[str, float]:
        """Moment arm r = -dL/dq [m] for every coordinate that the muscle crosses.

        Positive if shortening of the muscle increases the coordinate. The coupled motions of the
        knee are included.
        """
        self.muscle(name)
        row = self.moment_arm_matrix(q)[list(self.muscles).index(name)]
        return {self.coordinates[k]: float(row[k]) for k in np.flatnonzero(row)}

    def path_lengths(self, q: Configuration) -> Floats:
        """Path lengths of all muscles, (nm,) [m], in the order of `muscles`."""
        return self._paths(q)[0]

    def moment_arm_matrix(self, q: Configuration) -> Floats:
        """Moment arms of all muscles, (nm, nq) [m]."""
        return -self._paths(q)[1]

    def outside_evidence(self, q: Configuration) -> tuple[str, ...]:
        """Muscles whose path at q does not rest on a source, each with the reason.

        A coordinate is beyond the range of the source, or a point of the path is inside the
        surface over which it wraps. There the path is straight, and its length and arm jump.
        """
        poses = self.poses(q)
        beyond = [
            f"path of {name}: {coordinate} {math.degrees(value):.0f} deg, beyond its source "
            f"({math.degrees(low):.0f} to {math.degrees(high):.0f} deg)"
            for name, muscle in self.muscles.items()
            for coordinate, (low, high) in muscle.evidence.items()
            if not low <= (value := poses.q[self.coordinate_index(coordinate)]) <= high
        ]
        wraps = [(name, w.surface) for name, m in self.muscles.items() for w in m.wraps]
        inside = [
            f"path of {name}: a point is {1e3 * depth:.1f} mm inside surface {surface!r}, where "
            "the path is straight"
            for (name, surface), depth in zip(wraps, depth_inside(self.paths, poses), strict=True)
            if depth > 0.0
        ]
        return (*beyond, *inside)

    @cached_property
    def paths(self) -> PathArrays:
        """All muscle paths as flat arrays."""
        return path_arrays(self.muscles.values(), self.names, self.surfaces)

    # --- inside ---------------------------------------------------------------------------

    @cached_property
    def _body_index(self) -> dict[str, int]:
        return {name: b for b, name in enumerate(self.names)}

    @cached_property
    def _coordinate_index(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.coordinates)}

    def _place(self, q: Configuration, known: Mapping[str, Place], what: str, name: str) -> Floats:
        if name not in known:
            raise unknown(what, name, known)
        place = known[name]
        b = self._body_index[place.body]
        poses = self.poses(q)
        return poses.R[b] @ place.local + poses.t[b]

    def _paths(self, q: Configuration) -> tuple[Floats, Floats]:
        return path_lengths(self.tree, self.paths, self.poses(q))


def _vector(local: ArrayLike) -> Floats:
    point = np.asarray(local, float)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise ParameterError(
            f"Expected a point as three finite numbers x, y, z in metres, got {local!r}; give the "
            "point in the frame of its body."
        )
    return point
