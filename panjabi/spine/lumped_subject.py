"""What a subject changes in a model with lumped parameters: a seat, or a trunk of one angle.

A lumped model has no levels and no muscles. Units, gains and delays of the subject reach it by one
number each:

- the lumbar units are springs in series; the difference that their losses make to the stiffness of
  the chain in flexion-extension is added to the intrinsic stiffness;
- the largest moment is multiplied by the strength across L5-S1 that is left, the smaller of both
  directions;
- gains and delays change as in every other model.

Load, posture and co-contraction have no counterpart: `without_counterpart` names them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.sizing import sized_for
from panjabi.passive.spring_damper import SpringDamper
from panjabi.passive.standard import unit
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.static_model import LEVELS

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.spine.model import Spine
    from panjabi.spine.subject_data import SubjectData

CROSSED = "L5_S1_FE"


def chain_change(subject: SubjectData, body: Body) -> float:
    """Stiffness of the lumbar units in series over that of intact ones, as a difference [N m/rad].

    Relaxed, at neutral, in flexion-extension.
    """
    own = [subject.unit(level, body=body, rib_cage=False) for level in LEVELS]
    intact = [sized_for(unit(level), body) for level in LEVELS]
    if own == intact:
        return 0.0
    k, k0 = (np.array([u.stiffness_at_neutral(0) for u in units]) for units in (own, intact))
    return float((1.0 / np.sum(1.0 / k) if np.all(k > 0.0) else 0.0) - 1.0 / np.sum(1.0 / k0))


def strength_left(subject: SubjectData, body: Body) -> float:
    """Strength across L5-S1 over that without losses [1], the smaller of both directions."""
    standard = replace(subject, strength={}, deficits=Deficits(), phenotype="none")
    if (subject.strength, subject.deficits.strength_loss) == ({}, 0.0):
        return 1.0
    at = body.posture("standing")
    q = np.array([at[body.coordinate_index(CROSSED)]])
    ways = []
    for who in (subject, standard):
        muscles = who.musculature((CROSSED,), at=at, body=body)
        arm = muscles.geometry(q).moment_arm[:, 0]
        ways.append([muscles.max_force @ np.maximum(sign * arm, 0.0) for sign in (1.0, -1.0)])
    left, whole = np.array(ways)
    return float(np.min(left / whole))


def lumped(spine: Spine, subject: SubjectData, body: Body, coordinate: str) -> Spine:
    """The spine with what the subject changes at a coordinate; its size is that of the spine.

    Raises
    ------
    ParameterError
        For gains or delays by loop.
    """
    stiffer, strong = chain_change(subject, body), strength_left(subject, body)
    known = dict(spine.parameters)
    elements = list(spine.elements)
    if stiffer != 0.0:
        springs = next(e for e in elements if isinstance(e, SpringDamper))
        K = np.array(springs.stiffness)
        k = springs.coordinates.index(coordinate)
        K[k, k] += stiffer
        elements[elements.index(springs)] = replace(springs, stiffness=K)
        known["chain_change"] = Parameter(
            stiffer, "N m/rad", THIS_WORK, "derived", "of the lumbar units in series"
        )
    loops = spine.reflexes
    if strong != 1.0:
        loops = tuple(
            loop
            if loop.largest_moment is None
            else replace(loop, largest_moment=strong * loop.largest_moment)
            for loop in loops
        )
        known["strength_left"] = Parameter(strong, "1", THIS_WORK, "derived", "across L5-S1")
    gain, later = subject.single_loop
    changed = replace(spine, elements=tuple(elements), reflexes=loops, parameters=known)
    changed = with_deficits(changed, Deficits(gain_factor=gain, extra_delay=later))
    return replace(changed, subject=subject.name)


def without_counterpart(subject: SubjectData) -> tuple[str, ...]:
    """What a subject has that a lumped model cannot represent, in words."""
    standard = type(subject)()
    named = ("load", "posture", "cocontraction")
    return tuple(name for name in named if getattr(subject, name) != getattr(standard, name))
