"""Spine models from names: levels, plane, muscles, reflexes, loads."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, cast

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.dynamics import Dynamics
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.errors import ParameterError, unknown
from panjabi.neural.loops import ReflexLoop, homonymous
from panjabi.parameter import THIS_WORK, Parameter, assumed
from panjabi.passive.directions import SACROILIAC, coordinate_names, known_level
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.results import plain
from panjabi.spine.deficits import injury_texts
from panjabi.spine.levels import AXES, PLANES, levels_of
from panjabi.spine.model import COMPRESSION_TIME, Spine
from panjabi.spine.static_model import LEVELS, HeldLoad, place_of_load
from panjabi.spine.subject_data import REFLEX_OPTIONS, SubjectData

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon
    from panjabi.body.model import Body

OTHERS = (
    "plane", "joints", "muscles", "reflexes", "load", "posture", "gravity", "injuries", "units",
)  # fmt: skip
"""Arguments of `spine_model` that the presets without muscles do not all have."""

REGION_LEVELS: dict[str, tuple[str, ...]] = {
    "lumbar": LEVELS,
    "cervical": levels_of("cervical"),
    "thoracolumbar": levels_of("thoracolumbar"),
    "whole": levels_of("whole"),
    "trunk": ("L5-S1",),
}
"""Levels that move in each region, from below; all above the last level is rigid."""

PRESETS = (*REGION_LEVELS, "column", "seat")
"""Every name that `spine_model` takes."""

NEUTRAL_OFFSET = assumed(0.0, "deg", "neutral angle of a unit against standing; sweep -3 to 3")
"""Of every unit of the spine by default. Other values: `UnitOptions.neutral`."""

SACROILIAC_NEUTRAL = Parameter(
    1.2, "deg", THIS_WORK, "derived",
    "counternutation of unloaded sacroiliac joints against standing, so that in standing their "
    "ligaments carry the moment that muscles of least effort leave on the sacrum; sweep 0-2",
)  # fmt: skip
"""With an angle of 0 muscles have to carry this moment, and load the spine by half more."""


@dataclass(frozen=True, kw_only=True)
class UnitOptions:
    """Options for the functional spinal units of a spine."""

    source: str | None = None  # values that the units are fitted to; None: those of the subject
    damping: bool = True  # with viscous damping
    branches: bool = True  # with Maxwell branches
    extrapolate: bool = False  # allows angles and preloads beyond failure
    rib_cage: bool = True  # whether thoracic levels include the anterior rib cage
    pelvis: bool = False  # the two sacroiliac joints move too, with friction that forces close
    preload: float | Mapping[str, float] | None = None
    """Frozen compression [N] as in a laboratory, one value for all or a mapping by level; None: the
    compression of each level stiffens its unit at every moment."""
    neutral: Mapping[str, float | Sequence[float]] = field(
        default_factory=dict[str, "float | Sequence[float]"]
    )  # level -> flexion-extension angle, or all three, at which the unit is neutral [rad]


@dataclass(frozen=True, kw_only=True)
class MusculatureOptions:
    """Options for the packaged muscles of a spine."""

    abdominal_pressure: bool = False  # transversus and obliques carry the pressure of the abdomen


class SpineOptions(TypedDict, total=False):
    """Arguments of `spine_model` apart from the region and the subject."""

    plane: str | None
    joints: Sequence[str] | None
    muscles: bool | MusculatureOptions | Musculature | Musculotendon
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop] | None
    load: float | HeldLoad | None
    posture: str | ArrayLike | None
    gravity: bool
    injuries: Mapping[str, Sequence[str]] | None
    units: UnitOptions | None
    body: Body | None


def spine_model(
    region: str = "lumbar",
    *,
    subject: SubjectData | None = None,
    plane: str | None = None,
    joints: Sequence[str] | None = None,
    muscles: bool | MusculatureOptions | Musculature | Musculotendon = True,
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop] | None = None,
    load: float | HeldLoad | None = None,
    posture: str | ArrayLike | None = None,
    gravity: bool = True,
    injuries: Mapping[str, Sequence[str]] | None = None,
    units: UnitOptions | None = None,
    body: Body | None = None,
) -> Spine:
    """The spine of a subject as a system of delay equations.

    What is given replaces what the subject has; the rest is the subject's. Muscles and loops that
    are given are used as they are.

    With `reflexes=True` every region is stable in standing, in all modes, and with all gains
    times or over the margin. Without reflexes all but the trunk are unstable; `panjabi.verdict`
    says so of others.

    | region | rightmost root [1/s] | margin of the gains |
    |---|---|---|
    | trunk | -0.098 | 1.25 |
    | lumbar | -0.089 | 1.25 |
    | cervical | -0.065 | 1.25 |
    | thoracolumbar | -0.089 | 1.25 |
    | whole | -0.061 | 1.25 |
    | seat | -2.27 | 1.25 |

    Parameters
    ----------
    region : lumbar (L5-S1 to T12-L1), cervical (C7-T1 to C0-C1), thoracolumbar, whole; or trunk,
        one rigid body on L5-S1 in the sagittal plane with two lumped muscles; or column, the
        lumbar column of `panjabi.spine.column` without muscles and weight, for which `subject`,
        `body`, `plane`, `injuries` and `units` can be chosen; or seat, a person on an unstable
        seat, for which only `subject` and `body` can be chosen.
    subject : by default the standard adult: 0 kg, standing, intact.
    plane : space (default), sagittal, frontal or transverse: the free angles of every level.
    joints : levels of the region that move, by default all. One level gives the reduced model:
        everything above it is rigid.
    muscles : True for the packaged muscles that cross the free joints; `MusculatureOptions` for a
        pressure in the abdomen, whose sizes are assumed; False for none; or a
        `Musculature` over the free coordinates, or a `Musculotendon` of it, which defines the
        elastic tendons. The trunk pools them into its two muscles.
    reflexes : True for stretch reflexes of every muscle (`panjabi.neural.homonymous`), a mapping of
        its arguments, or loops by name: (ReflexLoop(...), ...). By default those of the subject,
        and none without a subject.
    load : mass [kg] that is held at the centre of trunk, arms and head, or a `HeldLoad`.
    posture : name of a posture of the body, or its coordinates (nq,): the start, and the constant
        position of all other joints.
    gravity : False removes the weight of body and load; their inertia stays.
    injuries : level -> changes as text, {"L4-L5": ["cut=SSL+ISL"]}; in place of those that the
        subject has at these levels.
    units : source, preload, viscous damping, Maxwell branches and neutral angles of the units, and
        whether the sacroiliac joints move; see `UnitOptions`.
    body : units, strength and reflexes follow its size.

    Raises
    ------
    UnknownNameError
        For a region, plane, level, posture or injury that does not exist.
    ParameterError
        For a load that is no mass, a value that is no number, an argument of another type, muscles
        of a body of another size, joints or another plane of the trunk, or an argument that the
        column or the seat does not have.
    PostureError
        For a posture outside the joints' ranges.
    """
    if region not in PRESETS:
        raise unknown("region", region, PRESETS)
    _check_types(subject, body, gravity, reflexes)
    values = (plane, joints, muscles, reflexes, load, posture, gravity, injuries, units)
    others: dict[str, Any] = dict(zip(OTHERS, values, strict=True))
    recipe = _recipe(region, subject, body, others)
    if region == "seat":
        return replace(_seat(subject, body, others), recipe=recipe)
    options = _options(units)
    if region == "column":
        return replace(_column(subject, body, options, others), recipe=recipe)
    plane = _plane(region, plane, joints)
    levels = _with_pelvis(region, chosen_levels(region, joints), options)
    who = _person(subject, levels, load, injuries)
    whole_body = who.body if body is None else body
    place = who.posture if posture is None else posture
    axes = [AXES.index(axis) for axis in PLANES[plane]]
    free = tuple(dict.fromkeys(coordinate_names(level)[axis] for level in levels for axis in axes))
    q = whole_body.posture(place) if isinstance(place, str) else whole_body.poses(place).q
    within = {c: float(q[whole_body.coordinate_index(c)]) for c in free}
    q = whole_body.coordinates_from(within, base=q)
    carrying = with_load(whole_body, who.load)
    dynamics = Dynamics(carrying, free, q, (0.0, -STANDARD_GRAVITY if gravity else 0.0, 0.0))
    units_made = _units(who, whole_body, levels, options)
    known = {f"{u.level} {name}": p for u in units_made for name, p in u.parameters.items()}
    neutral, offsets = _neutral(options, levels)
    model = Spine(
        dynamics=dynamics,
        joints=tuple(map(PassiveJoint, units_made, neutral)),
        compression_time=COMPRESSION_TIME if options.preload is None else None,
        subject="" if subject is None else subject.name,
        recipe=recipe,
        parameters={**dict(whole_body.parameters), **known, **offsets},
    )
    if options.pelvis:
        model = replace(model, parameters={**model.parameters, **model.closure.parameters})
    if who.cocontraction is not None:
        model = replace(model, cocontraction=who.cocontraction)
    if reflexes is None:
        reflexes = subject is not None and muscles is not False
    if muscles is False:
        if reflexes is True or isinstance(reflexes, Mapping):
            raise ParameterError(
                "Expected muscles for the reflexes, got muscles=False; leave muscles=False "
                "out, or the reflexes."
            )
        return model if reflexes is False else replace(model, reflexes=tuple(reflexes))
    if region == "trunk":
        return _trunk(model, who, whole_body, muscles, reflexes)
    tendons = _tendons(model, who, whole_body, muscles)
    loops = _loops(who, whole_body, reflexes, partial(homonymous, tendons.muscles.groups))
    return _with_muscles(model, tendons, loops)


def _person(
    subject: SubjectData | None,
    levels: tuple[str, ...],
    load: float | HeldLoad | None,
    injuries: Mapping[str, Sequence[str]] | None,
) -> SubjectData:
    """The subject with the load and the injuries that are given in place of its own."""
    who = SubjectData() if subject is None else subject
    if load is not None:
        who = replace(who, load=load if isinstance(load, HeldLoad) else HeldLoad(load))
    if injuries is not None:
        hurt = injury_texts(injuries)
        for level in hurt:
            if level not in levels:
                raise unknown("level of the model", level, levels)
        who = who.with_injuries(hurt)
    return who


def _trunk(
    model: Spine,
    who: SubjectData,
    body: Body,
    muscles: bool | MusculatureOptions | Musculature | Musculotendon,
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop],
) -> Spine:
    """The model with the pooled muscles of the trunk, their reflexes and co-contraction."""
    from panjabi.spine.trunk_preset import PooledMuscles, pooled_muscles, trunk_cocontraction

    if muscles is True:
        pooled = pooled_muscles(who, body)
    else:
        pooled = PooledMuscles(_tendons(model, who, body, muscles))
    if who.cocontraction is None:
        least = trunk_cocontraction()
        known = {**model.parameters, "cocontraction": least}
        model = replace(model, cocontraction=least.si, parameters=known)
    loops = _loops(who, body, reflexes, pooled.reflexes)
    return _with_muscles(model, pooled.over(model.dynamics.held), loops)


def _loops(
    who: SubjectData,
    body: Body,
    reflexes: bool | Mapping[str, float] | Sequence[ReflexLoop],
    stretch_reflexes: Callable[..., tuple[ReflexLoop, ...]],
) -> tuple[ReflexLoop, ...]:
    """The loops that are asked for; those of every muscle from these stretch reflexes."""
    if reflexes is False:
        return ()
    if reflexes is not True and not isinstance(reflexes, Mapping):
        return tuple(reflexes)
    arguments = who.reflexes if reflexes is True else reflexes
    return who.reflex_loops(stretch_reflexes(**arguments), body)


def _recipe(
    region: str, subject: SubjectData | None, body: Body | None, others: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of `spine_model`, plain where that is possible, to make the model again."""
    recipe = {"region": region, "subject": subject, "body": body, **others}
    joints, muscles, reflexes = others["joints"], others["muscles"], others["reflexes"]
    posture, injuries, units = others["posture"], others["injuries"], others["units"]
    if isinstance(muscles, MusculatureOptions):
        recipe["muscles"] = asdict(muscles)
    if isinstance(reflexes, Mapping):
        recipe["reflexes"] = dict(cast("Mapping[str, float]", reflexes))
    if joints is not None:
        recipe["joints"] = [joints] if isinstance(joints, str) else list(joints)
    if not (posture is None or isinstance(posture, str)):
        recipe["posture"] = np.asarray(posture).tolist()
    if injuries is not None:
        recipe["injuries"] = plain(injury_texts(injuries))
    if units is not None:
        recipe["units"] = plain(_options(units))
    return recipe


