"""Commands of the passive subsystem: one unit under test, and a laboratory's own record."""

from __future__ import annotations

import argparse
import math
from typing import Any

from panjabi.cli.terminal import add_command, finite

_DEG = 180.0 / math.pi


def add_passive_commands(commands: Any) -> None:
    """`panjabi unit` and `panjabi neutral-zone`."""
    one = add_command(commands, "unit", run_unit, "neutral zone and range of one spinal level")
    one.add_argument("level", help="C0-C1 ... L5-S1, SIJ-right or SIJ-left")
    one.add_argument(
        "--axis",
        default="flexion",
        help="flexion, extension, right bending, left rotation ..., or a whole axis such as "
        "flexion-extension (default flexion)",
    )
    one.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="CHANGE",
        help="cut=SSL+ISL, subfailure=LF, disc-rupture[=severity], nucleus, facetectomy[=left], "
        "rib-cage, degeneration=GRADE, fixator[=N m/rad]; may be given several times",
    )
    one.add_argument("--preload", type=float, default=0.0, metavar="N", help="compression [N]")
    one.add_argument("--source", default="default", help="parameter set (default: default)")
    one.add_argument("--moment", type=float, metavar="NM", help="largest moment [N m]")
    own = add_command(
        commands, "neutral-zone", run_neutral_zone, "neutral zone of a measured moment-angle CSV"
    )
    own.add_argument("file", help="CSV with moment_Nm and angle_deg, and time_s for the residual")
    own.add_argument(
        "--threshold", type=float, metavar="NM_PER_DEG", help="of the stiffness threshold"
    )


def run_unit(asked: argparse.Namespace) -> tuple[Any, str]:
    """Value and text of `panjabi unit`."""
    from panjabi.parameter import sources
    from panjabi.passive.directions import AXES, DIRECTIONS, axis_index
    from panjabi.passive.injury import injured
    from panjabi.passive.neutral_zone import ESTIMATORS, neutral_zone_test
    from panjabi.passive.standard import unit

    axis = axis_index(asked.axis)
    one = injured(unit(asked.level, asked.source), *asked.injury).with_preload(asked.preload)
    found = neutral_zone_test(one, axis, moment=asked.moment)
    name = asked.axis.lower().replace("_", " ")
    ends = {-1: found.residual.range_minus * _DEG, 1: found.residual.range_plus * _DEG}
    reach = ends[DIRECTIONS[name][1]] if name in DIRECTIONS else sum(ends.values())
    by_direction = {d: ends[side] for d, (a, side) in DIRECTIONS.items() if a == axis}
    zones = {n: found.zones[n].half_width * _DEG if n in found.zones else None for n in ESTIMATORS}
    largest = one.test_moment[axis] if asked.moment is None else asked.moment
    at_once = float(one.instantaneous_tangent([0.0, 0.0, 0.0])[axis, axis]) / _DEG
    moving = found.slope_in_motion / _DEG
    rests = sources(found)
    value = {
        "schema": "panjabi-unit/1",
        "level": one.level,
        "source": one.source,
        "axis": AXES[axis],
        "direction": name if name in DIRECTIONS else None,
        "changes": list(one.changes),
        "preload_N": one.preload,
        "moment_Nm": largest,
        "neutral_zone_deg": zones,
        "neutral_zone_missing": found.missing,
        "range_of_motion_deg": reach,
        "range_by_direction_deg": by_direction,
        "stiffness_neutral_Nm_per_deg": found.stiffness_at_neutral / _DEG,
        "stiffness_neutral_in_motion_Nm_per_deg": moving,
        "stiffness_neutral_at_once_Nm_per_deg": at_once,
        "structures": [s.name for s in one.structures],
        "parameters_by_status": rests.counts,
    }
    done = f"; {', '.join(one.changes)}" if one.changes else ""
    text = [f"{one.level}, {AXES[axis]} to {largest:g} N m, preload {one.preload:g} N{done}"]
    text += [
        f"  neutral zone, {n.replace('_', ' '):20}{_shown(z)} deg  (one-sided)"
        for n, z in zones.items()
    ]
    text += [f"  range of motion, {d:18}{_shown(r)} deg" for d, r in by_direction.items()]
    text.append(
        f"  stiffness at neutral {found.stiffness_at_neutral / _DEG:.3f} N m/deg relaxed, "
        f"{moving:.3f} in a loop of 60 s, {at_once:.3f} at once"
    )
    counts = ", ".join(f"{n} {status}" for status, n in rests.counts.items())
    return value, "\n".join([*text, f"  rests on parameters: {counts}"])


def run_neutral_zone(asked: argparse.Namespace) -> tuple[Any, str]:
    """Value and text of `panjabi neutral-zone`."""
    from panjabi.passive.measured import measured_neutral_zone, read_measurement
    from panjabi.passive.neutral_zone import ESTIMATORS

    threshold = None if asked.threshold is None else asked.threshold * _DEG
    found = measured_neutral_zone(read_measurement(asked.file), threshold=threshold)
    fit = found.fit
    zones = {n: found.zones[n].half_width * _DEG if n in found.zones else None for n in ESTIMATORS}
    spans = {
        n: [v * _DEG for v in z.interval] for n, z in found.zones.items() if z.interval is not None
    }
    angles = ("neutral", "onset_minus", "onset_plus")
    units = dict.fromkeys(angles, ("deg", _DEG)) | {"half_loop": ("Nm", 1.0)}
    fitted = {}
    for name, number in fit.values.items():
        unit_name, factor = units.get(name, ("Nm_per_deg", 1.0 / _DEG))
        low, high = (finite(v * factor) for v in fit.intervals[name])
        fitted[f"{name}_{unit_name}"] = {"value": number * factor, "low": low, "high": high}
    value = {
        "schema": "panjabi-neutral-zone/1",
        "file": found.measurement.name,
        "samples": int(found.measurement.moment.size),
        "neutral_zone_deg": zones,
        "neutral_zone_interval_95_deg": spans,
        "neutral_zone_detail": {n: z.detail for n, z in found.zones.items()},
        "neutral_zone_missing": found.missing,
        "range_of_motion_deg": (found.range_minus + found.range_plus) * _DEG,
        "range_minus_deg": found.range_minus * _DEG,
        "range_plus_deg": found.range_plus * _DEG,
        "stiffness_neutral_Nm_per_deg": found.stiffness_at_neutral / _DEG,
        "fit": fitted,
        "fit_r_squared": fit.r_squared,
        "fit_residual_sd_Nm": fit.residual_sd,
    }
    text = [f"{found.measurement.name}: {found.measurement.moment.size} samples"]
    for name, zone in zones.items():
        why = found.missing.get(name) or found.zones[name].detail
        text.append(f"  neutral zone, {name.replace('_', ' '):20}{_shown(zone)} deg  ({why})")
    text += [
        f"  range of motion      -{found.range_minus * _DEG:.2f} to "
        f"+{found.range_plus * _DEG:.2f} deg from neutral",
        f"  fitted law, r2 {fit.r_squared:.4f}, with 95 % intervals:",
    ]
    for name, part in fitted.items():
        low, high = (_shown(part[end]).strip() for end in ("low", "high"))
        text.append(f"    {name:24}{part['value']:10.4g}   {low} to {high}")
    return value, "\n".join(text)


def _shown(number: float | None) -> str:
    return f"{'none':>8}" if number is None else f"{number:8.3f}"
