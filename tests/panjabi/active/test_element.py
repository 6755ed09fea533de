"""Muscles as force elements: the interface, exact tangents, and the compiled right-hand side."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.active import Cui, HeldTensions, MuscleElement, Musculotendon, line_kernels
from panjabi.active.muscle_kernels import Rates, muscle_rates, muscle_workspace
from panjabi.elements import ForceElement
from panjabi.errors import ParameterError

NONE = np.empty(0)
STEPS, WEIGHTS = (-2.0, -1.0, 1.0, 2.0), np.array([1.0, -8.0, 8.0, -1.0]) / 12.0


def slope(function, q, v, h):
    return WEIGHTS @ [function(q + s * h * v) for s in STEPS] / h


@pytest.fixture(scope="module")
def few(lumbar):
    return lumbar.selected(
        ("rectus_abdominis", "iliocostalis_lumborum", "psoas", "transversus_abdominis")
    )


@pytest.fixture(params=["elastic", "rigid", "mixed", "without"])
def element(few, request):
    below = {"elastic": 0.0, "rigid": np.inf, "mixed": 0.5, "without": 0.5}[request.param]
    law = {} if request.param != "without" else {"short_range": None}
    return MuscleElement(Musculotendon(few, rigid_below=below, **law))


def somewhere(element, q, activation=0.3):
    """Fibres off balance, and a short-range force of all muscles."""
    nm = len(element.muscles)
    state = element.state_at_rest(q, activation)
    state[nm : 2 * nm] *= 1.01
    state[2 * nm :] = np.random.default_rng(9).uniform(-0.02, 0.04, len(state) - 2 * nm)
    return state


def test_contract(element, few, bent):
    assert isinstance(element, ForceElement)
    assert isinstance(HeldTensions(few, bent, np.ones(len(few))), ForceElement)
    assert element.coordinates == few.coordinates
    assert element.states == 2 * len(few) + element.units.short_range_states
    assert element.units.short_range_states in (0, len(few))
    assert element.states == len(element.state_at_rest(bent)) and len(few) == len(element.signals)
    assert element.energy(bent) is None


def test_force_is_minus_slope_times_tension(element, few, bent):
    rate = np.random.default_rng(1).normal(size=18)
    state, nm = somewhere(element, bent), len(few)
    geometry = few.geometry(bent)
    tension, *expected = element.units.rates(
        0.3,
        state[nm : 2 * nm],
        geometry.length,
        geometry.slope @ rate,
        state[2 * nm :] if element.units.short_range else 0.0,
    )
    inputs = np.full(nm, 0.6)
    force = element.force(bent, rate, state, inputs)
    assert force == pytest.approx(-geometry.slope.T @ tension, rel=1e-11, abs=1e-10)
    rates = element.state_rate(bent, rate, state, inputs)
    assert rates[:nm] == pytest.approx(float(element.units.activation.rate(0.6, 0.3)))
    assert rates[nm:] == pytest.approx(np.concatenate(expected), rel=1e-9, abs=1e-10)


def test_tangent_is_minus_the_slope_of_the_force(element, few, bent):
    rng = np.random.default_rng(2)
    rate, v = rng.normal(size=18), rng.normal(size=18)
    state, inputs = somewhere(element, bent), np.full(len(few), 0.3)
    exact = element.tangent(bent, rate, state, inputs) @ v
    seen = -slope(lambda q: element.force(q, rate, state, inputs), bent, v, 2e-5)
    assert exact == pytest.approx(seen, abs=1e-6 * np.abs(exact).max())


def test_at_rest_nothing_changes(element, few, bent):
    state = element.state_at_rest(bent, 0.2)
    rates = element.state_rate(bent, np.zeros(18), state, np.full(len(few), 0.2))
    assert np.abs(rates).max() < 1e-8


@pytest.mark.parametrize("law", [None, Cui()])
def test_held_tensions_have_a_potential(few, bent, law):
    tension = np.random.default_rng(3).uniform(0.0, 100.0, len(few))
    made = (
        HeldTensions(few, bent, tension) if law is None else HeldTensions(few, bent, tension, law)
    )
    v = np.random.default_rng(4).normal(size=18)
    q = bent + 0.02 * v
    energy = slope(made.energy, q, v, 1e-3)
    assert -made.force(q, v, NONE, NONE) @ v == pytest.approx(energy, rel=1e-8)
    tangent = made.tangent(q, v, NONE, NONE)
    seen = -slope(lambda x: made.force(x, v, NONE, NONE), q, v, 1e-3)
    assert tangent @ v == pytest.approx(seen, rel=1e-7, abs=1e-6)
    assert tangent == pytest.approx(tangent.T, abs=1e-10)
    assert made.force(bent, v, NONE, NONE) == pytest.approx(few.generalised_force(bent, tension))
    length = few.geometry(bent).length
    k, _ = made.law.stiffness(few, tension, length)
    slopes = few.geometry(bent).slope
    hessian = slopes.T @ (k[:, None] * slopes) + few.tension_curvature(bent, tension)
    assert made.tangent(bent, v, NONE, NONE) == pytest.approx(hessian)


def test_lengths_and_speeds_without_slopes(lumbar, bent):
    rate = np.random.default_rng(5).normal(size=18)
    pieces, tree, pose = line_kernels.pieces_of(lumbar.paths), lumbar.tree, lumbar.pose(bent)
    work = muscle_workspace(tree, pieces)
    axes = (pose.axis_world, pose.origin_world, pose.rate)
    line_kernels.body_twists(tree, rate, *axes, work.omega, work.v)
    line_kernels.line_motion(
        pieces,
        pose.R,
        pose.t,
        work.omega,
        work.v,
        work.direction,
        work.moment,
        work.length,
        work.speed,
    )
    geometry = lumbar.geometry(bent)
    assert work.length == pytest.approx(geometry.length, abs=1e-14)
    assert work.speed == pytest.approx(geometry.slope @ rate, abs=1e-13)
    tension = np.random.default_rng(6).uniform(0.0, 100.0, len(lumbar))
    Q = np.empty(18)
    loads = (work.direction, work.moment, tension, *axes, work.force, work.torque, Q)
    line_kernels.tension_loads(tree, pieces, *loads)
    assert pytest.approx(lumbar.generalised_force(bent, tension), abs=1e-10) == Q
    assert work.force[0] == pytest.approx(0.0, abs=1e-9)  # the muscles pull on nothing outside


def test_compiled_and_plain_right_hand_side_agree(few, bent):
    element = MuscleElement(Musculotendon(few, rigid_below=0.5))
    nm = len(few)
    state = somewhere(element, bent)
    rate = np.random.default_rng(7).normal(size=18)
    outs = []
    for kernel in (muscle_rates, muscle_rates.py_func):
        out = Rates(np.empty(18), *np.empty((3, nm)))
        kernel(
            element.data,
            bent,
            rate,
            state[:nm],
            state[nm : 2 * nm],
            state[2 * nm :],
            np.full(nm, 0.5),
            muscle_workspace(few.tree, element.pieces),
            out,
        )
        outs.append(out)
    for a, b in zip(*outs, strict=True):
        assert a == pytest.approx(b, rel=1e-11, abs=1e-11)
    plain = np.empty(18), np.empty((8, 3)), np.empty((8, 3))
    pose, work = few.pose(bent), muscle_workspace(few.tree, element.pieces)
    axes = (pose.axis_world, pose.origin_world, pose.rate)
    line_kernels.body_twists.py_func(few.tree, rate, *axes, plain[1], plain[2])
    line_kernels.body_twists(few.tree, rate, *axes, work.omega, work.v)
    assert plain[1] == pytest.approx(work.omega) and plain[2] == pytest.approx(work.v)


def test_invalid_input_is_an_error(few, bent):
    tension = np.ones(len(few))
    tension[3] = -5.0
    with pytest.raises(ParameterError, match=f"tension of '{few.names[3]}' from 0 N, got -5 N"):
        HeldTensions(few, bent, tension)
