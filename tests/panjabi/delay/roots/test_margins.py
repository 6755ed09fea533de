"""Delay margins and crossings: closed forms, the lumped trunks, three methods that must agree."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from known_delay_systems import (
    delayed_body,
    delayed_pendulum,
    hayes,
    trunk_line,
    trunk_system,
    two_neurons,
)

from panjabi.delay.roots import (
    DelayTerm,
    LinearDelaySystem,
    ParameterLine,
    UnstableError,
    characteristic_roots,
    count_unstable,
    crossings_along,
    delay_margin,
)
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import ReflexLoop
from panjabi.spine import equilibrium, reduced, trunk_family
from panjabi.spine.linear_system import linear_system
from panjabi.stability import parameter_margins

METHODS = ("exact", "kronecker", "continuation")
TIGHT = {"abs": 1e-12, "rel": 0.0}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("a", [0.3, 1.0, 7.0])
def test_quarter_period(a, method):
    """D1: x' = -a x(t-T) is stable exactly while a T < pi/2."""
    found = delay_margin(hayes(0.0, -a, 1.0), method=method)
    assert a * found.margin == pytest.approx(1.57079632679489662, **TIGHT)
    assert found.frequency == pytest.approx(a, rel=1e-12) and found.residual < 1e-14


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("a", "b", "margin"),
    [
        (-1.0, -2.0, 1.20919957615614523),  # D7: 2 pi / (3 sqrt 3)
        (1.0, -1.5, 0.752274688454107481),  # D8
        (0.5, -1.0, 1.20919957615614523),  # D9
        (-0.4, -3.0, math.acos(-0.4 / 3.0) / math.sqrt(9.0 - 0.16)),  # D6
    ],
)
def test_hayes_margin(a, b, margin, method):
    found = delay_margin(hayes(a, b, 1.0), method=method)
    assert found.margin == pytest.approx(margin, **TIGHT)
    assert found.frequency == pytest.approx(math.sqrt(b * b - a * a), rel=1e-12)
    assert found.margin == pytest.approx(math.acos(-a / b) / math.sqrt(b * b - a * a), **TIGHT)


@pytest.mark.parametrize("method", METHODS)
def test_pendulum_margin(method):
    """D12."""
    found = delay_margin(delayed_pendulum(1.0, 1.5, 1.2, 0.5), method=method)
    assert found.margin == pytest.approx(0.6870315992888489, **TIGHT)
    assert found.frequency == pytest.approx(0.9341104660252516, **TIGHT)


