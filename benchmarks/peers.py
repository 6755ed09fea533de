"""Peers of the benchmarks: NumPy and SciPy for a net of cables, MuJoCo for a tree of bodies.

The tangent of the net is assembled from triplets in every step and factored by SuperLU in
symmetric mode with SciPy's minimum degree order. Slack cables keep a millionth of their
stiffness in the matrix, and steps are halved until the unbalanced force decreases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.body.mechanism import Mechanism

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SOFT = 1e-6  # fraction of its stiffness that a slack cable keeps in the matrix


def square(strands: int) -> tuple[Floats, Ints, NDArray[np.bool_]]:
    """Nodes of a square net in the x-y plane, its cables, and a mask of pinned nodes (the rim)."""
    n = max(4, round(np.sqrt(strands / 2.0)))
    number = np.arange(n * n).reshape(n, n)
    position = np.zeros((n * n, 3))
    position[:, :2] = np.stack(np.divmod(number.ravel(), n), axis=1) / (n - 1.0)
    along = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    pinned = np.ones((n, n), bool)
    pinned[1:-1, 1:-1] = False
    return position, np.concatenate([along, across]), pinned.ravel()


def unbalanced(
    x: Floats, cables: Ints, rest: Floats, stiffness: float, loads: Floats, free: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Force on every free node, and vector, length and tension of every cable."""
    span = x[cables[:, 1]] - x[cables[:, 0]]
    length = np.linalg.norm(span, axis=1)
    tension = np.maximum(stiffness * (length / rest - 1.0), 0.0)
    pull = (tension / length)[:, None] * span
    force = loads.copy()
    for axis in range(3):
        force[:, axis] += np.bincount(cables[:, 0], pull[:, axis], len(x))
        force[:, axis] -= np.bincount(cables[:, 1], pull[:, axis], len(x))
    force[~free] = 0.0
    return force, span, length, tension


def scipy_newton(
    position: Floats,
    cables: Ints,
    pinned: NDArray[np.bool_],
    *,
    rest: Floats,
    stiffness: float,
    loads: Floats,
    tolerance: float,
    iterations: int = 60,
) -> tuple[Floats, int, float]:
    """Positions in equilibrium, iterations, and the largest unbalanced force."""
    from scipy.sparse import csc_matrix
    from scipy.sparse.linalg import splu

    free = ~pinned
    x = position.copy()
    unknown = np.full(len(x), -1)
    unknown[free] = np.arange(np.count_nonzero(free))
    size = 3 * np.count_nonzero(free)
    rows, columns, usable = _triplets(unknown, cables)
    force, span, length, tension = unbalanced(x, cables, rest, stiffness, loads, free)
    steps = 0
    while steps < iterations and np.abs(force).max() >= tolerance:
        steps += 1
        way = span / length[:, None]
        dyad = way[:, :, None] * way[:, None, :]
        axial = np.where(tension > 0.0, 1.0, SOFT) * stiffness / rest
        lateral = np.maximum(tension / length, SOFT * stiffness / rest)
        block = axial[:, None, None] * dyad + lateral[:, None, None] * (np.eye(3) - dyad)
        values = np.concatenate([block, block, -block, -block]).reshape(-1)[usable]
        tangent = csc_matrix((values, (rows, columns)), shape=(size, size))
        step = splu(
            tangent,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        ).solve(force[free].ravel())
        before, share = np.linalg.norm(force), 1.0
        for _ in range(8):
            trial = x.copy()
            trial[free] += share * step.reshape(-1, 3)
            force, span, length, tension = unbalanced(trial, cables, rest, stiffness, loads, free)
            if np.linalg.norm(force) < before * (1.0 - 1e-4 * share):
                break
            share *= 0.5
        x = trial
    return x, steps, float(np.abs(force).max())


def _triplets(unknown: Ints, cables: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    first = 3 * unknown[cables[:, 0]][:, None] + np.arange(3)
    second = 3 * unknown[cables[:, 1]][:, None] + np.arange(3)
    pairs = ((first, first), (second, second), (first, second), (second, first))
    rows = np.concatenate([np.repeat(a[:, :, None], 3, axis=2).ravel() for a, _ in pairs])
    columns = np.concatenate([np.repeat(b[:, None, :], 3, axis=1).ravel() for _, b in pairs])
    usable = (rows >= 0) & (columns >= 0)
    return rows[usable], columns[usable], usable


def compas_force_density() -> Callable[..., object] | None:
    """compas_fd's linear force density solver, if it is installed."""
    try:
        from compas_fd.solvers import fd_numpy  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None
    return fd_numpy


def mujoco_twin(
    mechanism: Mechanism, gravity: Floats, muscles: Musculature | None = None
) -> tuple[Any, Any, list[int]] | None:
    """MuJoCo model and data of the same tree, and coordinate indices; None without MuJoCo.

    Hinges and slides with explicit inertias, no contacts. MuJoCo has no exactly coupled dofs.
    muscles : over the same tree; straight paths as spatial tendons with MuJoCo's muscles, which
    have rigid tendons.
    """
    try:
        import mujoco
    except ImportError:
        return None
    tree = mechanism.tree
    spec = mujoco.MjSpec()
    spec.option.gravity = gravity
    spec.compiler.degree = False
    made = {0: spec.worldbody}
    for b in range(1, len(mechanism.mass)):
        inertia = mechanism.inertia[b]
        made[b] = made[int(tree.parent[b])].add_body(
            pos=tree.loc[b],
            quat=_quaternion(tree.r0[b]),
            mass=mechanism.mass[b],
            ipos=mechanism.com[b],
            fullinertia=[*np.diag(inertia), inertia[0, 1], inertia[0, 2], inertia[1, 2]],
            explicitinertial=True,
        )
        for e in range(tree.first[b], tree.first[b + 1]):
            kinds = (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)
            made[b].add_joint(
                name=str(tree.coordinate[e]), type=kinds[tree.slide[e]], axis=tree.axis[e]
            )
    if muscles is not None:
        _add_muscles(spec, made, muscles)
    model = spec.compile()
    where = [int(model.joint(str(k)).dofadr[0]) for k in range(model.nv)]
    return model, mujoco.MjData(model), where


def _add_muscles(spec: Any, bodies: dict[int, Any], muscles: Musculature) -> None:
    import mujoco

    paths = muscles.paths
    for m, name in enumerate(muscles.names):
        line = spec.add_tendon(name=name)
        for p in range(paths.start[m], paths.start[m + 1]):
            bodies[int(paths.body[p])].add_site(name=f"{name}-{p}", pos=paths.local[p])
            line.wrap_site(f"{name}-{p}")
        slack, fibre = muscles.tendon_slack_length[m], muscles.optimal_length[m]
        pull = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_TENDON)
        pull.set_to_muscle(tausmooth=0.0, range=[0.5, 1.5], force=muscles.max_force[m])
        pull.lengthrange = [slack + 0.5 * fibre, slack + 1.5 * fibre]


def _quaternion(matrix: Floats) -> Floats:
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(matrix).as_quat()
    return np.array([w, x, y, z])
