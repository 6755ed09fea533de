"""Sacroiliac joints of a moving spine: friction that muscles, ligaments and weight close."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from panjabi.errors import ParameterError
from panjabi.parameter import Parameter
from panjabi.passive import unit
from panjabi.passive.kernels import relaxation
from panjabi.passive.pelvis import pelvis
from panjabi.simulation import simulate
from panjabi.spine import (
    ForceClosure,
    ForcePulse,
    UnitOptions,
    equilibrium,
    jacobian,
    reference_rhs,
    sacroiliac_loads,
    spine_model,
    tangent,
)
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.static_build import static_view

SIDES = ("SIJ-right", "SIJ-left")
PELVIS = UnitOptions(pelvis=True)


@pytest.fixture(scope="module")
def spine():
    return spine_model(joints=["L5-S1"], units=PELVIS)


def somewhere(model, seed=0):
    rng, part = np.random.default_rng(seed), model.slices
    y = model.state_at(0.01 * rng.normal(size=len(model.free)))
    y[part["rate"]] = 0.2 * rng.normal(size=len(model.free))
    y[part["joints"]] = 0.005 * rng.normal(size=part["joints"].stop - part["joints"].start)
    y[part["activation"]] = rng.uniform(0.02, 0.5, model.muscle_count)
    return y


def test_both_joints_share_the_rotations_of_the_sacrum(spine):
    assert spine.free[:4] == ("SIJ_nutation", "SIJ_LB", "SIJ_AR", "L5_S1_FE")
    assert [joint.unit.level for joint in spine.joints] == [*SIDES, "L5-S1"]
    assert "SIJ-left compression" in spine.state_names
    assert spine.parameters["sij_wedge_share"].status == "assumed"


def test_in_standing_the_ligaments_carry_what_the_muscles_leave():
    """A moving sacrum then changes neither commands nor compression of the spine above it."""
    options = {"joints": ["L5-S1"], "plane": "sagittal"}
    moving, still = (
        equilibrium(spine_model(**options, units=UnitOptions(pelvis=on))) for on in (True, False)
    )
    above = [e.state[e.model.slices["compression"]][-1] for e in (moving, still)]
    assert above[0] == pytest.approx(above[1], rel=0.1)
    stiff = UnitOptions(pelvis=True, neutral=dict.fromkeys(SIDES, 0.0))
    loaded = equilibrium(spine_model(**options, units=stiff))
    assert loaded.state[loaded.model.slices["compression"]][-1] > 1.2 * above[1]


def test_compiled_motion_equals_plain_motion(spine):
    y, out = somewhere(spine), np.empty(spine.size)
    spine_rhs(0.0, y, np.zeros((0, 0)), pack(spine), out)
    expected = reference_rhs(spine, 0.0, y)
    assert out == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_exact_derivatives_equal_differences(spine):
    y, p, h = somewhere(spine, 1), pack(spine), 1e-5
    found = jacobian(spine, y)

    def rate(y):
        out = np.empty(spine.size)
        spine_rhs(0.0, np.ascontiguousarray(y), np.zeros((0, 0)), p, out)
        return out

    part = spine.slices
    chosen = [*range(part["activation"].start), *range(part["activation"].start, spine.size, 29)]
    size = 1.0 + np.abs(found.now).max(axis=1)
    for k in chosen:
        step = h * max(1.0, abs(y[k])) * np.eye(1, spine.size, k)[0]
        up, down, up2, down2 = (rate(y + s * step) for s in (1, -1, 2, -2))
        column = (8.0 * (up - down) - (up2 - down2)) / (12.0 * step[k])
        assert (np.abs(column - found.now[:, k]) / size).max() < 1e-7, spine.state_names[k]


def test_static_view_closes_the_joints_as_motion_does(spine):
    rest = equilibrium(spine)
    view, muscles = static_view(rest.model), rest.model.muscles
    force = muscles.units.at_rest(
        rest.model.excitation, muscles.muscles.geometry(rest.q).length
    ).force
    pressed = rest.state[spine.slices["compression"]]
    assert view.compression(force) == pytest.approx(pressed, rel=1e-9)
    view = view.with_preload(pressed)
    assert view.demand - view.muscles.arms @ force == pytest.approx(np.zeros(6), abs=1e-8)
    change = view.compression(force + np.eye(len(force))[5]) - view.compression(force)
    assert change == pytest.approx(view.compression_by_force[:, 5], abs=1e-9)


def test_the_limit_of_friction_is_mu_n_r():
    """At the reference rate a joint slides with the moment mu N r beside its ligaments."""
    joint = pelvis().right
    for normal in (100.0, 400.0, 1000.0):
        one = unit("SIJ-right", preload=normal)
        kept = one.hysteresis
        stretch = np.array(kept.yields)  # at the reference rate
        time, size, power = kept.decay
        slides = relaxation(stretch[0, 0], time[0, 0], size[0, 0], power[0, 0])[0]
        assert slides == pytest.approx(kept.rate)
        limit = one.branch_stiffness[:, 0] * stretch[:, 0]
        assert limit == pytest.approx(np.full(3, joint.friction * normal * joint.radius))


def test_friction_takes_energy_in_every_cycle():
    one = unit("SIJ-left", preload=600.0)
    time, size, power = (part[0, 0] for part in one.hysteresis.decay)
    spring, y, lost = one.branch_stiffness[0, 0], 0.0, []
    step = 1e-3
    for t in np.arange(0.0, 8.0, step):
        speed = 0.02 * 2.0 * math.pi / 4.0 * math.cos(2.0 * math.pi * t / 4.0)
        decay = relaxation(y, time, size, power)[0]
        lost.append(spring * y * decay)
        y += step * (speed - decay)
    assert min(lost) >= 0.0
    grip = 0.4 * 600.0 * 0.02
    slip = one.hysteresis.yields[0][0]
    assert step * sum(lost) == pytest.approx(2.0 * 4.0 * (0.02 - slip) * grip, rel=0.1)


def test_transversus_closes_the_joints_and_stiffens_them(spine):
    muscles = spine.muscles.muscles
    q = np.zeros(len(spine.free))
    none = np.zeros(len(muscles))
    pull = 0.5 * muscles.max_force * muscles.members(("transversus_abdominis", "internal_oblique"))
    pressed, before = (spine.joint_forces.compression(q, t)[:2] for t in (pull, none))
    assert (pressed > before + 100.0).all()
    stiffness = []
    for closed in (before, pressed):
        y = spine.state_at(compression=np.append(closed, 500.0))
        stiffness.append([tangent(spine, y, which=w)[0, 0] for w in ("fast", "slow")])
    (fast, slow), (fast_closed, slow_closed) = stiffness
    assert fast_closed - fast == pytest.approx(
        (pressed - before).sum() * 0.4 * 0.02**2 / 0.2e-3, rel=1e-6
    )
    assert slow_closed == pytest.approx(slow, abs=1e-6 * fast)


def test_weight_closes_by_the_wedge_and_a_belt_adds_its_tension(spine):
    joint, q = pelvis().right, np.zeros(len(spine.free))
    none = np.zeros(spine.muscle_count)
    down = -spine.joint_forces.on_discs(q, q, q, none)[0, 1]
    steep = math.tan(math.atan(joint.friction) + joint.wedge)
    normal = spine.joint_forces.compression(q, none)[:2]
    assert normal == pytest.approx(np.full(2, 50.0 + 0.5 * 0.5 * down / steep))
    belt = Parameter(100.0, "N", "User", "assumed")
    belted = replace(spine, closure=ForceClosure(ligaments=belt))
    assert belted.joint_forces.compression(q, none)[:2] == pytest.approx(normal + 50.0)


def test_loads_of_the_joints_are_reported(spine):
    rest = equilibrium(spine)
    q, still = rest.q, np.zeros_like(rest.q)
    geometry = spine.muscles.muscles.geometry(q)
    tension = spine.muscles.units.at_rest(rest.model.excitation, geometry.length).force
    levels = [joint.unit.level for joint in spine.joints]
    force = spine.joint_forces.on_discs(q, still, still, tension)
    pressed = rest.state[spine.slices["compression"]]
    right, left = sacroiliac_loads(levels, force, pressed)
    assert (right.level, left.level) == SIDES
    assert right.normal == pytest.approx(left.normal, rel=1e-6)
    joint = pelvis(compression=right.normal).right
    assert right.capacity == pytest.approx(joint.capacity_down)
    assert 0.0 < right.use < 3.0
    assert sacroiliac_loads(["L5-S1"], force[1:], pressed[2:]) == ()


def test_a_push_is_simulated(spine):
    run = simulate(spine, ForcePulse(50.0, start=0.02, length=0.05), duration=0.2)
    assert run.outcome.startswith("end reached")
    assert np.abs(run.channel("SIJ_nutation")).max() < 0.02


@pytest.mark.parametrize(
    "options", [{"region": "cervical"}, {"region": "trunk"}, {"joints": ["L2-L3"]}], ids=str
)
def test_a_pelvis_needs_the_joint_above_it(options):
    with pytest.raises(ParameterError, match="begins at L5-S1"):
        spine_model(**options, muscles=False, units=PELVIS)


@pytest.mark.parametrize("name", ["wedge_share", "ligaments"])
def test_impossible_closures_are_refused(name):
    with pytest.raises(ParameterError, match=name):
        ForceClosure(**{name: Parameter(-1.0, "1", "User", "assumed")})
