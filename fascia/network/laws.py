"""Laws of the strands of the tables: EA from what is known, the rest from the table by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fascia.network.packaged_tables import Record, number
from panjabi.errors import ParameterError, nearest
from panjabi.parameter import THIS_WORK, Parameter, Status

if TYPE_CHECKING:
    from panjabi.body import Body
    from panjabi.tissue import PassiveMuscle

HAMSTRING_HEADS = ("bflh", "semimem", "semiten")
"""The heads whose passive curve the one fitted scale acts on (S9)."""

_UNIT = {
    "modulus_MPa": "MPa",
    "thickness_mm": "mm",
    "width_mm": "mm",
    "area_mm2": "mm2",
    "stiffness_N_per_mm": "N/mm",
    "preload_N": "N",
    "transition_strain": "1",
}


def kind_defaults(
    rows: Mapping[str, Record], scale: Mapping[str, float] | None = None
) -> dict[str, dict[str, Parameter]]:
    """Figures by kind (S4), all assumed; `scale` multiplies the modulus of a kind (the sweep)."""
    scale = dict(scale or {})
    for kind, factor in scale.items():
        if kind not in rows:
            raise ParameterError(
                f"kind_scale names {kind!r}; {nearest(kind, rows)}. Use a kind of "
                "tissue_defaults.csv."
            )
        if not factor > 0.0:
            raise ParameterError(f"kind_scale of {kind!r} is {factor:g}; give a factor above 0.")
    made: dict[str, dict[str, Parameter]] = {}
    for kind, row in rows.items():
        made[kind] = {}
        for column in ("modulus_MPa", "thickness_mm", "width_mm", "transition_strain"):
            value = float(row[column])
            if column == "modulus_MPa":
                value *= scale.get(kind, 1.0)
            made[kind][column] = Parameter(
                value, _UNIT[column], THIS_WORK, "assumed", f"by kind: {row['basis']}"
            )
    return made


def own_parameters(row: Record) -> dict[str, Parameter]:
    """The figures that a strand has of its own, with source and status."""
    from panjabi.literature import row as published

    cited = dict(part.split("=", 1) for part in row["sources"].split() if "=" in part)
    made: dict[str, Parameter] = {}
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
        made[_short(column)] = Parameter(value, unit, key, _status(status), row["note"], sd)
    return made


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
    own: Mapping[str, Parameter],
    defaults: Mapping[str, Mapping[str, Parameter]],
    length: float,
) -> float:
    """EA of a strand [N]: stiffness times standing length, or modulus times section."""
    if "stiffness" in own:
        return own["stiffness"].si * length
    by_kind = defaults[row["kind"]]
    modulus = own.get("modulus", by_kind["modulus_MPa"]).si
    if "area" in own:
        return modulus * own["area"].si
    thickness = own.get("thickness", by_kind["thickness_mm"]).si
    return modulus * thickness * own.get("width", by_kind["width_mm"]).si


def collagen_law(
    row: Record,
    own: Mapping[str, Parameter],
    defaults: Mapping[str, Mapping[str, Parameter]],
    *,
    stiffness: float,
    length: float,
    tension: float,
) -> Any:
    """Collagen (nerve: nerve path) that carries `tension` [N] at its standing length [m]."""
    from panjabi.tissue import Collagen, NervePath

    toe = own.get("transition_strain", defaults[row["kind"]]["transition_strain"]).si
    law = NervePath if row["kind"] == "nerve" else Collagen
    return law.with_tension_at(length, tension, stiffness=stiffness, transition_strain=toe)


def muscle_law(
    body: Body, name: str, fibre_set: str, *, passive_scale: float = 1.0
) -> PassiveMuscle:
    """Passive muscle with its elastic tendon, from one fibre set of the body model."""
    from panjabi.tissue import PassiveMuscle

    fibres = body.muscle(name).fibres
    if fibre_set not in fibres:
        raise ParameterError(
            f"muscle {name!r} has no fibre set {fibre_set!r}; {nearest(fibre_set, fibres)}. "
            "Choose one that the body model has."
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
