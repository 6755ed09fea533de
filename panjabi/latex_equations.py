"""Constitutive laws and reduced equations of motion as LaTeX, derived from energies with SymPy.

>>> print(panjabi.equations())
>>> panjabi.equations(3).section("equations of motion")
>>> panjabi.equations("trunk")

The reduced column is a planar chain of rigid links, fixed below, with one angle per level. It is
derived here independently, from its two energies by Lagrange's equations, so that it can also check
the numbers of `panjabi.spine`. The trunk has all three subsystems and their delays, from
`panjabi.spine.symbolic_trunk`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import sympy as sp

from panjabi.errors import ParameterError, unknown
from panjabi.latex_sections import LatexEquations, Section
from panjabi.results import ShortRepr

P = sp.Symbol("P", positive=True)


@dataclass(frozen=True, repr=False)
class PlanarColumn(ShortRepr):
    """A chain of n rigid links under a dead axial load P and its weight, in symbols."""

    angles: tuple[sp.Symbol, ...]  # relative, from below
    rates: tuple[sp.Symbol, ...]
    potential: sp.Expr
    kinetic: sp.Expr
    stiffness: tuple[sp.Symbol, ...]  # k_i of linear joints
    lengths: tuple[sp.Symbol, ...]
    masses: tuple[sp.Symbol, ...]
    centres: tuple[sp.Symbol, ...]  # distance of the centre of mass from the joint below
    inertias: tuple[sp.Symbol, ...]
    weight: sp.Symbol = field(default_factory=lambda: sp.Symbol("g", positive=True))

    @property
    def gradient(self) -> sp.Matrix:
        """dV/d(angles)."""
        return sp.Matrix([sp.diff(self.potential, a) for a in self.angles])

    @property
    def hessian(self) -> sp.Matrix:
        """d2V/d(angles)2."""
        return sp.hessian(self.potential, self.angles)

    @property
    def upright(self) -> sp.Matrix:
        """The Hessian of the straight column: K - P G - (weight), linear in every load."""
        return self.hessian.subs(dict.fromkeys(self.angles, 0)).applyfunc(sp.expand)

    @property
    def mass_matrix(self) -> sp.Matrix:
        """M(angles) of T = (1/2) rates . M rates."""
        return sp.hessian(self.kinetic, self.rates).applyfunc(_tidy)

    @property
    def coriolis(self) -> sp.Matrix:
        """c(angles, rates) = M' rates - dT/d(angles), by Lagrange."""
        M, v = self.mass_matrix, sp.Matrix(self.rates)
        turning = sp.zeros(*M.shape)
        for angle, rate in zip(self.angles, self.rates, strict=True):
            turning += M.diff(angle) * rate
        slope = sp.Matrix([sp.diff(self.kinetic, a) for a in self.angles])
        return (turning * v - slope).applyfunc(_tidy)


def planar_column(joints: int) -> PlanarColumn:
    """The reduced column with 1 to 4 joints.

    Raises
    ------
    ParameterError
        For another number of joints: the equations of more joints are too long to print.
    """
    if joints not in (1, 2, 3, 4):
        raise ParameterError(
            f"Expected 1 to 4 joints, got {joints!r}; use panjabi.spine to solve a longer column "
            "numerically."
        )
    n = range(1, joints + 1)
    angles = tuple(sp.Symbol(f"theta_{i}", real=True) for i in n)
    rates = tuple(sp.Symbol(rf"\dot{{\theta}}_{i}", real=True) for i in n)
    k, length, m, c, inertia = (
        tuple(sp.Symbol(f"{name}_{i}", positive=True) for i in n)
        for name in ("k", "l", "m", "c", "I")
    )
    g = sp.Symbol("g", positive=True)
    absolute = [sp.Add(*angles[: i + 1]) for i in range(joints)]
    spin = [sp.Add(*rates[: i + 1]) for i in range(joints)]
    kinetic = potential = y = sp.Integer(0)
    for i in range(joints):
        # The centre of link i moves with the links below it. The product of two arms p, q depends
        # on the cosine of the difference of their absolute angles: only relative angles remain.
        arms = [*length[:i], c[i]]
        speed = sp.Add(
            *(
                arms[p] * arms[q] * spin[p] * spin[q] * sp.cos(absolute[p] - absolute[q])
                for p in range(i + 1)
                for q in range(i + 1)
            )
        )
        kinetic += (m[i] * speed + inertia[i] * spin[i] ** 2) / 2
        potential += k[i] * angles[i] ** 2 / 2 + m[i] * g * (y + c[i] * sp.cos(absolute[i]))
        y += length[i] * sp.cos(absolute[i])
    potential += P * y
    return PlanarColumn(angles, rates, potential, kinetic, k, length, m, c, inertia, g)


def equations(model: int | str = 2) -> LatexEquations:
    """Equations as LaTeX, of a reduced column or of the trunk with its three subsystems.

    model : levels of the reduced planar column, 1 to 4, with every law of tissue and joint; or
        "trunk", the system of delay equations of `panjabi.spine.spine_model("trunk")`.

    Raises
    ------
    ParameterError
        For another number of levels.
    UnknownNameError
        For another model.
    """
    if isinstance(model, str):
        if model != "trunk":
            raise unknown("model with equations", model, ["trunk"])
        from panjabi.latex_trunk import trunk_equations

        return trunk_equations()
    return LatexEquations(
        (_joint_terms(), _unit(), _tissues(), _column(model), _motion(model)), SYMBOLS
    )


