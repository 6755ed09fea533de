"""Passive moments of the leg: the published surface, the fit to it, and what follows from it."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from fascia import standard_subject
from fascia.clinical import (
    Examination,
    LegAngles,
    SurfaceGrid,
    calibrate_passive,
    examine,
    leg_posture,
    model_surface,
    passive_fit,
    pelvic_ridge,
    published_moments,
    published_surface,
)
from fascia.clinical.calibration import LOG_SCALE_SD, MOMENT_SD, PASSIVE_SCALE
from fascia.clinical.fit_ridge import RIDGE
from fascia.clinical.passive_surface import GRID
from fascia.clinical.report import as_text
from fascia.errors import NetworkError
from fascia.network import TensionNetwork
from panjabi.errors import ParameterError
from panjabi.literature import row

ROOT = Path(__file__).parents[3]
SHEATH = "fascia_lata_post_*"


def build(scales):
    return standard_subject(passive_scale=scales).network


@cache
def committed():
    return passive_fit(build, {group: p.value for group, p in PASSIVE_SCALE.items()})


# --- published surface ---------------------------------------------------------------------


@pytest.mark.parametrize("angles", [(0, 0, 0), (90, 0, 0), (60, 30, 0), (0, 90, -20), (45, 75, 30)])
def test_published_moments_are_the_sums_of_exponentials(angles):
    """The formulas with their printed coefficients, written out."""
    h, k, a = angles
    exp = math.exp
    hip = exp(1.4655 - 0.0034 * k - 0.0750 * h) - exp(1.3403 - 0.0226 * k + 0.0305 * h) + 8.072
    knee = exp(1.8 - 0.046 * a - 0.0352 * k + 0.0217 * h) - 4.82
    knee -= exp(-3.971 - 0.0004 * a + 0.0495 * k - 0.0128 * h)
    ankle = exp(-7.9763 + 0.1949 * a + 0.0008 * k) - exp(2.1016 - 0.0843 * a - 0.0176 * k) + 1.792
    assert published_moments(LegAngles(*angles)) == pytest.approx((hip, knee, ankle), rel=1e-12)


def test_published_moments_resist():
    """A raised leg is pulled down, an extended hip forward, a dorsiflexed foot down."""
    assert published_moments(LegAngles(90.0, 0.0, 0.0))[0] < -40.0
    assert published_moments(LegAngles(0.0, 0.0, 0.0))[0] > 0.0
    assert published_moments(LegAngles(90.0, 15.0, 0.0))[1] > 0.0
    assert published_moments(LegAngles(0.0, 0.0, -20.0))[2] < -30.0


def test_grid_is_that_of_the_convention():
    """Leg to trunk 0 to 90 deg, knee 0 to 90, and the knee's moment from 10 deg on."""
    assert {a.hip for a in GRID.hip} == set(range(0, 91, 15))
    assert {a.knee for a in GRID.hip} == set(range(0, 91, 15))
    assert min(a.knee for a in GRID.knee) >= 10.0
    assert len(published_surface()) == sum(GRID.sizes)


def test_only_rows_of_role_calibration_are_used():
    from fascia.clinical.passive_surface import _coefficients

    for name in _coefficients():
        assert row(f"re99_{name}").role == "calibration"


def test_leg_posture_is_that_of_the_straight_leg_raise(adult):
    """Hip read as leg to trunk: the pelvis takes its fraction, and the trunk does not move."""
    angle = math.radians(60.0)
    q = leg_posture(adult, LegAngles(60.0, 0.0, 0.0), side="r", pelvic_share=0.3)
    raised = Examination(standard_subject().network, "slr").path.q(angle)
    raised[adult.coordinate_index("pelvis_tilt")] -= math.pi / 2  # supine
    np.testing.assert_allclose(q, raised, atol=1e-12)
    hip = q[adult.coordinate_index("hip_flexion_r")]
    assert hip + q[adult.coordinate_index("pelvis_tilt")] == pytest.approx(angle)


def test_moment_of_the_surface_is_that_of_the_straight_leg_raise(bench, network):
    grid = SurfaceGrid((LegAngles(60.0, 0.0, 0.0),), (), ())
    torque = bench("slr").at(math.radians(60.0)).tissue_torque
    assert model_surface(network, grid=grid) == pytest.approx([-torque], abs=1e-6)
    assert model_surface(network, grid=grid, side="l") == pytest.approx([-torque], abs=1e-5)


def test_impossible_requests_are_refused(network, adult):
    with pytest.raises(NetworkError, match="Expected a network on a skeleton"):
        model_surface(TensionNetwork(nodes=(), strands=()))
    with pytest.raises(ParameterError, match="Expected pelvic_share as a fraction"):
        leg_posture(adult, LegAngles(0.0, 0.0, 0.0), side="r", pelvic_share=1.0)


# --- fit -----------------------------------------------------------------------------------


def test_committed_factors_are_the_optimum():
    """No Newton step leads away from them; the status says that they are fitted."""
    assert np.abs(committed().step).max() < 1e-6
    assert {p.status for p in PASSIVE_SCALE.values()} == {"fitted"}
    assert {p.source for p in PASSIVE_SCALE.values()} == {"Riener1999"}


def test_no_factor_nearby_has_a_smaller_sum_of_squares():
    fit = committed()

    def cost(log_scale):
        scales = dict(zip(fit.groups, np.exp(log_scale).tolist(), strict=True))
        difference = model_surface(build(scales)) - published_surface()
        return np.sum((difference / MOMENT_SD.si) ** 2) + np.sum((log_scale / LOG_SCALE_SD.si) ** 2)

    at, least = np.log(fit.scale), cost(np.log(fit.scale))
    ridge = np.array([*fit.ridge.values()])
    steps = (ridge, -ridge, *(0.5 * np.random.default_rng(1).normal(size=(2, len(at)))))
    for step in steps:
        assert cost(at + 0.2 * step) > least


