from .findings import NotUnderstood as NotUnderstood
from .mjcf import write_mjcf as write_mjcf
from .musculature import (
    ExportableMuscles as ExportableMuscles,
    MusclePaths as MusclePaths,
    muscles_of as muscles_of,
)
from .opensim import read_osim as read_osim
from .osim_coordinates import OsimCoordinate as OsimCoordinate
from .osim_model import OsimModel as OsimModel
from .osim_muscles import OsimMuscle as OsimMuscle
