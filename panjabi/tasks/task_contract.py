"""What every task has: a name, parameters with unit and range, and a run on a subject's spine."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from panjabi.errors import ParameterError, unknown
from panjabi.tasks.condition import Condition, Who, condition_of

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.tasks.result import TaskResult


def option(
    default: Any, unit: str, what: str, *, low: float = -math.inf, high: float = math.inf
) -> Any:
    """A parameter of a task: default, unit, meaning and accepted range."""
    return field(default=default, metadata={"unit": unit, "what": what, "range": (low, high)})


@dataclass(frozen=True, kw_only=True)
class Task(ABC):
    """A movement or a perturbation with its parameters; immutable.

    Raises
    ------
    ParameterError
        For a number that is not finite or out of range.
    """

    name: ClassVar[str]
    models: ClassVar[tuple[str, ...]]
    """Presets of `spine_model` on which it runs; the first is the default."""

    def __post_init__(self) -> None:
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                low, high = f.metadata["range"]
                if not (math.isfinite(value) and low <= value <= high):
                    raise ParameterError(
                        f"Expected {f.name} of the task {self.name} from {low:g} to {high:g} "
                        f"{f.metadata['unit']} ({f.metadata['what']}), got {value!r}; give a value "
                        "in this range."
                    )

    @abstractmethod
    def run(self, who: Who = None) -> TaskResult:
        """The result of the task.

        Raises
        ------
        ParameterError
            For a model or a spine on which this task does not run.
        """

    def condition(self, who: Who) -> Condition | Spine:
        """The preset and the subject, or the spine of the user; errors as for `run`."""
        condition = condition_of(who, self.models[0])
        if isinstance(condition, Condition) and condition.model not in self.models:
            raise unknown(f"model of the task {self.name}", condition.model, self.models)
        return condition
