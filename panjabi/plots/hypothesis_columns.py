"""Figures of the statements about column and muscles: loads, directions, contributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLUE, GREY, ORANGE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def plot_critical_loads(
    data: tuple[Mapping[str, float], Mapping[str, float], float], *, ax: Axes | None = None
) -> Axes:
    """Critical loads without muscles, published loads, and the weight above L5-S1 (P3)."""
    ax = new_axis(ax, height=1.9)
    loads, published, weight = data
    for k, (region, load) in enumerate(loads.items()):
        ax.barh(k, load, height=0.55, color=BLUE, label="model" if k == 0 else None)
        ax.plot(published[region], k, "D", color=ORANGE, ms=5.0, mec="w", mew=0.6,
                label="published" if k == 0 else None)  # fmt: skip
        ax.annotate(f"{load:.3g}", (max(load, published[region]), k), xytext=(6, 0), va="center",
                    textcoords="offset points", fontsize=SMALL)  # fmt: skip
    ax.axvline(weight, color=GREY, lw=1.0, ls="--", label="weight above L5-S1")
    ax.set_yticks(range(len(loads)), list(loads))
    ax.set(
        xlabel="critical dead load [N]", ylim=(len(loads) - 0.5, -0.5), xlim=(0.0, 1.08 * weight)
    )
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, columnspacing=1.0)
    return ax


def plot_load_directions(
    data: tuple[NDArray[np.float64], NDArray[np.float64], float], *, ax: Axes | None = None
) -> Axes:
    """Least stiffness under a follower load, and the critical dead load (P13)."""
    ax = new_axis(ax)
    force, stiffness, dead = data
    ax.plot(force, stiffness, color=BLUE, label="follower load (along the curve)")
    ax.axvline(dead, color=ORANGE, ls="--", label="critical vertical dead load")
    ax.axhline(0.0, color=GREY, lw=0.8)
    ax.set(xlabel="compressive load [N]", ylabel="least stiffness [N m/rad]", xlim=(0.0, force[-1]))
    ax.set_ylim(min(0.0, float(stiffness.min())), 1.1 * float(stiffness.max()))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def plot_subsystem_shares(shares: Mapping[str, float], *, ax: Axes | None = None) -> Axes:
    """Stiffness of the weakest mode by subsystem, and the sum (P1)."""
    ax = new_axis(ax, height=1.8)
    names = list(shares)
    for k, name in enumerate(names):
        value = shares[name]
        ax.barh(
            k, value, height=0.6, color="0.25" if name == "sum" else (BLUE if value > 0 else ORANGE)
        )
        ax.annotate(f"{value:+.3g}", (max(value, 0.0), k), xytext=(4, 0), va="center",
                    textcoords="offset points", fontsize=SMALL)  # fmt: skip
    ax.axvline(0.0, color=GREY, lw=0.8)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="stiffness in the weakest mode [N m/rad]", ylim=(len(names) - 0.5, -0.5))
    ax.margins(x=0.15)
    return ax


def plot_segment_shares(shares: Mapping[str, float], *, ax: Axes | None = None) -> Axes:
    """Contribution of each muscle group to the increase in stiffness at one level [%] (P8)."""
    ax = new_axis(ax, height=2.0)
    for k, (name, percent) in enumerate(shares.items()):
        ax.barh(k, percent, height=0.6, color=BLUE if name == "multifidus_lumbar" else "0.75")
        ax.annotate(f"{percent:.0f}", (percent, k), xytext=(4, 0), va="center",
                    textcoords="offset points", fontsize=SMALL)  # fmt: skip
    ax.axvline(200.0 / 3.0, color=GREY, lw=1.0, ls="--", label="published for multifidus (2/3)")
    ax.set_yticks(range(len(shares)), [n.replace("_", " ") for n in shares])
    ax.set(xlabel="stiffness increase at L4-L5 [% of total]", xlim=(0.0, 100.0))
    ax.set_ylim(len(shares) - 0.5, -0.5)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0))
    return ax
