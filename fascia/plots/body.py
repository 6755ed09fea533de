"""The body with its strands coloured by tension, or by a change of tension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.plots.geometry import nearness, strand_courses, view_axes
from fascia.plots.silhouette import draw_silhouette
from fascia.plots.style import change_colours, new_axis, tension_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

    from fascia.mechanics.equilibrium import Equilibrium
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

SMALLEST_N = 0.5  # tensions below have the lightest colour [N]
SMALLEST_CHANGE_N = 1e-3  # changes below are grey [N]
TENSION_LABEL = "tension [N] (dashed: slack)"
CHANGE_LABEL = "change of tension [N] (grey: none)"
LONGEST = 4.2  # longer side of the body if the function creates the figure [in]


def tension_scale(*states: Equilibrium) -> Normalize:
    """A common logarithmic colour scale for several states [N]."""
    from matplotlib.colors import LogNorm

    top = max((float(state.tension.max(initial=0.0)) for state in states), default=0.0)
    return LogNorm(SMALLEST_N, max(10.0 * SMALLEST_N, top), clip=True)


def change_scale(*changes: Floats) -> Normalize:
    """A common symmetric colour scale for several changes [N], linear near zero, then log."""
    from matplotlib.colors import SymLogNorm

    top = max((float(np.abs(change).max(initial=0.0)) for change in changes), default=0.0)
    top = max(10.0 * SMALLEST_CHANGE_N, top)
    return SymLogNorm(SMALLEST_CHANGE_N, linscale=0.6, vmin=-top, vmax=top, clip=True)


def tension_change(before: Equilibrium, after: Equilibrium) -> Floats:
    """Change of tension of the strands of ``after`` [N], (strands,); new strands start at 0."""
    known = dict(zip(before.flat.strand_names, before.tension, strict=True))
    return after.tension - np.array([known.get(n, 0.0) for n in after.flat.strand_names])


def plot_body(
    network: TensionNetwork,
    equilibrium: Equilibrium,
    view: str = "side",
    compare: Equilibrium | None = None,
    ax: Axes | None = None,
    *,
    norm: Normalize | None = None,
    colorbar: bool | None = None,
) -> Axes:
    """The body from one side with every strand coloured by its tension [N].

    Parameters
    ----------
    network, equilibrium : the network and its state, in any posture.
    view : "side" (right side near, facing right), "front" or "back".
    compare : an earlier state; colours then show the tension minus the earlier tension.
    norm : colour scale shared with other panels; by default that of this panel.
    colorbar : whether to add a colour bar; by default only without ``ax``.

    Strands without tension are dashed grey (with ``compare``: without tension in both states).
    Strands on the far side of the bones are paler, or hidden when they are slack. Both sides of
    the body are shown. The coloured strands are the last collection of the axis, a mappable for
    a shared colour bar.
    """
    from matplotlib.collections import LineCollection

    alone = ax is None
    onto = view_axes(view)[:2]
    courses = [course @ onto.T for course in strand_courses(network, equilibrium)]
    if ax is None:
        spread = np.ptp(np.concatenate(courses), axis=0) if courses else np.ones(2)
        width, height = LONGEST * spread / spread.max()
        ax = new_axis(None, width=width + 1.2, height=height + 0.4)
    if network.body is not None:
        draw_silhouette(ax, network.body, equilibrium.q, view)
    value, slack = equilibrium.tension, equilibrium.tension <= 0.0
    norm = tension_scale(equilibrium) if norm is None and compare is None else norm
    if compare is not None:
        value = tension_change(compare, equilibrium)
        slack = slack & (value == 0.0)
        norm = change_scale(value) if norm is None else norm
    assert norm is not None
    far = nearness(network, equilibrium, view) < -1e-3
    size = np.abs(np.ma.filled(norm(np.abs(value) if compare is not None else value), 0.0))
    if compare is not None:
        size = 2.0 * np.clip(size - 0.5, 0.0, 0.5)
    order = np.lexsort((size, ~far))  # far strands first, then pale strands
    tight = [int(i) for i in order if not slack[i]]
    loose = [int(i) for i in order if slack[i] and not far[i]]
    ax.add_collection(
        LineCollection(
            [courses[i] for i in loose],
            colors="0.6",
            linewidths=0.4,
            linestyles=(0, (3.0, 2.0)),
            zorder=2,
        )
    )
    strands = LineCollection(
        [courses[i] for i in tight],
        cmap=tension_colours() if compare is None else change_colours(),
        norm=norm,
        linewidths=[0.45 + 1.0 * float(size[i]) for i in tight],
        alpha=[0.25 if far[i] else 1.0 for i in tight],
        capstyle="round",
        zorder=3,
    )
    strands.set_array(np.array([float(value[i]) for i in tight]))
    ax.add_collection(strands)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.margins(0.01)
    ax.set_axis_off()
    if alone if colorbar is None else colorbar:
        add_colorbar(ax, strands, TENSION_LABEL if compare is None else CHANGE_LABEL)
    return ax


def _with_minus_sign(x: float, _: int) -> str:
    return f"{x:g}".replace("-", "\N{MINUS SIGN}")


def add_colorbar(axes: Any, strands: Any, label: str, **options: Any) -> Any:
    """A colour bar for one panel, or for several panels with a common scale."""
    from matplotlib.ticker import FuncFormatter

    first = axes if not np.iterable(axes) else next(iter(np.ravel(np.asarray(axes, object))))
    bar = first.figure.colorbar(strands, ax=axes, **({"shrink": 0.6, "pad": 0.02} | options))
    bar.set_label(label)
    bar.minorticks_off()
    low, high = float(strands.norm.vmin), float(strands.norm.vmax)
    if low < 0.0:
        lowest = math.ceil(math.log10(SMALLEST_CHANGE_N)) + 1
        decades = np.arange(lowest, math.log10(high) + 1e-9, 2, dtype=float)
        ticks = 10.0**decades
        bar.set_ticks([*(-ticks[::-1]), 0.0, *ticks])
    else:
        steps = [m * 10.0**k for k in range(-3, 5) for m in (1, 3)]
        bar.set_ticks([t for t in steps if low <= t <= high])
    bar.ax.tick_params(which="both", length=2.0)
    bar.formatter = FuncFormatter(_with_minus_sign)
    bar.update_ticks()
    bar.outline.set_linewidth(0.4)
    return bar
