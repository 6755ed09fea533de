"""How the kernels of this package are compiled."""

from __future__ import annotations

from typing import Any

from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
_INNER: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

kernel = njit(**_OPTIONS)
"""Cached, without the interpreter lock, without counting references; called from Python.

Kernels here neither create nor store arrays, so there is nothing to count. Otherwise numba changes
an atomic counter for each of about forty arrays at each call, which costs more than the arithmetic
(a history lookup takes 30 ns instead of 210).
"""

inner = njit(**_INNER)
"""The same, called from kernels only: taking arguments from Python is a tenth of the compiling."""

inlined = njit(**_INNER, forceinline=True)
"""The same, and copied into its callers: passing some twenty arrays costs more than their use."""

part = njit(**_OPTIONS, inline="always")
"""A section of a longer kernel, copied into its caller before that is compiled.

As a kernel it would be compiled twice, separately and with its caller; so half the time is saved.
"""
