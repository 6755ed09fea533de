"""A linear system with constant delays, and its characteristic matrix.

    E y'(t) = A0 y(t) + sum_j [ A_j y(t - T_j) + N_j y'(t - T_j) ] + B u(t - T_u)
    z(t) = C y(t) + D u(t - T_u)

A root s makes M(s) = s E - A0 - sum_j (A_j + s N_j) exp(-s T_j) singular. Terms with N_j are
neutral: they feed back a delayed acceleration without a filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.taps import Complexes, Floats, Taps
from panjabi.errors import PanjabiError, ParameterError, unknown
from panjabi.results import ShortRepr


class UnstableError(PanjabiError, ArithmeticError):
    """The system is unstable and lacks a result such as a frequency response."""


@dataclass(frozen=True, eq=False)
class DelayTerm:
    """A y(t - delay) + N y'(t - delay) on the right-hand side."""

    delay: float  # [s]
    state: Floats  # A, (n, n)
    rate: Floats | None = None  # N, (n, n); None where no delayed derivative acts


@dataclass(frozen=True, eq=False, repr=False)
class SystemRate(ShortRepr):
    """Derivative of a system with one parameter; terms in the order of `delayed`."""

    now: Floats  # dA0, (n, n)
    mass: Floats | None = None  # dE
    delayed: tuple[DelayTerm, ...] = ()  # dT_j, dA_j, dN_j; empty where none moves


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LinearDelaySystem(ShortRepr):
    """Matrices, delays and names of a linear system with delays; SI and radians.

    Raises
    ------
    ParameterError
        For a matrix of the wrong shape or with values that are not finite, a negative delay, a
        singular mass, or names that do not match.
    """

    now: Floats  # A0, (n, n)
    delayed: tuple[DelayTerm, ...] = ()
    mass: Floats | None = None  # E, (n, n); by default the identity
    inputs: Floats | None = None  # B, (n, k)
    input_delays: tuple[float, ...] = ()  # one for each input [s]; none when empty
    outputs: Floats | None = None  # C, (m, n); by default all states
    feedthrough: Floats | None = None  # D, (m, k)
    state_names: tuple[str, ...] = ()
    state_units: tuple[str, ...] = ()
    input_names: tuple[str, ...] = ()
    input_units: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    output_units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        now = _matrix(self.now, "now", None)
        n = len(now)
        put = object.__setattr__
        put(self, "now", now)
        unit_mass = self.mass is None
        put(self, "mass", np.eye(n) if self.mass is None else _matrix(self.mass, "mass", (n, n)))
        terms = tuple(
            DelayTerm(
                _delay(term.delay, f"delayed[{j}].delay"),
                _matrix(term.state, f"delayed[{j}].state", (n, n)),
                None if term.rate is None else _matrix(term.rate, f"delayed[{j}].rate", (n, n)),
            )
            for j, term in enumerate(self.delayed)
        )
        put(self, "delayed", terms)
        B = np.zeros((n, 0)) if self.inputs is None else np.asarray(self.inputs, float)
        put(self, "inputs", _matrix(B, "inputs", (n, B.shape[-1] if B.ndim else 0)))
        k = B.shape[1]
        lags = tuple(_delay(T, "input_delays") for T in self.input_delays) or (0.0,) * k
        if len(lags) != k:
            raise ParameterError(
                f"Expected no input delay or one for each of {k} inputs, got {len(lags)}; give "
                "one for each column of `inputs`."
            )
        put(self, "input_delays", lags)
        all_states = self.outputs is None
        C = np.eye(n) if self.outputs is None else np.asarray(self.outputs, float)
        put(self, "outputs", _matrix(C, "outputs", (C.shape[0] if C.ndim else 0, n)))
        m = C.shape[0]
        D = np.zeros((m, k)) if self.feedthrough is None else self.feedthrough
        put(self, "feedthrough", _matrix(D, "feedthrough", (m, k)))
        self._name("state", n, "y")
        self._name("input", k, "u")
        if all_states and not self.output_names:
            put(self, "output_names", self.state_names)
            put(self, "output_units", self.state_units)
        self._name("output", m, "z")
        plain = unit_mass and not any(t.rate is not None and t.delay == 0.0 for t in terms)
        if not plain and _singular(self.mass_without_delay):
            raise ParameterError(
                "Expected a regular mass matrix, got a singular one, so that some state has no "
                "rate; eliminate algebraic states first."
            )

    def _name(self, kind: str, count: int, letter: str) -> None:
        names = getattr(self, f"{kind}_names") or tuple(f"{letter}{i + 1}" for i in range(count))
        units = getattr(self, f"{kind}_units") or ("1",) * count
        if len(names) != count or len(units) != count or len(set(names)) != count:
            raise ParameterError(
                f"Expected {count} different {kind}_names and as many {kind}_units, got {names} "
                f"and {units}; name each {kind} once."
            )
        object.__setattr__(self, f"{kind}_names", tuple(names))
        object.__setattr__(self, f"{kind}_units", tuple(units))

    @property
    def size(self) -> int:
        """Number of states n."""
        return len(self.now)

    @property
    def E(self) -> Floats:
        """Mass matrix (n, n)."""
        assert self.mass is not None  # set in __post_init__
        return self.mass

    @property
    def mass_without_delay(self) -> Floats:
        """E - sum N_j of the terms with zero delay, which act at once."""
        E = np.array(self.mass)
        for term in self.delayed:
            if term.delay == 0.0 and term.rate is not None:
                E -= term.rate
        return E

    @property
    def delays(self) -> tuple[float, ...]:
        """Delay of every term [s]."""
        return tuple(term.delay for term in self.delayed)

    @property
    def neutral(self) -> bool:
        """Whether a delayed derivative is fed back."""
        return any(t.rate is not None and np.any(t.rate) and t.delay > 0.0 for t in self.delayed)

    @cached_property
    def neutral_radius(self) -> float:
        """Bound of the difference part: sum of spectral radii for one delay, of norms for more.

        Below 1 the roots far from the origin lie left of the axis; at 1 or above, with one delay,
        they accumulate to its right for any delay, however short.
        """
        E = np.linalg.inv(self.mass_without_delay)
        by_delay: dict[float, Floats] = {}
        for term in self.delayed:
            if term.rate is not None and term.delay > 0.0 and np.any(term.rate):
                by_delay[term.delay] = by_delay.get(term.delay, 0.0) + E @ term.rate
        parts = list(by_delay.values())
        if not parts:
            return 0.0
        joint = sum(np.abs(N) for N in parts)  # dominates every phase of every part
        alone = len(parts) == 1
        return float(np.abs(np.linalg.eigvals(parts[0] if alone else joint)).max())

    def with_delays(self, delays: Sequence[float] | float) -> LinearDelaySystem:
        """The same system with other delays, one for all terms or one for each."""
        values = [delays] * len(self.delayed) if isinstance(delays, (int, float)) else list(delays)
        if len(values) != len(self.delayed):
            raise ParameterError(
                f"Expected one delay for all terms, or one for each of {len(self.delayed)} "
                f"terms, got {len(values)} delays; count the terms in `delays`."
            )
        terms = [replace(t, delay=T) for t, T in zip(self.delayed, values, strict=True)]
        return replace(self, delayed=tuple(terms))

    def index(self, kind: str, name: str | int) -> int:
        """Index of a state, input or output by name or number."""
        names: tuple[str, ...] = getattr(self, f"{kind}_names")
        if isinstance(name, int) and 0 <= name < len(names):
            return name
        if name not in names:
            raise unknown(kind, name, names)
        return names.index(str(name))

    def matrix(self, s: complex | Complexes) -> Complexes:
        """Characteristic matrix M(s); (n, n), or (k, n, n) for k values."""
        return self.taps.matrix(s)

    def matrix_rate(self, s: complex | Complexes) -> Complexes:
        """dM/ds, shaped as `matrix`."""
        return self.taps.matrix_rate(s)

    def parameter_rate(self, s: complex, rate: SystemRate) -> Complexes:
        """dM/dp (n, n) for a parameter whose effect on the matrices is `rate`."""
        M = -rate.now.astype(complex)
        if rate.mass is not None:
            M += s * rate.mass
        for term, moved in zip(self.delayed, rate.delayed, strict=bool(rate.delayed)):
            away = np.exp(-s * term.delay)
            part = moved.state + (0.0 if moved.rate is None else s * moved.rate)
            if moved.delay:
                whole = term.state + (0.0 if term.rate is None else s * term.rate)
                part = part - s * moved.delay * whole
            M -= away * part
        return M

    @cached_property
    def taps(self) -> Taps:
        """The same matrices as rows that read a delayed signal, for fast evaluation."""
        terms = ((term.delay, term.state, term.rate) for term in self.delayed)
        return Taps.of(self.mass_without_delay, self.now, terms)


