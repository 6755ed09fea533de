"""The muscle curves of De Groote et al. (2016) as SymPy expressions.

The tests compare `panjabi.tissue.de_groote_kernels` with them; they also give LaTeX for a paper.
"""

from __future__ import annotations

import sympy as sp

from panjabi.errors import unknown

fibre_length, fibre_velocity, tendon_length = sp.symbols("l_f v_f l_t", real=True)
"""Over optimal length; over maximal velocity, lengthening positive; over slack length."""
b = sp.Matrix(4, 3, lambda i, k: sp.Symbol(f"b_{i + 1}{k + 1}", real=True))
d = sp.symbols("d_1:5", real=True)
k_pe, e_0, l_min = sp.symbols("k_pe e_0 l_min", real=True)
c = sp.symbols("c_0:4", real=True)


def active_force_length() -> sp.Expr:
    """Three Gaussians whose widths grow with length."""
    return sum(
        (
            b[0, k]
            * sp.exp(
                -((fibre_length - b[1, k]) ** 2) / (2 * (b[2, k] + b[3, k] * fibre_length) ** 2)
            )
            for k in range(3)
        ),
        sp.Integer(0),
    )


def force_velocity() -> sp.Expr:
    """Inverse hyperbolic sine of a linear function of the velocity."""
    w = d[1] * fibre_velocity + d[2]
    return d[0] * sp.log(w + sp.sqrt(w**2 + 1)) + d[3]


def passive_force_length() -> sp.Expr:
    """Exponential that is 0 at l_min and 1 at a strain of e_0; published with l_min = 1."""
    start = sp.exp(k_pe * (l_min - 1) / e_0)
    return (sp.exp(k_pe * (fibre_length - 1) / e_0) - start) / (sp.exp(k_pe) - start)


def tendon_force_length() -> sp.Expr:
    """Exponential minus an offset."""
    return c[0] * sp.exp(c[3] * (tendon_length - c[1])) - c[2]


_CURVES = {
    "active_force_length": (fibre_length, active_force_length),
    "force_velocity": (fibre_velocity, force_velocity),
    "passive_force_length": (fibre_length, passive_force_length),
    "tendon_force_length": (tendon_length, tendon_force_length),
}


def curve(name: str) -> tuple[sp.Symbol, sp.Expr, sp.Expr]:
    """Variable, curve and slope of a curve by name."""
    if name not in _CURVES:
        raise unknown("curve", name, _CURVES)
    variable, law = _CURVES[name]
    expression = law()
    return variable, expression, sp.diff(expression, variable)


def latex(name: str) -> str:
    """The curve in LaTeX."""
    return sp.latex(curve(name)[1])
