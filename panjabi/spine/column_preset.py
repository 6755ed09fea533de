"""Spines without muscles: columns of a body, or straight columns from lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.dynamics import Dynamics
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.landmarks import Frame
from panjabi.body.standard import standard_adult
from panjabi.body.tree import Floats, Tree
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.directions import coordinate_names
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.sizing import require_sized
from panjabi.spine.joints import JointLaw, LawJoint
from panjabi.spine.levels import AXES, PLANES, bodies_of, levels_of
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import own_weight, passive_view
from panjabi.spine.reflexes import HEAD_BODY

if TYPE_CHECKING:
    from panjabi.body.model import Body

GYRATION = Parameter(
    0.1, "m", THIS_WORK, "assumed", "radius of gyration of the bodies of a straight column"
)
"""Only motion depends on it."""

Laws = JointLaw | Sequence[JointLaw]
"""One law for every level, or one for each level from below."""


def column(
    region: str,
    laws: Laws,
    *,
    body: Body | None = None,
    straight: bool = False,
    plane: str = "space",
) -> Spine:
    """A spine without muscles and weight in its neutral standing shape, fixed at its lowest body.

    All that its bodies carry moves with them. Give loads to `critical_load` or `column_equilibrium`
    (panjabi.stability), or make them a part of the spine (`with_loads`).

    Parameters
    ----------
    region : cervical, thoracic, lumbar, thoracolumbar or whole; see `panjabi.spine.REGIONS`.
    laws : one law for every level, or one for each level from below.
    body : by default the standard adult.
    straight : the joints lie above one another at their distances, with axes along the world's.
    plane : sagittal, frontal, transverse or space; only its angles are free.

    Raises
    ------
    UnknownNameError
        If there is no such column or plane.
    ParameterError
        If the laws do not fit the levels, or a unit has another size than its level in the body.
    """
    body = standard_adult() if body is None else body
    for law in laws if isinstance(laws, Sequence) else (laws,):
        if isinstance(law, FunctionalSpinalUnit):
            require_sized(law, body)
    levels = levels_of(region)
    places = [coordinate_names(level) for level in levels]
    made = _spine(body, levels, places, laws, plane, dict(body.parameters))
    if not straight:
        return made
    passive = passive_view(made)
    lengths = np.linalg.norm(np.diff(passive.joint_centres(passive.start()), axis=0), axis=1)
    mass = -own_weight(made).forces[:, 1] / STANDARD_GRAVITY
    names = bodies_of(region)
    scale = body.scale[[body.body_index(name) for name in names]]
    return straight_column(
        lengths, laws, levels=levels, bodies=names, plane=plane, mass=mass, scale=scale
    )


def straight_column(
    lengths: ArrayLike,
    laws: Laws,
    *,
    levels: Sequence[str] | None = None,
    bodies: Sequence[str] | None = None,
    plane: str = "space",
    mass: ArrayLike = 1.0,
    gyration: float = GYRATION.si,
    scale: ArrayLike = 1.0,
) -> Spine:
    """A spine of bodies above one another, from their lengths: the Euler column of hinges.

    Parameters
    ----------
    lengths : (n,) from each joint to the next, the last from the top joint to the load [m].
    levels, bodies : names (n,) and (n + 1,); by default numbers from below.
    mass : of every body, at its upper end [kg]; matters in motion and for `own_weight` only.
    gyration : radius of gyration of every body [m]; matters in motion only.
    scale : (n + 1,) size of the bodies over the standard adult's, which their units must have [1].

    Raises
    ------
    ParameterError
        If a length is not positive.
    """
    size = np.atleast_1d(np.asarray(lengths, float))
    if size.ndim != 1 or not (np.isfinite(size).all() and (size > 0.0).all() and size.size):
        raise ParameterError(
            f"Expected a list of positive lengths in m, got {lengths!r}; give one for each "
            "level, from below."
        )
    n = len(size)
    names = tuple(bodies) if bodies is not None else tuple(f"body {i}" for i in range(n + 1))
    if levels is None:
        levels = [f"joint {i + 1}" for i in range(n)]
        places = [(f"{x} FE", f"{x} LB", f"{x} AR") for x in levels]
    else:
        places = [coordinate_names(level) for level in levels]
    carried = np.concatenate([[0.0, 0.0], np.broadcast_to(np.asarray(mass, float), n)])
    body = _straight_body(size, names, places, carried, gyration, np.broadcast_to(scale, n + 1))
    known = {"radius_of_gyration": replace(GYRATION, value=gyration)}
    return _spine(body, levels, places, laws, plane, known)


def in_plane(spine: Spine, plane: str) -> Spine:
    """The same spine with only the angles of one plane free: a name of `panjabi.spine.PLANES`."""
    free = _free([j.coordinates for j in passive_view(spine).joints], plane)
    dynamics = replace(spine.dynamics, free=free)
    return replace(spine, dynamics=dynamics, rest_q=None, rest_compression=None, recipe={})


def with_laws(spine: Spine, laws: Laws | Mapping[str, JointLaw]) -> Spine:
    """The same spine with other joints: one law for every level, one for each, or by level."""
    passive = passive_view(spine)
    chosen = laws
    if isinstance(laws, Mapping):
        for level in laws:
            passive.level_index(level)
        chosen = tuple((dict(zip(passive.levels, passive.laws, strict=True)) | dict(laws)).values())
    assert not isinstance(chosen, Mapping)
    units, elements = _joints(passive.levels, [j.coordinates for j in passive.joints], chosen)
    others = [e for e in spine.elements if not isinstance(e, LawJoint)]
    return replace(spine, joints=units, elements=(*elements, *others), recipe={})


Coordinates = tuple[str, str, str]


def _spine(
    body: Body,
    levels: Sequence[str],
    places: Sequence[Coordinates],
    laws: Laws,
    plane: str,
    parameters: Mapping[str, Parameter],
) -> Spine:
    units, elements = _joints(levels, places, laws)
    return Spine(
        dynamics=Dynamics(body, _free(places, plane), gravity=(0.0, 0.0, 0.0)),
        joints=units,
        elements=elements,
        compression_time=None,
        parameters=parameters,
    )


def _free(places: Sequence[Coordinates], plane: str) -> tuple[str, ...]:
    """Names of the coordinates that are free in a plane."""
    if plane not in PLANES:
        raise unknown("plane", plane, PLANES)
    return tuple(place[AXES.index(axis)] for place in places for axis in PLANES[plane])


def _joints(
    levels: Sequence[str], places: Sequence[Coordinates], laws: Laws
) -> tuple[tuple[PassiveJoint, ...], tuple[LawJoint, ...]]:
    """Units as joints of a spine, other laws as elements."""
    each = tuple(laws) if isinstance(laws, Sequence) else (laws,) * len(levels)
    if len(each) != len(levels):
        raise ParameterError(
            f"Expected a joint law for each of the {len(levels)} levels from {levels[0]}, got "
            f"{len(each)}; give one for each level, from below, or one for all."
        )
    units: list[PassiveJoint] = []
    others: list[LawJoint] = []
    for level, place, law in zip(levels, places, each, strict=True):
        if not isinstance(law, FunctionalSpinalUnit):
            if not isinstance(law, JointLaw):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ParameterError(
                    "Expected a law with energy, moment and tangent of three angles for "
                    f"{level}, got {law!r}; give a unit or a law of panjabi.spine.joints."
                )
            others.append(LawJoint(level, law, place))
        elif law.coordinates != place:
            raise ParameterError(
                f"Expected a unit of {level}, got one of {law.level}; give the units from below."
            )
        else:
            units.append(PassiveJoint(law))
    return tuple(units), tuple(others)


def _straight_body(
    lengths: Floats,
    names: tuple[str, ...],
    places: Sequence[Coordinates],
    mass: Floats,
    gyration: float,
    scale: Floats,
) -> Body:
    """Bodies above one another on the ground, each with its mass at its upper end."""
    n = len(lengths)
    loc, com = np.zeros((2, n + 2, 3))
    loc[3:, 1], com[2:, 1] = lengths[:-1], lengths
    coordinates = tuple(name for place in places for name in place)
    tree = Tree(
        parent=np.arange(-1, n + 1, dtype=np.int64),
        loc=loc,
        r0=np.tile(np.eye(3), (n + 2, 1, 1)),
        child_loc=np.zeros((n + 2, 3)),
        first=np.array([0, 0, *range(0, 3 * n + 1, 3)], np.int64),
        slide=np.zeros(3 * n, np.int64),
        axis=np.tile([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (n, 1)),
        coordinate=np.arange(3 * n, dtype=np.int64),
        poly=np.tile([0.0, 1.0, 0.0, 0.0, 0.0], (3 * n, 1)),
    )
    head = (
        {} if HEAD_BODY in names else {HEAD_BODY: Frame(HEAD_BODY, names[-1], com[-1], np.eye(3))}
    )
    return replace(
        standard_adult(),
        names=("ground", *names),
        coordinates=coordinates,
        ranges=np.tile([-np.pi, np.pi], (3 * n, 1)),
        signs={},
        translations=frozenset(),
        mass=mass,
        com=com,
        inertia=mass[:, None, None] * gyration**2 * np.eye(3),
        tree=tree,
        frames=head,
        aliases={},
        landmarks={},
        stations={},
        muscles={},
        surfaces={},
        scale=np.concatenate([[1.0], scale]),
        parameters={},
    )
