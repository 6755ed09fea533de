"""Elements written in Python inside a compiled run.

The compiled right-hand side first calls Python for these elements, which write their generalised
force and what they add to the commands of the muscles into p and the rates of their states in
place; then it does the rest. A call takes about ten microseconds per element, and more if it reads
signals of muscles; the built-in parts are not slower.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from panjabi.body.tree import Floats
from panjabi.elements import excited, shaped
from panjabi.neural.feedforward import Commands
from panjabi.spine.model import Spine
from panjabi.spine.python_call import CALL, address_of
from panjabi.spine.rhs_plain import arrived, elements_of, excited_muscles
from panjabi.spine.signals import check_signals


class PythonElements:
    """The callback of one run, valid while this exists, and the first error in it."""

    def __init__(self, model: Spine, commands: Commands | None = None) -> None:
        self.model, self.commands = model, commands
        self.error: BaseException | None = None
        self.call = CALL(self._called)
        self.address = address_of(self.call)
        for element in model.in_python:
            check_signals(model, element.signals)
            excited_muscles(model, element)

    def _called(
        self, t: float, y_at: Any, late_at: Any, force_at: Any, drive_at: Any, out_at: Any
    ) -> None:
        model = self.model
        y = _array(y_at, model.size)
        shape = len(model.delays), len(model.reads)
        delayed = _array(late_at, shape[0] * shape[1]).reshape(shape)
        force, drive = _array(force_at, len(model.free)), _array(drive_at, model.muscle_count)
        out = _array(out_at, model.size)
        if self.error is not None:  # a shorter step must not hide the error
            force[:] = np.nan
            return
        force[:] = 0.0
        drive[:] = 0.0
        part = model.slices
        try:
            for element, states in elements_of(model, compiled=False):
                x, speed = model.seen_by(element, y[part["q"]], y[part["rate"]])
                element_state = y[states].copy()
                values = arrived(model, y, delayed, element, t, self.commands)
                place = model.place_of(element.coordinates)
                free = place >= 0
                pull = element.force(x, speed, element_state, values)
                element_force = shaped(element, "force", pull, len(place))
                np.add.at(force, place[free], element_force[free])
                rates = element.state_rate(x, speed, element_state, values)
                out[states] = shaped(element, "state_rate", rates, element.states)
                if excited(element):
                    add = element.excitation(x, speed, element_state, values)  # type: ignore[attr-defined]
                    muscles = excited_muscles(model, element)
                    more = shaped(element, "excitation", add, len(muscles))  # pyright: ignore[reportUnknownArgumentType]
                    np.add.at(drive, muscles, more)
        except BaseException as error:  # it must not cross the compiled code: it is raised after
            self.error = error
            force[:] = np.nan


def _array(pointer: Any, size: int) -> Floats:
    return np.ctypeslib.as_array(pointer, (size,)) if size else np.empty(0)
