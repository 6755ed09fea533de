__version__: str

from . import (
    active as active,
    body as body,
    cli as cli,
    cohort as cohort,
    delay as delay,
    errors as errors,
    io as io,
    literature as literature,
    neural as neural,
    passive as passive,
    plots as plots,
    recruitment as recruitment,
    simulation as simulation,
    spine as spine,
    stability as stability,
    statements as statements,
    tasks as tasks,
    tissue as tissue,
    validation as validation,
)
from .active.build import musculature as musculature
from .bibtex import bibliography as bibliography
from .body.model import Body as Body
from .body.population import People as People, people as people
from .body.standard import standard_adult as standard_adult
from .errors import PanjabiError as PanjabiError
from .io.opensim import read_osim as read_osim
from .latex_equations import equations as equations
from .literature.tables import published as published
from .parameter import (
    Parameter as Parameter,
    ParameterSet as ParameterSet,
    Sources as Sources,
    sources as sources,
)
from .passive.injury import injured as injured
from .passive.neutral_zone import neutral_zone_test as neutral_zone_test
from .passive.standard import unit as unit
from .recruitment.posture import recruit as recruit
from .simulation.spine_run import rerun as rerun, simulate as simulate
from .simulation.trajectory_file import load_record as load_record, save_record as save_record
from .spine.deficits import Deficits as Deficits, with_deficits as with_deficits
from .spine.equilibrium_solver import Equilibrium as Equilibrium, equilibrium as equilibrium
from .spine.model import Spine as Spine
from .spine.model_build import spine_model as spine_model
from .spine.static_build import static_spine as static_spine
from .spine.subject import Subject as Subject
from .spine.units import unit_column as unit_column
from .stability.buckling import buckle as buckle
from .stability.critical import critical_load as critical_load
from .stability.verdict_spine import verdict as verdict
from .statements.catalogue import hypothesis as hypothesis
from .tasks.pushes import quick_release as quick_release, sudden_load as sudden_load
from .tasks.registry import task as task
from .validation.table import validate as validate
