"""A part written in Python: signals, delays, states, excitation, and its place in the spectrum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numba.core import event
from python_part import Part

from panjabi.active.build import musculature
from panjabi.delay.integrate import Settings
from panjabi.elements import Signal, derivatives, outputs
from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError
from panjabi.neural import ReflexLoop
from panjabi.recruitment import recruit
from panjabi.simulation import simulate
from panjabi.spine import MomentPulse, equilibrium, jacobian, reference_rhs, spine_model

TIME, DELAY = 0.01, 0.03
TIGHT = Settings(rtol=1e-8, atol=1e-10, method="rosenbrock")
PUSH = MomentPulse(2.0, "L4_L5_FE", start=0.01, length=0.05)
MUSCLE = "MF_m1t_1_r"


class Moment(Part):
    """-(k q + b q') one delay ago through a filter, by its state one delay late."""

    states = 1
    signals = (Signal("coordinate", "L4_L5_FE", DELAY), Signal("rate", "L4_L5_FE", DELAY))

    def __init__(self, model):
        self.rest = model.rest_q[model.free.index("L4_L5_FE")]

    def force(self, q, rate, state, signals, /):
        return -state

    def state_rate(self, q, rate, state, signals, /):
        return (np.array([40.0 * (signals[0] - self.rest) + 4.0 * signals[1]]) - state) / TIME


class Stretch(Part):
    """Stretch reflex of one muscle: the command follows its filtered length, one delay late."""

    states = 1
    excites = (MUSCLE,)

    def __init__(self, model):
        muscles = model.muscles.muscles
        m = muscles.names.index(MUSCLE)
        self.rest, self.lopt = model.rest_length[m], muscles.optimal_length[m]
        self.signals = (
            Signal("muscle length", MUSCLE, DELAY), Signal("muscle velocity", MUSCLE, DELAY)
        )  # fmt: skip

    def state_rate(self, q, rate, state, signals, /):
        sensed = 2.0 * (signals[0] - self.rest) / self.lopt + 0.2 * signals[1] / self.lopt
        return (np.array([sensed]) - state) / TIME

    def excitation(self, q, rate, state, signals, /):
        return state


class Present(Part):
    """Reads every kind of present signal, not linearly, and gives its own derivatives nowhere."""

    coordinates, states, excites = ("L4_L5_FE", "L4_L5_LB"), 1, (MUSCLE,)
    signals = (
        Signal("muscle tension", MUSCLE), Signal("activation", MUSCLE, DELAY),
        Signal("ligament strain", "L4-L5 SSL"), Signal("head velocity", "z"),
        Signal("muscle velocity", MUSCLE), Signal("muscle tension", MUSCLE, DELAY),
    )  # fmt: skip

    def force(self, q, rate, state, signals, /):
        return np.array([signals[0] * q[0] + signals[2] ** 2, np.sin(signals[3]) * rate[1]])

    def tangent(self, q, rate, state, signals, /):
        return np.diag([-signals[0], 0.0])

    def state_rate(self, q, rate, state, signals, /):
        return np.array([(signals[1] + 1e-3 * signals[5]) * q[1] - state[0] ** 3])

    def excitation(self, q, rate, state, signals, /):
        return np.array([0.1 * np.tanh(state[0]) * signals[4]])


def spine(*loops):
    bare = spine_model(joints=["L4-L5"], muscles=False, gravity=False)
    muscles = musculature(coordinates=bare.free).selected((MUSCLE, "MF_m1t_1_l"))
    return spine_model(joints=["L4-L5"], muscles=muscles, gravity=False, reflexes=loops)


PAIRS = {
    # the same equation: filter and delay commute for a run that starts at rest
    "moment": (
        Moment,
        ReflexLoop(
            source="L4_L5_FE", target="L4_L5_FE", stretch_gain=40.0, rate_gain=4.0, delay=DELAY,
            filter_time=TIME,
        ),
    ),
    "stretch": (
        Stretch,
        ReflexLoop(
            source=MUSCLE, stretch_gain=2.0, rate_gain=0.2, delay=DELAY, filter_time=TIME
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_a_built_in_loop_written_in_python_gives_the_same_trajectory_and_spectrum(name):
    make, loop = PAIRS[name]
    built_in = equilibrium(spine(loop), solve="posture")
    plain = equilibrium(spine(), solve="posture")
    rest = equilibrium(plain.model.with_elements(make(plain.model)), solve="posture")
    times = np.linspace(0.0, 0.3, 31)
    q = built_in.model.slices["q"]
    runs = [simulate(r, PUSH, TIGHT, duration=0.3).trajectory.at(times) for r in (built_in, rest)]
    assert np.abs(runs[0][:, q]).max() > 1e-3
    assert runs[0][:, q] == pytest.approx(runs[1][:, q], abs=2e-7)

    # the characteristic matrix without the states of the loop, at any complex frequency
    def joints(r, s):
        system = jacobian(r.model, r.state)
        matrix = s * np.eye(r.model.size) - system.now
        for delay, late in zip(r.model.delays, system.late, strict=True):
            matrix = matrix - np.exp(-s * delay) * late
        return np.linalg.inv(matrix)[q, q]

    for s in (1.0 + 2.0j, -0.5 + 30.0j):
        assert joints(built_in, s) == pytest.approx(joints(rest, s), rel=1e-6, abs=1e-9)


def test_a_part_with_a_delay_of_its_own_leaves_the_built_in_loops_as_they_are():
    """A part without force that reads a signal earlier than a loop changes nothing."""

    class Listener(Part):
        signals = (Signal("coordinate", "L4_L5_FE", 0.4 * DELAY),)

    loop = PAIRS["moment"][1]
    alone = equilibrium(spine(loop), solve="posture")
    heard = equilibrium(alone.model.with_elements(Listener()), solve="posture")
    assert heard.model.delays == (0.4 * DELAY, DELAY)
    times, n = np.linspace(0.0, 0.3, 31), len(alone.q)
    records = [simulate(rest, PUSH, TIGHT, duration=0.3) for rest in (alone, heard)]
    runs = [record.trajectory.at(times) for record in records]
    assert runs[1][:, :n] == pytest.approx(runs[0][:, :n], abs=2e-7)
    slopes = [jacobian(rest.model, rest.state) for rest in (alone, heard)]
    assert not slopes[1].late[0].any()
    assert slopes[1].late[1] == pytest.approx(slopes[0].late[0], rel=1e-9, abs=1e-9)


def test_the_spectrum_sees_a_part_without_derivatives():
    """Central differences of the part, exact slopes of its signals, by present and past states."""
    model = equilibrium(spine(), solve="posture").model.with_elements(Present())
    rng = np.random.default_rng(4)
    y = model.state_at() + rng.normal(0.0, 0.02, model.size)
    y[model.slices["activation"]] = 0.3
    late = np.tile(y[list(model.reads)], (len(model.delays), 1))
    late += 0.01 * rng.normal(size=late.shape)
    exact = jacobian(model, y, late)
    for _ in range(10):
        way, h = rng.normal(size=model.size), 1e-6
        up, down = (reference_rhs(model, 0.0, y + e * way, late) for e in (h, -h))
        size = 1.0 + np.abs(exact.now) @ np.abs(way)
        assert np.abs((exact.now @ way - (up - down) / (2.0 * h)) / size).max() < 1e-6
        past = rng.normal(size=late.shape[1])
        up, down = (reference_rhs(model, 0.0, y, late + e * past) for e in (h, -h))
        slope = exact.late[0][:, list(model.reads)] @ past
        assert slope == pytest.approx((up - down) / (2.0 * h), rel=1e-5, abs=1e-5)


def test_compiled_run_equals_plain_right_hand_side():
    model = equilibrium(spine(), solve="posture").model.with_elements(Present())
    rest = equilibrium(model, solve="posture")
    record = simulate(rest, PUSH, TIGHT, duration=0.1)
    run, t, h = record.trajectory, 0.08, 1e-5
    late = np.array([[run.at(t - DELAY)[k] for k in model.reads]])
    slope = (run.at(t + h) - run.at(t - h)) / (2.0 * h)
    expected = reference_rhs(rest.model, t, run.at(t), late, (PUSH,))
    assert slope == pytest.approx(expected, rel=2e-3, abs=2e-3)


def test_nothing_is_compiled_for_another_part():
    rest = equilibrium(spine(), solve="posture")
    simulate(rest, PUSH, duration=0.02)
    with event.install_recorder("numba:compile") as recorder:
        for factor in (1.0, 2.0):

            class Spring(Part):
                def force(self, q, rate, state, signals, /, factor=factor):
                    return -factor * q

            model = rest.model.with_elements(Spring())
            run = simulate(equilibrium(model, solve="posture"), PUSH, duration=0.02)
            assert run.trajectory.counts.steps > 1
    assert not recorder.buffer


class Tone(Part):
    """Excites one muscle at rest: by its force, and by the strain of a ligament, a little late."""

    excites = (MUSCLE,)
    signals = (Signal("muscle tension", MUSCLE), Signal("ligament strain", "L4-L5 SSL", DELAY))

    def excitation(self, q, rate, state, signals, /):
        return np.array([0.05 + 1e-3 * signals[0] + 0.2 * signals[1]])


@pytest.mark.parametrize("solve", ["activation", "posture", "both"])
def test_equilibrium_counts_what_a_part_excites(solve):
    """The same commands and the part give the excitations, and the spine stays where it is."""
    plain = spine_model("lumbar", plane="sagittal", reflexes=True)
    if solve == "posture":
        plain = equilibrium(plain).model
    rest = equilibrium(plain.with_elements(Tone()), solve=solve)
    model, m = rest.model, plain.muscles.muscles.names.index(MUSCLE)
    assert model.rest_drive[m] > 0.05 and np.count_nonzero(model.rest_drive) == 1
    low = plain.excitation[m] if solve == "posture" else 0.005
    assert model.commanded[m] == pytest.approx(low, rel=1e-6)
    assert model.excitation[m] > 0.04
    assert np.abs(reference_rhs(model, 0.0, rest.state)).max() < 1e-5
    run = simulate(rest, duration=1.0, solver=TIGHT).trajectory
    assert np.abs(run.state - rest.state)[:, model.slices["q"]].max() < 1e-7
    without = replace(rest, model=replace(model, elements=()))
    moved = simulate(without, duration=0.2).trajectory
    assert np.abs(moved.state - rest.state[: moved.state.shape[1]]).max() > 1e-4


def test_recruitment_counts_what_a_part_excites():
    model = spine_model("lumbar", plane="sagittal").with_elements(Tone())
    held = recruit(model).model
    assert held.rest_drive.max() > 0.05
    assert np.abs(reference_rhs(held, 0.0, held.state_at())).max() < 1e-5


def test_a_part_whose_excitation_does_not_settle_raises():
    class Restless(Tone):
        signals = (Signal("activation", MUSCLE),)

        def excitation(self, q, rate, state, signals, /):
            return np.array([0.3 if signals[0] < 0.1 else 0.05])

    plain = spine_model("lumbar", plane="sagittal")
    with pytest.raises(ConvergenceError, match="constant amount at rest"):
        equilibrium(plain.with_elements(Restless()))


def test_own_derivatives_are_used():
    class Exact(Part):
        def force(self, q, rate, state, signals, /):
            return -3.0 * q

        def derivatives(self, q, rate, state, signals, /):
            return np.array([[-3.0]]), np.zeros((1, 1)), np.zeros((1, 0)), np.zeros((1, 0))

    q = np.array([0.2])
    assert outputs(Exact(), q, q, np.empty(0), np.empty(0)) == pytest.approx([-0.6])
    by_q, by_rate, by_state, by_signals = derivatives(Exact(), q, q, np.empty(0), np.empty(0))
    assert by_q == -3.0 and by_rate == 0.0 and by_state.shape == by_signals.shape == (1, 0)


def test_signals_that_do_not_exist_raise():
    with pytest.raises(UnknownNameError, match="kind of signal"):
        Signal("lenght", MUSCLE)
    with pytest.raises(ParameterError, match="0 s or more, got -1"):
        Signal("rate", "L4_L5_FE", -1.0)

    class Deaf(Part):
        signals = (Signal("muscle tension", "nobody"),)

    model = spine().with_elements(Deaf())
    with pytest.raises(UnknownNameError, match="nobody"):
        equilibrium(model, solve="posture")


def test_a_part_whose_states_are_not_zero_at_rest_raises():
    class Follows(Part):
        states, signals = 1, (Signal("muscle length", MUSCLE),)

        def state_rate(self, q, rate, state, signals, /):
            return (signals - state) / TIME

    with pytest.raises(
        ParameterError, match="states of Follows that stay zero at rest, got a rate"
    ):
        equilibrium(spine().with_elements(Follows()), solve="posture")


class _Returns(Part):
    """Arrays of the wrong size."""

    states, excites = 1, (MUSCLE,)

    def __init__(self, force=1, rate=1, excitation=1):
        self.sizes = force, rate, excitation

    def force(self, q, rate, state, signals, /):
        return np.zeros(self.sizes[0])

    def state_rate(self, q, rate, state, signals, /):
        return np.zeros(self.sizes[1])

    def excitation(self, q, rate, state, signals, /):
        return np.zeros(self.sizes[2])


class _Text(Part):
    coordinates = "L4_L5_FE"


class _Silent(Part):
    excites = (MUSCLE,)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (_Returns(force=3), r"force of _Returns of shape \(1,\), got \(3,\); return"),
        (_Returns(rate=3), r"state_rate of _Returns of shape \(1,\), got \(3,\); return"),
        (_Returns(excitation=3), r"excitation of _Returns of shape \(1,\), got \(3,\); return"),
        (Part, r"a part of a spine, got the class Part; give Part\(\)"),
        (object(), "got object without coordinates, states, signals, energy"),
        (_Silent(), "got _Silent without excitation; add"),
        (_Text(), "coordinates of _Text as a list of names, got 'L4_L5_FE'; give one name as"),
    ],
)
def test_a_part_against_the_contract_raises(part, words):
    with pytest.raises(ParameterError, match=words):
        simulate(equilibrium(spine().with_elements(part), solve="posture"), duration=0.01)
