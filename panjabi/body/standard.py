"""The standard adult (1.75 m, 75 kg, a man of 30 years) from the data files, and other adults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from panjabi._caching import cached
from panjabi.body import data, landmarks, muscles
from panjabi.body.groups import REFERENCE_AGE, REFERENCE_SEX, Sex, described
from panjabi.body.model import Body
from panjabi.body.scaling import mass_without_load, scaled_body
from panjabi.body.tree import GROUND, Floats, build_tree, coordinates_of
from panjabi.body.wrapping import surfaces_from
from panjabi.errors import DataFileError, ParameterError
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet

SOLE_BELOW_CALCANEUS = 0.015783477
"""Height of the calcaneus origin over the floor in standing [m]."""


def standard_adult(
    *,
    stature_m: float | None = None,
    mass_kg: float | None = None,
    sex: Sex = REFERENCE_SEX,
    age_years: float = REFERENCE_AGE,
) -> Body:
    """An adult: without arguments the body of the data files, the same object at every call.

    Parameters
    ----------
    stature_m : stature [m], by default 1.75. Every value of tissue follows by `panjabi.body.size`.
    mass_kg : mass [kg]; by default 75 kg, or with a stature that of the same body mass index.
    sex, age_years : change what `panjabi.body.groups.EFFECTS` lists, and nothing else. The packaged
        values are those of a man of 30 years.

    Raises
    ------
    UnknownNameError
        For another sex.
    ParameterError
        For a stature below that of adults, an age outside 16 to 90 years, or a size that is not
        human.
    """
    body = _packaged_adult()
    if stature_m is not None or mass_kg is not None:
        unchanged = (stature_m in (None, body.stature)) and (
            mass_kg in (None, body.parameters["mass"].si)
        )
        if not unchanged:
            body = scaled_body(body, stature=stature_m, mass=mass_kg)
    return described(body, sex, age_years)


def body_from_changes(changes: Iterable[Mapping[str, Any]]) -> Body:
    """The standard adult after the changes of size and group in `Body.changes`, in their order.

    Raises
    ------
    ParameterError
        For a change of another type, or arguments that `scaled_body` or `described` refuses.
    """
    body = _packaged_adult()
    for change in changes:
        arguments = {name: value for name, value in change.items() if name != "change"}
        if change["change"] == "size":
            body = scaled_body(body, **arguments)
        elif change["change"] == "group":
            body = described(body, **arguments)
        else:
            raise ParameterError(
                f"Expected a change of size or group, got {change['change']!r}; take the changes "
                "of a body."
            )
    return body


@cached
def _packaged_adult() -> Body:
    return read_adult()


def body_length(body: Body) -> float:
    """Stature over that of the standard adult [1]: for what belongs to the whole body."""
    return body.stature / standard_adult().stature


def trunk_length(body: Body) -> float:
    """Length from L5-S1 to C7-T1, standing, over that of the standard adult [1].

    The nerves of the reflexes of the trunk run along this part of the body.
    """

    def length(of: Body) -> float:
        poses = of.poses(of.zero())
        return float(np.linalg.norm(of.joint_centre(poses, "C7") - of.joint_centre(poses, "L5")))

    return length(body) / length(standard_adult())


def same_size(body: Body, other: Body) -> bool:
    """Whether stature, mass, proportions and sex agree; a load on one of them is allowed."""

    def sizes(of: Body) -> list[float]:
        return [of.stature, mass_without_load(of), *of.scale]

    return body is other or (
        body.names == other.names
        and body.sex == other.sex
        and np.allclose(sizes(body), sizes(other), rtol=1e-3, atol=0.0)
    )


def is_standard_adult(body: Body) -> bool:
    """Whether stature, mass, proportions and sex are those of the standard adult."""
    return same_size(body, standard_adult())


def require_same_size(body: Body, other: Body, what: str) -> None:
    """Raise ParameterError unless two bodies have the same size.

    what : the part that was made for `other`, for the message.

    Raises
    ------
    ParameterError
        If stature, mass, proportions or sex differ.
    """
    if not same_size(body, other):
        words = [
            f"{of.stature:.2f} m and {mass_without_load(of):.4g} kg ({of.sex})"
            for of in (body, other)
        ]
        raise ParameterError(
            f"Expected {what} for a body of {words[0]}, got {what} for a body of {words[1]}; make "
            "both with the same body=..."
        )


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
