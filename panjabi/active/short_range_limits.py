"""Turns of the joints at which fibres leave their short range, and the equivalent factor q."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.musculotendon import Musculotendon
from panjabi.errors import ParameterError
from panjabi.results import Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class ShortRangeTurns(Result):
    """Turns at which fibres have stretched by their yield strain, for some directions (k,)."""

    directions: tuple[str, ...]
    first: Floats  # (k,) of the muscle that yields first [rad]
    half: Floats  # (k,) where muscles with half of the short-range stiffness have yielded [rad]
    muscles: tuple[str, ...]  # (k,) the muscle that yields first; "" without a muscle

    def __str__(self) -> str:
        rows = zip(
            self.directions,
            np.degrees(self.first),
            np.degrees(self.half),
            self.muscles,
            strict=True,
        )
        lines = [f"{d:12s} {a:6.2f} {b:6.2f}  {m}" for d, a, b, m in rows]
        return "\n".join(["turn [deg]    first   half  muscle that yields first", *lines])


def short_range_turns(
    units: Musculotendon,
    q: ArrayLike,
    activation: ArrayLike,
    *,
    directions: dict[str, ArrayLike] | None = None,
) -> ShortRangeTurns:
    """Turns [rad] at which fibres leave their short range after a quick stretch from rest at q.

    q : (n,) [rad]; activation : (nm,) or one number. directions : change of q (n,) per unit of turn
    by name; by default every coordinate alone. The short-range force follows the fibre and fibre
    and tendon settle, so that a fibre takes its share of the change of its path. Lengthening and
    shortening count alike; only muscles with active force count. Without any the turn is infinite.

    Raises
    ------
    ParameterError
        If the units have no short-range force.
    """
    if units.short_range is None:
        raise ParameterError(
            "Expected muscles with a short-range force, got Musculotendon(short_range=None); give "
            "short_range=ShortRangeForce()."
        )
    muscles = units.muscles
    if directions is None:
        directions = dict(zip(muscles.coordinates, np.eye(len(muscles.coordinates)), strict=True))
    geometry = muscles.geometry(q)
    rest = units.at_rest(activation, geometry.length)
    fraction, quick = rest.fast_share, rest.short_range_stiffness
    active = quick > 0.0
    strain = fraction * rest.cosine / muscles.optimal_length  # of the fibre per stretch of the path
    first, half, names = [], [], []
    for direction in directions.values():
        path = np.abs(geometry.slope @ np.asarray(direction, float))
        moved = active & (path > 1e-12)
        if not moved.any():
            first.append(np.inf)
            half.append(np.inf)
            names.append("")
            continue
        turn = units.short_range.yield_strain.si / (strain * path)[moved]
        weight = (quick * fraction**2 * path**2)[moved]
        order = np.argsort(turn)
        passed = np.cumsum(weight[order])
        first.append(turn[order[0]])
        half.append(turn[order[np.searchsorted(passed, 0.5 * passed[-1])]])
        names.append(muscles.names[np.flatnonzero(moved)[order[0]]])
    return ShortRangeTurns(tuple(directions), np.array(first), np.array(half), tuple(names))


def equivalent_q(units: Musculotendon, q: ArrayLike, activation: ArrayLike) -> Floats:
    """Factor q of k = q F / L with the short-range stiffness of every muscle at rest, (nm,) [1].

    k is the short-range stiffness of the fibre in series with the tendon, F the active force, L the
    length of the path, at a posture q (n,) [rad]. Zero without active force.
    """
    length = units.muscles.geometry(q).length
    rest = units.at_rest(activation, length)
    quick, tendon = rest.short_range_stiffness, rest.tendon_stiffness
    k = quick / (1.0 + np.divide(quick, tendon, out=np.zeros_like(quick), where=tendon > 0.0))
    force = rest.active_force
    return np.divide(k * length, force, out=np.zeros_like(k), where=force > 0.0)
