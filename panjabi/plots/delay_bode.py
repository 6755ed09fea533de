"""Bode plots of an admittance: models as lines, measurements and published ratios as markers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import PAGE, PALETTE, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.delay.roots.measured import MeasuredResponse
    from panjabi.delay.roots.response import FrequencyResponse


@dataclass(frozen=True)
class PublishedRatio:
    """A published change against one of the drawn responses, over a band of frequencies."""

    base: str  # label of the response it is a ratio to
    ratio: float  # 0.39 for a fall by 61 %
    band_hz: tuple[float, float]
    label: str


def plot_admittance(
    responses: Mapping[str, FrequencyResponse],
    *,
    measured: Mapping[str, MeasuredResponse] | None = None,
    published: Sequence[PublishedRatio] = (),
    axes: Sequence[Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Magnitude and phase against frequency, two panels.

    A published ratio is drawn on the magnitude as markers at the base times the ratio.

    Raises
    ------
    ParameterError
        Without a response, or with another number of axes than two.
    UnknownNameError
        If a ratio names a base that is not drawn.
    """
    if not responses or (axes is not None and len(axes) != 2):
        raise ParameterError(
            f"{len(responses)} responses and {None if axes is None else len(axes)} axes; possible: "
            "one response or more, and two axes or none. Give at least one response."
        )
    if axes is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(PAGE, 2.6), layout="constrained")
        top, bottom = figure.subplots(1, 2)
    else:
        top, bottom = axes
    colours = {label: PALETTE[i % len(PALETTE)] for i, label in enumerate(responses)}
    for label, response in responses.items():
        top.loglog(response.frequency_hz, response.magnitude, color=colours[label], label=label)
        phase = np.degrees(response.phase)
        bottom.semilogx(response.frequency_hz, phase, color=colours[label], label=label)
    for i, (label, data) in enumerate((measured or {}).items()):
        marker = "so^v"[i % 4]
        size, phase = np.abs(data.values), np.degrees(np.unwrap(np.angle(data.values)))
        error = None if data.variance is None else np.sqrt(0.5 * data.variance)
        turn = None if error is None else np.degrees(error / size)
        style = {"fmt": marker, "ms": 2.5, "color": "0.25", "elinewidth": 0.6, "mfc": "none"}
        top.errorbar(data.frequency_hz, size, yerr=error, label=label, **style)
        bottom.errorbar(data.frequency_hz, phase, yerr=turn, **style)
    for i, one in enumerate(published):
        if one.base not in responses:
            raise unknown("response", one.base, responses)
        base = responses[one.base]
        f = np.geomspace(*one.band_hz, 5)
        level = one.ratio * np.interp(f, base.frequency_hz, base.magnitude)
        top.plot(f, level, "Dsv^"[i % 4], mfc="none", color="k", label=one.label, zorder=4)
    unit = next(iter(responses.values())).unit.replace("per N m", "/ (N m)")
    top.set(xlabel="frequency [Hz]", ylabel=f"admittance [{unit.replace(' / ', '/')}]")
    bottom.set(xlabel="frequency [Hz]", ylabel="phase [°]")
    bottom.yaxis.set_major_locator(_right_angles())
    top.legend(loc="lower left", fontsize=SMALL)
    return top, bottom


def _right_angles():
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(45.0)
