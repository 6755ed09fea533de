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
    """A published ratio to one of the plotted responses, over a band of frequencies."""

    base: str  # label of the reference response
    ratio: float  # 0.39 for a decrease by 61 %
    band_hz: tuple[float, float]
    label: str


def plot_admittance(
    responses: Mapping[str, FrequencyResponse],
    *,
    measured: Mapping[str, MeasuredResponse] | None = None,
    published: Sequence[PublishedRatio] = (),
    axes: Sequence[Axes] | None = None,
) -> tuple[Axes, Axes]:
    """Magnitude and phase over frequency, in two panels.

    A published ratio is plotted as markers at the reference magnitude times the ratio.

    Raises
    ------
    ParameterError
        If there is no response, or the number of axes is not two.
    UnknownNameError
        If the reference of a ratio is not plotted.
    """
    if not responses or (axes is not None and len(axes) != 2):
        raise ParameterError(
            "Expected at least one response, and two axes or none, got "
            f"{len(responses)} responses and {'no' if axes is None else len(axes)} axes; give "
            "another response, or two axes."
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
        phase_error = None if error is None else np.degrees(error / size)
        style = {"fmt": marker, "ms": 2.5, "color": "0.25", "elinewidth": 0.6, "mfc": "none"}
        top.errorbar(data.frequency_hz, size, yerr=error, label=label, **style)
        bottom.errorbar(data.frequency_hz, phase, yerr=phase_error, **style)
    for i, change in enumerate(published):
        if change.base not in responses:
            raise unknown("response", change.base, responses)
        base = responses[change.base]
        f = np.geomspace(*change.band_hz, 5)
        level = change.ratio * np.interp(f, base.frequency_hz, base.magnitude)
        top.plot(f, level, "Dsv^"[i % 4], mfc="none", color="k", label=change.label, zorder=4)
    unit = next(iter(responses.values())).unit.replace("per N m", "/ (N m)")
    top.set(xlabel="frequency [Hz]", ylabel=f"admittance [{unit.replace(' / ', '/')}]")
    bottom.set(xlabel="frequency [Hz]", ylabel="phase [°]")
    bottom.yaxis.set_major_locator(_right_angles())
    top.legend(loc="lower left", fontsize=SMALL)
    return top, bottom


def _right_angles():
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(45.0)
