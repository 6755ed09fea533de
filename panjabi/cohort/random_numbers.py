"""Random numbers of one subject, by counter: no other subject has to be computed before it."""

from __future__ import annotations

import hashlib
import operator

import numpy as np

from panjabi.errors import ParameterError


def generator(seed: int, subject: int = 0, stream: str | int = 0) -> np.random.Generator:
    """The random numbers of a subject, independent for every seed, subject and stream.

    The generator is Philox: a function of a key and a counter. Seed and stream are the key, the
    subject is the highest word of the counter, so each subject has 2**192 blocks of four numbers.
    Order, block size, executor and number of workers have no influence.

    seed : integer of 0 or more, one for a whole computation.
    stream : name or number of the use, such as "motor noise"; "1" and 1 are different streams.

    Raises
    ------
    ParameterError
        For a seed or subject that is not an integer of 0 or more (subject: below 2**64).

    References
    ----------
    Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
    """
    key = f"{natural('seed', seed)}/{type(stream).__name__}/{stream}".encode()
    number = natural("subject", subject)
    if number >= 2**64:
        raise ParameterError(f"Expected a subject below 2**64, got {subject}; number from 0.")
    return np.random.Generator(
        np.random.Philox(
            key=int.from_bytes(hashlib.blake2b(key, digest_size=16).digest(), "little"),
            counter=number << 192,
        )
    )


def random_generator(seed: int | np.random.Generator, stream: str | int = 0) -> np.random.Generator:
    """The random numbers of a seed; a generator is returned as it is.

    Raises
    ------
    ParameterError
        For a seed that is not an integer of 0 or more.
    """
    return seed if isinstance(seed, np.random.Generator) else generator(seed, stream=stream)


def natural(name: str, value: int) -> int:
    """An integer of 0 or more; another value raises ParameterError with the name."""
    try:
        number = operator.index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise ParameterError(
            f"Expected {name} as an integer of 0 or more, got {value!r}; give for example 0."
        )
    return number
