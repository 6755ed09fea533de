"""Contributions of the structures of a level to its stiffness in each direction.

Fractions of the lumbar disc follow from the stiffness before and after disc rupture. The rest of
flexion is divided between the posterior ligaments by stiffness times squared arm from the centre of
rotation. All other fractions are assumed, and their parameters have the status assumed.
"""

from __future__ import annotations

from panjabi.errors import unknown
from panjabi.literature import row
from panjabi.parameter import Parameter
from panjabi.passive.directions import DIRECTIONS, known_level, region_of

KINDS = {
    "disc": "disc",
    "facet_right": "facet",
    "facet_left": "facet",
    "ribs": "ribs",
    "fixator": "implant",
}
"""Structure -> type; all others are ligaments."""

# Arms from the centre of rotation in flexion [mm], assumed.
_ARMS = {"PLL": 12.0, "LF": 22.0, "CL": 30.0, "ISL": 40.0, "SSL": 55.0}
# Arms of the other structures of a lumbar level, for the axes about which they act [mm], assumed.
_OTHER_ARMS = {
    "disc": 15.0, "ALL": 20.0, "ITL": 40.0, "NL": 60.0, "CVJ": 35.0, "TM": 12.0, "TL": 12.0,
    "ALAR": 12.0, "AAOM": 15.0, "PAOM": 25.0, "facet_right": 28.0, "facet_left": 28.0,
}  # fmt: skip
_SIZE = {"lumbar": 1.0, "thoracic": 0.8, "cervical": 0.6, "upper cervical": 0.6}  # assumed
# Lengths of lumbar ligaments at neutral [mm], assumed.
_LENGTHS = {"ALL": 37.0, "PLL": 33.0, "LF": 15.0, "ISL": 16.0, "SSL": 25.0}
_CAPSULES = 30.0  # stiffness of both capsules [N/mm], assumed; none of the tables has it

_BENDING = ("right bending", "left bending")
_ROTATION = ("right rotation", "left rotation")

# Assumed fractions of the elastic-zone stiffness. "facet" is the facet on the compressed side.
_ASSUMED: dict[str, dict[str, dict[str, float]]] = {
    "upper cervical C0-C1": {
        "flexion": {"TM": 0.3, "PAOM": 0.2, "CL": 0.5},
        "extension": {"AAOM": 0.35, "CL": 0.3, "TM": 0.05, "facet": 0.3},
        "bending": {"ALAR": 0.45, "CL": 0.45, "TM": 0.1},
        "rotation": {"ALAR": 0.5, "CL": 0.4, "TM": 0.1},
    },
    "upper cervical C1-C2": {
        "flexion": {"TM": 0.3, "TL": 0.3, "PAOM": 0.1, "CL": 0.3},
        "extension": {"AAOM": 0.35, "CL": 0.3, "TM": 0.05, "facet": 0.3},
        "bending": {"ALAR": 0.4, "CL": 0.3, "TM": 0.1, "facet": 0.2},
        "rotation": {"ALAR": 0.5, "CL": 0.4, "TM": 0.1},
    },
    "cervical": {
        "flexion": {"disc": 0.35, "PLL": 0.1, "LF": 0.2, "CL": 0.2, "ISL": 0.1, "NL": 0.05},
        "extension": {"disc": 0.4, "ALL": 0.3, "facet": 0.3},
        "bending": {"disc": 0.4, "CL": 0.2, "facet": 0.4},
        "rotation": {"disc": 0.4, "CL": 0.25, "facet": 0.35},
    },
    "thoracic": {
        "flexion": {"disc": 0.4, "PLL": 0.1, "LF": 0.15, "CL": 0.15, "ISL": 0.1, "SSL": 0.1},
        "extension": {"disc": 0.45, "ALL": 0.25, "facet": 0.3},
        "bending": {"disc": 0.4, "CVJ": 0.3, "CL": 0.1, "facet": 0.2},
        "rotation": {"disc": 0.4, "CVJ": 0.3, "CL": 0.1, "facet": 0.2},
    },
    # Fractions beside the disc, by direction; flexion follows from ligament stiffness and arm.
    "lumbar": {
        "extension": {"ALL": 0.35, "facet": 0.65},
        "bending": {"ITL": 0.3, "CL": 0.2, "LF": 0.2, "facet": 0.3},
        "rotation": {"CL": 0.2, "facet": 0.8},
    },
}

# Assumed fractions of the stop at the end of the range, where there is a disc. In flexion the
# ligaments become taut in proportion to their part of the elastic zone.
_AT_THE_END: dict[str, dict[str, float]] = {
    "extension": {"facet": 0.7, "ALL": 0.1, "disc": 0.2},
    "bending": {"facet": 0.4, "CL": 0.2, "disc": 0.4},
    "rotation": {"facet": 0.7, "CL": 0.1, "disc": 0.2},
}

# Assumed fractions of the stiffness at neutral, by axis.
_AT_NEUTRAL = {
    "with disc": (
        {"disc": 0.8, "CL": 0.1, "facet": 0.1},
        {"disc": 0.8, "CL": 0.1, "facet": 0.1},
        {"disc": 0.6, "CL": 0.1, "facet": 0.3},
    ),
    "without disc": ({"CL": 0.7, "facet": 0.3},) * 3,
}

_LOAD_NAMES = {
    "flexion": "flexion",
    "extension": "extension",
    "right bending": "lateral_bending",
    "left bending": "lateral_bending",
    "left rotation": "axial_rotation",
    "right rotation": "axial_rotation",
}


