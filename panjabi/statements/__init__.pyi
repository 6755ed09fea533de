from .catalogue import hypothesis as hypothesis, statement as statement, statements as statements
from .compensation import (
    CompensationMap as CompensationMap,
    compensation_map as compensation_map,
    least_activation as least_activation,
)
from .finding import Finding as Finding, Quantity as Quantity, Statement as Statement
from .quiet_stance import (
    Noise as Noise,
    standing_trunk as standing_trunk,
    trunk_sway as trunk_sway,
)
from .subfailure import (
    Subfailure as Subfailure,
    fraction_with_chronic_state as fraction_with_chronic_state,
)
