"""One more muscle beside those of a musculature, on both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from panjabi.active.abdomen import with_abdomen
from panjabi.active.data import MuscleRecord
from panjabi.active.musculature import PER_MUSCLE, Musculature
from panjabi.active.placing import place
from panjabi.body.muscles import PathArrays
from panjabi.errors import ParameterError


def with_muscle(muscles: Musculature, record: MuscleRecord, source: str) -> Musculature:
    """See `Musculature.with_muscle`."""
    _check(muscles, record)
    _, abdomen = with_abdomen(muscles.body, None)
    added = place(muscles.body, [record], abdomen).on(muscles.reduced)
    if len(set(added.body.tolist())) == 1:
        raise ParameterError(
            f"Expected a path of muscle {record.name!r} across a joint of "
            f"{', '.join(muscles.coordinates)}, got points on {', '.join(record.bodies)}, which "
            "do not move against each other here. Give points on both sides of a joint."
        )
    one = np.ones(2)
    numbers = {
        "max_force": record.max_force * one,
        "optimal_length": record.optimal_length * one,
        "tendon_slack_length": record.tendon_slack_length * one,
        "pennation": record.pennation * one,
        "strength": one,
        "calibration": one,
    }
    paths = muscles.paths
    everything = replace(
        muscles,
        names=(*muscles.names, record.name + "_r", record.name + "_l"),
        groups=(*muscles.groups, record.group, record.group),
        sources=(*muscles.sources, source, source),
        **{name: np.append(getattr(muscles, name), numbers[name]) for name in PER_MUSCLE},
        paths=PathArrays(
            np.append(paths.start, paths.start[-1] + added.start[1:]),
            np.append(paths.body, added.body),
            np.vstack([paths.local, added.local]),
            np.append(paths.top, added.top),
        ),
    )
    left = np.array([everything.side(name) == "left" for name in everything.names])
    return everything.taken(np.argsort(left, kind="stable"))


def _check(muscles: Musculature, record: MuscleRecord) -> None:
    if f"{record.name}_r" in muscles.names or f"{record.name}_l" in muscles.names:
        raise ParameterError(
            f"Expected the name of a new muscle, got {record.name!r}, which exists; choose another."
        )
    if record.points.ndim != 2 or record.points.shape[1] != 3 or len(record.points) < 2:
        raise ParameterError(
            f"Expected two points or more (body, (x, y, z)) for muscle {record.name!r}, got an "
            f"array of places of shape {record.points.shape}. Give the path from end to end."
        )
    if not np.isfinite(record.points).all():
        raise ParameterError(
            f"Expected finite places for muscle {record.name!r}, got {record.points.tolist()}. "
            "Give metres in the frame of each body."
        )
    for what in ("max_force", "optimal_length", "tendon_slack_length", "pennation"):
        value, lowest = getattr(record, what), 0.0 if what == "pennation" else 1e-6
        highest = np.pi / 2.0 if what == "pennation" else np.inf
        if not lowest <= value < highest:
            raise ParameterError(
                f"Expected {what} of muscle {record.name!r} {'from' if not lowest else 'above'} 0"
                f"{' and below pi / 2' if what == 'pennation' else ''}, got {value!r}. Give N, m "
                "and rad."
            )
