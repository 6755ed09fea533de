"""Figures: each function takes a result and an axis and returns the axis; nothing is computed.

Nothing is shown and no backend is chosen here; only `save_figures` writes files, and
`run_script` through it. Degrees are used only here; published figures are markers or bars, the
model is drawn as lines.
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "plot_moment_angle": "panjabi.plots.moment_angle",
    "plot_measured": "panjabi.plots.moment_angle",
    "plot_injured": "panjabi.plots.moment_angle",
    "plot_buckling_path": "panjabi.plots.buckling",
    "plot_mode": "panjabi.plots.buckling",
    "plot_muscles": "panjabi.plots.muscles",
    "plot_weakest_mode": "panjabi.plots.weakest",
    "plot_floor_sweep": "panjabi.plots.floor_sweep",
    "plot_level_table": "panjabi.plots.levels",
    "plot_stability_map": "panjabi.plots.delay_map",
    "plot_root_loci": "panjabi.plots.delay_roots",
    "plot_admittance": "panjabi.plots.delay_bode",
    "plot_perturbation": "panjabi.plots.perturbation",
    "plot_stabilogram": "panjabi.plots.stabilogram",
    "plot_diffusion": "panjabi.plots.stabilogram",
    "plot_basin": "panjabi.plots.basin",
    "PublishedRatio": "panjabi.plots.delay_bode",
    "plot_validation": "panjabi.plots.validation",
    "plot_stiffness_ratios": "panjabi.plots.hypothesis_units",
    "plot_zone_against_range": "panjabi.plots.hypothesis_units",
    "plot_zone_under_force": "panjabi.plots.hypothesis_units",
    "plot_critical_loads": "panjabi.plots.hypothesis_columns",
    "plot_load_directions": "panjabi.plots.hypothesis_columns",
    "plot_subsystem_shares": "panjabi.plots.hypothesis_columns",
    "plot_segment_shares": "panjabi.plots.hypothesis_columns",
    "plot_compensation_map": "panjabi.plots.compensation",
    "plot_subfailure": "panjabi.plots.loops",
    "plot_damage_growth": "panjabi.plots.loops",
    "plot_sway": "panjabi.plots.loops",
    "run_script": "panjabi.plots.files",
    "save_figures": "panjabi.plots.files",
    "journal_style": "panjabi.plots.style",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
