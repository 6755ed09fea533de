"""Vestibulocollic and cervicocollic paths, and the neck of Peng et al. as far as figures exist."""

from __future__ import annotations

import cmath

import numpy as np
import pytest

from panjabi.delay.roots import characteristic_roots
from panjabi.delay.roots.response import frequency_response
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.neural import Canals, cervicocollic, vestibulocollic
from panjabi.neural.receptor_kernels import INPUTS, STATES, receptor_slopes, receptor_work
from panjabi.parameter import sources
from panjabi.spine import (
    equilibrium,
    fitted_neck,
    head_over_trunk,
    neck,
    resonance,
    spine_model,
)
from panjabi.spine.linear_system import linear_system


def paths(coordinate):
    canals = Canals(integrator_time=0.7)
    return (
        vestibulocollic(coordinate, rate_gain=0.1, position_gain=1.1, lead=0.03, canals=canals),
        cervicocollic(coordinate, stretch_gain=0.2, rate_gain=0.01),
    )


def fitted(*names):
    """The fitted neck with these reflexes alone."""
    made = fitted_neck()
    return made.with_reflexes(*(loop for loop in made.reflexes if loop.name in names))


def test_canals_pass_velocity_and_adapt_to_constant_velocity():
    canals = Canals(6.0)
    assert abs(canals.transfer(2j * np.pi * 1.0)) == pytest.approx(1.0, abs=1e-3)
    corner = canals.transfer(1j / 6.0)
    assert corner == pytest.approx(0.5 + 0.5j)
    assert canals.signal(1.0, 1.0) == 0.0
    assert canals.state_rate(1.0, 0.0) == pytest.approx(1.0 / 6.0)


def test_states_of_the_loops_give_the_transfer_functions():
    """(C (s - A)^-1 B + D) through filter and delay, from the compiled slopes of the receptors."""
    vcr, ccr = paths("C7_T1_FE")
    model = spine_model("cervical", joints=["C7-T1"], muscles=False, reflexes=(vcr, ccr))
    data = model.loops.receptors
    for k, loop in enumerate((vcr, ccr)):
        count = int(data.first[k + 1] - data.first[k])
        S = np.zeros((1 + STATES, INPUTS))
        receptor_slopes(k, 0.0, 0.0, 0.0, np.zeros(count), data, receptor_work(), S)
        A, C = S[1 : 1 + count, 3 : 3 + count], S[0, 3 : 3 + count]
        for hz in (0.05, 0.5, 5.0):
            s = 2j * np.pi * hz
            sensed = np.array([1.0 if k == 1 else 0.0, s])  # canals do not sense the angle
            states = np.linalg.solve(s * np.eye(count) - A, S[1 : 1 + count, :2] @ sensed)
            out = C @ states + S[0, :2] @ sensed
            out *= cmath.exp(-s * float(loop.delay)) / (loop.filter_time * s + 1.0)
            assert out == pytest.approx(complex(loop.transfer(s)), rel=1e-10)


def test_a_neck_with_its_reflexes_runs_and_has_a_spectrum():
    """Both paths as moments on a joint of the cervical spine."""
    loops = paths("C7_T1_FE")
    made = {"joints": ["C7-T1"], "plane": "sagittal", "muscles": False, "gravity": False}
    rest = equilibrium(spine_model("cervical", reflexes=loops, **made))
    bare = equilibrium(spine_model("cervical", **made))
    roots = [characteristic_roots(linear_system(r), count=1).rightmost for r in (rest, bare)]
    assert 1e-4 < abs(roots[0] - roots[1]) < 0.1


def test_head_without_reflexes_is_a_resonator():
    f = np.array([0.5, 2.0, 6.0])
    s = 2j * np.pi * f
    passive = 0.3 * s + 2.5
    found = head_over_trunk(neck(inertia=0.015, damping=0.3, stiffness=2.5), f)
    assert found == pytest.approx(passive / (passive + 0.015 * s * s))


