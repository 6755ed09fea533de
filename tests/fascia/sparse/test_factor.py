"""Factors against dense algebra: same solution, same verdict, same order of things."""

from importlib.util import find_spec

import numpy as np
import pytest
from generated_networks import layered_sheet, random_network, square_net
from hypothesis import given, settings, strategies as st
from scipy.sparse import csc_matrix, random_array

from fascia.mechanics import NetworkProblem
from fascia.sparse import SymmetricFactor, SymmetricMatrix, ordering
from fascia.sparse.minimum_degree_order import minimum_degree
from fascia.sparse.symbolic import analyse
from panjabi.errors import ParameterError

PACKAGE = {"pardiso": "pypardiso", "cholmod": "sksparse"}
BACKENDS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name in PACKAGE and find_spec(PACKAGE[name]) is None, reason="not installed"
        ),
    )
    for name in ("dense", "multifrontal", "superlu", "pardiso", "cholmod")
]


def pattern_of(matrix):
    """Pattern and values of a symmetric matrix, with a full diagonal and sorted columns."""
    n = matrix.shape[0]
    full = (abs(matrix) + csc_matrix(np.eye(n))).tocsc()
    full.sort_indices()
    columns = np.repeat(np.arange(n), np.diff(full.indptr))
    values = np.asarray(matrix.tocsr()[full.indices, columns]).ravel()
    return full.indptr.astype(np.int64), full.indices.astype(np.int64), values


def random_definite(n, seed, density=0.1):
    """A sparse symmetric positive definite matrix with eigenvalues from about 1 up."""
    half = random_array((n, n), density=density, rng=np.random.default_rng(seed))
    return csc_matrix(half @ half.T + csc_matrix(np.eye(n)))


def stiffness(flat):
    problem = NetworkProblem(flat)
    rng = np.random.default_rng(3)
    data = problem.hessian(1e-3 * rng.normal(size=problem.size)).copy()
    indptr, indices = problem.pattern
    matrix = csc_matrix((data, indices, indptr), shape=(problem.size, problem.size))
    return indptr, indices, data, matrix, problem.block


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_solution_is_that_of_dense_algebra(backend, n):
    matrix = random_definite(n, seed=n)
    indptr, indices, data = pattern_of(matrix)
    factor = SymmetricFactor(indptr, indices, backend=backend)
    assert factor.backend == backend
    assert factor.refactor(data)
    b = np.random.default_rng(1).normal(size=(n, 3))
    expected = np.linalg.solve(matrix.toarray(), b)
    np.testing.assert_allclose(factor.solve(b), expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(factor.solve(b[:, 1]), expected[:, 1], rtol=1e-10, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 60), seed=st.integers(0, 10**6), density=st.floats(0.0, 0.3))
