"""Experiments on compensation and control: P9, P11, P12."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from panjabi.assessment import Experiment
from panjabi.errors import ConvergenceError
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import recruit
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.static_build import static_spine
from panjabi.spine.subject import Subject
from panjabi.stability.algebra import root
from panjabi.stability.sway_spectrum import LOAD, SENSED, noisy_system, stance_noise
from panjabi.statements.compensation import OUTCOMES, least_activation, weaker_spine
from panjabi.statements.criteria import AllOf, Limit, above
from panjabi.statements.declarations import DECLARATIONS
from panjabi.statements.quiet_stance import LEAST, Noise, stances_of, standing_trunk
from panjabi.statements.subfailure import ASSUMED, Subfailure

Draw = Mapping[str, float]

LOSSES = (0.0, 0.5, 0.9)  # of the passive stiffness [1]
LATER = 0.030  # added delay [s]
LOUD = 4.0  # factor on the power of the sensor noise
FIXED = "fixator=300"  # makes the joint of the trunk stable without muscles, as an injury text
NEGLIGIBLE = 1e-9  # error of a signal in place of none [1]


def scaled_noise(draw: Draw) -> Noise:
    """The noise of the trunk with "torque" and "sensor" of a draw, both factors."""
    default = Noise()
    return Noise(
        torque=replace(default.torque, value=draw["torque"] * default.torque.value),
        sensor=replace(default.sensor, value=draw["sensor"] * default.sensor.value),
    )


# --- P9: compensation ------------------------------------------------------------------------

Effort = Callable[[float, float], float]
"""Least co-contraction for a passive loss and a loss of strength; nan: none is enough [1]."""


def _compensation(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    effort = _effort(subject, model, draw)
    edge = 1.0 - draw["left"]
    table = np.array([[effort(d, weak) for d in LOSSES] for weak in (0.0, 0.5 * edge, edge)])
    outcomes = np.where(np.isnan(table), 2, np.where(table <= draw["cost"], 0, 1))
    alone = table[0]
    return {
        "effort_intact_percent": 100.0 * alone[0],
        "effort_at_most_loss_percent": 100.0 * alone[-1],
        "effort_rises": float(alone[0] < alone[1] < alone[2]),
        "outcomes": float(len(np.unique(outcomes))),
    }


def _effort(subject: Subject, model: str, draw: Draw) -> Effort:
    if model == "lumbar_margin":
        return _lumbar(subject)
    trunk, noise = standing_trunk(subject), scaled_noise(draw)
    if model == "trunk_sway":
        return lambda loss, weak: least_activation(
            trunk, Deficits(passive_loss=loss, strength_loss=weak), noise=noise
        )[0]
    intact = stances_of(trunk)
    present = intact.cocontraction
    aim = intact.stiffness(present)

    def stiffened(loss: float, weak: float) -> float:
        stances = stances_of(trunk, weak)
        if math.isnan(stances.most) or stances.stiffness(stances.most, loss) < aim:
            return math.nan
        if stances.stiffness(LEAST, loss) >= aim:
            return LEAST
        return root(lambda a: stances.stiffness(a, loss) - aim, LEAST, stances.most, within=1e-9)

    def unchanged(loss: float, weak: float) -> float:
        stances = stances_of(trunk, weak)
        enough = present <= stances.most and stances.stiffness(present, loss) >= aim
        return present if enough else math.nan

    def soft(loss: float, weak: float) -> float:
        return present if loss == 0.0 else math.nan

    return {"trunk_stiffness": stiffened, "no_cocontraction": unchanged, "soft_muscles": soft}[
        model
    ]


def _lumbar(subject: Subject) -> Effort:
    spine = static_spine("standing", subject=subject)

    def effort(loss: float, weak: float) -> float:
        try:
            return recruit(weaker_spine(spine, loss, weak)).coactivation
        except InfeasibleRecruitment:
            return math.nan

    return effort


P9 = Experiment(
    declaration=DECLARATIONS["P9"],
    numbers={
        "effort_intact_percent": "co-contraction without a deficit",
        "effort_at_most_loss_percent": "co-contraction with 90 % of the passive stiffness lost",
        "effort_rises": "1: with each loss of passive stiffness",
        "outcomes": f"number among {', '.join(OUTCOMES)} within the deficits",
    },
    measure=_compensation,
    criteria={
        "three_outcomes": AllOf(
            (Limit("effort_rises", "above", 0.5), Limit("outcomes", "above", 2.5))
        )
    },
)


# --- P11: subfailure -------------------------------------------------------------------------

ERRORS = ("gain_loss", "extra_delay", "noise_rise", "bias", "blindness")
KEPT = {
    "timing_only": ("extra_delay",),
    "position_only": ("bias",),
    "blindness_only": ("blindness",),
}
"""Variant -> errors of the signals that it keeps."""


def _chronic(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    kept = KEPT.get(model, ERRORS)
    values = {n: x if n in kept or n not in ERRORS else NEGLIGIBLE for n, x in draw.items()}
    loop = Subfailure(
        trunk=standing_trunk(subject),
        parameters={n: replace(p, value=values[n]) for n, p in ASSUMED.items()},
    )
    corrupted = 0.0 if model == "true_signals" else 1.0
    return {
        "grows_with_corrupted_signals": _grows(loop, corrupted),
        "grows_with_true_signals": _grows(loop, 0.0),
    }


def _grows(loop: Subfailure, corruption: float) -> float:
    """1 if damage grows at some damage, or the trunk loses stability there; else 0."""
    try:
        return float(any(loop.growth(float(D), corruption) > 0.0 for D in np.linspace(0.05, 1, 20)))
    except ConvergenceError:
        return 1.0


P11 = Experiment(
    declaration=DECLARATIONS["P11"],
    numbers={
        "grows_with_corrupted_signals": "1: some damage grows",
        "grows_with_true_signals": "1: some damage grows",
    },
    measure=_chronic,
    criteria={
        "chronic": AllOf(
            (
                Limit("grows_with_corrupted_signals", "above", 0.5),
                Limit("grows_with_true_signals", "below", 0.5),
            )
        )
    },
)


# --- P12: sway -------------------------------------------------------------------------------


def _sway(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    if model in ("seat", "lumbar"):
        base, late, loud = _spine_sways(subject, model, draw)
    else:
        hurt = {"L5-S1": [FIXED]} if model == "stiff_column" else {}
        stances, noise = stances_of(standing_trunk(subject.with_injuries(hurt))), scaled_noise(draw)
        gain = 0.0 if model == "no_reflex" else draw["gain"]

        def sway(later: float, rise: float) -> float:
            stance = stances.stance(draw["cocontraction"], gain=gain, later=later)
            return math.inf if stance is None else math.sqrt(stance.variance(noise, rise))

        base, late, loud = sway(0.0, 1.0), sway(LATER, 1.0), sway(0.0, LOUD)
    if math.isinf(base):
        return {}
    return {
        "sway_deg": math.degrees(base),
        "sway_ratio_later": late / base,
        "sway_ratio_louder": loud / base,
    }


def _spine_sways(subject: Subject, model: str, draw: Draw) -> tuple[float, float, float]:
    """Sway of seat or lumbar spine: as it is, with later reflexes, with louder sensors [rad]."""
    noise = stance_noise(draw["sensor"] * SENSED.si, draw["torque"] * LOAD.si)
    body = "weight 2" if model == "seat" else "T1"
    spine = subject.spine(model)
    ways = []
    for later in (0.0, LATER):
        changed = with_deficits(spine, Deficits(gain_factor=draw["gain"], extra_delay=later))
        system = noisy_system(equilibrium(changed), noise, body=body)
        if not system.stable:
            ways.append((math.inf, math.inf))
            continue
        kinds = system.sway().kinds
        ways.append((math.hypot(*kinds.values()), kinds["sensory"]))
    (base, sensory), (late, _) = ways
    return base, late, math.sqrt(base**2 + (LOUD - 1.0) * sensory**2)


P12 = Experiment(
    declaration=DECLARATIONS["P12"],
    numbers={
        "sway_deg": "standard deviation of the angle",
        "sway_ratio_later": "with 30 ms more delay, over that without",
        "sway_ratio_louder": "with 4 times the power of the sensor noise, over that without",
    },
    measure=_sway,
    criteria={"delay": above("sway_ratio_later", 1.05), "noise": above("sway_ratio_louder", 1.05)},
)