def _check_types(subject: object, body: object, gravity: object, reflexes: object) -> None:
    """Raise for an argument of another type, or of a name that the reflexes do not have."""
    from panjabi.body.model import Body

    if not (subject is None or isinstance(subject, SubjectData)):
        raise ParameterError(
            f"Expected a panjabi.Subject, got {subject!r}; make one, or read a file with "
            "panjabi.Subject.from_file."
        )
    if not (body is None or isinstance(body, Body)):
        raise ParameterError(
            f"Expected a Body, got {body!r}; make one with panjabi.body.scaled_body."
        )
    if not isinstance(gravity, (bool, np.bool_)):
        raise ParameterError(
            f"Expected gravity as True or False, got {gravity!r}; give False for no weight."
        )
    if isinstance(reflexes, Mapping):
        for name in cast("Mapping[str, object]", reflexes):
            if name not in REFLEX_OPTIONS:
                raise unknown("argument of the reflexes", name, REFLEX_OPTIONS)
    elif not (reflexes is None or isinstance(reflexes, bool) or _are_loops(reflexes)):
        raise ParameterError(
            "Expected reflexes as True, False, arguments of panjabi.neural.homonymous by name or "
            f"a list of ReflexLoop, got {reflexes!r}; give one loop as (loop,)."
        )


