from .bending import ForwardBend as ForwardBend, forward_bend as forward_bend
from .coupled_equilibrium import CoupledState as CoupledState, coupled_state as coupled_state
from .crossing_strands import (
    acting_strands as acting_strands,
    joints_crossed as joints_crossed,
    reaching_strands as reaching_strands,
)
from .effort_bend import EffortBend as EffortBend
from .element import NetworkElement as NetworkElement
from .hamstrings import HamstringSweep as HamstringSweep, sweep_hamstrings as sweep_hamstrings
from .muscle_tension_on_nodes import muscle_pulls as muscle_pulls
from .release_record import SpineRelease as SpineRelease
from .shared_tissue import carriers as carriers, handed_over as handed_over
from .spine_in_network import WrappedSpine as WrappedSpine, wrapped as wrapped
from .spine_release import release_with_spine as release_with_spine
from .spine_release_sweep import (
    SpineSweep as SpineSweep,
    sweep_spine_release as sweep_spine_release,
)
