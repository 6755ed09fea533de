"""Figures show the computed values: regions, boundaries, branches, responses."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")  # the tests choose; the package never does

import matplotlib.pyplot as plt
import numpy as np
import pytest
from known_delay_systems import trunk_line, trunk_system

from panjabi.delay.roots import MeasuredResponse, frequency_response, root_loci, stability_map
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.plots import PublishedRatio, plot_admittance, plot_root_loci, plot_stability_map


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_map_shows_curves_counts_and_points():
    family = trunk_line("T1", "stretch_gain", "delay")
    found = stability_map(family, ((0.0, 1200.0), (0.0, 0.3)), search_steps=8)
    ax = plot_stability_map(found, points={"T1": (400.0, 0.06)})
    drawn = {line.get_label(): line.get_xydata() for line in ax.lines}
    hopf = next(c for c in found.curves if c.roots == 2)
    assert drawn["oscillation (root pair)"] == pytest.approx(hopf.points * [1.0, 1e3])
    assert "divergence (root at 0)" in drawn
    texts = {t.get_text() for t in ax.texts}
    assert texts == {"1", "2", "3", "T1"}
    assert "ms" in ax.get_ylabel() and ax.get_ylim() == (0.0, 300.0)
    assert "stable" in [t.get_text() for t in ax.get_legend().get_texts()]


def test_root_loci_mark_the_crossing():
    loci = root_loci(trunk_line("T3", "delay"), np.linspace(0.03, 0.12, 7), count=4)
    ax = plot_root_loci(loci)
    (text,) = (t.get_text() for t in ax.texts)
    assert text == "78.9 ms"
    segments = [s for c in ax.collections for s in c.get_segments()]
    assert segments and all(np.isfinite(s).all() for s in segments)


def test_admittance_with_measured_and_published_markers():
    f = np.geomspace(0.1, 10.0, 40)
    found = frequency_response(trunk_system("T1"), f)
    data = MeasuredResponse("lab", f, found.values, (0.1 * found.magnitude) ** 2)
    ratio = PublishedRatio("T1", 0.39, (0.2, 1.1), "published")
    top, bottom = plot_admittance({"T1": found}, measured={"lab": data}, published=[ratio])
    lines = {line.get_label(): line.get_xydata() for line in top.lines}
    assert lines["T1"][:, 1] == pytest.approx(found.magnitude)
    expected = 0.39 * np.interp([0.2, 1.1], f, found.magnitude)
    assert lines["published"][[0, -1], 1] == pytest.approx(expected)
    assert bottom.lines[0].get_ydata() == pytest.approx(np.degrees(found.phase))
    assert top.get_ylabel() == "admittance [rad/(N m)]"
    with pytest.raises(UnknownNameError, match="T2"):
        wrong = PublishedRatio("T2", 0.4, (0.2, 1.0), "x")
        plot_admittance({"T1": found}, published=[wrong])
    with pytest.raises(ParameterError, match="at least one response"):
        plot_admittance({})
