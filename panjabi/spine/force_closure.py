"""Force closure of the sacroiliac joints: the normal force that muscles, ligaments, weight give.

Vleeming and Snijders: muscles that run across a joint press sacrum and ilium together, and so do
its ligaments and, because the surfaces converge downwards, the load on the sacrum. The body has one
joint for both sides, so the two normal forces follow from assumptions:

    N = rest + share C + sum over muscles of the side of T (their pull of the ilium to the middle)

C is the force that pelvis and sacrum transmit downwards, T the tension of a muscle. The lines of
the muscles are those of upright standing, since the joint turns by two degrees. Each ilium is held
by its joint alone: the pubic symphysis carries no lateral force (assumed).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.body.dynamics import Dynamics
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, assumed
from panjabi.passive.directions import SACROILIAC
from panjabi.passive.pelvis import pelvis
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]

PELVIS_DISC = "sacrum-pelvis"
"""The joint of both sides, as a level whose force is known."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ForceClosure(ShortRepr):
    """What closes a sacroiliac joint beside the muscles; all assumed.

    On a wedge that bears the whole load C / 2 of its side, with friction fully used, the normal
    force is C / 2 / tan(phi + b), phi = atan(friction), b the wedge angle. `wedge_share` is the
    fraction of the load that is borne in this way; ligaments carry the rest.
    """

    wedge_share: Parameter = field(
        default_factory=lambda: assumed(0.5, "1", "load that the wedge bears; sweep 0-1")
    )
    ligaments: Parameter = field(
        default_factory=lambda: assumed(50.0, "N", "tension across a joint; sweep 0-200; a belt")
    )

    def __post_init__(self) -> None:
        if not 0.0 <= self.wedge_share.si <= 1.0:
            raise ParameterError(
                f"Expected ForceClosure.wedge_share from 0 to 1, got {self.wedge_share.value:g}; "
                "give the fraction of the load on the sacrum that its wedge shape bears."
            )
        if not 0.0 <= self.ligaments.si < math.inf:
            raise ParameterError(
                f"Expected ForceClosure.ligaments from 0 N, got {self.ligaments.value:g} "
                f"{self.ligaments.unit}; give the tension of ligaments and belt across a joint."
            )

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The numbers, named for the list of a model."""
        return {"sij_wedge_share": self.wedge_share, "sij_ligaments": self.ligaments}


@dataclass(frozen=True, eq=False, repr=False)
class UnitForces(ShortRepr):
    """Compression of units from the forces on discs (discs,) and tensions (nm,), both [N]."""

    disc: NDArray[np.int64]  # (units,) the disc below which a unit lies
    share: Floats  # (units,) of the compression of that disc [1]
    pull: Floats  # (units, nm) of the tensions [1]
    rest: Floats  # (units,) [N]

    def of(self, discs: Floats, tension: Floats) -> Floats:
        """Compression of the units (units,) [N]."""
        return self.share * discs[self.disc] + self.pull @ tension + self.rest


def unit_forces(
    levels: Sequence[str],
    dynamics: Dynamics,
    muscles: Musculature | None,
    closure: ForceClosure,
) -> UnitForces:
    """Compression of the units of these levels, the sacroiliac joints among them."""
    count = 0 if muscles is None else len(muscles)
    discs = disc_levels(levels)
    pull, rest = np.zeros((len(levels), count)), np.zeros(len(levels))
    share, place = np.ones(len(levels)), np.zeros(len(levels), np.int64)
    steep = _steepness()
    for k, level in enumerate(levels):
        place[k] = discs.index(PELVIS_DISC if level in SACROILIAC else level)
        if level in SACROILIAC:
            share[k] = 0.5 * closure.wedge_share.si / steep
            rest[k] = closure.ligaments.si
            if muscles is not None:
                pull[k] = lateral_pull(dynamics, muscles, level)
    return UnitForces(place, share, pull, rest)


def disc_levels(levels: Sequence[str]) -> tuple[str, ...]:
    """The levels whose forces are needed for these units, from below."""
    return tuple(dict.fromkeys(PELVIS_DISC if v in SACROILIAC else v for v in levels))


def lateral_pull(dynamics: Dynamics, muscles: Musculature, level: str) -> Floats:
    """Pull of the ilium of a joint to the middle by unit tensions (nm,) [1]."""
    sign = 1.0 if level.endswith("right") else -1.0
    pose = muscles.pose(dynamics.part(dynamics.held))
    paths = muscles.polylines(pose)
    ilium = muscles.reduced.carrier[dynamics.body.body_index("pelvis")]
    at = np.einsum("pij,pj->pi", pose.R[paths.body], paths.local) + pose.t[paths.body]
    pull = np.zeros(len(muscles))
    for m in range(len(muscles)):
        for p in range(paths.start[m], paths.start[m + 1] - 1):
            on = paths.body[p : p + 2] == ilium
            if on.all() or not on.any():
                continue
            here, there = (at[p], at[p + 1]) if on[0] else (at[p + 1], at[p])
            if sign * here[2] > 0.0:
                pull[m] += sign * (here[2] - there[2]) / float(np.linalg.norm(there - here))
    return pull


@dataclass(frozen=True, repr=False)
class SacroiliacLoad(ShortRepr):
    """Forces of one sacroiliac joint at rest; half of what pelvis and sacrum transmit."""

    level: str
    normal: float  # force that closes the joint [N]
    shear: float  # in the plane of the joint, forward and down [N]
    capacity: float  # shear that friction and wedge bear: normal x tan(phi + b) [N]

    @property
    def use(self) -> float:
        """Shear over capacity [1]; above 1 ligaments bear the rest."""
        return self.shear / self.capacity


def sacroiliac_loads(
    levels: Sequence[str], force: Floats, compression: Floats
) -> tuple[SacroiliacLoad, ...]:
    """Loads of the sacroiliac joints among these levels.

    force (discs, 3) of `JointForces.on_discs` [N]; compression (levels,) of the units [N].
    """
    discs, found = disc_levels(levels), []
    for level, normal in zip(levels, compression.tolist(), strict=True):
        if level in SACROILIAC:
            forward, up, _ = force[discs.index(PELVIS_DISC)].tolist()
            shear = 0.5 * math.hypot(forward, up)
            found.append(SacroiliacLoad(level, normal, shear, _steepness() * normal))
    return tuple(found)


def _steepness() -> float:
    """Largest shear over the normal force on the wedge with friction, tan(phi + b) [1]."""
    joint = pelvis().right
    return math.tan(math.atan(joint.friction) + joint.wedge)
