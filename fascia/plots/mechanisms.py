"""Contributions of the mechanisms to a change, with the null models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fascia.plots.style import BLACK, BLUE, COLUMN, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fascia.interventions.release_experiment import StiffnessChange


def plot_shares(change: StiffnessChange, *, ax: Axes | None = None) -> Axes:
    """Contribution of every mechanism to the change of end angle [deg], and the null models.

    Bars are contributions of the mechanisms. They depend on the assumed doses (shown with the
    names) and sum to the whole. Open diamonds are null models, in which tension cannot or should
    not act.
    """
    contributions = dict(change.shares)
    nulls = {model.name: model.end_angle_change_deg for model in change.null_models}
    rows = [*contributions, "whole", *nulls]
    ax = new_axis(ax, width=COLUMN, height=0.55 + 0.24 * len(rows))
    height = {name: -float(i) - (0.35 if name in nulls else 0.0) for i, name in enumerate(rows)}
    for name, value in contributions.items():
        ax.barh(height[name], value, height=0.62, color=BLUE)
    ax.barh(height["whole"], change.end_angle_change_deg, height=0.62, color="0.45")
    for name, value in nulls.items():
        ax.plot(
            value,
            height[name],
            "D",
            color=BLACK,
            markerfacecolor="white",
            markersize=4,
            clip_on=False,
        )
    ax.axvline(0.0, color="0.3", linewidth=0.5, zorder=0.5)
    values = {**contributions, "whole": change.end_angle_change_deg, **nulls}
    span = max((abs(v) for v in values.values()), default=0.0) or 1.0
    for name, value in values.items():
        side = 1.0 if value > -1e-6 else -1.0
        ax.text(
            value + side * (0.06 if name in nulls else 0.03) * span,
            height[name],
            _number(value),
            va="center",
            ha="left" if side > 0.0 else "right",
            fontsize=SMALL,
        )
    doses = change.doses
    names = [
        f"{n} (dose {doses[n]:g})" if n in doses else n.replace("_", " ") for n in contributions
    ]
    names += ["all together", *(f"null: {n.replace('_', ' ')}" for n in nulls)]
    ax.set_yticks([height[n] for n in rows], names)
    ax.tick_params(axis="y", length=0.0)
    ax.spines["left"].set_visible(False)
    low = min(0.0, *(v for v in values.values() if v < -1e-6), 0.0)
    ax.set_xlim(
        low - (0.25 * span if low < 0.0 else 0.02 * span), max(values.values()) + 0.3 * span
    )
    ax.set_ylim(min(height.values()) - 0.6, 0.6)
    ax.set_xlabel("contribution to the change of end angle [°]")
    return ax


def _number(value: float) -> str:
    """Three decimals, or a power of ten for values that would print as zero."""
    if abs(value) >= 5e-4:
        return f"{value:.3f}".replace("-", "\N{MINUS SIGN}")
    if abs(value) < 1e-6:  # below the accuracy of the end angle
        return "0"
    power = int(np.floor(np.log10(abs(value))))
    sign = "\N{MINUS SIGN}" if value < 0.0 else ""
    return f"{sign}{abs(value) / 10.0**power:.0f}·$10^{{{power}}}$"
