"""Nested NamedTuples as one vector."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numba import njit

from panjabi.arrays import Block, IntegerMatrix, Integers, Matrix, Vector
from panjabi.spine.flat import NONE, flatten, reader


class Inner(NamedTuple):
    count: int
    values: Matrix
    index: Integers
    flag: bool


class Outer(NamedTuple):
    size: float
    first: Inner
    block: Block
    pairs: IntegerMatrix
    second: Inner
    last: Vector


read = reader(Outer)


@njit
def changed(p):
    """The record written by compiled code, and read again."""
    data = read(p)
    data.last[:] = data.size
    data.block[-1, 0, 0] = data.first.count
    return data.second.index.sum(), data.pairs[0, 1], data.second.flag


@given(st.lists(st.integers(0, 4), min_size=9, max_size=9), st.randoms(use_true_random=False))
def test_every_array_and_number_comes_back(sizes, random):
    rng = np.random.default_rng(random.randrange(2**32))
    a, b, c, d, e, f, g, h, k = sizes

    def inner(rows, columns, length):
        values = rng.normal(size=(rows, columns))
        return Inner(7, values, rng.integers(0, 2**62, length), bool(rows % 2))

    data = Outer(
        -2.5, inner(a, b, c), rng.normal(size=(d + 1, e + 1, f + 1)),
        rng.integers(0, 9, (g + 1, 2)), inner(h, k, a), rng.normal(size=b),
    )  # fmt: skip
    p = flatten(data)
    assert np.isfinite(p).all()
    result = read(p)

    def equal(one, two):
        for x, y in zip(one, two, strict=True):
            if isinstance(x, tuple):
                equal(x, y)
            else:
                assert np.shape(x) == np.shape(y) and np.array_equal(x, y)

    equal(data, result)
    total, pair, flag = changed(p)
    assert (total, pair, flag) == (
        data.second.index.sum(), data.pairs[0, 1], data.second.flag
    )  # fmt: skip
    assert (result.last == data.size).all() and result.block[-1, 0, 0] == 7


def test_indices_below_zero_mean_none_and_keep_the_vector_finite():
    index = np.array([3, -1, -5])
    inner = Inner(-1, np.zeros((0, 2)), index, False)
    data = Outer(0.0, inner, np.zeros((1, 1, 1)), np.zeros((1, 2), int), inner, np.zeros(1))
    p = flatten(data)
    assert np.isfinite(p).all()
    assert read(p).first.index.tolist() == [3, NONE, NONE] and read(p).first.count == NONE


def test_a_value_that_does_not_fit_its_annotation_is_an_error():
    inner = Inner(1, np.zeros((1, 2)), np.zeros(2, int), True)
    good = Outer(0.0, inner, np.zeros((1, 1, 1)), np.zeros((1, 2), int), inner, np.zeros(1))
    with pytest.raises(TypeError, match=r"Outer\.last with 1 dimensions of floats, got 2 of float"):
        flatten(good._replace(last=np.zeros((1, 1))))
    with pytest.raises(TypeError, match=r"Inner\.index with 1 dimensions of integers, got 1 of fl"):
        flatten(good._replace(first=inner._replace(index=np.zeros(2))))
    with pytest.raises(TypeError, match=r"Expected Inner as Outer\.second"):
        flatten(good._replace(second=(1, 2)))
