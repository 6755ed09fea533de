"""Characteristic roots: pseudospectral candidates, each polished by Newton, each with a residual.

The generator of the solution semigroup is discretised on Chebyshev nodes of the past (Breda, Maset
& Vermiglio 2005); its eigenvalues are guesses only. A guess becomes a root when Newton on the
characteristic matrix, bordered by its null vector, converges; determinants are never formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.generator import generator, history_length
from panjabi.delay.roots.polish import Root, merged, polish
from panjabi.delay.roots.system import Complexes, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import Result, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

FIRST_NODES, LAST_NODES = 10, 160
LARGEST_GENERATOR = 4000
RESIDUAL = 1e-10
"""Largest relative residual of a root that is reported."""


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum(Result):
    """The rightmost characteristic roots of a system, from right to left."""

    system: LinearDelaySystem
    roots: Complexes  # (k,) [1/s], conjugates included
    multiplicity: NDArray[np.intp]  # (k,)
    residual: Floats  # (k,) |M(s) v| over the size of the terms of M
    nodes: int  # Chebyshev nodes of the longest delay
    settled: bool  # whether the roots were the same on the coarser mesh
    complete_right_of: float  # left of this real part roots may be missing [1/s]
    discarded: int  # candidates right of it that Newton did not confirm

    @property
    def rightmost(self) -> complex:
        """The rightmost root, of a conjugate pair with positive imaginary part [1/s]."""
        return complex(self.roots[0])

    @property
    def abscissa(self) -> float:
        """Largest real part [1/s]; negative where the system is stable."""
        return float(self.roots[0].real)

    @property
    def stable(self) -> bool:
        """Whether every root has a negative real part (and a neutral part decays)."""
        return self.abscissa < 0.0 and self.system.neutral_radius < 1.0

    @property
    def unstable(self) -> int:
        """Number of reported roots with a positive real part, with their multiplicity."""
        return int(self.multiplicity[self.roots.real > 0.0].sum())

    def to_dict(self) -> dict[str, Any]:
        """Roots from right to left with multiplicity and residual."""
        return {
            "stable": self.stable,
            "real_per_s": self.roots.real.tolist(),
            "imag_rad_per_s": self.roots.imag.tolist(),
            "multiplicity": self.multiplicity.tolist(),
            "residual": self.residual.tolist(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each root."""
        return frame({key: v for key, v in self.to_dict().items() if key != "stable"})


def characteristic_roots(
    system: LinearDelaySystem, *, count: int = 8, nodes: int | None = None
) -> Spectrum:
    """The `count` rightmost roots (a pair is never split), with residuals.

    The mesh is refined until the roots stay the same and are resolved: more nodes than twice the
    phase |s| T of the history. `nodes` fixes the mesh instead.

    Raises
    ------
    ParameterError
        If `count` is below 1.
    ConvergenceError
        If no candidate can be polished.
    """
    if count < 1 or (nodes is not None and nodes < 2):
        raise ParameterError(
            f"Expected 1 or more roots on 2 or more nodes, got {count} roots on {nodes} nodes; "
            "leave `nodes` out to let the mesh be chosen."
        )
    longest = history_length(system)
    before: tuple[Root, ...] = ()
    mesh = nodes or (FIRST_NODES if longest else 2)
    while True:
        raw = _candidates(system, mesh)
        roots, limit, lost = _confirmed(system, raw, count, mesh, longest, before)
        fine = nodes is not None or not longest
        settled = fine or _same(before, roots)
        phase = max((abs(r.value) for r in roots), default=0.0) * longest
        if roots and (fine or (settled and mesh >= 2.0 * phase + 4.0)):
            return _spectrum(system, roots, mesh, settled, limit, lost)
        if fine or 2 * mesh > LAST_NODES or len(raw) * 2 > LARGEST_GENERATOR:
            if not roots:
                raise ConvergenceError(
                    f"Expected a root that Newton confirms among {len(raw)} candidates on "
                    f"{mesh} nodes, got none, perhaps because delays or rates differ much in "
                    "size; scale the states."
                )
            return _spectrum(system, roots, mesh, settled, limit, lost)
        before, mesh = roots, 2 * mesh if mesh < 40 else int(1.5 * mesh)


