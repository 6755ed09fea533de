"""Anterior shear of C6-C7 as a law on one axis, with the hysteresis of the unit in flexion.

The elastic law has the form of a unit's axis: a stiffness at neutral and a ramp. It is fitted to
the published curve at 1 mm/s. Branches and friction are those of C6-C7 in flexion-extension in
relative size: branch stiffness over the secant stiffness of the test, friction moment over the
stiffness at neutral times the onset. So the effect of the rate is a prediction.

Forces are newtons and displacements metres in the place of N m and rad; forward is positive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi._caching import cached
from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.protocol import driven_test
from panjabi.passive.standard import FRICTION_SHARES, WIDTH, YIELDS, unit
from panjabi.passive.terms import Structure, linear, ramp
from panjabi.results import ShortRepr

Array = NDArray[np.float64]

LEVEL = "C6-C7"
PEAK = 200.0  # of the tests [N]
SLOW = 1e-3  # rate of the calibrated test [m/s]
_FORCES = (20.0, 50.0, 100.0, 150.0)  # at which the displacement was read [N]
_FAR = 4e-3  # a displacement beyond the tests [m]


@dataclass(frozen=True, repr=False)
class ShearPhases(ShortRepr):
    """The two lines that fit a shear test best, which meet at the breakpoint."""

    first: float  # stiffness [N/m]
    second: float  # stiffness [N/m]
    breakpoint: float  # [m]


def shear_unit(neutral: float, gain: float, onset: float) -> FunctionalSpinalUnit:
    """A law of anterior shear: stiffness at neutral and of the ramp [N/m], onset [m]."""
    whole = unit(LEVEL)
    of, stiffness = whole.hysteresis, whole.stiffness_at_neutral(0)
    terms = (linear(0, neutral), ramp(0, 1, gain, onset=onset, width=WIDTH * onset))
    parts = (Structure("shear", terms, "joint"),)
    elastic = FunctionalSpinalUnit(LEVEL, parts)
    ratio = PEAK / elastic.angle_under(0, PEAK) * whole.range_at("flexion") / whole.test_moment[0]
    branches = tuple(ratio * k for k in of.stiffness[0])
    flexion = sum(k * y for k, y in zip(of.friction[0], of.yields[0], strict=True))
    zone = of.yields[0][0] / YIELDS[0]
    friction = flexion / (stiffness * zone) * neutral * onset
    yields = tuple(y * onset for y in YIELDS)
    stuck = tuple(s * friction / y for s, y in zip(FRICTION_SHARES, yields, strict=True))
    none = tuple(0.0 for _ in YIELDS)
    hysteresis = Hysteresis(
        of.times, (branches, *[(0.0,) * len(of.times)] * 2), (0.0, 0.0, 0.0),
        (stuck, none, none), (yields, yields, yields), of.exponent,
        of.rate / zone * onset,
    )  # fmt: skip
    return FunctionalSpinalUnit(LEVEL, parts, hysteresis=hysteresis, source="anterior shear")


@cached
def fitted_shear() -> FunctionalSpinalUnit:
    """The law of anterior shear fitted to the test at 1 mm/s.

    Raises
    ------
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    ids = ["c67_k1_Ant1", "c67_k2_Ant1", "c67_bp_Ant1", *(f"c67_x{f:g}_Ant" for f in _FORCES)]
    means = np.array([row(id).parameter().si for id in ids])
    errors = np.array([(row(id).sd or 0.0) / np.sqrt(39.0) for id in ids])
    errors *= means / np.array([row(id).number for id in ids])

    def misses(unknown: Array) -> Array:
        law = shear_unit(*np.exp(unknown))
        phases = shear_phases(law, SLOW)
        x, force = shear_curve(law, SLOW)
        read = np.interp(_FORCES, force, x)
        return (np.array([phases.first, phases.second, phases.breakpoint, *read]) - means) / errors

    solution = least_squares(misses, np.log([60e3, 130e3, 0.5e-3]), xtol=1e-10)
    if not solution.success:
        raise ConvergenceError(
            f"Expected a converged fit of anterior shear, got: {solution.message} Check its rows."
        )
    return shear_unit(*np.exp(solution.x))


def shear_curve(law: FunctionalSpinalUnit, rate: float) -> tuple[Array, Array]:
    """Displacement [m] and force [N] of a test at a constant rate [m/s] up to the peak force."""
    test = driven_test(law, 0, rate=rate, reach=_FAR, samples=2000)
    end = int(np.searchsorted(test.moment, PEAK)) + 1
    return np.append(0.0, test.angle[:end]), np.append(0.0, test.moment[:end])


def shear_phases(law: FunctionalSpinalUnit, rate: float) -> ShearPhases:
    """Stiffness of the two phases and their breakpoint, by the best two lines that meet."""
    x, force = shear_curve(law, rate)

    def lines(at: float) -> tuple[float, list[float]]:
        basis = np.stack([np.ones_like(x), x, np.maximum(x - at, 0.0)], axis=1)
        found, *_ = np.linalg.lstsq(basis, force, rcond=None)
        return float(np.sum((basis @ found - force) ** 2)), found.tolist()

    from scipy.optimize import fminbound

    ends = 0.05 * x[-1], 0.95 * x[-1]
    best = float(fminbound(lambda at: lines(at)[0], *ends, xtol=1e-9))  # type: ignore[arg-type]
    _, (_, first, bend) = lines(best)
    return ShearPhases(first, first + bend, best)
