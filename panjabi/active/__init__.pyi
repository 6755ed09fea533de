from .abdomen import AbdomenCoupling as AbdomenCoupling
from .abdominal_pressure import (
    AbdominalPressure as AbdominalPressure,
    Pressure as Pressure,
    strut as strut,
)
from .abdominal_wall import AbdominalWall as AbdominalWall
from .activation import ActivationDynamics as ActivationDynamics
from .build import (
    REGION_JOINTS as REGION_JOINTS,
    musculature as musculature,
    region_coordinates as region_coordinates,
)
from .data import read_set as read_set, read_set_file as read_set_file
from .electrodes import ELECTRODES as ELECTRODES, Electrode as Electrode
from .element import HeldTensions as HeldTensions, MuscleElement as MuscleElement
from .muscle_arrays import MuscleGeometry as MuscleGeometry, Musculature as Musculature
from .musculotendon import MuscleRates as MuscleRates, Musculotendon as Musculotendon
from .short_range_force import ShortRangeForce as ShortRangeForce
from .short_range_limits import (
    ShortRangeTurns as ShortRangeTurns,
    equivalent_q as equivalent_q,
    short_range_turns as short_range_turns,
)
from .stiffness import Bergmark as Bergmark, Cui as Cui, hill_slope as hill_slope
from .strength import moment_capacity as moment_capacity
