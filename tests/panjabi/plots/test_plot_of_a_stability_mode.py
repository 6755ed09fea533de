"""The mode of a root as a figure of joints."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.plots import plot_stability_mode
from panjabi.spine import equilibrium, spine_model
from panjabi.spine.reduced_spine import reduced
from panjabi.stability import RootMode


def mode_of(names: tuple[str, ...], axis: str, root: complex) -> RootMode:
    """All joints turn about one axis, the upper ones later."""
    shape = {name: complex(name.endswith(axis)) * np.exp(-0.2j * k) for k, name in enumerate(names)}
    return RootMode(root, "L3-L4", "lateral bending", shape, ())


@pytest.fixture(scope="module")
def rest():
    return equilibrium(spine_model("lumbar", muscles=False, gravity=False))


@pytest.mark.parametrize(("axis", "seen"), [("FE", "forward"), ("LB", "left")])
def test_a_mode_is_plotted_in_the_view_of_its_motion(rest, axis, seen):
    ax = plt.figure().add_subplot()
    assert plot_stability_mode(rest, mode_of(rest.model.free, axis, 1.4 + 34j), ax=ax) is ax
    assert ax.get_xlabel() == f"{seen} [mm]" and "5.4 Hz, grows in 0.71 s" in ax.get_title()
    still, moved, later = ax.lines
    assert len(still.get_xdata()) == 7 and len(rest.model.joints) == 6
    assert np.abs(moved.get_xdata() - still.get_xdata()).max() > 5.0  # [mm]
    away = [line.get_xdata()[-1] - still.get_xdata()[-1] for line in (moved, later)]
    assert away[0] * away[1] < 0.0  # the other side half a period later
    assert still.get_xdata()[0] == moved.get_xdata()[0] == 0.0
    plt.close("all")


def test_a_creeping_mode_has_one_phase_and_wrong_requests_are_refused(rest):
    mode = mode_of(rest.model.free, "FE", -0.1 + 0j)
    ax = plot_stability_mode(rest, mode, view="front")
    assert len(ax.lines) == 2 and "decays in 10 s" in ax.get_title()
    with pytest.raises(UnknownNameError, match="unknown view 'back'"):
        plot_stability_mode(rest, mode, view="back")
    bar = equilibrium(reduced(inertia=1.0, stiffness=1.0))
    with pytest.raises(ParameterError, match="Expected a spine with joints to plot its mode"):
        plot_stability_mode(bar, mode_of(bar.model.free, "e", -1.0 + 0j))
    plt.close("all")
