from .axis import Crossing as Crossing, crossings_along as crossings_along
from .counting import count_right_of as count_right_of, count_unstable as count_unstable
from .experiment import (
    estimate_response as estimate_response,
    multisine as multisine,
    periodic_response as periodic_response,
)
from .family import (
    DelayFamily as DelayFamily,
    Family as Family,
    ParameterLine as ParameterLine,
)
from .identification import Identification as Identification, identify as identify
from .linearisation import (
    Jacobians as Jacobians,
    Kink as Kink,
    Linearisation as Linearisation,
    jacobian_errors as jacobian_errors,
    linearise as linearise,
)
from .margin import (
    DelayMargin as DelayMargin,
    delay_margin as delay_margin,
)
from .measured import MeasuredResponse as MeasuredResponse, read_response as read_response
from .optimal import DelayedRegulator as DelayedRegulator, delayed_lqr as delayed_lqr
from .parameter_map import StabilityMap as StabilityMap, stability_map as stability_map
from .response import (
    FrequencyResponse as FrequencyResponse,
    frequency_response as frequency_response,
)
from .root_locus import RootLoci as RootLoci, root_loci as root_loci
from .spectrum import Spectrum as Spectrum, characteristic_roots as characteristic_roots
from .system import (
    DelayTerm as DelayTerm,
    LinearDelaySystem as LinearDelaySystem,
    SystemRate as SystemRate,
    UnstableError as UnstableError,
)
