"""A model that is read: tree, masses, muscles, frames; exact motion and its derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from panjabi.body.gravity import gravity_energy
from panjabi.body.wrapping import Wrap
from panjabi.errors import UnknownNameError
from panjabi.io import read_osim


def random_q(model, seed=0):
    low, high = np.clip(model.body.ranges.T, -1.5, 1.5)
    return np.random.default_rng(seed).uniform(low, high)


def test_pendulum_has_its_closed_form(models):
    """Pivot at the ground's origin, bob below, a sideways shift straight beyond its points."""
    model = models["pendulum_2.osim"]
    shift = model.motions.functions[0]
    for swing in (-1.3, -0.4, 0.3, 1.35):
        z = shift[0](swing)
        x, y = 0.4 * math.sin(swing), -0.4 * math.cos(swing)
        length = math.sqrt((x - 0.3) ** 2 + y**2 + z**2)
        assert model.path_length([swing], "puller") == pytest.approx(length, abs=1e-15)
        rate = shift[0].taylor(swing)[1]
        arm = -((x - 0.3) * 0.4 * math.cos(swing) + y * 0.4 * math.sin(swing) + z * rate) / length
        assert model.moment_arms([swing], "puller")["swing"] == pytest.approx(arm, abs=1e-15)


def test_masses_and_default_posture(models):
    model = models["arm_3.osim"]
    body = model.body
    assert body.names == ("ground", "humerus", "forearm", "hand")
    assert body.mass.tolist() == [0.0, 1.9, 1.5, 0.5]
    assert body.inertia[1] == pytest.approx(
        np.array([[0.015, 1e-4, 0.0], [1e-4, 0.002, -2e-4], [0.0, -2e-4, 0.0151]])
    )
    assert body.coordinates == ("elevation", "turn", "elbow_flexion")
    assert model.default().tolist() == [0.1, 0.0, 0.5]
    assert model.values(model.default())["wrist_flexion"] == pytest.approx(-0.4 * 0.5 + 0.1)
    assert body.ranges[2].tolist() == [0.0, 2.2]
    assert model.coordinates["wrist_flexion"].driver == "elbow_flexion"


def test_translations_locks_and_frames(models):
    model = models["joints_4.osim"]
    assert model.body.translations == {
        *("base_tx", "base_ty", "base_tz", "plate_x", "plate_y", "drawer_x")
    }
    assert model.coordinates["hand_z"].locked
    assert "locked in the file, free here: hand_z" in model.notes
    shelf = Rotation.from_euler("XYZ", [0.3, -0.2, 0.1]).as_matrix()
    edge = model.body.frames["base/edge"]
    assert edge.body == "base"
    assert edge.position == pytest.approx([0.05, 0.02, -0.01] + shelf @ [0.0, 0.03, 0.02])
    turned = shelf @ Rotation.from_euler("y", 0.5).as_matrix()
    assert edge.rotation == pytest.approx(turned, abs=1e-15)
    q = random_q(model)
    crown = model.body.point(q, "head", [0.0, 0.2, 0.0])
    assert model.body.landmark(q, "crown") == pytest.approx(crown)


def test_a_tree_without_splines_is_exact(models):
    model = models["joints_4.osim"]
    assert model.fits == () and model.body_at(random_q(model)) is model.body
    q = random_q(model, 3)
    assert model.body.path_lengths(q) == pytest.approx(model.path_lengths(q), abs=1e-15)


def test_muscle_constants_of_every_type(models):
    muscles = {m.name: m for model in models.values() for m in model.muscles}
    kinds = {m.kind for m in muscles.values()}
    assert kinds == {
        "Millard2012EquilibriumMuscle",
        "Thelen2003Muscle",
        "DeGrooteFregly2016Muscle",
        "RigidTendonMuscle",
        "Schutte1993Muscle_Deprecated",
    }
    extensor = muscles["extensor"]
    assert (extensor.max_force, extensor.optimal_fibre_length) == (900.0, 0.09)
    assert (extensor.tendon_slack_length, extensor.pennation) == (0.15, 0.2)
    assert extensor.max_contraction_velocity == 10.0  # not in the file: OpenSim's own
    assert extensor.constants == {
        "fiber_damping": 0.05,
        "ignore_tendon_compliance": 0.0,
        "FiberForceLengthCurve.strain_at_zero_force": 0.1,
        "FiberForceLengthCurve.strain_at_one_norm_force": 0.8,
    }
    assert muscles["grip"].max_contraction_velocity == 12.0
    assert muscles["grip"].constants["tendon_strain_at_one_norm_force"] == 0.06
    assert muscles["neck"].kind == "RigidTendonMuscle"


def test_defaults_of_the_file_fill_what_a_muscle_leaves_out(models):
    biceps, flexor = models["arm_3.osim"].muscles
    assert biceps.max_force == 500.0 and flexor.max_force == 150.0


def test_body_carries_the_muscles_of_the_default_posture(models):
    model = models["coupled_4.osim"]
    q = model.default()
    body = model.body_at(q)
    assert body.path_lengths(q) == pytest.approx(model.path_lengths(q), abs=1e-15)
    muscle = body.muscle("wrapped")
    assert muscle.wraps == (Wrap("condyle", 0, len(muscle.points) - 1),)
    assert body.surfaces["condyle"].shape == "cylinder"
    assert "conditional and moving points" in body.muscle("hamstring").path_note
    assert muscle.parameters["max_force"].value == 300.0


def test_conditional_point_is_there_in_its_range_only(models):
    model = models["coupled_4.osim"]
    q = model.default()
    knee = model.body.coordinate_index("knee_angle")
    m = [m.name for m in model.muscles].index("hamstring")
    counts = []
    for angle in (0.9, 0.9 + 0.9e-5, 0.9 + 1.1e-5, 1.2):  # OpenSim's edge is 1e-5 wide
        q[knee] = angle
        counts.append(int(np.diff(model.musculature_at(q).paths.start)[m]))
    assert counts == [3, 3, 2, 2]


