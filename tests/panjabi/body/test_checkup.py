"""The check-up reports nothing for the packaged models, and each type of fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.active import REGION_JOINTS
from panjabi.active.build import musculature
from panjabi.body import check_up, muscles_of, scaled_body, standard_adult
from panjabi.body.checkup import is_left, other_side, reach


@pytest.fixture(scope="module")
def adult():
    return standard_adult()


def messages(findings, severity):
    return [(f.subject, f.message) for f in findings if f.severity == severity]


def test_the_standard_adult_has_no_finding(adult):
    assert check_up(adult) == ()


def test_a_small_adult_has_no_finding(adult):
    assert check_up(scaled_body(adult, stature=1.45, mass=43.0)) == ()


@pytest.mark.parametrize("region", REGION_JOINTS)
def test_the_packaged_musculatures_have_no_finding(region, adult):
    muscles = musculature(region, adult)
    found = check_up(
        adult,
        muscles,
        lengths=lambda q: muscles.geometry(q).length,
        coordinates=muscles.coordinates,
    )
    assert found == ()


def test_body_in_millimetres_is_impossible(adult):
    big = replace(adult, com=1e3 * adult.com, tree=adult.tree._replace(loc=1e3 * adult.tree.loc))
    found = messages(check_up(big), "impossible")
    assert any("may be in millimetres" in message for _, message in found)


def test_body_in_kilometres_is_implausible(adult):
    tree = adult.tree._replace(loc=1e-3 * adult.tree.loc, child_loc=1e-3 * adult.tree.child_loc)
    tiny = replace(adult, tree=tree, com=1e-3 * adult.com, landmarks={}, muscles={})
    assert any(s == "the model" for s, _ in messages(check_up(tiny), "implausible"))


def test_inertia_that_no_body_has(adult):
    """The sum of two principal moments is never less than the third: integrals of squares."""
    b = adult.body_index("femur_r")
    inertia = adult.inertia.copy()
    inertia[b] = np.diag([0.1, 0.2, 0.31])
    found = check_up(replace(adult, inertia=inertia))
    assert any(s == "femur_r" and "exceeds the sum" in m for s, m in messages(found, "implausible"))
    assert ("femur_l and femur_r") in [s for s, _ in messages(found, "note")]
    inertia[b] = np.diag([-0.1, 0.2, 0.2])
    (subject, message) = messages(check_up(replace(adult, inertia=inertia)), "impossible")[0]
    assert subject == "femur_r" and "a negative moment is impossible" in message


def test_inertia_in_other_units(adult):
    """kg mm2 for kg m2 makes the radius of gyration a thousand times as large."""
    found = messages(check_up(replace(adult, inertia=1e6 * adult.inertia)), "implausible")
    assert {"femur_r", "tibia_l"} <= {s for s, m in found if "radius of gyration" in m}


@pytest.mark.parametrize(
    ("change", "severity", "words"),
    [
        ({"tendon_slack_length": 3.0}, "implausible", "too short for any force in every posture"),
        (
            {"optimal_length": 0.02, "tendon_slack_length": 0.0},
            "implausible",
            "too long for active force",
        ),
        ({"optimal_length": 30.0}, "impossible", "may be in millimetres"),
        ({"max_force": 10.0}, "note", "the two sides differ: maximal forces"),
    ],
)
def test_muscle_that_does_not_fit_its_path(change, severity, words, adult):
    muscles = muscles_of(adult)
    m = muscles.names.index("semimem_r")
    arrays = {key: getattr(muscles, key).copy() for key in change}
    for key, value in change.items():
        arrays[key][m] = value
    found = messages(check_up(adult, replace(muscles, **arrays)), severity)
    assert [s for s, message in found if words in message and "semimem_r" in s]


def test_reach_of_a_path_is_that_of_its_joints_summed():
    """Of two sliders the one with a range moves over it; a turn without one goes 90 degrees."""
    ranges = np.array([[-1.0, 2.0], [-1e5, 1e5], [-1e5, 1e5]])

    def lengths(q):
        return np.array([5.0 + q[0] + q[1] + np.sin(q[2])])

    shortest, longest = reach(lengths, np.zeros(3), ranges, np.array([False, False, True]))
    assert (shortest[0], longest[0]) == pytest.approx((5.0 - 1.0 - 1.0, 5.0 + 2.0 + 1.0))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("femur_r", "femur_l"),
        ("hip_flexion_l", "hip_flexion_r"),
        ("LeftFoot", "RightFoot"),
        ("r_humerus", "l_humerus"),
        ("IL_L4_r", "IL_L4_l"),
        ("L4_L5_FE", None),
        ("pelvis", None),
    ],
)
def test_names_of_the_other_side(name, other):
    assert other_side(name) == other
    if other is not None:
        assert is_left(name) != is_left(other)
