"""``panjabi hypothesis``: statements as experiments; ``panjabi verdict``: stability."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import SUBJECT, add_subject, subject_of
from panjabi.cli.terminal import (
    add_cohort_options,
    add_command,
    add_extrapolate,
    applicable,
    cohort_options,
)

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.stability.condition import RootMode

MODELS = ("lumbar", "trunk", "thoracolumbar", "cervical", "whole")
FIGURES = (".pdf", ".png", ".svg")
VERDICT = {"watch": None, "of": None, "margins": "again", "no_pushes": False, "figure": None}
TRUNK = {
    "activation": None, "gain_factor": None, "passive_loss": None, "strength_loss": None,
    "extra_delay_ms": None, **VERDICT, **dict.fromkeys(SUBJECT),
}  # fmt: skip
LUMBAR = {
    "preload": None, "coactivation": None, "load": None, "gain_factor": None,
    "passive_loss": None, "strength_loss": None, "extra_delay_ms": None, "injury": [],
    "extrapolate": False, **VERDICT, **dict.fromkeys(SUBJECT),
}  # fmt: skip
"""Options of each model with their defaults; None: what the subject has, and the compression of
each level."""


MOST = {"strength_loss": 0.99, "extra_delay": 0.1}
"""Largest deficit of a map by default [1], [s]."""


def add_hypothesis_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    hypothesis = add_command(
        commands, "hypothesis", _hypothesis, "Panjabi's statements P1 to P19 as experiments"
    )
    hypothesis.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="P4",
        help="this statement only; may be repeated",
    )
    hypothesis.add_argument(
        "--draws", type=int, default=8, metavar="N",
        help="draws from the priors of the assumed values (default 8, about three minutes in all)",
    )  # fmt: skip
    hypothesis.add_argument("--seed", type=int, default=0, help="random seed (default 0)")
    add_subject(hypothesis)
    add_cohort_options(hypothesis)
    compensation = add_command(
        commands,
        "compensation",
        _compensation,
        "least co-contraction of trunk or lumbar spine over two deficits",
    )
    compensation.add_argument(
        "--model", choices=("trunk", "lumbar"), default="trunk",
        help="trunk: one joint, its sway is restored; lumbar: all lumbar joints and muscles, their "
        "stability margin is restored (default trunk)",
    )  # fmt: skip
    compensation.add_argument(
        "--deficit", choices=tuple(MOST),
        help="deficit beside the passive loss; extra_delay for the trunk (default strength_loss)",
    )  # fmt: skip
    compensation.add_argument(
        "--most", type=float, metavar="X",
        help="largest deficit (default 0.99 for strength_loss, 0.1 s for extra_delay)",
    )  # fmt: skip
    compensation.add_argument(
        "--points", type=int, metavar="N",
        help="values of each deficit (default 11 for the trunk, 5 for the lumbar spine)",
    )  # fmt: skip
    add_subject(compensation)
    add_cohort_options(compensation)
    verdict = add_command(
        commands,
        "verdict",
        _verdict,
        "stability of a model, its margins, and what follows from pushes",
    )
    verdict.add_argument("--model", choices=MODELS, default="lumbar", help="model (default lumbar)")
    verdict.add_argument(
        "--gain-factor", type=float, metavar="FACTOR", help="factor on every reflex gain"
    )
    verdict.add_argument(
        "--extra-delay-ms", type=float, metavar="MS", help="added to every reflex delay"
    )
    verdict.add_argument(
        "--passive-loss", type=float, metavar="F", help="lost fraction of stiffness, 0 to 1"
    )
    verdict.add_argument(
        "--strength-loss", type=float, metavar="F", help="lost fraction of strength, 0 to 1"
    )
    add_subject(verdict)
    trunk = verdict.add_argument_group("trunk")
    trunk.add_argument(
        "--activation", type=float, metavar="F", help="least command of both muscles"
    )
    lumbar = verdict.add_argument_group("lumbar")
    verdict.add_argument(
        "--of", choices=("default", "critical"),
        help="the gain that --gain-factor multiplies: the default one, or the one at which "
        "stability is lost",
    )  # fmt: skip
    verdict.add_argument("--watch", type=float, metavar="S", help="time watched [s] (default 20)")
    verdict.add_argument(
        "--margins", choices=("again", "held", "none"),
        help="margins with the equilibrium solved again (default), with commands held, or none",
    )  # fmt: skip
    verdict.add_argument("--no-pushes", action="store_true", help="small motions only")
    verdict.add_argument(
        "--figure", metavar="FILE",
        help="also plot the mode of the rightmost root (file name ends in pdf, png or svg)",
    )  # fmt: skip
    lumbar.add_argument(
        "--preload",
        type=float,
        metavar="N",
        help="frozen compression of every unit (default: that of its level in the spine)",
    )
    lumbar.add_argument(
        "--coactivation",
        type=float,
        metavar="F",
        help="minimum activation of every muscle (default 0.005)",
    )
    lumbar.add_argument(
        "--load", type=float, metavar="KG", help="mass held at the centre of the trunk"
    )
    add_extrapolate(lumbar, "loads, preloads and angles")
    lumbar.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="LEVEL:CHANGE",
        help="e.g. L4-L5:nucleus; may be repeated",
    )


def _hypothesis(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.statements.catalogue import hypothesis

    findings = hypothesis(
        args.only, subject_of(args), draws=args.draws, seed=args.seed, **cohort_options(args)
    )
    return [finding.to_dict() for finding in findings], "\n".join(map(str, findings))


def _compensation(args: argparse.Namespace) -> tuple[Any, str]:
    import numpy as np

    from panjabi.errors import ParameterError
    from panjabi.spine.static_build import static_spine
    from panjabi.statements.compensation import compensation_map, spine_compensation
    from panjabi.statements.quiet_stance import standing_trunk

    lumbar = args.model == "lumbar"
    options = {"points": 5} if lumbar else {"points": 11, "deficit": "strength_loss"}
    chosen = applicable(args, f"--model {args.model}", options, ["points", "deficit"])
    points, deficit = chosen["points"], chosen.get("deficit", "strength_loss")
    if points < 2:
        raise ParameterError(f"Expected 2 or more points, got {points}; give --points 11.")
    most = MOST[deficit] if args.most is None else args.most
    subject = subject_of(args)
    losses, others = np.linspace(0.0, 1.0, points), np.linspace(0.0, most, points)
    if lumbar:
        spine = static_spine(subject=subject)
        result = spine_compensation(spine, losses, others, **cohort_options(args))
    else:
        trunk = standing_trunk(subject)
        result = compensation_map(trunk, losses, (deficit, others), **cohort_options(args))
    fractions = result.fractions()
    value = {
        "schema": "panjabi-compensation/2",
        "model": args.model,
        "subject": subject.name,
        **result.to_dict(),
        "fractions": fractions,
    }
    text = [
        f"{name:24}{100.0 * fraction:6.1f} % of the map" for name, fraction in fractions.items()
    ]
    return value, "\n".join(text)


def _verdict(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.errors import ParameterError
    from panjabi.spine.deficits import Deficits, with_deficits
    from panjabi.spine.equilibrium_solver import equilibrium
    from panjabi.spine.model_build import UnitOptions
    from panjabi.stability.condition import WATCH
    from panjabi.stability.margins import critical_gain
    from panjabi.stability.verdict_spine import verdict

    if args.figure is not None and not args.figure.endswith(FIGURES):
        raise ParameterError(
            f"Expected a file name that ends in {', '.join(FIGURES)}, got {args.figure!r}; choose "
            "one of these formats."
        )
    options = TRUNK if args.model == "trunk" else LUMBAR
    chosen = applicable(args, f"--model {args.model}", options, {**TRUNK, **LUMBAR})
    later, critical = chosen["extra_delay_ms"], chosen["of"] == "critical"
    subject = subject_of(
        args,
        load=chosen.get("load"),
        extrapolate=args.extrapolate,
        injuries=args.injury,
        passive_loss=chosen["passive_loss"],
        strength_loss=chosen["strength_loss"],
        gain_factor=None if critical else chosen["gain_factor"],
        extra_delay=None if later is None else 1e-3 * later,
        cocontraction=chosen["activation" if args.model == "trunk" else "coactivation"],
    )
    model = subject.spine(
        args.model, units=UnitOptions(extrapolate=args.extrapolate, preload=args.preload)
    )
    rest = equilibrium(model, extrapolate=args.extrapolate)
    if critical:
        factor = critical_gain(rest) * (chosen["gain_factor"] or 1.0)
        model = with_deficits(model, Deficits(gain_factor=factor))
        rest = equilibrium(model, extrapolate=args.extrapolate)
    margins = False if chosen["margins"] == "none" else chosen["margins"]
    watch = WATCH if chosen["watch"] is None else chosen["watch"]
    result = verdict(rest, watch=watch, margins=margins, pushes=not chosen["no_pushes"])
    if chosen["figure"] is not None:
        _plot_mode(rest, result.mode, chosen["figure"])
    value = {"schema": "panjabi-verdict/3", "model": args.model, **result.to_dict()}
    return value, str(result)


def _plot_mode(rest: Equilibrium, mode: RootMode, target: str) -> None:
    """Write the figure of a mode; the format is that of the file name."""
    import matplotlib.pyplot as plt

    from panjabi.plots.stability_mode import plot_stability_mode
    from panjabi.plots.style import journal_style

    with journal_style():
        ax = plot_stability_mode(rest, mode)
        plt.savefig(target)
        plt.close(ax.get_figure(root=True))
