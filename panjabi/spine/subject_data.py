"""The data of a subject, and what a spine is built from: body, units, muscles, reflexes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack, get_args

from numpy.typing import ArrayLike

from panjabi.active.calibration import EXTENSOR_FACTOR
from panjabi.active.data import SETS, read_set
from panjabi.body.person import Person
from panjabi.body.posture import posture_table
from panjabi.errors import ParameterError, unknown
from panjabi.neural.phenotype import published_extra_delay
from panjabi.parameter import USER, Parameter
from panjabi.passive.directions import AXES, SACROILIAC, axis_index, known_level, levels
from panjabi.passive.injury import weakened, with_injuries
from panjabi.passive.ribs import RIBBED, with_rib_cage
from panjabi.passive.sizing import sized_for, unit_length
from panjabi.passive.standard import LaboratoryFit, fitted_unit, unit
from panjabi.passive.targets import SOURCES
from panjabi.spine.deficits import (
    LIMITS,
    ByName,
    Deficits,
    by_level,
    changed_loops,
    injury_texts,
    intact,
    weaker,
)
from panjabi.spine.static_model import HeldLoad

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.body.model import Body
    from panjabi.neural.loops import ReflexLoop
    from panjabi.passive.functional_unit import FunctionalSpinalUnit

Phenotype = Literal["none", "delay", "gain"]
"""Low back pain as later reflexes (published delay), or as higher gains (no published value)."""

REFLEX_OPTIONS = (
    "stretch_gain", "rate_gain", "force_gain", "deep_delay", "delay", "filter_time",
)  # fmt: skip
"""Arguments of `panjabi.neural.homonymous` that a subject carries, in SI."""

LOOPS = ("deep", "superficial")
"""Names of the stretch reflexes that `panjabi.neural.homonymous` makes."""

LONGEST_NAME = 200


class SubjectChanges(TypedDict, total=False):
    """Values that replace those of a subject; None leaves what it has."""

    passive_loss: ByName | None
    strength_loss: ByName | None
    gain_factor: ByName | None
    extra_delay: ByName | None  # [s]
    phenotype: Phenotype | None
    posture: str | None
    cocontraction: float | None


@dataclass(frozen=True, kw_only=True, repr=False)
class SubjectData:
    """Body, muscles, units, reflexes and habits of one person; immutable. Use `panjabi.Subject`.

    Raises
    ------
    UnknownNameError
        For a muscle, group, level, loop, posture, source or phenotype that does not exist.
    ParameterError
        For a value out of range.
    """

    name: str = "standard adult"
    person: Person = field(default_factory=Person)
    extensor_factor: float = EXTENSOR_FACTOR.value
    """Calibration of the extensors [1]: fitted to the standard adult, carried, never refitted."""
    strength: Mapping[str, float] = field(default_factory=dict[str, float])
    """Factors on the maximal force by group or muscle [1], besides the calibration."""
    deficits: Deficits = field(default_factory=Deficits)
    source: str = "default"  # values to which the units are fitted
    sources: Mapping[str, str] = field(default_factory=dict[str, str])  # of single levels
    fits: Mapping[str, Mapping[str, LaboratoryFit]] = field(
        default_factory=dict[str, dict[str, LaboratoryFit]]
    )
    """Level -> axis -> law fitted to a record of this person, in place of the source."""
    reflexes: Mapping[str, float] = field(default_factory=dict[str, float])
    """Arguments of `panjabi.neural.homonymous`; what is left out has its default."""
    phenotype: Phenotype = "none"
    load: HeldLoad = field(default_factory=lambda: HeldLoad(0.0))
    posture: str = "standing"
    cocontraction: float | None = None  # least excitation of every muscle [1]; None: the preset's
    fascia: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What `fascia` adds; this package keeps it as it is."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        if not 0 < len(self.name) <= LONGEST_NAME or not self.name.isprintable():
            raise ParameterError(
                f"Expected a name of a subject of 1 to {LONGEST_NAME} printable characters, got "
                f"{self.name[:40]!r}; give a code, no line breaks."
            )
        _require("extensor_factor", self.extensor_factor, above=0.0)
        for key, value in self.strength.items():
            _require(f"strength of {key!r}", value, above=0.0)
        losses = self.deficits.strength_loss
        for key in (*self.strength, *(losses if isinstance(losses, Mapping) else ())):
            if key not in muscle_names():
                raise unknown("muscle or group", key, muscle_names())
        for name in ("gain_factor", "extra_delay"):
            value = getattr(self.deficits, name)
            for key in value if isinstance(value, Mapping) else ():
                if key not in LOOPS:
                    raise unknown("loop", key, LOOPS)
        for key, value in self.reflexes.items():
            if key not in REFLEX_OPTIONS:
                raise unknown("argument of the reflexes", key, REFLEX_OPTIONS)
            _require(f"reflex argument {key}", value)
        if self.phenotype not in get_args(Phenotype):
            raise unknown("phenotype", self.phenotype, get_args(Phenotype))
        if self.phenotype == "gain" and self.deficits.gain_factor == intact("gain_factor"):
            raise ParameterError(
                "Expected a gain factor for the phenotype 'gain', which has no published value, "
                "got none; give gain_factor (--gain), for example 1.4."
            )
        if self.posture not in posture_table():
            raise unknown("posture", self.posture, posture_table())
        put(self, "sources", by_level(self.sources))
        fits = by_level(self.fits)
        put(self, "fits", {k: _axes(k, v) for k, v in fits.items()})
        for source in (self.source, *self.sources.values()):
            if source not in SOURCES:
                raise unknown("source of a functional spinal unit", source, SOURCES)
        if self.cocontraction is not None:
            _require("cocontraction", self.cocontraction, above=0.0, at_most=1.0)
        for name in ("strength", "reflexes", "fascia"):
            put(self, name, dict(getattr(self, name)))

    def __hash__(self) -> int:
        return hash((self.name, self.person.stature, self.person.mass, self.extensor_factor))

    def __repr__(self) -> str:
        p, lost = self.person, self.deficits
        size = [f"{p.stature:g} m"] if p.stature else []
        size += [f"{p.mass:g} kg"] if p.mass else []
        parts = [", ".join([*size, p.sex, f"{p.age:g} years"])]
        parts.append(f"extensors x {self.extensor_factor:.4f}")
        if not lost.intact:
            parts.append("with deficits")
        return f"<{type(self).__name__} {self.name!r}: {'; '.join(parts)}>"

    # --- parts ------------------------------------------------------------------------------

    @property
    def body(self) -> Body:
        """The body, the same object for equal persons."""
        return self.person.body

    def with_injuries(self, injuries: Mapping[str, Sequence[str]]) -> Self:
        """The same subject with these injuries in place of its own at their levels."""
        if not injuries:
            return self
        every = {**self.deficits.injuries, **injury_texts(injuries)}
        return replace(self, deficits=replace(self.deficits, injuries=every))

    def changed(self, **changes: Unpack[SubjectChanges]) -> Self:
        """The same subject with these values in place of its own.

        Raises
        ------
        UnknownNameError, ParameterError
            As for the subject itself.
        """
        new = {name: value for name, value in changes.items() if value is not None}
        lost = {name: new.pop(name) for name in tuple(new) if name in LIMITS}
        if not new and not lost:
            return self
        deficits: Any = {"deficits": replace(self.deficits, **lost)} if lost else {}
        return replace(self, **deficits, **new)

    @cached_property
    def changes(self) -> Deficits:
        """The deficits, with the published delay of the phenotype "delay" added."""
        if self.phenotype != "delay":
            return self.deficits
        more, delay = published_extra_delay().si, self.deficits.extra_delay
        if isinstance(delay, Mapping):
            later: ByName = {name: delay.get(name, 0.0) + more for name in LOOPS}
        else:
            later = delay + more
        return replace(self.deficits, extra_delay=later)

    @property
    def single_loop(self) -> tuple[float, float]:
        """Gain factor [1] and extra delay [s] for a model with a single reflex loop.

        Raises
        ------
        ParameterError
            For values by loop.
        """
        gain, delay = self.changes.gain_factor, self.changes.extra_delay
        if isinstance(gain, Mapping) or isinstance(delay, Mapping):
            raise ParameterError(
                f"Expected one gain factor and one extra delay of {self.name} for a model with a "
                "single reflex loop, got values by loop; give one number for all loops."
            )
        return gain, delay

    def unit(
        self,
        level: str,
        *,
        source: str | None = None,
        body: Body | None = None,
        rib_cage: bool = True,
        extrapolate: bool = False,
    ) -> FunctionalSpinalUnit:
        """The unit of a level with its injuries and its loss of stiffness, in the size of the body.

        source, body : in place of those of the subject.
        """
        name = known_level(level)
        of = source or self.sources.get(name, self.source)
        whole = body or self.body
        made = unit(name, of, extrapolate=extrapolate)
        if source is None and name in self.fits:
            back = 1.0 / unit_length(whole, name)  # the record has the size of the person already
            measured = {axis_index(a): fit.sized(back) for a, fit in self.fits[name].items()}
            made = replace(fitted_unit(name, of, measured=measured), extrapolate=extrapolate)
        made = sized_for(made, whole)
        if rib_cage and name in RIBBED:
            made = with_rib_cage(made)
        made = with_injuries(made, self.deficits.injuries.get(name, ()))
        loss = self.deficits.passive_loss
        return weakened(made, loss.get(name, 0.0) if isinstance(loss, Mapping) else loss)

    def musculature(
        self, coordinates: Iterable[str], *, at: ArrayLike | None = None, body: Body | None = None
    ) -> Musculature:
        """The packaged muscles that cross the coordinates, with calibration, strength and losses.

        at : coordinates of the body (nq,) of all other joints; body : in place of that of the
        subject.
        """
        from panjabi.active.build import musculature

        muscles = musculature(coordinates=coordinates, body=body or self.body, at=at)
        if self.extensor_factor == 1.0:
            muscles = muscles.raw()
        elif self.extensor_factor != EXTENSOR_FACTOR.value:
            factor = Parameter(self.extensor_factor, "1", USER, "fitted", f"of {self.name}")
            muscles = muscles.calibrated(factor)
        present = {*muscles.names, *muscles.groups, "all"}
        scale = {k: v for k, v in self.strength.items() if k in present}
        if scale:
            muscles = muscles.with_strength_scale(scale)
        loss = self.deficits.strength_loss
        if isinstance(loss, Mapping):
            return weaker(muscles, {k: v for k, v in loss.items() if k in present})
        return weaker(muscles, loss) if loss else muscles

    def reflex_loops(self, loops: Iterable[ReflexLoop], body: Body) -> tuple[ReflexLoop, ...]:
        """Stretch reflexes with the gain factors and extra delays of the subject."""
        made = tuple(loops)
        names = [loop.name for loop in made]
        every = self.changes
        present = replace(
            every,
            gain_factor=_among(every.gain_factor, names),
            extra_delay=_among(every.extra_delay, names),
        )
        return changed_loops(made, present, body) if made else ()


def _axes(level: str, fits: Mapping[str, LaboratoryFit]) -> dict[str, LaboratoryFit]:
    if level in SACROILIAC:
        raise unknown("level with fits to records", level, levels())
    for axis in fits:
        if axis not in AXES:
            raise unknown("axis of a unit", axis, AXES)
    return dict(fits)


@cache
def muscle_names() -> frozenset[str]:
    """Groups and muscles of both packaged sets, and "all"."""
    records = [record for name in SETS for record in read_set(name).muscles]
    sides = (f"{r.name}{side}" for r in records for side in ("_r", "_l"))
    return frozenset({"all", *(r.group for r in records), *sides})


def _among(value: ByName, names: list[str]) -> ByName:
    """The numbers of these names; one number stays."""
    return {k: v for k, v in value.items() if k in names} if isinstance(value, Mapping) else value


def _require(
    what: str, value: object, *, above: float = -math.inf, at_most: float = math.inf
) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and above < value <= at_most):  # type: ignore[operator]
        limits = f" above {above:g}" if above > -math.inf else ""
        limits += f" up to {at_most:g}" if at_most < math.inf else ""
        raise ParameterError(
            f"Expected {what} of a subject as a finite number{limits}, got {value!r}; leave it out "
            "for the default."
        )
