"""Two checks of a recruited posture: the short range of the fibres, and the margin with coupling.

The fast Hessian of recruitment holds for small turns: fibres leave their short range when they are
stretched by `srs_stretch` of their optimal length. It also leaves the preload of the units alone,
while in the moving spine a turn changes the muscle forces, these the compression, and it the moment
of the units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.active.stiffness import Bergmark
from panjabi.literature import row
from panjabi.recruitment.posture import SpineRecruitment
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.results import Result
from panjabi.spine.levels import vertebrae_of
from panjabi.spine.short_range import path_stiffness
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

AXES = ("flexion-extension", "lateral bending", "axial rotation")
WORLD = (2, 0, 1)  # axis of each in the world: right, forward, up
STEP = 1e-5  # of the central differences [rad]
PRESS = 1.0  # of the central differences [N]


@dataclass(frozen=True, repr=False)
class ShortRangeTurn(Result):
    """Turns of the top of a spine at which fibres leave the short range, by axis."""

    first: dict[str, float]  # of the first fibre [rad]
    half: dict[str, float]  # of fibres with half of the muscles' stiffness in this turn [rad]
    angle: float | None  # of the margin [rad]
    inside: dict[str, float] | None  # fraction of that stiffness still inside at this angle [1]

    @property
    def holds(self) -> bool:
        """Whether at the margin's angle half of the stiffness or more is inside, in every axis."""
        return self.angle is None or all(self.angle <= turn for turn in self.half.values())

    def __str__(self) -> str:
        turns = ", ".join(f"{name} {np.degrees(turn):.2f} deg" for name, turn in self.half.items())
        text = f"half of the muscle stiffness leaves the short range at {turns}"
        if self.angle is None:
            return text
        where = "inside" if self.holds else "OUTSIDE"
        return f"{text}; the margin's angle of {np.degrees(self.angle):.2g} deg is {where} it"


def short_range_turn(found: SpineRecruitment) -> ShortRangeTurn:
    """Turns of the topmost body against the lowest at which fibres leave the short range [rad].

    The top turns about one axis of the world by a moment; the levels follow.
    """
    spine, muscles = found.spine, found.spine.muscles
    tangent = muscles.tangent(found.activations)
    springs = path_stiffness(found.stiffness, muscles, tangent)
    stiffness = springs(found.activations)
    W = spine.rotation(vertebrae_of(spine.levels[-1])[0], vertebrae_of(spine.levels[0])[1])
    follow = np.linalg.solve(found.result.hessian, W.T)
    share = springs.shares(found.activations)[0]
    if isinstance(found.stiffness, Bergmark):  # k = q F/L knows no tendon
        share = np.ones_like(share)
    along = muscles.resting(found.activations).fibre_length
    cosine = np.sqrt(
        np.maximum(1.0 - (muscles.units.thickness / (muscles.optimal_fibre * along)) ** 2, 0.0)
    )
    limit = row("srs_stretch").number * muscles.optimal_fibre
    angle = None if found.required.margin_stiffness == 0.0 else found.required.margin
    first, half, inside = {}, {}, {}
    for name, axis in zip(AXES, WORLD, strict=True):
        turn = follow @ np.linalg.solve(W @ follow, np.eye(3)[axis])  # per rad of the top
        stretch = muscles.slope @ turn
        fibre = np.abs(stretch) * share * cosine
        leaves = np.where(fibre > 0.0, limit / np.maximum(fibre, 1e-12), np.inf)
        weight = stiffness * stretch**2
        order = np.argsort(leaves)
        gone = np.cumsum(weight[order]) / weight.sum()
        first[name] = float(leaves[weight > 1e-3 * weight.max()].min())
        half[name] = float(leaves[order][np.searchsorted(gone, 0.5)])
        if angle is not None:
            inside[name] = float(weight[leaves > angle[1]].sum() / weight.sum())
    return ShortRangeTurn(first, half, angle and angle[1], inside or None)


def coupled_hessian(found: SpineRecruitment) -> Floats:
    """The fast tangent with compression that follows the turn, (n, n) [N m/rad]; not symmetric.

    d(moment of the unit)/d(compression) times d(compression)/dq, with muscle forces that change by
    their fast stiffness.
    """
    spine, problem = found.spine, found.result.problem
    n = len(spine.coordinates)
    by_force = _stiffness_rows(found, problem)
    by_angle = np.zeros((len(spine.levels), n))
    q = spine.q[spine.indices]
    for k in range(n):
        step = np.zeros(n)
        step[k] = STEP
        up, down = spine.moved(q + step), spine.moved(q - step)
        by_angle[:, k] = (up.compression(found.forces) - down.compression(found.forces)) / (
            2.0 * STEP
        )
    pressed = by_angle + by_force
    H = found.result.hessian.copy()
    for unit, angles, place, line in zip(
        spine.units, spine.angles, spine.place, pressed, strict=True
    ):
        low, high = max(unit.preload - PRESS, 0.0), unit.preload + PRESS
        slope = (
            unit.with_preload(high).evaluate(angles)[1] - unit.with_preload(low).evaluate(angles)[1]
        )
        free = place >= 0
        H[place[free]] += np.outer(slope[free] / (high - low), line)
    return H


def _stiffness_rows(found: SpineRecruitment, problem: RecruitmentProblem) -> Floats:
    """(levels, n) change of compression by the muscle forces that change with the paths [N/rad]."""
    spine: StaticSpine = found.spine
    k = problem.stiffness(found.result.activations)
    return (spine.compression_by_force * k) @ spine.muscles.slope


def margin_with_coupling(found: SpineRecruitment) -> float:
    """Part of the required stiffness that is reached with the coupling in [1]; 1 or more is enough.

    The smallest x with which the symmetric part of the coupled tangent equals x times the bound.
    """
    from scipy.linalg import eigh

    B = found.result.bound
    if B is None:
        return np.inf
    H = coupled_hessian(found)
    return float(eigh(0.5 * (H + H.T), B, eigvals_only=True)[0])
