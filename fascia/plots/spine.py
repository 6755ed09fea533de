"""Figures of network and spine: disc load after a release, and hamstrings in a forward bend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fascia.errors import ReadoutError
from fascia.plots.style import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    MARKERS,
    ORANGE,
    PINK,
    SMALL,
    new_axis,
    shades,
)
from fascia.plots.tie_axis import TieAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fascia.coupling.hamstring_sweep import HamstringSweep
    from fascia.coupling.spine_release_record import SpineRelease
    from fascia.coupling.spine_release_sweep import SpineSweep

# quantity -> field of the sweep, label, width of the linear part of the axis
_QUANTITIES = {
    "compression": ("compression", "change of lumbar compression [N]", 0.01),
    "margin": ("margin", "change of stability margin [N m/rad]", 0.01),
    "hamstrings": ("hamstrings", "change of hamstring stiffness [N m/rad]", 0.001),
}

# condition -> label, colour
CONDITIONS = {
    "same_inclination": ("same inclination", BLUE),
    "same_push": ("same push", ORANGE),
    "tolerated": ("to tolerance", GREEN),
    "least_effort": ("least effort, muscles carry weight", PINK),
}


def plot_spine_release(release: SpineRelease, *, ax: Axes | None = None) -> Axes:
    """Immediate change of the compression of every lumbar disc after a release [N].

    The tick labels show the load before. Open diamonds are the null model with the largest
    change. Muscle forces are those before the release.
    """
    before, change = release.before.compression, release.compression_change
    ax = new_axis(ax, width=COLUMN, height=2.6)
    position = np.arange(len(before))
    ax.axvline(0.0, color="0.5", linewidth=0.5, zorder=0.5)
    ax.barh(position, list(change.values()), height=0.6, color=BLUE)
    if release.null_models:
        null = max((m.compression_change for m in release.null_models), key=abs)
        ax.plot(
            np.full(len(position), null), position, "D", color=BLACK, markerfacecolor="white",
            markersize=4, clip_on=False,
        )  # fmt: skip
    ax.set_yticks(position, [f"{level}\n{load:.0f} N" for level, load in before.items()])
    ax.tick_params(axis="y", length=0.0)
    ax.set_xlabel("change of compression [N]")
    return ax


def plot_spine_sweep(
    sweep: SpineSweep, quantity: str = "compression", *, ax: Axes | None = None
) -> Axes:
    """Change after a release against the tie ratio, a line for each resting tension.

    The vertical axis is linear near zero and logarithmic beyond.
    """
    if quantity not in _QUANTITIES:
        raise ReadoutError(
            f"Expected a quantity of the sweep, got {quantity!r}; choose one of "
            f"{', '.join(_QUANTITIES)}."
        )
    name, label, linear = _QUANTITIES[quantity]
    ax = new_axis(ax, width=COLUMN, height=2.8)
    ties, colours = TieAxis(sweep.tie_ratio), shades(len(sweep.resting_tension))
    for i, tension in enumerate(sweep.resting_tension):
        ties.plot(
            ax,
            sweep.tie_ratio,
            getattr(sweep, name)[i],
            color=colours[i],
            marker=MARKERS[i % len(MARKERS)],
            markersize=3.5,
            label=f"{tension:g} N",
        )
    ax.axhline(0.0, color="0.5", linewidth=0.5, zorder=0.5)
    ax.set_yscale("symlog", linthresh=linear)
    ties.dress(ax)
    ax.set_ylabel(label)
    return ax


def plot_hamstring_bend(
    sweep: HamstringSweep, joint: str = "lumbar", *, ax: Axes | None = None
) -> Axes:
    """Flexion of lumbar spine or hips against hamstring stiffness, a line for each condition.

    joint : "lumbar" or "hip". Dotted: slack hamstrings at the same inclination.
    """
    if joint not in ("lumbar", "hip"):
        raise ReadoutError(f"Expected a joint, got {joint!r}; choose lumbar or hip.")
    ax = new_axis(ax, width=COLUMN, height=2.8)
    for k, (condition, (label, colour)) in enumerate(CONDITIONS.items()):
        if getattr(sweep, condition) is None:
            continue
        values = getattr(sweep, f"{joint}_deg")(condition)
        ax.plot(
            sweep.stiffness, values, color=colour, marker=MARKERS[k], markersize=3.5, label=label
        )
    slack = np.degrees(getattr(sweep.slack, f"{joint}_flexion")[0])
    ax.axhline(slack, color=BLUE, linewidth=0.8, linestyle=":")
    ax.text(
        0.99, slack, "slack", color=BLUE, fontsize=SMALL, ha="right", va="bottom",
        transform=ax.get_yaxis_transform(),
    )  # fmt: skip
    _stiffness_axis(ax)
    ax.set_ylabel(f"{joint} flexion [°]")
    return ax


def plot_bend_load(sweep: HamstringSweep, *, ax: Axes | None = None) -> Axes:
    """Change of compression of lumbar discs against hamstring stiffness [N], least effort.

    The change is relative to the softest hamstrings; the legend shows the load there.
    """
    ax = new_axis(ax, width=COLUMN, height=2.8)
    for k, level in enumerate(("L5-S1", "L4-L5", "L2-L3")):
        load = sweep.compression[level]
        ax.plot(
            sweep.stiffness, load - load[0], color=shades(3)[k], marker=MARKERS[k], markersize=3.5,
            label=f"{level}, {load[0]:.0f} N",
        )  # fmt: skip
    ax.axhline(0.0, color="0.5", linewidth=0.5, zorder=0.5)
    _stiffness_axis(ax)
    ax.set_ylabel("change of compression [N]")
    ax.legend(title="level, load at the left end", frameon=False)
    return ax


def _stiffness_axis(ax: Axes) -> None:
    ax.set_xscale("log")
    ticks = [15, 20, 30, 40, 60]
    ax.set_xticks(ticks, [str(t) for t in ticks])
    ax.minorticks_off()
    ax.set_xlabel("hamstring stiffness [N m/rad]")
