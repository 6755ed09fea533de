from .bending import (
    BendSample as BendSample,
    ForwardBend as ForwardBend,
    forward_bend as forward_bend,
)
from .coupled_equilibrium import CoupledState as CoupledState, coupled_state as coupled_state
from .crossing_strands import (
    acting_strands as acting_strands,
    joints_crossed as joints_crossed,
    reaching_strands as reaching_strands,
)
from .effort_bend import EffortBend as EffortBend, EffortSample as EffortSample
from .hamstring_sweep import (
    Bends as Bends,
    HamstringSweep as HamstringSweep,
    sweep_hamstrings as sweep_hamstrings,
)
from .myofascial_transfer import MusclePulls as MusclePulls, muscle_pulls as muscle_pulls
from .network_element import NetworkElement as NetworkElement
from .shared_tissue import Carrier as Carrier, carriers as carriers, handed_over as handed_over
from .spine_in_network import WrappedSpine as WrappedSpine, wrapped as wrapped
from .spine_release import release_with_spine as release_with_spine
from .spine_release_record import (
    Drift as Drift,
    SpineNull as SpineNull,
    SpineReading as SpineReading,
    SpineRelease as SpineRelease,
)
from .spine_release_sweep import (
    SpineSweep as SpineSweep,
    sweep_spine_release as sweep_spine_release,
)
