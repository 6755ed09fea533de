"""Figures of experiments: lines, units, markers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi import plots
from panjabi.tasks import basin_of_attraction, quick_release, sitting

pytest.importorskip("matplotlib").use("Agg")


@cache
def release():
    return quick_release()


def test_perturbation_marks_the_latency():
    axes = plots.plot_perturbation({"healthy": release()})
    onset = 1e3 * release().latencies["extensors"].seconds
    marks = [line for line in axes[2].lines if line.get_marker() == "v"]
    assert marks[0].get_xdata()[0] == pytest.approx(onset)
    np.testing.assert_allclose(axes[0].lines[0].get_ydata(), np.degrees(release().angle))
    assert "[ms]" in axes[-1].get_xlabel() and "deg" in axes[0].get_ylabel()


def test_stabilogram_and_diffusion_show_every_person():
    records = {"a": sitting(duration=20.0), "b": sitting(duration=20.0, seed=1)}
    ax = plots.plot_stabilogram(records)
    assert len(ax.lines) == 2 and "RMS" in ax.get_legend().get_texts()[0].get_text()
    assert plots.plot_diffusion(records).get_xscale() == "log"


def test_basin_shows_boundary_and_ridge():
    ax = plots.plot_basin(basin_of_attraction(rays=8, grid=21))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["basin boundary", "ridge of the exponent"]


def test_trunk_stiffness_by_frequency_and_effort():
    from panjabi.spine import spine_model
    from panjabi.tasks import bracing, trunk_stiffness

    spine = spine_model("lumbar", reflexes=True)
    found = [trunk_stiffness(spine, effort=effort, at=0.38) for effort in (0.1, 0.2)]
    f = np.array([0.1, 1.0, 4.0])
    ax = plots.plot_stiffness_by_frequency(found[1], f)
    whole = 1e-3 * found[1].complex_stiffness(f).real
    np.testing.assert_allclose(ax.lines[2].get_ydata(), whole)
    assert "[Hz]" in ax.get_xlabel() and "[N/mm]" in ax.get_ylabel()
    ax = plots.plot_stiffness_by_effort(found, published={"paper": ((0.2,), (14500.0,))})
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [10.0, 20.0])
    np.testing.assert_allclose(ax.lines[3].get_ydata(), [14.5])
    ax = plots.plot_bracing({"abdominal": bracing(spine, levels=(0.0, 0.1))})
    assert len(ax.lines) == 3 and "least activation" in ax.get_xlabel()
