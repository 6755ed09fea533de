"""Columns of a body, or straight columns from lengths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.standard import standard_adult
from panjabi.body.tree import Floats, Tree
from panjabi.errors import ParameterError, PostureError
from panjabi.spine.column_model import Column
from panjabi.spine.joints import JointLaw
from panjabi.spine.levels import bodies_of, levels_of
from panjabi.spine.loads import vertical

if TYPE_CHECKING:
    from panjabi.body.model import Body


def column(
    region: str,
    laws: JointLaw | Sequence[JointLaw],
    *,
    body: Body | None = None,
    straight: bool = False,
    plane: str = "space",
) -> Column:
    """A column of a body in its neutral standing shape, fixed at its lowest body.

    Parameters
    ----------
    region : cervical, thoracic, lumbar, thoracolumbar or whole; see `panjabi.spine.REGIONS`.
    laws : one law for every level, or one per level from below.
    body : by default the standard adult.
    straight : the joints lie above one another at their distances, with axes along the world's.
    plane : sagittal, frontal, transverse or space; only its angles are free.

    Raises
    ------
    UnknownNameError
        If there is no such column or plane.
    ParameterError
        If the number of laws does not fit, or a unit has another size than its level in the body.
    """
    from panjabi.passive.functional_unit import FunctionalSpinalUnit
    from panjabi.passive.sizing import require_sized

    body = body if body is not None else _adult()
    all_laws = laws if isinstance(laws, Sequence) else (laws,)
    for law in all_laws:
        if isinstance(law, FunctionalSpinalUnit):
            require_sized(law, body)
    names, levels = bodies_of(region), levels_of(region)
    index = [body.body_index(name) for name in names]
    if any(body.tree.parent[b] != a for a, b in pairwise(index)):
        raise PostureError(
            "Expected a chain in which each body is the parent of the next, got "
            f"{', '.join(names)}, which are no chain in this body; use a body read from the "
            "packaged skeleton."
        )
    poses = body.poses(body.zero())
    if region.endswith(("lumbar", "thoracic")):
        above = body.tree.loc[body.body_index("C7" if names[-1] == "T1" else "T12")]
    else:
        above = body.com[index[-1]]
    if straight:
        centres = np.array([body.joint_centre(poses, n) for n in names[1:]])
        top = poses.R[index[-1]] @ above + poses.t[index[-1]]
        lengths = np.linalg.norm(np.diff(np.vstack([centres, top]), axis=0), axis=1)
        straightened = straight_column(lengths, laws, levels=levels, bodies=names, name=region)
        return straightened.in_plane(plane)
    first = body.tree.first
    e = np.concatenate([np.arange(int(first[b]), int(first[b + 1])) for b in index[1:]])
    n = len(levels)
    tree = Tree(
        parent=np.arange(-1, n, dtype=np.int64),
        loc=np.vstack([poses.t[index[0]], body.tree.loc[index[1:]]]),
        r0=np.concatenate([poses.R[index[:1]], body.tree.r0[index[1:]]]),
        child_loc=np.vstack([np.zeros(3), body.tree.child_loc[index[1:]]]),
        first=np.array([0, *range(0, 3 * n + 1, 3)], np.int64),
        slide=body.tree.slide[e].copy(),
        axis=body.tree.axis[e].copy(),
        coordinate=np.arange(3 * n, dtype=np.int64),
        poly=body.tree.poly[e].copy(),
    )
    mass, centre = _carried(body, index)
    points = [poses.R[b].T @ (c - poses.t[b]) for b, c in zip(index, centre, strict=True)]
    return Column(
        name=region,
        levels=levels,
        bodies=names,
        laws=_laws(laws, n),
        tree=tree,
        guides=_guides(tree, above),
        load_point=above.copy(),
        weights=vertical(names[1:], points[1:], STANDARD_GRAVITY * mass[1:]),
        plane=plane,
        parameters=dict(body.parameters),
    )


def straight_column(
    lengths: ArrayLike,
    laws: JointLaw | Sequence[JointLaw],
    *,
    levels: Sequence[str] | None = None,
    bodies: Sequence[str] | None = None,
    name: str = "straight",
    plane: str = "space",
) -> Column:
    """A column of bodies above one another, from their lengths: the Euler column of hinges.

    Parameters
    ----------
    lengths : (n,) from each joint to the next, the last from the top joint to the load [m].
    levels, bodies : names (n,) and (n + 1,); by default numbers from below.

    Raises
    ------
    ParameterError
        If a length is not positive.
    """
    size = np.atleast_1d(np.asarray(lengths, float))
    if size.ndim != 1 or not (np.isfinite(size).all() and (size > 0.0).all() and size.size):
        raise ParameterError(
            f"Expected a list of positive lengths in m, got {lengths!r}; give one for each "
            "level, from below."
        )
    n = len(size)
    loc = np.zeros((n + 1, 3))
    loc[2:, 1] = size[:-1]
    tree = Tree(
        parent=np.arange(-1, n, dtype=np.int64),
        loc=loc,
        r0=np.tile(np.eye(3), (n + 1, 1, 1)),
        child_loc=np.zeros((n + 1, 3)),
        first=np.array([0, *range(0, 3 * n + 1, 3)], np.int64),
        slide=np.zeros(3 * n, np.int64),
        axis=np.tile([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (n, 1)),
        coordinate=np.arange(3 * n, dtype=np.int64),
        poly=np.tile([0.0, 1.0, 0.0, 0.0, 0.0], (3 * n, 1)),
    )
    top = np.array([0.0, size[-1], 0.0])
    return Column(
        name=name,
        levels=tuple(levels) if levels is not None else tuple(f"joint {i + 1}" for i in range(n)),
        bodies=tuple(bodies) if bodies is not None else tuple(f"body {i}" for i in range(n + 1)),
        laws=_laws(laws, n),
        tree=tree,
        guides=_guides(tree, top),
        load_point=top,
        plane=plane,
    )


def _adult() -> Body:
    return standard_adult()


def _laws(laws: JointLaw | Sequence[JointLaw], n: int) -> tuple[JointLaw, ...]:
    return tuple(laws) if isinstance(laws, Sequence) else (laws,) * n


def _guides(tree: Tree, above: Floats) -> Floats:
    """Midway between the joints of each body, also for the top; on the fixed body at its joint.

    With these guides the cable of a straight column passes every joint and compresses without
    bending.
    """
    ends = np.vstack([tree.loc[2:], above])
    return np.vstack([tree.loc[1], 0.5 * (tree.child_loc[1:] + ends)])


def _carried(body: Body, chain: list[int]) -> tuple[Floats, Floats]:
    """Mass of each body of the chain with all bodies attached to it, and its centre, standing."""
    poses = body.poses(body.zero())
    centres = np.einsum("bij,bj->bi", poses.R, body.com) + poses.t
    carrier = np.full(len(body.names), -1)
    for b in range(1, len(body.names)):
        carrier[b] = b if b in chain else carrier[body.tree.parent[b]]
    mass = np.array([body.mass[carrier == b].sum() for b in chain])
    place = np.array(
        [np.average(centres[carrier == b], axis=0, weights=body.mass[carrier == b]) for b in chain]
    )
    return mass, place
