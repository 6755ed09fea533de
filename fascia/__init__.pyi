import panjabi.parameter as _parameter

from . import (
    cli as cli,
    clinical as clinical,
    coupling as coupling,
    errors as errors,
    interventions as interventions,
    mechanics as mechanics,
    network as network,
    plots as plots,
    sparse as sparse,
    transmission as transmission,
    validation as validation,
)
from .clinical.catalogue import clinical_tests as clinical_tests
from .clinical.examination import Examination as Examination, examine as examine
from .clinical.paths import PostureOptions as PostureOptions
from .clinical.subject import Subject as Subject
from .clinical.tolerance import Tolerance as Tolerance
from .coupling.coupled_equilibrium import coupled_state as coupled_state
from .coupling.hamstring_sweep import sweep_hamstrings as sweep_hamstrings
from .coupling.network_element import NetworkElement as NetworkElement
from .coupling.spine_release import release_with_spine as release_with_spine
from .coupling.spine_release_record import SpineRelease as SpineRelease
from .errors import FasciaError as FasciaError
from .interventions.attenuation_ladder import Attenuation as Attenuation
from .interventions.release_experiment import StiffnessChange as StiffnessChange, release as release
from .interventions.release_mechanisms import mechanisms as mechanisms
from .interventions.release_orders import compare_orders as compare_orders
from .interventions.release_sweep import Sweep as Sweep, sweep_release as sweep_release
from .interventions.required_drop import required_tension_drop as required_tension_drop
from .mechanics.equilibrium import (
    Equilibrium as Equilibrium,
    EquilibriumSolver as EquilibriumSolver,
    solve as solve,
)
from .network.build import superficial_back_line as superficial_back_line, whole_body as whole_body
from .network.convert import from_networkx as from_networkx, to_networkx as to_networkx
from .network.files import load as load, save as save
from .network.model import TensionNetwork as TensionNetwork
from .network.parts import Line as Line, Node as Node, Strand as Strand
from .population import Examinees as Examinees, people as people
from .subject import standard_subject as standard_subject
from .transmission.routes import load_paths as load_paths
from .transmission.sensitivity import influence as influence, tension_response as tension_response
from .validation.table import validate as validate

Parameter = _parameter.Parameter
sources = _parameter.sources
__version__: str
