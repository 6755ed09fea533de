"""Outcomes follow from the reported quantities; expected results of each experiment."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from panjabi import plots
from panjabi.bibtex import bibliography
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import row
from panjabi.stability.follower_path import CARRIED_DEG
from panjabi.statements import Finding, Quantity, hypothesis, statement, statements

OUTCOME_BY_NUMBERS = {
    "P2": lambda f: f["largest_stiffness_ratio"] < 0.5,
    "P3": lambda f: f["largest_share_of_weight"] < 1.0,
    "P8": lambda f: (
        f["multifidus_share_percent"] > row("wil95_mf").number
        and f["groups_that_can_be_lost"] == f["groups"]
    ),
    "P12": lambda f: f["rises_with_every_delay"] == 1.0 and f["sway_ratio_noise_power_x4"] > 1.0,
    "P13": lambda f: (
        f["least_stiffness_under_follower_Nm_per_rad"] > 0.0
        and f["largest_rotation_under_follower_deg"] <= CARRIED_DEG
        and f["dead_load_critical_N"] < 0.5 * f["follower_load_N"]
    ),
    "P14": lambda f: (
        f["rotation_exponential_100N_deg"]
        < row("cri92_post_exp").number
        < f["rotation_linear_100N_deg"]
    ),
}
"""Statement -> whether its quantities support it; otherwise they contradict it."""


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {finding.id: finding for finding in hypothesis()}


def test_there_are_fourteen_statements_in_order():
    assert [s.id for s in statements()] == [f"P{k}" for k in range(1, 15)]


@pytest.mark.parametrize("id", OUTCOME_BY_NUMBERS)
def test_outcome_follows_from_the_numbers(findings, id):
    finding = findings[id]
    assert finding.outcome == ("supported" if OUTCOME_BY_NUMBERS[id](finding) else "contradicted")


def test_the_page_on_experiments_lists_every_outcome(findings):
    page = Path(__file__).parents[3] / "docs" / "experiments.md"
    rows = re.findall(r"^\| (P\d+) \| .+ \| ([a-z ]+) \|$", page.read_text("utf-8"), re.MULTILINE)
    assert rows == [(id, finding.outcome) for id, finding in findings.items()]


def test_results_that_are_inputs_are_fixed_by_construction(findings):
    assert findings["P1"].outcome == findings["P5"].outcome == "fixed by construction"


def test_p1_subsystems_add_up_to_the_least_stiffness(findings):
    """Standing with the margin of the thorax, which the spine has not without muscles."""
    finding = findings["P1"]
    parts = [finding[f"share_{name}_Nm_per_rad"] for name in ("passive", "active", "loads")]
    assert sum(parts) == pytest.approx(finding["least_stiffness_Nm_per_rad"], abs=1e-6)
    assert finding["least_without_muscles_Nm_per_rad"] < 0.0
    assert finding["least_stiffness_Nm_per_rad"] > finding["least_without_units_Nm_per_rad"]
    words = "stable" if finding["least_without_units_Nm_per_rad"] > 0.0 else "unstable"
    assert f"is {words} without the units and unstable without the muscles" in finding.reason


def test_p4_a_tendency_needs_two_thirds_of_the_cases_by_every_estimator(findings):
    finding = findings["P4"]
    more = [q.value for q in finding.quantities if q.name.startswith("share_zone_grows_more_")]
    assert len(more) == 5
    tendency = "undetermined"
    if min(more) >= 2 / 3 or max(more) <= 1 / 3:
        tendency = "supported" if min(more) >= 2 / 3 else "contradicted"
    assert finding.outcome == tendency


def test_p6_is_fixed_where_every_estimator_agrees(findings):
    finding = findings["P6"]
    worst = [q.value for q in finding.quantities if q.name.startswith("largest_zone_less_range_")]
    agree = max(worst) < 0.0
    assert finding.outcome == ("fixed by construction" if agree else "undetermined")
    assert finding["largest_zone_less_range_residual_30_s_percent"] < 0.0


def test_p7_the_zone_must_be_about_intact_after_both_waits_and_in_bending(findings):
    finding = findings["P7"]
    names = ("", "late_", "bending_")
    zones = [finding[f"{name}zone_with_60N_over_intact"] for name in names]
    before = [finding[f"{name}zone_injured_over_intact"] for name in names]
    cases = [0.8 <= z <= 1.25 and z < b for z, b in zip(zones, before, strict=True)]
    kept = finding["range_with_60N_over_intact"] > 1.25
    expected = "undetermined"
    if all(cases) and kept:
        expected = "supported"
    elif not any(cases) or not kept:
        expected = "contradicted"
    assert finding.outcome == expected


def test_p9_effort_grows_with_every_deficit(findings):
    finding = findings["P9"]
    assert (
        finding["coactivation_at_0_percent_passive_loss_percent"]
        < finding["coactivation_at_100_percent_passive_loss_percent"]
    )
    assert (
        finding["coactivation_60ms_later_percent"]
        > finding["coactivation_at_0_percent_passive_loss_percent"]
    )
    assert 0.0 < finding["strength_loss_that_fails"] <= 1.0


def test_p11_the_tipping_point_lies_between_health_and_the_chronic_state(findings):
    finding = findings["P11"]
    assert finding["excursion_true_sensors"] == pytest.approx(1.0, rel=0.05)
    assert (
        0.0 < finding["tipping_damage"] < finding["fold_damage"] < finding["chronic_damage"] <= 1.0
    )


def test_every_finding_has_its_sources_reason_and_plain_values(findings):
    known = bibliography()
    for finding in findings.values():
        assert finding.sources and all(key in known for key in finding.sources)
        assert len(finding.reason) > 40
        plain = finding.to_dict()
        assert {"id", "statement", "outcome", "quantities", "sources"} <= set(plain)
        assert all(v is None or math.isfinite(v) for v in plain["quantities"].values())


def test_the_pain_free_zone_has_no_value(findings):
    finding = findings["P10"]
    assert math.isnan(finding["pain_free_zone_deg"])
    assert finding.to_dict()["quantities"]["pain_free_zone_deg"] is None


def test_every_figure_of_a_finding_plots_its_data(findings):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for finding in findings.values():
        if finding.figure is None:
            continue
        more = {"level": "L5-S1"} if finding.figure == "plot_buckling_path" else {}
        axes = getattr(plots, finding.figure)(finding.data, **more)
        first = axes[0] if isinstance(axes, tuple) else axes
        assert first.get_xlabel()
        plt.close(first.figure)
    picture = findings["P11"].data
    axes = plots.plot_damage_growth(picture)
    assert len(axes.get_lines()) == 4
    plt.close(axes.figure)


def test_unknown_names_are_errors(findings):
    with pytest.raises(UnknownNameError, match="unknown statement 'P15'"):
        statement("P15")
    with pytest.raises(UnknownNameError, match="unknown quantity of P12 'sway'"):
        findings["P12"]["sway"]
    with pytest.raises(ParameterError, match="letters, digits and underscores"):
        Quantity("sway [deg]", 1.0, "")
    with pytest.raises(ParameterError, match="supported, contradicted, .*, got 'proved'"):
        statement("P1").finding("proved", "no")  # type: ignore[arg-type]
