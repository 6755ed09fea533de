"""Whose spine a task uses, and which preset of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypedDict, Unpack

from panjabi.errors import unknown
from panjabi.simulation.trajectory_file import remade
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model import Spine
from panjabi.spine.subject import Subject

if TYPE_CHECKING:
    from panjabi.spine.model_build import SpineOptions
    from panjabi.spine.perturbation import Perturbation
    from panjabi.spine.subject_data import SubjectChanges

MODELS = ("trunk", "lumbar", "thoracolumbar")
"""Presets of `spine_model` with muscles on both sides of the trunk: one joint, or all joints."""

PRESETS = (*MODELS, "cervical", "whole")
"""Presets of `spine_model` whose muscles are those of the body."""

OWN = "own spine"
"""Name of the model of a spine that no preset describes."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A preset and the subject whose spine it is.

    What differs between conditions (delay, gains, loss of stiffness, co-contraction) belongs to the
    subject; the effects are computed by the model.
    """

    model: str = "trunk"
    subject: Subject = field(default_factory=Subject)

    def __post_init__(self) -> None:
        if self.model not in PRESETS:
            raise unknown("model of an experiment", self.model, PRESETS)

    def changed(self, **changes: Unpack[SubjectChanges]) -> Condition:
        """The same preset of a subject with changes; see `Subject.changed`."""
        return replace(self, subject=self.subject.changed(**changes))


Who = Subject | Condition | Spine | None
"""Whose task it is: a subject, a preset of a subject, or a spine; None: the standard adult."""


def condition_of(who: Who, model: str = MODELS[0]) -> Condition | Spine:
    """The preset and the subject, by default of `model`; a spine is returned as it is."""
    if who is None or isinstance(who, Subject):
        return Condition(model=model, subject=who or Subject())
    return who


def spine_of(condition: Condition | Spine, **changes: Unpack[SpineOptions]) -> Spine:
    """The spine with its reflexes; with other arguments of `spine_model` it is made again.

    Raises
    ------
    ParameterError
        For a spine that is made again, but that `spine_model` alone does not give.
    """
    if isinstance(condition, Spine):
        return remade(condition, **changes) if changes else condition
    return condition.subject.spine(condition.model, **{"reflexes": True, **changes})


class ResultNames(TypedDict):
    """Names of subject and model in a result."""

    subject: str
    model: str


def names_of(condition: Condition | Spine) -> ResultNames:
    """Names of subject and model for a result."""
    if isinstance(condition, Spine):
        name = condition.subject or Subject().name
        return {"subject": name, "model": str(condition.recipe.get("region", OWN))}
    return {"subject": condition.subject.name, "model": condition.model}


def condition_equilibrium(
    condition: Condition | Spine, perturbations: Sequence[Perturbation] = ()
) -> Equilibrium:
    """Equilibrium of the spine of a condition, under the forces before the event.

    Raises
    ------
    ConvergenceError
        If its muscles cannot hold the posture.
    """
    return equilibrium(spine_of(condition), applied=perturbations)


def flexion_coordinates(model: Spine) -> list[int]:
    """Indices of the flexion-extension coordinates among the free coordinates, from below."""
    return [k for k, name in enumerate(model.free) if name.endswith("_FE")]
