"""Slow and fast stiffness of a spine against static tangents of its parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.active import Musculotendon
from panjabi.active.build import musculature
from panjabi.errors import ParameterError
from panjabi.spine import UnitOptions, spine_model, tangent

JOINTS = ["L5-S1", "L4-L5"]


def model_of(preload=None, **changes):
    free = spine_model(joints=JOINTS, muscles=False).free
    units = replace(Musculotendon(musculature(coordinates=free)), **changes)
    return spine_model(joints=JOINTS, muscles=units, units=UnitOptions(preload=preload))


def static(model, y, which):
    """Units under their compression, weight and muscles at rest, each from its own static law."""
    part, q = model.slices, y[model.slices["q"]]
    step, weights = 1e-3, np.array([1.0, -8.0, 8.0, -1.0]) / 12.0
    K = np.empty((len(q), len(q)))
    for k, e in enumerate(np.eye(len(q))):
        K[:, k] = weights @ [model.dynamics.weight(q + s * step * e) for s in (-2, -1, 1, 2)] / step
    muscles = model.muscles.muscles
    geometry = muscles.geometry(q)
    rest = model.muscles.units.at_rest(y[part["activation"]], geometry.length)
    k = rest.stiffness if which == "slow" else rest.fast_stiffness
    tension = k[:, None] * geometry.slope
    still, pressing = np.zeros_like(q), np.zeros((0, len(q)))
    inputs = model.joint_inputs(np.zeros(len(model.pressed)))
    if model.pressed:
        found = model.joint_forces.slopes(q, still, still, rest.force, [])
        pressing = found.by_q + found.by_tension @ tension
        inputs = model.joint_inputs(found.value)
    for number, joint in enumerate(model.joints):
        at = model.place_of(joint.coordinates)
        x, _ = model.seen_by(joint, q, still)
        law = joint.law(x, inputs[number])
        K[np.ix_(at, at)] += law.tangent
        if which == "fast":
            K[at, at] += law.factor * joint.unit.springs.sum(axis=1)
        if number in model.pressed:
            by_compression = joint.force_by_compression(x, np.zeros(joint.states), inputs[number])
            K[at] -= np.outer(by_compression, pressing[model.pressed.index(number)])
    K += geometry.slope.T @ tension
    return K + muscles.tension_curvature(q, rest.force)


@pytest.mark.parametrize("which", ["slow", "fast"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"preload": 300.0}, {"elastic": False}, {"short_range": None}],
    ids=["elastic", "frozen", "rigid", "without"],
)
def test_schur_complements_equal_static_tangents(which, changes):
    model = replace(model_of(**changes), excitation=0.07)
    y = model.state_at(0.05 * np.random.default_rng(2).normal(size=6))
    expected = static(model, y, which)
    assert tangent(model, y, which=which) == pytest.approx(
        expected, abs=1e-8 * np.abs(expected).max()
    )


def test_the_short_range_force_stiffens_a_quick_stretch_alone():
    model, bare = model_of(), model_of(short_range=None)
    assert tangent(model, model.state_at(), which="slow") == pytest.approx(
        tangent(bare, bare.state_at(), which="slow"), rel=1e-9, abs=1e-9
    )
    fast, without = (tangent(m, m.state_at(), which="fast") for m in (model, bare))
    assert np.linalg.eigvalsh(fast - without).min() > 0.0


def test_slow_is_the_slope_of_the_moment_that_holds_a_posture():
    """The generalised force at settled states, by differences."""
    model = replace(model_of(), excitation=0.07)
    y = model.state_at()

    def force(q):
        y = model.state_at(q)
        x, still = y[model.slices["q"]], np.zeros(len(q))
        Q = model.muscles.muscles.generalised_force(x, model.muscle_rates(y)[1].force)
        Q -= model.dynamics.weight(x)
        inputs = model.joint_inputs(y[model.slices["compression"]])
        for joint, pressed in zip(model.joints, inputs, strict=True):
            angles, speed = model.seen_by(joint, x, still)
            own = np.zeros(joint.states)
            Q[model.place_of(joint.coordinates)] += joint.force(angles, speed, own, pressed)
        return Q

    h, v = 1e-4, np.random.default_rng(3).normal(size=6)
    seen = -np.array([1.0, -8.0, 8.0, -1.0]) @ [force(s * h * v) for s in (-2, -1, 1, 2)] / 12.0 / h
    assert tangent(model, y, which="slow") @ v == pytest.approx(seen, rel=1e-6)


def test_invalid_requests_are_errors():
    model = spine_model(joints=["L5-S1"], plane="sagittal", muscles=False)
    with pytest.raises(ParameterError, match="'slow' or 'fast', got 'frozen'"):
        tangent(model, model.state_at(), which="frozen")
    with pytest.raises(ParameterError, match="a state of rest, got rates"):
        tangent(model, model.state_at(rate=[0.1]), which="slow")
