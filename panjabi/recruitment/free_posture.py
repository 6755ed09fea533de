"""Recruitment with free level angles: posture and forces together, a local optimum.

The orientation of the topmost body against the lowest is prescribed. The objective is

    effort + weight sum ((q - rhythm) / spread)^2

The problem is not convex. A cone programme chooses activations and a step of the posture together,
with the moments linear in both (Gauss-Newton); this is repeated until nothing changes, from three
starts, and the best result is returned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.stiffness import Cui
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.neural.command import LEAST
from panjabi.parameter import assumed
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SAME, SpineRecruitment, imposed, problem_of, settled
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.required import MARGIN, StiffnessRequirement
from panjabi.recruitment.solve import solve_recruitment
from panjabi.results import Result
from panjabi.spine.levels import vertebrae_of
from panjabi.spine.model import Spine
from panjabi.spine.short_range import PathStiffness, ShortRange
from panjabi.spine.static_build import static_view
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

SPREAD = assumed(2.0, "deg", "deviation of a level from the rhythm that counts as one; sweep 1-5")
WEIGHT = assumed(1.0, "N", "effort that one squared spread of one angle is worth; sweep 0.1-10")
STILL = 1e-5
"""Largest step of an angle at the end [rad]."""
LARGEST = 1.0
"""Largest step in spreads."""


@dataclass(frozen=True, eq=False, repr=False)
class FreePosture(Result):
    """A local optimum of posture and forces."""

    recruitment: SpineRecruitment  # at the posture that was found
    rhythm: Floats  # (n,) [rad]
    objective: float  # effort and deviation from the rhythm [N]
    starts: tuple[float, ...]  # the objective that every start reached, inf where it failed [N]
    at_bound: tuple[str, ...]  # coordinates at the end of their range
    turned: float  # deviation of the prescribed orientation [rad]
    iterations: int

    @property
    def deviation(self) -> dict[str, float]:
        """Angle of every coordinate minus the rhythm [rad]."""
        spine = self.recruitment.spine
        shift = spine.q[spine.indices] - self.rhythm
        return dict(zip(spine.coordinates, shift.tolist(), strict=True))

    def __str__(self) -> str:
        largest = max(self.deviation, key=lambda name: abs(self.deviation[name]))
        bound = f"; at a bound: {', '.join(self.at_bound)}" if self.at_bound else ""
        return (
            f"local optimum of {len(self.starts)} starts: objective {self.objective:.4g} N, "
            f"largest deviation {np.degrees(self.deviation[largest]):.2f} deg at {largest}{bound}"
        )

    def to_dict(self) -> dict[str, Any]:
        """The recruitment with its posture, plain values for a JSON file."""
        return {
            **self.recruitment.to_dict(),
            "status": "local optimum",
            "objective_N": self.objective,
            "objective_of_starts_N": [x if np.isfinite(x) else None for x in self.starts],
            "deviation_rad": self.deviation,
            "at_bound": list(self.at_bound),
            "orientation_error_rad": self.turned,
        }


def recruit_posture(
    spine: Spine | StaticSpine,
    *,
    rhythm: ArrayLike | None = None,
    spread: float = SPREAD.si,
    weight: float = WEIGHT.si,
    margin: tuple[float, float] | None = MARGIN,
    stiffness: ShortRange | None = None,
    least_activation: float | Floats | Mapping[str, float] | None = None,
    starts: Sequence[float] = (0.0, 0.5, -0.5),
    near: FreePosture | None = None,
    most_iterations: int = 60,
) -> FreePosture:
    """Posture and activations of least effort at a prescribed orientation of the top.

    Parameters
    ----------
    spine : its posture gives the orientation of the topmost body, which is kept.
    rhythm : expected free coordinates (n,) [rad]; by default those of the spine, which follow the
        published rhythm in postures from `Body.flexed`.
    spread : deviation of an angle from the rhythm that counts as one [rad].
    weight : effort that one squared spread is worth [N].
    margin, stiffness, least_activation : as for `recruit`.
    starts : alternating deviations of the levels at which the search starts, in spreads.
    near : the result of a similar posture, whose deviation and activations the search starts from.

    Raises
    ------
    ConvergenceError, InfeasibleRecruitment
        If no start ends at an optimum: the error of the first.
    ParameterError
        For a spread or weight that is not positive.
    """
    for name, value in (("spread", spread), ("weight", weight)):
        if not (np.isfinite(value) and value > 0.0):
            raise ParameterError(
                f"Expected a positive {name}, got {value!r}; leave it out for the default."
            )
    view = static_view(spine) if isinstance(spine, Spine) else spine
    expected = view.q[view.indices] if rhythm is None else np.asarray(rhythm, float)
    search = _Search(
        view,
        expected,
        spread,
        weight,
        stiffness if stiffness is not None else Cui(),
        StiffnessRequirement(margin),
        imposed(spine, least_activation),
    )
    first = expected if near is None else expected + np.array(list(near.deviation.values()))
    zigzag = np.where(np.arange(len(expected)) // 3 % 2 == 0, 1.0, -1.0)
    found: list[FreePosture | None] = []
    failure: Exception | None = None
    for size in starts:
        try:
            found.append(search.run(first + size * spread * zigzag, most_iterations, near))
        except (ConvergenceError, InfeasibleRecruitment) as error:
            found.append(None)
            failure = failure or error
    reached = tuple(np.inf if f is None else f.objective for f in found)
    best = found[int(np.argmin(reached))]
    if best is None:
        assert failure is not None
        raise failure
    return replace(best, starts=reached)


@dataclass(frozen=True, eq=False)
class _Search:
    view: StaticSpine
    rhythm: Floats
    spread: float
    weight: float
    law: ShortRange
    required: StiffnessRequirement
    least: float | Floats

    def run(self, q: Floats, most_iterations: int, near: FreePosture | None) -> FreePosture:
        """The local optimum from one start."""
        early = 3 if near is None else 1  # iterations that cannot be the last
        top = self.view.body.body_index(vertebrae_of(self.view.levels[-1])[0])
        wanted = self.view.poses.R[top]
        low, high = self.view.body.ranges[self.view.indices].T
        held = np.zeros(len(q), bool)  # angles that reached the end of their range stay there
        view = self._oriented(self.view.moved(np.clip(q, low, high)), top, wanted, held)
        a = np.maximum(np.full(len(view.muscles.names), 0.02), self.least)
        if near is not None:
            a = near.recruitment.activations
            view = view.with_preload(view.compression(view.muscles.tension(a)))
        modes, step, turned = None, np.inf, np.inf
        for number in range(1, most_iterations + 1):
            q = view.q[view.indices]
            problem, basis, centre = self._joint(view, a, held)
            bound = self.required.matrix(view) if number >= early else None
            result = solve_recruitment(problem, bound=bound, start=modes)
            modes = result.needing_modes if result.needing_modes.size else None
            m = len(a)
            move = self.spread * basis @ (result.activations[m:] - centre)
            fraction = min(1.0, LARGEST * self.spread / max(float(np.abs(move).max()), 1e-12))
            if number > 12:
                fraction *= 0.5
            chosen = np.clip(a + fraction * (result.activations[:m] - a), self.least, 1.0 - LEAST)
            step, turned = float(np.abs(move).max()), float(np.abs(chosen - a).max())
            a = chosen
            there = q + fraction * move
            held |= (there < low) | (there > high)
            view = view.moved(np.clip(there, low, high))
            view = self._oriented(view, top, wanted, held)
            view = view.with_preload(view.compression(view.muscles.tension(a)))
            if step <= STILL and turned <= 10.0 * SAME and number > early:
                break
        else:
            raise ConvergenceError(
                f"Expected a posture that changes by at most {STILL:g} rad, got steps of "
                f"{step:.2g} rad and {turned:.2g} in activation after {most_iterations} "
                "iterations; raise the weight of the rhythm, or most_iterations."
            )
        recruited = settled(
            view, self.law, self.required, "squares", self.least, 60, pressed=True, start=a
        )
        q = recruited.spine.q[view.indices]
        away = float(np.sum(((q - self.rhythm) / self.spread) ** 2))
        error = _rotation_vector(wanted @ recruited.spine.poses.R[top].T)
        return FreePosture(
            recruitment=recruited,
            rhythm=self.rhythm,
            objective=recruited.result.primal + self.weight * away,
            starts=(),
            at_bound=tuple(c for c, end in zip(view.coordinates, held, strict=True) if end),
            turned=float(np.linalg.norm(error)),
            iterations=number,
        )

    def _joint(
        self, view: StaticSpine, a: Floats, held: NDArray[np.bool_]
    ) -> tuple[RecruitmentProblem, Floats, Floats]:
        """The programme for activations and posture; (n, p) directions, their present values (p,).

        Each direction of the posture that keeps the orientation is one more "muscle": its value is
        the deviation from the rhythm in spreads, its force the change of that value, and its arms
        are minus the tangent of the spine at constant activations.
        """
        p = problem_of(view, self.law, a, least=self.least)
        kept = np.vstack([view.rotation(*_ends(view)), np.eye(len(held))[held]])
        _, sizes, rows = np.linalg.svd(kept)
        basis: Floats = rows[int(np.sum(sizes > 1e-10 * sizes[0])) :].T
        centre = basis.T @ (view.q[view.indices] - self.rhythm) / self.spread
        count = basis.shape[1]
        K = view.constant - view.branches.hessian
        rest = view.muscles.resting(a)
        slope = view.muscles.slope
        K = K + slope.T @ (rest.stiffness[:, None] * slope)
        K = K + np.tensordot(view.muscles.tension(a), view.muscles.curvature, 1)
        s, none, n = p.stiffness, np.zeros(count), len(view.coordinates)
        problem = RecruitmentProblem(
            names=(*p.names, *(f"posture {k + 1}" for k in range(count))),
            coordinates=p.coordinates,
            arms=np.hstack([p.arms, -self.spread * K @ basis]),
            demand=p.demand,
            idle=np.append(p.idle, -centre),
            gain=np.append(p.gain, np.ones(count)),
            weight=np.append(p.weight, np.full(count, self.weight)),
            least=np.append(p.least, centre - 5.0),
            most=np.append(p.most, centre + 5.0),
            constant=p.constant,
            per_force=np.concatenate([p.per_force, np.zeros((count, n, n))]),
            stiffness=PathStiffness(
                np.append(s.fibre, none),
                np.append(s.fibre_slope, none),
                np.append(s.tendon, np.full(count, np.inf)),
                np.append(s.tendon_slope, none),
            ),
        )
        return problem, basis, centre

    def _oriented(
        self, view: StaticSpine, top: int, wanted: Floats, held: NDArray[np.bool_]
    ) -> StaticSpine:
        """The posture with the smallest change that gives the topmost body its orientation."""
        for _ in range(6):
            error = _rotation_vector(wanted @ view.poses.R[top].T)
            if np.linalg.norm(error) < 1e-12:
                break
            W = np.where(held, 0.0, view.rotation(*_ends(view)))
            view = view.moved(view.q[view.indices] + np.linalg.lstsq(W, error, rcond=None)[0])
        return view


def _ends(view: StaticSpine) -> tuple[str, str]:
    return vertebrae_of(view.levels[-1])[0], vertebrae_of(view.levels[0])[1]


def _rotation_vector(R: Floats) -> Floats:
    from scipy.spatial.transform import Rotation

    return cast(Floats, Rotation.from_matrix(R).as_rotvec())
