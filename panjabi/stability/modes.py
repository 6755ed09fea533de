"""The motion of a root: which joint turns most about which axis, and which loops feed it.

A root moves with the gain g of a loop as

    ds / d ln g = u* (sum of A_j exp(-s T_j)) v / (u* M'(s) v)

with the null vectors u and v of the characteristic matrix M, and the delayed matrices A_j of the
afferents of the loop. The sum over all loops is the change when all gains change together,
and the halves of a loop have half of its value each. The loop that feeds a mode is the one with
the largest real part, if that is positive.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from panjabi.delay.roots.system import LinearDelaySystem
from panjabi.passive.directions import AXES
from panjabi.spine.model import Spine
from panjabi.stability.condition import FeedingLoop, RootMode

Complexes = NDArray[np.complex128]

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


def root_mode(model: Spine, system: LinearDelaySystem, root: complex) -> RootMode:
    """The mode of a root of the linear system of a spine in equilibrium."""
    u, v = NullVectors(system).at(root)
    level, axis, shape = _place(model, v[: len(model.free)])
    return RootMode(root, level, axis, shape, _loops(model, system, root, u, v))


def _place(model: Spine, moved: Complexes) -> tuple[str, str, dict[str, float]]:
    """Level and axis that turn most, and the size of every coordinate."""
    size = np.abs(moved) / max(float(np.abs(moved).max()), 1e-300)
    shape = dict(zip(model.free, size.tolist(), strict=True))
    at = {
        name: (joint.unit.level, AXES[axis])
        for joint in model.joints
        for axis, name in enumerate(joint.coordinates)
    }
    by_axis = dict.fromkeys((*AXES, ""), 0.0)
    for name, value in shape.items():
        by_axis[at.get(name, ("", ""))[1]] += value**2
    axis = max(by_axis, key=lambda a: by_axis[a])
    of_axis = [name for name in shape if at.get(name, ("", ""))[1] == axis]
    most = max(of_axis, key=lambda name: shape[name])
    return at.get(most, (most, ""))[0], axis, shape


def _loops(
    model: Spine, system: LinearDelaySystem, root: complex, u: Complexes, v: Complexes
) -> tuple[FeedingLoop, ...]:
    """Every loop with its effect on the root, from the one that feeds it most."""
    index = {name: k for k, name in enumerate(system.state_names)}
    names = model.state_names[model.slices["afferent"]]
    loop_of = {
        index[name]: afferent.loop.name
        for name, afferent in zip(names, model.pathways.afferents, strict=True)
        if name in index
    }
    late, slope = np.zeros(system.size, complex), system.taps.mass @ v
    for term in system.delayed:
        away = np.exp(-root * term.delay)
        late += away * (u.conj() @ term.state) * v
        slope = slope + term.delay * away * (term.state @ v)
    late /= u.conj() @ slope
    total: dict[str, complex] = {}
    for k in np.flatnonzero(late):
        name = loop_of.get(int(k), OTHERS)
        total[name] = total.get(name, 0.0) + complex(late[k])
    every = [FeedingLoop(name, value) for name, value in total.items()]
    return tuple(sorted(every, key=lambda loop: -loop.by_gain.real))
