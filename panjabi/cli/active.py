"""``panjabi recruit`` and ``panjabi stability``: what muscles do, and whether the spine stands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.terminal import add_command, changes_by_level, finite

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
        default=1.0,
        metavar="NM_PER_RAD",
        help="smallest eigenvalue of the Hessian that is allowed (default 1)",
    )
    command.add_argument(
        "--q", type=float, default=10.0, help="short-range stiffness q of q F/L (default 10)"
    )
    command.add_argument(
        "--stiffness",
        choices=("bergmark", "cui"),
        default="bergmark",
        help="q F/L, or fibre gamma F/lopt in series with tendon (default bergmark)",
    )
    command.add_argument(
        "--pressure", type=float, default=0.0, metavar="KPA", help="in the abdomen (default 0)"
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

    spine, law = _spine(asked), _law(asked)
    criterion = "squares" if asked.criterion == "equilibrium" else asked.criterion
    floor = None if asked.criterion == "equilibrium" else asked.floor
    value: dict[str, Any] = {
        "schema": "panjabi-recruit/1",
        "posture": asked.posture,
        "load_kg": asked.load,
        "abdominal_pressure_kPa": asked.pressure,
        "floor_Nm_per_rad": floor,
        "criterion": criterion,
        "stiffness": words(law),
        "q": asked.q if asked.stiffness == "bergmark" else None,
        "q_reason": Q_REASON,
        "global_for": "the frozen preload only",
        **_answer(spine, floor, criterion, law),
        "equilibrium_only": _answer(spine, None, criterion, law),
        "by_q": {f"{q:g}": _answer(spine, floor, criterion, bergmark(q)) for q in Q_VALUES},
    }
    rests_on = sources(recruitment_parameters(spine, law))
    value["assumed_parameters"] = rests_on.assumed
    value["sources"] = sorted(rests_on.citations)
    return value, _recruit_text(value)


def _answer(
    spine: StaticSpine, floor: float | None, criterion: str, law: ShortRange
) -> dict[str, Any]:
    """One recruitment as plain values; numbers are null where nothing holds the posture."""
    from panjabi.recruitment.infeasible import InfeasibleRecruitment
    from panjabi.recruitment.posture import recruit

    try:
        found = recruit(spine, floor=floor, criterion=criterion, stiffness=law)
    except InfeasibleRecruitment as error:
        return _empty("infeasible", error.why.sentence)
    residuals = found.result.residuals
    needing = found.result.needing_mode
    return {
        "status": found.result.status,
        "explanation": None,
        "coactivation_percent_MVC": 100.0 * found.coactivation,
        "lowest_eigenvalue_Nm_per_rad": found.result.least_stiffness,
        "compression_N": found.compression,
        "shear_N": found.shear,
        "disc_pressure_Pa": found.disc_pressure,
        "effort": found.result.primal,
        "gap": found.result.gap,
        "residuals": vars(residuals),
        "mode_that_needs_the_muscles": None
        if needing is None
        else dict(zip(spine.coordinates, needing.tolist(), strict=True)),
        "activation_percent_MVC": {
            group: 100.0 * found.activation_of(group) for group in sorted(set(spine.muscles.groups))
        },
        "preload_iterations": found.iterations,
        "preload_change_N": found.change,
    }


def _empty(status: str, explanation: str) -> dict[str, Any]:
    keys = (
        "coactivation_percent_MVC",
        "lowest_eigenvalue_Nm_per_rad",
        "compression_N",
        "shear_N",
        "disc_pressure_Pa",
        "effort",
        "gap",
        "residuals",
        "mode_that_needs_the_muscles",
        "activation_percent_MVC",
        "preload_iterations",
        "preload_change_N",
    )
    return {"status": status, "explanation": explanation, **dict.fromkeys(keys)}


def _stability(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.parameter import sources
    from panjabi.recruitment.posture import recruit
    from panjabi.spine.short_range import words
    from panjabi.stability.margins import deficit_margin, load_margin
    from panjabi.stability.static_stability_of_muscles import static_stability

    found = recruit(_spine(asked), floor=asked.floor, stiffness=_law(asked))
    state = static_stability(found.spine, found.forces, stiffness=found.stiffness)
    more = load_margin(found)
    groups = sorted(set(found.spine.muscles.groups))
    wanted = groups if "all" in asked.deficit else asked.deficit
    deficits = {group: deficit_margin(found, group) for group in wanted}
    rests_on = sources(state)
    value = {
        "schema": "panjabi-stability/1",
        "posture": asked.posture,
        "load_kg": asked.load,
        "abdominal_pressure_kPa": asked.pressure,
        "floor_Nm_per_rad": asked.floor,
        "stiffness": words(found.stiffness),
        "stable": state.stable,
        "unbalanced_moment_Nm": state.residual,
        "eigenvalues_Nm_per_rad": state.spectrum[0].tolist(),
        "lowest_eigenvalue_Nm_per_rad": state.least_stiffness,
        "index_Nm_per_rad": state.index,
        "critical_q": finite(state.critical_q),
        "critical_load_at_these_forces_kg": finite(state.critical_load),
        "load_margin_kg": more.value,
        "beyond_load_margin": None if more.beyond is None else more.beyond.sentence,
        "mode": state.mode_by_level(),
        "share_of_terms_Nm_per_rad": state.term_contributions(),
        "share_of_subsystems_Nm_per_rad": state.subsystem_contributions(),
        "share_of_groups_Nm_per_rad": state.group_contributions(),
        "deficit_margin": {group: margin.value for group, margin in deficits.items()},
        "margin_note": more.note,
        "assumed_parameters": rests_on.assumed,
        "sources": sorted(rests_on.citations),
    }
    return value, _stability_text(value)


def _spine(asked: argparse.Namespace) -> StaticSpine:
    from panjabi._compiling import announce_compilation
    from panjabi.active import path_kernels
    from panjabi.body import kernels
    from panjabi.spine.static_build import static_spine

    announce_compilation(kernels, path_kernels)
    injuries = changes_by_level(asked.injury)
    return static_spine(
        asked.posture, load=asked.load, injuries=injuries, pressure=1e3 * asked.pressure
    )


def _law(asked: argparse.Namespace) -> ShortRange:
    from panjabi.active.stiffness import Cui
    from panjabi.spine.short_range import bergmark

    return bergmark(asked.q) if asked.stiffness == "bergmark" else Cui()


def _recruit_text(value: dict[str, Any]) -> str:
    floor = value["floor_Nm_per_rad"]
    lines = [
        f"{value['posture']}, {value['load_kg']:g} kg, {value['criterion']}, "
        + ("equilibrium only" if floor is None else f"floor {floor:g} N m/rad")
        + f", {value['stiffness']}",
        f"{'':22}{'co-activation':>15}{'lowest eigenvalue':>19}{'L4-L5':>9}{'gap':>10}  status",
        f"{'':22}{'[% MVC]':>15}{'[N m/rad]':>19}{'[N]':>9}",
        _line("as asked", value),
        _line("equilibrium only", value["equilibrium_only"]),
        *(_line(f"q = {q}", one) for q, one in value["by_q"].items()),
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


def _line(name: str, one: dict[str, Any]) -> str:
    if one["gap"] is None:
        return f"{name:22}{'-':>15}{'-':>19}{'-':>9}{'-':>10}  {one['status']}"
    return (
        f"{name:22}{one['coactivation_percent_MVC']:15.2f}"
        f"{one['lowest_eigenvalue_Nm_per_rad']:19.2f}{one['compression_N']['L4-L5']:9.0f}"
        f"{one['gap']:10.1e}  {one['status']}"
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
        + "; at these forces "
        + ("any load" if more is None else f"{more:.2f} kg more"),
        f"recruited anew {value['load_margin_kg']:.1f} kg more; beyond: "
        f"{value['beyond_load_margin'] or 'not reached'}",
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
