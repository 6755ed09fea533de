"""Recruitment of a spine: muscle forces together with the compression that stiffens the units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError
from panjabi.parameter import Parameter
from panjabi.passive.readings import disc_parameters
from panjabi.passive.sizing import unit_length
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.problem import RecruitmentProblem, SeriesStiffness
from panjabi.recruitment.result import Recruitment
from panjabi.recruitment.solve import require_floor, solve_recruitment
from panjabi.results import Result, frame
from panjabi.spine.short_range import (
    ShortRange,
    bergmark,
    parameters_of,
    stiffness_parts,
    words,
)
from panjabi.spine.static_model import StaticSpine

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

ANTAGONISTS = ("rectus_abdominis", "external_oblique", "internal_oblique")
"""Muscles whose co-activation Cholewicki et al. (1997) measured."""

SETTLED = 1e-3
"""Largest change of a level's compression at the fixed point [N]."""


@dataclass(frozen=True, eq=False, repr=False)
class SpineRecruitment(Result):
    """Recruited muscle forces of a spine. The optimum is global for the final preload only."""

    spine: StaticSpine  # with its units under the compression that these forces cause
    stiffness: ShortRange
    result: Recruitment
    iterations: int  # of the preload
    change: float  # of the compression in the last iteration [N]

    def __repr__(self) -> str:
        return f"<SpineRecruitment: {words(self.stiffness)}, {self.result!r}>"

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence, of the spine and of the muscles' stiffness, in words."""
        return self.spine.outside_evidence + self.stiffness.outside_evidence

    @property
    def forces(self) -> Floats:
        """Muscle forces, (m,) [N]."""
        return self.result.forces

    @property
    def activations(self) -> Floats:
        """Activations of the muscles, (m,) [1]."""
        return self.result.activations

    @cached_property
    def compression(self) -> dict[str, float]:
        """Compression of each level along the axis of the disc [N]."""
        return dict(
            zip(self.spine.levels, self.spine.compression(self.forces).tolist(), strict=True)
        )

    @cached_property
    def shear(self) -> dict[str, float]:
        """Shear of each level, positive for a forward force on the upper vertebra [N]."""
        return dict(zip(self.spine.levels, self.spine.shear(self.forces).tolist(), strict=True))

    @property
    def disc_pressure(self) -> dict[str, float]:
        """Disc pressure of each level, factor x compression / area of a measured L4-5 disc [Pa]."""
        per = self.parameters["disc_pressure_factor"].si / self.parameters["disc_area"].si
        return {level: per * force for level, force in self.compression.items()}

    @property
    def coactivation(self) -> float:
        """Mean activation of rectus abdominis and obliques, weighted by Fmax [1]."""
        return self.activation_of(*ANTAGONISTS)

    def activation_of(self, *groups: str) -> float:
        """Mean activation of muscle groups, weighted by Fmax [1]."""
        chosen = self.spine.muscles.members(*groups)
        weights = self.spine.muscles.max_force[chosen]
        whole = float(weights.sum())
        # muscles without any force have no activation
        return float(self.activations[chosen] @ weights) / whole if whole > 0.0 else 0.0

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the spine, the stiffness law and the disc pressure."""
        return recruitment_parameters(self.spine, self.stiffness)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        result, needing = self.result, self.result.needing_mode
        return {
            "status": result.status,
            "explanation": None,
            "coactivation_percent_MVC": 100.0 * self.coactivation,
            "lowest_eigenvalue_Nm_per_rad": result.least_stiffness,
            "compression_N": self.compression,
            "shear_N": self.shear,
            "disc_pressure_Pa": self.disc_pressure,
            "effort": result.primal,
            "gap": result.gap,
            "residuals": vars(result.residuals),
            "mode_that_needs_the_muscles": None
            if needing is None
            else dict(zip(self.spine.coordinates, needing.tolist(), strict=True)),
            "activation_percent_MVC": {
                group: 100.0 * self.activation_of(group)
                for group in sorted(set(self.spine.muscles.groups))
            },
            "preload_iterations": self.iterations,
            "preload_change_N": self.change,
            "outside_evidence": list(self.outside_evidence),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each muscle: its force and its activation."""
        muscles = self.spine.muscles
        columns = {
            "muscle": muscles.names,
            "group": muscles.groups,
            "force_N": self.forces,
            "activation_percent_MVC": 100.0 * self.activations,
        }
        return frame(columns, "muscle")


