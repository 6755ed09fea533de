"""A release with the spine over the two main assumptions: tie ratio and resting tension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.subject import Subject, require_subject
from fascia.coupling.coupled_equilibrium import RecruitmentOptions
from fascia.coupling.spine_release import release_with_spine
from fascia.errors import CouplingError
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


class SweepOptions(RecruitmentOptions, total=False):
    """Arguments of `release_with_spine` that `sweep_spine_release` passes on."""

    doses: Mapping[str, float] | None
    side: str
    answer: bool


def sweep_spine_release(
    subject: Subject,
    region: str,
    tie_ratios: Sequence[float],
    resting_tensions: Sequence[float] = (5.0,),
    *,
    spine: StaticSpine | None = None,
    progress: bool = False,
    **options: Unpack[SweepOptions],
) -> SpineSweep:
    """Changes by a release at every tie ratio and resting tension, recruitment for equilibrium.

    options : further arguments of `release_with_spine`.

    Raises
    ------
    CouplingError
        If one of the lists is empty.
    """
    from tqdm import tqdm

    if not len(tie_ratios) or not len(resting_tensions):
        raise CouplingError(
            f"Expected at least one tie ratio and one resting tension, got {len(tie_ratios)} and "
            f"{len(resting_tensions)}; give lists such as [0.1] and [5.0]."
        )
    require_subject(subject).network.strands_of(region=region)
    model = static_spine(body=subject.network.body) if spine is None else spine
    cells = [(i, j) for i in range(len(resting_tensions)) for j in range(len(tie_ratios))]
    shape = (len(resting_tensions), len(tie_ratios))
    compression, margin, hamstrings = np.empty((3, *shape))
    residual, parameters = 0.0, {}
    for i, j in tqdm(cells, disable=not progress, desc="spine"):
        network = subject.network.with_resting_tension(resting_tensions[i])
        person = subject.with_network(network.with_tie_ratio(tie_ratios[j]))
        result = release_with_spine(
            person, region, spine=model, floor=None, null_models=False, **options
        )
        compression[i, j] = max(result.compression_change.values(), key=abs)
        margin[i, j], hamstrings[i, j] = result.margin_change, result.hamstring_change
        residual, parameters = max(residual, result.state.residual_Nm), result.parameters
    return SpineSweep(
        region=region,
        tie_ratio=np.array(tie_ratios, float),
        resting_tension=np.array(resting_tensions, float),
        compression=compression,
        margin=margin,
        hamstrings=hamstrings,
        residual_Nm=residual,
        parameters=parameters,
    )
