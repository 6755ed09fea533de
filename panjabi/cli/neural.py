"""``panjabi delay-margin``: how late a reflex may act before it shakes what it should hold."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from panjabi.cli.terminal import add_command, finite
from panjabi.errors import ParameterError

if TYPE_CHECKING:
    from panjabi.stability.reflex_model import ReflexModel

BODY = {
    "inertia": ("KGM2", "J [kg m2]"),
    "damping": ("NMS/RAD", "intrinsic damping B [N m s/rad]"),
    "stiffness": ("NM/RAD", "intrinsic stiffness minus gravity [N m/rad]; may be negative"),
    "stretch_gain": ("NM/RAD", "k_p [N m/rad]"),
    "rate_gain": ("NMS/RAD", "k_v [N m s/rad], default 0"),
    "acceleration_gain": ("NMS2/RAD", "k_a [N m s2/rad], default 0"),
}
NEEDED = ("inertia", "damping", "stiffness", "stretch_gain")


def add_neural_commands(commands: Any) -> None:
    """Hook the commands of this module into the parser."""
    margin = add_command(
        commands, "delay-margin", _margin, "longest delay of a reflex loop that keeps it stable"
    )
    margin.add_argument(
        "--model",
        metavar="NAME",
        help="a spine model with all its muscles instead: trunk (one joint) or lumbar; the margin "
        "is then what every loop bears on top of its own delay",
    )
    margin.add_argument(
        "--cocontraction",
        type=float,
        metavar="A",
        help="least excitation of every muscle of the spine model (default 0.005)",
    )
    margin.add_argument(
        "--set",
        choices=("T1", "T2", "T3", "T4"),
        help="start from a lumped trunk of the package; what is named here replaces its numbers",
    )
    for name, (unit, what) in BODY.items():
        margin.add_argument(_option(name), type=float, metavar=unit, help=what)
    margin.add_argument(
        "--filter-time", type=float, metavar="S", help="activation lag between drive and force [s]"
    )
    margin.add_argument(
        "--delay",
        type=float,
        metavar="S",
        help="loop delay at which the rightmost root is given [s] (default 0.06)",
    )


def _margin(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.delay.roots.margin import delay_margin
    from panjabi.delay.roots.spectrum import characteristic_roots

    if asked.model is not None:
        return _spine_margin(asked)
    model = _model(asked)
    system = model.system()
    delay = model.loops[0].delay
    found = delay_margin(system)
    spectrum = characteristic_roots(system)
    s = spectrum.rightmost
    value: dict[str, Any] = {
        "schema": "panjabi-delay-margin/1",
        "delay_margin_s": finite(found.margin),
        "crossing_rad_per_s": finite(found.frequency),
        "rightmost_root": {
            "delay_s": delay,
            "real_per_s": s.real,
            "imag_rad_per_s": s.imag,
            "residual": float(spectrum.residual[0]),
        },
        "stable": spectrum.stable,
        "reason": found.reason,
        "parameters": {name: v for name, v in model.values.items() if name != "delay"},
    }
    return value, _text(value)


def _spine_margin(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.tasks.condition import Condition, at_rest
    from panjabi.tasks.loop_margins import loop_margin

    lumped = (*BODY, "set", "filter_time", "delay")
    body = [name for name in lumped if getattr(asked, name) is not None]
    if body:
        raise ParameterError(
            f"{', '.join(map(_option, body))} and --model were given; possible: a lumped trunk by "
            "its numbers, or a spine model by its name. Leave one of them out."
        )
    least = {} if asked.cocontraction is None else {"cocontraction": asked.cocontraction}
    condition = Condition(model=asked.model, **least)
    rest = at_rest(condition)
    found = loop_margin(rest)
    margin = finite(found.extra_delay)
    value: dict[str, Any] = {
        "schema": "panjabi-delay-margin/1",
        "model": condition.model,
        "cocontraction": condition.cocontraction,
        "delay_margin_s": margin,
        "crossing_rad_per_s": finite(found.frequency),
        "rightmost_root": {
            "delay_s": found.longest_delay,
            "real_per_s": finite(found.rightmost.real),
            "imag_rad_per_s": finite(found.rightmost.imag),
            "residual": finite(found.residual),
            "complete": found.complete,
        },
        "stable": found.stable,
        "unstable_roots": found.unstable_roots,
        "muscles": rest.model.muscle_count,
        "states": rest.model.size,
    }
    s = found.rightmost
    state = "stable" if found.stable else f"unstable with {found.unstable_roots} roots"
    hertz = found.frequency / (2.0 * math.pi)
    first = "no delay within the search destabilises"
    if margin is not None:
        first = f"every loop bears {1e3 * margin:.2f} ms more"
        first += f", crossing at {hertz:.2f} Hz" if margin else ""
    return value, (
        f"{condition.model}: {rest.model.muscle_count} muscles, {rest.model.size} states, {state} "
        f"as it is (loops up to {1e3 * found.longest_delay:g} ms)\n{first}\nrightmost root found "
        f"{s.real:.4f} ± {s.imag:.4f}i 1/s"
        f"{'' if found.complete else ', not all unstable ones were found'}"
    )


def _model(asked: argparse.Namespace) -> ReflexModel:
    from panjabi.stability.reflex_loop import FirstOrder, LinearReflex
    from panjabi.stability.reflex_model import ReflexModel
    from panjabi.stability.trunk_sets import TRUNK_DELAY, trunk

    given = {name: getattr(asked, name) for name in (*BODY, "delay")}
    changes = {name: value for name, value in given.items() if value is not None}
    for name, value in changes.items():
        if not math.isfinite(value):
            raise ParameterError(
                f"{_option(name)} is {value!r}; possible: a finite number. Give it in SI and "
                "radians."
            )
    filter = None if asked.filter_time is None else FirstOrder(asked.filter_time)
    if asked.set is not None:
        return trunk(asked.set).model(filter=filter).with_values(changes)
    missing = [_option(name) for name in NEEDED if name not in changes]
    if missing:
        raise ParameterError(
            f"{', '.join(missing)} not given; possible: all of "
            f"{', '.join(map(_option, NEEDED))}, or a lumped trunk by --set. Complete the numbers."
        )
    model = ReflexModel(
        inertia=changes["inertia"],
        damping=changes["damping"],
        stiffness=changes["stiffness"],
        loops=(LinearReflex(delay=TRUNK_DELAY, filter=filter),),
    )
    return model.with_values(changes)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


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
        ]
    )
