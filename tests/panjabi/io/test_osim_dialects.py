"""Old names, components outside sets, unnamed functions and other variants of real files."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from panjabi.errors import DataFileError
from panjabi.io import read_osim, write_mjcf
from panjabi.io.functions import Sine, piecewise_linear, simm_spline
from panjabi.io.mjcf import drivers

FINGER, COUPLED, EARLY = "finger_4.osim", "coupled_4.osim", "leg_1.osim"


def entries(model):
    return [(e.element, e.name) for e in model.not_understood]


# --- old names ------------------------------------------------------------------------------


def test_early_file_is_read_whole_with_its_pennation(models):
    """The old names are converted; lengths are compared with OpenSim's in another test."""
    model = models[EARLY]
    straight, early = model.muscles
    assert (straight.pennation, early.pennation) == (0.5, 0.25)
    assert straight.points[1].condition == "flexion"
    assert early.points[0].moves[0][1] == "flexion"
    assert entries(model) == [("Schutte1993Muscle", "early")]  # its law; and no <location>


@pytest.mark.parametrize(("version", "pennation", "listed"), [(20301, 0.5, 0), (20302, 0.0, 1)])
def test_pennation_has_its_old_name_up_to_a_version_only(version, pennation, listed, edited):
    """OpenSim 4.6 reads 0.5 up to 20301 and 0 from 20302 on, where it drops the element."""
    path = edited("pendulum_2.osim", ('Version="20303"', f'Version="{version}"'))
    text = path.read_text()
    path.write_text(
        text.replace(
            "<pennation_angle_at_optimal> 0.1 </pennation_angle_at_optimal>",
            "<pennation_angle>0.5</pennation_angle>",
        )
    )
    model = read_osim(path)
    assert model.muscles[0].pennation == pennation
    assert entries(model) == [("pennation_angle", "")] * listed


def test_constant_that_the_muscle_does_not_have_is_listed(edited):
    """A number is a constant of the muscle only if OpenSim's muscle of that type has it."""
    more = "<max_isometric_force>150<"
    model = read_osim(edited(FINGER, (more, f"<Flen>0.5</Flen><fiber_mass>2</fiber_mass>{more}")))
    assert model.muscles[0].constants == {"Flen": 0.5}
    assert entries(model) == [("fiber_mass", "")]
    assert "stored as constants of muscles, but not used: Flen (1)" in model.notes


def test_deprecated_muscle_may_have_no_contraction_velocity(edited, models):
    assert models[EARLY].muscles[1].max_contraction_velocity == 0.0
    zero = "<max_contraction_velocity>0</max_contraction_velocity><max_isometric_force>150<"
    with pytest.raises(DataFileError, match="Expected a positive max_contraction_velocity, got 0"):
        read_osim(edited(FINGER, ("<max_isometric_force>150<", zero)))


def test_connectors_of_the_test_versions_of_opensim_4(edited, models):
    """Version 30517 writes a socket as a connector."""

    def connector(kind, name, text):
        return (
            f"<connectors><Connector_{kind}_ name='{name}'><connectee_name>{text}"
            "</connectee_name></Connector></connectors>".replace(
                "Connector>", f"Connector_{kind}_>"
            )
        )

    ground, child = "/ground</socket_parent_frame>", "/bodyset/phalanx</socket_parent_frame>"
    point = "<location>"
    path = edited(
        FINGER,
        ('Version="40000"', 'Version="30517"'),
        (
            f"<socket_parent_frame>{ground}{point}",
            connector("PhysicalFrame", "parent_frame", "../../ground") + point,
        ),
        (
            f"<socket_parent_frame>{child}{point}",
            connector("PhysicalFrame", "parent_frame", "../../phalanx") + point,
        ),
    )
    model = read_osim(path)
    assert entries(model) == []
    assert model.path_lengths([-0.4]) == pytest.approx(models[FINGER].path_lengths([-0.4]))


# --- places and functions -------------------------------------------------------------------


