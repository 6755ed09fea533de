"""Figures of spine and network draw what is in the result."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.coupling import release_with_spine, sweep_hamstrings, sweep_spine_release
from fascia.errors import ReadoutError
from fascia.plots import (
    plot_bend_load,
    plot_hamstring_bend,
    plot_spine_release,
    plot_spine_sweep,
)
from panjabi.spine.static_build import static_spine


@pytest.fixture(scope="module")
def spine(subject):
    return static_spine(body=subject.network.body)


@pytest.fixture(scope="module")
def bend(subject):
    return sweep_hamstrings(subject, scales=(0.5, 1.0), inclination_deg=60.0)


def test_release_is_drawn_level_by_level(subject, spine):
    release = release_with_spine(subject, "head_neck", spine=spine, margin=None)
    ax = plot_spine_release(release)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx(list(release.compression_change.values()))
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert (
        labels[0].startswith("L5-S1")
        and f"{release.before.compression['L5-S1']:.0f} N" in labels[0]
    )
    assert not np.any(ax.lines[-1].get_xdata())  # null models: nothing


def test_sweep_has_a_line_for_each_resting_tension(subject, spine):
    sweep = sweep_spine_release(subject, "head_neck", (0.01, 0.1), (5.0,), spine=spine)
    ax = plot_spine_sweep(sweep, "margin")
    assert ax.lines[0].get_ydata() == pytest.approx(sweep.margin[0])
    with pytest.raises(ReadoutError, match="choose one of compression"):
        plot_spine_sweep(sweep, "load")


def test_bend_draws_every_condition_and_the_slack_null(bend):
    for joint in ("lumbar", "hip"):
        ax = plot_hamstring_bend(bend, joint)
        assert len(ax.lines) == 5
        values = getattr(bend, f"{joint}_deg")("same_inclination")
        assert ax.lines[0].get_ydata() == pytest.approx(values)
    with pytest.raises(ReadoutError, match="lumbar or hip"):
        plot_hamstring_bend(bend, "knee")


def test_load_is_drawn_as_change_from_the_softest(bend):
    ax = plot_bend_load(bend)
    assert [line.get_ydata()[0] for line in ax.lines[:3]] == [0.0, 0.0, 0.0]
    assert "L5-S1" in ax.get_legend().get_texts()[0].get_text()
