"""``panjabi perturb``: a laboratory's experiment on a model, healthy or with low back pain."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from panjabi.cli.terminal import add_command
from panjabi.errors import ParameterError

if TYPE_CHECKING:
    from panjabi.tasks.condition import Condition
    from panjabi.tasks.response import PerturbationResponse

EXPERIMENTS = ("sudden-load", "release", "force", "sway", "repeated")
DEFAULT_FORCE = {"sudden-load": 50.0, "release": 80.0, "force": 10.0}  # [N]
LUMPED = ("sway", "repeated")


def add_experiment_commands(commands: Any) -> None:
    """Hook the commands of this module into the parser."""
    perturb = add_command(
        commands, "perturb", _perturb, "push, release, load, sit or bend: what reflexes make of it"
    )
    perturb.add_argument(
        "--experiment", choices=EXPERIMENTS, default="sudden-load", help="what is done"
    )
    perturb.add_argument(
        "--model", choices=("trunk", "lumbar"), default="trunk",
        help="one joint or all lumbar joints, with their muscles; sway and repeated movement are "
        "of lumped models",
    )  # fmt: skip
    perturb.add_argument("--force", type=float, metavar="N", help="of the pull at T8 [N]")
    perturb.add_argument(
        "--delay", type=float, default=0.0, metavar="MS", help="added to every reflex loop [ms]"
    )
    perturb.add_argument(
        "--phenotype", choices=("none", "delay", "gain"), default="none",
        help="low back pain as 17 ms more delay (published) or as higher gains (give --gain)",
    )  # fmt: skip
    perturb.add_argument("--gain", type=float, metavar="X", help="factor of the gain phenotype [1]")
    perturb.add_argument(
        "--cocontraction", type=float, default=0.005, metavar="A", help="least excitation [1]"
    )
    perturb.add_argument(
        "--pace", type=float, default=20.0, metavar="N", help="repeated movement [cycles/min]"
    )
    perturb.add_argument(
        "--duration", type=float, default=60.0, metavar="S", help="of the sway trial [s]"
    )
    perturb.add_argument("--seed", type=int, default=0, help="of noise or multisine")


def _perturb(asked: argparse.Namespace) -> tuple[Any, str]:
    from panjabi.tasks.condition import Condition

    if asked.experiment in LUMPED and asked.model != "trunk":
        raise ParameterError(
            f"--model {asked.model} was asked for {asked.experiment}; possible: trunk, a lumped "
            "model: noise over minutes is not affordable with every muscle. Leave --model out."
        )
    condition = Condition(
        model=asked.model, cocontraction=asked.cocontraction, extra_delay=1e-3 * asked.delay
    ).with_phenotype(asked.phenotype, gain_factor=asked.gain)
    if asked.phenotype != "gain" and asked.gain is not None:
        condition = replace(condition, gain_factor=asked.gain)
    run = {"sudden-load": _load, "release": _release, "force": _force, "sway": _sway,
           "repeated": _repeated}[asked.experiment]  # fmt: skip
    value = {
        "schema": "panjabi-perturb/1",
        "experiment": asked.experiment,
        "model": asked.model,
        "phenotype": asked.phenotype,
        "extra_delay_s": condition.extra_delay,
        "gain_factor": condition.gain_factor,
        **run(asked, condition),
    }
    return value, _text(value)


def _size(asked: argparse.Namespace) -> float:
    return DEFAULT_FORCE[asked.experiment] if asked.force is None else asked.force


def _load(asked: argparse.Namespace, condition: Condition) -> dict[str, Any]:
    from panjabi.tasks.pushes import sudden_load

    return _push(sudden_load(condition, force=_size(asked)))


def _release(asked: argparse.Namespace, condition: Condition) -> dict[str, Any]:
    from panjabi.tasks.pushes import quick_release

    found = quick_release(condition, force=_size(asked))
    return _push(found.response) | {
        "fit_inertia_kgm2": found.inertia,
        "fit_damping_Nms_per_rad": found.damping,
        "fit_stiffness_Nm_per_rad": found.stiffness,
        "fit_explained": found.explained,
    }


def _push(found: PerturbationResponse) -> dict[str, Any]:
    value: dict[str, Any] = {
        "peak_angle_deg": math.degrees(found.peak_angle),
        "peak_rate_deg_per_s": math.degrees(float(abs(found.rate).max())),
        "moment_Nm": found.moment,
        "lost_balance": found.lost_balance,
    }
    for group, onset in found.latencies.items():
        value[f"{group}_latency_s"] = onset.seconds
        value[f"{group}_direction"] = onset.direction
        value[f"{group}_drive_change"] = found.drive_change(group)
    return value


def _force(asked: argparse.Namespace, condition: Condition) -> dict[str, Any]:
    from panjabi.tasks.force import force_perturbation

    found = force_perturbation(condition, rms=_size(asked), seed=asked.seed)
    return {
        "admittance_below_1p1Hz_rad_per_Nm": found.low_admittance(),
        "reflex_gain_below_1p1Hz_per_rad": found.low_reflex_gain(),
        "frequency_Hz": found.admittance.frequency_hz.tolist(),
        "admittance_rad_per_Nm": abs(found.admittance.values).tolist(),
        "seed": asked.seed,
    }


def _sway(asked: argparse.Namespace, condition: Condition) -> dict[str, Any]:
    from panjabi.stability.trunk_sets import TRUNK_DELAY
    from panjabi.tasks.seat import seated
    from panjabi.tasks.seated_sway import sitting

    plant = seated(delay=TRUNK_DELAY + condition.extra_delay, gain_factor=condition.gain_factor)
    found = sitting(plant, duration=asked.duration, seed=asked.seed)
    return {
        "stable": found.stable,
        "rightmost_root_real_per_s": found.rightmost.real,
        "seat_rms_deg": math.degrees(found.sway.rms),
        "seat_range_deg": math.degrees(found.sway.range),
        "seat_mean_frequency_Hz": found.sway.mean_frequency_hz,
        "seat_short_diffusion_rad2_per_s": found.diffusion.short,
        "seat_long_diffusion_rad2_per_s": found.diffusion.long,
        "trunk_rms_deg": math.degrees(found.rms_trunk),
        "moment_rms_Nm": found.rms_moment,
        "seed": asked.seed,
    }


def _repeated(asked: argparse.Namespace, condition: Condition) -> dict[str, Any]:
    from panjabi.tasks.repeated import moving_trunk, repeated_movement

    plant = moving_trunk(extra_delay=condition.extra_delay, gain_factor=condition.gain_factor)
    found = repeated_movement(asked.pace, plant=plant, seed=asked.seed)
    return {
        "pace_per_min": found.pace,
        "cycles": found.cycles,
        "lyapunov_per_s": found.exponent.exponent,
        "lyapunov_per_cycle": found.per_cycle,
        "embedding_dimension": found.exponent.dimension,
        "embedding_delay_samples": found.exponent.delay,
        "embedding": str(found.exponent.embedding),
        "seed": asked.seed,
    }


def _text(value: dict[str, Any]) -> str:
    shown = {k: v for k, v in value.items() if k != "schema" and not isinstance(v, list)}
    width = max(map(len, shown))
    return "\n".join(
        f"{key:{width}}  {item:.5g}" if isinstance(item, float) else f"{key:{width}}  {item}"
        for key, item in shown.items()
    )
