"""Muscles of a spine at one posture, in arrays: what recruitment and stability ask of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class MuscleState:
    """m muscles over n coordinates of the spine, at a posture that is held still."""

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
    pull: Floats  # (levels, m, 3) force on all above a level per tension, world axes [1]
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
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or not np.isfinite(array).all():
                raise ParameterError(
                    f"MuscleState.{name} has shape {array.shape}; finite {shape} is possible for "
                    f"{m} muscles and {n} coordinates. Take all arrays from one posture."
                )

    def __repr__(self) -> str:
        return f"<MuscleState: {len(self.names)} muscles, {self.slope.shape[1]} coordinates>"

    @property
    def arms(self) -> Floats:
        """Moment arms -dL/dq, (n, m) [m]."""
        return -self.slope.T

    def checked(self, forces: ArrayLike) -> Floats:
        """Forces (m,) [N] as an array, once they can be forces of these muscles.

        Raises
        ------
        ParameterError
            If they do not fit the muscles, or one pushes.
        """
        F, m = np.asarray(forces, float), len(self.names)
        if F.shape != (m,) or not np.isfinite(F).all() or (F < 0.0).any():
            raise ParameterError(
                f"muscle forces of shape {F.shape} were given"
                f"{', one of them negative or not finite' if F.shape == (m,) else ''}; {m} forces "
                "from 0 are possible. Give them in the order of the spine's muscles."
            )
        return F

    def members(self, *groups: str) -> NDArray[np.bool_]:
        """(m,) which muscles belong to groups; a name stands for all groups that begin with it.

        Raises
        ------
        UnknownNameError
            If no group begins so.
        """
        chosen = np.zeros(len(self.names), bool)
        for group in groups:
            found = np.array([own.startswith(group) for own in self.groups])
            if not found.any():
                raise unknown("muscle group", group, self.groups)
            chosen |= found
        return chosen

    def weakened(self, share: float, *groups: str) -> MuscleState:
        """The same muscles with a share of the active force of some groups lost, 0 to 1."""
        if not 0.0 <= share <= 1.0:
            raise ParameterError(
                f"a share of {share!r} of muscle force was to be lost; 0 to 1 is possible. Give "
                "0.3 for thirty per cent."
            )
        left = np.where(self.members(*groups), 1.0 - share, 1.0)
        return replace(self, strongest=self.passive + left * (self.strongest - self.passive))

    def scaled(self, factor: float, *groups: str) -> MuscleState:
        """The same muscles with the maximal and the passive force of groups (or all) scaled."""
        if not (np.isfinite(factor) and factor > 0.0):
            raise ParameterError(
                f"a strength factor is {factor!r}; a positive one is possible. Use weakened() to "
                "take a group away."
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
                )
            },
        )
