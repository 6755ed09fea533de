"""Fitting the law of each axis to published neutral zone and range of motion, by protocol.

Elastic half-width, stiffness at neutral, elastic-zone stiffness, branches and friction are fitted
together: a residual neutral zone depends on all of them and on the hold times, and a slope measured
in motion is that of the relaxed stiffness and the branches together. Friction carries the
residual zone, because the branches relax within the wait: what relaxes in a minute could not remain
after ten. The targets do not determine all
unknowns. So every unknown except the elastic-zone stiffness has a prior, and so has a recalled
target; the fit is the most probable set. To write the packaged table again, run
`python -m panjabi.passive.fitting`.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError
from panjabi.passive.directions import levels
from panjabi.passive.neutral_zone import residual_positions, slope_in_motion, split_loop
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test
from panjabi.passive.standard import AxisFit, assemble
from panjabi.passive.targets import FitTarget, target

RANGE_SD = 0.01  # relative; of a range of motion
READ_SD = 0.02  # relative; of a neutral zone with a published value
RECALLED_SD = 0.3  # relative; of a recalled neutral zone, a prior
HALF_WIDTH_SD = 0.3  # of ln(elastic half-width / neutral zone), about 1
# With one branch a decade, stiffness rises by the stiffness of a branch per decade of rate. The
# prior is about the middle of our own band for this rise, 2 to 13 % of the secant stiffness.
BRANCH_SHARE = 0.05  # stiffness of a branch over the secant stiffness of the range, prior
BRANCH_SD = 0.7  # of its logarithm
FRICTION_SHARE = 0.05  # friction moment over the moment of the test, prior
FRICTION_SD = 0.7  # of its logarithm
LINEAR_READ_SD = 0.02  # of ln(relaxed stiffness at neutral / published value)
SLOPE_READ_SD = 0.05  # relative; of a slope in motion, published for one specimen
STIFFNESS_ASSUMED_SD = 0.5  # of either, if the value is assumed
# A stiffening law is less stiff at neutral than the secant of its range. Where the regions of one
# laboratory are stiffer than the units of another, this fraction of the secant is the limit of the
# relaxed stiffness.
MOST_OF_SECANT = 0.5
RELAXED_SHARE = 0.4  # relaxed part of a slope in motion, prior
RELAXED_SD = 0.5  # of its logarithm


def elastic_fit(aim: FitTarget) -> AxisFit:
    """Fit without hysteresis in closed form, the start of the joint fit."""
    relaxed = RELAXED_SHARE * aim.stiffness if aim.moving else aim.stiffness
    relaxed = min(relaxed, 0.9 * MOST_OF_SECANT * aim.secant)
    minus, plus = (_elastic_gain(aim, relaxed, r) for r in (aim.range_minus, aim.range_plus))
    return AxisFit(relaxed, aim.neutral_zone, aim.width, minus, plus, 0.0, 0.0)


def _elastic_gain(aim: FitTarget, relaxed: float, reach: float) -> float:
    """Ramp stiffness [N m/rad] with which the elastic law has the target moment at `reach`."""

    def ramp(y: float) -> float:
        return 0.5 * (y + math.hypot(y, aim.width))

    forward = ramp(reach - aim.neutral_zone)
    backward = ramp(-reach - aim.neutral_zone)
    return max((aim.moment - relaxed * reach) / (forward - backward), 1e-3 * relaxed)


@dataclass(frozen=True)
class Measures:
    """Results of a fitted law in the laboratory tests; angles [rad]."""

    neutral_zone: float  # residual, one-sided
    range_minus: float
    range_plus: float
    slope: float | None  # in motion [N m/rad]; None if it is not a target


def measures(targets: list[FitTarget], fits: list[AxisFit], axis: int) -> Measures:
    """Results of the stepped protocol, and of a slow loop if stiffness was measured in motion."""
    built = assemble(targets[axis].level, "default", targets, fits)
    protocol = Protocol()
    positions = residual_positions(laboratory_test(built, axis, protocol), protocol.cycles)
    slope = None
    if targets[axis].moving:
        loop = cyclic_test(built, axis)
        slope = slope_in_motion(split_loop(loop.moment, loop.angle))
    return Measures(positions.half_width, positions.range_minus, positions.range_plus, slope)


def joint_fit(level: str, axis: int, source: str = "default") -> AxisFit:
    """Most probable law of an axis of a level.

    Raises
    ------
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    targets = [target(level, i, source) for i in range(3)]
    aim = targets[axis]
    start = elastic_fit(aim)
    fits = [elastic_fit(t) for t in targets]
    zone_sd = READ_SD if aim.parameters["neutral_zone"].status == "measured" else RECALLED_SD
    stiffness = aim.parameters["slope_in_motion" if aim.moving else "linear"]
    read_sd = SLOPE_READ_SD if aim.moving else LINEAR_READ_SD
    stiffness_sd = read_sd if stiffness.status == "measured" else STIFFNESS_ASSUMED_SD
    if stiffness.sd is not None:
        stiffness_sd = stiffness.sd / stiffness.value

    def fit_of(unknown: NDArray[np.float64]) -> AxisFit:
        minus, plus, onset, branch, linear, friction = np.exp(unknown)
        return replace(
            start,
            linear=start.linear * linear,
            onset=aim.neutral_zone * onset,
            gain_minus=minus,
            gain_plus=plus,
            branch=branch * BRANCH_SHARE * aim.secant,
            friction=friction * FRICTION_SHARE * aim.moment,
        )

    def misses(unknown: NDArray[np.float64]) -> list[float]:
        fits[axis] = fit_of(unknown)
        got = measures(targets, fits, axis)
        moved = 0.0 if got.slope is None else got.slope / aim.stiffness - 1.0
        return [
            (got.neutral_zone / aim.neutral_zone - 1.0) / zone_sd,
            (got.range_minus / aim.range_minus - 1.0) / RANGE_SD,
            (got.range_plus / aim.range_plus - 1.0) / RANGE_SD,
            unknown[2] / HALF_WIDTH_SD,
            unknown[3] / BRANCH_SD,
            (moved if aim.moving else unknown[4]) / stiffness_sd,
            unknown[5] / FRICTION_SD,
            unknown[4] / RELAXED_SD if aim.moving else 0.0,
        ]

    first = [math.log(start.gain_minus), math.log(start.gain_plus), 0.1, 0.0, 0.0, 0.0]
    neutral_sd = 0.5 if aim.moving else stiffness_sd
    scale = [1.0, 1.0, HALF_WIDTH_SD, BRANCH_SD, neutral_sd, FRICTION_SD]
    most = [*[np.inf] * 4, math.log(MOST_OF_SECANT * aim.secant / start.linear), np.inf]
    solution = least_squares(
        misses, first, bounds=(-np.inf, most), x_scale=scale, xtol=1e-10, ftol=1e-12
    )
    if not solution.success:
        raise ConvergenceError(
            f"Expected a converged fit of {level}, axis {axis}, got: {solution.message} Check the "
            "targets of this axis."
        )
    return fit_of(solution.x)


def table() -> str:
    """The packaged table of fitted laws as CSV text; takes some seconds."""
    lines = [
        "source,level,axis,linear_N_m_per_rad,onset_rad,width_rad,"
        "gain_minus_N_m_per_rad,gain_plus_N_m_per_rad,branch_N_m_per_rad,friction_N_m"
    ]
    known: dict[tuple[object, ...], AxisFit] = {}  # levels with equal targets are fitted once
    for source in ("default", "WhitePanjabi1990"):
        for level in levels():
            for axis in range(3):
                aim = target(level, axis, source)
                key = (axis, aim.neutral_zone, aim.range_minus, aim.range_plus, aim.moment,
                       aim.stiffness, *(p.status for p in aim.parameters.values()))  # fmt: skip
                if key not in known:
                    known[key] = joint_fit(level, axis, source)
                values = ",".join(f"{v:.7g}" for v in astuple(known[key]))
                lines.append(f"{source},{level},{axis},{values}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("data").joinpath("units.csv").write_text(table(), encoding="utf-8")
