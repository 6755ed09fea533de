"""The preset `trunk` against one joint with all muscles; its size, options and errors."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

import panjabi
from panjabi.active.build import musculature
from panjabi.active.musculotendon import Musculotendon
from panjabi.body.standard import standard_adult
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural.loops import ReflexLoop
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import condensed_system
from panjabi.spine.model_build import UnitOptions, spine_model
from panjabi.spine.perturbation import ForceStep, MomentPulse
from panjabi.spine.subject_data import SubjectData
from panjabi.spine.tangents import tangent
from panjabi.spine.trunk_preset import (
    COORDINATE,
    PooledMuscles,
    pooled_muscles,
    trunk_cocontraction,
)

COCONTRACTION = trunk_cocontraction().si
REST = equilibrium(spine_model("trunk", reflexes=True))
EVERY = equilibrium(
    spine_model("lumbar", joints=["L5-S1"], plane="sagittal", reflexes=True),
    least=COCONTRACTION,
)
"""One joint with all real muscles, at the same co-contraction."""


def action(tendons: Musculotendon, activation: float, sign: float) -> dict[str, float]:
    """Moment, stiffnesses and curvature of extensors (sign 1) or flexors (sign -1), upright."""
    muscles = tendons.muscles
    q = np.zeros(1)
    geometry = muscles.geometry(q)
    arm = geometry.moment_arm[:, 0]
    arm = np.where(sign * arm > 0.0, arm, 0.0)
    at = tendons.at_rest(activation, geometry.length)
    force = np.where(arm != 0.0, at.force, 0.0)
    return {
        "moment": float(arm @ force),
        "fast": float(arm**2 @ at.fast_stiffness),
        "slow": float(arm**2 @ at.stiffness),
        "geometric": float(muscles.tension_curvature(q, force)[0, 0]),
    }


def both(activation: float, sign: float) -> tuple[dict[str, float], dict[str, float]]:
    assert REST.model.muscles is not None and EVERY.model.muscles is not None
    two, all_muscles = REST.model.muscles.units, EVERY.model.muscles.units
    return action(two, activation, sign), action(all_muscles, activation, sign)


# --- what the pools match exactly -----------------------------------------------------------


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_pools_have_moment_stiffness_and_curvature_of_their_groups(sign):
    pool, group = both(1.0, sign)
    for name in ("moment", "fast", "geometric"):
        assert pool[name] == pytest.approx(group[name], rel=1e-7), name
    pool, group = both(0.0, sign)
    assert pool["moment"] == pytest.approx(group["moment"], rel=1e-7)
    pool, group = both(COCONTRACTION, sign)
    assert pool["fast"] == pytest.approx(group["fast"], rel=1e-7)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_pools_press_and_shear_the_joint_as_their_groups(sign):
    forces = []
    for rest in (REST, EVERY):
        model = rest.model
        assert model.muscles is not None
        muscles, q = model.muscles.muscles, np.zeros(1)
        arm = muscles.geometry(q).moment_arm[:, 0]
        full = model.muscles.units.at_rest(1.0, muscles.geometry(q).length).force
        tension = np.where(sign * arm > 0.0, full, 0.0)
        pulled = model.joint_forces.on_discs(q, q, q, tension)
        forces.append((pulled - model.joint_forces.on_discs(q, q, q, 0.0 * tension))[0, :2])
    assert forces[0] == pytest.approx(forces[1], rel=1e-7)


def test_reflexes_keep_the_moment_of_their_groups_and_its_part_with_the_short_loop():
    """Without fibres' dynamics, a loop of gain k_p adds sum of k_p F r^2 / lopt at its delay."""
    per_delay = []
    for rest in (REST, EVERY):
        muscles = rest.model.muscles
        assert muscles is not None
        geometry = muscles.muscles.geometry(np.zeros(1))
        full = muscles.units.at_rest(1.0, geometry.length).force
        reflex = full * geometry.slope[:, 0] ** 2 / muscles.muscles.optimal_length
        found: dict[float, float] = {}
        for loop in rest.model.reflexes:
            for k, m in enumerate(np.flatnonzero(muscles.muscles.members(loop.source))):
                gain = np.broadcast_to(loop.stretch_gain, np.shape(loop.stretch_gain) or (k + 1,))
                delay = float(loop.delay_in(rest.model.body))
                found[delay] = found.get(delay, 0.0) + float(gain[k]) * reflex[m]
        per_delay.append(found)
    ours, every = per_delay
    assert ours.keys() == every.keys()
    for delay, stiffness in ours.items():
        assert stiffness == pytest.approx(every[delay], rel=1e-7), delay


