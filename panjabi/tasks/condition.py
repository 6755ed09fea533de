"""Whose spine an experiment uses, and which preset of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Unpack

from panjabi.errors import unknown
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.subject import Subject

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.spine.perturbation import Perturbation
    from panjabi.spine.subject_data import SubjectChanges

MODELS = ("trunk", "lumbar", "thoracolumbar")
"""Presets of `spine_model` with muscles on both sides of the trunk: one joint, or all joints."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A preset and the subject whose spine it is.

    What differs between conditions (delay, gains, loss of stiffness, co-contraction) belongs to the
    subject; the effects are computed by the model.
    """

    model: str = "trunk"
    subject: Subject = field(default_factory=Subject)

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise unknown("model of an experiment", self.model, MODELS)

    def changed(self, **changes: Unpack[SubjectChanges]) -> Condition:
        """The same preset of a subject with changes; see `Subject.changed`."""
        return replace(self, subject=self.subject.changed(**changes))


def condition_equilibrium(
    condition: Condition, perturbations: Sequence[Perturbation] = ()
) -> Equilibrium:
    """Equilibrium of the spine of a condition, under the forces before the event.

    Raises
    ------
    ConvergenceError
        If its muscles cannot hold the posture.
    """
    spine = condition.subject.spine(condition.model, reflexes=True)
    return equilibrium(spine, applied=perturbations)


def flexion_coordinates(model: Spine) -> list[int]:
    """Indices of the flexion-extension coordinates among the free coordinates, from below."""
    return [k for k, name in enumerate(model.free) if name.endswith("_FE")]
