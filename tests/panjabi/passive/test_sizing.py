"""Units of another size: equal angles, moments with the cube of the length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body import scaled_body, standard_adult
from panjabi.errors import ParameterError
from panjabi.passive import (
    cut,
    degenerated,
    levels,
    neutral_zone_test,
    require_sized,
    sized,
    sized_for,
    unit,
    unit_length,
    with_fixator,
    with_rib_cage,
)

LEVELS = st.sampled_from([*levels(), "SIJ-right"])
SIZES = st.floats(0.8, 1.25)


@given(level=LEVELS, k=SIZES, load=st.floats(0.0, 150.0), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_every_output_obeys_its_power(level, k, load, seed):
    """At equal angles and equal stress: energy, moment, tangent and branches with k cubed."""
    angles = np.random.default_rng(seed).uniform(-0.02, 0.02, 3)
    adult = unit(level).with_preload(load)
    other = sized(unit(level), k).with_preload(k**2 * load)
    for small, large in zip(other.evaluate(angles), adult.evaluate(angles), strict=True):
        assert np.asarray(small) == pytest.approx(k**3 * np.asarray(large), rel=1e-9, abs=1e-12)
    assert other.branch_stiffness == pytest.approx(k**3 * adult.branch_stiffness)
    assert other.hysteresis.damping == pytest.approx(k**3 * np.array(adult.hysteresis.damping))
    assert other.hysteresis.times == adult.hysteresis.times
    assert other.factor == pytest.approx(adult.factor)
    assert other.evidence.moment.failure.si == pytest.approx(
        k**3 * adult.evidence.moment.failure.si
    )
    assert other.evidence.preload.tested.si == pytest.approx(
        k**2 * adult.evidence.preload.tested.si
    )


@given(level=st.sampled_from(levels()), k=SIZES)
@settings(max_examples=20, deadline=None)
def test_ranges_of_angle_stay(level, k):
    adult, other = unit(level), sized(unit(level), k)
    for name in ("flexion", "extension", "right bending", "left rotation"):
        assert other.range_at(name) == pytest.approx(adult.range_at(name), rel=1e-9)


def test_the_neutral_zone_stays():
    adult = neutral_zone_test(unit("L4-L5"), 0).zones
    other = neutral_zone_test(sized(unit("L4-L5"), 0.85), 0).zones
    for name, zone in adult.items():
        assert other[name].half_width == pytest.approx(zone.half_width, rel=1e-6)


def test_the_standard_size_is_the_same_object_and_sizes_do_not_add_up():
    adult = unit("T5-T6")
    assert sized(adult, 1.0) is adult
    assert sized_for(adult, standard_adult()) is adult
    twice = sized(sized(adult, 1.2), 0.9)
    assert twice.rows == pytest.approx(sized(adult, 0.9).rows)
    assert twice.length_scale == 0.9


@given(k=SIZES)
@settings(max_examples=10, deadline=None)
def test_injuries_and_ribs_commute_with_size(k):
    """An injured unit made larger is the larger unit with the injury."""
    for change in (
        with_rib_cage,
        with_fixator,
        lambda u: degenerated(u, 2.0),
        lambda u: with_rib_cage(cut(u, "LF")),
    ):
        one, other = change(sized(unit("T6-T7"), k)), sized(change(unit("T6-T7")), k)
        assert one.evaluate([0.01, -0.02, 0.015])[1] == pytest.approx(
            other.evaluate([0.01, -0.02, 0.015])[1]
        )
        assert one.branch_stiffness == pytest.approx(other.branch_stiffness)


def test_a_level_has_the_mean_size_of_its_vertebrae():
    body = scaled_body(standard_adult(), segments={"pelvis": 0.81})
    assert unit_length(body, "L5-S1") == pytest.approx(0.9)
    assert unit_length(body, "SIJ-left") == pytest.approx(0.81)
    require_sized(sized(unit("L5-S1"), 0.9), body)
    with pytest.raises(ParameterError, match=r"L5-S1 of 0.9 times .* got one of 1 times; use"):
        require_sized(unit("L5-S1"), body)


def test_an_impossible_size_is_an_error():
    with pytest.raises(ParameterError, match="length factor above 0, got -1"):
        sized(unit("L4-L5"), -1.0)
