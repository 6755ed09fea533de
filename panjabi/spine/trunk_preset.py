"""The trunk on one joint: L5-S1 of a body in the sagittal plane with two lumped muscles.

The muscles that cross the joint are pooled into extensors and flexors, each a straight line with
one fibre and one tendon of the ordinary law. In upright standing each pool matches its group:

| matched quantity of the group | by |
|---|---|
| force and moment on L5 at full activation | line of action |
| d moment / d angle of these constant forces | places of the two ends along the line |
| moment at full activation and at none | maximal force; length of the fibre upright |
| stiffness to a quick stretch at co-contraction and full activation | fibre length, tendon length |

The force contains compression and shear of the joint. Stretch reflexes have the moment of those of
the group, separately for deep muscles with their shorter loop and for the others: the gain of a
pool is that of the muscles times their sum of F r^2 / lopt over F r^2 / lopt of the pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdomen import with_abdomen
from panjabi.active.data import MuscleRecord
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.musculotendon import Musculotendon, RestingMuscles, resting_muscles
from panjabi.active.musculotendon_kernels import Units
from panjabi.active.placing import place
from panjabi.body.dynamics import Dynamics
from panjabi.body.reduced import reduced_tree
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.neural.loops import DEEP, GAINS, ReflexLoop, homonymous
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.results import ShortRepr
from panjabi.spine.joint_forces import JointForces

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.spine.subject_data import SubjectData

Floats = NDArray[np.float64]

LEVEL = "L5-S1"
COORDINATE = "L5_S1_FE"
LOWER, UPPER = "sacrum", "L5"
POOLS = ("extensors", "flexors")
MATCHED = "pooled from the muscles across L5-S1 in upright standing"


def trunk_cocontraction() -> Parameter:
    """Measured co-contraction of upright standing [1]: least command of both muscles."""
    measured = row("coact_0")
    return measured.parameter(unit="1", value=0.01 * measured.number)


@dataclass(frozen=True, eq=False, repr=False)
class Pool(ShortRepr):
    """A group of muscles as one muscle of a joint."""

    origin: Floats  # (3,) on the lower body [m]
    insertion: Floats  # (3,) on the upper body [m]
    max_force: float  # [N]
    optimal_length: float  # [m]
    tendon_slack_length: float  # [m]
    calibration: float  # fitted part of the maximal force [1]
    deep_reflex: float  # gain of the shorter loop over that of each muscle [1]
    other_reflex: float  # of the longer loop [1]

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The numbers with unit and source."""
        units = dict.fromkeys(("optimal_length", "tendon_slack_length"), "m") | {"max_force": "N"}
        values = {f.name: getattr(self, f.name) for f in fields(self)[2:]}
        return {
            name: Parameter(value, units.get(name, "1"), THIS_WORK, "derived", MATCHED)
            for name, value in values.items()
        }


