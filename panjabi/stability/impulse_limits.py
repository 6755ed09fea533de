"""The smallest impulse that destabilises a spine, by direction.

A push destabilises when the spine is not at rest within the watch time, loses balance, or a
structure fails. The impulse is doubled until one does, and the bracket is then halved. Runs go on
beyond the published tests: the result says from which impulse on moment or compression leave them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from panjabi.errors import ParameterError
from panjabi.results import Result, finite
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model import Spine
from panjabi.stability.condition import SETTLED, WATCH, PushEvidence, check_positive
from panjabi.stability.pushes import (
    PUSH_ENERGY,
    TOLERANCE,
    Push,
    direction_pushes,
    prepared_runs,
    pushed,
)

START = 2.0  # size of the first push, that of the largest of a verdict [1]
RUNS = 12  # in one direction


@dataclass(frozen=True, repr=False)
class ImpulseLimit(Result):
    """The limit in one direction."""

    direction: str
    body: str  # that is pushed
    impulse: float  # smallest that destabilises [N s; N m s for a turn]; inf: none was found
    within: float  # width of the last bracket [N s]
    largest: float  # impulse up to which was searched [N s]
    ends: str  # what happens there
    evidence: float  # smallest impulse after which a load left the tests [N s]; inf
    runs: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "direction": self.direction, "body": self.body, "impulse_Ns": finite(self.impulse),
            "within_Ns": self.within, "largest_Ns": self.largest, "ends": self.ends,
            "leaves_evidence_Ns": finite(self.evidence), "runs": self.runs,
        }  # fmt: skip

    def __str__(self) -> str:
        size = f"{self.impulse:.3g} N s, {self.ends}"
        if math.isinf(self.impulse):
            size = f"none up to {self.largest:.3g} N s"
        left = (
            "" if math.isinf(self.evidence) else f"; beyond the tests from {self.evidence:.3g} N s"
        )
        return f"{self.direction} at {self.body}: {size}{left}"


@dataclass(frozen=True, repr=False)
class ImpulseLimits(Result):
    """Limits of one equilibrium in several directions."""

    model: str
    watch: float  # [s]
    directions: tuple[ImpulseLimit, ...]

    @property
    def least(self) -> ImpulseLimit:
        """The direction with the smallest limit."""
        return min(self.directions, key=lambda limit: limit.impulse)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "model": self.model, "watch_s": self.watch,
            "directions": [limit.to_dict() for limit in self.directions],
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.model}: smallest destabilising impulse", *(f"  {d}" for d in self.directions)]
        )


def limits(
    model: Spine | Equilibrium,
    *,
    directions: Sequence[str] = (),
    watch: float = WATCH,
    runs: int = RUNS,
    tolerance: float = TOLERANCE,
) -> ImpulseLimits:
    """Smallest impulse [N s] that destabilises a spine in equilibrium, by direction.

    Parameters
    ----------
    model : a stable `Spine`, whose equilibrium is computed first, or its `Equilibrium`.
    directions : of `panjabi.stability.pushes.DIRECTIONS`; by default all six.
    watch : time within which the spine must come to rest [s].
    runs : number of runs in each direction; each halves the bracket.
    tolerance : distance within which a joint has returned [rad].

    Raises
    ------
    ParameterError
        For numbers that are not positive, or fewer than two runs.
    UnknownNameError
        For another direction.
    """
    check_positive(watch=watch, tolerance=tolerance)
    if not (isinstance(runs, int) and runs >= 2):
        raise ParameterError(
            f"Expected 2 or more runs in each direction, got {runs!r}; leave it out."
        )
    rest = model if isinstance(model, Equilibrium) else equilibrium(model)
    setup = replace(prepared_runs(rest, watch, tolerance), beyond=True)
    pushes = direction_pushes(rest, PUSH_ENERGY.si, directions)
    searches = [_Search(push) for push in pushes]
    for _ in range(runs):
        found = pushed(setup, [(s.push, s.size) for s in searches])
        for search, result in zip(searches, found, strict=True):
            search.add(result)
    name = f"spine of {len(rest.model.joints)} joints"
    return ImpulseLimits(name, watch, tuple(search.limit(runs) for search in searches))


class _Search:
    """Doubling, then halving, in one direction."""

    def __init__(self, push: Push) -> None:
        self.push, self.size = push, START
        self.low, self.high, self.left = 0.0, math.inf, math.inf
        self.ends = ""

    def add(self, found: PushEvidence) -> None:
        if found.left or found.pressed:
            self.left = min(self.left, found.size)
        if found.end in SETTLED:
            self.low = found.size
        else:
            self.high, self.ends = found.size, found.end
        self.size = 2.0 * self.low if math.isinf(self.high) else 0.5 * (self.low + self.high)

    def limit(self, runs: int) -> ImpulseLimit:
        one, high = self.push.impulse, self.high
        width = 0.0 if math.isinf(high) else (high - self.low) * one
        return ImpulseLimit(
            self.push.name, self.push.body, high * one, width, max(self.low, 0.0) * one, self.ends,
            self.left * one, runs,
        )  # fmt: skip
