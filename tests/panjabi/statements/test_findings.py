"""Verdicts follow from draws; declarations, illustrations and figures of the statements."""

from __future__ import annotations

import ast
import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from panjabi import Subject, plots
from panjabi.assessment import verdict_from_draws
from panjabi.assessment.verdict import VERDICTS
from panjabi.bibtex import bibliography
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.statements import Finding, Illustration, Quantity, hypothesis, statement, statements
from panjabi.statements.declarations import DECLARATIONS

ROOT = Path(__file__).parents[3]
QUICK = ("P3", "P7", "P8", "P13", "P14", "P17", "P19")
"""Statements whose eight draws take a second or two."""


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {finding.id: finding for finding in hypothesis(QUICK)}


@cache
def illustrated(id: str) -> Illustration:
    illustrate = statement(id).illustrate
    assert illustrate is not None
    return illustrate(Subject())


def value(id: str, name: str) -> float:
    return {q.name: q.value for q in illustrated(id).quantities}[name]


# --- declarations and verdicts ---------------------------------------------------------------


def test_there_are_nineteen_statements_in_order_and_two_are_not_tested():
    assert [s.id for s in statements()] == [f"P{k}" for k in range(1, 20)]
    without = {s.id for s in statements() if s.experiment is None}
    assert without == {"P10", "P16"} == {s.id for s in statements()} - set(DECLARATIONS)
    finding = statement("P16").run()
    assert finding.outcome == "not tested" and len(finding.reason) > 40
    assert finding.to_dict()["assessment"] is None


@pytest.mark.parametrize("id", DECLARATIONS)
def test_an_experiment_uses_its_declaration(id):
    experiment = statement(id).experiment
    assert experiment is not None and experiment.declaration is DECLARATIONS[id]
    assert all(len(words) > 10 for words in experiment.declaration.readings.values())


def test_no_verdict_is_written_in_the_code_of_a_statement():
    for file in (ROOT / "panjabi" / "statements").glob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        allowed = {"not tested"} if file.name == "finding.py" else set()
        assert not words & set(VERDICTS) - allowed, file.name


def test_a_verdict_follows_from_the_draws(findings):
    for id, finding in findings.items():
        a, declared = finding.assessment, DECLARATIONS[id]
        assert a is not None and a.draws == 8
        variants = {(v, r): a.agrees[v][r] for v in declared.variants for r in declared.readings}
        rivals = {name: list(a.agrees[name].values()) for name in declared.rivals}
        named = {str(k): v for k, v in variants.items()}
        assert finding.outcome == verdict_from_draws(named, rivals)
        assert sum(a.failed.values()) == 0


def test_what_an_experiment_says_follows_from_its_numbers(findings):
    """The criteria again, written in another way."""
    numbers = {id: f.assessment.numbers for id, f in findings.items()}
    agrees = {id: f.assessment.agrees for id, f in findings.items()}
    for model, found in numbers["P14"].items():
        rotation, load = found["rotation_at_100N_deg"], found["critical_load_over_linear"]
        np.testing.assert_array_equal(agrees["P14"][model]["limited"], (rotation < 5) & (load < 1))
    for model, found in numbers["P3"].items():
        worst = np.maximum(
            found["load_over_weight_lumbar"], found["load_over_weight_thoracolumbar"]
        )
        np.testing.assert_array_equal(agrees["P3"][model]["buckles"], worst < 1)
    for model, found in numbers["P7"].items():
        zone, wide = found["zone_with_force"], found["range_with_force"] > 1.25
        about = (zone >= 0.8) & (zone <= 1.25) & (found["zone_change"] < 0) & wide
        np.testing.assert_array_equal(agrees["P7"][model]["after_30_s"], about)


def test_an_assessment_is_repeatable_and_is_about_the_subject(findings):
    again = statement("P13").run(draws=8).assessment
    first = findings["P13"].assessment
    for name, values in first.numbers["compressed"].items():
        np.testing.assert_array_equal(again.numbers["compressed"][name], values)
    soft = Subject(name="soft").changed(passive_loss=0.5)
    other = statement("P13").run(soft, draws=2)
    assert other.subject == "soft" and findings["P13"].subject == "standard adult"
    dead = other.assessment.numbers["compressed"]["dead_load_critical_N"]
    whole = first.numbers["compressed"]["dead_load_critical_N"][:2]
    np.testing.assert_allclose(dead, 0.5 * whole, rtol=1e-6)


def test_rivals_do_what_they_must(findings):
    """Linear joints of the slope at neutral do not stop the motion; no response has no timing."""
    buckled = findings["P14"].assessment.numbers["linear_joints"]["rotation_at_100N_deg"]
    assert buckled.min() > 30.0
    none = findings["P17"].assessment.numbers["no_response"]
    np.testing.assert_allclose(none["early_over_right"], 1.0, rtol=1e-6)
    silent = findings["P19"].assessment.numbers["no_receptors"]
    np.testing.assert_allclose(silent["drive_over_intact"], 1.0, rtol=0.01)


