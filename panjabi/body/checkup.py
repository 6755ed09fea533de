"""Plausibility checks of a model, packaged or imported.

Checked are the size of the model, masses and inertias, muscle path lengths against fibre and tendon
lengths over the range of motion, and the symmetry of left and right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.model import Body
from panjabi.body.sized_muscles import SizedMuscles, muscles_of
from panjabi.body.tree import Floats

Severity = Literal["impossible", "implausible", "note"]
SEVERITIES: tuple[Severity, ...] = ("impossible", "implausible", "note")
"""Not possible in a living body | very unlikely | information. In the order of a report."""

LONG, TOO_LONG = 3.0, 30.0  # distance within a body or path length [m]
LONG_FIBRE, TOO_LONG_FIBRE = 1.0, 10.0  # optimal length; the human sartorius has about 0.5 [m]
SMALL_MODEL = 1e-3  # largest distance within a body of a model that is too small [m]
HEAVY = 500.0  # mass of the whole model [kg]
GYRATION = (5e-4, 1.0)  # radius of gyration of a body [m]
TRIANGLE = 1e-6  # relative excess of the largest moment of inertia over the sum of the others
FIBRE = (0.3, 1.9)  # fibre over optimal length, with a rigid tendon, at which a fibre has force [1]
NO_RANGE = 4.0 * np.pi  # a coordinate with a wider range counts as unlimited [rad or m]
RIGHT_ANGLE = 0.5 * np.pi
SIDES_DIFFER = 0.01  # relative difference of the two sides that gives a note [1]
MILLIMETRES = "Lengths in m are expected; the file may be in millimetres"


@dataclass(frozen=True)
class CheckFinding:
    """A finding of a check-up."""

    severity: Severity
    subject: str  # body, muscle, or "the model"
    message: str

    def to_dict(self) -> dict[str, str]:
        """Plain values for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.severity}: {self.subject}: {self.message}"


def check_up(
    body: Body,
    muscles: SizedMuscles | None = None,
    *,
    lengths: Callable[[Floats], Floats] | None = None,
    coordinates: Sequence[str] | None = None,
    default: ArrayLike | None = None,
    uncertain: Collection[str] = (),
) -> tuple[CheckFinding, ...]:
    """Findings on a body and its muscles, the most severe first; empty if all is plausible.

    Parameters
    ----------
    muscles : sizes of fibre and tendon; default: muscles of the body.
    lengths : function from coordinates (n,) to path lengths (nm,) [m]; default: that of the body.
    coordinates : names of these coordinates; default: all of the body.
    default : (n,) posture [rad or m]; one coordinate at a time is varied from it; default: zero.
    uncertain : muscles whose path is known to be inexact, for example because a wrap is missing.

    Raises
    ------
    UnknownNameError
        If the body has no coordinate with such a name.
    """
    muscles = muscles_of(body) if muscles is None else muscles
    lengths = body.path_lengths if lengths is None else lengths
    names = body.coordinates if coordinates is None else tuple(coordinates)
    ranges = body.ranges[[body.coordinate_index(name) for name in names]].reshape(-1, 2)
    start = np.zeros(len(names)) if default is None else np.asarray(default, float)
    findings = [*_size(body), *_masses(body), *_sides_of_bodies(body)]
    if len(muscles.names):
        turning = np.array([name not in body.translations for name in names], bool)
        findings += _fibres(muscles, *reach(lengths, start, ranges, turning), uncertain)
        findings += _sides_of_muscles(muscles, lengths(symmetric(names, start, ranges)))
    return tuple(sorted(findings, key=lambda f: SEVERITIES.index(f.severity)))


