"""The body in three views: before, after and the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.plots.body import (
    CHANGE_LABEL,
    TENSION_LABEL,
    add_colorbar,
    change_scale,
    plot_body,
    tension_change,
    tension_scale,
)
from fascia.plots.geometry import VIEWS, strand_courses, view_axes
from fascia.plots.silhouette import outlines
from fascia.plots.style import PAGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from fascia.mechanics.equilibrium import Equilibrium

Floats = NDArray[np.float64]

_TITLES = {"a": "before", "b": "after", "c": "after minus before"}


def plot_body_views(
    before: Equilibrium, after: Equilibrium, *, figure: Figure | None = None
) -> Figure:
    """Side, front and back: tension before, tension after, and the change about zero.

    Parameters
    ----------
    before, after : states of two networks in one posture, for instance standing.
    figure : an empty figure; by default a new figure of page width.
    """
    import matplotlib.pyplot as plt

    assert before.network is not None and after.network is not None
    if figure is None:
        figure = plt.figure(figsize=(PAGE, 3.75), layout="constrained")
    tension = tension_scale(before, after)
    change = change_scale(tension_change(before, after))
    parts: Any = figure.subfigures(1, 2, width_ratios=[2, 1])
    left, right = parts
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0.0, 0.0, 1.0, 0.95))  # type: ignore[call-arg]
    extent = [_extent(before, after, view) for view in VIEWS]
    widths = [high[0] - low[0] for low, high in extent]

    def panels(part: SubFigure, states: Sequence[Equilibrium], letters: str, **options: Any):
        axes = part.subplots(1, 3 * len(states), width_ratios=widths * len(states))
        for k, ax in enumerate(axes):
            state, view = states[k // 3], VIEWS[k % 3]
            plot_body(state.network, state, view, ax=ax, **options)  # type: ignore[arg-type]
            low, high = extent[k % 3]
            ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
            words = [ax.text(0.5, -0.01, view, transform=ax.transAxes, ha="center", va="top")]
            if k % 3 == 0:
                title = f"$\\bf{{{letters[k // 3]}}}$  {_TITLES[letters[k // 3]]}"
                words.append(ax.text(0.0, 1.02, title, transform=ax.transAxes))
            for text in words:  # the space for them is reserved, so they must not move panels
                text.set_in_layout(False)
        return axes

    bar = {"location": "bottom", "pad": 0.09, "aspect": 30}
    axes = panels(left, (before, after), "ab", norm=tension)
    add_colorbar(axes, axes[0].collections[-1], TENSION_LABEL, shrink=0.45, **bar)
    axes = panels(right, (after,), "c", compare=before, norm=change)
    add_colorbar(axes, axes[0].collections[-1], CHANGE_LABEL, shrink=0.9, **bar)
    return figure


def _extent(before: Equilibrium, after: Equilibrium, view: str) -> tuple[Floats, Floats]:
    """Lower left and upper right corner of the drawing in one view, with a margin [m]."""
    onto = view_axes(view)[:2]
    points = []
    for state in (before, after):
        assert state.network is not None
        points += [course @ onto.T for course in strand_courses(state.network, state)]
        if state.network.body is not None:
            points += outlines(state.network.body, state.q, view)
    cloud = np.concatenate(points)
    return cloud.min(axis=0) - 0.025, cloud.max(axis=0) + 0.025


def plot_body_change(
    before: Equilibrium, after: Equilibrium, view: str = "side", *, figure: Figure | None = None
) -> Figure:
    """One view of a posture of a test: tension before, and its change about zero."""
    import matplotlib.pyplot as plt

    assert before.network is not None and after.network is not None
    low, high = _extent(before, after, view)
    width, height = high - low
    if figure is None:
        tall = PAGE / 2.0 * height / width + 0.75
        figure = plt.figure(figsize=(PAGE, min(tall, 4.5)), layout="constrained")
    panels = (
        ("a", "before", before, None, tension_scale(before), TENSION_LABEL),
        ("b", "after minus before", after, before, None, CHANGE_LABEL),
    )
    for ax, (letter, title, state, other, norm, label) in zip(
        figure.subplots(1, 2), panels, strict=True
    ):
        plot_body(state.network, state, view, other, ax, norm=norm)  # type: ignore[arg-type]
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.set_title(f"$\\bf{{{letter}}}$  {title}", loc="left")
        add_colorbar(ax, ax.collections[-1], label, location="bottom", shrink=0.7, aspect=30)
    return figure
