"""Stiffness of the trunk at a harness under effort, in the protocol of the published experiments.

The lumbar spine, harness 0.38 m over L5-S1 (assumed; the papers have a strap around the thorax),
one sine of 4 Hz with 7.5 % of the largest pull, mass and stiffness fitted. Nothing is fitted to
these rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from panjabi.body import Body, body_length, standard_adult
from panjabi.neural.creep import CreepEffect, mcgill_brown_1992
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.model import Spine
from panjabi.spine.model_build import spine_model
from panjabi.tasks.brace_margin import ABDOMINALS
from panjabi.tasks.group_removal import GroupRemoval, group_removals
from panjabi.tasks.stiffness import TrunkStiffness, trunk_stiffness
from panjabi.validation.criterion import at_least, at_most, within_factor, within_sd
from panjabi.validation.predictions import Prediction, Predictions

HARNESS = 0.38
"""Height of the harness over L5-S1 in the standard adult [m], assumed."""

HEIGHTS = (0.30, 0.38, 0.45)
"""Sweep of this height [m]."""

DIRECTIONS = (0.0, 45.0, 90.0, 135.0, 180.0)
"""Directions of the pull in Gardner-Morse & Stokes (2001), from forward to the right [deg]."""

FLEXION = 16.0 * 60.0  # bout of full flexion [s]

EFFORTS = (0.02, 0.05, 0.1, 0.2)  # up to the published 20 %

table = Predictions("Trunk under effort")


@cache
def _spine(model: str) -> Spine:
    return spine_model(model, reflexes=True)


@cache
def _at(effort: float, model: str = "lumbar", height: float = HARNESS) -> TrunkStiffness:
    """Under a forward pull, which the extensors resist."""
    return trunk_stiffness(_spine(model), effort=effort, at=height)


@cache
def _pooled(effort: float) -> tuple[float, float]:
    """Mean stiffness [N/m] and mass [kg] over the directions, at a fraction of extension effort."""
    pull = effort * _at(effort).largest
    fits = [
        trunk_stiffness(_spine("lumbar"), pull=pull, direction=angle, at=HARNESS).fit
        for angle in DIRECTIONS
    ]
    return float(np.mean([f.stiffness for f in fits])), float(np.mean([f.mass for f in fits]))


def _braced(effort: float) -> float:
    """Stiffness with 5 % activity of the abdominal muscles imposed, forward [N/mm]."""
    least = dict.fromkeys(ABDOMINALS, 0.05)
    braced = trunk_stiffness(_spine("lumbar"), effort=effort, at=HARNESS, least_activation=least)
    return 1e-3 * braced.fit.stiffness


def _swept(values: Callable[[TrunkStiffness], float], effort: float) -> str:
    found = ((h, values(_at(effort, height=h))) for h in HEIGHTS)
    return ", ".join(f"{value:.1f} at {h:g} m" for h, value in found)


def stiffness_of(body: Body) -> TrunkStiffness:
    """The trunk of a person at a fifth of the person's strength, harness in proportion to size."""
    spine = _spine("lumbar") if body is standard_adult() else spine_model(
        "lumbar", body=body, reflexes=True
    )  # fmt: skip
    return trunk_stiffness(spine, at=HARNESS * body_length(body))


# --- a sine at a harness -------------------------------------------------------------------


@table.predicts("gms_k20", 0.2, accept=within_factor(2.0))
@table.predicts("gms_k40", 0.4, accept=within_factor(2.0))
def driving_point_stiffness(effort: float) -> Prediction:
    forward = _at(effort)
    heights = _swept(lambda k: 1e-3 * k.fit.stiffness, effort)
    return Prediction(
        _pooled(effort)[0],
        f"mean of five directions with {100 * effort:g} % of the largest forward pull "
        f"({effort * forward.largest:.0f} N); forward alone {heights} [N/mm]. Forces of least "
        "effort hardly co-contract; with 5 % activity of the abdominal muscles imposed: forward "
        f"{_braced(effort):.1f} N/mm. Fibres leave their short range; for a small sine: "
        f"{1e-3 * forward.small_fit.stiffness:.1f} N/mm",
        second_null=_at(0.0).fit.stiffness,
    )


