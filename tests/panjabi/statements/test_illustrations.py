"""Numbers and figures of the statements at the default values."""

from __future__ import annotations

import math
from functools import cache

import pytest

from panjabi import Subject, plots
from panjabi.bibtex import bibliography
from panjabi.statements import Illustration, statement, statements


@cache
def illustrated(id: str) -> Illustration:
    illustrate = statement(id).illustrate
    assert illustrate is not None
    return illustrate(Subject())


def value(id: str, name: str) -> float:
    return {q.name: q.value for q in illustrated(id).quantities}[name]


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


def test_every_statement_and_illustration_has_its_sources():
    known = bibliography()
    for s in statements():
        shown = illustrated(s.id).sources if s.illustrate else ()
        assert s.sources and all(key in known for key in (*s.sources, *shown))


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
        plt.close("all")
    axes = plots.plot_damage_growth(illustrated("P11").data)  # type: ignore[arg-type]
    assert len(axes.get_lines()) == 4
    plt.close("all")
