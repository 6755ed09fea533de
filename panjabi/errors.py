"""Errors of the package: one base class, and each also the builtin it amounts to.

A message has three parts: what was given, what is possible, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PanjabiError(Exception):
    """Anything this project refuses to do. Catch it to catch all of them."""


class ParameterError(PanjabiError, ValueError):
    """A number that the model cannot mean: NaN, negative stiffness, zero length."""


class UnitError(ParameterError):
    """A unit that is not in the table of units."""


class UnknownNameError(PanjabiError, LookupError):
    """A name that is not there. The message offers the nearest ones."""


class PostureError(PanjabiError, ValueError):
    """A posture outside the joints' range, or with an unknown coordinate."""


class DataFileError(PanjabiError, ValueError):
    """A file that cannot be read as what it claims to be. Names file and line."""


class SchemaError(DataFileError):
    """A file of another kind, or of a newer major version than this program knows."""


class ConvergenceError(PanjabiError, RuntimeError):
    """An iteration that ended without a solution. Never hidden in a result."""


class Interrupted(KeyboardInterrupt):
    """A computation that was interrupted from the keyboard. `partial` holds what is finished.

    Like KeyboardInterrupt it passes `except Exception`; catch it to use the partial result.
    """

    def __init__(self, message: str, partial: object) -> None:
        super().__init__(message)
        self.partial = partial


def nearest(name: str, known: Iterable[str], n: int = 3) -> str:
    """Names like the one given, as the middle part of an error message.

    Returns "close: 'a', 'b'" when something resembles it, else "possible: ..." with all
    names (the first dozen when there are more), else "none exist".
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
    """The error for a name that is not there, ready to raise.

    >>> raise unknown("coordinate", "hip_flexon", body.coordinates)
    """
    return UnknownNameError(
        f"unknown {what} {name!r}; {nearest(str(name), known)}. Use one of the names that exist."
    )
