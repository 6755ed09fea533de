"""Sparse Cholesky factorisation front by front, with SciPy's BLAS and LAPACK.

A front is a dense matrix: a panel of columns that are eliminated here, and an
update that is passed to the parent. Each front needs three BLAS calls. The panels
together are the factor; updates that are not yet used are kept on a stack.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import get_cython_function_address, intrinsic
from numpy.typing import NDArray

Ints = NDArray[np.int64]

LOWER, NO, TRANSPOSE, RIGHT = (ord(c) for c in "LNTR")


def blas_addresses() -> Ints:
    """Addresses of dpotrf, dtrsm and dsyrk in SciPy; as arguments, so kernels can be cached."""
    names = (("lapack", "dpotrf"), ("blas", "dtrsm"), ("blas", "dsyrk"))
    return np.array(
        [get_cython_function_address(f"scipy.linalg.cython_{lib}", name) for lib, name in names],
        np.int64,
    )


@cache
def _thread_switch():
    """OpenBLAS's thread setter, its initial number of threads, and the getter; or None."""
    library = ctypes.CDLL(import_module("scipy.linalg.cython_blas").__file__)
    for prefix, suffix in product(("scipy_", ""), ("", "64_")):
        name = f"{prefix}openblas_%s_num_threads{suffix}"
        if hasattr(library, name % "set"):
            get_threads = getattr(library, name % "get")
            return getattr(library, name % "set"), int(get_threads()), get_threads
    return None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Run OpenBLAS on the calling thread only, because most fronts are too small for threads.

    On a busy machine the wait for other threads takes far longer than the work itself, and a
    single thread gives the same digits everywhere.
    """
    switch = _thread_switch()
    if switch is None or switch[1] == 1:
        yield
        return
    switch[0](1)
    try:
        yield
    finally:
        switch[0](switch[1])


def _invoke_at(typingctx, address, arguments):
    """Call a Fortran routine at ``address`` with a tuple of addresses as arguments."""

    def codegen(context, builder, signature, args):
        word = ir.IntType(64)
        count = signature.args[1].count
        routine = ir.FunctionType(ir.VoidType(), [word] * count)
        pointer = builder.inttoptr(args[0], routine.as_pointer())
        builder.call(pointer, [builder.extract_value(args[1], i) for i in range(count)])
        return context.get_dummy_value()

    return types.void(types.int64, arguments), codegen


_invoke: Any = intrinsic(_invoke_at)


@njit(cache=True, nogil=True)
def factorise(fronts, data, shift, panels, stack, blas):
    """Cholesky factor of the matrix ``data`` + shift * identity -> ``panels``.

    Returns -1, or the index in the elimination order of the first pivot that is
    not positive: the matrix is then not positive definite.
    """
    first, panel = fronts.first, fronts.panel
    rows_start, local = fronts.rows_start, fronts.local
    child_start, child, side = fronts.child_start, fronts.child, fronts.side
    entries, source, target = fronts.entries, fronts.source, fronts.target
    letter = np.array([LOWER, NO, TRANSPOSE, RIGHT], np.uint8)
    number = np.zeros(4, np.int32)  # columns, rows below, both, report of dpotrf
    scale = np.array([1.0, -1.0, 0.0])
    low, no, tr, right = (
        np.int64(letter.ctypes.data),
        np.int64(letter.ctypes.data) + 1,
        np.int64(letter.ctypes.data) + 2,
        np.int64(letter.ctypes.data) + 3,
    )
    at_k = np.int64(number.ctypes.data)
    at_below, at_height, at_info = at_k + 4, at_k + 8, at_k + 12
    one = np.int64(scale.ctypes.data)
    minus_one, zero = one + 8, one + 16
    values = np.int64(panels.ctypes.data)
    flight = np.int64(stack.ctypes.data)
    top = np.zeros(2, np.int64)  # one stack for fronts of even depth, one for odd depth
    top[1] = fronts.stack[0]
    for s in range(first.shape[0] - 1):
        k = first[s + 1] - first[s]
        below = rows_start[s + 1] - rows_start[s]
        height = k + below
        base = panel[s]
        panels[base : panel[s + 1]] = 0.0
        for e in range(entries[s], entries[s + 1]):
            panels[target[e]] = data[source[e]]
        for j in range(k):
            panels[base + j * (height + 1)] += shift
        deeper = 1 - side[s]
        bottom = top[deeper]
        for c in range(child_start[s], child_start[s + 1]):
            size = rows_start[child[c] + 1] - rows_start[child[c]]
            bottom -= size * size
        at = bottom
        for c in range(child_start[s], child_start[s + 1]):
            row = local[rows_start[child[c]] : rows_start[child[c] + 1]]
            size = row.shape[0]
            for j in range(size):
                column = row[j]
                if column >= k:
                    break
                to = panels[base + column * height : base + (column + 1) * height]
                add = stack[at + j * size : at + (j + 1) * size]
                for i in range(j, size):
                    to[row[i]] += add[i]
            at += size * size
        number[0], number[1], number[2] = k, below, height
        here = values + 8 * base
        _invoke(blas[0], (low, at_k, here, at_height, at_info))
        if number[3] != 0:
            return first[s] + number[3] - 1
        if below > 0:
            update = top[side[s]]
            _invoke(
                blas[1],
                (right, low, tr, no, at_below, at_k, one, here, at_height, here + 8 * k, at_height),
            )
            _invoke(
                blas[2],
                (low, no, at_below, at_k, minus_one, here + 8 * k, at_height, zero,
                 flight + 8 * update, at_below),
            )  # fmt: skip
            at = bottom
            for c in range(child_start[s], child_start[s + 1]):
                row = local[rows_start[child[c]] : rows_start[child[c] + 1]]
                size = row.shape[0]
                for j in range(size):
                    column = row[j]
                    if column < k:
                        continue
                    begin = update + (column - k) * below
                    to = stack[begin : begin + below]
                    add = stack[at + j * size : at + (j + 1) * size]
                    for i in range(j, size):
                        to[row[i] - k] += add[i]
                at += size * size
            top[side[s]] += below * below
        top[deeper] = bottom
    return -1


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
def solve_in_place(fronts, panels, x, work):
    """Solve L L^T y = x for one right-hand side in the order of elimination; y -> ``x``.

    ``work`` has space for the rows of the tallest front. The loops use slices and
    four columns at a time, so that the compiler generates vector code.
    """
    first, panel, rows_start = fronts.first, fronts.panel, fronts.rows_start
    count = first.shape[0] - 1
    for s in range(count):
        k = first[s + 1] - first[s]
        rows = fronts.rows[rows_start[s] : rows_start[s + 1]]
        below = rows.shape[0]
        height = k + below
        pivot = x[first[s] : first[s + 1]]
        sums = work[:below]
        sums[:] = 0.0
        for j in range(k):
            start = panel[s] + j * height
            a = panels[start : start + k]
            v = pivot[j] / a[j]
            pivot[j] = v
            for i in range(j + 1, k):
                pivot[i] -= v * a[i]
        j = 0
        while j + 4 <= k:
            start = panel[s] + j * height + k
            a = panels[start : start + below]
            b = panels[start + height : start + height + below]
            c = panels[start + 2 * height : start + 2 * height + below]
            d = panels[start + 3 * height : start + 3 * height + below]
            va, vb, vc, vd = pivot[j], pivot[j + 1], pivot[j + 2], pivot[j + 3]
            for i in range(below):
                sums[i] += va * a[i] + vb * b[i] + vc * c[i] + vd * d[i]
            j += 4
        while j < k:
            start = panel[s] + j * height + k
            a = panels[start : start + below]
            va = pivot[j]
            for i in range(below):
                sums[i] += va * a[i]
            j += 1
        for i in range(below):
            x[rows[i]] -= sums[i]
    for s in range(count - 1, -1, -1):
        k = first[s + 1] - first[s]
        rows = fronts.rows[rows_start[s] : rows_start[s + 1]]
        below = rows.shape[0]
        height = k + below
        pivot = x[first[s] : first[s + 1]]
        sums = work[:below]
        for i in range(below):
            sums[i] = x[rows[i]]
        for j in range(k - 1, -1, -1):
            start = panel[s] + j * height
            a = panels[start : start + k]
            b = panels[start + k : start + height]
            v = pivot[j]
            for i in range(j + 1, k):
                v -= a[i] * pivot[i]
            for i in range(below):
                v -= b[i] * sums[i]
            pivot[j] = v / a[j]


@njit(cache=True, nogil=True)
def pivots(fronts, panels, out):
    """Squares of the factor's diagonal, in the order of elimination -> ``out``."""
    for s in range(fronts.first.shape[0] - 1):
        k = fronts.first[s + 1] - fronts.first[s]
        height = k + fronts.rows_start[s + 1] - fronts.rows_start[s]
        for j in range(k):
            out[fronts.first[s] + j] = panels[fronts.panel[s] + j * (height + 1)] ** 2
