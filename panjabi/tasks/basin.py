"""Basin of attraction of a person on the unstable seat, in seat tilt and its rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from panjabi.cohort.block import Block
from panjabi.cohort.engine import CohortOptions, part_of, run_cohort
from panjabi.delay.integrate.cohort import solve_cohort
from panjabi.delay.integrate.compile_options import kernel
from panjabi.delay.integrate.model import DelayModel, Event
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ParameterError
from panjabi.results import Result, frame, plain
from panjabi.spine.model import Spine
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.seat_preset import seat_spine

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Floats = NDArray[np.float64]

TIME = 6.0  # duration of a run that decides whether a start returns [s]
FIELD_TIME = 2.5  # duration for the finite-time exponent [s]
STOP = 0.6  # tilt at which the seat reaches its mechanical stop [rad]
OVER = 0.5 * math.pi  # tilt from which a run does not return [rad]
RETURNED = 0.05  # largest lean and tilt after a return [rad]
SOLVER = Settings(rtol=1e-4, atol=1e-6, track=1)


@dataclass(frozen=True, eq=False, repr=False)
class Basin(Result):
    """Boundary of the basin in the plane of seat tilt and its rate, and Lyapunov exponents in it.

    At the start a person is held at a tilt and released with a push: before it the spine rests at
    the tilt, with its reflexes, the rate jumps at time 0, and the lumbar joint is straight.
    """

    direction: Floats  # of the rays, in the plane scaled by `scale` [rad]
    radius: Floats  # of the boundary along each ray [1]; NaN beyond the search
    width: float  # of the last bracket of the bisection [1]
    scale: tuple[float, float]  # tilt [rad] and rate [rad/s] at radius 1
    tilt: Floats  # of the grid of exponents [rad]
    rate: Floats  # of the grid of exponents [rad/s]
    exponent: Floats  # finite-time Lyapunov exponent (rates, tilts) [1/s]
    ridge: Floats  # radius of the largest exponent along each ray [1]

    @property
    def boundary(self) -> tuple[Floats, Floats]:
        """Tilt [rad] and rate [rad/s] of the boundary."""
        return (
            self.scale[0] * self.radius * np.cos(self.direction),
            self.scale[1] * self.radius * np.sin(self.direction),
        )

    def ridge_distance(self) -> float:
        """Median distance of ridge and boundary along the rays, over the boundary's radius [1]."""
        known = np.isfinite(self.radius) & np.isfinite(self.ridge)
        return float(np.median(np.abs(self.ridge[known] / self.radius[known] - 1.0)))

    def area(self) -> float:
        """Area of the basin in the scaled plane, from its rays [1]."""
        return float(0.5 * np.mean(self.radius**2) * 2.0 * np.pi)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a boundary beyond the search is null."""
        tilt, rate = self.boundary
        return {
            "boundary_tilt_deg": plain(np.degrees(tilt)),
            "boundary_rate_deg_per_s": plain(np.degrees(rate)),
            "tilt_deg": np.degrees(self.tilt).tolist(),
            "rate_deg_per_s": np.degrees(self.rate).tolist(),
            "exponent_per_s": plain(self.exponent),
            "width": self.width,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each ray of the boundary."""
        tilt, rate = self.boundary
        return frame({"tilt_deg": np.degrees(tilt), "rate_deg_per_s": np.degrees(rate)})


@dataclass(frozen=True)
class _Plane:
    """A person on the seat, and the plane of starts."""

    spine: Spine
    scale: tuple[float, float]
    bisections: int = 0


def basin_of_attraction(
    spine: Spine | None = None,
    *,
    rays: int = 24,
    scale: tuple[float, float] = (0.5, 1.6),
    grid: int = 41,
    bisections: int = 12,
    **options: Unpack[CohortOptions],
) -> Basin:
    """Basin of attraction of the upright posture by bisection along rays, with Lyapunov exponents.

    Bisection assumes that the boundary crosses each ray once inside radius 1. The finite-time
    exponent is ln(largest singular value of d(state at `FIELD_TIME`) / d(start)) / `FIELD_TIME`, by
    central differences over neighbouring starts of the grid, scaled as the plane. A seat that tilts
    by `STOP` stays at its mechanical stop: otherwise all falling runs would continue to diverge.

    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        rays and starts are two cohorts, "boundary" and "exponents" in the store.
    """
    if rays < 4 or grid < 11:
        raise ParameterError(
            f"Expected at least 4 rays and 11 grid points per side, got {rays} rays and {grid} "
            "points; give more of them."
        )
    spine = spine or seat_spine()
    angle = np.linspace(0.0, 2.0 * np.pi, rays, endpoint=False)
    plane = _Plane(spine, scale, bisections)
    found = run_cohort(_radius, plane, {"direction": angle}, **part_of(options, "boundary"))
    radius = found.all_or_error().floats("radius")
    outside = np.isfinite(radius)
    along = _along(plane, angle)
    tilt, rate = scale[0] * np.linspace(-1, 1, grid), scale[1] * np.linspace(-1, 1, grid)
    starts = np.stack(np.meshgrid(tilt, rate), axis=-1).reshape(-1, 2)
    runs = run_cohort(
        _end, _Plane(spine, scale), {"start": starts}, **part_of(options, "exponents")
    ).all_or_error()
    ends = _stopped(runs.floats("end")[:, :4]).reshape(grid, grid, 4)
    exponent = _exponent(ends, tilt, rate, scale)
    reach = np.linspace(0.05, 1.0, 200)
    ridge = np.array([reach[_ridge(exponent, tilt, rate, reach[:, None] * a)] for a in along])
    return Basin(
        angle, radius, 0.5**bisections, scale, tilt, rate, exponent,
        np.where(outside, ridge, np.nan),
    )  # fmt: skip


