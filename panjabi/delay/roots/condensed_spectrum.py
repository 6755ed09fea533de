"""Roots of a large system whose many inner states are coupled by a few: a spine with its muscles.

Activation, fibre and receptor of a muscle act on other muscles only through coordinates, rates,
compressions, and afferents that excite several muscles. So the characteristic matrix has a border
(these states, see `border_states`) and many small blocks. The blocks are eliminated exactly,

    D(s) = M_bb - M_bi M_ii^-1 M_ib,      det M = det D x product of the blocks' determinants,

successive linear problems from many starts give the roots of D, and the argument principle on
det M tells whether a root is missing. A root of several blocks, such as a relaxation time that all
muscles share, is a pole of D and yet a root of M where combinations of these blocks have no effect
on the border. So the roots of the blocks right of the others are tested too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.counting import root_bound
from panjabi.delay.roots.system import Complexes, DelayTerm, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import ShortRepr

Integers = NDArray[np.int64]

STARTS = (0.0, 1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0, 26.0, 30.0, 35.0, 40.0, 47.0, 55.0, 75.0)
"""Frequencies of the starts [rad/s]; a trunk responds below 10 Hz."""

# Sizes of the starts for real roots [1/s]: largest, smallest, number. None is a round number, since
# the matrix is singular at the inverse of a relaxation time.
REAL = (97.3, 1.03e-4, 70)
RIGHTMOST = 3  # real roots that are followed
WIDE, DENSE = (-1.0, 2.0, 8.0, 25.0), np.arange(0.0, 120.0, 5.0)  # starts if a root is missing
ACROSS = (-4.0, 0.3)  # real parts of the starts [1/s]
STEPS = 15
RESIDUAL = 1e-8
SAME = 1e-6
FARTHER = 1e3  # multiple of the bound on the roots at which phases are near zero
TURN = 1.2  # largest turn of the phase between two points [rad]
STACK = 24  # values of s at a time
CLOSEST = 1e-9  # smallest spacing, as a fraction of the bound
SMALL = 12  # states of a system that is not condensed
NULL = 1e-9  # largest singular value of a singular matrix over its largest
ASIDE = 1e-10  # step away from a root of a block, over 1 + |s|
AROUND = np.geomspace(
    1e-4, 0.1, 10
)  # distances of starts from a root of many blocks, over its size


@dataclass(frozen=True, eq=False, repr=False)
class CondensedSpectrum(ShortRepr):
    """Roots that the starts led to, one of each pair, and a check of their number.

    Only those right of `right_of` are known to be all, and only if `complete`. Left of it roots may
    be missing, above all among close relaxation times.
    """

    roots: Complexes  # (k,) from the right [1/s]
    residual: Floats  # (k,) least singular value of D over the largest
    right_of: float  # line of the count; by default just right of the first root [1/s]
    counted: int | None  # roots right of it by the argument principle; None: not counted

    @property
    def rightmost(self) -> complex:
        return complex(self.roots[0])

    @property
    def stable(self) -> bool:
        return self.rightmost.real < 0.0

    @property
    def found(self) -> int:
        """Number of these roots right of the line, both of a pair."""
        right = self.roots[self.roots.real > self.right_of]
        return len(right) + int(np.count_nonzero(right.imag))

    @property
    def complete(self) -> bool:
        """Whether the count confirms that all roots right of the line are found."""
        return self.counted == self.found


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Inner blocks of one size, an array for each term (E, A0, A1, ...), and their coupling."""

    states: Integers  # (blocks, b) indices in the system
    inner: Floats  # (terms, blocks, b, b)
    senses: Floats  # (terms, blocks, b, r) effect of each direction on the block
    acts: Floats  # (terms, blocks, p, b) effect of the block on each direction
    into: Floats  # (blocks * r, m) directions in the border that act on blocks
    out: Floats  # (m, blocks * p) directions in the border on which blocks act


