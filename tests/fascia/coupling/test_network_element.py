"""The network as a force element: an exact potential of the joints, nothing where nothing pulls."""

from __future__ import annotations

import numpy as np
import pytest

from fascia.coupling import NetworkElement
from fascia.errors import CouplingError, EquilibriumError
from fascia.mechanics import NewtonSettings, solve
from panjabi.elements import ForceElement
from panjabi.errors import PanjabiError, PostureError, UnknownNameError

STEP = 1e-6


def test_it_keeps_the_contract_and_has_nothing_of_its_own(element):
    assert isinstance(element, ForceElement)
    assert element.states == 0 and element.signals == ()
    q = np.zeros(18)
    assert element.state_rate(q).shape == (0,)
    rate = np.ones(18)
    same = element.force(q, rate, np.empty(0), np.empty(0))
    assert np.array_equal(same, element.force(q))


def test_force_is_minus_the_slope_of_the_least_potential(element, bent):
    slope = [
        (element.energy(bent + STEP * e) - element.energy(bent - STEP * e)) / (2.0 * STEP)
        for e in np.eye(18)
    ]
    assert element.force(bent) == pytest.approx(-np.array(slope), abs=1e-6)


def test_tangent_is_minus_the_slope_of_the_force_and_symmetric(element, bent):
    slope = [
        (element.force(bent - STEP * e) - element.force(bent + STEP * e)) / (2.0 * STEP)
        for e in np.eye(18)
    ]
    K = element.tangent(bent)
    assert np.array_equal(K, K.T)
    assert np.array(slope) == pytest.approx(K, abs=2e-5 * np.abs(K).max())


def test_firmer_ties_make_a_stiffer_network(network, element):
    """In standing: nodes that may follow soften the joints, the less the firmer they are tied."""
    ratios = (0.01, 0.1, 1.0, np.inf)
    stiffness = [
        np.diag(
            NetworkElement(network.with_tie_ratio(r), element.coordinates).tangent(np.zeros(18))
        )
        for r in ratios
    ]
    total = [float(one.sum()) for one in stiffness]
    assert total == sorted(total) and total[0] > 0.0


def test_it_is_a_function_of_q_alone(network, element, bent):
    """Warm or cold, after whatever was asked before."""
    fresh = NetworkElement(network, element.coordinates)
    rng = np.random.default_rng(1)
    for _ in range(3):
        element.force(0.1 * rng.normal(size=18))
    assert element.force(bent) == pytest.approx(fresh.force(bent), abs=1e-7)
    assert element.tangent(bent) == pytest.approx(fresh.tangent(bent), abs=1e-5)


def test_the_part_that_is_solved_answers_like_the_whole_network(network, element, bent):
    whole = solve(network, posture=element.whole(bent))
    index = [network.body.coordinate_index(c) for c in element.coordinates]
    assert element.force(bent) == pytest.approx(-whole.generalised_force[index], abs=1e-7)
    assert len(element.part.active_strands) < len(network.active_strands)


def test_symmetric_posture_gives_a_symmetric_answer(element):
    q = np.zeros(18)
    q[::3] = -0.05  # flexion at every level
    out = element.force(q).reshape(-1, 3)
    assert np.abs(out[:, 1:]).max() < 1e-8 * np.abs(out).max()
    assert (out[:, 0] > 0.0).all()  # what flexes stretches the back: the network extends


def test_a_mirrored_posture_gives_the_mirrored_force(element, bent):
    mirror = np.tile([1.0, -1.0, -1.0], 6)
    assert element.force(mirror * bent) == pytest.approx(mirror * element.force(bent), abs=1e-7)


@pytest.mark.parametrize("kind", ["limp", "off"])
def test_a_network_without_stiffness_does_nothing_to_the_last_bit(kind, limp, network, bent):
    dead = limp if kind == "limp" else network.activated("*", active=False)
    element = NetworkElement(dead, tuple(f"{j}_FE" for j in ("L5_S1", "L4_L5", "L3_L4")))
    q = bent[:3]
    assert not element.force(q).any() and not element.tangent(q).any()
    assert element.energy(q) == 0.0


def test_strands_that_cross_no_coordinate_change_nothing(network):
    """The wrist: no strand with data runs over it."""
    arms = NetworkElement(network, ("wrist_flexion_r", "wrist_deviation_r"))
    assert arms.acting == () and not arms.force([0.1, 0.1]).any()
    assert not arms.tangent([0.1, 0.1]).any() and arms.energy([0.1, 0.1]) == 0.0


def test_any_coordinates_of_the_skeleton_will_do(network):
    """Hips and spine together: what a model with both asks for."""
    chosen = ("hip_flexion_r", "L5_S1_FE", "pelvis_tilt")
    one = NetworkElement(network, chosen, posture=network.body.zero())
    q = np.array([0.6, -0.1, 0.0])
    slope = [
        (one.energy(q + STEP * e) - one.energy(q - STEP * e)) / (2.0 * STEP) for e in np.eye(3)
    ]
    assert one.force(q) == pytest.approx(-np.array(slope), abs=1e-5)
    assert one.force(q)[2] == pytest.approx(0.0, abs=1e-9)  # turning it all costs nothing


def test_an_equilibrium_that_is_not_found_is_an_error_and_no_number(network, spine):
    hasty = NetworkElement(network, spine.coordinates, settings=NewtonSettings(iterations=0))
    with pytest.raises(EquilibriumError, match="Expected an equilibrium"):
        hasty.force(np.full(18, 0.05))


def test_errors_say_what_is_possible(network, element):
    with pytest.raises(UnknownNameError, match="L4_L5_FE"):
        NetworkElement(network, ("L4_L5_EF",))
    with pytest.raises(CouplingError, match="each once"):
        NetworkElement(network, ("L4_L5_FE", "L4_L5_FE"))
    with pytest.raises(CouplingError, match="each once"):
        NetworkElement(network, ())
    with pytest.raises(PostureError, match="18 finite values"):
        element.force(np.zeros(3))
    with pytest.raises(PostureError, match="18 finite values"):
        element.tangent(np.full(18, np.nan))
    assert issubclass(CouplingError, PanjabiError) and issubclass(CouplingError, ValueError)
