"""Muscles of the abdominal wall that carry the pressure of the abdomen."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from panjabi.active import AbdominalWall, Pressure, musculature, strut
from panjabi.active.line_kernels import line_lengths, pieces_of
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter

TRANSVERSUS = "transversus_abdominis"
OBLIQUES = ("internal_oblique", "external_oblique")


@pytest.fixture(scope="module")
def bare():
    return musculature("lumbar")


@pytest.fixture(scope="module")
def wall(bare):
    return bare.with_abdominal_wall()


def tensions(muscles, *groups, part=0.3):
    return part * muscles.max_force * muscles.members(groups)


def bent(muscles, seed=0):
    return 0.1 * np.random.default_rng(seed).normal(size=len(muscles.coordinates))


def test_pressure_follows_laplace(wall):
    """Both sides of a tube of radius R and height h hold p 2 R h."""
    size = AbdominalWall()
    tension = tensions(wall, TRANSVERSUS)
    around = 2.0 * size.radius.si * size.height.si
    assert wall.abdominal_pressure(tension) == pytest.approx(tension.sum() / around)
    assert wall.abdominal_pressure(tensions(wall, "rectus_abdominis")) == 0.0


def test_the_force_is_that_of_the_strut_at_the_same_pressure(bare, wall):
    q, tension = bent(wall), tensions(wall, TRANSVERSUS, *OBLIQUES)
    pressure = wall.abdominal_pressure(tension)
    line = strut(
        Pressure(pressure=Parameter(1e-3 * pressure, "kPa", "User", "assumed"), extrapolate=True)
    )
    still = np.zeros_like(q)
    added = wall.generalised_force(q, tension) - bare.generalised_force(q, tension)
    assert added == pytest.approx(line.force(q, still, still[:0], still[:0]), rel=1e-10, abs=1e-12)
    stiffer = wall.tension_curvature(q, tension) - bare.tension_curvature(q, tension)
    expected = line.tangent(q, still, still[:0], still[:0])
    assert stiffer == pytest.approx(expected, rel=1e-9, abs=1e-10)


def test_the_contents_keep_their_volume(bare, wall):
    """What the line gains times the area is what the wall loses around the trunk: A dL = -2 R h dr.

    A hoop muscle of one side is pi r long, so it shortens by pi dr = -A dL / (2 R h) for each pi.
    """
    size, q = AbdominalWall(), bent(wall, 1)
    shorter = wall.geometry(q).length - bare.geometry(q).length
    line = strut()
    gained = (line.energy(np.zeros_like(q)) - line.energy(q)) / line.settings.force
    narrower = -size.area.si * gained / (2.0 * size.radius.si * size.height.si)
    assert abs(gained) > 1e-3
    assert shorter[wall.members(TRANSVERSUS)] == pytest.approx(narrower)
    assert shorter[wall.members("rectus_abdominis")] == pytest.approx(0.0)
    upright = np.zeros_like(q)
    assert wall.geometry(upright).length == pytest.approx(bare.geometry(upright).length, abs=1e-15)


def test_slopes_and_curvatures_are_those_of_the_lengths(wall):
    q, h = bent(wall, 2), 1e-5
    for k in range(0, len(q), 5):
        step = h * np.eye(len(q))[k]
        up, down = wall.geometry(q + step), wall.geometry(q - step)
        assert (up.length - down.length) / (2 * h) == pytest.approx(
            wall.geometry(q).slope[:, k], abs=1e-9
        )
        assert (up.slope - down.slope) / (2 * h) == pytest.approx(
            wall.curvature(q)[:, :, k], abs=1e-8
        )


def test_pressure_extends_the_spine_and_takes_flexion_from_the_obliques(bare, wall):
    upright = np.zeros(len(wall.coordinates))
    bends = np.array([c.endswith("_FE") for c in wall.coordinates])
    alone = tensions(wall, TRANSVERSUS)
    added = wall.generalised_force(upright, alone) - bare.generalised_force(upright, alone)
    assert (added[bends] > 0.0).all()
    for group in OBLIQUES:
        pull = tensions(wall, group)
        with_it, without = (m.generalised_force(upright, pull)[bends] for m in (wall, bare))
        assert (with_it > without).all()


def test_hoop_fractions_of_the_obliques_are_those_of_their_lines(bare):
    pose = bare.pose(np.zeros(len(bare.coordinates)))
    paths = bare.polylines(pose)
    at = np.einsum("pij,pj->pi", pose.R[paths.body], paths.local) + pose.t[paths.body]
    for group in OBLIQUES:
        total = 0.0
        for m in np.flatnonzero(bare.members(group)):
            steps = np.diff(at[paths.start[m] : paths.start[m + 1]], axis=0)
            level = np.linalg.norm(steps[:, [0, 2]], axis=1).sum()
            total += bare.max_force[m] * level / np.linalg.norm(steps, axis=1).sum()
        mean = total / bare.max_force[bare.members(group)].sum()
        assert AbdominalWall().hoop[group].si == pytest.approx(mean, abs=5e-3)


def test_a_selection_keeps_the_shares_of_its_muscles(wall):
    few = wall.selected([TRANSVERSUS, "psoas"])
    tension = tensions(few, TRANSVERSUS)
    assert few.abdominal_pressure(tension) == wall.abdominal_pressure(tensions(wall, TRANSVERSUS))


def test_numbers_of_the_wall_are_listed_with_their_status(wall):
    known = wall.parameters
    assert {known[f"abdominal_{n}"].status for n in ("radius", "height", "area")} == {"assumed"}
    assert known["hoop_fraction_external_oblique"].status == "derived"


@pytest.mark.parametrize(
    "change", [{"radius": -1.0}, {"height": 0.0}, {"area": -1.0}, {"hoop": {"psoas": 2.0}}], ids=str
)
def test_impossible_walls_are_refused(change):
    def number(value):
        return Parameter(value, "1", "User", "assumed")

    (name, value), sizes = *change.items(), AbdominalWall()
    if name == "hoop":
        made = {group: number(part) for group, part in value.items()}
    else:
        made = dataclasses.replace(getattr(sizes, name), value=value)
    with pytest.raises(ParameterError, match="Expected"):
        AbdominalWall(**{name: made})


def test_a_neck_has_no_abdominal_wall():
    with pytest.raises(ParameterError, match="between pelvis and T12"):
        musculature("cervical").with_abdominal_wall()


def test_lengths_alone_contain_the_wall(wall):
    pieces, pose = pieces_of(wall.paths, wall.wall), wall.pose(bent(wall))
    length = np.empty(len(wall.names))
    line_lengths(pieces, pose.R, pose.t, length)
    assert length == pytest.approx(wall.geometry(pose).length, rel=1e-12)
