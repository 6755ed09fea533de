"""Paths over surfaces: closed forms, first and second derivatives, touch and release."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from panjabi.body import Surface, path_over, standard_adult
from panjabi.body.wrap_kernels import (
    TOUCHES,
    UNSOLVED,
    contact as contact_kernel,
    level,
    new_contact,
)
from panjabi.errors import ParameterError
from panjabi.literature import published

SIZES = {
    "sphere": (0.03,),
    "cylinder": (0.03, math.inf),
    "ellipsoid": (0.03, 0.04, 0.05),
    "torus": (0.05, 0.015),
}
SEEDS = st.integers(0, 2**32 - 1)


def surface(shape, size=None, **options):
    size = SIZES[shape] if size is None else size
    options = {"centre": np.zeros(3), "rotation": np.eye(3)} | options
    return Surface(name="s", shape=shape, body="b", size=size, **options)


def two_points(shape, seed):
    """Random points on both sides of the centre, for a torus on both sides of its ring."""
    rng = np.random.default_rng(seed)
    if shape == "torus":
        p, q = rng.uniform([0.03, -0.02, 0.02], [0.045, 0.02, 0.06], (2, 3))
        return p, q * [1.0, 1.0, -1.0]
    p = 0.06 * rng.normal(size=3)
    return p, -p + 0.06 * rng.normal(size=3)


def touching(shape, seed, arc=1e-3):
    path = path_over(surface(shape), *two_points(shape, seed))
    assume(path.touches and path.arc > arc)
    return path


def test_closed_forms():
    # half around the great circle, or around a cylinder, from points at twice the radius
    r, up = 0.03, math.pi / 3.0
    start, end = np.array([-2 * r, 0.0, 0.0]), 2 * r * np.array([math.cos(0.1), math.sin(0.1), 0.0])
    for shape in ("sphere", "cylinder"):
        path = path_over(surface(shape), start, end)
        assert path.length == pytest.approx(2 * r * math.sqrt(3.0) + r * (math.pi - 0.1 - 2 * up))
    # a helix: the cylinder unrolled is a plane
    flat = 2 * r * math.sqrt(3.0) + r * (math.pi - 0.1 - 2 * up)
    path = path_over(surface("cylinder"), start, [*end[:2], 0.04])
    assert path.length == pytest.approx(math.hypot(flat, 0.04))
    # through the ring of a torus in a plane of its axis: a circle of the tube
    ring, tube = SIZES["torus"]
    d = math.hypot(ring - 0.04, 0.03)
    half = math.atan2(0.03, ring - 0.04) - math.acos(tube / d)
    path = path_over(surface("torus"), [0.04, 0.0, 0.03], [0.04, 0.0, -0.03])
    assert path.length == pytest.approx(2 * math.sqrt(d**2 - tube**2) + 2 * tube * half)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_an_ellipsoid_of_equal_axes_is_a_sphere(seed):
    p, q = two_points("sphere", seed)
    exact = path_over(surface("sphere"), p, q)
    path = path_over(surface("ellipsoid", (0.03, 0.03, 0.03)), p, q)
    assert path.length == pytest.approx(exact.length, abs=1e-9)
    assert path.hessian == pytest.approx(exact.hessian, rel=1e-5, abs=1e-3)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_a_long_thin_torus_tube_is_a_cylinder(seed):
    rng = np.random.default_rng(seed)
    p, q = np.array([0.0, 0.0, 0.05]), np.array([0.0, 0.0, -0.05])
    p, q = p + 0.004 * rng.normal(size=3), q + 0.004 * rng.normal(size=3)
    ring = 30.0  # the tube along y, the centre of the ring at -x
    out = np.array([ring - 0.01, 0.0, 0.0])
    torus = path_over(surface("torus", (ring, 0.03)), p + out, q + out)
    turned = np.column_stack([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])  # z along the tube
    side = surface("cylinder", side=[-1.0, 0.0, 0.0])
    cylinder = path_over(side, turned.T @ (p - [0.01, 0, 0]), turned.T @ (q - [0.01, 0, 0]))
    assert torus.length == pytest.approx(cylinder.length, abs=3e-6)


@pytest.mark.parametrize("shape", SIZES)
@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_tangent_points_lie_on_the_surface_and_rays_touch_it(shape, seed):
    p, q = two_points(shape, seed)
    path = touching(shape, seed)
    g = np.empty(3)
    size = np.zeros(3)
    size[: len(SIZES[shape])] = SIZES[shape]
    for point, end in ((path.first, p), (path.last, q)):
        kind = list(SIZES).index(shape)
        assert level(kind, size, point, g) == pytest.approx(0.0, abs=1e-7)
        ray = (point - end) / np.linalg.norm(point - end)
        assert ray @ g / np.linalg.norm(g) == pytest.approx(0.0, abs=1e-7)
    assert path.length >= np.linalg.norm(q - p)


@pytest.mark.parametrize("shape", SIZES)
@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_first_and_second_derivatives(shape, seed):
    x = np.concatenate(two_points(shape, seed))
    path, s, h = touching(shape, seed), surface(shape), 1e-6
    for k in range(6):
        step = h * np.eye(6)[k]
        after, before = (path_over(s, *np.split(x + sign * step, 2)) for sign in (1, -1))
        slope = (after.length - before.length) / (2 * h)
        assert path.gradient[k] == pytest.approx(slope, abs=1e-6)
        bend = (after.gradient - before.gradient) / (2 * h)
        assert path.hessian[k] == pytest.approx(
            bend, rel=1e-4, abs=1e-4 * np.abs(path.hessian).max()
        )


@pytest.mark.parametrize("shape", SIZES)
def test_touch_and_release(shape):
    """Length and slope are continuous; the second derivative jumps by one direction, the normal."""
    s = surface(shape)
    # Push the line sideways out of the surface, to the place where it just touches.
    p, q = np.array([0.004, 0.002, 0.08]), np.array([-0.003, 0.004, -0.07])
    away = np.array([0.8, 0.6, 0.0])
    if shape == "cylinder":
        turn = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
        p, q, away = turn @ p, turn @ q, turn @ away
    low, high = 0.0, 0.06
    if shape == "torus":
        low, high = 0.045, 0.02  # from the tube towards the centre of the ring
    for _ in range(60):
        middle = 0.5 * (low + high)
        if path_over(s, p + middle * away, q + middle * away).touches:
            low = middle
        else:
            high = middle
    on = path_over(s, p + low * away, q + low * away)
    off = path_over(s, p + high * away, q + high * away)
    assert on.touches and not off.touches
    assert on.length == pytest.approx(off.length, abs=1e-12)
    assert on.gradient == pytest.approx(off.gradient, abs=1e-5)
    assert on.hessian_other == pytest.approx(off.hessian, abs=2e-3 * np.abs(off.hessian).max())
    jump = on.hessian - off.hessian
    sizes = np.sort(np.abs(np.linalg.eigvalsh(jump)))
    assert sizes[-1] > 5.0 and sizes[-2] < 2e-3 * sizes[-1]
    assert np.linalg.eigvalsh(jump)[-1] > 0.0


def test_side_of_a_surface():
    """With a side the path stays there, continuously, when the line passes the axis."""
    for shape in ("sphere", "cylinder"):
        s = surface(shape, side=[0.0, 1.0, 0.0])
        lengths = []
        for y in np.linspace(-0.06, 0.06, 241):
            path = path_over(s, [-0.1, y, 0.001], [0.1, y, -0.002])
            lengths.append(path.length)
            if path.touches:
                assert path.first[1] + path.last[1] > -1e-9
        assert np.abs(np.diff(lengths)).max() < 2e-3
        assert lengths[0] > lengths[-1] + 0.02


def test_a_short_cylinder_ends():
    end = surface("cylinder", (0.03, 0.02))
    assert path_over(end, [-0.1, 0.0, 0.0], [0.1, 0.001, 0.0]).touches
    assert not path_over(end, [-0.1, 0.0, 0.03], [0.1, 0.001, 0.03]).touches


def test_surfaces_are_checked():
    with pytest.raises(ParameterError, match="ring_radius, tube_radius"):
        surface("torus", (0.05,))
    with pytest.raises(ParameterError, match="above its tube_radius"):
        surface("torus", (0.05, 0.06))
    with pytest.raises(ParameterError, match="rotation"):
        surface("sphere", rotation=2 * np.eye(3))
    with pytest.raises(ParameterError, match="half_length"):
        surface("sphere", (math.inf,))


@pytest.mark.parametrize("shape", SIZES)
def test_compiled_equals_plain_python(shape):
    kind, size = list(SIZES).index(shape), np.full(3, np.inf)
    size[: len(SIZES[shape])] = SIZES[shape]
    for seed in range(3):
        p, q = two_points(shape, seed)
        one, other = new_contact(), new_contact()
        status = contact_kernel(kind, size, np.zeros(3), p, q, one)
        assert contact_kernel.py_func(kind, size, np.zeros(3), p, q, other) == status
        for a, b in zip(one, other, strict=True):
            assert np.abs(a - b).max() < 1e-13


def test_slopes_of_the_body_through_touch_and_release():
    """Moment arms are the slope of the length while the hip bends on and off its surfaces."""
    body, h = standard_adult(), 1e-6
    for hip in (60.0, 86.0, 95.0, 104.0, 118.0):
        angles = {"hip_flexion_r": hip, "hip_adduction_r": -7.0, "hip_rotation_r": 9.0}
        q = body.coordinates_from(angles_deg=angles | {"knee_angle_r": 17.0})
        arms = body.moment_arm_matrix(q)
        for name in angles:
            step = h * np.eye(len(q))[body.coordinate_index(name)]
            slope = (body.path_lengths(q + step) - body.path_lengths(q - step)) / (2 * h)
            found = arms[:, body.coordinate_index(name)]
            assert np.abs(found + slope).max() < 2e-7, (hip, name)


TABLE = json.loads((Path(__file__).parent / "data" / "wrapping.json").read_text())


def differences(shape):
    """Our length minus OpenSim's [m], and the largest difference of the slopes [1]."""
    lengths, slopes = [], []
    for case in TABLE["cases"]:
        if case["shape"] == shape:
            path = path_over(surface(shape, tuple(case["size"])), case["p"], case["q"])
            lengths.append(path.length - case["iterated"]["length"])
            slopes.append(np.abs(path.gradient[3:] - case["iterated"]["slope"]).max())
    assert TABLE["opensim"].startswith("4.6") and len(lengths) == 25
    return np.array(lengths), np.array(slopes)


