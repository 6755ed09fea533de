"""Files that cannot be models: errors that name file, line and element."""

from __future__ import annotations

import re

import pytest

from panjabi.errors import DataFileError, SchemaError
from panjabi.io import read_osim

FOUR, COUPLED, THREE = "joints_4.osim", "coupled_4.osim", "arm_3.osim"
POINT = "<socket_parent_frame>/bodyset/head</socket_parent_frame><location>-0.05 0.08 0.02"
WRONG = [
    (FOUR, 'Version="40600"', 'Version="50000"', "newer than 40600, the newest.*Update panjabi"),
    (FOUR, 'Version="40600"', 'Version="10901"', "the version is 10901; 20101 to 30499"),
    (FOUR, 'Version="40600"', 'Version="30516"', "Open the model in OpenSim 4 and save it"),
    (FOUR, 'Version="40600"', 'Version="four"', "the version is 'four'"),
    (FOUR, POINT, POINT.replace("head", "haed"), "'/bodyset/haed', which does not.*close: 'head'"),
    (
        FOUR,
        "<socket_parent_frame>/bodyset/tool<",
        "<socket_parent_frame>/bodyset/drawer<",
        "in a circle or hanging from one .tool_drawer",
    ),
    (
        FOUR,
        "<socket_child_frame>/bodyset/head<",
        "<socket_child_frame>/bodyset/plate<",
        "moves the body 'plate', which the joint 'trunk_plate' moves already",
    ),
    (
        FOUR,
        "<socket_child_frame>/bodyset/head<",
        "<socket_child_frame>/ground<",
        "has the ground as its child",
    ),
    (FOUR, "/bodyset/base/shelf<", "/bodyset/base/edge<", "placed in a frame that is placed in"),
    (FOUR, '<Body name="head">', '<Body name="arm">', "has no name of its own"),
    (FOUR, "<mass>4</mass>", "", "<Body> 'head' has no <mass>; 1 finite number"),
    (FOUR, "<mass>4</mass>", "<mass>heavy</mass>", "<mass> holds 'heavy'; 1 finite number"),
    (FOUR, "<mass>4</mass>", "<mass>-4</mass>", "has the mass -4; zero or more"),
    (FOUR, "<mass>4</mass>", "<mass>nan</mass>", "<mass> holds 'nan'"),
    (
        FOUR,
        "<inertia>0.06 0.05 0.04 0 0 0</inertia>",
        "<inertia>0.06 0.05 0.04 0.1 0 0</inertia>",
        "has a principal moment of inertia of -0.0451249; zero or more",
    ),
    (FOUR, "-0.05 0.08 0.02", "-0.05 0.08", "<location> holds '-0.05 0.08'; 3 finite numbers"),
    (FOUR, "<GimbalJoint", "<EllipsoidJoint", "not XML .mismatched tag"),
    (FOUR, "<locked>true", "<locked>perhaps", "<locked> holds 'perhaps'; true or false"),
    (FOUR, "<range>-1 1.2</range>", "<range>2 1</range>", "'hand_z' has the range 2 to 1"),
    (FOUR, '"hand_z"', '"arm_x"', "has the name of another coordinate"),
    (
        FOUR,
        "<optimal_fiber_length>0.09<",
        "<optimal_fiber_length>0<",
        "'extensor' has optimal_fiber_length 0; a positive number",
    ),
    (
        FOUR,
        "<tendon_slack_length>0.15<",
        "<tendon_slack_length>-0.15<",
        "'extensor' has tendon_slack_length -0.15; zero or more",
    ),
    (
        FOUR,
        "<pennation_angle_at_optimal>0.2<",
        "<pennation_angle_at_optimal>20<",
        "pennation_angle_at_optimal 20; an angle",
    ),
    (FOUR, '"arm_raiser"', '"extensor"', "has the name of another muscle"),
    (
        COUPLED,
        "<coordinates>patella_angle</coordinates><axis>0 0 -1<",
        "<coordinates>patella</coordinates><axis>0 0 -1<",
        "'rotation1' moves with 'patella', which is no coordinate of the joint 'patellofemoral'",
    ),
    (COUPLED, "<axis>0 0.8 0.6<", "<axis>0 0 0<", "'rotation3' has a zero axis"),
    (
        COUPLED,
        "<x>-0.4 0.3 1.1</x>",
        "<x>-0.4 -0.5 1.1</x>",
        "PiecewiseLinearFunction> has 3 values of x and 3 of y, or x that do not rise",
    ),
    (
        COUPLED,
        "<dependent_coordinate_name>ankle_angle<",
        "<dependent_coordinate_name>angle_ankle<",
        "names the coordinate 'angle_ankle', which does not exist",
    ),
    (
        COUPLED,
        "<independent_coordinate_names>knee_angle<",
        "<independent_coordinate_names>patella_angle<",
        "makes 'patella_angle' follow itself",
    ),
    (
        COUPLED,
        "<socket_coordinate>/jointset/knee/knee_angle<",
        "<socket_coordinate>/jointset/knee/ankle<",
        "<ConditionalPathPoint> 'p2' depends on the coordinate 'ankle'.*close: 'ankle_angle'",
    ),
    (THREE, "<parent_body>humerus<", "<parent_body>scapula<", "the body or frame 'scapula'"),
    (THREE, "<body>hand<", "<body>wrist<", "the body or frame 'wrist', which does not exist"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), WRONG, ids=[w[3][:40] for w in WRONG])
