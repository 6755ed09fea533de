"""The fitted numbers of the clinical tests: passive muscle curves (S32) and tolerance (S11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination
from fascia.clinical.passive_surface import GRID, SurfaceGrid, model_surface, published_surface
from fascia.clinical.paths import PostureOptions
from fascia.clinical.tolerance import NERVE_WEIGHT, NORM_SLR, Tolerance
from fascia.errors import ReadoutError
from fascia.network.laws import PASSIVE_GROUPS
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

MOMENT_SD = Parameter(
    3.0, "N m", THIS_WORK, "assumed", conditions="deviation of one moment of the surface"
)
LOG_SCALE_SD = Parameter(
    1.0,
    "1",
    THIS_WORK,
    "assumed",
    conditions="spread of the logarithm of a factor on a passive curve, before the fit",
)


def _fitted(value: float, group: str) -> Parameter:
    what = group.replace("_", " ")
    return Parameter(
        value,
        "1",
        "Riener1999",
        "fitted",
        conditions=f"passive curves of the {what}, fibre set 2023, network of the standard "
        "subject on, hip angle read as leg to trunk, pelvic fraction 0.3",
    )


PASSIVE_SCALE: Mapping[str, Parameter] = {
    group: _fitted(value, group)
    for group, value in {
        "hamstrings": 0.6567805,
        "gluteus_maximus": 0.6402490,
        "hip_flexors": 1.1580575,
        "adductors": 0.2971365,
        "quadriceps": 0.3754824,
        "gastrocnemii": 0.4868546,
        "one_joint_calf": 0.7034677,
        "dorsiflexors": 0.7709312,
    }.items()
}
"""Factor on the passive curves of each muscle group, from `calibrate_passive` [1]."""

DISCOMFORT_LIMIT = Parameter(
    468.876857678,
    "N",
    "Youdas2005",
    "assumed",
    conditions="discomfort of the standard subject at the recalled norm of the straight-leg raise",
)


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class PassiveFit(ShortRepr):
    """Factors on the passive curves fitted to the surface, and what the surface identifies.

    `jacobian` is the change of each moment, in units of its deviation, per change of the logarithm
    of a factor. The normal matrix of the data is jacobian.T @ jacobian, without the weak knowledge
    about the factors that enters the fit (`LOG_SCALE_SD`). An eigenvalue below that knowledge's, 1,
    marks a direction that the surface does not identify: there the assumption decides.
    """

    groups: tuple[str, ...]
    scale: Floats  # (groups,) [1]
    pelvic_share: float
    grid: SurfaceGrid
    difference: Floats  # (points,) moments of the network minus published [N m]
    jacobian: Floats  # (points, groups) [1]
    step: Floats  # (groups,) next Newton step of the logarithms: zero at the optimum

    @property
    def scales(self) -> dict[str, float]:
        """The factors by group [1]."""
        return dict(zip(self.groups, self.scale.tolist(), strict=True))

    @property
    def rms(self) -> dict[str, float]:
        """Root mean square difference of hip, knee and ankle [N m]."""
        parts = self.grid.by_joint(self.difference)
        return {joint: float(np.sqrt(np.mean(part**2))) for joint, part in parts.items()}

    @property
    def eigenvalues(self) -> Floats:
        """(groups,) eigenvalues of the normal matrix of the data, rising [1]."""
        return np.asarray(np.linalg.eigvalsh(self.jacobian.T @ self.jacobian), dtype=np.float64)

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue of the normal matrix of the data [1]."""
        values = self.eigenvalues
        return float(values[-1] / values[0])

    @property
    def ridge(self) -> dict[str, float]:
        """Direction of the smallest eigenvalue: part of each group's logarithm, length 1 [1]."""
        vector = np.linalg.eigh(self.jacobian.T @ self.jacobian)[1][:, 0]
        vector = vector * np.sign(vector[np.abs(vector).argmax()])
        return dict(zip(self.groups, vector.tolist(), strict=True))

    def as_text(self) -> str:
        """Factors, differences and the direction that the surface does not identify."""
        ridge, values = self.ridge, self.eigenvalues
        lines = [
            f"passive curves, hip as leg to trunk, pelvic fraction {self.pelvic_share:g}",
            f"  {'muscle group':20}{'factor':>8}{'ridge':>8}",
            *(f"  {g:20}{s:8.3f}{ridge[g]:8.2f}" for g, s in self.scales.items()),
            "  difference [N m]    " + ", ".join(f"{j} {v:.1f}" for j, v in self.rms.items()),
            "  eigenvalues         " + " ".join(f"{v:.3g}" for v in values),
            f"  condition number    {self.condition:.0f}",
        ]
        return "\n".join(lines)


