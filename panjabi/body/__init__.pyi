from .checkup import CheckFinding as CheckFinding, check_up as check_up
from .dynamics import (
    Dynamics as Dynamics,
    DynamicsDerivatives as DynamicsDerivatives,
    Momentum as Momentum,
    coordinates_between as coordinates_between,
)
from .gravity import GravityEnergy as GravityEnergy, gravity_energy as gravity_energy
from .landmarks import Place as Place
from .model import Body as Body
from .muscles import (
    Fibre as Fibre,
    Muscle as Muscle,
)
from .person import Person as Person
from .poses import Poses as Poses
from .scaling import (
    mass_limits as mass_limits,
    scaled_body as scaled_body,
    segment_lengths as segment_lengths,
    segment_masses as segment_masses,
    size_evidence as size_evidence,
    size_outside_evidence as size_outside_evidence,
    stature_limits as stature_limits,
)
from .size import joint_length as joint_length, size_factor as size_factor
from .sized_muscles import (
    MusclePaths as MusclePaths,
    SizedMuscles as SizedMuscles,
    muscles_of as muscles_of,
)
from .standard import (
    body_length as body_length,
    read_adult as read_adult,
    same_size as same_size,
    standard_adult as standard_adult,
    trunk_length as trunk_length,
)
from .tree import Tree as Tree
from .wrapping import (
    Surface as Surface,
    SurfacePath as SurfacePath,
    Wrap as Wrap,
    path_over as path_over,
)
