"""How much later all reflexes of a spine may become: exact margin of a model with all its muscles.

Muscles, branches and receptors are eliminated at each frequency, which leaves the joints,

    D(s, z) = D0(s) - z D1(s),    z = exp(-s d),

with d the time added to every loop. It is linear in z as long as no receptor hears force. On
the axis each eigenvalue z of the pencil with |z| = 1 is a crossing, at d = -arg(z) / w.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.stability.spine_system import linear_system

if TYPE_CHECKING:
    from panjabi.spine.at_rest import Equilibrium

Complexes = NDArray[np.complex128]

LOW, HIGH = 0.02, 300.0  # band that is searched for crossings [rad/s]
POINTS = 500
SLOWEST, FASTEST, TURNS = 1e-5, 1e8, 400
"""Band [rad/s] and first points over which the determinant's turns are counted."""

LARGEST_TURN = 1.0  # between neighbouring points [rad]
NEAREST = 12
SECANTS, LONGEST, FURTHEST = 40, 3.0, 60.0  # steps, their length and reach [1/s]
STARTS = (-8.0, -3.0, -0.5, 1.0, 4.0), (0.0, 3.0, 8.0, 15.0, 25.0, 40.0, 70.0)
"""Real parts [1/s] and frequencies [rad/s] from which roots are looked for."""


@dataclass(frozen=True)
class LoopMargin:
    """The margin of a spine model's reflexes."""

    extra_delay: float  # that every loop bears on top of its own [s]; inf: none within the band
    frequency: float  # of the crossing [rad/s]; nan where there is none
    unstable_roots: int  # at its own delays
    rightmost: complex  # of the roots that were found, see `STARTS` [1/s]
    residual: float  # smallest singular value of D there over its largest
    complete: bool  # whether the unstable roots found are as many as were counted
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
    unstable = joints.unstable_roots()
    found = joints.roots()
    rightmost = found[0] if found else complex(math.nan, math.nan)
    residual = joints.residual(rightmost) if found else math.nan
    right = sum(1 if root.imag == 0.0 else 2 for root in found if root.real >= 0.0)
    longest = float(loops.delay.max())
    if unstable:
        return LoopMargin(0.0, math.nan, unstable, rightmost, residual, right == unstable, longest)
    margin, frequency = joints.first_crossing(w)
    return LoopMargin(margin, frequency, 0, rightmost, residual, right == unstable, longest)


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

    def unstable_roots(self) -> int:
        """Roots right of the axis, by the turns of det D along its upper half.

        D has no pole there, and grows like s^(2 n) beyond the fastest motion of a vertebra: the
        turn falls short of n pi by pi for each unstable pair, by pi for each real root.

        Raises
        ------
        ConvergenceError
            If the turns do not add up to a whole number of roots: one lies on the axis.
        """
        w = [0.0, *np.geomspace(SLOWEST, FASTEST, TURNS)]
        signs = [self._sign(one) for one in w]
        phase = sum(
            self._turn(*place) for place in zip(w[:-1], w[1:], signs[:-1], signs[1:], strict=True)
        )
        missing = (0.5 * len(self._front) * math.pi - phase) / math.pi
        if abs(missing - round(missing)) > 0.1:
            raise ConvergenceError(
                f"the turns of the determinant leave {missing:.3f} roots right of the axis; a "
                "whole number is possible. A root lies on the axis: change a gain or a delay a bit."
            )
        return round(missing)

    def _sign(self, w: float) -> complex:
        return complex(np.linalg.slogdet(self.matrix(1j * w))[0])

    def _turn(self, a: float, b: float, at_a: complex, at_b: complex, depth: int = 0) -> float:
        """Change of the phase from a to b, halved until it is small enough to be the short way."""
        angle = float(np.angle(at_b / at_a))
        if abs(angle) < LARGEST_TURN or depth > 25:
            return angle
        middle = math.sqrt(a * b) if a > 0.0 else 0.5 * b
        half = self._sign(middle)
        return self._turn(a, middle, at_a, half, depth + 1) + self._turn(
            middle, b, half, at_b, depth + 1
        )

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

    def roots(self) -> list[complex]:
        """Roots found by secants, the rightmost first, one of each pair (imaginary part >= 0).

        Starts are the rightmost roots the system would have without delay, and a field of others.
        """
        early = self.system.now + np.sum([term.state for term in self.system.delayed], axis=0)
        values = np.linalg.eigvals(early)
        values = values[values.imag >= 0.0]
        starts = list(values[np.argsort(-values.real)][:NEAREST])
        starts += [complex(real, imaginary) for real in STARTS[0] for imaginary in STARTS[1]]
        found: list[complex] = []
        for start in starts:
            root = self._secant(start, found)
            if root is None:
                continue
            root = complex(root.real, 0.0 if abs(root.imag) < 1e-8 else abs(root.imag))
            if all(abs(root - other) > 1e-6 * (1.0 + abs(root)) for other in found):
                found.append(root)
        return sorted(found, key=lambda root: -root.real)

    def residual(self, s: complex) -> float:
        """Smallest singular value of D over its largest [1]."""
        size = np.linalg.svd(self.matrix(s), compute_uv=False)
        return float(size[-1] / size[0])

    def _secant(self, s: complex, known: Sequence[complex]) -> complex | None:
        """A new root near s by secants of the determinant over the factors of those known.

        None where they lead nowhere.
        """
        a, b = s + 1e-6, s + (1e-3 + 1e-3j)
        try:
            fa, fb = self._det(a, known), self._det(b, known)
            for _ in range(SECANTS):
                if fb == fa:
                    return None
                step = -fb * (b - a) / (fb - fa)
                if abs(step) > LONGEST:
                    step *= LONGEST / abs(step)
                a, fa = b, fb
                b = b + step
                if abs(b.real) > FURTHEST or abs(b.imag) > HIGH:
                    return None
                fb = self._det(b, known)
                if abs(step) < 1e-10 * (1.0 + abs(b)):
                    return b
        except RuntimeError:  # the factorisation met a pole of what is eliminated
            return None
        return None

    def _det(self, s: complex, known: Sequence[complex]) -> complex:
        """det D over its size at 1, so that it neither overflows nor vanishes, and over `known`."""
        sign, size = np.linalg.slogdet(self.matrix(s))
        value = complex(sign * math.exp(min(size - self._level, 500.0)))
        for root in known:
            value /= s - root
            if root.imag:
                value /= s - root.conjugate()
        return value

    @cached_property
    def _level(self) -> float:
        return float(np.linalg.slogdet(self.matrix(1.0))[1])