@pytest.mark.slow
def test_refit_gives_the_committed_factors():
    fit = calibrate_passive(build)
    assert fit.scales == pytest.approx(
        {group: p.value for group, p in PASSIVE_SCALE.items()}, rel=1e-5
    )


def test_network_follows_the_surface():
    """A check of size only: the rows are those of the calibration."""
    rms = committed().rms
    assert rms["hip"] < 5.0 and rms["knee"] < 5.0 and rms["ankle"] < 3.0


def test_ridge_is_the_direction_that_the_surface_says_least_about():
    fit = committed()
    ridge = np.array([*fit.ridge.values()])
    assert np.linalg.norm(ridge) == pytest.approx(1.0)
    change = fit.jacobian @ ridge
    assert change @ change == pytest.approx(fit.eigenvalues[0], rel=1e-6)
    assert fit.condition == pytest.approx(np.linalg.cond(fit.jacobian) ** 2, rel=1e-6)
    assert max(fit.ridge, key=lambda g: abs(fit.ridge[g])) == "adductors"
    assert fit.eigenvalues[0] < 1.0 / LOG_SCALE_SD.si**2 < fit.eigenvalues[1]
    text = fit.as_text()
    for words in ("pelvic fraction 0.3", "adductors", "eigenvalues", "condition number"):
        assert words in text


def test_a_strand_beside_the_hamstrings_is_on_only_after_refitting():
    """The surface was measured with the sheath, so muscle and sheath together must give it."""
    grid = SurfaceGrid(tuple(LegAngles(h, 0.0, 0.0) for h in (45.0, 60.0, 75.0, 90.0)), (), ())
    target = published_surface(grid)

    def with_sheath(scales):
        return build(scales).activated(SHEATH)

    alone = model_surface(build({}), grid=grid)
    added = model_surface(with_sheath({}), grid=grid)
    fit = calibrate_passive(with_sheath, groups=["hamstrings"], grid=grid, tolerance=1e-3)
    refitted = fit.difference + target
    assert np.all(np.abs(added[1:]) > 1.1 * np.abs(alone[1:]))
    assert fit.scales["hamstrings"] < PASSIVE_SCALE["hamstrings"].value
    np.testing.assert_allclose(refitted.sum(), target.sum(), rtol=0.1)


# --- stiffness of the straight-leg raise by tissue -----------------------------------------


@pytest.mark.parametrize("test", ["slr", "knee-extension", "forward-bend"])
def test_tissues_add_up_to_the_torque(bench, test):
    for angle in np.radians([0.0, 40.0, 75.0]):
        sample = bench(test).at(angle)
        assert sum(sample.torque_by_tissue.values()) == pytest.approx(sample.tissue_torque)


def test_contributions_add_up_to_the_stiffness(network):
    result = examine(network, "slr")
    parts = result.stiffness_by_tissue()
    assert sum(parts.values()) == pytest.approx(result.stiffness_Nm_per_rad)
    assert sum(result.stiffness_by_tissue((20.0, 50.0)).values()) == pytest.approx(
        result.stiffness_over((20.0, 50.0))
    )
    assert max(parts, key=lambda tissue: parts[tissue]) == "hamstrings"
    assert parts["hip_flexors"] > 0.0  # they hold less as the leg rises
    assert "from hip flexors" in as_text(result)


def test_contribution_of_a_muscle_is_tension_times_moment_arm(bench, adult):
    """Hamstrings on bone and fascia: within the slip of their origin."""
    examination = bench("slr")
    sample = examination.at(math.radians(60.0))
    q = examination.path.q(math.radians(60.0))
    arms = [-adult.moment_arms(q, name)["hip_flexion_r"] for name in examination.head_names]
    expected = float(sample.hamstring_force @ arms)
    assert sample.torque_by_tissue["hamstrings"] == pytest.approx(expected, rel=0.02)


# --- ridge of the pelvic fraction ----------------------------------------------------------


@cache
def ridge_points():
    return pelvic_ridge(build)


def test_table_of_the_page_is_the_ridge():
    """Pelvic fraction, factor of the hamstrings, difference at the hip, straight-leg raise."""
    text = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
    lines = text.partition("| pelvic fraction |")[2].partition("\n\n")[0].splitlines()[2:]
    table = [tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in lines]
    assert table == [
        (
            f"{p.pelvic_share:g}",
            f"{p.scales['hamstrings']:.2f}",
            f"{p.rms['hip']:.1f}",
            f"{p.stiffness:.1f}",
        )
        for p in ridge_points()
    ]


def test_surface_does_not_identify_the_pelvic_fraction():
    """Along the ridge the fit hardly changes, and the straight-leg raise changes by a third."""
    least, *_, most = ridge_points()
    stiffness = [p.stiffness for p in ridge_points()]
    assert stiffness == sorted(stiffness, reverse=True)
    assert least.stiffness > 1.3 * most.stiffness
    hip = [p.rms["hip"] for p in ridge_points()]
    assert max(hip) - min(hip) < MOMENT_SD.value / 2.0
    at = next(p for p in ridge_points() if p.pelvic_share == 0.3)
    assert at.rms == pytest.approx(committed().rms)


@pytest.mark.slow
@pytest.mark.parametrize("share", sorted(RIDGE))
def test_factors_of_the_ridge_are_optima(share):
    fit = passive_fit(build, RIDGE[share], pelvic_share=share)
    assert np.abs(fit.step).max() < 1e-5
