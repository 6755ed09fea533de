"""Equations of motion of a body: M(q) q'' + c(q, q') + g(q) = generalised forces.

>>> lumbar = Dynamics(body, free=coordinates_between(body, "sacrum", "T12"))
>>> qdd = lumbar.forward(q, qd, forces)                     # [rad/s2]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi._compiling import announce_compilation
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.mechanism import (
    DynamicsWorkspace,
    Mechanism,
    Reduction,
    dynamics_workspace,
    reduction,
)
from panjabi.body.tree import Floats
from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.body.reduced import ReducedTree


def coordinates_between(body: Body, base: str, tip: str) -> tuple[str, ...]:
    """Names of the coordinates that move `tip` relative to `base`, in tree order."""
    parent, first = body.tree.parent, body.tree.first
    paths: list[set[int]] = []
    for name in (base, tip):
        b = body.body_index(name)
        path: set[int] = set()
        while b > 0:
            path.add(b)
            b = int(parent[b])
        paths.append(path)
    between = sorted(paths[0] ^ paths[1])
    dofs = [e for b in between for e in range(first[b], first[b + 1])]
    names = dict.fromkeys(body.coordinates[int(body.tree.coordinate[e])] for e in dofs)
    if not names:
        raise ParameterError(
            f"Expected two bodies with a joint between them, got {base!r} and {tip!r}; name two "
            "different bodies, for example 'sacrum' and 'T12'."
        )
    return tuple(names)


@dataclass(frozen=True, eq=False)
class Momentum:
    """Linear and angular momentum of a body."""

    linear: Floats  # (3,) [N s]
    angular: Floats  # (3,) about the centre of mass [N m s]
    centre: Floats  # (3,) centre of mass in the world [m]

    def about(self, point: ArrayLike) -> Floats:
        """Angular momentum (3,) about a world point [N m s]."""
        return self.angular + np.cross(self.centre - np.asarray(point, float), self.linear)


@dataclass(frozen=True, eq=False, repr=False)
class DynamicsDerivatives(ShortRepr):
    """Inverse dynamics and its exact derivatives at a state; rows are forces.

    For motion near the state: mass dq'' + by_qd dq' + by_q dq = d(generalised forces).
    """

    forces: Floats  # (n,) generalised forces of inverse dynamics [N m; N]
    mass: Floats  # (n, n) derivative in q''
    by_q: Floats  # (n, n) derivative in q
    by_qd: Floats  # (n, n) derivative in q'

    def accelerations(self) -> tuple[Floats, Floats]:
        """Derivatives (n, n) of q'' in q and in q' at constant generalised forces [1/s2; 1/s]."""
        both = np.linalg.solve(self.mass, np.hstack([self.by_q, self.by_qd]))
        by_q, by_qd = np.hsplit(-both.astype(np.float64), 2)
        return by_q, by_qd