# --- what follows: agreement with all muscles ------------------------------------------------


def test_stiffness_agrees_with_all_muscles():
    """Within 15 %, the slow one without the weight, which is of the same size.

    Least effort chooses extensors with long arms, which a pool has no longer.
    """
    fast, slow = (
        [float(tangent(r.model, r.state, which=which)[0, 0]) for r in (REST, EVERY)]
        for which in ("fast", "slow")
    )
    assert fast[0] == pytest.approx(fast[1], rel=0.15)
    still = np.zeros(1)
    weight = REST.model.dynamics.linearised(still, still, still).by_q[0, 0]
    assert slow[0] - weight == pytest.approx(slow[1] - weight, rel=0.15)


def test_compression_of_standing_agrees_within_five_percent():
    ours, every = (r.state[r.model.slices["compression"]] for r in (REST, EVERY))
    assert ours == pytest.approx(every, rel=0.05)


@pytest.mark.parametrize("reflexes", [True, False])
def test_the_oscillation_has_the_frequency_and_the_damping_of_all_muscles(reflexes):
    ours, every = (
        condensed_system(
            r if reflexes else equilibrium(r.model.with_reflexes(), least=COCONTRACTION)
        )
        for r in (REST, EVERY)
    )
    own = max((s for s in ours.spectrum().roots if s.imag > 1.0), key=lambda s: s.real)
    (root,), (residual,) = every.roots(np.array([own]))
    assert residual < 1e-8
    assert own.imag == pytest.approx(root.imag, rel=0.1)
    assert own.real == pytest.approx(root.real, rel=0.25)


def test_the_same_push_turns_trunk_and_all_muscles_alike_within_a_sixth():
    push = ForceStep(50.0, start=0.1)
    turns = []
    for rest in (REST, EVERY):
        model = equilibrium(rest.model, least=COCONTRACTION, applied=(push,))
        record = simulate(model, push, duration=1.0)
        turns.append(record.trajectory.at(np.linspace(0.0, 1.0, 101))[:, 0])
    peak = np.abs(turns[1]).max()
    assert math.radians(1.0) < peak < math.radians(4.0)
    assert np.abs(turns[0] - turns[1]).max() < peak / 6
    assert np.abs(turns[0]).max() == pytest.approx(peak, rel=1 / 6)


# --- size, options, errors -------------------------------------------------------------------


def test_it_follows_the_size_of_the_body():
    """Forces with the square, moments and stiffness with the cube of the length (isometric)."""
    k = 1.1
    large = spine_model("trunk", body=standard_adult(stature_m=1.75 * k, mass_kg=75.0 * k**3))
    assert large.muscles is not None and REST.model.muscles is not None
    big, small = large.muscles.muscles, REST.model.muscles.muscles
    assert big.max_force == pytest.approx(k**2 * small.max_force, rel=1e-4)
    assert big.optimal_length == pytest.approx(k * small.optimal_length, rel=1e-4)
    assert big.tendon_slack_length == pytest.approx(k * small.tendon_slack_length, rel=1e-4)
    arms = [m.geometry(np.zeros(1)).moment_arm for m in (big, small)]
    assert arms[0] == pytest.approx(k * arms[1], rel=1e-4)


def test_pools_of_pools_are_the_same_muscles():
    two = pooled_muscles(SubjectData(), standard_adult())
    again = PooledMuscles(two.over(standard_adult().posture("standing")))
    for first, second in zip(two.pools, again.pools, strict=True):
        assert second.max_force == pytest.approx(first.max_force, rel=1e-6)
        assert second.insertion == pytest.approx(first.insertion, abs=1e-7)


def test_muscles_of_the_user_are_pooled():
    every = musculature(coordinates=[COORDINATE])
    weak = spine_model("trunk", muscles=every.with_deficit("multifidus_lumbar", 0.5))
    assert weak.muscles is not None and REST.model.muscles is not None
    lost = 1.0 - weak.muscles.muscles.max_force / REST.model.muscles.muscles.max_force
    assert 0.03 < lost[0] < 0.2 and abs(lost[1]) < 1e-9