@dataclass(frozen=True, eq=False, repr=False)
class PooledMuscles(ShortRepr):
    """Extensors and flexors with the action of the muscles across L5-S1 in upright standing.

    Raises
    ------
    ParameterError
        For muscles that do not lie over L5_S1_FE alone.
    ConvergenceError
        If a line with one fibre cannot match a group.
    """

    source: Musculotendon  # the muscles that are pooled

    def __post_init__(self) -> None:
        over = self.source.muscles.coordinates
        if over != (COORDINATE,):
            raise ParameterError(
                f"Expected muscles over {COORDINATE} alone for the trunk, got muscles over "
                f"{len(over)} coordinates from {over[0]}; build them with "
                f"musculature(coordinates=[{COORDINATE!r}])."
            )

    @cached_property
    def pools(self) -> tuple[Pool, Pool]:
        """Extensors and flexors."""
        muscles = self.source.muscles
        at = muscles.body.posture("standing")
        forces = JointForces(Dynamics(muscles.body, (COORDINATE,), at), muscles, (LEVEL,))
        return _pool(self.source, forces, 1.0), _pool(self.source, forces, -1.0)

    def over(self, at: ArrayLike) -> Musculotendon:
        """The two muscles over L5_S1_FE, with all other joints of the body fixed at `at` (nq,)."""
        body = self.source.muscles.body
        records = [
            MuscleRecord(
                name, name, pool.max_force, pool.optimal_length, pool.tendon_slack_length, 0.0,
                (LOWER, UPPER), np.array([pool.origin, pool.insertion]), (None, None),
            )
            for name, pool in zip(POOLS, self.pools, strict=True)
        ]  # fmt: skip
        tree, abdomen = with_abdomen(body, None)
        free = np.array([body.coordinate_index(COORDINATE)])
        reduced = reduced_tree(tree, free, np.asarray(at, float))
        paths = place(body, records, abdomen).on(reduced).taken(np.arange(len(records)))
        known = dict(self.source.muscles.parameters)
        for name, pool in zip(POOLS, self.pools, strict=True):
            known |= {f"{name}_{key}": p for key, p in pool.parameters.items()}
        calibration = np.array([pool.calibration for pool in self.pools])
        muscles = Musculature(
            names=POOLS,
            groups=POOLS,
            max_force=np.array([r.max_force for r in records]),
            optimal_length=np.array([r.optimal_length for r in records]),
            tendon_slack_length=np.array([r.tendon_slack_length for r in records]),
            pennation=np.zeros(len(records)),
            coordinates=(COORDINATE,),
            body=body,
            reduced=reduced,
            paths=paths,
            coupled=False,
            strength=calibration,
            calibration=calibration,
            parameters=ParameterSet(known),
            sources=(THIS_WORK,) * len(records),
        )
        return replace(self.source, muscles=muscles, elastic=True)

    def reflexes(self, **options: float) -> tuple[ReflexLoop, ...]:
        """Stretch reflexes of both muscles on themselves, one for deep and one for other muscles.

        options : arguments of `panjabi.neural.homonymous`.
        """
        factors = np.array([(pool.deep_reflex, pool.other_reflex) for pool in self.pools]).T
        loops = homonymous((DEEP[0], "other"), **options)
        made: list[ReflexLoop] = []
        for loop, factor in zip(loops, factors, strict=True):
            gains = {name: factor * np.asarray(getattr(loop, name)) for name in GAINS}
            made.append(replace(loop, source=POOLS, **gains))
        return tuple(made)


@lru_cache(maxsize=8)
def pooled_muscles(subject: SubjectData, body: Body) -> PooledMuscles:
    """The muscles of a subject across L5-S1 of a body, as extensors and flexors."""
    at = body.posture("standing")
    return PooledMuscles(Musculotendon(subject.musculature((COORDINATE,), at=at, body=body)))


def _pool(tendons: Musculotendon, forces: JointForces, sign: float) -> Pool:
    """The group of muscles that extends (sign 1) or flexes (sign -1) the joint."""
    muscles = tendons.muscles
    q = forces.dynamics.part(forces.dynamics.held)
    geometry = muscles.geometry(q)
    arm = geometry.moment_arm[:, 0]
    group = sign * arm > 0.0
    full = tendons.at_rest(1.0, geometry.length)
    tension = np.where(group, full.force, 0.0)
    moment = float(arm @ tension)
    still = np.zeros(1)
    force = forces.on_discs(q, still, still, tension) - forces.on_discs(
        q, still, still, 0 * tension
    )
    resultant = np.array([force[0, 0], force[0, 1], 0.0])  # on L5, in its frame
    size = float(np.linalg.norm(resultant))
    radius = abs(moment) / size
    target = {
        a: _Group.of(tendons.at_rest(a, geometry.length), np.where(group, arm, 0.0))
        for a in (0.0, trunk_cocontraction().si, 1.0)
    }
    max_force, optimal, slack, length = _fibre(tendons, target, radius)
    bending = float(muscles.tension_curvature(q, tension)[0, 0]) / size
    reflex = tension * arm**2 / muscles.optimal_length * optimal / (abs(moment) * radius)
    deep = np.array([name in DEEP for name in muscles.groups])
    down = resultant / size
    foot = moment / size * np.array([down[1], -down[0], 0.0])
    above, below = _ends(length, bending)
    origin, insertion = foot + below * down, foot - above * down
    poses = muscles.body.poses(forces.dynamics.held)
    upper, lower = (muscles.body.body_index(name) for name in (UPPER, LOWER))
    centre = muscles.body.tree.child_loc[upper]
    world = poses.R[upper] @ (centre + origin) + poses.t[upper]
    return Pool(
        origin=poses.R[lower].T @ (world - poses.t[lower]),
        insertion=centre + insertion,
        max_force=max_force,
        optimal_length=optimal,
        tendon_slack_length=slack,
        calibration=moment / float(arm @ (tension / muscles.calibration)),
        deep_reflex=float(reflex[deep].sum()),
        other_reflex=float(reflex[~deep].sum()),
    )


