"""Fitting the law of each axis to published neutral zone and range of motion, by protocol.

Elastic half-width, stiffness at neutral, elastic-zone stiffness and hysteresis are fitted jointly
and once: a residual neutral zone is a matter of all of them and of the holds. The targets leave
some freedom, so every unknown but the elastic-zone stiffness has a prior, and so has a recalled
target: the fit is the most probable set. Write the packaged table again with
`python -m panjabi.passive.fitting`.
"""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError
from panjabi.passive.directions import levels
from panjabi.passive.neutral_zone import residual_positions
from panjabi.passive.protocol import Protocol, laboratory_test
from panjabi.passive.standard import AxisFit, assemble
from panjabi.passive.targets import Target, target

RANGE_SD = 0.01  # relative; how closely the fit must meet a range of motion
READ_SD = 0.02  # relative; the same for a neutral zone that was read
RECALLED_SD = 0.3  # relative; for a recalled one, a prior
HALF_WIDTH_SD = 0.3  # of ln(elastic half-width / neutral zone), about 1
BRANCH_SD = 0.7  # of ln(branch stiffness / stiffness at neutral), about 1
LINEAR_READ_SD = 0.02  # of ln(stiffness at neutral / the figure read)
LINEAR_ASSUMED_SD = 0.5  # the same where the figure is assumed


def elastic_fit(aim: Target) -> AxisFit:
    """Without hysteresis, in closed form: where the joint fit starts from."""
    minus, plus = _elastic_gain(aim, aim.range_minus), _elastic_gain(aim, aim.range_plus)
    return AxisFit(aim.linear, aim.neutral_zone, aim.width, minus, plus, 0.0)


def _elastic_gain(aim: Target, reach: float) -> float:
    """Ramp stiffness [N m/rad] with which the elastic law alone holds the moment at `reach`."""

    def ramp(y: float) -> float:
        return 0.5 * (y + math.hypot(y, aim.width))

    forward = ramp(reach - aim.neutral_zone)
    backward = ramp(-reach - aim.neutral_zone)
    return max((aim.moment - aim.linear * reach) / (forward - backward), 1e-3 * aim.linear)


def measures(targets: list[Target], fits: list[AxisFit], axis: int) -> tuple[float, float, float]:
    """Residual neutral zone and range to either side [rad] that a fit gives, by protocol."""
    built = assemble(targets[axis].level, "default", targets, fits)
    protocol = Protocol()
    found = residual_positions(laboratory_test(built, axis, protocol), protocol.cycles)
    return found.half_width, found.range_minus, found.range_plus


def joint_fit(level: str, axis: int, source: str = "default") -> AxisFit:
    """Most probable law of one axis of one level.

    Raises
    ------
    ConvergenceError
        If the search ends without a solution.
    """
    from scipy.optimize import least_squares

    targets = [target(level, i, source) for i in range(3)]
    aim = targets[axis]
    start = elastic_fit(aim)
    fits = [elastic_fit(t) for t in targets]
    zone_sd = READ_SD if aim.parameters["neutral_zone"].status == "measured" else RECALLED_SD
    read = aim.parameters["linear"].status == "measured"
    linear_sd = LINEAR_READ_SD if read else LINEAR_ASSUMED_SD

    def fit_of(unknown: NDArray[np.float64]) -> AxisFit:
        minus, plus, onset, branch, linear = np.exp(unknown)
        return replace(
            start,
            linear=aim.linear * linear,
            onset=aim.neutral_zone * onset,
            gain_minus=minus,
            gain_plus=plus,
            branch=branch * linear * aim.linear,
        )

    def misses(unknown: NDArray[np.float64]) -> list[float]:
        fits[axis] = fit_of(unknown)
        zone, minus, plus = measures(targets, fits, axis)
        return [
            (zone / aim.neutral_zone - 1.0) / zone_sd,
            (minus / aim.range_minus - 1.0) / RANGE_SD,
            (plus / aim.range_plus - 1.0) / RANGE_SD,
            unknown[2] / HALF_WIDTH_SD,
            unknown[3] / BRANCH_SD,
            unknown[4] / linear_sd,
        ]

    first = [math.log(start.gain_minus), math.log(start.gain_plus), 0.1, 0.0, 0.0]
    scale = [1.0, 1.0, HALF_WIDTH_SD, BRANCH_SD, linear_sd]
    found = least_squares(misses, first, x_scale=scale, xtol=1e-10, ftol=1e-12)
    if not found.success:
        raise ConvergenceError(f"the fit of {level}, axis {axis} ended with: {found.message}")
    return fit_of(found.x)


def table() -> str:
    """The packaged table of fitted laws as CSV text; takes some seconds."""
    lines = [
        "source,level,axis,linear_N_m_per_rad,onset_rad,width_rad,"
        "gain_minus_N_m_per_rad,gain_plus_N_m_per_rad,branch_N_m_per_rad"
    ]
    known: dict[tuple[object, ...], AxisFit] = {}  # levels with equal targets are fitted once
    for source in ("default", "WhitePanjabi1990"):
        for level in levels():
            for axis in range(3):
                aim = target(level, axis, source)
                key = (axis, aim.neutral_zone, aim.range_minus, aim.range_plus, aim.moment,
                       aim.linear, aim.parameters["neutral_zone"].status)  # fmt: skip
                if key not in known:
                    known[key] = joint_fit(level, axis, source)
                values = ",".join(f"{v:.7g}" for v in astuple(known[key]))
                lines.append(f"{source},{level},{axis},{values}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("data").joinpath("units.csv").write_text(table(), encoding="utf-8")