def test_load_posture_injury_and_preload_reach_the_trunk():
    rest, loaded = (equilibrium(spine_model("trunk", load=mass)) for mass in (0.0, 10.0))
    more, less = (r.state[r.model.slices["compression"]] for r in (loaded, rest))
    assert more > less + 90.0
    hurt = equilibrium(spine_model("trunk", injuries={"L5-S1": ["nucleus"]}))
    assert tangent(hurt.model, hurt.state, which="slow") < tangent(
        rest.model, rest.state, which="slow"
    )
    assert spine_model("trunk", units=UnitOptions(preload=400.0)).pressed == ()
    assert spine_model("trunk", muscles=False).muscle_count == 0


def test_equilibrium_takes_the_measured_cocontraction():
    assert REST.model.cocontraction == COCONTRACTION == pytest.approx(0.017)
    assert REST.model.excitation[1] == pytest.approx(0.017)
    assert equilibrium(REST.model, least=0.05).model.excitation[1] == pytest.approx(0.05)
    assert REST.model.parameters["cocontraction"].source == "Cholewicki1997"


def test_options_of_the_reflexes_and_own_loops():
    usual = spine_model("trunk", reflexes=True).reflexes
    slow = spine_model("trunk", reflexes={"stretch_gain": 0.56, "delay": 0.08}).reflexes
    for a, b in zip(slow, usual, strict=True):
        assert a.stretch_gain == pytest.approx(2.0 * np.asarray(b.stretch_gain))
    assert float(slow[1].delay_in()) == pytest.approx(0.08)
    own = ReflexLoop(source="extensors", stretch_gain=0.2)
    assert spine_model("trunk", reflexes=[own]).reflexes == (own,)


def test_other_joints_and_planes_are_refused():
    for wrong in ({"joints": ["L4-L5"]}, {"plane": "frontal"}):
        with pytest.raises(ParameterError, match="trunk on L5-S1 in the sagittal plane, got"):
            spine_model("trunk", **wrong)
    with pytest.raises(ParameterError, match="muscles over L5_S1_FE alone"):
        spine_model("trunk", muscles=musculature())
    with pytest.raises(UnknownNameError, match="level of the model"):
        spine_model("trunk", injuries={"L4-L5": ["nucleus"]})


def test_a_changed_trunk_takes_milliseconds():
    deficits = panjabi.Deficits(passive_loss=0.3, extra_delay=0.01)

    def changed() -> None:
        equilibrium(replace(panjabi.with_deficits(REST.model, deficits), cocontraction=0.03))

    changed()
    times = []
    for _ in range(5):
        start = time.process_time()
        changed()
        times.append(time.process_time() - start)
    assert min(times) < 0.05


def test_a_record_of_the_trunk_is_made_again_from_its_file(tmp_path):
    spine = spine_model("trunk", reflexes=True, load=5.0)
    record = simulate(spine, MomentPulse(5.0), duration=0.3)
    panjabi.save_record(record, tmp_path / "run.npz")
    again = panjabi.load_record(tmp_path / "run.npz")
    assert again.trajectory.at(0.2) == pytest.approx(record.trajectory.at(0.2))


def test_body_and_unit_are_those_of_the_former_lumped_trunk():
    """Its inertia, weight, compression by the weight and unit, computed from the static spine.

    Its muscles differ: moments of the isometric maximum (632 N m of either group, here 630 and 606
    at the length of the fibres) and k = 10 F/L (5596 N m/rad of both groups at full activation,
    here bridges and tendons with 14360).
    """
    model = REST.model
    still = np.zeros(1)
    assert model.dynamics.mass_matrix(still)[0, 0] == pytest.approx(4.171634610, rel=1e-6)
    weight = model.dynamics.linearised(still, still, still).by_q[0, 0]
    assert weight == pytest.approx(-94.05612882, rel=1e-6)
    pressed = model.joint_forces.compression(still, np.zeros(2))
    assert pressed == pytest.approx(342.1617616, rel=1e-6)
    unit = model.joints[0].unit.with_preload(0.0)
    assert unit.evaluate(np.zeros(3))[2][0, 0] == pytest.approx(7.480595276, rel=1e-6)
