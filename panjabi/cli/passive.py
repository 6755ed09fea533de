"""``panjabi unit`` and ``panjabi neutral-zone``: test of a unit, and a laboratory record."""

from __future__ import annotations

import argparse
import math
from typing import Any

from panjabi.cli.subject import add_subject, subject_of
from panjabi.cli.terminal import add_command, add_extrapolate


def add_passive_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    test = add_command(commands, "unit", run_unit, "neutral zone and range of one spinal level")
    test.add_argument("level", help="C0-C1 ... L5-S1, SIJ-right or SIJ-left")
    test.add_argument(
        "--axis",
        default="flexion",
        help="flexion, extension, right bending, left rotation ..., or both directions, e.g. "
        "flexion-extension (default flexion)",
    )
    test.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="CHANGE",
        help="cut=SSL+ISL, SSL=0.3 (lost fraction of a structure), subfailure=LF, "
        "disc-rupture[=severity], nucleus[=fraction], facetectomy[=left], rib-cage, "
        "degeneration=GRADE, fixator[=N m/rad]; may be repeated",
    )
    test.add_argument("--preload", type=float, default=0.0, metavar="N", help="compression [N]")
    test.add_argument("--source", help="parameter set (default: default)")
    add_subject(test)
    test.add_argument("--moment", type=float, metavar="NM", help="largest moment [N m]")
    add_extrapolate(test, "moments and preloads")
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
            help=f"column of the {quantity} as in the header, with its unit if the header has none",
        )
    record.add_argument(
        "--threshold",
        type=float,
        metavar="NM_PER_DEG",
        help="tangent stiffness below which the unit is in its neutral zone (default: halfway "
        "between the smallest tangent stiffness and that of the softer end)",
    )


def run_unit(args: argparse.Namespace) -> tuple[Any, str]:
    """Value and text for `panjabi unit`."""
    from panjabi.evidence import printed
    from panjabi.passive.directions import DIRECTIONS, axis_index
    from panjabi.passive.neutral_zone import neutral_zone_test

    axis = axis_index(args.axis)
    subject = subject_of(args, injuries=[f"{args.level}:{change}" for change in args.injury])
    made = subject.unit(
        args.level, source=args.source, rib_cage=False, extrapolate=args.extrapolate
    )
    tested = made.with_preload(args.preload)
    value = neutral_zone_test(tested, axis, moment=args.moment).to_dict()
    name = args.axis.lower().replace("_", " ")
    ranges = value["range_by_direction_deg"]
    reach = ranges[name] if name in DIRECTIONS else sum(ranges.values())
    direction = name if name in DIRECTIONS else None
    value = {
        "schema": "panjabi-unit/1",
        "subject": subject.name,
        **value,
        "direction": direction,
        "range_of_motion_deg": reach,
    }
    changes = "".join(f"; {change}" for change in value["changes"])
    text = [
        f"{value['level']}, {value['axis']} to {value['moment_Nm']:g} N m, preload "
        f"{value['preload_N']:g} N{changes}",
        *_zones(value["neutral_zone_half_width_deg"], value["neutral_zone_missing"]),
        *(f"  range of motion, {d:18}{reach:8.3f} deg" for d, reach in ranges.items()),
        f"  stiffness at neutral {value['stiffness_neutral_Nm_per_deg']:.3f} N m/deg relaxed, "
        f"{value['stiffness_neutral_in_motion_Nm_per_deg']:.3f} in a loop of 60 s, "
        f"{value['stiffness_neutral_at_once_Nm_per_deg']:.3f} instantaneous",
    ]
    kept = value["residual_against_wait"]
    text.append(
        f"  residual zone after 10 min over that after 30 s: {kept['kept_after_10_min']:.2f} "
        f"({kept['least_kept_by_own_choice']:g} or more is our own choice; no published value)"
    )
    text += [f"  {words}" for words in printed(value["outside_evidence"])]
    counts = ", ".join(f"{n} {status}" for status, n in value["parameters_by_status"].items())
    return value, "\n".join([*text, f"  parameters: {counts}"])


def run_neutral_zone(args: argparse.Namespace) -> tuple[Any, str]:
    """Value and text for `panjabi neutral-zone`."""
    from panjabi.passive.measured import measured_neutral_zone, read_measurement

    threshold = None if args.threshold is None else math.degrees(args.threshold)
    record = read_measurement(
        args.file,
        level=args.level,
        moment_column=args.moment_column,
        angle_column=args.angle_column,
    )
    measured = measured_neutral_zone(record, threshold=threshold)
    value = {"schema": "panjabi-neutral-zone/1", **measured.to_dict()}
    notes = value["neutral_zone_detail"] | value["neutral_zone_missing"]
    text = [
        f"{value['file']}: {value['samples']} samples; {value['comparison']}",
        *_zones(value["neutral_zone_half_width_deg"], notes),
        f"  range of motion      -{value['range_minus_deg']:.2f} to "
        f"+{value['range_plus_deg']:.2f} deg from neutral",
        f"  fitted law, r2 {value['fit_r_squared']:.4f}, with 95 % intervals:",
    ]
    if value["stiffness_neutral_Nm_per_deg"] is None:
        missing = value["neutral_zone_missing"]["stiffness_at_neutral"]
        text.append(f"  stiffness at neutral   none  ({missing})")
    for name, part in value["fit"].items():
        text.append(f"    {name:24}{part['value']:10.4g}   {part['low']:.3f} to {part['high']:.3f}")
    text += [f"    {name:24}      none   ({why})" for name, why in value["fit_missing"].items()]
    return value, "\n".join(text)


def _zones(half_widths: dict[str, float | None], notes: dict[str, str]) -> list[str]:
    """A line for each estimator of the neutral zone, with half-width, full width and note.

    Both widths are printed because some laboratories report the half and some the full width.
    """
    lines = ["  neutral zone                         half-width  full width"]
    for name, half in half_widths.items():
        size = f"{'none':>8}" if half is None else f"{half:8.3f} deg {2.0 * half:7.3f} deg"
        note = f"  ({notes[name].rstrip('.')})" if name in notes else ""
        lines.append(f"    {name.replace('_', ' '):31}{size}{note}")
    return lines
