"""Injury, ageing, fixation: Panjabi's statements P4 to P6, and cases where they fail."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.directions import levels
from panjabi.passive.injury import (
    cut,
    degenerated,
    disc_rupture,
    facetectomy,
    injured,
    nucleus_removed,
    subfailure,
    with_fixator,
    with_injuries,
)
from panjabi.passive.kernels import RAMP
from panjabi.passive.neutral_zone import neutral_zone_test, residual_positions
from panjabi.passive.protocol import laboratory_test
from panjabi.passive.readings import unit_readings
from panjabi.passive.standard import unit

LUMBAR = levels("lumbar")[1:]


def zone_and_range(one, axis):
    """Residual neutral zone and total range [rad]."""
    found = residual_positions(laboratory_test(one, axis), 3)
    return found.half_width, found.range_minus + found.range_plus


def growth(before, after, axis):
    """Relative growth of neutral zone and of range."""
    old, new = zone_and_range(before, axis), zone_and_range(after, axis)
    return new[0] / old[0] - 1.0, new[1] / old[1] - 1.0


@pytest.mark.parametrize("level", LUMBAR)
def test_cutting_removes_exactly_that_structures_term(level):
    intact = unit(level)
    angles = np.array([-0.09, 0.03, 0.02])
    without = cut(intact, "SSL", "ISL")
    lost = intact.part("SSL").moment(angles) + intact.part("ISL").moment(angles)
    assert without.moment(angles) == pytest.approx(intact.moment(angles) - lost, rel=1e-11)
    assert intact.structure("SSL")  # the intact unit is unchanged
    assert without.changes == ("cut SSL, ISL",)


@pytest.mark.parametrize("level", LUMBAR)
@pytest.mark.parametrize(
    "change",
    ["cut=SSL", "subfailure=LF", "disc-rupture", "nucleus", "facetectomy", "facetectomy=left"],
)
def test_no_injury_makes_a_unit_stiffer(level, change):
    intact, hurt = unit(level), injured(unit(level), change)
    for axis in range(3):
        for angle in np.linspace(-0.12, 0.12, 13):
            at = np.eye(3)[axis] * angle
            assert hurt.evaluate(at)[0] <= intact.evaluate(at)[0] * (1.0 + 1e-12) + 1e-15


@pytest.mark.parametrize("level", LUMBAR)
def test_p4_tendency_where_it_holds(level):
    """Lost disc pressure: the zone grows more than the range, on every axis."""
    for axis in range(3):
        zone, whole = growth(unit(level), nucleus_removed(unit(level)), axis)
        assert zone > whole > 0.0


@pytest.mark.parametrize("level", LUMBAR)
def test_p4_of_stretched_ligaments_depends_on_the_estimator(level):
    """By the stiffness threshold the zone grows most, more than the range; the residual, which
    depends on hysteresis, grows little."""
    intact = neutral_zone_test(unit(level), 0)
    hurt = neutral_zone_test(injured(unit(level), "subfailure=SSL+ISL+LF+CL+PLL"), 0)
    whole = hurt.residual.range_minus + hurt.residual.range_plus
    whole /= intact.residual.range_minus + intact.residual.range_plus
    grown = {n: hurt.zones[n].half_width / z.half_width for n, z in intact.zones.items()}
    assert grown["stiffness_threshold"] > max(1.3, whole)
    assert 1.0 < grown["residual"] < 0.85 * grown["stiffness_threshold"]


@pytest.mark.parametrize("level", LUMBAR)
def test_p4_is_not_universal(level):
    """Cut posterior ligaments act beyond the neutral zone: there the range grows more."""
    zone, whole = growth(unit(level), cut(unit(level), "SSL", "ISL", "LF"), 0)
    assert whole > zone > 0.0


@pytest.mark.parametrize("level", LUMBAR)
@pytest.mark.parametrize("grade", [1.0, 2.0, 3.0, 4.0])
def test_p5_degeneration_raises_the_ratio_and_shrinks_the_range_of_bending(level, grade):
    """Mimura 1994: NZ/ROM rises in all directions, ROM falls in FE and LB, NZ rises in AR."""
    old = unit(level)
    for axis in range(3):
        zone, whole = growth(old, degenerated(old, grade), axis)
        assert (1.0 + zone) / (1.0 + whole) > 1.0
        if axis < 2:
            assert whole < 0.0
            assert zone > -0.03  # P5: the range shrinks and not the zone
        else:
            assert zone > 0.0


@pytest.mark.parametrize("level", [*levels("cervical")[2:5], *LUMBAR])
def test_p6_fixation_lowers_the_zone_more_than_the_range(level):
    """Grob 1994: external fixator on C4-C7, every direction."""
    for axis in range(3):
        zone, whole = growth(unit(level), with_fixator(unit(level)), axis)
        assert zone < whole < 0.0


def test_rupture_reproduces_the_ratios_behind_its_fractions():
    """Calibration: elastic-zone stiffness after rupture over before, by direction."""
    for name, side, axis, ratio in (
        ("flexion", -1, 0, 1.1 / 1.8),
        ("extension", 1, 0, 0.8 / 2.6),
        ("bending", 1, 1, 1.4 / 2.3),
        ("rotation", 1, 2, 2.4 / 8.4),
    ):

        def gain(one, axis=axis, side=side):
            return sum(
                t.values[0]
                for s in one.structures
                for t in s.terms
                if t.kind == RAMP and t.axis == axis and t.side == side
            )

        hurt = disc_rupture(unit("L4-L5"))
        assert gain(hurt) / gain(unit("L4-L5")) == pytest.approx(ratio, rel=1e-9), name


def test_ruptured_disc_stiffens_less_under_load():
    intact, hurt = unit("L4-L5"), disc_rupture(unit("L4-L5"))
    assert hurt.with_preload(500.0).factor < intact.with_preload(500.0).factor


def test_facetectomy_of_one_side_acts_in_the_directions_of_that_side():
    """The right facet is compressed in bending to the right and in rotation to the left."""
    hurt = facetectomy(unit("L4-L5"), "right")
    before = unit("L4-L5")
    for name, other in (("right bending", "left bending"), ("left rotation", "right rotation")):
        near = hurt.range_at(name) / before.range_at(name)
        far = hurt.range_at(other) / before.range_at(other)
        assert near > far > 1.0


def test_errors_say_what_is_expected():
    one = unit("L4-L5")
    with pytest.raises(UnknownNameError, match="structure of L4-L5 'SLL'; close: 'SSL'"):
        cut(one, "SLL")
    with pytest.raises(ParameterError, match="lengthens a toe"):
        subfailure(one, "LF", toe=0.5)
    with pytest.raises(ParameterError, match="from 0 to 4, got"):
        degenerated(one, 5.0)
    with pytest.raises(UnknownNameError, match="injury 'ruptur'"):
        injured(one, "ruptur")
    with pytest.raises(ParameterError, match="Expected a number after"):
        injured(one, "degeneration=old")
    with pytest.raises(ParameterError, match="fixator above 0 .*leave it out"):
        with_fixator(one, stiffness=-1.0)


@pytest.mark.parametrize(
    ("level", "text", "words"),
    [
        ("L4-L5", "nucleus=1.5", "fraction of the nucleus from 0 to 1, got 1.5"),
        ("T5-T6", "rib-cage=off", "Expected rib-cage alone"),
        ("L4-L5", "fixator=0", "fixator .* got 0 N m/rad"),
        ("L4-L5", "disc-rupture=1.5", "severity .* from 0 to 1, got 1.5; give"),
    ],
)
def test_a_value_without_effect_is_an_error(level, text, words):
    """None of these may silently become another injury."""
    with pytest.raises(ParameterError, match=words):
        injured(unit(level), text)
    assert injured(unit("L4-L5"), "fixator").changes == ("fixator",)


NAMED = ["cut=SSL+ISL", "subfailure=LF", "disc-rupture", "nucleus", "facetectomy=left"]


@pytest.mark.parametrize("level", ["C4-C5", "T6-T7", "L4-L5"])
def test_every_structure_can_be_lost_in_part(level):
    """Linear in the fraction from nothing to a cut structure."""
    one, at = unit(level, preload=100.0), np.array([-0.07, 0.04, 0.03])
    for name in (s.name for s in one.structures):
        ends = one.moment(at), cut(one, name).moment(at)
        for fraction in (0.0, 0.3, 1.0):
            between = ends[0] + fraction * (ends[1] - ends[0])
            assert injured(one, name, fraction).moment(at) == pytest.approx(between, abs=1e-12)
    assert len(injured(one, "disc", 1.0).structures) == len(one.structures) - 1
    assert injured(one, "disc", 0.3).changes == ("lost disc by 0.3",)


@pytest.mark.parametrize("text", NAMED)
def test_named_injuries_are_continuous_from_nothing_to_all(text):
    one, at = unit("L4-L5", preload=100.0), np.array([-0.14, 0.09, 0.03])
    fractions = np.linspace(0.0, 1.0, 41)
    moments = np.array([injured(one, text, f).moment(at) for f in fractions])
    assert moments[0] == pytest.approx(one.moment(at), rel=1e-12)
    assert moments[-1] == pytest.approx(injured(one, text).moment(at), rel=1e-12)
    whole = np.abs(moments[-1] - moments[0]).max()
    assert whole > 0.0
    assert np.abs(np.diff(moments, axis=0)).max() < 0.1 * whole


def test_a_change_without_degrees_and_a_fraction_outside_are_errors():
    with pytest.raises(ParameterError, match="fixator alone, which has no degrees"):
        injured(unit("L4-L5"), "fixator", 0.5)
    with pytest.raises(ParameterError, match="fraction of an injury from 0 to 1, got 1.2"):
        injured(unit("L4-L5"), "SSL", 1.2)
    with pytest.raises(UnknownNameError, match="injury 'SLL'; close: 'SSL'"):
        injured(unit("L4-L5"), "SLL")


@pytest.mark.parametrize(
    ("text", "advice"),
    [("cut SSL", "cut=SSL"), ("cut SSL ISL", "cut=SSL.ISL"), ("fixator 200", "fixator=200")],
)
def test_a_missing_equals_sign_is_named(text, advice):
    with pytest.raises(UnknownNameError, match=f"without '='; write {advice}"):
        injured(unit("L4-L5"), text)


def test_a_structure_with_a_fraction_on_the_command_line_is_lost_in_part():
    one = unit("L4-L5")
    at = np.array([-0.12, 0.03, 0.02])
    for text in ("SSL=0.3", "disc=0.5", "facet_left=1"):
        name, value = text.split("=")
        expected = injured(one, name, float(value)).moment(at)
        assert injured(one, text).moment(at) == pytest.approx(expected, abs=1e-14)
    half = injured(one, "SSL=0.5", 0.5).moment(at)
    assert half == pytest.approx(injured(one, "SSL", 0.25).moment(at), abs=1e-14)
    with pytest.raises(ParameterError, match="number after '=' in injury SSL, got 'x'; write SSL="):
        injured(one, "SSL=x")


@pytest.mark.parametrize("level", ["C5-C6", "T6-T7", "L4-L5"])
def test_both_facets_one_after_the_other_are_both_at_once(level):
    one = unit(level)
    at = np.array([0.05, 0.04, -0.06])
    at_once = facetectomy(one)
    for first in (1.0, 0.5):
        steps = facetectomy(
            facetectomy(one, "left", fraction=first), "left" if first < 1 else "right"
        )
        steps = facetectomy(steps, "right") if first < 1 else steps
        assert steps.moment(at) == pytest.approx(at_once.moment(at), abs=1e-12)
        assert {s.name for s in steps.structures} == {s.name for s in at_once.structures}
    bare = facetectomy(cut(one, "CL"))
    assert bare.moment(at) == pytest.approx(at_once.moment(at), abs=1e-12)


def test_pressure_of_the_disc_is_lost_once():
    one = unit("L4-L5").with_preload(400.0)
    at = np.array([-0.05, 0.04, -0.02])
    ruptured = disc_rupture(one)
    for first in (0.4, 1.0):
        both = disc_rupture(nucleus_removed(one, fraction=first))
        assert both.moment(at) == pytest.approx(ruptured.moment(at), abs=1e-12)
        assert both.factor == pytest.approx(ruptured.factor, rel=1e-12)
        assert unit_readings(both, at).disc_pressure == 0.0
    half = nucleus_removed(one, fraction=0.5)
    intact = unit_readings(one, at).disc_pressure
    assert intact is not None
    assert unit_readings(half, at).disc_pressure == pytest.approx(0.5 * intact)
    quarter = nucleus_removed(half, fraction=0.5)
    assert quarter.moment(at) == pytest.approx(
        nucleus_removed(one, fraction=0.75).moment(at), abs=1e-12
    )


def test_one_injury_as_text_is_one_injury():
    assert with_injuries(unit("L4-L5"), "cut=SSL") == with_injuries(unit("L4-L5"), ["cut=SSL"])


def test_only_ligaments_are_stretched_and_a_fraction_is_a_number():
    with pytest.raises(ParameterError, match="Expected a ligament to stretch, got disc, a disc; "):
        subfailure(unit("L4-L5"), "disc")
    with pytest.raises(ParameterError, match="from 0 to 1, got 'right'; give a number"):
        injured(unit("L4-L5"), "facetectomy", "right")  # type: ignore[arg-type]
