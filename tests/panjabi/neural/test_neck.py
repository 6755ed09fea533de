"""Vestibulocollic and cervicocollic paths, and the neck of Peng et al. as far as figures exist."""

from __future__ import annotations

import cmath

import numpy as np
import pytest

from panjabi.elements import ForceElement
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.neural import Canals, NeckReflex, fitted_neck, head_to_muscles
from panjabi.parameter import sources


def reflex() -> NeckReflex:
    return NeckReflex(vcr_rate_gain=0.1, vcr_position_gain=1.1, vcr_lead=0.03,
                      ccr_stretch_gain=0.2, ccr_rate_gain=0.01, integrator_time=0.7)  # fmt: skip


def test_canals_pass_velocity_and_adapt_to_constant_velocity():
    canals = Canals(6.0)
    assert abs(canals.transfer(2j * np.pi * 1.0)) == pytest.approx(1.0, abs=1e-3)
    corner = canals.transfer(1j / 6.0)
    assert corner == pytest.approx(0.5 + 0.5j)
    assert canals.signal(1.0, 1.0) == 0.0
    assert canals.state_rate(1.0, 0.0) == pytest.approx(1.0 / 6.0)


def test_states_give_the_transfer_functions():
    """(C (s - A)^-1 B + D) times the delays, from the element's own functions."""
    neck = reflex()
    assert isinstance(neck, ForceElement)
    zero, q = np.zeros(4), np.zeros(1)
    A = np.column_stack([neck.state_rate(q, q, e, np.zeros(3)) for e in np.eye(4)])
    B = np.column_stack([neck.state_rate(q, q, zero, e) for e in np.eye(3)])
    C = np.column_stack([neck.force(q, q, e, np.zeros(3)) for e in np.eye(4)])
    D = np.column_stack([neck.force(q, q, zero, e) for e in np.eye(3)])
    for hz in (0.05, 0.5, 5.0):
        s = 2j * np.pi * hz
        late = [cmath.exp(-s * delay) for delay in neck.delays]
        moment = C @ np.linalg.solve(s * np.eye(4) - A, B) + D
        vcr, ccr = neck.transfer(s)
        assert -moment[0, 0] * late[0] * s == pytest.approx(complex(vcr), rel=1e-10)
        expected = -moment[0, 1] * late[1] - moment[0, 2] * late[2] * s
        assert expected == pytest.approx(complex(ccr), rel=1e-10)


def test_head_without_reflexes_is_a_resonator():
    neck = fitted_neck().without("vcr").without("ccr")
    f = np.array([0.5, 2.0, 6.0])
    s = 2j * np.pi * f
    passive = neck.damping * s + neck.stiffness
    assert neck.head_over_trunk(f) == pytest.approx(passive / (passive + neck.inertia * s * s))


def test_calibration_is_met():
    neck = fitted_neck()
    bare = neck.without("vcr").without("ccr").resonance()
    assert 20.0 * np.log10(bare[0]) == pytest.approx(row("N075").number, abs=1e-6)
    assert bare[1] == pytest.approx(row("N076").number, abs=1e-6)
    alone = neck.without("ccr").resonance()
    assert (alone[0] - 1.0) / (bare[0] - 1.0) == pytest.approx(0.25, abs=1e-6)
    assert neck.resonance()[1] == pytest.approx(row("N080").number, abs=1e-6)
    both = neck.reflex
    assert both.vcr_rate_gain / both.ccr_rate_gain == pytest.approx(row("N083").number)


def test_inertia_scales_moments_and_changes_no_response():
    one, two = fitted_neck(), fitted_neck(head_inertia=0.02)
    f = np.geomspace(0.1, 8.0, 9)
    assert two.head_over_trunk(f) == pytest.approx(one.head_over_trunk(f), rel=1e-5)


def test_phase_has_a_minimum_and_then_a_peak_below_the_resonance():
    """Predicted: 0.14 and 0.85 Hz where 0.1 and 1.1 Hz are published, without a spread."""
    f = np.geomspace(0.02, 2.5, 2000)
    phase = np.unwrap(np.angle(fitted_neck().head_over_trunk(f)))
    turns = f[1:-1][np.diff(np.sign(np.diff(phase))) != 0]
    assert turns == pytest.approx([0.141, 0.852], abs=0.005)
    assert turns[0] / row("N081").number == pytest.approx(1.41, abs=0.05)
    assert turns[1] / row("N082").number == pytest.approx(0.77, abs=0.05)


@pytest.mark.xfail(reason="predicted 2.0 dB: the published transfer functions were not seen, and "
                   "canal, integrator and filter are assumed", strict=True)  # fmt: skip
def test_peak_with_both_paths():
    peak = 20.0 * np.log10(fitted_neck().resonance()[0])
    assert peak == pytest.approx(row("N079").number, rel=0.25)


@pytest.mark.xfail(
    reason="predicted -6 %: 60 ms late, a stretch gain of a tenth takes damping away "
    "at 2 Hz; the published path has dynamics that were not seen",
    strict=True,
)
def test_cervicocollic_path_alone_damps():
    neck = fitted_neck()
    bare = neck.without("vcr").without("ccr").resonance()[0]
    alone = neck.without("vcr").resonance()[0]
    assert 100.0 * (bare - alone) / (bare - 1.0) == pytest.approx(row("N077").number, rel=0.5)


def test_head_motion_stretches_muscles_by_their_moment_arms():
    pull = np.array([[0.2, 0.0, 0.0], [0.0, -0.3, 0.1]])
    stretch, rate = head_to_muscles(pull, [0.1, 0.0, 0.0], [0.0, 1.0, 2.0])
    assert stretch == pytest.approx([0.02, 0.0])
    assert rate == pytest.approx([0.0, -0.1])


def test_neck_lists_its_parameters():
    found = sources(fitted_neck())
    assert found.counts["fitted"] == 6 and not found.unresolved


def test_invalid_arguments_raise():
    with pytest.raises(ParameterError, match=r"\(muscles, 3\)"):
        head_to_muscles(np.zeros((2, 2)), [0.0] * 3, [0.0] * 3)
    with pytest.raises(ParameterError, match="'vcr' or 'ccr'"):
        reflex().without("vor")
    with pytest.raises(ParameterError, match="vcr_delay as .*, got -1"):
        NeckReflex(vcr_delay=-1.0)
    with pytest.raises(ParameterError, match="filter_time as .*, got 0"):
        NeckReflex(filter_time=0.0)
    with pytest.raises(ConvergenceError, match="meet the published neck values"):
        fitted_neck(reflex=NeckReflex(vcr_delay=0.5))
