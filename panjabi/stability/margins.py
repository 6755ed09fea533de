"""Largest additional load and largest loss of muscle force that new muscle forces can balance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from panjabi.recruitment.infeasible import Infeasibility, InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit_again
from panjabi.results import Result
from panjabi.spine.static_model import HeldLoad, StaticSpine

LARGEST_MASS = 500.0  # end of the search [kg]


@dataclass(frozen=True, repr=False)
class Margin(Result):
    """The largest disturbance for which recruitment is feasible, and why a larger one is not."""

    what: str  # the disturbance
    value: float  # in `unit`
    unit: str
    within: float  # width of the last bracket
    beyond: Infeasibility | None  # None: the whole search range is feasible
    note: str = "preload of the units fixed at its value in the undisturbed posture"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; `beyond` is the reason as a sentence."""
        beyond = None if self.beyond is None else self.beyond.sentence
        return super().to_dict() | {"beyond": beyond}


def load_margin(state: SpineRecruitment, *, within: float = 0.5) -> Margin:
    """Largest additional mass that can be held at the same place [kg]."""
    spine = state.spine
    place, present = spine.load.place, spine.load.mass
    return _bisected(
        "additional mass held",
        "kg",
        LARGEST_MASS,
        within,
        lambda mass: spine.with_load(HeldLoad(present + mass, place)),
        state,
    )


def deficit_margin(state: SpineRecruitment, group: str, *, within: float = 0.01) -> Margin:
    """Largest fraction of a muscle group's active force that can be lost [1].

    1 means that the group is not needed.
    """
    spine = state.spine
    return _bisected(
        f"force of {group} lost",
        "1",
        1.0,
        within,
        lambda loss: spine.with_muscles(spine.muscles.weakened(loss, group)),
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
    """Bisection: the set of feasible forces shrinks as the disturbance grows."""

    def fails(size: float) -> Infeasibility | None:
        try:
            recruit_again(state, disturbed(size))
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
