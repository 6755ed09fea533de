"""The laws of a functional spinal unit as symbolic energies.

`generate()` writes `generated.py` from them (`make pages`). Only this step and the LaTeX equations
import SymPy.

The smooth ramp is S(y) = (y + sqrt(y^2 + w^2)) / 2, a smooth maximum of 0 and y. It is preferred
over w ln(1 + exp(y / w)) because its integral is elementary and not a dilogarithm. Both bend over
about 2 w. The moment of every term is zero at angle zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

x = sp.Symbol("x", real=True)  # angle in the direction of the term [rad]
k = sp.Symbol("stiffness", positive=True)
n = sp.Symbol("onset", real=True)
w = sp.Symbol("width", positive=True)
A = sp.Symbol("amplitude", positive=True)
s = sp.Symbol("scale", positive=True)
grip = sp.Symbol("grip", positive=True)
bias = sp.Symbol("bias", real=True)
slip = sp.Symbol("slip", positive=True)
slack = sp.Symbol("slack", nonnegative=True)
toe = sp.Symbol("toe", positive=True)


@dataclass(frozen=True)
class SymbolicTerm:
    """A law: its energy [J] as an expression of x and of its parameters."""

    name: str
    parameters: tuple[sp.Symbol, ...]
    energy: sp.Expr
    meaning: str

    @property
    def moment(self) -> sp.Expr:
        """dE/dx: the moment that holds the unit at x [N m]."""
        return sp.diff(self.energy, x)

    @property
    def tangent(self) -> sp.Expr:
        """d2E/dx2 [N m/rad]."""
        return sp.diff(self.energy, x, 2)

    def latex(self) -> str:
        """Energy, moment and tangent as three lines of LaTeX."""
        pairs = (("E", self.energy), ("M", self.moment), ("K", self.tangent))
        return "\n".join(f"{head} = {sp.latex(sp.simplify(f))}" for head, f in pairs)


def _root(y: sp.Expr) -> sp.Expr:
    return sp.sqrt(y**2 + w**2)


def _ramp(y: sp.Expr) -> sp.Expr:
    return (y + _root(y)) / 2


def _ramp_integral(y: sp.Expr) -> sp.Expr:
    return (y**2 + y * _root(y) + w**2 * sp.asinh(y / w)) / 4


def _square_integral(y: sp.Expr) -> sp.Expr:
    return (2 * y**3 / 3 + w**2 * y + sp.Rational(2, 3) * _root(y) ** 3) / 4


def _centred(integral, at_zero: sp.Expr) -> sp.Expr:
    """Energy whose value and slope vanish at angle zero."""
    return k * (integral(x - n) - integral(-n) - at_zero * x)


def _toe(y: sp.Expr) -> sp.Expr:
    """Integral of the integral of a tangent that rises from 0 to 1 between y = 0 and the toe."""
    bend = y**4 / (4 * toe**2) - y**5 / (10 * toe**3)
    return sp.Piecewise(
        (sp.Integer(0), y <= 0),
        (bend, y <= toe),
        (y * (y - toe) / 2 + sp.Rational(3, 20) * toe**2, True),
    )


TERMS: dict[str, SymbolicTerm] = {
    term.name: term
    for term in (
        SymbolicTerm("linear", (k,), k * x**2 / 2, "the same stiffness everywhere"),
        SymbolicTerm(
            "ramp",
            (k, n, w),
            _centred(_ramp_integral, _ramp(-n)),
            "little until the onset, then a constant stiffness",
        ),
        SymbolicTerm(
            "progressive",
            (k, n, w),
            _centred(_square_integral, _ramp(-n) ** 2),
            "little until the onset, then a stiffness that grows with angle",
        ),
        SymbolicTerm(
            "exponential",
            (A, s),
            A * (s * (sp.exp(x / s) - 1) - x),
            "an exponential through zero, for x >= 0; odd in the angle",
        ),
        SymbolicTerm(
            "toe",
            (k, slack, toe),
            k * _toe(x - slack),
            "nothing up to the slack angle, then a toe, then a constant stiffness",
        ),
        SymbolicTerm(
            "closure",
            (grip, bias, slip),
            grip * (sp.sqrt(x**2 + slip**2) - slip) + bias * (x - slip * sp.atan(x / slip)),
            "friction that rises over the slip: to grip + bias forwards, grip - bias backwards",
        ),
    )
}

P, a_P, P_0 = sp.symbols("P a_P P_0", real=True)
"""Compression [N], gain [1] and scale [N] of its effect."""
STIFFENING = sp.Piecewise(
    (sp.Integer(1), P <= 0),
    (1 + a_P * (1 - sp.exp(-P / P_0)), True),
)
"""f(P), the factor of the compression on terms, branches and friction [1]."""

y = sp.Symbol("y", real=True)
T, Y, m = sp.symbols("T Y m", positive=True)
"""Time [s], size [rad] and exponent [1] of the dashpot of a spring with the stretch y [rad]."""
RELAXATION = y / T * sp.Abs(y / Y) ** (m - 1)
"""Rate at which a Maxwell branch (m = 1) relaxes, or a friction element slides [rad/s]."""


SYMBOLS: dict[sp.Symbol, tuple[str, str]] = {
    x: ("angle in the direction of the term; of a sacroiliac shear: displacement", "rad; m"),
    k: ("stiffness; of a progressive term: half of its growth with angle", "N m/rad; N m/rad2"),
    n: ("onset: elastic half-width of the neutral zone", "rad"),
    w: ("width over which a ramp bends", "rad"),
    A: ("amplitude of an exponential", "N m"),
    s: ("scale of an exponential", "rad"),
    grip: ("mean friction at most, both ways", "N; N m"),
    bias: ("half the difference of friction down and up the wedge", "N; N m"),
    slack: ("angle at which a ligament becomes taut or a facet meets its partner", "rad"),
    toe: ("angle over which the stiffness then rises", "rad"),
    slip: ("displacement over which friction rises", "m; rad"),
}
"""Symbol -> (meaning, unit), for a table of symbols."""


def latex() -> str:
    """Every law as LaTeX, then the symbols with meaning and unit, one per line."""
    parts = [f"% {term.name}: {term.meaning}\n{term.latex()}" for term in TERMS.values()]
    table = [f"{sp.latex(s)} & {text} & {unit} \\\\" for s, (text, unit) in SYMBOLS.items()]
    return "\n\n".join([*parts, "\n".join(table)])


_HEAD = '''"""Energy, moment and tangent of each law: generated from symbols.py, never edited.

Write it again with `make pages`; `make check` compares.
"""

# ruff: noqa: E501
# fmt: off
from __future__ import annotations

from math import asinh, atan, exp, sqrt

from numba import njit
'''


def generate() -> str:
    """The text of `generated.py`: a compiled function per law, with common subexpressions."""
    return "\n".join([_HEAD, *(_function(term) for term in TERMS.values())])


def _function(term: SymbolicTerm) -> str:
    outputs = [term.energy, sp.simplify(term.moment), sp.simplify(term.tangent)]
    shared, results = sp.cse(outputs, symbols=sp.numbered_symbols("t"), order="canonical")
    names = ", ".join(str(p) for p in (*term.parameters, x))
    lines = ["", "@njit(cache=True, nogil=True)", f"def {term.name}({names}):"]
    lines += [f'    """{term.meaning[0].upper()}{term.meaning[1:]}."""']
    lines += [
        f"    {name} = {sp.pycode(value, fully_qualified_modules=False)}" for name, value in shared
    ]
    for name, value in zip(("energy", "moment", "tangent"), results, strict=True):
        lines.append(f"    {name} = {sp.pycode(value, fully_qualified_modules=False)}")
    return "\n".join([*lines, "    return energy, moment, tangent", ""])
