"""The motion of a root: which joint turns most about which axis, and which loops feed it.

A root moves with the gain g of a loop as

    ds / d ln g = u* (sum of A_j exp(-s T_j)) v / (u* M'(s) v)

with the null vectors u and v of the characteristic matrix M, and the delayed matrices A_j of the
afferents of the loop. The sum over all loops is the change when all gains change together,
and the halves of a loop have half of its value each. The loop that feeds a mode is the one with
the largest real part, if that is positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from panjabi.delay.roots.system import Complexes, LinearDelaySystem
from panjabi.passive.directions import AXES
from panjabi.results import ShortRepr
from panjabi.spine.model import Spine
from panjabi.stability.condition import FeedingLoop, RootMode

OTHERS = "other delayed signals"
"""Name for delayed signals of parts that are no reflex loops."""

BESIDE = 1e-9  # distance from the root at which M is factorised, over 1 + |s|
ITERATIONS = 3


class NullVectors:
    """Left and right null vectors (n,) of the characteristic matrix of a system, at a root."""

    def __init__(self, system: LinearDelaySystem) -> None:
        self.size = system.size
        self.mass, self.now = csc_matrix(system.taps.mass), csc_matrix(system.now)
        self.late = [(term.delay, csc_matrix(term.state)) for term in system.delayed]

    def at(self, root: complex) -> tuple[Complexes, Complexes]:
        """u and v with u* M(root) = 0 and M(root) v = 0, of length 1."""
        s = root + BESIDE * (1.0 + abs(root))
        M = s * self.mass - self.now
        for delay, matrix in self.late:
            M = M - np.exp(-s * delay) * matrix
        factors = splu(csc_matrix(M))
        v = np.exp(2.4j * np.arange(self.size) ** 2)  # rarely orthogonal
        u = v.copy()
        for _ in range(ITERATIONS):
            v, u = factors.solve(v), factors.solve(u, "H")
            v, u = (x / np.abs(x).max() for x in (v, u))
            v, u = (x / np.linalg.norm(x) for x in (v, u))
        return u, v


@dataclass(frozen=True, eq=False)
class ModeNames(ShortRepr):
    """What the states of a linear system are called where a mode is described."""

    coordinates: Mapping[str, tuple[str, str]]  # coordinate -> level and axis, or itself and ""
    loops: Mapping[str, str]  # delayed state -> the loop that it belongs to


def mode_names(model: Spine) -> ModeNames:
    """Levels, axes and loops of a spine."""
    at = {
        name: (joint.unit.level, AXES[axis])
        for joint in model.joints
        for axis, name in enumerate(joint.coordinates)
    }
    states = model.state_names[model.slices["afferent"]]
    return ModeNames(
        {name: at.get(name, (name, "")) for name in model.free},
        {s: a.loop.name for s, a in zip(states, model.pathways.afferents, strict=True)},
    )


def root_mode(system: LinearDelaySystem, root: complex, names: ModeNames) -> RootMode:
    """The mode of a root of a linear system."""
    u, v = NullVectors(system).at(root)
    level, axis, shape = _place(system, v, names)
    return RootMode(root, level, axis, shape, _loops(system, root, u, v, names))


def _place(
    system: LinearDelaySystem, v: Complexes, names: ModeNames
) -> tuple[str, str, dict[str, complex]]:
    """Level and axis that turn most, and the motion of every coordinate, the largest 1."""
    moved = {name: complex(v[system.state_names.index(name)]) for name in names.coordinates}
    largest = max(moved.values(), key=abs) or 1.0
    shape = {name: value / largest for name, value in moved.items()}
    by_axis: dict[str, float] = {}
    for name, (_, axis) in names.coordinates.items():
        by_axis[axis] = by_axis.get(axis, 0.0) + abs(shape[name]) ** 2
    axis = max(by_axis, key=lambda a: by_axis[a])
    of_axis = [name for name, (_, a) in names.coordinates.items() if a == axis]
    most = max(of_axis, key=lambda name: abs(shape[name]))
    return names.coordinates[most][0], axis, shape


def _loops(
    system: LinearDelaySystem, root: complex, u: Complexes, v: Complexes, names: ModeNames
) -> tuple[FeedingLoop, ...]:
    """Every loop with its effect on the root, from the one that feeds it most."""
    late, slope = np.zeros(system.size, complex), system.taps.mass @ v
    for term in system.delayed:
        away = np.exp(-root * term.delay)
        late += away * (u.conj() @ term.state) * v
        slope = slope + term.delay * away * (term.state @ v)
    late /= u.conj() @ slope
    total: dict[str, complex] = {}
    for k in np.flatnonzero(late):
        name = names.loops.get(system.state_names[k], OTHERS)
        total[name] = total.get(name, 0.0) + complex(late[k])
    every = [FeedingLoop(name, value) for name, value in total.items()]
    return tuple(sorted(every, key=lambda loop: -loop.by_gain.real))
