"""Figures of control: damage with corrupted sensors, sway with later and noisier sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, BLUE, GREY, ORANGE, PAGE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from panjabi.statements.subfailure import LoopPicture


def plot_subfailure(picture: LoopPicture, *, ax: Axes | None = None) -> Axes:
    """Fixed points of damage over sensor corruption: stable solid, unstable dashed (P11)."""
    ax = new_axis(ax)
    D, c, gain = picture.branch.T
    most = 1.5
    ax.plot([0.0, most], [0.0, 0.0], color=BLUE, label="stable (loop gain < 0)", lw=1.6)
    for stable in (True, False):
        part = (gain < 0.0) == stable
        near = part | np.roll(part, 1) | np.roll(part, -1)
        ax.plot(np.where(near, c, np.nan), D, color=BLUE if stable else ORANGE,
                ls="-" if stable else "--", lw=1.6,
                label=None if stable else "unstable (loop gain > 0)")  # fmt: skip
    if picture.fold is not None:
        fold = picture.fold
        ax.plot(fold.corruption, fold.damage, "o", color=BLACK, ms=4.5, zorder=5)
        ax.annotate("fold (loop gain 0)", (fold.corruption, fold.damage), xytext=(-6, 0),
                    ha="right", va="center", textcoords="offset points",
                    fontsize=SMALL)  # fmt: skip
    ax.axvline(1.0, color=GREY, lw=0.7, ls=":")
    ax.set(xlabel="sensor corruption c [1]", ylabel="damage D [1]")
    ax.set(xlim=(0.0, most), ylim=(-0.03, 1.0))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1.0)
    return ax


def plot_damage_growth(picture: LoopPicture, *, ax: Axes | None = None) -> Axes:
    """Rate of damage over damage, with true and corrupted sensors; zeros are fixed points."""
    ax = new_axis(ax)
    for (label, growth), colour in zip(picture.growth.items(), (BLUE, BLACK, ORANGE), strict=False):
        ax.plot(picture.damage, growth, color=colour, label=label)
    ax.axhline(0.0, color=GREY, lw=0.8)
    ax.set(xlabel="damage D [1]", ylabel="rate of damage dD/dt [1/day]", xlim=(0.0, 1.0))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.0)
    return ax


def plot_sway(
    data: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    *,
    axes: tuple[Axes, Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Sway over additional delay, and over the power of the sensor noise (P12)."""
    import matplotlib.pyplot as plt

    delay, by_delay, rise, by_noise = data
    if axes is None:
        figure = plt.figure(figsize=(PAGE * 0.75, 2.2), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
    else:
        left, right = axes
    left.plot(1e3 * delay, np.degrees(by_delay), color=BLUE)
    left.set(xlabel="additional reflex delay [ms]", ylabel="sway (SD) [°]", xlim=(0, None))
    right.plot(rise, np.degrees(by_noise), color=ORANGE)
    right.set(xlabel="sensor noise power, relative to intact [1]", xlim=(1, None))
    left.set_ylim(0.0, 1.08 * np.degrees(max(by_delay.max(), by_noise.max())))
    return left, right
