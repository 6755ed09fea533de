"""Commands of the passive subsystem: one unit under test, and a laboratory's own record."""

from __future__ import annotations

import argparse
import math
from typing import Any

from panjabi.cli.terminal import add_command


def add_passive_commands(commands: Any) -> None:
    """`panjabi unit` and `panjabi neutral-zone`."""
    test = add_command(commands, "unit", run_unit, "neutral zone and range of one spinal level")
    test.add_argument("level", help="C0-C1 ... L5-S1, SIJ-right or SIJ-left")
    test.add_argument(
        "--axis",
        default="flexion",
        help="flexion, extension, right bending, left rotation ..., or a whole axis such as "
        "flexion-extension (default flexion)",
    )
    test.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="CHANGE",
        help="cut=SSL+ISL, subfailure=LF, disc-rupture[=severity], nucleus, facetectomy[=left], "
        "rib-cage, degeneration=GRADE, fixator[=N m/rad]; may be given several times",
    )
    test.add_argument("--preload", type=float, default=0.0, metavar="N", help="compression [N]")
    test.add_argument("--source", default="default", help="parameter set (default: default)")
    test.add_argument("--moment", type=float, metavar="NM", help="largest moment [N m]")
    test.add_argument(
        "--extrapolate",
        action="store_true",
        help="go beyond the largest moment and preload of the published tests, short of failure",
    )
    record = add_command(
        commands, "neutral-zone", run_neutral_zone, "neutral zone of a measured moment-angle CSV"
    )
    record.add_argument(
        "file", help="table with moment_Nm and angle_deg, and time_s for the residual"
    )
    record.add_argument(
        "--level", metavar="LEVEL", help="level of the specimen, e.g. L4-L5 (default: any)"
    )
    for quantity in ("moment", "angle"):
        record.add_argument(
            f"--{quantity}-column",
            metavar="NAME[=UNIT]",
            help=f"column of the {quantity} as the header has it, with its unit if that has none",
        )
    record.add_argument(
        "--threshold",
        type=float,
        metavar="NM_PER_DEG",
        help="tangent stiffness below which the unit counts as in its neutral zone (default: "
        "halfway from the least tangent to that of the softer end)",
    )


def run_unit(asked: argparse.Namespace) -> tuple[Any, str]:
    """Value and text of `panjabi unit`."""
    from panjabi.passive.directions import DIRECTIONS, axis_index
    from panjabi.passive.injury import injured
    from panjabi.passive.neutral_zone import neutral_zone_test
    from panjabi.passive.standard import unit

    axis = axis_index(asked.axis)
    intact = unit(asked.level, asked.source, extrapolate=asked.extrapolate)
    tested = injured(intact, *asked.injury).with_preload(asked.preload)
    value = neutral_zone_test(tested, axis, moment=asked.moment).to_dict()
    name = asked.axis.lower().replace("_", " ")
    ranges = value["range_by_direction_deg"]
    reach = ranges[name] if name in DIRECTIONS else sum(ranges.values())
    direction = name if name in DIRECTIONS else None
    value = {
        "schema": "panjabi-unit/1", **value, "direction": direction, "range_of_motion_deg": reach
    }  # fmt: skip
    done = "".join(f"; {change}" for change in value["changes"])
    text = [
        f"{value['level']}, {value['axis']} to {value['moment_Nm']:g} N m, preload "
        f"{value['preload_N']:g} N{done}",
        *_zones(value["neutral_zone_half_width_deg"], value["neutral_zone_missing"]),
        *(f"  range of motion, {d:18}{reach:8.3f} deg" for d, reach in ranges.items()),
        f"  stiffness at neutral {value['stiffness_neutral_Nm_per_deg']:.3f} N m/deg relaxed, "
        f"{value['stiffness_neutral_in_motion_Nm_per_deg']:.3f} in a loop of 60 s, "
        f"{value['stiffness_neutral_at_once_Nm_per_deg']:.3f} at once",
    ]
    counts = ", ".join(f"{n} {status}" for status, n in value["parameters_by_status"].items())
    return value, "\n".join([*text, f"  rests on parameters: {counts}"])


def run_neutral_zone(asked: argparse.Namespace) -> tuple[Any, str]:
    """Value and text of `panjabi neutral-zone`."""
    from panjabi.passive.measured import measured_neutral_zone, read_measurement

    threshold = None if asked.threshold is None else math.degrees(asked.threshold)
    record = read_measurement(
        asked.file,
        level=asked.level,
        moment_column=asked.moment_column,
        angle_column=asked.angle_column,
    )
    measured = measured_neutral_zone(record, threshold=threshold)
    value = {"schema": "panjabi-neutral-zone/1", **measured.to_dict()}
    notes = value["neutral_zone_detail"] | value["neutral_zone_missing"]
    text = [
        f"{value['file']}: {value['samples']} samples",
        *_zones(value["neutral_zone_half_width_deg"], notes),
        f"  range of motion      -{value['range_minus_deg']:.2f} to "
        f"+{value['range_plus_deg']:.2f} deg from neutral",
        f"  fitted law, r2 {value['fit_r_squared']:.4f}, with 95 % intervals:",
    ]
    if value["stiffness_neutral_Nm_per_deg"] is None:
        missing = value["neutral_zone_missing"]["stiffness_at_neutral"]
        text.append(f"  stiffness at neutral   none  ({missing})")
    for name, part in value["fit"].items():
        low, high = ("none" if part[end] is None else f"{part[end]:.3f}" for end in ("low", "high"))
        text.append(f"    {name:24}{part['value']:10.4g}   {low} to {high}")
    return value, "\n".join(text)


def _zones(half_widths: dict[str, float | None], notes: dict[str, str]) -> list[str]:
    """One line for each estimator of the neutral zone, with a note where there is one.

    Laboratories print the half or the full width, so both are named.
    """
    lines = ["  neutral zone                         half-width  full width"]
    for name, half in half_widths.items():
        size = f"{'none':>8}" if half is None else f"{half:8.3f} deg {2.0 * half:7.3f} deg"
        note = f"  ({notes[name].rstrip('.')})" if name in notes else ""
        lines.append(f"    {name.replace('_', ' '):31}{size}{note}")
    return lines
