"""The effect of compression on the stiffness of a unit."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.parameter import Parameter


@dataclass(frozen=True)
class Stiffening:
    """f(P) = 1 + gain (1 - exp(-P / scale)), on the stiffness at neutral and the branches.

    The published factors are for small motions, so they act on the terms of the neutral zone: the
    curve becomes more linear under load, and the range at 7.5-10 N m changes little. Beyond 500 N
    the formula is an extrapolation.
    """

    gain: float = 1.62  # [1]
    scale: float = 435.0  # [N]

    def __post_init__(self) -> None:
        if not (0.0 <= self.gain < math.inf and 0.0 < self.scale < math.inf):
            raise ParameterError(
                "Expected a finite gain from 0 and a finite scale above 0 N, got gain "
                f"{self.gain:g}, scale {self.scale:g} N; use published_stiffening()."
            )

    def factor(self, preload: float) -> float:
        """Stiffness at neutral under a preload [N], relative to none."""
        return 1.0 - self.gain * math.expm1(-preload / self.scale)

    def slope(self, preload: float) -> float:
        """Derivative of the factor with the preload [1/N]."""
        return self.gain / self.scale * math.exp(-preload / self.scale)

    @property
    def law(self) -> tuple[float, float, float, float]:
        """The row of this law for `kernels.compression_factor`."""
        return 1.0, self.gain, self.scale, 0.0

    def weakened(self, share: float) -> Stiffening:
        """With a fraction of the gain, for a disc that has lost pressure."""
        return replace(self, gain=self.gain * share)


@dataclass(frozen=True)
class Proportional:
    """Factor in proportion to the preload [N], as for friction under a normal force."""

    share: float = 1.0  # [1]

    def factor(self, preload: float) -> float:
        """Factor on a term per newton of preload [N]."""
        return self.share * preload

    def slope(self, preload: float) -> float:
        """Derivative of the factor with the preload [1/N]."""
        return self.share

    @property
    def law(self) -> tuple[float, float, float, float]:
        """The row of this law for `kernels.compression_factor`."""
        return 0.0, 0.0, 1.0, self.share

    def weakened(self, share: float) -> Proportional:
        """With a fraction of the effect."""
        return replace(self, share=self.share * share)


def published_stiffening() -> Stiffening:
    """Stiffening with the mean factors at 250 and 500 N of Gardner-Morse & Stokes (2004).

    With u = exp(-250 / scale): (f500 - 1) / (f250 - 1) = 1 + u.
    """
    first, second = row("gms04_k_250N").number, row("gms04_k_500N").number
    u = (second - 1.0) / (first - 1.0) - 1.0
    return Stiffening(gain=(first - 1.0) / (1.0 - u), scale=-250.0 / math.log(u))


def stiffening_parameters() -> dict[str, Parameter]:
    """Parameters of the preload law."""
    law = published_stiffening()
    where = "through x1.71 at 250 N and x2.11 at 500 N, small motions of L2-3 and L4-5"
    source = row("gms04_k_250N").bib
    return {
        "preload_gain": Parameter(law.gain, "1", source, "fitted", where),
        "preload_scale": Parameter(law.scale, "N", source, "fitted", where),
    }
