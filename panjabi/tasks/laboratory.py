"""Laboratory tests with a perturbation or noise as tasks: pushes, seat, repeated bending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from panjabi.errors import ParameterError
from panjabi.spine.model import Spine
from panjabi.spine.subject import Subject
from panjabi.tasks.condition import MODELS
from panjabi.tasks.force import ForceExperiment, force_perturbation
from panjabi.tasks.pushes import Release, quick_release, sudden_load
from panjabi.tasks.repeated import PACES, RepeatedRecord, moving_trunk, repeated_movement
from panjabi.tasks.seated_sway import SHORTEST, SittingRecord, sitting
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.tasks.condition import Who
    from panjabi.tasks.response import PerturbationResponse


@dataclass(frozen=True, kw_only=True)
class SuddenLoadTask(Task):
    """A cable at T8 begins to pull forward."""

    name: ClassVar[str] = "sudden-load"
    models: ClassVar[tuple[str, ...]] = MODELS
    force: float = option(50.0, "N", "force at T8", low=-2000.0, high=2000.0)
    duration: float = option(1.5, "s", "duration of the run", low=0.3, high=60.0)

    def run(self, who: Who = None) -> PerturbationResponse:
        return sudden_load(self.condition(who), force=self.force, duration=self.duration)


@dataclass(frozen=True, kw_only=True)
class ReleaseTask(Task):
    """A cable that pulls T8 forward is cut."""

    name: ClassVar[str] = "release"
    models: ClassVar[tuple[str, ...]] = MODELS
    force: float = option(80.0, "N", "force at T8", low=-2000.0, high=2000.0)
    duration: float = option(1.5, "s", "duration of the run", low=0.3, high=60.0)

    def run(self, who: Who = None) -> Release:
        return quick_release(self.condition(who), force=self.force, duration=self.duration)


@dataclass(frozen=True, kw_only=True)
class ForceTask(Task):
    """A random force at T8."""

    name: ClassVar[str] = "force"
    models: ClassVar[tuple[str, ...]] = MODELS
    force: float = option(10.0, "N", "root mean square of the force at T8", low=0.01, high=1000.0)
    seed: int = option(0, "1", "random seed", low=0)

    def run(self, who: Who = None) -> ForceExperiment:
        return force_perturbation(self.condition(who), rms=self.force, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class SwayTask(Task):
    """A person sits on an unstable seat; the model has lumped parameters."""

    name: ClassVar[str] = "sway"
    models: ClassVar[tuple[str, ...]] = ("seat",)
    duration: float = option(60.0, "s", "duration of the trial", low=SHORTEST, high=3600.0)
    seed: int = option(0, "1", "random seed", low=0)

    def run(self, who: Who = None) -> SittingRecord:
        spine = _lumped(self, who)
        seat = spine if isinstance(spine, Spine) else spine.spine("seat")
        return sitting(seat, duration=self.duration, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class RepeatedTask(Task):
    """A person bends forward and back at a pace; the model is a trunk of one angle."""

    name: ClassVar[str] = "repeated"
    models: ClassVar[tuple[str, ...]] = ("reduced",)
    pace: float = option(20.0, "cycles/min", "pace of the movement", low=PACES[0], high=PACES[1])
    seed: int = option(0, "1", "random seed", low=0)

    def run(self, who: Who = None) -> RepeatedRecord:
        spine = _lumped(self, who)
        trunk = spine if isinstance(spine, Spine) else moving_trunk(subject=spine)
        return repeated_movement(self.pace, spine=trunk, seed=self.seed)


def _lumped(task: Task, who: Who) -> Subject | Spine:
    """The subject of a task with a lumped model, or the spine of the user."""
    if who is None or isinstance(who, (Subject, Spine)):
        return who or Subject()
    raise ParameterError(
        f"Expected a Subject or a Spine for the task {task.name}, whose model has lumped "
        f"parameters, got the preset {who.model!r}; give the subject alone."
    )
