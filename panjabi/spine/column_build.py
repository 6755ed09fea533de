"""Columns of a body, or straight ones of given lengths."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.standard import require_standard_adult, standard_adult
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
    """A column of a body in its neutral standing shape, held at its lowest body.

    Parameters
    ----------
    region : cervical, thoracic, lumbar, thoracolumbar or whole; see `panjabi.spine.REGIONS`.
    laws : one law for every level, or one per level from below.
    body : the standard adult when not given.
    straight : the joints put above one another at their distances, axes along the world's.
    plane : sagittal, frontal, transverse or space; only its angles are free.

    Raises
    ------
    UnknownNameError
        If there is no such column or plane.
    ParameterError
        If the number of laws does not fit, or units meet a body of another size.
    """
    from panjabi.passive.functional_unit import FunctionalSpinalUnit

    body = body if body is not None else _adult()
    every = laws if isinstance(laws, Sequence) else (laws,)
    if any(isinstance(law, FunctionalSpinalUnit) for law in every):
        require_standard_adult(body, "units of a column")
    names, levels = bodies_of(region), levels_of(region)
    at = [body.body_index(name) for name in names]
    if any(body.tree.parent[b] != a for a, b in pairwise(at)):
        raise PostureError(
            f"the bodies {', '.join(names)} are no chain in this body; each must be the parent of "
            "the next. Use a body read from the packaged skeleton."
        )
    poses = body.poses(body.zero())
    if region.endswith(("lumbar", "thoracic")):
        above = body.tree.loc[body.body_index("C7" if names[-1] == "T1" else "T12")]
    else:
        above = body.com[at[-1]]
    if straight:
        centres = np.array([body.joint_centre(poses, n) for n in names[1:]])
        top = poses.R[at[-1]] @ above + poses.t[at[-1]]
        lengths = np.linalg.norm(np.diff(np.vstack([centres, top]), axis=0), axis=1)
        made = straight_column(lengths, laws, levels=levels, bodies=names, name=region)
        return made.in_plane(plane)
    e = np.concatenate([np.arange(body.tree.first[b], body.tree.first[b + 1]) for b in at[1:]])
    n = len(levels)
    tree = Tree(
        parent=np.arange(-1, n, dtype=np.int64),
        loc=np.vstack([poses.t[at[0]], body.tree.loc[at[1:]]]),
        r0=np.concatenate([poses.R[at[:1]], body.tree.r0[at[1:]]]),
        child_loc=np.vstack([np.zeros(3), body.tree.child_loc[at[1:]]]),
        first=np.array([0, *range(0, 3 * n + 1, 3)], np.int64),
        slide=body.tree.slide[e].copy(),
        axis=body.tree.axis[e].copy(),
        coordinate=np.arange(3 * n, dtype=np.int64),
        poly=body.tree.poly[e].copy(),
    )
    mass, centre = _carried(body, at)
    points = [poses.R[b].T @ (c - poses.t[b]) for b, c in zip(at, centre, strict=True)]
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
    """Bodies of given lengths above one another: the Euler column of hinges.

    Parameters
    ----------
    lengths : (n,) from each joint to the next, the last from the top joint to the load [m].
    levels, bodies : names (n,) and (n + 1,); numbered from below when not given.

    Raises
    ------
    ParameterError
        If a length is not positive.
    """
    size = np.atleast_1d(np.asarray(lengths, float))
    if size.ndim != 1 or not (np.isfinite(size).all() and (size > 0.0).all() and size.size):
        raise ParameterError(
            f"lengths are {lengths!r}; a list of positive lengths in m is possible. Give one per "
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
    """Midway between the joints of each body; on the held body at its joint, above midway too.

    So chosen the cable of a straight column runs through every joint and presses without bending.
    """
    ends = np.vstack([tree.loc[2:], above])
    return np.vstack([tree.loc[1], 0.5 * (tree.child_loc[1:] + ends)])


def _carried(body: Body, chain: list[int]) -> tuple[Floats, Floats]:
    """Mass of each body of the chain with all that hangs on it, and its centre, standing."""
    poses = body.poses(body.zero())
    centres = np.einsum("bij,bj->bi", poses.R, body.com) + poses.t
    owner = np.full(len(body.names), -1)
    for b in range(1, len(body.names)):
        owner[b] = b if b in chain else owner[body.tree.parent[b]]
    mass = np.array([body.mass[owner == b].sum() for b in chain])
    place = np.array(
        [np.average(centres[owner == b], axis=0, weights=body.mass[owner == b]) for b in chain]
    )
    return mass, place
