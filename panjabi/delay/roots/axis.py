"""Parameters at which a root of a one-parameter family lies on the imaginary axis.

Newton acts on (frequency, parameter) with M(i w) bordered to stay regular (Griewank & Reddien
1984); derivatives with s and with the parameter are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi.delay.roots.family import Family
from panjabi.delay.roots.spectrum import Spectrum, characteristic_roots
from panjabi.delay.roots.system import Complexes, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError

STEPS = 30
WATCHED = 5  # rightmost roots whose path to the axis is followed


@dataclass(frozen=True)
class Crossing:
    """A root on the imaginary axis."""

    value: float  # of the parameter
    frequency: float  # [rad/s]; 0 for a real root
    direction: float  # d(Re s)/d(parameter): positive where the root moves to the right
    residual: float  # size of M(i w) v over that of its terms

    @property
    def roots(self) -> int:
        """Change of the number of unstable roots as the parameter grows."""
        return int(np.sign(self.direction)) * (2 if self.frequency > 0.0 else 1)


@dataclass(frozen=True, eq=False)
class Border:
    """v, u and g of the bordered matrix; g vanishes exactly where M is singular."""

    v: Complexes
    u: Complexes
    g: complex

    def slope(self, change: Complexes) -> complex:
        """Derivative of g with a parameter, from the derivative `change` of M."""
        return complex(-(self.u.conj() @ change @ self.v))


def bordered(M: Complexes, b: Complexes, c: Complexes) -> Border:
    """[[M, b], [c*, 0]] (v, g) = (0, 1), and the same for the adjoint."""
    n = len(M)
    matrix = np.zeros((n + 1, n + 1), complex)
    matrix[:n, :n], matrix[:n, n], matrix[n, :n] = M, b, c.conj()
    last = np.eye(n + 1)[n]
    right = np.linalg.solve(matrix, last)
    left = np.linalg.solve(matrix.conj().T, last)
    return Border(right[:n], left[:n], complex(right[n]))


def edges(M: Complexes) -> tuple[Complexes, Complexes]:
    """Left and right singular vectors of the least singular value: good borders."""
    U, _, Vh = np.linalg.svd(M)
    return U[:, -1], Vh[-1].conj()


def speed(system: LinearDelaySystem, s: complex, change: Complexes) -> complex:
    """ds/dp of a root, from the derivative dM/dp."""
    M = system.matrix(s)
    b, c = edges(M)
    return complex(-(b.conj() @ change @ c) / (b.conj() @ system.matrix_rate(s) @ c))


def meet(family: Family, value: float, frequency: float) -> Crossing | None:
    """The crossing near a guess; None if Newton does not converge."""
    x, w = float(value), max(float(frequency), 0.0)
    real = w == 0.0
    borders = None
    for _ in range(STEPS):
        try:
            system = family.system((x,))
        except ParameterError:  # a step into a negative delay, say
            return None
        (rate,) = family.rates((x,))
        s = 1j * w
        M = system.matrix(s)
        if borders is None:
            borders = edges(M)
        try:
            here = bordered(M, *borders)
        except np.linalg.LinAlgError:
            return None
        by_s = here.slope(system.matrix_rate(s))
        by_x = here.slope(system.parameter_rate(s, rate))
        if real:
            if by_x == 0.0:
                return None
            dx, dw = -here.g.real / by_x.real, 0.0
        else:
            J = np.array([[by_x.real, (1j * by_s).real], [by_x.imag, (1j * by_s).imag]])
            try:
                dx, dw = np.linalg.solve(J, [-here.g.real, -here.g.imag])
            except np.linalg.LinAlgError:
                return None
        if not (np.isfinite(dx) and np.isfinite(dw)):
            return None
        x, w = x + float(dx), w + float(dw)
        if abs(dx) <= 4e-16 * (abs(x) + 1e-3 * abs(value)) and abs(dw) <= 4e-16 * w:
            break
        if abs(dx) <= 1e-14 * (abs(x) + abs(value)) and abs(dw) <= 1e-14 * (w + abs(frequency)):
            break
    else:
        return None
    if not real and w <= 1e-9 * (1.0 + abs(frequency)):
        return None
    try:
        system = family.system((x,))
    except ParameterError:
        return None
    (rate,) = family.rates((x,))
    s = 1j * w
    least = np.linalg.svd(system.matrix(s), compute_uv=False)[-1]
    moves = speed(system, s, system.parameter_rate(s, rate))
    return Crossing(x, w, moves.real, float(least) / system.taps.scale(s))


def crossings_along(
    family: Family, low: float, high: float, *, steps: int = 24
) -> tuple[Crossing, ...]:
    """Every parameter between two ends at which a root meets the axis, in rising order.

    The steps are so short that no rightmost root, at its present speed, reaches the axis in one
    step. In each interval the crossings must give the change of the number of unstable roots.

    Raises
    ------
    ConvergenceError
        If they do not, however fine the steps are.
    """
    if len(family.names) != 1 or not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ParameterError(
            f"Expected one parameter and two finite ends in rising order, got {family.names} "
            f"between {low!r} and {high!r}; use a ParameterLine for several parameters."
        )
    longest = (high - low) / steps
    shortest = 1e-3 * longest
    here = _local_spectrum(family, low)
    t, crossings = low, []
    while t < high:
        step = longest
        for root, moves in here.moving:
            if root.real * moves.real < 0.0:
                step = min(step, max(-0.7 * root.real / moves.real, shortest))
        after = min(t + step, high)
        there = _local_spectrum(family, after)
        crossings.extend(_between(family, here, there, 0))
        t, here = after, there
    return tuple(sorted(crossings, key=lambda c: c.value))


@dataclass(frozen=True, eq=False)
class _LocalSpectrum:
    """Spectrum at one value, with the speeds of its roots."""

    value: float
    spectrum: Spectrum
    moving: tuple[tuple[complex, complex], ...]


def _local_spectrum(family: Family, value: float) -> _LocalSpectrum:
    system = family.system((value,))
    (rate,) = family.rates((value,))
    count = WATCHED
    spectrum = characteristic_roots(system, count=count)
    while spectrum.roots[-1].real > 0.0 and len(spectrum.roots) >= count:
        count *= 2
        spectrum = characteristic_roots(system, count=count)
    moving = tuple(
        (complex(s), speed(system, s, system.parameter_rate(s, rate)))
        for s in spectrum.roots
        if s.imag >= 0.0
    )
    return _LocalSpectrum(value, spectrum, moving)


def _between(family: Family, a: _LocalSpectrum, b: _LocalSpectrum, depth: int) -> list[Crossing]:
    width = b.value - a.value
    edge = 1e-12 * (abs(a.value) + abs(b.value))
    crossings: list[Crossing] = []
    for local in (a, b):
        for root, moves in local.moving:
            if abs(root.real) > 3.0 * abs(moves.real) * width:
                continue
            guess = local.value - root.real / moves.real if moves.real else local.value
            guess = min(max(guess, a.value), b.value)
            crossing = meet(family, guess, root.imag)
            if crossing is None or not (a.value + edge < crossing.value <= b.value + edge):
                continue
            if all(
                abs(crossing.value - c.value) > 1e-7 * width + edge
                or abs(crossing.frequency - c.frequency) > 1e-6 * (1.0 + c.frequency)
                for c in crossings
            ):
                crossings.append(crossing)
    gained = b.spectrum.unstable - a.spectrum.unstable
    on_edge = any(abs(root.real) < 1e-10 * (1.0 + abs(root)) for root, _ in (*a.moving, *b.moving))
    if sum(c.roots for c in crossings) == gained or on_edge:
        return crossings
    if depth > 20:
        raise ConvergenceError(
            f"Expected crossings for {gained} roots between {a.value:.9g} and {b.value:.9g} of "
            f"{family.names[0]}, got crossings for {sum(c.roots for c in crossings)}, perhaps "
            "because several crossings coincide; change another parameter a little."
        )
    middle = _local_spectrum(family, 0.5 * (a.value + b.value))
    return _between(family, a, middle, depth + 1) + _between(family, middle, b, depth + 1)
