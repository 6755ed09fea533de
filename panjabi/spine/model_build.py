"""Spine models from names: levels, plane, muscles, reflexes, loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body import standard_adult
from panjabi.body.dynamics import Dynamics
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.errors import ParameterError, unknown
from panjabi.neural.loops import NECK, ReflexLoop, homonymous
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.directions import coordinate_names, known_level
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.injury import with_injuries
from panjabi.passive.ribs import RIBBED, with_rib_cage
from panjabi.passive.sizing import sized_for
from panjabi.passive.standard import unit
from panjabi.spine.column_model import PLANES
from panjabi.spine.deficits import injury_texts
from panjabi.spine.levels import AXES, levels_of
from panjabi.spine.model import COMPRESSION_TIME, Spine
from panjabi.spine.static_model import LEVELS, HeldLoad, place_of_load

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon
    from panjabi.body.model import Body

REGION_LEVELS: dict[str, tuple[str, ...]] = {
    "lumbar": LEVELS,
    "cervical": levels_of("cervical"),
    "thoracolumbar": levels_of("thoracolumbar"),
    "whole": levels_of("whole"),
    "trunk": ("L5-S1",),
}
"""Levels that move in each region, from below; all above the last level is rigid."""

NECK_COCONTRACTION = Parameter(
    0.01, "1", THIS_WORK, "derived", "least excitation at which the neck is stable with a margin"
)
"""Least excitation of neck muscles at equilibrium; see `panjabi.tasks.sway_optimum`."""


@dataclass(frozen=True, kw_only=True)
class UnitOptions:
    """Options for the functional spinal units of a spine."""

    source: str = "default"  # values that the units are fitted to
    damping: bool = True  # with viscous damping
    branches: bool = True  # with Maxwell branches
    extrapolate: bool = False  # allows angles and preloads beyond failure


def spine_model(
    region: str = "lumbar",
    *,
    plane: str | None = None,
    joints: Sequence[str] | None = None,
    muscles: bool | Musculature | Musculotendon = True,
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop] = False,
    load: float | HeldLoad = 0.0,
    posture: str | ArrayLike = "standing",
    gravity: bool = True,
    preload: float | Mapping[str, float] | None = None,
    injuries: Mapping[str, Sequence[str]] | None = None,
    units: UnitOptions | None = None,
    body: Body | None = None,
) -> Spine:
    """The spine of a body as a system of delay equations.

    Parameters
    ----------
    region : lumbar (L5-S1 to T12-L1), cervical (C7-T1 to C0-C1), thoracolumbar, whole; or trunk,
        one rigid body on L5-S1 in the sagittal plane with two lumped muscles.
    plane : space (default), sagittal, frontal or transverse: the free angles of every level.
    joints : levels of the region that move, by default all. One level gives the reduced model:
        everything above it is rigid.
    muscles : True for the packaged muscles that cross the free joints; False for none; or a
        `Musculature` over the free coordinates, or a `Musculotendon` of it, which defines the
        elastic tendons. The trunk pools them into its two muscles.
    reflexes : True for stretch reflexes of every muscle (`panjabi.neural.homonymous`), a mapping of
        its arguments, or loops by name: (ReflexLoop(...), ...).
    load : mass [kg] that is held at the centre of trunk, arms and head, or a `HeldLoad`.
    posture : name of a posture of the body, or its coordinates (nq,): the start, and the constant
        position of all other joints.
    gravity : False removes the weight of body and load; their inertia stays.
    preload : frozen compression of the units [N], one value for all or a mapping by level, as in a
        laboratory; by default the compression of each level stiffens its unit at every moment.
    injuries : level -> changes as text, {"L4-L5": ["cut=SSL+ISL"]}.
    units : source, viscous damping and Maxwell branches of the units; see `UnitOptions`.
    body : by default the standard adult; units, strength and reflexes follow its size.

    Raises
    ------
    UnknownNameError
        For a region, plane, level, posture or injury that does not exist.
    ParameterError
        For a load that is no mass, a value that is no number, or muscles, units or injuries of
        another type, muscles of a body of another size, or joints or another plane of the trunk.
    PostureError
        For a posture outside the joints' ranges.
    """
    options = _options(units)
    hurt = injury_texts(injuries or {})
    plane = _plane(region, plane, joints)
    levels = chosen_levels(region, joints)
    recipe = {
        "region": region,
        "plane": plane,
        "joints": None if joints is None else list(joints),
        "muscles": muscles,
        "reflexes": dict(reflexes) if isinstance(reflexes, Mapping) else reflexes,
        "load": load,
        "posture": posture if isinstance(posture, str) else np.asarray(posture).tolist(),
        "gravity": gravity,
        "preload": dict(preload) if isinstance(preload, Mapping) else preload,
        "injuries": {level: list(texts) for level, texts in hurt.items()},
        "units": None if units is None else asdict(options),
        "body": body,
    }
    axes = [AXES.index(axis) for axis in PLANES[plane]]
    free = tuple(coordinate_names(level)[axis] for level in levels for axis in axes)
    whole_body = standard_adult() if body is None else body
    q = whole_body.posture(posture) if isinstance(posture, str) else whole_body.poses(posture).q
    within = {c: float(q[whole_body.coordinate_index(c)]) for c in free}
    q = whole_body.coordinates_from(within, base=q)
    carrying = with_load(whole_body, load if isinstance(load, HeldLoad) else HeldLoad(load))
    dynamics = Dynamics(carrying, free, q, (0.0, -STANDARD_GRAVITY if gravity else 0.0, 0.0))
    units_made = _units(whole_body, levels, preload, hurt, options)
    known = {f"{u.level} {name}": p for u in units_made for name, p in u.parameters.items()}
    model = Spine(
        dynamics=dynamics,
        joints=tuple(PassiveJoint(u) for u in units_made),
        compression_time=COMPRESSION_TIME if preload is None else None,
        recipe=recipe,
        parameters={**dict(whole_body.parameters), **known},
    )
    if muscles is False:
        if reflexes is True or isinstance(reflexes, Mapping):
            raise ParameterError(
                "Expected muscles for the reflexes, got muscles=False; leave muscles=False "
                "out, or the reflexes."
            )
        return model if reflexes is False else replace(model, reflexes=tuple(reflexes))
    if region == "trunk":
        return _trunk(model, whole_body, muscles, reflexes)
    tendons = _tendons(model, muscles)
    loops = _loops(reflexes, partial(homonymous, tendons.muscles.groups))
    return _with_muscles(_cocontracting(model, tendons.muscles.groups), tendons, loops)


def _cocontracting(model: Spine, groups: Sequence[str]) -> Spine:
    """The model with more co-contraction of the neck muscles if it has some of them."""
    neck = np.array([group in NECK for group in groups])
    if not neck.any():
        return model
    return replace(
        model,
        cocontraction=np.where(neck, NECK_COCONTRACTION.si, model.cocontraction),
        parameters={**model.parameters, "neck_cocontraction": NECK_COCONTRACTION},
    )


def _trunk(
    model: Spine,
    body: Body,
    muscles: bool | Musculature | Musculotendon,
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop],
) -> Spine:
    """The model with the pooled muscles of the trunk, their reflexes and co-contraction."""
    from panjabi.spine.trunk_preset import PooledMuscles, pooled_muscles, trunk_cocontraction

    every = muscles is True
    pooled = pooled_muscles(body) if every else PooledMuscles(_tendons(model, muscles))
    least = trunk_cocontraction()
    model = replace(
        model,
        cocontraction=least.si,
        parameters={**model.parameters, "cocontraction": least},
    )
    return _with_muscles(model, pooled.over(model.dynamics.held), _loops(reflexes, pooled.reflexes))


def _loops(
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop],
    stretch_reflexes: Callable[..., tuple[ReflexLoop, ...]],
) -> tuple[ReflexLoop, ...]:
    """The loops that are asked for; those of every muscle from these stretch reflexes."""
    if reflexes is False:
        return ()
    if reflexes is True:
        return stretch_reflexes()
    if isinstance(reflexes, Mapping):
        return stretch_reflexes(**reflexes)
    return tuple(reflexes)


def _tendons(model: Spine, muscles: bool | Musculature | Musculotendon) -> Musculotendon:
    """Muscles with their tendons: those of the user, or the packaged ones."""
    from panjabi.active.build import musculature
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon

    if isinstance(muscles, Musculotendon):
        Musculature.required(
            muscles.muscles, "the Musculotendon of spine_model(muscles=...)", model.body
        )
        return muscles
    if muscles is True:
        at = model.dynamics.held
        return Musculotendon(musculature(coordinates=model.free, body=model.body, at=at))
    if not isinstance(muscles, Musculature):
        raise ParameterError(
            "Expected muscles=True, False, a Musculature or a Musculotendon, got a "
            f"{type(muscles).__name__}; make one with musculature(coordinates=...). Muscles "
            "read from an OpenSim file lie over the bodies of that file and cannot move this "
            "spine."
        )
    return Musculotendon(Musculature.required(muscles, "spine_model(muscles=...)", model.body))


def _with_muscles(model: Spine, tendons: Musculotendon, loops: tuple[ReflexLoop, ...]) -> Spine:
    from panjabi.active.element import MuscleElement

    known = {**model.parameters, **dict(tendons.muscles.parameters)}
    for loop in loops:
        known |= dict(loop.parameters)
    return replace(model, muscles=MuscleElement(tendons), reflexes=loops, parameters=known)


def _plane(region: str, plane: str | None, joints: Sequence[str] | None) -> str:
    """The plane in which the levels move; an error for a trunk of another joint or plane."""
    if region == "trunk" and (joints is not None or plane not in (None, "sagittal")):
        got = f"joints {list(joints)}" if joints is not None else f"plane {plane!r}"
        raise ParameterError(
            f"Expected the trunk on L5-S1 in the sagittal plane, got {got}; use "
            "spine_model('lumbar', joints=..., plane=...) for other joints and planes."
        )
    chosen = plane or ("sagittal" if region == "trunk" else "space")
    if chosen not in PLANES:
        raise unknown("plane", chosen, PLANES)
    return chosen


def chosen_levels(region: str, joints: Sequence[str] | None) -> tuple[str, ...]:
    """Levels that move, from below.

    Raises
    ------
    UnknownNameError
        For a region that does not exist, or a level outside it.
    """
    if region not in REGION_LEVELS:
        raise unknown("region", region, REGION_LEVELS)
    levels = REGION_LEVELS[region]
    if joints is None:
        return levels
    chosen: set[str] = set()
    for name in (joints,) if isinstance(joints, str) else joints:
        level = known_level(name)
        if level not in levels:
            raise unknown(f"level of the {region} region", name, levels)
        chosen.add(level)
    if not chosen:
        raise ParameterError(
            f"Expected one or more joints of {', '.join(levels)}, got none; leave `joints` out "
            "for all of them."
        )
    return tuple(level for level in levels if level in chosen)


def with_load(body: Body, load: HeldLoad) -> Body:
    """The body with a mass fixed to the thorax at T12: its weight and inertia, nothing else."""
    if load.mass == 0.0:
        return body
    b = body.body_index("T12")
    point = place_of_load(body, load)
    m0, m1 = float(body.mass[b]), load.mass
    total = m0 + m1
    centre = (m0 * body.com[b] + m1 * point) / total
    mass, com, inertia = body.mass.copy(), body.com.copy(), body.inertia.copy()
    between = point - body.com[b]
    reduced = m0 * m1 / total  # two point masses about their common centre
    inertia[b] += reduced * (between @ between * np.eye(3) - np.outer(between, between))
    mass[b], com[b] = total, centre
    return replace(body, mass=mass, com=com, inertia=inertia)


def _options(units: object) -> UnitOptions:
    """The options of the units; an error for units themselves."""
    if units is None or isinstance(units, UnitOptions):
        return units or UnitOptions()
    raise ParameterError(
        f"Expected units as UnitOptions, got a {type(units).__name__}; put a unit of your own into "
        "the finished spine with spine_model(...).with_joint(PassiveJoint(unit))."
    )


def _units(
    body: Body,
    levels: tuple[str, ...],
    preload: float | Mapping[str, float] | None,
    injuries: Mapping[str, Sequence[str]],
    options: UnitOptions,
) -> list[FunctionalSpinalUnit]:
    for level in injuries:
        if level not in levels:
            raise unknown("level of the model", level, levels)
    if isinstance(preload, Mapping):
        preloads = {known_level(level): force for level, force in preload.items()}
    else:
        preloads = {} if preload is None else dict.fromkeys(levels, preload)
    made: list[FunctionalSpinalUnit] = []
    for level in levels:
        fitted = sized_for(unit(level, options.source, extrapolate=options.extrapolate), body)
        fitted = fitted.with_preload(preloads.get(level, 0.0))
        if level in RIBBED:
            fitted = with_rib_cage(fitted)
        fitted = with_injuries(fitted, injuries.get(level, ()))
        made.append(_quiet(fitted, options))
    return made


def _quiet(fitted: FunctionalSpinalUnit, options: UnitOptions) -> FunctionalSpinalUnit:
    """The unit without viscous damping, without branches and friction, or as it is."""
    changes: dict[str, Any] = {}
    if not options.damping:
        changes["damping"] = (0.0, 0.0, 0.0)
    if not options.branches:
        none = ((), (), ())
        changes |= {"times": (), "stiffness": none, "friction": none, "yields": none}
        stripped = tuple(replace(s, branches=()) for s in fitted.structures)
        fitted = replace(fitted, structures=stripped)
    return replace(fitted, hysteresis=replace(fitted.hysteresis, **changes)) if changes else fitted
