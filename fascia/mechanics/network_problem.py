"""The potential V(q, x) of network and skeleton as a function of its unknowns.

Unknowns z = (slips u [m], free skeleton coordinates [rad or m]). The skeleton
moves along prescribed directions: q = q0 + directions @ coordinates. Without
directions the posture is prescribed, and V is convex in u for laws whose tension
never falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fascia.errors import NetworkError
from fascia.mechanics import kernels, wrap_kernels
from fascia.mechanics.flat_network import FlatNetwork
from fascia.sparse.pattern import Pattern
from panjabi._compiling import announce_compilation
from panjabi.body import Body, kernels as skeleton

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class SkeletonTerm(Protocol):
    """A potential of the skeleton alone: joint law, gravity, table contact."""

    def energy(self, q: Floats) -> float: ...
    def gradient(self, q: Floats) -> Floats: ...
    def hessian(self, q: Floats) -> Floats: ...


class Pose:
    """Pose of every body at q, and its derivatives (buffers are reused)."""

    def __init__(self, body: Body | None) -> None:
        self.body: Body | None = body
        bodies = 1 if body is None else len(body.names)
        self.rotation: Floats = np.zeros((bodies, 3, 3))
        self.rotation[0] = np.eye(3)
        self.translation: Floats = np.zeros((bodies, 3))
        self.q: Floats = np.zeros(0)
        if body is not None:
            joints = len(body.tree.coordinate)
            self.axis: Floats = np.zeros((joints, 3))
            self.origin: Floats = np.zeros((joints, 3))
            self.rate: Floats = np.zeros(joints)
            self.rate2: Floats = np.zeros(joints)

    def move(self, q: Floats) -> None:
        self.q = np.array(q, float)
        if self.body is not None:
            skeleton.forward(
                self.body.tree, self.q, self.rotation, self.translation,
                self.axis, self.origin, self.rate, self.rate2,
            )  # fmt: skip

    def points_jacobian(self, bodies: NDArray[np.int64], points: Floats) -> Floats:
        """d(point)/dq, shape (points, 3, coordinates); bodies: index of each point's body."""
        assert self.body is not None
        out = np.zeros((len(bodies), 3, len(self.q)))
        skeleton.points_jacobian(
            self.body.tree, bodies, points, self.axis, self.origin, self.rate, out
        )
        return out

    def angular_jacobian(self) -> Floats:
        assert self.body is not None
        out = np.zeros((len(self.rotation), 3, len(self.q)))
        skeleton.angular_jacobian(self.body.tree, self.axis, self.rate, out)
        return out


