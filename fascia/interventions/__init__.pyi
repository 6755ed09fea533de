from .attenuation_ladder import Attenuation as Attenuation, attenuation as attenuation
from .release_experiment import (
    NullModel as NullModel,
    StiffnessChange as StiffnessChange,
    release as release,
)
from .release_mechanisms import (
    Mechanism as Mechanism,
    apply_doses as apply_doses,
    mechanisms as mechanisms,
    release_tension as release_tension,
)
from .release_orders import OrderResult as OrderResult, compare_orders as compare_orders
from .release_sweep import (
    Sweep as Sweep,
    sweep_release as sweep_release,
)
from .required_drop import (
    Requirement as Requirement,
    required_tension_drop as required_tension_drop,
)
from .shapley_values import shapley as shapley