@dataclass(frozen=True, eq=False, repr=False)
class Dynamics:
    """Motion of a body with some free coordinates; the other coordinates are fixed.

    Coordinates q (n,), rates qd and accelerations qdd are those of `free`, in that order, in rad
    and m. Generalised forces are in N m and N, positive in the direction of the coordinate. Fixed
    coordinates have the values of `at`. If the six coordinates of the pelvis are free, the body
    floats; else the pelvis is fixed in the world. A ball joint, as at every level of the spine, is
    three successive rotations, each about an axis that moves with the rotations before it. It is
    singular where the first and third axis coincide, at 90 degrees of the second rotation.

    Raises
    ------
    UnknownNameError
        For a coordinate that does not exist.
    ParameterError
        For a coordinate named twice, or numbers that are not finite or of another shape.
    """

    body: Body
    free: Sequence[str] = ()  # names; default: every coordinate
    at: ArrayLike | None = None  # (nq,) all coordinates of the body; default: upright standing
    gravity: ArrayLike = (0.0, -STANDARD_GRAVITY, 0.0)  # (3,) acceleration of free fall [m/s2]
    held: Floats = field(init=False)  # (nq,) copy of `at` as an array

    def __post_init__(self) -> None:
        names = tuple(self.free) or self.body.coordinates
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ParameterError(
                f"Expected each free coordinate once, got {', '.join(twice)} more than once; name "
                "it once."
            )
        for name in names:
            self.body.coordinate_index(name)
        held = self.body.zero() if self.at is None else self.body.checked(self.at).copy()
        object.__setattr__(self, "free", names)
        object.__setattr__(self, "held", held)
        object.__setattr__(self, "gravity", _numbers("gravity", self.gravity, 3))

    def __repr__(self) -> str:
        return (
            f"<Dynamics of {len(self.free)} free coordinates: {len(self.mechanism.mass) - 1} "
            f"rigid bodies, {self.mechanism.mass[1:].sum():.4g} kg of them moving>"
        )

    # --- names and coordinates --------------------------------------------------------------

    @cached_property
    def _index(self) -> list[int]:
        return [self.body.coordinate_index(name) for name in self.free]

    @cached_property
    def _reduction(self) -> Reduction:
        return reduction(self.body, self._index, self.held)

    @property
    def mechanism(self) -> Mechanism:
        """Flat arrays for the kernels."""
        return self._reduction.mechanism

    @property
    def carriers(self) -> ReducedTree:
        """The rigid bodies of `mechanism`, and the place of each body of the person on them."""
        return self._reduction.carriers

    def workspace(self) -> DynamicsWorkspace:
        """New work arrays for the kernels; each thread needs its own."""
        return dynamics_workspace(self.mechanism, len(self.free))

    def whole(self, q: ArrayLike) -> Floats:
        """All coordinates of the body (nq,): `held` with the free ones replaced by q (n,)."""
        full = self.held.copy()
        full[self._index] = self._checked("q", q)
        return full

    def part(self, whole: ArrayLike) -> Floats:
        """The free coordinates (n,) out of all coordinates of the body (nq,)."""
        return self.body.checked(whole)[self._index]

    # --- equations of motion ------------------------------------------------------------------

    def mass_matrix(self, q: ArrayLike) -> Floats:
        """M(q), (n, n) [kg m2; kg m; kg]."""
        from panjabi.body.dynamics_kernels import mass_matrix

        work = self._placed(q)
        mass_matrix(self.mechanism, work, work.M)
        return work.M

    def bias(self, q: ArrayLike, qd: ArrayLike) -> Floats:
        """c(q, qd), (n,) [N m; N]: centrifugal and Coriolis forces, coupled dofs included."""
        return self._inverse(q, qd, np.zeros(len(self.free)), np.zeros(3))

    def weight(self, q: ArrayLike) -> Floats:
        """g(q), (n,) [N m; N]: gradient of the energy of the weight."""
        still = np.zeros(len(self.free))
        return self._inverse(q, still, still, self._gravity)

    def inverse(self, q: ArrayLike, qd: ArrayLike, qdd: ArrayLike) -> Floats:
        """Generalised forces (n,) [N m; N] that give the accelerations qdd."""
        return self._inverse(q, qd, qdd, self._gravity)

    def forward(self, q: ArrayLike, qd: ArrayLike, forces: ArrayLike) -> Floats:
        """Accelerations (n,) [rad/s2; m/s2] under generalised forces (n,).

        Raises
        ------
        ParameterError
            If a coordinate moves no mass.
        """
        from panjabi.body.articulated_kernels import forward_dynamics
        from panjabi.body.dynamics_kernels import SOLVED

        announce_compilation()
        q, qd = self._checked("q", q), self._checked("qd", qd)
        forces = self._checked("forces", forces)
        qdd = np.empty(len(self.free))
        work = self.workspace()
        status = forward_dynamics(self.mechanism, q, qd, forces, self._gravity, work, qdd)
        if status != SOLVED:
            raise ParameterError(
                f"Expected free coordinates that move a mass, got {self.free[status]}, which moves "
                "no mass at this q; take it out of `free` or give its body a mass."
            )
        return qdd

    def driven(
        self, q: ArrayLike, qd: ArrayLike, forces: ArrayLike, prescribed: Mapping[str, float]
    ) -> tuple[Floats, Floats]:
        """Accelerations (n,) and generalised forces (n,) if some coordinates are driven.

        prescribed : accelerations of free coordinates by name [rad/s2; m/s2], for example of a seat
        that tilts. Their entries in `forces` are not used; the result has the forces that drive
        them.
        """
        for name in prescribed:
            if name not in self.free:
                raise unknown("free coordinate", name, self.free)
        bias = self.inverse(q, qd, np.zeros(len(self.free)))
        M, forces = self.mass_matrix(q), self._checked("forces", forces).copy()
        driven = np.array([name in prescribed for name in self.free])
        values = [prescribed.get(name, 0.0) for name in self.free]
        qdd = self._checked("prescribed accelerations", values).copy()
        remaining = forces[~driven] - bias[~driven] - M[np.ix_(~driven, driven)] @ qdd[driven]
        qdd[~driven] = np.linalg.solve(M[np.ix_(~driven, ~driven)], remaining)
        forces[driven] = M[driven] @ qdd + bias[driven]
        return qdd, forces

    def linearised(self, q: ArrayLike, qd: ArrayLike, qdd: ArrayLike) -> DynamicsDerivatives:
        """Inverse dynamics with exact derivatives in q, qd and qdd."""
        from panjabi.body.dynamics_derivatives import inverse_dynamics_derivatives

        n = len(self.free)
        q, qd = self._checked("q", q), self._checked("qd", qd)
        qdd = self._checked("qdd", qdd)
        work = self._placed(q)
        derivatives = DynamicsDerivatives(
            np.empty(n), np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
        )
        inverse_dynamics_derivatives(
            self.mechanism,
            q,
            qd,
            qdd,
            self._gravity,
            work,
            derivatives.forces,
            derivatives.by_q,
            derivatives.by_qd,
            derivatives.mass,
        )
        return derivatives

    # --- energy and momentum -------------------------------------------------------------------

    def kinetic_energy(self, q: ArrayLike, qd: ArrayLike) -> float:
        """[J]"""
        return self._momentum(q, qd)[0]

    def potential_energy(self, q: ArrayLike) -> float:
        """Energy of the weight of the whole body [J], zero at the origin of the world."""
        return float(-self.body.total_mass * self._gravity @ self.centre_of_mass(q))

    def momentum(self, q: ArrayLike, qd: ArrayLike) -> Momentum:
        """Linear momentum, and angular momentum about the centre of mass."""
        _, total, work = self._momentum(q, qd)
        centre = self._centre(work)
        linear = total[3:].copy()
        angular = total[:3] - np.cross(centre - work.reference, linear)
        return Momentum(linear, angular, centre)

    def centre_of_mass(self, q: ArrayLike) -> Floats:
        """World centre of mass (3,) of the whole body, fixed parts included [m]."""
        return self._centre(self._placed(q))

    def centre_jacobian(self, q: ArrayLike) -> Floats:
        """Derivative (3, n) of the centre of mass of the whole body [m/rad; m/m]."""
        from panjabi.body.dynamics_derivatives import centre_jacobian

        J = np.empty((3, len(self.free)))
        centre_jacobian(self.mechanism, self._placed(q), J)
        return J

    # --- points --------------------------------------------------------------------------------

    def carried(self, body: str, local: ArrayLike) -> tuple[int, Floats]:
        """Rigid body of `mechanism` that carries a point, and the point in its frame (3,) [m]."""
        b, point = self.body.attachment(body, local)
        return self.carriers.point(b, point)

    def point(self, q: ArrayLike, body: str, local: ArrayLike) -> Floats:
        """World position (3,) [m] of a point of a body or frame."""
        return self._world(self._placed(q), body, local)[1]

    def jacobian(self, q: ArrayLike, body: str, local: ArrayLike) -> Floats:
        """Exact d(world position)/dq, (3, n) [m/rad; m/m]."""
        from panjabi.body.kernels import points_jacobian

        work = self._placed(q)
        b, point = self._world(work, body, local)
        J = np.empty((1, 3, len(self.free)))
        points_jacobian(
            self.mechanism.tree,
            np.array([b]),
            point[None],
            work.axis,
            work.origin,
            work.rate,
            J,
        )
        return J[0]

    def angular_velocity(
        self, q: ArrayLike, qd: ArrayLike, body: str
    ) -> tuple[Floats, Floats, Floats]:
        """Angular velocity (3,) [rad/s] of a body in the world, and its slopes in q, qd (3, n)."""
        from panjabi.body.rotation_kernels import angular_velocity, angular_velocity_slopes

        work, n = self._placed(q), len(self.free)
        qd, tree = self._checked("qd", qd), self.mechanism.tree
        b, _ = self.carried(body, np.zeros(3))
        omega, by_q, by_qd = np.empty(3), np.empty((3, n)), np.empty((3, n))
        angular_velocity(tree, work.axis, work.rate, b, qd, omega)
        angular_velocity_slopes(tree, work.axis, work.rate, work.rate2, b, qd, by_q, by_qd)
        return omega, by_q, by_qd

    def second_derivatives(self, q: ArrayLike, body: str, local: ArrayLike) -> Floats:
        """Exact d2(world position)/dq2, (3, n, n) [m/rad2], symmetric in the last two."""
        from panjabi.body.dynamics_derivatives import point_second_derivatives

        n = len(self.free)
        work = self._placed(q)
        b, point = self._world(work, body, local)
        D = np.empty((3, n, n))
        tree = self.mechanism.tree
        point_second_derivatives(tree, b, point, work.axis, work.origin, work.rate, work.rate2, D)
        return D

    def jacobian_rate(self, q: ArrayLike, qd: ArrayLike, body: str, local: ArrayLike) -> Floats:
        """Time derivative (3, n) of a point's Jacobian at the rates qd [m/(rad s)]."""
        return self.second_derivatives(q, body, local) @ self._checked("qd", qd)

    def point_acceleration(
        self, q: ArrayLike, qd: ArrayLike, qdd: ArrayLike, body: str, local: ArrayLike
    ) -> Floats:
        """World acceleration (3,) [m/s2] of a point: J qdd + (dJ/dt) qd, without gravity."""
        from panjabi.body.dynamics_kernels import move

        work = self._placed(q)
        b, point = self._world(work, body, local)
        qd, qdd = self._checked("qd", qd), self._checked("qdd", qdd)
        move(self.mechanism, qd, qdd, np.zeros(3), work)
        arm = point - work.reference
        w, u = work.velocity[b, :3], work.velocity[b, 3:]
        turning, linear = work.acceleration[b, :3], work.acceleration[b, 3:]
        return linear + np.cross(turning, arm) + np.cross(w, u + np.cross(w, arm))

    # --- inside --------------------------------------------------------------------------------

    @property
    def _gravity(self) -> Floats:
        return self.gravity  # type: ignore[return-value]  # an array since __post_init__

    def _checked(self, what: str, values: ArrayLike) -> Floats:
        return _numbers(what, values, len(self.free))

    def _placed(self, q: ArrayLike) -> DynamicsWorkspace:
        from panjabi.body.dynamics_kernels import place

        announce_compilation()
        work = self.workspace()
        place(self.mechanism, self._checked("q", q), work)
        return work

    def _inverse(self, q: ArrayLike, qd: ArrayLike, qdd: ArrayLike, gravity: Floats) -> Floats:
        from panjabi.body.dynamics_kernels import inverse_dynamics

        work, forces = self._placed(q), np.empty(len(self.free))
        qd, qdd = self._checked("qd", qd), self._checked("qdd", qdd)
        inverse_dynamics(self.mechanism, qd, qdd, gravity, work, forces)
        return forces

    def _momentum(self, q: ArrayLike, qd: ArrayLike) -> tuple[float, Floats, DynamicsWorkspace]:
        from panjabi.body.dynamics_derivatives import momentum
        from panjabi.body.dynamics_kernels import move

        work, total, still = self._placed(q), np.empty(6), np.zeros(len(self.free))
        move(self.mechanism, self._checked("qd", qd), still, np.zeros(3), work)
        return momentum(self.mechanism, work, total), total, work

    def _centre(self, work: DynamicsWorkspace) -> Floats:
        return work.reference + work.inertia[:, 1:4].sum(axis=0) / self.mechanism.mass.sum()

    def _world(self, work: DynamicsWorkspace, body: str, local: ArrayLike) -> tuple[int, Floats]:
        """Carrier and world position of a point of a body or frame."""
        carrier, inside = self.carried(body, local)
        return carrier, work.R[carrier] @ inside + work.t[carrier]


def _numbers(what: str, values: ArrayLike, n: int) -> Floats:
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty(0)
    finite = bool(np.isfinite(array).all())
    if array.shape != (n,) or not finite:
        each = "axis of the world" if what == "gravity" else "free coordinate, in their order"
        raise ParameterError(
            f"Expected {n} finite numbers for {what}, got {type(values).__name__} of shape "
            f"{array.shape}{'' if finite else ', not all of it finite'}; give one number for each "
            f"{each}."
        )
    return array
