"""Counter-based random numbers: independent of order, and of each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.cohort import generator
from panjabi.errors import ParameterError

NAMES = st.text(max_size=5) | st.integers(0, 5)


@given(st.integers(0, 2**80), st.integers(0, 2**64 - 1), NAMES)
def test_numbers_are_a_function_of_seed_subject_and_stream(seed, subject, stream):
    first = generator(seed, subject, stream).random(3)
    generator(seed, 0, stream).random(100)
    assert np.array_equal(first, generator(seed, subject, stream).random(3))


def test_neighbours_are_independent():
    """Seeds, subjects and streams side by side: no common number, no correlation."""
    keys = itertools.product((0, 1), (0, 1, 2**64 - 1), ("a", "b", 1, "1"))
    rows = np.array([generator(*key).standard_normal(4000) for key in keys])
    assert len(np.unique(rows)) == rows.size
    correlation = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(correlation).max() < 5.0 / np.sqrt(4000)


def test_the_numbers_are_those_of_philox():
    """An independent computation of the first numbers: key by hash, subject in the top word."""
    import hashlib

    key = hashlib.blake2b(b"3/str/noise", digest_size=16).digest()
    words = np.frombuffer(key, "<u8")
    bits = np.random.Philox(key=words, counter=np.array([0, 0, 0, 5], np.uint64))
    assert np.array_equal(generator(3, 5, "noise").random(4), np.random.Generator(bits).random(4))


@pytest.mark.parametrize("values", [(-1, 0), (0.5, 0), (0, -1), (0, 2**64)])
def test_invalid_numbers_raise(values):
    with pytest.raises(ParameterError, match="Expected (seed|subject|a subject)"):
        generator(*values)
