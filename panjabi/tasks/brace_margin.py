"""What imposed co-contraction does to the margin of stability: bracing of muscle groups.

The margin is the least eigenvalue w^2 of M^-1 H, M the mass matrix and H the fast stiffness of the
posture. Below 0 the posture diverges, above 0 its slowest mode has the frequency w.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.neural.command import LEAST
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, held_spine, imposed, recruit
from panjabi.recruitment.required import StiffnessRequirement
from panjabi.results import Result, finite, frame
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.short_range import bergmark
from panjabi.spine.static_build import static_view
from panjabi.spine.tangents import tangent
from panjabi.stability.static_stability_of_muscles import static_stability

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.spine.model import Spine
    from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

ABDOMINALS: tuple[str, ...] = (
    "rectus_abdominis",
    "external_oblique",
    "internal_oblique",
    "transversus_abdominis",
)
"""Muscles that a brace of the abdomen tightens."""

LEVELS = (0.0, 0.05, 0.1, 0.15, 0.2)
"""Least activation of the braced muscles [1]."""

WORLD = (2, 0, 1)  # axis of flexion-extension, lateral bending and rotation in the world


@dataclass(frozen=True, repr=False)
class BraceStep(Result):
    """The margin at one level of a brace; None where no forces hold the posture."""

    level: float  # least activation of the braced muscles [1]
    fast: float  # w^2 with other muscles recruited again [1/s2]
    slow: float  # w^2 when relaxing states are at rest [1/s2]
    by_force: float  # w^2 with the muscle stiffness q F/L, q = 10, at the same forces [1/s2]
    not_recruited: float  # w^2 with the braced muscles at this level, the others as without [1/s2]
    unbalanced: float  # largest moment that this leaves [N m]
    thorax: tuple[float, float, float] | None  # against moments: bend, side bend, turn [N m/rad]
    compression: dict[str, float]  # of each level [N]
    effort: float  # of the recruitment [N]


@dataclass(frozen=True, eq=False, repr=False)
class Bracing(Result):
    """Levels of a brace of some muscle groups, up to the first that the muscles cannot hold."""

    groups: tuple[str, ...]
    required: str  # margin of the recruitment, in words
    steps: tuple[BraceStep, ...]
    infeasible: float | None  # first level that no forces hold [1]
    outside_evidence: tuple[str, ...]

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each level."""
        columns = {
            "level_percent": [100.0 * step.level for step in self.steps],
            "fast_per_s2": [step.fast for step in self.steps],
            "slow_per_s2": [step.slow for step in self.steps],
            "by_force_per_s2": [step.by_force for step in self.steps],
            "not_recruited_per_s2": [step.not_recruited for step in self.steps],
        }
        return frame(columns, "level_percent")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "groups": list(self.groups),
            "required": self.required,
            "infeasible_percent": None if self.infeasible is None else 100.0 * self.infeasible,
            "steps": [
                {
                    "level_percent": 100.0 * step.level,
                    "fast_per_s2": step.fast,
                    "slow_per_s2": finite(step.slow),
                    "q_10_per_s2": step.by_force,
                    "not_recruited_per_s2": step.not_recruited,
                    "not_recruited_unbalanced_Nm": step.unbalanced,
                    "thorax_Nm_per_rad": None if step.thorax is None else list(step.thorax),
                    "compression_N": step.compression,
                    "effort_N": step.effort,
                }
                for step in self.steps
            ],
            "outside_evidence": list(self.outside_evidence),
        }


def bracing(
    spine: Spine,
    groups: Sequence[str] = ABDOMINALS,
    *,
    levels: Sequence[float] = LEVELS,
    margin: tuple[float, float] | None = None,
) -> Bracing:
    """The margin of stability [1/s2] as muscle groups are braced, other muscles recruited again.

    groups : whose least activation is raised; () means every muscle, a co-contraction of all.
    levels : least activations [1], rising.
    margin : of the recruitment; by default none, so that the brace alone gives the stiffness.

    Raises
    ------
    UnknownNameError
        For a group that the spine does not have.
    InfeasibleRecruitment
        If the posture cannot be held even at the first level.
    """
    view = static_view(spine)
    steps: list[BraceStep] = []
    first: SpineRecruitment | None = None
    outside: dict[str, None] = {}
    beyond: float | None = None
    for level in levels:
        most = max(level, LEAST)
        least = imposed(view, dict.fromkeys(groups, most) if groups else most)
        try:
            found = recruit(view, margin=margin, least_activation=least)
        except InfeasibleRecruitment:
            if first is None:
                raise
            beyond = level
            break
        first = found if first is None else first
        steps.append(_step(spine, found, first, level, least))
        outside |= dict.fromkeys(found.outside_evidence)
    words = StiffnessRequirement(margin).words
    return Bracing(tuple(groups), words, tuple(steps), beyond, tuple(outside))


def _step(
    spine: Spine,
    found: SpineRecruitment,
    first: SpineRecruitment,
    level: float,
    least: float | Floats,
) -> BraceStep:
    H, view = found.result.hessian, found.spine
    rest = equilibrium(held_spine(spine, found), solve="posture", extrapolate=True)
    by_force = static_stability(view, found.forces, stiffness=bergmark(10.0))
    alone = first.spine.muscles.tension(np.maximum(first.activations, least))
    held = static_stability(first.spine, alone, stiffness=first.stiffness)
    return BraceStep(
        level,
        squared_rate(view, H),
        squared_rate(view, tangent(rest.model, rest.state, which="slow")),
        squared_rate(view, by_force.hessian),
        squared_rate(view, held.hessian),
        held.residual,
        _thorax(view, H),
        found.compression,
        found.result.primal,
    )


def squared_rate(view: StaticSpine, H: Floats) -> float:
    """Least eigenvalue w^2 of M^-1 H [1/s2]; the symmetric part of H (n, n) counts."""
    from scipy.linalg import eigh

    M = StiffnessRequirement(rate=1.0).matrix(view)
    assert M is not None
    return float(eigh(0.5 * (H + H.T), M, eigvals_only=True)[0])


def _thorax(view: StaticSpine, H: Floats) -> tuple[float, float, float] | None:
    """Moment over turn of the thorax about its three axes [N m/rad]; None if not all stable."""
    if np.linalg.eigvalsh(H)[0] <= 0.0:
        return None
    W = view.rotation("T1")
    turned = np.diag(W @ np.linalg.solve(H, W.T))
    bend, side, turn = (float(1.0 / turned[k]) for k in WORLD)
    return bend, side, turn
