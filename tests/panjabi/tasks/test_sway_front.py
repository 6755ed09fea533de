"""The front of effort against sway, and the rule of the default gains."""

from __future__ import annotations

import re
from dataclasses import replace

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from panjabi.errors import ConvergenceError
from panjabi.neural import homonymous, scaled
from panjabi.neural.default_gains import NECK_GAINS, TRUNK_GAINS
from panjabi.parameter import assumed
from panjabi.plots import plot_sway_front
from panjabi.spine import equilibrium, spine_model
from panjabi.spine.linear_system import condensed_system
from panjabi.spine.model_build import REGION_LEVELS
from panjabi.stability import spine_sway
from panjabi.stability.sway_spectrum import SpineSway, noisy_system
from panjabi.tasks.sway_optimum import (
    GAIN_MARGIN,
    GAIN_STEP,
    SwayFront,
    SwayPoint,
    admissible,
    sway_front,
    trunk_sway,
    with_gains,
)


@pytest.fixture(scope="module")
def front():
    return sway_front(spine_model("trunk"), efforts=(0.02, 0.05), start=(0.28, 0.1))


SEARCHES = {  # region -> a grid point beside the default, on the grid of 0.28 and 0.1 s
    "trunk": (0.28 * GAIN_STEP, 0.05),
    "lumbar": (0.28 * GAIN_STEP, 0.1),
    "cervical": (0.56, 0.025),
}


@pytest.mark.parametrize(
    "region",
    [
        r if r in ("trunk", "cervical") else pytest.param(r, marks=pytest.mark.slow)
        for r in SEARCHES
    ],
)
def test_the_default_gains_are_those_of_the_rule(region):
    """Least sway at the co-contraction of the preset.

    The thoracolumbar and the whole spine share these gains; their searches take minutes.
    """
    spine = spine_model(region)
    effort = float(np.max(spine.cocontraction))
    front = sway_front(spine, efforts=(effort,), start=SEARCHES[region])
    assert front.least == effort == np.min(spine.cocontraction)
    best = front.points[0]
    gains = NECK_GAINS if region == "cervical" else TRUNK_GAINS
    assert best.stretch_gain == pytest.approx(gains[0].si, rel=0.02)
    assert best.rate_gain == pytest.approx(gains[1].si, rel=0.02)


def stated() -> dict[str, tuple[float, float]]:
    """Rightmost root and margin of every preset, as the docstring of `spine_model` states them."""
    found = re.findall(r"\| (\w+) \| (-[\d.]+) \| ([\d.]+) \|", str(spine_model.__doc__))
    return {name: (float(root), float(margin)) for name, root, margin in found}


def test_every_preset_states_its_stability():
    assert set(stated()) == {*REGION_LEVELS, "seat"}


@pytest.mark.parametrize(
    "region",
    [
        r if r in ("trunk", "seat") else pytest.param(r, marks=pytest.mark.slow)
        for r in (*REGION_LEVELS, "seat")
    ],
)
def test_presets_have_the_stated_root_and_margin(region):
    root, margin = stated()[region]
    spine = spine_model(region) if region == "seat" else spine_model(region, reflexes=True)
    rest = equilibrium(spine)
    system = condensed_system(rest)
    found = system.rightmost().rightmost.real
    assert found == pytest.approx(root, rel=0.01)
    assert system.count_right_of(0.99 * found) == 0
    for factor in (margin, 1.0 / margin):
        changed = equilibrium(spine.with_reflexes(*scaled(spine.reflexes, factor)))
        assert condensed_system(changed).count_right_of(0.0) == 0


def test_larger_gains_than_the_margin_make_the_neck_oscillate():
    spine = spine_model("cervical", reflexes=True)

    def system(factor):
        return noisy_system(equilibrium(spine.with_reflexes(*scaled(spine.reflexes, factor))))

    assert admissible(system)
    assert not admissible(lambda factor: system(1.5 * factor))
    assert not admissible(lambda _: system(0.0))


def test_no_neighbour_of_the_optimum_sways_less_and_is_stable(front):
    point = front.points[0]
    rest = equilibrium(spine_model("trunk"), least=point.least)
    for factor in (GAIN_STEP, 1.0 / GAIN_STEP):
        gains = factor * point.stretch_gain, factor * point.rate_gain
        held = with_gains(rest, *gains)
        stable = admissible(lambda f, g=gains: noisy_system(with_gains(rest, f * g[0], f * g[1])))
        assert not stable or spine_sway(held).total > point.sway.total


def test_without_admissible_gains_it_says_so():
    with pytest.raises(ConvergenceError, match="gains that hold"):
        sway_front(spine_model("trunk"), efforts=(0.005,), start=(30.0, 1.0))


def point(least, sway):
    return SwayPoint(least, 0.3, 0.03, 1.0, SpineSway("T1", {"FE": sway}, {}))


def test_the_effort_is_where_sway_equals_the_target():
    target = assumed(1.0, "rad", "test")
    made = SwayFront(
        "spine", (point(0.01, 4.0), point(0.02, 2.0), point(0.04, 0.5)), (), target, 0.01
    )
    assert made.least == pytest.approx(0.02 * 2.0**0.5) and made.miss == 1.0
    far = replace(made, target=assumed(0.1, "rad", "test"))
    assert far.least == pytest.approx(0.04) and far.miss == pytest.approx(5.0)
    assert replace(made, target=None, imposed=0.02).least == 0.02


def test_readings_of_the_published_size_of_sway():
    low, high = trunk_sway()
    assert np.degrees(low.si) * 2.0**1.5 == pytest.approx(0.5)
    assert high.si == pytest.approx(2.0 * low.si)


def test_gains_of_trunk_and_neck_are_separate_by_default_only():
    loops = {loop.name: loop for loop in homonymous(["psoas", "rectus_abdominis", "splenius"])}
    assert loops["deep"].stretch_gain == loops["superficial"].stretch_gain
    assert loops["neck"].stretch_gain != loops["deep"].stretch_gain
    assert {float(x.stretch_gain) for x in homonymous(["psoas", "splenius"], stretch_gain=0.2)} == {
        0.2
    }
    assert GAIN_MARGIN > 1.0


def test_the_figure_shows_sway_of_every_axis_over_effort():
    angles = {"FE": np.radians(0.6), "LB": np.radians(0.2), "AR": np.radians(0.3)}
    made = SwayPoint(0.02, 0.3, 0.03, 1.0, SpineSway("T1", angles, {}))
    ax = plot_sway_front(SwayFront("spine", (made,), (), None, 0.02))
    assert [line.get_xydata()[0].tolist() for line in ax.lines] == [
        pytest.approx([2.0, x]) for x in (0.6, 0.2, 0.3)
    ]
    plt.close(ax.figure)
