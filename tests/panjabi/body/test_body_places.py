"""Stations, landmarks and frames: world positions, both sides, points of other muscle sets."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body.gravity import gravity_energy
from panjabi.body.landmarks import left
from panjabi.body.scaling import scaled_body
from panjabi.errors import ParameterError, UnknownNameError


def test_stations_have_the_positions_of_the_file(body, skeleton, second):
    q = body.zero()
    for record in skeleton["stations"] + skeleton["stations_sbl_extra"]:
        midline = not record["body"].endswith("_r") and abs(record["pos"][2]) < 1e-9
        where = body.station(q, record["id"] + ("" if midline else "_r"))
        assert where == pytest.approx(record["world_neutral"], abs=1e-6), record["id"]
        assert where == pytest.approx(second.place({}, record["body"], record["pos"]), abs=1e-8)


def test_landmarks_have_the_positions_of_the_file(body, skeleton):
    for record in skeleton["landmarks"]:
        where = body.landmark(body.zero(), record["id"])
        assert where == pytest.approx(record["world_neutral"], abs=1e-6)


def test_names_of_both_sides(body, skeleton):
    ids = [s["id"] for s in skeleton["stations"] + skeleton["stations_sbl_extra"]]
    assert len(ids) == 110 and len(set(ids)) == 110
    right = {n for n in body.stations if n.endswith("_r")}
    assert {left(n) for n in right} == {n for n in body.stations if n.endswith("_l")}
    for name in ("c7", "eop", "t12", "vertex", "sp_l3", "umbilicus_linea", "sacrum_dorsum"):
        assert name in body.stations
    for name in ("sacrum_low", "lateral_raphe_l4", "ribs_lat", "mastoid", "heel_plantar"):
        assert name not in body.stations
        assert {name + "_r", name + "_l"} <= body.stations.keys()
    midline = [p for n, p in body.stations.items() if n not in right and left(n) == n]
    assert all(abs(p.local[2]) < 1e-9 for p in midline if not p.id.endswith("_l"))
    assert body.stations["ischial_tub_l"].lines == body.stations["ischial_tub_r"].lines
    assert "SBL" in body.stations["ischial_tub_r"].lines


def test_landmark_and_station_of_one_name_agree(body):
    shared = body.stations.keys() & body.landmarks.keys()
    assert len(shared) > 5
    for name in shared:
        assert body.station(body.zero(), name) == pytest.approx(body.landmark(body.zero(), name))


def test_frames_and_points_of_the_thoracolumbar_set(body, skeleton, random_q):
    q = random_q(5)
    poses = body.poses(q)
    for frame in skeleton["frames"]:
        p = np.array([0.01, -0.02, 0.03])
        inside = np.array(frame["pos"]) + np.array(frame["R"]) @ p
        assert body.point(poses, frame["name"], p) == pytest.approx(
            body.point(poses, frame["parent"], inside), abs=1e-8
        )
    b, local = body.attachment("pelvis", [0.0, 0.0, 0.0], naming="thoracolumbar")
    assert body.names[b] == "pelvis" and local == pytest.approx([0.025, 0.013, 0.0])
    b, local = body.attachment("lumbar4", [0.01, 0.02, 0.03], naming="thoracolumbar")
    assert body.names[b] == "L4" and local == pytest.approx([0.01, 0.02, 0.03])
    b, local = body.attachment("cerv5", [0.01, 0.02, 0.03], naming="cervical")
    assert body.names[b] == "C5" and local == pytest.approx([0.0089, 0.0178, 0.0267])
    tall = scaled_body(body, stature=2.1)
    b, local = tall.attachment("pelvis", [0.1, 0.0, 0.0], naming="thoracolumbar")
    assert local == pytest.approx(1.2 * np.array([0.125, 0.013, 0.0]))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda b: b.station(b.zero(), "ischial_tub"),
            "unknown station 'ischial_tub'; close: 'isc",
        ),
        (lambda b: b.landmark(b.zero(), "vertx_skin"), "vertex_skin"),
        (lambda b: b.muscle("semimem"), "unknown muscle 'semimem'; close: 'semimem_"),
        (lambda b: b.point(b.zero(), "femur", [0, 0, 0]), "femur_r"),
        (lambda b: b.place("brows"), "'brow'"),
        (lambda b: b.path_length(b.zero(), "bflh_R"), "bflh_r"),
        (lambda b: b.moment_arms(b.zero(), "hamstrings"), "unknown muscle"),
        (lambda b: b.centre_of_mass(b.zero(), ("thigh",)), "unknown body"),
        (lambda b: b.attachment("L4", [0, 0, 0], naming="opensim"), "thoracolumbar"),
        (lambda b: gravity_energy(b, b.zero(), relative_to="asis"), "asis_"),
    ],
)
def test_unknown_names_list_similar_names(body, ask, words):
    with pytest.raises(UnknownNameError, match=words):
        ask(body)


@pytest.mark.parametrize("local", [[0, 0], [0, 0, np.nan], [[0, 0, 0]]])
def test_a_point_is_three_finite_numbers(body, local):
    with pytest.raises(ParameterError, match="three finite numbers"):
        body.point(body.zero(), "pelvis", local)


def test_centre_of_mass_of_some_bodies(body):
    thigh = body.centre_of_mass(body.zero(), ("femur_r",))
    assert thigh == pytest.approx(
        body.point(body.zero(), "femur_r", body.com[body.names.index("femur_r")])
    )
    with pytest.raises(ParameterError, match="no mass"):
        body.centre_of_mass(body.zero(), ("ground",))


@pytest.mark.parametrize(
    ("up", "g"), [((0, 0, 0), 9.8), ((0, 1), 9.8), ((0, np.nan, 0), 9.8), ((0, 1, 0), np.inf)]
)
def test_gravity_needs_a_direction_and_a_size(body, up, g):
    with pytest.raises(ParameterError, match="Expected a .*, got"):
        gravity_energy(body, body.zero(), up=up, g=g)
