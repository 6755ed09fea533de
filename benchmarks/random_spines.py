"""Verdicts of random spines compared with what runs of the same spines show.

Each spine is the lumbar one, or one of its joints with all its muscles, with random gain, delay,
strength, stiffness, co-contraction and injury. A verdict of "stable" is contradicted by a push of
its largest size in a new direction after which a joint leaves its range of evidence within the
watch time. A verdict of "unstable" is contradicted by a growth from 1e-6 rad, in a run, that
differs from the root by more than 10 %.

    python benchmarks/random_spines.py 200 [first]     # one line for each spine, then the fractions
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

from panjabi.errors import ConvergenceError
from panjabi.passive.directions import REGIONS
from panjabi.spine import Spine, spine_model
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import condensed_system
from panjabi.stability import StabilityState, StabilityVerdict, growth_in_time, verdict
from panjabi.stability.condition import WATCH
from panjabi.stability.pushes import (
    PUSH_ENERGY,
    SIZES,
    TOLERANCE,
    Push,
    direction_pushes,
    mode_pushes,
    prepared_runs,
    pushed,
)

LUMBAR = REGIONS["lumbar"]
INJURIES = ("nucleus", "facetectomy", "disc-rupture", "cut=SSL+ISL", "cut=LF")
NEW = 2  # pushes of each type of new direction
LEFT = "leaves the evidence", "fails", "loses balance"
WITHIN = 0.1  # relative difference of growth


@dataclass(frozen=True)
class Comparison:
    """One random spine: what its verdict says, and whether a run contradicts it."""

    number: int
    joints: str
    deficits: Deficits
    condition: str  # of the verdict, or "no equilibrium"
    contradicted: str  # by what; "" if it is not
    root: complex = complex("nan")
    reason: str = ""

    def __str__(self) -> str:
        d = self.deficits
        found = {
            "spine": self.number, "joints": self.joints, "condition": self.condition,
            "root": [self.root.real, self.root.imag], "gain": d.gain_factor,
            "delay": d.extra_delay, "strength_loss": d.strength_loss,
            "passive_loss": d.passive_loss, "injuries": dict(d.injuries),
            "reason": self.reason, "contradicted": self.contradicted,
        }  # fmt: skip
        return json.dumps(found)


@cache
def intact(joints: str) -> Spine:
    """The lumbar spine, or one joint of it with all its muscles."""
    if joints == "lumbar":
        return spine_model("lumbar", reflexes=True)
    return spine_model("lumbar", joints=[joints], reflexes=True)


def random_deficits(rng: np.random.Generator, levels: list[str]) -> tuple[Deficits, float]:
    """Deficits, and the least activation."""
    level = str(rng.choice(levels))
    injury = str(rng.choice(INJURIES))
    lost = Deficits(
        gain_factor=float(np.exp(rng.uniform(np.log(0.1), np.log(6.0)))),
        extra_delay=float(rng.choice([0.0, rng.uniform(0.0, 0.2)])),
        strength_loss=float(rng.choice([0.0, rng.uniform(0.0, 0.6)])),
        passive_loss=float(rng.choice([0.0, rng.uniform(0.0, 0.8)])),
        injuries={level: [injury]} if rng.random() < 0.5 else {},
    )
    return lost, float(np.exp(rng.uniform(np.log(0.005), np.log(0.1))))


def new_pushes(rest: Equilibrium, rng: np.random.Generator) -> list[Push]:
    """Pushes of size 1 in random directions.

    These are combinations of forces and turns of the pushed body, combinations of them with the
    shapes of the least stable modes, and velocities of all coordinates with independent energies.
    """
    small = condensed_system(rest)
    ordinary = direction_pushes(rest, PUSH_ENERGY.si)
    modes = mode_pushes(rest, small.system, small.rightmost().roots, PUSH_ENERGY.si, ordinary)
    mass = rest.model.dynamics.mass_matrix(rest.q)
    size, axes = np.linalg.eigh(mass)
    directions = np.array([push.rate for push in ordinary])
    types = {
        "directions": directions,
        "modes": np.concatenate([directions, [push.rate for push in modes]]),
        "coordinates": (axes / np.sqrt(size)).T,
    }
    made: list[Push] = []
    for name, basis in types.items():
        for k in range(NEW):
            rate = rng.standard_normal(len(basis)) @ basis
            rate *= np.sqrt(2.0 * PUSH_ENERGY.si / (rate @ mass @ rate))
            made.append(Push(f"{name} {k + 1}", rate))
    return made


def contradiction(rest: Equilibrium, found: StabilityVerdict, rng: np.random.Generator) -> str:
    """What contradicts a verdict in runs of the same spine, in words; "" if nothing does."""
    if found.condition is StabilityState.UNSTABLE:
        root = found.rightmost_root
        ratio = growth_in_time(rest, root) / root.real
        return "" if abs(ratio - 1.0) <= WITHIN else f"grows at {ratio:.3g} of the root"
    if found.condition is StabilityState.STABLE:
        runs = prepared_runs(rest, WATCH, TOLERANCE)
        pairs = [(push, SIZES[-1]) for push in new_pushes(rest, rng)]
        wrong = [push for push in pushed(runs, pairs) if push.end in LEFT]
        return str(wrong[0]) if wrong else ""
    return ""


def compared(number: int, seed: int = 0) -> Comparison:
    """The comparison of one random spine."""
    rng = np.random.default_rng([seed, number])
    joints = "lumbar" if rng.random() < 0.5 else str(rng.choice(LUMBAR))
    lost, least = random_deficits(rng, list(LUMBAR) if joints == "lumbar" else [joints])
    try:
        rest = equilibrium(with_deficits(intact(joints), lost), least=least)
    except ConvergenceError:
        return Comparison(number, joints, lost, "no equilibrium", "")
    found = verdict(rest, margins=False)
    wrong = contradiction(rest, found, rng)
    return Comparison(
        number, joints, lost, found.condition.value, wrong, found.rightmost_root, found.reasons[0]
    )


def main(count: int, first: int = 0) -> None:
    every: list[Comparison] = []
    for number in range(first, first + count):
        every.append(compared(number))
        print(every[-1], flush=True)
    for condition, times in Counter(c.condition for c in every).most_common():
        print(f"{condition:24}{times:5}{100.0 * times / count:8.1f} %")
    print(f"contradicted: {sum(bool(c.contradicted) for c in every)} of {count}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:] or ["200"]))
