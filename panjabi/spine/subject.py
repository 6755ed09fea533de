"""A subject: one person as a frozen record that every preset, task and command accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from panjabi._json import read_json
from panjabi.spine.model_build import SpineOptions, spine_model
from panjabi.spine.subject_data import SubjectData
from panjabi.spine.subject_file import SCHEMA, plain_subject, subject_arguments, write_subject

if TYPE_CHECKING:
    from panjabi.spine.model import Spine


@dataclass(frozen=True, kw_only=True, repr=False)
class Subject(SubjectData):
    """Body, muscles, units, reflexes and habits of one person; immutable.

    Without arguments it is the standard adult, whose models are those of the presets. A preset
    takes from it what it has: a loss of L4-L5 does not change a trunk that moves at L5-S1 alone.
    Changes: `dataclasses.replace`. A file: `to_file`, `from_file`.

    Raises
    ------
    UnknownNameError
        For a muscle, group, level, loop, posture, source or phenotype that does not exist.
    ParameterError
        For a value out of range.
    """

    def __hash__(self) -> int:
        return super().__hash__()

    def spine(self, region: str = "lumbar", **overrides: Unpack[SpineOptions]) -> Spine:
        """The spine of this subject: `spine_model` with the other arguments in place of its own."""
        return spine_model(region, subject=self, **overrides)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file of schema panjabi-subject/1."""
        return plain_subject(self)

    def to_file(self, path: str | Path) -> None:
        """Write the subject as JSON.

        Raises
        ------
        DataFileError
            If the file cannot be written.
        """
        write_subject(self, path)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, where: str = "subject") -> Subject:
        """The subject of plain values; `where` names their origin in messages.

        Raises
        ------
        SchemaError
            For another schema or a newer version.
        DataFileError
            For a key that does not exist, a value of another type, or out of range.
        """
        return subject_arguments(values, where, cls)

    @classmethod
    def from_file(cls, path: str | Path) -> Subject:
        """The subject of a JSON file; errors as for `from_dict`."""
        return subject_arguments(read_json(path, SCHEMA), str(path), cls)
