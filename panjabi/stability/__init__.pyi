from .buckling import JointLawName as JointLawName, buckle as buckle
from .column_solver import (
    ColumnEquilibrium as ColumnEquilibrium,
    column_equilibrium as column_equilibrium,
    pure_moment as pure_moment,
)
from .condition import (
    FeedingLoop as FeedingLoop,
    NearestKink as NearestKink,
    PushEvidence as PushEvidence,
    RootMode as RootMode,
    SmallMotions as SmallMotions,
    SpectralEvidence as SpectralEvidence,
    StabilityState as StabilityState,
    StabilityVerdict as StabilityVerdict,
    SubsystemMargin as SubsystemMargin,
    assess_evidence as assess_evidence,
)
from .crisco_model import crisco as crisco
from .critical import (
    CriticalLoad as CriticalLoad,
    critical_load as critical_load,
)
from .critical_parameters import (
    ParameterMargin as ParameterMargin,
    parameter_margins as parameter_margins,
)
from .growth import growth_in_time as growth_in_time
from .impulse_limits import (
    ImpulseLimit as ImpulseLimit,
    ImpulseLimits as ImpulseLimits,
    limits as limits,
)
from .load_paths import load_path as load_path, post_buckling as post_buckling
from .margins import (
    Margin as Margin,
    critical_gain as critical_gain,
    deficit_margin as deficit_margin,
    load_margin as load_margin,
)
from .modes import ModeNames as ModeNames, mode_names as mode_names
from .path_following import LoadPath as LoadPath
from .reflex_optimum import reflex_cost as reflex_cost, reflex_regulator as reflex_regulator
from .static_stability_of_muscles import (
    StaticStability as StaticStability,
    static_stability as static_stability,
)
from .sway_spectrum import (
    SpineSway as SpineSway,
    quiet_noise as quiet_noise,
    spine_sway as spine_sway,
)
from .verdict_spine import small_motions as small_motions, verdict as verdict
