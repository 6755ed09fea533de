"""Sway on the unstable seat: trunk over seat angle, and stabilogram diffusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import PALETTE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.tasks.seated_sway import SittingRecord


def _behind(records: Mapping[str, SittingRecord]) -> list[tuple[str, SittingRecord, str]]:
    """Records with their colours in reverse order, so that the first is plotted on top."""
    return [(n, r, c) for (n, r), c in zip(records.items(), PALETTE, strict=False)][::-1]


def plot_stabilogram(records: Mapping[str, SittingRecord], *, ax: Axes | None = None) -> Axes:
    """Trunk lean over seat tilt, a colour per person; the label contains the RMS of the trunk."""
    ax = new_axis(ax)
    for name, record, colour in _behind(records):
        label = f"{name}: {np.degrees(record.rms_trunk):.2f}° RMS"
        ax.plot(
            np.degrees(record.seat), np.degrees(record.trunk), color=colour, lw=0.5, alpha=0.8,
            label=label,
        )  # fmt: skip
    ax.set(xlabel="seat tilt [deg]", ylabel="trunk lean [deg]")
    legend = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    for line in legend.get_lines():
        line.set_linewidth(1.5)
    return ax


def plot_diffusion(records: Mapping[str, SittingRecord], *, ax: Axes | None = None) -> Axes:
    """Mean square displacement of the seat over the time interval, on logarithmic axes."""
    ax = new_axis(ax)
    for name, record, colour in _behind(records):
        d = record.diffusion
        square = np.degrees(1.0) ** 2 * d.square
        ax.loglog(d.lag, square, color=colour, label=name)
        if d.critical_time is not None:
            at = float(np.interp(d.critical_time, d.lag, square))
            ax.plot(d.critical_time, at, "o", color=colour, mfc="w", zorder=5)
    ax.set(xlabel="time interval [s]", ylabel="mean square displacement [deg²]")
    ax.legend(loc="lower right", title="○ critical time")
    return ax
