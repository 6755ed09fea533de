"""``panjabi stiffness``: stiffness of the trunk at a harness, bracing, and removal of muscles."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import add_subject, subject_of
from panjabi.cli.terminal import add_command, add_extrapolate, applicable
from panjabi.evidence import printed

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.tasks.stiffness import TrunkStiffness

HARNESS: dict[str, Any] = {
    "direction": "forward",
    "at": "T9",
    "effort": 0.2,
    "frequency": 4.0,
    "amplitude": 0.075,
}
REPORTS: dict[str, dict[str, Any]] = {
    "harness": {**HARNESS, "extrapolate": False},
    "brace": {},
    "groups": {},
}
"""Options of each report with their defaults."""


def add_stiffness_commands(commands: Any) -> None:
    """Add the command of this module to the parser."""
    command = add_command(
        commands,
        "stiffness",
        _stiffness,
        "stiffness of the trunk at a harness, static and at a frequency, intrinsic and by reflexes",
    )
    command.add_argument(
        "--report", choices=REPORTS, default="harness",
        help="harness: stiffness at a point; brace: the margin of stability with tightened "
        "abdominal muscles; groups: the margin in exertions without each muscle group "
        "(default harness)",
    )  # fmt: skip
    command.add_argument(
        "--model", choices=("trunk", "lumbar", "thoracolumbar", "whole"), default="lumbar",
        help="joints that move (default lumbar)",
    )  # fmt: skip
    command.add_argument(
        "--direction", metavar="NAME|DEG",
        help="direction of the pull that the trunk resists: forward, backward, right, left, or the "
        "angle from forward to the right (default forward)",
    )  # fmt: skip
    command.add_argument(
        "--at", metavar="BODY|M",
        help="harness: a body, or its height over the lowest joint [m] (default T9)",
    )  # fmt: skip
    command.add_argument(
        "--effort", type=float, metavar="X",
        help="pull over the largest that the muscles can carry (default 0.2)",
    )  # fmt: skip
    command.add_argument(
        "--frequency", type=float, metavar="HZ", help="of the sine [Hz] (default 4)"
    )
    command.add_argument(
        "--amplitude", type=float, metavar="X",
        help="of the sine over the largest pull (default 0.075)",
    )  # fmt: skip
    command.add_argument("--load", type=float, metavar="KG", help="mass held (default 0)")
    command.add_argument(
        "--cocontraction", type=float, metavar="A",
        help="least activation of every muscle [1] (default that of the model)",
    )  # fmt: skip
    add_subject(command)
    add_extrapolate(command, "units and tendons")


def _stiffness(args: argparse.Namespace) -> tuple[Any, str]:
    name = args.report
    every = dict.fromkeys(key for options in REPORTS.values() for key in options)
    options = applicable(args, f"--report {name}", REPORTS[name], every)
    subject = subject_of(
        args, load=args.load, extrapolate=args.extrapolate, cocontraction=args.cocontraction
    )
    spine = subject.spine(args.model, reflexes=True)
    value: dict[str, Any] = {
        "schema": "panjabi-stiffness/1",
        "report": name,
        "model": args.model,
    }
    if name == "brace":
        return _brace(value, spine)
    if name == "groups":
        return _groups(value, spine)
    from panjabi.tasks.stiffness import trunk_stiffness

    found = trunk_stiffness(spine, **{**options, **_place(options)})
    value |= found.to_dict() | {"subject": subject.name}
    return value, _text(found)


def _place(options: dict[str, Any]) -> dict[str, str | float]:
    """Direction and harness, as numbers where they are numbers."""
    return {name: _number(options[name]) for name in ("direction", "at")}


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _text(found: TrunkStiffness) -> str:
    fit, small, intrinsic = found.fit, found.small_fit, found.intrinsic_fit
    f = f"{found.frequency:g} Hz"
    lines = [
        f"harness at {found.at}, {found.height:.3f} m over the lowest joint, pull of "
        f"{found.pull:.0f} N ({100.0 * found.effort:.3g} % effort)",
        f"one sine of {f}, {found.amplitude * found.largest:.1f} N: {1e-3 * fit.stiffness:.2f} "
        f"N/mm, {fit.mass:.1f} kg, {fit.damping:.0f} N s/m, {100.0 * fit.explained:.1f} % of the "
        "force explained",
        f"a small sine: {1e-3 * small.stiffness:.2f} N/mm, {1e-3 * intrinsic.stiffness:.2f} N/mm "
        "without reflexes",
        f"at {f}, without inertia: intrinsic {1e-3 * found.intrinsic:.2f} N/mm, reflexes "
        f"{1e-3 * found.reflex:+.2f} N/mm",
        f"static, before relaxation: {found.static}",
        f"static, relaxed: {found.slow}; with reflexes: {found.slow_with_reflexes}",
    ]
    return "\n".join([*lines, *printed(found.outside_evidence)])


def _brace(value: dict[str, Any], spine: Spine) -> tuple[Any, str]:
    from panjabi.tasks.brace_margin import bracing

    found = bracing(spine)
    lines = [
        f"least activation of {', '.join(found.groups)}; other muscles recruited again, "
        f"{found.required}",
        "level   w^2 [1/s2]: fast      slow  q = 10   thorax bends [N m/rad]   largest compression",
    ]
    for step in found.steps:
        thorax = "not defined" if step.thorax is None else f"{step.thorax[0]:.0f}"
        lines.append(
            f"{100.0 * step.level:4.0f} %{step.fast:18.1f}{step.slow:10.1f}{step.by_force:8.1f}"
            f"{thorax:>25}{max(step.compression.values()):20.0f} N"
        )
    return value | found.to_dict(), "\n".join([*lines, *printed(found.outside_evidence)])


def _groups(value: dict[str, Any], spine: Spine) -> tuple[Any, str]:
    from panjabi.tasks.group_removal import group_removals

    found = group_removals(spine)
    lines = [
        "loss of w^2 [%] without the stiffness of a group; in brackets: others recruited again"
    ]
    for one in found:
        lines.append(
            f"{100.0 * one.effort:.0f} % {one.direction}: {one.squared_rate:.0f} 1/s2, "
            f"{one.within()} of {len(one.loss)} groups at most 30 %"
        )
        for name, loss in one.loss.items():
            again = one.recruited_again[name]
            text = "not possible" if again is None else f"{100.0 * again:.0f}"
            lines.append(f"  {name:34}{100.0 * loss:5.0f} ({text})")
    return value | {"exertions": [one.to_dict() for one in found]}, "\n".join(lines)
