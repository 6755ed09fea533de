"""``panjabi recruit`` and ``panjabi stability``: muscle forces, and whether a posture is stable."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.body import add_person, person, person_values
from panjabi.cli.terminal import add_command, add_extrapolate, applicable, changes_by_level
from panjabi.evidence import printed

if TYPE_CHECKING:
    from panjabi.spine.short_range import ShortRange
    from panjabi.spine.static_model import StaticSpine


def add_active_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    recruit = add_command(
        commands, "recruit", _recruit, "muscle forces under equilibrium and a stability floor"
    )
    _common(recruit)
    recruit.add_argument(
        "--criterion",
        choices=("squares", "cubic", "equilibrium"),
        default="squares",
        help="criterion that is minimised: sum of squares or cubes of active over maximal force; "
        "equilibrium means squares without a floor (default squares)",
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
    command.add_argument("--posture", default="standing", help="posture (default standing)")
    add_person(command)
    command.add_argument(
        "--load",
        type=float,
        default=0.0,
        metavar="KG",
        help="mass held at the centre of trunk, arms and head (default 0)",
    )
    command.add_argument(
        "--floor",
        type=float,
        metavar="NM_PER_RAD",
        help="smallest allowed eigenvalue of the Hessian (default 1)",
    )
    command.add_argument(
        "--q", type=float, help="factor q of short-range stiffness q F/L (default 10)"
    )
    command.add_argument(
        "--stiffness",
        choices=("bergmark", "cui"),
        default="bergmark",
        help="law of short-range stiffness. bergmark: q F/L; cui: fibre gamma F/lopt in series "
        "with tendon (default bergmark)",
    )
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
    from panjabi.parameter import sources
    from panjabi.recruitment.posture import recruitment_parameters
    from panjabi.spine.short_range import Q_REASON, Q_VALUES, bergmark, words

    only = args.criterion == "equilibrium"
    options = {} if only else {"floor": 1.0}
    floor = applicable(args, f"--criterion {args.criterion}", options, ["floor"]).get("floor")
    criterion = "squares" if only else args.criterion
    law, q = _law(args)
    spine = _spine(args)
    value: dict[str, Any] = {
        "schema": "panjabi-recruit/1",
        "posture": args.posture,
        **person_values(spine.body),
        "load_kg": args.load,
        "abdominal_pressure_kPa": args.pressure,
        "floor_Nm_per_rad": floor,
        "criterion": criterion,
        "stiffness": words(law),
        "q": q,
        "q_reason": Q_REASON,
        "global_for": "the frozen preload only",
        **_answer(spine, floor, criterion, law),
        "equilibrium_only": _answer(spine, None, criterion, law),
        "by_q": {f"{q:g}": _answer(spine, floor, criterion, bergmark(q)) for q in Q_VALUES},
        **sources(recruitment_parameters(spine, law)).summary(),
    }
    if value["outside_evidence"] is None:  # infeasible: the inputs are known
        value["outside_evidence"] = list(spine.outside_evidence + law.outside_evidence)
    return value, _recruit_text(value)


def _answer(
    spine: StaticSpine, floor: float | None, criterion: str, law: ShortRange
) -> dict[str, Any]:
    """A recruitment as plain values; numbers are null if no forces hold the posture."""
    from panjabi.recruitment.infeasible import InfeasibleRecruitment
    from panjabi.recruitment.posture import recruit

    try:
        return recruit(spine, floor=floor, criterion=criterion, stiffness=law).to_dict()
    except InfeasibleRecruitment as error:
        return error.why.to_dict()


def _stability(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.recruitment.posture import recruit
    from panjabi.stability.margins import deficit_margin, load_margin
    from panjabi.stability.static_stability_of_muscles import static_stability

    floor = 1.0 if args.floor is None else args.floor
    law, _ = _law(args)
    recruited = recruit(_spine(args), floor=floor, stiffness=law)
    state = static_stability(recruited.spine, recruited.forces, stiffness=law)
    more = load_margin(recruited)
    groups = args.deficit
    if "all" in groups:
        groups = sorted(set(recruited.spine.muscles.groups))
    deficits = {group: deficit_margin(recruited, group) for group in groups}
    value = {
        "schema": "panjabi-stability/1",
        "posture": args.posture,
        **person_values(recruited.spine.body),
        "load_kg": args.load,
        "abdominal_pressure_kPa": args.pressure,
        "floor_Nm_per_rad": floor,
        **state.to_dict(),
        "load_margin_kg": more.value,
        "beyond_load_margin": more.to_dict()["beyond"],
        "deficit_margin": {group: margin.value for group, margin in deficits.items()},
        "margin_note": more.note,
    }
    return value, _stability_text(value)


def _spine(args: argparse.Namespace) -> StaticSpine:
    from panjabi._compiling import announce_compilation
    from panjabi.spine.static_build import static_spine

    announce_compilation()
    injuries = changes_by_level(args.injury)
    return static_spine(
        args.posture,
        load=args.load,
        body=person(args),
        injuries=injuries,
        pressure=1e3 * args.pressure,
        extrapolate=args.extrapolate,
    )


def _law(args: argparse.Namespace) -> tuple[ShortRange, float | None]:
    """The law of short-range stiffness, and its q or None."""
    from panjabi.active.stiffness import Cui
    from panjabi.spine.short_range import bergmark

    options = {"q": 10.0} if args.stiffness == "bergmark" else {}
    q = applicable(args, f"--stiffness {args.stiffness}", options, ["q"]).get("q")
    return (Cui() if q is None else bergmark(q)), q


def _recruit_text(value: dict[str, Any]) -> str:
    floor = value["floor_Nm_per_rad"]
    lines = [
        f"{value['posture']}, {value['load_kg']:g} kg, {value['criterion']}, "
        + ("equilibrium only" if floor is None else f"floor {floor:g} N m/rad")
        + f", {value['stiffness']}",
        f"{'':22}{'co-activation':>15}{'lowest eigenvalue':>19}{'L4-L5':>9}{'gap':>10}  status",
        f"{'':22}{'[% MVC]':>15}{'[N m/rad]':>19}{'[N]':>9}",
        _line("as requested", value),
        _line("equilibrium only", value["equilibrium_only"]),
        *(_line(f"q = {q}", result) for q, result in value["by_q"].items()),
        value["q_reason"],
        f"the optimum is global for {value['global_for']}; {value['assumed_parameters']} "
        "parameters are assumed",
    ]
    lines += printed(value["outside_evidence"])
    if value["explanation"]:
        return "\n".join([*lines, f"infeasible: {value['explanation']}"])
    lines += [f"{'level':10}{'compression [N]':>17}{'shear [N]':>12}{'pressure [MPa]':>16}"]
    lines += [
        f"{level:10}{force:17.0f}{value['shear_N'][level]:12.0f}"
        f"{1e-6 * value['disc_pressure_Pa'][level]:16.3f}"
        for level, force in value["compression_N"].items()
    ]
    lines += [f"{'group':24}{'activation [% MVC]':>18}"]
    lines += [f"{g:24}{a:18.1f}" for g, a in value["activation_percent_MVC"].items()]
    return "\n".join(lines)


def _line(name: str, result: dict[str, Any]) -> str:
    if result["gap"] is None:
        return f"{name:22}{'-':>15}{'-':>19}{'-':>9}{'-':>10}  {result['status']}"
    return (
        f"{name:22}{result['coactivation_percent_MVC']:15.2f}"
        f"{result['lowest_eigenvalue_Nm_per_rad']:19.2f}{result['compression_N']['L4-L5']:9.0f}"
        f"{result['gap']:10.1e}  {result['status']}"
    )


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
