"""Slow movements of the trunk as tasks: forward bend and return, side bend, lift and lower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.spine.model import Spine
from panjabi.tasks.condition import spine_of
from panjabi.tasks.motion import BodyMotion, smooth
from panjabi.tasks.movement import MovementResult, follow
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.tasks.condition import Condition, Who

Floats = NDArray[np.float64]

LIMBER = ("lumbar", "thoracolumbar")
"""Presets in which every lumbar level moves."""

MOST_FLEXION, MOST_BENDING = 51.0, 27.0
"""Sum of the ranges of L5-S1 to L1-L2 in the body of the standard adult [deg]."""


@dataclass(frozen=True, kw_only=True)
class BendTask(Task):
    """Bend forward with lumbar spine and pelvis, hold, and return; the arms hang down."""

    name: ClassVar[str] = "bend"
    models: ClassVar[tuple[str, ...]] = LIMBER
    lumbar: float = option(40.0, "deg", "lumbar flexion", low=-20.0, high=MOST_FLEXION)
    pelvis: float = option(30.0, "deg", "forward tilt of the pelvis", low=0.0, high=90.0)
    duration: float = option(2.0, "s", "of each way", low=0.2, high=60.0)
    pause: float = option(0.8, "s", "standing before and after, and held", low=0.1, high=600.0)
    samples: int = option(41, "1", "number of samples", low=8, high=2001)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        keys = key_times([self.pause, self.duration, self.pause, self.duration, self.pause])
        time = np.linspace(0.0, keys[-1], self.samples)
        part = smooth(time, keys, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
        lumbar, pelvis = self.lumbar * part, self.pelvis * part
        body, q = forward_postures(condition, lumbar, pelvis)
        angles = {"lumbar_flexion_deg": lumbar, "pelvis_tilt_deg": pelvis}
        return follow(
            self.name, condition, BodyMotion(body, time, q), angles=angles, event=self.pause
        )


@dataclass(frozen=True, kw_only=True)
class SideBendTask(Task):
    """Bend to the right with the lumbar spine, hold, and return."""

    name: ClassVar[str] = "side-bend"
    models: ClassVar[tuple[str, ...]] = LIMBER
    bending: float = option(
        15.0, "deg", "lumbar bending, right positive", low=-MOST_BENDING, high=MOST_BENDING
    )
    duration: float = option(2.0, "s", "of each way", low=0.2, high=60.0)
    pause: float = option(0.8, "s", "standing before and after, and held", low=0.1, high=600.0)
    samples: int = option(41, "1", "number of samples", low=8, high=2001)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        keys = key_times([self.pause, self.duration, self.pause, self.duration, self.pause])
        time = np.linspace(0.0, keys[-1], self.samples)
        angle = self.bending * smooth(time, keys, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
        body, start = start_of(condition)
        q = np.array(
            [body.flexed(angles_deg={"lumbar right bending": x}, base=start) for x in angle]
        )
        angles = {"lumbar_right_bending_deg": angle}
        return follow(
            self.name, condition, BodyMotion(body, time, q), angles=angles, event=self.pause
        )


@dataclass(frozen=True, kw_only=True)
class LiftTask(Task):
    """Bend to a weight on the floor, lift it, lower it again, and return.

    The arms hang down, so that the mass pulls at the shoulders; it is taken and left over the
    pause at the bottom.
    """

    name: ClassVar[str] = "lift"
    models: ClassVar[tuple[str, ...]] = ("lumbar",)
    held: float = option(10.0, "kg", "mass in both hands", low=0.0, high=200.0)
    lumbar: float = option(35.0, "deg", "lumbar flexion", low=-20.0, high=MOST_FLEXION)
    pelvis: float = option(40.0, "deg", "forward tilt of the pelvis", low=0.0, high=90.0)
    duration: float = option(1.4, "s", "of each of the four ways", low=0.2, high=60.0)
    pause: float = option(0.6, "s", "standing, and at the bottom", low=0.1, high=600.0)
    samples: int = option(41, "1", "number of samples", low=12, high=2001)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        keys = key_times([self.pause, *[self.duration, self.pause] * 4])
        time = np.linspace(0.0, keys[-1], self.samples)
        part = smooth(time, keys, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
        mass = self.held * smooth(time, keys, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        lumbar, pelvis = self.lumbar * part, self.pelvis * part
        body, q = forward_postures(condition, lumbar, pelvis)
        place = np.array([shoulders(body, row) for row in q])
        angles = {"lumbar_flexion_deg": lumbar, "pelvis_tilt_deg": pelvis, "mass_kg": mass}
        motion = BodyMotion(body, time, q, mass=mass, place=place)
        return follow(self.name, condition, motion, angles=angles, event=self.pause)


def start_of(condition: Condition | Spine) -> tuple[Body, Floats]:
    """The body, and its coordinates (nq,) in the posture of the subject or of the spine."""
    spine = condition if isinstance(condition, Spine) else spine_of(condition, reflexes=False)
    return spine.body, spine.dynamics.held


def forward_postures(
    condition: Condition | Spine, lumbar: Floats, pelvis: Floats
) -> tuple[Body, Floats]:
    """The body, and postures (k, nq) with lumbar flexion and pelvic tilt (k,) [deg].

    The legs stay where they are, and the arms hang down.
    """
    body, start = start_of(condition)
    rows = [
        body.flexed(
            angles_deg={
                "lumbar flexion": flexion,
                "pelvis anterior tilt": tilt,
                "hip flexion": tilt,
                "shoulder flexion": flexion + tilt,
            },
            base=start,
        )
        for flexion, tilt in zip(lumbar.tolist(), pelvis.tolist(), strict=True)
    ]
    return body, np.array(rows)


def shoulders(body: Body, q: Floats) -> Floats:
    """Point midway between the shoulders in the frame of T12 (3,) [m]."""
    poses = body.poses(q)
    middle = 0.5 * (body.joint_centre(poses, "humerus_r") + body.joint_centre(poses, "humerus_l"))
    b = body.body_index("T12")
    return poses.R[b].T @ (middle - poses.t[b])


def key_times(lengths: list[float]) -> list[float]:
    """Times at which pieces of these lengths begin and end [s]."""
    return [0.0, *np.cumsum(lengths).tolist()]
