"""How much later all reflexes of a spine may become: exact margin of a model with all its muscles.

Muscles, branches and receptors are eliminated at each frequency, which leaves the joints,

    D(s, z) = D0(s) - z D1(s),    z = exp(-s d),

with d the time added to every loop. It is linear in z as long as no receptor hears force. On
the axis each eigenvalue z of the pencil with |z| = 1 is a crossing, at d = -arg(z) / w.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.stability.spine_system import linear_system

if TYPE_CHECKING:
    from panjabi.spine.at_rest import Equilibrium

Complexes = NDArray[np.complex128]

LOW, HIGH = 0.02, 300.0  # band that is searched for crossings [rad/s]
POINTS = 500
STARTS = (-8.0, -3.0, -0.5, -0.02, 1.0), (0.0, 3.0, 8.0, 15.0)
"""Real parts [1/s] and frequencies [rad/s] from which roots are looked for."""


@dataclass(frozen=True)
class LoopMargin:
    """The margin of a spine model's reflexes."""

    extra_delay: float  # that every loop bears on top of its own [s]; inf: none within the band
    frequency: float  # of the crossing [rad/s]; nan where there is none
    unstable_roots: int  # at its own delays
    rightmost: complex  # of the roots that were found, see `STARTS` [1/s]
    residual: float  # smallest singular value of D there over its largest
    longest_delay: float  # of the loops as they are [s]

    @property
    def stable(self) -> bool:
        """Whether the posture is stable with the delays it has."""
        return self.unstable_roots == 0


def loop_margin(rest: Equilibrium) -> LoopMargin:
    """Margin of all reflexes together, from a search over frequency and Newton's polish.

    A margin of 0 belongs to a posture that is unstable as it is.

    Raises
    ------
    ParameterError
        If the model has no reflexes, or receptors of force.
    """
    loops = rest.model.reflexes
    if loops is None or not len(loops):
        raise ParameterError(
            "the model has no reflexes, and so no delay that could grow; possible: a model made "
            "with reflexes=True. Add them."
        )
    if np.any(loops.force_gain):
        raise ParameterError(
            "some receptors hear force, which makes the condensed joints nonlinear in the delay; "
            "possible: loops on stretch and rate. Use delay_margin on linear_system(rest)."
        )
    joints = CondensedJoints(rest)
    w = np.geomspace(LOW, HIGH, POINTS)
    unstable = joints.unstable_roots(w)
    rightmost, residual = joints.rightmost()
    longest = float(loops.delay.max())
    if unstable:
        return LoopMargin(0.0, math.nan, unstable, rightmost, residual, longest)
    margin, frequency = joints.first_crossing(w)
    return LoopMargin(margin, frequency, 0, rightmost, residual, longest)


class CondensedJoints:
    """Characteristic matrix of the joints of a resting spine, everything else eliminated."""

    def __init__(self, rest: Equilibrium) -> None:
        from scipy import sparse

        self.system = linear_system(rest)
        k = 2 * len(rest.model.free)
        now = self.system.now
        self._front, self._side = now[:k, :k], now[:k, k:]
        self._drive = now[k:, :k]
        self._rest = sparse.csc_matrix(now[k:, k:])
        self._late = [
            (term.delay, sparse.csc_matrix(term.state[k:, k:])) for term in self.system.delayed
        ]
        self._one = sparse.identity(now.shape[0] - k, format="csc")

    def pencil(self, s: complex) -> tuple[Complexes, Complexes]:
        """D0 and D1 (2 n, 2 n) at a complex frequency."""
        from scipy.sparse.linalg import splu

        factors = splu((s * self._one - self._rest).astype(complex))
        moved = factors.solve(self._drive.astype(complex))
        heard = sum(np.exp(-s * delay) * (late @ moved) for delay, late in self._late)
        D0 = s * np.eye(len(self._front)) - self._front - self._side @ moved
        return D0, self._side @ factors.solve(heard)

    def matrix(self, s: complex) -> Complexes:
        """D at the model's own delays."""
        D0, D1 = self.pencil(s)
        return D0 - D1

    def unstable_roots(self, w: NDArray[np.float64]) -> int:
        """Roots right of the axis, by the turns of det D from below to above [1].

        D has no pole there, and grows like s^(2 n): the turn over the upper half of the axis falls
        short of n pi by pi for each unstable pair.
        """
        at = np.concatenate([[1e-9], w])
        signs = np.array([np.linalg.slogdet(self.matrix(1j * one))[0] for one in at])
        phase = float(np.angle(signs[1:] / signs[:-1]).sum())
        size = len(self._front)
        return round((0.5 * size * math.pi - phase) / math.pi)

    def first_crossing(self, w: NDArray[np.float64]) -> tuple[float, float]:
        """(extra delay [s], frequency [rad/s]) of the first crossing; (inf, nan) without one."""
        from scipy.optimize import brentq

        sizes = [self._sizes(one) for one in w]
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
        """Eigenvalues z of the pencil, by rising size; what no loop reaches is left out."""
        D0, D1 = self.pencil(1j * w)
        inverse = np.linalg.eigvals(np.linalg.solve(D0, D1))
        inverse = inverse[np.abs(inverse) > 1e-9]
        return np.asarray(1.0 / inverse[np.argsort(-np.abs(inverse))], complex)

    def _sizes(self, w: float) -> NDArray[np.float64]:
        return np.log(np.abs(self._values(w)))

    def rightmost(self) -> tuple[complex, float]:
        """Rightmost root found by secants from a field of starts, and its residual."""
        found: list[Any] = []
        for real in STARTS[0]:
            for imaginary in STARTS[1]:
                root = self._secant(complex(real, imaginary))
                if root is not None:
                    found.append(root)
        if not found:
            return complex(math.nan, math.nan), math.nan
        s = max(found, key=lambda root: root.real)
        size = np.linalg.svd(self.matrix(s), compute_uv=False)
        return complex(s.real, abs(s.imag)), float(size[-1] / size[0])

    def _secant(self, s: complex) -> complex | None:
        """A root near s: steps along the change of the inverse's largest entry."""
        a, b = s, s + (1e-3 + 1e-3j)
        fa, fb = self._det(a), self._det(b)
        for _ in range(40):
            if fb == fa:
                return None
            step = -fb * (b - a) / (fb - fa)
            if abs(step) > 3.0:
                step *= 3.0 / abs(step)
            a, fa = b, fb
            b = b + step
            if not (-60.0 < b.real < 60.0 and abs(b.imag) < 300.0):
                return None
            fb = self._det(b)
            if abs(step) < 1e-10 * (1.0 + abs(b)):
                return b
        return None

    def _det(self, s: complex) -> complex:
        sign, size = np.linalg.slogdet(self.matrix(s))
        return complex(sign * math.exp(min(size - self._level, 500.0)))

    @cached_property
    def _level(self) -> float:
        return float(np.linalg.slogdet(self.matrix(1.0))[1])