def test_muscle_and_constraint_among_the_components(edited):
    """OpenSim's Moco gives its muscles to the model as components."""
    loose = """<components><DeGrooteFregly2016Muscle name="extra"><GeometryPath><PathPointSet>
        <objects><PathPoint name="a"><socket_parent_frame>/ground</socket_parent_frame>
        <location>-0.01 0.1 0</location></PathPoint><PathPoint name="b"><socket_parent_frame>
        /bodyset/phalanx</socket_parent_frame><location>0.02 -0.02 0</location></PathPoint>
        </objects></PathPointSet></GeometryPath></DeGrooteFregly2016Muscle>
        <CoordinateActuator name="motor"><optimal_force>1</optimal_force></CoordinateActuator>
        </components>"""
    ground = '<Ground name="ground" />'
    model = read_osim(edited(FINGER, (ground, ground + loose)))
    assert [m.name for m in model.muscles] == ["flexor", "extra"]
    assert model.path_length([0.0], "extra") == pytest.approx(np.hypot(0.03, 0.12))
    (motor,) = model.not_understood
    assert (motor.name, motor.affects) == ("motor", "forces on the bodies")


def test_function_without_a_name(data, edited, models):
    old = '<SimmSpline name="function">'
    count = (data / COUPLED).read_text().count(old)
    model = read_osim(edited(COUPLED, *[(old, "<SimmSpline>")] * count))
    q = model.default() + 0.1
    assert entries(model) == entries(models[COUPLED])
    assert model.path_lengths(q) == pytest.approx(models[COUPLED].path_lengths(q), abs=1e-15)


def test_sine_has_its_derivatives():
    """OpenSim's Sine: amplitude sin(omega x + phase) + offset."""
    sine = Sine(0.3, 2.0, 0.4, 0.1)
    x, h = 0.7, 1e-4
    taylor = sine.taylor(x)
    assert taylor[0] == pytest.approx(0.3 * np.sin(1.8) + 0.1)
    assert taylor[1] == pytest.approx((sine(x + h) - sine(x - h)) / (2 * h), abs=1e-8)
    assert taylor[2] == pytest.approx(
        (sine(x + h) - 2 * sine(x) + sine(x - h)) / (2 * h * h), abs=1e-6
    )
    assert sine.times(-2.0)(x) == pytest.approx(-2.0 * sine(x))


def test_frames_by_their_full_path(edited, models):
    """A frame of the body by its path; where none is defined, /bodyset/x/x_frame is x."""
    child = "<socket_child_frame>/bodyset/phalanx<"
    by_path = "<socket_child_frame>/bodyset/phalanx/phalanx_frame<"
    offset = """<components><PhysicalOffsetFrame name="phalanx_frame"><socket_parent>..
        </socket_parent><translation>0 -0.01 0</translation></PhysicalOffsetFrame></components>"""
    defined = read_osim(edited(FINGER, (child, by_path), ("<mass>0.02", f"{offset}<mass>0.02")))
    assert defined.path_length([0.0], "flexor") == pytest.approx(0.11)  # OpenSim 4.6
    plain = read_osim(edited(FINGER, (child, by_path)))
    assert plain.path_length([-0.5], "flexor") == models[FINGER].path_length([-0.5], "flexor")
    assert any("is not defined in the file; read as the body phalanx" in n for n in plain.notes)


def test_frame_defined_by_stations(edited):
    """OpenSim 4.6 gives 0.100995... m for this file."""
    places = {"a": "0 0 0", "b": "0 1 0", "c": "1 0 0"}
    stations = "".join(
        f'<Station name="{name}"><socket_parent_frame>..</socket_parent_frame>'
        f"<location>{at}</location></Station>"
        for name, at in places.items()
    )
    sockets = "".join(
        f"<socket_{socket}>/bodyset/phalanx/{name}</socket_{socket}>"
        for socket, name in zip(
            ("point_a", "point_b", "point_c", "origin_point"), "abca", strict=True
        )
    )
    frame = f'<StationDefinedFrame name="f"><ab_axis>+x</ab_axis>{sockets}</StationDefinedFrame>'
    child = "<socket_child_frame>/bodyset/phalanx"
    path = edited(
        FINGER,
        (child, f"{child}/f"),
        ("<mass>0.02", f"<components>{stations}{frame}</components><mass>0.02"),
    )
    model = read_osim(path)
    assert model.path_length([0.0], "flexor") == pytest.approx(0.10099504938362078, abs=1e-15)
    assert entries(model) == []


