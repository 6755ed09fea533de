"""Wrapping surfaces of a body, and the path of a muscle over one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from panjabi.arrays import Block, Integers, Matrix
from panjabi.body.landmarks import left, mirrored
from panjabi.body.tree import Floats
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, Status
from panjabi.results import ShortRepr

Shape = Literal["sphere", "cylinder", "ellipsoid", "torus"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
"""In the order of the numbers that the kernels use."""
ENDLESS = float(np.finfo(float).max)
"""Half length of an endless cylinder in arrays [m]: data of a run must be finite."""

SIZES = {
    "sphere": ("radius",),
    "cylinder": ("radius", "half_length"),
    "ellipsoid": ("semi_axis_x", "semi_axis_y", "semi_axis_z"),
    "torus": ("ring_radius", "tube_radius"),
}
"""Names of the sizes of each shape, in order. The axis of cylinder and torus is z."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Surface(ShortRepr):
    """A surface fixed to a body, over which muscle paths wrap.

    A path over a torus passes through the ring. `side` is the direction, in the frame of the
    surface, to which a path passes its centre (or, at a cylinder, its axis); without it the path is
    the shorter one, and it is straight if the straight line does not meet the surface. With a
    side, a path beyond the surface on the wrong side wraps around it (not at an ellipsoid).

    Raises
    ------
    ParameterError
        For an unknown shape, a wrong number of sizes or a size that is not positive, a rotation
        that is not orthonormal, or numbers that are not finite (half_length may be infinite).
    """

    name: str
    shape: Shape
    body: str
    centre: Floats  # (3,) in the body [m]
    size: tuple[float, ...]  # [m], as in SIZES
    rotation: Floats  # (3, 3) columns: axes of the surface in the body
    side: Floats | None = None  # (3,)
    source: str = ""
    status: Status = "assumed"
    note: str = ""

    def __post_init__(self) -> None:
        who = f"surface {self.name!r}"
        if self.shape not in SHAPES:
            raise unknown(f"shape of {who}", self.shape, SHAPES)
        sizes = np.array(self.size, float)
        if sizes.shape != (len(SIZES[self.shape]),) or not (sizes > 0.0).all():
            raise ParameterError(
                f"Expected {', '.join(SIZES[self.shape])} of {who} as positive numbers, got "
                f"{self.size!r}; give metres."
            )
        infinite = self.shape == "cylinder" and sizes[0] < np.inf
        if not infinite and not np.isfinite(sizes).all():
            raise ParameterError(
                f"Expected finite sizes of {who}, got {self.size!r}; only half_length of a "
                "cylinder may be infinite."
            )
        if self.shape == "torus" and sizes[1] >= sizes[0]:
            raise ParameterError(
                f"Expected a ring_radius of {who} above its tube_radius, got {self.size!r}; a path "
                "passes through the ring."
            )
        rotation = np.asarray(self.rotation, float)
        if rotation.shape != (3, 3) or not np.allclose(rotation.T @ rotation, np.eye(3), atol=1e-9):
            raise ParameterError(
                f"Expected a rotation (3, 3) of {who}, got {rotation.tolist()}; give orthonormal "
                "columns."
            )
        object.__setattr__(self, "rotation", rotation)
        for what in ("centre",) if self.side is None else ("centre", "side"):
            value = np.asarray(getattr(self, what), float)
            if value.shape != (3,) or not np.isfinite(value).all():
                raise ParameterError(
                    f"Expected {what} of {who} as three finite numbers, got {value!r}; give "
                    "x, y, z."
                )
            object.__setattr__(self, what, value)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The finite sizes with unit, source and status."""
        return {
            name: Parameter(float(value), "m", self.source, self.status, self.note)
            for name, value in zip(SIZES[self.shape], self.size, strict=True)
            if np.isfinite(value)
        }

    def scaled(self, factor: float) -> Surface:
        """The surface on a body of another size."""
        size = tuple(factor * value for value in self.size)
        return replace(self, centre=factor * self.centre, size=size)

    def mirrored(self) -> Surface:
        """The surface of the left side, with name and body of that side."""
        flip = np.diag([1.0, 1.0, -1.0])
        # The mirrored axes are left-handed; the shapes are symmetric, so z may be turned back.
        side = None if self.side is None else flip @ self.side
        return replace(
            self,
            name=left(self.name),
            body=left(self.body),
            centre=np.array(mirrored(self.centre)),
            rotation=flip @ self.rotation @ flip,
            side=side,
        )


@dataclass(frozen=True)
class Wrap:
    """A surface over which a muscle path may wrap between two of its points."""

    surface: str  # name
    first: int  # index of the point before
    last: int  # index of the point after; only one piece between them wraps


class Surfaces(NamedTuple):
    """Wrapping surfaces (ns) as flat arrays, each fixed to a body."""

    kind: Integers  # (ns,) index in SHAPES
    body: Integers  # (ns,)
    rotation: Block  # (ns, 3, 3) columns: axes of the surface in the body
    centre: Matrix  # (ns, 3) in the body [m]
    size: Matrix  # (ns, 3) [m], see `Surface`
    side: Matrix  # (ns, 3) direction to which the path passes, in the surface; 0 0 0: the shorter

    def joined(self, other: Surfaces) -> Surfaces:
        """These surfaces and then others on the same bodies."""
        return Surfaces(
            np.append(self.kind, other.kind),
            np.append(self.body, other.body),
            np.concatenate([self.rotation, other.rotation]),
            np.concatenate([self.centre, other.centre]),
            np.concatenate([self.size, other.size]),
            np.concatenate([self.side, other.side]),
        )


class WrapArrays(NamedTuple):
    """Wraps of all muscle paths as flat arrays for the kernels."""

    surfaces: Surfaces
    start: Integers  # (nm + 1,) wraps of muscle m are start[m] .. start[m + 1] - 1
    surface: Integers  # (nw,)
    first: Integers  # (nw,) index of a point in `PathArrays`
    last: Integers  # (nw,)


def surface_arrays(surfaces: Iterable[Surface], body_index: Mapping[str, int]) -> Surfaces:
    """Surfaces as flat arrays, in their order; an infinite size is `ENDLESS`."""
    surfaces = list(surfaces)
    count = len(surfaces)
    size, side = np.full((count, 3), ENDLESS), np.zeros((count, 3))
    for i, surface in enumerate(surfaces):
        size[i, : len(surface.size)] = np.minimum(surface.size, ENDLESS)
        if surface.side is not None:
            side[i] = surface.side
    return Surfaces(
        np.array([SHAPES.index(s.shape) for s in surfaces], np.int64),
        np.array([body_index[s.body] for s in surfaces], np.int64),
        np.array([s.rotation for s in surfaces], float).reshape(count, 3, 3),
        np.array([s.centre for s in surfaces], float).reshape(count, 3),
        size,
        side,
    )


def wrap_arrays(
    wraps: Sequence[Sequence[Wrap]],
    start: Integers,
    surfaces: Mapping[str, Surface],
    body_index: Mapping[str, int],
) -> WrapArrays | None:
    """Wraps of muscles with points start[m] .. start[m + 1] - 1; None if nothing wraps.

    Raises
    ------
    UnknownNameError
        For a surface that does not exist.
    ParameterError
        For a range of points that the path does not have.
    """
    flat = [(m, wrap) for m, of_muscle in enumerate(wraps) for wrap in of_muscle]
    if not flat:
        return None
    order = {name: i for i, name in enumerate(surfaces)}
    for m, wrap in flat:
        if wrap.surface not in order:
            raise unknown("wrapping surface", wrap.surface, surfaces)
        if not 0 <= wrap.first < wrap.last < start[m + 1] - start[m]:
            raise ParameterError(
                f"Expected wrap over {wrap.surface!r} between two points 0 to "
                f"{start[m + 1] - start[m] - 1} of its path, got {wrap.first} to {wrap.last}; "
                "count the points from 0."
            )
    return WrapArrays(
        surface_arrays(surfaces.values(), body_index),
        np.concatenate([[0], np.cumsum([len(w) for w in wraps])]).astype(np.int64),
        np.array([order[w.surface] for _, w in flat], np.int64),
        np.array([start[m] + w.first for m, w in flat], np.int64),
        np.array([start[m] + w.last for m, w in flat], np.int64),
    )


@dataclass(frozen=True, eq=False, repr=False)
class SurfacePath(ShortRepr):
    """The path between two points over one surface, and its derivatives; all in its frame.

    Derivatives are with respect to both points (x1, y1, z1, x2, y2, z2) in that frame. The second
    derivative jumps where a path touches: there `hessian` and `hessian_other` are both values.
    """

    touches: bool
    first: Floats  # (3,) tangent point next to the first point [m]; middle if it does not touch
    last: Floats  # (3,) [m]
    arc: float  # length over the surface [m]
    length: float  # [m]
    gradient: Floats  # (6,) [1]
    hessian: Floats  # (6, 6) [1/m]
    hessian_other: Floats | None  # (6, 6) on the other side of touching; None if arc > JUST_TOUCHES


JUST_TOUCHES = 1e-6  # [m]


def path_over(surface: Surface, start: ArrayLike, end: ArrayLike) -> SurfacePath:
    """Path from `start` to `end` (3,) [m] over a surface, all in the frame of the surface.

    Raises
    ------
    ParameterError
        If the geodesic is not found.
    """
    from panjabi.body import wrap_kernels as kernels

    flat = surface_arrays([surface], {surface.body: 0})
    p, q = np.array(start, float), np.array(end, float)
    out = kernels.new_contact()
    kind = int(flat.kind[0])
    status = kernels.contact(kind, flat.size[0], flat.side[0], p, q, out)
    if status == kernels.UNSOLVED:
        raise ParameterError(
            f"Expected a geodesic over surface {surface.name!r} from {p.tolist()} to {q.tolist()}, "
            "got none; points whose line passes close to the centre have several."
        )
    straight = np.linalg.norm(q - p)
    if status == kernels.STRAIGHT:
        u = (q - p) / straight
        across = np.eye(3) - np.outer(u, u)
        sign = np.hstack([-np.eye(3), np.eye(3)])
        middle = 0.5 * (p + q)
        return SurfacePath(
            False, middle, middle, 0.0, float(straight), np.concatenate([-u, u]),
            sign.T @ across @ sign / straight, None,
        )  # fmt: skip
    l1, l2 = float(np.linalg.norm(out.first - p)), float(np.linalg.norm(q - out.last))
    u1, u2 = (out.first - p) / l1, (q - out.last) / l2
    hessian, normals = np.zeros((6, 6)), np.zeros((2, 6))
    kernels.path_hessian(kind, flat.size[0], p, q, out, hessian, normals)
    arc = float(out.arc[0])
    other = None
    if arc < JUST_TOUCHES:
        jump = l2 * normals[0] + l1 * normals[1]
        other = hessian - np.outer(jump, jump) / (l1 * l2 * (l1 + l2))
    return SurfacePath(
        True, out.first, out.last, arc, l1 + arc + l2, np.concatenate([-u1, u2]), hessian, other
    )  # fmt: skip


def surfaces_from(records: Iterable[Mapping[str, Any]]) -> dict[str, Surface]:
    """Surfaces of both sides from the records of a data file, right before left."""
    right = [
        Surface(
            name=r["name"],
            shape=r["shape"],
            body=r["body"],
            centre=np.array(r["centre"], float),
            size=tuple(float("inf") if x is None else x for x in r["size"]),
            rotation=frame_of(r["axis"]),
            side=None if r["side"] is None else frame_of(r["axis"]).T @ np.array(r["side"], float),
            source=r["source"],
            status=r["status"],
            note=r.get("note", ""),
        )
        for r in records
    ]
    return {s.name: s for s in right} | {s.name: s for s in (r.mirrored() for r in right)}


def frame_of(axis: ArrayLike) -> Floats:
    """A rotation (3, 3) whose third column is a direction."""
    z = np.asarray(axis, float)
    z = z / np.linalg.norm(z)
    x = np.cross(np.eye(3)[np.argmin(np.abs(z))], z)
    x /= np.linalg.norm(x)
    return np.column_stack([x, np.cross(z, x), z])
