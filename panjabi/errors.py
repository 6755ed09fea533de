"""Errors of the package: a common base class; each error is also the matching builtin error.

A message has three parts: "Expected ..., got ...; <what to do>."
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PanjabiError(Exception):
    """Base class of all errors of this project."""


class ParameterError(PanjabiError, ValueError):
    """A number that is not valid in the model: NaN, negative stiffness, zero length."""


class UnitError(ParameterError):
    """A unit that is not in the table of units."""


class UnknownNameError(PanjabiError, LookupError):
    """A name that does not exist. The message lists similar names."""


class PostureError(PanjabiError, ValueError):
    """A posture outside the range of the joints, or with values that are not valid."""


class DataFileError(PanjabiError, ValueError):
    """A file that cannot be read in its format. The message names file and line."""


class SchemaError(DataFileError):
    """A file of another type, or of a newer major version than this program reads."""


class ConvergenceError(PanjabiError, RuntimeError):
    """An iteration that ended without a solution."""


class Interrupted(KeyboardInterrupt):
    """A computation that was interrupted from the keyboard. `partial` is the finished part.

    Like KeyboardInterrupt, it is not caught by `except Exception`.
    """

    def __init__(self, message: str, partial: object) -> None:
        super().__init__(message)
        self.partial = partial


def nearest(name: str, known: Iterable[str], n: int = 3) -> str:
    """Similar names as text for an error message.

    Returns "close: 'a', 'b'" if there are similar names, else "possible: ..." with all names (the
    first twelve if there are more), else "none exist".
    """
    names = list(dict.fromkeys(str(k) for k in known))
    if not names:
        return "none exist"
    by_lower = {k.lower(): k for k in reversed(names)}
    close = difflib.get_close_matches(str(name).lower(), list(by_lower), n=n)
    if close:
        return "close: " + ", ".join(repr(by_lower[k]) for k in close)
    shown = ", ".join(repr(k) for k in names[:12])
    more = f", ... ({len(names)} in all)" if len(names) > 12 else ""
    return f"possible: {shown}{more}"


def unknown(what: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist; the caller raises it.

    >>> raise unknown("coordinate", "hip_flexon", body.coordinates)
    """
    return UnknownNameError(
        f"Expected an existing name, got unknown {what} {name!r}; {nearest(str(name), known)}. "
        "Use one of the names that exist."
    )
