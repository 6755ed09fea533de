"""Runs of delay models: the trunk, stiff equations, histories, events, interrupts, refusals."""

from __future__ import annotations

import os
import subprocess
import sys
from math import cos, exp, sin

import numpy as np
import pytest
from numba import njit

from panjabi.delay.integrate import (
    DelayModel,
    Event,
    Samples,
    Settings,
    SimulationError,
    solve,
)
from panjabi.errors import ConvergenceError, PanjabiError, ParameterError, UnknownNameError


@njit
def reflex_trunk(t, y, z, p, out):
    out[0] = y[1]
    out[1] = (p[5] - p[1] * y[1] - p[2] * y[0] - p[3] * z[0, 0] - p[4] * z[0, 1]) / p[0]


@njit
def late(t, y, z, p, out):
    out[0] = -z[0, 0]


LATE = DelayModel(rhs=late, delays=(1.0,))
TRUNK = DelayModel(rhs=reflex_trunk, delays=(0.06,))


@pytest.mark.parametrize("tolerance", [1e-5, 1e-7, 1e-9])
def test_step_response_of_the_reflex_trunk(tolerance):
    """Set T1 of the neural tables, delay 60 ms, 10 N m from rest; angles to 14 digits."""
    known = {
        0.06: 0.00322303628078, 0.12: 0.01094588492636, 0.30: 0.02611731020369,
        0.60: 0.03173368309320, 1.2: 0.03326110625279, 2.4: 0.03333319076732,
    }  # fmt: skip
    run = solve(
        TRUNK, [0.0, 0.0], (0.0, 2.4), p=[5.0, 30.0, -100.0, 400.0, 60.0, 10.0],
        settings=Settings(rtol=tolerance, atol=tolerance),
    )  # fmt: skip
    angle = run.at(list(known))[:, 0]
    assert np.max(np.abs(angle - list(known.values()))) < tolerance
    assert np.all(np.diff(run.state[:, 0]) > -1e-12)  # no overshoot


def test_before_the_first_delay_only_inertia_and_damping_act():
    """Up to the delay the reflex is silent: the free answer of (J, B, Kn), in closed form."""
    run = solve(TRUNK, [0.0, 0.0], (0.0, 0.06), p=[5.0, 30.0, 0.0, 400.0, 60.0, 10.0])
    t = np.linspace(0.0, 0.06, 7)
    free = (10.0 / 30.0) * (t - (5.0 / 30.0) * (1.0 - np.exp(-6.0 * t)))
    assert run.at(t)[:, 0] == pytest.approx(free, abs=1e-9)


@njit
def relaxing(t, y, z, p, out):
    out[0] = -p[0] * (y[0] - cos(t)) - sin(t) + 0.5 * (z[0, 0] - cos(t - 0.3))


@njit
def relaxing_jacobian(t, y, z, p, out):
    out[0, 0] = -p[0]


@njit
def cosine(t, p, out):
    out[0] = cos(t)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8])
def test_stiff_relaxation_needs_few_steps(tolerance):
    """y = cos t whatever the rate 1e6 /s; the explicit pair would need 3e6 steps."""
    model = DelayModel(rhs=relaxing, jacobian=relaxing_jacobian, delays=(0.3,))
    settings = Settings(tolerance, tolerance, "implicit")
    run = solve(model, [1.0], (0.0, 10.0), p=[1e6], history=cosine, settings=settings)
    t = np.linspace(0.0, 10.0, 101)
    assert np.max(np.abs(run.at(t)[:, 0] - np.cos(t))) < 10.0 * tolerance
    assert run.counts.steps < 1000


def test_implicit_pair_damps_a_fast_start():
    """L-stable: a start off the slow curve dies at once and does not ring."""
    model = DelayModel(rhs=relaxing, jacobian=relaxing_jacobian, delays=(0.3,))
    settings = Settings(1e-5, 1e-5, "implicit")
    run = solve(model, [2.0], (0.0, 1.0), p=[1e6], history=cosine, settings=settings)
    t = np.linspace(0.01, 1.0, 50)
    assert np.max(np.abs(run.at(t)[:, 0] - np.cos(t))) < 1e-4


@njit
def robertson(t, y, z, p, out):
    first = 0.04 * y[0]
    second = 1e4 * z[0, 1] * y[2]
    third = 3e7 * y[1] * y[1]
    out[0] = -first + second
    out[1] = first - second - third
    out[2] = third


