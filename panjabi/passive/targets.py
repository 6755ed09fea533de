"""The published values to which each level is fitted, by source.

Roles: rows that `CALIBRATION` matches determine a parameter of this package (`lie17_d*` and
`man18_*` those of the rib cage) and so cannot validate it; their role in the tables is calibration.
Recalled values (prefixes `pan92`, `wp90`) are priors for levels without another source.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

from panjabi.errors import unknown
from panjabi.literature import Row, row
from panjabi.parameter import Parameter
from panjabi.passive.directions import DEGREE, LETTERS, known_level, levels, region_of
from panjabi.passive.preload import published_stiffening
from panjabi.results import ShortRepr

CALIBRATION = (
    "yam89_*", "pan88_*", "wil17_*", "gms04_*", "sch98_*", "pin92_k_*", "ligdam_toe_*",
    "han10_LB_linear", "han10_AR_linear", "gay05_slope_*",
    "man18_*stiff*", "lie17_d*", "mil87_medial", "mil87_anterior", "mil87_lb", "mil87_ar",
)  # fmt: skip

SOURCES = ("default", "Yamamoto1989", "Panjabi1988", "Wilke2017", "WhitePanjabi1990")

_SLOPES = ("L1-2", "L2-3", "L4-5")  # levels whose slope in motion was measured in FE
_MOMENT = {"upper cervical": 1.5, "cervical": 1.5, "thoracic": 7.5, "lumbar": 10.0}


@dataclass(frozen=True, repr=False)
class FitTarget(ShortRepr):
    """The values to which an axis of a level is fitted, in SI and radians."""

    level: str
    axis: int
    neutral_zone: float  # one-sided, residual after the protocol
    range_minus: float  # range of motion in the negative direction, from neutral
    range_plus: float
    moment: float  # moment at the range of motion [N m]
    stiffness: float  # at neutral, without preload [N m/rad]
    moving: bool  # whether this stiffness is the slope of a slow loop instead of the relaxed one
    parameters: dict[str, Parameter]

    @property
    def width(self) -> float:
        """Width of the ramps [rad]: a fifth of the neutral or of the elastic zone, assumed."""
        elastic = min(self.range_minus, self.range_plus) - self.neutral_zone
        return 0.2 * min(self.neutral_zone, elastic)

    @property
    def secant(self) -> float:
        """Moment over range, mean of both sides [N m/rad]."""
        return self.moment / (0.5 * (self.range_minus + self.range_plus))


def source_levels(source: str) -> tuple[str, ...]:
    """Levels for which a source has values."""
    if source == "Yamamoto1989":
        return levels("lumbar")[1:]
    if source == "Panjabi1988":
        return levels("upper cervical")
    if source == "Wilke2017":
        return levels("thoracic")
    if source in ("default", "WhitePanjabi1990"):
        return levels()
    raise unknown("source of a functional spinal unit", source, SOURCES)


def target(level: str, axis: int, source: str = "default") -> FitTarget:
    """The values to which an axis of a level is fitted.

    Raises
    ------
    UnknownNameError
        If there is no such source, or it has no values for the level.
    """
    level = known_level(level)
    if level not in source_levels(source):
        raise unknown(f"level of source {source!r}", level, source_levels(source))
    region = region_of(level)
    if source == "WhitePanjabi1990":
        return _white_panjabi(level, axis, region)
    if region == "upper cervical":
        return _measured("pan88", level, level, axis, region)
    if region == "lumbar" and level != "T12-L1":
        return _measured("yam89", level, _short(level), axis, region)
    if region == "thoracic":
        return _wilke(level, axis, region)
    return _white_panjabi(level, axis, region)


def _short(level: str) -> str:
    """'L4-5' for 'L4-L5', as in the table of Yamamoto; 'L5-S1' stays."""
    upper, lower = level.split("-")
    return level if upper[0] != lower[0] else f"{upper}-{lower[1:]}"


def _measured(prefix: str, level: str, name: str, axis: int, region: str) -> FitTarget:
    letters = LETTERS[axis]
    zone = row(f"{prefix}_nz_{letters}_{name}")
    if axis == 0:
        minus = row(f"{prefix}_rom_flexion_{name}")
        plus = row(f"{prefix}_rom_extension_{name}")
    else:
        minus = plus = row(f"{prefix}_rom_{letters}_one_side_{name}")
    numbers = {"neutral_zone": zone, "range_minus": minus, "range_plus": plus}
    return _target(level, axis, region, {n: _parameter(r) for n, r in numbers.items()})


def _white_panjabi(level: str, axis: int, region: str) -> FitTarget:
    """Recalled range of motion; neutral zone by the ratio recalled for the region."""
    one_side = _recalled_range(level, axis)
    ratio = neutral_zone_ratio(level, axis)
    values = {
        "neutral_zone": Parameter(
            ratio * one_side.value, "deg", "Panjabi1992b; WhitePanjabi1990", "assumed",
            "ratio of recalled regional means, times the recalled range", 0.5 * one_side.value,
        ),
        "range_minus": one_side,
        "range_plus": one_side,
    }  # fmt: skip
    return _target(level, axis, region, values)


def _wilke(level: str, axis: int, region: str) -> FitTarget:
    """Thoracic units with costovertebral joints: full ranges at 7.5 N m by group of levels."""
    place = levels("thoracic").index(level)
    names = {
        0: "wil17_rom_FE_T1T2" if place == 0 else "wil17_rom_FE_T2T12",
        1: "wil17_rom_LB_T1T7" if place < 6 else "wil17_rom_LB_T7T12",
        2: "wil17_rom_AR_T1T10" if place < 9 else "wil17_rom_AR_T10T12",
    }
    value = row(names[axis])
    full = value.value if value.value is not None else mean(value.interval or ())
    half = Parameter(
        0.5 * full,
        "deg",
        value.bib,
        "derived",
        "half of the full range; mid of the group's means",
    )
    zone = Parameter(
        neutral_zone_ratio(level, axis) * half.value, "deg", "Panjabi1992b; WhitePanjabi1990",
        "assumed", "ratio of recalled regional means, times the range", 0.5 * half.value,
    )  # fmt: skip
    return _target(
        level, axis, region, {"neutral_zone": zone, "range_minus": half, "range_plus": half}
    )


def neutral_zone_ratio(level: str, axis: int) -> float:
    """Recalled neutral zone over recalled range of motion, means over the region."""
    groups = {
        "upper cervical": (f"{level}", (level,)),
        "cervical": ("C3-C6", ("C3-C4", "C4-C5", "C5-C6")),
        "thoracic": ("C7-T1_to_T10-T11", levels("thoracic")[:10]),
        "lumbar": ("T11-T12_to_L4-L5", ("T12-L1", *levels("lumbar")[1:5])),
    }
    name, members = groups[region_of(level)]
    if level == "L5-S1":
        name, members = "L5-S1", ("L5-S1",)
    zone = row(f"pan92_nz_{LETTERS[axis]}_{name}").number
    return min(zone / mean(_recalled_range(m, axis).value for m in members), 0.75)


def _recalled_range(level: str, axis: int) -> Parameter:
    kind = ("FE_total", "LB_one_side", "AR_one_side")[axis]
    published = row(f"wp90_rom_{kind}_{level}")
    one_side = 0.5 * published.number if axis == 0 else published.number
    return Parameter(
        one_side, "deg", published.bib, "assumed", "one side; recalled", 0.3 * one_side
    )


def _parameter(published: Row) -> Parameter:
    return published.parameter()


def _target(level: str, axis: int, region: str, values: dict[str, Parameter]) -> FitTarget:
    moment = Parameter(
        _MOMENT[region], "N m", values["range_minus"].source,
        "measured" if values["range_minus"].status != "assumed" else "assumed",
        "moment at which the range of motion is read",
    )  # fmt: skip
    sizes = {name: p.si for name, p in values.items()}
    secant = moment.si / (0.5 * (sizes["range_minus"] + sizes["range_plus"]))
    stiffness = stiffness_at_neutral(level, axis, secant)
    moving = axis == 0 or region == "thoracic"
    name = "slope_in_motion" if moving else "linear"
    everything = values | {"moment": moment, name: stiffness}
    return FitTarget(
        level, axis, **sizes, moment=moment.si, stiffness=stiffness.si, moving=moving,
        parameters=everything,
    )  # fmt: skip


def stiffness_at_neutral(level: str, axis: int, secant: float) -> Parameter:
    """Stiffness at neutral: published for T1 to T12 and L1 to the sacrum, else a fraction.

    The published values of the thorax, and of lumbar flexion-extension, are slopes in slow motion,
    which include hysteresis. Those of the other two lumbar axes are the linear term of a static
    law, taken as the relaxed stiffness.
    """
    if level in source_levels("Yamamoto1989"):
        return _lumbar_stiffness(_short(level), axis)
    if level in levels("thoracic"):
        return _thoracic_stiffness(level, axis)
    return Parameter(
        _secant_share(axis) * secant * DEGREE, "N m/deg", "ThisWork", "assumed",
        "the lumbar share of the full-range secant, taken over to another region",
    )  # fmt: skip


def _lumbar_stiffness(name: str, axis: int) -> Parameter:
    if axis == 0:
        if name in _SLOPES:
            published = row(f"gay05_slope_{name}")
            return Parameter(
                published.number, "N m/deg", published.bib, "measured",
                "slope of a slow loop across the neutral zone, one specimen",
            )  # fmt: skip
        slopes = [row(f"gay05_slope_{other}") for other in _SLOPES]
        return Parameter(
            mean(r.number for r in slopes), "N m/deg", slopes[0].bib, "assumed",
            "mean of the slopes of three other levels",
        )  # fmt: skip
    published = row("han10_LB_linear" if axis == 1 else "han10_AR_linear")
    return Parameter(published.number, "N m/deg", published.bib, "measured", "linear term, lumbar")


def thoracic_region(level: str) -> tuple[str, int]:
    """The measured region of a thoracic level, and its number of levels."""
    place = levels("thoracic").index(level)
    return ("T1-T4", 3) if place < 3 else ("T4-T8", 4) if place < 7 else ("T8-T12", 4)


def _thoracic_stiffness(level: str, axis: int) -> Parameter:
    """The stiffness of a level in a region without ribs, corrected for the 400 N follower load."""
    name, count = thoracic_region(level)
    published = row(f"man18_{LETTERS[axis]}_NZstiff_{name}_no_ribs")
    factor = count / published_stiffening().factor(400.0)
    return Parameter(
        factor * published.number, "N m/deg", published.bib, "measured",
        f"{count} equal levels of {name} without ribs, in motion; 400 N by the preload law",
        factor * (published.sd or 0.0),
    )  # fmt: skip


def _secant_share(axis: int) -> float:
    """Mean over L1-L2 to L5-S1 of the stiffness at neutral over the secant at 10 N m."""
    ratios = []
    for level in levels("lumbar")[1:]:
        name, letters = _short(level), LETTERS[axis]
        if axis == 0:
            ends = [row(f"yam89_rom_{d}_{name}").number for d in ("flexion", "extension")]
        else:
            ends = [row(f"yam89_rom_{letters}_one_side_{name}").number]
        ratios.append(_lumbar_stiffness(name, axis).value * mean(ends) / 10.0)
    return mean(ratios)