def _are_loops(values: object) -> bool:
    if not isinstance(values, Sequence):
        return False
    return all(isinstance(loop, ReflexLoop) for loop in cast("Sequence[object]", values))


def _refuse(region: str, why: str, others: Mapping[str, object], allowed: Sequence[str]) -> None:
    """Raise ParameterError if an argument is given that a preset does not have."""
    standard = inspect.signature(spine_model).parameters
    for name, value in others.items():
        if name not in allowed and value is not standard[name].default:
            raise ParameterError(f"Expected no {name} for the {region}, {why.format(value)}")


def _column(
    subject: SubjectData | None, body: Body | None, options: UnitOptions, others: dict[str, Any]
) -> Spine:
    """The lumbar column of `panjabi.spine.column` with the units of a subject."""
    from panjabi.spine.column_preset import column

    why = (
        "which has neither muscles nor weight, got {!r}; use spine_model('lumbar', muscles=False), "
        "or panjabi.spine.column for other levels."
    )
    _refuse("column", why, others, ("plane", "injuries", "units"))
    if options.pelvis or options.neutral:
        raise ParameterError(
            "Expected units of the column without pelvis and neutral angles, got "
            f"pelvis={options.pelvis} and neutral={dict(options.neutral)}; use "
            "spine_model('lumbar', muscles=False, units=...)."
        )
    levels = levels_of("lumbar")
    who = _person(subject, levels, None, others["injuries"])
    size = who.body if body is None else body
    units = _units(who, size, levels, options)
    made = column("lumbar", units, body=size, plane=others["plane"] or "space")
    return replace(made, subject="" if subject is None else subject.name)


