"""Gains with the least sway at each effort of a spine: the rule of the default gains.

Effort is the co-contraction, the smallest excitation of every muscle. For each effort the stretch
gain k_p and the time k_v / k_p are searched on a grid of steps for the least sway of all three
axes, among gains with which the spine is stable (`admissible`). Sway against effort is the front.
The default effort is the one at which sway equals a published value. Where none is published it is
the co-contraction of the preset.

No published row gives the standard deviation of an angle of trunk or head in quiet stance, so that
every preset has the gains of the front at its own co-contraction: trunk muscles those of the lumbar
spine, neck muscles those of the cervical spine, both at 0.005 (assumed). The same search on trunk
(at the measured 0.017), thoracolumbar and whole spine ends at the same point of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.neural.loops import homonymous
from panjabi.parameter import Parameter
from panjabi.results import Result, frame
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise
from panjabi.stability.sway_spectrum import NoisySystem, SpineSway, noisy_system, quiet_noise

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

WATCH_TIME = 20.0
"""Every root lies left of -1 / WATCH_TIME [s]: the rule of the verdict."""

GAIN_MARGIN = 1.25
"""Factor up and down on both gains at which no root may lie right of the axis; assumed."""

GAIN_STEP, TIME_STEP = math.sqrt(2.0), 2.0
"""Steps of the stretch gain and of k_v / k_p, as factors."""

EFFORTS = (0.002, 0.005, 0.01, 0.02, 0.05)
"""Smallest excitations of a front [1]."""


@dataclass(frozen=True, repr=False)
class SwayPoint(Result):
    """The gains with the least sway at one effort."""

    least: float  # smallest excitation of every muscle [1]
    stretch_gain: float  # [1]
    rate_gain: float  # [s]
    effort: float  # sum Fmax u^2 [N]
    sway: SpineSway


@dataclass(frozen=True, repr=False)
class SwayFront(Result):
    """Sway against effort of one spine."""

    spine: str
    points: tuple[SwayPoint, ...]  # from the least effort
    without: tuple[float, ...]  # efforts at which no gains are admissible [1]
    target: Parameter | None  # published sway in flexion-extension; None: there is none
    imposed: float  # co-contraction of the spine [1]

    @property
    def least(self) -> float:
        """The default effort [1]: where sway equals the target; else the imposed co-contraction.

        Interpolated in the logarithms. Outside the front it is the end that is nearer to the
        target, see `miss`.
        """
        if self.target is None:
            return self.imposed
        sway = np.log([p.sway.axes["FE"] for p in self.points])
        efforts = np.log([p.least for p in self.points])
        order = np.argsort(sway)
        return float(np.exp(np.interp(math.log(self.target.si), sway[order], efforts[order])))

    @property
    def miss(self) -> float:
        """Sway nearest to the target over the target [1]: 1 where the front reaches it."""
        if self.target is None:
            return math.nan
        ratio = [p.sway.axes["FE"] / self.target.si for p in self.points]
        return min(max(1.0, min(ratio)), max(ratio))

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each effort."""
        columns: dict[str, list[Any]] = {
            "least_excitation": [p.least for p in self.points],
            "effort_N": [p.effort for p in self.points],
            "stretch_gain": [p.stretch_gain for p in self.points],
            "rate_gain_s": [p.rate_gain for p in self.points],
        }
        for axis in ("FE", "LB", "AR"):
            columns[f"sway_{axis}_deg"] = [math.degrees(p.sway.axes[axis]) for p in self.points]
        return frame(columns, "least_excitation")


def trunk_sway() -> tuple[Parameter, Parameter]:
    """Standard deviation of the trunk's lean in quiet standing [deg]: the two readings of a row.

    Hodges et al. (2002, a row that is recalled) give a size of about 0.5 deg. As peak to peak or as
    the amplitude of a sine it has these standard deviations. It is of the trunk in space, and too
    coarse to set a default.
    """
    published = row("sway_trunk_stance")
    readings = {"peak to peak": 2.0 * math.sqrt(2.0), "amplitude": math.sqrt(2.0)}
    low, high = (
        Parameter(published.number / part, "deg", published.bib, "derived", f"{how} of a sine")
        for how, part in readings.items()
    )
    return low, high


