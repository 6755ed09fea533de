"""What the command lines of both packages share: JSON or a table out, errors as one line."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from panjabi._files import write_whole
from panjabi.errors import PanjabiError, ParameterError

Command = Callable[[argparse.Namespace], tuple[Any, str]]
"""Takes what was asked, returns a plain value for JSON and a text for the screen."""


def add_command(commands: Any, name: str, run: Command, what: str) -> argparse.ArgumentParser:
    """A subcommand with the ``--json`` option every command has."""
    command = commands.add_parser(name, help=what, description=what)
    command.add_argument(
        "--json",
        metavar="FILE",
        nargs="?",
        const="-",
        help="write one JSON value to FILE; without a name, or with -, to standard output",
    )
    command.set_defaults(run=run)
    return command


def run_command(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Parse, run, deliver.

    The exit code is 0, or 2 for a request that cannot be met, or 130 after Ctrl-C.
    """
    asked = parser.parse_args(arguments)
    if not hasattr(asked, "run"):
        parser.print_help()
        return 2
    try:
        value, text = asked.run(asked)
        _deliver(value, text, asked.json)
        sys.stdout.flush()
    except PanjabiError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{parser.prog}: interrupted from the keyboard", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def option(name: str) -> str:
    """The option of an argument: "stretch_gain" is --stretch-gain."""
    return "--" + name.replace("_", "-")


def applicable(
    asked: argparse.Namespace, case: str, options: Mapping[str, Any], among: Iterable[str]
) -> dict[str, Any]:
    """Values of the options that apply to a case, with their defaults where not given.

    options : name of each option that applies -> default; among : options of all cases. In the
    parser each of them has the default None (False for a flag, an empty list where repeatable).

    Raises
    ------
    ParameterError
        If an option was given that has no effect in this case.
    """

    def given(name: str) -> bool:
        value = getattr(asked, name)
        return value is not None and value is not False and value != []

    foreign = [option(name) for name in among if name not in options and given(name)]
    if foreign:
        raise ParameterError(
            f"Expected for {case} only {', '.join(map(option, options)) or 'no such option'}, got "
            f"{', '.join(foreign)}, without effect there; leave it out, or choose another case."
        )
    return {name: getattr(asked, name) if given(name) else usual for name, usual in options.items()}


def changes_by_level(texts: Iterable[str]) -> dict[str, list[str]]:
    """What ``--injury LEVEL:CHANGE``, given once or more, asks for: level -> changes in order."""
    found: dict[str, list[str]] = {}
    for text in texts:
        level, colon, change = text.partition(":")
        if not (colon and change):
            raise ParameterError(
                f"injury {text!r} has no level and change; LEVEL:CHANGE is possible: a level, a "
                "colon and a change. Write for instance L4-L5:cut=SSL+ISL."
            )
        found.setdefault(level, []).append(change)
    return found


def _deliver(value: Any, text: str, target: str | None) -> None:
    """Table to the screen, or JSON: to a file beside the table, or alone to the screen."""
    if target is None:
        print(text)
        return
    document = json.dumps(value, indent=2, allow_nan=False)
    if target == "-":
        print(document)
        return
    write_whole(target, document + "\n")
    print(text)
