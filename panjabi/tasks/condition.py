"""The spine of an experiment, and the changes of its reflexes and tissue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from panjabi.errors import ParameterError, unknown
from panjabi.neural.phenotype import published_extra_delay
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.model_build import spine_model
from panjabi.spine.subject import Subject

if TYPE_CHECKING:
    from panjabi.spine.model import Spine
    from panjabi.spine.perturbation import Perturbation

MODELS = ("trunk", "lumbar", "thoracolumbar")
"""Presets of `spine_model` with muscles on both sides of the trunk: one joint, or all joints."""

PHENOTYPES = ("none", "delay", "gain")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A spine by name with changed parameters.

    Only inputs are changed, for example an extra delay or a gain. The effects are computed by the
    model.
    """

    model: str = "trunk"
    cocontraction: float | None = None  # least excitation of every muscle [1]; that of the preset
    gain_factor: float = 1.0  # on all reflex gains [1]
    extra_delay: float = 0.0  # added to every reflex loop [s]
    stiffness_factor: float = 1.0  # on the passive joints, below 1 after creep [1]
    subject: Subject | None = None  # whose spine it is; by default the standard adult

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise unknown("model of an experiment", self.model, MODELS)
        for name, low in (("gain_factor", 0.0), ("extra_delay", 0.0), ("stiffness_factor", 0.05)):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= low):
                raise ParameterError(
                    f"Expected a finite Condition.{name} of {low:g} or more, got {value!r}; give "
                    "factors relative to 1 and delays in seconds."
                )

    def with_phenotype(self, name: str, *, gain_factor: float | None = None) -> Condition:
        """The condition with low back pain as later reflexes ("delay") or higher gains ("gain").

        The extra delay is published (Radebold 2000). There is no published value for the gain, so
        the phenotype "gain" needs `gain_factor`.
        """
        if name not in PHENOTYPES:
            raise unknown("phenotype", name, PHENOTYPES)
        if name == "gain":
            if gain_factor is None:
                raise ParameterError(
                    "Expected a gain factor for the phenotype 'gain', which has no published "
                    "value, got none; give gain_factor (--gain), for example 1.4."
                )
            return replace(self, gain_factor=self.gain_factor * gain_factor)
        if name == "delay":
            return replace(self, extra_delay=self.extra_delay + published_extra_delay().si)
        return self


def condition_equilibrium(
    condition: Condition, perturbations: Sequence[Perturbation] = ()
) -> Equilibrium:
    """Equilibrium of the spine of a condition, under the forces before the event.

    Raises
    ------
    ConvergenceError
        If its muscles cannot hold the posture.
    """
    return equilibrium(_changed(condition), least=condition.cocontraction, applied=perturbations)


@lru_cache(maxsize=8)
def _spine_by_name(name: str, subject: Subject | None) -> Spine:
    return spine_model(name, subject=subject, reflexes=True)


def _changed(condition: Condition) -> Spine:
    return with_deficits(
        _spine_by_name(condition.model, condition.subject),
        Deficits(
            passive_loss=1.0 - condition.stiffness_factor,
            gain_factor=condition.gain_factor,
            extra_delay=condition.extra_delay,
        ),
    )


def flexion_coordinates(model: Spine) -> list[int]:
    """Indices of the flexion-extension coordinates among the free coordinates, from below."""
    return [k for k, name in enumerate(model.free) if name.endswith("_FE")]
