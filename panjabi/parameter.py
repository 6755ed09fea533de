"""A number knows its unit, where it comes from and how far to trust it.

Units live at the border: a `Parameter` keeps the number as its source prints it, and `.si`
hands SI and radians to the models, once. `sources(result)` tells what a result rests on and how
many of its parameters nobody has measured.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args, overload

from panjabi.bibtex import Entry, bibliography
from panjabi.errors import ParameterError, UnitError, nearest, unknown
from panjabi.results import Result

T = TypeVar("T")
Status = Literal["measured", "derived", "fitted", "assumed"]
STATUSES: tuple[Status, ...] = get_args(Status)

THIS_WORK = "ThisWork"
"""Source of a number that this project chose or computed; nobody else is to blame for it."""
USER = "User"
"""Source of a number that the user put in the place of ours."""

_DEG = math.pi / 180.0
_WEEK = 7.0 * 86400.0
_UNITS: dict[str, dict[str, float]] = {
    "ratio": {"1": 1.0, "-": 1.0, "%": 0.01},
    "length": {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "um": 1e-6},
    "area": {"m2": 1.0, "cm2": 1e-4, "mm2": 1e-6},
    "volume": {"m3": 1.0, "cm3": 1e-6, "mm3": 1e-9},
    "angle": {"rad": 1.0, "deg": _DEG},
    "time": {
        "s": 1.0,
        "ms": 1e-3,
        "min": 60.0,
        "h": 3600.0,
        "day": 86400.0,
        "week": _WEEK,
        "year": 365.25 * 86400.0,
    },
    "rate": {"1/s": 1.0, "Hz": 1.0, "%/s": 0.01, "1/week": 1.0 / _WEEK},
    "mass": {"kg": 1.0, "g": 1e-3},
    "density": {"kg/m3": 1.0, "g/cm3": 1e3},
    "moment of inertia": {"kg m2": 1.0},
    "force": {"N": 1.0, "kN": 1e3, "mN": 1e-3},
    "pressure": {
        "Pa": 1.0,
        "kPa": 1e3,
        "MPa": 1e6,
        "GPa": 1e9,
        "N/cm2": 1e4,
        "mmHg": 133.322387415,
    },
    "viscosity": {"Pa s": 1.0, "mPa s": 1e-3},
    "stiffness": {"N/m": 1.0, "N/mm": 1e3, "kN/m": 1e3, "N/cm": 1e2},
    "damping": {"N s/m": 1.0, "N s/mm": 1e3},
    "force per strain": {"N/%": 100.0},
    "torque": {"N m": 1.0, "N mm": 1e-3, "N cm": 1e-2},
    "energy": {"J": 1.0, "mJ": 1e-3},
    "angular stiffness": {"N m/rad": 1.0, "N m/deg": 1.0 / _DEG},
    "angular damping": {"N m s/rad": 1.0, "N m s/deg": 1.0 / _DEG},
    "length per angle": {"m/rad": 1.0, "mm/rad": 1e-3, "mm/deg": 1e-3 / _DEG},
    "velocity": {"m/s": 1.0, "mm/s": 1e-3},
    "angular velocity": {"rad/s": 1.0, "deg/s": _DEG},
    "acceleration": {"m/s2": 1.0},
    "strain per angle": {"1/rad": 1.0, "%/deg": 0.01 / _DEG},
}

SI: dict[str, float] = {unit: f for kind in _UNITS.values() for unit, f in kind.items()}
"""Factor that turns a number in this unit into SI and radians."""

KIND_OF_UNIT: dict[str, str] = {unit: kind for kind, units in _UNITS.items() for unit in units}
"""What a unit measures; two units of one kind can stand for each other."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number with what is needed to trust it or to replace it.

    Raises
    ------
    UnitError
        If the unit is not in the table `SI`.
    ParameterError
        If the value is not finite, the spread negative, the source empty or the status unknown.
    """

    value: float
    unit: str
    source: str  # key in references.bib; several are separated by "; "
    status: Status
    conditions: str = ""  # specimen, posture, rate
    sd: float | None = None  # same unit as value

    def __post_init__(self) -> None:
        if self.unit not in SI:
            raise UnitError(
                f"unknown unit {self.unit!r}; {nearest(self.unit, SI)}. "
                "Write the number in one of the units of panjabi.parameter.SI."
            )
        value = _number(self.value, f"a Parameter in {self.unit}")
        object.__setattr__(self, "value", value)
        if self.sd is not None:
            sd = _number(self.sd, f"the sd of a Parameter in {self.unit}")
            if sd < 0.0:
                raise ParameterError(
                    f"the sd of a Parameter is {sd:g} {self.unit}; a spread is at least 0. "
                    "Give it as a positive number, or None when it is not known."
                )
            object.__setattr__(self, "sd", sd)
        if self.status not in STATUSES:
            raise ParameterError(
                f"unknown status {self.status!r}; possible: {', '.join(STATUSES)}. "
                "Say 'assumed' when nobody measured, derived or fitted the number."
            )
        if not self.source.strip():
            raise ParameterError(
                f"a Parameter of {self.value:g} {self.unit} has no source; it needs a key of "
                f"references.bib. Use {THIS_WORK!r} for a number of our own."
            )

    @property
    def si(self) -> float:
        """The value in SI and radians."""
        return self.value * SI[self.unit]

    @property
    def sd_si(self) -> float | None:
        """The spread in SI and radians, None where it is not known."""
        return None if self.sd is None else self.sd * SI[self.unit]

    @property
    def keys(self) -> tuple[str, ...]:
        """The bibliography keys of the source, one or several."""
        return tuple(key.strip() for key in self.source.split(";") if key.strip())

    def with_value(self, value: float, *, source: str = USER) -> Parameter:
        """The same quantity with another value, in the same unit, counted as assumed."""
        return Parameter(value, self.unit, source, "assumed", self.conditions)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        spread = "" if self.sd is None else f" +- {self.sd:g}"
        return f"{self.value:g}{spread} {self.unit} ({self.status}, {self.source})"


def assumed(value: float, unit: str, conditions: str = "") -> Parameter:
    """A number that nobody measured, of this work."""
    return Parameter(value, unit, THIS_WORK, "assumed", conditions)


def _number(value: object, what: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(
            f"{what} is {value!r}; only finite numbers are possible. Leave the parameter out "
            "when the number is not known."
        )
    return number


class ParameterSet(Mapping[str, Parameter]):
    """Named parameters that do not change; changing one gives a new set.

    >>> slr = ParameterSet({"pelvic_share": Parameter(0.3, "1", "ThisWork", "assumed")})
    >>> slr.si("pelvic_share")
    0.3
    >>> slr.replaced(pelvic_share=0.45)["pelvic_share"].source
    'User'
    """

    __slots__ = ("_parameters",)

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        for name, parameter in parameters.items():
            if not isinstance(parameter, Parameter):
                raise ParameterError(
                    f"{name!r} is {parameter!r}; a ParameterSet holds Parameter records only. "
                    "Give value, unit, source and status."
                )
        self._parameters = dict(parameters)

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self._parameters[name]
        except KeyError:
            raise unknown("parameter", name, self._parameters) from None

    def __contains__(self, name: object) -> bool:
        return name in self._parameters  # Mapping's own would expect a KeyError

    @overload
    def get(self, name: str, default: None = None, /) -> Parameter | None: ...
    @overload
    def get(self, name: str, default: Parameter | T, /) -> Parameter | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        return self._parameters.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __hash__(self) -> int:
        return hash(frozenset(self._parameters.items()))

    def __repr__(self) -> str:
        return f"ParameterSet({self._parameters!r})"

    def __str__(self) -> str:
        width = max((len(name) for name in self), default=0)
        return "\n".join(f"{name:<{width}}  {p}" for name, p in self.items())

    def si(self, name: str) -> float:
        """The value of one parameter in SI and radians."""
        return self[name].si

    def replaced(self, **changes: Parameter | float) -> ParameterSet:
        """The same set with some parameters changed; this set is unchanged.

        A bare number is read in the unit of the parameter it replaces and counts as assumed by
        the user. A `Parameter` must measure the same kind of quantity.

        Raises
        ------
        UnknownNameError
            If the set has no parameter of that name: a misspelt name must not be added silently.
        UnitError
            If the new unit measures something else.
        """
        new = dict(self._parameters)
        for name, change in changes.items():
            old = self[name]
            if not isinstance(change, Parameter):
                change = old.with_value(change)
            elif KIND_OF_UNIT[change.unit] != KIND_OF_UNIT[old.unit]:
                kind = KIND_OF_UNIT[old.unit]
                raise UnitError(
                    f"parameter {name!r} was given in {change.unit!r}, no unit of {kind}; "
                    f"possible: {', '.join(_UNITS[kind])}. Convert the number first."
                )
            new[name] = change
        return ParameterSet(new)

    def merged(self, other: Mapping[str, Parameter], *, prefix: str = "") -> ParameterSet:
        """Both sets in one. A name in both must stand for the same parameter."""
        new = dict(self._parameters)
        for name, parameter in other.items():
            if new.setdefault(prefix + name, parameter) != parameter:
                raise ParameterError(
                    f"two different parameters are called {prefix + name!r}: "
                    f"{new[prefix + name]} and {parameter}. Merge with a prefix."
                )
        return ParameterSet(new)


@dataclass(frozen=True, repr=False)
class Sources(Result):
    """What a result rests on: its parameters, how they are known, and whom to cite."""

    parameters: ParameterSet
    citations: dict[str, Entry] = field(init=False, repr=False)  # by key of the bibliography
    unresolved: tuple[str, ...] = field(init=False)  # keys without an entry

    def __post_init__(self) -> None:
        known = bibliography()
        keys = sorted({key for p in self.parameters.values() for key in p.keys})
        object.__setattr__(self, "citations", {k: known[k] for k in keys if k in known})
        object.__setattr__(self, "unresolved", tuple(k for k in keys if k not in known))

    @property
    def counts(self) -> dict[str, int]:
        """How many parameters are measured, derived, fitted, assumed."""
        states = [p.status for p in self.parameters.values()]
        return {status: states.count(status) for status in STATUSES}

    @property
    def assumed(self) -> int:
        """How many parameters nobody measured, derived or fitted."""
        return self.counts["assumed"]

    def summary(self) -> dict[str, Any]:
        """How many parameters are assumed, and the keys of the sources: what a result prints."""
        return {"assumed_parameters": self.assumed, "sources": sorted(self.citations)}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "counts": self.counts,
            "parameters": {name: p.to_dict() for name, p in self.parameters.items()},
            "citations": {key: str(entry) for key, entry in self.citations.items()},
            "unresolved": list(self.unresolved),
        }

    def __str__(self) -> str:
        total = len(self.parameters)
        counts = ", ".join(f"{n} {status}" for status, n in self.counts.items())
        lines = [f"rests on {total} parameters: {counts}"]
        lines += ["  " + line for line in str(self.parameters).splitlines()]
        if self.citations:
            lines.append("cite:")
            lines += [f"  {key}: {entry}" for key, entry in self.citations.items()]
        if self.unresolved:
            lines.append("sources without a bibliography entry: " + ", ".join(self.unresolved))
        return "\n".join(lines)


def sources(result: object) -> Sources:
    """What a result rests on.

    A result tells it by a method `sources()` or by a mapping `parameters` of name to `Parameter`;
    otherwise the fields of a dataclass and the items of a mapping or sequence are asked in turn.

    Raises
    ------
    ParameterError
        If nothing in the result says where it comes from; silence must not read as "no
        assumptions".
    """
    if isinstance(result, Sources):
        return result
    found: dict[str, Parameter] = {}
    if not _collect(result, "parameter", found, set()):
        raise ParameterError(
            f"a {type(result).__name__} does not say what it rests on; possible are objects with "
            "`parameters` or `sources()`, and dataclasses, mappings and sequences of them. "
            "Ask the result of an analysis."
        )
    return Sources(ParameterSet(found))


def _collect(thing: object, name: str, found: dict[str, Parameter], seen: set[int]) -> bool:
    """Put the parameters of `thing` into `found`; False if it has no way to name any."""
    if isinstance(thing, Parameter):
        _add(found, name, thing)
        return True
    if thing is None or isinstance(thing, (str, bytes, int, float, complex, type)):
        return False
    if id(thing) in seen:
        return False
    seen.add(id(thing))
    if isinstance(thing, Sources):
        thing = thing.parameters
    if isinstance(thing, Mapping):
        return _collect_all(thing.items(), found, seen) or isinstance(thing, ParameterSet)
    if isinstance(thing, (tuple, list)):
        return _collect_all(((name, item) for item in thing), found, seen)
    tell = getattr(thing, "sources", None)
    if callable(tell):
        return _collect(tell(), name, found, seen)
    stated = getattr(thing, "parameters", None)
    if isinstance(stated, Mapping):
        _collect_all(stated.items(), found, seen)
        return True
    if dataclasses.is_dataclass(thing):
        fields = ((f.name, getattr(thing, f.name)) for f in dataclasses.fields(thing))
        return _collect_all(fields, found, seen)
    return False


def _collect_all(
    items: Iterable[tuple[str, object]], found: dict[str, Parameter], seen: set[int]
) -> bool:
    spoke = False
    for name, item in items:
        spoke |= _collect(item, str(name), found, seen)
    return spoke


def _add(found: dict[str, Parameter], name: str, parameter: Parameter) -> None:
    """Before and after a release share most parameters: equal ones of a name count once."""
    number, free = 1, name
    while found.get(free, parameter) != parameter:
        number += 1
        free = f"{name} ({number})"
    found[free] = parameter
