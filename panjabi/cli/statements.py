"""``panjabi hypothesis``: fourteen statements as experiments; ``panjabi verdict``: stability."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.body import PERSON, add_person, person
from panjabi.cli.terminal import (
    add_cohort_options,
    add_command,
    add_extrapolate,
    applicable,
    changes_by_level,
    cohort_options,
)

if TYPE_CHECKING:
    from panjabi.body import Body
    from panjabi.stability.condition import StabilityVerdict

MODELS = ("lumbar", "trunk")
TRUNK = {
    "activation": None, "gain_factor": 1.0, "passive_loss": 0.0, "strength_loss": 0.0,
    "extra_delay_ms": 0.0,
}  # fmt: skip
LUMBAR = {
    "preload": None, "coactivation": 0.005, "load": 0.0, "gain_factor": 1.0,
    "extra_delay_ms": 0.0, "watch": None, "of": None, "margins": "again", "no_pushes": False,
    "injury": [], "extrapolate": False, **dict.fromkeys(PERSON),
}  # fmt: skip
"""Options of each model with their defaults; None: the activation of the intact trunk, the
compression of each level."""


MOST = {"strength_loss": 0.99, "extra_delay": 0.1}
"""Largest deficit of a map by default [1], [s]."""


def add_hypothesis_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    hypothesis = add_command(
        commands, "hypothesis", _hypothesis, "Panjabi's statements P1 to P14 as experiments"
    )
    hypothesis.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="P4",
        help="this statement only; may be repeated",
    )
    compensation = add_command(
        commands,
        "compensation",
        _compensation,
        "least co-contraction of the one-joint trunk over two deficits",
    )
    compensation.add_argument(
        "--deficit", choices=tuple(MOST), default="strength_loss",
        help="deficit beside the passive loss (default strength_loss)",
    )  # fmt: skip
    compensation.add_argument(
        "--most", type=float, metavar="X",
        help="largest deficit (default 0.99 for strength_loss, 0.1 s for extra_delay)",
    )  # fmt: skip
    compensation.add_argument(
        "--points", type=int, default=21, metavar="N", help="values of each deficit (default 21)"
    )
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
    trunk = verdict.add_argument_group("trunk")
    trunk.add_argument("--activation", type=float, metavar="F", help="co-contraction, 0 to 1")
    trunk.add_argument(
        "--passive-loss", type=float, metavar="F", help="lost fraction of stiffness, 0 to 1"
    )
    trunk.add_argument(
        "--strength-loss", type=float, metavar="F", help="lost fraction of strength, 0 to 1"
    )
    lumbar = verdict.add_argument_group("lumbar")
    lumbar.add_argument(
        "--of", choices=("default", "critical"),
        help="the gain that --gain-factor multiplies: the default one, or the one at which "
        "stability is lost",
    )  # fmt: skip
    lumbar.add_argument("--watch", type=float, metavar="S", help="time watched [s] (default 20)")
    lumbar.add_argument(
        "--margins", choices=("again", "held", "none"),
        help="margins with the equilibrium solved again (default), with commands held, or none",
    )  # fmt: skip
    lumbar.add_argument("--no-pushes", action="store_true", help="small motions only")
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
    add_person(lumbar)
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

    findings = hypothesis(args.only)
    return [finding.to_dict() for finding in findings], "\n".join(map(str, findings))


def _compensation(args: argparse.Namespace) -> tuple[Any, str]:
    import numpy as np

    from panjabi.errors import ParameterError
    from panjabi.stability.one_joint_trunk import reduced_trunk
    from panjabi.statements.compensation import compensation_map

    if args.points < 2:
        raise ParameterError(f"Expected 2 or more points, got {args.points}; give --points 21.")
    most = MOST[args.deficit] if args.most is None else args.most
    result = compensation_map(
        reduced_trunk(),
        np.linspace(0.0, 1.0, args.points),
        (args.deficit, np.linspace(0.0, most, args.points)),
        **cohort_options(args),
    )
    fractions = result.fractions()
    value = {"schema": "panjabi-compensation/1", **result.to_dict(), "fractions": fractions}
    text = [
        f"{name:24}{100.0 * fraction:6.1f} % of the map" for name, fraction in fractions.items()
    ]
    return value, "\n".join(text)


def _verdict(args: argparse.Namespace) -> tuple[Any, str]:
    options = TRUNK if args.model == "trunk" else LUMBAR
    changes = applicable(args, f"--model {args.model}", options, {**TRUNK, **LUMBAR})
    extrapolate = changes.pop("extrapolate", False)
    changes["extra_delay"] = 1e-3 * changes.pop("extra_delay_ms")
    if args.model == "trunk":
        result = _trunk(changes)
    else:
        result = _lumbar(changes, person(args), extrapolate=extrapolate)
    value = {"schema": "panjabi-verdict/2", "model": args.model, **result.to_dict()}
    return value, str(result)


def _trunk(changes: dict[str, Any]) -> StabilityVerdict:
    from panjabi.stability.model_verdict import verdict
    from panjabi.stability.one_joint_trunk import reduced_trunk

    changes["gain"] = changes.pop("gain_factor")
    changes = {name: value for name, value in changes.items() if value is not None}
    return verdict(reduced_trunk().changed(**changes))


def _lumbar(changes: dict[str, Any], body: Body, *, extrapolate: bool) -> StabilityVerdict:
    from panjabi.neural.loops import delayed_by, scaled
    from panjabi.spine.equilibrium_solver import equilibrium
    from panjabi.spine.model_build import UnitOptions, spine_model
    from panjabi.spine.static_model import HeldLoad
    from panjabi.stability.model_verdict import verdict
    from panjabi.stability.robustness import critical_gain

    model = spine_model(
        "lumbar",
        reflexes=True,
        preload=changes["preload"],
        load=HeldLoad(changes["load"], extrapolate=extrapolate),
        units=UnitOptions(extrapolate=extrapolate),
        injuries=changes_by_level(changes["injury"]),
        body=body,
    )
    late = model.with_reflexes(*delayed_by(model.reflexes, changes["extra_delay"]))
    rest = equilibrium(late, least=changes["coactivation"], extrapolate=extrapolate)
    factor = changes["gain_factor"]
    if changes["of"] == "critical":
        factor *= critical_gain(rest)
    if factor != 1.0:
        loops = scaled(late.reflexes, factor)
        rest = equilibrium(
            late.with_reflexes(*loops), least=changes["coactivation"], extrapolate=extrapolate
        )
    margins = False if changes["margins"] == "none" else changes["margins"]
    return verdict(rest, watch=changes["watch"], margins=margins, pushes=not changes["no_pushes"])
