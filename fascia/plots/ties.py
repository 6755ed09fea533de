"""Effect of a release against the tie ratio, for several resting tensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fascia.errors import ReadoutError
from fascia.plots.published import PublishedBand, remote_effects, stiffness_groups
from fascia.plots.style import COLUMN, MARKERS, PAGE, SMALL, new_axis, shades
from fascia.plots.tie_axis import TieAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fascia.interventions.release_sweep import Sweep

Quantity = Literal["end_change", "stiffness_change", "end_before", "stiffness_before"]

LEGEND: dict[str, Any] = {
    "labelspacing": 0.3,
    "borderpad": 0.2,
    "columnspacing": 1.0,
    "handlelength": 1.5,
}

# quantity -> field of the sweep, label, width of the linear part of the axis
_SHOWN = {
    "end_change": ("end_change_deg", "change of end angle [°]", 1e-2),
    "stiffness_change": ("stiffness_change_Nm_per_rad", "change of stiffness [N m/rad]", 1e-2),
    "end_before": ("end_before_deg", "end angle before release [°]", None),
    "stiffness_before": ("stiffness_before_Nm_per_rad", "stiffness before release [N m/rad]", None),
}
_BAND_COLOURS = ("0.88", "#dcebf5")


def plot_sweep(
    sweep: Sweep,
    quantity: Quantity = "end_change",
    *,
    bands: Sequence[PublishedBand] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """A quantity of a sweep against the tie ratio, from frictionless to clamped.

    Parameters
    ----------
    quantity : "end_change", "stiffness_change", "end_before" or "stiffness_before". The axis of
        changes is linear near zero and logarithmic beyond.
    bands : published values behind the lines, not fitted; by default the remote effects
        for the end angle of a straight-leg raise and the stiffness groups for its stiffness.

    Open markers: the joint limit ended the test before or after, so the change is a bound.
    """
    if quantity not in _SHOWN:
        raise ReadoutError(
            f"Expected a quantity of the sweep, got {quantity!r}; choose one of "
            f"{', '.join(_SHOWN)}."
        )
    name, label, linear = _SHOWN[quantity]
    ax = new_axis(ax, width=COLUMN, height=3.0)
    if bands is None:
        defaults = {"end_change": remote_effects, "stiffness_before": stiffness_groups}
        bands = defaults[quantity]() if sweep.test == "slr" and quantity in defaults else ()
    for band, colour in zip(bands, _BAND_COLOURS, strict=False):
        ax.axhspan(band.low, band.high, color=colour, linewidth=0.0, zorder=0.4)
        for edge in (band.low, band.high):
            ax.axhline(edge, color="0.7", linewidth=0.4, zorder=0.45)
        ax.axhline(band.value, color="0.45", linewidth=0.7, zorder=0.5)
    values = getattr(sweep, name)
    ties = TieAxis(sweep.tie_ratio)
    colours = shades(len(sweep.resting_tension))
    for i, tension in enumerate(sweep.resting_tension):
        ties.plot(
            ax,
            sweep.tie_ratio,
            values[i],
            color=colours[i],
            marker=MARKERS[i % len(MARKERS)],
            markersize=3.2,
            label=f"model, {tension:g} N at rest",
            zorder=3,
        )
        if sweep.censored[i].any():
            ax.plot(
                ties.places(sweep.tie_ratio[sweep.censored[i]]),
                values[i][sweep.censored[i]],
                linestyle="",
                marker=MARKERS[i % len(MARKERS)],
                markersize=3.2,
                color=colours[i],
                markerfacecolor="white",
                zorder=4,
            )
    if linear is not None:
        _symmetric_log(ax, linear)
    ties.dress(ax)
    ax.set_ylabel(label)
    _name_bands(ax, bands)
    if legend:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, **LEGEND)
    return ax


def _name_bands(ax: Axes, bands: Sequence[PublishedBand]) -> None:
    """Labels at the right edge: above the first band, below the others."""
    for k, band in enumerate(bands):
        ax.annotate(
            band.label,
            (1.0, band.high if k == 0 else band.low),
            xycoords=ax.get_yaxis_transform(),
            xytext=(-3, 1.5 if k == 0 else -2.5),
            textcoords="offset points",
            ha="right",
            va="bottom" if k == 0 else "top",
            fontsize=SMALL,
            color="0.25",
            linespacing=1.1,
        )
    if bands:
        scale = ax.yaxis.get_transform()
        low, high = scale.transform(np.array(ax.get_ylim()))
        room = 0.2 * (high - low)  # two lines of text
        tops = scale.transform(np.array([bands[0].high, *(band.low for band in bands[1:])]))
        ends = np.array([min(low, *(tops[1:] - room)) if len(tops) > 1 else low, tops[0] + room])
        ax.set_ylim(*scale.inverted().transform(np.array([ends[0], max(high, ends[1])])))


def plot_sweep_page(sweep: Sweep, *, figure: Figure | None = None) -> Figure:
    """A figure of page width: changes above, values before the release below, one legend."""
    import matplotlib.pyplot as plt

    if figure is None:
        figure = plt.figure(figsize=(PAGE, 5.8), layout="constrained")
    axes = figure.subplots(2, 2).ravel()
    quantities: tuple[Quantity, ...] = tuple(_SHOWN)  # type: ignore[assignment]
    for letter, ax, quantity in zip("abcd", axes, quantities, strict=True):
        plot_sweep(sweep, quantity, legend=False, ax=ax)
        ax.set_title(f"$\\bf{{{letter}}}$", loc="left")
    lines, labels = axes[0].get_legend_handles_labels()
    figure.legend(lines, labels, loc="outside lower center", ncols=len(labels), **LEGEND)
    return figure


def _symmetric_log(ax: Axes, linear: float) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    ax.set_yscale("symlog", linthresh=linear, linscale=0.6)
    ax.axhline(0.0, color="0.3", linewidth=0.5, zorder=0.6)
    low, high = ax.get_ylim()
    decades = 10.0 ** np.arange(np.log10(linear), 4)
    ticks = [*(-decades[::-1]), 0.0, *decades]
    ax.set_yticks([t for t in ticks if low <= t <= high])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(
        FuncFormatter(lambda y, _: f"{y:g}".replace("-", "\N{MINUS SIGN}"))
    )
    ax.set_ylim(low, high)
