"""The anchored chain: its closed form, the table it is known by, and the network's stations."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fascia.mechanics import solve
from fascia.network import Node, Strand, TensionNetwork
from fascia.transmission import decay_per_station, displacements, force_ratio
from panjabi.errors import ParameterError
from panjabi.tissue import Cable

# k_g/k, decay per station, after 5, after 10, far over near force of 10 links with a fixed end
TABLE = [
    (0.0, "1", "1", "1", "1"),
    (0.01, "0.904875", "0.6067", "0.3680", "0.673883"),
    (0.1, "0.729844", "0.2071", "0.0429", "0.101387"),
    (1.0, "0.381966", "0.0081", "6.6e-5", "2.3918e-4"),
]


def agrees(value, printed):
    """Equal to the digits that are printed."""
    mantissa, _, power = printed.partition("e")
    places = len(mantissa.partition(".")[2])
    return abs(value - float(printed)) <= 0.5001 * 10.0 ** (int(power or 0) - places)


@pytest.mark.parametrize("ratio, decay, five, ten, force", TABLE)
def test_closed_form_gives_the_table(ratio, decay, five, ten, force):
    assert agrees(decay_per_station(ratio), decay)
    assert agrees(decay_per_station(ratio) ** 5, five)
    assert agrees(decay_per_station(ratio) ** 10, ten)
    assert agrees(force_ratio(ratio, 10), force)


def chain(links, *, k=1000.0, pull=0.0, hold="guide"):
    """Taut cables in a row through guides; the first node moved by ``pull``, the last fixed."""
    along = {"directions": ((1.0, 0.0, 0.0),)} if hold == "guide" else {}
    nodes = [Node(name="n0", position=(-pull, 0.0, 0.0))]
    nodes += [
        Node(name=f"n{i}", position=(1.2 * i, 0.0, 0.0), hold=hold, **along)
        for i in range(1, links)
    ]
    nodes.append(Node(name=f"n{links}", position=(1.2 * links, 0.0, 0.0)))
    strands = [
        Strand(
            name=f"s{i}", start=f"n{i}", end=f"n{i + 1}", law=Cable(slack_length=1.0, stiffness=k)
        )
        for i in range(links)
    ]
    return TensionNetwork(nodes=tuple(nodes), strands=tuple(strands))


@pytest.mark.parametrize("ratio, decay, five, ten, force", TABLE)
def test_stations_of_the_network_make_the_ladder(ratio, decay, five, ten, force):
    """V5 from nodes of type guide and the tie-ratio rule: no formula of the ladder is used."""
    pull, links = 0.01, 10
    tied = chain(links).with_tie_ratio(ratio)
    moved = tuple(
        Node(name="n0", position=(-pull, 0.0, 0.0)) if n.name == "n0" else n for n in tied.nodes
    )
    rest = solve(tied)
    state = solve(TensionNetwork(nodes=moved, strands=tied.strands, tie_ratio=ratio))
    gain = state.tension - rest.tension
    assert agrees(gain[-1] / gain[0], force)
    u = (rest.position - state.position)[:, 0] / pull
    np.testing.assert_allclose(u, displacements(ratio, links), atol=1e-9)
    long = displacements(ratio, 400) if ratio else np.ones(401)
    assert agrees(long[10] / long[0], ten) or ratio == 0.01  # 400 stations are not endless there
    assert agrees(long[1] / long[0], decay)


def test_uniform_chain_is_tied_by_ratio_times_its_stiffness():
    """The harmonic mean of equal neighbours is their stiffness (S2)."""
    tied = chain(4, k=500.0).with_tie_ratio(0.3)
    for name in ("n1", "n2", "n3"):
        assert tied.node(name).tie == pytest.approx(150.0)


def test_clamped_chain_transmits_nothing():
    rest = solve(chain(5).with_tie_ratio(math.inf))
    nodes = chain(5, pull=0.02).with_tie_ratio(math.inf)
    gain = solve(nodes).tension - rest.tension
    assert gain[0] > 0.0
    np.testing.assert_array_equal(gain[1:], 0.0)


@given(ratio=st.floats(1e-6, 1e3), links=st.integers(2, 30))
def test_displacements_solve_the_tridiagonal_system(ratio, links):
    """Force balance at every node: u[i-1] - (2 + ratio) u[i] + u[i+1] = 0."""
    u = displacements(ratio, links)
    assert u[0] == pytest.approx(1.0)
    assert u[-1] == pytest.approx(0.0, abs=1e-12)
    balance = u[:-2] - (2.0 + ratio) * u[1:-1] + u[2:]
    np.testing.assert_allclose(balance, 0.0, atol=1e-9 * (2.0 + ratio))
    assert (np.diff(u) <= 0.0).all()


@given(low=st.floats(0.0, 10.0), more=st.floats(1e-3, 10.0), links=st.integers(2, 20))
def test_a_stiffer_tie_transmits_less(low, more, links):
    assert decay_per_station(low + more) < decay_per_station(low)
    long_form = 1.0 + more / 2.0 - math.sqrt(more + more**2 / 4.0)
    assert decay_per_station(more) == pytest.approx(long_form, abs=1e-14)
    assert force_ratio(low + more, links) <= force_ratio(low, links)


@pytest.mark.parametrize("ratio", [1e-300, 1e-20, 1e-12, 1e4, 1e12])
@pytest.mark.parametrize("links", [2, 1000])
def test_extreme_chains_have_answers(ratio, links):
    """Broken before: not a number for a faint tie, an overflow for a long stiff chain."""
    u = displacements(ratio, links)
    assert np.isfinite(u).all()
    assert u[0] == pytest.approx(1.0)
    if ratio * links**2 < 1e-5:
        np.testing.assert_allclose(u, 1.0 - np.arange(links + 1) / links, atol=1e-5)
    if ratio > 1.0:
        assert u[1] == pytest.approx(1.0 / ratio, rel=3.0 / ratio)
    assert 0.0 <= force_ratio(ratio, links) <= 1.0 + 1e-12


@pytest.mark.parametrize("ratio", [-0.1, math.nan, math.inf])
def test_impossible_ratios_are_refused(ratio):
    for ask in (decay_per_station, lambda r: displacements(r, 4), lambda r: force_ratio(r, 4)):
        with pytest.raises(ParameterError, match="give a finite number >= 0"):
            ask(ratio)
