"""Invalid files: errors that name file, line and element."""

from __future__ import annotations

import re

import pytest

from panjabi.errors import DataFileError, SchemaError
from panjabi.io import read_osim

FOUR, COUPLED, THREE = "joints_4.osim", "coupled_4.osim", "arm_3.osim"
POINT = "<socket_parent_frame>/bodyset/head</socket_parent_frame><location>-0.05 0.08 0.02"
WRONG = [
    (
        FOUR,
        'Version="40600"',
        'Version="50000"',
        "up to 40600, the newest.*got 50000; update panjabi",
    ),
    (
        FOUR,
        'Version="40600"',
        'Version="10900"',
        "from 10901 on.*got 10900; open the model in OpenSim 3.3",
    ),
    (FOUR, 'Version="40600"', 'Version="²"', "got '²'; open the model in OpenSim and save it"),
    (FOUR, 'Version="40600"', 'Version="four"', "from 10901 to 40600, got 'four'"),
    (FOUR, POINT, POINT.replace("head", "haed"), "'/bodyset/haed', which does not.*close: 'head'"),
    (
        FOUR,
        "<socket_parent_frame>/bodyset/tool<",
        "<socket_parent_frame>/bodyset/drawer<",
        "joints in a loop or connected to a loop .tool_drawer",
    ),
    (
        FOUR,
        "<socket_child_frame>/bodyset/head<",
        "<socket_child_frame>/bodyset/plate<",
        "a second one for the body 'plate', which the joint 'trunk_plate' moves",
    ),
    (
        FOUR,
        "<socket_child_frame>/bodyset/head<",
        "<socket_child_frame>/ground<",
        "Expected a body as its child, got the ground",
    ),
    (FOUR, "/bodyset/base/shelf<", "/bodyset/base/edge<", "got a frame inside itself"),
    (
        FOUR,
        '<Body name="head">',
        '<Body name="arm">',
        "Expected a unique name, got 'arm', the name of another body",
    ),
    (
        FOUR,
        "<mass>4</mass>",
        "",
        "<Body> 'head': Expected an element <mass> with 1 finite number, got none",
    ),
    (
        FOUR,
        "<mass>4</mass>",
        "<mass>heavy</mass>",
        "<mass>: Expected 1 finite number of at most 1e.15, got 'heavy'",
    ),
    (FOUR, "<mass>4</mass>", "<mass>-4</mass>", "Expected a mass of zero or more, got -4 kg"),
    (FOUR, "<mass>4</mass>", "<mass>nan</mass>", "<mass>: Expected 1 finite number.*got 'nan'"),
    (
        FOUR,
        "<inertia>0.06 0.05 0.04 0 0 0</inertia>",
        "<inertia>0.06 0.05 0.04 0.1 0 0</inertia>",
        "moments of inertia of zero or more, got -0.0451249 kg m2",
    ),
    (
        FOUR,
        "-0.05 0.08 0.02",
        "-0.05 0.08",
        "<location>: Expected 3 finite numbers.*got '-0.05 0.08'",
    ),
    (FOUR, "<GimbalJoint", "<EllipsoidJoint", "got something that is not XML .mismatched"),
    (FOUR, "<locked>true", "<locked>perhaps", "<locked>: Expected true or false, got 'perhaps'"),
    (
        FOUR,
        "<range>-1 1.2</range>",
        "<range>2 1</range>",
        "'hand_z': Expected a range from low to high, got 2 to 1",
    ),
    (
        FOUR,
        '<Coordinate name="arm_y">',
        '<Coordinate name="arm_x">',
        "got the name of another coordinate",
    ),
    (
        FOUR,
        "<optimal_fiber_length>0.09<",
        "<optimal_fiber_length>0<",
        "'extensor': Expected a positive optimal_fiber_length, got 0",
    ),
    (
        FOUR,
        "<tendon_slack_length>0.15<",
        "<tendon_slack_length>-0.15<",
        "'extensor': Expected a tendon_slack_length of zero or more, got -0.15",
    ),
    (
        FOUR,
        "<pennation_angle_at_optimal>0.2<",
        "<pennation_angle_at_optimal>20<",
        "a pennation_angle_at_optimal from 0 to below pi/2 rad, got 20.*degrees",
    ),
    (FOUR, '"arm_raiser"', '"extensor"', "got the name of another muscle"),
    (
        COUPLED,
        "<coordinates>patella_angle</coordinates><axis>0 0 -1<",
        "<coordinates>patella</coordinates><axis>0 0 -1<",
        "'rotation1': Expected a coordinate of the joint 'patellofemoral'.*got 'patella'",
    ),
    (
        COUPLED,
        "<axis>0 0.8 0.6<",
        "<axis>0 0 0<",
        "'rotation3': Expected an axis with a direction, got a zero axis",
    ),
    (
        COUPLED,
        "<x>-0.4 0.3 1.1</x>",
        "<x>-0.4 -0.5 1.1</x>",
        "PiecewiseLinearFunction>.*got 3 values of x and 3 of y, or x that do not increase",
    ),
    (
        COUPLED,
        "<dependent_coordinate_name>ankle_angle<",
        "<dependent_coordinate_name>angle_ankle<",
        "the name of a coordinate, got 'angle_ankle', which does not exist",
    ),
    (
        COUPLED,
        "<independent_coordinate_names>knee_angle<",
        "<independent_coordinate_names>patella_angle<",
        "got a coupler that makes 'patella_angle' depend on itself",
    ),
    (
        COUPLED,
        "<socket_coordinate>/jointset/knee/knee_angle<",
        "<socket_coordinate>/jointset/knee/ankle<",
        "<ConditionalPathPoint> 'p2'.*got 'ankle', which does not.*close: 'ankle_angle'",
    ),
    (
        THREE,
        "<parent_body>humerus<",
        "<parent_body>scapula<",
        "the name of a body or frame of the file, got 'scapula'",
    ),
    (
        THREE,
        "<body>hand<",
        "<body>wrist<",
        "body or frame of the file, got 'wrist', which does not exist",
    ),
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


def test_joint_of_another_type(edited):
    path = edited(FOUR, ("<SliderJoint", "<ScrewJoint"), ("</SliderJoint", "</ScrewJoint"))
    with pytest.raises(
        DataFileError,
        match="Expected a joint of WeldJoint.*CustomJoint, got a joint that is not known",
    ):
        read_osim(path)


def test_joint_with_a_coordinate_too_few(edited):
    gone = '<Coordinate name="arm_y"><range>-1.5 1.5</range></Coordinate>'
    with pytest.raises(
        DataFileError, match="'trunk_arm': Expected 2 coordinates in a UniversalJoint, got 1"
    ):
        read_osim(edited(FOUR, (gone, "")))


def test_muscle_with_one_point(edited):
    first = '<PathPoint name="p1"><location> 0.3 0 0 </location><body> ground </body></PathPoint>'
    with pytest.raises(DataFileError, match="'puller': Expected two path points or more, got 1"):
        read_osim(edited("pendulum_2.osim", (first, "")))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (
            "<mujoco/>",
            SchemaError,
            "Expected <OpenSimDocument>, got <mujoco>, an MJCF model of MuJoCo",
        ),
        ('<OpenSimDocument Version="40000"/>', SchemaError, "Expected a <Model>, got nothing"),
        (
            '<OpenSimDocument Version="40000"><Model name="m"/></OpenSimDocument>',
            DataFileError,
            "Expected a model with at least one body, got none",
        ),
        ("", DataFileError, "line 1: Expected the XML.*no element found"),
        ("not xml", DataFileError, "Expected the XML of an OpenSim model"),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
            DataFileError,
            "Expected plain elements, got a document type",
        ),
        (
            "<a>" * 300 + "</a>" * 300,
            DataFileError,
            "Expected fewer than 200 elements inside each other",
        ),
    ],
)
def test_files_that_are_not_models(text, error, words, tmp_path):
    path = tmp_path / "m.osim"
    path.write_text(text)
    with pytest.raises(error, match=words):
        read_osim(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x02\x50\x16\x00", "got a C3D file of recorded motion"),
        (b"PathFileType\t4\t(X/Y/Z)\ta.trc\n", "got a TRC file of marker positions"),
        (b"Coordinates\nversion=1\nnRows=2\nendheader\ntime\tq\n", "got a MOT or STO table"),
        (b"PK\x03\x04", "got a ZIP archive; unpack it"),
        (b'<robot name="r"/>', "got <robot>, a URDF or SDF model"),
        (
            b'<OpenSimDocument Version="40000"><ScaleTool name="s"/></OpenSimDocument>',
            "Expected a <Model>, got <ScaleTool>",
        ),
    ],
)
def test_file_of_another_type_is_named(content, words, tmp_path):
    path = tmp_path / "m.osim"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=words):
        read_osim(path)


