"""The alternative route: nerve and dura from the neck to the foot (SLUMP, SLRroot)."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import Examination
from fascia.clinical.paths import (
    CERVICAL_JOINTS,
    LUMBAR_JOINTS,
    THORACIC_JOINTS,
    PostureOptions,
    PosturePath,
    spine_flexion,
)
from panjabi.body import Body
from panjabi.validation.criterion import interval, sign
from panjabi.validation.predictions import Prediction, Predictions

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject
    from fascia.mechanics.equilibrium import Equilibrium
    from fascia.network.model import TensionNetwork

table = Predictions("Nerve and dura from the neck to the foot")

LUMBAR_SLUMP, THORACIC_SLUMP, PELVIC_SLUMP = 35.0, 25.0, 15.0
"""Flexion of the slumped back and posterior tilt of its pelvis [deg]; assumed."""

NECK_FLEXION = 40.0
"""Neck flexion that is added in the slump [deg]; assumed."""

JUST_TAUT = 2.0
"""Angle from which root motion counts [deg]; at 0 deg the nerve path is slack."""

RAISE = 70.0
"""Leg-to-table angle at which root motion is measured [deg]; assumed."""


def slump_path(body: Body, side: str, options: PostureOptions) -> PosturePath:
    """Sitting slumped, thighs level, one knee extended from 90 deg of flexion."""
    tilt = math.radians(PELVIC_SLUMP)
    values = {"pelvis_tilt": tilt, f"ankle_angle_{side}": options.ankle_dorsiflexion}
    for s in "rl":
        values[f"hip_flexion_{s}"] = math.pi / 2 - tilt
        values[f"knee_angle_{s}"] = math.pi / 2
    values |= spine_flexion(body, LUMBAR_JOINTS, math.radians(LUMBAR_SLUMP))
    values |= spine_flexion(body, THORACIC_JOINTS, math.radians(THORACIC_SLUMP))
    values |= spine_flexion(body, CERVICAL_JOINTS, options.neck_flexion)
    start, stop = body.zero(), body.zero()
    for name, value in values.items():
        start[body.coordinate_index(name)] = value
    stop[:] = start
    stop[body.coordinate_index(f"knee_angle_{side}")] = 0.0
    return PosturePath(np.array([0.0, math.pi / 2]), np.array([start, stop]))


SLUMP = ClinicalTest(
    name="slump",
    title="slump",
    angle="knee extension from 90 deg of flexion",
    path=slump_path,
    moment=(("knee_angle_{side}", -1.0),),
    anchor="pelvis",
    window=(20.0, 70.0),
)


def without_nerve(network: TensionNetwork) -> TensionNetwork:
    return network.cut(*network.strands_of(region="neural"))


def without_back_line(network: TensionNetwork) -> TensionNetwork:
    """Without the superficial back line, except the muscles of thigh and calf."""
    kept = {*network.strands_of(region="hamstrings"), *network.strands_of(region="calf")}
    return network.cut(*[n for n in network.strands_of(line="SBL") if n not in kept])


def slump_change(
    subject: Subject, network: TensionNetwork, *, neck: float = 0.0, ankle: float = 0.0
) -> float:
    """Change of knee extension at the end point when neck or ankle flex [deg]."""
    ends: list[float] = []
    for options in (
        PostureOptions(),
        PostureOptions(neck_flexion=np.radians(neck), ankle_dorsiflexion=np.radians(ankle)),
    ):
        end, _ = Examination(network, SLUMP, options=options).end(subject.tolerance)
        ends.append(float(np.degrees(end.angle)))
    return float(ends[1] - ends[0])


@lru_cache(maxsize=1)
def _neck(subject: Subject) -> tuple[float, float, float]:
    """Change by neck flexion [deg]: intact, with the nerve path cut, with the back line cut."""
    network = subject.network
    whole, nerve_cut, line_cut = (
        slump_change(subject, changed, neck=NECK_FLEXION)
        for changed in (network, without_nerve(network), without_back_line(network))
    )
    return whole, nerve_cut, line_cut


@table.predicts(
    "SLUMP",
    published="neck flexion reduces knee extension (degrees not available)",
    unit="deg",
    accept="falls; less than a tenth remains with the nerve path cut, at least nine tenths "
    "with the back line cut",
)
def slump(subject: Subject) -> Prediction:
    whole, nerve_cut, line_cut = _neck(subject)
    neural = abs(nerve_cut) < 0.1 * abs(whole) and line_cut < 0.9 * whole < 0.0
    return Prediction(
        whole,
        f"{NECK_FLEXION:g} deg of neck flexion; {nerve_cut:+.3f} deg with the nerve "
        f"path cut, {line_cut:+.3f} deg with the superficial back line cut. Direction only: "
        "the size depends on the assumed weight of nerve strain",
        met=whole < 0.0 and neural,
    )


@table.predicts(
    "SLUMP.ankle",
    quantity="knee extension in slump, ankle dorsiflexed against neutral",
    published="dorsiflexion reduces it further (degrees not available)",
    unit="deg",
    accept=sign(-1, "falls (direction)"),
    reason="10 deg of dorsiflexion, neck neutral",
)
def slump_with_ankle(subject: Subject) -> float:
    return slump_change(subject, subject.network, ankle=10.0)


HOW = f"straight-leg raise from {JUST_TAUT:g} to {RAISE:g} deg, pelvic fraction 0.3"


@lru_cache(maxsize=1)
def _raised(subject: Subject) -> tuple[Equilibrium, Equilibrium]:
    bench = Examination(subject.network, "slr")
    rest, raised = (bench.at(np.radians(a)).equilibrium for a in (JUST_TAUT, RAISE))
    return rest, raised


@table.predicts(
    "SLRroot.motion",
    quantity="nerve root motion in straight-leg raise (L4-S1)",
    value=None,
    published="0.5-5",
    unit="mm",
    accept="0.5-5 mm, and more than the dura at the neck",
)
def root_motion(subject: Subject) -> Prediction:
    rest, raised = _raised(subject)

    def motion(node: str) -> float:
        """Slip along the canal [mm]."""
        flat = rest.flat
        i = flat.node_names.index(node)
        span = slice(flat.point_dof[i], flat.point_dof[i] + flat.point_ndof[i])
        return 1e3 * float(np.linalg.norm(raised.slips[span] - rest.slips[span]))

    root, dura = motion("nerve_roots_r"), motion("nerve_dura_c1c2")
    return Prediction(
        root,
        f"{HOW}; the dura at the neck moves {dura:.2f} mm. The nerve path is guided "
        "without attachment stiffness, so roots slide freely; dural sleeves and the ligaments "
        "of the foramen, which restrain a real root, are not in the network",
        met=0.5 <= root <= 5.0 and root > dura,
    )


@table.predicts(
    "SLRroot.strain",
    quantity="nerve root strain in straight-leg raise (L4-S1)",
    value=None,
    published="2-4",
    unit="%",
    accept=interval(2.0, 4.0, "2-4 %"),
    reason=f"{HOW}; without friction the root carries the tension of the whole path, and "
    "its strain follows from the assumed stiffness of nerve and dura",
)
def root_strain(subject: Subject) -> float:
    rest, raised = _raised(subject)
    i = rest.index("lumbosacral_roots_r")
    slack = subject.network.strand("lumbosacral_roots_r").law.slack_length
    return 100.0 * (raised.length[i] - max(rest.length[i], slack)) / slack
