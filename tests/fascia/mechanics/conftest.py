"""Small nets as flat arrays, by hand: independent of the network classes above them."""

import numpy as np
import pytest

from fascia.mechanics import FlatNetwork
from panjabi.tissue.kernels import COLLAGEN, LAW_COLUMNS


def make_net(position, edges, fixed, *, slack, stiffness, transition=0.0, loads=None, named=True):
    """Collagen strands between nodes that are fixed or free in space."""
    position = np.array(position, float)
    edges = np.array(edges, np.int64).reshape(-1, 2)
    fixed = np.array(fixed, bool)
    n, m = len(position), len(edges)
    count = np.where(fixed, 0, 3).astype(np.int64)
    basis = np.zeros((n, 3, 3))
    basis[~fixed] = np.eye(3)
    rows = np.zeros((m, LAW_COLUMNS))
    rows[:, 0] = slack
    rows[:, 1] = stiffness
    rows[:, 2] = transition
    forces = np.zeros((n, 3))
    if loads is not None:
        forces += loads
    return FlatNetwork(
        point_body=np.zeros(n, np.int64),
        point_local=position,
        point_dof=np.where(fixed, -1, np.cumsum(count) - count).astype(np.int64),
        point_ndof=count,
        point_basis=basis,
        strand_start=np.arange(0, 2 * m + 1, 2, dtype=np.int64),
        strand_points=edges.ravel().copy(),
        law_kind=np.full(m, COLLAGEN, np.int64),
        law_rows=rows,
        tie=np.zeros(int(count.sum())),
        bounded=np.zeros(int(count.sum()), bool),
        loads=forces,
        nodes=n,
        node_names=tuple(f"n{i}" for i in range(n)) if named else (),
        strand_names=tuple(f"s{i}" for i in range(m)) if named else (),
    )


def make_random_net(seed, *, free=8, fixed=5, extra=10, slack_share=0.3, loaded=True):
    """A connected net in space with some strands too long to pull; mixed toe and linear."""
    rng = np.random.default_rng(seed)
    n = free + fixed
    position = rng.normal(size=(n, 3))
    edges = [(i, int(rng.integers(i))) for i in range(fixed, n)]
    for i in range(fixed, n):
        others = rng.choice(n - 1, 3, replace=False)
        edges += [(i, int(j) + (j >= i)) for j in others]
    edges += [tuple(rng.choice(n, 2, replace=False)) for _ in range(extra)]
    edges = np.unique(np.sort([e for e in edges if max(e) >= fixed], axis=1), axis=0)
    length = np.linalg.norm(np.diff(position[edges], axis=1)[:, 0], axis=1)
    m = len(edges)
    slack = length * np.where(
        rng.random(m) < slack_share, rng.uniform(1.1, 2.0, m), rng.uniform(0.7, 1.0, m)
    )
    return make_net(
        position,
        edges,
        np.arange(n) < fixed,
        slack=slack,
        stiffness=rng.uniform(50.0, 500.0, m),
        transition=rng.choice([0.0, 0.02, 0.1, 0.5], m),
        loads=rng.normal(size=(n, 3)) * (10.0 if loaded else 0.0),
    )


@pytest.fixture(scope="session")
def net():
    return make_net


@pytest.fixture(scope="session")
def random_net():
    return make_random_net