def _singular(mass: Floats) -> bool:
    """Whether a matrix is singular; rows of the identity are left out with their columns."""
    rows = np.flatnonzero((mass != np.eye(len(mass))).any(axis=1))
    part = mass[np.ix_(rows, rows)]
    return bool(np.linalg.matrix_rank(part) < len(rows)) if rows.size else False


def _matrix(value: ArrayLike, name: str, shape: tuple[int, int] | None) -> Floats:
    try:
        A = np.array(value, float)
    except (TypeError, ValueError):
        A = np.array(np.nan)
    expected_shape = (len(A), len(A)) if shape is None and A.ndim == 2 else shape
    if A.ndim != 2 or A.shape != expected_shape or (shape is None and not len(A)):
        expected = "a square matrix" if shape is None else f"shape {expected_shape}"
        raise ParameterError(
            f"Expected {expected} for {name}, got shape {A.shape}; rows are equations, columns "
            "are states (or inputs)."
        )
    if not np.isfinite(A).all():
        raise ParameterError(
            f"Expected finite numbers in {name}, got values that are not finite; check the "
            "parameters."
        )
    A.setflags(write=False)
    return A


def _delay(value: float, name: str) -> float:
    if not (np.isfinite(value) and value >= 0.0):
        raise ParameterError(
            f"Expected {name} as a finite time of 0 s or more, got {value!r}; give the whole "
            "loop delay in seconds."
        )
    return float(value)