def reach(
    lengths: Callable[[Floats], Floats], default: Floats, ranges: Floats, turning: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Estimated shortest and longest paths (nm,) [m]: sums of the effects of each coordinate.

    A rotation without limits is varied by a right angle both ways; a translation without limits
    stays.
    """
    here = lengths(default)
    shortest, longest = here.copy(), here.copy()
    for k, (low, high) in enumerate(ranges):
        if high - low > NO_RANGE:
            if not turning[k]:
                continue
            low, high = default[k] - RIGHT_ANGLE, default[k] + RIGHT_ANGLE
        ends: list[Floats] = []
        for end in (low, high):
            q = default.copy()
            q[k] = end
            ends.append(lengths(q) - here)
        shortest += np.minimum(0.0, np.min(ends, axis=0))
        longest += np.maximum(0.0, np.max(ends, axis=0))
    return shortest, longest


def symmetric(names: Sequence[str], default: Floats, ranges: Floats) -> Floats:
    """A symmetric posture (n,): left coordinates as right, the others at zero if in range."""
    q = default.copy()
    index = {name: k for k, name in enumerate(names)}
    for name, k in index.items():
        other = index.get(other_side(name) or "")
        if other is None:
            q[k] = np.clip(0.0, *ranges[k])
        elif is_left(name):
            q[k] = q[other]
    return q


def other_side(name: str) -> str | None:
    """Name of the other side: femur_r -> femur_l, LeftFoot -> RightFoot; None without a side."""
    words = {"right": "left", "left": "right", "Right": "Left", "Left": "Right",
             "r": "l", "l": "r", "R": "L", "L": "R"}  # fmt: skip
    for pattern in ("right|left|Right|Left", "(?<![A-Za-z0-9])[rlRL](?![A-Za-z0-9])"):
        swapped, count = re.subn(pattern, lambda m: words[m[0]], name, count=1)
        if count:
            return swapped
    return None


def is_left(name: str) -> bool:
    """Whether a name is that of the left side: the name of the other side sorts after it."""
    other = other_side(name)
    return other is not None and name < other


def _size(body: Body) -> Iterator[CheckFinding]:
    """Distances within bodies: joints, centres of mass, landmarks, points of muscles."""
    tree = body.tree
    far = np.zeros(len(body.names))
    points = [(int(tree.parent[b]), tree.loc[b]) for b in range(1, len(body.names))]
    points += [(b, point) for b, point in enumerate(tree.child_loc)]
    points += [(b, point) for b, point in enumerate(body.com)]
    points += [(body.body_index(p.body), p.local) for p in body.landmarks.values()]
    if body.muscles:
        points += list(zip(body.paths.body.tolist(), body.paths.local, strict=True))
    for b, point in points:
        far[b] = max(far[b], float(np.linalg.norm(point)))
    for b, name in enumerate(body.names):
        if far[b] > TOO_LONG:
            message = f"a point is {far[b]:.4g} m away from its origin. {MILLIMETRES}."
            yield CheckFinding("impossible", name, message)
        elif far[b] > LONG and b > 0:  # the ground (a laboratory) may be larger
            message = f"a point is {far[b]:.4g} m away from its origin. Check the unit."
            yield CheckFinding("implausible", name, message)
    if 0.0 < far.max() < SMALL_MODEL:
        message = f"no point is more than {1e3 * far.max():.3g} mm away from the origin of its body"
        yield CheckFinding("implausible", "the model", f"{message}. Lengths in m are expected.")


def _masses(body: Body) -> Iterator[CheckFinding]:
    total = float(body.mass.sum())
    if total > HEAVY:
        yield CheckFinding("implausible", "the model", f"a mass of {total:.4g} kg. Check the unit.")
    for name, mass, inertia in zip(body.names[1:], body.mass[1:], body.inertia[1:], strict=True):
        if not (np.isfinite(inertia).all() and mass >= 0.0):
            yield CheckFinding("impossible", name, f"a mass of {mass:g} kg and inertia {inertia}")
            continue
        low, middle, high = np.linalg.eigvalsh(inertia)
        moments = f"principal moments of inertia {low:.4g}, {middle:.4g}, {high:.4g} kg m2"
        if low < -1e-9 * abs(high):
            yield CheckFinding("impossible", name, f"{moments}; a negative moment is impossible")
        elif low + middle < high * (1.0 - TRIANGLE):
            message = f"{moments}; the largest exceeds the sum of the others, which is impossible"
            yield CheckFinding("implausible", name, message)
        if mass == 0.0 or high <= 0.0:
            if mass > 0.0 or high > 0.0:
                message = f"a mass of {mass:g} kg with {moments}"
                yield CheckFinding("note", name, message)
            continue
        gyration = float(np.sqrt(high / mass))
        if not GYRATION[0] <= gyration <= GYRATION[1]:
            message = (
                f"a radius of gyration of {gyration:.3g} m (mass {mass:.3g} kg); "
                f"{GYRATION[0]:g} to {GYRATION[1]:g} m is plausible. Check inertia and units."
            )
            yield CheckFinding("implausible", name, message)


def _sides_of_bodies(body: Body) -> Iterator[CheckFinding]:
    def largest_moment(b: int) -> float:
        return float(np.linalg.eigvalsh(body.inertia[b])[2])

    def reach(b: int) -> float:
        return float(np.linalg.norm(body.com[b] - body.tree.child_loc[b]))

    index = {name: b for b, name in enumerate(body.names)}
    for name, b in index.items():
        other = index.get(other_side(name) or "")
        if other is None or not is_left(name):
            continue
        quantities = {
            "masses [kg]": (body.mass[b], body.mass[other]),
            "largest moments of inertia [kg m2]": (largest_moment(b), largest_moment(other)),
            "distances of the centre of mass from the joint [m]": (reach(b), reach(other)),
        }
        yield from _differences(f"{name} and {body.names[other]}", quantities)


def _differences(
    subject: str, quantities: dict[str, tuple[float, float]]
) -> Iterator[CheckFinding]:
    for what, (a, b) in quantities.items():
        if abs(a - b) > SIDES_DIFFER * max(abs(a), abs(b)):  # also False for NaN
            message = f"the two sides differ: {what} {a:.4g} and {b:.4g}"
            yield CheckFinding("note", subject, message)


def _fibres(
    muscles: SizedMuscles, shortest: Floats, longest: Floats, uncertain: Collection[str]
) -> Iterator[CheckFinding]:
    """Sizes of the muscles, and their shortest and longest paths (nm,) [m]."""
    for m, name in enumerate(muscles.names):
        optimal, slack = muscles.optimal_length[m], muscles.tendon_slack_length[m]
        sizes = {"optimal fibre length": optimal, "tendon slack length": slack}
        if optimal <= 0.0 or slack < 0.0:
            message = f"optimal fibre length {optimal:g} m, tendon slack length {slack:g} m"
            yield CheckFinding("impossible", name, message)
            continue
        excess = (optimal / TOO_LONG_FIBRE, slack / TOO_LONG, longest[m] / TOO_LONG)
        if any(ratio > 1.0 for ratio in excess):  # False for NaN
            message = (
                f"optimal fibre length {optimal:.4g} m, tendon slack length {slack:.4g} m, path up "
                f"to {longest[m]:.4g} m. {MILLIMETRES}."
            )
            yield CheckFinding("impossible", name, message)
            continue
        for what, value in sizes.items():
            if value > LONG_FIBRE:
                message = f"{what} {value:.4g} m. Check the unit."
                yield CheckFinding("implausible", name, message)
        low, high = (shortest[m] - slack) / optimal, (longest[m] - slack) / optimal
        if high < FIBRE[0] or low > FIBRE[1]:  # False for NaN
            reason = "too short for any force" if high < FIBRE[0] else "too long for active force"
            message = (
                f"path of about {1e3 * shortest[m]:.4g} to {1e3 * longest[m]:.4g} mm over the "
                f"range of motion, tendon slack length {1e3 * slack:.4g} mm, optimal fibre length "
                f"{1e3 * optimal:.4g} mm: the fibre is {reason} in every posture"
            )
            if name in uncertain:
                message += " (its path differs from that of the file)"
            yield CheckFinding("note" if name in uncertain else "implausible", name, message)


def _sides_of_muscles(muscles: SizedMuscles, lengths: Floats) -> Iterator[CheckFinding]:
    """Pairs of muscles; lengths (nm,) [m] in a symmetric posture."""
    index = {name: m for m, name in enumerate(muscles.names)}
    for name, m in index.items():
        other = index.get(other_side(name) or "")
        if other is None or not is_left(name):
            continue
        sizes = {
            "maximal forces [N]": muscles.max_force,
            "optimal fibre lengths [m]": muscles.optimal_length,
            "tendon slack lengths [m]": muscles.tendon_slack_length,
            "path lengths [m]": lengths,
        }
        pairs = {what: (float(v[m]), float(v[other])) for what, v in sizes.items()}
        yield from _differences(f"{name} and {muscles.names[other]}", pairs)
