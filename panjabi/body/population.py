"""Adults drawn from a published population: sex, age, stature and mass of each.

Stature and the logarithm of mass are normal with the means, deviations and correlations of the
survey of soldiers ANSUR II, of men and women apart; age is correlated with mass. Values are drawn
again until they are those of an adult whom the rows describe. Soldiers are younger, leaner and
fitter than the public, and every person has the proportions of the standard adult.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import numpy as np
from numpy.typing import NDArray

from panjabi.body.groups import AGES, Sex
from panjabi.body.person import Person
from panjabi.body.scaling import check_mass, check_stature
from panjabi.cohort.block import Function
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.cohort.random_numbers import generator, natural
from panjabi.cohort.result import CohortResult
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

D = TypeVar("D")
Floats = NDArray[np.float64]

ADULT = 18.0
"""Least age of a drawn person [years]; the survey begins at 17."""

_UNITS = {"age": "year", "stature": "mm", "log_mass": "1"}
_LETTER: Mapping[Sex, str] = {"male": "M", "female": "F"}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class People(ShortRepr):
    """Adults as columns, one row for each; person k is the same in a larger number of people."""

    sex: NDArray[np.str_]  # (people,) "male" or "female"
    age: Floats  # (people,) [years]
    stature: Floats  # (people,) [m]
    mass: Floats  # (people,) [kg]
    seed: int

    def __len__(self) -> int:
        return len(self.sex)

    def __repr__(self) -> str:
        return (
            f"<People: {len(self)}, {np.count_nonzero(self.sex == 'female')} women, stature "
            f"{self.stature.mean():.2f} m, mass {self.mass.mean():.0f} kg, seed {self.seed}>"
        )

    def person(self, k: int) -> Person:
        """Person k, from 0: the numbers from which a body is made.

        Raises
        ------
        ParameterError
            For a number that nobody has.
        """
        if not 0 <= k < len(self):
            raise ParameterError(
                f"Expected a person from 0 to {len(self) - 1}, got {k!r}; draw more people."
            )
        return person_of({name: rows[k] for name, rows in self.columns.items()})

    @property
    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Inputs of a cohort, one row for each person; units as of the fields."""
        return {"sex": self.sex, "age": self.age, "stature": self.stature, "mass": self.mass}

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Means, deviations and correlations from which they are drawn."""
        return {
            name: parameter
            for sex in _LETTER
            if sex in self.sex
            for name, parameter in _moments(sex).items()
        }

    def run(
        self, function: Function[D], description: D, **cohort: Unpack[CohortOptions]
    ) -> CohortResult:
        """`panjabi.cohort.run_cohort` of a function for these people; a block has `columns`."""
        return run_cohort(function, description, self.columns, seed=self.seed, **cohort)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        table = {name: rows.tolist() for name, rows in self._table.items()}
        return {"schema": "panjabi-people/1", "seed": self.seed, **table}

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each person."""
        return frame({"person": np.arange(len(self)), **self._table}, "person")

    @property
    def _table(self) -> dict[str, NDArray[np.generic]]:
        """The columns with their units in the names."""
        return {
            "sex": self.sex,
            "age_years": self.age,
            "stature_m": self.stature,
            "mass_kg": self.mass,
        }


def person_of(values: Mapping[str, Any]) -> Person:
    """The person with the values of `People.columns`."""
    return Person(
        stature=float(values["stature"]),
        mass=float(values["mass"]),
        sex="female" if values["sex"] == "female" else "male",
        age=float(values["age"]),
    )


def people(count: int, *, women: float = 0.5, seed: int = 0) -> People:
    """Adults with sex, age, stature and mass, drawn from ANSUR II.

    Parameters
    ----------
    count : number of people.
    women : probability that a person is a woman [1].
    seed : of the random numbers, which are those of the person's number alone.

    Raises
    ------
    ParameterError
        For a count below 1, a probability outside 0 to 1, or a seed that is no natural number.
    """
    if natural("number of people", count) < 1:
        raise ParameterError(f"Expected 1 or more people, got {count}; give their number.")
    if not 0.0 <= women <= 1.0:
        raise ParameterError(
            f"Expected a probability of women from 0 to 1, got {women!r}; give 0.5 for half."
        )
    drawn = [_drawn(generator(seed, k, "person"), women) for k in range(count)]
    sex, age, stature, mass = zip(*drawn, strict=True)
    return People(
        sex=np.array(sex), age=np.array(age), stature=np.array(stature), mass=np.array(mass),
        seed=seed,
    )  # fmt: skip


def _drawn(random: np.random.Generator, women: float) -> tuple[Sex, float, float, float]:
    """Sex, age [years], stature [m] and mass [kg] of one person."""
    sex: Sex = "female" if random.random() < women else "male"
    mean, factor = _normal(sex)
    while True:
        age, stature, log_mass = (mean + factor @ random.standard_normal(3)).tolist()
        mass = math.exp(log_mass)
        if ADULT <= age <= AGES[1] and _adult(stature, mass):
            return sex, age, stature, mass


def _adult(stature: float, mass: float) -> bool:
    try:
        check_stature(stature)
        check_mass(mass)
    except ParameterError:
        return False
    return True


@cache
def _moments(sex: Sex) -> dict[str, Parameter]:
    """Mean, deviation and correlations of one sex; the correlation of age and stature is 0."""
    letter, second = _LETTER[sex], int(sex == "female")
    known: dict[str, Parameter] = {}
    for name, id in (("age", "age"), ("stature", "stature"), ("log_mass", "lnm")):
        source = row(f"AN-{letter}-{id}")
        known[f"{name}_{sex}"] = Parameter(
            source.number, _UNITS[name], source.bib, "measured",
            source.quantity, source.sd,
        )  # fmt: skip
    bib = row("AN-R1").bib
    for name, value in (
        ("stature_log_mass", (0.471, 0.539)[second]),
        ("age_log_mass", (0.233, 0.221)[second]),
    ):
        known[f"correlation_{name}_{sex}"] = Parameter(
            value, "1", bib, "measured", "in the conditions of row AN-R1; that of age is with mass"
        )
    return known


@cache
def _normal(sex: Sex) -> tuple[Floats, Floats]:
    """Mean of age [years], stature [m] and ln mass, and the Cholesky factor of the covariance."""
    known = _moments(sex)
    parts = [known[f"{name}_{sex}"] for name in ("age", "stature", "log_mass")]
    scale = np.array([1.0, 1e-3, 1.0])  # statures are in millimetres
    mean = np.array([p.value for p in parts]) * scale
    deviation = np.array([p.sd or 0.0 for p in parts]) * scale
    correlation = np.eye(3)
    for i, name in ((1, "stature_log_mass"), (0, "age_log_mass")):
        correlation[i, 2] = correlation[2, i] = known[f"correlation_{name}_{sex}"].value
    factor = np.asarray(np.linalg.cholesky(correlation), dtype=np.float64)
    return mean, deviation[:, None] * factor
