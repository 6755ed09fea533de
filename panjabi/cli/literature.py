"""``panjabi published`` and ``panjabi validate``: published values, and predictions for them."""

from __future__ import annotations

import argparse
from typing import Any

from panjabi.cli.terminal import add_command


def add_literature_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    published = add_command(commands, "published", _published, "published values with their role")
    published.add_argument("table", help="fascia, clinical, trials, spine-passive, ...")
    published.add_argument("--role", choices=("calibration", "validation", "prior"))
    add_command(commands, "validate", _validate, "compare the spine with published values")


def _published(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.literature import published

    rows = published(args.table, role=args.role)
    text = [f"{row.id:18}{row.role:12}{row.quantity}: {row.value} {row.unit}" for row in rows]
    return [row.to_dict() for row in rows], "\n".join(text)


def _validate(_: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.validation import as_rows, as_text, validate

    cases = validate()
    return as_rows(cases), as_text(cases)
