"""Recruitment of chains that are read from OpenSim files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body.gravity import gravity_energy
from panjabi.errors import UnknownNameError
from panjabi.io import read_osim
from panjabi.recruitment import InfeasibleRecruitment, recruit_chain

DATA = Path(__file__).parents[1] / "io" / "data"


@pytest.fixture(scope="module")
def leg():
    return read_osim(DATA / "coupled_4.osim")


@pytest.fixture(scope="module")
def arm():
    return read_osim(DATA / "arm_3.osim")


@settings(max_examples=20, deadline=None)
@given(knee=st.floats(0.35, 0.85), moment=st.floats(2.0, 25.0))
def test_the_knee_of_a_file_is_in_balance_with_least_effort(leg, knee, moment):
    """Virtual work by differences of path lengths, and activations in proportion to gain x arm."""
    k = leg.body.coordinate_index("knee_angle")
    q = leg.default()
    q[k] = knee
    found = recruit_chain(leg, q, coordinates=["knee_angle"], moments={"knee_angle": moment})
    step = np.zeros(len(q))
    step[k] = 1e-5
    slope = (leg.path_lengths(q + step) - leg.path_lengths(q - step)) / 2e-5
    weight = gravity_energy(leg.body_at(q), q).gradient[k]
    assert weight - moment + slope @ found.forces == pytest.approx(0.0, abs=1e-5)
    p, a = found.problem, found.activations
    inside = (a > p.least + 1e-6) & (a < p.most - 1e-6)
    rate = a[inside] * p.weight[inside] / (p.gain * p.arms[0])[inside]
    assert rate == pytest.approx(np.full(inside.sum(), rate.mean()), rel=1e-4)


def test_a_bound_adds_co_contraction(leg):
    q = leg.default()
    q[leg.body.coordinate_index("knee_angle")] = 0.6
    pushed = {"knee_angle": 20.0}
    bare = recruit_chain(leg, q, coordinates=["knee_angle"], moments=pushed)
    wanted = bare.hessian[0, 0] + 40.0
    stiff = recruit_chain(leg, q, coordinates=["knee_angle"], moments=pushed, bound=wanted)
    assert stiff.hessian[0, 0] == pytest.approx(wanted, rel=1e-5)
    assert stiff.primal > bare.primal
    assert stiff.gap < 1e-6


def test_an_elbow_lifts_its_forearm_and_no_more_than_it_can(arm):
    def held(moment):
        moments = {"elbow_flexion": moment}
        return recruit_chain(arm, arm.default(), coordinates=["elbow_flexion"], moments=moments)

    assert 0.0 < held(-3.0).activations[0] < held(-5.0).activations[0] < 1.0
    with pytest.raises(InfeasibleRecruitment, match="elbow_flexion"):
        held(-200.0)
    with pytest.raises(UnknownNameError, match="elbow"):
        recruit_chain(arm, arm.default(), coordinates=["elbow"])
