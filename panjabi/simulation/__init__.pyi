from .fixed_steps import fixed_step_run as fixed_step_run
from .record import RunEvent as RunEvent, SpineRecord as SpineRecord
from .spine_run import rerun as rerun, simulate as simulate
from .trajectory_file import load_record as load_record, save_record as save_record
