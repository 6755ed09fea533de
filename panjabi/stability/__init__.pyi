from .buckling import JointLawName as JointLawName, buckle as buckle
from .column_solver import (
    ColumnEquilibrium as ColumnEquilibrium,
    column_equilibrium as column_equilibrium,
    pure_moment as pure_moment,
)
from .condition import (
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
from .load_paths import load_path as load_path, post_buckling as post_buckling
from .margins import Margin as Margin, deficit_margin as deficit_margin, load_margin as load_margin
from .model_verdict import verdict as verdict
from .one_joint_trunk import ReducedTrunk as ReducedTrunk, reduced_trunk as reduced_trunk
from .path_following import LoadPath as LoadPath
from .reflex_loop import (
    FirstOrder as FirstOrder,
    LinearReflex as LinearReflex,
    SecondOrder as SecondOrder,
)
from .reflex_margins import (
    ParameterMargin as ParameterMargin,
    parameter_margins as parameter_margins,
)
from .reflex_model import ReflexFamily as ReflexFamily, ReflexModel as ReflexModel
from .reflex_optimum import reflex_cost as reflex_cost, reflex_regulator as reflex_regulator
from .static_stability_of_muscles import (
    StaticStability as StaticStability,
    static_stability as static_stability,
)
from .sway_spectrum import (
    SpineSway as SpineSway,
    noisy_system as noisy_system,
    quiet_noise as quiet_noise,
    spine_sway as spine_sway,
)
from .trunk_sets import (
    TRUNK_DELAY as TRUNK_DELAY,
    TRUNK_SETS as TRUNK_SETS,
    TrunkSet as TrunkSet,
    trunk as trunk,
)
