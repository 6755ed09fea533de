"""Four lumped trunks for tests and examples: lax, braced, without rate feedback, low gain.

Head, arms and trunk of 5 kg m2 on L5/S1 with one reflex loop. The values are assumed. They lie
within the ranges of identification studies of the trunk, but no set was measured on one person;
vary them.
"""

from __future__ import annotations

from dataclasses import dataclass

from panjabi.errors import unknown
from panjabi.parameter import ParameterSet, assumed
from panjabi.results import ShortRepr
from panjabi.stability.reflex_loop import FirstOrder, LinearReflex, SecondOrder
from panjabi.stability.reflex_model import ReflexModel

TRUNK_DELAY = 0.060
"""Default loop delay [s]: mean of the trunk muscles, assumed."""


@dataclass(frozen=True, repr=False)
class TrunkSet(ShortRepr):
    """Parameters of a lumped trunk, with a description."""

    name: str
    meaning: str
    parameters: ParameterSet

    def model(self, *, filter: FirstOrder | SecondOrder | None = None) -> ReflexModel:
        """One joint with one loop; the optional filter models activation."""
        p = self.parameters.si
        loop = LinearReflex(
            stretch_gain=p("stretch_gain"),
            rate_gain=p("rate_gain"),
            delay=p("delay"),
            filter=filter,
        )
        return ReflexModel(
            inertia=p("inertia"), damping=p("damping"), stiffness=p("stiffness"), loops=(loop,)
        )


def _set(
    name: str, meaning: str, stiffness: float, stretch_gain: float, rate_gain: float
) -> TrunkSet:
    lever = "head, arms and trunk about L5/S1"
    return TrunkSet(
        name,
        meaning,
        ParameterSet(
            {
                "inertia": assumed(5.0, "kg m2", f"{lever}; explored 4-8"),
                "damping": assumed(30.0, "N m s/rad", f"{lever}; explored 10-60"),
                "stiffness": assumed(
                    stiffness, "N m/rad", "intrinsic minus gravity (112 N m/rad); explored -180-300"
                ),
                "stretch_gain": assumed(stretch_gain, "N m/rad", "explored 0-800"),
                "rate_gain": assumed(rate_gain, "N m s/rad", "explored 0-120"),
                "delay": assumed(TRUNK_DELAY, "s", "mean of the trunk; explored 0.02-0.10"),
            }
        ),
    )


TRUNK_SETS: dict[str, TrunkSet] = {
    parameters.name: parameters
    for parameters in (
        _set("T1", "lax, stabilised by reflexes", -100.0, 400.0, 60.0),
        _set("T2", "braced", 100.0, 200.0, 30.0),
        _set("T3", "lax, no rate feedback", -100.0, 400.0, 0.0),
        _set("T4", "lax, low gain", -100.0, 200.0, 20.0),
    )
}


def trunk(name: str) -> TrunkSet:
    """One of the four sets T1 to T4.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    """
    if name not in TRUNK_SETS:
        raise unknown("trunk", name, TRUNK_SETS)
    return TRUNK_SETS[name]
