"""Reflex loops over many muscles: their delays and the commands they give.

    u_i = sat( sat^-1(u0_i) + sum over loops of
               k_p e(t - T) + k_v e'(t - T) + k_a e''(t - T) - k_f F(t - T) )

Without signals the command is exactly u0, because the inverse saturation is applied first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.neural import reflex_kernels as kernels
from panjabi.neural.checks import array, constant_commands
from panjabi.neural.loops import GAINS, ReflexLoop
from panjabi.neural.smooth_kernels import unsaturated
from panjabi.parameter import ParameterSet
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReflexSet(ShortRepr):
    """All loops of all muscles. Signals are arrays (loops, muscles) that are already delayed.

    `delays` (loops, muscles) are the delays that an integrator must apply to the signals.
    """

    muscles: tuple[str, ...]
    loops: tuple[ReflexLoop, ...]
    corner: float = 0.01  # width of the corners at commands 0 and 1 [1], assumed
    least: float = (
        1e-3  # distance of commands from 0 and 1, so that reflexes act on quiet muscles [1]
    )
    delays: Array = field(init=False, repr=False)  # [s], shape (loops, muscles)

    def __post_init__(self) -> None:
        for kind, names in (
            ("muscles", self.muscles),
            ("loops", self.names),
        ):
            if len(set(names)) != len(names):
                double = sorted({n for n in names if names.count(n) > 1})
                raise ParameterError(
                    f"Expected each name of {kind} once, got {double} more than once; rename or "
                    "merge them."
                )
        if not self.muscles or not self.loops:
            raise ParameterError(
                "Expected at least one muscle and one loop in a ReflexSet, got "
                f"{len(self.muscles)} muscles and {len(self.loops)} loops; scale the gains to 0 "
                "for a set without reflexes."
            )
        require("ReflexSet", "corner", self.corner, unit="1", above=0.0, at_most=0.1,
                advice="About 0.01 of a command.")  # fmt: skip
        require("ReflexSet", "least", self.least, unit="1", above=0.0, below=0.5,
                advice="About 0.001 of a command.")  # fmt: skip
        object.__setattr__(self, "delays", self._table("delay"))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the loops, in order."""
        return tuple(loop.name for loop in self.loops)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.loops), len(self.muscles)

    @property
    def states(self) -> int:
        """Number of filter states, rows times muscles."""
        return self.rows * len(self.muscles)

    @property
    def rows(self) -> int:
        return sum(loop.filtered for loop in self.loops)

    @property
    def signals(self) -> tuple[str, ...]:
        """Source of each loop's signal, "muscle" or "head"."""
        return tuple(loop.signal for loop in self.loops)

    @property
    def parameters(self) -> ParameterSet:
        parameters = ParameterSet({})
        for loop in self.loops:
            parameters = parameters.merged(loop.parameters)
        return parameters

    def loop(self, name: str) -> ReflexLoop:
        for loop in self.loops:
            if loop.name == name:
                return loop
        raise unknown("loop", name, self.names)

    @cached_property
    def arrays(self) -> kernels.Loops:
        """The loops as arrays for the kernels."""
        gains = np.array([self._table(gain) for gain in GAINS])
        times = np.array([loop.filter_time for loop in self.loops])
        slot = np.full(len(self.loops), -1)
        filtered = [i for i, loop in enumerate(self.loops) if loop.filtered]
        slot[filtered] = np.arange(len(filtered))
        on_rate = np.array([loop.on_acceleration for loop in self.loops])
        threshold = np.array([loop.threshold or 0.0 for loop in self.loops])
        corner = np.array([-1.0 if p.threshold is None else p.corner for p in self.loops])
        return kernels.Loops(gains, times, slot, on_rate, threshold, corner)

    def offset(self, feedforward: ArrayLike) -> Array:
        """Feedforward commands u0 (muscles,) before saturation, at least `least` from 0 and 1."""
        u0 = constant_commands(feedforward, len(self.muscles))
        limited = np.clip(u0, self.least, 1.0 - self.least)
        return np.array([unsaturated(u, self.corner) for u in limited])

    def commands(
        self,
        feedforward: ArrayLike,
        stretch: ArrayLike = 0.0,
        rate: ArrayLike = 0.0,
        force: ArrayLike = 0.0,
        state: ArrayLike = 0.0,
    ) -> Array:
        """Commands u (muscles,), from delayed signals (loops, muscles), states (rows, muscles)."""
        signals = self._signals(stretch, rate, force, state)
        out = np.empty(len(self.muscles))
        kernels.commands(self.arrays, self.corner, self.offset(feedforward), *signals, out)
        return out

    def slopes(
        self,
        feedforward: ArrayLike,
        stretch: ArrayLike = 0.0,
        rate: ArrayLike = 0.0,
        force: ArrayLike = 0.0,
        state: ArrayLike = 0.0,
    ) -> tuple[Array, Array, Array, Array]:
        """d u / d stretch, rate, force (loops, muscles), and d u / d state (rows, muscles)."""
        signals = self._signals(stretch, rate, force, state)
        out = tuple(np.empty(shape) for shape in (*[self.shape] * 3, signals[3].shape))
        kernels.commands_slopes(self.arrays, self.corner, self.offset(feedforward), *signals, *out)
        return out[0], out[1], out[2], out[3]

    def state_rate(self, rate: ArrayLike, force: ArrayLike, state: ArrayLike) -> Array:
        """d state / dt of the filters, shape (rows, muscles)."""
        _, rate, force, state = self._signals(0.0, rate, force, state)
        _, times, slot, on_rate, _, _ = self.arrays
        out = np.empty_like(state)
        kernels.state_rates(times, slot, on_rate, rate, force, state, out)
        return out

    def scaled(self, factor: float, *, loops: Iterable[str] | None = None) -> ReflexSet:
        """New set: the gains of the named loops, or of all, times a factor."""
        return self._changed(lambda loop: loop.scaled(factor), loops)

    def delayed_by(self, by: float, *, loops: Iterable[str] | None = None) -> ReflexSet:
        """New set: the delays of the named loops, or of all, longer by a time [s]."""
        return self._changed(lambda loop: loop.delayed_by(by), loops)

    def without(self, name: str) -> ReflexSet:
        """New set with one loop open: its gains are 0. The null model of that loop."""
        return self.scaled(0.0, loops=[name])

    def _changed(
        self, change: Callable[[ReflexLoop], ReflexLoop], names: Iterable[str] | None
    ) -> ReflexSet:
        chosen = {self.loop(name).name for name in names} if names is not None else None
        loops = tuple(
            change(loop) if chosen is None or loop.name in chosen else loop for loop in self.loops
        )
        return replace(self, loops=loops)

    def _table(self, name: str) -> Array:
        n = (len(self.muscles),)
        rows = [
            array(f"{name} of {p.name!r}", getattr(p, name), n, "per muscle") for p in self.loops
        ]
        return np.array(rows)

    def _signals(
        self, stretch: ArrayLike, rate: ArrayLike, force: ArrayLike, state: ArrayLike
    ) -> tuple[Array, Array, Array, Array]:
        return (
            array("stretch", stretch, self.shape, "1"),
            array("rate", rate, self.shape, "1/s"),
            array("force", force, self.shape, "1"),
            array("state", state, (self.rows, len(self.muscles)), "1/s or 1"),
        )
