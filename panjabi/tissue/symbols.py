"""The laws as SymPy expressions: what the kernels are checked against, and LaTeX for a paper.

Each law is written once, as an energy; tension and tangent are its derivatives, taken by
SymPy. Nothing here runs in a simulation, and SymPy is imported only with this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from panjabi.errors import unknown

l, l0, EA, e_t = sp.symbols("l l_0 EA e_t", positive=True)
lf, lo, Fmax, e_0, e_1, k_1, c = sp.symbols("l_f l_o F_max e_0 e_1 k_1 c", real=True, positive=True)
a, w, h, s = sp.symbols("a w h s", real=True, positive=True)


@dataclass(frozen=True)
class SymbolicLaw:
    """Energy of a law in one variable, and what follows from it by differentiation."""

    name: str
    variable: sp.Symbol
    energy: sp.Expr

    @property
    def tension(self) -> sp.Expr:
        """First derivative of the energy."""
        return sp.diff(self.energy, self.variable)

    @property
    def tangent(self) -> sp.Expr:
        """Second derivative of the energy."""
        return sp.diff(self.energy, self.variable, 2)

    def latex(self) -> str:
        """LaTeX of energy, tension and tangent, one equation a line."""
        v = sp.latex(self.variable)
        lines = (("U", self.energy), ("T", sp.simplify(self.tension)),
                 ("k", sp.simplify(self.tangent)))
        return "\n".join(rf"{head}({v}) = {sp.latex(body)}" for head, body in lines)


def collagen() -> SymbolicLaw:
    """Slack, quadratic toe, linear, in the length l."""
    strain = l / l0 - 1
    toe = l0 * EA * strain**3 / (6 * e_t)
    linear = l0 * EA * ((strain - e_t / 2) ** 2 / 2 + e_t**2 / 24)
    energy = sp.Piecewise((0, strain <= 0), (toe, strain <= e_t), (linear, True))
    return SymbolicLaw("collagen", l, energy)


def cable() -> SymbolicLaw:
    """Tension-only linear cable in the length l."""
    strain = l / l0 - 1
    return SymbolicLaw("cable", l, sp.Piecewise((0, strain <= 0), (l0 * EA * strain**2 / 2, True)))


def passive_fibre() -> SymbolicLaw:
    """Passive fibre, along the fibre, in the fibre length lf; c is the passive scale."""
    x = (lf / lo - 1 - e_0) / (e_1 - e_0)
    p = k_1 * (e_1 - e_0)
    energy = c * Fmax * lo * (e_1 - e_0) * x ** (p + 1) / (p + 1)
    return SymbolicLaw("passive_fibre", lf, sp.Piecewise((0, x <= 0), (energy, True)))


def active_fibre() -> SymbolicLaw:
    """Active fibre with a Gaussian force-length curve, along the fibre; a is the activation."""
    energy = a * Fmax * lo * w * sp.sqrt(sp.pi) / 2 * sp.erf((lf / lo - 1) / w)
    return SymbolicLaw("active_fibre", lf, energy)


def pennate(fibre: SymbolicLaw) -> SymbolicLaw:
    """A fibre law seen along the tendon: constant thickness h, projected fibre length s."""
    energy = fibre.energy.subs(fibre.variable, sp.sqrt(s**2 + h**2))
    return SymbolicLaw(f"pennate_{fibre.name}", s, energy)


def series_tangent() -> sp.Expr:
    """Tangent of fibre and tendon in series, from the condition of equilibrium of the fibre.

    With P(s) = T(l - s) the implicit function s(l) has s' = T'/(P' + T'), so that
    dT/dl = T' (1 - s') = P' T' / (P' + T').
    """
    k_f, k_t, slope = sp.symbols("k_f k_t s'")
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
    """A law by name; UnknownNameError with the nearest names if there is none."""
    if name not in _LAWS:
        raise unknown("symbolic law", name, _LAWS)
    return _LAWS[name]()


def latex(name: str) -> str:
    """Energy, tension and tangent of a law in LaTeX."""
    return symbolic_law(name).latex()
