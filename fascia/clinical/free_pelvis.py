"""A free pelvis on the table: pelvic tilt in the straight-leg raise as a prediction (S8, `free`).

The thorax does not move. Six lumbar joints are free and the pelvis follows them. The
raised leg keeps the examiner's angle to the table and the strapped thigh stays
level: hand and strap carry the legs, so the weight of the legs does not act on the pelvis.
Lumbar joints have a stiffening law, the back rests on a one-sided table, and the
weight of the trunk acts. All constants here are assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.paths import LUMBAR_JOINTS, PostureOptions, PosturePath, joint_range
from fascia.errors import ReadoutError
from panjabi.body.gravity import gravity_energy
from panjabi.body.kernels import load_hessian
from panjabi.body.size import joint_length, size_factor
from panjabi.body.standard import body_length
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.clinical.catalogue import ClinicalTest
    from panjabi.body import Body

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOMENT_AT_RANGE = Parameter(
    10.0, "N m", "Yamamoto1989", "assumed",
    conditions="load at which in vitro ranges of motion are taken; one value for every level",
)  # fmt: skip
JOINT_EXPONENT = 3.0  # [1], assumed: the joint is e^3 times stiffer at its range than at neutral
TABLE_STIFFNESS = Parameter(
    20.0, "N/mm", THIS_WORK, "assumed", conditions="soft tissue of back and table, per point"
)
BACK_POINTS = ("sacrum_s3", "psis_r", "psis_l", "sp_l3", "sp_l5")
SOFT_TISSUE = 0.008
"""Thickness of skin and fat between bone and table under the thorax [m], assumed."""


@dataclass(frozen=True, eq=False)
class StiffeningJoints:
    """Moment M_end (exp(a |x|/R) - 1)/(exp(a) - 1) of each joint, R its range on that side."""

    index: NDArray[np.int64]
    low: Floats
    high: Floats
    moment_at_range: Floats  # of each joint [N m]

    def _terms(self, q: Floats) -> tuple[Floats, Floats, Floats]:
        x = q[self.index]
        reach = np.where(x < 0.0, -self.low, self.high)
        return x, reach, JOINT_EXPONENT * np.abs(x) / reach

    def energy(self, q: Floats) -> float:
        _, reach, s = self._terms(q)
        scale = self.moment_at_range / math.expm1(JOINT_EXPONENT)
        return float((scale * reach / JOINT_EXPONENT * (np.expm1(s) - s)).sum())

    def gradient(self, q: Floats) -> Floats:
        x, _, s = self._terms(q)
        out = np.zeros_like(q)
        scale = self.moment_at_range / math.expm1(JOINT_EXPONENT)
        out[self.index] = np.sign(x) * scale * np.expm1(s)
        return out

    def hessian(self, q: Floats) -> Floats:
        _, reach, s = self._terms(q)
        out = np.zeros((len(q), len(q)))
        scale = self.moment_at_range / math.expm1(JOINT_EXPONENT)
        out[self.index, self.index] = scale * JOINT_EXPONENT / reach * np.exp(s)
        return out


@dataclass(frozen=True, eq=False, repr=False)
class Weight(ShortRepr):
    """Potential of gravity with one fixed body point."""

    body: Body
    anchor: tuple[str, tuple[float, float, float]]

    def energy(self, q: Floats) -> float:
        return gravity_energy(self.body, q, relative_to=self.anchor).value

    def gradient(self, q: Floats) -> Floats:
        return gravity_energy(self.body, q, relative_to=self.anchor).gradient

    def hessian(self, q: Floats) -> Floats:
        return gravity_energy(self.body, q, relative_to=self.anchor).hessian


@dataclass(frozen=True, eq=False, repr=False)
class Table(ShortRepr):
    """One-sided springs under points of the back, with heights relative to a fixed body."""

    body: Body
    anchor: str
    points: tuple[tuple[str, tuple[float, float, float]], ...]
    height: float  # of the table over the anchor's origin [m], negative
    stiffness: float  # per point [N/m]

    def _depth(self, q: Floats) -> Floats:
        floor = self.body.point(q, self.anchor, (0.0, 0.0, 0.0))[1] + self.height
        return np.array([floor - self.body.point(q, *point)[1] for point in self.points])

    def _slopes(self, q: Floats) -> Floats:
        still = self.body.jacobian(q, self.anchor, (0.0, 0.0, 0.0))[1]
        return np.array([still - self.body.jacobian(q, *point)[1] for point in self.points])

    def energy(self, q: Floats) -> float:
        return float(0.5 * self.stiffness * (np.maximum(self._depth(q), 0.0) ** 2).sum())

    def gradient(self, q: Floats) -> Floats:
        return self.stiffness * np.maximum(self._depth(q), 0.0) @ self._slopes(q)

    def hessian(self, q: Floats) -> Floats:
        depth, slopes = self._depth(q), self._slopes(q)
        pressed = depth > 0.0
        out = self.stiffness * slopes[pressed].T @ slopes[pressed]
        force = self.stiffness * np.maximum(depth, 0.0)
        still = (self.anchor, (0.0, 0.0, 0.0))
        lift = [(still, force.sum()), *zip(self.points, -force, strict=True)]
        return out + _vertical_hessian(self.body, q, lift)


def _vertical_hessian(
    body: Body, q: Floats, forces: list[tuple[tuple[str, tuple[float, float, float]], float]]
) -> Floats:
    """Sum of force times the second derivative of each point's height."""
    poses = body.poses(q)
    total = np.zeros((len(body.names), 3))
    dyad = np.zeros((len(body.names), 3, 3))
    for (name, local), force in forces:
        index = body.body_index(name)
        total[index, 1] += force
        dyad[index, :, 1] += force * (poses.R[index] @ np.array(local) + poses.t[index])
    out = np.zeros((len(q), len(q)))
    load_hessian(
        body.tree, total, dyad,
        poses.axis_world, poses.origin_world, poses.rate, poses.rate2, out,
    )  # fmt: skip
    return out


