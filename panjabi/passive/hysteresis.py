"""Hysteresis as Maxwell branches: springs in series with dashpots, beside the relaxed law."""

from __future__ import annotations

from dataclasses import dataclass

from panjabi.errors import ParameterError


@dataclass(frozen=True)
class Hysteresis:
    """Branches by axis, with one internal angle each (their own state), and viscous damping.

    Branch j on axis i holds the moment stiffness[i][j] (x_i - z_ij), and its angle follows
    dz_ij/dt = (x_i - z_ij) / times[j]. Damping is a moment damping[i] dx_i/dt beside them.
    Both dissipate for any motion.
    """

    times: tuple[float, ...] = ()  # relaxation times [s], assumed
    stiffness: tuple[tuple[float, ...], ...] = ((), (), ())  # [N m/rad], fitted
    damping: tuple[float, float, float] = (0.0, 0.0, 0.0)  # [N m s/rad], assumed, to be swept

    def __post_init__(self) -> None:
        if len(self.stiffness) != 3 or any(len(s) != len(self.times) for s in self.stiffness):
            raise ParameterError(
                f"stiffness of the branches is {self.stiffness} for {len(self.times)} times; "
                "possible: three axes with one value a time. Give 0 for a branch an axis lacks."
            )
        numbers = (*self.damping, *(k for s in self.stiffness for k in s))
        if not (all(t > 0.0 for t in self.times) and all(v >= 0.0 for v in numbers)):
            raise ParameterError(
                f"times {self.times} s, stiffness {self.stiffness}, damping {self.damping}; "
                "possible: times above 0, the others 0 and above, else energy would be made."
            )
