"""Figures show the computed values: zones, cycles, paths, modes, the table."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")  # the tests choose; the package never does

import matplotlib.pyplot as plt
import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive.injury import injured
from panjabi.passive.measured import measured_neutral_zone, parse_measurement
from panjabi.passive.neutral_zone import neutral_zone_test
from panjabi.passive.protocol import cyclic_test
from panjabi.passive.standard import unit
from panjabi.plots import (
    plot_buckling_path,
    plot_injured,
    plot_level_table,
    plot_measured,
    plot_mode,
    plot_moment_angle,
)
from panjabi.spine import LinearJoint, column
from panjabi.spine.passive_spine import top_load
from panjabi.stability import crisco, critical_load


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def flexion():
    return neutral_zone_test(unit("L4-L5"), "flexion")


def test_zones_and_cycle_are_those_of_the_test(flexion):
    ax = plot_moment_angle(flexion)
    text = [t.get_text() for t in ax.texts]
    whole = np.degrees(flexion.residual.end_plus - flexion.residual.end_minus)
    assert text.count("EZ") == 2 and text.count("NZ") == 1
    assert f"range of motion {whole:.1f}°" in text
    ends = sorted(p.get_x() for p in ax.patches)
    zone = flexion.zones["residual"]
    assert ends == pytest.approx(np.degrees([flexion.residual.end_minus, zone.lower]))
    widths = sorted(p.get_width() for p in ax.patches)
    assert widths == pytest.approx([2.0 * np.degrees(zone.half_width), whole])
    drawn = ax.lines[0].get_xydata()
    assert drawn[-1] == pytest.approx(
        [np.degrees(flexion.continuous.angle[-1]), flexion.continuous.moment[-1]]
    )
    assert "flexion" in ax.get_xlabel() and "L4-L5" in ax.get_xlabel()


def test_another_estimator_moves_the_band_and_an_unknown_estimator_is_an_error(flexion):
    ax = plot_moment_angle(flexion, estimator="zero_load_gap", ax=plt.figure().add_subplot())
    zone = flexion.zones["zero_load_gap"]
    assert min(p.get_width() for p in ax.patches) == pytest.approx(2 * np.degrees(zone.half_width))
    with pytest.raises(UnknownNameError, match="close: 'residual'"):
        plot_moment_angle(flexion, estimator="residuum")


def test_injured_against_intact(flexion):
    hurt = neutral_zone_test(injured(unit("L4-L5"), "disc-rupture"), "flexion")
    ax = plot_injured({"intact": flexion, "disc rupture": hurt})
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
    assert labels == ["intact", "disc rupture"]
    bars = [np.ptp(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2][:2]
    expected = [2 * np.degrees(t.zones["residual"].half_width) for t in (flexion, hurt)]
    assert bars == pytest.approx(expected)
    sideways = neutral_zone_test(unit("L4-L5"), "lateral bending")
    with pytest.raises(ParameterError, match="one axis"):
        plot_injured({"a": flexion, "b": sideways})


def test_buckling_path_starts_at_its_load_and_ends_at_its_rotation():
    paths = {name: crisco(name).path for name in ("linear", "exponential")}
    ax = plot_buckling_path(paths, level="L5-S1", published={"1992": (40.0, 100.0)})
    drawn = {line.get_label(): line for line in ax.lines}
    for name in paths:
        x, y = drawn[name].get_data()
        assert (x[0], y[0]) == pytest.approx((0.0, crisco(name).critical.load))
        assert (x[-1], y[-1]) == pytest.approx((crisco(name).rotation_at_100N()["L5-S1"], 100.0))
    assert list(drawn["1992"].get_xdata()) == [40.0]
    with pytest.raises(UnknownNameError, match="level 'L5-S2'"):
        plot_buckling_path(paths, level="L5-S2")


def test_mode_to_the_right_bends_to_the_left_of_the_figure():
    made = column("lumbar", LinearJoint.isotropic(40.0), straight=True, plane="frontal")
    found = critical_load(made, top_load(made))
    ax = plot_mode(found)
    assert ax.lines[2].get_xdata()[-1] < 0.0 and found.mode[0] > 0.0
    assert "91" in ax.get_title() or f"{found.load:.1f}" in ax.get_title()
    side = plot_mode(found, view="side", ax=plt.figure().add_subplot())
    assert side.get_xlabel() == "forward [mm]"
    with pytest.raises(UnknownNameError, match="view 'top'"):
        plot_mode(found, view="top")
    with pytest.raises(
        ParameterError, match="a finite critical load of the spine from L5-S1 to L1-L2, got none"
    ):
        plot_mode(critical_load(made, top_load(made, -1.0)))


def test_table_prints_every_level_and_axis(flexion):
    sideways = neutral_zone_test(unit("L4-L5"), "lateral bending")
    ax = plot_level_table([flexion, sideways], published={("L4-L5", "FE"): 1.8})
    zone = np.degrees(flexion.zones["residual"].half_width)
    whole = np.degrees(flexion.residual.end_plus - flexion.residual.end_minus)
    assert f"{zone:.1f} (1.8) / {whole:.1f}" in [t.get_text() for t in ax.texts]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["L4-L5"]
    with pytest.raises(ParameterError, match="two tests of L4-L5 FE"):
        plot_level_table([flexion, flexion])
    with pytest.raises(ParameterError, match="got no tests"):
        plot_level_table([])


def test_figures_are_written_as_pdf_and_png_and_closed(tmp_path):
    import matplotlib.pyplot as plt

    from panjabi.plots import save_figures

    figure = plt.figure()
    figure.add_subplot().plot([0.0, 1.0])
    written = save_figures({"line": figure}, tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["line.pdf", "line.png"]
    assert all(path.stat().st_size > 1000 for path in written)
    assert not plt.fignum_exists(figure.number)


def test_measured_record_shows_samples_law_and_zone():
    recording = cyclic_test(unit("L4-L5"), 0)
    rows = zip(recording.time, recording.moment, np.degrees(recording.angle), strict=True)
    text = "time_s,moment_Nm,angle_deg\n" + "".join(f"{t},{m},{a}\n" for t, m, a in rows)
    found = measured_neutral_zone(parse_measurement(text, "own.csv"))
    ax = plot_measured(found, estimator="zero_load_gap")
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
    assert labels[:2] == ["neutral zone (zero load gap)", "measured"]
    assert labels[2].startswith("fitted law, r²") and len(labels) == 3
    with pytest.raises(UnknownNameError):
        plot_measured(found, estimator="residual")
