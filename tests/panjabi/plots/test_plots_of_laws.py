"""Curves of laws are hatched exactly where no data exist."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import assumed
from panjabi.passive import neutral_zone_test, unit
from panjabi.plots import plot_moment_angle, plot_muscle_curves, plot_strand_law
from panjabi.plots.style import shade_beyond
from panjabi.tissue import Collagen, DeGrooteCurves
from panjabi.tissue.evidence import strain_range

mpl.use("Agg")


def hatched(ax, *, vertical=True):
    """Intervals that are hatched, on one axis, in order."""
    boxes = [p.get_bbox() for p in ax.patches if p.get_hatch()]
    ends = [(b.x0, b.x1) if vertical else (b.y0, b.y1) for b in boxes]
    return sorted((float(a), float(b)) for a, b in ends)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_both_ends_and_failure_are_hatched_and_limits_stay():
    ax = plt.figure().add_subplot()
    ax.set_xlim(0.0, 10.0)
    limits = EvidenceRange("x", assumed(4.0, "1"), assumed(8.0, "1"), assumed(1.0, "1"))
    shade_beyond(ax, limits)
    assert hatched(ax) == [(0.0, 1.0), (4.0, 8.0), (8.0, 10.0)]
    assert ax.get_xlim() == (0.0, 10.0)
    assert ax.get_legend_handles_labels()[1] == ["beyond the tests", "beyond failure"]
    ax = plt.figure().add_subplot()
    ax.set_ylim(-20.0, 30.0)
    load = EvidenceRange("moment", assumed(10.0, "N m"), assumed(90.0, "N m"), symmetric=True)
    shade_beyond(ax, load, vertical=False)
    assert hatched(ax, vertical=False) == [(-20.0, -10.0), (10.0, 30.0)]


def test_a_strand_is_hatched_beyond_the_strain_of_its_tissue():
    law = Collagen(slack_length=0.1, stiffness=1e4, transition_strain=0.03)
    assert hatched(plot_strand_law(law))[0][0] == pytest.approx(6.0)
    ax = plot_strand_law(law, strain=strain_range("tendon"))
    assert hatched(ax)[0][0] == pytest.approx(4.9)
    strain, tension = (np.asarray(x) for x in ax.lines[0].get_data())
    assert tension == pytest.approx(law.tension(0.1 * (1.0 + 0.01 * strain)))


def test_muscle_curves_are_hatched_beyond_their_ranges():
    curves = DeGrooteCurves.refit()
    axes = plot_muscle_curves(curves)
    assert hatched(axes[0]) == [(0.2, pytest.approx(0.4441)), (pytest.approx(1.6), 2.0)]
    assert hatched(axes[1]) == [(-1.4, -1.0), (1.0, 1.4)]
    assert hatched(axes[2]) == [pytest.approx((4.9, 7.5)), pytest.approx((7.5, 10.0))]
    with pytest.raises(ParameterError, match="Expected three axes, got 2"):
        plot_muscle_curves(curves, axes=axes[:2])


def test_moments_are_hatched_only_where_the_test_went_beyond_its_evidence():
    inside = neutral_zone_test(unit("L4-L5"), "flexion-extension")
    assert hatched(plot_moment_angle(inside), vertical=False) == []
    tested = inside.unit.evidence.moment.tested.si
    further = unit("L4-L5", extrapolate=True)
    beyond = neutral_zone_test(further, "flexion-extension", moment=1.5 * tested)
    starts = [low for low, _ in hatched(plot_moment_angle(beyond), vertical=False)]
    assert pytest.approx(tested) in starts
