from .adaptive import solve as solve
from .cohort import Cohort as Cohort, solve_cohort as solve_cohort
from .history import History as History, Samples as Samples
from .model import DelayModel as DelayModel, Event as Event
from .noise import (
    NoisyCohort as NoisyCohort,
    NoisyModel as NoisyModel,
    NoisyRun as NoisyRun,
    noisy_cohort as noisy_cohort,
    solve_noisy as solve_noisy,
)
from .settings import Settings as Settings
from .trajectory import SimulationError as SimulationError, Trajectory as Trajectory