@njit
def robertson_jacobian(t, y, z, p, out):
    for i in range(3):
        for j in range(3):
            out[i, j] = 0.0
    out[0, 0], out[0, 2] = -0.04, 1e4 * z[0, 1]
    out[1, 0], out[1, 1], out[1, 2] = 0.04, -6e7 * y[1], -1e4 * z[0, 1]
    out[2, 1] = 6e7 * y[1]


def test_robertson_with_a_delay():
    """Both pairs agree, the implicit one in far fewer evaluations; mass is kept."""
    model = DelayModel(rhs=robertson, jacobian=robertson_jacobian, delays=(0.01,))
    start, span, atol = [1.0, 0.0, 0.0], (0.0, 2.0), [1e-8, 1e-12, 1e-8]
    one = solve(model, start, span, settings=Settings(1e-8, atol))
    two = solve(model, start, span, settings=Settings(1e-7, atol, "implicit"))
    assert two.at(2.0) == pytest.approx(one.at(2.0), rel=1e-5)
    assert two.counts.evaluations < 0.3 * one.counts.evaluations
    assert np.sum(two.state, axis=1) == pytest.approx(1.0, abs=1e-9)


def test_history_as_array_function_samples_and_trajectory_agree():
    @njit
    def straight(t, p, out):
        out[0] = 1.0 + t

    times = np.linspace(-1.5, 0.5, 9)
    a = solve(LATE, [1.0], (0.0, 3.0), history=straight)
    b = solve(LATE, [1.0], (0.0, 3.0), history=Samples(times, 1.0 + times[:, None]))
    assert b.at(3.0) == pytest.approx(a.at(3.0), abs=1e-9)
    half = solve(LATE, [1.0], (0.0, 1.7), history=straight)
    rest = solve(LATE, half.at(1.7), (1.7, 3.0), history=half)
    assert rest.at(3.0) == pytest.approx(a.at(3.0), abs=1e-9)
    assert (rest.start, rest.end) == (1.7, 3.0)
    assert 2.0 in [b.time for b in rest.breaking_points]  # the old jump comes back


def test_plain_python_functions_are_compiled():
    def rhs(t, y, delayed, p, out):
        out[0] = -delayed[0, 0]

    run = solve(DelayModel(rhs=rhs, delays=(1.0,)), [1.0], (0.0, 2.0))
    assert run.at(2.0)[0] == pytest.approx(-0.5, abs=1e-7)


def test_no_delay_and_a_delay_of_zero_give_the_ordinary_equation():
    @njit
    def plain(t, y, z, p, out):
        out[0] = -y[0]

    for model in (DelayModel(rhs=plain), DelayModel(rhs=late, delays=(0.0,))):
        run = solve(model, [1.0], (0.0, 3.0))
        assert run.at(3.0)[0] == pytest.approx(exp(-3.0), abs=1e-7)
        assert run.counts.sweeps == 0


def test_a_delay_longer_than_the_run_reads_the_history_only():
    run = solve(LATE, [1.0], (0.0, 3.0), delays=[10.0], history=[0.5])
    assert run.at(3.0)[0] == pytest.approx(-0.5, abs=1e-12)


def test_only_the_states_that_are_read_are_looked_up():
    @njit
    def second_only(t, y, z, p, out):
        out[0] = z[0, 0]
        out[1] = -y[1]

    run = solve(DelayModel(rhs=second_only, delays=(0.5,), reads=(1,)), [0.0, 1.0], (0.0, 0.5))
    assert run.at(0.5) == pytest.approx([0.5, exp(-0.5)], abs=1e-7)


def test_an_event_stops_the_run_and_direction_counts():
    @njit
    def level(t, y, z, p, out):
        out[0] = y[0]

    def events(direction):
        event = (Event("zero", "stop", direction),)
        return DelayModel(rhs=late, delays=(1.0,), event=level, events=event)

    falling = solve(events(-1), [1.0], (0.0, 10.0))
    assert (falling.outcome, falling.end) == ("stopped by an event", pytest.approx(1.0, abs=1e-9))
    assert falling.events[0].name == "zero"
    rising = solve(events(1), [1.0], (0.0, 10.0))
    assert rising.end > 2.0
    assert abs(rising.at(rising.end)[0]) < 1e-12


@njit
def moving(t, y, z, p, out):
    out[0] = p[0]


@njit
def from_zero(t, y, z, p, out):
    out[0] = p[1] * y[0]


@njit
def there_and_back(t, y, z, p, out):
    out[0] = p[1] * np.sin(t)


