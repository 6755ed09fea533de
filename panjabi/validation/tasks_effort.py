"""Stiffness of the trunk under effort (Moorhouse and Granata 2007), beside the spine models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from panjabi.literature import row
from panjabi.tasks.condition import Condition
from panjabi.tasks.stiffness import PointStiffness, exertion
from panjabi.validation.case import Case, judged

EFFORTS = (0.02, 0.05, 0.1, 0.2)  # exertions over the extension strength, up to the published one


def effort_cases() -> Iterator[Case]:
    """Cases of V5, of the one-joint trunk, and what stands in the way with all lumbar joints."""
    found = _stiffness("trunk")
    fifth = found[0.2]
    yield judged(
        "N027",
        100.0 * fifth.reflex_fraction,
        "reflex over reflex and intrinsic stiffness at T8, gravity left out of both; the reflex "
        "gains are assumed, and the share follows them",
    )
    published = row("N028")
    yield judged(
        "N028",
        fifth.intrinsic,
        f"slow stiffness at T8, {fifth.lever:.2f} m over L5-S1, gravity in it "
        f"({_told(found)}): one joint under a rigid trunk has all its muscles' elasticity at one "
        "place and no vertebra to give way",
        accept="within two published standard deviations",
        met=abs(fifth.intrinsic - published.number) <= 2.0 * (published.sd or 0.0),
    )
    yield judged(
        "N258",
        1e-3 * fifth.total,
        "slow stiffness at T8 with reflexes and gravity, where the published one is of a cycle of "
        "250 ms at a harness higher up",
    )
    negative = float(np.mean([one.intrinsic < 0.0 for one in found.values()]))
    yield judged(
        "N029",
        100.0 * negative,
        f"exertions of {', '.join(f'{100 * s:.0f}' for s in EFFORTS)} % in one model, where trials "
        "of eleven people are published",
        accept="above 60",
        met=negative > 0.6,
    )
    yield judged(
        "N028.lumbar",
        None,
        f"six joints give {_told(_stiffness('lumbar'))}, in no order: activations with the least "
        "sum of squares leave a posture that is not stable, and the inverse of its compliance goes "
        "through infinity. Some of these lie within the published spread, which proves nothing",
        of="N028",
    )


def _stiffness(model: str) -> dict[float, PointStiffness]:
    return {share: exertion(Condition(model=model), share=share) for share in EFFORTS}


def _told(found: dict[float, PointStiffness]) -> str:
    parts = (f"{one.intrinsic:.0f} at {100 * share:.0f} %" for share, one in found.items())
    return ", ".join(parts) + " effort"