def _along(plane: _Plane, direction: Floats) -> Floats:
    """Tilt and rate at radius 1 of each ray (rays, 2)."""
    columns = [plane.scale[0] * np.cos(direction), plane.scale[1] * np.sin(direction)]
    return np.column_stack(columns)


def _radius(plane: _Plane, block: Block) -> dict[str, Floats]:
    """Radius of the boundary along each ray of a block; NaN beyond the search."""
    along = _along(plane, block.floats("direction"))
    radius = np.full(len(block), np.nan)
    (met,) = np.nonzero(~_returns(plane.spine, along))
    if not len(met):
        return {"radius": radius}
    low, high = np.zeros(len(met)), np.ones(len(met))
    for _ in range(plane.bisections):
        middle = 0.5 * (low + high)
        back = _returns(plane.spine, middle[:, None] * along[met])
        low, high = np.where(back, middle, low), np.where(back, high, middle)
    radius[met] = 0.5 * (low + high)
    return {"radius": radius}


def _end(plane: _Plane, block: Block) -> dict[str, Floats]:
    """State of each start of a block after `FIELD_TIME`."""
    return {"end": _run(plane.spine, block.floats("start"), FIELD_TIME)}


@kernel
def _room(t, y, delayed, p, out):
    """Tilt that is left to `OVER` [rad]."""
    out[0] = OVER - abs(y[0])


FALL = {"event": _room, "events": (Event("fell", "stop", -1),)}


def _run(spine: Spine, starts: Floats, duration: float, *, until_over: bool = False) -> Floats:
    """States at the end; NaN for runs that diverged, or that ended at `OVER`."""
    m = len(spine.free)
    tilts, which = np.unique(starts[:, 0], return_inverse=True)
    before = np.array([spine.state_at([tilt, *[0.0] * (m - 1)]) for tilt in tilts])[which]
    y0 = before.copy()
    y0[:, m] = starts[:, 1]
    ends: dict[str, Any] = FALL if until_over else {}
    model = DelayModel(rhs=spine_rhs, delays=spine.delays, reads=spine.reads, **ends)
    runs = solve_cohort(
        model, y0, (0.0, duration), [0.0, duration], p=np.tile(pack(spine), (len(starts), 1)),
        history=before, settings=SOLVER, workers=1, block=len(starts),
    )  # fmt: skip
    return runs.state[:, -1]


def _stopped(ends: Floats) -> Floats:
    """States in which fallen runs are at the stop: tilt `STOP`, rate 0."""
    stopped = np.clip(np.nan_to_num(ends, nan=STOP), -STOP, STOP)
    fallen = np.abs(ends[:, 0]) >= STOP
    stopped[:, :2] = np.where(fallen[:, None], np.sign(ends[:, :1]) * [STOP, 0.0], stopped[:, :2])
    stopped[:, 2:] = np.where(fallen[:, None], 0.0, ends[:, 2:])
    return stopped


def _returns(spine: Spine, starts: Floats) -> NDArray[np.bool_]:
    end = _run(spine, starts, TIME, until_over=True)
    return np.all(np.abs(end[:, :2]) < RETURNED, axis=1)  # NaN compares as False


def _exponent(ends: Floats, tilt: Floats, rate: Floats, scale: tuple[float, float]) -> Floats:
    size = np.array([scale[0], scale[0], scale[1], scale[1]])
    by_rate, by_tilt = np.gradient(ends / size, rate / scale[1], tilt / scale[0], axis=(0, 1))
    J = np.stack([by_tilt, by_rate], axis=-1)
    largest = np.linalg.svd(np.nan_to_num(J), compute_uv=False)[..., 0]
    return np.log(np.maximum(largest, 1e-12)) / FIELD_TIME


def _ridge(exponent: Floats, tilt: Floats, rate: Floats, points: Floats) -> int:
    """Index of the point of a ray (points, 2) at which the exponent is largest."""
    from scipy.interpolate import RegularGridInterpolator

    field = RegularGridInterpolator((rate, tilt), exponent)
    return int(np.argmax(field(points[:, ::-1])))