# --- bodies and coordinates -----------------------------------------------------------------


def test_body_without_a_joint_floats(edited):
    """OpenSim 4.6 adds a FreeJoint to the ground, with these names and ranges."""
    loose = '<Body name="loose"><mass>1</mass><inertia>1 1 1 0 0 0</inertia></Body>'
    model = read_osim(edited(FINGER, ('<Body name="phalanx">', loose + '<Body name="phalanx">')))
    names = [f"free_loose_coord_{k}" for k in range(6)]
    assert set(names) < set(model.coordinates)
    assert model.coordinates[names[0]].range == (-10.0, 10.0)
    assert model.body.translations == set(names[3:])
    assert any("no joint moves the body loose; as in OpenSim" in note for note in model.notes)
    q = model.default()
    q[model.body.coordinate_index(names[4])] = 0.7
    assert model.body.point(q, "loose", [0.0, 0.1, 0.0]) == pytest.approx([0.0, 0.8, 0.0])


def two_of_one_name(edited):
    body = '<Body name="tip"><mass>0.01</mass><inertia>1e-6 1e-6 1e-6 0 0 0</inertia></Body>'
    joint = """<PinJoint name="second"><socket_parent_frame>/bodyset/phalanx</socket_parent_frame>
        <socket_child_frame>/bodyset/tip</socket_child_frame>
        <coordinates><Coordinate name="flexion"><default_value>0.3</default_value></Coordinate>
        </coordinates></PinJoint>"""
    point = """<ConditionalPathPoint name="c"><socket_parent_frame>/bodyset/tip
        </socket_parent_frame><location>0 -0.01 0</location><range>0.1 1</range>
        <socket_coordinate>/jointset/second/flexion</socket_coordinate></ConditionalPathPoint>"""
    return edited(
        FINGER,
        ("<PinJoint", joint + "<PinJoint"),
        ('<Body name="phalanx">', body + '<Body name="phalanx">'),
        ('<PathPoint name="b">', point + '<PathPoint name="b">'),
    )


def test_one_coordinate_name_in_two_joints(edited):
    """The names are distinguished by their joints, as by their paths in OpenSim."""
    model = read_osim(two_of_one_name(edited))
    assert set(model.coordinates) == {"knuckle/flexion", "second/flexion"}
    assert model.values(model.default()) == {"knuckle/flexion": 0.0, "second/flexion": 0.3}
    assert model.muscles[0].points[1].condition == "second/flexion"
    assert any("2 joints have a coordinate flexion" in note for note in model.notes)


def test_coupler_by_a_name_that_two_joints_have_means_the_first(edited):
    path = two_of_one_name(edited)
    coupler = """<ConstraintSet><objects><CoordinateCouplerConstraint name="c">
        <coupled_coordinates_function><LinearFunction><coefficients>2 0</coefficients>
        </LinearFunction></coupled_coordinates_function>
        <independent_coordinate_names>flexion</independent_coordinate_names>
        <dependent_coordinate_name>/jointset/knuckle/flexion</dependent_coordinate_name>
        </CoordinateCouplerConstraint></objects></ConstraintSet>"""
    path.write_text(path.read_text().replace("<ForceSet>", coupler + "<ForceSet>"))
    model = read_osim(path)
    assert model.coordinates["knuckle/flexion"].driver == "second/flexion"  # first in the file
    assert model.values(model.default())["knuckle/flexion"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("function", "value", "length"),
    [
        ("<Constant><value>-0.7</value></Constant>", -0.7, 0.1093630552897577),
        (
            "<LinearFunction><coefficients>1 -0.5</coefficients></LinearFunction>",
            -0.5,
            0.1130672032135461,
        ),
    ],
)
def test_prescribed_coordinate_has_the_value_of_its_function_at_time_0(
    function, value, length, edited
):
    """Value and length as OpenSim 4.6 has them at time 0."""
    old = "<range>-1.5 0</range>"
    more = f"<prescribed>true</prescribed><prescribed_function>{function}</prescribed_function>"
    model = read_osim(edited(FINGER, (old, old + more)))
    assert model.default().tolist() == [value]
    assert model.path_length(model.default(), "flexor") == pytest.approx(length, abs=1e-15)
    assert any("flexion is prescribed in the file as a function of time" in n for n in model.notes)
    assert entries(model) == []


