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
    AT_KINK,
    RecoveryEvidence,
    SpectralEvidence,
    StabilityVerdict,
    StaticEvidence,
    SubsystemMargin,
    assess_evidence,
    check_positive,
    recovery_time,
)
from panjabi.stability.one_joint_trunk import ReducedTrunk, deficit_family

PUSH = 5.0  # moment of the push [N m]
LENGTH = 0.1  # of the push, half a sine [s]
FALLEN = math.radians(60.0)  # angle at which the simulation stops


def trunk_verdict(
    trunk: ReducedTrunk,
    *,
    push: float = PUSH,
    tolerance: float = math.radians(0.1),
    watched: float = 5.0,
) -> StabilityVerdict:
    """Whether the trunk is stable, from three types of evidence, with exact margins.

    push : peak moment of a half sine of 0.1 s [N m].
    tolerance : largest remaining deviation [rad].
    watched : time simulated after the push [s].

    Raises
    ------
    ParameterError
        For a push, tolerance or time that is not positive.
    """
    check_positive(push=push, tolerance=tolerance, watched=watched)
    system = trunk.system()
    roots = characteristic_roots(system, count=2)
    root = roots.rightmost
    line = root.real + 1e-6 * max(1.0, abs(root.real))
    later = math.nan
    if roots.stable:
        longest = delay_margin(system).margin
        later = longest - (trunk.delay + trunk.extra_delay) if longest > 0.0 else math.nan
    silent = trunk.silent_angle
    sides = None
    if (
        silent <= AT_KINK
    ):  # only one of the two muscles responds: half of the reflex, on either side
        half = characteristic_roots(
            trunk.changed(gain=0.5 * trunk.gain).system(), count=1
        ).rightmost
        sides = (half, half)
    static = StaticEvidence(
        trunk.stiffness + trunk.reflex_stiffness, trunk.stiffness, trunk.instantaneous_stiffness
    )
    complete = count_right_of(system, line) == 0
    spectral = SpectralEvidence(root, float(roots.residual[0]), complete, later, sides)
    recovery = _recovery(trunk, push, tolerance, watched)
    kink = "the reflex switches the antagonist off"
    condition, reasons = assess_evidence(
        static, spectral, recovery, kink_distance=silent, kink=kink
    )
    margins = _margins(trunk, later) if roots.stable else ()
    return StabilityVerdict(
        condition, "trunk on L5-S1", static, spectral, recovery, kink, silent, margins, reasons,
        trunk.parameters, (trunk,),
    )  # fmt: skip


def _margins(trunk: ReducedTrunk, later: float) -> tuple[SubsystemMargin, ...]:
    how = "limit of stability, the other subsystems unchanged"

    def lost(name: str, subsystem: str, what: str) -> SubsystemMargin:
        left = 1.0 - getattr(trunk, name)
        crossed = ()
        if left > 0.0:  # otherwise there is nothing to lose
            crossed = crossings_along(deficit_family(trunk, name), 1.0 - left, 1.0)
        size = crossed[0].value - 1.0 + left if crossed else math.inf
        return SubsystemMargin(subsystem, what, size, "1", size / (left or 1.0), how)

    delay = trunk.delay + trunk.extra_delay
    fraction = later / delay if delay else math.inf
    down = crossings_along(deficit_family(trunk, "gain"), 0.0, trunk.gain) if trunk.gain else ()
    loss = (trunk.gain - down[-1].value) / trunk.gain if down else math.inf
    return (
        lost("passive_loss", "passive", "stiffness of the unit that can be lost"),
        lost("strength_loss", "active", "strength that can be lost"),
        SubsystemMargin("neural", "additional reflex delay", later, "s", fraction, how),
        SubsystemMargin("neural", "reflex gain that can be lost", loss, "1", loss, how),
    )


def _recovery(
    trunk: ReducedTrunk, push: float, tolerance: float, watched: float
) -> RecoveryEvidence:
    """A simulation of the trunk with its delay; a muscle cannot push, so it can switch off."""
    from panjabi.delay.integrate.adaptive import solve
    from panjabi.delay.integrate.settings import Settings

    K, g = trunk.stiffness, trunk.gain * trunk.strength
    bound = trunk.strength * trunk.activation * trunk.muscle_moment
    p = np.array(
        [trunk.inertia, trunk.damping, K, g * trunk.stretch_gain, g * trunk.rate_gain,
         trunk.activation_time, bound, trunk.strength * trunk.muscle_moment, push, LENGTH]
    )  # fmt: skip
    end = LENGTH + watched
    run = solve(
        _delay_model(), np.zeros(3), (0.0, end), p=p, history=np.zeros(3), breaks=(LENGTH,),
        delays=(trunk.delay + trunk.extra_delay,), settings=Settings(rtol=1e-6, atol=1e-9),
    )  # fmt: skip
    t = np.linspace(0.0, run.end, 4000)
    angle = np.abs(run.at(t)[:, 0])
    time = recovery_time(t - LENGTH, angle, tolerance) if run.end >= end else None
    return RecoveryEvidence(
        f"a push of {push:g} N m for {LENGTH:g} s", float(angle.max()), tolerance, time, watched
    )


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
