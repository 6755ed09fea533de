"""Muscle curves of De Groote et al. (2016): active, force-velocity, passive fibre, tendon."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter, ParameterSet
from panjabi.tissue import de_groote_kernels as kernels
from panjabi.tissue.evidence import fibre_range, strain_range, velocity_range

Floats = NDArray[np.float64]

ACTIVE, VELOCITY, PASSIVE, TENDON = range(4)
"""The curves, for `curve_at`."""

_PUBLISHED = {
    "b11": 0.814,
    "b21": 1.06,
    "b31": 0.162,
    "b41": 0.0633,
    "b12": 0.433,
    "b22": 0.717,
    "b32": -0.0299,
    "b42": 0.2,
    "b13": 0.1,
    "b23": 1.0,
    "b33": 0.354,
    "b43": 0.0,
    "d1": -0.318,
    "d2": -8.149,
    "d3": -0.374,
    "d4": 0.886,
    "k_pe": 4.0,
    "e_0": 0.6,
    "l_min": 1.0,
    "c0": 0.2,
    "c1": 0.995,
    "c2": 0.25,
    "c3": 33.93669377311689,
}
_REFIT = {
    "b11": 0.8150671134243542,
    "b21": 1.055033428970575,
    "b31": 0.162384573599574,
    "b41": 0.063303448465465,
    "b12": 0.433004984392647,
    "b22": 0.71677541339776,
    "b32": -0.029947116970696,
    "b42": 0.200356847296188,
    "b13": 0.1,
    "b23": 1.0,
    "b33": 0.353553390593274,
    "b43": 0.0,
    "d1": -0.3211346127989808,
    "d4": 0.8825327733249912,
    "l_min": 0.2,
}
_ORDER = (
    *(f"b{i}{k}" for k in (1, 2, 3) for i in (1, 2, 3, 4)),
    *("d1", "d2", "d3", "d4"),
)


def curve_at(row: Floats, curve: int, x: ArrayLike) -> tuple[Floats, Floats]:
    """A curve of `DeGrooteCurves.row` and its slope at points of any shape [1]."""
    points = np.asarray(x, float)
    flat = np.ascontiguousarray(points).ravel()
    value, slope = np.empty_like(flat), np.empty_like(flat)
    kernels.evaluate(row, curve, flat, value, slope)
    return value.reshape(points.shape), slope.reshape(points.shape)


@dataclass(frozen=True, eq=False)
class DeGrooteCurves:
    """The four curves and their slopes, from one set of constants.

        active    f = sum_k b1k exp(-(l - b2k)^2 / (2 (b3k + b4k l)^2))
        velocity  f = d1 asinh(d2 v + d3) + d4
        passive   f = (exp(k_pe (l - 1)/e_0) - s) / (exp(k_pe) - s),  s = exp(k_pe (l_min - 1)/e_0)
        tendon    f = c0 exp(c3 (lt - c1)) - c2

    l is the fibre length over the optimal fibre length, lt the tendon length over the tendon slack
    length, v the velocity over the maximal shortening velocity (lengthening positive), and forces
    are over the maximal isometric force.

    `refit` (the default everywhere) is 1 at the optimal length and at zero velocity, and its
    passive force is never negative (zero at l_min = 0.2). `published` has the rounded constants of
    the paper: 0.994 at the optimal length, 1.002 at zero velocity, passive force zero at l = 1 and
    down to -0.02 below it.

    References
    ----------
    De Groote, Kinney, Rao, Fregly (2016), Evaluation of direct collocation optimal control
    problem formulations for solving the muscle redundancy problem, Ann Biomed Eng 44:2922.
    """

    parameters: ParameterSet

    def __post_init__(self) -> None:
        si = self.parameters.si
        for name in (*_ORDER, "k_pe", "e_0", "l_min", "c0", "c1", "c2", "c3"):
            si(name)  # raises for a missing constant
        for name in ("k_pe", "e_0", "c0", "c3"):
            if not si(name) > 0.0:
                raise ParameterError(
                    f"Expected constant {name} above 0, got {si(name):g}; start from "
                    "DeGrooteCurves.refit()."
                )
        for name in ("d1", "d2"):
            if not si(name) < 0.0:
                raise ParameterError(
                    f"Expected constant {name} below 0, got {si(name):g}, with which force would "
                    "fall with lengthening; start from DeGrooteCurves.refit()."
                )

    @classmethod
    def published(cls) -> Self:
        """Constants as printed in the paper, rounded."""
        return cls(_parameters(_PUBLISHED, "DeGroote2016", "published, rounded"))

    @classmethod
    def refit(cls) -> Self:
        """Constants of OpenSim: force 1 at the optimal length and at zero velocity."""
        published = _parameters(_PUBLISHED, "DeGroote2016", "published, rounded")
        new = _parameters(_REFIT, "OpenSim", "refit with f = 1 at optimal length and at rest")
        return cls(ParameterSet({**published, **new}))

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of fibre length, fibre velocity and tendon strain, all relative [1]."""
        return {
            "fibre_length": fibre_range(),
            "fibre_velocity": velocity_range(),
            "tendon_strain": strain_range("tendon"),
        }

    @cached_property
    def row(self) -> Floats:
        """The constants for the kernels, (COLUMNS,)."""
        si = self.parameters.si
        start = math.exp(si("k_pe") * (si("l_min") - 1.0) / si("e_0"))
        return np.array(
            [
                *(si(name) for name in _ORDER),
                *(si("k_pe"), si("e_0"), start, math.exp(si("k_pe")) - start),
                *(si(f"c{i}") for i in range(4)),
            ]
        )

    def active(self, length: ArrayLike) -> tuple[Floats, Floats]:
        """Active force over Fmax and its slope [1]; length over the optimal fibre length."""
        return curve_at(self.row, ACTIVE, length)

    def velocity(self, velocity: ArrayLike) -> tuple[Floats, Floats]:
        """Force factor and its slope [1]; velocity over the maximal one, lengthening positive."""
        return curve_at(self.row, VELOCITY, velocity)

    def passive(self, length: ArrayLike) -> tuple[Floats, Floats]:
        """Passive fibre force over Fmax and its slope [1]; length over the optimal fibre length."""
        return curve_at(self.row, PASSIVE, length)

    def tendon(self, length: ArrayLike) -> tuple[Floats, Floats]:
        """Tendon force over Fmax and its slope [1]; length over the tendon slack length."""
        return curve_at(self.row, TENDON, length)


def _parameters(values: dict[str, float], source: str, conditions: str) -> ParameterSet:
    return ParameterSet(
        {name: Parameter(v, "1", source, "fitted", conditions) for name, v in values.items()}
    )
