"""Linear systems with delays, their exact derivatives, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from known_delay_systems import delayed_body, pendulum_gains, trunk_line, two_neurons

from panjabi.delay.roots import DelayFamily, DelayTerm, LinearDelaySystem, ParameterLine
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.parameter import sources
from panjabi.spine.trunk_sets import MEANINGS, trunk_parameters

S = -3.0 + 11.0j


def body(lag=0.0, lag2=0.0, **changes):
    return delayed_body(acceleration_gain=2.0, lag=lag, lag2=lag2, **changes)


def reduced(system):
    """1 / response of the angle to the moment at S, which is the characteristic function."""
    x = np.linalg.solve(system.matrix(S), system.inputs[:, 0])
    return 1.0 / x[0]


@pytest.mark.parametrize("lags", [(0.0, 0.0), (0.02, 0.0), (0.04, 1.0 / 1600.0)])
def test_characteristic_function_equals_its_formula(lags):
    drive = (400.0 + 60.0 * S + 2.0 * S**2) * np.exp(-0.06 * S)
    expected = 5.0 * S**2 + 30.0 * S - 100.0 + drive / (lags[1] * S**2 + lags[0] * S + 1.0)
    assert reduced(body(*lags)) == pytest.approx(expected, rel=1e-12)


def test_derivative_with_s():
    for lags in ((0.0, 0.0), (0.04, 1.0 / 1600.0)):
        system = body(*lags)
        near = (system.matrix(S + 1e-6) - system.matrix(S - 1e-6)) / 2e-6
        assert system.matrix_rate(S) == pytest.approx(near, rel=1e-7, abs=1e-6)
        both = system.taps.matrix_and_rate(S)
        assert both[0] == pytest.approx(system.matrix(np.array([S]))[0], rel=1e-15)
        assert both[1] == pytest.approx(system.matrix_rate(S), rel=1e-15)


@pytest.mark.parametrize(
    "family",
    [
        two_neurons(),
        pendulum_gains(1.0, 0.5, c=0.2),
        trunk_line("T1", "delay", "inertia", acceleration_gain=2.0),
    ],
)
def test_derivatives_of_families_equal_differences(family):
    x = np.array([0.7, 1.3][: len(family.names)])
    rates = family.rates(x)
    for k in range(len(x)):
        step = np.eye(len(x))[k] * 1e-6
        near = (family.system(x + step).matrix(S) - family.system(x - step).matrix(S)) / 2e-6
        assert family.system(x).parameter_rate(S, rates[k]) == pytest.approx(
            near, rel=1e-5, abs=1e-5
        )
    along = np.array([1.0, 0.3][: len(x)])
    line = ParameterLine(family, x, along)
    (rate,) = line.rates((0.0,))
    near = (line.system((1e-6,)).matrix(S) - line.system((-1e-6,)).matrix(S)) / 2e-6
    assert line.system((0.0,)).parameter_rate(S, rate) == pytest.approx(near, rel=1e-5, abs=1e-5)


def test_terms_without_delay_add_to_the_present_matrices():
    system = body().with_delays(0.0)
    assert not system.neutral and system.neutral_radius == 0.0
    expected = 5.0 * S**2 + 30.0 * S - 100.0 + 400.0 + 60.0 * S + 2.0 * S**2
    x = np.linalg.solve(system.matrix(S), system.inputs[:, 0])
    assert 1.0 / x[0] == pytest.approx(expected, rel=1e-12)


def test_neutral_terms_behind_a_filter_are_harmless():
    assert body().neutral_radius == pytest.approx(0.4)
    assert body(0.01).neutral_radius == 0.0


def test_an_unknown_name_suggests_a_known_one():
    with pytest.raises(UnknownNameError, match="close: 'angle'"):
        body().index("output", "angl")


def test_parameters_of_the_trunk_sets_are_assumed():
    for name in MEANINGS:
        used = sources(trunk_parameters(name))
        assert used.assumed == len(used.parameters) == 8 and not used.unresolved
    with pytest.raises(UnknownNameError, match="T1"):
        trunk_parameters("T9")


def test_delay_family_changes_only_its_delays():
    system = two_neurons().system((0.5,))
    family = DelayFamily(system, (1.5, 0.0), (0.0, 1.0))
    assert family.system((0.3,)).delays == (1.5, 0.3)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: LinearDelaySystem(now=np.zeros((2, 3))), "a square matrix"),
        (lambda: LinearDelaySystem(now=np.array([[np.nan]])), "not finite"),
        (lambda: LinearDelaySystem(now=np.eye(1), mass=np.zeros((1, 1))), "singular"),
        (
            lambda: LinearDelaySystem(now=np.eye(1), delayed=(DelayTerm(-0.1, np.eye(1)),)),
            "a finite time of 0 s or more",
        ),
        (
            lambda: LinearDelaySystem(now=np.eye(1), delayed=(DelayTerm(np.inf, np.eye(1)),)),
            "seconds",
        ),
        (
            lambda: LinearDelaySystem(now=np.eye(2), delayed=(DelayTerm(0.1, np.eye(1)),)),
            r"shape \(2, 2\)",
        ),
        (lambda: LinearDelaySystem(now=np.eye(2), state_names=("a", "a")), "different state_names"),
        (
            lambda: LinearDelaySystem(now=np.eye(1), inputs=np.eye(1), input_delays=(0.1, 0.2)),
            "one for each of 1 inputs",
        ),
        (lambda: LinearDelaySystem(now=np.eye(1)).with_delays([0.1]), "one delay for all"),
        (lambda: ParameterLine(two_neurons(), np.zeros(2), np.zeros(2)), "one number for each"),
    ],
)
def test_invalid_systems_raise(made, words):
    with pytest.raises(ParameterError, match=words):
        made()
