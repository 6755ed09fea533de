"""The stability verdict: assessment of constructed evidence, the trunk, and a spine."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from panjabi.delay.roots.counting import count_unstable
from panjabi.errors import ParameterError
from panjabi.neural import scaled
from panjabi.simulation import simulate
from panjabi.simulation.spine_run import STANDARD
from panjabi.spine import ForcePulse, UnitOptions
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model_build import spine_model
from panjabi.stability import (
    StabilityState,
    assess_evidence,
    verdict,
)
from panjabi.stability.condition import (
    RecoveryEvidence,
    SpectralEvidence,
    StaticEvidence,
    recovery_time,
)

HELD = StaticEvidence(200.0, 20.0, 25.0)
DIES = SpectralEvidence(-2.0 + 3.0j, 1e-15, True, 0.1)
GROWS = SpectralEvidence(0.01 + 0.0j, 1e-15, True, math.nan)
BACK = RecoveryEvidence("a push", 0.01, 0.002, 0.4, 3.0)
LOST = RecoveryEvidence("a push", 1.0, 0.002, None, 3.0)
TRUNK = spine_model("trunk", reflexes=True)


# --- assessment ---------------------------------------------------------------------------


def test_evidence_that_agrees_decides():
    condition, reasons = assess_evidence(HELD, DIES, BACK)
    assert condition is StabilityState.STABLE
    assert [r.split(":")[0] for r in reasons] == ["Hessian", "spectrum", "recovery"]
    assert "back within 0.11 deg after 0.4 s" in reasons[2]
    condition, _ = assess_evidence(replace(HELD, least=-1.0), GROWS, LOST)
    assert condition is StabilityState.UNSTABLE


def test_oscillation_by_reflexes_is_unstable_with_a_positive_hessian():
    assert assess_evidence(HELD, GROWS, LOST)[0] is StabilityState.UNSTABLE


def test_reflexes_that_compensate_for_the_potential_are_reported():
    condition, reasons = assess_evidence(replace(HELD, without_reflexes=-30.0), DIES, BACK)
    assert condition is StabilityState.STABLE
    assert "only the reflexes compensate for a potential without a minimum" in reasons[0]


@pytest.mark.parametrize(
    ("static", "spectral", "recovery", "why"),
    [
        (HELD, DIES, LOST, "left the basin of attraction, or the run is too short"),
        (HELD, GROWS, BACK, "a root grows with a time constant of 100 s: the growth is too slow"),
        (replace(HELD, least=-1.0), DIES, BACK, "but a slow push meets no resistance"),
    ],
)
def test_evidence_that_disagrees_is_undecided_with_a_reason(static, spectral, recovery, why):
    condition, reasons = assess_evidence(static, spectral, recovery)
    assert condition is StabilityState.UNDECIDED
    assert reasons[-1].startswith("undecided: ") and why in reasons[-1]


def test_at_a_kink_the_verdict_is_undecided_and_reports_both_sides():
    sided = replace(DIES, one_sided=(-1.0 + 0j, 0.5 + 0j))
    condition, reasons = assess_evidence(
        HELD, sided, BACK, kink_distance=0.0, kink="a muscle becomes slack"
    )
    assert condition is StabilityState.UNDECIDED
    assert "at -1 and +0.5 1/s (a muscle becomes slack)" in reasons[-1]


def test_evidence_that_is_not_finite_is_refused():
    with pytest.raises(ParameterError, match="Expected a finite least stiffness .* got nan"):
        assess_evidence(replace(HELD, least=math.nan), DIES, BACK)


def test_recovery_must_last():
    t = np.linspace(-0.1, 10.0, 1011)
    assert recovery_time(t, np.where(t < 2.0, 1.0, 0.0), 0.1) == pytest.approx(2.0, abs=0.011)
    assert recovery_time(t, np.where(t < 9.0, 1.0, 0.0), 0.1) is None  # only just inside
    assert recovery_time(t, np.zeros_like(t), 0.1) == 0.0
    assert recovery_time(t, np.ones_like(t), 0.1) is None


# --- the trunk ----------------------------------------------------------------------------


def trunk(cocontraction: float | None = None, **deficits: float) -> Equilibrium:
    return equilibrium(with_deficits(TRUNK, Deficits(**deficits)), least=cocontraction)


def test_intact_trunk_is_stable_with_all_margins():
    result = verdict(TRUNK)
    assert result.condition is StabilityState.STABLE
    assert result.spectral.complete and result.spectral.residual < 1e-9
    assert {m.subsystem for m in result.margins} == {"passive", "active", "neural"}


def test_margin_of_the_delay_ends_where_a_root_meets_the_axis():
    margin = verdict(TRUNK).spectral.delay_margin
    for factor, roots in ((0.99, 0), (1.01, 2)):
        late = trunk(extra_delay=factor * margin)
        assert count_unstable(linear_system(late)) == roots


def test_a_late_reflex_makes_the_trunk_oscillate():
    result = verdict(trunk(extra_delay=0.1))
    assert result.condition is StabilityState.UNSTABLE
    assert all(m.subsystem != "neural" for m in result.margins)
    assert result.static.least > 0.0 and result.recovery_time is None


def test_a_weaker_unit_and_weaker_muscles_leave_less_stiffness():
    intact = verdict(TRUNK).least_stiffness
    assert verdict(trunk(passive_loss=0.5)).least_stiffness < intact
    assert verdict(trunk(strength_loss=0.5)).least_stiffness < intact


# --- a spine ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    """One joint in one plane with all its muscles and reflexes."""
    model = spine_model(
        "lumbar",
        plane="sagittal",
        joints=["L5-S1"],
        reflexes=True,
        units=UnitOptions(preload=500.0),
    )
    return equilibrium(model, least=0.01)


def test_a_spine_of_one_joint(small):
    result = verdict(small)
    assert result.condition is StabilityState.STABLE
    assert result.spectral.complete
    assert result.static.instantaneous > result.static.without_reflexes
    assert 0.0 < result.kink_distance < 0.2 and result.kink.endswith("becomes slack")
    assert {m.subsystem for m in result.margins} == {"passive", "active", "neural"}


def test_static_stiffness_with_reflexes_is_that_of_a_slow_push(small):
    """A long step of force: moment over angle equals the condensed matrix at s = 0."""
    system = linear_system(small)
    J = system.now + sum(t.state for t in system.delayed)
    assert system.inputs is not None
    answer = np.linalg.solve(J, -system.inputs[:, 0])
    stiffness = 1.0 / answer[system.state_names.index("L5_S1_FE")]
    assert verdict(small).least_stiffness == pytest.approx(stiffness, rel=1e-9)


@pytest.mark.parametrize(
    ("gain", "condition"), [(1.5, StabilityState.UNSTABLE), (1.0, StabilityState.STABLE)]
)
def test_whole_lumbar_spine_with_its_reflexes_and_with_stronger_ones(gain, condition):
    """At a gain of 1.5 a lateral mode grows with the real part of its root.

    The run takes steps in which it turns by 0.1 rad; longer ones damp it.
    """
    model = spine_model("lumbar", reflexes=True, units=UnitOptions(preload=500.0))
    rest = equilibrium(model.with_reflexes(*scaled(model.reflexes, gain)))
    result = verdict(rest)
    assert result.condition is condition
    assert result.spectral.complete and result.spectral.residual < 1e-10
    assert result.static.without_reflexes < 0.0 < result.static.least
    if gain > 1.0:
        assert result.rightmost_root == pytest.approx(0.81 + 40.0j, abs=0.05)
        short = replace(STANDARD, largest_step=0.1 / abs(result.rightmost_root))
        push = ForcePulse(1.0, direction=(0.0, 0.0, 1.0), start=0.0)
        run = simulate(rest, push, duration=3.5, solver=short)
        early, late = (
            np.ptp(run.trajectory.at(np.linspace(t, t + 0.5, 200))[:, :18], axis=0).max()
            for t in (1.0, 3.0)
        )
        growth = np.log(late / early) / 2.0
        assert growth == pytest.approx(result.rightmost_root.real, rel=0.1)
    else:
        assert result.spectral.delay_margin == pytest.approx(0.134, abs=0.002)
        assert {m.subsystem for m in result.margins} == {"passive", "active", "neural"}


def test_errors_of_a_spine(small):
    with pytest.raises(ParameterError, match="a positive finite number for push, got -1.0"):
        verdict(TRUNK, push=-1.0)
    with pytest.raises(ParameterError, match="Expected a Spine or its Equilibrium, got a float"):
        verdict(1.0)
    with pytest.raises(ParameterError, match="a positive finite number for watched, got 0.0"):
        verdict(small, watched=0.0)
