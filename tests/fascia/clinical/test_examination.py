"""Curves, torques and end points of the clinical tests against independent computations."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fascia.clinical import (
    Examination,
    PostureOptions,
    Tolerance,
    catalogue,
    clinical_test,
    clinical_tests,
    examine,
    measure,
    slope,
)
from fascia.clinical.slopes import window_points
from fascia.errors import NetworkError, ReadoutError
from fascia.mechanics import EquilibriumSolver, solve
from fascia.network import TensionNetwork
from panjabi.errors import UnknownNameError

TESTS = tuple(clinical_tests())
G = 9.80665
LEG = ("femur", "tibia", "patella", "talus", "calcn", "toes")


@pytest.fixture(scope="module")
def results(bench, subject):
    """Full results of all tests, both sides."""
    return {
        (test, side): measure(bench(test, side), tolerance=subject.tolerance)
        for test in TESTS
        for side in ("right", "left")
    }


# --- gravity -------------------------------------------------------------------------------


def weight_moment(body, q, names, about):
    """Sum of m g times the horizontal lever of each body's centre of mass [N m]."""
    total = 0.0
    for name in names:
        b = body.body_index(name)
        if body.mass[b] > 0.0:
            total += body.mass[b] * G * (body.centre_of_mass(q, (name,))[0] - about[0])
    return total


@pytest.mark.parametrize("test, side", [("slr", "r"), ("slr", "l"), ("front-split", "r")])
def test_gravity_torque_of_a_hip_is_weight_times_lever(bench, adult, test, side):
    examination = bench(test, side)
    leg = [f"{part}_{side}" for part in LEG]
    for angle in np.radians([0.0, 25.0, 60.0, 80.0]):
        q = examination.path.q(angle)
        hip = adult.joint_centre(q, f"femur_{side}")
        assert examination.gravity_torque(q) == pytest.approx(
            weight_moment(adult, q, leg, hip), rel=1e-9
        )


def test_gravity_torque_of_a_level_leg_is_that_of_a_leg(bench, adult):
    """About a sixth of the body at two fifths of a metre: tens of newton metres."""
    examination = bench("slr")
    level = examination.gravity_torque(examination.path.q(0.0))
    upright = examination.gravity_torque(examination.path.q(math.pi / 2))
    assert 30.0 < level < 70.0
    assert abs(upright) < 0.1 * level


@pytest.mark.parametrize("test", ["forward-bend", "sit-and-reach"])
def test_gravity_torque_per_hip_is_half_the_trunks(bench, adult, test):
    """Legs stay; all above the hips turns forward about them, so weight helps the bend."""
    examination = bench(test)
    above = [n for n in adult.names[1:] if n[:-2] not in LEG]
    for angle in np.radians([10.0, 50.0, 90.0]):
        q = examination.path.q(angle)
        hip = adult.joint_centre(q, "femur_r")
        assert examination.gravity_torque(q) == pytest.approx(
            -0.5 * weight_moment(adult, q, above, hip), rel=1e-9
        )


def test_gravity_torque_of_the_knee_is_the_rise_of_the_shank(bench, adult):
    """By differences of the height of the shank's weight: the knee's axis moves."""
    examination = bench("knee-extension")
    shank = tuple(f"{part}_r" for part in LEG[1:])
    knee = adult.coordinate_index("knee_angle_r")
    weight = G * sum(adult.mass[adult.body_index(name)] for name in shank)

    def height(q, change):
        q = q.copy()
        q[knee] -= change
        return weight * adult.centre_of_mass(q, shank)[1]

    for angle in np.radians([5.0, 40.0, 85.0]):
        q, h = examination.path.q(angle), 1e-5
        assert examination.gravity_torque(q) == pytest.approx(
            (height(q, h) - height(q, -h)) / (2 * h), rel=1e-7
        )


