"""``panjabi recruit`` and ``panjabi stability``: muscle forces, and whether a posture is stable."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import add_subject, subject_of, subject_values
from panjabi.cli.terminal import add_command, add_extrapolate, applicable
from panjabi.errors import ParameterError
from panjabi.evidence import printed

if TYPE_CHECKING:
    from panjabi.recruitment.posture import SpineRecruitment
    from panjabi.recruitment.required import StiffnessRequirement
    from panjabi.spine.short_range import ShortRange
    from panjabi.spine.static_model import StaticSpine
    from panjabi.spine.subject import Subject


def add_active_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    recruit = add_command(
        commands, "recruit", _recruit, "activations that balance a posture with a stability margin"
    )
    _common(recruit)
    recruit.add_argument(
        "--criterion",
        choices=("squares", "cube", "volume", "equilibrium"),
        default="squares",
        help="effort that is minimised: sum of Fmax a^2 or Fmax a^3, or volume times a^2; "
        "equilibrium means squares without a margin (default squares)",
    )
    recruit.add_argument(
        "--least-activation",
        action="append",
        default=[],
        metavar="PERCENT or GROUP=PERCENT",
        help="imposed co-contraction: smallest activation of every muscle (default 0.01), or of a "
        "group, e.g. external_oblique=10; may be repeated",
    )
    recruit.add_argument(
        "--free-posture",
        action="store_true",
        help="levels may leave their rhythm, the thorax keeps its orientation: a local optimum",
    )
    stability = add_command(
        commands, "stability", _stability, "Hessian, modes, indices and margins of a posture"
    )
    _common(stability)
    stability.add_argument(
        "--deficit",
        action="append",
        default=[],
        metavar="GROUP",
        help="also compute how much force a muscle group can lose; may be repeated; all: every "
        "group",
    )


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region",
        choices=("lumbar", "cervical", "thoracolumbar", "whole"),
        default="lumbar",
        help="joints that move (default lumbar)",
    )
    command.add_argument("--posture", help="posture (default standing)")
    add_subject(command)
    command.add_argument(
        "--load",
        type=float,
        metavar="KG",
        help="mass held at the centre of trunk, arms and head (default 0)",
    )
    command.add_argument(
        "--margin",
        type=float,
        nargs=2,
        metavar=("NM", "DEG"),
        help="a moment on the thorax turns it by this angle at most (default 1 0.5)",
    )
    command.add_argument(
        "--margin-rate",
        type=float,
        metavar="RAD_PER_S",
        help="instead of a margin: every mode returns at this rate or faster",
    )
    command.add_argument(
        "--floor",
        type=float,
        metavar="NM_PER_RAD",
        help="instead of a margin: smallest eigenvalue of the Hessian, as in older tables",
    )
    command.add_argument(
        "--stiffness",
        choices=("fibre", "path"),
        default="fibre",
        help="law of short-range stiffness. fibre: gamma F/lopt in series with tendon, as in the "
        "moving spine; path: q F/L (default fibre)",
    )
    command.add_argument("--q", type=float, help="factor q of --stiffness path (default 10)")
    command.add_argument(
        "--pressure", type=float, default=0.0, metavar="KPA", help="abdominal pressure (default 0)"
    )
    command.add_argument(
        "--injury",
        action="append",
        default=[],
        metavar="LEVEL:CHANGE",
        help="e.g. L4-L5:cut=SSL+ISL; may be repeated",
    )
    add_extrapolate(command, "loads, pressures and compressions")


def _recruit(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.neural.command import LEAST
    from panjabi.parameter import sources
    from panjabi.recruitment.posture import recruitment_parameters
    from panjabi.recruitment.required import StiffnessRequirement
    from panjabi.spine.short_range import Q_REASON, Q_VALUES, bergmark, words

    only = args.criterion == "equilibrium"
    criterion = "squares" if only else args.criterion
    balance = StiffnessRequirement(None)
    required = balance if only else _required(args)
    if only:
        applicable(args, "--criterion equilibrium", {}, ["margin", "margin_rate", "floor"])
    law, q = _law(args)
    subject = _subject(args)
    usual = LEAST if subject.cocontraction is None else subject.cocontraction
    groups = _least_activation(args)[1]
    least = groups or usual
    spine = _spine(args, subject)
    answer = _answer(spine, required, criterion, law, least)
    if args.free_posture:
        answer = _free(args, spine, law, least)
    value: dict[str, Any] = {
        "schema": "panjabi-recruit/2",
        "region": args.region,
        "posture": subject.posture,
        "load_kg": subject.load.mass,
        "abdominal_pressure_kPa": args.pressure,
        "criterion": criterion,
        "least_activation_percent": 100.0 * usual,
        "least_activation_of_groups_percent": {name: 100.0 * a for name, a in groups.items()},
        "stiffness": words(law),
        "q": q,
        "q_reason": None if q is None else Q_REASON,
        "global_for": "the final preload and the final stretch of tendons only",
        **answer,
        **subject_values(subject),
        "required": required.words,
        "equilibrium_only": _answer(spine, balance, criterion, law, least),
        "by_q": {}
        if q is None
        else {f"{x:g}": _answer(spine, required, criterion, bergmark(x), least) for x in Q_VALUES},
        **sources(recruitment_parameters(spine, law, required)).summary(),
    }
    if value["outside_evidence"] is None:  # infeasible: the inputs are known
        value["outside_evidence"] = list(spine.outside_evidence + law.outside_evidence)
    return value, _recruit_text(value)


def _required(args: argparse.Namespace) -> StiffnessRequirement:
    """The requirement of the command line; the default margin without any."""
    import math

    from panjabi.recruitment.required import StiffnessRequirement

    given = [n for n in ("margin", "margin_rate", "floor") if getattr(args, n) is not None]
    for name in given[1:]:
        applicable(args, f"--{given[0].replace('_', '-')}", {}, [name])
    if args.margin is not None:
        return StiffnessRequirement((args.margin[0], math.radians(args.margin[1])))
    return StiffnessRequirement(rate=args.margin_rate, floor=args.floor)


def _answer(
    spine: StaticSpine,
    required: StiffnessRequirement,
    criterion: str,
    law: ShortRange,
    least: float | dict[str, float],
) -> dict[str, Any]:
    """A recruitment as plain values; numbers are null if no forces hold the posture."""
    from panjabi.recruitment.infeasible import InfeasibleRecruitment
    from panjabi.recruitment.posture import recruit

    try:
        found = recruit(
            spine,
            margin=required.margin,
            margin_rate=required.rate,
            floor=required.floor,
            criterion=criterion,
            stiffness=law,
            least_activation=least,
        )
    except InfeasibleRecruitment as error:
        return error.why.to_dict()
    return found.to_dict() | _checks(found)


def _checks(found: SpineRecruitment) -> dict[str, Any]:
    """Range of the short-range stiffness, and the margin with coupled compression."""
    import math

    from panjabi.recruitment.checks import margin_with_coupling, short_range_turn
    from panjabi.results import finite

    turn = short_range_turn(found)
    return {
        "short_range_turn_deg": {axis: math.degrees(x) for axis, x in turn.half.items()},
        "short_range": str(turn),
        "margin_with_coupling": finite(margin_with_coupling(found)),
    }


def _free(
    args: argparse.Namespace, spine: StaticSpine, law: ShortRange, least: float | dict[str, float]
) -> dict[str, Any]:
    """Posture and activations together."""
    from panjabi.recruitment.free_posture import recruit_posture

    among = ["margin_rate", "floor"]
    applicable(args, "--free-posture", {}, among)
    if args.criterion in ("cube", "volume"):
        applicable(args, "--free-posture", {}, ["criterion"])
    margin = None if args.criterion == "equilibrium" else _required(args).margin
    found = recruit_posture(spine, margin=margin, stiffness=law, least_activation=least)
    return found.to_dict() | _checks(found.recruitment) | {"posture_found": str(found)}


def _stability(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.recruitment.posture import recruit
    from panjabi.stability.margins import deficit_margin, load_margin
    from panjabi.stability.static_stability_of_muscles import static_stability

    need = _required(args)
    law, _ = _law(args)
    subject = _subject(args)
    recruited = recruit(
        _spine(args, subject),
        margin=need.margin,
        margin_rate=need.rate,
        floor=need.floor,
        stiffness=law,
    )
    state = static_stability(recruited.spine, recruited.forces, stiffness=law)
    more = load_margin(recruited)
    groups = args.deficit
    if "all" in groups:
        groups = sorted(set(recruited.spine.muscles.groups))
    deficits = {group: deficit_margin(recruited, group) for group in groups}
    value = {
        "schema": "panjabi-stability/2",
        "region": args.region,
        "posture": subject.posture,
        "load_kg": subject.load.mass,
        "abdominal_pressure_kPa": args.pressure,
        "required": need.words,
        **state.to_dict(),
        **subject_values(subject),
        "calibration": recruited.spine.tendons.muscles.calibration_text,
        "load_margin_kg": more.value,
        "beyond_load_margin": more.to_dict()["beyond"],
        "deficit_margin": {group: margin.value for group, margin in deficits.items()},
        "margin_note": more.note,
    }
    return value, _stability_text(value)


def _subject(args: argparse.Namespace) -> Subject:
    usual, _ = _least_activation(args)
    return subject_of(
        args,
        load=args.load,
        extrapolate=args.extrapolate,
        posture=args.posture,
        injuries=args.injury,
        cocontraction=usual,
    )


def _least_activation(args: argparse.Namespace) -> tuple[float | None, dict[str, float]]:
    """The least activation of every muscle and those of groups [1] from the option."""
    usual: float | None = None
    groups: dict[str, float] = {}
    for text in getattr(args, "least_activation", ()):
        name, _, percent = text.rpartition("=")
        try:
            level = 0.01 * float(percent)
        except ValueError:
            raise ParameterError(
                f"Expected --least-activation PERCENT or GROUP=PERCENT, got {text!r}; give for "
                "example 2 or external_oblique=10."
            ) from None
        if name:
            groups[name] = level
        else:
            usual = level
    return usual, groups


def _spine(args: argparse.Namespace, subject: Subject) -> StaticSpine:
    from panjabi._compiling import announce_compilation
    from panjabi.spine.static_build import static_spine

    announce_compilation()
    return static_spine(
        subject=subject,
        region=args.region,
        pressure=1e3 * args.pressure,
        extrapolate=args.extrapolate,
    )


def _law(args: argparse.Namespace) -> tuple[ShortRange, float | None]:
    """The law of short-range stiffness, and its q or None."""
    from panjabi.active.stiffness import Cui
    from panjabi.spine.short_range import bergmark

    options = {"q": 10.0} if args.stiffness == "path" else {}
    q = applicable(args, f"--stiffness {args.stiffness}", options, ["q"]).get("q")
    return (Cui() if q is None else bergmark(q)), q


def _recruit_text(value: dict[str, Any]) -> str:
    levels = tuple(value["compression_N"] or ())
    shown = "L4-L5" if "L4-L5" in levels or not levels else levels[0]
    lines = [
        f"{value['region']}, {value['posture']}, {value['load_kg']:g} kg, {value['criterion']}, "
        f"{value['required']}, {value['stiffness']}",
        f"{'':22}{'co-activation':>15}{'lowest eigenvalue':>19}{shown:>9}{'gap':>10}  status",
        f"{'':22}{'[% MVC]':>15}{'[N m/rad]':>19}{'[N]':>9}",
        _line("as requested", value, shown),
        _line("equilibrium only", value["equilibrium_only"], shown),
        *(_line(f"q = {q}", result, shown) for q, result in value["by_q"].items()),
        *([value["q_reason"]] if value["q_reason"] else []),
        f"the optimum is global for {value['global_for']}; {value['assumed_parameters']} "
        "parameters are assumed",
    ]
    lines += printed(value["outside_evidence"])
    if value["explanation"]:
        return "\n".join([*lines, f"infeasible: {value['explanation']}"])
    pressure = {k: 1e-6 * p for k, p in (value["disc_pressure_Pa"] or {}).items()}
    lines += [f"{'level':10}{'compression [N]':>17}{'shear [N]':>12}{'pressure [MPa]':>16}"]
    lines += [
        f"{level:10}{force:17.0f}{value['shear_N'][level]:12.0f}"
        f"{_number(pressure.get(level), 16, 3)}"
        for level, force in value["compression_N"].items()
    ]
    lines.append(value["short_range"])
    if value["margin_with_coupling"] is not None:
        part = 100.0 * value["margin_with_coupling"]
        lines.append(
            f"with compression that follows the turn, {part:.2f} % of the margin is reached"
        )
    if "posture_found" in value:
        lines.append(value["posture_found"])
    lines += [f"{'group':24}{'activation [% MVC]':>18}"]
    lines += [f"{g:24}{a:18.1f}" for g, a in value["activation_percent_MVC"].items()]
    sides = value["electrode_percent_MVC"]
    if sides["right"]:
        lines += [f"{'electrode':24}{'right':>9}{'left':>9}  [% MVC]"]
        lines += [f"{e:24}{a:9.1f}{sides['left'][e]:9.1f}" for e, a in sides["right"].items()]
    return "\n".join(lines)


def _line(name: str, result: dict[str, Any], level: str) -> str:
    if result["gap"] is None:
        return f"{name:22}{'-':>15}{'-':>19}{'-':>9}{'-':>10}  {result['status']}"
    return (
        f"{name:22}{_number(result['coactivation_percent_MVC'], 15, 2)}"
        f"{result['lowest_eigenvalue_Nm_per_rad']:19.2f}{result['compression_N'][level]:9.0f}"
        f"{result['gap']:10.1e}  {result['status']}"
    )


def _number(value: float | None, width: int, digits: int) -> str:
    """A number in a column; a dash where the quantity does not exist."""
    return f"{'-':>{width}}" if value is None else f"{value:{width}.{digits}f}"


def _stability_text(value: dict[str, Any]) -> str:
    critical, more = value["critical_q"], value["critical_load_at_these_forces_kg"]
    lines = [
        f"{value['posture']}, {value['load_kg']:g} kg, {value['stiffness']}: "
        f"{'stable' if value['stable'] else 'unstable'}, lowest eigenvalue "
        f"{value['lowest_eigenvalue_Nm_per_rad']:.3f} N m/rad, index "
        f"{value['index_Nm_per_rad']:.1f} N m/rad",
        "critical q "
        + ("-" if critical is None else f"{critical:.2f}")
        + "; with these muscle forces unchanged, "
        + ("any additional load" if more is None else f"{more:.2f} kg more")
        + " can be held",
        f"with muscle forces recruited for the larger load, {value['load_margin_kg']:.1f} kg more "
        f"can be held; limit: {value['beyond_load_margin'] or 'not reached in the search range'}",
        "weakest mode; + is extension, right bending, left rotation",
        f"{'':16}" + "".join(f"{axis:>9}" for axis in ("FE", "LB", "AR")),
    ]
    lines += [
        f"{level:16}" + "".join(f"{x:9.3f}" for x in shape.values())
        for level, shape in value["mode"].items()
    ]
    for title, key in (
        ("term of the Hessian", "share_of_terms_Nm_per_rad"),
        ("muscle group", "share_of_groups_Nm_per_rad"),
    ):
        lines.append(f"{title:28}in the weakest mode [N m/rad]")
        lines += [f"{name:28}{stiffness:12.2f}" for name, stiffness in value[key].items()]
    lines += [
        f"{group}: {100.0 * loss:.0f} % of its force can be lost"
        for group, loss in value["deficit_margin"].items()
    ]
    return "\n".join([*lines, value["margin_note"], *printed(value["outside_evidence"])])