TRUNKS = {
    "T1": (0.134252885509592, 10.8900479305753),
    "T2": (0.222088314059638, math.sqrt(60.0)),
    "T3": (0.0788920253377187, 6.94828168977712),
    "T4": (0.242910602909424, 3.97815999547007),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", list(TRUNKS))
def test_trunk_margins(name, method):
    """D16, T1 to T4."""
    found = delay_margin(trunk_system(name), method=method)
    assert found.margin == pytest.approx(TRUNKS[name][0], **TIGHT)
    assert found.frequency == pytest.approx(TRUNKS[name][1], abs=1e-12)
    assert found.method == {"exact": "hamiltonian"}.get(method, method)
    assert found.verified == (method != "continuation")


@pytest.mark.parametrize(
    ("name", "lag", "margin"),
    [
        ("T1", 0.015, 0.121164988584599),
        ("T1", 0.040, 0.106832142153730),
        ("T3", 0.015, 0.0643805761821328),
    ],
)
def test_activation_reduces_the_margin(name, lag, margin):
    found = delay_margin(trunk_system(name, lag=lag))
    assert found.margin == pytest.approx(margin, **TIGHT)


def polynomial_margin(J, B, K, kp, kv, ka, lag, lag2):
    """Independent: |P(i w)|^2 = |Q(i w)|^2 as a polynomial in w, then the smallest delay."""
    P, Q = np.poly1d([J, B, K]), np.poly1d([ka, kv, kp])
    P = P * np.poly1d([lag2, lag, 1.0])

    def square(poly):
        mirrored = np.poly1d([c * (-1) ** (poly.order - k) for k, c in enumerate(poly.c)])
        return poly * mirrored  # at s = i w: |poly|^2

    found = []
    for s in np.roots((square(P) - square(Q)).c):
        if abs(s.real) < 1e-7 * abs(s) and s.imag > 0.0:
            w = s.imag
            found.append((np.angle(-Q(1j * w) / P(1j * w)) % (2.0 * np.pi) / w, w))
    return min(found, default=(math.inf, math.nan))


@given(
    K=st.floats(-150.0, 150.0),
    kp=st.floats(200.0, 800.0),
    kv=st.floats(0.0, 120.0),
    ka=st.floats(0.0, 4.0),
    kind=st.sampled_from(["none", "first", "second"]),
)
@settings(max_examples=40)
def test_margin_equals_that_of_the_polynomial_and_separates_stable_from_unstable(
    K, kp, kv, ka, kind
):
    lags = {"none": (0.0, 0.0), "first": (0.02, 0.0), "second": (0.03, 60.0**-2)}[kind]
    system = delayed_body(
        stiffness=K, stretch_gain=kp, rate_gain=kv, acceleration_gain=ka, lag=lags[0], lag2=lags[1]
    )
    found = delay_margin(system)
    assume(found.method == "hamiltonian" and found.unstable_without_delay == 0)
    margin, w = polynomial_margin(5.0, 30.0, K, kp, kv, ka, *lags)
    assert found.margin == pytest.approx(margin, rel=1e-9)
    assert found.frequency == pytest.approx(w, rel=1e-7)
    below = characteristic_roots(system.with_delays(0.995 * margin), count=4)
    above = characteristic_roots(system.with_delays(1.005 * margin), count=4)
    assert below.stable and not above.stable and above.unstable == 2


@pytest.mark.parametrize("delay", [0.05, 0.5, 1.3, 2.9, 5.0])
def test_crossings_count_the_unstable_roots_at_any_delay(delay):
    """A pair that comes back: the oscillator loses, regains and loses stability with the delay."""
    system = LinearDelaySystem(
        now=np.array([[0.0, 1.0], [-4.0, -0.3]]),
        delayed=(DelayTerm(1.0, np.array([[0.0, 0.0], [-1.0, 0.0]])),),
    )
    found = delay_margin(system)
    assert {math.copysign(1.0, c.direction) for c in found.crossings} == {1.0, -1.0}
    assert found.unstable_roots(delay) == count_unstable(system.with_delays(delay))


def test_two_joints_two_loops_of_rank_two():
    """No rank-one shortcut: the eigenproblem for exp(-i w T) against following the delay."""
    J, B = np.array([[6.0, 1.5], [1.5, 3.0]]), np.array([[30.0, -5.0], [-5.0, 20.0]])

    def made(lower=0.05, upper=0.05):
        gains = (("lower", 500.0, 50.0, lower), ("upper", 300.0, 30.0, upper))
        loops = [
            ReflexLoop(
                name=name, source=name, target=name, stretch_gain=kp, rate_gain=kv, delay=delay,
                filter_time=1e-3,
            )
            for name, kp, kv, delay in gains
        ]  # fmt: skip
        spine = reduced(
            inertia=J, damping=B, stiffness=np.diag([-100.0, -60.0]), reflexes=loops,
            coordinates=("lower", "upper"),
        )  # fmt: skip
        return linear_system(equilibrium(spine), by_loop=True)

    system = made()
    exact = delay_margin(system)
    assert exact.method == "kronecker"
    followed = delay_margin(system, method="continuation", largest=1.0)
    assert exact.margin == pytest.approx(followed.margin, rel=1e-12)
    assert count_unstable(system.with_delays(0.99 * exact.margin)) == 0
    for factor, number in ((1.0001, 2), (1.01, 4)):  # the second pair follows closely
        delay = factor * exact.margin
        assert count_unstable(system.with_delays(delay)) == exact.unstable_roots(delay) == number
    one = delay_margin(made(upper=0.03), vary=[0], largest=1.0)
    there = made(one.margin * 1.001, 0.03)
    assert one.method == "continuation" and count_unstable(there) == 2
    with pytest.raises(ParameterError, match="choose terms with `vary`"):
        delay_margin(made(upper=0.03))


def test_critical_gains_of_two_neurons():
    """D13: Hopf and zero root."""
    hopf, zero = crossings_along(two_neurons(), 0.3, 3.0)
    assert hopf.value == pytest.approx(0.807123224967979, **TIGHT)
    assert hopf.frequency == pytest.approx(0.781965162120929, **TIGHT)
    assert zero.value == pytest.approx(2.25, **TIGHT) and zero.frequency == 0.0
    assert (hopf.roots, zero.roots) == (2, -1)  # of two real roots one comes back: D14


def test_critical_gain_along_a_line_of_two_parameters():
    family = trunk_line("T1", "stretch_gain", "rate_gain", delay=0.1)
    (found,) = crossings_along(
        ParameterLine(family, np.array([300.0, 60.0]), np.array([1000.0, 60.0])), 0, 1
    )
    p, d = 300.0 + 1000.0 * found.value, 60.0 + 60.0 * found.value
    w = found.frequency
    s = 1j * w
    rest = 5.0 * s**2 + 30.0 * s - 100.0 + (p + d * s) * np.exp(-0.1 * s)
    assert abs(rest) < 1e-9


def test_no_delay_destabilises_a_system_stable_by_intrinsic_stiffness():
    found = delay_margin(trunk_system("T2", stretch_gain=50.0, rate_gain=0.0))
    assert found.margin == math.inf and "no root meets" in found.reason
    for delay in (0.01, 0.3, 2.0):
        assert found.unstable_roots(delay) == 0


def test_unstable_without_delay_has_no_margin():
    found = delay_margin(trunk_system("T1", stretch_gain=50.0))
    assert found.margin == 0.0 and found.unstable_without_delay == 1
    assert "even without the delay" in found.reason
    with pytest.raises(ParameterError, match="search further"):
        found.unstable_roots(0.1)


def test_unfiltered_acceleration_above_the_inertia_has_no_margin():
    found = delay_margin(delayed_body(acceleration_gain=5.5, delay=0.01))
    assert found.margin == 0.0 and "any delay, however short" in found.reason
    less = delay_margin(delayed_body(acceleration_gain=4.5, delay=0.01))
    assert less.margin > 0.05


def test_invalid_arguments_raise():
    system = trunk_system("T1")
    with pytest.raises(ParameterError, match="name terms by number"):
        delay_margin(system, vary=[3])
    with pytest.raises(UnknownNameError, match="method"):
        delay_margin(system, method="guess")
    with pytest.raises(ParameterError, match="finite ends in rising order"):
        crossings_along(two_neurons(), 1.0, 0.0)
    with pytest.raises(ParameterError, match="give the longest delay to search"):
        delay_margin(system, method="continuation", largest=-1.0)


def test_margins_of_parameters():
    """T1 topples without 100 N m/rad of stretch gain or below -400 of stiffness."""
    names = ("inertia", "damping", "stiffness", "stretch_gain", "rate_gain", "delay")
    family = trunk_family("T1", *names)
    found = parameter_margins(family, within={"stiffness": (-1300.0, 1100.0)})
    assert tuple(found) == names
    assert found["stretch_gain"].lower == pytest.approx(100.0, **TIGHT)
    assert found["stretch_gain"].lower_frequency == 0.0
    assert found["stiffness"].lower == pytest.approx(-400.0, **TIGHT)
    assert found["delay"].upper == pytest.approx(0.12946259055099396, **TIGHT)
    assert found["delay"].lower is None and found["damping"].upper is None
    for name in ("stretch_gain", "rate_gain"):
        edge = found[name].upper
        inside, beyond = (family.only(name).system((f * edge,)) for f in (0.999, 1.001))
        assert (count_unstable(inside), count_unstable(beyond)) == (0, 2)
    with pytest.raises(UnstableError, match="a margin of a parameter"):
        parameter_margins(trunk_family("T1", "stretch_gain", delay=0.2))
    with pytest.raises(ParameterError, match="got -1.0; give a multiple of the value"):
        parameter_margins(family, reach=-1.0)