# --- tissue torque -------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
def test_tissue_torque_is_the_derivative_of_the_stored_energy(bench, test):
    """dE/d(angle) along the moment direction, the network finding its place on either side."""
    examination = bench(test)
    h = 1e-5
    for angle in np.radians([20.0, 45.0, 70.0]):
        q = examination.path.q(angle)
        torque = examination.at(angle).tissue_torque
        up = examination.solver.solve(q + h * examination.moment).energy
        down = examination.solver.solve(q - h * examination.moment).energy
        assert torque == pytest.approx((up - down) / (2 * h), rel=2e-6, abs=2e-6)


@pytest.fixture(scope="module")
def clamped(network):
    """Every node of the network fixed to its bone."""
    nodes = tuple(replace(node, tie=math.inf) for node in network.nodes)
    return replace(network, nodes=nodes)


@pytest.mark.parametrize("test", ["slr", "knee-extension", "forward-bend"])
def test_clamped_torque_is_tension_times_moment_arm(clamped, adult, test):
    """Muscles by the body's own moment arms, fascia by differences of its standing course."""
    examination = Examination(clamped, test)
    assert examination.solver.flat.slips == 0
    h = 1e-6
    for angle in np.radians([30.0, 65.0]):
        q = examination.path.q(angle)
        longer = clamped.lengths(q + h * examination.moment)
        shorter = clamped.lengths(q - h * examination.moment)
        arms = adult.moment_arm_matrix(q) @ examination.moment  # -dL/d(angle)
        lengths, torque = clamped.lengths(q), 0.0
        for strand in clamped.active_strands:
            if strand.name in adult.muscles:
                length = adult.path_length(q, strand.name)
                torque -= strand.law.tension(length) * arms[list(adult.muscles).index(strand.name)]
            else:
                tension = strand.law.tension(lengths[strand.name])
                torque += tension * (longer[strand.name] - shorter[strand.name]) / (2 * h)
        sample = examination.at(angle)
        assert sample.tissue_torque == pytest.approx(torque, rel=1e-7)
        for name, force in zip(examination.head_names, sample.hamstring_force, strict=True):
            law = clamped.strand(name).law
            assert force == pytest.approx(law.tension(adult.path_length(q, name)), rel=1e-12)


def test_hamstrings_alone_make_most_of_the_torque_of_a_raised_leg(bench, adult):
    """At 70 deg the three heads times their arms give over half of what the hand feels."""
    examination = bench("slr")
    sample = examination.at(math.radians(70.0))
    q = examination.path.q(math.radians(70.0))
    arms = [-adult.moment_arms(q, n)["hip_flexion_r"] for n in examination.head_names]
    part = float(sample.hamstring_force @ arms) / sample.tissue_torque
    assert 0.5 < part < 1.2


@pytest.mark.parametrize("test", TESTS)
def test_the_same_angle_gives_the_same_torque_from_above_and_below(bench, test):
    """An elastic network has no memory: up and down the curve are one curve."""
    examination = bench(test)
    angles = np.radians(np.arange(0.0, 80.0, 8.0))
    up = np.array([examination.at(a).tissue_torque for a in angles])
    down = np.array([examination.at(a).tissue_torque for a in angles[::-1]])[::-1]
    np.testing.assert_allclose(up, down, atol=1e-6)


@pytest.mark.parametrize("test", TESTS)
def test_right_and_left_agree(results, test):
    """The body and its network are symmetric, so the tests are."""
    right, left = results[test, "right"], results[test, "left"]
    assert left.heads == tuple(name[:-2] + "_l" for name in right.heads)
    assert left.stiffness_Nm_per_rad == pytest.approx(right.stiffness_Nm_per_rad, rel=1e-6)
    assert left.end_angle == pytest.approx(right.end_angle, abs=1e-8)
    for what in ("tissue_torque", "gravity_torque", "hamstring_force", "nerve_strain"):
        np.testing.assert_allclose(getattr(left, what), getattr(right, what), atol=2e-6, rtol=1e-6)
    assert len(left.slack) == len(right.slack)


