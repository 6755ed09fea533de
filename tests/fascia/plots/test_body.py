"""What is drawn is what was solved: places, colours, slack strands, scales."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

from fascia.errors import ReadoutError
from fascia.plots import plot_body, plot_body_change, plot_body_views
from fascia.plots.body import change_scale, tension_change
from fascia.plots.geometry import VIEWS, nearness, strand_courses, view_axes


def strands_of(ax):
    return [c for c in ax.collections if isinstance(c, LineCollection)][-1]


def test_drawn_courses_have_the_lengths_of_the_equilibrium(subject, standing):
    """Slips included: the polyline on the paper is the strand of the solver."""
    for state in standing:
        for q in (subject.network, state.network):
            courses = strand_courses(q, state)
            length = [np.linalg.norm(np.diff(c, axis=0), axis=1).sum() for c in courses]
            wraps = np.array([bool(s.wraps) for s in subject.network.active_strands])
            assert np.allclose(np.array(length)[~wraps], state.length[~wraps], atol=1e-12)
            # the figure has the chord of an arc over a surface
            assert np.allclose(length, state.length, atol=3e-3)


def test_views_are_right_handed_and_show_forward_and_right():
    for view in VIEWS:
        assert np.linalg.det(view_axes(view)) == pytest.approx(1.0)
    forward, right = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    assert view_axes("side")[0] @ forward == 1.0  # faces right
    assert view_axes("front")[0] @ right == -1.0  # the person's right is the reader's left
    assert view_axes("back")[0] @ right == 1.0


def test_unknown_view_names_those_there_are(subject, standing):
    with pytest.raises(ReadoutError, match="got 'top'; .*side.*front.*back"):
        plot_body(subject.network, standing[0], "top")


@pytest.mark.parametrize("view", VIEWS)
def test_every_tense_strand_is_coloured_by_its_tension(subject, standing, view):
    state = standing[0]
    ax = plot_body(subject.network, state, view)
    drawn = strands_of(ax)
    assert sorted(drawn.get_array()) == pytest.approx(sorted(state.tension[state.tension > 0.0]))
    assert drawn.norm.vmax == state.tension.max()


def test_slack_strands_are_dashed_and_have_no_colour(subject, standing):
    ax = plot_body(subject.network, standing[0], "side")
    loose = [c for c in ax.collections if isinstance(c, LineCollection)][-2]
    near = nearness(subject.network, standing[0], "side") >= -1e-3
    assert len(loose.get_segments()) == (near & (standing[0].tension <= 0.0)).sum()
    assert loose.get_array() is None
    assert loose.get_linestyle()[0][1] is not None


def test_change_is_after_minus_before_about_zero(subject, standing):
    before, after = standing
    ax = plot_body(after.network, after, "back", compare=before)
    drawn = strands_of(ax)
    assert drawn.norm.vmin == -drawn.norm.vmax
    assert min(drawn.get_array()) == pytest.approx((after.tension - before.tension).min())
    assert drawn.cmap(drawn.norm(0.0))[:3] == pytest.approx((0.816,) * 3, abs=0.01)
    assert tension_change(before, before).any() == np.False_


def test_change_scale_of_nothing_is_still_a_scale():
    norm = change_scale(np.zeros(4))
    assert norm.vmax > 0.0 and norm(0.0) == pytest.approx(0.5)


def test_an_axis_given_is_the_axis_returned_and_no_figure_is_made(subject, standing):
    import matplotlib.pyplot as plt

    figure = plt.figure()
    ax = figure.add_subplot()
    assert plot_body(subject.network, standing[0], ax=ax) is ax
    assert plt.get_fignums() == [figure.number]
    assert figure.axes == [ax]  # no colour bar on somebody else's figure


def test_outline_holds_the_skeleton(subject, standing):
    """Joint centres lie within the filled outline in every view."""
    from matplotlib.path import Path

    body = subject.network.body
    for view in VIEWS:
        ax = plot_body(subject.network, standing[0], view)
        fill = next(c for c in ax.collections if isinstance(c, PolyCollection))
        onto = view_axes(view)[:2]
        for name in ("skull", "T6", "L3", "femur_r", "tibia_l", "hand_r"):
            at = onto @ body.joint_centre(standing[0].q, name)
            assert any(Path(p.vertices).contains_point(at) for p in fill.get_paths()), (view, name)


def test_page_of_views_has_nine_bodies_and_two_scales(standing):
    figure = plot_body_views(*standing)
    bodies = [a for part in figure.subfigs for a in part.axes if not a.axison]
    assert len(bodies) == 9
    norms = [strands_of(a).norm for a in bodies]
    assert len({id(n) for n in norms[:6]}) == 1 and len({id(n) for n in norms[6:]}) == 1
    heights = {a.get_ylim() for a in bodies}
    assert len(heights) == 1  # one scale for all panels


def test_posture_of_a_test_in_two_panels(subject, released):
    import fascia

    one = fascia.Examination(subject.network).at(1.0).equilibrium
    two = fascia.Examination(released.network).at(1.0).equilibrium
    figure = plot_body_change(one, two)
    assert strands_of(figure.axes[1]).norm.vmin < 0.0 < strands_of(figure.axes[0]).norm.vmin
