"""Fitting the law of each axis to published neutral zone and range of motion, by protocol.

Elastic half-width, stiffness at neutral, elastic-zone stiffness, branches and friction are fitted
together: a residual neutral zone depends on all of them and on the hold times, and a slope measured
in motion is that of the relaxed stiffness and the branches together. Friction carries the
residual zone, because the branches relax within the wait: what relaxes in a minute could not remain
after ten. The targets do not determine all unknowns. So every unknown except the elastic-zone
stiffness has a prior; the fit is the most probable set.

Friction is inferred from a neutral zone only where this zone was read, with its protocol. Levels
with a recalled zone have, relative to the moment of their test, the friction of the levels with a
read one. Their recalled zone is a prior of the elastic half-width and no target, so their residual
zone is a prediction. To write the packaged table again, run `python -m panjabi.passive.fitting`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.passive.directions import levels, region_of
from panjabi.passive.neutral_zone import residual_positions, slope_in_motion, split_loop
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test
from panjabi.passive.standard import AxisFit, assemble
from panjabi.passive.targets import FitTarget, target

RANGE_SD = 0.01  # relative; of a range of motion
READ_SD = 0.02  # relative; of a neutral zone with a published value
HALF_WIDTH_SD = 0.3  # of ln(elastic half-width / neutral zone), about 1
# With one branch a decade, stiffness rises by the stiffness of a branch per decade of rate. The
# prior is about the middle of our own band for this rise, 2 to 13 % of the secant stiffness.
BRANCH_SHARE = 0.05  # stiffness of a branch over the secant stiffness of the range, prior
BRANCH_SD = 0.7  # of its logarithm
LINEAR_READ_SD = 0.02  # of ln(relaxed stiffness at neutral / published value)
SLOPE_READ_SD = 0.16  # relative; of a slope in motion of one specimen: SD of the three of Gay
STIFFNESS_ASSUMED_SD = 0.5  # of either, if the value is assumed
# A stiffening law is less stiff at neutral than the secant of its range. Where the regions of one
# laboratory are stiffer than the units of another, this fraction of the secant is the limit of the
# relaxed stiffness.
MOST_OF_SECANT = 0.5
DIFFERENCE = 1e-4  # of the unknowns for a derivative, well above the rounding of a simulated test
RELAXED_SHARE = 0.4  # relaxed part of a slope in motion, prior
RELAXED_SD = 0.5  # of its logarithm


@dataclass(frozen=True)
class FrictionPrior:
    """Friction moment over the moment of the test of range, before a fit."""

    share: float  # [1]
    sd: float  # of its logarithm [1]


UNKNOWN = FrictionPrior(0.05, 0.7)  # where the neutral zone determines the friction; assumed


def friction_of_read_zones(fits: Mapping[str, AxisFit], axis: int) -> FrictionPrior:
    """Friction of the levels with a read neutral zone about an axis: geometric mean and spread.

    fits : by level, of the default set.
    """
    shares = [
        math.log(fits[level].friction / aim.moment)
        for level in levels()
        if zone_was_read(aim := target(level, axis))
    ]
    return FrictionPrior(math.exp(np.mean(shares)), float(np.std(shares, ddof=1)))


def zone_was_read(aim: FitTarget) -> bool:
    """Whether the neutral zone of a target has a published value; else it is recalled."""
    return aim.parameters["neutral_zone"].status == "measured"


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


def joint_fit(
    level: str,
    axis: int,
    source: str = "default",
    *,
    friction: FrictionPrior = UNKNOWN,
    aim: FitTarget | None = None,
) -> AxisFit:
    """Most probable law of an axis of a level.

    friction : prior; for a recalled neutral zone that of the levels with a read one.
    aim : in place of the published values of the source.

    Raises
    ------
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    targets = [target(level, i, source) for i in range(3)]
    aim = targets[axis] if aim is None else aim
    targets[axis] = aim
    start = elastic_fit(aim)
    fits = [elastic_fit(t) for t in targets]
    read = zone_was_read(aim)
    stiffness = aim.parameters["slope_in_motion" if aim.moving else "linear"]
    read_sd = SLOPE_READ_SD if aim.moving else LINEAR_READ_SD
    stiffness_sd = read_sd if stiffness.status == "measured" else STIFFNESS_ASSUMED_SD
    if stiffness.sd is not None:
        stiffness_sd = stiffness.sd / stiffness.value

    def fit_of(unknown: NDArray[np.float64]) -> AxisFit:
        minus, plus, onset, branch, linear, share = np.exp(unknown)
        return replace(
            start,
            linear=start.linear * linear,
            onset=aim.neutral_zone * onset,
            gain_minus=minus,
            gain_plus=plus,
            branch=branch * BRANCH_SHARE * aim.secant,
            friction=share * friction.share * aim.moment,
        )

    def misses(unknown: NDArray[np.float64]) -> list[float]:
        fits[axis] = fit_of(unknown)
        got = measures(targets, fits, axis)
        moved = 0.0 if got.slope is None else got.slope / aim.stiffness - 1.0
        return [
            (got.neutral_zone / aim.neutral_zone - 1.0) / READ_SD if read else 0.0,
            (got.range_minus / aim.range_minus - 1.0) / RANGE_SD,
            (got.range_plus / aim.range_plus - 1.0) / RANGE_SD,
            unknown[2] / HALF_WIDTH_SD,
            unknown[3] / BRANCH_SD,
            (moved if aim.moving else unknown[4]) / stiffness_sd,
            unknown[5] / friction.sd,
            unknown[4] / RELAXED_SD if aim.moving else 0.0,
        ]

    gain = _most_gain(aim)
    first = [min(math.log(g), gain - 0.1) for g in (start.gain_minus, start.gain_plus)]
    first += [0.1, 0.0, 0.0, 0.0]
    neutral_sd = 0.5 if aim.moving else stiffness_sd
    scale = [1.0, 1.0, HALF_WIDTH_SD, BRANCH_SD, neutral_sd, friction.sd]
    stiffest = math.log(MOST_OF_SECANT * aim.secant / start.linear)
    most = [gain, gain, np.inf, np.inf, stiffest, np.inf]
    solution = least_squares(
        misses, first, bounds=(-np.inf, most), x_scale=scale, xtol=1e-8, ftol=1e-10,
        method="dogbox", diff_step=DIFFERENCE,
    )  # fmt: skip
    if not solution.success:
        raise ConvergenceError(
            f"Expected a converged fit of {level}, axis {axis}, got: {solution.message} Check the "
            "targets of this axis."
        )
    return fit_of(solution.x)


