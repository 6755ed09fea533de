"""Nets, layered sheets, chains and random networks of any size, as flat arrays.

For tests of the solver and for scaling studies. All strands are plain cables
(`panjabi.tissue.Cable`): tension only, linear when taut. Nodes have no names: the number of a
strand or node is its index in the arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.errors import NetworkError
from fascia.mechanics.flat_network import FlatNetwork
from panjabi.tissue.kernels import COLLAGEN, LAW_COLUMNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def cable_network(
    position: ArrayLike,
    edges: ArrayLike,
    *,
    slack_length: ArrayLike,
    stiffness: ArrayLike,
    fixed: ArrayLike,
    loads: ArrayLike | None = None,
    directions: ArrayLike | None = None,
) -> FlatNetwork:
    """Cables between points, some of them fixed.

    Parameters
    ----------
    position : (n, 3) positions of the nodes without slip [m].
    edges : (m, 2) the two nodes of each cable.
    slack_length : (m,) slack length of each cable [m]; a scalar for all cables.
    stiffness : (m,) EA [N]; a scalar for all cables.
    fixed : (n,) True for fixed nodes.
    loads : (n, 3) dead forces [N].
    directions : (d, 3) unit vectors along which free nodes slip; by default all three axes.

    Raises
    ------
    NetworkError
        For cables without length or stiffness, or between nodes that do not exist.
    """
    x = np.array(position, float).reshape(-1, 3)
    e = np.array(edges, np.int64).reshape(-1, 2)
    pinned = np.array(fixed, bool)
    n, m = len(x), len(e)
    rows = np.zeros((m, LAW_COLUMNS))
    rows[:, 0] = slack_length
    rows[:, 1] = stiffness
    _check(x, e, rows, pinned)
    axes = np.eye(3) if directions is None else np.array(directions, float).reshape(-1, 3)
    ndof = np.where(pinned, 0, len(axes)).astype(np.int64)
    basis = np.zeros((n, 3, 3))
    basis[~pinned, :, : len(axes)] = axes.T
    force = np.zeros((n, 3))
    if loads is not None:
        force += np.asarray(loads, float)
    slips = int(ndof.sum())
    return FlatNetwork(
        point_body=np.zeros(n, np.int64),
        point_local=x,
        point_dof=np.where(pinned, -1, np.cumsum(ndof) - ndof).astype(np.int64),
        point_ndof=ndof,
        point_basis=basis,
        strand_start=np.arange(0, 2 * m + 1, 2, dtype=np.int64),
        strand_points=e.ravel(),
        law_kind=np.full(m, COLLAGEN, np.int64),
        law_rows=rows,
        tie=np.zeros(slips),
        bounded=np.zeros(slips, bool),
        loads=force,
        nodes=n,
    )


def _check(x: Floats, e: Ints, rows: Floats, pinned: NDArray[np.bool_]) -> None:
    if len(pinned) != len(x):
        raise NetworkError(
            f"Expected {len(x)} entries of `fixed`, got {len(pinned)}; give True or False for each "
            "node."
        )
    if len(e) and (e.min() < 0 or e.max() >= len(x)):
        raise NetworkError(
            f"Expected cables between nodes 0 to {len(x) - 1}, got node "
            f"{e.max() if e.max() >= len(x) else e.min()}; correct `edges`."
        )
    span = np.linalg.norm(x[e[:, 1]] - x[e[:, 0]], axis=1)
    bad = np.flatnonzero(~((span > 0.0) & (rows[:, 0] > 0.0) & (rows[:, 1] > 0.0)))
    if len(bad):
        i = bad[0]
        raise NetworkError(
            f"Expected positive length, slack length and EA of cable {i}, got {span[i]:g} m, "
            f"{rows[i, 0]:g} m and {rows[i, 1]:g} N; correct or remove the cable."
        )


def _slack_lengths(
    span: Floats, *, prestrain: float, slack_share: float, excess: float, seed: int
) -> Floats:
    """Slack lengths: most cables stretched by ``prestrain``, a random fraction too long [m]."""
    if not 0.0 <= slack_share <= 1.0 or not -1.0 < prestrain < 1.0 or not excess > -1.0:
        raise NetworkError(
            "Expected slack_share from 0 to 1, prestrain between -1 and 1 and excess above -1, "
            f"got {slack_share:g}, {prestrain:g} and {excess:g}; correct the value out of range."
        )
    loose = np.random.default_rng(seed).random(len(span)) < slack_share
    return np.where(loose, (1.0 + excess) * span, span / (1.0 + prestrain))


def square_net(
    strands: int,
    *,
    side: float = 1.0,
    stiffness: float = 1.0,
    prestrain: float = 0.03,
    load: float = 1.0,
    slack_share: float = 0.0,
    excess: float = 0.02,
    seed: int = 0,
) -> FlatNetwork:
    """Square net in the x-z plane, rim pinned, a dead load across it (along -y).

    Parameters
    ----------
    strands : approximate number of cables; it is rounded to a square net.
    side : length of the rim [m].
    stiffness : EA of every cable [N].
    prestrain : strain of the cables as built [1].
    load : total force, divided equally among the free nodes [N].
    slack_share : fraction of cables, drawn at random, that are built too long ...
    excess : ... by this fraction of their length [1].
    """
    n = max(3, round(1.5 + math.sqrt(strands / 2.0 + 0.25)))  # 2 (n - 1) (n - 2) cables
    i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    x = np.stack([i, 0 * i, j], -1).reshape(-1, 3) * (side / (n - 1.0))
    node = np.arange(n * n).reshape(n, n)
    e = np.concatenate([_pairs(node[:-1], node[1:]), _pairs(node[:, :-1], node[:, 1:])])
    rim = np.ones((n, n), bool)
    rim[1:-1, 1:-1] = False
    fixed = rim.ravel()
    e = e[~(fixed[e].all(axis=1))]
    span = np.linalg.norm(x[e[:, 1]] - x[e[:, 0]], axis=1)
    loads = np.zeros((n * n, 3))
    loads[~fixed, 1] = -load / np.count_nonzero(~fixed)
    return cable_network(
        x,
        e,
        slack_length=_slack_lengths(
            span, prestrain=prestrain, slack_share=slack_share, excess=excess, seed=seed
        ),
        stiffness=stiffness,
        fixed=fixed,
        loads=loads,
    )


def layered_sheet(
    strands: int,
    *,
    layers: int = 2,
    spacing: float = 0.01,
    gap: float = 0.001,
    stiffness: float = 100.0,
    prestrain: float = 0.02,
    gliding_stiffness: float = 200.0,
    pull: float = 0.0,
    slack_share: float = 0.0,
    excess: float = 0.02,
    seed: int = 0,
) -> FlatNetwork:
    """Layers of a triangulated fibre sheet that glide on each other, fixed along the rim.

    The sheet is supported normal to its plane, as by bone and muscle: nodes slip in the plane
    only (x and z). A gliding link represents the loose tissue between two facing nodes of
    neighbouring layers: three fine oblique fibrils, 120 degrees apart, from a node to the
    neighbours of the facing node. Together they resist a slip from the initial position with
    ``gliding_stiffness`` in every direction; a fibril that the slip shortens becomes slack.
    Without links (stiffness 0) the layers slide freely.

    Parameters
    ----------
    strands : approximate number of cables, links included; the number is rounded.
    spacing : distance of neighbouring nodes [m].
    gap : distance of the layers [m].
    stiffness : EA of a cable in a layer [N].
    prestrain : strain of cables and fibrils as built [1].
    gliding_stiffness : of one link against slip [N/m] (shear modulus x area / thickness).
    pull : force on the outermost layer along x, divided equally among its free nodes [N].
    slack_share : fraction of the layers' cables, drawn at random, that are built too long ...
    excess : ... by this fraction of their length [1].
    """
    if layers < 1 or gliding_stiffness < 0.0:
        raise NetworkError(
            "Expected layers >= 1 and gliding stiffness >= 0 N/m, got "
            f"{layers} and {gliding_stiffness:g} N/m; correct the value out of range."
        )
    linked = gliding_stiffness > 0.0
    sheets = 2 * layers - 1 if linked else layers  # as many links between layers as cables in one
    n = max(4, round((4.0 + math.sqrt(1.0 + 3.0 * strands / sheets)) / 3.0))  # 3 n^2 - 8 n + 5
    row, column = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    flat = np.stack([column + 0.5 * (row % 2), 0.0 * row, math.sqrt(0.75) * row], -1).reshape(-1, 3)
    x = np.concatenate([flat * spacing + [0.0, gap * k, 0.0] for k in range(layers)])
    ways = _neighbours(n)
    sheet = np.concatenate([_pairs(*ways[k]) for k in (0, 1, 2)])
    inner = np.zeros((n, n), bool)
    inner[1:-1, 1:-1] = True
    free = np.tile(inner.ravel(), layers)
    cables = np.concatenate([sheet + k * n * n for k in range(layers)])
    cables = cables[free[cables].any(axis=1)]
    e, ea = cables, np.full(len(cables), stiffness)
    span = np.linalg.norm(x[e[:, 1]] - x[e[:, 0]], axis=1)
    slack = _slack_lengths(
        span, prestrain=prestrain, slack_share=slack_share, excess=excess, seed=seed
    )
    if linked and layers > 1:
        across = np.concatenate([_pairs(*ways[k]) for k in (0, 3, 4)])  # 120 degrees apart
        step = np.array([0, n * n])
        links = np.concatenate([across + k * n * n + step for k in range(layers - 1)])
        links = links[free[links].any(axis=1)]
        oblique = math.hypot(spacing, gap)
        along = 2.0 / 3.0 * gliding_stiffness * (oblique / spacing) ** 2  # stiffness of a fibril
        rest = oblique / (1.0 + prestrain)
        e = np.concatenate([e, links])
        ea = np.concatenate([ea, np.full(len(links), along * rest)])
        slack = np.concatenate([slack, np.full(len(links), rest)])
    loads = np.zeros((len(x), 3))
    pulled = free & (np.arange(len(x)) >= (layers - 1) * n * n)
    loads[pulled, 0] = pull / np.count_nonzero(pulled)
    return cable_network(
        x,
        e,
        slack_length=slack,
        stiffness=ea,
        fixed=~free,
        loads=loads,
        directions=[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
    )


def _pairs(a: Ints, b: Ints) -> Ints:
    return np.stack([a.ravel(), b.ravel()], axis=1)


def _neighbours(n: int) -> list[tuple[Ints, Ints]]:
    """Pairs of nodes of a triangular lattice by direction: 0, 60, 120, then 120, 240 degrees."""
    node = np.arange(n * n).reshape(n, n)
    even, odd = node[0::2], node[1::2]  # odd rows are shifted by half a spacing
    up, down = min(len(even), len(odd)), min(len(even) - 1, len(odd))
    right60 = np.concatenate(
        [_pairs(even[:up], odd[:up]), _pairs(odd[:down, :-1], even[1 : down + 1, 1:])]
    )
    left120 = np.concatenate(
        [_pairs(even[:up, 1:], odd[:up, :-1]), _pairs(odd[:down], even[1 : down + 1])]
    )
    return [
        (node[:, :-1], node[:, 1:]),
        (right60[:, 0], right60[:, 1]),
        (left120[:, 0], left120[:, 1]),
        (left120[:, 0], left120[:, 1]),
        (right60[:, 1], right60[:, 0]),
    ]


def chain(
    stiffness: Sequence[float], *, spacing: float = 1.0, prestrain: float = 0.01
) -> FlatNetwork:
    """Springs in series along x between two fixed ends: ground - n1 - n2 - ... - ground.

    ``stiffness`` is dT/dl of each link [N/m]. Prestrain makes all links taut as built; their
    tensions are in proportion to their stiffness. Nodes slip along x only.
    """
    k = np.asarray(stiffness, float)
    x = np.zeros((len(k) + 1, 3))
    x[:, 0] = spacing * np.arange(len(k) + 1)
    number = np.arange(len(k))
    fixed = np.zeros(len(k) + 1, bool)
    fixed[[0, -1]] = True
    rest = np.full(len(k), spacing / (1.0 + prestrain))
    return cable_network(
        x,
        np.stack([number, number + 1], axis=1),
        slack_length=rest,
        stiffness=k * rest,
        fixed=fixed,
        directions=[[1.0, 0.0, 0.0]],
    )


def random_network(
    strands: int,
    *,
    seed: int = 0,
    side: float = 1.0,
    stiffness: float = 100.0,
    prestrain: float = 0.02,
    load: float = 10.0,
    slack_share: float = 0.2,
    excess: float = 0.02,
) -> FlatNetwork:
    """Random points in a cube, each joined to its five nearest points; the outer shell is fixed.

    ``load`` is the sum of the typical forces on 100 free nodes [N]; their directions are random.
    Random cables support the nodes less well than a net: many nodes move far before equilibrium.
    """
    from scipy.spatial import KDTree

    rng = np.random.default_rng(seed)
    n = strands / 3.0
    for _ in range(5):  # strands between fixed nodes are omitted; the shell has 3 n^(2/3) nodes
        n = strands / (3.07 - 1.5 * (1.0 - (1.0 - max(n, 1.0) ** (-1.0 / 3.0)) ** 3))
    n = max(20, round(n))
    x = side * rng.random((n, 3))
    near = np.asarray(KDTree(x).query(x, k=6)[1])
    e = np.stack([np.repeat(np.arange(n), 5), near[:, 1:].ravel()], axis=1)
    e = np.unique(np.sort(e, axis=1), axis=0)
    shell = 0.5 * n ** (-1.0 / 3.0) * side
    fixed = (np.minimum(x, side - x) < shell).any(axis=1)
    fixed[0] = True
    e = e[~fixed[e].all(axis=1)]
    span = np.linalg.norm(x[e[:, 1]] - x[e[:, 0]], axis=1)
    loads = rng.normal(size=(n, 3)) * (load / 100.0)
    return cable_network(
        x,
        e,
        slack_length=_slack_lengths(
            span, prestrain=prestrain, slack_share=slack_share, excess=excess, seed=seed
        ),
        stiffness=stiffness,
        fixed=fixed,
        loads=np.where(fixed[:, None], 0.0, loads),
    )
