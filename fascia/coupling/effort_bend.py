"""Lumbar and hip flexion of a bend in which muscles carry the weight with least effort.

Effort is the objective of recruitment, the sum of (active force / Fmax)^2, over the lumbar
muscles and the muscles of both hips. Passive tissue that carries weight reduces the effort.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fascia.coupling.bending import ForwardBend, bent_posture
from fascia.coupling.network_element import NetworkElement
from fascia.coupling.spine_in_network import wrapped, wrapping_of
from fascia.errors import CouplingError
from fascia.mechanics.equilibrium import EquilibriumSolver
from panjabi.body.gravity import gravity_energy
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit
from panjabi.results import ShortRepr
from panjabi.spine.muscles_at import muscles_at

Floats = NDArray[np.float64]

FEET = ("calcn_r", (0.0, 0.0, 0.0))  # reference point of the weight's potential
HIP_EXTENSORS = ("bflh", "semimem", "semiten", "glmax1", "glmax2", "glmax3", "addmagIsch")
SHARE_TOLERANCE = 1e-4  # of the lumbar fraction [1]
UNBEARABLE = 1e6  # effort that marks an infeasible recruitment [1]
HIP_FLEXORS = ("psoas", "iliacus", "recfem", "sart", "tfl")


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class EffortSample(ShortRepr):
    """A bend with its effort. Flexion positive, angles [rad], moments [N m]."""

    inclination: float
    lumbar_flexion: float
    hip_flexion: float
    effort: float  # [1]
    hip_effort: float  # contribution of the hips [1]
    hip_moment: float  # active extension moment of both hips [N m]
    recruitment: SpineRecruitment

    @property
    def ratio(self) -> float:
        """Lumbar over hip flexion [1]."""
        return self.lumbar_flexion / self.hip_flexion

    @property
    def compression(self) -> dict[str, float]:
        """By level [N]."""
        return self.recruitment.compression


class EffortBend:
    """A bend whose lumbar fraction minimises effort; joints flex in proportion to their range."""

    def __init__(self, bend: ForwardBend) -> None:
        self.bend = bend
        self._whole = EquilibriumSolver(bend.network)
        self._element: NetworkElement | None = None

    def sample(self, inclination: float, lumbar: float) -> EffortSample:
        """Effort of a bend with this inclination and lumbar flexion [rad].

        Raises InfeasibleRecruitment if the lumbar muscles cannot balance it.
        """
        bend, body = self.bend, self.bend.body
        q = bent_posture(body, lumbar, inclination - lumbar)
        bare = bend.bare
        state = muscles_at(bare.tendons, q[bare.indices], bare.levels)
        in_network = np.isin(bare.muscles.names, bend.given_muscles)
        removed = np.where(in_network, state.passive, 0.0)
        state = replace(state, carried=removed)
        spine = replace(bare, q=q, muscles=state)
        wrapping, self._element = wrapping_of(bend.network, spine, like=self._element)
        recruitment = recruit(wrapped(spine, wrapping), margin=None)
        moment = self._hip_moment(q)
        hip = self._hip_effort(q, moment)
        return EffortSample(
            inclination=inclination,
            lumbar_flexion=lumbar,
            hip_flexion=inclination - lumbar,
            effort=recruitment.result.primal + hip,
            hip_effort=hip,
            hip_moment=moment,
            recruitment=recruitment,
        )

    def _hip_moment(self, q: Floats) -> float:
        """Extension moment of the muscles of both hips beside the network's moment [N m]."""
        body = self.bend.body
        passive = self._whole.solve(q).generalised_force
        slope = passive + gravity_energy(body, q, relative_to=FEET).gradient
        hips = [body.coordinate_index(f"hip_flexion_{side}") for side in ("r", "l")]
        # the trunk turns back over standing legs: pelvis backwards, hips out of flexion
        return float(slope[body.coordinate_index("pelvis_tilt")] - slope[hips].sum())

    def _hip_effort(self, q: Floats, moment: float) -> float:
        """Smallest effort that produces the moment, half of it on each side [1]."""
        body = self.bend.body
        names = HIP_EXTENSORS if moment > 0.0 else HIP_FLEXORS
        arms = body.moment_arm_matrix(q)[:, body.coordinate_index("hip_flexion_r")]
        muscles = list(body.muscles)
        capacity = 0.0
        for name in names:
            muscle = body.muscle(f"{name}_r")
            arm = -np.sign(moment) * arms[muscles.index(f"{name}_r")]
            capacity += (max(arm, 0.0) * muscle.fibres["2023"].max_force) ** 2
        return 2.0 * (0.5 * moment) ** 2 / capacity

    def at(self, inclination: float, *, near: float | None = None) -> EffortSample:
        """The bend of least effort at an inclination [rad].

        near : search within a tenth of the bend around this lumbar flexion [rad]; by default
        over the whole range.

        Raises
        ------
        CouplingError
            If the lumbar muscles cannot balance the bend with any lumbar fraction.
        """
        from scipy.optimize import minimize_scalar

        def cost(fraction: float) -> float:
            try:
                return self.sample(inclination, fraction * inclination).effort
            except InfeasibleRecruitment:
                return UNBEARABLE

        if near is None:
            grid = np.linspace(0.0, 1.0, 9)
            costs = [cost(float(fraction)) for fraction in grid]
            k = int(np.argmin(costs))
            low, high = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
        else:
            low, high = (np.clip(near / inclination + d, 0.0, 1.0) for d in (-0.1, 0.1))
        best: Any = minimize_scalar(
            cost, bounds=(low, high), method="bounded", options={"xatol": SHARE_TOLERANCE}
        )
        if best.fun >= UNBEARABLE:
            raise CouplingError(
                "Expected a lumbar fraction of the bend that the lumbar muscles can balance, got "
                f"none at {np.degrees(inclination):g} deg; choose a smaller bend or a lighter load."
            )
        return self.sample(inclination, float(best.x) * inclination)
