"""Following equilibria under a growing load, and points at which the Hessian is singular."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi._continuation import Follower, Point, correct
from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError
from panjabi.results import Result, ShortRepr, frame
from panjabi.spine.loads import Load
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import external_loads, passive_view
from panjabi.stability.algebra import border, definite, largest_mode, null_vector, root, solve

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

ANGLE_LIMIT = 2.0  # largest rotation of a level on a path [rad]


@dataclass(frozen=True, eq=False, repr=False)
class LoadPath(Result):
    """Equilibria in their order along a path."""

    column: Spine
    load: Floats  # (m,) factor of the pattern
    z: Floats  # (m, n) [rad]
    stable: NDArray[np.bool_]  # (m,) whether the Hessian is positive definite
    residual: float  # largest unbalanced moment on it [N m]
    reached: bool  # whether the target load was reached
    failure: tuple[str, ...] = ()  # moments beyond failure that ended the path, in words

    def angles(self, axis: str) -> Floats:
        """Angle of every level about an axis along the path, (m, levels) [rad]."""
        from panjabi.spine.levels import AXES

        return np.array([passive_view(self.column).angles(z)[:, AXES.index(axis)] for z in self.z])

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Loads on units beyond the published tests at the last equilibrium, as sentences."""
        return passive_view(self.column).outside_evidence(self.z[-1])

    def to_dict(self) -> dict[str, Any]:
        """Load and angles of every level about every axis, along the path."""
        from panjabi.spine.levels import AXES

        turned = {axis: np.degrees(self.angles(axis)) for axis in AXES}
        return {
            "reached": self.reached,
            "failure": list(self.failure),
            "outside_evidence": list(self.outside_evidence),
            "load_N": self.load.tolist(),
            "angles_deg": {
                level: {axis: turned[axis][:, i].tolist() for axis in AXES}
                for i, level in enumerate(passive_view(self.column).levels)
            },
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each equilibrium: load, stability, and an angle for each level and axis."""
        angles = {
            f"{level} {axis} [deg]": values
            for level, axes in self.to_dict()["angles_deg"].items()
            for axis, values in axes.items()
        }
        return frame({"load_N": self.load, "stable": self.stable, **angles})


@dataclass(frozen=True, eq=False, repr=False)
class Singular(ShortRepr):
    """A point of a path where the Hessian is singular."""

    factor: float
    z: Floats  # (n,) [rad]
    mode: Floats  # (n,) unit null vector
    limit: bool  # True: the load is at its maximum; False: another path branches off


class EquilibriumCurve:
    """Equilibria under a growing load as a curve in (z, factor / scale); see `_continuation`.

    `scale` is the load that is equivalent to 1 rad in the arc length.
    """

    def __init__(
        self, column: Spine, pattern: Iterable[Load], loads: Iterable[Load], scale: float = 1.0
    ) -> None:
        self.column, self.passive = column, passive_view(column)
        self.pattern, constant = external_loads(column, pattern), tuple(loads)
        self.constant = external_loads(column, constant) if constant else None
        self.scale, self.reached = scale, 0.0
        self.failure: tuple[str, ...] = ()

    def equations(self, x: Floats) -> tuple[Floats, Floats]:
        """Residual moments (n,), and their derivative with respect to x, (n, n + 1)."""
        z, factor = x[:-1], self.scale * x[-1]
        rest = self.passive.potential(z, self.constant)
        grown = self.pattern.potential(z)
        r = rest.gradient + factor * grown.gradient
        H = rest.hessian + factor * grown.hessian
        return r, np.column_stack([H, self.scale * grown.gradient])

    def start(self, z: Floats) -> tuple[Floats, Floats]:
        """The point of an equilibrium z without the growing load, and the path's direction."""
        x = np.append(z, 0.0)
        J = self.equations(x)[1]
        along = np.append(solve(J[:, :-1], -J[:, -1]), 1.0)
        return x, along / np.linalg.norm(along)

    def first_singular(self, z: Floats, largest: float) -> Singular | None:
        """First point on the path from factor 0 at which the Hessian is singular, or None.

        If there is none, `reached` is the largest load factor of the path. The path ends where a
        functional spinal unit fails; `failure` then has the moment in words.
        """
        self.scale = 1.0
        self.scale = _first_guess(self.equations(np.append(z, 0.0))[1][:, :-1], self, z, largest)
        follower = self._follower(*self.start(z), step=0.1, longest=0.5, grow=1.6)
        low = Point(follower.x, self.equations(follower.x)[1], 0)
        while self.scale * low.x[-1] < largest and float(np.abs(low.x[:-1]).max()) < ANGLE_LIMIT:
            t, step = follower.tangent, follower.step
            point = follower.advance()
            if point is None:
                continue
            unstable = not definite(point.jacobian[:, :-1])
            singular = self._locate(low, point, t, step) if unstable else None
            self.failure = self.passive.beyond_failure(singular.z if singular else point.x[:-1])
            if self.failure:
                break
            if singular:
                return singular
            low = point
        self.reached = self.scale * float(low.x[-1])
        return None

    def _follower(
        self, x: Floats, t: Floats, *, step: float, longest: float, grow: float = 1.5
    ) -> Follower:
        return Follower(
            self.equations, x, t, step=step, longest=longest, grow=grow, lost=self._lost
        )

    def _locate(self, low: Point, high: Point, t: Floats, step: float) -> Singular:
        """The first singular point between a stable point and an unstable point, `step` apart.

        The bracket is narrowed until the mode that loses stability is identified. Brent's method
        then finds the zero of the function g of `border`, which is smooth there.
        """
        origin, a, b = low.x, 0.0, step

        def at(s: float) -> Point:
            part = (s - a) / (b - a) if b > a else 0.0
            x = low.x + part * (high.x - low.x)
            # Correct within the plane normal to the tangent at distance s: the path meets it once.
            point = correct(self.equations, x - (t @ (x - origin) - s) * t, t)
            if point is None:
                raise self._lost(low.x)
            return point

        def hessian(point: Point) -> Floats:
            return point.jacobian[:, :-1]

        v = np.ones(len(t) - 1)
        while b - a > 1e-12 * step:
            # The mode that loses stability first if the Hessian changes linearly from low to high.
            change, v = largest_mode(hessian(low) - hessian(high), hessian(low))
            if border(hessian(low), v)[1] * border(hessian(high), v)[1] < 0.0:
                s = root(lambda s, v=v: border(hessian(at(s)), v)[1], a, b)
                break
            s = a + (b - a) * min(max(1.0 / change if change > 1.0 else 0.5, 0.1), 0.9)
            point = at(s)
            if definite(hessian(point)):
                a, low = s, point
            else:
                b, high = s, point
        else:
            s = b
        point = at(s)
        mode, rate = null_vector(hessian(point), v), point.jacobian[:, -1]
        # At a limit load the load does work on the mode; at a bifurcation it does not.
        limit = abs(float(mode @ rate)) > 1e-6 * max(float(np.linalg.norm(rate)), 1e-300)
        return Singular(self.scale * float(point.x[-1]), point.x[:-1], mode, limit)

    def walk(self, x: Floats, t: Floats, *, target: float, step: float, points: int) -> LoadPath:
        """Up to `points` equilibria along the direction t, up to the target factor.

        The path ends before a functional spinal unit fails.
        """
        r, J = self.equations(x)
        worst, equilibria, stable = float(np.abs(r).max()), [x], [definite(J[:, :-1])]
        follower = self._follower(x, t, step=step, longest=2.0 * step)
        reached, end, failure = False, target / self.scale, ()
        while (
            len(equilibria) < points and float(np.abs(x[:-1]).max()) < ANGLE_LIMIT and not reached
        ):
            point = follower.advance()
            if point is None:
                continue
            if (point.x[-1] - end) * (x[-1] - end) <= 0.0 and point.x[-1] != x[-1]:
                guess = x + (end - x[-1]) / (point.x[-1] - x[-1]) * (point.x - x)
                guess[-1] = end
                last = correct(self.equations, guess, np.eye(len(x))[-1])
                reached, point = last is not None, last or point
            failure = self.passive.beyond_failure(point.x[:-1])
            if failure:
                reached = False
                break
            x = point.x
            worst = max(worst, float(np.abs(self.equations(x)[0]).max()))
            equilibria.append(x)
            stable.append(definite(point.jacobian[:, :-1]))
        x = np.array(equilibria)
        return LoadPath(
            self.column,
            self.scale * x[:, -1],
            x[:, :-1],
            np.array(stable),
            worst,
            reached,
            failure,
        )

    def _lost(self, x: Floats) -> ConvergenceError:
        return ConvergenceError(
            f"Expected a next equilibrium on the path of the {self.passive.name}, got "
            f"none beyond load factor {self.scale * x[-1]:.6g}, even for the smallest step; use a "
            "smaller step or a smoother joint law."
        )


def _first_guess(H: Floats, curve: EquilibriumCurve, z: Floats, largest: float) -> float:
    """A load equivalent to 1 rad: the linearised critical load, or the load that bends by 1 rad."""
    push = curve.pattern.potential(z)
    top, _ = largest_mode(-push.hessian, H)  # an approximate eigenvalue is enough
    if top > 1.0 / largest:
        return 1.0 / top
    bend = float(np.abs(np.linalg.solve(H, push.gradient)).max())
    return min(largest, 1.0 / bend) if bend > 0.0 else largest
