"""How much more a spine can take when its muscles may choose again: load, and loss of muscle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from panjabi.recruitment.infeasible import Infeasibility, InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, problem_of
from panjabi.recruitment.solve import solve_recruitment
from panjabi.results import Result
from panjabi.spine.static_model import HeldLoad, StaticSpine

LARGEST_MASS = 500.0  # looked at [kg]


@dataclass(frozen=True, repr=False)
class Margin(Result):
    """The largest disturbance that recruitment still answers, and what fails beyond it."""

    what: str
    value: float  # in `unit`
    unit: str
    within: float  # width of the last bracket
    beyond: Infeasibility | None  # None: everything looked at was answered
    note: str = "preload of the units frozen at that of the undisturbed posture"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; `beyond` is the reason in words."""
        beyond = None if self.beyond is None else self.beyond.sentence
        return super().to_dict() | {"beyond": beyond}


def load_margin(state: SpineRecruitment, *, within: float = 0.5) -> Margin:
    """Largest mass that can be held besides, at the same place [kg]."""
    spine = state.spine
    place, held = spine.load.place, spine.load.mass
    return _bisected(
        "mass held besides",
        "kg",
        LARGEST_MASS,
        within,
        lambda mass: spine.with_load(HeldLoad(held + mass, place)),
        state,
    )


def deficit_margin(state: SpineRecruitment, group: str, *, within: float = 0.01) -> Margin:
    """Largest share of a muscle group's active force that can be lost [1]; 1: it is not needed."""
    spine = state.spine
    return _bisected(
        f"force of {group} lost",
        "1",
        1.0,
        within,
        lambda share: spine.with_muscles(spine.muscles.weakened(share, group)),
        state,
    )


def _bisected(
    what: str,
    unit: str,
    largest: float,
    within: float,
    disturbed: Callable[[float], StaticSpine],
    state: SpineRecruitment,
) -> Margin:
    """Feasible choices shrink as the disturbance grows; the end is found by halving."""
    floor = state.result.floor

    def fails(size: float) -> Infeasibility | None:
        try:
            solve_recruitment(problem_of(disturbed(size), state.stiffness), floor=floor)
        except InfeasibleRecruitment as error:
            return error.why
        return None

    beyond = fails(largest)
    if beyond is None:
        return Margin(what, largest, unit, 0.0, None)
    low, high = 0.0, largest
    while high - low > within:
        middle = 0.5 * (low + high)
        why = fails(middle)
        if why is None:
            low = middle
        else:
            high, beyond = middle, why
    return Margin(what, low, unit, high - low, beyond)
