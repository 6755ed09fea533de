from .case import (
    Case as Case,
    Outcome as Outcome,
    judged as judged,
    near as near,
    not_predicted as not_predicted,
    tally as tally,
    within as within,
)
from .columns import column_cases as column_cases
from .delays import delay_cases as delay_cases
from .neural import neural_cases as neural_cases
from .tasks import experiment_cases as experiment_cases
