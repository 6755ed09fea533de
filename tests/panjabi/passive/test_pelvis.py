"""The pelvis: calibration, wedge and friction in closed form, response to compression."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.directions import region_of
from panjabi.passive.injury import cut
from panjabi.passive.neutral_zone import neutral_zone_test
from panjabi.passive.pelvis import MOTIONS, SacroiliacJoint, pelvis
from panjabi.passive.standard import unit

SIZE = np.array([1e-3, 1e-3, 1e-3, 0.02, 0.02, 0.02])


@settings(max_examples=60, deadline=None)
@given(
    shares=st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=6),
    right=st.floats(0.0, 800.0),
    left=st.floats(0.0, 800.0),
)
def test_force_and_tangent_are_the_exact_derivatives(shares, right, left):
    one = pelvis().compressed(right, side="right").compressed(left, side="left")
    x = np.array(shares) * SIZE
    force, tangent = one.force(x), one.tangent(x)
    assert tangent == pytest.approx(tangent.T)
    for i in range(6):
        h = np.eye(6)[i] * 2e-3 * SIZE[i]
        weights = ((1, 45.0), (2, -9.0), (3, 1.0))
        slope = sum(w * (one.energy(x + n * h) - one.energy(x - n * h)) for n, w in weights)
        bend = sum(w * (one.force(x + n * h) - one.force(x - n * h)) for n, w in weights)
        assert force[i] == pytest.approx(slope / (60 * h[i]), rel=1e-6, abs=1e-4)
        assert tangent[i] == pytest.approx(bend / (60 * h[i]), rel=1e-6, abs=1e-2)
    assert np.linalg.eigvalsh(tangent / np.outer(1 / SIZE, 1 / SIZE))[0] > 0.0


@pytest.mark.parametrize(
    ("motion", "load", "published"),
    [
        (0, 294.0, 2.74e-3),
        (2, 294.0, 0.76e-3),
        (3, 42.0, math.radians(1.40)),
        (4, 42.0, math.radians(6.21)),
    ],
)
def test_an_isolated_joint_meets_miller(motion, load, published):
    """Calibration: one joint without compression."""
    assert pelvis().left.law(motion, published)[1] == pytest.approx(load, rel=1e-9)


def test_friction_and_wedge_reach_their_closed_forms():
    """C tan(phi + b) down, C tan(phi - b) up, on top of the ligament."""
    joint = pelvis(compression=500.0).right
    far = 0.5
    down = -joint.law(1, -far)[1] - joint.stiffness[1] * far
    up = joint.law(1, far)[1] - joint.stiffness[1] * far
    phi, wedge = math.atan(0.4), math.radians(10.0)
    assert down == pytest.approx(500.0 * math.tan(phi + wedge), rel=1e-3)
    assert up == pytest.approx(500.0 * math.tan(phi - wedge), rel=1e-3)
    assert pelvis(compression=500.0).sinking_capacity() == pytest.approx(
        1000.0 * math.tan(phi + wedge)
    )


@pytest.mark.parametrize("motion", range(6))
def test_compression_makes_the_pelvis_move_less(motion):
    """Force closure; without sliding (towards an ilium) nothing changes."""
    load = np.eye(6)[motion] * (300.0 if motion < 3 else 20.0)
    moved = [abs(pelvis(compression=c).displacement(load)[motion]) for c in (0.0, 200.0, 600.0)]
    if MOTIONS[motion] == "right":
        assert moved[0] == pytest.approx(moved[2], rel=1e-6)
    else:
        assert moved[0] > moved[1] > moved[2] > 0.0


def test_form_closure_holds_better_downwards():
    one = pelvis(compression=400.0)
    load = np.array([0.0, 500.0, 0.0, 0.0, 0.0, 0.0])
    assert abs(one.displacement(-load)[1]) < abs(one.displacement(load)[1])
    plain = pelvis()
    assert abs(plain.displacement(-load)[1]) == pytest.approx(plain.displacement(load)[1])


def test_a_load_is_balanced_and_mirrored():
    one = pelvis(compression=300.0)
    load = np.array([100.0, -400.0, 50.0, 5.0, -8.0, 12.0])
    x = one.displacement(load)
    assert one.force(x) == pytest.approx(load, rel=1e-7, abs=1e-6)
    mirror = np.array([1.0, 1.0, -1.0, -1.0, -1.0, 1.0])
    assert one.displacement(mirror * load) == pytest.approx(mirror * x, rel=1e-7, abs=1e-12)


def test_compression_on_one_side_turns_a_straight_load():
    one = pelvis().compressed(600.0, side="right")
    x = one.displacement([200.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert x[4] < -1e-4  # the free left side goes forward more: a turn to the right


def test_compression_on_one_side_tilts_a_sinking_sacrum_to_the_other():
    """Right side down is positive: gripped on the right, the left side sinks more."""
    one = pelvis().compressed(600.0, side="right")
    assert one.displacement([0.0, -300.0, 0.0, 0.0, 0.0, 0.0])[3] < -1e-4


@pytest.mark.parametrize("friction", [0.1, 0.4, 1.0, 2.0])
def test_the_steepest_wedge_allowed_never_lets_the_grip_fall(friction):
    """tan(phi + b) = 3 tan(phi - b) there; 2 degrees more and the grip has a falling part."""
    angle = np.arctan(friction)
    steepest = 0.5 * np.arcsin(0.5 * np.sin(2.0 * angle))
    assert np.tan(angle + steepest) == pytest.approx(3.0 * np.tan(angle - steepest))
    ligaments = 1e-9  # so that the grip alone is seen
    joint = SacroiliacJoint(
        "left", (ligaments,) * 6, friction, steepest * (1 - 1e-12), 1e-4, 0.02, 0.04, 1000.0
    )
    rises = [joint.law(1, up)[2] for up in np.linspace(-5e-3, 5e-3, 401)]
    assert min(rises) >= 0.0
    with pytest.raises(ParameterError, match="smaller wedge angle"):
        replace(joint, wedge=steepest + np.radians(2.0))


def test_invalid_input_is_an_error():
    with pytest.raises(ParameterError, match="compression of the right joint"):
        pelvis(compression=-1.0)
    with pytest.raises(ParameterError, match="friction would fall while the sacrum rises"):
        SacroiliacJoint("left", (1.0,) * 6, 0.1, 0.2, 1e-4, 0.02, 0.04)
    with pytest.raises(ParameterError, match="displacement as six finite numbers"):
        pelvis().force([0.0])
    for load in ([1.0, 2.0, 3.0], [np.nan] * 6):
        with pytest.raises(ParameterError, match="load as six finite numbers"):
            pelvis().displacement(load)
    with pytest.raises(ParameterError, match="Expected side .*, got 'middle'"):
        pelvis().compressed(10.0, side="middle")


@pytest.mark.parametrize("side", ["right", "left"])
def test_each_joint_is_a_unit_whose_sum_has_ligaments_and_friction(side):
    """Two of them make the rotations of the pelvis, offsets apart.

    Relaxed, the ligaments hold; friction adds its stiffness before it slides.
    """
    compression = 350.0
    one = unit(f"SIJ-{side}", preload=compression)
    joint, pressed = (getattr(pelvis(compression=force), side) for force in (0.0, compression))
    for axis, motion in enumerate((5, 3, 4)):
        for angle in (-0.02, 0.003, 0.05):
            energy, force, tangent = joint.law(motion, angle)
            at = np.eye(3)[axis] * angle
            own = one.evaluate(at)
            assert own[0] == pytest.approx(energy, rel=1e-12)
            assert own[1][axis] == pytest.approx(force, rel=1e-12)
            assert own[2][axis, axis] == pytest.approx(tangent, rel=1e-12)
        stuck = one.instantaneous_tangent(np.zeros(3))[axis, axis]
        assert stuck == pytest.approx(pressed.law(motion, 0.0)[2], rel=1e-12)
    assert one.coordinates == ("SIJ_nutation", "SIJ_LB", "SIJ_AR")
    without = cut(one, "force closure").instantaneous_tangent(np.zeros(3))
    assert without == pytest.approx(one.tangent(np.zeros(3)))


def test_a_joint_turns_as_published_and_less_under_compression():
    """Miller 1987: 6.21 degrees of axial rotation at 42 N m (calibration)."""
    free = neutral_zone_test(unit("SIJ-left"), "axial rotation")
    assert np.degrees(free.residual.range_plus) == pytest.approx(6.21, rel=1e-3)
    pressed = neutral_zone_test(unit("SIJ-left", preload=600.0), "axial rotation")
    assert pressed.residual.range_plus < free.residual.range_plus
    assert free.zones["residual"].half_width == pytest.approx(0.0, abs=1e-9)
    assert pressed.zones["residual"].half_width > 1e-3  # friction keeps what it has turned


def test_unknown_sources_and_levels_of_the_joints_are_errors():
    with pytest.raises(UnknownNameError, match="source of SIJ-left 'Yamamoto1989'"):
        unit("SIJ-left", "Yamamoto1989")
    with pytest.raises(UnknownNameError, match="level of the spine 'SIJ-left'"):
        region_of("SIJ-left")