class Condensed:
    """A linear system with delays on its border states.

    border : indices of these states; by default those of `border_states`.

    Raises
    ------
    ParameterError
        For a neutral system, or border states that are not among its states.
    """

    def __init__(self, system: LinearDelaySystem, border: Sequence[int] | None = None) -> None:
        from scipy import sparse
        from scipy.sparse.csgraph import connected_components

        b = np.array(sorted(set(border_states(system) if border is None else border)), np.int64)
        if system.neutral or not b.size or b[0] < 0 or b[-1] >= system.size:
            raise ParameterError(
                "Expected one or more border states of a system without delayed derivatives, "
                f"got {len(b)} border states of a {'neutral ' if system.neutral else ''}system "
                f"of {system.size} states; leave `border` out to have it chosen."
            )
        self.system, self.border = system, b
        self.delays = np.array([0.0, 0.0, *system.delays])
        terms = _terms(system)
        self.border_terms = terms[:, b[:, None], b]
        inner = np.setdiff1d(np.arange(system.size), b)
        coupled = _coupled(terms)[inner[:, None], inner]
        count, label = 0, np.empty(0)
        if inner.size:
            count, label = connected_components(sparse.csr_matrix(coupled), directed=False)
        members = [inner[label == k] for k in range(count)]
        self.groups: list[_Blocks] = []
        for size in sorted({len(block) for block in members}):
            at = np.array([block for block in members if len(block) == size], np.int64)
            self.groups.append(_coupled_blocks(terms, at, b))

    def _weights(self, s: Complexes) -> tuple[Complexes, Complexes]:
        """Weight of every term in M(s) and in M'(s), (k, terms)."""
        late = np.exp(-s[:, None] * self.delays[None, :])
        w = -late
        w[:, 0], w[:, 1] = s, -1.0
        dw = self.delays * late
        dw[:, 0], dw[:, 1] = 1.0, 0.0
        return w, dw

    def at(self, s: Complexes) -> tuple[Complexes, Complexes]:
        """D and D', (k, m, m)."""
        D, dD = self._stacked(s, slope=True)
        return D, dD

    def value(self, s: Complexes) -> Complexes:
        """D alone, (k, m, m)."""
        return self._stacked(s, slope=False)[0]

    def _stacked(self, s: Complexes, *, slope: bool) -> list[Complexes]:
        """D, and D' if asked for, of a few values at a time."""
        if len(s) > STACK:
            parts = [self._stacked(s[k : k + STACK], slope=slope) for k in range(0, len(s), STACK)]
            return [np.concatenate(part) for part in zip(*parts, strict=True)]
        try:
            return self._at(s, slope)
        except np.linalg.LinAlgError:
            return self._at(self._aside(s), slope)

    def _aside(self, s: Complexes) -> Complexes:
        """The same values, but those at which a block is singular are moved by rounding."""
        weights, _ = self._weights(s)
        hit = np.zeros(len(s), bool)
        for g in self.groups:
            hit |= (np.linalg.det(np.tensordot(weights, g.inner, 1)) == 0.0).any(axis=1)
        return np.where(hit, s + ASIDE * (1.0 + np.abs(s)), s)

    def _at(self, s: Complexes, slope: bool) -> list[Complexes]:
        w, dw = self._weights(s)
        D = np.tensordot(w, self.border_terms, 1)
        dD = np.tensordot(dw, self.border_terms, 1) if slope else D
        for g in self.groups:
            M, B, C = (np.tensordot(w, terms, 1) for terms in (g.inner, g.senses, g.acts))
            inverse = np.linalg.inv(M)
            X = inverse @ B  # (k, blocks, b, r)
            D = D - _spread(g, C @ X)
            if slope:
                dM, dB, dC = (np.tensordot(dw, terms, 1) for terms in (g.inner, g.senses, g.acts))
                dD = dD - _spread(g, dC @ X + C @ (inverse @ (dB - dM @ X)))
        return [D, dD] if slope else [D]

    def left(self, rows: Floats, s: Complexes) -> Complexes:
        """rows M(s)^-1 (k, p, n) for rows (p, n) that are zero outside the border.

        Times a column of inputs it is the response of these outputs.

        Raises
        ------
        ParameterError
            For a row that reads a state outside the border.
        """
        b, outside = self.border, np.delete(rows, self.border, axis=1)
        if outside.any():
            raise ParameterError(
                "Expected rows that read border states only, got one that reads others; give "
                "these states as `border` too."
            )
        result = np.empty((len(s), len(rows), self.system.size), complex)
        for first in range(0, len(s), STACK):
            at, part = s[first : first + STACK], result[first : first + STACK]
            D = self.value(at)
            X = np.linalg.solve(D.swapaxes(1, 2), rows[:, b].T.astype(complex)).swapaxes(1, 2)
            part[:, :, b] = X
            weights, _ = self._weights(at)
            for g in self.groups:
                M, C = (np.tensordot(weights, x, 1) for x in (g.inner, g.acts))
                blocks, p = C.shape[1:3]
                into = (X @ g.out).reshape(*X.shape[:2], blocks, p)
                pushed = np.einsum("krbp,kbpi->kbri", into, C @ np.linalg.inv(M))
                part[:, :, g.states] = -pushed.swapaxes(1, 2)
        return result

    def delayed_by(self, extra: float) -> Condensed:
        """The same system with every delay longer by `extra` [s]."""
        delayed = copy(self)
        delayed.__dict__.pop("_poles", None)
        delayed.delays = np.concatenate([self.delays[:2], self.delays[2:] + extra])
        return delayed

    def rightmost(self, more: Complexes | None = None) -> CondensedSpectrum:
        """The roots that the starts lead to, from the right, one of each pair; without a count.

        more : starts in addition to the default.

        Raises
        ------
        ConvergenceError
            If no start leads to a root.
        """
        usual = [complex(x, w) for x in ACROSS for w in STARTS]
        starts = [np.array(usual), self._real_starts(), np.array([]) if more is None else more]
        s, size = self.roots(np.concatenate(starts))
        kept: list[complex] = []
        sizes: list[float] = []
        for k in np.argsort(-s.real):
            again = any(abs(s[k] - r) <= SAME * (1.0 + abs(r)) for r in kept)
            if size[k] <= RESIDUAL and not again:
                kept.append(complex(s[k]))
                sizes.append(float(size[k]))
        for p, _ in self._poles:
            if kept and p.real <= kept[0].real:
                break
            size = self._null(p)
            if size <= NULL:
                kept.insert(0, p)
                sizes.insert(0, size)
                break
        if not kept:
            raise ConvergenceError(
                f"Expected a root from at least one of {len(s)} starts, got none, perhaps "
                "because states differ much in size or the roots are far from the starts; "
                "scale the states."
            )
        line = kept[0].real + 1e-3 * max(abs(kept[0].real), 0.01)
        return CondensedSpectrum(np.array(kept), np.array(sizes), line, None)

    def scaled(self, factor: float) -> Condensed:
        """The same system with every delayed term times a factor: all loops with this gain."""
        changed = copy(self)
        changed.__dict__.pop("_poles", None)

        def late(terms: Floats) -> Floats:
            return np.concatenate([terms[:2], factor * terms[2:]])

        changed.border_terms = late(self.border_terms)
        changed.groups = [
            replace(g, inner=late(g.inner), senses=late(g.senses), acts=late(g.acts))
            for g in self.groups
        ]
        delayed = tuple(DelayTerm(t.delay, factor * t.state) for t in self.system.delayed)
        changed.system = replace(self.system, delayed=delayed)
        return changed

    def spectrum(
        self, right_of: float | None = None, found: CondensedSpectrum | None = None
    ) -> CondensedSpectrum:
        """The rightmost roots with a count; more starts follow if a root is missing.

        right_of : line of the count [1/s]; by default just right of the first root.
        found : what `rightmost()` gives, if it is known.
        """
        more: Complexes | None = None
        while True:
            spectrum = self.rightmost(more) if found is None or more is not None else found
            line = spectrum.right_of if right_of is None else right_of
            spectrum = replace(spectrum, right_of=line, counted=self.count_right_of(line))
            if spectrum.complete or more is not None:
                return spectrum
            starts = [complex(x, w) for x in WIDE for w in DENSE]
            more = np.concatenate([starts, self._near_shared_poles()])

    @cached_property
    def _poles(self) -> list[tuple[complex, int]]:
        """Roots of the blocks, one of each pair, with the number of blocks; from the right.

        These are eigenvalues of a block without its delays that are roots with them as well. Those
        left of all starts are left out.
        """
        found: list[complex] = []
        for g in self.groups:
            values = np.linalg.eigvals(np.linalg.solve(g.inner[0], g.inner[1])).astype(complex)
            for b, every in enumerate(values):
                own = every[every.real > -REAL[0]]
                weights, _ = self._weights(own)
                sizes = np.linalg.svd(np.tensordot(weights, g.inner[:, b], 1), compute_uv=False)
                found += list(own[(sizes[:, -1] <= NULL * sizes[:, 0]) & (own.imag >= 0.0)])
        unique: list[tuple[complex, int]] = []
        for p in sorted(found, key=lambda p: (-p.real, p.imag)):
            if unique and abs(p - unique[-1][0]) <= SAME * abs(p):
                unique[-1] = (unique[-1][0], unique[-1][1] + 1)
            else:
                unique.append((p, 1))
        return unique

    def _near_shared_poles(self) -> Floats:
        """Points beside real roots that more blocks share than the border has states."""
        many = [p.real for p, count in self._poles if p.imag == 0.0 and count > len(self.border)]
        return np.multiply.outer(many, np.concatenate([1.0 - AROUND, 1.0 + AROUND])).ravel()

    def _null(self, s: complex) -> float:
        """Least singular value over the largest of M at a root of blocks; other blocks eliminated.

        The singular blocks keep their null vectors as additional unknowns and equations.
        """
        w = self._weights(np.array([s]))[0][0]
        D = np.tensordot(w, self.border_terms, 1)
        columns: list[NDArray[np.inexact]] = []
        rows: list[NDArray[np.inexact]] = []
        for g in self.groups:
            M, B, C = (np.tensordot(w, x, 1) for x in (g.inner, g.senses, g.acts))
            U, size, V = np.linalg.svd(M)
            empty = size <= NULL * size.max(axis=1, keepdims=True)
            part = np.where(empty, 0.0, 1.0 / np.where(empty, 1.0, size))
            inverse = (V.conj().swapaxes(1, 2) * part[:, None, :]) @ U.conj().swapaxes(1, 2)
            D = D - _spread(g, (C @ inverse @ B)[None])[0]
            into, out = g.into.reshape(len(M), -1, len(D)), g.out.reshape(len(D), len(M), -1)
            for b, k in np.argwhere(empty):
                columns.append(out[:, b] @ C[b] @ V[b, k].conj())
                rows.append(U[b, :, k].conj() @ B[b] @ into[b])
        whole = np.zeros((len(D) + len(rows),) * 2, complex)
        whole[: len(D), : len(D)] = D
        for k, (column, row) in enumerate(zip(columns, rows, strict=True)):
            at = len(D) + k
            whole[: len(D), at], whole[at, : len(D)] = column, row
        sizes = np.linalg.svd(whole, compute_uv=False)
        return float(sizes[-1] / sizes[0])

    def _real_starts(self) -> Complexes:
        """Starts near the rightmost real roots, where det M, which has no poles, changes sign."""

        def sign(x: Floats) -> Floats:
            s = x.astype(complex)
            total = np.linalg.slogdet(self.value(s))[0].real
            weights, _ = self._weights(s)
            for g in self.groups:
                blocks = np.linalg.det(np.tensordot(weights, g.inner, 1)).real
                total = total * np.prod(np.sign(blocks), axis=1)
            return np.sign(total)

        sides = -np.geomspace(*REAL), [0.0], np.geomspace(*REAL), self._near_shared_poles()
        x = np.sort(np.concatenate(sides))
        signs = sign(x)
        at = np.flatnonzero(signs[1:] != signs[:-1])[-RIGHTMOST:]
        low, high, side = x[at], x[at + 1], signs[at]
        for _ in range(14 if at.size else 0):
            middle = 0.5 * (low + high)
            same = sign(middle) == side
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return (0.5 * (low + high)).astype(complex)

    # --- roots ----------------------------------------------------------------------------

    def roots(self, starts: Complexes) -> tuple[Complexes, Floats]:
        """Roots that successive linear problems reach from the starts, and their residuals.

        The residual is infinite where the last step is still long.
        """
        s = np.array(starts, complex)
        active, last = np.ones(len(s), bool), np.zeros(len(s))
        for _ in range(STEPS):
            if not active.any():
                break
            at = s[active]
            D, dD = self.at(at)
            with np.errstate(all="ignore"):
                values = np.linalg.eigvals(np.linalg.solve(dD, D))
            step = -values[np.arange(len(at)), np.abs(values).argmin(axis=1)]
            largest = 0.5 * (1.0 + np.abs(at))
            step *= np.minimum(1.0, largest / np.maximum(np.abs(step), 1e-300))
            moved = at + step
            moved = np.where(moved.imag < 0.0, moved.conj(), moved)
            s[active], last[active] = moved, np.abs(step)
            going = np.abs(step) > 1e-11 * (1.0 + np.abs(moved))
            active[np.flatnonzero(active)[~going]] = False
        s = np.where(np.abs(np.imag(s)) <= 1e-8 * (1.0 + np.abs(s)), np.real(s) + 0j, s)
        sizes = np.linalg.svd(self.value(s), compute_uv=False)
        arrived = last <= SAME * (1.0 + np.abs(s))
        return s, np.where(arrived, sizes[:, -1] / sizes[:, 0], np.inf)

    # --- counting -------------------------------------------------------------------------

    def count_right_of(self, x: float) -> int:
        """Number of roots with real part above x, by the argument principle.

        The number is the zeros of det D minus its poles, plus the roots of the blocks, which are
        these poles. Phases are followed separately for D and for every block, so that they turn
        slowly.

        Raises
        ------
        ConvergenceError
            If a root lies on the line to within rounding.
        """
        bound = root_bound(self.system, x)
        m = len(self.border)

        def border(w: Floats) -> tuple[Floats, Floats]:
            s = x + 1j * w
            D, dD = self.at(s)
            phase = np.angle(np.linalg.slogdet(D)[0]) - m * np.angle(s - x + bound)
            pace = np.einsum("kij,kji->k", np.linalg.inv(D), dD) - m / (s - x + bound)
            return phase[:, None], np.abs(pace)[:, None]

        number = _turns(border, bound, x)
        for g in self.groups:
            b = g.inner.shape[-1]

            def block(w: Floats, g: _Blocks = g, b: int = b) -> tuple[Floats, Floats]:
                s = self._aside(x + 1j * w)
                weights, rates = self._weights(s)
                M, dM = (np.tensordot(y, g.inner, 1) for y in (weights, rates))
                phase = np.angle(np.linalg.det(M)) - b * np.angle(s - x + bound)[:, None]
                pace = np.einsum("kbij,kbji->kb", np.linalg.inv(M), dM)
                return phase, np.abs(pace - (b / (s - x + bound))[:, None])

            number += _turns(block, bound, x)
        return number


