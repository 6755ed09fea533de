"""Parameters of a model from a measured frequency response, and what the data leave open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from panjabi.delay.roots.family import Family
from panjabi.delay.roots.measured import MeasuredResponse
from panjabi.delay.roots.response import transfer, transfer_rates
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.delay.roots.system import Complexes, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import ShortRepr

POSITIVE = ("inertia", "damping", "delay", "filter_time")
"""Parameters that a fit keeps at zero or above, by the last part of their name."""

BLIND = 1e-8
"""Singular value, as a fraction of the largest, below which a direction is not identified."""

WEAK = 0.3
"""Standard error along a direction, relative to the parameters, above which it is weak."""


@dataclass(frozen=True, eq=False, repr=False)
class Identification(ShortRepr):
    """Fitted parameters, their covariance, and the directions that the data leave open."""

    names: tuple[str, ...]
    values: Floats  # (p,) SI
    covariance: Floats  # (p, p); infinite variances along open directions
    singular_values: Floats  # (p,) of the weighted Jacobian, relative to the parameters
    open_directions: tuple[dict[str, float], ...]  # parameter -> component: not identifiable
    weak_directions: tuple[dict[str, float], ...]  # identified poorly by these data
    vaf: float  # variance accounted for, 1 - |misfit|^2 / |data|^2
    reduced_chi2: float  # about 1 for right variances; nan without variances
    iterations: int
    rightmost_root: complex  # of the fitted system [1/s]
    measured: MeasuredResponse = field(repr=False)
    fitted: Complexes = field(repr=False)  # (k,)
    system: LinearDelaySystem = field(repr=False)

    @property
    def sd(self) -> dict[str, float]:
        """Standard error of every parameter; infinite where it is not identified."""
        return dict(zip(self.names, np.sqrt(np.diag(self.covariance)).tolist(), strict=True))

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of a parameter from the linearised fit (Student's t)."""
        from scipy.stats import t

        if not 0.0 < level < 1.0 or name not in self.names:
            raise ParameterError(
                f"Expected one of {self.names} and a level between 0 and 1, got {name!r} and "
                f"level {level!r}; give 0.95, for example."
            )
        k = self.names.index(name)
        free = 2 * len(self.measured.values) - len(self.names)
        half = float(t.ppf(0.5 + 0.5 * level, free)) * self.sd[name]
        return float(self.values[k]) - half, float(self.values[k]) + half


def identify(
    family: Family,
    start: dict[str, float] | Floats,
    measured: MeasuredResponse,
    *,
    input: str | int = 0,
    output: str | int = 0,
) -> Identification:
    """Weighted complex least squares of a family's response to a measured one.

    Residuals are weighted by the measured variance; without one, by the size of the response, and
    their scatter then sets the errors. The Jacobian is exact.

    Raises
    ------
    ParameterError
        For a start without one of the parameters, or fewer data than parameters.
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    x0 = _start(family, start)
    k, p = len(measured.values), len(x0)
    if 2 * k <= p:
        raise ParameterError(
            f"Expected more than {p / 2:g} complex values for {p} parameters, got {k}; measure "
            "more frequencies or fix parameters."
        )
    i, o = _indices(family.system(x0), input, output)
    s = 2j * np.pi * measured.frequency_hz
    known = measured.variance is not None
    spread = np.abs(measured.values)
    if measured.variance is not None:
        spread = np.sqrt(0.5 * measured.variance)
    size = np.where(x0 == 0.0, 1.0, np.abs(x0))

    def misfit(z: Floats) -> Floats:
        gap = (transfer(family.system(z * size), s, i, o) - measured.values) / spread
        return np.concatenate([gap.real, gap.imag])

    def slope(z: Floats) -> Floats:
        rates = transfer_rates(family, z * size, s, i, o) * size / spread[:, None]
        return np.concatenate([rates.real, rates.imag])

    low = [0.0 if n.rpartition(".")[2] in POSITIVE else -np.inf for n in family.names]
    fit = least_squares(
        misfit, x0 / size, jac=cast(Any, slope), bounds=(low, np.inf), x_scale="jac",
        xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=400,
    )  # fmt: skip
    if fit.status <= 0:
        raise ConvergenceError(
            f"Expected a fit of {measured.name!r} that converges, got a misfit of "
            f"{2 * fit.cost:.4g} after {fit.nfev} steps; start nearer, or fix parameters that "
            "the data do not determine."
        )
    x = fit.x * size
    magnitude = np.where(np.abs(x) > 1e-6 * size, np.abs(x), size)
    J = slope(fit.x) * magnitude / size
    chi2 = float(2.0 * fit.cost) / (2 * k - p)
    covariance, strengths, opened, weak = _covariance(J, 1.0 if known else chi2, family.names)
    system = family.system(x)
    H = transfer(system, s, i, o)
    misfit2 = float(np.sum(np.abs(H - measured.values) ** 2))
    return Identification(
        names=tuple(family.names),
        values=x,
        covariance=covariance * np.outer(magnitude, magnitude),
        singular_values=strengths,
        open_directions=opened,
        weak_directions=weak,
        vaf=1.0 - misfit2 / float(np.sum(np.abs(measured.values) ** 2)),
        reduced_chi2=chi2 if known else np.nan,
        iterations=int(fit.nfev),
        rightmost_root=characteristic_roots(system, count=2).rightmost,
        measured=measured,
        fitted=H,
        system=system,
    )


Directions = tuple[dict[str, float], ...]


def _covariance(
    J: Floats, scatter: float, names: tuple[str, ...]
) -> tuple[Floats, Floats, Directions, Directions]:
    _, strengths, Vt = np.linalg.svd(J, full_matrices=False)
    identified = strengths > BLIND * strengths[0]
    V = Vt[identified].T / strengths[identified]
    covariance = scatter * V @ V.T
    opened = tuple(_direction(row, names) for row in Vt[~identified])
    for row in Vt[~identified]:
        touched = np.abs(row) > 1e-6
        covariance[np.ix_(touched, touched)] = np.inf
    weak = tuple(
        _direction(row, names)
        for row, strength in zip(Vt[identified], strengths[identified], strict=True)
        if np.sqrt(scatter) > WEAK * strength
    )
    return covariance, strengths, opened, weak


def _direction(row: Floats, names: tuple[str, ...]) -> dict[str, float]:
    """Components of a direction by parameter, largest first, without those below 0.01."""
    order = np.argsort(-np.abs(row))
    return {names[i]: float(row[i]) for i in order if abs(row[i]) > 0.01}


def _start(family: Family, start: dict[str, float] | Floats) -> Floats:
    if isinstance(start, dict):
        if set(start) != set(family.names):
            raise ParameterError(
                f"Expected a start value for each of {list(family.names)} and nothing else, got "
                f"values for {sorted(start)}; complete the start."
            )
        start = np.array([start[name] for name in family.names])
    x = np.array(start, float)
    if x.shape != (len(family.names),) or not np.isfinite(x).all():
        raise ParameterError(
            f"Expected one finite start value for each of {family.names}, got {start!r}; give "
            "your best guess of each parameter."
        )
    return x


def _indices(system: LinearDelaySystem, input: str | int, output: str | int) -> tuple[int, int]:
    return system.index("input", input), system.index("output", output)
