"""Turns that end the short range, and the equivalent factor q."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from panjabi.active import Bergmark, Cui, Musculotendon, equivalent_q, short_range_turns
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter

UPRIGHT = np.zeros(18)
STRAIN, GAMMA = 0.0057, 23.4


def test_with_rigid_tendons_it_is_arm_and_fibre_alone(lumbar):
    one = lumbar.selected("rectus_abdominis")
    units = Musculotendon(one, elastic=False)
    turns = short_range_turns(units, UPRIGHT, 0.2)
    arm = np.abs(one.geometry(UPRIGHT).slope).max(axis=0)
    expected = STRAIN * one.optimal_length[0] / arm  # parallel fibres, both sides alike
    crossed = arm > 1e-9
    assert turns.first[crossed] == pytest.approx(expected[crossed])
    assert np.isinf(turns.first[~crossed]).all()
    assert turns.half[crossed] == pytest.approx(turns.first[crossed])
    length = one.geometry(UPRIGHT).length
    assert equivalent_q(units, UPRIGHT, 0.2) == pytest.approx(GAMMA * length / one.optimal_length)


def test_the_fibre_has_yielded_at_the_first_turn(lumbar):
    """Force balance of fibre and tendon without relaxation, for the muscle that is named."""
    units = Musculotendon(lumbar)
    turns = short_range_turns(units, UPRIGHT, 0.2)
    assert (turns.first <= turns.half).all()
    for k in (0, 9, 16):
        m = lumbar.names.index(turns.muscles[k])
        q = UPRIGHT.copy()
        q[k] = turns.first[k]
        before, after = lumbar.geometry(UPRIGHT).length, lumbar.geometry(q).length
        rest = units.at_rest(0.2, before)
        x0 = rest.fibre_length[m]
        fl = units.curves.active(x0)[0]

        def gap(x, m=m, x0=x0, fl=fl, after=after):
            fibre, s = np.full(len(lumbar), x), np.full(len(lumbar), GAMMA * 0.2 * fl * (x - x0))
            return units.rates(0.2, fibre, after, 0.0, s).fibre_length[m]

        fibre = brentq(gap, 0.98 * x0, 1.02 * x0)
        assert abs(fibre - x0) == pytest.approx(STRAIN, rel=0.03)


def test_directions_are_turns_of_several_joints(lumbar):
    units = Musculotendon(lumbar)
    alone = short_range_turns(units, UPRIGHT, 0.2)
    named = short_range_turns(
        units, UPRIGHT, 0.2, directions={"L5-S1": np.eye(18)[0], "twice": 2.0 * np.eye(18)[0]}
    )
    assert named.first == pytest.approx(alone.first[0] * np.array([1.0, 0.5]))
    assert named.half == pytest.approx(alone.half[0] * np.array([1.0, 0.5]))
    assert "L5-S1" in str(named)


def test_laws_agree_where_muscles_are_parallel(lumbar):
    """k = q F / L with the equivalent q is the stiffness of Cui's law without passive force."""
    units = Musculotendon(lumbar)
    rest = units.at_rest(0.9, lumbar.geometry(UPRIGHT).length)
    q, length = equivalent_q(units, UPRIGHT, 0.9), lumbar.geometry(UPRIGHT).length
    plain = (lumbar.pennation == 0.0) & (rest.force - rest.active_force < 6e-3 * rest.force)
    assert plain.any()
    cui = Cui().stiffness(lumbar, rest.force, length)[0]
    for m in np.flatnonzero(plain):
        law = Bergmark(Parameter(q[m], "1", "User", "assumed"))
        assert law.stiffness(lumbar, rest.force, length)[0][m] == pytest.approx(cui[m], rel=1e-2)


def test_muscles_without_the_force_are_an_error(lumbar):
    with pytest.raises(ParameterError, match="short-range force, got .*None.*give"):
        short_range_turns(Musculotendon(lumbar, short_range=None), UPRIGHT, 0.2)
    assert np.all(equivalent_q(Musculotendon(lumbar, short_range=None), UPRIGHT, 0.2) == 0.0)
