"""The rib cage: a fit to two laboratories, and a case in which Panjabi's P4 fails."""

from __future__ import annotations

from dataclasses import astuple, replace
from math import exp, log

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.injury import injured
from panjabi.passive.neutral_zone import gap_and_range
from panjabi.passive.rib_fitting import joint_rib_fit
from panjabi.passive.ribs import (
    REGIONS,
    RIBBED,
    RibFactors,
    measured_factor,
    rib_factors,
    rib_structure,
    with_rib_cage,
    without_rib_cage,
)
from panjabi.passive.standard import fitted_unit, unit
from panjabi.passive.targets import thoracic_region

BARE = [unit(level) for level in RIBBED]


STUCK = pytest.mark.xfail(
    strict=True,
    reason="friction of the levels with a read zone, taken over to thoracic units, is a third to a "
    "half of the 2 N m of the test in bending and rotation: more friction in the ribs makes them "
    "stick, and the zone with ribs becomes smaller instead of larger",
)
STIFFER = pytest.mark.xfail(
    strict=True,
    reason="1.01 standard errors at T1-T4: with this friction the published increase of range in "
    "bending asks for stiffer ribs, and that of the zone for softer ones; friction of 10 instead "
    "of 15 % of the moment of the test would bring both within the errors",
)


def with_ribs(one, factors):
    return one.with_structures((*one.structures, rib_structure(one, factors)))


def growth_without(caged, axis):
    """Growth of zero-load gap and range of T1-T12 at 2 N m when the anterior cage goes [%]."""
    before, after = (gap_and_range(units, axis, 2.0) for units in (caged, BARE))
    return [100.0 * (new / old - 1.0) for old, new in zip(before, after, strict=True)]


@pytest.mark.parametrize("axis", [1, 2])
def test_removal_in_bending_and_rotation_takes_more_from_the_zone(axis):
    """Liebsch 2017; sizes in the validation table, where these rows are calibration."""
    zone, whole = growth_without([with_rib_cage(one) for one in BARE], axis)
    assert zone > whole + 5.0 > 5.0


def test_removal_in_flexion_is_where_p4_fails():
    """Liebsch 2017: +46 against +52 %."""
    zone, whole = growth_without([with_rib_cage(one) for one in BARE], 0)
    assert 0.0 < zone < whole - 3.0


def test_stiffness_alone_does_not_make_p4_fail():
    """With ribs that lose and bend as the unit does, the zone gains more: the loss decides.

    For no stiffness within Mannen's standard errors does it gain less by half of the published
    6.6 points. It says nothing of ribs that stiffen at another angle than the unit.
    """
    random = np.random.default_rng(1)
    still = RibFactors(1.0, 1.0, 1.0)
    apart = []
    for draw in range(60):
        factors = {}
        for region in REGIONS:
            measured = [measured_factor(0, region, zone) for zone in ("NZ", "EZ")]
            away = random.standard_normal(2) * (draw > 0)  # the first is the mean
            drawn = [m.value * exp(m.error * z) for m, z in zip(measured, away, strict=True)]
            factors[region] = RibFactors(*drawn, 1.0)
        caged = [
            with_ribs(one, (factors[thoracic_region(one.level)[0]], still, still)) for one in BARE
        ]
        zone, whole = growth_without(caged, 0)
        apart.append(zone - whole)
    assert apart[0] > 0.0
    assert min(apart) > -3.0


@pytest.mark.parametrize("axis", [0, pytest.param(1, marks=STUCK), pytest.param(2, marks=STUCK)])
def test_more_loss_in_the_ribs_means_less_zone_gained(axis):
    """The mechanism: without ribs their dissipation is lost."""
    factors = rib_factors()
    gained = []
    for loss in (0.5, 0.8, 1.1):
        caged = []
        for one in BARE:
            region = thoracic_region(one.level)[0]
            own = tuple(replace(factors[i, region], loss=loss) for i in range(3))
            caged.append(with_ribs(one, own))
        gained.append(growth_without(caged, axis))
    zones, ranges = np.array(gained).T
    assert np.all(np.diff(zones) < -10.0)
    assert np.abs(np.diff(ranges)).max() < 0.2 * np.abs(np.diff(zones)).min()


@pytest.mark.parametrize("axis", range(3))
def test_packaged_factors_are_the_joint_fit(axis):
    packaged = rib_factors()
    for region, one in joint_rib_fit(axis).items():
        assert astuple(one) == pytest.approx(astuple(packaged[axis, region]), rel=1e-4)


