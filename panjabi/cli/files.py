"""``panjabi import``: content and check-up of an OpenSim file, and conversion to MJCF."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from panjabi.cli.terminal import add_command
from panjabi.errors import DataFileError

SHOWN = 12  # largest number of groups of elements, and of findings, in the text


def add_file_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    reading = add_command(commands, "import", _import, "read an OpenSim model; write it as MJCF")
    reading.add_argument("file", help="an .osim file of OpenSim 1.9 to 4")
    reading.add_argument("--mjcf", metavar="FILE", help="also write the model for MuJoCo")


def _import(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi._compiling import announce_compilation
    from panjabi.io.mjcf import write_mjcf
    from panjabi.io.opensim import read_osim

    announce_compilation()
    model = read_osim(args.file)
    impossible = [f for f in model.checkup if f.severity == "impossible"]
    if impossible:
        first, others = impossible[0], len(impossible) - 1
        more = f", and {others} more" if others else ""
        raise DataFileError(
            f"{model.file}: Expected a model with physically possible values, got "
            f"{first.subject}: {first.message.rstrip('.')}{more}; correct the file, or read it in "
            "Python with read_osim."
        )
    value = {"schema": "panjabi-import/1", **model.to_dict()}
    if args.mjcf:
        remarks = [f"from {args.file}", *model.notes, *map(str, model.not_understood)]
        left_out = write_mjcf(
            model.body,
            args.mjcf,
            model.musculature if model.muscles else None,
            gravity=model.gravity,
            remarks=remarks,
        )
        value["mjcf"] = {"file": args.mjcf, "not_written": list(left_out)}
    return value, _text(value)


def _text(value: dict[str, Any]) -> str:
    n = value["counts"]
    lines = [
        f"{value['name']} (file version {value['version']}): {n['bodies']} bodies of "
        f"{value['mass_kg']:.2f} kg, {n['free_coordinates']} free coordinates of "
        f"{n['coordinates']}, {n['muscles']} muscles"
    ]
    if value["muscles"]:
        lines.append(f"{'muscle':24}{'length':>9}{'fibre':>9}{'tendon':>9}  mm {'force':>8} N")
    for name, m in value["muscles"].items():
        sizes = (m["length_m"], m["optimal_fibre_length_m"], m["tendon_slack_length_m"])
        numbers = "".join(f"{1e3 * x:9.1f}" for x in sizes)
        wrapped = "  straight, wraps in the file" if m["wraps_left_out"] else ""
        lines.append(f"{name:24}{numbers}     {m['max_force_N']:8.1f}{wrapped}")
    groups = Counter((e["element"], e["why"]) for e in value["not_understood"])
    lines.append(f"not understood: {n['not_understood']} elements")
    lines += [f"  {count} {tag}: {why}" for (tag, why), count in groups.most_common(SHOWN)]
    if len(groups) > SHOWN:
        lines.append(f"  and {len(groups) - SHOWN} other groups; --json lists every element")
    lines.append(f"findings of the check-up: {len(value['check_up']) or 'none'}")
    for finding in value["check_up"][:SHOWN]:
        lines.append(f"  {finding['severity']}: {finding['subject']}: {finding['message']}")
    if len(value["check_up"]) > SHOWN:
        lines.append(f"  and {len(value['check_up']) - SHOWN} more; --json lists every finding")
    lines += [f"note: {note}" for note in value["notes"]]
    if "mjcf" in value:
        lines.append(f"written: {value['mjcf']['file']}")
        lines += [f"  changed or left out: {remark}" for remark in value["mjcf"]["not_written"]]
    return "\n".join(lines)
