"""Muscle as SymPy expressions: activation, balance of fibre and tendon, short-range force.

They give LaTeX for a paper and the equations of `panjabi.spine.symbolic_trunk`, against which the
kernels are tested. The curves are those of `panjabi.tissue.de_groote_symbols`.
"""

from __future__ import annotations

import sympy as sp

from panjabi.tissue import de_groote_symbols as curves

u, a = sp.symbols("u a", real=True)
"""Excitation and activation [1]."""
T_a, T_d, b = sp.symbols("T_a T_d b", positive=True)
"""Rise and fall time [s], sharpness [1]."""
s = sp.Symbol("s", real=True)
"""Short-range force over the maximal force [1]."""
gamma, T_s, e_y, V = sp.symbols("gamma T_s e_y V", positive=True)
"""Short-range stiffness [1], its relaxation time [s], yield strain [1]; top velocity [1/s]."""
d = sp.Symbol("d", positive=True)
"""Damping of the fibre [1]."""
epsilon = sp.Symbol("epsilon", positive=True)
"""Strength below which the yield force no longer falls [1]."""


def activation_rate() -> sp.Expr:
    """da/dt [1/s], after De Groote et al. (2016)."""
    f = sp.tanh(b * (u - a)) / 2
    shape = sp.Rational(1, 2) + 3 * a / 2
    half = sp.Rational(1, 2)
    return ((f + half) / (T_a * shape) + (half - f) * shape / T_d) * (u - a)


def active_force() -> sp.Expr:
    """Force of a fibre without velocity, a fl [1]."""
    return a * curves.active_force_length()


def fibre_balance() -> sp.Expr:
    """Fibre minus tendon, over the maximal force [1], without pennation: 0 gives the velocity."""
    fibre = active_force() * curves.force_velocity() + curves.passive_force_length()
    return fibre + d * curves.fibre_velocity + s - curves.tendon_force_length()


def short_range_rate() -> sp.Expr:
    """ds/dt [1/s] of a fibre with the velocity v_f V [1/s]."""
    strength = active_force()
    limit = e_y * gamma * sp.sqrt(strength**2 + epsilon**2)
    return gamma * strength * V * curves.fibre_velocity - s / T_s * (1 + (s / limit) ** 4)
