"""Crisco's experiment on whole lumbar specimens, and his two models.

A straight chain of rigid links in the frontal plane, fixed at the sacrum, free at the top, under a
dead axial load (Crisco & Panjabi 1992; Crisco et al. 1992). His two critical loads set the joint
stiffness of the two models. The behaviour of the models at 100 N, and the critical load of a column
with the measured slope at neutral, are predictions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from panjabi._caching import cached
from panjabi.errors import unknown
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.column_preset import column
from panjabi.spine.joints import ExponentialJoint, JointLaw, LinearJoint
from panjabi.spine.levels import levels_of
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import passive_view, top_load
from panjabi.stability.critical import CriticalLoad, critical_load
from panjabi.stability.load_paths import post_buckling
from panjabi.stability.path_following import LoadPath

POST_LOAD = 100.0
"""Load of the published post-buckling rotations [N]."""

TEST_MOMENT = 10.0
"""Moment at which the ranges of motion were measured [N m]."""

MODELS = ("linear", "exponential", "slope", "units")


@dataclass(frozen=True, eq=False, repr=False)
class CriscoModel(ShortRepr):
    """One column under axial load: its critical load and its shape at 100 N."""

    name: str
    column: Spine
    critical: CriticalLoad
    path: LoadPath | None  # from the critical load to 100 N; None if the critical load is higher
    parameters: dict[str, Parameter]

    def rotation_at_100N(self) -> dict[str, float]:
        """Lateral rotation of each level at 100 N [deg]; 0 if the column does not buckle."""
        if self.path is None:
            return dict.fromkeys(passive_view(self.column).levels, 0.0)
        angles = np.degrees(self.path.angles("LB")[-1])
        return dict(zip(passive_view(self.column).levels, angles.tolist(), strict=True))


@cached
def crisco(model: str) -> CriscoModel:
    """One of the four columns by name, with its critical load.

    linear : equal stiffness at every level, fitted to a critical load of 67 N.
    exponential : equal stiffness at neutral, fitted to 11 N; reaches each level's range of motion
        at 10 N m.
    slope : stiffness 0.70 N m/deg at neutral, as measured; predicts the experiment's 88 N.
    units : the fitted functional spinal units, unchanged; predicts the same.

    Raises
    ------
    UnknownNameError
        For any other name.
    """
    if model not in MODELS:
        raise unknown("model of Crisco's column", model, MODELS)
    lumbar, parameters = crisco_column(model)
    critical = critical_load(lumbar, top_load(lumbar))
    path = post_buckling(critical, to=POST_LOAD, step=0.01) if critical.load < POST_LOAD else None
    return CriscoModel(model, lumbar, critical, path, parameters)


def crisco_column(model: str, *, straight: bool = True) -> tuple[Spine, dict[str, Parameter]]:
    """The lumbar column in the frontal plane with the joints of a model, and their parameters."""
    if model == "units":
        from panjabi.spine.units import unit_column

        lumbar = unit_column("lumbar", straight=straight, plane="frontal")
        return lumbar, dict(lumbar.parameters)
    laws, parameters = crisco_laws(model)
    lumbar = column("lumbar", laws, straight=straight, plane="frontal")
    return replace(lumbar, parameters={**lumbar.parameters, **parameters}), parameters


def crisco_laws(model: str) -> tuple[tuple[JointLaw, ...], dict[str, Parameter]]:
    """Joint laws of the lumbar levels from below, and their parameters.

    Only lateral bending is from the publications. The critical load is proportional to the common
    stiffness at neutral, so the critical load of a reference column converts a published load into
    a stiffness without iteration.
    """
    levels = levels_of("lumbar")
    slope = row("han10_LB_linear").parameter(unit="N m/deg", value=row("han10_LB_linear").number)
    if model == "slope":
        return (LinearJoint.isotropic(slope.si),) * len(levels), {"slope_at_neutral": slope}
    reference = column("lumbar", LinearJoint.isotropic(1.0), straight=True, plane="frontal")
    per_stiffness = critical_load(reference, top_load(reference)).load
    source = row("cri92_lin" if model == "linear" else "cri92_exp_model")
    stiffness = source.number / per_stiffness
    fitted = Parameter(
        float(np.radians(stiffness)),
        "N m/deg",
        source.bib,
        "fitted",
        f"equal at all levels, so that a straight column of this body buckles at {source.text} N",
    )
    parameters = {"stiffness_at_neutral": fitted, "equal_levels": _assumed_equal()}
    if model == "linear":
        return (LinearJoint.isotropic(stiffness),) * len(levels), parameters
    laws = []
    for level in levels:
        rom = row(f"yam89_rom_LB_one_side_{level.replace('-L', '-')}").parameter()
        parameters[f"range_of_motion {level}"] = rom
        laws.append(
            ExponentialJoint.through([stiffness] * 3, angle=[rom.si] * 3, moment=TEST_MOMENT)
        )
    return tuple(laws), parameters


def _assumed_equal() -> Parameter:
    return Parameter(1.0, "1", THIS_WORK, "assumed", "stiffness at neutral of a level over L5-S1")
