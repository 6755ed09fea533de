"""The mean cost of a reflex, and the least cost of any controller with the same delay."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.optimal import DelayedRegulator, delayed_lqr
from panjabi.delay.roots.response import require_stable, transfer
from panjabi.delay.roots.system import Floats
from panjabi.errors import ParameterError
from panjabi.stability.reflex_model import ReflexModel

FAR = 2000.0  # end of the quadrature of a mean cost, in multiples of the natural frequency


def reflex_regulator(model: ReflexModel, Q: ArrayLike, R: float) -> DelayedRegulator:
    """The optimal regulator for the body of a reflex model, with the delay of its loop.

    State (angle, rate), command the active moment. It replaces the loop and filter of the model.
    """
    _check_single(model)
    v = model.values
    J = v["inertia"]
    A = np.array([[0.0, 1.0], [-v["stiffness"] / J, -v["damping"] / J]])
    return delayed_lqr(A, [[0.0], [-1.0 / J]], Q, [[R]], delay=v["delay"])


def reflex_cost(model: ReflexModel, Q: ArrayLike, R: float, *, intensity: float = 1.0) -> float:
    """Mean cost per second of a reflex under white moment noise.

    Compare it with `reflex_regulator(model, Q, R).noise_cost(...)`, a lower bound for every reflex
    with that delay. intensity : of the noise, two-sided [(N m)^2 s].

    Raises
    ------
    UnstableError
        If the model is unstable: its cost is not bounded.
    """
    _check_single(model)
    system = model.system()
    require_stable(system, "a mean cost")
    v, weight = model.values, np.asarray(Q, float)

    def density(w: Floats) -> Floats:
        s = 1j * w
        q = transfer(system, s, 0, 0)
        x = np.stack([q, s * q])
        u = 1.0 - (v["inertia"] * s**2 + v["damping"] * s + v["stiffness"]) * q
        return np.einsum("iw,ij,jw->w", x.conj(), weight, x).real + R * np.abs(u) ** 2

    # Gauss quadrature on panels that resolve the resonance and each period of the delay. Beyond the
    # last panel the density decreases with the square of the frequency.
    middle = float(np.sqrt(abs(v["stiffness"] + v["stretch_gain"]) / v["inertia"])) or 1.0
    turn = np.pi / v["delay"] if v["delay"] else np.inf
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


def _check_single(model: ReflexModel) -> None:
    if len(model.coordinates) != 1 or len(model.loops) != 1:
        raise ParameterError(
            f"Expected a model with one coordinate and one loop, got {len(model.coordinates)} "
            f"coordinates and {len(model.loops)} loops; call delayed_lqr with the matrices of the "
            "model."
        )
