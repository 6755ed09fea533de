"""Postures of a clinical test: from the test angle to every joint of the skeleton.

Angles are counted as the examiner counts them. Each joint follows a piecewise
linear rule, so its derivative is exact. Signs are those of
`docs/conventions.md`: spine extension, hip flexion, knee flexion and posterior
pelvic tilt are positive coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.body import Body
from panjabi.errors import ParameterError, PostureError
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]

LUMBAR_JOINTS = ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2", "T12_L1")
THORACIC_JOINTS = tuple(f"T{i}_T{i + 1}" for i in range(11, 0, -1))
CERVICAL_JOINTS = ("C7_T1", "C6_C7", "C5_C6", "C4_C5", "C3_C4", "C2_C3", "C1_C2", "skull_C1")

RANGE_TOLERANCE = 1e-5  # ranges are printed to six digits [rad or m]

LUMBAR_HIP_RHYTHM = ((30.0, 1.9), (60.0, 0.9), (math.inf, 0.4))
"""Lumbar : hip motion up to each angle of bend [deg]; rows LPR_ratio, recalled: a prior (S10)."""


@dataclass(frozen=True, kw_only=True)
class PostureOptions:
    """Settings of a posture besides the test angle [rad or fraction].

    ``pelvic_share`` is the posterior pelvic tilt per leg angle in the supine
    tests (S8, assumed); ``thoracic_share`` is the thoracic flexion per lumbar
    flexion in the bending tests (assumed).
    """

    pelvic_share: float = 0.3
    thoracic_share: float = 0.3
    ankle_dorsiflexion: float = 0.0
    neck_flexion: float = 0.0

    def __post_init__(self) -> None:
        for name in ("pelvic_share", "thoracic_share"):
            value = getattr(self, name)
            if not 0.0 <= value < 1.0:
                raise ParameterError(
                    f"Expected {name} as a fraction from 0 to below 1, got {value:g}; give 0.3 "
                    "for 30 per cent."
                )
        for name in ("ankle_dorsiflexion", "neck_flexion"):
            value = getattr(self, name)
            if not math.isfinite(value) or abs(value) > math.pi / 2:
                raise ParameterError(
                    f"Expected {name} within +-90 deg, got {value:g} rad; give an angle in radians."
                )

    def parameter(self, name: str) -> Parameter:
        """One of the fractions with its source and status (assumed)."""
        meaning = {
            "pelvic_share": "posterior pelvic tilt per leg angle",
            "thoracic_share": "thoracic flexion per lumbar flexion",
        }
        return Parameter(getattr(self, name), "1", THIS_WORK, "assumed", conditions=meaning[name])


@dataclass(repr=False, frozen=True, eq=False)
class PosturePath(ShortRepr):
    """Knots of test angle [rad] against all coordinates; linear in between."""

    angles: Floats  # (knots,)
    postures: Floats  # (knots, coordinates)

    def q(self, angle: float) -> Floats:
        i = self._segment(angle)
        return self.postures[i] + (angle - self.angles[i]) * self.direction(angle)

    def direction(self, angle: float) -> Floats:
        """dq/d(angle), taken from the segment that begins at or before the angle."""
        i = self._segment(angle)
        step = self.angles[i + 1] - self.angles[i]
        return (self.postures[i + 1] - self.postures[i]) / step

    def _segment(self, angle: float) -> int:
        last = len(self.angles) - 2
        return int(np.clip(np.searchsorted(self.angles, angle, side="right") - 1, 0, last))

    @property
    def limit(self) -> float:
        """Largest angle of the path [rad]."""
        return float(self.angles[-1])


def within_ranges(body: Body, path: PosturePath) -> PosturePath:
    """The path up to the angle at which the first joint of legs or spine reaches its range limit.

    Raises
    ------
    PostureError
        If a joint is beyond its range at the start of the path.
    """
    kept = [i for i, name in enumerate(body.coordinates) if not name.startswith("shoulder")]
    low, high = body.ranges[kept, 0], body.ranges[kept, 1]
    start = path.postures[0][kept]
    wrong = np.flatnonzero((start < low - RANGE_TOLERANCE) | (start > high + RANGE_TOLERANCE))
    if len(wrong):
        k = int(wrong[0])
        raise PostureError(
            f"Expected {body.coordinates[kept[k]]} from {math.degrees(low[k]):.1f} to "
            f"{math.degrees(high[k]):.1f} deg at the start of the test, got "
            f"{math.degrees(start[k]):.1f} deg; reduce ankle or neck movement, or pelvic_share."
        )
    angles, postures = [path.angles[0]], [path.postures[0]]
    for i in range(len(path.angles) - 1):
        here, step = path.postures[i][kept], (path.postures[i + 1] - path.postures[i])[kept]
        moving = np.abs(step) > RANGE_TOLERANCE * 1e-6
        bound = np.where(step > 0.0, high, low)[moving]
        part = float(np.clip(((bound - here[moving]) / step[moving]).min(initial=1.0), 0.0, 1.0))
        if part > 0.0:
            angles.append(path.angles[i] + part * (path.angles[i + 1] - path.angles[i]))
            postures.append(path.postures[i] + part * (path.postures[i + 1] - path.postures[i]))
        if part < 1.0:
            break
    return PosturePath(np.array(angles), np.array(postures))


def joint_range(body: Body, coordinate: str) -> tuple[float, float]:
    """Lowest and highest value of a coordinate [rad or m]."""
    low, high = body.ranges[body.coordinate_index(coordinate)]
    return float(low), float(high)


def _fractions(body: Body, joints: Sequence[str]) -> dict[str, float]:
    """Fraction of a region's flexion in each joint, in proportion to the joint's range."""
    names = [f"{joint}_FE" for joint in joints]
    ranges = {name: -joint_range(body, name)[0] for name in names}
    total = sum(ranges.values())
    return {name: value / total for name, value in ranges.items()}


def spine_flexion(body: Body, joints: Sequence[str], angle: float) -> dict[str, float]:
    """Coordinates that flex a region of the spine by a total of ``angle`` [rad]."""
    return {name: -fraction * angle for name, fraction in _fractions(body, joints).items()}


def posture_path(
    body: Body, angles: Sequence[float], postures: Sequence[Mapping[str, float]]
) -> PosturePath:
    """Path through postures at test angles [rad], linear in between, up to the first joint limit.

    postures: at each angle, coordinate -> value [rad or m]; the others are zero.

    Raises
    ------
    UnknownNameError
        For a coordinate that the body does not have.
    PostureError
        If a joint is beyond its range at the start of the path.
    """
    table = np.array([body.zero() for _ in postures])
    for q, values in zip(table, postures, strict=True):
        for name, value in values.items():
            q[body.coordinate_index(name)] += value
    return within_ranges(body, PosturePath(np.array(angles, float), table))


def linear_path(
    body: Body, start: Mapping[str, float], per_angle: Mapping[str, float], limit: float
) -> PosturePath:
    """Path from `start` on which each coordinate changes by `per_angle` [1] times the test angle.

    start: coordinate -> value at angle zero [rad or m]; limit: largest test angle [rad]. The
    path ends earlier if a joint of legs or spine reaches its range limit. Raises as
    `posture_path`.
    """
    end = {name: start.get(name, 0.0) + limit * step for name, step in per_angle.items()}
    return posture_path(body, [0.0, limit], [start, {**start, **end}])


def ankle_and_neck(body: Body, side: str, options: PostureOptions) -> dict[str, float]:
    """Coordinates of the ankle of one side and of the neck as the options set them [rad]."""
    values = {f"ankle_angle_{side}": options.ankle_dorsiflexion}
    values |= spine_flexion(body, CERVICAL_JOINTS, options.neck_flexion)
    return values


def other_side(side: str) -> str:
    """The letter of the other side: l for r, r for l."""
    return "l" if side == "r" else "r"


def straight_leg_raise(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Supine, thorax on the table, other thigh strapped, knee straight (S8).

    The pelvis tilts backwards by a fraction of the leg-to-table angle. The lumbar
    joints flex by the same angle, so that the thorax does not move.
    """
    tilt, other = options.pelvic_share, other_side(side)
    at = {"pelvis_tilt": math.pi / 2} | ankle_and_neck(body, side, options)
    per = {"pelvis_tilt": tilt, f"hip_flexion_{side}": 1.0 - tilt, f"hip_flexion_{other}": -tilt}
    per |= spine_flexion(body, LUMBAR_JOINTS, tilt)
    hip_limit = joint_range(body, f"hip_flexion_{side}")[1]
    return linear_path(body, at, per, hip_limit / (1.0 - tilt))