ARM = 0.002  # a slope [1] that is 0.1 mm of moment arm at a lever of 50 mm


@pytest.mark.parametrize("shape", ["sphere", "cylinder"])
def test_against_opensim(shape):
    """Length and slope of generated cases by OpenSim 4.6 (benchmarks/opensim_wrapping.py).

    The slope is a finite difference of OpenSim's length. OpenSim's cylinder is exact to 0.1 deg of
    tangency, so that its path is not shorter.
    """
    lengths, slopes = differences(shape)
    assert np.abs(lengths).max() < {"sphere": 1e-8, "cylinder": 1e-6}[shape]
    assert slopes.max() < ARM


def test_torus_against_opensim():
    """OpenSim's torus is a cylinder beside the tube."""
    lengths, slopes = differences("torus")
    assert np.abs(lengths).max() < 1e-4
    assert np.quantile(slopes, 0.9) < ARM


@pytest.mark.xfail(
    strict=True, reason="OpenSim uses a cylinder beside the tube: slopes differ up to 0.011"
)
def test_every_slope_over_a_torus_against_opensim():
    assert differences("torus")[1].max() < ARM


def test_ellipsoid_against_opensim():
    """OpenSim's path is a plane section, not the shortest one."""
    lengths, slopes = differences("ellipsoid")
    assert np.quantile(np.abs(lengths), 0.9) < 5e-4
    assert np.max(lengths) < 1e-6
    assert np.quantile(slopes, 0.8) < 0.01


