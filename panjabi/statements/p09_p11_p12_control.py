"""Experiments on compensation and control: P9, P11, P12."""

from __future__ import annotations

import math

import numpy as np

from panjabi.literature import row
from panjabi.recruitment.posture import recruit
from panjabi.spine.deficits import Deficits
from panjabi.spine.static_build import static_spine
from panjabi.statements.compensation import OUTCOMES, compensation_map, least_activation
from panjabi.statements.finding import Finding, Statement
from panjabi.statements.quiet_stance import Noise, stances_of, standing_trunk
from panjabi.statements.subfailure import (
    DAY,
    Subfailure,
    fraction_with_chronic_state,
    loop_picture,
)

MAP_POINTS = 11  # per side of the map that is plotted with the finding
LATE = 0.060  # added delay [s]
LOUD = 4.0  # factor on the power of the sensor noise


def p09_compensation(statement: Statement) -> Finding:
    """P9: least co-contraction over passive loss, alone and with weak or late muscles."""
    trunk = standing_trunk()
    losses = (0.0, 0.5, 1.0)
    alone = [least_activation(trunk, Deficits(passive_loss=d))[0] for d in losses]
    full = Deficits(passive_loss=1.0)
    adapting = least_activation(trunk, full, adapt_gain=True)[0]
    loss = np.linspace(0.0, 1.0, MAP_POINTS)
    weak = compensation_map(trunk, loss, ("strength_loss", np.linspace(0.0, 0.99, MAP_POINTS)))
    spine = static_spine("standing")
    lumbar = []
    for d in losses:
        units = [
            u.with_structures(
                [s.changed(stiffness=1.0 - d) for s in u.structures] if d < 1.0 else ()
            )
            for u in spine.units
        ]
        lumbar.append(recruit(spine.with_units(units)).coactivation)
    grows = alone[0] < alone[1] < alone[2] and lumbar[0] < lumbar[1] < lumbar[2]
    regions = {name for name, fraction in weak.fractions().items() if fraction > 0.0}
    fails = weak.y[np.isnan(weak.activation[:, 0])]
    holds = grows and regions == set(OUTCOMES)
    edge = float(fails[0]) if fails.size else float("nan")
    return statement.finding(
        "supported" if holds else "contradicted",
        "effort increases with the deficit, in the trunk and in the whole lumbar spine, and all "
        "three outcomes occur. Passive loss alone has no limit: at neutral the units contribute "
        f"so little that {100.0 * (alone[-1] - alone[0]):.2f} % more co-contraction replaces them; "
        "failure requires a nearly complete loss of strength as well. The limit of cost is assumed "
        "(5 % co-contraction); the restored quantity is the sway of the intact trunk",
        *(
            (f"coactivation_at_{100 * d:.0f}_percent_passive_loss_percent", 100.0 * a, "trunk")
            for d, a in zip(losses, alone, strict=True)
        ),
        ("coactivation_with_free_gain_percent", 100.0 * adapting, "trunk, full passive loss"),
        *(
            (f"lumbar_coactivation_at_{100 * d:.0f}_percent_loss_percent", 100.0 * a, "all muscles")
            for d, a in zip(losses, lumbar, strict=True)
        ),
        ("strength_loss_that_fails", edge, "smallest on the map, passive intact"),
        ("coactivation_60ms_later_percent",
         100.0 * least_activation(trunk, Deficits(extra_delay=LATE))[0], "trunk, passive intact"),
        sources=(row("coact_stab_0").bib,),
        figure="plot_compensation_map",
        data=weak,
    )  # fmt: skip


