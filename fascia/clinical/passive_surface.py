"""Passive moments of hip, knee and ankle over all their angles: published, and of a network (S32).

The published moments are those of Riener and Edrich (1999): exponentials of the joint angles.
Their hip angle is read as the angle between leg and trunk, as in a straight-leg raise: the trunk
does not move, and the pelvis takes a fraction of the angle (`PostureOptions.pelvic_share`). The
surface itself does not say how large this fraction is. Angles here are theirs: hip flexion, knee
flexion and plantar flexion are positive [deg]; moments are positive in flexion of hip and knee and
in dorsiflexion [N m].
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.paths import LUMBAR_JOINTS, PostureOptions, other_side, spine_flexion
from fascia.errors import NetworkError
from fascia.mechanics.equilibrium import EquilibriumSolver
from fascia.network.model import TensionNetwork
from panjabi.body import Body
from panjabi.literature import row

Floats = NDArray[np.float64]

JOINTS = ("hip", "knee", "ankle")
_COORDINATES = ("hip_flexion_", "knee_angle_", "ankle_angle_")


class LegAngles(NamedTuple):
    """Leg-to-trunk flexion, knee flexion and plantar flexion [deg]."""

    hip: float
    knee: float
    ankle: float


class SurfaceGrid(NamedTuple):
    """Angles of the grid of each joint's moment (`JOINTS`): hip 0 to 90, knee 0 to 90 deg.

    The moment of the knee is taken from 10 deg of knee flexion on, since the coefficient of the
    term that acts below is doubtful. The ankle's does not depend on the hip.
    """

    hip: tuple[LegAngles, ...]
    knee: tuple[LegAngles, ...]
    ankle: tuple[LegAngles, ...]

    @property
    def sizes(self) -> tuple[int, int, int]:
        return len(self.hip), len(self.knee), len(self.ankle)

    def by_joint(self, values: Floats) -> dict[str, Floats]:
        """One array per joint from an array over the whole grid."""
        return dict(zip(JOINTS, np.split(values, np.cumsum(self.sizes)[:-1]), strict=True))


LEAST_KNEE_FLEXION = 10.0
"""Knee flexion from which the published knee moment is used [deg]."""

_HIP = tuple(LegAngles(h, k, 0.0) for h in range(0, 91, 15) for k in range(0, 91, 15))
GRID = SurfaceGrid(
    hip=_HIP,
    knee=tuple(angles for angles in _HIP if angles.knee >= LEAST_KNEE_FLEXION),
    ankle=tuple(LegAngles(0.0, k, a) for k in range(0, 91, 30) for a in range(-20, 31, 10)),
)


def published_moments(angles: LegAngles) -> tuple[float, float, float]:
    """Published passive moments of hip, knee and ankle [N m].

    The third term of the knee is left out, so the knee's moment holds from `LEAST_KNEE_FLEXION` on.
    """
    c = _coefficients()
    hip, knee, ankle = angles

    def term(name: str, *by: float) -> float:
        slopes = (c[f"{name}{i}"] * angle for i, angle in enumerate(by, start=1))
        return float(np.exp(c[f"{name}0"] + sum(slopes)))

    return (
        term("h_a", knee, hip) - term("h_b", knee, hip) + c["h_c"],
        term("k_a", ankle, knee, hip) - term("k_b", ankle, knee, hip) + c["k_c"],
        term("a_a", ankle, knee) - term("a_b", ankle, knee) + c["a_c"],
    )


@cache
def _coefficients() -> Mapping[str, float]:
    count = {"h_a": 3, "h_b": 3, "k_a": 4, "k_b": 4, "a_a": 3, "a_b": 3}
    names = [f"{term}{i}" for term, terms in count.items() for i in range(terms)]
    return {name: row(f"re99_{name}").number for name in (*names, "h_c", "k_c", "a_c")}


def published_surface(grid: SurfaceGrid = GRID) -> Floats:
    """(points,) published moments over the grid [N m]: hip, then knee, then ankle."""
    return np.array(
        [published_moments(angles)[j] for j, part in enumerate(grid) for angles in part]
    )


def leg_posture(body: Body, angles: LegAngles, *, side: str, pelvic_share: float) -> Floats:
    """Coordinates with one leg at these angles to the trunk, the other leg straight.

    The pelvis tilts by `pelvic_share` times the leg-to-trunk angle, and the lumbar joints flex by
    the same angle, as in the straight-leg raise (S8).
    """
    hip, knee, ankle = np.radians(angles)
    tilt = PostureOptions(pelvic_share=pelvic_share).pelvic_share * hip
    values = spine_flexion(body, LUMBAR_JOINTS, tilt) | {
        "pelvis_tilt": tilt,
        f"hip_flexion_{side}": hip - tilt,
        f"hip_flexion_{other_side(side)}": -tilt,
        f"knee_angle_{side}": knee,
        f"ankle_angle_{side}": -ankle,
    }
    q = body.zero()
    for name, value in values.items():
        q[body.coordinate_index(name)] = value
    return q


def model_surface(
    network: TensionNetwork,
    *,
    pelvic_share: float = PostureOptions().pelvic_share,
    side: str = "r",
    grid: SurfaceGrid = GRID,
) -> Floats:
    """(points,) passive moments of a network over the grid [N m], in the order of the published.

    Raises
    ------
    NetworkError
        For a network without a body.
    EquilibriumError
        If a posture has no equilibrium.
    """
    body = network.body
    if body is None:
        raise NetworkError(
            "Expected a network on a skeleton, got a network that has none; build it with "
            "fascia.whole_body()."
        )
    solver = EquilibriumSolver(network)
    at = [body.coordinate_index(name + side) for name in _COORDINATES]
    moments = {
        angles: -solver.solve(
            leg_posture(body, angles, side=side, pelvic_share=pelvic_share)
        ).generalised_force[at]
        for angles in dict.fromkeys(angles for part in grid for angles in part)
    }
    return np.array([moments[angles][j] for j, part in enumerate(grid) for angles in part])
