from .column_build import column as column, straight_column as straight_column
from .column_model import Column as Column, Potential as Potential
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
from .levels import REGIONS as REGIONS, levels_of as levels_of
from .loads import DeadLoad as DeadLoad, FollowerLoad as FollowerLoad, LevelMoment as LevelMoment
from .model import Spine as Spine
from .model_build import (
    MusculatureOptions as MusculatureOptions,
    UnitOptions as UnitOptions,
    spine_model as spine_model,
)
from .muscle_state import MuscleState as MuscleState
from .noise_paths import ProcessNoise as ProcessNoise, SpineNoise as SpineNoise
from .perturbation import (
    ForcePulse as ForcePulse,
    ForceStep as ForceStep,
    MomentPulse as MomentPulse,
    Multisine as Multisine,
    QuickRelease as QuickRelease,
    SuddenLoad as SuddenLoad,
)
from .rhs_plain import reference_rhs as reference_rhs
from .short_range import bergmark as bergmark
from .static_build import static_spine as static_spine
from .static_model import HeldLoad as HeldLoad, StaticSpine as StaticSpine
from .tangents import tangent as tangent
from .units import (
    instantaneous as instantaneous,
    unit_column as unit_column,
    with_preload as with_preload,
)
