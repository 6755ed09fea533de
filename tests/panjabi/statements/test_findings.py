"""Verdicts follow from draws; declarations, illustrations and figures of the statements."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from panjabi import Subject, plots
from panjabi.assessment import Assessment, verdict_from_draws
from panjabi.assessment.verdict import VERDICTS
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.statements import Finding, Quantity, statement, statements
from panjabi.statements.declarations import DECLARATIONS

ROOT = Path(__file__).parents[3]
QUICK = ("P3", "P7", "P8", "P13", "P14", "P17", "P19")
"""Statements whose eight draws take a second or two."""


def assessed(finding: Finding) -> Assessment:
    assert finding.assessment is not None
    return finding.assessment


@pytest.fixture(scope="module")
def findings() -> dict[str, Finding]:
    return {id: replace(statement(id), illustrate=None).run() for id in QUICK}


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
        a, declared = assessed(finding), DECLARATIONS[id]
        assert a.draws == 8
        variants = {(v, r): a.agrees[v][r] for v in declared.variants for r in declared.readings}
        rivals = {name: list(a.agrees[name].values()) for name in declared.rivals}
        named = {str(k): v for k, v in variants.items()}
        assert finding.outcome == verdict_from_draws(named, rivals)
        assert sum(a.failed.values()) == 0


def test_what_an_experiment_says_follows_from_its_numbers(findings):
    """The criteria again, written in another way."""
    numbers = {id: assessed(f).numbers for id, f in findings.items()}
    agrees = {id: assessed(f).agrees for id, f in findings.items()}
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
    again = assessed(statement("P13").run(draws=8))
    first = assessed(findings["P13"])
    for name, values in first.numbers["compressed"].items():
        np.testing.assert_array_equal(again.numbers["compressed"][name], values)
    soft = Subject(name="soft").changed(passive_loss=0.5)
    other = statement("P13").run(soft, draws=2)
    assert other.subject == "soft" and findings["P13"].subject == "standard adult"
    dead = assessed(other).numbers["compressed"]["dead_load_critical_N"]
    whole = first.numbers["compressed"]["dead_load_critical_N"][:2]
    np.testing.assert_allclose(dead, 0.5 * whole, rtol=1e-6)


def test_rivals_do_what_they_must(findings):
    """Linear joints of the slope at neutral do not stop the motion; no response has no timing."""
    buckled = assessed(findings["P14"]).numbers["linear_joints"]["rotation_at_100N_deg"]
    assert buckled.min() > 30.0
    none = assessed(findings["P17"]).numbers["no_response"]
    np.testing.assert_allclose(none["early_over_right"], 1.0, rtol=1e-3)
    silent = assessed(findings["P19"]).numbers["no_receptors"]
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


def test_assessments_as_a_figure(findings):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = {id: assessed(f) for id, f in findings.items()}
    ax = plots.plot_assessments(shown)
    assert [t.get_text() for t in ax.get_yticklabels()] == list(shown)
    assert {t.get_text() for t in ax.texts} == {a.outcome for a in shown.values()}
    plt.close("all")


def test_every_finding_has_a_reason_and_plain_values(findings):
    for finding in findings.values():
        assert len(finding.reason) > 40 and finding.reason.startswith(finding.outcome)
        plain = finding.to_dict()
        assert {"id", "statement", "outcome", "assessment", "sources"} <= set(plain)
        assert plain["assessment"]["outcome"] == plain["outcome"]


def test_unknown_names_are_errors(findings):
    with pytest.raises(UnknownNameError, match="unknown statement 'P20'"):
        statement("P20")
    with pytest.raises(UnknownNameError, match="unknown quantity of P14 'sway'"):
        findings["P14"]["sway"]
    with pytest.raises(ParameterError, match="letters, digits and underscores"):
        Quantity("sway [deg]", 1.0, "")
