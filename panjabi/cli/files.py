"""``panjabi import``: what an OpenSim file holds, what of it is understood, and MJCF from it."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from panjabi.cli.terminal import add_command

SHOWN = 12  # kinds of elements not understood that the text lists


def add_file_commands(commands: Any) -> None:
    """Hook the commands of this module into the parser."""
    reading = add_command(commands, "import", _import, "read an OpenSim model; write it as MJCF")
    reading.add_argument("file", help="model.osim of OpenSim 2, 3 or 4")
    reading.add_argument("--mjcf", metavar="FILE", help="also write the model for MuJoCo")


def _import(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi._compiling import announce_compilation
    from panjabi.body import kernels, path_kernels
    from panjabi.io.mjcf import write_mjcf
    from panjabi.io.opensim import read_osim

    announce_compilation(kernels, path_kernels)
    model = read_osim(asked.file)
    value = {"schema": "panjabi-import/1", **model.to_dict()}
    if asked.mjcf:
        remarks = [f"from {asked.file}", *model.notes, *map(str, model.not_understood)]
        left_out = write_mjcf(
            model.body,
            asked.mjcf,
            model.musculature if model.muscles else None,
            gravity=model.gravity,
            remarks=remarks,
        )
        value["mjcf"] = {"file": asked.mjcf, "not_written": list(left_out)}
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
    kinds = Counter((e["element"], e["why"]) for e in value["not_understood"])
    lines.append(f"not understood: {n['not_understood']} elements")
    lines += [f"  {count} {tag}: {why}" for (tag, why), count in kinds.most_common(SHOWN)]
    if len(kinds) > SHOWN:
        lines.append(f"  and {len(kinds) - SHOWN} other kinds; --json lists every element")
    lines += [f"note: {note}" for note in value["notes"]]
    if "mjcf" in value:
        lines.append(f"written: {value['mjcf']['file']}")
        lines += [f"  not written as it is: {said}" for said in value["mjcf"]["not_written"]]
    return "\n".join(lines)
