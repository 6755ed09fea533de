"""``panjabi hypothesis``: fourteen statements as experiments; ``panjabi verdict``: is it stable?"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from panjabi.cli.terminal import add_command, changes_by_level, finite
from panjabi.errors import ParameterError

if TYPE_CHECKING:
    from panjabi.stability.condition import StabilityVerdict

MODELS = ("lumbar", "trunk")
TRUNK = ("activation", "gain", "passive_loss", "strength_loss", "extra_delay_ms")
LUMBAR = ("preload", "coactivation", "load", "gain", "extra_delay_ms", "injury")


def add_hypothesis_commands(commands: Any) -> None:
    """Hook the commands of this module into the parser."""
    hypothesis = add_command(
        commands, "hypothesis", _hypothesis, "Panjabi's statements P1 to P14 as experiments"
    )
    hypothesis.add_argument(
        "--only", action="append", default=[], metavar="P4", help="one statement; may be repeated"
    )
    verdict = add_command(
        commands, "verdict", _verdict, "is it stable? Hessian, spectrum with delays, recovery"
    )
    verdict.add_argument("--model", choices=MODELS, default="lumbar", help="default lumbar")
    verdict.add_argument(
        "--push", type=float, help="peak of the push [N m for trunk, N for lumbar]"
    )
    verdict.add_argument("--gain", type=float, metavar="FACTOR", help="of every reflex (default 1)")
    verdict.add_argument("--extra-delay-ms", type=float, metavar="MS", help="of every reflex")
    trunk = verdict.add_argument_group("trunk")
    trunk.add_argument("--activation", type=float, metavar="SHARE", help="co-contraction, 0 to 1")
    trunk.add_argument("--passive-loss", type=float, metavar="SHARE", help="0 to 1")
    trunk.add_argument("--strength-loss", type=float, metavar="SHARE", help="0 to 1")
    lumbar = verdict.add_argument_group("lumbar")
    lumbar.add_argument("--preload", type=float, metavar="N", help="of every unit (default 500)")
    lumbar.add_argument(
        "--coactivation", type=float, metavar="SHARE", help="least of every muscle (default 0.005)"
    )
    lumbar.add_argument("--load", type=float, metavar="KG", help="held at the centre of the trunk")
    lumbar.add_argument(
        "--injury", action="append", metavar="LEVEL:CHANGE", help="e.g. L4-L5:nucleus; repeatable"
    )


def _hypothesis(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.statements.catalogue import hypothesis

    found = hypothesis(asked.only)
    return [one.to_dict() for one in found], "\n".join(map(str, found))


def _verdict(asked: argparse.Namespace) -> tuple[Any, str]:
    own = TRUNK if asked.model == "trunk" else LUMBAR
    for name in {*TRUNK, *LUMBAR} - set(own):
        if getattr(asked, name) is not None:
            option = "--" + name.replace("_", "-")
            raise ParameterError(
                f"{option} was given for the model {asked.model!r}; possible there: "
                f"{', '.join('--' + n.replace('_', '-') for n in own)}. Choose another model or "
                "leave it out."
            )
    found = _trunk(asked) if asked.model == "trunk" else _lumbar(asked)
    return _plain(asked.model, found), str(found)


def _trunk(asked: argparse.Namespace) -> StabilityVerdict:
    from panjabi.stability.model_verdict import verdict
    from panjabi.stability.one_joint_trunk import reduced_trunk

    names = ("activation", "gain", "passive_loss", "strength_loss")
    changes = {n: getattr(asked, n) for n in names if getattr(asked, n) is not None}
    if asked.extra_delay_ms is not None:
        changes["extra_delay"] = 1e-3 * asked.extra_delay_ms
    trunk = reduced_trunk().changed(**changes)
    return verdict(trunk, push=asked.push)


def _lumbar(asked: argparse.Namespace) -> StabilityVerdict:
    from panjabi.spine.equilibrium_solver import equilibrium
    from panjabi.spine.model_build import spine_model
    from panjabi.stability.model_verdict import verdict

    injuries = changes_by_level(asked.injury or ())
    model = spine_model(
        "lumbar",
        reflexes=True,
        preload=500.0 if asked.preload is None else asked.preload,
        load=asked.load or 0.0,
        injuries=injuries,
    )
    assert model.reflexes is not None
    loops = model.reflexes.scaled(1.0 if asked.gain is None else asked.gain)
    loops = loops.later(1e-3 * (asked.extra_delay_ms or 0.0))
    least = 0.005 if asked.coactivation is None else asked.coactivation
    rest = equilibrium(model.with_reflexes(loops), least=least)
    return verdict(rest, push=asked.push)


def _plain(model: str, v: StabilityVerdict) -> dict[str, Any]:
    """A verdict as plain values; what does not exist or is infinite is null."""
    from panjabi.parameter import sources

    rests_on = sources(v)
    return {
        "schema": "panjabi-verdict/1",
        "model": model,
        "condition": v.condition.value,
        "least_stiffness_Nm_per_rad": v.static.least,
        "without_reflexes_Nm_per_rad": v.static.without_reflexes,
        "instantaneous_Nm_per_rad": v.static.instantaneous,
        "rightmost_root": {
            "real_per_s": v.rightmost_root.real,
            "imag_rad_per_s": v.rightmost_root.imag,
            "residual": v.spectral.residual,
            "complete": v.spectral.complete,
        },
        "delay_margin_s": finite(v.spectral.delay_margin),
        "recovery_time_s": v.recovery.time,
        "peak_rad": v.recovery.peak,
        "tolerance_rad": v.recovery.tolerance,
        "kink": v.kink,
        "kink_distance_rad": finite(v.kink_distance),
        "margins": [
            {
                "subsystem": m.subsystem, "what": m.what, "value": finite(m.value),
                "unit": m.unit, "share": finite(m.share), "how": m.how,
            }
            for m in v.margins
        ],
        "limiting": v.limiting,
        "reasons": list(v.reasons),
        "assumed_parameters": rests_on.assumed,
        "sources": sorted(rests_on.citations),
    }  # fmt: skip
