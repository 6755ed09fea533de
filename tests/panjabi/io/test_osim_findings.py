"""Elements that are not understood are listed; none is lost silently."""

from __future__ import annotations

import pytest

from panjabi.io import read_osim

COUPLED, THREE = "coupled_4.osim", "arm_3.osim"


def entries(model):
    return [(e.element, e.name, e.affects) for e in model.not_understood]


def test_list_of_the_coupled_leg(models, data):
    model = models[COUPLED]
    assert entries(model) == [
        ("CoordinateActuator", "hip_motor", "forces on the bodies"),
    ]
    lines = (data / COUPLED).read_text().splitlines()
    for entry in model.not_understood:
        assert f"<{entry.element} " in lines[entry.line - 1]
        assert str(entry).startswith(f"line {entry.line}: {entry.element}")
        assert entry.to_dict()["why"] == entry.why


@pytest.mark.parametrize("file", ["joints_4.osim", THREE, "pendulum_2.osim"])
def test_files_that_are_understood_completely(file, models):
    assert entries(models[file]) == []


MOTOR = '<CoordinateActuator name="hip_motor">'
COUPLER = '<CoordinateCouplerConstraint name="patella_follows_knee">'
PAD = '<BushingForce name="pad"><stiffness>1 1 1</stiffness></BushingForce>'
ADDED = [
    (COUPLED, MOTOR, PAD + MOTOR, ("BushingForce", "pad", "forces on the bodies")),
    (
        COUPLED,
        "<mass>1.2</mass>",
        "<mass>1.2</mass><temperature>37</temperature>",
        ("temperature", "", "the body (foot)"),
    ),
    (
        COUPLED,
        "<isEnforced>true",
        "<isEnforced>false",
        ("CoordinateCouplerConstraint", "patella_follows_knee", "nothing"),
    ),
    (
        COUPLED,
        COUPLER,
        '<WeldConstraint name="seat" />' + COUPLER,
        ("WeldConstraint", "seat", "motion: the tree is freer than the model of the file"),
    ),
    (
        COUPLED,
        '<Constant name="function"><value>0.012</value></Constant>',
        '<GCVSpline name="function"><weights>1</weights></GCVSpline>',
        ("GCVSpline", "function", "motion of the joint hip"),
    ),
    (
        COUPLED,
        "<independent_coordinate_names>knee_angle<",
        "<independent_coordinate_names>knee_angle hip_flexion<",
        (
            "CoordinateCouplerConstraint",
            "patella_follows_knee",
            "motion: the tree is freer than the model of the file "
            "(coordinate patella_angle stays free)",
        ),
    ),
    (
        "joints_4.osim",
        '<Marker name="corner">',
        '<Marker name="crown">',
        ("Marker", "crown", "the marker"),
    ),
    (
        COUPLED,
        '<PathPoint name="p2"><socket_parent_frame>/bodyset/patella<',
        '<ArrayPathPoint name="p9"><location>0 0 0</location></ArrayPathPoint>'
        '<PathPoint name="p2"><socket_parent_frame>/bodyset/patella<',
        ("ArrayPathPoint", "p9", "the muscle (rectus)"),
    ),
    (
        THREE,
        "<reverse>false</reverse>",
        "<reverse>true</reverse>",
        ("reverse", "", "motion of the joint shoulder"),
    ),
    (
        COUPLED,
        "<max_isometric_force>1800<",
        "<spring>3</spring><max_isometric_force>1800<",
        ("spring", "", "the muscle (calf)"),
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "entry"), ADDED, ids=[a[3][0] for a in ADDED])
def test_every_addition_is_listed(file, old, new, entry, edited):
    assert entry in entries(read_osim(edited(file, (old, new))))


def test_muscle_of_unknown_type_is_read_and_its_law_is_listed(edited):
    path = edited(
        "pendulum_2.osim",
        ("<Thelen2003Muscle", "<Schutte1993Muscle_Deprecated"),
        ("</Thelen2003Muscle", "</Schutte1993Muscle_Deprecated"),
    )
    model = read_osim(path)
    assert model.muscles[0].max_force == 400.0
    assert ("Schutte1993Muscle_Deprecated", "puller", "force of puller") in entries(model)


