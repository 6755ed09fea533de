"""The best that a controller with one delay can achieve.

For x' = A x + B u(t - T) + G w and the cost x'Qx + u'Ru, the optimum knows the whole state and the
commands under way and acts on the predicted state, u(t) = -K x(t + T). A disturbance has no
response for T and is then regulated as without delay, so the least cost of a start x0 is
x0' S(T) x0 with S(T) = int_0^T e^{A't} Q e^{At} dt + e^{A'T} P e^{AT}: exact, no discretisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.system import Floats
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr


@dataclass(frozen=True, eq=False, repr=False)
class DelayedRegulator(ShortRepr):
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
            f"Expected A, B, Q, R of shapes (n, n), (n, k), (n, n), (k, k), got {a.shape}, "
            f"{b.shape}, {q.shape}, {r.shape}; transpose B or complete the weights."
        )
    if not (np.isfinite(delay) and delay >= 0.0):
        raise ParameterError(
            f"Expected a finite delay of 0 s or more, got {delay!r}; give seconds."
        )
    try:
        P = solve_continuous_are(a, b, q, r)
    except np.linalg.LinAlgError as error:
        raise ParameterError(
            "Expected inputs that reach every unstable mode and R positive definite, got a "
            f"Riccati equation without a stabilising solution ({error}); check A and B."
        ) from error
    K = np.linalg.solve(r, b.T @ P)
    # Van Loan (1978): the integral and e^{AT} from one exponential.
    block = np.zeros((2 * n, 2 * n))
    block[:n, :n], block[:n, n:], block[n:, n:] = -a.T, q, a
    exponential = cast(Any, expm(block * delay))
    forward = exponential[n:, n:]
    S = forward.T @ exponential[:n, n:] + forward.T @ P @ forward
    mismatch = a.T @ P + P @ a - P @ b @ K + q
    size = 2.0 * np.linalg.norm(a.T @ P) + np.linalg.norm(P @ b @ K) + np.linalg.norm(q)
    residual = float(np.linalg.norm(mismatch) / size)
    return DelayedRegulator(K, forward, 0.5 * (S + S.T), P, float(delay), residual)
