"""Figures of muscles: an axis in, an axis out."""

from __future__ import annotations

import matplotlib
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.plots import journal_style, plot_margin_sweep, plot_muscles, plot_weakest_mode
from panjabi.recruitment import recruit, sweep_margin
from panjabi.spine import static_spine
from panjabi.stability import static_stability


@pytest.fixture(scope="module")
def chosen():
    return recruit(static_spine("standing"))


@pytest.fixture(autouse=True)
def closed():
    with journal_style():
        yield
    plt.close("all")


def test_every_muscle_is_plotted_and_the_most_active_last(chosen):
    ax = plt.figure().add_subplot(projection="3d")
    assert plot_muscles(chosen, ax=ax) is ax
    lines = ax.collections[0]
    assert len(lines.get_linewidth()) == len(chosen.spine.muscles.names)
    assert lines.get_linewidth()[0] < lines.get_linewidth()[-1]
    plot_muscles(chosen, largest=0.5, colour_bar=False).figure.canvas.draw()


def test_the_weakest_mode_is_plotted_in_the_view_of_its_motion(chosen):
    state = static_stability(chosen.spine, chosen.forces)
    ax = plt.figure().add_subplot()
    assert plot_weakest_mode(state, ax=ax) is ax
    assert ax.get_xlabel() == "forward [mm]"
    assert plot_weakest_mode(state, view="front").get_xlabel() == "left [mm]"
    with pytest.raises(UnknownNameError, match="unknown view 'back'"):
        plot_weakest_mode(state, view="back")


def test_a_sweep_against_both_costs(chosen):
    swept = sweep_margin(chosen.spine, [1.0, 1.5])
    ax = plot_margin_sweep({"0 kg": swept}, measured={"measured": (1.7, 0.8)})
    assert ax.get_xlabel().endswith("[% MVC]")
    assert plot_margin_sweep({"0 kg": swept}, cost="compression").get_xlabel().endswith("[N]")
    with pytest.raises(UnknownNameError, match="cost of stability"):
        plot_margin_sweep({"0 kg": swept}, cost="money")
    with pytest.raises(ParameterError, match="in the sweep '0 kg', got none"):
        plot_margin_sweep({"0 kg": ()})
