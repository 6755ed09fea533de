from .column_preset import (
    column as column,
    in_plane as in_plane,
    straight_column as straight_column,
    with_laws as with_laws,
)
from .deficits import Deficits as Deficits, with_deficits as with_deficits
from .derivatives import jacobian as jacobian
from .equilibrium_solver import Equilibrium as Equilibrium, equilibrium as equilibrium
from .families import SpineFamily as SpineFamily
from .force_closure import (
    ForceClosure as ForceClosure,
    SacroiliacLoad as SacroiliacLoad,
    sacroiliac_loads as sacroiliac_loads,
)
from .joint_forces import JointForces as JointForces
from .joints import (
    ExponentialJoint as ExponentialJoint,
    JointLaw as JointLaw,
    LinearJoint as LinearJoint,
)
from .levels import PLANES as PLANES, REGIONS as REGIONS, levels_of as levels_of
from .loads import (
    DeadLoad as DeadLoad,
    FollowerLoad as FollowerLoad,
    LevelMoment as LevelMoment,
    Potential as Potential,
)
from .model import Spine as Spine
from .model_build import (
    MusculatureOptions as MusculatureOptions,
    UnitOptions as UnitOptions,
    spine_model as spine_model,
)
from .muscle_state import MuscleState as MuscleState
from .neck_preset import (
    fitted_neck as fitted_neck,
    head_over_trunk as head_over_trunk,
    neck as neck,
    resonance as resonance,
)
from .noise_paths import ProcessNoise as ProcessNoise, SpineNoise as SpineNoise
from .passive_spine import (
    PassiveSpine as PassiveSpine,
    own_weight as own_weight,
    passive_view as passive_view,
    top_load as top_load,
    with_loads as with_loads,
)
from .perturbation import (
    ForcePulse as ForcePulse,
    ForceStep as ForceStep,
    MomentPulse as MomentPulse,
    MomentSine as MomentSine,
    MomentWave as MomentWave,
    Multisine as Multisine,
    QuickRelease as QuickRelease,
    SuddenLoad as SuddenLoad,
)
from .reduced_spine import reduced as reduced
from .rhs_plain import reference_rhs as reference_rhs
from .seat_preset import (
    NOISE as NOISE,
    SEAT as SEAT,
    seat_noise as seat_noise,
    seat_spine as seat_spine,
    sized_seat as sized_seat,
)
from .short_range import bergmark as bergmark
from .static_build import static_spine as static_spine
from .static_model import HeldLoad as HeldLoad, StaticSpine as StaticSpine
from .subject import Subject as Subject
from .tangents import tangent as tangent
from .trunk_sets import (
    TRUNK_DELAY as TRUNK_DELAY,
    one_loop as one_loop,
    one_loop_family as one_loop_family,
    trunk_family as trunk_family,
    trunk_parameters as trunk_parameters,
    trunk_set as trunk_set,
)
from .units import (
    instantaneous as instantaneous,
    unit_column as unit_column,
    with_preload as with_preload,
)
