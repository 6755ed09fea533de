from .catalogue import hypothesis as hypothesis, statement as statement, statements as statements
from .compensation import (
    CompensationMap as CompensationMap,
    SpineCompensation as SpineCompensation,
    compensation_map as compensation_map,
    least_activation as least_activation,
    spine_compensation as spine_compensation,
)
from .finding import (
    Finding as Finding,
    Illustration as Illustration,
    Quantity as Quantity,
    Statement as Statement,
)
from .quiet_stance import (
    Noise as Noise,
    standing_trunk as standing_trunk,
    trunk_sway as trunk_sway,
)
from .subfailure import Subfailure as Subfailure
