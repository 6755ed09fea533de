"""The mean cost of a reflex, and the least cost of any controller with the same delay."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.optimal import DelayedRegulator, delayed_lqr
from panjabi.delay.roots.response import require_stable, transfer
from panjabi.delay.roots.system import Floats
from panjabi.errors import ParameterError
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine

FAR = 2000.0  # end of the quadrature of a mean cost, in multiples of the natural frequency


def reflex_regulator(spine: Spine, Q: ArrayLike, R: float) -> DelayedRegulator:
    """The optimal regulator for the body of a spine of one angle, with the delay of its loop.

    State (angle, rate), command the moment of the reflex. It replaces the loop and its filter.
    """
    body = _without_reflex(spine)
    return delayed_lqr(body[0], -body[1], Q, [[R]], delay=spine.delays[0])


def reflex_cost(spine: Spine, Q: ArrayLike, R: float, *, intensity: float = 1.0) -> float:
    """Mean cost per second of a reflex of a spine of one angle under white moment noise.

    Compare it with `reflex_regulator(spine, Q, R).noise_cost(...)`, a lower bound for every reflex
    with that delay. intensity : of the noise, two-sided [(N m)^2 s].

    Raises
    ------
    UnstableError
        If the spine is unstable: its cost is not bounded.
    """
    now, inputs = _without_reflex(spine)
    inertia = 1.0 / float(inputs[1, 0])
    stiffness, damping = -inertia * now[1]
    system = linear_system(equilibrium(spine))
    require_stable(system, "a mean cost")
    delay, weight = spine.delays[0], np.asarray(Q, float)
    loop = spine.reflexes[0]

    def density(w: Floats) -> Floats:
        s = 1j * w
        q = transfer(system, s, 0, 0)
        x = np.stack([q, s * q])
        u = 1.0 - (inertia * s**2 + damping * s + stiffness) * q
        return np.einsum("iw,ij,jw->w", x.conj(), weight, x).real + R * np.abs(u) ** 2

    # Gauss quadrature on panels that resolve the resonance and each period of the delay. Beyond the
    # last panel the density decreases with the square of the frequency.
    held = abs(stiffness + float(np.asarray(loop.stretch_gain)))
    middle = float(np.sqrt(held / inertia)) or 1.0
    turn = np.pi / delay if delay else np.inf
    edges = list(np.linspace(0.0, 20.0 * middle, 241))
    while edges[-1] < FAR * middle:
        edges.append(edges[-1] + min(0.1 * edges[-1], turn))
    half = 0.5 * np.diff(edges)
    z, weights = np.polynomial.legendre.leggauss(8)
    w = (np.array(edges[:-1]) + half)[:, None] + half[:, None] * z
    d = density(w.ravel()).reshape(w.shape)
    last = slice(-20, None)  # averages over periods of the delay
    tail = float((d[last] * w[last] ** 2).mean()) / edges[-1]
    return float(intensity * ((half * (d @ weights)).sum() + tail) / np.pi)


def _without_reflex(spine: Spine) -> tuple[Floats, Floats]:
    """Matrices (2, 2) and (2, 1) of angle and rate without the loop."""
    bare = linear_system(equilibrium(spine.with_reflexes()))
    if bare.size != 2 or len(spine.pathways.connections) != 1:
        raise ParameterError(
            f"Expected a spine of one angle with one loop, got {len(spine.free)} coordinates and "
            f"{len(spine.pathways.connections)} connections of loops; call delayed_lqr with the "
            "matrices of the spine."
        )
    assert bare.inputs is not None
    return bare.now, bare.inputs