def sway_front(
    spine: Spine,
    *,
    efforts: Sequence[float] = EFFORTS,
    start: tuple[float, float] = (0.28, 0.1),
    noise: SpineNoise | None = None,
    target: Parameter | None = None,
    name: str = "spine",
) -> SwayFront:
    """The front of effort against sway, with the best gains at each effort.

    Parameters
    ----------
    spine : its stretch reflexes are replaced by `homonymous` with the gains of the search.
    efforts : smallest excitations [1], rising.
    start : stretch gain [1] and time k_v / k_p [s] at the first effort; the next effort starts
        from the last optimum.
    noise : by default that of `quiet_noise`.
    target : sway in flexion-extension of the default; None where no row is published.

    Raises
    ------
    ConvergenceError
        If no effort has admissible gains.
    """
    noise = noise or quiet_noise(spine)
    points: list[SwayPoint] = []
    without: list[float] = []
    for least in efforts:
        found = _optimum(spine, least, start, noise)
        if found is None:
            without.append(least)
            continue
        points.append(found)
        start = found.stretch_gain, found.rate_gain / found.stretch_gain
    if not points:
        raise ConvergenceError(
            f"Expected an effort from {min(efforts):g} to {max(efforts):g} with gains that hold "
            "the spine, got none; give other efforts or another start."
        )
    imposed = float(np.max(spine.cocontraction))
    return SwayFront(name, tuple(points), tuple(without), target, imposed)


def with_gains(rest: Equilibrium, stretch_gain: float, rate_gain: float) -> Equilibrium:
    """The same equilibrium with other gains of its stretch reflexes, which are silent there.

    With neck muscles only their loop changes; that of trunk muscles keeps its gains.
    """
    model = rest.model
    assert model.muscles is not None
    loops = homonymous(model.muscles.muscles.groups)
    changed = [loop for loop in loops if loop.name == "neck"] or loops
    spine = model.with_reflexes(
        *(
            replace(loop, stretch_gain=stretch_gain, rate_gain=rate_gain)
            if loop in changed
            else loop
            for loop in loops
        )
    )
    state = spine.state_at(rest.q, compression=rest.state[model.slices["compression"]])
    state[spine.slices["afferent"]] = 0.0
    return Equilibrium(spine, rest.q, state, rest.residual, rest.iterations)


def admissible(system: Callable[[float], NoisySystem]) -> bool:
    """Whether all roots lie left of -1 / WATCH_TIME, and left of 0 at both ends of the margin.

    system : of a factor on both gains.
    """
    if system(1.0).small.count_right_of(-1.0 / WATCH_TIME):
        return False
    return all(system(f).small.count_right_of(0.0) == 0 for f in (GAIN_MARGIN, 1.0 / GAIN_MARGIN))


def _optimum(
    spine: Spine, least: float, start: tuple[float, float], noise: SpineNoise
) -> SwayPoint | None:
    """Descent over the grid from an admissible start; None if no gains nearby are admissible."""
    rest = equilibrium(spine.with_reflexes(), least=least)
    tried: dict[tuple[int, int], SpineSway] = {}
    passed: dict[tuple[int, int], bool] = {}

    def gains(at: tuple[int, int]) -> tuple[float, float]:
        stretch = start[0] * GAIN_STEP ** at[0]
        return stretch, stretch * start[1] * TIME_STEP ** at[1]

    def system(at: tuple[int, int], factor: float = 1.0) -> NoisySystem:
        stretch, rate = gains(at)
        return noisy_system(with_gains(rest, factor * stretch, factor * rate), noise)

    def sway(at: tuple[int, int]) -> float:
        if at not in tried:
            tried[at] = system(at).sway()
        return tried[at].total

    def ok(at: tuple[int, int]) -> bool:
        if at not in passed:
            passed[at] = admissible(lambda factor: system(at, factor))
        return passed[at]

    rings = sorted(
        ((i, j) for i in range(-1, 2) for j in range(-1, 2)), key=lambda at: sum(map(abs, at))
    )
    best = next((at for at in rings if ok(at)), None)
    while best is not None:
        i, j = best
        near = sorted([(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)], key=sway)
        better = next((at for at in near if sway(at) < sway(best) and ok(at)), None)
        if better is None:
            assert rest.model.muscles is not None
            effort = float(rest.model.muscles.muscles.max_force @ rest.model.excitation**2)
            return SwayPoint(least, *gains(best), effort, tried[best])
        best = better
    return None
