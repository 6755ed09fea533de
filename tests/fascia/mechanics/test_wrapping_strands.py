"""Strands that wrap over surfaces of the skeleton: lengths, derivatives, files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array

from fascia.errors import NetworkError
from fascia.mechanics.flat_network import compile_network
from fascia.mechanics.network_problem import NetworkProblem
from fascia.network import convert
from fascia.network.build import whole_body
from fascia.network.model import TensionNetwork

FREE = ("hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r", "pelvis_tilt")
POSTURES = [
    {"hip_flexion_r": 60.0},
    {"hip_flexion_r": 105.0, "knee_angle_r": 5.0},  # two heads touch at hip and knee
    {"hip_flexion_r": 112.0, "knee_angle_r": 25.0, "hip_adduction_r": 8.0},
    {"hip_flexion_r": -10.0, "knee_angle_r": 70.0},
]


@pytest.fixture(scope="module")
def network():
    """The muscles alone, so that the test is quick."""
    whole = whole_body()
    known = {name for name in whole.body.muscles if name.endswith("_r")}
    muscles = tuple(s for s in whole.strands if s.name in known)
    nodes = {name for s in muscles for name in (s.start, s.end)}
    return TensionNetwork(
        nodes=tuple(n for n in whole.nodes if n.name in nodes), strands=muscles, body=whole.body
    )


@pytest.mark.parametrize("angles", POSTURES, ids=str)
def test_lengths_are_those_of_the_body(network, angles):
    body = network.body
    q = body.coordinates_from(angles_deg=angles)
    expected = dict(zip(body.muscles, body.path_lengths(q), strict=True))
    flat = compile_network(network)
    problem = NetworkProblem(flat, body=body, q=q)
    problem.value_gradient(np.zeros(problem.size))
    for name, length in zip(flat.strand_names, problem.length, strict=True):
        assert length == pytest.approx(expected[name], abs=1e-10), name
    for name, length in network.lengths(q).items():
        assert length == pytest.approx(expected[name], abs=1e-10), name


@pytest.mark.parametrize("angles", POSTURES, ids=str)
def test_gradient_and_hessian(network, angles):
    """Also over two surfaces in series, which turn against each other."""
    body, h = network.body, 1e-6
    directions = np.zeros((len(body.coordinates), len(FREE)))
    for i, name in enumerate(FREE):
        directions[body.coordinate_index(name), i] = 1.0
    problem = NetworkProblem(
        compile_network(network), body=body, q=body.coordinates_from(angles_deg=angles),
        directions=directions,
    )  # fmt: skip
    z = 1e-3 * np.random.default_rng(1).uniform(0.2, 1.0, problem.size)
    _, gradient = problem.value_gradient(z)
    layout, data = problem.layout, problem.hessian(z).copy()
    assert problem.touching.any()
    hessian = csc_array((data, layout.indices, layout.indptr), shape=(problem.size,) * 2).toarray()
    for k in range(problem.size):
        step = h * np.eye(problem.size)[k]
        (more, after), (less, before) = (problem.value_gradient(z + s * step) for s in (1, -1))
        assert gradient[k] == pytest.approx((more - less) / (2 * h), rel=1e-5, abs=1e-3)
        most = np.abs(hessian[:, k]).max()
        slope = (after - before) / (2 * h)
        assert hessian[:, k] == pytest.approx(slope, abs=2e-4 * max(most, 1.0))


def test_files_keep_the_wraps(network):
    again = convert.from_dict(convert.to_dict(network), body=network.body)
    assert [s.wraps for s in again.strands] == [s.wraps for s in network.strands]
    assert again.strand("semimem_r").wraps[0].surface == "hip_extensors_r"


def test_a_wrap_needs_its_surface(network):
    strand = network.strand("semimem_r")
    fields = {f: getattr(strand, f) for f in ("name", "start", "end", "law", "start_point")}
    fields |= {"end_point": strand.end_point, "start_share": 0.0, "end_share": 0.0}
    with pytest.raises(NetworkError, match="between neighbours"):
        type(strand)(**fields, wraps=(("hip_extensors_r", 0, 2),))
    wrong = type(strand)(**fields, wraps=(("hip_extensor_r", 0, 1),))
    with pytest.raises(NetworkError, match="hip_extensors_r"):
        TensionNetwork(nodes=network.nodes, strands=(wrong,), body=network.body)
