"""A number with its unit, its source and its status (measured, derived, fitted, assumed).

A `Parameter` keeps the number in the unit of its source; `.si` converts it to SI and radians for
the models. `sources(result)` lists the parameters of a result and counts those that are assumed.
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
"""Source of a number that this project chose or computed."""
USER = "User"
"""Source of a number that the user changed."""

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
    "temperature": {"K": 1.0},
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

SI: dict[str, float] = {unit: f for units in _UNITS.values() for unit, f in units.items()}
"""Unit -> factor to SI and radians."""

KIND_OF_UNIT: dict[str, str] = {unit: name for name, units in _UNITS.items() for unit in units}
"""Unit -> the quantity it measures; units of the same quantity can replace each other."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number with unit, source, status, conditions and spread.

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
                f"Expected a unit of panjabi.parameter.SI, got unknown unit {self.unit!r}; "
                f"{nearest(self.unit, SI)}. Convert the number to one of them."
            )
        value = _number(self.value, f"a Parameter in {self.unit}")
        object.__setattr__(self, "value", value)
        if self.sd is not None:
            sd = _number(self.sd, f"the sd of a Parameter in {self.unit}")
            if sd < 0.0:
                raise ParameterError(
                    f"Expected the sd of a Parameter from 0 {self.unit}, got {sd:g} {self.unit}; "
                    "give a positive number, or None if the spread is not known."
                )
            object.__setattr__(self, "sd", sd)
        if self.status not in STATUSES:
            raise ParameterError(
                f"Expected a status of {', '.join(STATUSES)}, got {self.status!r}; give 'assumed' "
                "if the number was not measured, derived or fitted."
            )
        if not self.source.strip():
            raise ParameterError(
                "Expected a key of references.bib as source of a Parameter, got no source for "
                f"{self.value:g} {self.unit}; give {THIS_WORK!r} for a number of this project."
            )

    @property
    def si(self) -> float:
        """The value in SI and radians."""
        return self.value * SI[self.unit]

    @property
    def sd_si(self) -> float | None:
        """The spread in SI and radians; None if it is not known."""
        return None if self.sd is None else self.sd * SI[self.unit]

    @property
    def keys(self) -> tuple[str, ...]:
        """The bibliography keys of the source."""
        return tuple(key.strip() for key in self.source.split(";") if key.strip())

    def with_value(self, value: float, *, source: str = USER) -> Parameter:
        """The same quantity with another value in the same unit; its status is assumed."""
        return Parameter(value, self.unit, source, "assumed", self.conditions)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        spread = "" if self.sd is None else f" +- {self.sd:g}"
        return f"{self.value:g}{spread} {self.unit} ({self.status}, {self.source})"


def assumed(value: float, unit: str, conditions: str = "") -> Parameter:
    """An assumed number of this project."""
    return Parameter(value, unit, THIS_WORK, "assumed", conditions)


