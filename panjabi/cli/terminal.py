"""Common code of both command lines: JSON or text as output, errors in one line."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from panjabi._files import write_whole
from panjabi.errors import PanjabiError, ParameterError

if TYPE_CHECKING:
    from panjabi.cohort.engine import CohortOptions

Command = Callable[[argparse.Namespace], tuple[Any, str]]
"""Takes the parsed arguments, returns a plain value for JSON and a text for the terminal."""


def command_parser(
    prog: str, version: str, description: str
) -> tuple[argparse.ArgumentParser, Any]:
    """The parser of a command line with its version, and the group for its subcommands."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--version", action="version", version=f"{prog} {version}")
    return parser, parser.add_subparsers(title="commands", metavar="COMMAND")


def add_command(commands: Any, name: str, run: Command, what: str) -> argparse.ArgumentParser:
    """Add a subcommand with the ``--json`` option; `what` is its help text."""
    command = commands.add_parser(name, help=what, description=what)
    command.add_argument(
        "--json",
        metavar="FILE",
        nargs="?",
        const="-",
        help="write the result as JSON to FILE; without FILE, or with -, to standard output",
    )
    command.set_defaults(run=run)
    return command


def run_command(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    """Parse the arguments, run the command and print; the exit code is 0, or 2 for an
    error, or 130 after Ctrl-C."""
    args = parser.parse_args(arguments)
    if not hasattr(args, "run"):
        parser.print_help()
        return 2
    try:
        value, text = args.run(args)
        _deliver(value, text, args.json)
        sys.stdout.flush()
    except PanjabiError as error:
        print(f"{parser.prog}: {_with_flags(str(error), args)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        advice = "; continue with --resume" if getattr(args, "store", None) else ""
        print(f"{parser.prog}: interrupted from the keyboard{advice}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of the output, for example `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def add_extrapolate(command: argparse.ArgumentParser | argparse._ArgumentGroup, what: str) -> None:
    """Add the option that allows values beyond failure; what : these values."""
    command.add_argument("--extrapolate", action="store_true", help=f"allow {what} beyond failure")


def add_cohort_options(command: argparse.ArgumentParser) -> None:
    """Add the options of a command that runs a cohort; read them with `cohort_options`."""
    group = command.add_argument_group("many runs")
    group.add_argument(
        "--executor",
        choices=("threads", "processes", "dask"),
        help="who computes; dask: the scheduler in DASK_SCHEDULER_ADDRESS, else workers on this "
        "computer (default threads)",
    )
    group.add_argument(
        "--workers", type=int, metavar="N", help="threads or processes (default: one per core)"
    )
    group.add_argument(
        "--store", metavar="DIR", help="directory that keeps what is finished, for --resume"
    )
    group.add_argument(
        "--resume", action="store_true", help="continue the store of an interrupted command"
    )


def cohort_options(args: argparse.Namespace) -> CohortOptions:
    """Options of `run_cohort` from those of `add_cohort_options`.

    Raises
    ------
    ParameterError
        For `--resume` without a store.
    """
    if args.resume and args.store is None:
        raise ParameterError("Expected --store with --resume, got no store; give --store DIR.")
    return {
        "executor": args.executor,
        "workers": args.workers,
        "store": args.store,
        "resume": args.resume,
    }


def option(name: str) -> str:
    """Command-line option for an argument name: "stretch_gain" gives "--stretch-gain"."""
    return "--" + name.replace("_", "-")


def _with_flags(message: str, args: argparse.Namespace) -> str:
    """A message of the library in which `name=True` is the flag of this command.

    If the command has no such flag, the message says that the argument is one of Python.
    """

    def flag(match: re.Match[str]) -> str:
        name = match[1]
        return option(name) if isinstance(vars(args).get(name), bool) else f"{match[0]} in Python"

    return re.sub(r"\b([a-z_]+)=True\b", flag, message)


def applicable(
    args: argparse.Namespace, case: str, options: Mapping[str, Any], among: Iterable[str]
) -> dict[str, Any]:
    """Values of the options that apply to a case, with defaults.

    options : name -> default of each option that applies; among : options of all cases. In the
    parser each of them has the default None (False for a flag, an empty list if repeatable).

    Raises
    ------
    ParameterError
        If an option is present that has no effect in this case.
    """

    def present(name: str) -> bool:
        value = getattr(args, name)
        return value is not None and value is not False and value != []

    among = tuple(among)
    ineffective = [option(name) for name in among if name not in options and present(name)]
    if ineffective:
        only = ", ".join(map(option, options))
        choice = f"only {only}" if only else f"none of {', '.join(map(option, among))}"
        raise ParameterError(
            f"Expected {choice} for {case}, got {', '.join(ineffective)}, without effect; leave "
            "it out, or choose another case."
        )
    return {
        name: getattr(args, name) if present(name) else default for name, default in options.items()
    }


def changes_by_level(texts: Iterable[str]) -> dict[str, list[str]]:
    """Level -> changes in order, from the values of ``--injury LEVEL:CHANGE``."""
    changes: dict[str, list[str]] = {}
    for text in texts:
        level, colon, change = text.partition(":")
        if not (colon and change):
            raise ParameterError(
                "Expected LEVEL:CHANGE for an injury, that is a level, a colon and a change, got "
                f"{text!r}; write for example L4-L5:cut=SSL+ISL."
            )
        changes.setdefault(level, []).append(change)
    return changes


def _deliver(value: Any, text: str, target: str | None) -> None:
    """Print the text, or JSON alone; or write JSON to a file and print the text."""
    if target is None:
        print(text)
        return
    document = json.dumps(value, indent=2, allow_nan=False)
    if target == "-":
        print(document)
        return
    write_whole(target, document + "\n")
    print(text)
