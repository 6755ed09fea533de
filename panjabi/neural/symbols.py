"""Reflexes and commands as SymPy expressions, for LaTeX and as an oracle of the kernels."""

from __future__ import annotations

import sympy as sp

x, v, f = sp.symbols("x v f", real=True)
"""Stretch [1], its rate [1/s] and force [1] from rest, as a receptor of first order senses them."""
g_x, g_v, g_f, T_r = sp.symbols("g_x g_v g_f T_r", real=True)
"""Gains of stretch [1], rate [s] and force [1]; time of the filter [s]."""
r = sp.Symbol("r", real=True)
"""Signal of the afferent [1]."""
h = sp.Symbol("h", positive=True)
"""Width of the rounded corners of the saturation [1]."""


def afferent_rate() -> sp.Expr:
    """dr/dt [1/s] of the low-passed signal of a receptor of first order."""
    return (g_x * x + g_v * v - g_f * f - r) / T_r


def rectified(argument: sp.Expr) -> sp.Expr:
    """max(argument, 0) with a rounded corner."""
    return h * sp.log(1 + sp.exp(argument / h))


def saturated(argument: sp.Expr) -> sp.Expr:
    """The argument limited to 0 to 1 with rounded corners."""
    return rectified(argument) - rectified(argument - 1)
