"""Whether a spine under given muscle forces stands: Hessian by its terms, modes, indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite, frame
from panjabi.spine.short_range import ShortRange, bergmark, parameters_of, stiffness_parts, words
from panjabi.spine.static_model import HeldLoad, StaticSpine
from panjabi.stability.algebra import least_factor

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports]

Floats = NDArray[np.float64]

SUBSYSTEMS: dict[str, tuple[str, ...]] = {
    "passive": ("passive", "preload"),
    "active": ("muscle stiffness", "tension curvature"),
    "loads": ("gravity", "load", "abdominal pressure"),
}
"""Which terms of the Hessian belong to which subsystem; preload acts through the passive units."""


@dataclass(frozen=True, eq=False, repr=False)
class StaticStability(Result):
    """The potential of a spine at a posture under muscle forces that are held.

    Forces are those of the moment: nothing here recruits. Units carry the preload of the spine as
    given, frozen.
    """

    spine: StaticSpine
    forces: Floats  # (m,) [N]
    stiffness: ShortRange

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What the verdict rests on."""
        return {**dict(self.spine.parameters), **parameters_of(self.stiffness)}

    # --- equilibrium ----------------------------------------------------------------------

    @cached_property
    def gradient(self) -> Floats:
        """Unbalanced moment dV/dq, (n,) [N m]."""
        return self.spine.demand - self.spine.muscles.arms @ self.forces

    @property
    def residual(self) -> float:
        """Largest unbalanced moment [N m]; stability is a question at 0 only."""
        return float(np.abs(self.gradient).max())

    # --- Hessian --------------------------------------------------------------------------

    @cached_property
    def muscle_stiffness(self) -> Floats:
        """k of every muscle, (m,) [N/m]."""
        m = self.spine.muscles
        return stiffness_parts(self.stiffness, m).stiffness(self.forces)

    @cached_property
    def terms(self) -> dict[str, Floats]:
        """The parts of the Hessian, each (n, n) [N m/rad]."""
        m = self.spine.muscles
        own = {name: term.hessian for name, term in self.spine.terms.items()}
        return {
            "muscle stiffness": m.slope.T @ (self.muscle_stiffness[:, None] * m.slope),
            "tension curvature": np.tensordot(self.forces, m.curvature, 1),
            **own,
        }

    @cached_property
    def hessian(self) -> Floats:
        """(n, n) [N m/rad]"""
        total = np.sum(list(self.terms.values()), axis=0)
        return 0.5 * (total + total.T)

    @cached_property
    def spectrum(self) -> tuple[Floats, Floats]:
        """Eigenvalues (n,) rising [N m/rad], and eigenvectors in columns."""
        values, vectors = np.linalg.eigh(self.hessian)
        return values, vectors

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue [N m/rad]: above 0 the posture is stable."""
        return float(self.spectrum[0][0])

    @property
    def stable(self) -> bool:
        return self.least_stiffness > 0.0

    @property
    def mode(self) -> Floats:
        """The weakest mode, (n,), unit length, its largest entry positive."""
        vector = self.spectrum[1][:, 0]
        return vector * np.sign(vector[np.argmax(np.abs(vector))])

    def mode_by_level(self) -> dict[str, dict[str, float]]:
        """The weakest mode's rotation of each level by axis, largest 1."""
        turned = (self.mode / np.abs(self.mode).max()).reshape(-1, 3)
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
        """Smallest q of k = q F/L at which these forces hold the posture; inf if none does.

        Forces are held, whatever law made them; smaller is more stable.
        """
        m = self.spine.muscles
        rest = self.hessian - self.terms["muscle stiffness"]
        per_q = m.slope.T @ ((self.forces / m.length)[:, None] * m.slope)
        return least_factor(rest, per_q)

    @cached_property
    def critical_load(self) -> float:
        """Mass [kg] more where the load is at which these forces no longer hold; inf if none.

        Only its weight's part in the Hessian is added, forces and preload are held; it bends the
        spine as well, which is not counted.
        """
        if not self.stable:
            return 0.0
        one = self.spine.with_load(HeldLoad(1.0, self.spine.load.place)).carried_load.hessian
        # H + m G is singular for the first time at m = 1 / x, x the least of "x H + G >= 0"
        inverse = least_factor(one, self.hessian)
        return 1.0 / inverse if inverse > 0.0 else np.inf

    # --- shares ---------------------------------------------------------------------------

    def term_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """v.H_t v of every term in the weakest mode v (or another) [N m/rad]; they add up."""
        v = self._mode(mode)
        return {name: float(v @ part @ v) for name, part in self.terms.items()}

    def subsystem_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """The same added up: passive with preload, active, loads [N m/rad]."""
        parts = self.term_contributions(mode)
        return {name: sum(parts[p] for p in members) for name, members in SUBSYSTEMS.items()}

    def group_contributions(self, mode: ArrayLike | None = None) -> dict[str, float]:
        """What each muscle group adds in the weakest mode (or another) [N m/rad]."""
        v, m = self._mode(mode), self.spine.muscles
        own = self.muscle_stiffness * (m.slope @ v) ** 2
        own = own + self.forces * np.einsum("mij,i,j->m", m.curvature, v, v)
        return {g: float(own[m.members(g)].sum()) for g in sorted(set(m.groups))}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a critical value that does not exist is null."""
        return {
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
        """The same state with the stiffness of some groups gone; nothing else answers.

        Their moment is gone too, so `residual` grows; asked is what they did for the Hessian.
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
                f"a mode of shape {v.shape} was given; {self.mode.shape} finite numbers, not all "
                "zero, are possible. Take a column of `spectrum`."
            )
        return v / size


def static_stability(
    spine: StaticSpine, forces: ArrayLike, *, stiffness: ShortRange | None = None
) -> StaticStability:
    """The stability of a spine under muscle forces (m,) [N], from recruitment or measured.

    Raises
    ------
    ParameterError
        If the forces do not fit the muscles, or one pushes.
    """
    F = spine.muscles.checked(forces)
    return StaticStability(spine, F, stiffness if stiffness is not None else bergmark())


def one_joint_stiffness(
    force: float, lower: ArrayLike, upper: ArrayLike, *, stiffness: float
) -> float:
    """dM/dq of one straight muscle about a hinge at the origin, axis z [N m/rad].

    S = k r^2 + F (A.B - r^2)/l with A on the lower body, B on the upper one, r = (Ay Bx - Ax By)/l
    (after Potvin & Brown 2005): tension alone destabilises where the muscle runs past the joint.
    """
    if not (0.0 <= force < np.inf and 0.0 <= stiffness < np.inf):
        raise ParameterError(
            f"force is {force!r} N and stiffness {stiffness!r} N/m; finite numbers from 0 are "
            "possible, since a muscle pulls. Give both as positive numbers."
        )
    A, B = (np.asarray(point, float)[:2] for point in (lower, upper))
    length = float(np.linalg.norm(B - A))
    if not length > 0.0:
        raise ParameterError(
            f"the muscle runs from {lower!r} to {upper!r} and has no length; two different points "
            "are possible. Give both in the plane of the joint [m]."
        )
    arm = (A[1] * B[0] - A[0] * B[1]) / length
    return stiffness * arm**2 + force * (float(A @ B) - arm**2) / length
