"""People whose leg tissue differs: fibre lengths, sections, tolerance and pelvic share.

A fibre that is short for its skeleton is stretched further at the same posture, so the spread of
fibre lengths is a spread of the operating length of the sarcomeres. Each muscle group of a person
has a factor on its optimal fibre length; the factors of the groups are correlated. No stiffness of
any group of people enters: the spread of lengths and of tolerance is fitted to the deviation of the
straight-leg raise alone, the spread of section to the measured section of a hamstring head.

No row gives tissue by sex. A difference between men and women is therefore that of their size and
fixed by construction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import Examination
from fascia.clinical.paths import PostureOptions
from fascia.clinical.slopes import slope
from fascia.clinical.subject import Subject
from fascia.network.laws import PASSIVE_GROUP_OF, PASSIVE_GROUPS
from fascia.subject import standard_subject
from panjabi import Subject as SpineSubject
from panjabi.body.population import People, people as drawn_people, person_of
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.cohort.random_numbers import generator
from panjabi.cohort.result import CohortResult
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.tissue import PassiveMuscle

if TYPE_CHECKING:
    from collections.abc import Callable

    from fascia.network.parts import Strand

Floats = NDArray[np.float64]
GROUPS = tuple(PASSIVE_GROUPS)

_SLR = (row("SD-1"), row("SD-2"))
SLR_SD = Parameter(
    math.sqrt(
        sum(float(r.n) * (r.sd or 0.0) ** 2 for r in _SLR) / sum(float(r.n) for r in _SLR)
    ),
    "deg",
    _SLR[0].bib,
    "derived",
    "deviation of the straight-leg raise within the sexes; both recalled (SD-1, SD-2)",
)  # fmt: skip
RESTRAINT = Parameter(
    row("SLR_var").number,
    "%",
    row("SLR_var").bib,
    "assumed",
    "share of the variance of the straight-leg raise that passive tissue explains; recalled",
)
_SECTION = row("BFlh_size")
_STATURE = row("AN-M-stature")
SECTION_SPREAD = Parameter(
    math.sqrt(
        (_SECTION.sds[0] / _SECTION.values[0]) ** 2
        - (2.0 * (_STATURE.sd or 0.0) / _STATURE.number) ** 2
    ),
    "1",
    _SECTION.bib,
    "derived",
    "coefficient of variation of a muscle's section at equal stature; section goes as its square",
)
TENDON_SPREAD = Parameter(
    0.2, "1", THIS_WORK, "assumed", "coefficient of variation of the tendon stiffness"
)
CORRELATION = Parameter(
    0.5, "1", THIS_WORK, "assumed", "correlation of the fibre lengths of two muscle groups, 0 to 1"
)
PELVIC_SHARES = (
    Parameter(0.2, "1", THIS_WORK, "assumed", "least share of the pelvis in the raise"),
    Parameter(0.4, "1", THIS_WORK, "assumed", "largest share of the pelvis in the raise"),
)
LENGTH_SPREAD = Parameter(
    0.0204,
    "1",
    _SLR[0].bib,
    "fitted",
    "coefficient of variation of the optimal fibre length relative to the skeleton, from "
    "`fitted_spreads`",
)
TOLERANCE_SPREAD = Parameter(
    0.156,
    "1",
    _SLR[0].bib,
    "fitted",
    "coefficient of variation of the tolerated stress, from `fitted_spreads`",
)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Examinees(ShortRepr):
    """People with the tissue of their legs; all factors are relative to the standard adult.

    Person k is the same in a larger number of people.
    """

    people: People
    fibre_length: Floats  # (people, groups of PASSIVE_GROUPS) factor on optimal fibre length [1]
    section: Floats  # (people,) factor on the section of the leg muscles at equal stature [1]
    tendon_stiffness: Floats  # (people,) factor [1]
    tolerance: Floats  # (people,) factor on the tolerated stress [1]
    pelvic_share: Floats  # (people,) [1]
    spreads: Mapping[str, Parameter]

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        hamstrings = self.fibre_length[:, GROUPS.index("hamstrings")]
        return (
            f"<Examinees: {self.people!r}, fibre length of the hamstrings "
            f"{hamstrings.mean():.3f} +- {hamstrings.std():.3f}>"
        )

    @property
    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Inputs of a cohort, one row for each person."""
        return {
            **self.people.columns,
            "fibre_length": self.fibre_length,
            "section": self.section,
            "tendon_stiffness": self.tendon_stiffness,
            "tolerance": self.tolerance,
            "pelvic_share": self.pelvic_share,
        }

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Spreads, and the moments of size and age."""
        return {**self.people.parameters, **self.spreads}

    def subject(self, k: int) -> Subject:
        """Person k as a subject for every test and release.

        Raises
        ------
        ParameterError
            For a number that nobody has.
        """
        standard = standard_subject(SpineSubject(person=self.people.person(k)))
        return _with_tissue(standard, {name: rows[k] for name, rows in self.columns.items()})

    def posture(self, k: int) -> PostureOptions:
        """How person k moves in a test."""
        return PostureOptions(pelvic_share=float(self.pelvic_share[k]))

    def examine(
        self,
        test: str | ClinicalTest = "slr",
        *,
        angles: int = 12,
        on: Subject | None = None,
        **cohort: Unpack[CohortOptions],
    ) -> CohortResult:
        """End angle [deg], stiffness [N m/rad] and torque at the end [N m] of every person.

        Parameters
        ----------
        test : clinical test, right side.
        angles : points of the curve over the window of the test.
        on : the subject whose body and network all have, with their own tissue; quicker. By default
            each has a body of their own size. End angles of tests without gravity do not depend on
            it, because the bodies are similar.
        cohort : executor, workers, block, store, resume, progress of `panjabi.cohort.run_cohort`.

        Raises
        ------
        ParameterError
            For fewer than three angles.
        """
        if angles < 3:
            raise ParameterError(
                f"Expected 3 or more angles for a slope, got {angles!r}; give for example 12."
            )
        setup = _Bench(test, angles, on)
        return run_cohort(
            EachSubject(_examined), setup, self.columns, seed=self.people.seed, **cohort
        )


def people(
    count: int,
    *,
    women: float = 0.5,
    seed: int = 0,
    length_spread: float = LENGTH_SPREAD.value,
    section_spread: float = SECTION_SPREAD.value,
    tendon_spread: float = TENDON_SPREAD.value,
    tolerance_spread: float = TOLERANCE_SPREAD.value,
    correlation: float = CORRELATION.value,
) -> Examinees:
    """Adults with size, sex, age and leg tissue.

    Parameters
    ----------
    count, women, seed : as for `panjabi.people`.
    length_spread, section_spread, tendon_spread, tolerance_spread : coefficients of variation of
        optimal fibre length, section, tendon stiffness and tolerated stress [1], log-normal.
    correlation : of the fibre lengths of two muscle groups of a person [1].

    Raises
    ------
    ParameterError
        For a spread that is negative or not finite, or a correlation outside 0 to 1.
    """
    given = {
        "length_spread": LENGTH_SPREAD.with_value(length_spread),
        "section_spread": SECTION_SPREAD.with_value(section_spread),
        "tendon_spread": TENDON_SPREAD.with_value(tendon_spread),
        "tolerance_spread": TOLERANCE_SPREAD.with_value(tolerance_spread),
        "correlation": CORRELATION.with_value(correlation),
    }
    for name, parameter in given.items():
        if not (math.isfinite(parameter.value) and parameter.value >= 0.0):
            raise ParameterError(
                f"Expected a finite {name} of 0 or more, got {parameter.value!r}; give for "
                "example 0.1."
            )
    if correlation > 1.0:
        raise ParameterError(f"Expected a correlation from 0 to 1, got {correlation!r}; give 0.5.")
    who = drawn_people(count, women=women, seed=seed)
    draws = [
        generator(seed, k, "leg tissue").standard_normal(len(GROUPS) + 4) for k in range(count)
    ]
    normal = np.array(draws)
    common, own = normal[:, :1], normal[:, 4:]
    length = math.sqrt(correlation) * common + math.sqrt(1.0 - correlation) * own
    low, high = (p.value for p in PELVIC_SHARES)
    shares = [generator(seed, k, "pelvic share").uniform(low, high) for k in range(count)]
    return Examinees(
        people=who,
        fibre_length=_factor(length, length_spread),
        section=_factor(normal[:, 1], section_spread),
        tendon_stiffness=_factor(normal[:, 2], tendon_spread),
        tolerance=_factor(normal[:, 3], tolerance_spread),
        pelvic_share=np.array(shares),
        spreads={
            **given,
            "least_pelvic_share": PELVIC_SHARES[0],
            "largest_pelvic_share": PELVIC_SHARES[1],
            "slr_sd": SLR_SD,
            "restraint": RESTRAINT,
        },
    )


def fitted_spreads(count: int = 400, *, seed: int = 1) -> tuple[float, float]:
    """Spreads of fibre length and of tolerance that give the deviation of the straight-leg raise.

    Lengths, sections and tendons together give the share of the variance that passive tissue
    explains; the tolerance gives the rest. Solved by secants on the same random numbers.
    """

    def deviation(length: float, tolerance: float) -> float:
        group = people(count, seed=seed, length_spread=length, tolerance_spread=tolerance)
        rows = group.examine("slr", angles=3, on=standard).all_or_error()
        return float(rows.floats("end_angle_deg").std(ddof=1))

    standard = standard_subject()
    passive = math.sqrt(RESTRAINT.si) * SLR_SD.value
    length = _root(lambda spread: deviation(spread, 0.0) - passive, 0.02, 0.06)
    return length, _root(lambda spread: deviation(length, spread) - SLR_SD.value, 0.1, 0.3)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Zero of a rising function near two starts, to 1e-3 of the value, by secants."""
    from scipy.optimize import root_scalar

    return float(root_scalar(function, method="secant", x0=low, x1=high, rtol=1e-3).root)


