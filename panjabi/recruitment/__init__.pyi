from .chain import recruit_chain as recruit_chain
from .checks import (
    ShortRangeTurn as ShortRangeTurn,
    margin_with_coupling as margin_with_coupling,
    short_range_turn as short_range_turn,
)
from .free_posture import FreePosture as FreePosture, recruit_posture as recruit_posture
from .infeasible import (
    Infeasibility as Infeasibility,
    InfeasibleRecruitment as InfeasibleRecruitment,
)
from .local import local_search as local_search
from .posture import (
    SpineRecruitment as SpineRecruitment,
    recruit as recruit,
    recruit_again as recruit_again,
    sweep_margin as sweep_margin,
)
from .problem import RecruitmentProblem as RecruitmentProblem
from .required import MARGIN as MARGIN, StiffnessRequirement as StiffnessRequirement
from .result import Recruitment as Recruitment, Residuals as Residuals
from .solve import solve_recruitment as solve_recruitment
from .weights import EffortWeights as EffortWeights
