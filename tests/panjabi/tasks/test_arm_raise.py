"""Arm raise: the onsets that go in come out, and the reaction is that of momentum and weight."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi import equilibrium
from panjabi.body.dynamics import Dynamics
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.neural.feedforward import ARM_RAISE_ONSETS
from panjabi.spine.perturbation import MomentWave, moment_wave
from panjabi.spine.rhs_plain import size_of
from panjabi.tasks import ArmRaiseTask, Condition
from panjabi.tasks.arm_raising import DELTOID
from panjabi.tasks.condition import condition_equilibrium, spine_of

LUMBAR = Condition(model="lumbar")


@cache
def raised(deep: str = "early", amplitude: float = 0.02):
    return ArmRaiseTask(deep=deep, amplitude=amplitude, duration=1.0).run(LUMBAR)


def transversus(found) -> float | None:
    onsets = found.latencies.items()
    return next(o.seconds for g, o in onsets if g.endswith("transversus_abdominis"))


@pytest.mark.parametrize(("deep", "name"), [("early", "transversus"), ("late", "transversus_late")])
def test_the_onset_of_the_deep_muscles_is_recovered(deep, name):
    """The command rises smoothly, so that it passes the threshold up to 20 ms after its onset."""
    onset = ARM_RAISE_ONSETS[name].si
    assert onset - 0.002 <= transversus(raised(deep)) <= onset + 0.025
    assert all(raised("early").feedforward[g] for g in raised("early").latencies if "transv" in g)


def test_without_feedforward_only_reflexes_act():
    absent = transversus(raised("absent"))
    assert absent is None or absent > 0.08


def test_anticipation_lessens_the_turn_of_the_thorax():
    none, some = raised(amplitude=0.0), raised()
    turned = [np.abs(found.rotation[:, 0]).max() for found in (none, some)]
    assert turned[1] < 0.5 * turned[0]
    assert none.rotation[-1, 0] < 0.0  # the weight of the arm bends the trunk forward


def test_the_reaction_ends_as_the_moment_of_the_arms_weight():
    task = ArmRaiseTask(duration=1.5)
    rest = condition_equilibrium(LUMBAR)
    waves = {wave.coordinate: wave for wave in task.reaction(rest)}
    model = rest.model
    free = ("L5_S1_FE", "shoulder_flexion_r")
    dynamics = Dynamics(model.body, free, model.dynamics.held)
    down, up = dynamics.part(dynamics.held), dynamics.part(dynamics.held)
    up[1] += np.pi / 2
    expected = dynamics.weight(down)[0] - dynamics.weight(up)[0]
    assert size_of(waves["L5_S1_FE"], 1.4) == pytest.approx(expected, abs=0.05)
    limb = ("humerus_r", "ulna_r", "radius_r", "hand_r")
    before, arm = (model.body.centre_of_mass(dynamics.whole(q), limb) for q in (down, up))
    mass = sum(model.body.mass[model.body.body_index(b)] for b in limb)
    assert expected == pytest.approx(-mass * STANDARD_GRAVITY * (arm - before)[0], rel=1e-6)
    assert size_of(waves["L5_S1_FE"], DELTOID) == 0.0


def test_a_wave_passes_its_samples():
    t = np.linspace(0.2, 1.2, 201)
    moment = 12.0 * np.sin(np.pi * (t - 0.2)) ** 2
    wave = moment_wave("L4_L5_FE", t, moment)
    assert isinstance(wave, MomentWave)
    values = [size_of(wave, x) for x in t[5:-5]]
    np.testing.assert_allclose(values, moment[5:-5], atol=0.01)
    assert size_of(wave, 0.1) == 0.0 and size_of(wave, 2.3) == 0.0


def test_a_spine_of_the_user_raises_its_arm():
    own = spine_of(LUMBAR)
    found = ArmRaiseTask(duration=0.8).run(own)
    assert found.model == "lumbar" and equilibrium(own).residual < 1e-6