@table.predicts("N258", accept=within_factor(2.0), reason="measurement and criterion of gms_k20")
def driving_point_stiffness_again() -> float:
    return 1e-3 * _pooled(0.2)[0]


@table.predicts("gms_rise")
def rise_with_effort() -> Prediction:
    less, more = (_pooled(effort)[0] for effort in (0.2, 0.4))
    return Prediction(
        100.0 * (more / less - 1.0),
        "mean of five directions. The activation of the muscles that resist is nearly in "
        "proportion to effort and gives most of the stiffness, since the co-contraction of least "
        "effort is small; people have stiffness that does not rise with effort",
    )


@table.predicts("gms_m")
@table.predicts("N257")
def effective_mass() -> Prediction:
    forward = _at(0.2)
    body = forward.rest.model.body
    return Prediction(
        _pooled(0.2)[1],
        f"mean of five directions; forward {_swept(lambda k: k.fit.mass, 0.2)}. Thorax and head "
        "are one rigid body in the lumbar spine. In the whole spine, whose thorax and neck bend, "
        f"the forward mass is {_at(0.2, 'whole').fit.mass:.1f} kg",
        null=_rigid_mass(body),
    )


def _rigid_mass(body: Body) -> float:
    """Inertia of all above L5-S1 about its flexion axis over the squared harness height [kg]."""
    dynamics = _spine("lumbar").dynamics
    still = np.zeros(len(dynamics.free))
    lowest = list(dynamics.free).index("L5_S1_FE")
    q = dynamics.part(dynamics.held)
    return float(dynamics.linearised(q, still, still).mass[lowest, lowest]) / HARNESS**2


@table.predicts("N045", "backward", accept=within_sd(2.0))
@table.predicts("N046", "forward", accept=within_sd(2.0))
def rotational_stiffness(direction: str) -> Prediction:
    """Stiffness of the fit times the square of the height of the harness [N m/rad]."""
    fifth, more = (
        trunk_stiffness(_spine("lumbar"), effort=effort, direction=direction, at=HARNESS)
        for effort in (0.2, 0.4)
    )
    return Prediction(
        fifth.fit.stiffness * HARNESS**2,
        f"fit of one sine at 20 % effort times the height of the harness squared "
        f"({more.fit.stiffness * HARNESS**2:.0f} N m/rad at 40 %); the effort before the release "
        "is not in the row",
    )


@table.predicts("creep_hen_dir")
def direction_after_creep() -> Prediction:
    """Sign of the change of the fitted stiffness without reflexes after 16 min of full flexion.

    The source reports stiffness and reflex gain apart.
    """
    creep = mcgill_brown_1992()
    share = float(creep.after(np.zeros(2), 1.0, FLEXION).sum() / creep.largest)
    found: dict[int, TrunkStiffness] = {}
    for reflexes in (1, -1):
        effect = CreepEffect(sign=reflexes)
        crept = with_deficits(
            _spine("lumbar"),
            Deficits(
                passive_loss=1.0 - effect.stiffness_factor(share),
                gain_factor=effect.gain_factor(share),
            ),
        )
        found[reflexes] = trunk_stiffness(crept, at=HARNESS)
    before, after = _at(0.2), found[1]
    return Prediction(
        float(np.sign(after.intrinsic_fit.stiffness - before.intrinsic_fit.stiffness)),
        f"softer units after 16 min of flexion (input), without reflexes "
        f"{before.intrinsic_fit.stiffness:.0f} N/m before and {after.intrinsic_fit.stiffness:.0f} "
        f"after, as the source separates stiffness and reflex gain; with reflexes "
        f"{before.fit.stiffness:.0f} before, {after.fit.stiffness:.0f} with higher gains, as "
        f"published, and {found[-1].fit.stiffness:.0f} with lower",
    )