WAYS = [(kind, way) for kind in ("record", "stop") for way in (-1, 0, 1)]


@pytest.mark.parametrize(
    ("kind", "direction", "start"),
    [*((*way, start) for way in WAYS for start in (0.0, -1e-18, 1e-18)), ("switch", 0, 0.0)],
)
@pytest.mark.parametrize("slope", [-1.0, 1.0])
def test_the_start_is_no_event(kind, direction, slope, start):
    model = DelayModel(rhs=moving, event=from_zero, events=(Event("start", kind, direction),))
    run = solve(model, [start], (0.0, 1.0), p=[slope, 1.0])
    assert run.outcome == "end reached"
    assert run.events == ()
    assert run.at(1.0)[0] == pytest.approx(slope, abs=1e-12)


@pytest.mark.parametrize("direction", [-1, 0, 1])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_an_event_that_was_zero_at_the_start_happens_later(direction, sign):
    """sign * sin t, from 0 to 7: it changes its sign at pi and at 2 pi, and leaves 0 at 0."""
    event = Event("turn", "record", direction)
    model = DelayModel(rhs=moving, event=there_and_back, events=(event,))
    run = solve(model, [0.0], (0.0, 7.0), p=[1.0, sign], settings=Settings(largest_step=0.5))
    expected = [t for t, way in ((np.pi, -sign), (2.0 * np.pi, sign)) if direction in (0, way)]
    assert [e.time for e in run.events] == pytest.approx(expected, abs=1e-9)
    stopping = DelayModel(rhs=moving, event=there_and_back, events=(Event("s", "stop", direction),))
    stopped = solve(stopping, [0.0], (0.0, 7.0), p=[1.0, sign], settings=Settings(largest_step=0.5))
    assert (stopped.outcome, stopped.end) == ("stopped by an event", pytest.approx(expected[0]))


def test_a_stop_just_above_rounding_of_the_start_leaves_a_run_that_can_be_read():
    model = DelayModel(rhs=moving, event=from_zero, events=(Event("at once", "stop"),))
    run = solve(model, [1e-11], (0.0, 1.0), p=[-1.0, 1.0])
    assert run.outcome == "stopped by an event"
    assert 0.0 < run.end < 1e-6
    assert [e.name for e in run.events] == ["at once"]
    assert run.at(run.end)[0] == pytest.approx(0.0, abs=1e-6)


