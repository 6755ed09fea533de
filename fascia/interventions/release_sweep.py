"""Effect of a release over the two main unknowns: tie ratio and resting tension.

sweep = sweep_release(standard_subject, "head_neck")
sweep.end_change_deg          # (tensions, ties)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.catalogue import ClinicalTest
from fascia.clinical.examination import SIDES, Examination
from fascia.clinical.paths import PostureOptions
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import ReleaseError
from fascia.interventions.release_mechanisms import apply_doses, check_doses, mechanisms
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.cohort.result import CohortResult
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

TIE_RATIOS = (0.0, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0, math.inf)
RESTING_TENSIONS = (0.0, 5.0, 20.0, 50.0)
"""Tension of the whole fascia in standing [N] (S5)."""

SubjectOrFactory = Subject | Callable[[], Subject]


OUTSIDE = "outside_evidence"  # column of a sweep's cohort: lines of text

VALUES = (
    "end_before_deg",
    "end_change_deg",
    "stiffness_before_Nm_per_rad",
    "stiffness_change_Nm_per_rad",
    "censored",
)
"""Values of each part of a sweep: before a release, and change."""


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Sweep(ShortRepr):
    """Arrays of shape (resting tensions, tie ratios); every value is finite."""

    region: str
    test: str
    side: str
    law: str  # of the strands: at the test rate, or relaxed
    doses: Mapping[str, float]
    tie_ratio: Floats  # (ties,) 0 is a frictionless guide, inf clamped
    resting_tension: Floats  # (tensions,) [N]
    end_before_deg: Floats
    end_change_deg: Floats
    stiffness_before_Nm_per_rad: Floats
    stiffness_change_Nm_per_rad: Floats
    censored: NDArray[np.bool_]  # an end is the joint limit, so the change is a lower bound
    outside_evidence: tuple[str, ...] = ()  # of the parts at the end of the test, in words
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; keys end in their unit, an infinite tie ratio is "clamped"."""
        value: dict[str, Any] = {
            "schema": "fascia-sweep/1",
            "region": self.region,
            "test": self.test,
            "side": self.side,
            "law": self.law,
            "doses": dict(self.doses),
            "tie_ratio": [float(r) if math.isfinite(r) else "clamped" for r in self.tie_ratio],
            "resting_tension_N": self.resting_tension.tolist(),
        }
        for name in VALUES:
            value[name] = getattr(self, name).tolist()
        value["outside_evidence"] = list(self.outside_evidence)
        return value

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each resting tension and tie ratio."""
        ties, tensions = np.meshgrid(self.tie_ratio, self.resting_tension)
        columns = {"resting_tension_N": tensions.ravel(), "tie_ratio": ties.ravel()}
        columns |= {name: getattr(self, name).ravel() for name in VALUES}
        return frame(columns)


@dataclass(frozen=True)
class _Setup:
    """What all parts of a sweep have in common."""

    subject: Subject
    region: str
    doses: Mapping[str, float]
    mechanisms: Mapping[str, object]  # of the doses: their code belongs to the sweep
    test: ClinicalTest
    side: str
    options: PostureOptions


def sweep_release(
    subject: SubjectOrFactory,
    region: str,
    tie_ratios: Sequence[float] = TIE_RATIOS,
    resting_tensions: Sequence[float] = RESTING_TENSIONS,
    doses: Mapping[str, float] | None = None,
    *,
    test: str | ClinicalTest = "slr",
    side: str = "right",
    options: PostureOptions | None = None,
    **cohort: Unpack[CohortOptions],
) -> Sweep:
    """Change of end angle and stiffness by a release, over tie ratios and resting tensions.

    Parameters
    ----------
    subject : a subject, or a function without arguments that returns a subject.
    tie_ratios : 0 to inf (S2).
    resting_tensions : of the whole fascia in standing [N] (S5); preloads stay.
    doses : as for `fascia.release`; half the resting tension by default.
    cohort : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        a subject is a pair of tie ratio and resting tension. The values do not depend on them.

    Raises
    ------
    ReleaseError
        For an empty list or a negative tie ratio or tension.
    CohortError
        If parts failed; `.partial` has the others.
    DataFileError
        For a store of another subject, region, test, side, dose, posture or version.
    UnknownNameError
        For an unknown region, test or mechanism.
    """
    ties, tensions = _axis("tie ratio", tie_ratios), _axis("resting tension", resting_tensions)
    if not np.isfinite(tensions).all():
        raise ReleaseError(
            f"Expected finite resting tensions, got {tensions.tolist()}; give newtons, e.g. "
            "0, 5, 20, 50."
        )
    checked_doses = check_doses(doses)
    base = require_subject(subject() if callable(subject) else subject)
    base.network.strands_of(region=region)  # a wrong name raises before the long computation
    bench = Examination(base.network, test, side=side, options=options)
    setup = _Setup(
        base,
        region,
        checked_doses,
        {name: mechanisms()[name] for name in checked_doses},
        bench.test,
        SIDES[side],
        PostureOptions() if options is None else options,
    )
    grid_tensions, grid_ties = np.meshgrid(tensions, ties, indexing="ij")
    cells = {"tie_ratio": grid_ties.ravel(), "resting_tension_N": grid_tensions.ravel()}
    rows = run_cohort(EachSubject(_part), setup, cells, **cohort).all_or_error()
    columns = {name: rows.floats(name).reshape(grid_ties.shape) for name in VALUES}
    censored = columns.pop("censored") != 0.0
    return Sweep(
        region=region,
        test=bench.test.name,
        side={"r": "right", "l": "left"}[setup.side],
        law=base.network.law_name,
        doses=checked_doses,
        tie_ratio=ties,
        resting_tension=tensions,
        parameters=dict(base.network.parameters) | dict(base.tolerance.parameters),
        censored=censored,
        outside_evidence=cell_evidence(rows, ties, tensions),
        **columns,
    )


def cell_evidence(rows: CohortResult, ties: Floats, tensions: Floats) -> tuple[str, ...]:
    """The lines in column `OUTSIDE` of a sweep, each with its tie ratio and resting tension."""
    cells = [(tension, ratio) for tension in tensions.tolist() for ratio in ties.tolist()]
    return tuple(
        f"tie ratio {ratio:g}, resting tension {tension:g} N: {line}"
        for (tension, ratio), text in zip(cells, rows[OUTSIDE].tolist(), strict=True)
        for line in str(text).splitlines()
    )


def _axis(what: str, values: Sequence[float]) -> Floats:
    axis = np.array([float(v) for v in values])
    if len(axis) == 0 or not (axis >= 0.0).all() or len(np.unique(axis)) < len(axis):
        raise ReleaseError(
            f"Expected at least one {what}, all different and 0 or above, got {list(values)!r}; "
            "give a list such as [0.0, 0.1, 1.0]."
        )
    return axis


def _part(setup: _Setup, cell: Block) -> dict[str, float | bool | str]:
    """Values before and after the release at one tie ratio and resting tension.

    Each call starts from the unslipped state, so the values do not depend on earlier parts.
    """
    ratio, tension = (float(cell.floats(n)[0]) for n in ("tie_ratio", "resting_tension_N"))
    network = setup.subject.network.with_tie_ratio(ratio).with_resting_tension(tension)
    person = setup.subject.with_network(network)
    bench = Examination(network, setup.test, side=setup.side, options=setup.options)
    start, stopped_before = bench.end(person.tolerance)
    first = bench.stiffness()[0]
    released = apply_doses(person, setup.region, setup.doses)
    other = Examination(
        released.network, setup.test, side=setup.side, options=setup.options, like=bench
    )
    end, stopped_after = other.end(released.tolerance)
    return {
        "end_before_deg": math.degrees(start.angle),
        "end_change_deg": math.degrees(end.angle - start.angle),
        "stiffness_before_Nm_per_rad": first,
        "stiffness_change_Nm_per_rad": other.stiffness()[0] - first,
        "censored": bool(stopped_before or stopped_after),
        OUTSIDE: "\n".join(
            dict.fromkeys((*bench.outside_evidence(start), *other.outside_evidence(end)))
        ),
    }
