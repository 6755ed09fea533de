"""What a reflex costs, and the least cost that any controller of its delay could reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.optimal import DelayedRegulator, delayed_lqr
from panjabi.delay.roots.response import require_stable, transfer
from panjabi.delay.roots.system import Floats
from panjabi.errors import ParameterError
from panjabi.stability.reflex_model import ReflexModel

FAR = 2000.0  # times the natural frequency: the end of the quadrature of a mean cost


def reflex_regulator(model: ReflexModel, Q: ArrayLike, R: float) -> DelayedRegulator:
    """The optimum for the body of a reflex model with the delay of its loop.

    State (angle, rate), command the active moment; loop and filter of the model are put away.
    """
    _single(model)
    v = model.values
    J = v["inertia"]
    A = np.array([[0.0, 1.0], [-v["stiffness"] / J, -v["damping"] / J]])
    return delayed_lqr(A, [[0.0], [-1.0 / J]], Q, [[R]], delay=v["delay"])


def reflex_cost(model: ReflexModel, Q: ArrayLike, R: float, *, intensity: float = 1.0) -> float:
    """Mean cost per second of a reflex under white moment noise of the given intensity.

    To be held against `reflex_regulator(model, Q, R).noise_cost(...)`, which no reflex of that
    delay can beat. Intensity in (N m)^2 s, two-sided.

    Raises
    ------
    UnstableError
        If the model is unstable: its cost has no bound.
    """
    _single(model)
    system = model.system()
    require_stable(system, "a mean cost")
    v, weight = model.values, np.asarray(Q, float)

    def density(w: Floats) -> Floats:
        s = 1j * w
        q = transfer(system, s, 0, 0)
        x = np.stack([q, s * q])
        u = 1.0 - (v["inertia"] * s**2 + v["damping"] * s + v["stiffness"]) * q
        return np.einsum("iw,ij,jw->w", x.conj(), weight, x).real + R * np.abs(u) ** 2

    # Gauss on panels that resolve the resonance and each turn of the delay; beyond the last the
    # density falls with the square of the frequency.
    middle = float(np.sqrt(abs(v["stiffness"] + v["stretch_gain"]) / v["inertia"])) or 1.0
    turn = np.pi / v["delay"] if v["delay"] else np.inf
    edges = list(np.linspace(0.0, 20.0 * middle, 241))
    while edges[-1] < FAR * middle:
        edges.append(edges[-1] + min(0.1 * edges[-1], turn))
    half = 0.5 * np.diff(edges)
    z, weights = np.polynomial.legendre.leggauss(8)
    w = (np.array(edges[:-1]) + half)[:, None] + half[:, None] * z
    d = density(w.ravel()).reshape(w.shape)
    last = slice(-20, None)  # averages over turns of the delay
    tail = float((d[last] * w[last] ** 2).mean()) / edges[-1]
    return float(intensity * ((half * (d @ weights)).sum() + tail) / np.pi)


def _single(model: ReflexModel) -> None:
    if len(model.coordinates) != 1 or len(model.loops) != 1:
        raise ParameterError(
            f"the model has {len(model.coordinates)} coordinates and {len(model.loops)} loops; "
            "possible: one of each. Use delayed_lqr with your own matrices."
        )
