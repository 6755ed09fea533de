"""The nerve and dura path as a strand of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from panjabi.tissue.collagen import _check, _CollagenLike, _slack_for


@dataclass(frozen=True, kw_only=True)
class NervePath(_CollagenLike):
    """Nerve trunk, root or dura: slack, quadratic toe, linear. Tension only.

    The same curve as collagen under another name, because what it means differs: its
    tension bends joints little, its strain is what is felt (`strain`). Its figures are
    assumed wherever no measurement is named with them.
    """

    name: ClassVar[str] = "nerve_path"

    slack_length: float  # length where tension starts [m]
    stiffness: float  # EA, dT/d(strain) beyond the toe [N]
    transition_strain: float  # end of the toe region [1]

    def __post_init__(self) -> None:
        _check(self, self.transition_strain)

    @classmethod
    def with_tension_at(
        cls, length: float, tension: float, *, stiffness: float, transition_strain: float
    ) -> Self:
        """The path that carries `tension` [N] when it is `length` [m] long."""
        slack = _slack_for(cls.__name__, length, tension, stiffness, transition_strain)
        return cls(slack_length=slack, stiffness=stiffness, transition_strain=transition_strain)