def _candidates(system: LinearDelaySystem, nodes: int) -> Complexes:
    """Eigenvalues of the generator in the upper half plane, from right to left."""
    values: Any = np.linalg.eigvals(generator(system, nodes)).astype(complex)
    values = values[values.imag >= -1e-9 * (1.0 + np.abs(values))]
    return values[np.lexsort((values.imag, -values.real))]


def _confirmed(
    system: LinearDelaySystem,
    raw: Complexes,
    count: int,
    nodes: int,
    longest: float,
    known: tuple[Root, ...],
) -> tuple[tuple[Root, ...], float, int]:
    """Up to `count` polished roots from the right; real part left of which roots may be missing;
    number of candidates that gave no root.
    """
    confirmed: list[Root] = []
    doubts: list[float] = []  # distance of a guess that led to an earlier root
    lost, limit, have, extra = 0, -np.inf, 0, 0
    for guess in raw:
        if have >= count:
            extra += 1
            if extra > 3:  # a polished root may lie right of its neighbour's guess
                break
        root = next((k for k in known if _close(k, guess)), None) or polish(system, complex(guess))
        if root is None and guess.imag == 0.0:  # two real guesses for a narrow pair
            root = polish(system, complex(guess) * (1.0 + 1e-2j) + 1e-4j)
        resolved = abs(guess) * longest <= 2.0 * nodes
        away = np.inf if root is None else abs(root.value - guess)
        near = away <= 0.05 * (1.0 + abs(guess))
        if root is None or root.residual > RESIDUAL or not (near or resolved):
            lost += 1
            limit = max(limit, float(guess.real))
            if lost > count + 4:
                break
            continue
        if not near:
            limit = max(limit, float(guess.real))
        twice = next((i for i, k in enumerate(confirmed) if _equal(k, root)), None)
        if twice is not None:
            doubts[twice] = max(doubts[twice], float(away) if near else 0.0)
            continue
        turned = near and guess.imag > 0.0 and abs(root.value.imag) <= 1e-9 * (1.0 + abs(guess))
        confirmed.append(root)
        doubts.append(float(away) if turned else 0.0)
        have += root.multiplicity * (1 + (root.value.imag > 0.0))
    roots = merged(system, confirmed, doubts)
    kept: list[Root] = []
    have = 0
    for root in sorted(roots, key=lambda r: (-r.value.real, r.value.imag)):
        if have >= count:
            break
        kept.append(root)
        have += root.multiplicity * (1 + (root.value.imag > 0.0))
    last = kept[-1].value.real if kept else -np.inf
    return tuple(kept), max(limit, last), lost


def _equal(first: Root, second: Root) -> bool:
    return abs(first.value - second.value) <= 1e-9 * (1.0 + abs(first.value))


def _close(root: Root, guess: complex) -> bool:
    """Whether this guess would lead to a simple root of the coarser mesh."""
    return root.multiplicity == 1 and abs(root.value - guess) <= 1e-4 * (1.0 + abs(guess))


def _same(before: tuple[Root, ...], now: tuple[Root, ...]) -> bool:
    if len(before) != len(now):
        return False
    pairs = zip(before, now, strict=True)
    return all(abs(a.value - b.value) <= 1e-7 * (1.0 + abs(b.value)) for a, b in pairs)


def _spectrum(
    system: LinearDelaySystem,
    roots: tuple[Root, ...],
    nodes: int,
    settled: bool,
    limit: float,
    lost: int,
) -> Spectrum:
    values, times, residuals = [], [], []
    for root in roots:
        both = (root.value, root.value.conjugate()) if root.value.imag > 0.0 else (root.value,)
        for value in both:
            values.append(value)
            times.append(root.multiplicity)
            residuals.append(root.residual)
    return Spectrum(
        system, np.array(values), np.array(times), np.array(residuals), nodes, settled, limit, lost
    )
