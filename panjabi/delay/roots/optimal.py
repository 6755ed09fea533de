"""What a controller that answers one delay late could achieve at best.

For x' = A x + B u(t - T) + G w and the cost x'Qx + u'Ru, the optimum with the whole state and the
commands under way known acts on the predicted state, u(t) = -K x(t + T). A disturbance passes
unanswered for T and is then regulated as without delay, so the least cost of a start x0 is
x0' S(T) x0 with S(T) = int_0^T e^{A't} Q e^{At} dt + e^{A'T} P e^{AT}: exact, no discretisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.response import require_stable, transfer
from panjabi.delay.roots.system import Floats
from panjabi.errors import ParameterError
from panjabi.stability.reflex_model import ReflexModel

FAR = 2000.0  # times the natural frequency: the end of the quadrature of a mean cost


@dataclass(frozen=True, eq=False)
class DelayedRegulator:
    """The linear-quadratic optimum for a delayed input."""

    gain: Floats  # K, (k, n), on the predicted state; that of the problem without delay
    prediction: Floats  # e^{AT}, (n, n)
    cost_matrix: Floats  # S(T), (n, n)
    riccati: Floats  # P, (n, n)
    delay: float  # [s]
    residual: float  # of the Riccati equation, over the size of its terms

    @property
    def state_gain(self) -> Floats:
        """K e^{AT} (k, n): acts on the present state; the rest acts on commands under way."""
        return self.gain @ self.prediction

    def cost(self, start: ArrayLike) -> float:
        """Least cost from a start with no commands under way."""
        x = np.asarray(start, float)
        return float(x @ self.cost_matrix @ x)

    def noise_cost(self, intensity: ArrayLike) -> float:
        """Least mean cost per second under white noise of intensity G W G' (n, n)."""
        return float(np.trace(np.asarray(intensity, float) @ self.cost_matrix))


def delayed_lqr(
    A: ArrayLike, B: ArrayLike, Q: ArrayLike, R: ArrayLike, *, delay: float
) -> DelayedRegulator:
    """The optimum of x' = A x + B u(t - delay) for the cost x'Qx + u'Ru.

    Raises
    ------
    ParameterError
        For shapes that do not fit, a negative delay, or a pair that cannot be stabilised.
    """
    from scipy.linalg import expm, solve_continuous_are

    a, b, q, r = (np.atleast_2d(np.asarray(X, float)) for X in (A, B, Q, R))
    n, k = a.shape[0], b.shape[1]
    if a.shape != (n, n) or b.shape[0] != n or q.shape != (n, n) or r.shape != (k, k):
        raise ParameterError(
            f"A {a.shape}, B {b.shape}, Q {q.shape}, R {r.shape} do not fit; possible: (n, n), "
            "(n, k), (n, n), (k, k). Transpose B or complete the weights."
        )
    if not (np.isfinite(delay) and delay >= 0.0):
        raise ParameterError(
            f"delay is {delay!r} s; possible: zero or a positive finite time. Give seconds."
        )
    try:
        P = solve_continuous_are(a, b, q, r)
    except np.linalg.LinAlgError as error:
        raise ParameterError(
            f"the Riccati equation has no stabilising solution ({error}); possible: inputs that "
            "reach every unstable mode, R positive definite. Look at A and B."
        ) from error
    K = np.linalg.solve(r, b.T @ P)
    # Van Loan (1978): the integral and e^{AT} from one exponential.
    block = np.zeros((2 * n, 2 * n))
    block[:n, :n], block[:n, n:], block[n:, n:] = -a.T, q, a
    whole = cast(Any, expm(block * delay))
    forward = whole[n:, n:]
    S = forward.T @ whole[:n, n:] + forward.T @ P @ forward
    rest = a.T @ P + P @ a - P @ b @ K + q
    size = 2.0 * np.linalg.norm(a.T @ P) + np.linalg.norm(P @ b @ K) + np.linalg.norm(q)
    residual = float(np.linalg.norm(rest) / size)
    return DelayedRegulator(K, forward, 0.5 * (S + S.T), P, float(delay), residual)


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