_SHORT = {
    "stiffness": "k", "onset": "n", "width": "w", "amplitude": "A", "scale": "s", "grip": "G",
    "bias": "b", "slip": r"\sigma", "slack": r"\ell", "toe": "T",
}  # fmt: skip


def _joint_terms() -> Section:
    from panjabi.passive.symbols import TERMS

    lines = []
    for term in TERMS.values():
        short = {s: sp.Symbol(_SHORT.get(s.name, s.name), real=True) for s in term.parameters}
        for head, body in (("E", term.energy), ("M", term.moment), ("K", term.tangent)):
            shown = sp.latex(cast(Any, sp.simplify(body)).subs(short))
            lines.append((f"{term.name}, {term.meaning}" if head == "E" else term.name,
                          f"{head}(x) = {shown}"))  # fmt: skip
    return Section("terms of a functional spinal unit", tuple(lines))


def _unit() -> Section:
    from panjabi.passive.symbols import STIFFENING

    return Section(
        "functional spinal unit",
        (
            (
                "relaxed moment: sum over structures s and their terms j on an axis",
                r"M_{el}(x) = f(P) \sum_{s,j \in NZ} M_{sj}(x) + \sum_{s,j \notin NZ} M_{sj}(x)",
            ),
            ("preload", f"f(P) = {sp.latex(STIFFENING)}"),
            (
                "with hysteresis and damping",
                r"M = M_{el}(x) + \sum_j f(P)\, k_j y_j + c\, \dot{x}, \qquad"
                r" \dot{y}_j = \dot{x} - \frac{y_j}{T_j} \left|\frac{y_j}{Y_j}\right|^{m_j - 1}",
            ),
        ),
    )


def _tissues() -> Section:
    from panjabi.tissue.symbols import symbolic_law

    lines: list[tuple[str, str]] = []
    for name in ("collagen", "cable", "passive_fibre", "active_fibre"):
        law = symbolic_law(name)
        rows: list[tuple[str, Any]] = [("U", law.energy), ("T", law.tension), ("k", law.tangent)]
        title = name.replace("_", " ")
        lines += [(title, f"{head} = {sp.latex(body)}") for head, body in rows]
        lines += [(f"{title}, with", f"{sp.latex(s)} = {sp.latex(d)}") for s, d in law.where]
    return Section("tissue", tuple(lines))


def _column(joints: int) -> Section:
    column = planar_column(joints)
    lines = (
        (
            "column of the body: units u, dead forces f at points p, a cable of tension F",
            r"V(q) = \sum_u E_u(q_u) - \sum_p f_p \cdot x_p(q) + F\, L(q)",
        ),
        ("reduced column, linear joints", f"V = {sp.latex(column.potential)}"),
        ("stiffness of the upright column", f"V'' = {sp.latex(column.upright)}"),
        ("critical load: smallest P > 0 with", r"\det V''(P) = 0"),
    )
    return Section("potential and buckling of a column", lines)


def _motion(joints: int) -> Section:
    column = planar_column(joints)
    theta = r"\theta"
    lines = (
        ("motion", rf"M({theta})\, \ddot{{\theta}} + c({theta}, \dot{{\theta}}) + V'({theta}) = Q"),
        ("mass matrix", f"M = {sp.latex(column.mass_matrix)}"),
        ("velocity terms", f"c = {sp.latex(column.coriolis)}"),
        ("moments of joints, load and weight", f"V' = {sp.latex(column.gradient)}"),
    )
    return Section("equations of motion", lines)


def _tidy(expression: Any) -> Any:
    return sp.factor_terms(cast(Any, sp.expand(expression)))


SYMBOLS = (
    ("x", "angle about one axis of a level", "rad"),
    ("E, M, K", "energy, holding moment, tangent stiffness of a term", "J, N m, N m/rad"),
    ("k, n, w", "stiffness, onset and width of a ramp", "N m/rad, rad, rad"),
    ("A, s", "amplitude and scale of an exponential", "N m, rad"),
    (r"G, b, \sigma", "grip, bias and slip of a closed joint", "N m, N m, rad"),
    ("f(P), a_P, P_0", "preload factor, its gain and scale", "1, 1, N"),
    ("P", "compression of a unit; dead axial load of a column", "N"),
    ("k_j, T_j, z_j", "stiffness, time and state of a Maxwell branch", "N m/rad, s, rad"),
    ("c", "damping of a unit; velocity terms of the column", "N m s/rad; N m"),
    ("U, T, k", "energy, tension, tangent of a strand", "J, N, N/m"),
    (r"l, l_0, \varepsilon, e_t", "length, slack length, strain, transition strain", "m, m, 1, 1"),
    ("EA", "stiffness of the linear region times slack length", "N"),
    ("l_f, l_o, F_{max}", "fibre length, optimal length, strength", "m, m, N"),
    ("c, a, k_1, e_0, e_1, w", "passive scale, activation, shape of the fibre curves", "1"),
    ("q, x_p, f_p", "coordinates, points of the bodies, dead forces", "rad, m, N"),
    ("F, L", "tension and length of a follower cable", "N, m"),
    (r"\theta_i, k_i", "angle and stiffness of joint i from below", "rad, N m/rad"),
    ("l_i, c_i", "length of link i, distance of its centre of mass from the joint", "m"),
    ("m_i, I_i", "mass and central moment of inertia of link i", "kg, kg m2"),
    ("g", "acceleration of gravity", "m/s2"),
    ("Q", "all other moments: muscles, reflexes, disturbances", "N m"),
)
