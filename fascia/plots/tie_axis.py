"""An axis for tie ratios: logarithmic, with frictionless and clamped at its two ends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

GAP = 1.0  # decades between the last finite ratio and an end


class TieAxis:
    """Position of a tie ratio: its decade; 0 and inf are one gap beyond the finite ratios."""

    def __init__(self, ratios: Iterable[float]) -> None:
        values = [float(r) for r in ratios]
        finite = [math.log10(r) for r in values if 0.0 < r < math.inf] or [-1.0]
        self.low, self.high = min(finite), max(finite)
        self.free, self.clamped = 0.0 in values, math.inf in values

    def __call__(self, ratio: float) -> float:
        if ratio == 0.0:
            return self.low - GAP
        return self.high + GAP if math.isinf(ratio) else math.log10(ratio)

    def places(self, ratios: Iterable[float]) -> Floats:
        return np.array([self(float(r)) for r in ratios])

    def plot(
        self, ax: Axes, ratios: Sequence[float] | Floats, values: Floats, **style: object
    ) -> None:
        """A line with markers through the finite ratios; dotted lines to 0 and inf."""
        ratios = np.asarray(ratios, float)
        order = np.argsort(ratios)
        x, y = self.places(ratios[order]), np.asarray(values, float)[order]
        finite = (ratios[order] > 0.0) & np.isfinite(ratios[order])
        label = style.pop("label", None)
        marker = style.pop("marker", "o")
        ax.plot(x[finite], y[finite], "-", marker=marker, label=label, **style)  # type: ignore[arg-type]
        for end, neighbour in ((0, 1), (-1, -2)):
            if not finite[end] and len(x) > 1:
                ax.plot(
                    x[[end, neighbour]],
                    y[[end, neighbour]],
                    ":",
                    **{**style, "linewidth": 0.8},  # type: ignore[arg-type]
                )
                ax.plot(x[end], y[end], marker=marker, linestyle="", **style)  # type: ignore[arg-type]

    def dress(self, ax: Axes) -> None:
        """Ticks, labels and the marks at the breaks of the axis."""
        decades = np.arange(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)
        step = 2 if len(decades) > 4 else 1
        ticks = [float(d) for d in decades]
        names = [f"$10^{{{int(d)}}}$" if (d % step == 0) else "" for d in decades]
        if self.free:
            ticks, names = [self(0.0), *ticks], ["0", *names]
        if self.clamped:
            ticks, names = [*ticks, self(math.inf)], [*names, "clamped"]
        ax.set_xticks(ticks, names)
        minor = [d + math.log10(m) for d in decades for m in range(2, 10)]
        ax.set_xticks([m for m in minor if self.low < m < self.high], minor=True)
        ax.set_xlim(
            (self(0.0) if self.free else self.low) - 0.25,
            (self(math.inf) if self.clamped else self.high) + 0.25,
        )
        ax.set_xlabel("tie ratio (attachment stiffness)")
        breaks = [self.low - GAP / 2] * self.free + [self.high + GAP / 2] * self.clamped
        for position in breaks:
            ax.plot(
                position,
                0.0,
                transform=ax.get_xaxis_transform(),
                marker=[(-0.5, -1.0), (0.5, 1.0)],
                markersize=5.0,
                color="black",
                markeredgewidth=0.6,
                clip_on=False,
                zorder=5,
            )