class NetworkProblem:
    """Energy, gradient and Hessian of a flat network on a skeleton, for `newton.minimise`.

    ``idle`` is for tangents at a solved state: strands with at most this tension [N] (the
    residual of the solve) count as slack and get no stiffness (a strand without a toe
    region has its full stiffness at the smallest tension).
    """

    def __init__(
        self,
        flat: FlatNetwork,
        *,
        body: Body | None = None,
        q: Floats | None = None,
        directions: Floats | None = None,
        terms: Sequence[SkeletonTerm] = (),
        idle: float = 0.0,
    ) -> None:
        announce_compilation()
        self.flat: FlatNetwork = flat
        self.idle: float = idle
        self.terms: tuple[SkeletonTerm, ...] = tuple(terms)
        self.pose: Pose = Pose(body)
        self.free: int = 0 if directions is None else directions.shape[1]
        self.directions: Floats | None = directions
        self.layout: Pattern = flat.pattern(self.free)
        self.pattern: tuple[Ints, Ints] = (self.layout.indptr, self.layout.indices)
        self.size: int = self.layout.size
        self.lower: Floats = np.full(self.size, -np.inf)
        self.lower[: flat.slips][flat.bounded] = 0.0
        points, strands = len(flat.point_body), flat.strands
        self.world: Floats = np.zeros((points, 3))
        self.columns: Floats = np.zeros((points, 3, 3))
        self.force: Floats = np.zeros((points, 3))
        self.members: Ints = flat.strand_points  # without points of wraps that do not touch
        if flat.wraps is not None:
            self.members = flat.strand_points.copy()
            count = len(flat.wraps.surface)
            self.touching: NDArray[np.bool_] = np.zeros(count, bool)
            self.spread: Floats = np.zeros((count, 5))
        self.excess: Floats = np.zeros(strands)  # of arcs over their chords [m]
        self.length: Floats = np.zeros(strands)
        self.energies: Floats = np.zeros(strands)
        self.tension: Floats = np.zeros(strands)
        self.tangent: Floats = np.zeros(strands)
        self.data: Floats = np.zeros(len(self.layout.indices))
        bodies = len(self.pose.rotation)
        self.total: Floats = np.zeros((bodies, 3))
        self.dyad: Floats = np.zeros((bodies, 3, 3))
        self._jz = np.zeros((points, 3, self.free))
        self._wz = np.zeros((bodies, 3, self.free))
        self._at: Floats | None = None
        self._value = 0.0
        self._gradient = np.zeros(self.size)
        if q is not None:
            self.move(q)
        else:
            self._refresh_columns()

    def move(self, q: Floats) -> None:
        """Prescribe the posture (the free coordinates count from here)."""
        self.q0: Floats = np.array(q, float)
        self.pose.move(self.q0)
        self._refresh_columns()
        self._at = None

    def _refresh_columns(self) -> None:
        flat = self.flat
        kernels.world_columns(
            flat.point_body, flat.point_ndof, flat.point_basis, self.pose.rotation, self.columns
        )

    @property
    def block(self) -> Floats:
        """Position of each unknown in space (size, 3) [m], for the ordering of the factor."""
        where = np.zeros((self.size, 3))
        start = np.zeros(self.flat.slips)
        self._update_world(start)
        where[: self.flat.slips] = self.world[self.flat.slip_point]
        self._at = None
        return where

    def _update_world(self, slips: Floats) -> None:
        flat = self.flat
        kernels.world_points(
            flat.point_body, flat.point_local, flat.point_dof, flat.point_ndof,
            flat.point_basis, self.pose.rotation, self.pose.translation, slips, self.world,
        )  # fmt: skip
        if flat.wraps is not None and not wrap_kernels.wrap_strands(
            flat.wraps, flat.strand_points, self.pose.rotation, self.pose.translation, self.world,
            self.members, self.touching, self.spread, self.excess,
        ):  # fmt: skip
            raise NetworkError(
                "Expected a geodesic over every wrapping surface, got none for a strand; its line "
                "passes close to the centre of the surface. Give the surface a side."
            )

    def value_gradient(self, z: Floats) -> tuple[float, Floats]:
        """Potential [J] and its gradient [N] (skeleton part [N m])."""
        if self._at is not None and np.array_equal(z, self._at):
            return self._value, self._gradient.copy()
        flat = self.flat
        slips = np.ascontiguousarray(z[: flat.slips])
        if self.directions is not None:
            self.pose.move(self.q0 + self.directions @ z[flat.slips :])
            self._refresh_columns()
        self._update_world(slips)
        kernels.strand_lengths(flat.strand_start, self.members, self.world, self.length)
        self.length += self.excess
        flat.evaluate_laws(self.length, self.energies, self.tension, self.tangent)
        if self.idle > 0.0:
            slack = self.tension <= self.idle
            self.tension[slack] = self.tangent[slack] = 0.0
        kernels.point_forces(flat.strand_start, self.members, self.world, self.tension, self.force)
        self.force -= flat.loads
        value = self.energies.sum() + 0.5 * flat.tie @ slips**2 - np.vdot(flat.loads, self.world)
        gradient = np.empty(self.size)
        kernels.slip_gradient(
            flat.point_dof, flat.point_ndof, self.columns, self.force, flat.tie, slips,
            gradient[: flat.slips],
        )  # fmt: skip
        if self.directions is not None:
            gradient[flat.slips :] = self.directions.T @ self.skeleton_gradient()
            value += sum(term.energy(self.pose.q) for term in self.terms)
        self._at, self._value, self._gradient = z.copy(), float(value), gradient
        return self._value, gradient.copy()

    def skeleton_gradient(self, *, with_terms: bool = True) -> Floats:
        """dV/dq for every coordinate at the last evaluated state [N m or N]."""
        pose = self.pose
        assert pose.body is not None
        kernels.body_loads(self.flat.point_body, self.world, self.force, self.total, self.dyad)
        gradient = np.zeros(len(pose.q))
        skeleton.load_gradient(
            pose.body.tree, self.total, self.dyad, pose.axis, pose.origin, pose.rate, gradient
        )
        if with_terms:
            for term in self.terms:
                gradient = gradient + term.gradient(pose.q)
        return gradient

    def gradient_of(self, tension: Floats) -> Floats:
        """dV/dq of these tensions alone in the geometry of the last evaluated state [N m or N]."""
        kept, flat = self.force.copy(), self.flat
        kernels.point_forces(flat.strand_start, self.members, self.world, tension, self.force)
        gradient = self.skeleton_gradient(with_terms=False)
        self.force[:] = kept
        return gradient

    def hessian(self, z: Floats) -> Floats:
        """Exact Hessian on the fixed pattern; slack strands contribute nothing."""
        self.value_gradient(z)
        flat, layout = self.flat, self.layout
        if self.directions is not None:
            jacobian = self.pose.points_jacobian(flat.point_body, self.world)
            self._jz = np.ascontiguousarray(jacobian @ self.directions)
            self._wz = np.ascontiguousarray(self.pose.angular_jacobian() @ self.directions)
        kernels.strand_hessian(
            flat.strand_start, self.members, layout.strands, flat.point_ndof, self.world,
            self.columns, self._jz, self.tension, self.tangent, flat.tie, self.data,
        )  # fmt: skip
        if flat.wraps is not None:
            wrap_kernels.add_wrap_hessian(
                flat.wraps, flat.strand_points, layout.strands, flat.point_ndof,
                wrap_kernels.Moving(
                    self.pose.rotation, self.pose.translation, self.world, self.columns, self._jz,
                    self._wz,
                ),
                self.touching, self.spread, self.tension, self.data,
            )  # fmt: skip
        if self.directions is not None:
            kernels.turning_hessian(
                flat.point_body, flat.point_dof, flat.point_ndof, self.columns, self._wz,
                self.force, layout.border, self.data,
            )  # fmt: skip
            self.data[layout.skeleton_block.ravel()] += self._skeleton_hessian().ravel()
        return self.data

    def _skeleton_hessian(self) -> Floats:
        pose = self.pose
        assert pose.body is not None and self.directions is not None
        kernels.body_loads(self.flat.point_body, self.world, self.force, self.total, self.dyad)
        hessian = np.zeros((len(pose.q), len(pose.q)))
        skeleton.load_hessian(
            pose.body.tree, self.total, self.dyad,
            pose.axis, pose.origin, pose.rate, pose.rate2, hessian,
        )  # fmt: skip
        for term in self.terms:
            hessian = hessian + term.hessian(pose.q)
        return self.directions.T @ hessian @ self.directions

    def scatter(self) -> float:
        """Error of the potential from rounding of the positions at this state [J].

        A length is a difference of coordinates that are large compared with the stretch. The
        energy of each strand therefore scatters by tension times the last digit of a coordinate.
        """
        pull = float(self.tension.sum()) + float(np.abs(self.flat.loads).sum())
        return float(np.finfo(float).eps) * pull * float(np.abs(self.world).max(initial=0.0))

    def largest_force(self) -> float:
        """Largest strand tension or dead load at the last evaluated state [N]."""
        loads = float(np.abs(self.flat.loads).max(initial=0.0))
        return max(float(self.tension.max(initial=0.0)), loads)