def test_unknown_encoding(edited):
    path = edited(FOUR, ('encoding="UTF-8"', 'encoding="klingon"'))
    with pytest.raises(DataFileError, match="Expected a known encoding, got 'klingon'; save"):
        read_osim(path)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (FOUR, "-0.05 0.08 0.02", "1e300 0.08 0.02", "3 finite numbers of at most 1e.15"),
        (FOUR, "<mass>4</mass>", "<mass>1_000</mass>", "got '1_000'"),
        (FOUR, 'Version="40600"', f'Version="{"4" * 5000}"', "Expected a version from"),
        (COUPLED, "<x>-0.4 0.3 1.1</x>", "<x>0 1e-300 1.1</x>", "points far enough apart"),
    ],
)
def test_numbers_too_large_or_too_close(file, old, new, words, edited):
    with pytest.raises(DataFileError, match=words):
        read_osim(edited(file, (old, new)))


def test_frames_nested_too_deeply(edited):
    """A chain with more frames than any model is an error of the file, not a recursion error."""
    chain = "".join(
        f'<PhysicalOffsetFrame name="f{n}"><socket_parent>f{n + 1}</socket_parent>'
        "</PhysicalOffsetFrame>"
        for n in range(3000)
    )
    old = '<Body name="head">'
    with pytest.raises(DataFileError, match="a frame inside itself or inside more than 200 others"):
        read_osim(edited(FOUR, (old, f"{old}<components>{chain}</components>")))


def test_missing_file(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read .No such file.*check the path"):
        read_osim(tmp_path / "none.osim")
