"""Starting from another state of the body's network, and postures that are none."""

import numpy as np
import pytest

from fascia.errors import EquilibriumError, NetworkError
from fascia.mechanics import EquilibriumSolver, solve
from panjabi.errors import ParameterError, PostureError, UnknownNameError


@pytest.fixture(scope="module")
def standing(network):
    return solve(network)


@pytest.mark.parametrize("region", ["scalp", "neck", "thoracolumbar", "neural"])
def test_state_before_a_cut_is_a_start_for_the_cut_network(network, standing, region):
    """Broken before: its factor was taken too, which belongs to another pattern of one size."""
    cut = network.cut_where(region=region)
    cold, warm = solve(cut), solve(cut, start=standing)
    assert len(standing.slips) == len(warm.slips)
    np.testing.assert_allclose(warm.tension, cold.tension, atol=1e-8 * cold.largest_force)
    assert warm.residual <= 1e-8 * warm.largest_force


def test_state_before_a_release_is_a_short_way_to_the_state_after(network, standing):
    released = network.with_resting_tension({"neck": 1.0})
    cold, warm = solve(released), solve(released, start=standing)
    np.testing.assert_allclose(warm.tension, cold.tension, atol=1e-8 * cold.largest_force)
    assert warm.factorisations <= cold.factorisations
    assert warm.iterations <= cold.iterations


def test_state_of_other_ties_starts_as_well(network, standing):
    """Clamped ties leave other unknowns: the start does not fit and is left aside."""
    for ratio in (0.0, 1.0, np.inf):
        other = network.with_tie_ratio(ratio)
        warm, cold = solve(other, start=standing), solve(other)
        np.testing.assert_allclose(warm.tension, cold.tension, atol=1e-7 * cold.largest_force)


@pytest.mark.parametrize("shape", [(), (3,), (121,), (123,), (122, 1)])
def test_coordinates_of_another_body_are_refused(network, shape):
    """Broken before: a short array was read past its end."""
    with pytest.raises(ParameterError, match="as an array of 122 numbers, got"):
        solve(network, posture=np.zeros(shape))
    with pytest.raises(ParameterError, match="as an array of 122 numbers, got"):
        EquilibriumSolver(network).solve(np.zeros(shape))


def test_coordinates_must_be_finite_numbers(network):
    q = network.body.zero()
    q[7] = np.nan
    with pytest.raises(PostureError, match=f"{network.body.coordinates[7]}, got nan"):
        solve(network, posture=q)
    with pytest.raises(PostureError, match="got .*inf"):
        solve(network, posture={"knee_angle_r": np.inf})


def test_postures_by_name(network):
    with pytest.raises(UnknownNameError, match="close: 'standing'"):
        solve(network, posture="standin")
    with pytest.raises(PostureError, match="in its range of"):
        solve(network, posture={"knee_angle_r": 3.0})


def test_invalid_loads_are_errors(network):
    with pytest.raises(NetworkError, match="'vertx'.*close: 'vertex'"):
        solve(network, loads={"vertx": (0.0, 0.0, 1.0)})
    with pytest.raises((NetworkError, EquilibriumError), match="finite"):
        solve(network, loads={"vertex": (0.0, np.nan, 1.0)})


def test_unknown_strands_nodes_and_coordinates_of_a_state(standing):
    with pytest.raises(LookupError, match="close: 'bflh_r'"):
        standing.tension_of("blfh_r")
    with pytest.raises(NetworkError, match="close: 'vertex'"):
        standing.position_of("vertx")
    with pytest.raises(NetworkError, match="close: 'hip_flexion_"):
        standing.torque("hip_flexion")
