"""Lines carry the numbers of the result, bands those of the tables, and styles stay inside."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import fascia
from fascia.errors import ReadoutError
from fascia.interventions import attenuation
from fascia.plots import (
    journal_style,
    plot_attenuation,
    plot_required,
    plot_shares,
    plot_sweep,
    plot_sweep_page,
    plot_torque_angle,
    plot_torque_change,
    remote_effects,
    stiffness_groups,
)
from fascia.plots.tie_axis import TieAxis
from panjabi.literature import row


def test_torque_curve_is_the_result_in_degrees(slr):
    ax = plot_torque_angle({"standard": slr})
    (line,) = [one for one in ax.lines if one.get_label() == "standard" and one.get_ls() == "-"]
    assert line.get_xdata() == pytest.approx(np.degrees(slr[0].angle))
    assert line.get_ydata() == pytest.approx(slr[0].tissue_torque)
    assert "[°]" in ax.get_xlabel() and "[N m]" in ax.get_ylabel()
    assert ax.get_title() == ""


def test_angles_beyond_the_calibration_are_hatched(slr):
    ax = plot_torque_angle({"standard": slr})
    (box,) = [p.get_bbox() for p in ax.patches if p.get_hatch()]
    assert (box.x0, box.x1) == pytest.approx((70.0, np.degrees(slr[0].angle[-1])))


def test_wedge_has_the_published_slope_from_the_start_of_the_window(slr):
    ax = plot_torque_angle({"standard": slr[0]})
    thin = [one for one in ax.lines if len(one.get_xdata()) == 2 and one.get_color() == "0.5"]
    slopes = []
    for line in thin:
        (x0, x1), (y0, y1) = line.get_xdata(), line.get_ydata()
        assert (x0, x1) == slr[0].window_deg
        slopes.append((y1 - y0) / np.radians(x1 - x0))
    assert slopes == pytest.approx([row("HAM_K_stiff").value, row("HAM_K_compl").value])


def test_other_tests_get_no_band(subject):
    result = fascia.examine(subject.network, "knee-extension", tolerance=subject.tolerance)
    assert not plot_torque_angle({"standard": result}).collections


def test_change_of_torque_is_after_minus_before(slr):
    line = plot_torque_change({"standard": slr}).lines[0]
    assert line.get_ydata() == pytest.approx(slr[1].tissue_torque - slr[0].tissue_torque)


def test_published_bands_come_from_the_tables_and_are_never_calibration():
    stiff, compliant = stiffness_groups()
    assert (stiff.value, stiff.high) == (36.2, pytest.approx(39.5))
    assert (compliant.low, compliant.high) == (pytest.approx(18.5), pytest.approx(22.1))
    trial, pooled = remote_effects()
    assert (trial.low, trial.high) == (pytest.approx(2.2), pytest.approx(14.8))
    assert "no sham" in trial.label and "SD" in pooled.label
    assert pooled.low < 0.0 < pooled.value == pytest.approx(1.9, abs=0.02)
    assert {b.role for b in (stiff, compliant, trial, pooled)} == {"validation"}


def test_tie_axis_puts_the_ends_beyond_the_finite_ratios():
    axis = TieAxis((0.0, 0.01, 1.0, np.inf))
    assert axis.places((0.0, 0.01, 0.1, 1.0, np.inf)) == pytest.approx([-3, -2, -1, 0, 1])


@pytest.mark.parametrize(
    "quantity", ["end_change", "stiffness_change", "end_before", "stiffness_before"]
)
def test_sweep_lines_are_the_sweep(sweep, quantity):
    ax = plot_sweep(sweep, quantity)
    lines = [one for one in ax.lines if str(one.get_label()).startswith("model")]
    assert len(lines) == len(sweep.resting_tension)
    field = {"end_change": "end_change_deg", "end_before": "end_before_deg"}.get(
        quantity, f"{quantity}_Nm_per_rad"
    )
    finite = (sweep.tie_ratio > 0.0) & np.isfinite(sweep.tie_ratio)
    for line, values in zip(lines, getattr(sweep, field), strict=True):
        assert line.get_ydata() == pytest.approx(values[finite])
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert ticks[0] == "0" and ticks[-1] == "clamped"


def test_sweep_band_is_where_the_paper_says(sweep):
    ax = plot_sweep(sweep)
    spans = sorted(p.get_extents().y0 for p in (q.get_path() for q in ax.patches))
    assert len(ax.patches) == 2 and len(spans) == 2
    low, high = ax.get_ylim()
    assert low < remote_effects()[1].low and high > remote_effects()[0].high


def test_unknown_quantity_names_those_there_are(sweep):
    with pytest.raises(ReadoutError, match="got 'angle'; choose one of end_change"):
        plot_sweep(sweep, "angle")


def test_page_of_a_sweep_has_four_panels_and_one_legend(sweep):
    figure = plot_sweep_page(sweep)
    assert len(figure.axes) == 4 and len(figure.legends) == 1
    assert not any(ax.get_legend() for ax in figure.axes)


def test_shares_are_bars_that_add_up_to_the_grey_one(change):
    ax = plot_shares(change)
    *shares, whole = [bar.get_width() for bar in ax.patches]
    assert sum(shares) == pytest.approx(whole, abs=1e-9)
    assert whole == pytest.approx(change.end_angle_change_deg)
    names = " ".join(t.get_text() for t in ax.get_yticklabels())
    assert "tension (dose 0.5)" in names and "null: chain cut" in names


def test_attenuation_lines_start_at_one(subject):
    result = attenuation(subject, tie_ratios=(0.01, 0.1))
    ax = plot_attenuation(result)
    lines = [one for one in ax.lines if str(one.get_label()).startswith("tie ratio")]
    assert [line.get_ydata()[0] for line in lines] == [1.0, 1.0]
    assert len(ax.get_xticklabels()) == len(result.stations)


def test_required_tension_shows_what_was_not_reached(subject):
    found = fascia.required_tension_drop(
        subject, "head_neck", gain_deg=1.9, tie_ratios=(0.0, 0.001, 1.0), greatest_N=500.0
    )
    assert [one.drop_N is None for one in found] == [False, False, True]
    ax = plot_required(found)
    arrows = [one for one in ax.lines if one.get_marker() == "$\\uparrow$"]
    assert len(arrows) == 2  # one in the plot, one in the legend
    texts = " ".join(t.get_text() for t in ax.texts)
    assert "200 N" in texts and "5 N" in texts


def test_journal_style_ends_with_its_block_and_keeps_seven_points():
    before = dict(mpl.rcParams)
    with journal_style():
        sizes = [mpl.rcParams[k] for k in ("font.size", "legend.fontsize", "xtick.labelsize")]
        assert min(sizes) >= 7.0
    assert dict(mpl.rcParams) == before


def test_all_text_of_the_figures_is_at_least_seven_points(slr, sweep, change, standing, tmp_path):
    from fascia.plots import plot_body_views

    with journal_style():
        figures: list[Figure] = [
            plot_torque_angle({"standard": slr}).figure,
            plot_sweep_page(sweep),
            plot_shares(change).figure,
            plot_body_views(*standing),
        ]
        for k, figure in enumerate(figures):
            figure.savefig(tmp_path / f"{k}.pdf")
            sizes = [t.get_fontsize() for t in figure.findobj(mpl.text.Text) if t.get_text()]
            assert min(sizes) >= 7.0
            assert (tmp_path / f"{k}.pdf").read_bytes()[:4] == b"%PDF"


def test_importing_the_plots_draws_in_no_matplotlib():
    code = (
        "import sys, fascia, fascia.plots; from fascia.plots import plot_body, plot_sweep, "
        "plot_torque_angle, plot_shares, plot_required; "
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
