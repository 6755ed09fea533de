"""LU factors of a small dense matrix with row pivots, in place, kernel level."""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import inner


@inner
def factor(a, pivots):
    """Overwrite a with its factors; False where it is singular or not finite."""
    n = a.shape[0]
    for c in range(n):
        best = c
        for r in range(c + 1, n):
            if abs(a[r, c]) > abs(a[best, c]):
                best = r
        pivots[c] = best
        if not abs(a[best, c]) > 0.0:
            return False
        if best != c:
            for j in range(n):
                a[c, j], a[best, j] = a[best, j], a[c, j]
        inverse = 1.0 / a[c, c]
        for r in range(c + 1, n):
            multiplier = a[r, c] * inverse
            a[r, c] = multiplier
            if multiplier != 0.0:
                for j in range(c + 1, n):
                    a[r, j] -= multiplier * a[c, j]
    return True


@inner
def solve_factored(a, pivots, b):
    """Overwrite b with the solution."""
    n = b.size
    for c in range(n):
        b[c], b[pivots[c]] = b[pivots[c]], b[c]
    for r in range(n):
        for j in range(r):
            b[r] -= a[r, j] * b[j]
    for r in range(n - 1, -1, -1):
        for j in range(r + 1, n):
            b[r] -= a[r, j] * b[j]
        b[r] /= a[r, r]
