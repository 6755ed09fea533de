"""The equations of the preset "trunk" as LaTeX: passive, active and neural subsystem, delays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import sympy as sp

from panjabi.active.symbols import fibre_balance
from panjabi.latex_sections import LatexEquations, Section
from panjabi.passive.symbols import STIFFENING
from panjabi.spine.model import Spine
from panjabi.spine.symbolic_parts import SymbolicBody, SymbolicMuscle
from panjabi.spine.symbolic_trunk import LAWS, symbolic_trunk

DEFINED = ("tension", "tendon", "arm", "path")
"""What the lines of `SymbolicMuscle.where` are."""


def trunk_equations(spine: Spine | None = None) -> LatexEquations:
    """Body, unit, compression, muscles and reflexes of the preset "trunk" with their delays.

    spine : of this preset, changed for instance; errors as `symbolic_trunk`.
    """
    trunk = symbolic_trunk(spine)
    show: Callable[[Any], str] = sp.latex
    body, unit, reflexes = trunk.body, trunk.unit, trunk.reflexes
    pulled = " - ".join(show(m.symbol("T") * m.symbol("L'")) for m in trunk.muscles)
    motion = (
        ("kinetic energy", f"T = {show(body.kinetic)}"),
        ("potential of the weight", f"V = {show(body.potential)}"),
        (
            "Lagrange's equation",
            rf"\left({show(body.moment_of_inertia)}\right) \ddot{{\theta}} = -M_u - "
            rf"\left({show(body.weight)}\right) - {pulled}",
        ),
    )
    pairs = zip(unit.springs, unit.stretches, strict=True)
    held = show(sp.Add(*(k * y for k, y in pairs)))
    names: dict[bool, list[str]] = {False: [], True: []}
    parts: list[tuple[str, str]] = []
    for number, (name, moment, pressed) in enumerate(unit.terms, 1):
        names[pressed].append(f"M_{{{number}}}")
        parts.append((name, f"M_{{{number}}} = {show(moment)}"))
    plain, stiffened = " + ".join(names[False]), " + ".join([*names[True], held])
    laws = [
        ("moment", rf"M_u = {plain} + f(P) \left({stiffened}\right) + c_u \dot{{\theta}}"),
        ("compression stiffens the neutral zone", f"f(P) = {show(STIFFENING)}"),
        *parts,
    ]
    for y, law in zip(unit.stretches, unit.relaxations, strict=True):
        laws.append(("branch (m = 1) or friction", rf"{_dot(y)} = \dot{{\theta}} - {show(law)}"))
    pressing = (
        ("force in the joint along the disc", f"C = {show(_compression(body, trunk.muscles))}"),
        ("it reaches the unit through a state", r"\dot{P} = \frac{C - P}{\tau_P}"),
    )
    pulls: list[tuple[str, str]] = []
    for m in trunk.muscles:
        for what, (symbol, law) in zip(DEFINED, m.where, strict=True):
            body_law = sp.simplify(law) if what == "arm" else law
            pulls.append((f"{what} of muscle {m.mark}", f"{show(symbol)} = {show(body_law)}"))
        pulls.append(("velocity of the fibre", f"0 = {show(m.own(fibre_balance()))}"))
        for name, symbol, law in LAWS:
            what = name.replace("_", "-")
            pulls.append((what, f"{_dot(m.symbol(str(symbol)))} = {show(m.own(law))}"))
    arcs: list[tuple[str, str]] = []
    for m, u in zip(trunk.muscles, reflexes.excitations, strict=True):
        arcs.append((f"excitation of muscle {m.mark}", f"{show(m.symbol('u'))} = {show(u)}"))
    for r, law in zip(reflexes.afferents, reflexes.rates, strict=True):
        arcs.append(("afferent", f"{_dot(r)} = {show(law)}"))
    sections = (
        Section("body", motion),
        Section("unit", tuple(laws)),
        Section("compression", pressing),
        Section("muscles", tuple(pulls)),
        Section("reflexes", tuple(arcs)),
    )
    return LatexEquations(sections, TRUNK_SYMBOLS)


def _dot(symbol: sp.Symbol) -> str:
    return rf"\dot{{{sp.latex(symbol)}}}"


def _compression(body: SymbolicBody, muscles: tuple[SymbolicMuscle, ...]) -> sp.Expr:
    """The force in the joint with the lengths of the muscles as symbols."""
    short: dict[Any, Any] = {}
    for m in muscles:
        short |= {m.length: m.symbol("L"), 1 / m.length: 1 / m.symbol("L")}
    return cast(sp.Expr, sp.factor_terms(body.compression).xreplace(short))


TRUNK_SYMBOLS = (
    (r"\theta", "angle of the trunk on L5-S1, extension positive", "rad"),
    ("m, I", "mass of the trunk, moment of inertia about its centre of mass", "kg, kg m2"),
    ("c_x, c_y", "centre of mass from the joint, forward and up, upright", "m"),
    ("n_x, n_y", "axis of the disc upright", "1"),
    (r"M_u, c_u, \theta_n", "moment, damping, neutral angle of the unit", "N m, N m s/rad, rad"),
    ("k, n, w", "stiffness, onset and width of a ramp", "N m/rad, rad, rad"),
    ("l, t", "slack angle and toe of a structure that becomes taut", "rad"),
    ("y, k_y, T, Y, m", "stretch, stiffness, time, size, exponent of a branch or friction element",
     "rad, N m/rad, s, rad, 1"),
    (r"C, P, \tau_P", "compression of the joint, its state, response time", "N, N, s"),
    ("a_P, P_0", "gain and scale of the compression", "1, N"),
    ("L, L', T", "path length, its slope by the angle, tension of a muscle", "m, m/rad, N"),
    ("o, p", "origin and insertion from the joint, upright", "m"),
    ("F, l_o, l_s", "maximal force, optimal fibre length, slack length of the tendon", "N, m, m"),
    ("l_f, v_f, l_t", "fibre, its velocity and tendon over l_o, V and l_s", "1"),
    ("a, u, u_0", "activation, excitation, command", "1"),
    ("T_a, T_d, b", "rise and fall time, sharpness of the activation", "s, s, 1"),
    (r"s, \gamma, T_s, e_y", "short-range force over F, its stiffness, time, yield strain",
     "1, 1, s, 1"),
    ("V, d", "largest velocity of a fibre over l_o, damping", "1/s, 1"),
    ("b_{ik}, c_i, d_i, k_{pe}, e_0, l_{min}", "curves of De Groote et al. (2016)", "1"),
    (r"r, T_r, \tau", "signal of an afferent, its filter time, delays", "1, s, s"),
    ("g_x, g_v, g_f", "gains of stretch, rate and force", "1, s, 1"),
    ("L_0, T_0", "length and tension at which an afferent is silent", "m, N"),
    ("h", "width of the corners of the saturation", "1"),
    ("g", "acceleration of gravity", "m/s2"),
)  # fmt: skip
