"""Bodies of another size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body import standard_adult
from panjabi.body.scaling import SEGMENTS, scaled_body, segment_lengths, segment_masses
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.parameter import sources


@given(
    stature=st.floats(1.45, 2.1),
    mass=st.floats(40.0, 150.0),
    thigh=st.floats(0.9, 1.1),
    neck=st.floats(0.8, 1.2),
    shank=st.floats(0.35, 0.5),
)
@settings(max_examples=15, deadline=None)
def test_the_scaled_body_has_the_requested_sizes(stature, mass, thigh, neck, shank):
    adult = standard_adult()
    body = scaled_body(
        adult,
        stature=stature,
        mass=mass,
        segments={"thigh": thigh, "neck": neck},
        lengths={"shank": shank},
    )
    q = body.zero()
    assert body.stature == pytest.approx(stature)
    assert body.landmark(q, "vertex_skin")[1] == pytest.approx(stature, abs=1e-8)
    assert body.landmark(q, "sole_under_heel_r")[1] == pytest.approx(0.0, abs=2e-4)
    assert body.total_mass == pytest.approx(mass)
    before, after = segment_lengths(adult), segment_lengths(body)
    common = after["hand_l"] / before["hand_l"]
    assert after["shank_r"] == pytest.approx(shank) == after["shank_l"]
    assert after["thigh_l"] == pytest.approx(thigh * common * before["thigh_l"])
    assert after["neck"] == pytest.approx(neck * common * before["neck"])
    assert after["pelvis"] == pytest.approx(common * before["pelvis"])


@given(stature=st.floats(1.45, 2.1))
@settings(max_examples=10, deadline=None)
def test_a_similar_body_is_similar(random_q, stature):
    """With a single factor every point, path and arm scales; angles and fibre states stay."""
    adult = standard_adult()
    body = scaled_body(adult, stature=stature, mass=adult.total_mass)
    k = body.scale[1]
    assert k == pytest.approx(stature / 1.75, abs=1e-8)
    q = random_q(3)
    q[:3] = 0.0
    small, large = adult.poses(q), body.poses(q)
    assert np.abs(large.R - small.R).max() < 1e-12
    assert np.abs(large.t - k * small.t).max() < 1e-8  # the root stands on printed digits
    assert np.abs(body.path_lengths(q) - k * adult.path_lengths(q)).max() < 1e-12
    assert np.abs(body.moment_arm_matrix(q) - k * adult.moment_arm_matrix(q)).max() < 1e-12
    assert np.abs(body.inertia - k**2 * adult.inertia).max() < 1e-12
    assert body.centre_of_mass(q) == pytest.approx(k * adult.centre_of_mass(q), abs=1e-8)
    assert body.station(q, "ischial_tub_l") == pytest.approx(k * adult.station(q, "ischial_tub_l"))
    fibre, was = body.muscle("bflh_r").fibre, adult.muscle("bflh_r").fibre
    assert fibre.tendon_slack_length == pytest.approx(k * was.tendon_slack_length)
    assert fibre.optimal_length == pytest.approx(k * was.optimal_length)
    assert fibre.max_force == pytest.approx(k**2 * was.max_force)
    assert fibre.neutral_length == was.neutral_length


def test_unscaled_is_unchanged(body):
    same = scaled_body(body)
    assert same.poses(same.zero()).t == pytest.approx(body.poses(body.zero()).t, abs=1e-9)
    assert same.mass == pytest.approx(body.mass)
    assert body.stature == 1.75 and (body.scale == 1.0).all()


def test_mass_without_length_makes_no_muscle_stronger(body):
    heavy = scaled_body(body, mass=150.0)
    assert heavy.mass == pytest.approx(2.0 * body.mass)
    assert heavy.muscle("soleus_r").fibre.max_force == body.muscle("soleus_r").fibre.max_force
    tall = scaled_body(body, stature=1.925)
    assert tall.total_mass == pytest.approx(75.0 * 1.1**2)  # body mass index stays
    ratio = tall.muscle("soleus_r").fibre.max_force / body.muscle("soleus_r").fibre.max_force
    assert ratio == pytest.approx(1.1**2, rel=1e-6)


def test_segment_masses_follow_their_volume(body):
    """A thigh longer by a tenth, alike in shape, weighs 1.331 times as much against the rest."""
    other = scaled_body(body, segments={"thigh": 1.1}, mass=body.total_mass)
    before, after = segment_masses(body), segment_masses(other)
    against_head = (after["thigh_l"] / after["head"]) / (before["thigh_l"] / before["head"])
    assert against_head == pytest.approx(1.1**3)
    b = body.body_index("femur_r")
    ratio = other.mass[b] / body.mass[b]
    assert other.inertia[b] == pytest.approx(ratio * 1.1**2 * body.inertia[b])


def test_scaling_twice_is_scaling_once(body):
    twice = scaled_body(scaled_body(body, stature=1.6, mass=60.0), stature=1.9, mass=90.0)
    once = scaled_body(body, stature=1.9, mass=90.0)
    q = body.posture("seated_90")
    assert twice.poses(q).t == pytest.approx(once.poses(q).t, abs=1e-8)
    assert twice.muscle("grac_l").fibre.max_force == pytest.approx(
        once.muscle("grac_l").fibre.max_force
    )


def test_one_longer_leg(body):
    """The body stands on the longer leg; the other side keeps its size."""
    longer = scaled_body(body, segments={"shank_r": 1.05})
    extra = 0.05 * (0.476666468 - 0.0595306)
    assert longer.stature == pytest.approx(body.stature + extra, abs=1e-5)
    q = longer.zero()
    assert longer.landmark(q, "sole_under_heel_r")[1] == pytest.approx(8.1e-5, abs=1e-6)
    assert longer.landmark(q, "sole_under_heel_r")[1] < longer.landmark(q, "lat_malleolus_l")[1]
    back = scaled_body(longer, stature=1.75)
    assert back.landmark(back.zero(), "vertex_skin")[1] == pytest.approx(1.75, abs=1e-8)


def test_fibres_keep_their_place_on_the_curve(body):
    """Longer thighs and shorter shanks: each fibre has the same relative length in standing."""
    other = scaled_body(body, segments={"thigh": 1.1, "shank": 0.9})
    for name, muscle in other.muscles.items():
        fibre = muscle.fibre
        if fibre.tendon_slack_length is None:
            continue
        length = other.path_length(other.zero(), name) - fibre.tendon_slack_length
        height = fibre.optimal_length * np.sin(fibre.pennation)
        assert np.hypot(length, height) / fibre.optimal_length == pytest.approx(
            fibre.neutral_length, abs=2e-3
        )


def test_segments_cover_the_body(body):
    assert sum(segment_masses(body).values()) == pytest.approx(body.total_mass)
    assert segment_lengths(body).keys() == segment_masses(body).keys()
    assert len(SEGMENTS) == 12
    lengths = segment_lengths(body)
    assert lengths["pelvis"] == pytest.approx(0.161139586, abs=1e-8)
    assert lengths["thigh_r"] == pytest.approx(lengths["thigh_l"])


def test_scaled_sizes_are_the_users_assumptions(body):
    other = scaled_body(body, stature=1.8, lengths={"thigh": 0.44}, segments={"neck": 1.1})
    parameters = sources(other).parameters
    assert (
        parameters["length_thigh"].value == 0.44 and parameters["length_thigh"].status == "assumed"
    )
    assert parameters["proportion_neck"].value == 1.1
    assert parameters["stature"].value == pytest.approx(1.8)
    assert sources(body).assumed >= 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"stature": 18.0}, "stature from 1.436 to 2.5 m, got 18.0 m"),
        ({"stature": 1.2}, "stature of an adult from 1.436 m"),
        ({"stature": float("nan")}, "stature .* got nan"),
        ({"mass": -3.0}, "mass .* got -3.0 kg"),
        ({"mass": float("nan")}, "mass .* got nan"),
        ({"segments": {"thigh": 0.0}}, "give factors in `segments`"),
        ({"segments": {"thigh": float("nan")}}, "give factors in `segments`"),
        ({"lengths": {"thigh": 44.0}}, "factors in `segments` and metres in `lengths`"),
        (
            {"segments": {"thigh": 1.1}, "lengths": {"thigh_r": 0.4}},
            "got two, as 'thigh' and 'thigh_r'",
        ),
        ({"stature": 1.5, "lengths": {"thigh": 0.8, "shank": 0.7}}, "change the stature"),
    ],
)
def test_impossible_sizes(body, arguments, words):
    with pytest.raises(ParameterError, match=words):
        scaled_body(body, **arguments)


def test_no_segment_left_for_the_stature(body):
    lengths = {n: v for n, v in segment_lengths(body).items() if n[-2:] != "_l"}
    everything = {n.removesuffix("_r"): v for n, v in lengths.items()}
    assert scaled_body(body, lengths=everything).stature == pytest.approx(1.75)
    with pytest.raises(ParameterError, match="got lengths for every segment"):
        scaled_body(body, stature=1.8, lengths=everything)


def test_unknown_segment(body):
    with pytest.raises(UnknownNameError, match="unknown segment 'femur'"):
        scaled_body(body, segments={"femur": 1.1})
