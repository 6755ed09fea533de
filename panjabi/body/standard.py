"""The standard adult (1.75 m, 75 kg) from the data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from panjabi._caching import cached
from panjabi.body import data, landmarks, muscles
from panjabi.body.model import Body
from panjabi.body.tree import GROUND, Floats, build_tree, coordinates_of
from panjabi.body.wrapping import surfaces_from
from panjabi.errors import DataFileError, ParameterError
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet

SOLE_BELOW_CALCANEUS = 0.015783477
"""Height of the calcaneus origin over the floor in standing [m]."""


@cached
def standard_adult() -> Body:
    """The body of the data files; immutable, and the same object at every call."""
    return read_adult()


def require_standard_adult(body: Body, what: str) -> None:
    """Raise ParameterError for a body of another size than the standard adult.

    For functions with values that have no scaling rule yet: units, extension strength, abdominal
    pressure, reflexes and fascia. Skeleton, masses and muscle paths scale (`scaled_body`) and need
    no check. A mass fixed to the adult, for example a load in the hands, is allowed.

    what : the values that are known for the adult only, for the message.

    Raises
    ------
    ParameterError
        If stature, mass or the proportions of the segments are not those of the standard adult.
    """
    if is_standard_adult(body):
        return
    adult, mass = standard_adult(), _mass_without_load(body)
    raise ParameterError(
        f"Expected the standard adult ({adult.stature:.2f} m, {adult.total_mass:.0f} kg) for "
        f"{what}, got a body of {body.stature:.2f} m and {mass:.4g} kg; a scaled body would keep "
        "the adult's values here. Use standard_adult(); for other sizes skeleton, masses and "
        "muscle paths are available."
    )


def is_standard_adult(body: Body) -> bool:
    """Whether stature, mass and proportions are those of the standard adult; a load is allowed."""
    adult = standard_adult()
    mass = _mass_without_load(body)
    size = np.array([body.stature / adult.stature, mass / adult.total_mass, *body.scale])
    return body is adult or np.allclose(size, 1.0, atol=1e-3)


def _mass_without_load(body: Body) -> float:
    return body.parameters["mass"].si if "mass" in body.parameters else body.total_mass


def read_adult(*, fibres: str | Path | None = None) -> Body:
    """The standard adult; optional: with another fibre file of the leg than the packaged one.

    Raises
    ------
    DataFileError, SchemaError
        If the file cannot be read, or lacks a muscle or the inertia of the pelvis.
    """
    skeleton = data.read("skeleton.json", "panjabi-skeleton")
    paths = data.read("muscle_paths.json", "panjabi-muscle-paths", 2)
    arm = data.read(data.FIBRES_ARM, "panjabi-fibres")
    if fibres is None:
        leg = data.read(data.FIBRES_LEG, "panjabi-fibres")
    else:
        leg = data.read_path(fibres, "panjabi-fibres")
    try:
        return _adult(skeleton, paths, leg, arm)
    except (KeyError, TypeError) as error:
        if fibres is None:
            raise
        raise DataFileError(
            f"{fibres}: Expected Fmax, lopt, lts, penn of every leg muscle and the inertia of the "
            f"pelvis, got a file without {error}; use {data.FIBRES_LEG} as a pattern."
        ) from error


def _adult(
    skeleton: dict[str, Any], paths: dict[str, Any], leg: dict[str, Any], arm: dict[str, Any]
) -> Body:
    about, bodies = skeleton["about"], skeleton["bodies"]
    ranges = coordinates_of(bodies)
    dofs = {dof["name"]: dof for body in bodies for dof in body["joint"]["dofs"]}
    elsewhere = {entry["body"]: entry["inertia"] for entry in leg["inertia"]}
    inertias = [b["inertia"] or elsewhere[b["name"]] for b in bodies]
    nb = len(bodies) + 1
    return Body(
        names=(GROUND, *(b["name"] for b in bodies)),
        coordinates=tuple(ranges),
        ranges=np.array(list(ranges.values())),
        signs={name: dofs[name]["sign"] for name in ranges},
        translations=frozenset(name for name in ranges if dofs[name]["type"] == "slide"),
        mass=np.array([0.0] + [b["mass"] for b in bodies]),
        com=np.array([[0.0] * 3] + [b["com"] for b in bodies]),
        inertia=np.array([np.zeros((3, 3))] + [_symmetric(i) for i in inertias]),
        tree=build_tree(bodies),
        frames=landmarks.frames(skeleton["frames"]),
        aliases=skeleton["aliases"],
        landmarks=landmarks.landmarks(skeleton["landmarks"]),
        stations=landmarks.both_sides(skeleton["stations"] + skeleton["stations_sbl_extra"]),
        muscles=muscles.both_sides(paths["muscles"], leg, arm),
        scale=np.ones(nb),
        floor=np.full(2, SOLE_BELOW_CALCANEUS),
        stature=about["stature"],
        parameters=_parameters(about),
        surfaces=surfaces_from(paths["surfaces"]),
    )


def _symmetric(six: list[float]) -> Floats:
    xx, yy, zz, xy, xz, yz = six
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def _parameters(about: dict[str, Any]) -> ParameterSet:
    scaling = about["scaling"]
    x, y, _ = about["registration"]["pelvis_tl_in_pelvis"]
    standing = "standing, skin vertex"
    spine = "thoracolumbar pelvis on the leg model's pelvis; vary by 20 mm"
    return ParameterSet(
        {
            "stature": Parameter(about["stature"], "m", THIS_WORK, "assumed", standing),
            "mass": Parameter(about["mass"], "kg", THIS_WORK, "assumed", "whole body"),
            "leg_scale": Parameter(
                scaling["pelvis_and_legs"], "1", "Rajagopal2016", "derived", "brings stature out"
            ),
            "neck_scale": Parameter(
                scaling["neck"], "1", "Mortensen2018", "derived", "fits neck set to trunk and head"
            ),
            "pelvis_registration_x": Parameter(x, "m", THIS_WORK, "assumed", spine),
            "pelvis_registration_y": Parameter(y, "m", THIS_WORK, "assumed", spine),
        }
    )
