"""The critical load of a packaged column under a load on its top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

from panjabi.body.model import Body
from panjabi.errors import ParameterError, unknown
from panjabi.spine.column_model import Column
from panjabi.spine.subject_data import SubjectData
from panjabi.spine.units import has_branches, instantaneous, unit_column
from panjabi.stability.crisco_model import crisco_column
from panjabi.stability.critical import CriticalLoad, critical_load

JointLawName = Literal["units", "linear", "exponential", "slope"]
"""Names of the joint laws of a column that `buckle` accepts."""

JOINT_LAWS: tuple[JointLawName, ...] = get_args(JointLawName)


def buckle(
    column: str = "lumbar",
    *,
    plane: str = "space",
    law: JointLawName = "units",
    straight: bool = False,
    rib_cage: bool = True,
    preload: float = 0.0,
    injuries: Mapping[str, Sequence[str]] | None = None,
    body: Body | None = None,
    extrapolate: bool = False,
    subject: SubjectData | None = None,
) -> CriticalLoad:
    """The vertical load on top [N] at which a column of the spine loses its stability.

    If the joints have viscoelastic branches, the result also contains the critical load for their
    instantaneous stiffness. `panjabi.stability.post_buckling(result, to=...)` follows the bent
    column beyond the critical load.

    Parameters
    ----------
    column : cervical, thoracic, lumbar, thoracolumbar or whole.
    plane : frontal, sagittal, transverse or space.
    law : law of the joints: "units" are the fitted units. For the lumbar column only: "linear" and
        "exponential" are Crisco's models, "slope" is the measured slope at neutral.
    straight : whether the joints lie on a vertical line.
    rib_cage : whether thoracic levels include the anterior rib cage.
    preload : constant compression of every unit [N].
    injuries : changes of each level as text, {"L4-L5": ["cut=SSL+ISL"]}, in place of those of the
        subject.
    body : units and weights follow its size.
    subject : by default the standard adult, intact.
    extrapolate : allow a preload beyond failure.

    Raises
    ------
    UnknownNameError
        For a column, plane, law, level or injury that does not exist.
    ParameterError
        For a law other than "units" with another column than lumbar, an injury, a preload, a
        body or a subject.
    ConvergenceError
        If the column is unstable without the load, or its path cannot be followed.
    """
    spine_column = _column(
        column, plane, law, straight, rib_cage, preload, injuries or {}, body, extrapolate, subject
    )
    result = critical_load(spine_column, spine_column.top_load())
    if not has_branches(spine_column):
        return result
    fast = instantaneous(spine_column)
    return replace(result, instantaneous_load=critical_load(fast, fast.top_load()).load)


def _column(
    column: str,
    plane: str,
    law: str,
    straight: bool,
    rib_cage: bool,
    preload: float,
    injuries: Mapping[str, Sequence[str]],
    body: Body | None,
    extrapolate: bool,
    subject: SubjectData | None,
) -> Column:
    if law not in JOINT_LAWS:
        raise unknown("law of the joints", law, JOINT_LAWS)
    if law == "units":
        return unit_column(
            column,
            subject=subject,
            preload=preload,
            rib_cage=rib_cage,
            injuries=injuries,
            body=body,
            straight=straight,
            plane=plane,
            extrapolate=extrapolate,
        )
    other = injuries or preload or body is not None or subject is not None
    if column != "lumbar" or other:
        raise ParameterError(
            "Expected the intact lumbar column of the standard adult without preload for the joint "
            f"law {law!r} of Crisco's models, got the {column} column"
            f"{' with preload, injury, body or subject' if other else ''}; choose "
            'the lumbar column, or law="units" (--law units).'
        )
    spine_column, _ = crisco_column(law, straight=straight)
    return spine_column.in_plane(plane)