def _seat(subject: SubjectData | None, body: Body | None, others: Mapping[str, object]) -> Spine:
    """The person on the unstable seat: size of the body, units, strength and reflexes."""
    from panjabi.spine.lumped_subject import lumped
    from panjabi.spine.seat_preset import SEAT, seat_spine, sized_seat

    why = (
        "whose parameters are lumped, got {!r}; change them with "
        "panjabi.spine.seat_spine(SEAT.replaced(...))."
    )
    _refuse("seat", why, others, ())
    if subject is None:
        return seat_spine(SEAT if body is None else sized_seat(body))
    size = subject.body if body is None else body
    return lumped(seat_spine(sized_seat(size)), subject, size, "lumbar")


def _tendons(
    model: Spine,
    who: SubjectData,
    body: Body,
    muscles: bool | MusculatureOptions | Musculature | Musculotendon,
) -> Musculotendon:
    """Muscles with their tendons: those of the user, or those of the subject."""
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon

    if isinstance(muscles, Musculotendon):
        Musculature.required(
            muscles.muscles, "the Musculotendon of spine_model(muscles=...)", model.body
        )
        return muscles
    if muscles is True or isinstance(muscles, MusculatureOptions):
        made = who.musculature(model.free, at=model.dynamics.held, body=body)
        pressed = muscles is not True and muscles.abdominal_pressure
        return Musculotendon(made.with_abdominal_wall() if pressed else made)
    if not isinstance(muscles, Musculature):
        raise ParameterError(
            "Expected muscles=True, False, MusculatureOptions, Musculature or Musculotendon, got a "
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


def _with_pelvis(region: str, levels: tuple[str, ...], options: UnitOptions) -> tuple[str, ...]:
    """The levels with both sacroiliac joints below them, if the pelvis moves."""
    if not options.pelvis:
        return levels
    if region == "trunk" or levels[0] != "L5-S1":
        raise ParameterError(
            f"Expected a region that begins at L5-S1 for a moving pelvis, got {region} from "
            f"{levels[0]}; use lumbar, thoracolumbar or whole with L5-S1, or pelvis=False."
        )
    return *SACROILIAC, *levels


def _neutral(
    options: UnitOptions, levels: Sequence[str]
) -> tuple[list[tuple[float, float, float]], dict[str, Parameter]]:
    """Neutral coordinates of the unit of each level [rad], and what is assumed of them."""
    chosen: dict[str, tuple[float, float, float]] = {}
    for name, value in options.neutral.items():
        level, angles = known_level(name), np.atleast_1d(np.asarray(value, float))
        if level not in levels:
            raise unknown("level of the model", name, levels)
        if angles.shape not in ((1,), (3,)) or not np.isfinite(angles).all():
            raise ParameterError(
                f"Expected the neutral angle of {name} as one or three finite numbers [rad], got "
                f"{value!r}; give flexion-extension, or also lateral bending and axial rotation."
            )
        flexion, bending, turn = [*angles.tolist(), 0.0, 0.0][:3]
        chosen[level] = flexion, bending, turn
    known = {"neutral_offset": NEUTRAL_OFFSET}
    if options.pelvis:
        known["sij_neutral"] = SACROILIAC_NEUTRAL
    for level, angles in chosen.items():
        for axis, angle in zip(AXES, angles, strict=True):
            if angle:
                known[f"{level} neutral_{axis}"] = assumed(math.degrees(angle), "deg", "chosen")
    counternutated = SACROILIAC_NEUTRAL.si, 0.0, 0.0
    usual = [counternutated if level in SACROILIAC else (0.0, 0.0, 0.0) for level in levels]
    return [chosen.get(level, zero) for level, zero in zip(levels, usual, strict=True)], known


def _units(
    who: SubjectData, body: Body, levels: tuple[str, ...], options: UnitOptions
) -> list[FunctionalSpinalUnit]:
    preload = options.preload
    if isinstance(preload, Mapping):
        preloads = {known_level(level): force for level, force in preload.items()}
    else:
        preloads = {} if preload is None else dict.fromkeys(levels, preload)
    made: list[FunctionalSpinalUnit] = []
    for level in levels:
        fitted = who.unit(
            level, source=options.source, body=body, rib_cage=options.rib_cage,
            extrapolate=options.extrapolate,
        )  # fmt: skip
        made.append(_quiet(fitted.with_preload(preloads.get(level, 0.0)), options))
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