def recruitment_parameters(spine: StaticSpine, law: ShortRange) -> dict[str, Parameter]:
    """Parameters of a recruitment of this spine, feasible or not."""
    disc = disc_parameters("L4-L5", unit_length(spine.body, "L4-L5"))
    return {
        **dict(spine.parameters),
        **parameters_of(law),
        "disc_pressure_factor": disc["disc_pressure_factor"],
        "disc_area": disc["disc_area"],
    }


def recruit(
    spine: StaticSpine,
    *,
    floor: float | None = 1.0,
    criterion: str = "squares",
    stiffness: ShortRange | None = None,
    most_iterations: int = 40,
) -> SpineRecruitment:
    """Muscle forces of least effort [N], and the preload of the units that they cause [N].

    Preload stiffens the units and scales their moment, so the full problem is not convex. The
    preload is therefore kept constant while the forces are computed, then set to the resulting
    compression, and this is repeated until the compression no longer changes. The first iteration
    uses equilibrium without a floor.

    Raises
    ------
    InfeasibleRecruitment
        If no forces hold the posture, at the preload of the last iteration.
    ConvergenceError
        If the preload does not converge.
    ParameterError
        If the floor is negative or not finite.
    """
    require_floor(floor)
    law = stiffness if stiffness is not None else bergmark()
    loaded = spine
    change = np.inf
    for number in range(1, most_iterations + 1):
        first = number == 1
        result = solve_recruitment(
            problem_of(loaded, law), floor=None if first else floor, criterion=criterion
        )
        compression = loaded.compression(result.forces)
        before = np.array([u.preload for u in loaded.units])
        change = float(np.abs(np.maximum(compression, 0.0) - before).max())
        if change <= SETTLED and (not first or floor is None):
            return SpineRecruitment(loaded, law, result, number, change)
        loaded = loaded.with_preload(compression)
    raise ConvergenceError(
        f"Expected a preload that changes by at most {SETTLED:g} N, got a change of {change:.3g} N "
        f"after {most_iterations} iterations; increase most_iterations, or lower the floor."
    )


def sweep_floor(
    spine: StaticSpine,
    floors: ArrayLike,
    *,
    criterion: str = "squares",
    stiffness: ShortRange | None = None,
) -> tuple[SpineRecruitment, ...]:
    """A recruitment for each floor [N m/rad], in rising order, up to the first infeasible floor."""
    recruitments: list[SpineRecruitment] = []
    for floor in np.sort(np.asarray(floors, float)):
        try:
            recruited = recruit(spine, floor=float(floor), criterion=criterion, stiffness=stiffness)
        except InfeasibleRecruitment:
            break
        recruitments.append(recruited)
    return tuple(recruitments)


def problem_of(spine: StaticSpine, stiffness: ShortRange | None = None) -> RecruitmentProblem:
    """The recruitment problem of a spine at constant preload."""
    law = stiffness if stiffness is not None else bergmark()
    m = spine.muscles
    parts = stiffness_parts(law, m)
    outer = m.slope[:, :, None] * m.slope[:, None, :]
    per = m.curvature + parts.linear[:, None, None] * outer
    series = None
    if parts.fibre is not None and parts.tendon is not None and parts.tendon_slope is not None:
        series = SeriesStiffness(parts.fibre, parts.tendon, parts.tendon_slope, m.slope)
    return RecruitmentProblem(
        names=m.names,
        coordinates=spine.coordinates,
        arms=m.arms,
        demand=spine.demand,
        lower=m.passive,
        upper=m.strongest,
        unit=np.where(
            m.max_force > 0.0, m.max_force, 1.0
        ),  # a muscle without force cannot be recruited
        constant=spine.constant,
        per_force=0.5 * (per + per.transpose(0, 2, 1)),  # rounding
        series=series,
    )
