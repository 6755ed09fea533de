"""A block of subjects, and the rows of results that a function returns for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.cohort.random_numbers import generator
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

D = TypeVar("D")
Columns = dict[str, NDArray[np.generic]]
"""Name -> array whose first axis is the subject."""

Function = Callable[[D, "Block"], Mapping[str, ArrayLike]]

FAILURE = "failure"  # name of the column of reasons; empty text: the subject did not fail


@dataclass(frozen=True, eq=False, repr=False)
class Block(ShortRepr):
    """Subjects `first` to `first + len(block) - 1`, with a copy of their inputs."""

    first: int
    count: int
    seed: int = 0
    inputs: Columns = field(default_factory=dict)  # one row for each subject of the block

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        """An input of the subjects, first axis: subjects of the block."""
        return self.inputs[name]

    def floats(self, name: str) -> NDArray[np.float64]:
        """An input that is a number, as floats."""
        return np.asarray(self.inputs[name], dtype=np.float64)

    @property
    def subjects(self) -> range:
        """Numbers of the subjects in the whole cohort."""
        return range(self.first, self.first + self.count)

    def one(self, k: int) -> Block:
        """The block with subject k of this block alone, k from 0."""
        inputs = {name: rows[k : k + 1] for name, rows in self.inputs.items()}
        return Block(self.first + k, 1, self.seed, inputs)

    def generator(self, k: int = 0, stream: str | int = 0) -> np.random.Generator:
        """Random numbers of subject k of this block; see `panjabi.cohort.generator`."""
        return generator(self.seed, self.first + k, stream)


@dataclass(frozen=True)
class EachSubject(Generic[D]):
    """Function of a block from a function of one subject.

    function(description, block) gets blocks of one subject and returns a mapping of numbers, texts
    or arrays without an axis for subjects. An error is the failure of this subject alone.
    """

    function: Function[D]

    def __call__(self, description: D, block: Block) -> Columns:
        return stacked([self._row(description, block.one(k)) for k in range(len(block))])

    def _row(self, description: D, subject: Block) -> Columns:
        try:
            values = self.function(description, subject)
        except Exception as error:
            return failed(error)
        return {FAILURE: np.array([""])} | {k: np.asarray(v)[None] for k, v in values.items()}


def computed(function: Function[D], description: D, block: Block) -> Columns:
    """Rows of a block. If the function fails, each subject is computed alone.

    Raises
    ------
    ParameterError
        If the function does not return one row for each subject.
    """
    try:
        values = function(description, block)
    except Exception as error:
        if len(block) == 1:
            return failed(error)
        return stacked([computed(function, description, block.one(k)) for k in range(len(block))])
    return checked_rows(values, len(block))


def failed(error: Exception) -> Columns:
    """The row of a subject that failed: the reason alone. Lack of memory is no such reason."""
    if isinstance(error, MemoryError):
        raise error
    return {FAILURE: np.array([f"{type(error).__name__}: {error}"])}


def checked_rows(values: object, count: int) -> Columns:
    """What a function returned, as arrays with one row for each of `count` subjects."""
    if not isinstance(values, Mapping):
        raise ParameterError(
            "Expected a mapping of arrays as the result of a block, got "
            f"{type(values).__name__}; return for example {{'angle': angles}}."
        )
    rows = {FAILURE: np.full(count, "")} | {str(k): np.asarray(v) for k, v in values.items()}
    if rows[FAILURE].dtype.kind != "U":
        raise ParameterError(
            f"Expected reasons as texts in the column {FAILURE!r}, got {rows[FAILURE].dtype}; give "
            "a result that is no reason another name."
        )
    for name, array in rows.items():
        if array.ndim == 0 or len(array) != count or array.dtype.kind not in "biufcU":
            raise ParameterError(
                f"Expected numbers or texts with one row for each of {count} subjects in "
                f"{name!r}, got {array.dtype} of shape {array.shape}; return an array whose first "
                "axis is the subject of the block."
            )
    return rows


def stacked(parts: Sequence[Columns]) -> Columns:
    """The rows of all parts in order; NaN, 0, False or empty text where a part has no values.

    Raises
    ------
    ParameterError
        If the rows of two parts differ in shape, or a subject that did not fail has no value.
    """
    shapes = {
        name: (array.shape[1:], array.dtype) for part in parts for name, array in part.items()
    }
    for part in parts:
        missing = [name for name in shapes if name not in part]
        if missing and (part[FAILURE] == "").any():
            raise ParameterError(
                f"Expected values with the same names for every subject, got no {missing[0]!r} for "
                "some; return NaN for a value that does not exist."
            )
    whole: Columns = {}
    for name, (shape, dtype) in shapes.items():
        arrays = [
            part[name] if name in part else np.zeros((len(part[FAILURE]), *shape), dtype)
            for part in parts
        ]
        if len({array.shape[1:] for array in arrays}) > 1:
            raise ParameterError(
                f"Expected rows of one shape in {name!r}, got the shapes "
                f"{sorted({array.shape[1:] for array in arrays})}; return arrays of the same shape "
                "for every subject."
            )
        whole[name] = np.ascontiguousarray(np.concatenate(arrays))
    fails = whole[FAILURE] != ""
    for name, array in whole.items():
        if name != FAILURE and fails.any():
            array[fails] = np.nan if array.dtype.kind in "fc" else np.zeros(1, array.dtype)[0]
    return whole
