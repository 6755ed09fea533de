"""What the removal of a muscle group does to the margin of stability in exertions.

Cholewicki & VanVliet (2002) removed the stiffness of each of ten muscle groups at the measured
forces and found that no group gives more than 30 % of the stability. The margin here is the least
eigenvalue w^2 of M^-1 H, not an index that sums all directions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, imposed, recruit, recruit_again
from panjabi.recruitment.required import MARGIN
from panjabi.results import Result, frame
from panjabi.spine.static_build import static_view
from panjabi.spine.strength import strength
from panjabi.tasks.brace_margin import squared_rate

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.spine.model import Spine

Floats = NDArray[np.float64]

TEN_GROUPS: dict[str, tuple[str, ...]] = {
    "rectus abdominis": ("rectus_abdominis",),
    "external oblique": ("external_oblique",),
    "internal oblique and transversus": ("internal_oblique", "transversus_abdominis"),
    "psoas": ("psoas",),
    "quadratus lumborum": ("quadratus_lumborum",),
    "multifidus": ("multifidus_lumbar", "multifidus_thoracic"),
    "erector spinae, lumbar": ("longissimus_lumborum", "iliocostalis_lumborum"),
    "longissimus thoracis": ("longissimus_thoracis",),
    "iliocostalis thoracis": ("iliocostalis_thoracis",),
    "latissimus dorsi": ("latissimus_dorsi",),
}
"""Groups of the lumbar spine, pooled to ten as in Cholewicki & VanVliet (2002)."""

EXERTIONS = ("extension", "flexion", "right bending", "left rotation")
"""Isometric exertions of the trunk."""

EFFORTS = (0.2, 0.4, 0.6)
"""Moments of the exertions over the strength in their directions [1]."""


@dataclass(frozen=True, eq=False, repr=False)
class GroupRemoval(Result):
    """Relative loss of the margin w^2 in one exertion when a muscle group is removed [1].

    A loss above 1 means that the posture is no longer stable.
    """

    direction: str  # of the exertion
    effort: float  # over the strength in this direction [1]
    squared_rate: float  # w^2 with all groups [1/s2]
    compression: dict[str, float]  # of each level [N]
    loss: dict[str, float]  # without the stiffness of a group, at the same forces
    recruited_again: dict[str, float | None]  # the others recruited again; None: not possible

    def within(self, most: float = 0.3) -> int:
        """Number of groups whose loss at the same forces is at most a fraction."""
        return sum(value <= most for value in self.loss.values())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "direction": self.direction,
            "effort": self.effort,
            "margin_per_s2": self.squared_rate,
            "compression_N": self.compression,
            "loss_percent": {name: 100.0 * value for name, value in self.loss.items()},
            "loss_recruited_again_percent": {
                name: None if value is None else 100.0 * value
                for name, value in self.recruited_again.items()
            },
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each group."""
        columns = {
            "group": list(self.loss),
            "loss_percent": [100.0 * value for value in self.loss.values()],
        }
        return frame(columns, "group")


def group_removals(
    spine: Spine,
    groups: Mapping[str, Sequence[str]] = TEN_GROUPS,
    *,
    directions: Sequence[str] = EXERTIONS,
    efforts: Sequence[float] = EFFORTS,
    margin: tuple[float, float] | None = MARGIN,
    least_activation: float | Floats | Mapping[str, float] | None = None,
    again: bool = True,
) -> tuple[GroupRemoval, ...]:
    """Loss of the margin [1] without each muscle group, for every direction and effort.

    groups : name -> groups of the spine that are removed together.
    efforts : moments over the strength of the spine in a direction [1].
    margin, least_activation : of the recruitment, see `panjabi.recruitment.recruit`.
    again : also recruit the other groups again, the preload of the units constant.

    Raises
    ------
    InfeasibleRecruitment
        If no muscle forces hold an exertion with the margin.

    References
    ----------
    Cholewicki & VanVliet (2002).
    """
    view = static_view(spine)
    least = imposed(spine, least_activation)
    results: list[GroupRemoval] = []
    for name in directions:
        most = strength(view, name)
        for effort in efforts:
            pushed = replace(view, push=-effort * most.moment * most.demand)
            state = recruit(pushed, margin=margin, least_activation=least)
            whole = squared_rate(view, state.result.hessian)
            held = {group: _loss(state, members, whole) for group, members in groups.items()}
            others = {
                group: _loss_again(state, members, whole)
                for group, members in (groups.items() if again else ())
            }
            results.append(GroupRemoval(name, effort, whole, state.compression, held, others))
    return tuple(results)


def _loss(state: SpineRecruitment, groups: Sequence[str], whole: float) -> float:
    """Loss of the margin without the stiffness of groups; their forces stay."""
    problem, chosen = state.result.problem, state.spine.muscles.members(*groups)
    k = np.where(chosen, problem.stiffness(state.result.activations), 0.0)
    left = state.result.hessian - (problem.arms * k) @ problem.arms.T
    return 1.0 - squared_rate(state.spine, left) / whole


def _loss_again(state: SpineRecruitment, groups: Sequence[str], whole: float) -> float | None:
    muscles = state.spine.muscles.weakened(1.0, *groups)
    try:
        found = recruit_again(state, state.spine.with_muscles(muscles))
    except InfeasibleRecruitment:
        return None
    return 1.0 - squared_rate(found.spine, found.result.hessian) / whole
