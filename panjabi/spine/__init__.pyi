from .column_build import column as column, straight_column as straight_column
from .column_model import Column as Column, Potential as Potential
from .derivatives import jacobian as jacobian
from .equilibrium_solver import Equilibrium as Equilibrium, equilibrium as equilibrium
from .families import SpineFamily as SpineFamily
from .joint_forces import JointForces as JointForces
from .joints import (
    ExponentialJoint as ExponentialJoint,
    JointLaw as JointLaw,
    LinearJoint as LinearJoint,
)
from .levels import REGIONS as REGIONS, levels_of as levels_of
from .loads import DeadLoad as DeadLoad, FollowerLoad as FollowerLoad, LevelMoment as LevelMoment
from .model import Spine as Spine
from .model_build import UnitOptions as UnitOptions, spine_model as spine_model
from .muscle_state import MuscleState as MuscleState
from .noise_paths import ProcessNoise as ProcessNoise, SpineNoise as SpineNoise
from .perturbation import (
    ForcePulse as ForcePulse,
    ForceStep as ForceStep,
    MomentPulse as MomentPulse,
    MomentSine as MomentSine,
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