@pytest.mark.parametrize(
    ("id", "model", "agree"),
    [
        ("P1", "without_muscles", 1.0),
        ("P2", "linear_joints", 0.0),
        ("P2", "softening_joints", 0.0),
        ("P4", "uniform_injury", 0.0),
        ("P5", "pressure_only", 0.0),
        ("P6", "exponential_law", 1.0),
        ("P9", "no_cocontraction", 0.0),
        ("P9", "soft_muscles", 0.0),
        ("P11", "true_signals", 0.0),
        ("P12", "no_reflex", 0.0),
        ("P15", "no_receptors", 0.0),
        ("P15", "stiff_unit", 0.0),
        ("P18", "uniform_injury", 0.0),
    ],
)
def test_models_that_physics_decides(id, model, agree):
    """One draw of one model, in its first reading."""
    from panjabi.assessment import Numbers

    experiment = statement(id).experiment
    assert experiment is not None
    draw = experiment.declaration.draw(0)
    numbers = Numbers(dict(experiment.measure(Subject(), model, draw)))
    assert float(next(iter(experiment.criteria.values()))(numbers)) == agree


def test_the_page_on_experiments_lists_the_outcomes(findings):
    page = (ROOT / "docs" / "experiments.md").read_text("utf-8")
    rows = re.findall(r"^\| (P\d+) \| .+ \| ([a-z ]+) \|$", page, re.MULTILINE)
    assert [id for id, _ in rows] == [s.id for s in statements()]
    listed = dict(rows)
    assert {id: listed[id] for id in QUICK} == {id: f.outcome for id, f in findings.items()}
    assert listed["P10"] == listed["P16"] == "not tested"


# --- illustrations ---------------------------------------------------------------------------


def test_p1_subsystems_add_up_to_the_least_stiffness():
    """Standing with the margin of the thorax, which the spine has not without muscles."""
    parts = [value("P1", f"share_{name}_Nm_per_rad") for name in ("passive", "active", "loads")]
    least = value("P1", "least_stiffness_Nm_per_rad")
    assert sum(parts) == pytest.approx(least, abs=1e-6)
    assert value("P1", "least_without_muscles_Nm_per_rad") < 0.0
    assert least > value("P1", "least_without_units_Nm_per_rad")


def test_p9_effort_grows_with_every_deficit():
    intact = value("P9", "coactivation_at_0_percent_passive_loss_percent")
    assert intact < value("P9", "coactivation_at_100_percent_passive_loss_percent")
    assert intact < value("P9", "coactivation_60ms_later_percent")
    assert 0.0 < value("P9", "strength_loss_that_fails") <= 1.0


def test_p11_the_tipping_point_lies_between_health_and_the_chronic_state():
    tipping, fold, chronic = (value("P11", f"{n}_damage") for n in ("tipping", "fold", "chronic"))
    assert value("P11", "excursion_true_sensors") == pytest.approx(1.0, rel=0.05)
    assert 0.0 < tipping < fold < chronic <= 1.0


def test_the_pain_free_zone_has_no_value():
    assert math.isnan(value("P10", "pain_free_zone_deg"))
    assert illustrated("P10").to_dict()["quantities"]["pain_free_zone_deg"] is None


def test_every_finding_has_its_sources_reason_and_plain_values(findings):
    known = bibliography()
    for s in statements():
        shown = illustrated(s.id).sources if s.illustrate else ()
        assert s.sources and all(key in known for key in (*s.sources, *shown))
    for finding in findings.values():
        assert len(finding.reason) > 40 and finding.reason.startswith(finding.outcome)
        plain = finding.to_dict()
        assert {"id", "statement", "outcome", "assessment", "sources"} <= set(plain)
        assert plain["assessment"]["outcome"] == plain["outcome"]


def test_every_figure_of_an_illustration_plots_its_data():
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for s in statements():
        if s.illustrate is None or (shown := illustrated(s.id)).figure is None:
            continue
        more = {"level": "L5-S1"} if shown.figure == "plot_buckling_path" else {}
        axes = getattr(plots, shown.figure)(shown.data, **more)
        first = axes[0] if isinstance(axes, tuple) else axes
        assert first.get_xlabel()
        plt.close(first.figure)
    axes = plots.plot_damage_growth(illustrated("P11").data)  # type: ignore[arg-type]
    assert len(axes.get_lines()) == 4
    plt.close(axes.figure)


def test_unknown_names_are_errors(findings):
    with pytest.raises(UnknownNameError, match="unknown statement 'P20'"):
        statement("P20")
    with pytest.raises(UnknownNameError, match="unknown quantity of P14 'sway'"):
        findings["P14"]["sway"]
    with pytest.raises(ParameterError, match="letters, digits and underscores"):
        Quantity("sway [deg]", 1.0, "")
