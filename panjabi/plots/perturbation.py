"""Response to a push: trunk angle, its rate, and EMG-like drives with their latencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import ELASTIC_ZONE, GREY, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.tasks.response import PerturbationResponse


def plot_perturbation(
    responses: Mapping[str, PerturbationResponse],
    *,
    groups: Sequence[str] = ("extensors", "abdominals"),
    reflex_window: tuple[float, float] = (0.030, 0.150),
    until: float = 0.8,
    axes: Sequence[Axes] | None = None,
) -> Sequence[Axes]:
    """Angle, rate and drive of each muscle group over time from the push, a colour per condition.

    Triangles are onsets. The band is `reflex_window`, in which an onset counts as a reflex [s].
    until : end of the time axis [s].
    """
    if axes is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(3.5, 1.1 + 1.15 * (2 + len(groups))), layout="constrained")
        axes = list(figure.subplots(2 + len(groups), 1, sharex=True))
    for colour, (name, response) in zip(PALETTE, responses.items(), strict=False):
        time = 1e3 * (response.time - response.event)
        axes[0].plot(time, np.degrees(response.angle), color=colour, label=name)
        axes[1].plot(time, np.degrees(response.rate), color=colour)
        for ax, group in zip(axes[2:], groups, strict=True):
            drive = 100.0 * response.drives[group]
            ax.plot(time, drive, color=colour)
            onset = response.latencies[group].seconds if group in response.latencies else None
            if onset is not None:
                at = 1e3 * onset
                ax.plot(at, np.interp(at, time, drive), "v", color=colour, ms=5.0, zorder=5)
    for ax in axes:
        ax.axvline(0.0, color=GREY, lw=0.6)
        ax.axvspan(*(1e3 * edge for edge in reflex_window), color=ELASTIC_ZONE, lw=0.0, zorder=0)
        ax.set_xlim(-100.0, 1e3 * until)
    axes[0].set_ylabel("trunk angle\n(extension +) [deg]")
    axes[1].set_ylabel("angular velocity\n[deg/s]")
    for ax, group in zip(axes[2:], groups, strict=True):
        ax.set_ylabel(f"{group}\ndrive [% max.]")
        ax.margins(y=0.15)
    axes[-1].set_xlabel("time after the push [ms]")
    axes[0].axvspan(0.0, 0.0, color=ELASTIC_ZONE, label="reflex window")  # entry of the legend
    axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return axes
