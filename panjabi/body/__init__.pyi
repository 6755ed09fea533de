from .checkup import CheckFinding as CheckFinding, check_up as check_up
from .dynamics import (
    Dynamics as Dynamics,
    Linearisation as Linearisation,
    Momentum as Momentum,
    coordinates_between as coordinates_between,
)
from .gravity import GravityEnergy as GravityEnergy
from .landmarks import Place as Place
from .model import Body as Body
from .muscles import (
    Fibre as Fibre,
    Muscle as Muscle,
    MusclePaths as MusclePaths,
    SizedMuscles as SizedMuscles,
    muscles_of as muscles_of,
)
from .poses import Poses as Poses
from .standard import read_adult as read_adult, standard_adult as standard_adult
from .tree import Tree as Tree
