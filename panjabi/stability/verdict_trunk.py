"""The stability verdict for the reduced trunk: one joint, one reflex loop, exact margins."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from panjabi.delay.roots.axis import crossings_along
from panjabi.delay.roots.counting import count_right_of
from panjabi.delay.roots.margin import delay_margin
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.stability.condition import (
    WATCH,
    PushEvidence,
    SpectralEvidence,
    StabilityVerdict,
    StaticEvidence,
    SubsystemMargin,
    assess_evidence,
    check_positive,
)
from panjabi.stability.one_joint_trunk import ReducedTrunk, TrunkFamily
from panjabi.stability.pushes import SIZES, returned

PUSH = 5.0  # moment of the push of size 1 [N m]
LENGTH = 0.1  # of the push, half a sine [s]
FALLEN = math.radians(60.0)  # angle at which the simulation stops
AT_KINK = 1e-9  # distance to the kink at which one of the two muscles is off [rad]


def trunk_verdict(
    trunk: ReducedTrunk, *, watch: float = WATCH, tolerance: float = math.radians(0.1)
) -> StabilityVerdict:
    """Whether the trunk is stable, with exact margins; see `verdict`.

    At the kink one of the two muscles responds, so that half of the reflex is left.

    Raises
    ------
    ParameterError
        For a time or tolerance that is not positive.
    """
    check_positive(watch=watch, tolerance=tolerance)
    silent = trunk.silent_angle
    here = trunk.changed(gain=0.5 * trunk.gain) if silent <= AT_KINK else trunk
    system = here.system()
    roots = characteristic_roots(system, count=4)
    later = math.nan
    if roots.stable:
        longest = delay_margin(system).margin
        later = longest - (trunk.delay + trunk.extra_delay) if longest > 0.0 else math.nan
    right = roots.roots[roots.roots.real > -1.0 / watch]
    spectral = SpectralEvidence(
        "stuck", None, roots.rightmost, float(roots.residual[0]),
        count_right_of(system, -1.0 / watch), len(right),
    )  # fmt: skip
    static = StaticEvidence(
        here.stiffness + here.reflex_stiffness, here.stiffness, here.instantaneous_stiffness
    )
    pushes = tuple(
        _push(trunk, name, side * size, watch, tolerance)
        for name, side in (("forward", -1.0), ("backward", 1.0))
        for size in SIZES
    )
    condition, reasons = assess_evidence((spectral,), pushes, watch=watch)
    margins = _margins(trunk, later) if roots.stable else ()
    return StabilityVerdict(
        condition, "trunk on L5-S1", watch, (spectral,), None, static, None, pushes, tolerance,
        "the reflex switches the antagonist off", silent, margins, reasons, trunk.parameters,
        (trunk,),
    )  # fmt: skip


def _margins(trunk: ReducedTrunk, later: float) -> tuple[SubsystemMargin, ...]:
    how = "limit of stability, the other subsystems unchanged"

    def lost(name: str, subsystem: str, what: str) -> SubsystemMargin:
        left = 1.0 - getattr(trunk, name)
        crossed = ()
        if left > 0.0:  # otherwise there is nothing to lose
            crossed = crossings_along(TrunkFamily(trunk, (name,)), 1.0 - left, 1.0)
        size = crossed[0].value - 1.0 + left if crossed else math.inf
        return SubsystemMargin(subsystem, what, size, "1", size / (left or 1.0), how)

    delay = trunk.delay + trunk.extra_delay
    fraction = later / delay if delay else math.inf
    down = crossings_along(TrunkFamily(trunk, ("gain",)), 0.0, trunk.gain) if trunk.gain else ()
    loss = (trunk.gain - down[-1].value) / trunk.gain if down else math.inf
    return (
        lost("passive_loss", "passive", "stiffness of the unit that can be lost"),
        lost("strength_loss", "active", "strength that can be lost"),
        SubsystemMargin("neural", "additional reflex delay", later, "s", fraction, how),
        SubsystemMargin("neural", "reflex gain that can be lost", loss, "1", loss, how),
    )


def _push(
    trunk: ReducedTrunk, name: str, size: float, watch: float, tolerance: float
) -> PushEvidence:
    """A simulation of the trunk with its delay; a muscle cannot push, so it can switch off."""
    from panjabi.delay.integrate.adaptive import solve
    from panjabi.delay.integrate.settings import Settings

    K, g = trunk.stiffness, trunk.gain * trunk.strength
    bound = trunk.strength * trunk.activation * trunk.muscle_moment
    p = np.array(
        [trunk.inertia, trunk.damping, K, g * trunk.stretch_gain, g * trunk.rate_gain,
         trunk.activation_time, bound, trunk.strength * trunk.muscle_moment, size * PUSH, LENGTH]
    )  # fmt: skip
    run = solve(
        _delay_model(), np.zeros(3), (0.0, LENGTH + watch), p=p, history=np.zeros(3),
        breaks=(LENGTH,), delays=(trunk.delay + trunk.extra_delay,),
        settings=Settings(rtol=1e-6, atol=1e-9, largest_step=0.01),
    )  # fmt: skip
    angle = np.abs(run.state[:, 0])
    impulse, peak = 2.0 / math.pi * abs(size) * PUSH * LENGTH, float(angle.max())
    shared = name, abs(size), impulse, "thorax", peak
    if run.end < LENGTH + watch:
        return PushEvidence(*shared, "loses balance", None, f"at {run.end:.3g} s")
    time = returned(run.time, angle, tolerance)
    end = "stays off" if time is None else "returns"
    return PushEvidence(*shared, end, None if time is None else max(0.0, time - LENGTH))


@cache
def _delay_model() -> Any:
    """Angle, rate and reflex moment; each side gives half the moment until it switches off."""
    from panjabi.delay.integrate.model import DelayModel, Event

    def rhs(t, y, delayed, p, out):
        push = 0.0
        if t < p[9]:
            push = p[8] * np.sin(np.pi * t / p[9])
        half = 0.5 * y[2]
        back = min(max(p[6] + half, 0.0), p[7])
        front = min(max(p[6] - half, 0.0), p[7])
        out[0] = y[1]
        out[1] = (push - p[1] * y[1] - p[2] * y[0] - (back - front)) / p[0]
        out[2] = (p[3] * delayed[0, 0] + p[4] * delayed[0, 1] - y[2]) / p[5]

    def fallen(t, y, delayed, p, out):
        out[0] = FALLEN - abs(y[0])

    return DelayModel(
        rhs=rhs, delays=(0.06,), reads=(0, 1), event=fallen, events=(Event("fallen", "stop", -1),)
    )
