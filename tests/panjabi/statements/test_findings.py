"""Every statement's outcome with its quantities, pinned: whoever changes one sees it here."""

from __future__ import annotations

import math

import pytest

from panjabi import plots
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature.bibtex import bibliography
from panjabi.statements import Finding, Quantity, run_all, statement, statements

pytestmark = pytest.mark.xdist_group("hypothesis")  # computed once

PINNED = {
    "P1": (
        "fixed by construction",
        {
            "least_stiffness_Nm_per_rad": 1.0,
            "share_passive_Nm_per_rad": 11.69,
            "share_active_Nm_per_rad": 63.8,
            "least_without_units_Nm_per_rad": -11.5,
            "least_without_muscles_Nm_per_rad": -319.0,
        },
    ),
    "P2": (
        "supported",
        {"largest_stiffness_ratio": 0.481, "largest_lumbar_stiffness_ratio": 0.427},
    ),
    "P3": (
        "supported",
        {
            "critical_load_lumbar_N": 98.7,
            "critical_load_cervical_N": 6.08,
            "weight_above_L5_S1_N": 366.5,
        },
    ),
    "P4": (
        "undetermined",
        {
            "share_zone_grows_more": 0.6,
            "rib_cage_zone_growth_FE_percent": 45.9,
            "rib_cage_range_growth_FE_percent": 51.4,
            "rib_cage_zone_growth_AR_percent": 186.0,
        },
    ),
    "P5": ("fixed by construction", {"least_zone_less_range_percent": 9.28}),
    "P6": ("supported", {"largest_zone_less_range_percent": -32.5}),
    "P7": (
        "supported",
        {
            "zone_injured_over_intact": 1.437,
            "zone_with_60N_over_intact": 0.118,
            "force_that_restores_the_zone_N": 12.5,
            "range_with_60N_over_intact": 1.271,
            "bending_zone_with_60N_over_intact": 1.802,
        },
    ),
    "P8": ("contradicted", {"multifidus_share_percent": 34.6, "groups_that_can_be_lost": 13.0}),
    "P9": (
        "supported",
        {
            "coactivation_at_0_percent_passive_loss_percent": 1.7,
            "coactivation_at_100_percent_passive_loss_percent": 2.0,
            "lumbar_coactivation_at_100_percent_loss_percent": 3.61,
            "strength_loss_that_fails": 0.957,
            "coactivation_60ms_later_percent": 7.47,
        },
    ),
    "P10": ("undetermined", {"zone_intact_deg": 1.8, "zone_without_nucleus_deg": 2.0}),
    "P11": (
        "undetermined",
        {
            "excursion_true_sensors": 1.0,
            "fold_corruption": 0.829,
            "fold_damage": 0.696,
            "tipping_damage": 0.424,
            "chronic_damage": 0.895,
            "share_of_assumed_sets_with_chronic_state": 0.83,
        },
    ),
    "P12": ("supported", {"sway_ratio_60ms_later": 1.354, "sway_ratio_noise_power_x4": 1.203}),
    "P13": (
        "supported",
        {
            "least_stiffness_under_follower_Nm_per_rad": 7.89,
            "largest_rotation_under_follower_deg": 3.41,
        },
    ),
    "P14": (
        "supported",
        {"rotation_linear_100N_deg": 30.35, "rotation_exponential_100N_deg": 4.68},
    ),
}


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {one.id: one for one in run_all()}


def test_there_are_fourteen_in_order():
    assert [s.id for s in statements()] == [f"P{k}" for k in range(1, 15)]


@pytest.mark.parametrize("id", PINNED)
def test_outcome_and_quantities(findings, id):
    outcome, numbers = PINNED[id]
    found = findings[id]
    assert found.outcome == outcome
    for name, value in numbers.items():
        assert found[name] == pytest.approx(value, rel=0.01), name


def test_every_finding_has_its_sources_reason_and_plain_values(findings):
    known = bibliography()
    for found in findings.values():
        assert found.sources and all(key in known for key in found.sources)
        assert len(found.reason) > 40
        plain = found.to_dict()
        assert {"id", "statement", "outcome", "quantities", "sources"} <= set(plain)
        assert all(v is None or math.isfinite(v) for v in plain["quantities"].values())


def test_no_claim_rests_on_the_pain_free_zone(findings):
    found = findings["P10"]
    assert math.isnan(found["pain_free_zone_deg"])
    assert found.to_dict()["quantities"]["pain_free_zone_deg"] is None


def test_every_named_figure_draws_what_its_finding_holds(findings):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for found in findings.values():
        if found.figure is None:
            continue
        more = {"level": "L5-S1"} if found.figure == "plot_buckling_path" else {}
        axes = getattr(plots, found.figure)(found.data, **more)
        first = axes[0] if isinstance(axes, tuple) else axes
        assert first.get_xlabel()
        plt.close(first.figure)
    picture = findings["P11"].data
    axes = plots.plot_damage_growth(picture)
    assert len(axes.get_lines()) == 4
    plt.close(axes.figure)


def test_names_that_do_not_exist(findings):
    with pytest.raises(UnknownNameError, match="unknown statement 'P15'"):
        statement("P15")
    with pytest.raises(UnknownNameError, match="unknown quantity of P12 'sway'"):
        findings["P12"]["sway"]
    with pytest.raises(ParameterError, match="letters, digits and underscores"):
        Quantity("sway [deg]", 1.0, "")
    with pytest.raises(ParameterError, match="'proved'; supported, contradicted"):
        statement("P1").finding("proved", "no")  # type: ignore[arg-type]