@pytest.mark.parametrize("test", TESTS)
def test_residuals_are_reported_and_small(results, test):
    result = results[test, "right"]
    assert result.residual <= 1e-8 * result.largest_force


# --- stiffness -----------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
def test_stiffness_is_the_least_squares_slope(results, test):
    result = results[test, "right"]
    degrees = np.degrees(result.angle)
    low, high = result.window_deg
    inside = (degrees > low - 1e-6) & (degrees < high + 1e-6)
    expected = np.polyfit(result.angle[inside], result.tissue_torque[inside], 1)[0]
    assert result.stiffness_Nm_per_rad == pytest.approx(expected, rel=1e-9)
    assert result.stiffness_over(result.window_deg) == pytest.approx(expected, rel=1e-9)
    length = result.hamstring_length[inside].mean(axis=1)
    force = result.hamstring_force[inside].sum(axis=1)
    assert result.stiffness_N_per_mm == pytest.approx(1e-3 * np.polyfit(length, force, 1)[0])


@pytest.mark.parametrize("window", [(20.0, 50.0), (40.0, 70.0), (30.0, 60.0)])
def test_stiffness_over_another_window_needs_no_other_curve(bench, results, window):
    torque, _ = bench("slr").stiffness(window)
    assert results["slr", "right"].stiffness_over(window) == pytest.approx(torque, rel=1e-7)


@given(
    x=st.lists(st.integers(-1000, 1000), min_size=2, max_size=20, unique=True),
    a=st.floats(-1e3, 1e3),
    b=st.floats(-1e3, 1e3),
)
def test_slope_of_a_line_is_its_slope(x, a, b):
    x = np.array(x, float)
    assert slope(x, a + b * x) == pytest.approx(b, abs=1e-9 * (1.0 + abs(a)))


@pytest.mark.parametrize("x", [[1.0], [2.0, 2.0, 2.0]])
def test_slope_of_a_point_is_refused(x):
    with pytest.raises(ReadoutError, match="at least two different abscissae"):
        slope(np.array(x), np.zeros(len(x)))


@pytest.mark.parametrize("window", [(50.0, 20.0), (-5.0, 20.0), (20.0, 20.0)])
def test_empty_windows_are_refused(window):
    with pytest.raises(ReadoutError, match="empty or negative"):
        window_points(window)


def test_window_outside_the_curve_is_refused(network):
    with pytest.raises(ReadoutError, match="got 0 points of a curve from 0 to 90 deg"):
        examine(network, "knee-extension", window_deg=(100.0, 120.0))


# --- end point -----------------------------------------------------------------------------


@pytest.mark.parametrize("test", [t for t in TESTS if t != "front-split"])
def test_end_angle_is_the_first_crossing_a_scan_finds(bench, subject, results, test):
    """A fine scan crosses the limit once, at the root."""
    examination, tolerance = bench(test), subject.tolerance
    root = results[test, "right"].end_angle
    assert not results[test, "right"].censored
    angles = np.linspace(0.0, examination.path.limit, 400)
    excess = np.array(
        [examination.discomfort(examination.at(a), tolerance) - tolerance.limit for a in angles]
    )
    crossings = np.flatnonzero(np.diff(np.sign(excess)))
    assert len(crossings) == 1, f"{test} crosses the limit {len(crossings)} times"
    assert angles[crossings[0]] <= root <= angles[crossings[0] + 1]
    fine = np.linspace(root - 1e-6, root + 1e-6, 3)
    low, at, high = (
        examination.discomfort(examination.at(a), tolerance) - tolerance.limit for a in fine
    )
    assert low < 0.0 < high
    assert abs(at) < 1e-5 * tolerance.limit


