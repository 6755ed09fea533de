from .block import Block as Block, EachSubject as EachSubject
from .digest import fingerprint as fingerprint
from .engine import (
    CohortOptions as CohortOptions,
    part_of as part_of,
    run_cohort as run_cohort,
)
from .random_numbers import generator as generator
from .result import CohortError as CohortError, CohortResult as CohortResult
from .store import read_cohort as read_cohort
