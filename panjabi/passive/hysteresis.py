"""Hysteresis as Maxwell branches: springs in series with dashpots, parallel to the relaxed law."""

from __future__ import annotations

from dataclasses import dataclass

from panjabi.errors import ParameterError
from panjabi.results import ShortRepr


@dataclass(frozen=True, repr=False)
class Hysteresis(ShortRepr):
    """Branches by axis, each with an internal angle as state, and viscous damping.

    Branch j on axis i has the moment stiffness[i][j] (x_i - z_ij), and its internal angle follows
    dz_ij/dt = (x_i - z_ij) / times[j]. Damping adds the moment damping[i] dx_i/dt. Both dissipate
    energy in every motion.
    """

    times: tuple[float, ...] = ()  # relaxation times [s], assumed
    stiffness: tuple[tuple[float, ...], ...] = ((), (), ())  # [N m/rad], fitted
    damping: tuple[float, float, float] = (0.0, 0.0, 0.0)  # [N m s/rad], assumed, to be varied

    def __post_init__(self) -> None:
        if len(self.stiffness) != 3 or any(len(s) != len(self.times) for s in self.stiffness):
            raise ParameterError(
                "Expected stiffness of the branches for three axes with one value for each of "
                f"{len(self.times)} times, got {self.stiffness}; give 0 for a branch that an axis "
                "does not have."
            )
        numbers = (*self.damping, *(k for s in self.stiffness for k in s))
        if not (all(t > 0.0 for t in self.times) and all(v >= 0.0 for v in numbers)):
            raise ParameterError(
                "Expected times above 0, and stiffness and damping from 0, got times "
                f"{self.times} s, stiffness {self.stiffness}, damping {self.damping}; correct the "
                "values (others would produce energy)."
            )
