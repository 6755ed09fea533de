"""A musculature at one posture of the spine: geometry, limits of force, pull on every level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.spine.muscle_state import MuscleState
from panjabi.spine.static import LEVELS, spine_coordinates

if TYPE_CHECKING:
    from panjabi.active.musculature import Musculature, Pose

Floats = NDArray[np.float64]


def muscles_at(musculature: Musculature, angles: Floats) -> MuscleState:
    """Lengths, slopes and limits of every muscle at lumbar angles (18,) [rad], tendons rigid.

    The fibre's length follows from the path with a tendon at its slack length and constant
    thickness; the tension is F_passive without and F_passive + Fmax fl cos(pennation) with full
    activation.

    Raises
    ------
    ParameterError
        If the musculature is not over the 18 lumbar coordinates, in their order.
    """
    if musculature.coordinates != spine_coordinates():
        raise ParameterError(
            f"a musculature over {len(musculature.coordinates)} coordinates from "
            f"{musculature.coordinates[0]} was given; the 18 lumbar ones are possible. Build it "
            'with region "lumbar".'
        )
    pose = musculature.pose(np.ascontiguousarray(angles, float))
    geometry = musculature.geometry(pose)
    passive, active = _limits(musculature, geometry.length)
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
        pull=_pull(musculature, pose),
    )


def _limits(m: Musculature, length: Floats) -> tuple[Floats, Floats]:
    along = np.maximum(length - m.tendon_slack_length, 0.05 * m.optimal_length)
    thickness = m.optimal_length * np.sin(m.pennation)
    fibre = np.hypot(along, thickness)
    cosine = along / fibre
    x = fibre / m.optimal_length
    b = (
        (0.815067, 1.055033, 0.162385, 0.063303),
        (0.433005, 0.716775, -0.029947, 0.200357),
        (0.1, 1.0, 0.353553, 0.0),
    )
    fl = sum(b1 * np.exp(-0.5 * ((x - b2) / (b3 + b4 * x)) ** 2) for b1, b2, b3, b4 in b)
    fp = np.maximum(np.expm1(4.0 * (x - 1.0) / 0.6) / np.expm1(4.0), 0.0)
    return m.max_force * fp * cosine, m.max_force * fl * cosine


def _pull(m: Musculature, pose: Pose) -> Floats:
    """(levels, m, 3) sum over the pieces of each path that run from above a level to below it.

    Above a level are its upper vertebra and all that hangs on it; the abdomen, which hangs on the
    sacrum, is below every level.
    """
    above = _above(m)
    start, body = m.paths.start, m.paths.body
    world = np.einsum("pij,pj->pi", pose.R[body], m.paths.local) + pose.t[body]
    pull = np.zeros((len(LEVELS), len(m.names), 3))
    for k in range(len(m.names)):
        points = slice(start[k], start[k + 1])
        step = np.diff(world[points], axis=0)
        direction = step / np.linalg.norm(step, axis=1)[:, None]
        side = above[:, body[points]].astype(float)  # (levels, points)
        # a piece pulls its first point forward along the path and its second one back
        pull[:, k] = (side[:, :-1] - side[:, 1:]) @ direction
    return pull


def _above(m: Musculature) -> NDArray[np.bool_]:
    """(levels, bodies) of the musculature's own tree."""
    tree = m.tree
    above = np.zeros((len(LEVELS), len(tree.parent)), bool)
    for b in range(1, len(tree.parent)):
        above[:, b] = above[:, tree.parent[b]]
        turns = {int(c) for c in tree.coordinate[tree.first[b] : tree.first[b + 1]]}
        for k in range(len(LEVELS)):
            above[k, b] |= turns == {3 * k, 3 * k + 1, 3 * k + 2}
    return above
