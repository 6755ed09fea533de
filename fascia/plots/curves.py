"""Tissue torque against the angle of a test, with the published stiffness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fascia.plots.published import PublishedBand, stiffness_groups
from fascia.plots.style import BLUE, COLUMN, new_axis, shade_beyond, shades

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fascia.clinical.examination import ClinicalResult

_ANGLE_LABEL = {
    "slr": "leg-to-table angle [°]",
    "knee-extension": "knee extension from 90° of flexion [°]",
    "sit-and-reach": "lumbar plus hip flexion [°]",
    "forward-bend": "lumbar plus hip flexion [°]",
    "front-split": "angle between the thighs [°]",
}
_BAND_COLOURS = ("0.80", "0.90")


def plot_torque_angle(
    results: Mapping[str, ClinicalResult | tuple[ClinicalResult, ClinicalResult]],
    *,
    bands: Sequence[PublishedBand] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Tissue torque (gravity removed) against the test's angle, for one or several subjects.

    Parameters
    ----------
    results : label -> result, or (before, after); the second curve is dashed. A dot is the end of
        the test, an open dot the joint limit (tolerance not reached).
    bands : published slopes [N m/rad], shown as wedges that start on the first curve and span the
        window of the stiffness; by default the compliant and stiff groups for a straight-leg
        raise, none for other tests.

    The angles beyond those of the tests of the tissue are hatched.
    """
    ax = new_axis(ax, width=COLUMN, height=2.9)
    pairs = _pairs(results)
    first = next(iter(pairs.values()))[0]
    if bands is None:
        bands = stiffness_groups() if first.test == "slr" else ()
    handles = [_wedge(ax, first, band, c) for band, c in zip(bands, _BAND_COLOURS, strict=False)]
    for (label, pair), colour in zip(pairs.items(), _colours(len(pairs)), strict=True):
        for k, result in enumerate(pair):
            angle, torque = np.degrees(result.angle), result.tissue_torque
            dashes = "-" if k == 0 else (0, (3.0, 1.5))
            (line,) = ax.plot(angle, torque, color=colour, linestyle=dashes, label=label)
            if k == 0:
                handles.append(line)
            if result.end_angle_deg is not None and result.end_angle_deg <= angle[-1]:
                ax.plot(
                    result.end_angle_deg,
                    np.interp(result.end_angle_deg, angle, torque),
                    marker="o",
                    markersize=3.5 if k == 0 else 2.0,
                    color=colour,
                    markerfacecolor="white" if result.censored else colour,
                )
    if any(len(pair) > 1 for pair in pairs.values()):
        name = "after" + (" (on the same line)" if _overlap(pairs) else "")
        handles += ax.plot([], [], linestyle=(0, (3.0, 1.5)), color="0.3", label=name)
    _dress(ax, first, "tissue torque [N m]")
    shade_beyond(ax, first.evidence, factor=180.0 / np.pi)
    handles += [h for h in ax.patches if h.get_label() == "beyond the tests"]
    ax.axhline(0.0, color="0.3", linewidth=0.4, zorder=0.4)
    ax.legend(handles=handles, loc="upper left", handlelength=1.6, labelspacing=0.35)
    return ax


def plot_torque_change(
    results: Mapping[str, tuple[ClinicalResult, ClinicalResult]], *, ax: Axes | None = None
) -> Axes:
    """Tissue torque after minus before against the test's angle [N m], where curves overlap."""
    ax = new_axis(ax, width=COLUMN, height=2.9)
    pairs = _pairs(results)
    for (label, pair), colour in zip(pairs.items(), _colours(len(pairs)), strict=True):
        before, after = pair
        change = np.interp(before.angle, after.angle, after.tissue_torque) - before.tissue_torque
        ax.plot(np.degrees(before.angle), change, color=colour, label=label)
    ax.axhline(0.0, color="0.3", linewidth=0.4, zorder=0.4)
    _dress(ax, next(iter(pairs.values()))[0], "tissue torque, after minus before [N m]")
    ax.legend(loc="lower left", handlelength=1.6, labelspacing=0.35)
    return ax


def _pairs(results: Mapping[str, Any]) -> dict[str, tuple[ClinicalResult, ...]]:
    return {k: v if isinstance(v, tuple) else (v,) for k, v in results.items()}


def _overlap(pairs: Mapping[str, tuple[ClinicalResult, ...]]) -> bool:
    """Whether every second curve differs from the first by less than a line width."""
    torques = [[result.tissue_torque for result in pair] for pair in pairs.values()]
    span = max(np.ptp(curve) for pair in torques for curve in pair)
    return all(
        len(pair[0]) == len(curve) and np.abs(curve - pair[0]).max() < 0.01 * span
        for pair in torques
        for curve in pair[1:]
    )


def _colours(count: int) -> list[Any]:
    return [BLUE] if count == 1 else shades(count)


def _dress(ax: Axes, first: ClinicalResult, label: str) -> None:
    ax.set(xlabel=_ANGLE_LABEL.get(first.test, "test angle [°]"), ylabel=label)
    ax.set_xlim(float(np.degrees(first.angle[0])), float(np.degrees(first.angle[-1])))


def _wedge(ax: Axes, result: ClinicalResult, band: PublishedBand, colour: str) -> Any:
    """Slopes of a band, from the start of the window on the curve."""
    low, high = result.window_deg
    angle = np.array([low, high])
    start = float(np.interp(low, np.degrees(result.angle), result.tissue_torque))
    rise = np.radians(angle - low)
    ax.plot(angle, start + band.value * rise, color="0.5", linewidth=0.6, zorder=0.6)
    return ax.fill_between(
        angle,
        start + band.low * rise,
        start + band.high * rise,
        color=colour,
        linewidth=0.0,
        zorder=0.5,
        label=band.label,
    )
