"""``panjabi task``: a movement, a perturbation or noise on the spine of a subject."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import SUBJECT, add_subject, subject_of
from panjabi.cli.terminal import add_command, applicable, option
from panjabi.evidence import printed

if TYPE_CHECKING:
    from panjabi.tasks.result import TaskResult

NAMES = {
    "sudden-load": "a cable at T8 begins to pull forward",
    "release": "a cable that pulls T8 forward is cut",
    "force": "a random force at T8",
    "sway": "sitting on an unstable seat (lumped model)",
    "repeated": "bending forward and back at a pace (lumped model)",
    "bend": "bend forward, hold, return",
    "side-bend": "bend to a side, hold, return",
    "lift": "bend to a weight, lift it, lower it, return",
    "stand": "stand quietly under noise",
    "exert": "push against a harness with a rising fraction of the strength",
    "arm-raise": "raise the right arm quickly, deep muscles early, late or absent",
    "measured": "a motion from a file (--motion), with EMG (--emg)",
    "craniocervical-flexion": "nod in stages lying supine, for the deep neck flexors",
    "leg-raise": "active straight-leg raise, lying, with the sacroiliac joints",
}
"""Every task with what happens in it."""

OPTIONS: dict[str, tuple[type, str, str]] = {
    "force": (float, "N", "force at T8 (sudden-load 50, release 80, force 10 root mean square)"),
    "duration": (float, "S", "duration of the run, or of each way [s]"),
    "pause": (float, "S", "time in which the posture is held [s]"),
    "lumbar": (float, "DEG", "lumbar flexion (bend 40, lift 35)"),
    "pelvis": (float, "DEG", "forward tilt of the pelvis (bend 30, lift 40)"),
    "bending": (float, "DEG", "lumbar bending of side-bend, right positive (15)"),
    "flexion": (float, "DEG", "last stage of craniocervical-flexion (10)"),
    "held": (float, "KG", "mass of lift in both hands (10)"),
    "direction": (str, "NAME", "direction of exert: extension, flexion, right bending, ..."),
    "effort": (float, "X", "fraction of the strength in exert (0.5)"),
    "deep": (str, "ONSET", "onset of transversus in arm-raise: early, late or absent (early)"),
    "angle": (float, "DEG", "shoulder flexion of arm-raise (90), angle of the leg (15)"),
    "belt": (float, "N", "tension of a pelvic belt in leg-raise (0)"),
    "brace": (float, "X", "least activation of transversus in leg-raise (0)"),
    "rise": (float, "S", "time of the arm movement of arm-raise (0.4)"),
    "amplitude": (float, "X", "command that arm-raise adds (0.02)"),
    "motion": (str, "FILE", "motion of measured: .mot, .sto or .trc"),
    "emg": (str, "FILE", "EMG of measured: CSV or .sto, fractions of MVC by muscle group"),
    "pelvis_markers": (str, "A,B,C", "markers of the pelvis in a .trc file of measured"),
    "thorax_markers": (str, "A,B,C", "markers of the thorax in a .trc file of measured"),
    "cutoff": (float, "HZ", "filter on the motion of measured; 0: none (6)"),
    "samples": (int, "N", "number of samples of a movement"),
    "pace": (float, "N", "pace [cycles/min] (repeated 20)"),
    "seed": (int, "N", "random seed (0)"),
}
"""Options of the tasks: type, unit, meaning and defaults."""

NERVES = ("delay", "phenotype", "gain", *SUBJECT)


def add_experiment_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    command = add_command(
        commands,
        "task",
        _task,
        "run a task: record, onsets of the muscles, loads and stability along it",
    )
    command.add_argument(
        "name", choices=NAMES, metavar="NAME",
        help="; ".join(f"{name}: {what}" for name, what in NAMES.items()),
    )  # fmt: skip
    command.add_argument("--model", metavar="MODEL", help="preset of the spine (that of the task)")
    for name, (kind, metavar, what) in OPTIONS.items():
        command.add_argument(option(name), type=kind, metavar=metavar, help=what)
    command.add_argument(
        "--delay", type=float, metavar="MS", help="added to every reflex loop [ms] (default 0)"
    )
    command.add_argument(
        "--phenotype", choices=("none", "delay", "gain"),
        help="low back pain as 17 ms more delay (published) or as higher gains (give --gain)",
    )  # fmt: skip
    command.add_argument("--gain", type=float, metavar="X", help="factor on all reflex gains [1]")
    add_subject(command)
    command.add_argument(
        "--cocontraction", type=float, metavar="A",
        help="least excitation of every muscle [1] (default: that of the model)",
    )  # fmt: skip


def _task(args: argparse.Namespace) -> tuple[Any, str]:
    from dataclasses import fields

    from panjabi.spine.lumped_subject import without_counterpart
    from panjabi.tasks.condition import PRESETS, Condition
    from panjabi.tasks.registry import TASKS, made

    kind = TASKS[args.name]
    own = {f.name: f.default for f in fields(kind)}
    lumped = kind.models[0] not in PRESETS
    applies = {**own, **dict.fromkeys(NERVES)}
    if not lumped:
        applies |= {"model": kind.models[0], "cocontraction": None}
    every = (*OPTIONS, *NERVES, "model", "cocontraction")
    options = applicable(args, f"the task {args.name}", applies, every)
    subject = subject_of(
        args,
        gain_factor=options["gain"],
        extra_delay=None if options["delay"] is None else 1e-3 * options["delay"],
        phenotype=options["phenotype"],
        cocontraction=options.get("cocontraction"),
    )
    who = subject if lumped else Condition(model=options["model"], subject=subject)
    result = made(args.name, **{name: options[name] for name in own}).run(who)
    value = {
        "schema": "panjabi-task/1",
        **result.to_dict(),
        "phenotype": subject.phenotype,
        "extra_delay_s": subject.changes.extra_delay,
        "gain_factor": subject.changes.gain_factor,
        "options": {name: options[name] for name in own},
        **({"without_counterpart": list(without_counterpart(subject))} if lumped else {}),
    }
    return value, _text(value, result)


def _text(value: dict[str, Any], result: TaskResult) -> str:
    shown = {
        k: v for k, v in value.items() if k != "schema" and not isinstance(v, (list, dict)) and v
    }
    width = max(map(len, shown))
    lines = [
        f"{key:{width}}  {item:.5g}" if isinstance(item, float) else f"{key:{width}}  {item}"
        for key, item in shown.items()
    ]
    if result.latencies:
        lines += ["", f"{'group':30} {'onset [ms]':>10}  direction  peak [%]"]
    for group, onset in result.latencies.items():
        at = "none" if onset.seconds is None else f"{1e3 * onset.seconds:.0f}"
        peak = value["peak_drive_percent"][group]
        lines.append(f"{group:30} {at:>10}  {onset.direction or '':9}  {peak:8.2f}")
    if value["loads"] is not None:
        loads = value["loads"]
        lines += ["", f"{'level':10} {'compression [N]':>15} {'shear [N]':>10}  (peaks)"]
        for level, force in loads["peak_compression_N"].items():
            lines.append(f"{level:10} {force:15.0f} {loads['peak_shear_N'][level]:10.0f}")
        worst = loads["most_strained_ligament"]
        if worst is not None:
            strain = 100.0 * loads["largest_ligament_strain"]
            lines.append(f"largest strain of a ligament: {strain:.1f} % ({worst})")
    if value["stability"] is not None:
        along = value["stability"]
        lines += ["", "time [s]  rightmost root [1/s]  least stiffness [N m/rad]"]
        rows = zip(
            along["time_s"], along["rightmost_root_real_per_s"],
            along["least_stiffness_Nm_per_rad"], strict=True,
        )  # fmt: skip
        lines += [f"{t:8.2f}  {root:20.3g}  {least:25.4g}" for t, root, least in rows]
    lines += [
        f"without effect in this lumped model: {name} of the subject"
        for name in value.get("without_counterpart", ())
    ]
    return "\n".join([*lines, *printed(value["outside_evidence"])])
