"""Motions by inverse dynamics: energy, closed forms of loads, statics as the slow limit, errors."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi import recruit
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.standard import standard_adult
from panjabi.errors import ConvergenceError, ParameterError, PostureError, UnknownNameError
from panjabi.recruitment.free_posture import recruit_posture
from panjabi.spine.linear_system import condensed_system
from panjabi.tasks import BendTask, Condition, ExertTask, condition_equilibrium, task
from panjabi.tasks.along import frozen
from panjabi.tasks.bending import forward_postures, shoulders
from panjabi.tasks.condition import spine_of
from panjabi.tasks.motion import BodyMotion, smooth
from panjabi.tasks.movement import follow, recruited, samples_of

LUMBAR = Condition(model="lumbar")


def swing(amplitude: float = 20.0, frequency: float = 1.0, count: int = 201) -> BodyMotion:
    """A sinusoidal lumbar flexion [deg] at a frequency [Hz], arms down."""
    time = np.linspace(0.0, 1.0 / frequency, count)
    flexion = amplitude * 0.5 * (1.0 - np.cos(2.0 * np.pi * frequency * time))
    body, q = forward_postures(LUMBAR, flexion, np.zeros(count))
    arms = [c for c, name in enumerate(body.coordinates) if name.startswith("shoulder")]
    q[:, arms] = 0.0
    return BodyMotion(body, time, q)


def still(flexion: float, **more: object) -> BodyMotion:
    """Four equal postures with lumbar flexion [deg]."""
    body, q = forward_postures(LUMBAR, np.full(4, flexion), np.zeros(4))
    return BodyMotion(body, np.arange(4.0), q, **more)  # pyright: ignore[reportArgumentType]


def test_slopes_of_a_sinusoid_are_its_derivatives():
    motion = swing()
    c = motion.body.coordinate_index("L4_L5_FE")
    x = motion.coordinates[:, c]
    w = 2.0 * np.pi
    middle = x.min() / 2.0
    rate, acceleration = (slope[:, c] for slope in motion.slopes)
    np.testing.assert_allclose(acceleration, -(w**2) * (x - middle), atol=1e-3 * w**2 * abs(middle))
    np.testing.assert_allclose(rate**2, w**2 * (middle**2 - (x - middle) ** 2), atol=1e-4)


def test_the_power_of_inertia_is_the_change_of_kinetic_energy():
    """Moments of inertia times rates are dT/dt, with T from the mass matrix alone."""
    motion = swing(frequency=0.8)
    less = replace(motion, time=motion.time[::4], coordinates=motion.coordinates[::4])
    found = samples_of(LUMBAR, less)
    power, energy = [], []
    for sample, rate in zip(found, less.slopes[0], strict=True):
        dynamics, view = sample.spine.dynamics, sample.view
        v = rate[view.indices]
        assert view.push is not None
        power.append(-float(view.push @ v))
        energy.append(0.5 * float(v @ dynamics.mass_matrix(view.q[view.indices]) @ v))
    drained = np.array([_damped(s, r) for s, r in zip(found, less.slopes[0], strict=True)])
    change = np.gradient(np.array(energy), less.time, edge_order=2)
    size = np.abs(change).max()
    np.testing.assert_allclose((np.array(power) - drained)[2:-2], change[2:-2], atol=0.03 * size)


def _damped(sample, rate) -> float:
    """Power that the viscous damping of the units takes [W]."""
    v = rate[sample.view.indices]
    total = 0.0
    for joint in sample.spine.joints:
        place = sample.spine.place_of(joint.coordinates)
        total += float(np.sum(np.array(joint.unit.hysteresis.damping) * v[place] ** 2))
    return total


def test_a_falling_pelvis_unloads_every_disc_by_mass_times_acceleration():
    time = np.linspace(0.0, 0.6, 21)
    body = standard_adult()
    q = np.tile(body.zero(), (21, 1))
    q[:, body.coordinate_index("pelvis_ty")] += -0.5 * 3.0 * time**2  # 3 m/s2 downwards
    found = samples_of(LUMBAR, BodyMotion(body, time, q, still=False))[10].view
    none = np.zeros(len(found.muscles.names))
    at_rest = replace(found, pressed=None)
    expected = (1.0 - 3.0 / STANDARD_GRAVITY) * at_rest.joint_forces(none)
    np.testing.assert_allclose(
        found.joint_forces(none), expected, atol=1e-6 * np.abs(expected).max()
    )
    weight = at_rest.weight.gradient
    np.testing.assert_allclose(found.push, 3.0 / STANDARD_GRAVITY * weight, atol=1e-6)


def test_a_mass_at_the_shoulders_has_the_moment_of_its_lever():
    plain = still(25.0)
    place = np.array([shoulders(plain.body, row) for row in plain.coordinates])
    held = replace(plain, mass=np.full(4, 10.0), place=place)
    without, loaded = (samples_of(LUMBAR, m)[0].view for m in (plain, held))
    k = loaded.coordinates.index("L4_L5_FE")
    poses = loaded.poses
    b = loaded.body.body_index("T12")
    shoulder = poses.R[b] @ place[0] + poses.t[b]
    lever = shoulder[0] - loaded.body.joint_centre(poses, "L4")[0]
    change = loaded.demand[k] - without.demand[k]
    assert change == pytest.approx(10.0 * STANDARD_GRAVITY * lever, rel=1e-6)
    none = np.zeros(len(loaded.muscles.names))
    more = np.linalg.norm(loaded.joint_forces(none)[1]) - np.linalg.norm(
        without.joint_forces(none)[1]
    )
    assert more == pytest.approx(10.0 * STANDARD_GRAVITY, rel=1e-9)


def test_a_motion_without_movement_is_a_recruitment():
    found = follow("hold", LUMBAR, still(15.0), angles={}, solve=recruited)
    spine = spine_of(LUMBAR, posture=found.samples[0].view.q.tolist())
    alone = recruit(spine)
    np.testing.assert_allclose(found.activations[0], alone.activations, atol=1e-9)
    levels = dict(zip(found.loads.levels, found.loads.compression[2].tolist(), strict=True))
    assert levels == pytest.approx(alone.compression, rel=1e-9)


@cache
def bend():
    return BendTask(samples=13, pause=1.4).run()


def test_a_slow_bend_ends_in_the_free_posture_of_its_end():
    found = bend()
    middle = int(np.argmax(found.series["lumbar_flexion_deg"]))
    at = found.samples[middle].view
    alone = recruit_posture(
        replace(at, push=None, pressed=None), starts=(0.0,), least_activation=0.005
    )
    expected = np.array(list(alone.recruitment.compression.values()))
    np.testing.assert_allclose(found.loads.compression[middle], expected, rtol=0.03)


def test_a_bend_loads_the_spine_and_passive_tissue_takes_over():
    found = bend()
    flexion, drive = found.series["lumbar_flexion_deg"], found.drives["longissimus_thoracis"]
    assert drive.argmax() not in (0, len(drive) - 1) and flexion[drive.argmax()] < flexion.max()
    assert found.loads.compression[flexion.argmax(), 0] > 1.8 * found.loads.compression[0, 0]
    assert found.loads.strain["L4-L5 SSL"].max() > 0.02
    value = found.to_dict()
    assert value["unsolved"] == [] and len(value["stability"]["time_s"]) == 5
    assert not any(name.startswith(("right", "left")) for name in found.drives)
    assert found.latencies["longissimus_thoracis"].direction == "on"
    assert len(repr(found).splitlines()) <= 10


def test_an_equilibrium_that_is_frozen_is_the_same_system():
    rest = condition_equilibrium(Condition())
    again = frozen(rest.model, rest.q, rest.model.excitation)
    assert again.residual < 1e-8
    first, second = (condensed_system(r).rightmost().rightmost for r in (rest, again))
    assert second == pytest.approx(first, rel=1e-5)


def test_the_moment_on_a_harness_is_carried_by_every_level():
    found = ExertTask(samples=8, effort=0.2).run()
    moment = found.series["extension_moment_Nm"]
    assert moment[-1] == pytest.approx(0.2 * found.measures["strength_Nm"])
    for k, name in enumerate(found.samples[0].view.coordinates):
        if name.endswith("_FE"):
            change = found.samples[-1].view.demand[k] - found.samples[0].view.demand[k]
            assert change == pytest.approx(moment[-1], rel=1e-6)
    assert found.drives["longissimus_thoracis"][-1] > 2.0 * found.drives["longissimus_thoracis"][0]


def test_samples_without_a_solution_are_named_and_the_others_kept():
    motion = still(5.0)

    def sometimes(sample, before):
        if sample.time == 2.0:
            raise ConvergenceError("no forces.")
        return recruited(sample, before)

    found = follow("hold", LUMBAR, motion, angles={}, solve=sometimes)
    assert found.solved.tolist() == [True, True, False, True]
    assert found.unsolved == ("sample 2 at 2 s: no forces.",)
    assert np.isnan(found.loads.compression[2]).all()
    assert np.isfinite(found.loads.compression[3]).all()

    def never(sample, before):
        raise ConvergenceError("no forces.")

    with pytest.raises(ConvergenceError, match="got none at any sample"):
        follow("hold", LUMBAR, motion, angles={}, solve=never)


@given(
    row=st.integers(0, 9), name=st.sampled_from(standard_adult().coordinates),
    value=st.sampled_from([np.nan, np.inf, -np.inf]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_a_wrong_number_is_named_with_row_and_coordinate(row, name, value):
    body = standard_adult()
    q = np.tile(body.zero(), (10, 1))
    q[row, body.coordinate_index(name)] = value
    with pytest.raises(ParameterError, match=f"for {name} in row {row + 1} "):
        BodyMotion(body, np.arange(10.0), q)


def test_times_and_postures_out_of_range_are_refused():
    body = standard_adult()
    q = np.tile(body.zero(), (5, 1))
    with pytest.raises(ParameterError, match="row 4"):
        BodyMotion(body, np.array([0.0, 1.0, 2.0, 2.0, 3.0]), q)
    q[2, body.coordinate_index("L4_L5_FE")] = -0.5
    with pytest.raises(PostureError, match=r"Row 3 \(at 2 s\): Expected L4_L5_FE"):
        BodyMotion(body, np.arange(5.0), q)


@given(
    st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=5),
    st.lists(st.floats(0.1, 4.0), min_size=4, max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_a_smooth_path_passes_its_keys_and_stays_between_them(values, lengths):
    keys = np.concatenate([[0.0], np.cumsum(lengths)])[: len(values)].tolist()
    np.testing.assert_allclose(smooth(keys, keys, values), values, atol=1e-12)
    path = smooth(np.linspace(0.0, keys[-1], 300), keys, values)
    assert path.min() >= min(values) - 1e-12 and path.max() <= max(values) + 1e-12


def test_options_out_of_range_and_unknown_names_are_refused():
    with pytest.raises(ParameterError, match="Expected lumbar of the task bend from -20 to 51 deg"):
        task("bend", lumbar=80.0)
    with pytest.raises(UnknownNameError, match="option of the task bend"):
        task("bend", mass=3.0)
    with pytest.raises(UnknownNameError, match="unknown task"):
        task("jump")
    with pytest.raises(UnknownNameError, match="direction"):
        ExertTask(direction="up")
    with pytest.raises(UnknownNameError, match="model of the task bend"):
        task("bend", Condition(model="trunk"))
