"""Nested NamedTuples as one vector of floats, and compiled readers that give them back.

The method of steps hands one vector to every function of a model and is compiled once for all
models. `flatten` writes a NamedTuple of arrays, numbers and further NamedTuples into this vector;
`reader` makes the compiled function that gives the NamedTuple; its arrays are views of the vector.

The vector begins with a head: its own length, then for every number its bits and for every array
the index of its first value and its shape. Integers are stored with their bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

Floats = NDArray[np.float64]
T = TypeVar("T", bound=tuple[Any, ...])

NONE = -(2**62)
"""An integer below zero as it is stored: its bits are a finite float, as the solver expects."""


def flatten(data: NamedTuple) -> Floats:
    """The vector of a nested NamedTuple.

    Arrays have the number of dimensions of their annotation (`panjabi.arrays`). Integers below zero
    mean "none" and are all read back as `NONE`.

    Raises
    ------
    TypeError
        If a value does not fit its annotation.
    """
    leaves = list(_leaves(data))
    start = 1 + sum(1 + value.ndim for value in leaves)
    head: list[Floats] = []
    for value in leaves:
        if value.ndim == 0:
            head.append(_bits(value))
        else:
            head.append(_bits(np.array([start, *value.shape], np.int64)))
            start += value.size
    body = [_bits(value) for value in leaves if value.ndim]
    return np.concatenate([_bits(np.array(start, np.int64)), *head, *body])


def _leaves(data: Any) -> Iterator[NDArray[Any]]:
    """Arrays and numbers, in the order of the fields."""
    kind = type(data)
    for name, hint in _fields(kind):
        value = getattr(data, name)
        if _is_record(hint):
            if not isinstance(value, hint):
                raise TypeError(
                    f"Expected {hint.__name__} as {kind.__name__}.{name}, got {value!r}."
                )
            yield from _leaves(value)
            continue
        array = np.asarray(value)
        whole, dimensions = _form(hint)
        if array.ndim != dimensions or (array.dtype.kind in "iub") != whole:
            raise TypeError(
                f"Expected {kind.__name__}.{name} with {dimensions} dimensions of "
                f"{'integers' if whole else 'floats'}, got {array.ndim} of {array.dtype}."
            )
        yield array


def _bits(value: NDArray[Any]) -> Floats:
    if value.dtype.kind in "iub":
        whole = np.ascontiguousarray(value, np.int64).ravel()
        return np.where(whole < 0, NONE, whole).view(np.float64)
    return np.ascontiguousarray(value, np.float64).ravel()


def _fields(kind: type) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    return [(name, hints[name]) for name in kind._fields]  # type: ignore[attr-defined]


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, tuple)


def _form(hint: Any) -> tuple[bool, int]:
    """Whether a leaf holds integers, and its number of dimensions, from its annotation."""
    if hint in (int, bool, float):
        return hint is not float, 0
    (dimensions,) = hint.__metadata__
    (_, dtype) = hint.__origin__.__args__
    return dtype.__args__[0] is np.int64, dimensions


# --- out of the vector, compiled ------------------------------------------------------------------


def reader(kind: type[T]) -> Callable[[Floats], T]:
    """Compiled function p -> NamedTuple of this class; views of p, nothing is copied."""

    @intrinsic
    def build(_: Any, p: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            source = make_array(signature.args[0])(context, builder, arguments[0])
            return _Builder(context, builder, source.data).record(kind)

        return _record_type(kind)(p), generate

    @njit(nogil=True, forceinline=True)
    def read(p: Floats) -> T:
        return build(p)  # pyright: ignore[reportCallIssue]

    return read


def _record_type(kind: Any) -> Any:
    """numba's type of a NamedTuple."""
    members = [_leaf_type(hint) for _, hint in _fields(kind)]
    return types.BaseTuple.from_types(members, kind)


def _leaf_type(hint: Any) -> Any:
    if _is_record(hint):
        return _record_type(hint)
    whole, dimensions = _form(hint)
    if dimensions:
        return types.Array(types.int64 if whole else types.float64, dimensions, "C")
    return types.boolean if hint is bool else types.int64 if whole else types.float64


class _Builder:
    """LLVM values of the fields, in the order in which `flatten` wrote them."""

    def __init__(self, context: Any, builder: Any, data: Any) -> None:
        self.context, self.builder, self.data = context, builder, data
        self.next = 1  # place in the head

    def record(self, kind: Any) -> Any:
        values = [
            self.record(hint) if _is_record(hint) else self.leaf(hint) for _, hint in _fields(kind)
        ]
        return self.context.make_tuple(self.builder, _record_type(kind), values)

    def leaf(self, hint: Any) -> Any:
        _, dimensions = _form(hint)
        if dimensions:
            return self.array(_leaf_type(hint), dimensions)
        if hint is float:
            return self.builder.load(self.place())
        bits = self.integer()
        return self.builder.trunc(bits, ir.IntType(1)) if hint is bool else bits

    def place(self) -> Any:
        """Address of the next value of the head."""
        index = ir.Constant(ir.IntType(64), self.next)
        self.next += 1
        return self.builder.gep(self.data, [index])

    def integer(self) -> Any:
        return self.builder.load(self.builder.bitcast(self.place(), ir.IntType(64).as_pointer()))

    def array(self, kind: Any, dimensions: int) -> Any:
        context, builder = self.context, self.builder
        start = self.integer()
        shape = [self.integer() for _ in range(dimensions)]
        size = ir.Constant(ir.IntType(64), 8)
        strides = [size]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        array = make_array(kind)(context, builder)
        first = builder.gep(self.data, [start])
        populate_array(
            array,
            data=builder.bitcast(first, array.data.type),
            shape=cgutils.pack_array(builder, shape, ir.IntType(64)),
            strides=cgutils.pack_array(builder, strides, ir.IntType(64)),
            itemsize=size,
            meminfo=None,
        )
        return array._getvalue()  # pyright: ignore[reportPrivateUsage]
