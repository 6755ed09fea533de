"""A musculature at one posture of the spine: geometry, limits of force, pull on every level."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.parameter import ParameterSet
from panjabi.spine.muscle_state import MuscleState
from panjabi.spine.static_model import LEVELS, spine_coordinates
from panjabi.tissue.de_groote import DeGrooteCurves

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.body.muscles import PathArrays

Floats = NDArray[np.float64]


def muscles_at(
    musculature: Musculature, angles: Floats, *, curves: DeGrooteCurves | None = None
) -> MuscleState:
    """Lengths, slopes and limits of every muscle at lumbar angles (18,) [rad], with rigid tendons.

    The fibre length follows from the path with a tendon at its slack length and constant
    thickness; the tension is F_passive without activation and F_passive + Fmax fl cos(pennation)
    with full activation. The default curves are those of `standard_curves`.

    Raises
    ------
    ParameterError
        If the musculature is not over the 18 lumbar coordinates, in their order.
    """
    if musculature.coordinates != spine_coordinates():
        raise ParameterError(
            "Expected a musculature over the 18 lumbar coordinates, got "
            f"{len(musculature.coordinates)} coordinates from {musculature.coordinates[0]}; "
            "build it with region 'lumbar'."
        )
    pose = musculature.pose(np.ascontiguousarray(angles, float))
    paths = musculature.polylines(pose)
    world = np.einsum("pij,pj->pi", pose.R[paths.body], paths.local) + pose.t[paths.body]
    lines = tuple(world[a:b] for a, b in pairwise(paths.start))
    geometry = musculature.geometry(pose)
    passive, active, fibre = _limits(musculature, geometry.length, curves or standard_curves())
    return MuscleState(
        names=musculature.names,
        groups=musculature.groups,
        length=geometry.length,
        slope=geometry.slope,
        curvature=musculature.curvature(pose),
        max_force=musculature.max_force,
        passive=passive,
        strongest=passive + active,
        optimal_fibre=musculature.optimal_length,
        tendon_slack=musculature.tendon_slack_length,
        fibre=fibre,
        pull=_pull(musculature, paths, lines),
        lines=lines,
    )


def standard_curves() -> DeGrooteCurves:
    """The refit curves, but with passive force from the optimal fibre length on, as published.

    The passive curve of the refit starts at 0.2 optimal lengths and gives 0.5 % of Fmax at 0.8: in
    total 430 N upright without activation.
    """
    start = DeGrooteCurves.published().parameters["l_min"]
    return DeGrooteCurves(ParameterSet({**DeGrooteCurves.refit().parameters, "l_min": start}))


def _limits(
    m: Musculature, length: Floats, curves: DeGrooteCurves
) -> tuple[Floats, Floats, Floats]:
    """Passive force, active force at full activation [N], and relative fibre length [1], (m,)."""
    # a path shorter than its tendon is slack: the shortest fibre then gives almost no force
    along = np.maximum(length - m.tendon_slack_length, 0.05 * m.optimal_length)
    thickness = m.optimal_length * np.sin(m.pennation)
    fibre = np.hypot(along, thickness)
    cosine = along / fibre
    fibre = fibre / m.optimal_length
    active, _ = curves.active(fibre)
    passive, _ = curves.passive(fibre)
    return m.max_force * np.maximum(passive, 0.0) * cosine, m.max_force * active * cosine, fibre


def _pull(m: Musculature, paths: PathArrays, lines: tuple[Floats, ...]) -> Floats:
    """(levels, m, 3) sum over the pieces of each path that run from above a level to below it.

    Above a level are its upper vertebra and all bodies attached to it; the abdomen, which is
    attached to the sacrum, is below every level.
    """
    above = _above(m)
    start, body = paths.start, paths.body
    pull = np.zeros((len(LEVELS), len(m.names), 3))
    for k, line in enumerate(lines):
        points = slice(start[k], start[k + 1])
        step = np.diff(line, axis=0)
        direction = step / np.linalg.norm(step, axis=1)[:, None]
        side = above[:, body[points]].astype(float)  # (levels, points)
        # a piece pulls its first point forward along the path and its second one back
        pull[:, k] = (side[:, :-1] - side[:, 1:]) @ direction
    return pull


def _above(m: Musculature) -> NDArray[np.bool_]:
    """(levels, bodies) of the musculature's tree: whether a body is above a level."""
    tree = m.tree
    above = np.zeros((len(LEVELS), len(tree.parent)), bool)
    for b in range(1, len(tree.parent)):
        above[:, b] = above[:, tree.parent[b]]
        turns = {int(c) for c in tree.coordinate[tree.first[b] : tree.first[b + 1]]}
        for k in range(len(LEVELS)):
            above[k, b] |= turns == {3 * k, 3 * k + 1, 3 * k + 2}
    return above
