"""The trunk on one joint, L5-S1 in the sagittal plane, with all three subsystems lumped at it.

Passive unit, muscles, weight and inertia are those of the standard adult with all other joints
fixed; damping and reflex are assumed. Co-contraction acts in two ways: by its stiffness k = q F/L,
and by its compression, which stiffens the unit. A deficit of 0 means intact:

    K = (1 - passive loss) k_p f(P) + (1 - strength loss) a k_m - weight
    reflex = gain (1 - strength loss) (k_p e(t - T) + k_v e'(t - T)), filtered by activation
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

import numpy as np

from panjabi._caching import cached
from panjabi.delay.roots.system import LinearDelaySystem
from panjabi.errors import ParameterError, unknown
from panjabi.literature import row
from panjabi.neural.evidence import delay_range
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.families import SpineFamily
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine
from panjabi.spine.trunk_sets import one_loop

LEVEL = "L5-S1"

CHANGES = {
    "activation": (0.0, 1.0),
    "gain": (0.0, math.inf),
    "passive_loss": (0.0, 1.0),
    "strength_loss": (0.0, 1.0),
    "extra_delay": (-math.inf, math.inf),
}
"""Parameters that `changed` accepts, and their limits."""


class TrunkChanges(TypedDict, total=False):
    """Arguments of `ReducedTrunk.changed`, the parameters in `CHANGES`."""

    activation: float
    gain: float
    passive_loss: float
    strength_loss: float
    extra_delay: float


DEFICITS = ("passive_loss", "strength_loss", "extra_delay")


@dataclass(frozen=True, kw_only=True, repr=False)
class ReducedTrunk(ShortRepr):
    """Parameters of the one-joint trunk in SI units and radians, with co-contraction and deficits.

    Raises
    ------
    ParameterError
        For a deficit or an activation outside its limits.
    """

    inertia: float  # about the joint [kg m2]
    damping: float  # [N m s/rad]
    weight: float  # destabilising stiffness of the weight above [N m/rad]
    passive: float  # of the unit at neutral without preload, relaxed [N m/rad]
    branches: float  # stiffness that its branches add in fast motion, without preload [N m/rad]
    preload_gain: float  # f(P) = 1 + gain (1 - exp(-P/scale)) [1]
    preload_scale: float  # [N]
    muscle_stiffness: float  # of balanced co-contraction at full activation [N m/rad]
    muscle_moment: float  # of flexors or extensors at full activation [N m]
    muscle_compression: float  # of the joint at full activation [N]
    weight_compression: float  # [N]
    stretch_gain: float  # [N m/rad]
    rate_gain: float  # [N m s/rad]
    delay: float  # of the reflex loop [s]
    activation_time: float  # lag between drive and moment [s]
    activation: float  # co-contraction, fraction of balanced full activation [1]
    gain: float = 1.0  # of the reflex, relative to the intact trunk [1]
    passive_loss: float = 0.0  # [1]
    strength_loss: float = 0.0  # [1]
    extra_delay: float = 0.0  # [s]
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        for name, (low, high) in CHANGES.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise ParameterError(
                    f"Expected a finite number from {low:g} to {high:g} for {name} of the trunk, "
                    f"got {value!r}; give a value in this range."
                )
        if self.delay + self.extra_delay < 0.0:
            raise ParameterError(
                f"Expected an extra delay of at least {-self.delay:g} s, since a reflex cannot act "
                f"before the stretch, got {self.extra_delay:g} s; give a larger extra delay."
            )

    def changed(self, **changes: Unpack[TrunkChanges]) -> ReducedTrunk:
        """The same trunk with other values for some of the parameters in `CHANGES`."""
        for name in changes:
            if name not in CHANGES:
                raise unknown("change of the reduced trunk", name, CHANGES)
        return replace(self, **changes)

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Description of a reflex delay that leaves the evidence, or ()."""
        return delay_range().outside([self.delay + self.extra_delay], ["trunk"])

    # --- derived quantities ---------------------------------------------------------------

    @property
    def strength(self) -> float:
        """Remaining fraction of muscle strength [1]."""
        return 1.0 - self.strength_loss

    @property
    def compression(self) -> float:
        """Compression of the joint [N]."""
        return self.weight_compression + self.strength * self.activation * self.muscle_compression

    @property
    def preload_factor(self) -> float:
        """Stiffening factor f(P) of the unit under its compression [1]."""
        return 1.0 - self.preload_gain * math.expm1(-self.compression / self.preload_scale)

    @property
    def passive_stiffness(self) -> float:
        """Stiffness of the unit under its preload, with its deficit [N m/rad]."""
        return (1.0 - self.passive_loss) * self.passive * self.preload_factor

    @property
    def active_stiffness(self) -> float:
        """Stiffness by co-contraction [N m/rad]."""
        return self.strength * self.activation * self.muscle_stiffness

    @property
    def stiffness(self) -> float:
        """Passive plus active stiffness minus that of the weight, without reflex [N m/rad]."""
        return self.passive_stiffness + self.active_stiffness - self.weight

    @property
    def instantaneous_stiffness(self) -> float:
        """The same in fast motion, with the branches of the unit [N m/rad]."""
        return self.stiffness + (1.0 - self.passive_loss) * self.branches * self.preload_factor

    @property
    def reflex_stiffness(self) -> float:
        """Stiffness that the reflex adds in slow motion [N m/rad]."""
        return self.gain * self.strength * self.stretch_gain

    @property
    def silent_angle(self) -> float:
        """Lean at which the reflex switches off the antagonist [rad].

        Beyond it, half of the reflex stiffness is lost.
        """
        slope = 0.5 * self.reflex_stiffness
        if slope == 0.0:
            return math.inf
        return self.strength * self.activation * self.muscle_moment / slope

    def model(self) -> Spine:
        """The trunk as a body on a spring with one reflex loop."""
        scale = self.gain * self.strength
        return one_loop(
            inertia=self.inertia,
            damping=self.damping,
            stiffness=self.stiffness,
            stretch_gain=scale * self.stretch_gain,
            rate_gain=scale * self.rate_gain,
            delay=self.delay + self.extra_delay,
            filter_time=self.activation_time,
        )

    def system(self) -> LinearDelaySystem:
        """The linear system with delay."""
        return linear_system(equilibrium(self.model()), by_loop=True)

    def slopes(self, name: str) -> dict[str, float]:
        """Exact derivatives of the reflex model's parameters with respect to one of `CHANGES`."""
        fall = self.preload_gain * math.exp(-self.compression / self.preload_scale)
        per_force = (1.0 - self.passive_loss) * self.passive * fall / self.preload_scale
        per_active = self.muscle_stiffness + per_force * self.muscle_compression
        kp, kv = self.stretch_gain, self.rate_gain
        return {
            "activation": {"stiffness": self.strength * per_active},
            "gain": {"stretch_gain": self.strength * kp, "rate_gain": self.strength * kv},
            "passive_loss": {"stiffness": -self.passive * self.preload_factor},
            "strength_loss": {
                "stiffness": -self.activation * per_active,
                "stretch_gain": -self.gain * kp,
                "rate_gain": -self.gain * kv,
            },
            "extra_delay": {"delay": 1.0},
        }[name]


