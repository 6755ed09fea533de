"""The pattern of a Hessian: strands put in place by `scatter` add up to the dense sum."""

import numpy as np
import pytest

from fascia.sparse import SymmetricMatrix, build_pattern


def assembled(start, points, dof, ndof, *, slips, free, rng):
    """Pattern, values scattered strand by strand, and the same sum in a dense matrix."""
    pattern = build_pattern(start, points, dof, ndof, slips=slips, free=free)
    data, dense = np.zeros(len(pattern.indices)), np.zeros((slips + free, slips + free))
    for s in range(len(start) - 1):
        unknowns = pattern.unknowns[pattern.unknown_start[s] : pattern.unknown_start[s + 1]]
        block = rng.normal(size=(len(unknowns), len(unknowns)))
        block += block.T
        places = pattern.scatter[pattern.scatter_start[s] : pattern.scatter_start[s + 1]]
        np.add.at(data, places, block.ravel())
        np.add.at(dense, np.ix_(unknowns, unknowns), block)
    return pattern, data, dense


@pytest.mark.parametrize("free", [0, 3])
@pytest.mark.parametrize("seed", range(5))
def test_scattered_strands_are_the_dense_sum(seed, free):
    """Random polylines over points with no to three slips, some of them shared."""
    rng = np.random.default_rng(seed)
    ndof = rng.integers(0, 4, 12)
    dof = np.concatenate(([0], np.cumsum(ndof)[:-1]))
    lengths = rng.integers(2, 5, 15)
    points = np.concatenate([rng.choice(12, n, replace=False) for n in lengths])
    start = np.concatenate(([0], np.cumsum(lengths)))
    slips = int(ndof.sum())
    pattern, data, dense = assembled(start, points, dof, ndof, slips=slips, free=free, rng=rng)
    matrix = SymmetricMatrix(pattern.indptr, pattern.indices)
    matrix.data[:] = data
    x = rng.normal(size=pattern.size)
    assert matrix.product(x) == pytest.approx(dense @ x, abs=1e-12)
    assert matrix.diagonal() == pytest.approx(np.diag(dense), abs=1e-12)
    assert data[pattern.diagonal] == pytest.approx(np.diag(dense), abs=1e-12)
    assert data[pattern.skeleton_block] == pytest.approx(dense[slips:, slips:], abs=1e-12)
    assert data[pattern.border[0]] == pytest.approx(dense[:slips, slips:], abs=1e-12)
    assert data[pattern.border[1]] == pytest.approx(dense[slips:, :slips].T, abs=1e-12)


def test_only_unknowns_of_one_strand_meet():
    """Two strands of three points in a row share the middle point alone."""
    start, points = np.array([0, 2, 4]), np.array([0, 1, 1, 2])
    pattern = build_pattern(start, points, np.arange(3), np.ones(3, int), slips=3, free=0)
    assert repr(pattern).startswith("<Pattern of 3 unknowns, 3 slips, ")
    columns = [
        pattern.indices[pattern.indptr[j] : pattern.indptr[j + 1]].tolist() for j in range(3)
    ]
    assert columns == [[0, 1], [0, 1, 2], [1, 2]]


def test_the_skeleton_meets_every_slip():
    pattern = build_pattern(
        np.array([0, 2]), np.array([0, 1]), np.arange(3), np.ones(3, int), slips=3, free=2
    )
    for j in (3, 4):
        assert pattern.indices[pattern.indptr[j] : pattern.indptr[j + 1]].tolist() == [*range(5)]
