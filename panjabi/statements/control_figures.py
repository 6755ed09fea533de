"""P9, P11 and P12 at the default values: numbers and data of their figures."""

from __future__ import annotations

import math

import numpy as np

from panjabi.literature import row
from panjabi.recruitment.posture import recruit
from panjabi.spine.deficits import Deficits
from panjabi.spine.static_build import static_spine
from panjabi.spine.subject import Subject
from panjabi.statements.compensation import compensation_map, least_activation, weaker_spine
from panjabi.statements.finding import Illustration, illustration
from panjabi.statements.quiet_stance import Noise, stances_of, standing_trunk
from panjabi.statements.subfailure import DAY, Subfailure, loop_picture

MAP_POINTS = 6  # per side of the map that is plotted with the finding
LATE = 0.060  # added delay [s]
LOUD = 4.0  # factor on the power of the sensor noise
NONE = float("nan")


def compensation(subject: Subject) -> Illustration:
    """P9: least co-contraction over passive loss, alone and with weak or late muscles."""
    trunk = standing_trunk(subject)
    losses = (0.0, 0.5, 1.0)
    alone = [least_activation(trunk, Deficits(passive_loss=d))[0] for d in losses]
    full = Deficits(passive_loss=1.0)
    adapting = least_activation(trunk, full, adapt_gain=True)[0]
    loss = np.linspace(0.0, 1.0, MAP_POINTS)
    weak = compensation_map(trunk, loss, ("strength_loss", np.linspace(0.0, 0.99, MAP_POINTS)))
    spine = static_spine("standing", subject=subject)
    lumbar = [recruit(weaker_spine(spine, d, 0.0)).coactivation for d in losses]
    fails = weak.y[np.isnan(weak.activation[:, 0])]
    edge = float(fails[0]) if fails.size else NONE
    return illustration(
        "at neutral the units contribute so little that "
        f"{100.0 * (alone[-1] - alone[0]):.2f} % more co-contraction replaces them in the trunk; "
        "failure requires a nearly complete loss of strength as well. The limit of cost is assumed "
        "(5 % co-contraction)",
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


def subfailure(subject: Subject) -> Illustration:
    """P11: damage with true and with corrupted sensors, and the fold of the loop."""
    loop = Subfailure(trunk=standing_trunk(subject))
    healthy = loop.state(0.0, 1.0)
    true = loop.state(1.0, 0.0)
    picture = loop_picture(loop)
    fold = picture.fold
    states = loop.fixed_points(1.0)
    tipping = states[1] if len(states) > 1 else None
    chronic = states[2] if len(states) > 2 else None
    return illustration(
        "Panjabi gave no equations: the loop, its equations and all its values are assumptions of "
        "this project",
        ("loop_gain_healthy_per_day", healthy.gain * DAY, "d(dD/dt)/dD at D = 0"),
        ("excursion_true_sensors", true.excursion / healthy.excursion, "full damage, over intact"),
        ("fold_corruption", fold.corruption if fold else NONE, "smallest with a chronic state"),
        ("fold_damage", fold.damage if fold else NONE, "at zero loop gain"),
        ("fold_loop_gain_per_day", fold.gain * DAY if fold else NONE, "residual"),
        ("tipping_damage", tipping.damage if tipping else NONE, "at full corruption, unstable"),
        (
            "tipping_loop_gain_per_day",
            tipping.gain * DAY if tipping else NONE,
            "positive: unstable",
        ),
        ("chronic_damage", chronic.damage if chronic else NONE, "at full corruption"),
        ("chronic_loop_gain_per_day", chronic.gain * DAY if chronic else NONE, "stable if below 0"),
        figure="plot_subfailure",
        data=picture,
    )


def sway(subject: Subject) -> Illustration:
    """P12: sway at constant passive stiffness and co-contraction."""
    trunk = standing_trunk(subject)
    stances, noise = stances_of(trunk), Noise()

    def spread(later: float, rise: float = 1.0) -> float:
        """Standard deviation of the angle [rad]; infinite if the trunk is unstable."""
        stance = stances.stance(stances.cocontraction, later=later)
        return math.inf if stance is None else math.sqrt(stance.variance(noise, rise))

    delays = np.linspace(0.0, 0.1, 41)
    powers = np.linspace(1.0, 10.0, 41)
    by_delay = np.array([spread(float(T)) for T in delays])
    by_noise = np.array([spread(0.0, float(r)) for r in powers])
    base, late, loud = by_delay[0], spread(LATE), spread(0.0, LOUD)
    finite = by_delay[: int(np.isfinite(by_delay).sum())]
    return illustration(
        "the strength of both noises is assumed. There is no comparison with published sway, since "
        "the abstract reports none",
        ("sway_intact_deg", np.degrees(base), "standard deviation of the angle"),
        ("sway_ratio_60ms_later", late / base, "over intact"),
        ("sway_ratio_noise_power_x4", loud / base, "over intact"),
        ("sway_ratio_both", spread(LATE, LOUD) / base, "over intact"),
        ("largest_stable_delay_ms", 1e3 * float(delays[len(finite) - 1]), "added, of those tried"),
        figure="plot_sway",
        data=(delays[: len(finite)], finite, powers, by_noise),
    )