def passive_knee_extension(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Supine, thigh at 90 deg to the table, knee extended from 90 deg of flexion (S10)."""
    tilt = options.pelvic_share * math.pi / 2
    at = {
        "pelvis_tilt": math.pi / 2 + tilt,
        f"hip_flexion_{side}": math.pi / 2 - tilt,
        f"hip_flexion_{other_side(side)}": -tilt,
        f"knee_angle_{side}": math.pi / 2,
    } | ankle_and_neck(body, side, options)
    for name, value in spine_flexion(body, LUMBAR_JOINTS, tilt).items():
        at[name] = at.get(name, 0.0) + value
    return linear_path(body, at, {f"knee_angle_{side}": -1.0}, math.pi / 2)


def rhythm_knots(limit: float) -> list[tuple[float, float, float]]:
    """(bend, lumbar, hip) at the knots of the lumbar-hip rhythm [rad]."""
    knots = [(0.0, 0.0, 0.0)]
    for end, ratio in LUMBAR_HIP_RHYTHM:
        bend, lumbar, hip = knots[-1]
        step = min(math.radians(end), limit) - bend
        if step <= 0.0:
            break
        knots.append((bend + step, lumbar + step * ratio / (1 + ratio), hip + step / (1 + ratio)))
    return knots


def _bending(body: Body, options: PostureOptions, at: dict[str, float], *, arms: float):
    """Forward bend over straight legs, divided between lumbar spine and hip by the rhythm."""
    limit = math.radians(150.0)
    angles: list[float] = []
    postures: list[dict[str, float]] = []
    for bend, lumbar, hip in rhythm_knots(limit):
        thoracic = options.thoracic_share * lumbar
        values = dict(at)
        changes = {
            "pelvis_tilt": -hip,
            "hip_flexion_r": hip,
            "hip_flexion_l": hip,
            "shoulder_flexion_r": arms * (bend + thoracic),
            "shoulder_flexion_l": arms * (bend + thoracic),
        }
        changes |= spine_flexion(body, LUMBAR_JOINTS, lumbar)
        changes |= spine_flexion(body, THORACIC_JOINTS, thoracic)
        for name, value in changes.items():
            values[name] = values.get(name, 0.0) + value
        angles.append(bend)
        postures.append(values)
    return posture_path(body, angles, postures)


def forward_bend_path(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Standing, knees straight, arms hanging down; angle = lumbar plus hip flexion."""
    at = ankle_and_neck(body, side, options)
    at |= {f"ankle_angle_{other_side(side)}": options.ankle_dorsiflexion}
    return _bending(body, options, at, arms=1.0)


def sit_and_reach(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Long sitting, feet at right angles, arms level; angle = lumbar plus hip flexion.

    At the start the pelvis and trunk lean back by 60 deg, so that the hamstrings
    are slack; the angle counts from this position.
    """
    lean = math.radians(60.0)
    at = ankle_and_neck(body, side, options) | {
        f"ankle_angle_{other_side(side)}": options.ankle_dorsiflexion,
        "pelvis_tilt": lean,
        "hip_flexion_r": math.pi / 2 - lean,
        "hip_flexion_l": math.pi / 2 - lean,
        "shoulder_flexion_r": math.pi / 2 - lean,
        "shoulder_flexion_l": math.pi / 2 - lean,
    }
    return _bending(body, options, at, arms=1.0)


def front_split(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Front leg ``side`` forward, the other back, 1:1; angle = between the thighs (S10)."""
    at = ankle_and_neck(body, side, options)
    per = {f"hip_flexion_{side}": 0.5, f"hip_flexion_{other_side(side)}": -0.5}
    front = joint_range(body, f"hip_flexion_{side}")[1]
    back = -joint_range(body, f"hip_flexion_{other_side(side)}")[0]
    return linear_path(body, at, per, 2.0 * min(front, back))
