"""Call of the parts written in Python from a compiled right-hand side, by address.

The address is a number in the data, so that the right-hand side is compiled once for all of them.
"""

# pyright: reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import ctypes
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

DOUBLES = ctypes.POINTER(ctypes.c_double)
CALL = ctypes.CFUNCTYPE(None, ctypes.c_double, *[DOUBLES] * 5)
"""call(t, y, delayed, force, drive, out) of Python, as machine code that takes pointers."""


def address_of(call: Any) -> int:
    """Where a `CALL` starts; valid while the object exists."""
    address = ctypes.cast(call, ctypes.c_void_p).value
    assert address is not None
    return address


@intrinsic
def _call(typing_context, address, t, pointers):
    """Call the function at an address with t and five pointers, all given as integers."""

    def generate(context, builder, _, values):
        double, pointer = ir.DoubleType(), ir.DoubleType().as_pointer()
        form = ir.FunctionType(ir.VoidType(), [double, *[pointer] * 5])
        function = builder.inttoptr(values[0], form.as_pointer())
        places = [builder.extract_value(values[2], i) for i in range(5)]
        builder.call(function, [values[1], *(builder.inttoptr(p, pointer) for p in places)])
        return context.get_dummy_value()

    return types.none(types.int64, types.float64, types.UniTuple(types.uintp, 5)), generate


@njit(cache=True, nogil=True)
def call_python(t, y, delayed, python, out):
    """Force and drive of the parts into `python`, rates of their states into out."""
    force, drive = python.force.ctypes.data, python.drive.ctypes.data
    at = y.ctypes.data, delayed.ctypes.data, force, drive, out.ctypes.data
    _call(python.call, t, at)