def _number(value: object, what: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ParameterError(
            f"Expected a finite number for {what}, got {value!r}; leave the parameter out if the "
            "number is not known."
        )
    return number


class ParameterSet(Mapping[str, Parameter]):
    """Immutable set of named parameters; a change gives a new set.

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
                    f"Expected a Parameter for {name!r}, got {parameter!r}; give value, unit, "
                    "source and status."
                )
        self._parameters = dict(parameters)

    def __getitem__(self, name: str) -> Parameter:
        try:
            return self._parameters[name]
        except KeyError:
            raise unknown("parameter", name, self._parameters) from None

    def __contains__(self, name: object) -> bool:
        return name in self._parameters  # Mapping.__contains__ expects a KeyError

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
        states = [p.status for p in self.values()]
        counts = ", ".join(f"{states.count(s)} {s}" for s in STATUSES if s in states)
        return f"<ParameterSet of {len(self)}: {counts or 'empty'}>"

    def __str__(self) -> str:
        width = max((len(name) for name in self), default=0)
        return "\n".join(f"{name:<{width}}  {p}" for name, p in self.items())

    def si(self, name: str) -> float:
        """The value of a parameter in SI and radians."""
        return self[name].si

    def replaced(self, **changes: Parameter | float) -> ParameterSet:
        """The same set with some parameters changed; this set is unchanged.

        A plain number is in the unit of the parameter it replaces; its status is assumed and its
        source the user. A `Parameter` must measure the same quantity.

        Raises
        ------
        UnknownNameError
            If the set has no parameter of that name: a misspelt name is not added silently.
        UnitError
            If the new unit measures another quantity.
        """
        new = dict(self._parameters)
        for name, change in changes.items():
            old = self[name]
            if not isinstance(change, Parameter):
                change = old.with_value(change)
            elif KIND_OF_UNIT[change.unit] != KIND_OF_UNIT[old.unit]:
                quantity = KIND_OF_UNIT[old.unit]
                raise UnitError(
                    f"Expected parameter {name!r} in a unit of {quantity} "
                    f"({', '.join(_UNITS[quantity])}), got {change.unit!r}; convert the number."
                )
            new[name] = change
        return ParameterSet(new)

    def merged(self, other: Mapping[str, Parameter], *, prefix: str = "") -> ParameterSet:
        """The union of both sets. A name in both must have the same parameter."""
        new = dict(self._parameters)
        for name, parameter in other.items():
            if new.setdefault(prefix + name, parameter) != parameter:
                raise ParameterError(
                    f"Expected equal parameters named {prefix + name!r}, got "
                    f"{new[prefix + name]} and {parameter}; merge with a prefix."
                )
        return ParameterSet(new)


@dataclass(frozen=True, repr=False)
class Sources(Result):
    """The parameters behind a result, with their status and the publications to cite."""

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
        """Number of parameters by status: measured, derived, fitted, assumed."""
        states = [p.status for p in self.parameters.values()]
        return {status: states.count(status) for status in STATUSES}

    @property
    def assumed(self) -> int:
        """Number of parameters that were not measured, derived or fitted."""
        return self.counts["assumed"]

    def summary(self) -> dict[str, Any]:
        """Number of assumed parameters and keys of the sources, as printed with a result."""
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
    """The parameters and publications behind a result.

    They come from the method `sources()` of the result or from its mapping `parameters` (name to
    `Parameter`). Without these, the fields of a dataclass and the items of a mapping or sequence
    are searched in turn.

    Raises
    ------
    ParameterError
        If no part of the result has parameters or sources. An empty answer would look like "no
        assumptions".
    """
    if isinstance(result, Sources):
        return result
    collected: dict[str, Parameter] = {}
    if not _collect(result, "parameter", collected, set()):
        raise ParameterError(
            "Expected an object with `parameters` or `sources()`, or a dataclass, mapping or "
            f"sequence of such objects, got a {type(result).__name__} without parameters; pass "
            "the result of an analysis."
        )
    return Sources(ParameterSet(collected))


def _collect(thing: object, name: str, collected: dict[str, Parameter], seen: set[int]) -> bool:
    """Add the parameters of `thing` to `collected`; False if it has no parameters or sources."""
    if isinstance(thing, Parameter):
        _add(collected, name, thing)
        return True
    if thing is None or isinstance(thing, (str, bytes, int, float, complex, type)):
        return False
    if id(thing) in seen:
        return False
    seen.add(id(thing))
    if isinstance(thing, Sources):
        thing = thing.parameters
    if isinstance(thing, Mapping):
        return _collect_all(thing.items(), collected, seen) or isinstance(thing, ParameterSet)
    if isinstance(thing, (tuple, list)):
        return _collect_all(((name, item) for item in thing), collected, seen)
    method = getattr(thing, "sources", None)
    if callable(method):
        return _collect(method(), name, collected, seen)
    parameters = getattr(thing, "parameters", None)
    if isinstance(parameters, Mapping):
        _collect_all(parameters.items(), collected, seen)
        return True
    if dataclasses.is_dataclass(thing):
        fields = ((f.name, getattr(thing, f.name)) for f in dataclasses.fields(thing))
        return _collect_all(fields, collected, seen)
    return False


def _collect_all(
    items: Iterable[tuple[str, object]], collected: dict[str, Parameter], seen: set[int]
) -> bool:
    has_sources = False
    for name, item in items:
        has_sources |= _collect(item, str(name), collected, seen)
    return has_sources


def _add(collected: dict[str, Parameter], name: str, parameter: Parameter) -> None:
    """Add a parameter; equal parameters of the same name (before and after a change) count once."""
    number, free = 1, name
    while collected.get(free, parameter) != parameter:
        number += 1
        free = f"{name} ({number})"
    collected[free] = parameter