@pytest.mark.xfail(
    strict=True,
    reason="OpenSim's plane section is 0.88 mm longer than the shortest section in one case",
)
def test_every_length_over_an_ellipsoid_against_opensim():
    assert np.abs(differences("ellipsoid")[0]).max() < 5e-4


def section_length(size, p, q, angle):
    """Length [m] of the path over the plane section through p and q at an angle."""
    a, b = p / size, q / size  # over the unit sphere the section is a circle around c
    u = (b - a) / np.linalg.norm(b - a)
    foot = a - (a @ u) * u
    away = np.linalg.norm(foot)
    normal = math.cos(angle) * foot / away + math.sin(angle) * np.cross(u, foot / away)
    c = away * math.cos(angle) * normal
    r, d1, d2 = math.sqrt(1.0 - c @ c), np.linalg.norm(a - c), np.linalg.norm(b - c)
    e = (a - c) / d1
    f = (b - c) - ((b - c) @ e) * e
    f /= np.linalg.norm(f)
    end = math.atan2((b - c) @ f, (b - c) @ e) - math.acos(r / d2)
    at = np.linspace(math.acos(r / d1), end, 1001)[:, None]
    arc = (c + r * (np.cos(at) * e + np.sin(at) * f)) * size
    return np.linalg.norm(np.diff(np.vstack([p, arc, q]), axis=0), axis=1).sum()


