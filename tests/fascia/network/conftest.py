"""The standard network, and small ones made by hand on the ground."""

import pytest

from fascia.network import Node, Strand, TensionNetwork, whole_body
from panjabi.tissue import Cable


@pytest.fixture(scope="session")
def standard():
    """The whole body with every default; nothing changes it."""
    return whole_body()


def make_chain(stiffness, *, length=0.1, **options):
    """Cables with EA/l = stiffness [N/m] in a row along x; inner nodes are guides, ends fixed."""
    n = len(stiffness)
    nodes = [
        Node(
            name=f"n{i}",
            position=(length * i, 0.0, 0.0),
            hold="fixed" if i in (0, n) else "guide",
            directions=() if i in (0, n) else ((1.0, 0.0, 0.0),),
        )
        for i in range(n + 1)
    ]
    strands = [
        Strand(
            name=f"s{i}",
            start=f"n{i}",
            end=f"n{i + 1}",
            law=Cable(slack_length=length, stiffness=k * length),
            lines=("chain",),
            regions=("near" if i < n // 2 else "far",),
        )
        for i, k in enumerate(stiffness)
    ]
    return TensionNetwork(nodes=tuple(nodes), strands=tuple(strands), **options)


@pytest.fixture(scope="session")
def chain():
    """The function that makes a chain of cables."""
    return make_chain


@pytest.fixture
def small():
    """Three cables of 100, 200, 400 N/m."""
    return make_chain(
        [100.0, 200.0, 400.0], region_parents={"near": "all", "far": "all", "all": ""}
    )
