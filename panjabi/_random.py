"""Generators of random numbers from a seed."""

from __future__ import annotations

import numpy as np

from panjabi.errors import ParameterError

Seed = int | np.random.SeedSequence | np.random.Generator


def random_generator(seed: Seed) -> np.random.Generator:
    """The generator of a seed; a generator is returned as it is.

    Raises
    ------
    ParameterError
        For a seed that is no integer of 0 or more.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(seed_sequence(seed))


def seed_sequence(seed: int | np.random.SeedSequence) -> np.random.SeedSequence:
    """The sequence of a seed, from which one seed per subject can be taken.

    Raises
    ------
    ParameterError
        For a seed that is no integer of 0 or more.
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ParameterError(
            f"Expected a seed as an integer of 0 or more, got {seed!r}; give for example 0."
        )
    return np.random.SeedSequence(int(seed))