def test_geodesics_are_just_shorter_than_the_shortest_plane_section():
    """An independent bound: the sections are paths too, and the best is nearly a geodesic."""
    worst = 0.0
    for case in TABLE["cases"]:
        if case["shape"] == "ellipsoid":
            size, p, q = (np.array(case[k]) for k in ("size", "p", "q"))
            length = path_over(surface("ellipsoid", tuple(size)), p, q).length
            angles = np.linspace(0.02, math.pi - 0.02, 121)
            section = min(section_length(size, p, q, angle) for angle in angles)
            assert -1e-7 < section - length < 5e-6
            worst = max(worst, case["iterated"]["length"] - section)
    assert worst == pytest.approx(0.88e-3, abs=2e-5)  # OpenSim's section is not the shortest


def test_ends_close_to_an_ellipsoid_are_solved():
    """Random points; Newton's method from one section fails for about 1 in 1500 of them.

    In two of 20,000 it needs to start from the other end; they are the last of the cases here.
    """
    rng, touched, length = np.random.default_rng(1), 0, []
    cases = [
        (rng.uniform(0.02, 0.05, 3), p := 0.07 * rng.normal(size=3), -p + 0.06 * rng.normal(size=3))
        for _ in range(4000)
    ]
    for size, p, q in (
        [[0.04484774, 0.02492754, 0.04834754], [-0.01102987, 0.01639113, 0.0365465],
         [0.03918459, -0.0872321, -0.07614875]],
        [[0.03080602, 0.04574764, 0.03332621], [0.01644114, -0.07743576, -0.04915991],
         [-0.0133290901, -7.23890747e-05, 0.0300479107]],
    ):  # fmt: skip
        cases += [tuple(map(np.array, (size, *ends))) for ends in ((p, q), (q, p))]
    out = new_contact()
    for size, p, q in cases:
        status = contact_kernel(2, size, np.zeros(3), p, q, out)
        assert status != UNSOLVED
        touched += status == TOUCHES
        length.append(np.linalg.norm(out.first - p) + out.arc[0] + np.linalg.norm(q - out.last))
    assert touched > 1900
    assert length[-4] == pytest.approx(length[-3], abs=1e-12)
    assert length[-2] == pytest.approx(length[-1], abs=1e-12)


def test_a_point_inside_a_surface_is_outside_the_evidence():
    """There the path is straight and its arm jumps, so the body names the muscle."""
    body = standard_adult()
    bent = {"hip_adduction_r": 20.0, "hip_rotation_r": 30.0}
    named, arms = [], []
    for hip in (126.0, 128.0):
        q = body.coordinates_from(angles_deg=bent | {"hip_flexion_r": hip})
        named.append([text for text in body.outside_evidence(q) if "inside surface" in text])
        arms.append(body.moment_arms(q, "glmax1_r")["hip_flexion_r"])
    assert named[0] == [] and len(named[1]) == 1
    assert named[1][0].startswith("path of glmax1_r: a point is 0.6 mm inside surface")
    assert abs(arms[1] - arms[0]) > 0.05
    assert body.outside_evidence(body.zero()) == ()


def hip_arm(muscle, hip, knee=0.0):
    """Arm of a muscle of the standard adult in hip extension [mm]."""
    body = standard_adult()
    q = body.coordinates_from(angles_deg={"hip_flexion_r": hip, "knee_angle_r": knee})
    return -1e3 * body.moment_arms(q, f"{muscle}_r")["hip_flexion_r"]