class FreePelvis:
    """Directions, energy terms and path with which the pelvis moves to its equilibrium."""

    anchor: tuple[str, tuple[float, float, float]] = ("T12", (0.0, 0.0, 0.0))
    parameters: ClassVar[dict[str, Parameter]] = {
        "lumbar_moment_at_range": MOMENT_AT_RANGE,
        "table_stiffness": TABLE_STIFFNESS,
        "lumbar_joint_exponent": Parameter(
            JOINT_EXPONENT, "1", THIS_WORK, "assumed", conditions="stiffening of lumbar joints"
        ),
        "back_soft_tissue": Parameter(
            1e3 * SOFT_TISSUE, "mm", THIS_WORK, "assumed", conditions="between thorax and table"
        ),
    }

    def __init__(self, body: Body, side: str) -> None:
        self.body: Body = body
        self.side: str = side
        names = [f"{joint}_FE" for joint in LUMBAR_JOINTS]
        self.index: Ints = np.array([body.coordinates.index(name) for name in names])
        self.directions: Floats = np.zeros((len(body.coordinates), len(names)))
        tilt = body.coordinates.index("pelvis_tilt")
        hips = [body.coordinates.index(f"hip_flexion_{s}") for s in "rl"]
        for k, i in enumerate(self.index):
            self.directions[i, k] = 1.0
            self.directions[tilt, k] = -1.0  # the thorax keeps its direction
            self.directions[hips, k] = 1.0  # both thighs keep their directions
        ranges = np.array([joint_range(body, name) for name in names])
        self.terms: tuple[StiffeningJoints, Weight, Table] = (
            StiffeningJoints(
                self.index, ranges[:, 0], ranges[:, 1], _moments_at_range(body, names)
            ),
            Weight(_without_legs(body), self.anchor),
            self._table(),
        )

    def _table(self) -> Table:
        body, size = self.body, body_length(self.body)
        supine = body.posture("supine")
        lowest = min(body.station(supine, f"sp_t{i}")[1] for i in range(4, 13))
        height = lowest - size * SOFT_TISSUE - body.point(supine, *self.anchor)[1]
        points = tuple((body.stations[n].body, tuple(body.stations[n].local)) for n in BACK_POINTS)
        stiffness = size_factor("linear stiffness", size) * TABLE_STIFFNESS.si
        return Table(body, self.anchor[0], points, float(height), stiffness)

    def path(self, test: ClinicalTest, options: PostureOptions) -> PosturePath:
        """The test's path with no pelvic tilt prescribed."""
        if test.name != "slr":
            raise ReadoutError(
                f"Expected test 'slr' with a free pelvis, got {test.name!r}, which is another "
                "posture; use test 'slr', or free_pelvis=False with a prescribed pelvic_share."
            )
        rigid = PostureOptions(
            pelvic_share=0.0,
            ankle_dorsiflexion=options.ankle_dorsiflexion,
            neck_flexion=options.neck_flexion,
        )
        return test.path(self.body, self.side, rigid)


def _moments_at_range(body: Body, names: list[str]) -> Floats:
    """Moment at the range of each joint (n,) [N m], with the size of the joint."""
    sizes = [size_factor("moment", joint_length(body, name)) for name in names]
    return MOMENT_AT_RANGE.si * np.array(sizes)


def _without_legs(body: Body) -> Body:
    """The body with massless legs, because hand and strap carry their weight."""
    legs = ("femur", "tibia", "patella", "talus", "calcn", "toes")
    carried = [name.startswith(legs) for name in body.names]
    return replace(body, mass=np.where(carried, 0.0, body.mass))