def _factor(normal: Floats, variation: float) -> Floats:
    """Log-normal factors of mean 1 and the coefficient of variation, from standard normals."""
    sigma = math.sqrt(math.log1p(variation**2))
    return np.exp(sigma * normal - 0.5 * sigma**2)


@dataclass(frozen=True)
class _Bench:
    """What all persons have in common."""

    test: str | ClinicalTest
    angles: int
    standard: Subject | None  # None: each person has a network of their own size


def _examined(bench: _Bench, block: Block) -> dict[str, float]:
    """The test of the only person of a block."""
    values = {name: block[name][0] for name in block.inputs}
    standard = bench.standard
    if standard is None:
        standard = standard_subject(SpineSubject(person=person_of(values)))
    subject = _with_tissue(standard, values)
    options = PostureOptions(pelvic_share=float(values["pelvic_share"]))
    examination = Examination(subject.network, bench.test, options=options)
    low, high = np.radians(examination.test.window)
    angles = np.linspace(low, min(high, examination.path.limit), bench.angles)
    curve = examination.curve(angles)
    end, censored = examination.end(subject.tolerance)
    return {
        "end_angle_deg": math.degrees(end.angle),
        "censored": float(censored),
        "stiffness_Nm_per_rad": slope(angles, np.array([s.tissue_torque for s in curve])),
        "end_torque_Nm": end.tissue_torque,
    }


def _with_tissue(standard: Subject, values: Mapping[str, Any]) -> Subject:
    """The subject with the leg muscles and the tolerance of a person, both sides."""
    section, tendon = float(values["section"]), float(values["tendon_stiffness"])
    lengths = dict(zip(GROUPS, np.asarray(values["fibre_length"]).tolist(), strict=True))

    def changed(strand: Strand) -> Strand:
        group = PASSIVE_GROUP_OF.get(strand.name.removesuffix("_r").removesuffix("_l"))
        law = strand.law
        if group is None or not isinstance(law, PassiveMuscle):
            return strand
        return replace(
            strand,
            law=replace(
                law,
                optimal_fibre_length=law.optimal_fibre_length * lengths[group],
                max_isometric_force=law.max_isometric_force * section,
                tendon_stiffness=law.tendon_stiffness * tendon,
                tendon_strain_at_max=law.tendon_strain_at_max / tendon,
            ),
        )

    network = standard.network
    limit = section * float(values["tolerance"]) * standard.tolerance.limit
    return replace(
        standard,
        network=replace(network, strands=tuple(changed(s) for s in network.strands)),
        tolerance=replace(standard.tolerance, limit=limit),
    )
