"""Does the order of releases matter? Top-down, bottom-up, at random, all at once.

Without memory it cannot: each dose is a fixed change of a slack length, so every order ends in
the same network, and that network has one equilibrium. With memory it can: if a therapist
takes a share off the tension that is there *now*, what was done before has changed "now".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import fascia
from fascia.interventions import OrderResult, apply_doses
from fascia.interventions.release_orders import TOP_DOWN

SAME_DOSES = ("top_down", "bottom_up", "random", "equal_dose")
"""The orders that give every region the same dose; `local_only` spends it all on the sacrum."""


@dataclass(frozen=True)
class Answer:
    """What the orders did, and how far the stations end apart when one walks the two ways."""

    by_memory: Mapping[str, Mapping[str, OrderResult]]  # memory -> order -> result
    apart: float  # [m]


def experiment() -> Answer:
    """Ten regions from scalp to sole, one twentieth of the tension off each, in five orders."""
    subject = fascia.standard_subject(tie_ratio=0.1, resting_tension=5.0)
    down, up = walk(subject, TOP_DOWN), walk(subject, TOP_DOWN[::-1])
    return Answer(
        by_memory={
            memory: fascia.compare_orders(subject, total_dose=0.5, relative_to=memory)
            for memory in ("resting", "present")
        },
        apart=float(np.abs(down.position - up.position).max()),
    )


def walk(subject: fascia.Subject, regions: Sequence[str]) -> fascia.Equilibrium:
    """Standing equilibrium after a release at a time, each found from the one before it."""
    state = fascia.solve(subject.network)
    for region in regions:
        subject = apply_doses(subject, region, {"tension": 0.05})
        state = fascia.solve(subject.network, start=state)
    return state


def spread_deg(results: Mapping[str, OrderResult]) -> float:
    """Largest difference of the end-angle change among the orders of equal doses [deg]."""
    changes = [results[name].end_angle_change_deg for name in SAME_DOSES]
    return max(changes) - min(changes)


def check(answer: Answer) -> None:
    """What the text above claims."""
    assert answer.apart < 1e-8
    assert spread_deg(answer.by_memory["resting"]) < 1e-6
    assert spread_deg(answer.by_memory["present"]) > 1e-5


def main() -> None:
    answer = experiment()
    columns = answer.by_memory
    print(f"{'doses are a share of':22}" + "".join(f"{m + ' tension':>20}" for m in columns))
    for name in columns["resting"]:
        changes = (column[name].end_angle_change_deg for column in columns.values())
        print(f"{name:22}" + "".join(f"{change:>+16.5f} deg" for change in changes))
    spreads = (spread_deg(column) for column in columns.values())
    print(f"{'spread, equal doses':22}" + "".join(f"{spread:>16.1e} deg" for spread in spreads))
    print(f"walked down and walked up, the stations end {answer.apart:.1e} m apart")


if __name__ == "__main__":
    main()
