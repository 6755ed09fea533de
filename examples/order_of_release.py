"""Does the order of releases matter? Top-down, bottom-up, at random, all at once.

Without memory it does not: each dose is a fixed change of a slack length, so every order ends in
the same network, and that network has one equilibrium. With memory it can: if a dose removes a
fraction of the *present* tension, earlier releases have already changed that tension.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import fascia
from fascia.interventions import OrderResult, apply_doses
from fascia.interventions.release_orders import TOP_DOWN

SAME_DOSES = ("top_down", "bottom_up", "random", "equal_dose")
"""The orders with the same dose in every region; `local_only` applies all of it at the sacrum."""


@dataclass(frozen=True)
class Answer:
    """Results by order, and the distance between the final positions of two opposite orders."""

    by_memory: Mapping[str, Mapping[str, OrderResult]]  # memory -> order -> result
    apart: float  # [m]


def experiment() -> Answer:
    """Release ten regions from scalp to sole by a twentieth of the tension, in five orders."""
    subject = fascia.standard_subject(tie_ratio=0.1, resting_tension=5.0)
    down, up = release_in_order(subject, TOP_DOWN), release_in_order(subject, TOP_DOWN[::-1])
    return Answer(
        by_memory={
            memory: fascia.compare_orders(subject, total_dose=0.5, relative_to=memory)
            for memory in ("resting", "present")
        },
        apart=float(np.abs(down.position - up.position).max()),
    )


def release_in_order(subject: fascia.Subject, regions: Sequence[str]) -> fascia.Equilibrium:
    """Standing equilibrium after single releases; each solve starts from the previous state."""
    state = fascia.solve(subject.network)
    for region in regions:
        subject = apply_doses(subject, region, {"tension": 0.05})
        state = fascia.solve(subject.network, start=state)
    return state


def spread_deg(results: Mapping[str, OrderResult]) -> float:
    """Largest difference of the end-angle change between the orders of equal doses [deg]."""
    changes = [results[name].end_angle_change_deg for name in SAME_DOSES]
    return max(changes) - min(changes)


def check(answer: Answer) -> None:
    """Assert the findings of this example."""
    assert answer.apart < 1e-8
    assert spread_deg(answer.by_memory["resting"]) < 1e-6
    assert spread_deg(answer.by_memory["present"]) > 1e-5


def main() -> None:
    answer = experiment()
    columns = answer.by_memory
    print(f"{'dose is a fraction of':22}" + "".join(f"{m + ' tension':>20}" for m in columns))
    for name in columns["resting"]:
        changes = (column[name].end_angle_change_deg for column in columns.values())
        print(f"{name:22}" + "".join(f"{change:>+16.5f} deg" for change in changes))
    spreads = (spread_deg(column) for column in columns.values())
    print(f"{'spread, equal doses':22}" + "".join(f"{spread:>16.1e} deg" for spread in spreads))
    print(f"top-down and bottom-up: final positions of stations differ by {answer.apart:.1e} m")


if __name__ == "__main__":
    main()
