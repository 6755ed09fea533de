"""Families of spines: systems and derivatives by parameters, and the roots that follow them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.delay.roots.axis import crossings_along, speed
from panjabi.delay.roots.response import transfer, transfer_rates
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import ReflexLoop
from panjabi.spine import SpineFamily, spine_model, trunk_family, trunk_set

JOINT = "L5_S1_FE"
START = {"stretch_gain": 400.0, "rate_gain": 40.0, "delay": 0.06, "filter_time": 0.03}


@pytest.fixture(scope="module")
def bare():
    return spine_model("lumbar", plane="sagittal", joints=["L5-S1"], muscles=False)


@pytest.fixture(scope="module")
def family(bare):
    def make(x):
        second = ReflexLoop(name="late", source=JOINT, target=JOINT, rate_gain=5.0, delay=0.06)
        return bare.with_reflexes(ReflexLoop(source=JOINT, target=JOINT, **x), second)

    return SpineFamily(make, START, {"delay": (0.0, np.inf)})


def test_rates_of_affine_parameters_are_exact(family):
    x = np.array(list(START.values()))
    system = family.system(x)
    signal = system.index("state", f"short {JOINT} afferent")
    stretch, rate, delay, time = family.rates(x)
    q, v = (system.index("state", n) for n in (JOINT, f"{JOINT} rate"))
    for found, column in ((stretch, q), (rate, v)):
        expected = np.zeros_like(system.now)
        expected[signal, column] = 1.0
        assert np.allclose(found.now, expected, rtol=0.0, atol=1e-8)
        assert all(not np.any(term.state) and term.delay == 0.0 for term in found.delayed)
    assert [term.delay for term in delay.delayed] == pytest.approx([1.0, 0.0], abs=1e-9)
    assert not np.any(delay.now)
    expected = np.zeros_like(system.now)
    expected[signal, signal] = 1.0
    assert np.allclose(time.mass, expected, atol=1e-8) and np.allclose(time.now, 0.0, atol=1e-8)


def test_two_loops_with_the_same_delay_are_two_terms(family):
    assert family.system(list(START.values())).delays == (0.06, 0.06)


@pytest.mark.parametrize("name", START)
def test_rates_move_the_roots(family, name):
    x, k, h = np.array(list(START.values())), list(START).index(name), 1e-4 * START[name]
    root = characteristic_roots(family.system(x), count=1).rightmost
    system = family.system(x)
    moved = [
        characteristic_roots(family.system(x + s * h * np.eye(4)[k]), count=1).rightmost
        for s in (1, -1)
    ]
    expected = (moved[0] - moved[1]) / (2.0 * h)
    found = speed(system, root, system.parameter_rate(root, family.rates(x)[k]))
    assert found == pytest.approx(expected, rel=1e-6)


def test_at_a_limit_the_derivative_stays_inside(family):
    only = SpineFamily(
        lambda x: family.make({**START, **x}), {"delay": 0.06}, {"delay": (0.0, np.inf)}
    )
    (rate,) = only.rates((0.0,))
    assert [term.delay for term in rate.delayed] == pytest.approx([1.0, 0.0], abs=1e-9)
    (found, *_) = crossings_along(only, 0.0, 0.3)
    just = [characteristic_roots(only.system((found.value + s,)), count=1) for s in (-1e-5, 1e-5)]
    assert [spectrum.stable for spectrum in just] == [found.direction > 0, found.direction < 0]


def test_states_that_change_are_refused(family):
    def make(x):
        spine = family.make(START)
        return replace(spine, reflexes=spine.reflexes[: int(x["loops"])])

    with pytest.raises(ParameterError, match="same states and loops"):
        SpineFamily(make, {"loops": 2.0}).system((1.0,))
    with pytest.raises(UnknownNameError, match="parameter of the family"):
        SpineFamily(make, {"loops": 2.0}, {"loop": (0.0, 1.0)})


def test_an_affine_family_is_that_of_every_point_and_others_are_refused():
    names = ("inertia", "stiffness", "stretch_gain", "filter_time", "delay")
    quick = trunk_family("T1", *names)
    assert quick.affine
    slow = replace(quick, affine=False)
    x = np.array([7.0, 20.0, 250.0, 0.02, 0.09])
    for a, b in zip(quick.rates(x), slow.rates(x), strict=True):
        assert np.allclose(a.now, b.now, atol=1e-7) and np.allclose(a.mass, b.mass, atol=1e-7)
    roots = [characteristic_roots(f.system(x), count=6).roots for f in (quick, slow)]
    assert roots[0] == pytest.approx(roots[1], abs=1e-9)
    with pytest.raises(ParameterError, match="Expected delay from 0 to inf"):
        quick.system((5.0, 20.0, 250.0, 0.02, -0.01))
    bent = SpineFamily(lambda x: trunk_set("T1", stiffness=x["k"] ** 2), {"k": 3.0}, affine=True)
    with pytest.raises(ParameterError, match="affine in k together"):
        bent.system((3.0,))


def test_derivative_of_the_response_includes_the_inertia():
    family, s = trunk_family("T1", "inertia", "damping"), 2j * np.pi * np.array([0.7, 3.0])
    x = np.array([5.0, 30.0])
    h = 1e-5
    near = [
        (transfer(family.system(x + h * e), s, 0, 0) - transfer(family.system(x - h * e), s, 0, 0))
        / (2.0 * h)
        for e in np.eye(2)
    ]
    assert transfer_rates(family, x, s, 0, 0) == pytest.approx(np.array(near).T, rel=1e-6)