def test_end_not_reached_is_the_joint_limit_and_says_so(bench, subject):
    result = measure(bench("front-split"), tolerance=subject.tolerance)
    assert result.censored
    assert result.end_angle == bench("front-split").path.limit
    relaxed = Tolerance(limit=1e9)
    for test in TESTS:
        sample, censored = bench(test).end(relaxed)
        assert censored
        assert sample.angle == bench(test).path.limit


def test_without_tolerance_there_is_no_end(bench):
    result = measure(bench("slr"))
    assert result.end_angle is None
    assert result.end_angle_deg is None
    assert result.end_reading is None
    assert result.tolerance is None
    assert not result.censored


def test_a_subject_is_examined_with_its_own_tolerance(subject):
    person = replace(subject, tolerance=replace(subject.tolerance, limit=300.0))
    direct, by_parts = (
        examine(person),
        examine(person.network, tolerance=person.tolerance),
    )
    assert direct.end_angle == by_parts.end_angle
    assert examine(person, tolerance=subject.tolerance).end_angle > direct.end_angle


@pytest.mark.parametrize("limit", [math.nan, math.inf, -5.0, 0.0, 900.0])
def test_a_limit_that_is_no_angle_is_refused(subject, limit):
    with pytest.raises(ReadoutError, match="Expected limit_deg above 0 and up to 180 deg, got"):
        examine(subject, limit_deg=limit)


@pytest.mark.parametrize("call", [examine, Examination, solve, EquilibriumSolver])
def test_something_else_than_a_network_is_refused(call):
    with pytest.raises(NetworkError, match="Expected a TensionNetwork, got str"):
        call("me")


def test_start_beyond_the_tolerance_is_an_error(bench):
    with pytest.raises(ReadoutError, match="Expected a discomfort below 0.001 N .*already beyond"):
        bench("slr").end(Tolerance(limit=1e-3))


def test_more_tolerance_never_ends_earlier(bench, subject):
    limits = subject.tolerance.limit * np.array([0.5, 0.8, 1.0, 1.3])
    ends = [bench("slr").end(Tolerance(limit=limit))[0].angle for limit in limits]
    assert (np.diff(ends) > 0.0).all()


# --- nerve and neck ------------------------------------------------------------------------


def test_nerve_strain_is_that_of_the_whole_path(bench, network):
    """One cable through guides: its strain is total length over total slack length, minus one."""
    examination = bench("slr")
    sample = examination.at(math.radians(70.0))
    state = sample.equilibrium
    names = [s.name for s in network.active_strands if s.kind == "nerve" and s.side != "left"]
    assert names
    length = sum(state.length[state.index(name)] for name in names)
    slack = sum(network.strand(name).law.slack_length for name in names)
    assert sample.nerve_strain == pytest.approx(length / slack - 1.0, rel=1e-12)
    assert sample.nerve_strain > 0.0


def test_slack_nerve_has_no_strain(network):
    """A path lengthened by a fifth stays slack through the whole raise."""
    laws = {
        s.name: replace(s.law, slack_length=1.2 * s.law.slack_length)
        for s in network.active_strands
        if s.kind == "nerve"
    }
    strands = tuple(replace(s, law=laws[s.name]) if s.name in laws else s for s in network.strands)
    examination = Examination(replace(network, strands=strands), "slr")
    for angle in np.radians([0.0, 40.0, 80.0]):
        assert examination.at(angle).nerve_strain == 0.0


@pytest.mark.parametrize("test", ["slr", "knee-extension"])
def test_neck_flexion_and_dorsiflexion_stretch_the_nerve_and_end_the_test_sooner(
    network, subject, results, test
):
    """Row SLUMP: with the neck bent the knee extends less; the sign comes by the nerve path."""
    ends = {}
    for name, options in {
        "neck": PostureOptions(neck_flexion=0.6),
        "ankle": PostureOptions(ankle_dorsiflexion=0.3),
    }.items():
        examination = Examination(network, test, options=options)
        end, _ = examination.end(subject.tolerance)
        ends[name] = end
        plain = Examination(network, test).at(end.angle)
        assert end.nerve_strain > plain.nerve_strain
    reference = results[test, "right"].end_angle
    assert ends["neck"].angle < reference
    assert ends["ankle"].angle < reference