def elastic_shares(level: str, direction: str) -> dict[str, float]:
    """Structure -> fraction of the elastic-zone stiffness in a direction; they sum to 1."""
    level = known_level(level)
    if direction not in DIRECTIONS:
        raise unknown("direction", direction, DIRECTIONS)
    region = region_of(level)
    if region == "upper cervical":
        fractions = _ASSUMED[f"{region} {level}"][_family(direction)]
    elif region != "lumbar":
        fractions = _ASSUMED[region][_family(direction)]
    else:
        disc = lumbar_disc_share(direction).value
        others = (
            _ligaments(level) if direction == "flexion" else _ASSUMED[region][_family(direction)]
        )
        fractions = {"disc": disc, **{name: (1.0 - disc) * s for name, s in others.items()}}
    return _by_side(fractions, direction)


def end_shares(level: str, direction: str) -> dict[str, float]:
    """Structure -> fraction of the stop at the end of the range in a direction; they sum to 1."""
    family = _family(direction)
    if family == "flexion" or region_of(level) == "upper cervical":
        return elastic_shares(level, direction)
    return _by_side(_AT_THE_END[family], direction)


def neutral_shares(level: str, axis: int) -> dict[str, float]:
    """Structure -> fraction of the stiffness at neutral; both facets have equal fractions."""
    discs = "without disc" if region_of(level) == "upper cervical" else "with disc"
    fractions = dict(_AT_NEUTRAL[discs][axis])
    facet = fractions.pop("facet")
    return {**fractions, "facet_right": 0.5 * facet, "facet_left": 0.5 * facet}


def lumbar_disc_share(direction: str) -> Parameter:
    """Fraction of the stiffness that a disc rupture removes: 1 - ruptured / normal."""
    name = _LOAD_NAMES[direction]
    normal, ruptured = row(f"sch98_k_{name}"), row(f"sch98_khiz_{name}")
    return Parameter(
        1.0 - ruptured.number / normal.number, "1", normal.bib, "derived",
        f"{name}: 1 - {ruptured.number:g} / {normal.number:g} N m/deg",
    )  # fmt: skip


def arm(level: str, structure: str) -> Parameter | None:
    """Distance of a structure from the centre of rotation [mm]; None for ribs and implants."""
    size = (_ARMS | _OTHER_ARMS).get(structure)
    if size is None:
        return None
    scale = _SIZE[region_of(level)]
    return Parameter(scale * size, "mm", "ThisWork", "assumed", "from the centre of rotation")


def ligament_length(level: str, structure: str) -> Parameter | None:
    """Length of a ligament at neutral [mm]; None where its failure strain is not published."""
    if region_of(level) != "lumbar" or structure not in _LENGTHS:
        return None
    return Parameter(_LENGTHS[structure], "mm", "ThisWork", "assumed", "at neutral")


def failure_strain(level: str, structure: str) -> Parameter | None:
    """Strain at which an isolated ligament fails [1]; None where none is published."""
    if region_of(level) != "lumbar" or structure not in _LENGTHS:
        return None
    return row(f"pin92_eps_{structure}_{known_level(level)}").parameter()


def share_parameters(level: str) -> dict[str, Parameter]:
    """Parameters behind the fractions of a level."""
    if region_of(level) != "lumbar":
        return {"structure_shares": Parameter(1.0, "1", "ThisWork", "assumed", "all directions")}
    parameters = {
        f"disc_share_{d.replace(' ', '_')}": lumbar_disc_share(d)
        for d in ("flexion", "extension", "right bending", "right rotation")
    }
    parameters |= {
        f"stiffness_{name}": row(f"pin92_k_{name}_{known_level(level)}").parameter()
        for name in ("PLL", "LF", "ISL", "SSL")
    }
    parameters["stiffness_CL"] = Parameter(
        _CAPSULES, "N/mm", "ThisWork", "assumed", "both capsules"
    )
    for name, arm in _ARMS.items():
        parameters[f"arm_{name}"] = Parameter(arm, "mm", "ThisWork", "assumed", "flexion")
    parameters["shares_beside_disc"] = Parameter(
        1.0, "1", "ThisWork", "assumed", "extension, bending, rotation; stiffness at neutral; stops"
    )
    return parameters


def _family(direction: str) -> str:
    if direction in _BENDING:
        return "bending"
    return "rotation" if direction in _ROTATION else direction


def _ligaments(level: str) -> dict[str, float]:
    """Fractions of the posterior ligaments in flexion: stiffness times squared arm."""
    stiffness = {n: row(f"pin92_k_{n}_{level}").number for n in _ARMS if n != "CL"}
    stiffness["CL"] = _CAPSULES
    weight = {name: stiffness[name] * arm**2 for name, arm in _ARMS.items()}
    return {name: w / sum(weight.values()) for name, w in weight.items()}


def _by_side(fractions: dict[str, float], direction: str) -> dict[str, float]:
    """Bending compresses the facet of its side, rotation the opposite facet, extension both."""
    split = dict(fractions)
    facet = split.pop("facet", 0.0)
    if facet:
        if direction == "extension":
            split |= {"facet_right": 0.5 * facet, "facet_left": 0.5 * facet}
        else:
            right = direction in ("right bending", "left rotation")
            split["facet_right" if right else "facet_left"] = facet
    return split
