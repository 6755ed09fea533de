"""The control unit's choice of muscle forces: least effort under equilibrium and a stability floor.

>>> chosen = solve_recruitment(problem, floor=1.0)
>>> chosen.forces, chosen.gap, chosen.least_stiffness
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "RecruitmentProblem": "panjabi.recruitment.problem",
    "SeriesStiffness": "panjabi.recruitment.problem",
    "CRITERIA": "panjabi.recruitment.criteria",
    "Recruitment": "panjabi.recruitment.result",
    "Residuals": "panjabi.recruitment.result",
    "InfeasibleRecruitment": "panjabi.recruitment.infeasible",
    "Infeasibility": "panjabi.recruitment.infeasible",
    "solve_recruitment": "panjabi.recruitment.solve",
    "local_search": "panjabi.recruitment.local",
    "SpineRecruitment": "panjabi.recruitment.posture",
    "recruit": "panjabi.recruitment.posture",
    "sweep_floor": "panjabi.recruitment.posture",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