def test_calibration_is_met():
    bare = resonance(fitted())
    assert 20.0 * np.log10(bare[0]) == pytest.approx(row("N075").number, abs=1e-6)
    assert bare[1] == pytest.approx(row("N076").number, abs=1e-6)
    alone = resonance(fitted("vcr"))
    assert (alone[0] - 1.0) / (bare[0] - 1.0) == pytest.approx(0.25, abs=1e-6)
    assert resonance(fitted_neck())[1] == pytest.approx(row("N080").number, abs=1e-6)
    vcr, ccr = fitted_neck().reflexes
    assert vcr.rate_gain / ccr.rate_gain == pytest.approx(row("N083").number)


def test_inertia_scales_moments_and_changes_no_response():
    one, two = fitted_neck(), fitted_neck(head_inertia=0.02)
    f = np.geomspace(0.1, 8.0, 9)
    assert head_over_trunk(two, f) == pytest.approx(head_over_trunk(one, f), rel=1e-5)


def test_phase_has_a_minimum_and_then_a_peak_below_the_resonance():
    """Predicted: 0.14 and 0.85 Hz where 0.1 and 1.1 Hz are published, without a spread."""
    f = np.geomspace(0.02, 2.5, 2000)
    phase = np.unwrap(np.angle(head_over_trunk(fitted_neck(), f)))
    turns = f[1:-1][np.diff(np.sign(np.diff(phase))) != 0]
    assert turns == pytest.approx([0.141, 0.852], abs=0.005)
    assert turns[0] / row("N081").number == pytest.approx(1.41, abs=0.05)
    assert turns[1] / row("N082").number == pytest.approx(0.77, abs=0.05)


@pytest.mark.xfail(reason="predicted 2.0 dB: the published transfer functions were not seen, and "
                   "canal, integrator and filter are assumed", strict=True)  # fmt: skip
def test_peak_with_both_paths():
    peak = 20.0 * np.log10(resonance(fitted_neck())[0])
    assert peak == pytest.approx(row("N079").number, rel=0.25)


@pytest.mark.xfail(
    reason="predicted -6 %: 60 ms late, a stretch gain of a tenth takes damping away "
    "at 2 Hz; the published path has dynamics that were not seen",
    strict=True,
)
def test_cervicocollic_path_alone_damps():
    bare, alone = resonance(fitted())[0], resonance(fitted("ccr"))[0]
    assert 100.0 * (bare - alone) / (bare - 1.0) == pytest.approx(row("N077").number, rel=0.5)


def test_neck_lists_its_parameters():
    found = sources(fitted_neck())
    assert found.counts["fitted"] == 6 and not found.unresolved


def test_the_neck_is_a_spine_whose_spectrum_gives_its_response():
    """A trunk that turns by b acts as the moment -(J s2 + VCR) b: h/b = 1 - (J s2 + VCR) G."""
    made = fitted_neck()
    system = linear_system(equilibrium(made))
    assert characteristic_roots(system, count=4).rightmost.real < 0.0
    f = np.array([0.05, 0.5, 2.0, 2.9, 6.0])
    s = 2j * np.pi * f
    compliance = frequency_response(system, f, output="skull_C1_AR").values
    inertia = made.parameters["inertia"].si
    expected = 1.0 - (inertia * s * s + made.reflexes[0].transfer(s)) * compliance
    assert np.allclose(head_over_trunk(made, f), expected, rtol=1e-9)


def test_invalid_arguments_raise():
    with pytest.raises(ParameterError, match="delay of loop 'vcr' as 0 s or more, got -1"):
        vestibulocollic("C7_T1_FE", rate_gain=1.0, delay=-1.0)
    with pytest.raises(ParameterError, match="filter_time as .*, got 0"):
        cervicocollic("C7_T1_FE", stretch_gain=1.0, filter_time=0.0)
    with pytest.raises(ParameterError, match="a positive stiffness of the neck, got 0"):
        neck(inertia=0.01, damping=0.3, stiffness=0.0)
    with pytest.raises(ConvergenceError, match="meet the published neck values"):
        fitted_neck(vcr_delay=0.5)