def test_multifrontal_solves_any_pattern(n, seed, density):
    matrix = random_definite(n, seed, density)
    indptr, indices, data = pattern_of(matrix)
    factor = SymmetricFactor(indptr, indices, backend="multifrontal")
    assert factor.refactor(data)
    x = np.random.default_rng(seed).normal(size=n)
    np.testing.assert_allclose(factor.solve(matrix @ x), x, rtol=1e-9, atol=1e-10)
    # the determinant is the product of the pivots, whatever the order of elimination
    assert np.log(factor.pivots()).sum() == pytest.approx(
        np.linalg.slogdet(matrix.toarray())[1], rel=1e-10, abs=1e-10
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_new_values_on_the_old_pattern(backend):
    indptr, indices, data = pattern_of(random_definite(40, seed=0))
    factor = SymmetricFactor(indptr, indices, backend=backend)
    b = np.ones(40)
    assert factor.refactor(data)
    first = factor.solve(b)
    assert factor.refactor(4.0 * data)
    np.testing.assert_allclose(factor.solve(b), 0.25 * first, rtol=1e-12)
    assert factor.refactor(data, shift=2.5)
    dense = csc_matrix((data, indices, indptr)).toarray() + 2.5 * np.eye(40)
    np.testing.assert_allclose(factor.solve(b), np.linalg.solve(dense, b), rtol=1e-10)
    assert factor.factorisations == 3


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("distance", [1e-6, 0.1, 10.0])
def test_verdict_turns_at_the_smallest_eigenvalue(backend, distance):
    matrix = random_definite(50, seed=4)
    indptr, indices, data = pattern_of(matrix)
    lowest = np.linalg.eigvalsh(matrix.toarray())[0]
    factor = SymmetricFactor(indptr, indices, backend=backend)
    assert factor.refactor(data, shift=-lowest * (1.0 - distance))
    assert not factor.refactor(data, shift=-lowest * (1.0 + distance))
    assert not factor.positive_definite
    with pytest.raises(ParameterError, match="refactor"):
        factor.solve(np.ones(50))
    assert factor.refactor(data)  # an unusable factor is no obstacle to the next one
    np.testing.assert_allclose(matrix @ factor.solve(np.ones(50)), 1.0, rtol=1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
def test_zero_row_is_not_positive_definite(backend):
    matrix = random_definite(30, seed=5).tolil()
    matrix[7, :] = 0.0
    matrix[:, 7] = 0.0
    indptr, indices, data = pattern_of(csc_matrix(matrix))
    factor = SymmetricFactor(indptr, indices, backend=backend)
    assert not factor.refactor(data)
    assert factor.refactor(data, shift=1e-6)


def test_small_pivot_shows_a_mode_without_stiffness():
    chain = np.diag([2.0] * 20) - np.diag([1.0] * 19, 1) - np.diag([1.0] * 19, -1)
    chain[0, 0] = chain[-1, -1] = 1.0  # both ends loose: the chain can move as a whole
    indptr, indices, data = pattern_of(csc_matrix(chain))
    factor = SymmetricFactor(indptr, indices, backend="multifrontal")
    assert factor.refactor(data, shift=1e-10)
    assert np.count_nonzero(factor.pivots() < 1e-8) == 1


@pytest.mark.parametrize(
    "flat",
    [square_net(2000), layered_sheet(2000), random_network(1500)],
    ids=["net", "sheet", "random"],
)
def test_multifrontal_on_networks(flat):
    indptr, indices, data, matrix, where = stiffness(flat)
    x = np.random.default_rng(0).normal(size=len(where))
    shift = 1e-3 * data.max()
    for coordinates in (where, None):
        factor = SymmetricFactor(indptr, indices, coordinates)
        assert factor.backend == "multifrontal"
        assert factor.refactor(data, shift)
        np.testing.assert_allclose(factor.solve(matrix @ x + shift * x), x, atol=1e-9)


def test_nested_dissection_of_a_large_sheet():
    """Above the size at which coordinates decide the order."""
    flat = square_net(2 * (ordering.DISSECT_FROM + 2000))
    indptr, indices, data, matrix, where = stiffness(flat)
    factor = SymmetricFactor(indptr, indices, where)
    shift = 1e-3 * data.max()
    assert factor.refactor(data, shift)
    x = np.random.default_rng(0).normal(size=len(where))
    np.testing.assert_allclose(factor.solve(matrix @ x + shift * x), x, atol=1e-8)


def test_twin_shares_the_analysis_but_not_the_values():
    indptr, indices, data = pattern_of(random_definite(60, seed=6))
    for backend in ("dense", "multifrontal", "superlu"):
        factor = SymmetricFactor(indptr, indices, backend=backend)
        factor.refactor(data)
        before = factor.solve(np.ones(60))
        twin = factor.twin()
        assert not twin.positive_definite
        assert twin.refactor(3.0 * data)
        assert (factor.factorisations, twin.factorisations) == (1, 1)
        np.testing.assert_array_equal(factor.solve(np.ones(60)), before)
        np.testing.assert_allclose(twin.solve(np.ones(60)), before / 3.0, rtol=1e-12)


def test_threads_of_the_blas_are_given_back():
    from fascia.sparse.multifrontal import _thread_switch

    switch = _thread_switch()
    if switch is None:
        pytest.skip("this SciPy's BLAS is not OpenBLAS")
    set_threads, count, get_threads = switch
    indptr, indices, data = pattern_of(random_definite(60, seed=1))
    factor = SymmetricFactor(indptr, indices, backend="multifrontal")
    set_threads(count)
    assert factor.refactor(data)
    assert get_threads() == count


# -- orders ------------------------------------------------------------------------------------


def grid(n):
    """Graph of an n x n grid as CSR without loops, and where its nodes sit."""
    node = np.arange(n * n).reshape(n, n)
    pairs = np.concatenate(
        [
            np.stack([node[:-1].ravel(), node[1:].ravel()], 1),
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], 1),
        ]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    graph = csc_matrix((np.ones(len(both)), both.T), shape=(n * n, n * n))
    where = np.stack(np.divmod(np.arange(n * n), n), 1).astype(float)
    return graph.indptr.astype(np.int64), graph.indices.astype(np.int64), where


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 60), seed=st.integers(0, 10**6), density=st.floats(0.0, 0.4))
def test_every_order_is_a_permutation(n, seed, density):
    indptr, indices, _ = pattern_of(random_definite(n, seed, density))
    rng = np.random.default_rng(seed)
    where = rng.integers(0, 3, size=(n, 2)).astype(float)  # many nodes in one place
    for order in (
        ordering.fill_reducing_order(indptr, indices),
        ordering.fill_reducing_order(indptr, indices, where),
        ordering.elimination_groups(indptr, indices).order,
        ordering.nested_dissection(indptr, indices, where, leaf=3),
        ordering.nested_dissection(indptr, indices, where, leaf=3, skip=rng.random(n) < 0.2),
        minimum_degree(indptr, indices, np.ones(n, np.int64)),
    ):
        np.testing.assert_array_equal(np.sort(order), np.arange(len(order)))
    assert len(ordering.fill_reducing_order(indptr, indices)) == n


