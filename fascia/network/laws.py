"""Laws of the strands of the tables: EA from published values, the rest by type of tissue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from fascia.network import geometry
from fascia.network.packaged_tables import Record, number
from fascia.network.parts import number as as_number
from panjabi.errors import ParameterError, nearest, unknown
from panjabi.parameter import THIS_WORK, Parameter, Status

if TYPE_CHECKING:
    from fascia.network.parts import Vector
    from panjabi.body import Body
    from panjabi.passive.ligament import LigamentLaw
    from panjabi.tissue import PassiveMuscle

    Place = tuple[str, Vector]

PASSIVE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "hamstrings": ("bflh", "semimem", "semiten"),
    "gluteus_maximus": ("glmax1", "glmax2", "glmax3"),
    "hip_flexors": ("psoas", "iliacus", "tfl"),
    "adductors": ("addlong", "addbrev", "addmagProx", "addmagMid", "addmagDist", "addmagIsch"),
    "quadriceps": ("recfem", "vaslat", "vasmed", "vasint"),
    "gastrocnemii": ("gasmed", "gaslat"),
    "one_joint_calf": ("soleus", "tibpost", "fdl", "fhl", "perlong", "perbrev"),
    "dorsiflexors": ("tibant", "edl", "ehl"),
}
"""Muscles whose passive curves have one fitted factor per group (S32); the others have factor 1."""

PASSIVE_GROUP_OF: Mapping[str, str] = {
    muscle: group for group, muscles in PASSIVE_GROUPS.items() for muscle in muscles
}


def passive_scales(scales: Mapping[str, float] | None) -> dict[str, float]:
    """Factor on the passive curves of every group [1]; 1 for a group that is not named.

    Raises
    ------
    UnknownNameError
        For a name that is not in `PASSIVE_GROUPS`.
    NetworkError
        For a factor that is not a number.
    """
    values = dict.fromkeys(PASSIVE_GROUPS, 1.0)
    for group, value in (scales or {}).items():
        if group not in values:
            raise unknown("muscle group", group, values)
        values[group] = as_number(f"passive_scale of {group}", value)
    return values


_UNIT = {
    "modulus_MPa": "MPa",
    "thickness_mm": "mm",
    "width_mm": "mm",
    "area_mm2": "mm2",
    "stiffness_N_per_mm": "N/mm",
    "preload_N": "N",
    "transition_strain": "1",
}

_SPINOUS = (
    "flexion_extension_gain_minus", "flexion_extension_elastic_half_width",
    "ramp_width_over_zone", "flexion_stop_stiffness", "structure_shares", "disc_share_flexion",
)  # fmt: skip
"""Parameters of a unit that the law of its spinous ligaments uses, beside those named after one."""


def kind_defaults(
    rows: Mapping[str, Record], scale: Mapping[str, float] | None = None
) -> dict[str, dict[str, Parameter]]:
    """Values by tissue type (S4), all assumed; `scale` multiplies the modulus of a type."""
    scale = dict(scale or {})
    for kind, factor in scale.items():
        if kind not in rows:
            raise ParameterError(
                f"Expected a tissue type of tissue_defaults.csv in kind_scale, got {kind!r}; "
                f"{nearest(kind, rows)}."
            )
        if not factor > 0.0:
            raise ParameterError(
                f"Expected kind_scale of {kind!r} above 0, got {factor:g}; give a factor above 0, "
                "e.g. 0.5 for half the modulus."
            )
    defaults: dict[str, dict[str, Parameter]] = {}
    for kind, row in rows.items():
        defaults[kind] = {}
        for column in ("modulus_MPa", "thickness_mm", "width_mm", "transition_strain"):
            value = float(row[column])
            if column == "modulus_MPa":
                value *= scale.get(kind, 1.0)
            defaults[kind][column] = Parameter(
                value, _UNIT[column], THIS_WORK, "assumed", f"by kind: {row['basis']}"
            )
    return defaults


def strand_parameters(row: Record) -> dict[str, Parameter]:
    """The values that the table lists for this strand, with source and status."""
    from panjabi.literature import row as published

    cited = dict(part.split("=", 1) for part in row["sources"].split() if "=" in part)
    parameters: dict[str, Parameter] = {}
    for column, unit in _UNIT.items():
        value = number(row, column)
        if value is None:
            continue
        key, status, sd = THIS_WORK, "assumed", None
        if column in cited:
            key = cited[column]
            status = row["status"]
            if key.isupper() or "_" in key:  # a row of the fascia table, else a bibliography key
                source = published(key)
                key, sd = source.bib, source.sd
                if source.value != value:
                    sd = None
                    status = "derived" if status == "measured" and source.value else status
        parameters[_short(column)] = Parameter(value, unit, key, _status(status), row["note"], sd)
    return parameters


def _short(column: str) -> str:
    return {"stiffness_N_per_mm": "stiffness", "preload_N": "preload"}.get(
        column, column.removesuffix("_MPa").removesuffix("_mm").removesuffix("_mm2")
    )


def _status(text: str) -> Status:
    for status in ("measured", "derived", "fitted"):
        if text == status:
            return status
    return "assumed"


def axial_stiffness(
    row: Record,
    parameters: Mapping[str, Parameter],
    defaults: Mapping[str, Mapping[str, Parameter]],
    length: float,
) -> float:
    """EA of a strand [N]: stiffness times standing length, or modulus times cross-section."""
    if "stiffness" in parameters:
        return parameters["stiffness"].si * length
    by_kind = defaults[row["kind"]]
    modulus = parameters.get("modulus", by_kind["modulus_MPa"]).si
    if "area" in parameters:
        return modulus * parameters["area"].si
    thickness = parameters.get("thickness", by_kind["thickness_mm"]).si
    return modulus * thickness * parameters.get("width", by_kind["width_mm"]).si


def collagen_law(
    row: Record,
    parameters: Mapping[str, Parameter],
    defaults: Mapping[str, Mapping[str, Parameter]],
    *,
    stiffness: float,
    length: float,
    tension: float,
) -> Any:
    """Collagen law (nerve path for a nerve) with `tension` [N] at its standing length [m]."""
    from panjabi.tissue import Collagen, NervePath

    toe = parameters.get("transition_strain", defaults[row["kind"]]["transition_strain"]).si
    law = NervePath if row["kind"] == "nerve" else Collagen
    return law.with_tension_at(length, tension, stiffness=stiffness, transition_strain=toe)


def spinous_law(
    body: Body, text: str, at: tuple[Place, Place]
) -> tuple[LigamentLaw, dict[str, Parameter]]:
    """Law of ligaments of a spinal unit for a strand in their place, and its parameters.

    text : "L4-L5:SSL+ISL"; at : both ends of the strand, as body and point [m]. The strand is at
    its slack length in standing, which is the neutral posture of the units.
    """
    from panjabi.passive import sized_for, unit
    from panjabi.passive.ligament import ligament_law

    level, _, names = text.partition(":")
    whole = sized_for(unit(level), body)
    q = body.zero()
    low, high = (geometry.world(body, body.poses(q), b, p) for b, p in at)
    length = float(np.linalg.norm(high - low))
    flexion = body.coordinate_index(whole.coordinates[0])  # negative in flexion
    turn = [body.jacobian(q, b, p)[:, flexion] for b, p in at]
    arm = -float((high - low) @ (turn[1] - turn[0])) / length
    used = {k: p for k, p in whole.parameters.items() if k in _SPINOUS or k[-3:] in names}
    used["arm"] = Parameter(1e3 * arm, "mm", THIS_WORK, "derived", "of the strand in standing")
    return ligament_law(level, names, of=whole, length=length, arm=arm), used


def muscle_law(
    body: Body, name: str, fibre_set: str, *, passive_scale: float = 1.0
) -> PassiveMuscle:
    """Passive muscle with its elastic tendon, from one fibre set of the body model."""
    from panjabi.tissue import PassiveMuscle

    fibres = body.muscle(name).fibres
    if fibre_set not in fibres:
        raise ParameterError(
            f"Expected a fibre set of muscle {name!r}, got {fibre_set!r}; "
            f"{nearest(fibre_set, fibres)}."
        )
    fibre = fibres[fibre_set]
    record: dict[str, Any] = {
        "name": name,
        "Fmax": fibre.max_force,
        "lopt": fibre.optimal_length,
        "lts": fibre.tendon_slack_length,
        "penn": fibre.pennation,
        "set_2023": {
            "lopt": fibre.optimal_length,
            "lts": fibre.tendon_slack_length,
            "e_0": fibre.e_0,
            "e_1": fibre.e_1,
            "k_1": fibre.k_1,
        },
    }
    return PassiveMuscle.from_fibres(
        record,
        fibre_set=fibre_set,  # type: ignore[arg-type]
        passive_scale=passive_scale,
    )
