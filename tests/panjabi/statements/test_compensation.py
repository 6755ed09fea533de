"""Sway, required stiffness, compensation map with boundaries, and a resumed sweep."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from panjabi.cohort import CohortError
from panjabi.delay.roots.counting import count_unstable
from panjabi.delay.roots.system import UnstableError
from panjabi.errors import (
    ConvergenceError,
    DataFileError,
    Interrupted,
    ParameterError,
    UnknownNameError,
)
from panjabi.parameter import Parameter
from panjabi.spine import equilibrium, one_loop
from panjabi.spine.linear_system import linear_system
from panjabi.stability import reduced_trunk
from panjabi.statements import compensation, compensation_map, least_activation, trunk_sway
from panjabi.statements.quiet_stance import (
    Noise,
    StanceLoop,
    loop_of,
    variance_slopes,
    variances,
)
from panjabi.statements.stiffness_for_sway import required_stiffness, stable_ranges

TRUNK = reduced_trunk()
LOSS = np.linspace(0.0, 1.0, 7)


def test_variance_without_reflex_is_the_closed_form():
    """White torque on J, B, K: variance S / (4 B K) for a one-sided density S [(N m)^2 / Hz]."""
    alone = TRUNK.changed(gain=0.0)
    noise = Noise()
    closed = noise.torque.si**2 / (4.0 * alone.damping * alone.stiffness)
    assert trunk_sway(alone, noise) ** 2 == pytest.approx(closed, rel=1e-5)


def test_variance_agrees_with_a_long_noisy_run():
    """Euler steps of many trunks with delay and both noises."""
    noise, h, end = Noise(), 1e-3, 60.0
    rng = np.random.default_rng(1)
    v, copies = {**vars(TRUNK), "stiffness": TRUNK.stiffness}, 200
    v["filter_time"] = TRUNK.activation_time
    lag = round(v["delay"] / h)
    past = np.zeros((lag + 1, 2, copies))
    x = np.zeros((3, copies))  # angle, rate, reflex moment
    total = count = 0.0
    root = math.sqrt(0.5 / h)  # two-sided density, held over a step
    for step in range(int(end / h)):
        late = past[step % (lag + 1)]
        w = noise.torque.si * root * rng.standard_normal(copies)
        n = noise.sensor.si * root * rng.standard_normal(copies)
        seen = v["stretch_gain"] * (late[0] + n) + v["rate_gain"] * late[1]
        # white noise through k_p + k_v s: its rate part enters the lag as a jump
        z = x[2] + v["rate_gain"] / v["filter_time"] * n
        a = (w - v["damping"] * x[1] - v["stiffness"] * x[0] - z) / v["inertia"]
        lead = seen - v["rate_gain"] / v["filter_time"] * n
        past[step % (lag + 1)] = x[:2]
        x = x + h * np.array([x[1], a, (lead - x[2]) / v["filter_time"]])
        if step * h > 5.0:
            total += float((x[0] ** 2).sum())
            count += copies
    assert math.sqrt(total / count) == pytest.approx(trunk_sway(TRUNK, noise), rel=0.02)


@pytest.mark.parametrize("name", ["stiffness", "stretch_gain", "rate_gain", "delay", "rise"])
def test_slopes_of_the_variance_are_exact(name):
    loop, noise, h = loop_of(TRUNK), Noise(), 1e-5
    numbers = {**vars(loop), "rise": 1.3}

    def at(change: float) -> float:
        changed = numbers | {name: numbers[name] * (1.0 + change)}
        rise = changed.pop("rise")
        moved = StanceLoop(**changed)
        return float(variances(TRUNK, moved, moved.stiffness, noise, rise=rise)[0])

    _, slopes = variance_slopes(TRUNK, loop, noise, rise=1.3)
    near = (at(h) - at(-h)) / (2.0 * h * numbers[name])
    assert slopes[name] == pytest.approx(near, rel=1e-6)


@pytest.mark.parametrize("delay", [0.03, 0.06, 0.12, 0.25])
@pytest.mark.parametrize("share", [0.4, 1.0])
def test_stable_ranges_agree_with_the_argument_principle(delay, share):
    ranges = stable_ranges(TRUNK, share=share, delay=delay)
    for K in (-150.0, -60.0, 10.0, 100.0, 300.0, 900.0, 3000.0):
        inside = any(r.least < K < r.most for r in ranges)
        system = linear_system(equilibrium(one_loop(
            inertia=TRUNK.inertia, damping=TRUNK.damping, stiffness=K, delay=delay,
            stretch_gain=share * TRUNK.stretch_gain, rate_gain=share * TRUNK.rate_gain,
            filter_time=TRUNK.activation_time,
        )))  # fmt: skip
        assert (count_unstable(system) == 0) == inside, K


def test_required_stiffness_is_that_of_the_intact_trunk():
    low, high = required_stiffness(
        TRUNK, sway=trunk_sway(TRUNK), share=1.0, delay=TRUNK.delay, noise=Noise()
    )
    assert low == pytest.approx(TRUNK.stiffness, rel=1e-9)
    assert high == math.inf
    assert least_activation(TRUNK)[0] == pytest.approx(TRUNK.activation, rel=1e-9)


@pytest.mark.parametrize(
    "deficit", [{"passive_loss": 0.7}, {"strength_loss": 0.5}, {"extra_delay": 0.04}]
)
def test_least_activation_restores_the_sway_and_less_does_not(deficit):
    hurt = TRUNK.changed(**deficit)
    a, gain = least_activation(hurt)
    assert gain == 1.0 and a > TRUNK.activation
    assert trunk_sway(hurt.changed(activation=a)) == pytest.approx(trunk_sway(TRUNK), rel=1e-9)
    assert trunk_sway(hurt.changed(activation=0.98 * a)) > trunk_sway(TRUNK)


def test_an_adapted_gain_never_needs_more_cocontraction():
    hurt = TRUNK.changed(passive_loss=0.5, extra_delay=0.03)
    assert least_activation(hurt, adapt_gain=True)[0] < least_activation(hurt)[0]


def test_all_three_outcomes_occur_and_effort_increases():
    found = compensation_map(TRUNK, LOSS, ("strength_loss", np.linspace(0.0, 0.99, 12)))
    assert all(share > 0.0 for share in found.fractions().values())
    known = found.activation[~np.isnan(found.activation).any(axis=1)]
    assert np.all(np.diff(known, axis=0) > 0.0) and np.all(np.diff(known, axis=1) > 0.0)
    assert np.isnan(found.activation[-1]).all()


@pytest.mark.parametrize("name", ["strength_loss", "extra_delay"])
def test_traced_boundary_agrees_with_the_map(name):
    top = 0.9 if name == "strength_loss" else 0.06
    found = compensation_map(TRUNK, LOSS, (name, np.linspace(0.0, top, 5)))
    (curve,) = found.boundaries["cost"]
    assert curve[:, 0].min() == pytest.approx(0.0, abs=1e-9)
    assert curve[:, 0].max() == pytest.approx(1.0, abs=1e-9)
    for loss, deficit in curve[:: len(curve) // 5]:
        state = TRUNK.changed(passive_loss=float(loss), **{name: float(deficit)})
        assert least_activation(state)[0] == pytest.approx(found.cost, rel=1e-6)


SWEEP = LOSS, ("strength_loss", np.linspace(0.0, 0.9, 6))


def test_an_interrupted_map_continues(tmp_path, monkeypatch):
    whole = compensation_map(TRUNK, *SWEEP)
    real, calls = compensation._least, []
    options = {"store": tmp_path / "map", "workers": 1, "block": 1}

    def stops(*args):
        if len(calls) == 4:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*args)

    monkeypatch.setattr(compensation, "_least", stops)
    with pytest.raises(Interrupted, match="got an interrupt after 4 of them"):
        compensation_map(TRUNK, *SWEEP, **options)
    calls.clear()
    monkeypatch.setattr(compensation, "_least", lambda *args: calls.append(1) or real(*args))
    result = compensation_map(TRUNK, *SWEEP, resume=True, **options)
    assert len(calls) == 2  # the two rows that were missing
    np.testing.assert_array_equal(result.activation, whole.activation)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": 0.0}, "trunk"),
        ({"noise": Noise(torque=Parameter(2.0, "N m", "User", "assumed"))}, "noise"),
        ({"adapt_gain": True}, "adapt_gain"),
    ],
)
def test_a_store_of_another_trunk_or_noise_is_refused(change, words, tmp_path):
    """Stored rows are valid for one trunk and one noise only."""
    compensation_map(TRUNK, *SWEEP, store=tmp_path / "map")
    keys = {k: v for k, v in change.items() if k != "activation"}
    trunk = TRUNK.changed(**{k: v for k, v in change.items() if k == "activation"})
    with pytest.raises(DataFileError, match=f"of another one.*description.{words}"):
        compensation_map(trunk, *SWEEP, **keys, store=tmp_path / "map", resume=True)


def test_a_row_that_fails_is_an_error_and_no_outcome(monkeypatch):
    """NaN means that no activation is enough, so a failed computation must not become one."""

    def fails(*_):
        raise ConvergenceError("no root.")

    monkeypatch.setattr(compensation, "_least", fails)
    words = r"all 6 parts, got an error in 6 of them.*part 0 \(strength_loss 0.0\): Convergence"
    with pytest.raises(CohortError, match=words):
        compensation_map(TRUNK, *SWEEP)


def test_a_map_as_plain_values_and_as_a_table():
    found = compensation_map(TRUNK, LOSS, ("strength_loss", [0.0, 0.99]))
    value = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert value["strength_loss"] == [0.0, 0.99] and value["activation"][1][0] is None
    assert "extra_delay_s" in replace(found, names=("passive_loss", "extra_delay")).to_dict()
    table = found.to_pandas()
    assert len(table) == found.activation.size
    assert table["activation"].to_numpy() == pytest.approx(found.activation.ravel(), nan_ok=True)


def test_errors():
    with pytest.raises(UnknownNameError, match="deficit beside passive_loss 'passive_loss'"):
        compensation_map(TRUNK, LOSS, ("passive_loss", LOSS))
    with pytest.raises(ParameterError, match="two or more increasing numbers from 0"):
        compensation_map(TRUNK, LOSS, ("strength_loss", [0.5, 0.1]))
    with pytest.raises(ParameterError, match="increasing numbers from 0 to 1"):
        compensation_map(TRUNK, [0.0, np.nan], ("strength_loss", LOSS))
    with pytest.raises(UnstableError, match="Expected a stable system for a sway"):
        trunk_sway(TRUNK.changed(extra_delay=0.2))