@pytest.mark.parametrize("axis", [0, pytest.param(1, marks=STIFFER), 2])
def test_fit_stays_within_the_standard_errors_of_the_stiffness(axis):
    """Where Mannen's ribs soften, the fit stops at no effect: that is within the error as well."""
    for (about, region), one in rib_factors().items():
        for zone, value in (("NZ", one.neutral), ("EZ", one.elastic)):
            measured = measured_factor(about, region, zone)
            off = abs(log(value / measured.value)) / measured.error
            assert off < 1.0 or about != axis, (region, zone, off)


@pytest.mark.parametrize("level", ["T2-T3", "T6-T7", "T10-T11"])
def test_factors_are_met_under_the_load_they_were_measured_at(level):
    """Slopes in fast motion at neutral and far past every bend, with ribs over without.

    The unit has no stops here, since ribs do not add to them; friction slides.
    """
    factors = tuple(RibFactors(n, e, 0.7) for n, e in ((1.3, 1.4), (1.5, 2.0), (2.0, 3.0)))
    start = fitted_unit(level, "default", ends=False)
    branches = len(start.hysteresis.times)
    bare = start.with_preload(400.0)
    caged = with_ribs(start, factors).with_preload(400.0)
    for place, column in ((0.0, 0), (-2.0, 1), (2.0, 1)):
        at = np.full(3, place)
        stiff = [
            np.diag(one.evaluate(at)[2]) + one.branch_stiffness[:, :branches].sum(axis=1)
            for one in (bare, caged)
        ]
        expected = [astuple(f)[column] for f in factors]
        assert stiff[1] / stiff[0] == pytest.approx(expected, rel=1e-3 if column else 1e-12)


def test_ribs_that_would_soften_add_nothing():
    one = unit("T5-T6")
    caged = with_ribs(one, (RibFactors(0.5, 0.5, 1.0),) * 3)
    at = np.array([0.03, -0.02, 0.05])
    assert caged.moment(at) == pytest.approx(one.moment(at), rel=1e-12)
    assert caged.branch_stiffness == pytest.approx(one.branch_stiffness)


def test_ribs_on_and_off_is_the_unit_again():
    one = unit("T6-T7")
    caged = with_rib_cage(one)
    again = without_rib_cage(caged)
    at = np.array([0.03, -0.02, 0.05])
    assert again.moment(at) == pytest.approx(one.moment(at), rel=1e-12)
    assert again.branch_stiffness == pytest.approx(one.branch_stiffness)
    assert without_rib_cage(one) is one
    assert with_rib_cage(caged) is caged


@pytest.mark.parametrize("words", ["nucleus", "disc-rupture", "cut=ALL+PLL", "degeneration=2"])
def test_ribs_are_those_of_the_intact_level(words):
    one = unit("T6-T7")
    hurt = with_rib_cage(injured(one, words))
    assert hurt.structure("ribs") == with_rib_cage(one).structure("ribs")
    assert hurt.changes[-1] == "rib cage on"


def test_parameters_say_where_the_factors_come_from():
    fitted = with_rib_cage(unit("T6-T7")).parameters["rib_loss_FE"]
    assert (fitted.status, fitted.source) == ("fitted", "ThisWork")
    derived = with_rib_cage(unit("T6-T7"), "Mannen2018").parameters
    assert derived["rib_neutral_FE"].value == pytest.approx(3.27 / 1.95)
    assert derived["rib_neutral_FE"].status == "derived"
    assert derived["rib_loss_FE"].status == "assumed"


def test_errors_say_what_is_expected():
    with pytest.raises(ParameterError, match="T1-T2 to T11-T12"):
        with_rib_cage(unit("L4-L5"))
    with pytest.raises(ParameterError, match="T1-T2 to T11-T12"):
        rib_structure(unit("L4-L5"), (RibFactors(1.0, 1.0, 1.0),) * 3)
    bare = unit("T6-T7")
    with pytest.raises(ParameterError, match="start from the intact unit"):
        rib_structure(bare.with_structures(()), (RibFactors(1.0, 1.0, 1.0),) * 3)
    with pytest.raises(UnknownNameError, match="source of the rib cage 'Manen2018'"):
        with_rib_cage(unit("T6-T7"), "Manen2018")
