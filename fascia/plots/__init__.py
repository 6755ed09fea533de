"""Figures: each function takes a result and an axis and returns the axis; nothing is computed.

No file is written, nothing is shown and no backend is chosen here. `journal_style` gives the
fonts and lines of a paper; published figures are drawn as bands or markers, the model as lines.
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "plot_body": "fascia.plots.body",
    "plot_body_views": "fascia.plots.views",
    "plot_body_change": "fascia.plots.views",
    "plot_torque_angle": "fascia.plots.curves",
    "plot_torque_change": "fascia.plots.curves",
    "plot_sweep": "fascia.plots.ties",
    "plot_sweep_page": "fascia.plots.ties",
    "plot_attenuation": "fascia.plots.transmission",
    "plot_required": "fascia.plots.requirement",
    "plot_shares": "fascia.plots.mechanisms",
    "plot_spine_release": "fascia.plots.spine",
    "plot_spine_sweep": "fascia.plots.spine",
    "plot_hamstring_bend": "fascia.plots.spine",
    "plot_bend_load": "fascia.plots.spine",
    "journal_style": "fascia.plots.style",
    "PublishedBand": "fascia.plots.published",
    "remote_effects": "fascia.plots.published",
    "stiffness_groups": "fascia.plots.published",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