def test_error_names_file_line_and_element(file, old, new, words, edited):
    path = edited(file, (old, new))
    with pytest.raises(DataFileError, match=words) as caught:
        read_osim(path)
    line = int(re.search(rf"{re.escape(str(path))}, line (\d+)", str(caught.value)).group(1))
    assert 1 <= line <= len(path.read_text().splitlines())
    assert isinstance(caught.value, SchemaError) == ("Version" in old)


def test_line_is_that_of_the_element(edited):
    path = edited(FOUR, ("<mass>4</mass>", "<mass>heavy</mass>"))
    lines = path.read_text().splitlines()
    at = next(n for n, text in enumerate(lines, start=1) if "heavy" in text)
    with pytest.raises(DataFileError, match=f"line {at}: <mass>"):
        read_osim(path)


def test_body_without_a_joint(edited):
    old = '<Body name="head">'
    more = '<Body name="hat"><mass>1</mass></Body>'
    with pytest.raises(DataFileError, match="'hat' is not the child of any joint.*FreeJoint"):
        read_osim(edited(FOUR, (old, more + old)))


def test_joint_of_another_kind(edited):
    path = edited(FOUR, ("<SliderJoint", "<EllipsoidJoint"), ("</SliderJoint", "</EllipsoidJoint"))
    with pytest.raises(DataFileError, match="not known here; possible: WeldJoint.*CustomJoint"):
        read_osim(path)


def test_joint_with_a_coordinate_too_few(edited):
    gone = '<Coordinate name="arm_y"><range>-1.5 1.5</range></Coordinate>'
    with pytest.raises(DataFileError, match="'trunk_arm' has 1 coordinates; 2 are possible"):
        read_osim(edited(FOUR, (gone, "")))


def test_muscle_with_one_point(edited):
    first = '<PathPoint name="p1"><location> 0.3 0 0 </location><body> ground </body></PathPoint>'
    with pytest.raises(DataFileError, match="'puller' has 1 path points; two or more"):
        read_osim(edited("pendulum_2.osim", (first, "")))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("<mujoco/>", SchemaError, "the root is <mujoco>; <OpenSimDocument> is possible"),
        ('<OpenSimDocument Version="40000"/>', SchemaError, "holds no <Model>"),
        (
            '<OpenSimDocument Version="40000"><Model name="m"/></OpenSimDocument>',
            DataFileError,
            "the model has no bodies",
        ),
        ("", DataFileError, "line 1: not XML .no element found"),
        ("not xml", DataFileError, "not XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", DataFileError, "declares a document type"),
        ("<a>" * 300 + "</a>" * 300, DataFileError, "lies 200 elements deep"),
    ],
)
def test_files_that_are_no_models(text, error, words, tmp_path):
    path = tmp_path / "m.osim"
    path.write_text(text)
    with pytest.raises(error, match=words):
        read_osim(path)


def test_missing_file(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read .No such file.*Check the path"):
        read_osim(tmp_path / "none.osim")