def _most_gain(aim: FitTarget) -> float:
    """Logarithm of the largest ramp stiffness [N m/rad].

    A lumbar level is not stiffer in its elastic zone than segments were under large moments. The
    elastic half-width is common to both sides, so without this limit it could leave a short
    extension next to nothing to reach its moment in.
    """
    if aim.axis != 0 or region_of(aim.level) != "lumbar":
        return math.inf
    return math.log(row("fsu_mil_khi").parameter().si)


def _key(aim: FitTarget) -> tuple[object, ...]:
    """What decides on a fit: targets with equal keys have equal fits."""
    return (
        aim.axis, aim.neutral_zone, aim.range_minus, aim.range_plus, aim.moment, aim.stiffness,
        *(p.status for p in aim.parameters.values()),
    )  # fmt: skip


def table() -> str:
    """The packaged table of fitted laws as CSV text; takes some seconds."""
    lines = [
        "source,level,axis,linear_N_m_per_rad,onset_rad,width_rad,"
        "gain_minus_N_m_per_rad,gain_plus_N_m_per_rad,branch_N_m_per_rad,friction_N_m"
    ]
    aims = [
        (source, target(level, axis, source))
        for source in ("default", "WhitePanjabi1990")
        for level in levels()
        for axis in range(3)
    ]
    known: dict[tuple[object, ...], AxisFit] = {}  # levels with equal targets are fitted once
    priors: dict[int, FrictionPrior] = {}
    for read in (True, False):
        for source, aim in aims:
            if zone_was_read(aim) is read and _key(aim) not in known:
                prior = UNKNOWN if read else priors[aim.axis]
                known[_key(aim)] = joint_fit(aim.level, aim.axis, source, friction=prior)
        for axis in range(3):
            fits = {
                aim.level: known[_key(aim)]
                for source, aim in aims
                if source == "default" and aim.axis == axis and zone_was_read(aim)
            }
            priors[axis] = friction_of_read_zones(fits, axis)
    for source, aim in aims:
        values = ",".join(f"{v:.7g}" for v in astuple(known[_key(aim)]))
        lines.append(f"{source},{aim.level},{aim.axis},{values}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("data").joinpath("units.csv").write_text(table(), encoding="utf-8")
