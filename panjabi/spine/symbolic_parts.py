"""Body, unit, muscles and reflexes of the preset "trunk" in symbols, each with its numbers.

The body is rigid and turns about L5-S1 in the sagittal plane. Two more coordinates, translations of
the joint that are held at zero, give the force in the joint. The laws are those of
`panjabi.passive.symbols`, `panjabi.active.symbols` and `panjabi.neural.symbols`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import sympy as sp

from panjabi.active import symbols as active
from panjabi.active.short_range_force import LEAST
from panjabi.body.dynamics_kernels import place
from panjabi.neural import symbols as neural
from panjabi.neural.receptor_kernels import FORCE, RATE, STRETCH
from panjabi.passive import symbols as passive
from panjabi.passive.terms import COUPLING, NAMES
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.tissue import de_groote_symbols as curves

Values = dict[Any, float]
"""Numbers by symbol."""

theta, omega, alpha = sp.symbols(r"theta \dot{\theta} \ddot{\theta}", real=True)
"""Angle of the trunk, extension positive [rad], its rate and acceleration."""
mass, inertia, gravity = sp.symbols("m I g", positive=True)
centre = sp.symbols("c_x c_y", real=True)
"""Centre of mass from the joint at theta = 0 [m]."""
normal = sp.symbols("n_x n_y", real=True)
"""Axis of the disc at theta = 0 [1]."""
damping, neutral = sp.symbols("c_u theta_n", real=True)
"""Viscous damping of the unit [N m s/rad], and its neutral angle [rad]."""
slide = sp.symbols("xi eta", real=True)
slide_rate = sp.symbols(r"\dot{\xi} \dot{\eta}", real=True)
HELD: dict[Any, Any] = dict.fromkeys((*slide, *slide_rate), sp.Integer(0))

TERMS = {
    "linear": "k",
    "ramp": "k n w",
    "progressive": "k n w",
    "toe": "k l t",
    "closure": "G b z",
}
"""Short names of the parameters of the terms of a unit; the others have two laws, by side."""
OF_MUSCLE = (
    active.u, active.a, active.s, curves.fibre_length, curves.fibre_velocity, curves.tendon_length,
)  # fmt: skip
"""Symbols that differ between muscles; constants of the laws do not."""


def indexed(symbol: sp.Basic | str, mark: str) -> sp.Symbol:
    """The symbol with one more index: l_o becomes l_{o, E}."""
    name, _, index = str(symbol).partition("_")
    return sp.Symbol(f"{name}_{{{index + ', ' if index else ''}{mark}}}", real=True)


def turned(point: tuple[sp.Symbol, sp.Symbol]) -> sp.Matrix:
    """A point of the trunk from the joint, given at theta = 0."""
    x, y = point
    c, s = sp.cos(theta), sp.sin(theta)
    return sp.Matrix([c * x - s * y, s * x + c * y])


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicMuscle(ShortRepr):
    """A straight muscle from the pelvis to the trunk; mark is its index."""

    mark: str

    def symbol(self, name: str) -> sp.Symbol:
        """A symbol with the index of this muscle."""
        return indexed(name, self.mark)

    def own(self, law: sp.Expr) -> sp.Expr:
        """A law of muscle in the symbols of this muscle."""
        mine: dict[Any, Any] = {s: self.symbol(str(s)) for s in OF_MUSCLE}
        return cast(sp.Expr, law.xreplace(mine))

    @property
    def line(self) -> sp.Expr:
        """Length of the path [m] in the angle and the translations of the joint."""
        origin = sp.Matrix([self.symbol("o_x"), self.symbol("o_y")])
        step = turned((self.symbol("p_x"), self.symbol("p_y"))) + sp.Matrix(slide) - origin
        return sp.sqrt(step.dot(step))

    @property
    def length(self) -> sp.Expr:
        """Length of the path [m]."""
        return cast(sp.Expr, self.line.xreplace(HELD))

    @property
    def slope(self) -> sp.Expr:
        """d length / d theta [m/rad]."""
        return cast(sp.Expr, sp.diff(self.length, theta))

    @property
    def where(self) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
        """Tension [N], tendon length [1], slope and length of the path: each in those after it."""
        fibre = self.symbol("l_f") * self.symbol("l_o")
        return (
            (self.symbol("T"), self.symbol("F") * self.own(curves.tendon_force_length())),
            (self.symbol("l_t"), (self.symbol("L") - fibre) / self.symbol("l_s")),
            (self.symbol("L'"), self.slope),
            (self.symbol("L"), self.length),
        )

    def explicit(self, law: sp.Expr) -> sp.Expr:
        """A law in the angle and the states of this muscle only."""
        for symbol, definition in self.where:
            law = cast(sp.Expr, law.xreplace({cast(Any, symbol): definition}))
        return law


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicBody(ShortRepr):
    """Energies and Lagrange's equations.

    An equation is what is left of inertia, weight and muscles: minus the moment of the unit, or the
    force of the joint on the trunk.
    """

    kinetic: sp.Expr
    potential: sp.Expr  # of the weight
    about: sp.Expr  # equation of the angle
    along: tuple[sp.Expr, sp.Expr]  # equations of the held translations
    tensions: tuple[sp.Symbol, ...]

    @property
    def moment_of_inertia(self) -> sp.Expr:
        """About the joint [kg m2]."""
        return _tidy(sp.diff(self.about, alpha))

    @property
    def weight(self) -> sp.Expr:
        """Moment of the weight [N m]; velocity terms vanish."""
        without: dict[Any, Any] = dict.fromkeys((*self.tensions, alpha), sp.Integer(0))
        return _tidy(self.about.xreplace(without))

    @property
    def compression(self) -> sp.Expr:
        """Force in the joint along the disc [N], in the acceleration too."""
        axis = turned(normal)
        return axis[0] * self.along[0] + axis[1] * self.along[1]


def symbolic_body(muscles: tuple[SymbolicMuscle, ...]) -> SymbolicBody:
    """The trunk on its joint, pulled by tensions T of muscles."""
    q, rate = (theta, *slide), (omega, *slide_rate)
    at = sp.Matrix(slide) + turned(centre)
    speed: Any = sp.zeros(2, 1)
    for x, v in zip(q, rate, strict=True):
        speed += at.diff(x) * v
    kinetic: Any = mass * speed.dot(speed) / 2 + inertia * omega**2 / 2
    potential: Any = mass * gravity * at[1]
    equations: list[Any] = []
    for x, v in zip(q, rate, strict=True):
        momentum: Any = sp.diff(kinetic, v)
        left: Any = sp.diff(momentum, omega) * alpha
        left += sum(sp.diff(momentum, z) * r for z, r in zip(q, rate, strict=True))
        left += sp.diff(potential - kinetic, x)
        left += sum(m.symbol("T") * sp.diff(m.line, x) for m in muscles)
        equations.append(left.xreplace(HELD))
    resting = _tidy(kinetic.xreplace(HELD))
    along, pulls = (equations[1], equations[2]), tuple(m.symbol("T") for m in muscles)
    return SymbolicBody(resting, potential.xreplace(HELD), equations[0], along, pulls)


def _tidy(expression: Any) -> sp.Expr:
    return cast(sp.Expr, sp.trigsimp(sp.expand(expression)))


def body_values(spine: Spine) -> Values:
    """Numbers of the body above the joint and of the lines of its muscles, at theta = 0."""
    assert spine.muscles is not None
    dynamics, source = spine.dynamics, spine.muscles.muscles
    work = dynamics.workspace()
    place(dynamics.mechanism, np.zeros(1), work)
    b = 1
    at = work.R[b] @ dynamics.mechanism.com[b] + work.t[b] - work.origin[0]
    up = work.R[b] @ spine.joint_forces.discs.up[0]
    values: Values = {
        mass: float(dynamics.mechanism.mass[b]),
        inertia: float(dynamics.mechanism.inertia[b][2, 2]),
        gravity: -float(np.asarray(dynamics.gravity)[1]),
        **dict(zip(centre, at[:2].tolist(), strict=True)),
        **dict(zip(normal, up[:2].tolist(), strict=True)),
    }
    pose, paths = source.pose(np.zeros(1)), source.paths
    for k, m in enumerate(muscles_of(spine)):
        for mark, p in (("o", paths.start[k]), ("p", paths.start[k + 1] - 1)):
            b = paths.body[p]
            place_of = pose.R[b] @ paths.local[p] + pose.t[b] - pose.origin_world[0]
            x, y, _ = place_of.tolist()
            values |= {m.symbol(f"{mark}_x"): x, m.symbol(f"{mark}_y"): y}
    return values


def muscles_of(spine: Spine) -> tuple[SymbolicMuscle, ...]:
    """The muscles of the trunk, each with the first letter of its name as index."""
    assert spine.muscles is not None
    return tuple(SymbolicMuscle(name[0].upper()) for name in spine.muscles.muscles.names)


def muscle_values(spine: Spine) -> Values:
    """Numbers of the muscles' laws."""
    assert spine.muscles is not None
    source, units = spine.muscles.muscles, spine.muscles.units
    si, data = units.curves.parameters.si, units.units
    values: Values = {}
    for k, m in enumerate(muscles_of(spine)):
        values |= {
            m.symbol("F"): float(source.max_force[k]),
            m.symbol("l_o"): float(source.optimal_length[k]),
            m.symbol("l_s"): float(source.tendon_slack_length[k]),
        }
    values |= {curves.b[i, k]: si(f"b{i + 1}{k + 1}") for i in range(4) for k in range(3)}
    values |= {curves.d[i]: si(f"d{i + 1}") for i in range(4)}
    values |= {curves.c[i]: si(f"c{i}") for i in range(4)}
    values |= {s: si(str(s)) for s in (curves.k_pe, curves.e_0, curves.l_min)}
    values |= {
        active.V: data.speed, active.d: data.damping, active.gamma: data.gamma,
        active.T_s: data.relaxation_time, active.e_y: data.yield_strain, active.epsilon: LEAST,
    }  # fmt: skip
    constants = units.activation.constants
    return values | dict(zip((active.T_a, active.T_d, active.b), constants, strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicUnit(ShortRepr):
    """The unit of the joint about the axis of flexion-extension."""

    terms: tuple[tuple[str, sp.Expr, bool], ...]  # name, moment, whether compression stiffens it
    springs: tuple[sp.Symbol, ...]  # of branches, then of friction
    stretches: tuple[sp.Symbol, ...]
    relaxations: tuple[sp.Expr, ...]
    values: Values

    @property
    def moment(self) -> sp.Expr:
        """Moment against the angle [N m]."""
        plain = sp.Add(*(moment for _, moment, pressed in self.terms if not pressed))
        stiffened = sp.Add(*(moment for _, moment, pressed in self.terms if pressed))
        pairs = zip(self.springs, self.stretches, strict=True)
        held = sp.Add(*(k * y for k, y in pairs))
        return plain + passive.STIFFENING * (stiffened + held) + damping * omega


def symbolic_unit(spine: Spine) -> SymbolicUnit:
    """The unit of L5-S1 in symbols, with its numbers."""
    joint = spine.joints[0]
    unit, kept = joint.unit, joint.unit.hysteresis
    _, gain, scale, _ = unit.stiffening.law
    values: Values = {
        passive.a_P: gain, passive.P_0: scale,
        damping: kept.damping[0], neutral: joint.neutral[0],
    }  # fmt: skip
    terms: list[tuple[str, sp.Expr, bool]] = []
    kinds, rows, plain = unit.compressed
    for i in range(len(kinds)):
        axis, side, *numbers = rows[i].tolist()
        if axis != 0 or kinds[i] == COUPLING:
            continue
        name, sign = NAMES[int(kinds[i])], -1 if side < 0.0 else 1
        law, short = passive.TERMS[name], TERMS[name].split()
        own: list[sp.Symbol] = [indexed(mark, str(len(terms) + 1)) for mark in short]
        values |= dict(zip(own, numbers, strict=False))
        swap: dict[Any, Any] = dict(zip(law.parameters, own, strict=True))
        swap[passive.x] = sign * (theta - neutral)
        moment: Any = law.moment.xreplace(swap)
        terms.append((name, sign * moment, i >= plain))
    springs, stretches, relaxations = [], [], []
    for j, (k, time, size, power) in enumerate(
        zip(unit.springs[0], *(part[0] for part in kept.decay), strict=True), 1
    ):
        spring, y, *law = (indexed(mark, f"{j}") for mark in ("k_y", "y", "T", "Y", "m"))
        values |= dict(zip((spring, *law), map(float, (k, time, size, power + 1.0)), strict=True))
        springs.append(spring)
        stretches.append(y)
        of_dashpot = (passive.y, passive.T, passive.Y, passive.m)
        swap = dict(zip(of_dashpot, (y, *law), strict=True))
        relaxations.append(passive.RELAXATION.xreplace(swap))
    return SymbolicUnit(tuple(terms), tuple(springs), tuple(stretches), tuple(relaxations), values)


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicReflexes(ShortRepr):
    """Commands of the muscles and stretch reflexes."""

    excitations: tuple[sp.Expr, ...]  # of each muscle, in the delayed signals
    afferents: tuple[sp.Symbol, ...]
    rates: tuple[sp.Expr, ...]  # of the afferents
    delayed: dict[tuple[int, int], sp.Symbol]  # signals by delay and afferent
    values: Values


def symbolic_reflexes(spine: Spine) -> SymbolicReflexes:
    """Excitations and reflexes of first order in symbols, with their numbers."""
    loops, muscles = spine.loops, muscles_of(spine)
    a, c, gains = loops.afferents, loops.connections, loops.receptors.gain
    values: Values = {neural.h: loops.width}
    afferents, rates = [], []
    for j, k in enumerate(a.index.tolist()):
        m, mark = muscles[k], str(j + 1)
        names = (neural.g_x, neural.g_v, neural.g_f, neural.T_r, neural.r, "L_0", "T_0")
        g_x, g_v, g_f, time, signal, rest, pull = (indexed(name, mark) for name in names)
        values |= {
            g_x: float(gains[j, STRETCH]), g_v: float(gains[j, RATE]), g_f: float(gains[j, FORCE]),
            time: float(a.filter_time[j]), rest: float(a.rest_length[j]),
            pull: float(a.rest_force[j]),
        }  # fmt: skip
        senses: dict[Any, Any] = {
            neural.x: (m.symbol("L") - rest) / m.symbol("l_o"),
            neural.v: m.symbol("L'") * omega / m.symbol("l_o"),
            neural.f: (m.symbol("T") - pull) / m.symbol("F"),
        }
        senses |= dict(zip(names[:5], (g_x, g_v, g_f, time, signal), strict=True))
        afferents.append(signal)
        rates.append(neural.afferent_rate().xreplace(senses))
    delayed: dict[tuple[int, int], sp.Symbol] = {}
    commands: list[sp.Expr] = []
    for k, m in enumerate(muscles):
        values[m.symbol("u_0")] = float(loops.command[k])
        commands.append(m.symbol("u_0"))
    for j, which, k in zip(c.afferent.tolist(), c.delay.tolist(), c.muscle.tolist(), strict=True):
        late = sp.Symbol(rf"r_{{{j + 1}}}(t - \tau_{{{which + 1}}})", real=True)
        delayed[which, j] = late
        commands[k] = commands[k] + late
    excitations = tuple(neural.saturated(total) for total in commands)
    return SymbolicReflexes(excitations, tuple(afferents), tuple(rates), delayed, values)
