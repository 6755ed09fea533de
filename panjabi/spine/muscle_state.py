"""Muscles of a spine at one posture, as arrays for recruitment and stability."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class MuscleState:
    """m muscles over n coordinates of the spine, at a constant posture."""

    names: tuple[str, ...]
    groups: tuple[str, ...]  # (m,) "multifidus_lumbar", ...
    length: Floats  # (m,) musculotendon path [m]
    slope: Floats  # (m, n) dL/dq [m/rad]
    curvature: Floats  # (m, n, n) d2L/dq2 [m/rad2]
    max_force: Floats  # (m,) isometric at optimal length [N]
    passive: Floats  # (m,) tension without activation [N]
    strongest: Floats  # (m,) tension at full activation [N]
    optimal_fibre: Floats  # (m,) [m]
    tendon_slack: Floats  # (m,) [m]
    fibre: Floats  # (m,) fibre length over the optimal length, with a rigid tendon [1]
    pull: Floats  # (levels, m, 3) force on the bodies above a level per tension, world axes [1]
    lines: tuple[Floats, ...]  # (m,) of (points, 3): the path in the world [m]

    def __post_init__(self) -> None:
        m, n = len(self.names), self.slope.shape[-1]
        shapes = {
            "length": (m,),
            "slope": (m, n),
            "curvature": (m, n, n),
            "max_force": (m,),
            "passive": (m,),
            "strongest": (m,),
            "optimal_fibre": (m,),
            "tendon_slack": (m,),
            "fibre": (m,),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or not np.isfinite(array).all():
                raise ParameterError(
                    f"Expected MuscleState.{name} with finite values of shape {shape} for {m} "
                    f"muscles and {n} coordinates, got shape {array.shape}; take all arrays "
                    "from one posture."
                )

    def __repr__(self) -> str:
        return f"<MuscleState: {len(self.names)} muscles, {self.slope.shape[1]} coordinates>"

    @property
    def arms(self) -> Floats:
        """Moment arms -dL/dq, (n, m) [m]."""
        return -self.slope.T

    def checked(self, forces: ArrayLike) -> Floats:
        """Forces (m,) [N] as an array, after a check.

        Raises
        ------
        ParameterError
            If they do not fit the muscles, or a force is negative.
        """
        F, m = np.asarray(forces, float), len(self.names)
        if F.shape != (m,) or not np.isfinite(F).all() or (F < 0.0).any():
            wrong = ", with a force that is negative or not finite" if F.shape == (m,) else ""
            raise ParameterError(
                f"Expected {m} finite muscle forces of 0 N or more, got shape {F.shape}{wrong}; "
                "give them in the order of the spine's muscles."
            )
        return F

    def members(self, *groups: str) -> NDArray[np.bool_]:
        """(m,) whether a muscle belongs to groups; a name selects all groups that begin with it.

        Raises
        ------
        UnknownNameError
            If no group begins with a name.
        """
        chosen = np.zeros(len(self.names), bool)
        for group in groups:
            matching = np.array([name.startswith(group) for name in self.groups])
            if not matching.any():
                raise unknown("muscle group", group, self.groups)
            chosen |= matching
        return chosen

    def weakened(self, share: float, *groups: str) -> MuscleState:
        """The same muscles after some groups lost a fraction of their active force, 0 to 1."""
        if not 0.0 <= share <= 1.0:
            raise ParameterError(
                f"Expected a lost fraction of muscle force from 0 to 1, got {share!r}; give 0.3 "
                "for 30 per cent."
            )
        remaining = np.where(self.members(*groups), 1.0 - share, 1.0)
        return replace(self, strongest=self.passive + remaining * (self.strongest - self.passive))

    def scaled(self, factor: float, *groups: str) -> MuscleState:
        """The same muscles with the maximal and the passive force of groups (or all) scaled."""
        if not (np.isfinite(factor) and factor > 0.0):
            raise ParameterError(
                f"Expected a positive strength factor, got {factor!r}; use weakened() to remove "
                "the force of a group."
            )
        scale = np.ones(len(self.names))
        scale[self.members(*groups) if groups else slice(None)] = factor
        return replace(
            self,
            max_force=scale * self.max_force,
            passive=scale * self.passive,
            strongest=scale * self.strongest,
        )

    def without(self, *groups: str) -> MuscleState:
        """The same muscles without some groups."""
        keep = ~self.members(*groups)
        names = tuple(n for n, k in zip(self.names, keep, strict=True) if k)
        return replace(
            self,
            names=names,
            groups=tuple(g for g, k in zip(self.groups, keep, strict=True) if k),
            pull=self.pull[:, keep],
            lines=tuple(line for line, k in zip(self.lines, keep, strict=True) if k),
            **{
                name: getattr(self, name)[keep]
                for name in (
                    "length",
                    "slope",
                    "curvature",
                    "max_force",
                    "passive",
                    "strongest",
                    "optimal_fibre",
                    "tendon_slack",
                    "fibre",
                )
            },
        )
