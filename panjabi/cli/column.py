"""``panjabi buckle``: the load at which a column of the spine loses its stability."""

from __future__ import annotations

import argparse
import math
from typing import Any

from panjabi.cli.subject import SUBJECT, add_subject, subject_of
from panjabi.cli.terminal import add_command, add_extrapolate, applicable
from panjabi.evidence import printed

DIRECTION_NAMES = {"FE": ("extension", "flexion"), "LB": ("right", "left"), "AR": ("left", "right")}


def add_column_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    buckle = add_command(commands, "buckle", _buckle, "critical load of a column and its mode")
    buckle.add_argument(
        "--column",
        default="lumbar",
        help="cervical, thoracic, lumbar, thoracolumbar or whole (default lumbar)",
    )
    buckle.add_argument(
        "--plane", default="space", help="frontal, sagittal, transverse or space (default space)"
    )
    buckle.add_argument(
        "--law",
        default="units",
        help="law of the joints: units (fitted units); for the lumbar column also Crisco's models "
        "linear and exponential, and slope (measured slope at neutral) (default units)",
    )
    buckle.add_argument("--straight", action="store_true", help="place joints on a vertical line")
    buckle.add_argument("--no-ribs", action="store_true", help="without the anterior rib cage")
    buckle.add_argument(
        "--preload", type=float, metavar="N", help="compression of every unit (default 0)"
    )
    buckle.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="LEVEL:CHANGE",
        help="e.g. L4-L5:cut=SSL+ISL; may be repeated",
    )
    add_subject(buckle)
    buckle.add_argument(
        "--to", type=float, metavar="N", help="also follow the post-buckling path to this load"
    )
    add_extrapolate(buckle, "preloads")


def _buckle(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi._compiling import announce_compilation
    from panjabi.stability.buckling import buckle
    from panjabi.stability.load_paths import post_buckling

    announce_compilation()
    if args.law != "units":
        applicable(
            args, f"--law {args.law}", {}, ("preload", "injury", "no_ribs", "extrapolate", *SUBJECT)
        )
    subject = subject_of(args, injuries=args.injury) if args.law == "units" else None
    result = buckle(
        args.column,
        plane=args.plane,
        law=args.law,
        straight=args.straight,
        rib_cage=not args.no_ribs,
        preload=args.preload or 0.0,
        subject=subject,
        extrapolate=args.extrapolate,
    )
    value: dict[str, Any] = {
        "schema": "panjabi-buckle/1",
        "column": args.column,
        "plane": args.plane,
        "law": args.law,
        "straight": args.straight,
        "subject": None if subject is None else subject.name,
        **result.to_dict(),
    }
    if args.to is not None and math.isfinite(result.load):
        path = post_buckling(result, to=args.to)
        value["post_buckling"] = {"to_N": args.to, **path.to_dict()}
    return value, _text(value)


def _turned(axis: str, angle: float) -> str:
    """A rotation as a positive number with the name of its direction."""
    plus, minus = DIRECTION_NAMES[axis]
    name = "" if abs(angle) < 0.005 else plus if angle > 0.0 else minus
    return f"{abs(angle):9.2f} {name:9}"


def _text(value: dict[str, Any]) -> str:
    load, quick = value["critical_load_N"], value["instantaneous_critical_load_N"]
    where = f"{value['column']} column, {value['law']}, {value['plane']}"
    if load is None:
        end = ", where a unit fails" if value["kind"] == "failure" else ""
        return f"{where}: stable up to {value['searched_to_N']:.4g} N{end}"
    lines = [
        f"{where}: critical load {load:.2f} N ({value['stiffness']} stiffness"
        + (f"; instantaneous {quick:.2f} N)" if quick is not None else ")"),
        f"{value['kind']}; below this load the column "
        f"{'bends gradually' if value['bent_before'] else 'keeps its shape'}; "
        f"{value['assumed_parameters']} parameters are assumed",
        "buckling mode; + is extension, right bending, left rotation",
        f"{'':10}" + "".join(f"{axis:>9}" for axis in next(iter(value["mode"].values()))),
    ]
    lines += [
        f"{level:10}" + "".join(f"{x:9.3f}" for x in shape.values())
        for level, shape in value["mode"].items()
    ]
    if "post_buckling" in value:
        path = value["post_buckling"]
        short = "" if path["reached"] else f"; {path['to_N']:g} N was not reached"
        lines += [f"the path ends where a unit fails: {words}" for words in path["failure"]]
        lines.append(f"at {path['load_N'][-1]:.4g} N{short}, deg:")
        lines += [
            f"{level:10}" + "".join(_turned(axis, angles[-1]) for axis, angles in shape.items())
            for level, shape in path["angles_deg"].items()
        ]
        lines += printed(path["outside_evidence"])
    else:
        lines += printed(value["outside_evidence"])
    return "\n".join(lines)