def p11_subfailure(statement: Statement) -> Finding:
    """P11: damage with true and with corrupted sensors, and the fold of the loop."""
    loop = Subfailure()
    healthy = loop.state(0.0, 1.0)
    true = loop.state(1.0, 0.0)
    picture = loop_picture(loop)
    fold = picture.fold
    states = loop.fixed_points(1.0)
    nan = float("nan")
    tipping = states[1] if len(states) > 1 else None
    chronic = states[2] if len(states) > 2 else None
    return statement.finding(
        "undetermined",
        "Panjabi gave no equations: the loop, its equations and all its values are assumptions of "
        "this project. The model has both outcomes: with true sensors, co-contraction compensates "
        "for any damage, which then heals; with corrupted sensors, a chronic state appears at a "
        "fold, for most but not all sets of assumed values. This shows that the hypothesis is "
        "consistent, not that it is true",
        ("loop_gain_healthy_per_day", healthy.gain * DAY, "d(dD/dt)/dD at D = 0"),
        ("excursion_true_sensors", true.excursion / healthy.excursion, "full damage, over intact"),
        ("fold_corruption", fold.corruption if fold else nan, "smallest with a chronic state"),
        ("fold_damage", fold.damage if fold else nan, "at zero loop gain"),
        ("fold_loop_gain_per_day", fold.gain * DAY if fold else nan, "residual"),
        ("tipping_damage", tipping.damage if tipping else nan, "at full corruption, unstable"),
        ("tipping_loop_gain_per_day", tipping.gain * DAY if tipping else nan, "positive: unstable"),
        ("chronic_damage", chronic.damage if chronic else nan, "at full corruption"),
        ("chronic_loop_gain_per_day", chronic.gain * DAY if chronic else nan, "negative: stable"),
        ("share_of_assumed_sets_with_chronic_state", fraction_with_chronic_state(loop),
         "100 draws, each value times a factor of 1/2 to 2, seed 0"),
        figure="plot_subfailure",
        data=picture,
    )  # fmt: skip


def p12_sway_rises(statement: Statement) -> Finding:
    """P12: sway at constant passive stiffness and co-contraction."""
    trunk = standing_trunk()
    stances, noise = stances_of(trunk), Noise()

    def sway(later: float, rise: float = 1.0) -> float:
        """Standard deviation of the angle [rad]; infinite if the trunk is unstable."""
        stance = stances.stance(stances.cocontraction, later=later)
        return math.inf if stance is None else math.sqrt(stance.variance(noise, rise))

    delays = np.linspace(0.0, 0.1, 41)
    powers = np.linspace(1.0, 10.0, 41)
    by_delay = np.array([sway(float(T)) for T in delays])
    by_noise = np.array([sway(0.0, float(r)) for r in powers])
    base, late, loud = by_delay[0], sway(LATE), sway(0.0, LOUD)
    finite = by_delay[: int(np.isfinite(by_delay).sum())]
    monotone = bool(np.isfinite(finite).all() and np.all(np.diff(finite) > 0.0))
    highest = 1e3 * float(delays[int(np.argmax(finite))])
    where = (
        "at every delay computed up to the one at which the trunk becomes unstable"
        if monotone
        else f"up to an added delay of {highest:.3g} ms; beyond it sway falls a little"
    )
    return statement.finding(
        "supported" if monotone and loud > base else "contradicted",
        "more noise increases a variance in any linear model; that a later reflex increases sway "
        f"at the same noise is a result, and holds {where}. The strength of both noises is "
        "assumed. There is no comparison with published sway, since the abstract reports none",
        ("sway_intact_deg", np.degrees(base), "standard deviation of the angle"),
        ("sway_ratio_60ms_later", late / base, "over intact"),
        ("sway_ratio_noise_power_x4", loud / base, "over intact"),
        ("sway_ratio_both", sway(LATE, LOUD) / base, "over intact"),
        ("rises_with_every_delay", float(monotone), "1: yes, as long as the trunk is stable"),
        ("largest_stable_delay_ms", 1e3 * float(delays[len(finite) - 1]), "added, of those tried"),
        figure="plot_sway",
        data=(delays[: len(finite)], finite, powers, by_noise),
    )
