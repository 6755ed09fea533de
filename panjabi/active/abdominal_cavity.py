"""The abdominal cavity: the line along which its pressure pushes thorax and pelvis apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.reduced import ReducedTree
from panjabi.body.size import Sizeable, size_factor
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr

Array = NDArray[np.float64]

SIZES: dict[str, Sizeable] = {
    "area": "area",
    "lever": "length",
    "depth": "length",
    "radius": "length",
    "height": "length",
}
"""How the sizes of a cavity or its wall go with the length of the pelvis."""


@dataclass(frozen=True, kw_only=True, repr=False)
class AbdominalCavity(ShortRepr):
    """Assumed sizes of the cavity; vary them all.

    The area is the projected area of the diaphragm, the lever the distance of the line in front of
    the L4-L5 joint centre, the depth the distance of the pelvic floor below L5-S1.
    """

    area: Parameter = field(default_factory=lambda: assumed(250.0, "cm2", "sweep 150-450"))
    lever: Parameter = field(default_factory=lambda: assumed(50.0, "mm", "sweep 30-70"))
    depth: Parameter = field(default_factory=lambda: assumed(80.0, "mm", "sweep 50-110"))

    def __post_init__(self) -> None:
        for name in ("area", "lever", "depth"):
            parameter: Parameter = getattr(self, name)
            if parameter.si < 0.0:
                raise ParameterError(
                    f"Expected {type(self).__name__}.{name} from 0 {parameter.unit}, got "
                    f"{parameter.value:g} {parameter.unit}; give a positive number."
                )

    def sized(self, body: Body) -> Self:
        """The same cavity, whose sizes are those of the standard adult, in another body."""
        length = float(body.scale[body.body_index("pelvis")])
        if length == 1.0:
            return self
        changed: dict[str, Parameter] = {}
        for name, quantity in SIZES.items():
            adult: Parameter | None = getattr(self, name, None)
            if adult is not None:
                value = size_factor(quantity, length) * adult.value
                words = f"{adult.conditions}; {adult.value:g} {adult.unit} in the standard adult"
                changed[name] = Parameter(value, adult.unit, adult.source, adult.status, words)
        return replace(self, **changed)

    def ends(self, body: Body) -> tuple[Array, Array]:
        """Lower and upper end of the line in the world in upright standing, (3,) each [m]."""
        upright = body.poses(body.zero())
        ahead = body.joint_centre(upright, "L4")[0] + self.lever.si
        top = body.joint_centre(upright, "T12")[1]
        bottom = body.joint_centre(upright, "L5")[1] - self.depth.si
        return np.array([ahead, bottom, 0.0]), np.array([ahead, top, 0.0])

    def line(self, body: Body, reduced: ReducedTree) -> PathArrays:
        """The line on a tree, from sacrum to thorax at T12; vertical in upright standing."""
        upright = body.poses(body.zero())
        ends: list[tuple[int, Array]] = []
        for name, at in zip(("sacrum", "T12"), self.ends(body), strict=True):
            b = body.body_index(name)
            ends.append(reduced.point(b, upright.R[b].T @ (at - upright.t[b])))
        return PathArrays(
            np.array([0, 2], np.int64),
            np.array([b for b, _ in ends], np.int64),
            np.array([p for _, p in ends]),
        )
