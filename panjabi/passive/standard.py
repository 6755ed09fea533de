"""The intact unit of a level from its targets and the fitted values.

No source was found for a coupling between axes, so no unit has a coupling; a user can add a term of
`coupling`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from functools import cache

from panjabi._caching import cached
from panjabi._tables import packaged_text, read_rows
from panjabi.body.size import size_factor
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, ParameterSet
from panjabi.passive.anatomy import KINDS, elastic_shares, neutral_shares, share_parameters
from panjabi.passive.directions import AXES, DIRECTIONS, SACROILIAC, known_level
from panjabi.passive.end_of_range import with_ends
from panjabi.passive.functional_unit import FunctionalSpinalUnit, require_compression
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.pelvis import sacroiliac_unit
from panjabi.passive.preload import published_stiffening, stiffening_parameters
from panjabi.passive.targets import FitTarget, target
from panjabi.passive.terms import PassiveTerm, Structure, linear, ramp

BRANCH_TIMES = (1.0, 10.0)  # [s], one branch a decade, relaxed after the wait of 30 s; assumed
BRANCH_SHARES = (1.0, 1.0)  # of the fitted stiffness, assumed
FRICTION_SHARES = (0.5, 0.5)  # of the fitted moment, assumed
YIELDS = (0.5, 1.5)  # over the shorter of neutral and elastic zone, assumed
WIDTH = 0.2  # of the ramps, over the same; assumed
DAMPING = 0.1  # viscous damping over stiffness at neutral [s], assumed

_NUMBERS = (
    "linear_N_m_per_rad",
    "onset_rad",
    "width_rad",
    "gain_minus_N_m_per_rad",
    "gain_plus_N_m_per_rad",
    "branch_N_m_per_rad",
    "friction_N_m",
)
_COLUMNS = {"source": str, "level": str, "axis": int} | dict.fromkeys(_NUMBERS, float)


@dataclass(frozen=True)
class AxisFit:
    """Fitted values of an axis: the elastic law, the slow branch, and friction."""

    linear: float  # stiffness at neutral [N m/rad]
    onset: float  # elastic half-width of the neutral zone [rad]
    width: float  # of the bend [rad]
    gain_minus: float  # [N m/rad]
    gain_plus: float  # [N m/rad]
    branch: float  # [N m/rad]
    friction: float  # moment while sliding at the reference rate [N m]

    @property
    def yields(self) -> tuple[float, ...]:
        """Stretches at which the friction elements slide [rad]."""
        return tuple(y * self.width / WIDTH for y in YIELDS)

    @property
    def stuck(self) -> tuple[float, ...]:
        """Stiffness of the friction elements while they stick [N m/rad]."""
        return tuple(
            s * self.friction / y for s, y in zip(FRICTION_SHARES, self.yields, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class LaboratoryFit:
    """The law of one axis of a specimen; see `panjabi.passive.laboratory`."""

    record: str  # name of the record
    moment: float  # largest moment of the record [N m]
    law: AxisFit

    def __post_init__(self) -> None:
        numbers = (self.moment, *astuple(self.law))
        if not all(math.isfinite(value) and value >= 0.0 for value in numbers):
            raise ParameterError(
                f"Expected finite numbers from 0 for the fit to {self.record}, got {numbers}; fit "
                "the record again."
            )
        if not (self.moment > 0.0 and self.law.width > 0.0):
            raise ParameterError(
                f"Expected a moment and a width above 0 for the fit to {self.record}, got "
                f"{self.moment!r} N m and {self.law.width!r} rad; fit the record again."
            )

    def sized(self, length: float) -> LaboratoryFit:
        """The fit in a body whose lengths are `length` times as large."""
        factor, law = size_factor("moment", length), self.law
        law = AxisFit(
            factor * law.linear, law.onset, law.width, factor * law.gain_minus,
            factor * law.gain_plus, factor * law.branch, factor * law.friction,
        )  # fmt: skip
        return LaboratoryFit(record=self.record, moment=factor * self.moment, law=law)


@cached
def unit(
    level: str, source: str = "default", *, preload: float = 0.0, extrapolate: bool = False
) -> FunctionalSpinalUnit:
    """The intact unit of a level, fitted to the values of a source; or a sacroiliac joint.

    Parameters
    ----------
    preload : compression along the spine [N].
    extrapolate : allows angles and preloads beyond failure.

    Raises
    ------
    UnknownNameError
        If there is no such level or source, or the source has no values for the level.
    ParameterError
        For a preload that is text, or beyond failure.
    """
    name = known_level(level)
    require_compression(preload, name)
    if name in SACROILIAC:
        if source not in ("default", "Miller1987"):
            raise unknown(f"source of {name}", source, ("default", "Miller1987"))
        built = sacroiliac_unit(name.partition("-")[2])
    else:
        built = fitted_unit(name, source)
    if not (preload or extrapolate):
        return built
    return built.with_preload(preload, extrapolate=extrapolate)


def fitted_unit(
    level: str,
    source: str,
    *,
    ends: bool = True,
    measured: Mapping[int, LaboratoryFit] | None = None,
) -> FunctionalSpinalUnit:
    """The intact unit of a level for a source, from the packaged fit, with or without stops.

    measured : fits to records by axis, in place of the packaged ones.
    """
    targets = [target(level, axis, source) for axis in range(3)]
    table = _table()
    fits = [table[_home(level, source), level, axis] for axis in range(3)]
    for axis, fit in (measured or {}).items():
        targets[axis] = replace(targets[axis], moment=fit.moment, parameters={})
        fits[axis] = fit.law
    built = assemble(level, source, targets, fits)
    return with_ends(built) if ends else built


def _home(level: str, source: str) -> str:
    """The source of the fit: the default set chooses among the others, except the recalled set."""
    return "WhitePanjabi1990" if source == "WhitePanjabi1990" else "default"


def assemble(
    level: str, source: str, targets: list[FitTarget], fits: list[AxisFit]
) -> FunctionalSpinalUnit:
    """A unit in which the stiffness of each direction is distributed over the structures."""
    terms: dict[str, list[PassiveTerm]] = {}
    for axis in range(3):
        for name, fraction in neutral_shares(level, axis).items():
            part = linear(axis, fraction * fits[axis].linear, preloaded=True)
            terms.setdefault(name, []).append(part)
    for name_of, (axis, side) in DIRECTIONS.items():
        fit = fits[axis]
        gain = fit.gain_plus if side > 0 else fit.gain_minus
        for name, fraction in elastic_shares(level, name_of).items():
            part = ramp(axis, side, fraction * gain, onset=fit.onset, width=fit.width)
            terms.setdefault(name, []).append(part)
    structures = tuple(
        Structure(name, tuple(parts), KINDS.get(name, "ligament")) for name, parts in terms.items()
    )
    stiffness = tuple(tuple(s * f.branch for s in BRANCH_SHARES) for f in fits)
    damping = tuple(DAMPING * f.linear for f in fits)
    return FunctionalSpinalUnit(
        level=level,
        structures=structures,
        stiffening=published_stiffening(),
        hysteresis=Hysteresis(
            BRANCH_TIMES,
            stiffness,
            damping,  # type: ignore[arg-type]
            tuple(f.stuck for f in fits),
            tuple(f.yields for f in fits),
        ),
        test_moment=tuple(t.moment for t in targets),  # type: ignore[arg-type]
        source=source,
        parameters=_parameters(level, targets, fits),
    )


def _parameters(level: str, targets: list[FitTarget], fits: list[AxisFit]) -> ParameterSet:
    known: dict[str, Parameter] = {}
    for axis, (aim, fit) in enumerate(zip(targets, fits, strict=True)):
        name = AXES[axis].replace("-", "_").replace(" ", "_")
        known |= {f"{name}_{key}": p for key, p in aim.parameters.items()}
        fitted = (
            ("linear_fitted", fit.linear),
            ("gain_minus", fit.gain_minus),
            ("gain_plus", fit.gain_plus),
            ("branch_stiffness", fit.branch),
        )
        how = "jointly to neutral zone and range, by protocol"
        for key, value in fitted:
            known[f"{name}_{key}"] = Parameter(value, "N m/rad", "ThisWork", "fitted", how)
        known[f"{name}_friction"] = Parameter(fit.friction, "N m", "ThisWork", "fitted", how)
        known[f"{name}_elastic_half_width"] = Parameter(fit.onset, "rad", "ThisWork", "fitted", how)
    known["ramp_width_over_zone"] = Parameter(
        WIDTH, "1", "ThisWork", "assumed", "over the shorter of neutral and elastic zone"
    )
    for number, (size, fraction) in enumerate(zip(YIELDS, FRICTION_SHARES, strict=True), 1):
        known[f"friction_yield_{number}"] = Parameter(
            size, "1", "ThisWork", "assumed", "over the shorter of neutral and elastic zone"
        )
        known[f"friction_share_{number}"] = Parameter(fraction, "1", "ThisWork", "assumed")
    plain = Hysteresis()
    known["friction_exponent"] = Parameter(plain.exponent, "1", "ThisWork", "assumed", "6 to 24")
    known["friction_rate"] = Parameter(
        plain.rate, "rad/s", "ThisWork", "assumed", "at which friction has the fitted moment"
    )
    for number, (time, fraction) in enumerate(zip(BRANCH_TIMES, BRANCH_SHARES, strict=True), 1):
        known[f"branch_time_{number}"] = Parameter(time, "s", "ThisWork", "assumed")
        known[f"branch_share_{number}"] = Parameter(fraction, "1", "ThisWork", "assumed")
    known["damping_over_stiffness"] = Parameter(DAMPING, "s", "ThisWork", "assumed", "sweep it")
    return ParameterSet(known | share_parameters(level) | stiffening_parameters())


def packaged_fits(axis: int) -> dict[str, AxisFit]:
    """Level -> fitted values of an axis, of the default set."""
    return {
        level: fit
        for (source, level, a), fit in _table().items()
        if (source, a) == ("default", axis)
    }


@cache
def _table() -> dict[tuple[str, str, int], AxisFit]:
    rows = read_rows(packaged_text("panjabi.passive", "units.csv"), "units.csv", _COLUMNS)
    return {
        (cells["source"], cells["level"], cells["axis"]): AxisFit(*(cells[n] for n in _NUMBERS))
        for _, cells in rows
    }