def test_range_without_end(edited):
    """Files write -inf, 1.8e308 or 99999 for unlimited."""
    model = read_osim(edited(FINGER, ("<range>-1.5 0<", "<range>-inf 1.79e308<")))
    low, high = model.coordinates["flexion"].range
    assert np.isfinite([low, high]).all() and high - low > 1e9


# --- text -----------------------------------------------------------------------------------


def test_bare_ampersand_and_latin_1(data, tmp_path):
    text = (
        (data / FINGER)
        .read_text()
        .replace("<ForceSet>", "<credits>M&M, Müller</credits><ForceSet>")
    )
    path = tmp_path / "m.osim"
    path.write_bytes(text.encode("latin-1"))
    model = read_osim(path)
    assert model.body.total_mass == 0.02
    assert any("read as Latin-1" in note for note in model.notes)
    assert any("& where XML needs &amp;" in note for note in model.notes)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1250", "shift_jis"])
def test_other_encodings(encoding, data, tmp_path):
    stated = 'encoding="UTF-8"'
    text = (
        (data / FINGER).read_text().replace(stated, f'encoding="{encoding.removesuffix("-sig")}"')
    )
    path = tmp_path / "m.osim"
    path.write_bytes(text.encode(encoding))
    model = read_osim(path)
    assert model.body.total_mass == 0.02 and not any("Latin" in note for note in model.notes)


# --- curves that are lines ------------------------------------------------------------------


@pytest.mark.parametrize("curve", [simm_spline, piecewise_linear])
def test_points_on_a_line_give_the_line(curve):
    x = np.array([-1.5707963267949, -0.3, 0.1, 0.7, 1.5707963267949])
    line = curve(x, 0.1234567 * x - 0.05)
    assert line.degree == 1
    assert line(2.0) == pytest.approx(0.2469134 - 0.05, abs=1e-15)
    bent = curve(x, 0.1234567 * x - 0.05 + [0, 0, 1e-9, 0, 0])
    assert bent.degree is None


def test_linear_spline_drives_a_joint_of_mjcf(edited, tmp_path):
    """A coordinate that moves a body only by a spline through points on a line has its joint.

    The residue of such a spline, 1e-17, once made its fit a quartic without a joint for the
    coordinate, so that coupled joints were free in MuJoCo.
    """
    axes = "".join(
        f'<TransformAxis name="{name}"><coordinates>flexion</coordinates><axis>{axis}</axis>'
        f'<SimmSpline name="function"><x>-1.5 -0.7 0 0.4 1.5</x><y>{y}</y></SimmSpline>'
        "</TransformAxis>"
        for name, axis, y in (
            ("rotation1", "0 0 1", "-0.3675 -0.1715 0 0.098 0.3675"),
            ("rotation2", "0 1 0", "-0.1995 -0.0931 0 0.0532 0.1995"),
        )
    )
    path = edited(FINGER, ("<PinJoint", "<CustomJoint"), ("</PinJoint", "</CustomJoint"))
    coordinates = "</coordinates>"
    text = path.read_text().replace(
        coordinates, f"{coordinates}<SpatialTransform>{axes}</SpatialTransform>"
    )
    path.write_text(text)
    model = read_osim(path)
    assert model.fits == () and not any("with an error of up to" in note for note in model.notes)
    assert drivers(model.body)[0].slope == pytest.approx(0.245)
    left = write_mjcf(model.body, tmp_path / "m.xml", model.musculature)
    assert not any("no joint represents" in said for said in left)
    root = ElementTree.parse(tmp_path / "m.xml").getroot()
    assert len(root.findall("equality/joint")) == 1  # two joints, one of them follows
