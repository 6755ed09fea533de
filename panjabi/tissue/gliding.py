"""The gliding layer (hyaluronan) between two sheets of connective tissue.

    F = S [ eta(r) r + mu u / h ],   r = v / h
    eta = eta_0 (c/c_0)^m [1 + (lam r)^2]^((n-1)/2) exp[B (1/Th - 1/Th_0)]

u is the slip, v its rate, S the area, h the gap. The viscous part depends on the rate: in a static
equilibrium it is exactly zero, and in slow stretching of a healthy film very small (100 cm2, 43 um,
1 Pa s: 233 N s/m, 1.2 N at 5 mm/s). Only the elastic part, the adhesion S mu / h, changes a static
angle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.evidence import EvidenceRange
from panjabi.tissue._base import require
from panjabi.tissue.evidence import temperature_range

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GlidingLayer:
    """Viscous film with an elastic gel in parallel, between two sliding layers.

    Optional, by default off: thinning with shear (`flow_index` 1), dependence on temperature
    (`activation_temperature` 0; below 40 C none was measured) and adhesion (`gel_modulus` 0).

    Raises
    ------
    ParameterError
        For an area, gap, concentration or temperature that is not positive, a negative
        viscosity or modulus, or a flow index outside 0-1.
    """

    name: ClassVar[str] = "gliding_layer"

    area: float  # S [m2]
    gap: float  # h [m]; 43e-6 between crural layers
    viscosity_at_rest: float  # eta_0 [Pa s]
    gel_modulus: float = 0.0  # mu, adhesion [Pa]
    concentration_ratio: float = 1.0  # c / c_0, densification [1]
    concentration_exponent: float = 0.0  # m [1]
    shear_time: float = 0.0  # lam [s]
    flow_index: float = 1.0  # n, 1 = no shear thinning [1]
    activation_temperature: float = 0.0  # B [K]
    temperature: float = 310.15  # Th [K]
    reference_temperature: float = 310.15  # Th_0 [K]

    def __post_init__(self) -> None:
        for name, unit in (
            ("area", "m2"),
            ("gap", "m"),
            ("concentration_ratio", "1"),
            ("temperature", "K"),
            ("reference_temperature", "K"),
        ):
            require(
                "GlidingLayer",
                name,
                getattr(self, name),
                unit=unit,
                above=0.0,
                advice="Give absolute temperatures, and lengths in metres.",
            )
        for name, unit in (
            ("viscosity_at_rest", "Pa s"),
            ("gel_modulus", "Pa"),
            ("shear_time", "s"),
        ):
            require(
                "GlidingLayer",
                name,
                getattr(self, name),
                unit=unit,
                at_least=0.0,
                advice="Give zero to switch this part off.",
            )
        for name, unit in (("concentration_exponent", "1"), ("activation_temperature", "K")):
            require(
                "GlidingLayer",
                name,
                getattr(self, name),
                unit=unit,
                advice="Give zero to switch this part off.",
            )
        require(
            "GlidingLayer",
            "flow_index",
            self.flow_index,
            unit="1",
            above=0.0,
            at_most=1.0,
            advice="Give 1 for a Newtonian film, less for shear thinning.",
        )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the temperature [K]."""
        return {"temperature": temperature_range()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Description of a temperature without data; () inside."""
        return self.evidence["temperature"].outside([self.temperature], ["gliding layer"])

    @property
    def elastic_stiffness(self) -> float:
        """Stiffness of the adhesion S mu / h [N/m], which a network uses against slip."""
        return self.area * self.gel_modulus / self.gap

    def viscosity(self, shear_rate: ArrayLike) -> Floats | float:
        """Viscosity [Pa s] at a shear rate r [1/s] (float or array); the same for r and -r."""
        r = np.asarray(shear_rate, dtype=np.float64)
        state = (
            self.viscosity_at_rest
            * self.concentration_ratio**self.concentration_exponent
            * math.exp(
                self.activation_temperature
                * (1.0 / self.temperature - 1.0 / self.reference_temperature)
            )
        )
        thinning = (1.0 + (self.shear_time * r) ** 2) ** (0.5 * (self.flow_index - 1.0))
        value = state * thinning
        return value if value.ndim else float(value)

    def viscous_force(self, slip_rate: ArrayLike) -> Floats | float:
        """Viscous force S eta r [N] against the slip rate v [m/s]; zero at rest."""
        r = np.asarray(slip_rate, dtype=np.float64) / self.gap
        value = np.asarray(self.area * self.viscosity(r) * r)
        return value if value.ndim else float(value)

    def damping(self, slip_rate: ArrayLike = 0.0) -> Floats | float:
        """Viscous force per slip rate, S eta / h [N s/m]; default: at rest."""
        r = np.asarray(slip_rate, dtype=np.float64) / self.gap
        value = np.asarray(self.area * self.viscosity(r) / self.gap)
        return value if value.ndim else float(value)

    def elastic_force(self, slip: ArrayLike) -> Floats | float:
        """Force of the adhesion S mu u / h [N] against the slip u [m]."""
        value = self.elastic_stiffness * np.asarray(slip, dtype=np.float64)
        return value if value.ndim else float(value)

    def force(self, slip: ArrayLike, slip_rate: ArrayLike) -> Floats | float:
        """Total force [N] at a slip u [m] and slip rate v [m/s]."""
        return self.elastic_force(slip) + self.viscous_force(slip_rate)
