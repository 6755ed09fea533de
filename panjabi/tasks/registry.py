"""Tasks by name."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from panjabi.errors import unknown
from panjabi.tasks.arm_raising import ArmRaiseTask
from panjabi.tasks.bending import BendTask, LiftTask, SideBendTask
from panjabi.tasks.craniocervical import CraniocervicalFlexionTask
from panjabi.tasks.laboratory import (
    ForceTask,
    ReleaseTask,
    RepeatedTask,
    SuddenLoadTask,
    SwayTask,
)
from panjabi.tasks.leg_raise import LegRaiseTask
from panjabi.tasks.measured import MeasuredTask
from panjabi.tasks.standing import ExertTask, StandTask

if TYPE_CHECKING:
    from panjabi.tasks.condition import Who
    from panjabi.tasks.result import TaskResult
    from panjabi.tasks.task_contract import Task

TASKS: dict[str, type[Task]] = {
    each.name: each
    for each in (
        SuddenLoadTask,
        ReleaseTask,
        ForceTask,
        SwayTask,
        RepeatedTask,
        BendTask,
        SideBendTask,
        LiftTask,
        StandTask,
        ExertTask,
        ArmRaiseTask,
        MeasuredTask,
        CraniocervicalFlexionTask,
        LegRaiseTask,
    )
}
"""Name -> task."""


def task(name: str, who: Who = None, **options: Any) -> TaskResult:
    """The result of a task by name.

    who : a subject, a `Condition` (a preset of a subject) or a spine; by default the standard
    adult. options : parameters of the task, the fields of its class in `TASKS`.

    Raises
    ------
    UnknownNameError
        For a task or an option that does not exist.
    ParameterError
        For an option out of range, or a model on which the task does not run.
    """
    return made(name, **options).run(who)


def made(name: str, **options: Any) -> Task:
    """The task with these options; errors as for `task`."""
    if name not in TASKS:
        raise unknown("task", name, TASKS)
    accepted = inspect.signature(TASKS[name]).parameters
    for key in options:
        if key not in accepted:
            raise unknown(f"option of the task {name}", key, accepted)
    return TASKS[name](**options)