# --- intrinsic and reflex ------------------------------------------------------------------


@table.predicts("N027")
def reflex_fraction() -> Prediction:
    fifth = _at(0.2)
    return Prediction(
        100.0 * fifth.reflex_fraction,
        "real part of the complex stiffness at 4 Hz, with and without reflexes; the published "
        "fraction is of a random movement of a wider band. It depends on the reflex gains, which "
        f"are assumed; relaxed: intrinsic {fifth.slow}, with reflexes {fifth.slow_with_reflexes}",
    )


def _intrinsic(model: str) -> str:
    values = ((e, _at(e, model).intrinsic_fit.stiffness) for e in EFFORTS)
    return ", ".join(f"{k:.0f} at {100 * e:.0f} %" for e, k in values) + " effort [N/m]"


@table.predicts("N028", "lumbar", accept=within_sd(2.0))
@table.predicts("N028.trunk", "trunk", accept=within_sd(2.0))
def intrinsic_stiffness(model: str) -> Prediction:
    fifth = _at(0.2, model)
    return Prediction(
        fifth.intrinsic_fit.stiffness,
        f"second-order fit without reflexes ({_intrinsic(model)}). Recruitment requires a margin "
        "of the short-range stiffness, which lasts longer than a cycle; relaxed, the stiffness is "
        f"{fifth.slow}",
    )


@table.predicts("N029", accept=at_least(60.0, "above 60"))
def negative_intrinsic_stiffness() -> Prediction:
    signs = [_at(effort).intrinsic_fit.stiffness < 0.0 for effort in EFFORTS]
    return Prediction(
        100.0 * float(np.mean(signs)),
        f"{_intrinsic('lumbar')}: the margin that recruitment requires keeps it positive; "
        "published are trials of eleven people",
    )


table.not_predicted(
    "N018", "N019", "mil_k",
    reason="people with recurrent pain when they are nearly pain-free, and after exercise: no "
    "parameter of the model is known for them",
)  # fmt: skip


# --- without a muscle group ----------------------------------------------------------------


@cache
def _removals() -> tuple[GroupRemoval, ...]:
    return group_removals(_spine("lumbar"))


def _worst() -> dict[str, float]:
    """Largest loss of every group over the exertions [%], rising."""
    removals = _removals()
    worst = {g: 100.0 * max(r.loss[g] for r in removals) for g in removals[0].loss}
    return dict(sorted(worst.items(), key=lambda item: item[1]))


@table.predicts("cho02", -1, accept=at_most())
@table.predicts("cho02.nine", -2, accept=at_most())
def loss_without_a_group(place: int) -> Prediction:
    """Decrease of the least eigenvalue of M^-1 H without the stiffness of one group [%]."""
    worst, removals = _worst(), _removals()
    group = list(worst)[place]
    counts = [r.within() for r in removals]
    mean = {g: 100.0 * float(np.mean([r.loss[g] for r in removals])) for g in worst}
    ranked = sorted(mean.items(), key=lambda item: -item[1])[:2]
    again = [
        str(sum(x is not None and x <= 0.3 for x in r.recruited_again.values())) for r in removals
    ]
    return Prediction(
        worst[group],
        f"{group}, the largest loss over extension, flexion, right bending and left rotation at "
        f"20, 40 and 60 %. At most 30 % are lost for {min(counts)} to {max(counts)} of ten groups "
        f"in one exertion (recruited again: {', '.join(again)}); means over exertions "
        + " and ".join(f"{value:.0f} % ({g})" for g, value in ranked)
        + ". Forces of least effort rely on the muscles with the longest arms; the published "
        "forces came from measured activity, with more co-contraction, and the published index "
        "sums all directions",
    )