def _ends(length: float, bending: float) -> tuple[float, float]:
    """Distances of the two ends from the foot of the perpendicular: insertion and origin [m].

    A line of this length whose ends are a above and b below the foot has d2 length / dq2 =
    -a b / length, which shall be `bending`. The end farther from the joint is the insertion; a
    negative b is an origin above the foot, as on the iliac crest.
    """
    root = length**2 + 4.0 * bending * length
    if root < 0.0:
        raise ConvergenceError(
            "Expected muscles whose moment at constant force falls with the angle by at most a "
            f"quarter of force times length, got {-bending:.3g} m of force for a length of "
            f"{length:.3g} m; change the muscles."
        )
    above = 0.5 * (length + float(np.sqrt(root)))
    return above, length - above


@dataclass(frozen=True)
class _Group:
    """Moment [N m] and stiffness against a quick stretch [N m/rad] of a group at an activation."""

    moment: float
    stiffness: float

    @classmethod
    def of(cls, resting: RestingMuscles, arm: Floats) -> _Group:
        return cls(abs(float(arm @ resting.force)), float(arm**2 @ resting.fast_stiffness))


def _fibre(
    tendons: Musculotendon, wanted: Mapping[float, _Group], arm: float
) -> tuple[float, float, float, float]:
    """Maximal force [N], optimal length, tendon slack length and length upright [m] of a pool.

    wanted : group by activation, of none, co-contraction and full activation.
    """
    from scipy.optimize import least_squares

    none, some, full = wanted
    wanted_values = np.array(
        [wanted[full].moment, wanted[none].moment, wanted[some].stiffness, wanted[full].stiffness]
    )

    def units(x: Floats) -> tuple[Units, float]:
        force, optimal, slack, fibre = np.exp(x)
        one = tendons.units._replace(
            max_force=np.array([force]), optimal_length=np.array([optimal]),
            tendon_slack_length=np.array([slack]), thickness=np.zeros(1), elastic=np.ones(1, int),
        )  # fmt: skip
        return one, slack + fibre * optimal

    def relative(x: Floats) -> Floats:
        one, length = units(x)
        got = [
            _Group.of(resting_muscles(one, np.array([a]), np.array([length])), np.array([arm]))
            for a in (none, some, full)
        ]
        values = [got[2].moment, got[0].moment, got[1].stiffness, got[2].stiffness]
        return np.log(np.maximum(values, 1e-12) / wanted_values)

    start = np.log([1.3 * wanted[full].moment / arm, arm, arm, 0.9])
    found = least_squares(relative, start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
    off = float(np.abs(found.fun).max())
    if not off < 1e-8:
        raise ConvergenceError(
            "Expected one fibre with one tendon that has the moments and the stiffness of a group "
            f"of muscles, got a relative difference of {off:.2g}; change the muscles, or use "
            "spine_model('lumbar', joints=['L5-S1'], plane='sagittal') with all of them."
        )
    force, optimal, slack, _ = map(float, np.exp(found.x))
    return force, optimal, slack, units(found.x)[1]
