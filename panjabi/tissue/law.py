"""The interface of a law of a strand, the check of its properties, and the laws by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown

ENTRY_POINT_GROUP = "panjabi.laws"

Floats = NDArray[np.float64]


@runtime_checkable
class Law(Protocol):
    """Law of a strand as a function of its length. Any object with these members is a law.

    Tension is exactly the derivative of energy, and the tangent that of tension. Tension is never
    negative. At and below `slack_length`, tension and tangent are zero and the energy is constant.
    A law may be plain Python. `check_law` tests these properties.
    """

    @property
    def slack_length(self) -> float:
        """Length where tension starts [m]."""
        ...

    def energy(self, length: ArrayLike) -> Floats | float:
        """Stored energy [J] at a length [m]; float or array of any shape."""
        ...

    def tension(self, length: ArrayLike) -> Floats | float:
        """Tension [N]."""
        ...

    def tangent(self, length: ArrayLike) -> Floats | float:
        """Tangent stiffness d tension / d length [N/m]."""
        ...

    def reference_stiffness(self) -> float:
        """Typical stiffness of the taut strand [N/m]; attachment stiffness is scaled by it."""
        ...


@runtime_checkable
class RelaxingLaw(Law, Protocol):
    """A law at the rate of the passive tests that knows what a hold leaves of it."""

    def relaxed(self, fraction: float) -> Law:
        """The law when this fraction of the tension at the test rate is left [1]."""
        ...


@dataclass(frozen=True)
class Promise:
    """A property that a law must have, and whether it has it (`held`)."""

    name: str
    held: bool
    worst: float  # largest violation over the allowed one (1 = limit)
    length: float | None  # length of the largest violation [m]
    text: str  # description


@dataclass(frozen=True)
class LawReport:
    """Result of `check_law`: every property with its largest violation."""

    law: str
    promises: tuple[Promise, ...]

    @property
    def held(self) -> bool:
        """Whether the law has every property."""
        return all(p.held for p in self.promises)

    @property
    def broken(self) -> tuple[Promise, ...]:
        """The properties that the law does not have."""
        return tuple(p for p in self.promises if not p.held)

    def raise_if_broken(self) -> None:
        """Raise ParameterError that names each missing property and where it fails."""
        if self.held:
            return
        lines = "; ".join(f"{p.name}: {p.text}" for p in self.broken)
        raise ParameterError(
            f"Expected a law with all {len(self.promises)} properties of check_law, got "
            f"{self.law}, which fails in {len(self.broken)}: {lines}. Correct the law and run "
            "check_law again."
        )

    def __str__(self) -> str:
        rows = [f"{self.law}"]
        rows += [f"  {'holds ' if p.held else 'BROKEN'}  {p.name}: {p.text}" for p in self.promises]
        return "\n".join(rows)


def check_law(law: Law, lengths: ArrayLike | None = None, *, tolerance: float = 1e-6) -> LawReport:
    """Test the properties of a law at many lengths; a failure is reported, not raised.

    Derivatives are fourth-order differences from the left and from the right, with three step
    sizes. A tension (tangent) passes if it lies between the two one-sided slopes of the energy
    (tension) up to `tolerance`. So a kink is allowed, and a wrong slope is not.

    Parameters
    ----------
    law
        Any object with the members of `Law`.
    lengths
        Lengths to test [m]; default 0.8 to 1.2 slack lengths, denser just above the slack length.
    tolerance
        Allowed relative error of the derivatives [1].

    Returns
    -------
    LawReport
        A `Promise` for each of: slack_length, finite, never_pushes, slack_is_free,
        tension_is_slope_of_energy, tangent_is_slope_of_tension, monotone, shapes,
        reference_stiffness. `monotone` is not tested if the law has an attribute `monotone` that
        is False.
    """
    name = type(law).__name__
    slack = float(law.slack_length)
    if not (np.isfinite(slack) and slack > 0.0):
        text = f"{slack:g} m, not positive and finite"
        return LawReport(name, (Promise("slack_length", False, np.inf, None, text),))
    points = _points(slack) if lengths is None else np.unique(np.asarray(lengths, float).ravel())
    if points.size == 0 or not np.all(np.isfinite(points)) or points[0] <= 0.0:
        raise ParameterError(
            f"Expected one or more lengths to check a law, positive and finite, got {lengths!r}; "
            "leave them out for lengths around the slack length."
        )
    energy, tension, tangent = (_each(f, points) for f in (law.energy, law.tension, law.tangent))
    taut = tension[np.isfinite(tension)]
    scale = float(np.max(np.abs(taut), initial=0.0)) or 1.0
    finite = np.isfinite(energy) & np.isfinite(tension) & np.isfinite(tangent)
    promises = [
        Promise("slack_length", True, 0.0, None, f"{slack:g} m"),
        _assess("finite", points, np.where(finite, 0.0, np.inf), "not a finite number"),
        _assess("never_pushes", points, np.maximum(-tension, 0.0) / scale / 1e-15, "pushes"),
        _slack_is_free(law, slack, points, energy, tension, tangent, scale),
        _slope("tension_is_slope_of_energy", law.energy, tension, points, slack, tolerance),
        _slope("tangent_is_slope_of_tension", law.tension, tangent, points, slack, tolerance),
        _monotone(law, points, tension, tangent, scale),
        _shapes(law, slack),
        _reference(law),
    ]
    return LawReport(name, tuple(promises))


def available_laws() -> dict[str, type]:
    """Laws by name: the built-in ones and those of entry points in the group "panjabi.laws".

    Raises
    ------
    ParameterError
        If an entry point cannot be loaded, or its name is the name of another law.
    """
    from panjabi.tissue.collagen import Cable, Collagen
    from panjabi.tissue.muscle import PassiveMuscle
    from panjabi.tissue.nerve import NervePath

    laws: dict[str, type] = {c.name: c for c in (Collagen, Cable, PassiveMuscle, NervePath)}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in laws:
            raise ParameterError(
                f"Expected a new name for the law of entry point {point.value!r}, got "
                f"{point.name!r}, which exists; rename that law or uninstall its package."
            )
        try:
            laws[point.name] = point.load()
        except Exception as error:
            raise ParameterError(
                f"Expected law {point.name!r} at entry point {point.value!r}, got an error: it "
                f"cannot be loaded ({error}); repair or uninstall that package."
            ) from error
    return laws


def law_named(name: str) -> type:
    """The law class with this name; UnknownNameError with similar names if there is none."""
    laws = available_laws()
    if name not in laws:
        raise unknown("law", name, laws)
    return laws[name]


# --- the properties, one by one ----------------------------------------------------------


def _points(slack: float) -> Floats:
    near = 1.0 + np.geomspace(1e-6, 1e-2, 25)
    return slack * np.unique(np.concatenate([np.linspace(0.8, 1.2, 161), near]))


def _each(function: Any, lengths: Floats) -> Floats:
    """Values one by one, so that a law for scalars only can also be assessed."""
    return np.array([float(function(float(x))) for x in lengths])


def _assess(name: str, points: Floats, excess: Floats, what: str) -> Promise:
    """Property assessed from violations over the allowed ones (passes up to 1)."""
    excess = np.where(np.isnan(excess), np.inf, excess)
    if excess.size == 0:
        return Promise(name, True, 0.0, None, "no length to test")
    at = int(np.argmax(excess))
    worst, where = float(excess[at]), float(points[at])
    if worst <= 1.0:
        return Promise(name, True, worst, where, f"at {excess.size} lengths")
    return Promise(name, False, worst, where, f"{what} at {where:.9g} m")


def _slack_is_free(
    law: Law,
    slack: float,
    points: Floats,
    energy: Floats,
    tension: Floats,
    tangent: Floats,
    scale: float,
) -> Promise:
    below = points <= slack
    energy_at_slack = float(law.energy(slack))
    wrong = (tension[below] != 0.0) | (tangent[below] != 0.0)
    wrong |= np.abs(energy[below] - energy_at_slack) > 1e-14 * scale * slack
    what = "tension, tangent or change of energy of the slack strand"
    return _assess("slack_is_free", points[below], np.where(wrong, np.inf, 0.0), what)


# One-sided first derivative of fourth order: weights of f(x), f(x+h), ... f(x+4h), over h.
_ONE_SIDED = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0


def _slope(
    name: str, function: Any, slopes: Floats, points: Floats, slack: float, tolerance: float
) -> Promise:
    excess = np.full(points.shape, np.inf)
    difference = np.full(points.shape, np.nan)
    largest = float(np.max(np.abs(slopes[np.isfinite(slopes)]), initial=0.0)) or 1.0
    allowed = tolerance * np.maximum(np.abs(slopes), 1e-3 * largest)
    for step in (1e-4 * slack, 1e-5 * slack, 1e-6 * slack):
        sides = []
        for sign in (-1.0, 1.0):
            grid = points[:, None] + sign * step * np.arange(5)
            values = _each(function, grid.ravel()).reshape(grid.shape)
            values = values - values[:, :1]
            sides.append(values @ _ONE_SIDED / (sign * step))
        low, high = np.minimum(*sides), np.maximum(*sides)
        outside = np.maximum(np.maximum(low - slopes, slopes - high), 0.0)
        now = outside / allowed
        better = now < excess
        excess = np.where(better, now, excess)
        difference = np.where(better, 0.5 * (low + high), difference)
    promise = _assess(name, points, excess, "")
    if promise.held:
        return promise
    at = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
    text = f"{slopes[at]:.9g}, by differences {difference[at]:.9g}, at {points[at]:.9g} m"
    return Promise(name, False, promise.worst, promise.length, text)


def _monotone(law: Law, points: Floats, tension: Floats, tangent: Floats, scale: float) -> Promise:
    if getattr(law, "monotone", True) is False:
        return Promise("monotone", True, 0.0, None, "the law declares that tension may fall")
    fall = np.concatenate([[0.0], np.maximum(-np.diff(tension), 0.0)]) / scale
    soft = np.maximum(-tangent, 0.0) * points / scale
    return _assess("monotone", points, np.maximum(fall, soft) / 1e-12, "tension falls with length")


def _shapes(law: Law, slack: float) -> Promise:
    name = "shapes"
    for shape in ((), (3,), (2, 3), (0,)):
        lengths = np.linspace(0.9 * slack, 1.1 * slack, int(np.prod(shape))).reshape(shape)
        for method in ("energy", "tension", "tangent"):
            call = getattr(law, method)
            try:
                values = call(lengths)
            except Exception as error:  # custom code may raise any error; it is reported
                text = f"{method} of an array of shape {shape} raises {type(error).__name__}"
                return Promise(name, False, np.inf, None, f"{text} (use numpy.where instead of if)")
            if np.shape(values) != shape:
                text = f"{method} turns shape {shape} into {np.shape(values)}"
                return Promise(name, False, np.inf, None, text)
            one_by_one = _each(call, lengths.ravel()).reshape(shape)
            if not np.allclose(values, one_by_one, rtol=1e-12, atol=0.0, equal_nan=True):
                text = f"{method} of an array differs from the same lengths one by one"
                return Promise(name, False, np.inf, None, text)
    return Promise(name, True, 0.0, None, "scalars and arrays")


def _reference(law: Law) -> Promise:
    try:
        value = float(law.reference_stiffness())
    except Exception as error:
        text = f"raises {type(error).__name__}: {error}"
        return Promise("reference_stiffness", False, np.inf, None, text)
    valid = bool(np.isfinite(value) and value > 0.0)
    text = f"{value:g} N/m" + ("" if valid else ", not positive and finite")
    return Promise("reference_stiffness", valid, 0.0 if valid else np.inf, None, text)
