"""Elements written in Python inside a compiled run.

The right-hand side first calls Python for these elements, which write their generalised force and
what they add to the commands of the muscles into p and the rates of their states in place; then the
compiled right-hand side does the rest. A call takes about ten microseconds per element, and more if
it reads signals of muscles; the built-in parts are not slower.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from panjabi.body.tree import Floats
from panjabi.elements import excited
from panjabi.neural.feedforward import Commands
from panjabi.spine.model import Spine
from panjabi.spine.packing import read_spine
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.rhs_plain import arrived, elements_of, excited_muscles
from panjabi.spine.signals import check_signals

_DOUBLES = ctypes.POINTER(ctypes.c_double)


class PythonElements:
    """The callback of one run, and the first error that an element raised in it."""

    def __init__(self, model: Spine, commands: Commands | None = None) -> None:
        self.model, self.commands = model, commands
        self.error: BaseException | None = None
        self.call = ctypes.CFUNCTYPE(None, ctypes.c_double, *[_DOUBLES] * 5)(self._called)
        for element in model.in_python:
            check_signals(model, element.signals)
            excited_muscles(model, element)

    def right_side(self) -> Callable[..., None]:
        """rhs(t, y, delayed, p, out) with these elements in it; compiled once for each run."""
        call = self.call

        @njit(nogil=True)
        def rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
            python = read_spine(p).python
            force, drive = python.force.ctypes, python.drive.ctypes
            call(t, y.ctypes, delayed.ctypes, force, drive, out.ctypes)
            spine_rhs(t, y, delayed, p, out)

        return rhs

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
                element_force = np.asarray(element.force(x, speed, element_state, values), float)
                np.add.at(force, place[free], element_force[free])
                out[states] = element.state_rate(x, speed, element_state, values)
                if excited(element):
                    add = element.excitation(x, speed, element_state, values)  # type: ignore[attr-defined]
                    np.add.at(drive, excited_muscles(model, element), np.asarray(add, float))
        except BaseException as error:  # it must not cross the compiled code: it is raised after
            self.error = error
            force[:] = np.nan


def _array(pointer: Any, size: int) -> Floats:
    return np.ctypeslib.as_array(pointer, (size,)) if size else np.empty(0)
