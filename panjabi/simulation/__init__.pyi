from .lumped_trunk import LumpedTrunk as LumpedTrunk, lumped_model as lumped_model
from .record import SpineRecord as SpineRecord
from .spine_run import simulate as simulate
from .trajectory_file import load_record as load_record
