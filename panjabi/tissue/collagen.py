"""Collagen strands (tendon, ligament, fascia, aponeurosis) and the linear cable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from panjabi.evidence import EvidenceRange
from panjabi.tissue import kernels
from panjabi.tissue._base import Floats, KernelLaw, require
from panjabi.tissue.evidence import strain_range


def strain_at_tension(tension: float, *, stiffness: float, transition_strain: float) -> float:
    """Strain [1] of a collagen strand at a tension [N]; zero for zero tension.

    Inverse of the law in closed form: sqrt(2 T e_t / EA) in the toe, T/EA + e_t/2 beyond.
    """
    toe_end = 0.5 * stiffness * transition_strain
    if tension <= toe_end:
        return math.sqrt(2.0 * tension * transition_strain / stiffness)
    return tension / stiffness + 0.5 * transition_strain


@dataclass(frozen=True, kw_only=True)
class _CollagenLike(KernelLaw):
    """Base of the collagen laws; a transition strain of zero means no toe region."""

    kind: ClassVar[int] = kernels.COLLAGEN
    tissue: ClassVar[str] = "fascia"  # whose strain was tested
    slack_length: float
    stiffness: float

    def row(self) -> tuple[float, ...]:
        return (self.slack_length, self.stiffness, getattr(self, "transition_strain", 0.0))

    def strain(self, length: ArrayLike) -> Floats | float:
        """Strain l/l0 - 1 [1], negative when slack; float or array like `length` [m]."""
        strain = np.asarray(length, dtype=np.float64) / self.slack_length - 1.0
        return strain if strain.ndim else float(strain)

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the strain [1]: of fascia, or of nerve. A strand knows its own tissue."""
        return {"strain": strain_range(self.tissue)}

    def reference_stiffness(self) -> float:
        """Slope of the linear region, EA / l0 [N/m]."""
        return self.stiffness / self.slack_length

    def relaxed(self, fraction: float) -> Self:
        """The law with this fraction [1] of the tension, energy and tangent at every length."""
        return replace(self, stiffness=fraction * self.stiffness)


def _check(owner: _CollagenLike, transition: float | None) -> None:
    name = type(owner).__name__
    require(
        name,
        "slack_length",
        owner.slack_length,
        unit="m",
        above=0.0,
        advice="Give the length at which tension starts.",
    )
    require(
        name,
        "stiffness",
        owner.stiffness,
        unit="N",
        above=0.0,
        advice="Give E times A, the slope dT/d(strain) of the linear region; "
        "to remove a strand, cut it.",
    )
    if transition is not None:
        require(
            name,
            "transition_strain",
            transition,
            unit="1",
            above=0.0,
            advice="Give the strain where the toe ends, 0.02-0.05 for fascia; "
            "for a strand without a toe use Cable.",
        )


def _slack_for(
    owner: str, length: float, tension: float, stiffness: float, transition_strain: float
) -> float:
    require(owner, "length", length, unit="m", above=0.0, advice="Give the present length.")
    require(
        owner,
        "tension",
        tension,
        unit="N",
        at_least=0.0,
        advice="Give the tension at this length; a strand carries no compression.",
    )
    require(owner, "stiffness", stiffness, unit="N", above=0.0, advice="Give E times A.")
    require(
        owner,
        "transition_strain",
        transition_strain,
        unit="1",
        at_least=0.0,
        advice="Give the strain where the toe ends.",
    )
    strain = strain_at_tension(tension, stiffness=stiffness, transition_strain=transition_strain)
    return length / (1.0 + strain)


@dataclass(frozen=True, kw_only=True)
class _WithToe(_CollagenLike):
    """Fields, check and constructor of the laws with a toe region: collagen and nerve."""

    slack_length: float  # length where tension starts [m]
    stiffness: float  # EA, dT/d(strain) beyond the toe [N]
    transition_strain: float  # end of the toe region [1]

    def __post_init__(self) -> None:
        _check(self, self.transition_strain)

    @classmethod
    def with_tension_at(
        cls, length: float, tension: float, *, stiffness: float, transition_strain: float
    ) -> Self:
        """The strand whose tension is `tension` [N] at the length `length` [m].

        Its slack length is length / (1 + e_pre), with e_pre the strain at this tension.
        """
        slack = _slack_for(cls.__name__, length, tension, stiffness, transition_strain)
        return cls(slack_length=slack, stiffness=stiffness, transition_strain=transition_strain)


@dataclass(frozen=True, kw_only=True)
class Collagen(_WithToe):
    """Collagen strand: slack, quadratic toe, linear. Tension only.

        T = 0                            strain <= 0
        T = EA strain^2 / (2 e_t)        up to the transition strain e_t
        T = EA (strain - e_t / 2)        beyond

    Value and slope are continuous between the three parts, so Newton's method meets no kink.

    Raises
    ------
    ParameterError
        For a slack length, stiffness or transition strain that is not positive and finite.
    """

    name: ClassVar[str] = "collagen"


@dataclass(frozen=True, kw_only=True)
class Cable(_CollagenLike):
    """Linear tension-only cable: T = EA max(strain, 0). Its tangent jumps at the slack length."""

    name: ClassVar[str] = "cable"

    slack_length: float  # length where tension starts [m]
    stiffness: float  # EA, dT/d(strain) when taut [N]

    def __post_init__(self) -> None:
        _check(self, None)

    @classmethod
    def with_tension_at(cls, length: float, tension: float, *, stiffness: float) -> Self:
        """The cable whose tension is `tension` [N] at the length `length` [m]."""
        return cls(
            slack_length=_slack_for(cls.__name__, length, tension, stiffness, 0.0),
            stiffness=stiffness,
        )
