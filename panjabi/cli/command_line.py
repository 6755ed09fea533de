"""The ``panjabi`` command: the body, its muscles, units and columns of the spine, and figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from panjabi import __version__
from panjabi.cli.active import add_active_commands
from panjabi.cli.column import add_column_commands
from panjabi.cli.files import add_file_commands
from panjabi.cli.neural import add_neural_commands
from panjabi.cli.passive import add_passive_commands
from panjabi.cli.statements import add_hypothesis_commands
from panjabi.cli.tasks import add_experiment_commands
from panjabi.cli.terminal import add_command, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code (2 for a request that cannot be met)."""
    return run_command(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="panjabi",
        description="The body under the spine models, and the published figures they are held "
        "against. A research instrument; no medical advice.",
    )
    parser.add_argument("--version", action="version", version=f"panjabi {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    body = add_command(commands, "body", _body, "size, mass and landmarks of the body in a posture")
    body.add_argument("--posture", default="standing", help="name of a posture (default standing)")
    body.add_argument("--stature", type=float, metavar="M", help="scale to this stature [m]")
    body.add_argument("--mass", type=float, metavar="KG", help="scale to this mass [kg]")
    muscle = add_command(commands, "muscle", _muscle, "length and moment arms of one muscle")
    muscle.add_argument("name", help="e.g. semimem_r")
    muscle.add_argument("--posture", default="standing")
    published = add_command(commands, "published", _published, "published figures with their role")
    published.add_argument("table", help="fascia, clinical, trials, spine-passive, ...")
    published.add_argument("--role", choices=("calibration", "validation", "prior"))
    add_command(commands, "validate", _validate, "published figures beside what the spine gives")
    add_passive_commands(commands)
    add_column_commands(commands)
    add_active_commands(commands)
    add_neural_commands(commands)
    add_experiment_commands(commands)
    add_hypothesis_commands(commands)
    add_file_commands(commands)
    return parser


def _body(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.body import scaled_body, segment_lengths, segment_masses, standard_adult

    body = standard_adult()
    if asked.stature is not None or asked.mass is not None:
        body = scaled_body(body, stature=asked.stature, mass=asked.mass)
    q = body.posture(asked.posture)
    landmarks = {name: body.landmark(q, name).tolist() for name in body.landmarks}
    value = {
        "schema": "panjabi-body/1",
        "posture": asked.posture,
        "stature_m": body.stature,
        "mass_kg": body.total_mass,
        "centre_of_mass_m": body.centre_of_mass(q).tolist(),
        "segment_mass_kg": segment_masses(body),
        "segment_length_m": segment_lengths(body),
        "landmarks_m": landmarks,
    }
    x, y, z = value["centre_of_mass_m"]
    text = [
        f"{asked.posture}: stature {body.stature:.3f} m, mass {body.total_mass:.2f} kg, "
        f"centre of mass ({x:.3f}, {y:.3f}, {z:.3f}) m",
        f"{'landmark':22}{'forward':>9}{'up':>9}{'right':>9}  [m]",
    ]
    text += [f"{n:22}{p[0]:9.3f}{p[1]:9.3f}{p[2]:9.3f}" for n, p in landmarks.items()]
    return value, "\n".join(text)


def _muscle(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.body import standard_adult

    body = standard_adult()
    q = body.posture(asked.posture)
    length = body.path_length(q, asked.name)
    arms = {k: v for k, v in body.moment_arms(q, asked.name).items() if abs(v) > 1e-9}
    value = {
        "muscle": asked.name,
        "posture": asked.posture,
        "length_m": length,
        "moment_arm_m": arms,
    }
    text = [f"{asked.name} in {asked.posture}: length {1e3 * length:.2f} mm"]
    text += [f"  {name:22}{1e3 * arm:9.2f} mm" for name, arm in arms.items()]
    text.append("  (moment arm -dL/dq: positive = shortening raises the coordinate)")
    return value, "\n".join(text)


def _published(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.literature import published

    rows = published(asked.table, role=asked.role)
    value = [
        {
            "id": row.id,
            "quantity": row.quantity,
            "value": row.value,
            "sd": row.sd,
            "unit": row.unit,
            "role": row.role,
            "role_reason": row.role_reason,
            "status": row.table_status,
            "source": row.source,
            "doi": row.doi,
        }
        for row in rows
    ]
    text = [f"{row.id:18}{row.role:12}{row.quantity}: {row.value} {row.unit}" for row in rows]
    return value, "\n".join(text)


def _validate(_: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.validation.table import as_rows, as_text, validate

    cases = validate()
    return as_rows(cases), as_text(cases)


if __name__ == "__main__":
    sys.exit(main())