@dataclass(frozen=True, repr=False)
class _Changed(ShortRepr):
    """Values of some of `CHANGES` -> the spine of the trunk; a class, so that it can be pickled."""

    trunk: ReducedTrunk

    def __call__(self, values: Mapping[str, float]) -> Spine:
        return replace(self.trunk, **values).model()


def deficit_family(trunk: ReducedTrunk, *names: str) -> SpineFamily:
    """Linear systems of a trunk as a function of some of `CHANGES`."""
    for name in names:
        if name not in CHANGES:
            raise unknown("change of the reduced trunk", name, CHANGES)
    limits = CHANGES | {"extra_delay": (-trunk.delay, math.inf)}
    start = {name: float(getattr(trunk, name)) for name in names}
    affine = len(names) == 1 and names[0] in ("gain", "passive_loss", "extra_delay")
    chosen = {name: limits[name] for name in names}
    return SpineFamily(_Changed(trunk), start, chosen, affine=affine)


@cached
def reduced_trunk(q: float = 10.0) -> ReducedTrunk:
    """The trunk of the standard adult, upright and intact, with measured co-contraction.

    q : factor of the short-range stiffness k = q F/L [1].
    """
    from panjabi.passive.preload import Stiffening
    from panjabi.spine.model_build import spine_model
    from panjabi.spine.short_range import bergmark, parameters_of
    from panjabi.spine.static_build import static_spine

    spine = static_spine("standing")
    k = spine.levels.index(LEVEL)
    c = 3 * k
    m = spine.muscles
    pull = -m.slope[:, c] * m.max_force
    back, front = float(pull[pull > 0.0].sum()), float(-pull[pull < 0.0].sum())
    balance = np.where(pull > 0.0, min(1.0, front / back), min(1.0, back / front))
    F = np.where(pull == 0.0, 0.0, balance * m.max_force)
    stiffness = float((q * F / m.length) @ m.slope[:, c] ** 2 + F @ m.curvature[:, c, c])
    active, inactive = (float(spine.compression(f)[k]) for f in (F, np.zeros_like(F)))
    single = spine_model("lumbar", plane="sagittal", joints=[LEVEL], muscles=False)
    rest = single.dynamics.part(single.dynamics.held)
    coactivation = row("coact_0").parameter(unit="1", value=0.01 * row("coact_0").number)
    unit = spine.units[k]
    stiffening = unit.stiffening
    assert isinstance(stiffening, Stiffening)  # of every lumbar unit
    what = f"{LEVEL}, sagittal, other joints held, standing"

    def derived(value: float, si: str) -> Parameter:
        return Parameter(value, si, THIS_WORK, "derived", what)

    def assumed(value: float, si: str, why: str) -> Parameter:
        return Parameter(value, si, THIS_WORK, "assumed", why)

    known = {
        "inertia": derived(float(single.dynamics.mass_matrix(rest)[0, 0]), "kg m2"),
        "weight": derived(-float(spine.weight.hessian[c, c]), "N m/rad"),
        "passive": derived(
            float(unit.with_preload(0.0).evaluate(spine.angles[k])[2][0, 0]), "N m/rad"
        ),
        "branches": derived(float(sum(unit.hysteresis.stiffness[0])), "N m/rad"),
        "muscle_stiffness": derived(stiffness, "N m/rad"),
        "muscle_moment": derived(min(back, front), "N m"),
        "muscle_compression": derived(active - inactive, "N"),
        "weight_compression": derived(inactive, "N"),
        "damping": assumed(30.0, "N m s/rad", "explored 10-60"),
        "stretch_gain": assumed(200.0, "N m/rad", "explored 0-800"),
        "rate_gain": assumed(20.0, "N m s/rad", "explored 0-120"),
        "delay": assumed(0.060, "s", "mean of the trunk; explored 0.02-0.10"),
        "activation_time": assumed(0.030, "s", "between rise and fall of activation"),
    }
    return ReducedTrunk(
        **{name: p.si for name, p in known.items()},
        preload_gain=stiffening.gain,
        preload_scale=stiffening.scale,
        activation=coactivation.si,
        parameters={
            **known,
            "activation": coactivation,
            **parameters_of(bergmark(q)),
            **{f"{LEVEL} {n}": p for n, p in unit.parameters.items()},
        },
    )
