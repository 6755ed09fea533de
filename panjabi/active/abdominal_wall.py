"""The abdominal wall around contents that keep their volume: muscles that carry the pressure.

Hoop tension of transversus and obliques holds the pressure of the abdomen, as in the wall of a
tube (Laplace): over a height h, both sides with the radius R,

    p = sum of hoop_m F_m / (2 R h)

F_m is the tension of a muscle, hoop_m the fraction of it around the trunk. The pressure pushes
thorax and pelvis apart along a line in front of the spine with the force p A, as in
`abdominal_pressure`. The contents keep their volume: where the line gets longer by dL, the wall
gets narrower, and the path of each muscle shorter by share_m dL with share_m = hoop_m A / (2 R h).
So the power of the pressure is that of the muscles, and all that the pressure does is written in
the lengths of the paths:

    l_m(q) = path through its points - share_m (L(q) - L in upright standing)

The force of the pressure, its compression of the discs, its stiffness, and the velocity of the
fibres follow from these lengths, in statics as in motion. Assumed: diaphragm and pelvic floor hold
the same pressure without an effect of their own on the spine, no gas is compressed, the weight of
the contents is that of the trunk, and the straight lines of the obliques keep their moment arms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from panjabi.active.abdominal_cavity import AbdominalCavity
from panjabi.body.muscles import PathArrays
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter, assumed
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


def _hoop() -> dict[str, Parameter]:
    lines = "mean horizontal fraction of the packaged fascicles, weighted with their force, upright"
    return {
        "transversus_abdominis": assumed(1.0, "1", "fibres around the trunk; sweep 0.5-1"),
        "internal_oblique": Parameter(0.6, "1", THIS_WORK, "derived", f"{lines}; sweep 0-0.8"),
        "external_oblique": Parameter(0.73, "1", THIS_WORK, "derived", f"{lines}; sweep 0-0.8"),
    }


@dataclass(frozen=True, kw_only=True, repr=False)
class AbdominalWall(AbdominalCavity):
    """Sizes of the wall beside those of the cavity, and the fraction of each group around it.

    The sizes are assumed, none is fitted: vary them.
    """

    radius: Parameter = field(
        default_factory=lambda: assumed(140.0, "mm", "waist of 0.88 m as a circle; sweep 110-180")
    )
    height: Parameter = field(
        default_factory=lambda: assumed(250.0, "mm", "of the muscular wall; sweep 200-350")
    )
    hoop: Mapping[str, Parameter] = field(default_factory=_hoop)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("radius", "height"):
            parameter: Parameter = getattr(self, name)
            if parameter.si <= 0.0:
                raise ParameterError(
                    f"Expected AbdominalWall.{name} above 0 {parameter.unit}, got "
                    f"{parameter.value:g} {parameter.unit}; give a length."
                )
        for group, fraction in self.hoop.items():
            if not 0.0 <= fraction.si <= 1.0:
                raise ParameterError(
                    f"Expected the fraction of {group} around the trunk from 0 to 1, got "
                    f"{fraction.value:g}; give the cosine of its angle to the horizontal."
                )

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All numbers, named for the list of a model."""
        names = ("area", "lever", "depth", "radius", "height")
        known = {f"abdominal_{name}": getattr(self, name) for name in names}
        return known | {f"hoop_fraction_{group}": value for group, value in self.hoop.items()}

    def share(self, group: str) -> float:
        """By how much a path of a group shortens per lengthening of the line [1]."""
        if group not in self.hoop:
            return 0.0
        around = 2.0 * self.radius.si * self.height.si
        return self.hoop[group].si * self.area.si / around


@dataclass(frozen=True, eq=False, repr=False)
class WallLine(ShortRepr):
    """The line of the pressure on a tree, and the shares of the muscles of a musculature."""

    share: Array  # (nm,) [1]
    path: PathArrays  # the line from below
    rest: float  # its length in upright standing [m]
    area: float  # on which the pressure acts along the line [m2]

    def pressure(self, tension: Array) -> float:
        """Pressure of the abdomen above that outside [Pa] at tensions (nm,) [N]."""
        return float(self.share @ tension) / self.area

    def taken(self, order: NDArray[np.int64]) -> WallLine:
        """The line with the shares of the muscles with these indices, in this order."""
        return replace(self, share=self.share[order])

    def joined(self, muscles: int) -> WallLine:
        """The line with further muscles that are no part of the wall."""
        return replace(self, share=np.append(self.share, np.zeros(muscles)))