# --- readings ------------------------------------------------------------------------------


def test_finger_floor_distance_starts_at_hanging_arms_and_falls(results, adult):
    result = results["forward-bend", "right"]
    standing = adult.zero()
    gap = (
        adult.landmark(standing, "fingertip_r")[1]
        - adult.landmark(standing, "sole_under_heel_r")[1]
    )
    assert result.reading_name == "finger_floor_distance"
    assert result.reading[0] == pytest.approx(gap)
    assert (np.diff(result.reading) < 0.0).all()
    assert result.reading.min() < result.end_reading < result.reading.max()


def test_reach_grows_with_the_bend(results):
    result = results["sit-and-reach", "right"]
    assert result.reading_name == "reach_beyond_sole"
    past = np.degrees(result.angle) < 90.0
    assert (np.diff(result.reading[past]) > 0.0).all()


def test_shares_are_what_the_path_prescribes(results):
    assert results["slr", "right"].pelvic_share == pytest.approx(0.3)
    assert results["slr", "right"].lumbar_share == pytest.approx(0.3)
    assert results["knee-extension", "right"].pelvic_share == pytest.approx(0.0, abs=1e-12)
    bend = results["forward-bend", "right"]
    assert bend.pelvic_share + bend.lumbar_share == pytest.approx(1.0)


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize("angle", [-0.01, 100.0, math.nan, math.inf])
@pytest.mark.parametrize("test", TESTS)
def test_angles_outside_the_test_are_refused(bench, test, angle):
    with pytest.raises(ReadoutError, match="Expected an angle from 0 to .* on this body"):
        bench(test).at(angle)


def test_unknown_test_offers_near_names(network):
    with pytest.raises(UnknownNameError, match="close: 'front-split'"):
        Examination(network, "front split")
    with pytest.raises(UnknownNameError, match="clinical test"):
        clinical_test("handstand")


def test_test_names_are_forgiving_where_they_are_clear():
    assert clinical_test("SLR").name == "slr"
    assert clinical_test("pke").name == "knee-extension"
    assert clinical_test(clinical_test("slr")) is clinical_test("slr")


def test_another_package_can_add_a_test(network, subject, monkeypatch):
    """Through the entry point group `fascia.tests`: it loads a `ClinicalTest`."""
    mine = replace(clinical_test("slr"), name="slr-mine", window=(30.0, 40.0))
    point = SimpleNamespace(name="slr-mine", load=lambda: mine)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [point] * (group[-5:] == "tests"))
    assert "slr-mine" in clinical_tests()
    result = examine(network, "slr-mine", tolerance=subject.tolerance)
    assert (result.test, result.window_deg) == ("slr-mine", (30.0, 40.0))


def test_unknown_side_is_refused(network):
    with pytest.raises(NetworkError, match="choose 'right' or 'left'"):
        Examination(network, "slr", side="both")


def test_network_without_body_is_refused():
    with pytest.raises(NetworkError, match="has none; build it with fascia.whole_body"):
        Examination(TensionNetwork(), "slr")


def test_network_without_the_hamstrings_of_the_side_is_refused(network):
    one_sided = network.cut_where(region="hamstrings", side="right")
    with pytest.raises(ReadoutError, match="no hamstring muscle on the right side"):
        Examination(one_sided, "slr")
    assert Examination(one_sided, "slr", side="left").head_names


def test_free_pelvis_is_for_the_leg_raise_alone(network):
    with pytest.raises(ReadoutError, match="'knee-extension', which is another posture"):
        Examination(network, "knee-extension", free_pelvis=True)