def border_states(system: LinearDelaySystem) -> tuple[int, ...]:
    """Indices of the states that couple many others, ascending.

    The state with the most couplings is removed again and again, until m removed states and the
    b states of each block that is left make the least m^3 + sum of b^3, the cost of D. It reads
    only which entries of the matrices are zero, so it needs no names.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    if system.size <= SMALL:
        return tuple(range(system.size))
    coupled = _coupled(_terms(system))
    coupled |= coupled.T
    np.fill_diagonal(coupled, val=False)
    graph, couplings = sparse.csr_matrix(coupled), coupled.sum(axis=1)
    kept, removed = np.ones(system.size, bool), list[int]()
    least, best = np.inf, 0
    while len(removed) ** 3 < least and kept.any():
        left = graph[kept][:, kept]
        sizes = np.bincount(connected_components(left, directed=False)[1])
        cost = len(removed) ** 3 + float((sizes.astype(float) ** 3).sum())
        if removed and cost < least:
            least, best = cost, len(removed)
        most = int(np.where(kept, couplings, -1).argmax())
        kept[most] = False
        couplings = couplings - coupled[most]
        removed.append(most)
    return tuple(sorted(removed[:best]))


def _terms(system: LinearDelaySystem) -> Floats:
    """E, A0, A1, ... (terms, n, n)."""
    return np.array([system.E, system.now, *(t.state for t in system.delayed)])


def _coupled(terms: Floats) -> NDArray[np.bool_]:
    """Which entries (n, n) any of the terms has."""
    found = terms[0] != 0.0
    for term in terms[1:]:
        found |= term != 0.0
    return found


def _turns(phase_of: Callable[[Floats], tuple[Floats, Floats]], bound: float, x: float) -> int:
    """Zeros right of x, from the phase of functions (columns) that tend to 1 at infinity."""
    w = np.unique(np.concatenate([np.zeros(1), np.geomspace(1e-3, FARTHER * bound, 120)]))
    phase, pace = phase_of(w)
    while True:
        gap, change = np.diff(w)[:, None], np.angle(np.exp(1j * np.diff(phase, axis=0)))
        wide = (np.minimum(pace[1:], pace[:-1]) * gap > TURN) | (np.abs(change) > TURN)
        wide = wide.any(axis=1)
        if not wide.any():
            break
        if np.diff(w)[wide].min() < CLOSEST * bound:
            raise ConvergenceError(
                f"Expected no root on the line Re s = {x:g}, got one to within rounding, so the "
                "roots right of the line cannot be counted; move the line."
            )
        more = w[:-1][wide] + 0.5 * np.diff(w)[wide]
        new, new_pace = phase_of(more)
        order = np.argsort(np.concatenate([w, more]))
        w = np.concatenate([w, more])[order]
        phase, pace = (np.concatenate(p)[order] for p in ((phase, new), (pace, new_pace)))
    end = np.angle(np.exp(1j * phase[-1]))
    number = (end - change.sum(axis=0)).sum() / np.pi
    if abs(number - round(number)) > 0.1:
        raise ConvergenceError(
            f"Expected a whole number of roots right of {x:g}, got {number:.3f} from the phase; "
            "move the line."
        )
    return round(float(number))


def _coupled_blocks(terms: Floats, at: Integers, border: Integers) -> _Blocks:
    """Blocks of the states `at` (blocks, b), coupled to the border in singular directions."""
    count, b = at.shape
    number = len(terms)
    inputs = np.moveaxis(terms[:, at[:, :, None], border[None, None, :]], 0, 1)
    into, senses = _directions(inputs.reshape(count, number * b, -1))
    outputs = np.moveaxis(terms[:, border[None, :, None], at[:, None, :]], 0, 1)
    outputs = np.swapaxes(outputs, 2, 3).reshape(count, number * b, -1)
    out, acts = _directions(outputs)
    r, p, m = into.shape[1], out.shape[1], len(border)
    return _Blocks(
        at,
        terms[:, at[:, :, None], at[:, None, :]],
        np.moveaxis(senses.reshape(count, number, b, r), 1, 0),
        np.swapaxes(np.moveaxis(acts.reshape(count, number, b, p), 1, 0), 2, 3),
        into.reshape(count * r, m),
        np.moveaxis(out, 2, 0).reshape(m, count * p),
    )


def _directions(couplings: Floats) -> tuple[Floats, Floats]:
    """Row space (blocks, r, m), coefficients (blocks, rows, r): couplings = coefficients @ rows."""
    u, size, rows = np.linalg.svd(couplings, full_matrices=False)
    r = max(1, int((size > 1e-13 * size[:, :1]).sum(axis=1).max()))
    return rows[:, :r], u[:, :, :r] * size[:, None, :r]


def _spread(g: _Blocks, H: Complexes) -> Complexes:
    """out H into, (k, m, m); real and imaginary parts of H apart, since the directions are real."""
    k, blocks, p, r = H.shape
    parts = np.concatenate([H.real, H.imag]).swapaxes(0, 1).reshape(blocks, 2 * k * p, r)
    pushed = (parts @ g.into.reshape(blocks, r, -1)).reshape(blocks, 2 * k, p, -1)
    real, imaginary = np.split(g.out @ pushed.swapaxes(0, 1).reshape(2 * k, blocks * p, -1), 2)
    return real + 1j * imaginary