def test_compiled_and_plain_python_agree():
    """The driver and all its parts as plain Python, in a process without numba's compiler."""
    code = """
import numpy as np
from numba import njit
from panjabi.delay.integrate import DelayModel, Event, Settings, solve
@njit
def rhs(t, y, z, p, out):
    out[0] = -1.0 - y[0] + (2.0 if p[0] < 0.0 else 0.0)
@njit
def half(t, y, p, out):
    out[0] = 0.5 * t
@njit
def sign(t, y, z, p, out):
    out[0] = z[0, 0]
@njit
def jac(t, y, z, p, out):
    out[0, 0] = -1.0
model = DelayModel(rhs=rhs, delay=half, varying=1, event=sign, events=(Event("s", "switch"),),
                   jacobian=jac)
for method in ("explicit", "implicit"):
    run = solve(model, [1.0], (0.0, 6.0), settings=Settings(1e-5, 1e-5, method))
    print(run.counts.steps, run.counts.evaluations, float(run.at(6.0)[0]).hex(),
          *(e.time.hex() for e in run.events))
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"NUMBA_DISABLE_JIT": off},
        ).stdout
        for off in ("0", "1")
    ]  # fmt: skip
    for compiled, plain in zip(*(s.splitlines() for s in said), strict=True):
        compiled, plain = compiled.split(), plain.split()
        assert compiled[:2] == plain[:2]
        numbers = [[float.fromhex(word) for word in row[2:]] for row in (compiled, plain)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-13)


def test_dense_output_is_continuous_and_starts_at_the_start():
    run = solve(LATE, [1.0], (0.0, 5.0), history=[0.0])
    assert run.at(0.0) == pytest.approx([1.0])
    inner = run.time[1:-1]
    assert run.at(inner - 1e-12) == pytest.approx(run.at(inner + 1e-12), abs=1e-11)
    assert run.at([[1.0, 2.0]]).shape == (1, 2, 1)
    with pytest.raises(ParameterError, match="got 5.1 to 5.1 s; give times within the run"):
        run.at(5.1)


@njit
def explosive(t, y, z, p, out):
    out[0] = y[0] * y[0]


@njit
def broken(t, y, z, p, out):
    out[0] = -1.0 if t < 0.5 else np.nan


def test_a_failed_run_returns_its_partial_trajectory():
    with pytest.raises(SimulationError, match="below the resolution of the time") as caught:
        solve(DelayModel(rhs=explosive), [1.0], (0.0, 2.0))
    assert caught.value.trajectory.end == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(ConvergenceError, match="not a finite number; look at the part") as caught:
        solve(DelayModel(rhs=broken), [1.0], (0.0, 2.0))
    assert caught.value.trajectory.at(0.4)[0] == pytest.approx(0.6)
    assert caught.value.trajectory.outcome == "failed"
    with pytest.raises(SimulationError, match="9 steps were not enough; raise most_steps"):
        solve(LATE, [1.0], (0.0, 1e6), settings=Settings(most_steps=9))


@njit
def ahead(t, y, p, out):
    out[0] = -1.0


@njit
def far_back(t, y, p, out):
    out[0] = 5.0 * t


def test_negative_delays_and_delays_before_the_history_raise():
    with pytest.raises(SimulationError, match="a delay is negative.*delay function return 0"):
        solve(DelayModel(rhs=late, delay=ahead, varying=1), [1.0], (0.0, 1.0))
    model = DelayModel(rhs=late, delay=far_back, varying=1)
    samples = Samples([-1.0, 0.0], [[1.0], [1.0]])
    with pytest.raises(SimulationError, match="before the start of the history"):
        solve(model, [1.0], (0.0, 1.0), history=samples)


def test_invalid_arguments_raise():
    refusals = [
        (lambda: DelayModel(rhs=late, delays=(-0.1,)), "delay 0 as a finite time .* got -0.1 s"),
        (lambda: DelayModel(rhs=late, delays=(np.nan,)), "delay 0 .* got nan s"),
        (lambda: DelayModel(rhs=3), "a function for rhs, got 3"),
        (lambda: DelayModel(rhs=late, varying=2), "`delay` missing and varying = 2"),
        (lambda: DelayModel(rhs=late, events=(Event("a"),)), "`event` missing and 1 events"),
        (lambda: Event("a", "switch", 1), "a switch acts both ways"),
        (lambda: Event("a", "record", 2), "direction of event 'a', got 2"),
        (lambda: Settings(rtol=0.0), "got rtol 0 .*give tolerances that floating-point"),
        (lambda: Settings(atol=-1.0), "atol -1.0"),
        (lambda: Settings(track=9), "track 9"),
        (lambda: Settings(largest_step=0.0), "Expected positive steps"),
        (lambda: Settings(inner=0.0), "got 0.0; leave it out"),
        (lambda: solve(LATE, [np.nan], (0.0, 1.0)), "one finite number for each state"),
        (lambda: solve(LATE, [1.0], (1.0, 1.0)), "finite end after a finite start, got 1 to 1 s"),
        (lambda: solve(LATE, [1.0], (0.0, 1.0), p=[[1.0]]), r"p as a vector .*shape \(1, 1\)"),
        (lambda: solve(LATE, [1.0], (0.0, 1.0), delays=[1.0, 2.0]), "1 delays .* got 2"),
        (
            lambda: solve(LATE, [1.0], (0.0, 1.0), history=[1.0, 2.0]),
            r"history of 1 finite values.* got shape \(2,\)",
        ),
        (
            lambda: solve(LATE, [1.0], (0.0, 1.0), history=Samples([0.0, -1.0], [[1.0], [1.0]])),
            "samples at rising, finite times",
        ),
        (
            lambda: solve(LATE, [1.0], (0.0, 1.0), settings=Settings(atol=[1e-6, 1e-6])),
            "each of 1 states, got 2 values",
        ),
        (
            lambda: solve(LATE, [1.0], (0.0, 1.0), settings=Settings(method="implicit")),
            "a model with a Jacobian for the implicit pair",
        ),
        (
            lambda: solve(DelayModel(rhs=late, delays=(1.0,), reads=(3,)), [1.0], (0.0, 1.0)),
            r"from 0 to 0, got \(3,\) in a model of 1",
        ),
    ]
    for refused, words in refusals:
        with pytest.raises(ParameterError, match=words):
            refused()
    with pytest.raises(UnknownNameError, match="unknown method 'implizit'; close: 'implicit'"):
        Settings(method="implizit")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="unknown type of event 'pause'"):
        Event("a", "pause")  # type: ignore[arg-type]
    assert issubclass(SimulationError, PanjabiError)
