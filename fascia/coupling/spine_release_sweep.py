"""A release with the spine over the two main assumptions: tie ratio and resting tension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack, cast

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.subject import Subject, require_subject
from fascia.coupling.coupled_equilibrium import RecruitmentOptions
from fascia.coupling.spine_release import release_with_spine
from fascia.coupling.spine_release_record import SpineRelease
from fascia.errors import CouplingError
from fascia.interventions.release_sweep import OUTSIDE, cell_evidence
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr, frame
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class SpineSweep(ShortRepr):
    """Immediate changes by a release; arrays are (resting tensions, tie ratios)."""

    region: str
    tie_ratio: Floats
    resting_tension: Floats  # [N]
    compression: Floats  # largest change over the levels, with its sign [N]
    margin: Floats  # change of the lowest eigenvalue, muscles for equilibrium alone [N m/rad]
    hamstrings: Floats  # change of the stiffness of the straight-leg raise [N m/rad]
    residual_Nm: float  # largest over the sweep
    outside_evidence: tuple[str, ...] = ()  # of the released states, in words
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "schema": "fascia-spine-sweep/1",
            "region": self.region,
            "tie_ratio": [r if np.isfinite(r) else "clamped" for r in self.tie_ratio.tolist()],
            "resting_tension_N": self.resting_tension.tolist(),
            "compression_change_N": self.compression.tolist(),
            "margin_change_Nm_per_rad": self.margin.tolist(),
            "hamstring_change_Nm_per_rad": self.hamstrings.tolist(),
            "residual_Nm": self.residual_Nm,
            "outside_evidence": list(self.outside_evidence),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each resting tension and tie ratio."""
        ties, tensions = np.meshgrid(self.tie_ratio, self.resting_tension)
        columns = {
            "resting_tension_N": tensions.ravel(),
            "tie_ratio": ties.ravel(),
            "compression_change_N": self.compression.ravel(),
            "margin_change_Nm_per_rad": self.margin.ravel(),
            "hamstring_change_Nm_per_rad": self.hamstrings.ravel(),
        }
        return frame(columns)


class SpineReleaseOptions(RecruitmentOptions, total=False):
    """Arguments of `release_with_spine` that a sweep passes on."""

    doses: Mapping[str, float] | None
    side: str
    answer: bool


class SweepOptions(SpineReleaseOptions, CohortOptions, total=False):
    """Arguments of `sweep_spine_release` for each release, and for the whole cohort."""


@dataclass(frozen=True)
class _SpineSetup:
    """What all cells of a sweep have in common."""

    subject: Subject
    region: str
    spine: StaticSpine
    options: SpineReleaseOptions


def sweep_spine_release(
    subject: Subject,
    region: str,
    tie_ratios: Sequence[float],
    resting_tensions: Sequence[float] = (5.0,),
    *,
    spine: StaticSpine | None = None,
    **options: Unpack[SweepOptions],
) -> SpineSweep:
    """Changes by a release at every tie ratio and resting tension, recruitment for equilibrium.

    options : further arguments of `release_with_spine`; executor, workers, block, store, resume and
        progress of `panjabi.cohort.run_cohort`.

    Raises
    ------
    CouplingError
        If one of the lists is empty.
    CohortError
        If releases failed; `.partial` has the others.
    """
    if not len(tie_ratios) or not len(resting_tensions):
        raise CouplingError(
            f"Expected at least one tie ratio and one resting tension, got {len(tie_ratios)} and "
            f"{len(resting_tensions)}; give lists such as [0.1] and [5.0]."
        )
    require_subject(subject).network.strands_of(region=region)
    model = spine
    if model is None:
        model = static_spine("standing", subject=subject.person, body=subject.network.body)
    names = CohortOptions.__annotations__
    cohort = cast(CohortOptions, {k: v for k, v in options.items() if k in names})
    each = cast(SpineReleaseOptions, {k: v for k, v in options.items() if k not in names})
    setup = _SpineSetup(subject, region, model, each)
    tensions, ties = np.meshgrid(
        np.asarray(resting_tensions, float), np.asarray(tie_ratios, float), indexing="ij"
    )
    cells = {"tie_ratio": ties.ravel(), "resting_tension_N": tensions.ravel()}
    rows = run_cohort(EachSubject(_cell), setup, cells, **cohort).all_or_error()
    columns = {
        name: rows.floats(name).reshape(ties.shape)
        for name in ("compression", "margin", "hamstrings")
    }
    return SpineSweep(
        region=region,
        tie_ratio=ties[0],
        resting_tension=tensions[:, 0],
        residual_Nm=float(rows.floats("residual_Nm").max()),
        outside_evidence=cell_evidence(rows, ties[0], tensions[:, 0]),
        parameters=_release(setup, ties[-1, -1], tensions[-1, -1]).parameters,
        **columns,
    )


def _cell(setup: _SpineSetup, cell: Block) -> dict[str, float | str]:
    """Changes by the release at one tie ratio and resting tension."""
    result = _release(
        setup, *(float(cell.floats(name)[0]) for name in ("tie_ratio", "resting_tension_N"))
    )
    return {
        "compression": max(result.compression_change.values(), key=abs),
        "margin": result.margin_change,
        "hamstrings": result.hamstring_change,
        "residual_Nm": result.state.residual_Nm,
        OUTSIDE: "\n".join(result.state.outside_evidence),
    }


def _release(setup: _SpineSetup, tie_ratio: float, resting_tension: float) -> SpineRelease:
    network = setup.subject.network.with_resting_tension(resting_tension)
    person = setup.subject.with_network(network.with_tie_ratio(tie_ratio))
    return release_with_spine(
        person, setup.region, spine=setup.spine, margin=None, null_models=False, **setup.options
    )
