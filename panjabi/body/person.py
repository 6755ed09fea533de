"""A person as the numbers from which a body is made: size, proportions, sex and age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from panjabi.body.groups import REFERENCE_AGE, REFERENCE_SEX, Sex, check_group, described
from panjabi.body.model import Body
from panjabi.body.scaling import check_mass, check_stature, scaled_body
from panjabi.body.standard import standard_adult


@dataclass(frozen=True, kw_only=True)
class Person:
    """Size, proportions, sex and age of an adult; by default those of the standard adult.

    Raises
    ------
    UnknownNameError
        For another sex.
    ParameterError
        For a size that is not that of an adult, or an age outside the rows on age.
    """

    stature: float | None = None  # [m]; None: 1.75, or what the segments give
    mass: float | None = None  # [kg]; None: 75, or that of the same body mass index
    sex: Sex = REFERENCE_SEX
    age: float = REFERENCE_AGE  # [years]
    segments: Mapping[str, float] = field(default_factory=dict[str, float])
    """Factors relative to the other segments [1], {"thigh": 1.03}; see `scaled_body`."""
    lengths: Mapping[str, float] = field(default_factory=dict[str, float])
    """Lengths of segments [m]."""

    def __post_init__(self) -> None:
        if self.stature is not None:
            check_stature(self.stature)
        if self.mass is not None:
            check_mass(self.mass)
        check_group(self.sex, self.age)
        for name in ("segments", "lengths"):
            object.__setattr__(self, name, dict(getattr(self, name)))

    @property
    def body(self) -> Body:
        """The body, the same object for equal persons."""
        shape = (tuple(self.segments.items()), tuple(self.lengths.items()))
        return _body(self.stature, self.mass, self.sex, self.age, *shape)


Pairs = tuple[tuple[str, float], ...]


@lru_cache(maxsize=16)
def _body(
    stature: float | None, mass: float | None, sex: Sex, age: float, segments: Pairs, lengths: Pairs
) -> Body:
    if not (segments or lengths):
        return standard_adult(stature_m=stature, mass_kg=mass, sex=sex, age_years=age)
    sized = scaled_body(
        standard_adult(),
        stature=stature,
        mass=mass,
        segments=dict(segments),
        lengths=dict(lengths),
    )
    return described(sized, sex, age)
