from .case import Case as Case, Outcome as Outcome, tally as tally
from .criterion import (
    Criterion as Criterion,
    Target as Target,
    at_least as at_least,
    at_most as at_most,
    interval as interval,
    sign as sign,
    within_errors as within_errors,
    within_factor as within_factor,
    within_fraction as within_fraction,
    within_rounding as within_rounding,
    within_sd as within_sd,
)
from .predictions import Prediction as Prediction, Predictions as Predictions, assess as assess
from .report import (
    as_csv as as_csv,
    as_markdown as as_markdown,
    as_rows as as_rows,
    as_text as as_text,
)
from .table import predicts as predicts, validate as validate
