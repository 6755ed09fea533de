"""The stiffness that recruitment must reach: H >= B, the fast Hessian of the posture above a bound.

    margin          B = (moment / angle) W^T W + h E
    margin_rate     B = w^2 M, M the mass matrix: every mode returns at w or faster
    floor           B = floor x identity over joint angles, for older tables

W is the rotation of the thorax relative to the pelvis per coordinate (3, n), E = sum J^T J with J
the rotation of each level. Both are rotations in space, so the margin does not change when
coordinates are renamed or mixed. The floor does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.body.dynamics import Dynamics
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, assumed
from panjabi.spine.levels import levels_of, vertebrae_of
from panjabi.spine.model_build import with_load
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

MARGIN_MOMENT = assumed(1.0, "N m", "on the thorax; with the angle 115 N m/rad, sweep 30 to 200")
MARGIN_ANGLE = assumed(0.5, "deg", "turn of the thorax under this moment")
LEVEL_STIFFNESS = assumed(5.0, "N m/rad", "h of every level, so that no level is left soft")
NECK_SHARE = assumed(
    0.1, "1", "of margin and h in the neck; weight times height of the head is 0.07 of the trunk's"
)
MARGIN = (MARGIN_MOMENT.si, MARGIN_ANGLE.si)
"""Default margin: (moment [N m], angle [rad])."""

NECK = levels_of("cervical")


@dataclass(frozen=True)
class StiffnessRequirement:
    """What the fast Hessian must reach: a rate replaces the margin, and a floor both."""

    margin: tuple[float, float] | None = MARGIN  # (moment [N m], angle [rad])
    rate: float | None = None  # [rad/s]
    floor: float | None = None  # [N m/rad]

    def __post_init__(self) -> None:
        if self.floor is not None:
            object.__setattr__(self, "rate", None)
        if self.floor is not None or self.rate is not None:
            object.__setattr__(self, "margin", None)
        numbers = {
            "margin moment": self.margin and self.margin[0],
            "margin angle": self.margin and self.margin[1],
            "margin_rate": self.rate,
            "floor": self.floor,
        }
        for name, value in numbers.items():
            if value is not None and not (np.isfinite(value) and value >= 0.0):
                raise ParameterError(
                    f"Expected a finite {name} of 0 or more, got {value!r}; leave it out for the "
                    "default margin, or give margin=None for equilibrium only."
                )
        if self.margin is not None and self.margin[1] == 0.0:
            raise ParameterError(
                "Expected a margin (moment, angle) with an angle above 0 rad, got 0; give the turn "
                "of the thorax that the moment may cause."
            )

    @property
    def margin_stiffness(self) -> float:
        """Moment over angle of the margin [N m/rad]; 0 without a margin."""
        return 0.0 if self.margin is None else self.margin[0] / self.margin[1]

    @property
    def words(self) -> str:
        """The requirement in one line of text."""
        if self.floor is not None:
            return f"floor {self.floor:g} N m/rad"
        if self.rate is not None:
            return f"every mode at {self.rate:g} rad/s or faster"
        if self.margin is None:
            return "equilibrium only"
        moment, angle = self.margin
        return f"margin {moment:g} N m within {np.degrees(angle):g} deg of the thorax"

    def matrix(self, spine: StaticSpine) -> Floats | None:
        """B (n, n) [N m/rad]; None for equilibrium only."""
        if self.floor is not None:
            return self.floor * np.eye(len(spine.coordinates))
        if self.rate is not None:
            body = with_load(spine.body, spine.load)
            moving = Dynamics(body, spine.coordinates, spine.q)
            return self.rate**2 * moving.mass_matrix(spine.q[spine.indices])
        if self.margin is None:
            return None
        return margin_matrix(spine, *self.margin)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Assumptions of the default margin."""
        if self.margin is None:
            return {}
        moment, angle = self.margin
        return {
            "margin_moment": MARGIN_MOMENT.with_value(moment),
            "margin_angle": MARGIN_ANGLE.with_value(float(np.degrees(angle))),
            "margin_level_stiffness": LEVEL_STIFFNESS,
        }


def margin_matrix(spine: StaticSpine, moment: float, angle: float) -> Floats:
    """(moment / angle) W^T W + h E (n, n) [N m/rad].

    With levels of the neck, the head relative to the thorax has a margin of its own, a tenth of
    that of the thorax (`NECK_SHARE`).
    """
    share = np.where([level in NECK for level in spine.levels], NECK_SHARE.si, 1.0)
    turns = [spine.rotation(*vertebrae_of(level)) for level in spine.levels]
    B = np.einsum("l,lik,lij->kj", LEVEL_STIFFNESS.si * share, turns, turns)
    if (share == 1.0).any():
        thorax = spine.rotation("T1")
        B += moment / angle * thorax.T @ thorax
    if (share < 1.0).any():
        head = spine.rotation("skull", "T1")
        B += NECK_SHARE.si * moment / angle * head.T @ head
    return B
