"""Trunk muscles over surfaces: derivatives through touch and release, statics and motion."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active import MuscleElement, Musculotendon
from panjabi.active.build import musculature
from panjabi.active.line_kernels import place_wraps
from panjabi.body import Surface, Wrap
from panjabi.errors import UnknownNameError

NAME = "extensor"
POINTS = (("T12", (-0.03, 0.01, 0.02)), ("sacrum", (-0.155, 0.03, 0.02)))
SIZES = {"max_force": 400.0, "optimal_length": 0.1, "tendon_slack_length": 0.11}
SHAPES = {
    "sphere": (0.05,),
    "cylinder": (0.05, np.inf),
    "ellipsoid": (0.05, 0.06, 0.055),
}


def surface(shape="cylinder", body="L3", **options):
    options = {"centre": np.array([-0.02, 0.0, 0.02]), "size": SHAPES[shape]} | options
    return Surface(name=f"{body}_r", shape=shape, body=body, rotation=np.eye(3), **options)


def with_extensor(base, *surfaces, points=POINTS, last=1):
    return base.with_muscle(
        NAME, points, **SIZES, surfaces={s.name: s for s in surfaces},
        wraps=[Wrap(s.name, 0, last) for s in surfaces],
    )  # fmt: skip


def bent(extension):
    """Extension [rad] spread over the levels, with some bending and torsion."""
    q = np.tile([1.0 / 6.0, 0.02, -0.01], 6) * extension
    return q + 0.003 * np.random.default_rng(1).normal(size=18)


@pytest.fixture(scope="module")
def lumbar():
    return musculature("lumbar").selected(("IL_L1_r", "IL_L1_l", "MF_m1t_2_r", "MF_m1t_2_l"))


CASES = {
    **{shape: (surface(shape),) for shape in SHAPES},
    "two": (
        surface(side=np.array([-1.0, 0.0, 0.0])),
        surface("ellipsoid", "L1", size=(0.055, 0.03, 0.06)),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_derivatives_through_touch_and_release(lumbar, case):
    """Slope and second derivative of the length are those of central differences."""
    muscles = with_extensor(lumbar, *CASES[case])
    m, h, touches = muscles.index(f"{NAME}_r"), 1e-6, []
    v = np.random.default_rng(2).normal(size=18)
    for extension in np.linspace(-1.2, 1.2, 9):
        q = bent(extension)
        touches.append(len(muscles.polylines(q).body) - len(muscles.paths.body))
        at, after, before = (muscles.geometry(q + s * h * v) for s in (0.0, 1.0, -1.0))
        slope = (after.length - before.length) / (2 * h)
        assert at.slope @ v == pytest.approx(slope, abs=2e-8)
        bend = (after.slope - before.slope) / (2 * h)
        found = muscles.curvature(q)
        assert found[m] @ v == pytest.approx(bend[m], abs=2e-6 * np.abs(found[m]).max() + 1e-7)
        tension = np.linspace(10.0, 200.0, len(muscles))
        total = np.einsum("m,mij->ij", tension, found)
        assert muscles.tension_curvature(q, tension) == pytest.approx(total, abs=1e-9)
    assert min(touches) == 0 and max(touches) == 4 * len(CASES[case])


def test_the_two_sides_are_mirror_images(lumbar):
    q = bent(0.6)
    mirror = np.tile([1.0, -1.0, -1.0], 6)
    muscles = with_extensor(lumbar, surface("ellipsoid"))
    right, left = muscles.geometry(q), muscles.geometry(mirror * q)
    r, m = muscles.index(f"{NAME}_r"), muscles.index(f"{NAME}_l")
    assert right.length[r] == pytest.approx(left.length[m], abs=1e-12)
    assert right.slope[r] == pytest.approx(mirror * left.slope[m], abs=1e-12)


def test_a_surface_keeps_the_arm_in_flexion(lumbar):
    """The straight path comes closer to the joint of L3 as the spine bends; over a surface not."""
    plain, muscles = with_extensor(lumbar), with_extensor(lumbar, surface())
    arm = [made.moment_arms(bent(-1.0), f"{NAME}_r")["L3_L4_FE"] for made in (plain, muscles)]
    assert arm[1] > arm[0] + 0.005


def test_selection_and_order_keep_the_wraps(lumbar):
    muscles = with_extensor(lumbar, *CASES["two"])
    q = bent(0.8)
    order = np.array([5, 0, 2, 4])
    few = muscles.taken(order)
    assert few.geometry(q).length == pytest.approx(muscles.geometry(q).length[order], abs=1e-15)
    assert few.curvature(q) == pytest.approx(muscles.curvature(q)[order], abs=1e-12)
    assert muscles.selected(("IL_L1_r",)).paths.wraps is None


def test_motion_reads_the_same_paths(lumbar):
    """Length, speed and force of the compiled right-hand side, and its tangent."""
    muscles = with_extensor(lumbar, *CASES["two"])
    element = MuscleElement(Musculotendon(muscles, rigid_below=0.5))
    rng = np.random.default_rng(3)
    for extension in (-1.2, 0.2, 1.0):
        q, rate = bent(extension), rng.normal(size=18)
        state = element.state_at_rest(q, 0.3)
        geometry = muscles.geometry(q)
        inputs = np.full(len(muscles), 0.3)
        nm = len(muscles)
        tension = element.units.rates(
            state[:nm], state[nm : 2 * nm], geometry.length, geometry.slope @ rate
        ).force
        force = element.force(q, rate, state, inputs)
        assert force == pytest.approx(muscles.generalised_force(q, tension), abs=1e-9)
        v, h = rng.normal(size=18), 1e-6
        after, before = (element.force(q + s * h * v, rate, state, inputs) for s in (1.0, -1.0))
        tangent = element.tangent(q, rate, state, inputs) @ v
        assert tangent == pytest.approx((before - after) / (2 * h), rel=1e-5, abs=1e-3)


def test_places_of_pieces_are_written_again_at_every_posture(lumbar):
    muscles = with_extensor(lumbar, *CASES["two"])
    pieces = MuscleElement(Musculotendon(muscles)).pieces
    for extension in (1.0, -1.2, 0.2, 1.0):
        pose = muscles.pose(bent(extension))
        place_wraps(pieces, pose.R, pose.t)
        ends = [
            np.einsum("pij,pj->pi", pose.R[pieces.body[:, e]], pieces.local[:, e])
            + pose.t[pieces.body[:, e]]
            for e in (0, 1)
        ]
        length = np.linalg.norm(ends[1] - ends[0], axis=1)
        moving = np.add.reduceat(np.append(length, 0.0), pieces.first[:-1])
        assert moving + pieces.fixed == pytest.approx(muscles.geometry(pose).length, abs=1e-14)


def test_a_surface_must_exist(lumbar):
    with pytest.raises(UnknownNameError, match="wrapping surface 'L3_r'"):
        lumbar.with_muscle(NAME, POINTS, **SIZES, wraps=[Wrap("L3_r", 0, 1)])
    with pytest.raises(UnknownNameError, match="body 'L9'"):
        with_extensor(lumbar, surface(body="L9"))
