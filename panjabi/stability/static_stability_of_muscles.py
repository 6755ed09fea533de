"""Static stability of a spine under muscle forces: terms of the Hessian, modes, indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.stiffness import Cui
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite, frame
from panjabi.spine.short_range import ShortRange, parameters_of, stiffness_at, words
from panjabi.spine.static_model import HeldLoad, StaticSpine
from panjabi.stability.algebra import least_factor

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

SUBSYSTEMS: dict[str, tuple[str, ...]] = {
    "passive": ("passive", "preload", "branches"),
    "active": ("muscle stiffness", "tension curvature"),
    "loads": ("gravity", "load", "abdominal pressure"),
}
"""Terms of the Hessian of each subsystem; preload acts through the passive units."""


@dataclass(frozen=True, eq=False, repr=False)
class StaticStability(Result):
    """Static stability of a spine at a posture, with constant muscle forces.

    The forces are inputs: nothing is recruited here. The preload of the units is constant.
    """

    spine: StaticSpine
    forces: Floats  # (m,) [N]
    stiffness: ShortRange

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the spine and of the short-range stiffness."""
        return {**dict(self.spine.parameters), **parameters_of(self.stiffness)}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence, of the spine and of the muscles' stiffness, in words."""
        return self.spine.outside_evidence + self.stiffness.outside_evidence

    # --- equilibrium ----------------------------------------------------------------------

    @cached_property
    def gradient(self) -> Floats:
        """Unbalanced moment dV/dq, (n,) [N m]."""
        return self.spine.demand - self.spine.muscles.arms @ self.forces

    @property
    def residual(self) -> float:
        """Largest unbalanced moment [N m]; stability is defined at equilibrium, 0, only."""
        return float(np.abs(self.gradient).max())

    # --- Hessian --------------------------------------------------------------------------

    @cached_property
    def muscle_stiffness(self) -> Floats:
        """Stiffness k of every muscle, (m,) [N/m]."""
        return stiffness_at(self.stiffness, self.spine.muscles, self.forces)

    @cached_property
    def terms(self) -> dict[str, Floats]:
        """The parts of the Hessian, each (n, n) [N m/rad]."""
        m = self.spine.muscles
        of_spine = {name: term.hessian for name, term in self.spine.terms.items()}
        return {
            "muscle stiffness": m.slope.T @ (self.muscle_stiffness[:, None] * m.slope),
            "tension curvature": np.tensordot(self.forces, m.curvature, 1),
            **of_spine,
        }

    @cached_property
    def hessian(self) -> Floats:
        """Stiffness of the posture, the sum of all terms, (n, n) [N m/rad]."""
        total = np.sum(list(self.terms.values()), axis=0)
        return 0.5 * (total + total.T)

    @cached_property
    def spectrum(self) -> tuple[Floats, Floats]:
        """Eigenvalues (n,), ascending [N m/rad], and eigenvectors in columns."""
        values, vectors = np.linalg.eigh(self.hessian)
        return values, vectors

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue [N m/rad]; the posture is stable if it is positive."""
        return float(self.spectrum[0][0])

    @property
    def stable(self) -> bool:
        return self.least_stiffness > 0.0

    @property
    def mode(self) -> Floats:
        """Mode of least stiffness, (n,), of unit length, its largest entry positive."""
        vector = self.spectrum[1][:, 0]
        return vector * np.sign(vector[np.argmax(np.abs(vector))])

    def mode_by_level(self) -> dict[str, dict[str, float]]:
        """Rotation of each level about each axis in the mode of least stiffness, largest 1."""
        shape, place = self.mode / np.abs(self.mode).max(), self.spine.place
        turned = np.where(place >= 0, shape[place], 0.0)
        axes = ("FE", "LB", "AR")
        return {
            level: dict(zip(axes, row.tolist(), strict=True))
            for level, row in zip(self.spine.levels, turned, strict=True)
        }

    # --- indices --------------------------------------------------------------------------

    @property
    def index(self) -> float:
        """det(H)^(1/n), the geometric mean of the eigenvalues [N m/rad]; 0 when not stable."""
        values = self.spectrum[0]
        return float(np.exp(np.mean(np.log(values)))) if self.stable else 0.0

    @cached_property
    def critical_q(self) -> float:
        """Smallest q of k = q F/L at which the posture is stable [1]; inf if there is none.

        The forces are constant, whatever stiffness law they come from. Smaller is more stable.
        """
        m = self.spine.muscles
        rest = self.hessian - self.terms["muscle stiffness"]
        per_q = m.slope.T @ ((self.forces / m.length)[:, None] * m.slope)
        return least_factor(rest, per_q)

    @cached_property
    def critical_load(self) -> float:
        """Additional mass at the load that makes the posture unstable [kg]; inf if there is none.

        Only the contribution of its weight to the Hessian is added. Forces and preload are
        constant, and bending by the mass is neglected.
        """
        if not self.stable:
            return 0.0
        per_kg = self.spine.with_load(HeldLoad(1.0, self.spine.load.place)).carried_load.hessian
        # H + m G is first singular at m = 1 / x, where x is the smallest x with x H + G >= 0
        inverse = least_factor(per_kg, self.hessian)
        return 1.0 / inverse if inverse > 0.0 else np.inf

    # --- contributions --------------------------------------------------------------------

    def term_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """Stiffness v.H_t v of every term in a mode v, by default the weakest [N m/rad]."""
        v = self._mode(mode)
        return {name: float(v @ part @ v) for name, part in self.terms.items()}

    def subsystem_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """The same, summed for each subsystem: passive, active, loads, other elements [N m/rad]."""
        parts = self.term_contributions(mode)
        named = {p for members in SUBSYSTEMS.values() for p in members}
        others = {name: (name,) for name in parts if name not in named}
        return {
            name: sum(parts[p] for p in members)
            for name, members in {**SUBSYSTEMS, **others}.items()
        }

    def group_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """Stiffness by each muscle group in a mode, by default the weakest [N m/rad]."""
        v, m = self._mode(mode), self.spine.muscles
        by_muscle = self.muscle_stiffness * (m.slope @ v) ** 2
        by_muscle = by_muscle + self.forces * np.einsum("mij,i,j->m", m.curvature, v, v)
        return {g: float(by_muscle[m.members(g)].sum()) for g in sorted(set(m.groups))}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a critical value that does not exist is null."""
        return {
            "subject": self.spine.subject or None,
            "stiffness": words(self.stiffness),
            "stable": self.stable,
            "unbalanced_moment_Nm": self.residual,
            "eigenvalues_Nm_per_rad": self.spectrum[0].tolist(),
            "lowest_eigenvalue_Nm_per_rad": self.least_stiffness,
            "index_Nm_per_rad": self.index,
            "critical_q": finite(self.critical_q),
            "critical_load_at_these_forces_kg": finite(self.critical_load),
            "mode": self.mode_by_level(),
            "share_of_terms_Nm_per_rad": self.term_contributions(),
            "share_of_subsystems_Nm_per_rad": self.subsystem_contributions(),
            "share_of_groups_Nm_per_rad": self.group_contributions(),
            "outside_evidence": list(self.outside_evidence),
            **sources(self).summary(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each muscle: its force and its stiffness."""
        muscles = self.spine.muscles
        columns = {
            "muscle": muscles.names,
            "group": muscles.groups,
            "force_N": self.forces,
            "stiffness_N_per_m": self.muscle_stiffness,
        }
        return frame(columns, "muscle")

    def without(self, *groups: str) -> StaticStability:
        """The same state without the forces of some muscle groups; the others do not compensate.

        It shows what the groups contribute to the Hessian. Their moment is missing too, so the
        state is no longer in equilibrium and `residual` grows.
        """
        m = self.spine.muscles
        left = np.where(m.members(*groups), 0.0, self.forces)
        return StaticStability(self.spine, left, self.stiffness)

    def _mode(self, mode: ArrayLike | None) -> Floats:
        if mode is None:
            return self.mode
        v = np.asarray(mode, float)
        size = float(np.linalg.norm(v)) if v.shape == self.mode.shape else 0.0
        if not (np.isfinite(size) and size > 0.0):
            raise ParameterError(
                f"Expected a mode of shape {self.mode.shape} with finite numbers, not all zero, "
                f"got shape {v.shape}; use a column of `spectrum`."
            )
        return v / size


def static_stability(
    spine: StaticSpine, forces: ArrayLike, *, stiffness: ShortRange | None = None
) -> StaticStability:
    """Static stability of a spine under muscle forces (m,) [N], recruited or measured.

    stiffness : short-range law of the muscles, by default that of the moving spine.

    Raises
    ------
    ParameterError
        If the number of forces differs from that of the muscles, or a force is negative.
    """
    F = spine.muscles.checked(forces)
    return StaticStability(spine, F, stiffness if stiffness is not None else Cui())
