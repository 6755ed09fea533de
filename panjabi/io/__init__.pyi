from .findings import NotUnderstood as NotUnderstood
from .mjcf import write_mjcf as write_mjcf
from .motion_files import (
    TimeTable as TimeTable,
    filtered as filtered,
    orientations as orientations,
    read_emg as read_emg,
    read_markers as read_markers,
    read_motion as read_motion,
)
from .opensim import read_osim as read_osim
from .osim_joints import OsimCoordinate as OsimCoordinate
from .osim_model import OsimModel as OsimModel
from .osim_muscles import OsimMuscle as OsimMuscle
