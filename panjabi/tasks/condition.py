"""Which spine takes part in an experiment, and in which state of nerves and tissue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from panjabi.errors import ParameterError, unknown
from panjabi.neural.phenotype import published_extra_delay
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model_build import spine_model

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.spine.perturbation import Perturbation

MODELS: dict[str, dict[str, Any]] = {
    "trunk": {"region": "lumbar", "joints": ("L5-S1",), "plane": "sagittal"},
    "lumbar": {"region": "lumbar"},
}
"""One joint below a rigid trunk, or all lumbar joints in space; both with their muscles."""

PHENOTYPES = ("none", "delay", "gain")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A spine by name and what is changed in it; what follows from the changes is computed.

    Nothing here says how an experiment ends: an extra delay or a gain goes in, and whatever the
    model does with it comes out.
    """

    model: str = "trunk"
    cocontraction: float = 0.005  # least excitation of every muscle [1]
    gain_factor: float = 1.0  # on all reflex gains [1]
    extra_delay: float = 0.0  # added to every reflex loop [s]
    stiffness_factor: float = 1.0  # on the passive joints, below 1 after creep [1]

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise unknown("model of an experiment", self.model, MODELS)
        for name, low in (("gain_factor", 0.0), ("extra_delay", 0.0), ("stiffness_factor", 0.05)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= low):
                raise ParameterError(
                    f"Condition.{name} is {value!r}; possible: a finite number of {low:g} or more. "
                    "Give factors as shares of 1 and delays in seconds."
                )

    def with_phenotype(self, name: str, *, gain_factor: float | None = None) -> Condition:
        """The condition with low back pain as later reflexes ("delay") or higher gains ("gain").

        The extra delay is the published one (Radebold 2000). Gains have no published size, so
        `gain_factor` must be given for that phenotype.
        """
        if name not in PHENOTYPES:
            raise unknown("phenotype", name, PHENOTYPES)
        if name == "gain":
            if gain_factor is None:
                raise ParameterError(
                    "the gain phenotype was asked for without a factor; possible: a number above "
                    "1. No published figure sets it: give gain_factor (--gain), 1.4 say."
                )
            return replace(self, gain_factor=self.gain_factor * gain_factor)
        if name == "delay":
            return replace(self, extra_delay=self.extra_delay + published_extra_delay().si)
        return self


def condition_equilibrium(
    condition: Condition, perturbations: Sequence[Perturbation] = ()
) -> Equilibrium:
    """Equilibrium of the spine of a condition, under what acts before the event begins.

    Raises
    ------
    ConvergenceError
        If its muscles cannot hold the posture.
    """
    return equilibrium(_changed(condition), least=condition.cocontraction, applied=perturbations)


@lru_cache(maxsize=8)
def _made(name: str) -> Spine:
    return spine_model(reflexes=True, **MODELS[name])


def _changed(condition: Condition) -> Spine:
    model = _made(condition.model)
    if condition.stiffness_factor != 1.0:
        for joint in model.joints:
            softer = [
                part.changed(stiffness=condition.stiffness_factor) for part in joint.unit.structures
            ]
            unit = joint.unit.with_structures(softer, f"passive x {condition.stiffness_factor:g}")
            model = model.with_joint(replace(joint, unit=unit))
    assert model.reflexes is not None  # `_made` asks for them
    loops = model.reflexes.scaled(condition.gain_factor).delayed_by(condition.extra_delay)
    return model.with_reflexes(loops)


def flexion_coordinates(model: Spine) -> list[int]:
    """Indices of the free flexion-extensions among the free coordinates, from below."""
    return [k for k, name in enumerate(model.free) if name.endswith("_FE")]
