"""Sway of the trunk, least co-contraction, compensation map, and a resumed sweep."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

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
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model_build import spine_model
from panjabi.spine.tangents import tangent
from panjabi.statements import compensation, compensation_map, least_activation, trunk_sway
from panjabi.statements.quiet_stance import Noise, TrunkStances, stances_of, standing_trunk

TRUNK = standing_trunk()
REST = equilibrium(TRUNK)
LOSS = np.linspace(0.0, 1.0, 3)
SILENT = Noise(sensor=Parameter(1e-12, "deg", "User", "assumed"))


def changed(activation: float | None = None, **deficits: float) -> Equilibrium:
    """The trunk with deficits at a co-contraction, computed without interpolation."""
    return equilibrium(with_deficits(TRUNK, Deficits(**deficits)), least=activation)


# --- sway ------------------------------------------------------------------------------------


def test_variance_without_reflex_solves_the_equation_of_lyapunov():
    """A P + P A^T + b b^T d / 2 = 0 for a moment of one-sided density d."""
    alone = changed(gain_factor=0.0)
    system = linear_system(alone)
    b = system.inputs * math.sqrt(0.5) * SILENT.torque.si
    P = solve_continuous_lyapunov(system.now, -b @ b.T)
    assert trunk_sway(alone, SILENT) ** 2 == pytest.approx(P[0, 0], rel=1e-5)


@pytest.mark.parametrize("later", [0.0, 0.06])
def test_variance_by_torque_is_the_integral_of_the_compliance(later):
    """The whole matrix of the linear system on a fine grid of frequencies."""
    rest = changed(extra_delay=later)
    system = linear_system(rest)
    w = np.concatenate([np.linspace(1e-3, 40.0, 8001), np.geomspace(40.0, 2000.0, 801)[1:]])
    angle = np.array([np.linalg.solve(system.matrix(1j * x), system.inputs)[0, 0] for x in w])
    power = np.abs(angle) ** 2 * SILENT.torque.si**2 / (2.0 * math.pi)
    expected = np.trapezoid(power, w)
    assert trunk_sway(rest, SILENT) ** 2 == pytest.approx(expected, rel=1e-3)


def test_a_constant_error_of_the_sensed_angle_moves_the_trunk_as_the_reflex_pulls():
    """Mean angle per error: reflex over total static stiffness."""
    total, without = (
        float(static_stiffness(r.model, jacobian(r.model, r.state, friction="stuck"))[0, 0])
        for r in (REST, changed(gain_factor=0.0))
    )
    stance = stances_of(TRUNK).stance(TRUNK.cocontraction)
    assert stance is not None
    assert stance.by_bias == pytest.approx(-(total - without) / total, rel=1e-4)


def test_the_quick_form_is_the_trunk_itself():
    """Interpolation over co-contraction and passive loss, changed gains and delays."""
    rng = np.random.default_rng(0)
    for weak in (0.0, 0.4):
        stances = TrunkStances(TRUNK, weak)
        for _ in range(4):
            a = float(np.exp(rng.uniform(np.log(2e-4), np.log(0.9 * stances.most))))
            loss, gain, later = rng.uniform([0.0, 0.2, 0.0], [1.0, 1.3, 0.05]).tolist()
            rest = changed(
                a, passive_loss=loss, strength_loss=weak, gain_factor=gain, extra_delay=later
            )
            stance = stances.stance(a, loss, gain=gain, later=later)
            assert (stance is None) == (count_unstable(linear_system(rest)) > 0)
            if stance is not None:
                sway = math.sqrt(stance.variance(Noise()))
                assert sway == pytest.approx(trunk_sway(rest), rel=1e-4)
            fast = tangent(rest.model, rest.state, which="fast")[0, 0]
            assert stances.stiffness(a, loss) == pytest.approx(fast, rel=1e-4)


def test_more_sensor_noise_and_a_later_reflex_raise_the_sway():
    assert trunk_sway(REST, rise=4.0) > trunk_sway(REST)
    assert trunk_sway(changed(extra_delay=0.03)) > trunk_sway(REST)


# --- compensation ----------------------------------------------------------------------------


def test_least_activation_of_the_intact_trunk_restores_its_sway_at_once():
    a, gain = least_activation(TRUNK)
    assert gain == 1.0 and a <= TRUNK.cocontraction * (1.0 + 1e-3)
    assert trunk_sway(equilibrium(TRUNK, least=a)) <= trunk_sway(REST) * (1.0 + 1e-5)


@pytest.mark.parametrize("deficit", [{"strength_loss": 0.5}, {"extra_delay": 0.04}])
def test_least_activation_restores_the_sway_and_less_does_not(deficit):
    a, gain = least_activation(TRUNK, Deficits(**deficit))
    assert gain == 1.0 and a > TRUNK.cocontraction
    assert trunk_sway(changed(a, **deficit)) == pytest.approx(trunk_sway(REST), rel=1e-4)
    assert trunk_sway(changed(0.95 * a, **deficit)) > trunk_sway(REST)


def test_an_adapted_gain_never_needs_more_cocontraction():
    hurt = Deficits(passive_loss=0.5, extra_delay=0.03)
    assert least_activation(TRUNK, hurt, adapt_gain=True)[0] < least_activation(TRUNK, hurt)[0]


def test_all_three_outcomes_occur_and_effort_increases_with_weakness():
    found = compensation_map(TRUNK, LOSS, ("strength_loss", [0.3, 0.6, 0.85, 0.99]))
    assert all(share > 0.0 for share in found.fractions().values())
    known = found.activation[~np.isnan(found.activation).any(axis=1)]
    assert len(known) == 3 and np.all(np.diff(known, axis=0) > 0.0)
    assert np.isnan(found.activation[-1]).all() and np.isnan(found.compression[-1]).all()
    assert np.all(np.diff(found.compression[:3], axis=0) != 0.0)
    one = least_activation(TRUNK, Deficits(passive_loss=0.5, strength_loss=0.6))[0]
    assert found.activation[1, 1] == pytest.approx(one, rel=1e-9)


SWEEP = LOSS, ("extra_delay", np.linspace(0.0, 0.06, 6))


def test_an_interrupted_map_continues(tmp_path, monkeypatch):
    whole = compensation_map(TRUNK, *SWEEP)
    real, calls = compensation._least, []
    options = {"store": tmp_path / "map", "workers": 1, "block": 1}

    def stops(*args):
        if len(calls) == 4 * len(LOSS):
            raise KeyboardInterrupt
        calls.append(1)
        return real(*args)

    monkeypatch.setattr(compensation, "_least", stops)
    with pytest.raises(Interrupted, match="got an interrupt after 4 of them"):
        compensation_map(TRUNK, *SWEEP, **options)
    calls.clear()
    monkeypatch.setattr(compensation, "_least", lambda *args: calls.append(1) or real(*args))
    result = compensation_map(TRUNK, *SWEEP, resume=True, **options)
    assert len(calls) == 2 * len(LOSS)  # the two rows that were missing
    np.testing.assert_array_equal(result.activation, whole.activation)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trunk": spine_model("trunk", reflexes=True, load=5.0)}, "trunk"),
        ({"noise": Noise(torque=Parameter(2.0, "N m", "User", "assumed"))}, "noise"),
        ({"adapt_gain": True}, "adapt_gain"),
    ],
)
def test_a_store_of_another_trunk_or_noise_is_refused(change, words, tmp_path):
    """Stored rows are valid for one trunk and one noise only."""
    compensation_map(TRUNK, *SWEEP, store=tmp_path / "map")
    keys = {"trunk": TRUNK, **change}
    trunk = keys.pop("trunk")
    with pytest.raises(DataFileError, match=f"of another one.*description.{words}"):
        compensation_map(trunk, *SWEEP, **keys, store=tmp_path / "map", resume=True)


def test_a_row_that_fails_is_an_error_and_no_outcome(monkeypatch):
    """NaN means that no activation is enough, so a failed computation must not become one."""

    def fails(*_):
        raise ConvergenceError("no root.")

    monkeypatch.setattr(compensation, "_least", fails)
    words = r"all 6 parts, got an error in 6 of them.*part 0 \(extra_delay 0.0\): Convergence"
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
    with pytest.raises(UnstableError, match="Expected a stable trunk for a sway"):
        trunk_sway(changed(extra_delay=0.1, gain_factor=1.5))
    with pytest.raises(ParameterError, match="one number for each deficit of the trunk"):
        least_activation(TRUNK, Deficits(strength_loss={"extensors": 0.5}))
    with pytest.raises(ParameterError, match="a trunk with one free coordinate, got 6"):
        TrunkStances(spine_model("lumbar", plane="sagittal", muscles=False))
