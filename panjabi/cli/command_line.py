"""The ``panjabi`` command: one module for each group of subcommands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from panjabi import __version__
from panjabi.cli.active import add_active_commands
from panjabi.cli.body import add_body_commands
from panjabi.cli.column import add_column_commands
from panjabi.cli.files import add_file_commands
from panjabi.cli.literature import add_literature_commands
from panjabi.cli.neural import add_neural_commands
from panjabi.cli.passive import add_passive_commands
from panjabi.cli.statements import add_hypothesis_commands
from panjabi.cli.stiffness import add_stiffness_commands
from panjabi.cli.tasks import add_experiment_commands
from panjabi.cli.terminal import command_parser, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code, 0 or 2 for an error in the request."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser, commands = command_parser(
        "panjabi",
        __version__,
        "Simulate the stability of the spine: body, muscles, spinal units, columns, reflexes, and "
        "comparison with published values. For research only; no medical advice.",
    )
    add_body_commands(commands)
    add_literature_commands(commands)
    add_passive_commands(commands)
    add_column_commands(commands)
    add_active_commands(commands)
    add_neural_commands(commands)
    add_experiment_commands(commands)
    add_stiffness_commands(commands)
    add_hypothesis_commands(commands)
    add_file_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
