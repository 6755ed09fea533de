"""Walking along equilibria, and where on the way a Hessian is singular."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError
from panjabi.results import Result, frame
from panjabi.spine.column_model import Column
from panjabi.spine.loads import Load
from panjabi.stability.algebra import border, definite, largest_mode, null_vector, root

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports]

CORRECTIONS = 12  # Newton steps allowed to come back onto the path
SHORTEST = 1e-7  # of the first step; below it the path is lost
ANGLE_LIMIT = 2.0  # no level turns further than this [rad]


@dataclass(frozen=True, eq=False, repr=False)
class LoadPath(Result):
    """Equilibria in the order they were met."""

    column: Column
    load: Floats  # (m,) factor of the pattern
    z: Floats  # (m, n) [rad]
    stable: NDArray[np.bool_]  # (m,) whether the Hessian is positive definite
    residual: float  # largest unbalanced moment on it [N m]
    reached: bool  # whether the asked load was reached

    def angles(self, axis: str) -> Floats:
        """Angle of every level about one axis along the path, (m, levels) [rad]."""
        from panjabi.spine.levels import AXES

        return np.array([self.column.angles(z)[:, AXES.index(axis)] for z in self.z])

    def to_dict(self) -> dict[str, Any]:
        """Loads of the path and the angles of every level about every axis along it."""
        from panjabi.spine.levels import AXES

        turned = {axis: np.degrees(self.angles(axis)) for axis in AXES}
        return {
            "reached": self.reached,
            "load_N": self.load.tolist(),
            "angles_deg": {
                level: {axis: turned[axis][:, i].tolist() for axis in AXES}
                for i, level in enumerate(self.column.levels)
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


@dataclass(frozen=True, eq=False)
class Singular:
    """A point of a path where the Hessian is singular."""

    factor: float
    z: Floats  # (n,) [rad]
    mode: Floats  # (n,) unit null vector
    limit: bool  # the load has its maximum here; otherwise another path branches off


Point = tuple[Floats, float, Floats]  # shape, factor, Hessian


class Tracer:
    """Walks along equilibria: residual, tangent, predictor, corrector."""

    def __init__(self, column: Column, pattern: Iterable[Load], loads: Iterable[Load]) -> None:
        self.column, self.pattern, self.loads = column, tuple(pattern), tuple(loads)
        self.reached = 0.0

    def at(self, z: Floats, factor: float) -> tuple[Floats, Floats, Floats]:
        """Residual moments (n,), Hessian (n, n) and the residual's rate with the factor (n,)."""
        joints = self.column.joint_potential(z)
        grown = self.column.load_potential(z, self.pattern)
        r = joints.gradient + factor * grown.gradient
        H = joints.hessian + factor * grown.hessian
        if self.loads:
            fixed = self.column.load_potential(z, self.loads)
            r, H = r + fixed.gradient, H + fixed.hessian
        return r, H, grown.gradient

    def correct(
        self, z: Floats, factor: float, tangent: Floats, scale: float
    ) -> tuple[Floats, float, Floats, Floats, int] | None:
        """The path's point in the plane across the tangent; None when Newton does not get there.

        `scale` is the load that counts as much as one radian. Returns z, factor, Hessian, load
        rate and the number of corrections.
        """
        n = len(z)
        start_z, start_factor = z, factor
        border = np.empty((n + 1, n + 1))
        border[n] = tangent
        previous = np.inf
        for count in range(CORRECTIONS):
            r, H, rate = self.at(z, factor)
            off = tangent[:n] @ (z - start_z) + tangent[n] * (factor - start_factor) / scale
            size = float(np.abs(r).max())
            largest = 1e-11 * max(1.0, float(np.abs(H).max()))
            if size <= largest and abs(off) <= 1e-10:
                return z, factor, H, rate, count
            if not np.isfinite(size) or (count > 2 and size > 10.0 * previous):
                return None
            previous = size
            border[:n, :n] = H
            border[:n, n] = rate * scale
            try:
                step = np.linalg.solve(border, -np.append(r, off))
            except np.linalg.LinAlgError:
                return None
            if float(np.abs(step[:n]).max()) > 0.5:
                return None
            z, factor = z + step[:n], factor + scale * step[n]
        return None

    @staticmethod
    def tangent(H: Floats, rate: Floats, scale: float, along: Floats) -> Floats:
        """Unit direction of the path where (H, rate) is its linearisation, on the side of along."""
        n = len(H)
        border = np.empty((n + 1, n + 1))
        border[:n, :n], border[:n, n], border[n] = H, rate * scale, along
        t = np.linalg.solve(border, np.append(np.zeros(n), 1.0))
        return t / np.linalg.norm(t)

    def first_singular(self, z: Floats, largest: float) -> Singular | None:
        """Where the Hessian is first singular on the path from factor 0; None if nowhere.

        `reached` tells how far the path went when nothing was found.
        """
        _, H, rate = self.at(z, 0.0)
        n = len(z)
        scale = _first_guess(H, self, z, largest)
        along = np.append(np.linalg.solve(H, -rate) * scale, 1.0)
        t = along / np.linalg.norm(along)
        factor, step = 0.0, 0.1
        short = SHORTEST * step
        while factor < largest and float(np.abs(z).max()) < ANGLE_LIMIT:
            there = self.correct(z + step * t[:n], factor + step * t[n] * scale, t, scale)
            if there is None:
                step *= 0.5
                if step < short:
                    raise _lost(self.column, factor)
                continue
            z1, factor1, H1, rate1, count = there
            if not definite(H1):
                return self._locate((z, factor, H), (z1, factor1, H1), t, scale, step)
            t = self.tangent(H1, rate1, scale, t)
            z, factor, H = z1, factor1, H1
            step = min(step * (1.6 if count <= 4 else 0.7), 0.5)
        self.reached = factor
        return None

    def _locate(self, low: Point, high: Point, t: Floats, scale: float, step: float) -> Singular:
        """The first singular point between a stable point and one `step` on that is not.

        Narrows the bracket until the mode that is lost is known, then closes in on the zero of
        the function g of `_border`, which is smooth there, by Brent's method.
        """
        n = len(t) - 1
        origin_z, origin_factor, _ = low
        a, b = 0.0, step

        def at(s: float) -> tuple[Floats, float, Floats, Floats]:
            share = (s - a) / (b - a) if b > a else 0.0
            z = low[0] + share * (high[0] - low[0])
            factor = low[1] + share * (high[1] - low[1])
            # Back into the plane across the tangent at distance s, where the path meets it once.
            off = t[:n] @ (z - origin_z) + t[n] * (factor - origin_factor) / scale - s
            z, factor = z - off * t[:n], factor - off * t[n] * scale
            there = self.correct(z, factor, t, scale)
            if there is None:
                raise _lost(self.column, low[1])
            return there[:4]

        v = np.ones(n)
        while b - a > 1e-12 * step:
            # The mode that a Hessian changing in proportion from low to high would lose first.
            change, v = largest_mode(low[2] - high[2], low[2])
            if border(low[2], v)[1] * border(high[2], v)[1] < 0.0:
                s = root(lambda s, v=v: border(at(s)[2], v)[1], a, b)
                break
            s = a + (b - a) * min(max(1.0 / change if change > 1.0 else 0.5, 0.1), 0.9)
            z, factor, H, _ = at(s)
            if definite(H):
                a, low = s, (z, factor, H)
            else:
                b, high = s, (z, factor, H)
        else:
            s = b
        z, factor, H, rate = at(s)
        mode = null_vector(H, v)
        # A limit load works on its mode; the load of a bifurcation does not.
        limit = abs(float(mode @ rate)) > 1e-6 * max(float(np.linalg.norm(rate)), 1e-300)
        return Singular(factor, z, mode, limit)

    def walk(
        self,
        z: Floats,
        factor: float,
        t: Floats,
        scale: float,
        *,
        target: float,
        step: float,
        points: int,
    ) -> LoadPath:
        """Up to `points` equilibria along the direction t, until the target factor is passed."""
        n = len(z)
        r, H, _ = self.at(z, factor)
        worst = float(np.abs(r).max())
        shapes, factors, stable = [z], [factor], [definite(H)]
        short, reached = SHORTEST * step, False
        longest = 2.0 * step
        while len(shapes) < points and float(np.abs(z).max()) < ANGLE_LIMIT:
            there = self.correct(z + step * t[:n], factor + step * t[n] * scale, t, scale)
            if there is None:
                step *= 0.5
                if step < short:
                    raise _lost(self.column, factor)
                continue
            z1, factor1, H, rate, count = there
            if (factor1 - target) * (factor - target) <= 0.0 and factor1 != factor:
                share = (target - factor) / (factor1 - factor)
                fixed = np.append(np.zeros(n), 1.0)
                end = self.correct(z + share * (z1 - z), target, fixed, scale)
                if end is not None:
                    z1, factor1, H, rate, _ = end
                    reached = True
            t = self.tangent(H, rate, scale, t)
            z, factor = z1, factor1
            worst = max(worst, float(np.abs(self.at(z, factor)[0]).max()))
            shapes.append(z)
            factors.append(factor)
            stable.append(definite(H))
            if reached:
                break
            step = min(step * (1.5 if count <= 4 else 0.7), longest)
        return LoadPath(
            self.column, np.array(factors), np.array(shapes), np.array(stable), worst, reached
        )


def _first_guess(H: Floats, tracer: Tracer, z: Floats, largest: float) -> float:
    """A load that counts as one radian: the linearised critical load, or what bends by 1 rad."""
    push = tracer.column.load_potential(z, tracer.pattern)
    top, _ = largest_mode(-push.hessian, H)  # a rough eigenvalue will do
    if top > 1.0 / largest:
        return 1.0 / top
    bend = float(np.abs(np.linalg.solve(H, push.gradient)).max())
    return min(largest, 1.0 / bend) if bend > 0.0 else largest


def _lost(column: Column, factor: float) -> ConvergenceError:
    return ConvergenceError(
        f"the path of the {column.name} column was lost at load factor {factor:.6g}; steps of "
        "angle and load down to rounding were tried. Take a smaller step or a smoother law."
    )
