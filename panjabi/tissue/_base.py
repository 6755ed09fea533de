"""Base of the built-in laws: checks of parameters, and evaluation through the kernels."""

from __future__ import annotations

import math
from functools import cached_property
from typing import ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.tissue import kernels

Floats = NDArray[np.float64]


def require(
    owner: str,
    name: str,
    value: float,
    *,
    unit: str,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    advice: str,
) -> None:
    """Raise ParameterError for a parameter outside its range; `advice` ends the message."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    invalid = not number or not math.isfinite(value)
    if not invalid:
        invalid = (
            (above is not None and not value > above)
            or (at_least is not None and not value >= at_least)
            or (below is not None and not value < below)
            or (at_most is not None and not value <= at_most)
        )
    if not invalid:
        return
    limits = [
        f"{word} {limit:g}"
        for word, limit in (
            ("above", above),
            ("at least", at_least),
            ("below", below),
            ("at most", at_most),
        )
        if limit is not None
    ]
    expected = "a finite number" + (" " + " and ".join(limits) if limits else "")
    text = f"{value:g}" if number else repr(value)
    unit_text = "" if unit == "1" else f" {unit}"
    raise ParameterError(
        f"Expected {owner}.{name} as {expected}{unit_text}, got {text}{unit_text}. {advice}"
    )


class KernelLaw:
    """A law whose energy, tension and tangent come from `panjabi.tissue.kernels`."""

    kind: ClassVar[int]
    monotone: bool = True

    def row(self) -> tuple[float, ...]:
        """The parameters of the law for the kernels (at most LAW_COLUMNS floats)."""
        raise NotImplementedError

    @cached_property
    def _row(self) -> Floats:
        row = np.zeros(kernels.LAW_COLUMNS)
        values = self.row()
        row[: len(values)] = values
        return row

    def _evaluate(self, length: ArrayLike, which: int) -> Floats | float:
        lengths = np.asarray(length, dtype=np.float64)
        if lengths.ndim == 0:
            return float(kernels.evaluate(self.kind, self._row, float(lengths))[which])
        flat = np.ascontiguousarray(lengths).ravel()
        out = np.empty((3, flat.size))
        kernels.evaluate_lengths(self.kind, self._row, flat, out[0], out[1], out[2])
        return out[which].reshape(lengths.shape)

    @overload
    def energy(self, length: float) -> float: ...
    @overload
    def energy(self, length: ArrayLike) -> Floats | float: ...
    def energy(self, length):
        """Stored energy [J] at a length [m] (float or array of any shape); zero when slack."""
        return self._evaluate(length, 0)

    @overload
    def tension(self, length: float) -> float: ...
    @overload
    def tension(self, length: ArrayLike) -> Floats | float: ...
    def tension(self, length):
        """Tension [N] = d energy / d length, never negative; zero when slack."""
        return self._evaluate(length, 1)

    @overload
    def tangent(self, length: float) -> float: ...
    @overload
    def tangent(self, length: ArrayLike) -> Floats | float: ...
    def tangent(self, length):
        """Tangent stiffness [N/m] = d tension / d length, exact; zero when slack."""
        return self._evaluate(length, 2)
