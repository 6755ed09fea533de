"""The equations of the preset "trunk" in symbols, derived from energies and laws, with its delays.

The compiled spine is written separately: a test compares the two right-hand sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from panjabi.active import symbols as active
from panjabi.errors import ParameterError
from panjabi.neural.loop_kernels import MUSCLE
from panjabi.neural.receptor_kernels import FIRST_ORDER
from panjabi.passive.preload import Stiffening
from panjabi.passive.symbols import P
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.spine.symbolic_parts import (
    TERMS,
    SymbolicBody,
    SymbolicMuscle,
    SymbolicReflexes,
    SymbolicUnit,
    Values,
    alpha,
    body_values,
    muscle_values,
    muscles_of,
    omega,
    symbolic_body,
    symbolic_reflexes,
    symbolic_unit,
    theta,
)
from panjabi.spine.trunk_preset import COORDINATE
from panjabi.tissue import de_groote_symbols as curves

Floats = NDArray[np.float64]

response = sp.Symbol("tau_P", positive=True)
"""Time in which the unit follows the compression [s]."""
LAWS: tuple[tuple[str, sp.Symbol, sp.Expr], ...] = (
    ("activation", active.a, active.activation_rate()),
    ("fibre", curves.fibre_length, active.V * curves.fibre_velocity),
    ("short_range", active.s, active.short_range_rate()),
)
"""States of a muscle: their name in a spine, symbol and rate."""


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicTrunk(ShortRepr):
    """The trunk in symbols, with the numbers of a spine; made by `symbolic_trunk`.

    The velocities of the fibres are the zeros of their balance.
    """

    body: SymbolicBody
    unit: SymbolicUnit
    muscles: tuple[SymbolicMuscle, ...]
    reflexes: SymbolicReflexes
    values: Mapping[sp.Symbol, float]
    size: int  # states of the spine
    first: Mapping[str, int]  # first index of each part of its state

    @cached_property
    def states(self) -> dict[int, sp.Symbol]:
        """Symbols of the states by their index in the state of the spine."""
        found = {0: theta, 1: omega, self.first["compression"]: P}
        lists = {"joints": self.unit.stretches, "afferent": self.reflexes.afferents}
        for name, symbol, _ in LAWS:
            lists[name] = tuple(m.symbol(str(symbol)) for m in self.muscles)
        for name, symbols in lists.items():
            found |= {self.first[name] + j: symbol for j, symbol in enumerate(symbols)}
        return found

    @property
    def acceleration(self) -> sp.Expr:
        """Angular acceleration [rad/s2], in the tensions of the muscles."""
        left = self.body.about.xreplace({alpha: sp.Integer(0)})
        return -(self.unit.moment + left) / self.body.moment_of_inertia

    @cached_property
    def rates(self) -> dict[int, sp.Expr]:
        """Rates of the states, in states, delayed signals and fibre velocities."""
        accelerated = self.acceleration
        pressed = self.body.compression.xreplace({alpha: accelerated})
        found: dict[int, Any] = {
            0: omega,
            1: accelerated,
            self.first["compression"]: (pressed - P) / response,
        }
        for j, law in enumerate(self.unit.relaxations):
            found[self.first["joints"] + j] = omega - law
        for k, (m, u) in enumerate(zip(self.muscles, self.reflexes.excitations, strict=True)):
            for name, _, law in LAWS:
                found[self.first[name] + k] = m.own(law).xreplace({m.symbol("u"): u})
        for j, law in enumerate(self.reflexes.rates):
            found[self.first["afferent"] + j] = law
        for m in self.muscles:
            found = {k: m.explicit(law) for k, law in found.items()}
        return found

    @cached_property
    def _functions(self) -> tuple[Callable[..., Any], list[Callable[..., Any]]]:
        """Rates, and the balance of each fibre with its slope, as functions of numbers."""
        known = [*self.states.values(), *self.reflexes.delayed.values(), *self.values]
        speeds = [m.symbol("v_f") for m in self.muscles]
        rates = [self.rates[k] for k in self.states]
        balances = []
        for m, v in zip(self.muscles, speeds, strict=True):
            balance = m.explicit(m.own(active.fibre_balance()))
            pair = [balance, sp.diff(balance, v)]
            balances.append(sp.lambdify([*known, v], pair, "numpy", cse=True))
        return sp.lambdify([*known, *speeds], rates, "numpy", cse=True), balances

    def rate(self, y: Floats, delayed: Floats) -> Floats:
        """d y / d t (size,) from the symbols; y (size,), delayed (delays, afferents).

        States of bending and rotation, which nothing moves, keep the rate zero.
        """
        rates, balances = self._functions
        known = [float(y[k]) for k in self.states]
        known += [float(delayed[k]) for k in self.reflexes.delayed]
        known += list(self.values.values())
        out = np.zeros(self.size)
        out[list(self.states)] = rates(*known, *(_zero(balance, known) for balance in balances))
        return out


def _zero(balance: Callable[..., Any], known: list[float]) -> float:
    """Zero of a balance that rises with the velocity: Newton's method inside a bracket."""
    low, high = -1.0, 1.0
    while balance(*known, low)[0] > 0.0:
        low *= 2.0
    while balance(*known, high)[0] < 0.0:
        high *= 2.0
    v = 0.5 * (low + high)
    for _ in range(100):
        value, slope = balance(*known, v)
        low, high = (v, high) if value < 0.0 else (low, v)
        new = v - value / slope
        new = new if low <= new <= high else 0.5 * (low + high)
        if abs(new - v) <= 1e-15 * abs(v):
            break
        v = new
    return float(v)


