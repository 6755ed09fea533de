"""Stability maps over two parameters: boundaries as traced curves, regions with their count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from panjabi._continuation import Floats
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, part_of, run_cohort
from panjabi.delay.roots.counting import count_unstable
from panjabi.delay.roots.curve import BoundaryCurve, BoundaryTracer, on_line
from panjabi.delay.roots.family import Family
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import ShortRepr

GRAIN = 90  # points per side of the grid for regions; boundaries do not depend on it


@dataclass(frozen=True)
class Corner:
    """A point where two boundaries meet."""

    point: tuple[float, float]
    frequencies: tuple[float, float]  # [rad/s]; (0, 0) where a pair meets at the origin


@dataclass(frozen=True)
class Region:
    """A part of the box in which the number of unstable roots is the same."""

    point: tuple[float, float]  # inside, far from its border
    unstable: int
    verified: bool  # whether the argument principle gives the same number there
    share: float  # fraction of the box


@dataclass(frozen=True, eq=False, repr=False)
class StabilityMap(ShortRepr):
    """Boundaries, corners and regions of a two-parameter family."""

    family: Family
    names: tuple[str, str]
    low: Floats  # (2,) corner of the box
    high: Floats
    curves: tuple[BoundaryCurve, ...]
    corners: tuple[Corner, ...]
    regions: tuple[Region, ...]
    reference: tuple[Floats, int]  # a point whose number of unstable roots was counted

    def unstable_roots(self, points: Sequence[Sequence[float]] | Floats) -> NDArray[np.intp]:
        """Number of unstable roots at points (k, 2), from the boundaries between them and the
        reference; each crossed segment adds or takes the roots that change side there.

        Points nearer to a boundary than a chord to its arc, about 1e-4 of the box, may get a wrong
        number; use `count_unstable` for them.
        """
        size = self.high - self.low
        to = (np.atleast_2d(np.asarray(points, float)) - self.low) / size
        start = (self.reference[0] - self.low) / size
        number = np.full(len(to), self.reference[1], np.intp)
        d = to - start
        for curve in self.curves:
            p = (curve.points - self.low) / size
            a, e = p[:-1], np.diff(p, axis=0)
            # start + x d = a + y e for every pair of ray and segment
            cross = d[:, None, 0] * e[None, :, 1] - d[:, None, 1] * e[None, :, 0]
            r = a - start
            with np.errstate(divide="ignore", invalid="ignore"):
                x = (r[:, 0] * e[:, 1] - r[:, 1] * e[:, 0]) / cross
                y = (r[None, :, 0] * d[:, None, 1] - r[None, :, 1] * d[:, None, 0]) / cross
            hit = (x > 0.0) & (x <= 1.0) & (y >= 0.0) & (y < 1.0)
            across = np.stack([-e[:, 1], e[:, 0]], axis=1)
            side = np.sign((curve.normal * across).sum(axis=1))  # whether left of the segment
            sign = np.sign(d @ across.T) * side
            number += curve.roots * np.where(hit, sign, 0.0).sum(axis=1).astype(np.intp)
        return number


def stability_map(
    family: Family,
    box: Sequence[tuple[float, float]],
    *,
    step: float = 0.03,
    lines: int = 1,
    search_steps: int = 16,
    points: int = 1500,
    **options: Unpack[CohortOptions],
) -> StabilityMap:
    """Boundaries of a two-parameter family in a box ((low, high), (low, high)).

    Parameters
    ----------
    step : longest step along a boundary, as a fraction of the box.
    lines : number of lines across the box, in each direction, for the search of boundaries that do
        not reach its edge.
    search_steps : first steps on every line of the search; refined where roots approach the axis.
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`;
        a store contains the search on the lines and the counts in the regions.

    Raises
    ------
    ParameterError
        For another number of parameters, or a box without area.
    CohortError
        If the search on a line failed.
    ConvergenceError
        If a boundary is lost, or no reference point can be counted.
    """
    ranges = np.asarray(box, float)
    if len(family.names) != 2 or ranges.shape != (2, 2) or not np.isfinite(ranges).all():
        raise ParameterError(
            f"Expected two parameters and a finite (low, high) for each, got {family.names} "
            f"over {box}; use family('first', 'second')."
        )
    low, high = ranges[:, 0], ranges[:, 1]
    if np.any(low >= high):
        raise ParameterError(
            f"Expected low below high for both parameters, got the box {box}, which has no "
            "area; exchange the ends."
        )
    tracer = BoundaryTracer(family, low, high)
    curves: list[BoundaryCurve] = []
    ends = {name: np.array(p) for name, p in _search_lines(low, high, lines).items()}
    search = _Search(family, search_steps)
    rows = run_cohort(EachSubject(_crossings), search, ends, **part_of(options, "lines"))
    for text in rows.all_or_error()["crossings"].tolist():
        for *point, frequency in json.loads(text):
            fraction = (np.array(point) - low) / (high - low)
            if not any(_lies_on(c, fraction, frequency, low, high, step) for c in curves):
                curves.append(tracer.follow(fraction, frequency, step, points))
    corners = _corners(tracer, curves)
    cornered = tuple(_with_corners(tracer, curve, corners) for curve in curves)
    result = StabilityMap(
        family, (family.names[0], family.names[1]), low, high, cornered, corners, (),
        _reference(family, low, high, curves),
    )  # fmt: skip
    return replace(result, regions=_regions(result, part_of(options, "regions")))


@dataclass(frozen=True)
class _Search:
    """What the search on all lines has in common."""

    family: Family
    steps: int


def _crossings(search: _Search, line: Block) -> dict[str, str]:
    """Crossings on one line as text: lists of both parameters and the frequency."""
    start, end = (line.floats(name)[0] for name in ("start", "end"))
    pairs = on_line(search.family, start, end, steps=search.steps)
    return {"crossings": json.dumps([[*point.tolist(), c.frequency] for point, c in pairs])}


def _count(family: Family, place: Block) -> dict[str, int]:
    """Number of unstable roots at a point; -1 if it cannot be counted."""
    try:
        return {"unstable": count_unstable(family.system(place.floats("point")[0]))}
    except ConvergenceError:
        return {"unstable": -1}


def _with_corners(
    tracer: BoundaryTracer, curve: BoundaryCurve, corners: tuple[Corner, ...]
) -> BoundaryCurve:
    """A curve of zero roots with a vertex where a pair leaves it and the unstable side changes."""
    if curve.roots == 2:
        return curve
    fractions, w = (curve.points - tracer.low) / tracer.size, curve.frequency
    for corner in corners:
        if corner.frequencies != (0.0, 0.0):
            continue
        at = (np.array(corner.point) - tracer.low) / tracer.size
        along, gap = _beside(fractions, at)
        k = int(np.argmin(gap))
        if gap[k] < 1e-6 and 0.0 < along[k] < 1.0:
            fractions, w = np.insert(fractions, k + 1, at, axis=0), np.insert(w, k + 1, 0.0)
    normal, _ = tracer.normals(fractions, w)
    return replace(curve, points=tracer.parameters(fractions), frequency=w, normal=normal)


def _search_lines(low: Floats, high: Floats, lines: int) -> dict[str, list[Floats]]:
    """Starts and ends of the edges of the box and of the lines across it."""
    ends: dict[str, list[Floats]] = {"start": [], "end": []}
    for fraction in (0.0, 1.0, *((k + 1) / (lines + 1) for k in range(lines))):
        for axis in (0, 1):
            start, end = low.copy(), high.copy()
            start[1 - axis] = end[1 - axis] = low[1 - axis] + fraction * (high - low)[1 - axis]
            ends["start"].append(start)
            ends["end"].append(end)
    return ends


def _lies_on(
    curve: BoundaryCurve, fraction: Floats, w: float, low: Floats, high: Floats, step: float
) -> bool:
    """Whether a crossing belongs to a curve: near a segment in parameters and in frequency."""
    if (w > 0.0) != (curve.roots == 2):
        return False
    along, gap = _beside((curve.points - low) / (high - low), fraction)
    there = curve.frequency[:-1] + along * np.diff(curve.frequency)
    near = gap < 0.1 * step
    return bool(np.any(near & (np.abs(there - w) <= 0.05 * (w + 1e-9))))


def _beside(line: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Nearest point on each segment of a polyline, as a fraction of it, and the distance to it."""
    a, e = line[:-1], np.diff(line, axis=0)
    length = np.maximum((e * e).sum(axis=1), 1e-300)
    along = np.clip(((at - a) * e).sum(axis=1) / length, 0.0, 1.0)
    return along, np.linalg.norm(a + along[:, None] * e - at, axis=1)


def _reference(
    family: Family, low: Floats, high: Floats, curves: list[BoundaryCurve]
) -> tuple[Floats, int]:
    """The point of a coarse lattice farthest from every boundary, and its count."""
    ticks = (np.arange(11) + 0.47) / 11.0
    lattice = np.array([(x, y) for x in ticks for y in ticks])
    gap = np.full(len(lattice), np.inf)
    for curve in curves:
        p = (curve.points - low) / (high - low)
        gap = np.minimum(gap, np.linalg.norm(lattice[:, None] - p[None], axis=2).min(axis=1))
    for k in np.argsort(-gap):
        point = low + lattice[k] * (high - low)
        try:
            return point, count_unstable(family.system(point))
        except ConvergenceError:
            continue
    raise ConvergenceError(
        "Expected a point without roots on the imaginary axis, got none in the box "
        f"{low.tolist()} to {high.tolist()}; choose another box."
    )


def _regions(stability: StabilityMap, options: CohortOptions) -> tuple[Region, ...]:
    from scipy import ndimage

    ticks = (np.arange(GRAIN) + 0.5) / GRAIN
    x, y = np.meshgrid(ticks, ticks, indexing="ij")
    lattice = np.stack([x.ravel(), y.ravel()], axis=1)
    points = stability.low + lattice * (stability.high - stability.low)
    numbers = stability.unstable_roots(points).reshape(GRAIN, GRAIN)
    inner, unstable, fractions = [], [], []
    for number in np.unique(numbers):
        parts, count = ndimage.label(numbers == number)  # type: ignore[misc]
        for part in range(1, count + 1):
            inside = parts == part
            if inside.sum() < 4:
                continue
            depth = np.asarray(ndimage.distance_transform_edt(np.pad(inside, 1)))[1:-1, 1:-1]
            inner.append(points[int(np.argmax(depth))])
            unstable.append(int(number))
            fractions.append(float(inside.mean()))
    rows = run_cohort(EachSubject(_count), stability.family, {"point": inner}, **options)
    counted = rows.all_or_error()["unstable"]
    regions = [
        Region(_pair(point), number, bool(check == number), fraction)
        for point, number, check, fraction in zip(inner, unstable, counted, fractions, strict=True)
    ]
    return tuple(sorted(regions, key=lambda r: -r.share))


def _corners(tracer: BoundaryTracer, curves: list[BoundaryCurve]) -> tuple[Corner, ...]:
    """Meeting points of boundaries, and ends where a pair of roots meets at the origin."""
    corners: list[Corner] = []
    for curve in curves:
        for end in (0, -1):
            if curve.roots == 2 and not curve.closed and curve.frequency[end] == 0.0:
                corners.append(Corner(_pair(curve.points[end]), (0.0, 0.0)))
    for i, first in enumerate(curves):
        for second in curves[i + 1 :]:
            for guess, w1, w2 in _meetings(first, second, tracer):
                point = _meet(tracer, guess, w1, w2)
                if point is not None:
                    corners.append(point)
    return tuple(corners)


def _meetings(
    first: BoundaryCurve, second: BoundaryCurve, tracer: BoundaryTracer
) -> list[tuple[Floats, float, float]]:
    """Intersections of two polylines: point in fractions of the box, and both frequencies."""
    p, q = ((c.points - tracer.low) / tracer.size for c in (first, second))
    a, e, b, f = p[:-1], np.diff(p, axis=0), q[:-1], np.diff(q, axis=0)
    cross = e[:, None, 0] * f[None, :, 1] - e[:, None, 1] * f[None, :, 0]
    r = b[None] - a[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (r[..., 0] * f[None, :, 1] - r[..., 1] * f[None, :, 0]) / cross
        y = (r[..., 0] * e[:, None, 1] - r[..., 1] * e[:, None, 0]) / cross
    meetings = []
    for i, j in np.argwhere((x >= 0.0) & (x < 1.0) & (y >= 0.0) & (y < 1.0)):
        w1 = first.frequency[i] + x[i, j] * (first.frequency[i + 1] - first.frequency[i])
        w2 = second.frequency[j] + y[i, j] * (second.frequency[j + 1] - second.frequency[j])
        meetings.append((a[i] + x[i, j] * e[i], float(w1), float(w2)))
    return meetings


def _meet(tracer: BoundaryTracer, fraction: Floats, w1: float, w2: float) -> Corner | None:
    """Newton on both conditions together."""
    scales = tuple(w or 1.0 for w in (w1, w2))
    pair = [np.append(fraction, 1.0) if w > 0.0 else fraction.copy() for w in (w1, w2)]
    conditions = [tracer.equations(scale) for scale in scales]
    for _ in range(20):
        rows, right = [], []
        free = [len(z) - 2 for z in pair]
        for k in (0, 1):
            F, J = conditions[k](pair[k])
            frequency_columns = np.zeros((len(F), sum(free)))
            if free[k]:
                frequency_columns[:, free[0] * k] = J[:, 2]
            rows.append(np.hstack([J[:, :2], frequency_columns]))
            right.append(-F)
        try:
            step = np.linalg.solve(np.vstack(rows), np.concatenate(right))
        except np.linalg.LinAlgError:
            return None
        at = 2
        for k in (0, 1):
            pair[k][:2] += step[:2]
            if free[k]:
                pair[k][2] += step[at]
                at += 1
        if np.abs(step).max() < 1e-12:
            w = [float(abs(scales[k] * pair[k][2])) if free[k] else 0.0 for k in (0, 1)]
            return Corner(_pair(tracer.parameters(pair[0][:2])), (w[0], w[1]))
        if np.abs(step).max() > 0.3:
            return None
    return None


def _pair(point: Floats) -> tuple[float, float]:
    return float(point[0]), float(point[1])
