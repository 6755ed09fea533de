from .criteria import CRITERIA as CRITERIA
from .infeasible import (
    Infeasibility as Infeasibility,
    InfeasibleRecruitment as InfeasibleRecruitment,
)
from .local import local_search as local_search
from .posture import (
    SpineRecruitment as SpineRecruitment,
    recruit as recruit,
    sweep_floor as sweep_floor,
)
from .problem import RecruitmentProblem as RecruitmentProblem, SeriesStiffness as SeriesStiffness
from .result import Recruitment as Recruitment, Residuals as Residuals
from .solve import solve_recruitment as solve_recruitment
