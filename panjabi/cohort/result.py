"""The rows of all subjects of a cohort."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi._files import write_whole
from panjabi.cohort.block import FAILURE, Columns
from panjabi.errors import PanjabiError, unknown
from panjabi.results import ShortRepr, frame, plain

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports]

NOT_RUN = "not run"


class CohortError(PanjabiError, RuntimeError):
    """Subjects that failed, or an executor that stopped. `partial` has what is finished."""

    def __init__(self, message: str, partial: CohortResult) -> None:
        super().__init__(message)
        self.partial = partial


@dataclass(frozen=True, eq=False, repr=False)
class CohortResult(ShortRepr):
    """One row for each subject; a subject that failed has a reason, and NaN, 0 or "" as values."""

    values: Columns  # what the function returned, first axis: subjects
    failure: NDArray[np.str_]  # (subjects,) empty: did not fail; "not run": left out
    inputs: Columns = field(default_factory=dict)  # of the subjects, first axis: subjects
    seed: int = 0

    def __len__(self) -> int:
        return len(self.failure)

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        """The rows of a result, first axis: subjects.

        Raises
        ------
        UnknownNameError
            If the function did not return this name.
        """
        if name not in self.values:
            raise unknown("result of the cohort", name, self.values)
        return self.values[name]

    def floats(self, name: str) -> NDArray[np.float64]:
        """The rows of a result that is a number, as floats."""
        return np.asarray(self[name], dtype=np.float64)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which subjects have results, (subjects,)."""
        return self.failure == ""

    @property
    def failures(self) -> dict[int, str]:
        """Number of each subject without results -> reason."""
        return {int(i): str(self.failure[i]) for i in np.flatnonzero(~self.complete)}

    def all_or_error(self) -> CohortResult:
        """This result, for a computation that needs every subject.

        Raises
        ------
        CohortError
            If a subject failed; `.partial` is this result.
        """
        if self.failures:
            first, reason = next(iter(self.failures.items()))
            raise CohortError(
                f"Expected results of all {len(self)} parts, got an error in {len(self.failures)} "
                f"of them, the first in part {first}{self._inputs_of(first)}: {reason} The other "
                "parts are in `.partial`; correct or leave out those that failed.",
                self,
            )
        return self

    def _inputs_of(self, subject: int) -> str:
        """The numbers that a subject has as inputs, as text."""
        numbers = [
            f"{name} {rows[subject]}" for name, rows in self.inputs.items() if rows.ndim == 1
        ]
        return f" ({', '.join(numbers)})" if numbers else ""

    def __repr__(self) -> str:
        lines = [f"CohortResult of {len(self)} subjects, {len(self.failures)} without results"]
        names = [f"  {name}: array of shape {a.shape}" for name, a in self.values.items()]
        lines += names[:6] + ([f"  and {len(names) - 6} more"] if len(names) > 6 else [])
        lines += [f"  subject {i}: {reason}"[:88] for i, reason in [*self.failures.items()][:2]]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers that are not finite are null."""
        return {
            "schema": "panjabi-cohort-result/1",
            "subjects": len(self),
            "seed": self.seed,
            "failures": {str(i): reason for i, reason in self.failures.items()},
            "inputs": plain(self.inputs),
            "values": plain(self.values),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each subject: inputs, results, failure; arrays have a column per entry.

        An input with the name of a result has the column input_NAME.
        """
        return frame(dict(self._columns()), "subject")

    def to_csv(self, path: str | Path) -> None:
        """Write the table of `to_pandas` as a CSV file; numbers with all digits.

        Raises
        ------
        DataFileError
            If the file cannot be written.
        """
        columns = dict(self._columns())
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        write_whole(path, text.getvalue())

    def _columns(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        yield "subject", np.arange(len(self))
        inputs = {f"input_{n}" if n in self.values else n: a for n, a in self.inputs.items()}
        for name, array in {**inputs, **self.values}.items():
            for index in np.ndindex(array.shape[1:]):
                yield "_".join([name, *map(str, index)]), array[(slice(None), *index)]
        yield FAILURE, self.failure
