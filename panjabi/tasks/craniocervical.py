"""Craniocervical flexion: a small nod with the head supported, the test of the deep neck flexors.

Lying supine a person nods in stages and holds each (Jull). The upper levels flex and the lower ones
keep the posture in which the neck rests on the table. The deep neck flexors (longus) should do it,
with little activity of sternocleidomastoid and scaleni.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.parameter import assumed
from panjabi.recruitment.free_posture import recruit_posture
from panjabi.spine.static_build import static_view
from panjabi.tasks.bending import key_times
from panjabi.tasks.condition import spine_of
from panjabi.tasks.motion import BodyMotion, smooth
from panjabi.tasks.movement import BALANCE, MovementResult, follow, recruited
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.tasks.condition import Who

Floats = NDArray[np.float64]

DEEP_FLEXORS = "longus"
SUPERFICIAL_FLEXORS = ("sternocleidomastoid", "scaleni")
FRACTIONS = {
    "skull-C1": assumed(0.5, "1", "of the nod, as the ranges of the upper levels suggest"),
    "C1-C2": assumed(0.4, "1", "of the nod, as the ranges of the upper levels suggest"),
    "C2-C3": assumed(0.1, "1", "of the nod, as the ranges of the upper levels suggest"),
}
STAGES = 5

_balanced = partial(recruited, margin=None)
"""Activations of least effort in the posture of a sample; the support gives the margin."""


@dataclass(frozen=True, kw_only=True)
class CraniocervicalFlexionTask(Task):
    """Nod in five stages lying supine, the head supported, and hold each stage."""

    name: ClassVar[str] = "craniocervical-flexion"
    models: ClassVar[tuple[str, ...]] = ("cervical",)
    flexion: float = option(10.0, "deg", "flexion in the last stage", low=0.0, high=20.0)
    duration: float = option(1.0, "s", "from each stage to the next", low=0.1, high=60.0)
    pause: float = option(2.0, "s", "time in which each stage is held", low=0.1, high=600.0)
    samples: int = option(32, "1", "number of samples", low=12, high=2001)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        start = spine_of(condition, posture="supine", gravity=False)
        least = start.cocontraction
        lying = recruit_posture(
            static_view(start), margin=None, starts=(0.0,), least_activation=least
        )
        body, q0 = start.body, lying.recruitment.spine.q
        keys = key_times([self.pause, *[self.duration, self.pause] * STAGES])
        stages = np.repeat(np.arange(STAGES + 1) / STAGES, 2)
        time = np.linspace(0.0, keys[-1], self.samples)
        flexion = self.flexion * smooth(time, keys, stages)
        nods = [
            body.flexed(
                angles_deg={f"{level} flexion": p.si * x for level, p in FRACTIONS.items()},
                base=body.zero(),
            )
            for x in flexion.tolist()
        ]
        motion = BodyMotion(body, time, q0 + np.array(nods))
        found = follow(
            self.name, condition, motion, angles={"craniocervical_flexion_deg": flexion},
            event=self.pause, solve=_balanced, method=BALANCE, gravity=False,
        )  # fmt: skip
        at = [int(np.abs(time - (keys[2 * k] + 0.5 * self.pause)).argmin()) for k in range(6)]
        held = {
            group: [100.0 * float(drive[k]) for k in at]
            for group, drive in found.drives.items()
            if group.endswith((DEEP_FLEXORS, *SUPERFICIAL_FLEXORS))
        }
        return replace(found, further={"activation_percent_by_stage": held})
