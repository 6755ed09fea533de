"""Moment over angle of one level, with neutral zone, elastic zone and range of motion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import BLUE, ELASTIC_ZONE, NEUTRAL_ZONE, PALETTE, new_axis, shade_beyond

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.passive.measured import MeasuredNeutralZone
    from panjabi.passive.neutral_zone import NeutralZone, NeutralZoneTest

ENDS = (("flexion", "extension"), ("left", "right"), ("right", "left"))
"""Directions of the negative and the positive side of each axis."""


def plot_moment_angle(
    test: NeutralZoneTest, *, estimator: str = "residual", ax: Axes | None = None
) -> Axes:
    """The last load cycle of a laboratory test, with shaded zones and their sizes.

    Raises
    ------
    UnknownNameError
        If the test has no estimate of that name.
    """
    zone = _zone(test, estimator)
    ax = new_axis(ax, height=2.9)
    low, high = np.degrees([test.residual.end_minus, test.residual.end_plus])
    inner = np.degrees([zone.lower, zone.upper])
    ax.axvspan(low, high, color=ELASTIC_ZONE, lw=0, label="elastic zone")
    ax.axvspan(*inner, color=NEUTRAL_ZONE, lw=0, label=f"neutral zone ({_words(estimator)})")
    angle, moment = _last_cycle(test)
    ax.plot(angle, moment, color=BLUE, label="model, continuous cycle")
    top = 1.08 * float(np.abs(moment).max())
    for a, b, text in ((*inner, "NZ"), (inner[1], high, "EZ"), (low, inner[0], "EZ")):
        _measure(ax, a, b, top, text)
    _measure(ax, low, high, 1.3 * top, f"range of motion {high - low:.1f}°")
    ax.axhline(0.0, color="0.4", lw=0.5)
    ax.set_ylim(-top, 1.55 * top)
    tested = test.unit.evidence.moment
    if tested.beyond(float(np.abs(moment).max())):
        shade_beyond(ax, tested, vertical=False)
    minus, plus = ENDS[test.axis]
    ax.set(
        xlabel=f"← {minus}   angle of {test.unit.level} [°]   {plus} →",
        ylabel="moment [N m]",
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    return ax


def plot_measured(
    result: MeasuredNeutralZone, *, estimator: str | None = None, ax: Axes | None = None
) -> Axes:
    """A laboratory record, the law fitted to its last loop, and an estimate of the neutral zone.

    estimator : by default the first in `ESTIMATORS` that the record allows.

    Raises
    ------
    UnknownNameError
        If the record has no estimate of that name.
    """
    ax = new_axis(ax, height=2.9)
    name = next(iter(result.zones), None) if estimator is None else estimator
    if name is not None:
        zone = _zone(result, name)
        inner = np.degrees([zone.lower, zone.upper])
        ax.axvspan(*inner, color=NEUTRAL_ZONE, lw=0, label=f"neutral zone ({_words(name)})")
    record = result.measurement
    ax.plot(np.degrees(record.angle), record.moment, ".", color="0.55", ms=2.5, label="measured")
    for side, (moment, angle) in ((1, record.loop.rising), (-1, record.loop.falling)):
        if moment.size:
            at = np.linspace(angle.min(), angle.max(), 200)
            label = f"fitted law, r² = {result.fit.r_squared:.3f}"
            ax.plot(np.degrees(at), result.fit.moment(at, branch=side), color=BLUE, label=label)
    ax.axhline(0.0, color="0.4", lw=0.5)
    ax.set(xlabel="angle [°]", ylabel="moment [N m]")
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    ax.legend(
        handles.values(), handles.keys(), loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2
    )
    return ax


def plot_injured(
    tests: Mapping[str, NeutralZoneTest], *, estimator: str = "residual", ax: Axes | None = None
) -> Axes:
    """Load cycles of one level in several states, intact first; bars are the neutral zones.

    Raises
    ------
    ParameterError
        If there is no test, or the tests have different axes.
    """
    if not tests or len({test.axis for test in tests.values()}) != 1:
        raise ParameterError(
            "Expected at least one test, all about one axis, got "
            f"{len(tests)} tests about {len({t.axis for t in tests.values()})} axes; test all "
            "states about the same axis."
        )
    ax = new_axis(ax, height=2.9)
    first = next(iter(tests.values()))
    top = max(float(np.abs(test.continuous.moment).max()) for test in tests.values())
    for i, (label, test) in enumerate(tests.items()):
        colour = PALETTE[i % len(PALETTE)]
        zone = _zone(test, estimator)
        ax.plot(*_last_cycle(test), color=colour, label=label)
        height = -top * (1.15 + 0.12 * i)
        ends = np.degrees([zone.lower, zone.upper])
        ax.plot(ends, [height, height], color=colour, lw=3.0, solid_capstyle="butt")
    ax.axhline(0.0, color="0.4", lw=0.5)
    ax.set_ylim(-top * (1.25 + 0.12 * len(tests)), 1.1 * top)
    minus, plus = ENDS[first.axis]
    ax.set(
        xlabel=f"← {minus}   angle of {first.unit.level} [°]   {plus} →",
        ylabel=f"moment [N m]\n(bars: neutral zone, {_words(estimator)})",
    )
    ax.legend(loc="upper left")
    return ax


def _last_cycle(test: NeutralZoneTest) -> tuple[np.ndarray, np.ndarray]:
    recording = test.continuous
    last = recording.cycle(3)
    return np.degrees(recording.angle[last]), recording.moment[last]


def _zone(test: NeutralZoneTest | MeasuredNeutralZone, estimator: str) -> NeutralZone:
    if estimator not in test.zones:
        raise unknown("estimate of this test", estimator, test.zones)
    return test.zones[estimator]


def _words(estimator: str) -> str:
    return estimator.replace("_", " ")


def _measure(ax: Axes, a: float, b: float, height: float, text: str) -> None:
    arrow = {"arrowstyle": "<->", "lw": 0.6, "shrinkA": 0.0, "shrinkB": 0.0}
    ax.annotate("", (a, height), (b, height), arrowprops=arrow)
    ax.text(0.5 * (a + b), 1.02 * height, text, ha="center", va="bottom", fontsize="small")
