"""Elements written in Python inside a compiled run.

The right-hand side first calls Python for these elements, which write their generalised force into
p and the rates of their states in place; then the compiled right-hand side does the rest. A call
takes about ten microseconds per element; the built-in parts are not slower.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from panjabi.body.tree import Floats
from panjabi.spine.model import Spine
from panjabi.spine.packing import read_spine
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.rhs_plain import NOTHING

_DOUBLES = ctypes.POINTER(ctypes.c_double)


class PythonElements:
    """The callback of one run, and the first error that an element raised in it."""

    def __init__(self, model: Spine) -> None:
        self.model = model
        self.error: BaseException | None = None
        self.call = ctypes.CFUNCTYPE(None, _DOUBLES, _DOUBLES, _DOUBLES)(self._called)

    def right_side(self) -> Callable[..., None]:
        """rhs(t, y, delayed, p, out) with these elements in it; compiled once for each run."""
        call = self.call

        @njit(nogil=True)
        def rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
            call(y.ctypes, read_spine(p).python.ctypes, out.ctypes)
            spine_rhs(t, y, delayed, p, out)

        return rhs

    def _called(self, y_at: Any, force_at: Any, out_at: Any) -> None:
        model = self.model
        y = np.ctypeslib.as_array(y_at, (model.size,))
        force = np.ctypeslib.as_array(force_at, (len(model.free),))
        out = np.ctypeslib.as_array(out_at, (model.size,))
        if self.error is not None:  # a shorter step must not hide the error
            force[:] = np.nan
            return
        force[:] = 0.0
        part = model.slices
        at = part["elements"].start
        try:
            for element in model.elements:
                states = slice(at, at + element.states)
                x, speed = model.seen_by(element, y[part["q"]], y[part["rate"]])
                element_state = y[states].copy()
                place = model.place_of(element.coordinates)
                free = place >= 0
                element_force = np.asarray(element.force(x, speed, element_state, NOTHING), float)
                np.add.at(force, place[free], element_force[free])
                out[states] = element.state_rate(x, speed, element_state, NOTHING)
                at += element.states
        except BaseException as error:  # it must not cross the compiled code: it is raised after
            self.error = error
            force[:] = np.nan