def test_separator_separates():
    """No edge joins the two halves; the last nodes are a straight line across the grid."""
    n = 20
    start, other, where = grid(n)
    order = ordering.nested_dissection(start, other, where, leaf=n * n // 2)
    last = order[-n:]
    assert np.ptp(where[last], axis=0).min() == 0.0
    half = where[order[:-n]] - where[last[0]]
    axis = int(np.argmin(np.ptp(where[last], axis=0)))
    sides = np.sign(half[:, axis])
    assert set(sides) == {-1.0, 1.0}
    assert np.count_nonzero(np.diff(sides)) == 1  # one half after the other


@pytest.mark.parametrize("hub", ["left", "right"])
def test_smaller_boundary_becomes_the_separator(hub):
    """A hub on one side of the cut meets five nodes on the other: it alone separates."""
    x = np.array([[0.0], [1], [2], [3], [4], [5], [6], [7], [8], [9]])
    edges = [(0, 4), (1, 4), (2, 4), (3, 4), *((4, j) for j in range(5, 10))]
    if hub == "right":
        x = -x
    both = np.array([*edges, *((j, i) for i, j in edges)])
    graph = csc_matrix((np.ones(len(both)), both.T), shape=(10, 10))
    order = ordering.nested_dissection(
        graph.indptr.astype(np.int64), graph.indices.astype(np.int64), x, leaf=5
    )
    assert order[-1] == 4


def fill(order, start, other):
    """Entries of the factor below the diagonal, by playing the elimination through."""
    n = len(order)
    neighbours = [set(other[start[i] : start[i + 1]]) - {i} for i in range(n)]
    total = 0
    for i in order:
        met = neighbours[i]
        total += len(met)
        for j in met:
            neighbours[j] = (neighbours[j] | met) - {i, j}
    return total


def test_orders_reduce_fill():
    start, other, where = grid(24)
    natural = fill(np.arange(24 * 24), start, other)
    degree = fill(minimum_degree(start, other, np.ones(24 * 24, np.int64)), start, other)
    dissection = fill(ordering.nested_dissection(start, other, where, leaf=4), start, other)
    assert degree < 0.5 * natural
    assert dissection < 0.6 * natural


def test_fronts_store_the_factor_and_little_more():
    start, other, _ = grid(24)
    n = 24 * 24
    matrix = csc_matrix((np.ones(len(other)), other, start), shape=(n, n)) + csc_matrix(np.eye(n))
    indptr, indices, _ = pattern_of(matrix.tocsc())
    fronts = analyse(indptr, indices)
    # of the panels, half of each diagonal block is not used
    k = np.diff(fronts.first)
    stored = fronts.panel[-1] - (k * (k - 1) // 2).sum()
    needed = fill(fronts.order, start, other) + n
    assert needed <= stored <= 1.5 * needed


def test_unknowns_with_one_pattern_stay_together():
    indptr, indices, _, _, _ = stiffness(square_net(300))
    order = ordering.fill_reducing_order(indptr, indices)
    np.testing.assert_array_equal(order.reshape(-1, 3) % 3, [[0, 1, 2]] * (len(order) // 3))


def test_dense_unknown_comes_last():
    """An unknown that meets all others would else make every separator as large as the graph."""
    start, other, where = grid(8)
    order = ordering.nested_dissection(start, other, where, leaf=4, skip=np.arange(64) == 10)
    assert order[-1] == 10


# -- what is refused ---------------------------------------------------------------------------


def test_patterns_that_are_not_symmetric_are_refused():
    lower = csc_matrix(np.tril(np.ones((4, 4))))
    hollow = csc_matrix(np.ones((3, 3)) - np.eye(3))
    for bad in (lower, hollow):
        with pytest.raises(ParameterError, match="symmetric"):
            SymmetricFactor(bad.indptr, bad.indices)
    with pytest.raises(ParameterError, match="symmetric"):  # rows out of order
        SymmetricFactor(np.array([0, 2, 4]), np.array([1, 0, 0, 1]))
    with pytest.raises(ParameterError, match="diagonal"):
        SymmetricMatrix(hollow.indptr, hollow.indices)


def test_wrong_shapes_and_names_are_refused():
    indptr, indices, data = pattern_of(random_definite(10, seed=0))
    with pytest.raises(ParameterError, match="multifrontal"):
        SymmetricFactor(indptr, indices, backend="fast")
    factor = SymmetricFactor(indptr, indices)
    with pytest.raises(ParameterError, match="entries"):
        factor.refactor(data[:-1])
    factor.refactor(data)
    with pytest.raises(ParameterError, match="right-hand side"):
        factor.solve(np.ones(11))


@pytest.mark.parametrize("backend", ["pardiso", "cholmod"])
def test_missing_library_is_named(backend):
    if find_spec(PACKAGE[backend]) is not None:
        pytest.skip("installed here")
    with pytest.raises(ParameterError, match=r"pypardiso|scikit-sparse"):
        SymmetricFactor(np.array([0, 1]), np.array([0]), backend=backend)


# -- the matrix itself -------------------------------------------------------------------------


def test_product_and_hold():
    sparse = random_definite(25, seed=8)
    indptr, indices, data = pattern_of(sparse)
    matrix = SymmetricMatrix(indptr, indices)
    matrix.data[:] = data
    x = np.random.default_rng(0).normal(size=25)
    np.testing.assert_allclose(matrix.product(x), sparse @ x, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(matrix.diagonal(), sparse.diagonal())
    held = np.zeros(25, bool)
    held[[3, 11]] = True
    matrix.hold(held, 7.0)
    expected = sparse.toarray()
    expected[held, :] = expected[:, held] = 0.0
    expected[held, held] = 7.0
    np.testing.assert_allclose(
        csc_matrix((matrix.data, indices, indptr)).toarray(), expected, atol=1e-15
    )


@pytest.mark.parametrize("seed", range(3))
def test_plain_python_analyses_the_same(seed):
    """The compiled passes over graph and tree are also plain Python."""
    from fascia.sparse import matrix as dense, minimum_degree_order as mindegree

    indptr, indices, data = pattern_of(random_definite(25, seed, 0.08))
    group, count = ordering._groups.py_func(indptr, indices)
    assert count == ordering._groups(indptr, indices)[1]
    start, other, weight = ordering._quotient.py_func(indptr, indices, group, count)
    np.testing.assert_array_equal(
        mindegree._minimum_degree.py_func(start, other, weight),
        mindegree._minimum_degree(start, other, weight),
    )
    assert ordering.is_symmetric.py_func(indptr, indices)
    out = [np.empty(25), np.empty(25)]
    x = np.arange(25.0)
    dense._product.py_func(indptr, indices, data, x, out[0])
    dense._product(indptr, indices, data, x, out[1])
    np.testing.assert_allclose(out[0], out[1], rtol=1e-13)
