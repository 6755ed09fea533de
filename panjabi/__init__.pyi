__version__: str

from . import (
    active as active,
    body as body,
    cli as cli,
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
from .errors import PanjabiError as PanjabiError
from .latex_equations import equations as equations
from .literature.bibtex import bibliography as bibliography
from .literature.tables import published as published
from .parameter import (
    Parameter as Parameter,
    ParameterSet as ParameterSet,
    Sources as Sources,
    sources as sources,
)
