"""Delay margin of all reflexes of a spine together, exact for a model with all its muscles.

Muscles, branches and receptors are eliminated at each frequency. For the joints this leaves

    D(s, z) = P(s) - z Q(s),    z = exp(-s d),

with d the time added to every loop. D is linear in z if no receptor senses force. On the imaginary
axis each eigenvalue z of the pencil with |z| = 1 is a crossing, at d = -arg(z) / w.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.neural.loops import GAINS, ReflexLoop
from panjabi.results import Result, finite
from panjabi.spine.linear_system import condensed_system

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium

Complexes = NDArray[np.complex128]

LOW, HIGH = 0.02, 300.0  # frequency band of the search for crossings [rad/s]
POINTS = 500


@dataclass(frozen=True)
class LoopMargin(Result):
    """The delay margin of a spine model's reflexes."""

    extra_delay: float  # largest time added to every loop [s]; inf: no crossing in the band
    frequency: float  # of the crossing [rad/s]; nan if there is none
    unstable_roots: int  # without extra delay
    rightmost: complex  # root [1/s]
    residual: float  # smallest over largest singular value of the condensed matrix at that root [1]
    complete: bool  # whether a count of the roots confirms that none lies further right
    longest_delay: float  # of the loops, without extra delay [s]

    @property
    def stable(self) -> bool:
        """Whether the posture is stable without extra delay."""
        return self.unstable_roots == 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a margin or crossing that does not exist is null."""
        return {
            "delay_margin_s": finite(self.extra_delay),
            "crossing_rad_per_s": finite(self.frequency),
            "rightmost_root": {
                "delay_s": self.longest_delay,
                "real_per_s": finite(self.rightmost.real),
                "imag_rad_per_s": finite(self.rightmost.imag),
                "residual": finite(self.residual),
                "complete": self.complete,
            },
            "stable": self.stable,
            "unstable_roots": self.unstable_roots,
        }


def loop_margin(rest: Equilibrium) -> LoopMargin:
    """Delay margin of all reflexes together [s], from a search over frequency.

    The margin is 0 if the posture is already unstable.

    Raises
    ------
    ParameterError
        If the model has no reflexes, or receptors of force.
    """
    loops = rest.model.reflexes
    if not loops:
        raise ParameterError(
            "Expected a model with reflexes, got a model without them; create it with "
            "reflexes=True."
        )
    other = [loop.name for loop in loops if not _linear(loop)]
    if other or rest.model.elements:
        raise ParameterError(
            "Expected first-order loops on stretch and rate of muscles only, got "
            f"{', '.join(other) or 'other elements'}, for which the condensed matrix is not linear "
            "in z; use delay_margin on linear_system(equilibrium)."
        )
    joints = CondensedJoints(rest)
    unstable = joints.condensed.count_right_of(0.0)
    roots = joints.condensed.spectrum()
    longest = max(rest.model.delays)
    margin, frequency = (0.0, math.nan) if unstable else joints.first_crossing()
    return LoopMargin(
        margin, frequency, unstable, roots.rightmost, float(roots.residual[0]), roots.complete,
        longest,
    )  # fmt: skip


def _linear(loop: ReflexLoop) -> bool:
    """Whether a loop senses stretch and rate of muscles alone and excites them."""
    used = {gain for gain in GAINS if loop.has(gain)}
    return used <= {"stretch_gain", "rate_gain"} and loop.target is None and loop.receptor is None


class CondensedJoints:
    """Characteristic matrix of the joints of a spine in equilibrium; other states eliminated."""

    def __init__(self, rest: Equilibrium) -> None:
        from scipy import sparse

        self.condensed = condensed_system(rest)
        self.system = self.condensed.system
        k = 2 * len(rest.model.free)  # coordinates and rates come first
        now = self.system.now
        self._front, self._side = now[:k, :k], now[:k, k:]
        self._drive = now[k:, :k]
        self._rest = sparse.csc_matrix(now[k:, k:])
        self._late = [
            (term.delay, sparse.csc_matrix(term.state[k:, k:])) for term in self.system.delayed
        ]
        self._identity = sparse.identity(now.shape[0] - k, format="csc")

    def pencil(self, s: complex) -> tuple[Complexes, Complexes]:
        """P and Q (2 n, 2 n) at a complex frequency."""
        from scipy.sparse.linalg import splu

        factors = splu((s * self._identity - self._rest).astype(complex))
        moved = factors.solve(self._drive.astype(complex))
        delayed = sum(np.exp(-s * delay) * (late @ moved) for delay, late in self._late)
        P = s * np.eye(len(self._front)) - self._front - self._side @ moved
        return P, self._side @ factors.solve(delayed)

    def first_crossing(self) -> tuple[float, float]:
        """Extra delay [s] and frequency [rad/s] of the first crossing; (inf, nan) if none."""
        from scipy.optimize import brentq

        w = np.geomspace(LOW, HIGH, POINTS)
        sizes = [self._sizes(frequency) for frequency in w]
        best = (math.inf, math.nan)
        for a, b, low, high in zip(w, w[1:], sizes, sizes[1:], strict=False):
            for k in range(min(len(low), len(high))):
                if (low[k] > 0.0) == (high[k] > 0.0):
                    continue
                at = float(brentq(lambda x, k=k: self._sizes(x)[k], a, b, xtol=1e-12))  # type: ignore[arg-type]
                z = self._values(at)[k]
                delay = float(-np.angle(z)) / at
                while delay < 0.0:
                    delay += 2.0 * math.pi / at
                best = min(best, (delay, at))
        return best

    def _values(self, w: float) -> Complexes:
        """Eigenvalues z of the pencil, ascending in size; infinite eigenvalues are left out."""
        P, Q = self.pencil(1j * w)
        inverse = np.linalg.eigvals(np.linalg.solve(P, Q))
        inverse = inverse[np.abs(inverse) > 1e-9]
        return np.asarray(1.0 / inverse[np.argsort(-np.abs(inverse))], complex)

    def _sizes(self, w: float) -> NDArray[np.float64]:
        return np.log(np.abs(self._values(w)))
