from .assessment import plot_assessments as plot_assessments
from .basin import plot_basin as plot_basin
from .buckling import plot_buckling_path as plot_buckling_path, plot_mode as plot_mode
from .compensation import plot_compensation_map as plot_compensation_map
from .delay_bode import PublishedRatio as PublishedRatio, plot_admittance as plot_admittance
from .delay_map import plot_stability_map as plot_stability_map
from .delay_roots import plot_root_loci as plot_root_loci
from .files import run_script as run_script, save_figures as save_figures
from .hypothesis_columns import (
    plot_critical_loads as plot_critical_loads,
    plot_load_directions as plot_load_directions,
    plot_segment_shares as plot_segment_shares,
    plot_subsystem_shares as plot_subsystem_shares,
)
from .hypothesis_units import (
    plot_stiffness_ratios as plot_stiffness_ratios,
    plot_zone_against_range as plot_zone_against_range,
    plot_zone_under_force as plot_zone_under_force,
)
from .laws import (
    plot_muscle_curves as plot_muscle_curves,
    plot_strand_law as plot_strand_law,
)
from .levels import plot_level_table as plot_level_table
from .loops import (
    plot_damage_growth as plot_damage_growth,
    plot_subfailure as plot_subfailure,
    plot_sway as plot_sway,
)
from .margin_sweep import plot_margin_sweep as plot_margin_sweep
from .moment_angle import (
    plot_injured as plot_injured,
    plot_measured as plot_measured,
    plot_moment_angle as plot_moment_angle,
)
from .muscles import plot_muscles as plot_muscles
from .perturbation import plot_perturbation as plot_perturbation
from .stability_mode import plot_stability_mode as plot_stability_mode
from .stabilogram import plot_diffusion as plot_diffusion, plot_stabilogram as plot_stabilogram
from .style import journal_style as journal_style
from .sway_front import plot_sway_front as plot_sway_front
from .trunk_stiffness import (
    plot_bracing as plot_bracing,
    plot_stiffness_by_effort as plot_stiffness_by_effort,
    plot_stiffness_by_frequency as plot_stiffness_by_frequency,
)
from .validation import plot_validation as plot_validation
from .weakest import plot_weakest_mode as plot_weakest_mode
