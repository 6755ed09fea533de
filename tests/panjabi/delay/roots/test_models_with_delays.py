"""Systems, reflex models, their exact derivatives, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from known_delay_systems import pendulum_gains, two_neurons

from panjabi.delay.roots import DelayFamily, DelayTerm, LinearDelaySystem, ParameterLine
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.parameter import sources
from panjabi.stability import TRUNK_SETS, FirstOrder, LinearReflex, ReflexModel, SecondOrder, trunk

S = -3.0 + 11.0j


def model(filter=None, force=0.0):
    loop = LinearReflex(
        stretch_gain=400.0, rate_gain=60.0, acceleration_gain=2.0, force_gain=force, delay=0.06,
        filter=filter,
    )  # fmt: skip
    return ReflexModel(inertia=5.0, damping=30.0, stiffness=-100.0, loops=(loop,))


def reduced(made):
    """1 / response of the angle to the moment at S, which is the characteristic function."""
    x = np.linalg.solve(made.system().matrix(S), made.system().inputs[:, 0])
    return 1.0 / x[0]


@pytest.mark.parametrize(
    ("filter", "lag"),
    [
        (None, 1.0),
        (FirstOrder(0.02), 0.02 * S + 1.0),
        (SecondOrder(40.0, 0.8), (S / 40.0) ** 2 + 1.6 * S / 40.0 + 1.0),
    ],
)
def test_characteristic_function_equals_its_formula(filter, lag):
    drive = (400.0 + 60.0 * S + 2.0 * S**2) * np.exp(-0.06 * S)
    expected = 5.0 * S**2 + 30.0 * S - 100.0 + drive / lag
    assert reduced(model(filter)) == pytest.approx(expected, rel=1e-12)


def test_force_feedback_lowers_the_gain_of_its_own_loop():
    late = np.exp(-0.06 * S)
    drive = (400.0 + 60.0 * S + 2.0 * S**2) * late / (0.02 * S + 1.0 + 0.3 * late)
    expected = 5.0 * S**2 + 30.0 * S - 100.0 + drive
    assert reduced(model(FirstOrder(0.02), 0.3)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("filter", [None, FirstOrder(0.02), SecondOrder(40.0, 0.8)])
def test_derivative_with_every_parameter(filter):
    """Against differences of the matrices."""
    made = model(filter, 0.0 if filter is None else 0.3)
    system = made.system()
    for name, value in made.values.items():
        h = 1e-6 * max(1.0, abs(value))
        ends = [made.with_values({name: value + k * h}).system().matrix(S) for k in (1, -1)]
        near = (ends[0] - ends[1]) / (2.0 * h)
        exact = system.parameter_rate(S, made.rate(name))
        assert exact == pytest.approx(near, rel=1e-6, abs=1e-5), name


def test_derivative_with_s():
    for filter in (None, SecondOrder(40.0, 0.8)):
        system = model(filter).system()
        near = (system.matrix(S + 1e-6) - system.matrix(S - 1e-6)) / 2e-6
        assert system.matrix_rate(S) == pytest.approx(near, rel=1e-7, abs=1e-6)
        both = system.taps.matrix_and_rate(S)
        assert both[0] == pytest.approx(system.matrix(np.array([S]))[0], rel=1e-15)
        assert both[1] == pytest.approx(system.matrix_rate(S), rel=1e-15)


@pytest.mark.parametrize(
    "family", [two_neurons(), pendulum_gains(1.0, 0.5, c=0.2), model().family("delay", "inertia")]
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
    system = model().system().with_delays(0.0)
    assert not system.neutral and system.neutral_radius == 0.0
    expected = 5.0 * S**2 + 30.0 * S - 100.0 + 400.0 + 60.0 * S + 2.0 * S**2
    x = np.linalg.solve(system.matrix(S), system.inputs[:, 0])
    assert 1.0 / x[0] == pytest.approx(expected, rel=1e-12)


def test_neutral_terms_behind_a_filter_are_harmless():
    assert model().system().neutral_radius == pytest.approx(0.4)
    assert model(FirstOrder(0.01)).system().neutral_radius == 0.0


def test_names_and_units_follow_the_loops():
    loops = (
        LinearReflex(name="short", stretch_gain=100.0, delay=0.03, filter=FirstOrder(0.02)),
        LinearReflex(name="long", stretch_gain=50.0, delay=0.1, filter=SecondOrder(30.0, 1.0)),
    )
    made = ReflexModel(inertia=5.0, damping=30.0, stiffness=20.0, loops=loops)
    system = made.system()
    assert system.state_names == (
        "angle", "rate", "short_moment", "long_moment", "long_moment_rate",
    )  # fmt: skip
    assert system.state_units == ("rad", "rad/s", "N m", "N m", "N m/s")
    assert system.delays == (0.03, 0.1)
    changed = made.with_values({"long.delay": 0.12, "short.filter_time": 0.01})
    assert changed.system().delays == (0.03, 0.12) and made.system().delays == (0.03, 0.1)
    with pytest.raises(UnknownNameError, match="close: 'long.delay'"):
        made.with_values({"long.dely": 0.1})
    with pytest.raises(UnknownNameError, match="reflex model"):
        made.family("mass")
    with pytest.raises(UnknownNameError, match="close: 'angle'"):
        system.index("output", "angl")


def test_parameters_of_lumped_trunks_are_assumed():
    for made in TRUNK_SETS.values():
        used = sources(made.parameters)
        assert used.assumed == len(used.parameters) == 6 and not used.unresolved
    with pytest.raises(UnknownNameError, match="T1"):
        trunk("T9")


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
        (lambda: LinearReflex(delay=-0.01), "before the stretch"),
        (lambda: LinearReflex(stretch_gain=np.inf), "finite number"),
        (lambda: LinearReflex(force_gain=0.5), "Expected a filter in the loop"),
        (lambda: FirstOrder(0.0), "leave the filter out"),
        (lambda: SecondOrder(0.0, 1.0), "rad/s"),
        (lambda: ReflexModel(inertia=-1.0, damping=1.0, stiffness=1.0), "a positive inertia"),
        (lambda: ReflexModel(inertia=np.eye(2), damping=1.0, stiffness=1.0), "1 by 1"),
        (
            lambda: ReflexModel(
                inertia=1.0, damping=1.0, stiffness=1.0, loops=(LinearReflex(), LinearReflex())
            ),
            "a different name for each loop",
        ),
        (
            lambda: ReflexModel(
                inertia=1.0, damping=1.0, stiffness=1.0, loops=(LinearReflex(senses=(1.0, 2.0)),)
            ),
            "one for each coordinate",
        ),
        (lambda: ParameterLine(two_neurons(), np.zeros(2), np.zeros(2)), "one number for each"),
    ],
)
def test_invalid_systems_raise(made, words):
    with pytest.raises(ParameterError, match=words):
        made()