def passive_fit(
    build: Callable[[Mapping[str, float]], TensionNetwork],
    scales: Mapping[str, float],
    *,
    pelvic_share: float = PostureOptions().pelvic_share,
    grid: SurfaceGrid = GRID,
) -> PassiveFit:
    """The fit at these factors, with its Jacobian by forward differences.

    ``build(scales)`` returns the network with these factors on the passive curves.
    """
    groups, log_scale = tuple(scales), np.log([*scales.values()])
    target, h = published_surface(grid), 1e-4

    def moments(log: Floats) -> Floats:
        network = build(dict(zip(groups, np.exp(log).tolist(), strict=True)))
        return model_surface(network, pelvic_share=pelvic_share, grid=grid)

    at = moments(log_scale)
    columns = [(moments(log_scale + e) - at) / h for e in h * np.eye(len(groups))]
    difference = at - target
    jacobian = np.column_stack(columns) / MOMENT_SD.si
    data = jacobian.T @ (difference / MOMENT_SD.si)
    prior = np.eye(len(groups)) / LOG_SCALE_SD.si**2
    # a moment is almost linear in the factor, so the second derivative by its logarithm is the
    # first; where that is negative it is left out, and the step leads downhill
    hessian = jacobian.T @ jacobian + prior + np.diag(np.maximum(data, 0.0))
    return PassiveFit(
        groups=groups,
        scale=np.exp(log_scale),
        pelvic_share=pelvic_share,
        grid=grid,
        difference=difference,
        jacobian=jacobian,
        step=np.asarray(-np.linalg.solve(hessian, data + prior @ log_scale), dtype=np.float64),
    )


def calibrate_passive(
    build: Callable[[Mapping[str, float]], TensionNetwork],
    *,
    groups: Sequence[str] = tuple(PASSIVE_GROUPS),
    pelvic_share: float = PostureOptions().pelvic_share,
    grid: SurfaceGrid = GRID,
    tolerance: float = 1e-6,
) -> PassiveFit:
    """Factors on the passive curves at which a network follows the published surface (S32).

    Least squares over the grid: every moment weighs 1/`MOMENT_SD`^2, and the logarithm of every
    factor is known to `LOG_SCALE_SD` around 0. Newton steps from factors of 1; deterministic. The
    network that ``build(scales)`` returns carries everything that is on in the tests afterwards, so
    the sum of muscles, nerve and fascia is the measured moment. Role: calibration.

    Parameters
    ----------
    groups : muscle groups of `PASSIVE_GROUPS` whose factor is fitted.
    pelvic_share : pelvic tilt per leg-to-trunk angle.
    tolerance : largest step of a logarithm at the end [1].

    Raises
    ------
    ReadoutError
        If the steps do not become small.
    """
    log_scale = np.zeros(len(groups))
    step = np.full(len(groups), np.inf)
    for _ in range(40):
        scales = dict(zip(groups, np.exp(log_scale).tolist(), strict=True))
        fit = passive_fit(build, scales, pelvic_share=pelvic_share, grid=grid)
        if np.abs(fit.step).max() < tolerance:
            return fit
        step = np.clip(fit.step, -0.5, 0.5)
        log_scale = log_scale + step
    raise ReadoutError(
        f"Expected factors on the passive curves after 40 steps, got a last step of "
        f"{np.abs(step).max():.2g}; fit fewer groups, or begin with a network nearer to the "
        "measured moments."
    )


def calibrate_tolerance(
    network: TensionNetwork,
    *,
    slr_deg: float = NORM_SLR.value,
    nerve_weight: float = NERVE_WEIGHT.value,
    fascia_weight: float = 0.0,
) -> Tolerance:
    """Tolerance with which the straight-leg raise of this network ends at ``slr_deg``."""
    unit = Tolerance(limit=1.0, nerve_weight=nerve_weight, fascia_weight=fascia_weight)
    examination = Examination(network, "slr")
    return replace(unit, limit=examination.discomfort(examination.at(np.radians(slr_deg)), unit))
