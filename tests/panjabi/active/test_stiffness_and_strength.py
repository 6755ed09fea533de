"""Short-range stiffness, strength, deficits and the abdominal pressure."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.active import Bergmark, Cui, hill_slope, moment_capacity, strut
from panjabi.active.abdomen import AbdomenCoupling
from panjabi.active.abdominal_pressure import Pressure
from panjabi.active.build import musculature
from panjabi.elements import ForceElement
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.parameter import Parameter
from panjabi.tissue import DeGrooteCurves


def tensions(muscles, seed=0):
    return np.random.default_rng(seed).uniform(0.0, 0.5, len(muscles)) * muscles.max_force


@pytest.mark.parametrize("law", [Bergmark(), Cui()])
def test_stiffness_vanishes_with_tension_and_its_slope_is_exact(lumbar, law):
    length = lumbar.geometry(np.zeros(18)).length
    assert np.all(law.stiffness(lumbar, np.zeros(len(lumbar)), length)[0] == 0.0)
    F, h = tensions(lumbar), 1e-3
    ahead, behind = (law.stiffness(lumbar, F + s * h, length)[0] for s in (1.0, -1.0))
    assert law.stiffness(lumbar, F, length)[1] == pytest.approx(
        (ahead - behind) / (2 * h), rel=1e-6
    )


def test_bergmark_is_q_times_tension_over_length(lumbar):
    length = lumbar.geometry(np.zeros(18)).length
    F = tensions(lumbar)
    assert Bergmark().stiffness(lumbar, F, length)[0] == pytest.approx(10.0 * F / length)


def test_cui_is_fibre_and_tendon_in_series(lumbar):
    F = tensions(lumbar)
    curves = DeGrooteCurves.refit()
    k, _ = Cui().stiffness(lumbar, F, 1.0)
    fibre = 23.4 * F / lumbar.optimal_length
    # the slope of the tendon's curve at the length where it carries F
    lt = 0.995 + np.log((F / lumbar.max_force + 0.25) / 0.2) / 33.93669377311689
    tendon = lumbar.max_force / lumbar.tendon_slack_length * curves.tendon(lt)[1]
    assert 1.0 / k == pytest.approx(1.0 / fibre + 1.0 / tendon, rel=1e-12)


@settings(max_examples=20)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_cui_is_concave_in_the_tension(lumbar, a, b, w):
    law = Cui()
    k = [law.stiffness(lumbar, x * lumbar.max_force, 1.0)[0] for x in (a, b, w * a + (1 - w) * b)]
    assert np.all(k[2] >= w * k[0] + (1 - w) * k[1] - 1e-6)


def test_a_hill_slope_differs_from_short_range_stiffness(lumbar):
    curves = DeGrooteCurves.refit()
    beyond = hill_slope(lumbar, 0.5, np.full(len(lumbar), 1.2), curves)
    assert np.all(beyond < 0.0)  # while every short-range stiffness there is positive
    assert np.all(Cui().stiffness(lumbar, 0.5 * lumbar.max_force, 1.0)[0] > 0.0)


def test_all_extensors_give_what_the_source_gives(still):
    """1121 N m at L5-S1 and 880 N m at L3-L4, tabulated from the model with the abdomen still."""
    for joint, moment in (("L5_S1", 1121.0), ("L3_L4", 880.0)):
        extension, _ = moment_capacity(still, np.zeros(18), f"{joint}_FE")
        assert extension == pytest.approx(moment, abs=1.0)


def test_strengths_are_those_of_the_page(lumbar):
    page = (Path(__file__).parents[3] / "docs" / "muscles.md").read_text(encoding="utf-8")
    table = page.partition("\n## Strength\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (L\d|T12)-(\w+) \|(.*)\|$", table, re.MULTILINE)
    assert len(rows) == 6
    for upper, lower, cells in rows:
        made = [
            moment_capacity(lumbar, np.zeros(18), f"{upper}_{lower}_{p}")
            for p in ("FE", "LB", "AR")
        ]
        computed = [*made[0], made[1][0], made[2][0]]
        assert [round(x) for x in computed] == [int(c) for c in cells.split("|")]


def test_scales_and_deficits_multiply_and_are_kept(lumbar):
    made = lumbar.with_strength_scale(0.5).with_strength_scale({"psoas": 0.5, "rect_abd_r": 2.0})
    assert made.strength[made.members("psoas")] == pytest.approx(0.25)
    assert made.strength[made.index("rect_abd_r")] == pytest.approx(1.0)
    assert made.max_force == pytest.approx(made.strength * lumbar.max_force)
    assert made.parameters["strength_psoas"].si == 0.5
    weak = made.with_deficit("multifidus_lumbar", 0.3).with_deficit("multifidus_lumbar", 0.3)
    assert weak.strength[weak.members("multifidus_lumbar")] == pytest.approx(0.5 * 0.49)
    assert weak.parameters["deficit_multifidus_lumbar"].si == pytest.approx(0.51)
    gone = lumbar.with_deficit(["IL_L4_r", "psoas"], 1.0)
    assert (
        gone.max_force[gone.index("IL_L4_r")] == 0.0 and gone.max_force[gone.index("IL_L4_l")] > 0
    )
    k, slope = Cui().stiffness(gone, np.zeros(len(gone)), 1.0)
    assert np.all(k == 0.0) and np.all(np.isfinite(slope))


def test_the_abdomen_turns_by_its_share_of_the_lumbar_sum(lumbar):
    """The angle of the last body from its pose, for any combination of levels."""
    q = np.zeros(18)
    q[::3] = np.random.default_rng(1).uniform(-0.2, 0.1, 6)
    R = lumbar.pose(q).R[-1]
    assert np.arctan2(R[1, 0], R[0, 0]) == pytest.approx(0.6429 * q.sum(), abs=1e-14)
    share = Parameter(0.5, "1", "User", "assumed")
    turning = musculature(coupling=AbdomenCoupling(axial_rotation=share))
    q = np.zeros(18)
    q[2::3] = 0.02
    R = turning.pose(q).R[-1]
    assert np.arctan2(R[0, 2], R[0, 0]) == pytest.approx(0.5 * 0.12, abs=1e-14)


def test_pressure_is_a_strut_with_a_potential(bent):
    made = strut()
    none = np.empty(0)
    assert isinstance(made, ForceElement)
    v = np.random.default_rng(2).normal(size=18)
    h = 1e-3
    steps = (-2.0, -1.0, 1.0, 2.0)
    weights = np.array([1.0, -8.0, 8.0, -1.0]) / (12.0 * h)
    energy = weights @ [made.energy(bent + s * h * v) for s in steps]
    assert -made.force(bent, v, none, none) @ v == pytest.approx(energy, abs=1e-8)
    force = weights @ [made.force(bent + s * h * v, v, none, none) for s in steps]
    assert made.tangent(bent, v, none, none) @ v == pytest.approx(-force, abs=1e-8)
    upright = made.force(np.zeros(18), v, none, none)
    lever = made.settings.lever.si
    assert upright[3] == pytest.approx(made.settings.force * lever, rel=1e-12)  # at L4-L5
    assert np.all(upright[::3] > 0.0)  # it extends every level
    assert np.abs(upright.reshape(6, 3)[:, 1:]).max() < 1e-12
    double = strut(Pressure(pressure=Parameter(10.0, "kPa", "User", "assumed")))
    assert double.force(bent, v, none, none) == pytest.approx(2 * made.force(bent, v, none, none))


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda m: m.with_strength_scale({"psoas": 0.0}), ParameterError, "use with_deficit"),
        (lambda m: m.with_strength_scale({"soleus": 1.0}), UnknownNameError, "muscle or group"),
        (lambda m: m.with_deficit("psoas", 1.2), ParameterError, "loss of force from 0 to 1"),
        (lambda m: moment_capacity(m, np.zeros(18), "L4_L5"), UnknownNameError, "L4_L5_FE"),
        (
            lambda m: Bergmark(Parameter(-1.0, "1", "User", "assumed")),
            ParameterError,
            "q from 0, got -1",
        ),
        (
            lambda m: Pressure(area=Parameter(-1.0, "cm2", "User", "assumed")),
            ParameterError,
            "from 0 cm2, got -1",
        ),
        (
            lambda m: AbdomenCoupling(flexion=Parameter(1.5, "1", "User", "assumed")),
            ParameterError,
            "from 0 to 1",
        ),
    ],
)
def test_errors_say_what_to_do(lumbar, call, error, words):
    with pytest.raises(error, match=words):
        call(lumbar)
