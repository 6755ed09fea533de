"""The cost of stability: required stiffness over co-contraction or compression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import PALETTE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.recruitment.posture import SpineRecruitment

COSTS = {
    "co-contraction": "co-contraction of rectus and obliques [% MVC]",
    "compression": "compression of {level} [N]",
}


def plot_margin_sweep(
    sweeps: Mapping[str, Sequence[SpineRecruitment]],
    *,
    cost: str = "co-contraction",
    level: str = "L4-L5",
    measured: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Margin of the thorax over the cost of the forces of least effort, a line for each sweep.

    Effort always increases with the margin. Co-contraction and compression are not minimised, so a
    line may turn back where other muscles become active.

    Parameters
    ----------
    sweeps : label -> recruitments over rising margins (`panjabi.recruitment.sweep_margin`).
    cost : co-contraction or compression.
    measured : label -> (cost, spread), plotted as a band.

    Raises
    ------
    UnknownNameError
        For any other cost.
    ParameterError
        If a sweep is empty.
    """
    if cost not in COSTS:
        raise unknown("cost of stability", cost, COSTS)
    ax = new_axis(ax)
    for i, (label, spread) in enumerate((measured or {}).items()):
        colour = PALETTE[i % len(PALETTE)]
        ax.axvspan(spread[0] - spread[1], spread[0] + spread[1], color=colour, alpha=0.12, lw=0)
        ax.axvline(spread[0], color=colour, ls=":", lw=0.8, label=label)
    for i, (label, points) in enumerate(sweeps.items()):
        if not points:
            raise ParameterError(
                f"Expected at least one recruitment in the sweep {label!r}, got none; start the "
                "sweep from a feasible margin."
            )
        x = [
            100.0 * p.coactivation if cost == "co-contraction" else p.compression[level]
            for p in points
        ]
        y = [p.required.margin_stiffness for p in points]
        ax.plot(x, y, ".-", color=PALETTE[i % len(PALETTE)], label=label)
    ax.set(xlabel=COSTS[cost].format(level=level), ylabel="margin of the thorax [N m/rad]")
    ax.axhline(0.0, color="0.4", lw=0.5)
    ax.legend(loc="best")
    return ax
