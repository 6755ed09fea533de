"""The five functions of a model, called by the address of their machine code.

An address is a plain number: it costs nothing to hand over, and the method of steps is compiled
once for all models. numba's own first-class functions are looked up anew at every run and bring
code for the interpreter to every call, which takes a third of the time of a short run.
"""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from numba import config, float64, types, void
from numba.extending import intrinsic

from panjabi.delay.integrate.compile_options import inlined

VECTOR, MATRIX = float64[::1], float64[:, ::1]
RIGHT_SIDE = void(float64, VECTOR, MATRIX, VECTOR, VECTOR)
"""rhs(t, y, delayed, p, out); events have the same form."""
DELAY = void(float64, VECTOR, VECTOR, VECTOR)
"""delay(t, y, p, out)"""
JACOBIAN = void(float64, VECTOR, MATRIX, VECTOR, MATRIX)
"""jacobian(t, y, delayed, p, out), out of shape (n, n); a diffusion has the same form."""
HISTORY = void(float64, VECTOR, VECTOR)
"""history(t, p, out)"""


_COMPILED: WeakKeyDictionary[Any, dict[Any, tuple[int, Any]]] = WeakKeyDictionary()
_COMPILING = Lock()


def address(function: Any, signature: Any) -> int:
    """Address of a compiled function with these arguments, valid while the function exists.

    0 for None; the function itself where NUMBA_DISABLE_JIT is set, to debug kernels in Python.
    """
    if function is None:
        return 0
    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return function
    compiled = _COMPILED.get(function)
    if compiled is None or signature not in compiled:
        with _COMPILING:
            function.compile(signature.args)  # stored as for calls from Python: compiled once
            result = function.get_compile_result(signature)
            pointer = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
            compiled = _COMPILED.setdefault(function, {})
            compiled[signature] = pointer, result.library  # the code stays as long as its address
    return compiled[signature][0]


def _caller(signature: Any) -> Any:
    """Compiled call(address, ...) of a function with this signature; its errors are passed on."""
    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return lambda function, arguments: function(*arguments)

    def call(typing_context, pointer, arguments):
        expected = types.Tuple(signature.args)
        if arguments != expected:
            return None

        def generate(context, builder, _, values):
            form = context.call_conv.get_function_type(types.none, signature.args)
            function = builder.inttoptr(values[0], form.as_pointer())
            unpacked = [builder.extract_value(values[1], i) for i in range(len(signature.args))]
            status, _ = context.call_conv.call_function(
                builder, function, types.none, signature.args, unpacked
            )
            with builder.if_then(status.is_error, likely=False):
                context.call_conv.return_status_propagate(builder, status)
            return context.get_dummy_value()

        return types.none(types.int64, expected), generate

    return intrinsic(call)


_call_right_side = _caller(RIGHT_SIDE)
_call_delay = _caller(DELAY)
_call_jacobian = _caller(JACOBIAN)
_call_history = _caller(HISTORY)


@inlined
def ask_rhs(call, t, y, z, p, out):
    _call_right_side(call.rhs, (t, y, z, p, out))


@inlined
def ask_delay(call, t, y, p, out):
    _call_delay(call.delay, (t, y, p, out))


@inlined
def ask_event(call, t, y, z, p, out):
    _call_right_side(call.event, (t, y, z, p, out))


@inlined
def ask_jacobian(call, t, y, z, p, out):
    _call_jacobian(call.jacobian, (t, y, z, p, out))


@inlined
def ask_history(call, t, p, out):
    _call_history(call.history, (t, p, out))