def test_muscle_with_a_path_of_unknown_type_is_left_out(edited):
    path = edited(
        "pendulum_2.osim",
        ("<GeometryPath", "<FunctionBasedPath"),
        ("</GeometryPath", "</FunctionBasedPath"),
    )
    model = read_osim(path)
    assert model.muscles == () and model.path_lengths([0.1]).shape == (0,)
    assert ("Thelen2003Muscle", "puller", "the muscle") in entries(model)


def test_elements_for_display_are_counted(edited):
    drawing = '<VisibleObject name=""><display_preference>4</display_preference></VisibleObject>'
    model = read_osim(edited(THREE, ("<Joint />", "<Joint />" + drawing)))
    assert entries(model) == []
    assert any("VisibleObject (1)" in note for note in model.notes)


def test_notes_on_units_gravity_and_switched_off_muscles(edited):
    model = read_osim(
        edited(
            COUPLED,
            ("<length_units>meters<", "<length_units>feet<"),
            (
                "<max_isometric_force>1800<",
                "<appliesForce>false</appliesForce><max_isometric_force>1800<",
            ),
        )
    )
    said = "\n".join(model.notes)
    assert "length_units is 'feet'" in said
    assert "gravity of the file is [0.0, -9.81, 0.0]" in said
    assert "calf is switched off in the file" in said


def test_coordinate_that_moves_nothing(edited, models):
    idle = '<Coordinate name="hip_lift">'
    more = '<Coordinate name="idle"><range>0 1</range></Coordinate>'
    model = read_osim(edited(COUPLED, (idle, more + idle)))
    assert "coordinates that move no body: idle" in model.notes
    assert model.moment_arms(model.default(), "calf")["idle"] == 0.0
    assert not any("move no body" in note for note in models[COUPLED].notes)


SURFACES = """<WrapSphere name="ball"><radius>0.02</radius><quadrant>-x</quadrant></WrapSphere>
<WrapEllipsoid name="egg"><dimensions>0.02 0.03 0.04</dimensions></WrapEllipsoid>
<WrapTorus name="ring">
<inner_radius>0.01</inner_radius><outer_radius>0.03</outer_radius></WrapTorus>
<WrapCylinder name="off"><active>false</active><radius>0.1</radius><length>1</length></WrapCylinder>
<WrapCone name="cone"><radius>0.1</radius></WrapCone>
<WrapCylinder name="condyle">"""


def test_surfaces_of_every_shape(edited):
    path = edited(COUPLED, ('<WrapCylinder name="condyle">', SURFACES))
    model = read_osim(path)
    shapes = {name: (s.shape, s.size) for name, s in model.body.surfaces.items()}
    assert shapes == {
        "ball": ("sphere", (0.02,)),
        "egg": ("ellipsoid", (0.02, 0.03, 0.04)),
        "ring": ("torus", (0.03, 0.01)),
        "condyle": ("cylinder", (0.02, 0.05)),
    }
    assert model.body.surfaces["ball"].side.tolist() == [-1.0, 0.0, 0.0]
    assert model.body.surfaces["condyle"].side is None
    assert any("off is not active" in note for note in model.notes)
    assert ("WrapCone", "cone", "the paths that wrap over it (thigh)") in entries(model)


@pytest.mark.parametrize("change", ["<wrap_object>lost<", "<wrap_object>off<"])
def test_a_path_without_its_surface_is_listed(edited, change):
    path = edited(
        COUPLED,
        ('<WrapCylinder name="condyle">', SURFACES),
        ("<wrap_object>condyle<", change),
    )
    model = read_osim(path)
    name = change[13:-1]
    assert ("PathWrap", name, "length and moment arms of wrapped") in entries(model)
    assert model.body.muscle("wrapped").path_note == f"straight instead of over {name}"
