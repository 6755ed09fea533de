"""``panjabi perturb``: a perturbation experiment on a model, healthy or with low back pain."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import SUBJECT, add_subject, subject_of
from panjabi.cli.terminal import add_command, applicable
from panjabi.evidence import printed

if TYPE_CHECKING:
    from panjabi.results import Result
    from panjabi.spine.subject import Subject
    from panjabi.tasks.condition import Condition

BODY = {"model": "trunk", "cocontraction": None}
NERVES = {"delay": None, "phenotype": None, "gain": None, **dict.fromkeys(SUBJECT)}
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "sudden-load": {**NERVES, **BODY, "force": 50.0},
    "release": {**NERVES, **BODY, "force": 80.0},
    "force": {**NERVES, **BODY, "force": 10.0, "seed": 0},
    "sway": {**NERVES, "duration": 60.0, "seed": 0},
    "repeated": {**NERVES, "pace": 20.0, "seed": 0},
}
"""Options of each experiment with their defaults."""


def add_experiment_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    perturb = add_command(
        commands,
        "perturb",
        _perturb,
        "simulate a perturbation experiment and measure the response of trunk and reflexes",
    )
    perturb.add_argument(
        "--experiment", choices=EXPERIMENTS, default="sudden-load",
        help="sudden-load: a cable at T8 begins to pull forward; release: the cable is cut; force: "
        "a random force at T8; sway: sitting on an unstable seat; repeated: bending at a pace "
        "(default sudden-load). Sway and repeated use lumped models",
    )  # fmt: skip
    perturb.add_argument(
        "--model", choices=("trunk", "lumbar", "thoracolumbar"),
        help="one joint with two muscles (trunk), or all lumbar or all thoracic and lumbar joints "
        "with all muscles (default trunk); not for sway and repeated",
    )  # fmt: skip
    perturb.add_argument(
        "--force", type=float, metavar="N",
        help="force at T8; default 50 N for sudden-load, 80 N for release, 10 N (root mean square) "
        "for force",
    )  # fmt: skip
    perturb.add_argument(
        "--delay", type=float, metavar="MS", help="added to every reflex loop [ms] (default 0)"
    )
    perturb.add_argument(
        "--phenotype", choices=("none", "delay", "gain"),
        help="low back pain as 17 ms more delay (published) or as higher gains (give --gain)",
    )  # fmt: skip
    perturb.add_argument("--gain", type=float, metavar="X", help="factor on all reflex gains [1]")
    add_subject(perturb)
    perturb.add_argument(
        "--cocontraction", type=float, metavar="A",
        help="least excitation of every muscle [1] (default: that of the model); not for sway and "
        "repeated",
    )  # fmt: skip
    perturb.add_argument(
        "--pace", type=float, metavar="N", help="pace for repeated [cycles/min] (default 20)"
    )
    perturb.add_argument(
        "--duration", type=float, metavar="S", help="duration of sway [s] (default 60)"
    )
    perturb.add_argument(
        "--seed", type=int, help="random seed for force, sway and repeated (default 0)"
    )


def _perturb(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.spine.lumped_subject import without_counterpart
    from panjabi.tasks.condition import Condition

    name = args.experiment
    every = dict.fromkeys(key for options in EXPERIMENTS.values() for key in options)
    options = applicable(args, f"--experiment {name}", EXPERIMENTS[name], every)
    subject = subject_of(
        args,
        gain_factor=options["gain"],
        extra_delay=None if options["delay"] is None else 1e-3 * options["delay"],
        phenotype=options["phenotype"],
        cocontraction=options.get("cocontraction"),
    )
    condition = Condition(model=options.get("model", "trunk"), subject=subject)
    lumped = name in ("sway", "repeated")
    value = {
        "schema": "panjabi-perturb/1",
        "experiment": name,
        "model": condition.model,
        "subject": subject.name,
        "phenotype": subject.phenotype,
        "extra_delay_s": subject.changes.extra_delay,
        "gain_factor": subject.changes.gain_factor,
        **({"without_counterpart": list(without_counterpart(subject))} if lumped else {}),
        **_response(name, condition, subject, options).to_dict(),
        **({"seed": options["seed"]} if "seed" in options else {}),
    }
    return value, _text(value)


def _response(name: str, condition: Condition, subject: Subject, options: dict[str, Any]) -> Result:
    """The result of the experiment of this name."""
    from panjabi.tasks.force import force_perturbation
    from panjabi.tasks.pushes import quick_release, sudden_load
    from panjabi.tasks.repeated import moving_trunk, repeated_movement
    from panjabi.tasks.seated_sway import sitting

    if name == "sudden-load":
        return sudden_load(condition, force=options["force"])
    if name == "release":
        return quick_release(condition, force=options["force"])
    if name == "force":
        return force_perturbation(condition, rms=options["force"], seed=options["seed"])
    if name == "sway":
        spine = subject.spine("seat")
        return sitting(spine, duration=options["duration"], seed=options["seed"])
    spine = moving_trunk(subject=subject)
    return repeated_movement(options["pace"], spine=spine, seed=options["seed"])


def _text(value: dict[str, Any]) -> str:
    shown = {k: v for k, v in value.items() if k != "schema" and not isinstance(v, list)}
    width = max(map(len, shown))
    lines = [
        f"{key:{width}}  {item:.5g}" if isinstance(item, float) else f"{key:{width}}  {item}"
        for key, item in shown.items()
    ]
    lines += [
        f"without effect in this lumped model: {name} of the subject"
        for name in value.get("without_counterpart", ())
    ]
    return "\n".join([*lines, *printed(value["outside_evidence"])])
