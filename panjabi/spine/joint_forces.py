"""Forces in the joints of a spine with their exact derivatives, for statics and linear analysis.

Three held translations in each joint (`with_slides`) turn the force of a joint into generalised
forces: inverse dynamics gives that of inertia and weight, the slopes of path lengths give that of
the muscles, both with the derivatives of the kernels that exist for coordinates. A run uses
`panjabi.body.joint_force_kernels` instead, without these translations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.body.dynamics import Dynamics
from panjabi.body.dynamics_derivatives import (
    inverse_dynamics_derivatives,
    point_second_derivatives,
)
from panjabi.body.dynamics_kernels import place
from panjabi.body.joint_force_kernels import UP, Discs, disc_axes, discs_of, with_slides
from panjabi.body.kernels import points_jacobian
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism, dynamics_workspace
from panjabi.body.poses import Poses, tree_poses
from panjabi.body.tree import Tree
from panjabi.results import ShortRepr
from panjabi.spine.force_closure import UnitForces
from panjabi.spine.levels import vertebrae_of

Floats = NDArray[np.float64]

Push = tuple[str, NDArray[np.float64], NDArray[np.float64]]
"""A force on a body: its name, the point in its frame (3,) [m], the force in the world (3,) [N]."""


@dataclass(frozen=True, eq=False, repr=False)
class CompressionSlopes(ShortRepr):
    """Compression of each unit and its derivatives, each with the other arguments constant."""

    value: Floats  # (units,) [N]
    by_q: Floats  # (units, n) [N/rad]
    by_rate: Floats  # (units, n) [N s/rad]
    by_acceleration: Floats  # (units, n) [N s2/rad]
    by_tension: Floats  # (units, muscles) [1]


@dataclass(frozen=True, eq=False, repr=False)
class JointForces(ShortRepr):
    """Forces in the joints of some levels of a moving body with muscles.

    A unit has the compression of its disc; `units` says what closes a sacroiliac joint.
    """

    dynamics: Dynamics
    muscles: Musculature | None
    levels: tuple[str, ...]
    units: UnitForces | None = None  # by default one unit for each level

    @cached_property
    def discs(self) -> Discs:
        """Axes of the discs in the mechanism of the dynamics."""
        on = self.dynamics.carriers
        pairs = [vertebrae_of(level) for level in self.levels]
        return discs_of(self.dynamics.body.names, pairs, on.carrier, on.rotation)

    @cached_property
    def pulled(self) -> NDArray[np.int64]:
        """(levels,) body of the upper vertebra in the tree of the muscles."""
        if self.muscles is None:
            return np.zeros(len(self.levels), np.int64)
        names = self.dynamics.body.names
        upper = [names.index(vertebrae_of(level)[0]) for level in self.levels]
        return self.muscles.reduced.carrier[upper]

    @cached_property
    def _mechanism(self) -> Mechanism:
        mechanism = self.dynamics.mechanism
        return mechanism._replace(tree=with_slides(mechanism.tree, self.discs.upper))

    @cached_property
    def _muscle_tree(self) -> Tree:
        assert self.muscles is not None
        return with_slides(self.muscles.tree, self.pulled)

    def on_discs(
        self,
        q: Floats,
        rate: Floats,
        acceleration: Floats,
        tension: Floats,
        pushes: Sequence[Push] = (),
    ) -> Floats:
        """Force on each disc from above (levels, 3): forward, up, right of the disc [N].

        q, rate, acceleration (n,) of the free coordinates, tension (muscles,) [N].
        """
        work, force, *_ = self._inverse(q, rate, acceleration)
        along = self._along_slides(work, force, q, tension, pushes)
        out, axes = np.empty((len(self.levels), 3)), np.empty((3, 3))
        for k in range(len(self.levels)):
            disc_axes(work.R, self.discs, k, axes)
            out[k] = -axes @ (along[k] @ self._slides(work, k))
        return out

    def compression(self, q: Floats, tension: Floats, pushes: Sequence[Push] = ()) -> Floats:
        """Compression of each unit (units,) at rest [N]."""
        still = np.zeros_like(q)
        return self.of_units(self.on_discs(q, still, still, tension, pushes), tension)

    def of_units(self, force: Floats, tension: Floats) -> Floats:
        """Compression of each unit (units,) from the forces of `on_discs` and tensions [N]."""
        pressed = -force[:, UP]
        return pressed if self.units is None else self.units.of(pressed, tension)

    def slopes(
        self,
        q: Floats,
        rate: Floats,
        acceleration: Floats,
        tension: Floats,
        pushes: Sequence[Push] = (),
    ) -> CompressionSlopes:
        """Compression of each unit and its exact derivatives; arguments as in `on_discs`."""
        work, force, by_q, by_rate, mass = self._inverse(q, rate, acceleration)
        n, count = len(q), len(self.levels)
        along = self._along_slides(work, force, q, tension, pushes)
        along_q = by_q[n:, :n].copy()
        pull = np.zeros((len(tension), 3 * count))
        if self.muscles is not None:
            along_q += self._curvature(q, tension)[n:, :n]
            pull = self._pull(q)[:, n:]
        tree = self._mechanism.tree
        for body, local, push in pushes:
            b, point = self._carried(work, body, local)
            D = np.empty((3, n + 3 * count, n + 3 * count))
            point_second_derivatives(
                tree, b, point, work.axis, work.origin, work.rate, work.rate2, D
            )
            along_q -= np.einsum("i,ijk->jk", push, D[:, n:, :n])
        axes, up = np.empty((3, 3)), np.empty((count, 3 * count))
        value, turned = np.empty(count), np.zeros((count, n))
        up[:] = 0.0
        for k in range(count):
            disc_axes(work.R, self.discs, k, axes)
            slides = self._slides(work, k)
            joint = along[k] @ slides
            value[k] = axes[UP] @ joint
            up[k, 3 * k : 3 * k + 3] = slides @ axes[UP]
            turned[k] = self._turned(work, k, axes[UP], joint)
        slopes = up @ along_q + turned, up @ by_rate[n:, :n], up @ mass[n:, :n], up @ pull.T
        u = self.units
        if u is None:
            return CompressionSlopes(value, *slopes)
        by_q, by_rate, by_acceleration, by_tension = (u.share[:, None] * s[u.disc] for s in slopes)
        value = u.of(value, tension)
        return CompressionSlopes(value, by_q, by_rate, by_acceleration, by_tension + u.pull)

    # --- inside -------------------------------------------------------------------------------

    def _wide(self, q: Floats) -> Floats:
        return np.concatenate([q, np.zeros(3 * len(self.levels))])

    def _inverse(
        self, q: Floats, rate: Floats, acceleration: Floats
    ) -> tuple[DynamicsWorkspace, Floats, Floats, Floats, Floats]:
        """Inverse dynamics with the held translations, and its derivatives."""
        mechanism, wide = self._mechanism, self._wide(q)
        n = len(wide)
        work, force = dynamics_workspace(mechanism, n), np.empty(n)
        by_q, by_rate, mass = np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
        place(mechanism, wide, work)
        inverse_dynamics_derivatives(
            mechanism, wide, self._wide(rate), self._wide(acceleration),
            np.asarray(self.dynamics.gravity), work, force, by_q, by_rate, mass,
        )  # fmt: skip
        return work, force, by_q, by_rate, mass

    def _slides(self, work: DynamicsWorkspace, k: int) -> Floats:
        """World axes of the translations of level k, as rows (3, 3)."""
        first = self._mechanism.tree.first[self.discs.upper[k]]
        return work.axis[first : first + 3]

    def _along_slides(
        self,
        work: DynamicsWorkspace,
        force: Floats,
        q: Floats,
        tension: Floats,
        pushes: Sequence[Push],
    ) -> Floats:
        """Force of each joint on all above it, (levels, 3) along its translations [N]."""
        n, tree = len(q), self._mechanism.tree
        along = force[n:].copy()
        if self.muscles is not None:
            along += self._pull(q)[:, n:].T @ tension
        for body, local, push in pushes:
            b, point = self._carried(work, body, local)
            J = np.empty((1, 3, len(force)))
            points_jacobian(tree, np.array([b]), point[None], work.axis, work.origin, work.rate, J)
            along -= J[0, :, n:].T @ push
        return along.reshape(-1, 3)

    def _carried(self, work: DynamicsWorkspace, body: str, local: Floats) -> tuple[int, Floats]:
        """Rigid body that carries a point, and the point in the world."""
        b, inside = self.dynamics.carried(body, local)
        return b, work.R[b] @ inside + work.t[b]

    def _poses(self, q: Floats) -> Poses:
        return tree_poses(self._muscle_tree, self._wide(q))

    def _pull(self, q: Floats) -> Floats:
        """Slopes of the path lengths (muscles, n + 3 levels)."""
        assert self.muscles is not None
        return self.muscles.lengths_on(self._muscle_tree, self._poses(q))[1]

    def _curvature(self, q: Floats, tension: Floats) -> Floats:
        """Sum of tension times second derivative of the path length."""
        assert self.muscles is not None
        return self.muscles.curvatures_on(self._muscle_tree, self._poses(q), tension)[0]

    def _turned(self, work: DynamicsWorkspace, k: int, up: Floats, joint: Floats) -> Floats:
        """Derivative (n,) of up . joint with the parts of the force along its slides constant."""
        tree, discs = self._mechanism.tree, self.discs
        a, b = int(discs.upper[k]), int(discs.lower[k])
        high, low = work.R[a] @ discs.up[k], work.R[b] @ discs.up_below[k]
        size = float(np.linalg.norm(high + low))
        out = np.zeros(len(self.dynamics.free))
        below = _chain(tree, int(tree.parent[a]))
        for body in _chain(tree, a):
            for e in range(tree.first[body], tree.first[body + 1]):
                if tree.slide[e]:
                    continue
                w = work.rate[e] * work.axis[e]
                change = np.cross(w, high)
                if body in _chain(tree, b):
                    change = change + np.cross(w, low)
                turn = (change - up * (up @ change)) / size
                value = turn @ joint
                if body in below:
                    value += up @ np.cross(w, joint)
                out[tree.coordinate[e]] += value
        return out


def _chain(tree: Tree, body: int) -> list[int]:
    """A body and all below it, without the ground."""
    found: list[int] = []
    while body > 0:
        found.append(body)
        body = int(tree.parent[body])
    return found
