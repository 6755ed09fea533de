"""Active straight-leg raise: what closes the sacroiliac joints while a leg is lifted.

A person lies supine and lifts the right leg (Mens, Snijders). The weight of the leg tilts the
pelvis forward, and the trunk must hold it. Assumed: the table carries the weight of the leg below
the hip joint, so that a pure moment, weight times lever of the leg about the hip, passes all joints
of the trunk. The body has one joint for both sides, so both carry the same. Form closure is the
wedge of the sacrum under the load that it transmits; force closure are muscles, ligaments, and a
belt. A joint whose use is above 1 leaves the rest of the shear to its ligaments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.parameter import Parameter
from panjabi.passive.directions import SACROILIAC
from panjabi.spine.force_closure import SacroiliacLoad, disc_levels, sacroiliac_loads
from panjabi.spine.model_build import UnitOptions
from panjabi.tasks.bending import key_times
from panjabi.tasks.condition import spine_of
from panjabi.tasks.motion import BodyMotion, smooth
from panjabi.tasks.movement import (
    BALANCE,
    MotionSample,
    MovementResult,
    SampleSolution,
    follow,
    recruited_freely,
)
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.spine.model import Spine
    from panjabi.tasks.condition import Who

Floats = NDArray[np.float64]

LEG = ("femur_r", "tibia_r", "patella_r", "talus_r", "calcn_r", "toes_r")
BRACED = "transversus_abdominis"


@dataclass(frozen=True, kw_only=True)
class LegRaiseTask(Task):
    """Lift the straight right leg lying supine, with or without a pelvic belt or a brace."""

    name: ClassVar[str] = "leg-raise"
    models: ClassVar[tuple[str, ...]] = ("lumbar",)
    belt: float = option(0.0, "N", "tension of a belt across each joint", low=0.0, high=500.0)
    brace: float = option(0.0, "1", "least activation of transversus", low=0.0, high=0.9)
    angle: float = option(15.0, "deg", "angle of the leg over the table", low=0.0, high=80.0)
    duration: float = option(1.0, "s", "of lifting", low=0.1, high=60.0)
    pause: float = option(1.0, "s", "before, and held", low=0.1, high=600.0)
    samples: int = option(16, "1", "number of samples", low=8, high=2001)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        options = UnitOptions(pelvis=True)
        lying = spine_of(condition, posture="supine", gravity=False, units=options)
        body, start = lying.body, lying.dynamics.held
        keys = key_times([self.pause, self.duration, self.pause])
        time = np.linspace(0.0, keys[-1], self.samples)
        part = smooth(time, keys, [0.0, 0.0, 1.0, 1.0])
        moment = weight_moment(body, start) * np.cos(np.radians(self.angle))
        motion = BodyMotion(
            body, time, np.tile(start, (self.samples, 1)), moment=-part[:, None] * moment
        )
        found = follow(
            self.name, condition, motion, angles={"moment_of_leg_Nm": part * -moment[2]},
            event=self.pause, solve=self._solve, method=BALANCE,
            alter=self._belted, gravity=False, units=options,
        )  # fmt: skip
        joints = [None if s is None else sacroiliac_of(s) for s in found.solutions]
        series = {
            f"{level}_{name}": np.array(
                [np.nan if at is None else getattr(at[k], quantity) for at in joints]
            )
            for k, level in enumerate(SACROILIAC)
            for name, quantity in (("normal_N", "normal"), ("shear_N", "shear"), ("use", "use"))
        }
        return replace(
            found,
            angles={**found.angles, **series},
            further={"belt_N": self.belt, "closure_N": _closure(found)},
        )

    def _belted(self, spine: Spine) -> Spine:
        """The spine with the belt."""
        bare = spine.closure.ligaments
        if self.belt == 0.0:
            return spine
        tight = Parameter(bare.si + self.belt, "N", bare.source, bare.status, "with a belt")
        return replace(spine, closure=replace(spine.closure, ligaments=tight), recipe={})

    def _solve(self, sample: MotionSample, before: SampleSolution | None) -> SampleSolution:
        """Least effort with free levels and at least the brace; the table gives the stability."""
        groups = np.array(sample.view.muscles.groups)
        least = np.where(groups == BRACED, self.brace, 0.0)
        least = np.maximum(least, sample.spine.cocontraction)
        return recruited_freely(sample, before, margin=None, least=least)


def weight_moment(body: Body, q: Floats) -> Floats:
    """Moment of the weight of the horizontal right leg about its hip (3,), world axes [N m]."""
    poses = body.poses(q)
    mass = sum(float(body.mass[body.body_index(name)]) for name in LEG)
    lever = body.centre_of_mass(poses, LEG) - body.joint_centre(poses, "femur_r")
    return np.array([0.0, 0.0, -STANDARD_GRAVITY * mass * float(lever[0])])


def sacroiliac_of(found: SampleSolution) -> tuple[SacroiliacLoad, ...]:
    """Loads of both sacroiliac joints in a solution."""
    view, forces = found.view, found.forces
    rows = [
        view.levels.index(level) if level in view.levels else 0
        for level in disc_levels(view.levels)
    ]
    return sacroiliac_loads(view.levels, view.joint_forces(forces)[rows], view.compression(forces))


def _closure(found: MovementResult) -> dict[str, Any]:
    """Normal force of each joint by what gives it, at rest and with the leg lifted [N]."""
    value: dict[str, Any] = {}
    for when, at in (("rest", found.solutions[0]), ("lifted", found.solutions[-1])):
        if at is None:
            value[when] = None
            continue
        closing = at.view.closing
        assert closing is not None
        pressed = -at.view.joint_forces(at.forces)[:, 1]
        value[when] = {
            level: {
                "form": float(closing.share[k] * pressed[k]),
                "muscles": float(closing.pull[k] @ at.forces),
                "ligaments_and_belt": float(closing.rest[k]),
            }
            for k, level in enumerate(SACROILIAC)
        }
    return value
