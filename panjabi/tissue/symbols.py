"""The laws as SymPy expressions, for tests of the kernels and as LaTeX for a paper.

Each law is an energy; SymPy derives tension and tangent. No simulation uses this module, and only
this module imports SymPy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from panjabi.errors import unknown

length, l0, EA, e_t = sp.symbols("l l_0 EA e_t", positive=True)
lo, Fmax, k_1, c, a, w, h, s = sp.symbols("l_o F_max k_1 c a w h s", positive=True)
lf, p = sp.symbols("l_f p", positive=True)
e_0, e_1, strain, x, u = sp.symbols("e_0 e_1 varepsilon x u", real=True)


@dataclass(frozen=True)
class SymbolicLaw:
    """Energy of a law, written with auxiliary symbols.

    `where` lists the auxiliary symbols, each defined by those after it, down to the variable.
    """

    name: str
    variable: sp.Symbol
    energy: sp.Expr
    where: tuple[tuple[sp.Symbol, sp.Expr], ...]

    def derivative(self, expression: sp.Expr) -> sp.Expr:
        """Total derivative with respect to the variable, in the auxiliary symbols."""
        rates: dict[Any, Any] = {self.variable: sp.Integer(1)}
        for symbol, definition in reversed(self.where):
            rate = sum((sp.diff(definition, v) * r for v, r in rates.items()), sp.Integer(0))
            rates[symbol] = sp.sympify(rate).subs(definition, symbol)
        total = sum((sp.diff(expression, v) * r for v, r in rates.items()), sp.Integer(0))
        return _branchwise(sp.sympify(total))

    @property
    def tension(self) -> sp.Expr:
        """First derivative of the energy, in the auxiliary symbols."""
        return self.derivative(self.energy)

    @property
    def tangent(self) -> sp.Expr:
        """Second derivative of the energy, in the auxiliary symbols."""
        return self.derivative(self.tension)

    def explicit(self, expression: sp.Expr) -> sp.Expr:
        """The same expression in the variable and the parameters only."""
        for symbol, definition in self.where:
            expression = expression.subs(symbol, definition)
        return expression

    def latex(self) -> str:
        """LaTeX of energy, tension, tangent and the auxiliary symbols, one equation per line."""
        rows = [
            (sp.Symbol(head), body)
            for head, body in (("U", self.energy), ("T", self.tension), ("k", self.tangent))
        ]
        return "\n".join(
            f"{sp.latex(head)} = {sp.latex(body)}" for head, body in [*rows, *self.where]
        )


def _branchwise(expression: sp.Expr) -> sp.Expr:
    """Simplify every branch; conditions stay unchanged."""
    folded: Any = sp.piecewise_fold(expression)
    if folded.func is sp.Piecewise:
        return sp.Piecewise(*((sp.simplify(body), when) for body, when in folded.args))
    return sp.simplify(folded)


_STRAIN = ((strain, length / l0 - 1),)
_FIBRE = ((x, (lf / lo - 1 - e_0) / (e_1 - e_0)), (p, k_1 * (e_1 - e_0)))
_ACTIVE = ((u, (lf / lo - 1) / w),)


def collagen() -> SymbolicLaw:
    """Slack, quadratic toe, linear, in the length l."""
    toe = l0 * EA * strain**3 / (6 * e_t)
    linear = l0 * EA * ((strain - e_t / 2) ** 2 / 2 + e_t**2 / 24)
    energy = sp.Piecewise((0, strain <= 0), (toe, strain <= e_t), (linear, True))
    return SymbolicLaw("collagen", length, energy, _STRAIN)


def cable() -> SymbolicLaw:
    """Tension-only linear cable, in the length l."""
    energy = sp.Piecewise((0, strain <= 0), (l0 * EA * strain**2 / 2, True))
    return SymbolicLaw("cable", length, energy, _STRAIN)


def passive_fibre() -> SymbolicLaw:
    """Passive fibre, along the fibre, in the fibre length lf; c is the passive scale."""
    energy = c * Fmax * lo * (e_1 - e_0) * x ** (p + 1) / (p + 1)
    return SymbolicLaw("passive_fibre", lf, sp.Piecewise((0, x <= 0), (energy, True)), _FIBRE)


def active_fibre() -> SymbolicLaw:
    """Active fibre, Gaussian force-length curve, along the fibre; a is the activation."""
    energy = a * Fmax * lo * w * sp.sqrt(sp.pi) / 2 * sp.erf(u)
    return SymbolicLaw("active_fibre", lf, energy, _ACTIVE)


def pennate(fibre: SymbolicLaw) -> SymbolicLaw:
    """A fibre law along the tendon: constant thickness h, projected fibre length s."""
    where = (*fibre.where, (lf, sp.sqrt(s**2 + h**2)))
    return SymbolicLaw(f"pennate_{fibre.name}", s, fibre.energy, where)


def series_tangent() -> sp.Expr:
    """Tangent of fibre and tendon in series, from the equilibrium between them.

    P(s) = T(l - s) makes s a function of l with P' s' = T' (1 - s'), and dT/dl = T' (1 - s').
    """
    k_f, k_t, slope = sp.symbols("k_f k_t s'", positive=True)
    solved = sp.solve(sp.Eq(k_f * slope, k_t * (1 - slope)), slope)[0]
    return sp.simplify(k_t * (1 - solved))


_LAWS: dict[str, Callable[[], SymbolicLaw]] = {
    "collagen": collagen,
    "nerve_path": collagen,
    "cable": cable,
    "passive_fibre": passive_fibre,
    "active_fibre": active_fibre,
    "pennate_passive_fibre": lambda: pennate(passive_fibre()),
    "pennate_active_fibre": lambda: pennate(active_fibre()),
}


def symbolic_law(name: str) -> SymbolicLaw:
    """The law with this name; UnknownNameError with similar names if there is none."""
    if name not in _LAWS:
        raise unknown("symbolic law", name, _LAWS)
    return _LAWS[name]()


def latex(name: str) -> str:
    """Energy, tension and tangent of a law in LaTeX, with the auxiliary symbols."""
    return symbolic_law(name).latex()
