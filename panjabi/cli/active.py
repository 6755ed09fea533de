"""``panjabi recruit`` and ``panjabi stability``: muscle forces, and whether a posture is stable."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.terminal import add_command, applicable, changes_by_level

if TYPE_CHECKING:
    from panjabi.spine.short_range import ShortRange
    from panjabi.spine.static_model import StaticSpine


def add_active_commands(commands: Any) -> None:
    """Hook the commands of this module into the parser."""
    recruit = add_command(
        commands, "recruit", _recruit, "muscle forces under equilibrium and a stability floor"
    )
    _common(recruit)
    recruit.add_argument(
        "--criterion",
        choices=("squares", "cubic", "equilibrium"),
        default="squares",
        help="effort to be least: squares or cubes of active force over maximal force; "
        "equilibrium is squares without a floor (default squares)",
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
        help="also how much of a muscle group's force can be lost; may be repeated; all for all",
    )


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--posture", default="standing", help="name (default standing)")
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
        help="smallest eigenvalue of the Hessian that is allowed (default 1)",
    )
    command.add_argument("--q", type=float, help="short-range stiffness q of q F/L (default 10)")
    command.add_argument(
        "--stiffness",
        choices=("bergmark", "cui"),
        default="bergmark",
        help="q F/L, or fibre gamma F/lopt in series with tendon (default bergmark)",
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


def _recruit(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.parameter import sources
    from panjabi.recruitment.posture import recruitment_parameters
    from panjabi.spine.short_range import Q_REASON, Q_VALUES, bergmark, words

    only = asked.criterion == "equilibrium"
    options = {} if only else {"floor": 1.0}
    floor = applicable(asked, f"--criterion {asked.criterion}", options, ["floor"]).get("floor")
    criterion = "squares" if only else asked.criterion
    law, q = _law(asked)
    spine = _spine(asked)
    value: dict[str, Any] = {
        "schema": "panjabi-recruit/1",
        "posture": asked.posture,
        "load_kg": asked.load,
        "abdominal_pressure_kPa": asked.pressure,
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
    return value, _recruit_text(value)


def _answer(
    spine: StaticSpine, floor: float | None, criterion: str, law: ShortRange
) -> dict[str, Any]:
    """One recruitment as plain values; numbers are null where nothing holds the posture."""
    from panjabi.recruitment.infeasible import InfeasibleRecruitment
    from panjabi.recruitment.posture import recruit

    try:
        return recruit(spine, floor=floor, criterion=criterion, stiffness=law).to_dict()
    except InfeasibleRecruitment as error:
        return error.why.to_dict()


def _stability(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.recruitment.posture import recruit
    from panjabi.stability.margins import deficit_margin, load_margin
    from panjabi.stability.static_stability_of_muscles import static_stability

    floor = 1.0 if asked.floor is None else asked.floor
    law, _ = _law(asked)
    recruited = recruit(_spine(asked), floor=floor, stiffness=law)
    state = static_stability(recruited.spine, recruited.forces, stiffness=law)
    more = load_margin(recruited)
    groups = asked.deficit
    if "all" in groups:
        groups = sorted(set(recruited.spine.muscles.groups))
    deficits = {group: deficit_margin(recruited, group) for group in groups}
    value = {
        "schema": "panjabi-stability/1",
        "posture": asked.posture,
        "load_kg": asked.load,
        "abdominal_pressure_kPa": asked.pressure,
        "floor_Nm_per_rad": floor,
        **state.to_dict(),
        "load_margin_kg": more.value,
        "beyond_load_margin": more.to_dict()["beyond"],
        "deficit_margin": {group: margin.value for group, margin in deficits.items()},
        "margin_note": more.note,
    }
    return value, _stability_text(value)


def _spine(asked: argparse.Namespace) -> StaticSpine:
    from panjabi._compiling import announce_compilation
    from panjabi.spine.static_build import static_spine

    announce_compilation()
    injuries = changes_by_level(asked.injury)
    return static_spine(
        asked.posture, load=asked.load, injuries=injuries, pressure=1e3 * asked.pressure
    )


def _law(asked: argparse.Namespace) -> tuple[ShortRange, float | None]:
    """The law of short-range stiffness, and its q where it has one."""
    from panjabi.active.stiffness import Cui
    from panjabi.spine.short_range import bergmark

    options = {"q": 10.0} if asked.stiffness == "bergmark" else {}
    q = applicable(asked, f"--stiffness {asked.stiffness}", options, ["q"]).get("q")
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
        *(_line(f"q = {q}", answer) for q, answer in value["by_q"].items()),
        value["q_reason"],
        f"global for {value['global_for']}; rests on {value['assumed_parameters']} assumed "
        "parameters",
    ]
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


def _line(name: str, answer: dict[str, Any]) -> str:
    if answer["gap"] is None:
        return f"{name:22}{'-':>15}{'-':>19}{'-':>9}{'-':>10}  {answer['status']}"
    return (
        f"{name:22}{answer['coactivation_percent_MVC']:15.2f}"
        f"{answer['lowest_eigenvalue_Nm_per_rad']:19.2f}{answer['compression_N']['L4-L5']:9.0f}"
        f"{answer['gap']:10.1e}  {answer['status']}"
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
        f"with muscle forces chosen again for the load, {value['load_margin_kg']:.1f} kg more can "
        f"be held; limit: {value['beyond_load_margin'] or 'not reached, larger was not tried'}",
        "weakest mode; + is extension, right bending, left rotation",
        f"{'':16}" + "".join(f"{axis:>9}" for axis in ("FE", "LB", "AR")),
    ]
    lines += [
        f"{level:16}" + "".join(f"{x:9.3f}" for x in shape.values())
        for level, shape in value["mode"].items()
    ]
    for title, key in (
        ("part of the Hessian", "share_of_terms_Nm_per_rad"),
        ("muscle group", "share_of_groups_Nm_per_rad"),
    ):
        lines.append(f"{title:28}in the weakest mode [N m/rad]")
        lines += [f"{name:28}{share:12.2f}" for name, share in value[key].items()]
    lines += [
        f"{group}: {100.0 * share:.0f} % of its force can be lost"
        for group, share in value["deficit_margin"].items()
    ]
    return "\n".join([*lines, value["margin_note"]])