def symbolic_trunk(spine: Spine | None = None) -> SymbolicTrunk:
    """The equations of a spine of the preset "trunk", by default with its stretch reflexes.

    Raises
    ------
    ParameterError
        For another preset, a frozen compression, further elements, muscles with rigid tendons,
        reflexes that are not of first order, or a unit with another law.
    """
    if spine is None:
        from panjabi.spine.model_build import spine_model

        spine = spine_model("trunk", reflexes=True)
    _check(spine)
    assert spine.compression_time is not None
    muscles, unit, reflexes = muscles_of(spine), symbolic_unit(spine), symbolic_reflexes(spine)
    values: Values = {response: spine.compression_time.si}
    values |= {**body_values(spine), **muscle_values(spine), **unit.values, **reflexes.values}
    first = {name: part.start for name, part in spine.slices.items()}
    return SymbolicTrunk(symbolic_body(muscles), unit, muscles, reflexes, values, spine.size, first)


def _check(spine: Spine) -> None:
    """Raise ParameterError for a spine that these equations do not describe."""
    loops, wrong = spine.loops, ""
    a, c = loops.afferents, loops.connections
    if spine.free != (COORDINATE,) or spine.muscles is None or spine.muscle_count != 2:
        wrong = f"{len(spine.free)} coordinates and {spine.muscle_count} muscles"
    elif not spine.pressed:
        wrong = "a frozen compression"
    elif spine.elements:
        wrong = "further elements"
    elif spine.muscles.units.short_range is None or not spine.muscles.units.units.elastic.all():
        wrong = "muscles without short-range force or with rigid tendons"
    elif np.any(a.source != MUSCLE) or np.any(loops.receptors.kind != FIRST_ORDER):
        wrong = "reflexes with other sources or receptors"
    elif np.any(c.excites) or np.any(c.muscle < 0):
        wrong = "reflexes with a threshold or a moment"
    else:
        unit, angles = spine.units_at(spine.rest_q)[0]
        named = {t.name for s in unit.structures for t in s.terms}
        if not named <= {*TERMS, "coupling"} or not isinstance(unit.stiffening, Stiffening):
            wrong = "a unit with another law"
        elif np.any(angles[1:]):
            wrong = "a unit that is bent to the side or turned"
    if wrong:
        raise ParameterError(
            "Expected a spine of the preset 'trunk' with stretch reflexes of its two muscles, got "
            f"{wrong}; use spine_model('trunk', reflexes=True)."
        )
