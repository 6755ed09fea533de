from .declaration import Declaration as Declaration, LogUniform as LogUniform, Rival as Rival
from .experiment import (
    Assessment as Assessment,
    Experiment as Experiment,
    assessment_of as assessment_of,
)
from .numbers import Numbers as Numbers
from .verdict import (
    AGREES as AGREES,
    VERDICTS as VERDICTS,
    Verdict as Verdict,
    behaviour as behaviour,
    verdict_from_draws as verdict_from_draws,
)
