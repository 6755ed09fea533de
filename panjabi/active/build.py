"""The musculature of a body from the muscle sets: choice of muscles and of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdomen import LUMBAR_JOINTS, AbdomenCoupling, with_abdomen
from panjabi.active.data import MuscleRecord, MuscleSet, read_set
from panjabi.active.muscle_arrays import Musculature
from panjabi.active.placing import fibre_scale, neutral_lengths, path_scale, place
from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.reduced import reduced_tree
from panjabi.body.size import size_factor
from panjabi.body.standard import standard_adult
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, ParameterSet

LUMPED_BODY = "head_neck"
"""Head and neck as a single body of the thoracolumbar set; its neck muscles attach to it."""
LUMPED_GROUP = "neck_lump"
_THORACIC = tuple(f"T{k}_T{k + 1}" for k in range(11, 0, -1))
_NECK = ("C7_T1", "C6_C7", "C5_C6", "C4_C5", "C3_C4", "C2_C3", "C1_C2", "skull_C1")
REGION_JOINTS: dict[str, tuple[str, ...]] = {
    "lumbar": LUMBAR_JOINTS,
    "thoracolumbar": LUMBAR_JOINTS + _THORACIC,
    "cervical": _NECK,
    "whole": LUMBAR_JOINTS + _THORACIC + _NECK,
}
"""Moving joints of each region, from below."""


def region_coordinates(region: str) -> tuple[str, ...]:
    """Coordinates of a region: FE, LB, AR joint by joint from below."""
    if region not in REGION_JOINTS:
        raise unknown("region", region, REGION_JOINTS)
    return tuple(
        f"{joint}_{plane}" for joint in REGION_JOINTS[region] for plane in ("FE", "LB", "AR")
    )


def musculature(
    region: str = "lumbar",
    body: Body | None = None,
    *,
    coordinates: Iterable[str] | None = None,
    at: ArrayLike | None = None,
    coupled: bool = True,
    coupling: AbdomenCoupling | None = None,
    sets: Mapping[str, MuscleSet] | None = None,
) -> Musculature:
    """The muscles of both sides that cross the joints of a region of the spine.

    Parameters
    ----------
    region
        "lumbar": joints L5-S1 to T12-L1, with a rigid thorax above; "thoracolumbar": up to T1-T2;
        "cervical": C7-T1 to the skull; "whole": all. In the thoracolumbar set head and neck are a
        single body: if joints of the neck move, its neck muscles are replaced by the cervical
        set, whose torso is rigid. Psoas has eleven fascicles on each side, which end on the
        pelvis; the single psoas of the leg stays in `Body.muscles`.
    body
        Default: the standard adult. Fibre and tendon lengths scale with the path length of each
        muscle, maximal forces with its square (`panjabi.body.size`).
    coordinates
        Coordinates instead of those of the region: columns of every derivative.
    at
        Coordinates of the body (nq,) with the fixed values of all other joints; default: upright.
    coupled, coupling
        Whether and how the abdomen rotates with the lumbar spine; else it is fixed.
    sets
        Muscle sets from files of the user, by name, instead of the packaged sets.

    The extensors of the packaged set have the factor that gives the standard adult the extension
    strength of people, 275 N m (`Musculature.calibrated`); `.raw()` gives the forces of the source.
    A set of the user is not calibrated.

    Raises
    ------
    UnknownNameError
        For a region, coordinate, set or body that does not exist.
    ParameterError
        If a coordinate is named twice, or no muscle crosses any of them.
    """
    body = standard_adult() if body is None else body
    names = region_coordinates(region) if coordinates is None else tuple(coordinates)
    free = np.array([body.coordinate_index(c) for c in names], np.int64)
    if not names or len(set(names)) != len(names):
        raise ParameterError(
            f"Expected one or more coordinates of the body, each once, got {names!r}; leave them "
            "out for those of the region."
        )
    fixed = body.poses(body.zero() if at is None else at).q
    coupling = (coupling or AbdomenCoupling()) if coupled else None
    neck = not set(names).isdisjoint(region_coordinates("cervical"))
    records, sources = _records(neck, sets or {})
    tree, abdomen = with_abdomen(body, coupling)
    reduced = reduced_tree(tree, free, fixed)
    polylines = place(body, records, abdomen)
    paths = polylines.on(reduced)
    across = paths
    if coupling is None:  # here the abdomen always counts as moving
        moving, _ = with_abdomen(body, AbdomenCoupling())
        across = polylines.on(reduced_tree(moving, free, fixed))
    crossing = _crossing(across)
    if not crossing.any():
        raise ParameterError(
            f"Expected coordinates of the spine that a muscle crosses, got {', '.join(names)} with "
            "no muscle; choose other coordinates of the spine."
        )
    neutral = neutral_lengths(body, records)
    fibre = fibre_scale(body, records, neutral)
    area = [size_factor("force", length) for length in path_scale(body, records, neutral)]
    both = [*records, *records]
    everything = Musculature(
        names=tuple(r.name + side for side in ("_r", "_l") for r in records),
        groups=tuple(r.group for r in both),
        max_force=np.array(area) * np.array([r.max_force for r in both]),
        optimal_length=fibre * np.array([r.optimal_length for r in both]),
        tendon_slack_length=fibre * np.array([r.tendon_slack_length for r in both]),
        pennation=np.array([r.pennation for r in both]),
        coordinates=names,
        body=body,
        reduced=reduced,
        paths=paths,
        coupled=coupled,
        strength=np.ones(len(both)),
        calibration=np.ones(len(both)),
        parameters=_parameters(coupling),
        sources=sources + sources,
    )
    muscles = everything.selected(crossing)
    return muscles if "thoracolumbar" in (sets or {}) else muscles.calibrated()


def _records(
    neck: bool, sets: Mapping[str, MuscleSet]
) -> tuple[list[MuscleRecord], tuple[str, ...]]:
    """Muscles of the right side, and the source of each."""
    for name, muscles in sets.items():
        if name != muscles.name:
            raise ParameterError(
                f"Expected the muscle set {muscles.name!r} under its name, got it as {name!r}; "
                "write sets={mine.name: mine}."
            )
    trunk = sets.get("thoracolumbar") or read_set("thoracolumbar")
    if not neck:
        return list(trunk.muscles), (trunk.bib,) * len(trunk.muscles)
    cervical = sets.get("cervical") or read_set("cervical")
    kept = [r for r in trunk.muscles if r.group != LUMPED_GROUP or LUMPED_BODY not in r.bodies]
    sources = (trunk.bib,) * len(kept) + (cervical.bib,) * len(cervical.muscles)
    return [*kept, *cervical.muscles], sources


def _crossing(paths: PathArrays) -> NDArray[np.bool_]:
    """Muscles with points on more than one body, mask (nm,)."""
    muscles = zip(paths.start[:-1], paths.start[1:], strict=True)
    return np.array([bool(np.any(paths.body[i:j] != paths.body[i])) for i, j in muscles])


def _parameters(coupling: AbdomenCoupling | None) -> ParameterSet:
    parameters: dict[str, Parameter] = {}
    if coupling is not None:
        parameters["abdomen_flexion_share"] = coupling.flexion
        parameters["abdomen_lateral_bending_share"] = coupling.lateral_bending
        parameters["abdomen_axial_rotation_share"] = coupling.axial_rotation
    return ParameterSet(parameters)
