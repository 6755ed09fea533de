"""``panjabi delay-margin`` and ``panjabi identify``: delay margin of a reflex, fit to data."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from panjabi.cli.subject import SUBJECT, add_subject, subject_of
from panjabi.cli.terminal import add_command, applicable, option
from panjabi.errors import ParameterError
from panjabi.evidence import printed
from panjabi.results import finite

if TYPE_CHECKING:
    from panjabi.spine.subject import Subject

BODY = {
    "inertia": ("KGM2", "J [kg m2]"),
    "damping": ("NMS/RAD", "intrinsic damping B [N m s/rad]"),
    "stiffness": ("NM/RAD", "intrinsic stiffness minus gravity [N m/rad]; may be negative"),
    "stretch_gain": ("NM/RAD", "k_p [N m/rad]"),
    "rate_gain": ("NMS/RAD", "k_v [N m s/rad], default 0"),
    "acceleration_gain": ("NMS2/RAD", "k_a [N m s2/rad], default 0"),
}
NEEDED = ("inertia", "damping", "stiffness", "stretch_gain")
FILTER = 0.005  # default of --filter-time [s]
FREE = ("inertia", "damping", "stretch_gain", "rate_gain", "delay")
"""Parameters that `identify` fits by default; the effect of stiffness is that of stretch gain."""


def add_neural_commands(commands: Any) -> None:
    """Add the commands of this module to the parser."""
    margin = add_command(
        commands, "delay-margin", _margin, "longest delay of a reflex loop that keeps it stable"
    )
    margin.add_argument(
        "--model",
        metavar="NAME",
        help="a spine model instead of numbers for one loop: trunk (one joint with two muscles), "
        "lumbar or thoracolumbar; the margin is then the additional delay of all loops at which "
        "it loses stability",
    )
    margin.add_argument(
        "--cocontraction",
        type=float,
        metavar="A",
        help="least excitation of every muscle of the spine model (default: that of the model)",
    )
    add_subject(margin)
    _add_trunk_options(margin, "loop delay for the rightmost root")
    fit = add_command(
        commands, "identify", _identify, "parameters of a reflex from a measured admittance"
    )
    fit.add_argument(
        "file", help="CSV, e.g. with frequency_Hz, magnitude_rad_per_Nm, phase_deg and coherence"
    )
    fit.add_argument(
        "--averages", type=float, metavar="N", help="segments over which the coherence was averaged"
    )
    fit.add_argument(
        "--free",
        nargs="+",
        metavar="NAME",
        default=FREE,
        help=f"parameters to fit; the others keep their start values (default {' '.join(FREE)})",
    )
    _add_trunk_options(fit, "loop delay, start of the fit")


def _add_trunk_options(command: argparse.ArgumentParser, delay: str) -> None:
    """Options for a one-joint trunk with one loop; `delay` is the help text for its delay."""
    command.add_argument(
        "--set",
        choices=("T1", "T2", "T3", "T4"),
        help="start from a lumped trunk of the package; other options replace its values",
    )
    for name, (unit, what) in BODY.items():
        command.add_argument(option(name), type=float, metavar=unit, help=what)
    command.add_argument(
        "--filter-time",
        type=float,
        metavar="S",
        help=f"lag between angle and moment [s] (default {FILTER:g})",
    )
    command.add_argument("--delay", type=float, metavar="S", help=f"{delay} [s] (default 0.06)")


def _margin(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.delay.roots.margin import delay_margin
    from panjabi.delay.roots.spectrum import characteristic_roots
    from panjabi.spine.linear_system import linear_system
    from panjabi.spine.trunk_sets import one_loop_family

    lumped = dict.fromkeys((*BODY, "set", "filter_time", "delay"))
    if args.model is not None:
        applicable(args, f"--model {args.model}", {}, lumped)
        return _spine_margin(args.model, subject_of(args, cocontraction=args.cocontraction))
    applicable(args, "a lumped trunk (no --model)", lumped, ("cocontraction", *SUBJECT))
    values = _values(args)
    rest = one_loop_family(values, "delay").equilibrium_at((values["delay"],))
    system = linear_system(rest)
    margin, spectrum = delay_margin(system), characteristic_roots(system)
    root = spectrum.rightmost
    value: dict[str, Any] = {
        "schema": "panjabi-delay-margin/1",
        **margin.to_dict(),
        "rightmost_root": {
            "delay_s": values["delay"],
            "real_per_s": root.real,
            "imag_rad_per_s": root.imag,
            "residual": float(spectrum.residual[0]),
        },
        "stable": spectrum.stable,
        "parameters": {name: v for name, v in values.items() if name != "delay"},
        "outside_evidence": list(rest.outside_evidence),
    }
    return value, _text(value)


def _identify(args: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.delay.roots.identification import identify
    from panjabi.delay.roots.measured import read_response
    from panjabi.spine.trunk_sets import one_loop_family

    measured = read_response(args.file, averages=args.averages)
    values = _values(args)
    family = one_loop_family(values, *args.free)
    fit = identify(family, dict(family.start), measured)
    root = fit.rightmost_root
    parameters = {}
    for name, number in zip(fit.names, fit.values.tolist(), strict=True):
        low, high = fit.interval(name)
        parameters[name] = {
            "value": number, "sd": finite(fit.sd[name]), "interval_95": [finite(low), finite(high)]
        }  # fmt: skip
    value: dict[str, Any] = {
        "schema": "panjabi-identify/1",
        "file": args.file,
        "frequencies": len(measured.frequency_hz),
        "parameters": parameters,
        "fixed": {name: v for name, v in values.items() if name not in fit.names},
        "variance_accounted_for": fit.vaf,
        "reduced_chi2": finite(fit.reduced_chi2),
        "rightmost_root": {"real_per_s": root.real, "imag_rad_per_s": root.imag},
        "open_directions": list(fit.open_directions),
        "weak_directions": list(fit.weak_directions),
        "outside_evidence": list(family.equilibrium_at(fit.values).outside_evidence),
    }
    lines = [
        f"{args.file}: {value['frequencies']} frequencies, variance accounted for "
        f"{100.0 * fit.vaf:.2f} %",
        f"{'parameter':18}{'value':>12}   95 % interval",
    ]
    for name in fit.names:
        low, high = fit.interval(name)
        lines.append(f"{name:18}{parameters[name]['value']:12.5g}   {low:.5g} to {high:.5g}")
    lines += [f"not identified: {', '.join(d)}" for d in fit.open_directions]
    lines += [f"weakly identified: {', '.join(d)}" for d in fit.weak_directions]
    state = "stable" if root.real < 0.0 else "unstable"
    lines.append(f"{state}, rightmost root {root.real:.4f} ± {abs(root.imag):.4f}i 1/s")
    return value, "\n".join([*lines, *printed(value["outside_evidence"])])


def _spine_margin(name: str, subject: Subject) -> tuple[Any, str]:
    from panjabi.tasks.condition import Condition, condition_equilibrium
    from panjabi.tasks.loop_margins import loop_margin

    condition = Condition(model=name, subject=subject)
    rest = condition_equilibrium(condition)
    margin = loop_margin(rest)
    value: dict[str, Any] = {
        "schema": "panjabi-delay-margin/1",
        "model": condition.model,
        "subject": subject.name,
        "cocontraction": rest.model.cocontraction,
        **margin.to_dict(),
        "muscles": rest.model.muscle_count,
        "states": rest.model.size,
        "outside_evidence": list(rest.outside_evidence),
    }
    s = margin.rightmost
    state = "stable" if margin.stable else f"unstable with {margin.unstable_roots} roots"
    first = "no additional delay within the search makes it unstable"
    if math.isfinite(margin.extra_delay):
        first = f"stable up to {1e3 * margin.extra_delay:.2f} ms of additional delay in all loops"
        hertz = margin.frequency / (2.0 * math.pi)
        first += f", then unstable at {hertz:.2f} Hz" if margin.extra_delay else ""
    text = (
        f"{condition.model}: {rest.model.muscle_count} muscles, {rest.model.size} states, {state} "
        f"with its own delays (up to {1e3 * margin.longest_delay:g} ms)\n{first}\nrightmost root "
        f"{s.real:.4f} ± {s.imag:.4f}i 1/s"
        f"{'' if margin.complete else '; some unstable roots were not located'}"
    )
    return value, "\n".join([text, *printed(rest.outside_evidence)])


def _values(args: argparse.Namespace) -> dict[str, float]:
    """Parameters of a trunk with one loop: those of its set, with the options in their place."""
    from panjabi.spine.trunk_sets import TRUNK_DELAY, trunk_parameters

    values = {name: getattr(args, name) for name in (*BODY, "delay", "filter_time")}
    changes = {name: value for name, value in values.items() if value is not None}
    for name, value in changes.items():
        if not math.isfinite(value):
            raise ParameterError(
                f"Expected a finite number for {option(name)}, got {value!r}; give it in SI units "
                "and radians."
            )
    if args.set is not None:
        return {name: p.si for name, p in trunk_parameters(args.set).items()} | changes
    missing = [option(name) for name in NEEDED if name not in changes]
    if missing:
        raise ParameterError(
            f"Expected {', '.join(map(option, NEEDED))}, or a lumped trunk with --set, got no "
            f"{', '.join(missing)}; give the missing values."
        )
    others = {"rate_gain": 0.0, "acceleration_gain": 0.0, "delay": TRUNK_DELAY}
    return others | {"filter_time": FILTER} | changes


def _text(value: dict[str, Any]) -> str:
    margin, root = value["delay_margin_s"], value["rightmost_root"]
    if margin is None:
        first = "delay margin: none, no delay destabilises"
    else:
        first = f"delay margin {1e3 * margin:.2f} ms"
        if value["crossing_rad_per_s"] is not None:
            hertz = value["crossing_rad_per_s"] / (2.0 * math.pi)
            first += f", crossing at {value['crossing_rad_per_s']:.4f} rad/s ({hertz:.2f} Hz)"
    imaginary = f" ± {root['imag_rad_per_s']:.4f}i" if root["imag_rad_per_s"] else ""
    state = "stable" if value["stable"] else "unstable"
    return "\n".join(
        [
            f"{first}: {value['reason']}",
            f"at a delay of {1e3 * root['delay_s']:g} ms {state}, rightmost root "
            f"{root['real_per_s']:.4f}{imaginary} 1/s",
            ", ".join(f"{name} {v:g}" for name, v in value["parameters"].items()),
            *printed(value["outside_evidence"]),
        ]
    )