@pytest.mark.parametrize("row", published("additions", ids="ma_hip_*"), ids=lambda row: row.id)
def test_hip_arms_of_the_hamstrings_are_those_of_a_published_model(row):
    """Within 15 % of another model of other proportions; 60 deg only with a bent knee."""
    muscle, hip, knee = row.id.split("_")[2:]
    assert hip_arm(muscle, float(hip), float(knee)) == pytest.approx(row.number, rel=0.15)


FALLS_TOO_MUCH = pytest.mark.xfail(
    strict=True,
    reason="falls by more, as in the source model (see the test of its arms)",
)


@pytest.mark.parametrize(
    "muscle",
    [
        *("bflh", "semimem", "semiten", "glmax1"),
        pytest.param("glmax2", marks=FALLS_TOO_MUCH),  # 47 %
        pytest.param("glmax3", marks=FALLS_TOO_MUCH),  # 26 %
    ],
)
def test_hip_arms_fall_little_beyond_a_right_angle(muscle):
    """Less than 25 % from 90 to 120 deg of hip flexion (outside the evidence of the rows)."""
    arms = [hip_arm(muscle, hip) for hip in (90.0, 100.0, 110.0, 120.0)]
    assert min(arms) > 0.75 * arms[0] > 0.0


GLUTEUS = {  # hip flexion [deg]: arm [mm] by OpenSim 4.6, length of Rajagopal2016.osim over 1 deg
    "glmax1": {-20: 50.9, 0: 49.1, 30: 44.8, 60: 39.3, 90: 31.2, 110: 26.9},
    "glmax2": {-20: 66.4, 0: 62.6, 30: 52.7, 60: 41.9, 90: 28.1, 110: 18.9},
    "glmax3": {-20: 57.2, 0: 74.8, 30: 73.5, 60: 59.3, 90: 45.2, 110: 37.5},
}


@pytest.mark.parametrize("muscle", GLUTEUS)
def test_gluteus_is_that_of_the_source_model(muscle):
    """Over the range of the source; so the fall in deep flexion is that of the source."""
    scale = standard_adult().parameters["leg_scale"].si
    for hip, arm in GLUTEUS[muscle].items():
        assert hip_arm(muscle, float(hip)) == pytest.approx(scale * arm, abs=0.2)
    bent = standard_adult().coordinates_from(angles_deg={"hip_flexion_r": 121.0})
    outside = standard_adult().outside_evidence(bent)
    assert any(text.startswith(f"path of {muscle}_r: hip_flexion_r 121 deg") for text in outside)


# The points between which arm26's long head of biceps passes over its ellipsoid, in its frame [mm],
# from 69 to 90 deg of shoulder extension.
HEAD = surface("ellipsoid", (0.025, 0.02, 0.02), side=[0.0, -1.0, 0.0])
ON_HUMERUS = 1e-3 * np.array([-3.2, -19.4, -12.2])


def biceps(t, over=HEAD):
    on_scapula = 1e-3 * ((1.0 - t) * np.array([4.9, 24.6, 20.1]) + t * np.array([5.0, 30.5, 13.5]))
    return path_over(over, on_scapula, ON_HUMERUS)


def test_a_path_keeps_its_side_where_opensim_changes_it():
    """OpenSim's arm jumps from +18 to -12 mm at 78 deg of extension; here nothing jumps."""
    paths = [biceps(t) for t in np.linspace(0.0, 1.0, 41)]
    lengths = np.array([path.length for path in paths])
    assert np.abs(np.diff(lengths, 2)).max() < 2e-6
    assert all(path.first[2] > 0.019 and path.last[1] < -0.0195 for path in paths)
    shorter = biceps(1.0, surface("ellipsoid", (0.025, 0.02, 0.02)))
    assert lengths[-1] - shorter.length > 0.004  # the path of OpenSim, on the other side
    assert shorter.first[2] < 0.0


@pytest.mark.parametrize("muscle", ["bflh", "semimem", "semiten", "glmax1", "glmax2", "glmax3"])
def test_hip_extensors_extend_in_deep_flexion(muscle):
    assert min(hip_arm(muscle, hip) for hip in range(0, 131, 10)) > 10.0  # mm