@pytest.mark.parametrize("file", ["coupled_4.osim", "arm_3.osim", "joints_4.osim"])
def test_derivatives_are_those_of_the_files_own_functions(file, models):
    """Central differences over exact bodies at neighbouring postures, for pose and length."""
    model, h = models[file], 1e-6
    q = random_q(model, 5)
    last = model.body.names[-1]
    here = model.body_at(q)
    J, arms = here.jacobian(q, last, [0.1, 0.2, 0.3]), model.moment_arm_matrix(q)
    for k in range(len(q)):
        step = h * np.eye(len(q))[k]
        ends = [q + step, q - step]
        points = [model.body_at(x).point(x, last, [0.1, 0.2, 0.3]) for x in ends]
        assert J[:, k] == pytest.approx((points[0] - points[1]) / (2.0 * h), abs=1e-8)
        lengths = [model.path_lengths(x) for x in ends]
        assert arms[:, k] == pytest.approx(-(lengths[0] - lengths[1]) / (2.0 * h), abs=1e-8)


def test_second_derivatives_are_exact_at_the_posture(models):
    """Gravity's Hessian by the package's kernels against differences of exact gradients."""
    model, h = models["coupled_4.osim"], 1e-5
    q = random_q(model, 6)
    H = gravity_energy(model.body_at(q), q).hessian
    for k in range(len(q)):
        step = h * np.eye(len(q))[k]
        high, low = (gravity_energy(model.body_at(x), x).gradient for x in (q + step, q - step))
        assert H[:, k] == pytest.approx((high - low) / (2.0 * h), abs=1e-6)


def test_fits_report_their_largest_error(models):
    model = models["coupled_4.osim"]
    assert {f.body for f in model.fits} == {"thigh", "shank", "patella", "foot"}
    tree = model.body.tree
    for fit, e in zip(model.fits, model.motions.inexact, strict=True):
        x = np.linspace(fit.low, fit.high, 1001)
        exact = np.array([_value(model.motions.functions[e], v) for v in x])
        missed = np.abs(np.polynomial.Polynomial(tree.poly[e])(x) - exact).max()
        assert missed == pytest.approx(fit.largest_deviation, rel=0.05)
        assert str(fit) in model.notes


def _value(functions, x):
    for function in functions:
        x = function(x)
    return x


def test_fit_of_an_unlimited_coordinate_spans_the_points(edited):
    wide = ("<range>0 2.1</range>", "<range>-99999 99999</range>")
    model = read_osim(edited("coupled_4.osim", wide))
    fit = next(f for f in model.fits if (f.body, f.motion) == ("shank", "translation1"))
    assert (fit.low, fit.high) == (0.1, 1.9)


def test_moment_arm_of_a_coordinate_that_does_not_move_is_nan(edited):
    """The ankle does not move where its coupler is flat, so it has no moment arm."""
    spline = "<SimmSpline><x>0 0.5 0.8 1.2 2.1</x><y>-0.1 0.1 0.3 0.4 0.3</y></SimmSpline>"
    model = read_osim(edited("coupled_4.osim", (spline, "<Constant><value>0.2</value></Constant>")))
    assert model.values(model.default())["ankle_angle"] == pytest.approx(0.7 * 0.2)
    assert math.isnan(model.moment_arms(model.default(), "calf")["ankle_angle"])


def test_unknown_muscle(models):
    with pytest.raises(UnknownNameError, match="close: 'biceps'"):
        models["arm_3.osim"].path_length(models["arm_3.osim"].default(), "bicep")


def test_repr_is_one_line(models):
    assert repr(models["coupled_4.osim"]) == (
        "<OsimModel 'coupled_leg': 4 bodies, 3 free coordinates of 5, 5 muscles, "
        "1 elements not understood>"
    )


def test_model_prints_its_check_up(edited):
    """A tendon longer than the path: 120 mm at most against 500 mm."""
    slack = "<tendon_slack_length>0.05<"
    model = read_osim(edited("finger_4.osim", (slack, "<tendon_slack_length>0.5<")))
    (finding,) = model.checkup
    assert (finding.severity, finding.subject) == ("implausible", "flexor")
    assert str(model).splitlines() == [repr(model), str(finding)]


def test_check_up_of_a_path_without_its_wrap_gives_notes_only(edited, models):
    """The straight path may be shorter than that of the file, so its findings are uncertain."""
    slack = "<tendon_slack_length>"
    path = edited("coupled_4.osim", ("<wrap_object>condyle<", "<wrap_object>lost<"))
    text = path.read_text()
    at = text.index(slack, text.index('name="wrapped"')) + len(slack)
    path.write_text(f"{text[:at]}0.9{text[text.index('<', at) :]}")
    (finding,) = [f for f in read_osim(path).checkup if f.subject == "wrapped"]
    assert finding.severity == "note"
    assert models["coupled_4.osim"].checkup == ()


def test_points_that_coincide_with_a_moving_point_give_no_nan(edited):
    """As for fixed points: a segment of zero length has no direction and no effect."""
    first = '<MovingMusclePoint name="p1"><body>ground</body><location>1 1 1</location>'
    path = edited("leg_1.osim")
    text = path.read_text()
    piece = text[
        text.index(first) : text.index("</MovingMusclePoint>") + len("</MovingMusclePoint>")
    ]
    path.write_text(text.replace(piece, piece + piece))
    arms = read_osim(path).moment_arm_matrix([0.3])
    assert arms == pytest.approx(read_osim(edited("leg_1.osim")).moment_arm_matrix([0.3]))
