"""What a strand's law is, the test of its promises, and the laws that can be found by name."""

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
    """Length-based law of one strand. Any object with these members is one.

    Tension is the derivative of energy and the tangent that of tension, exactly; tension is
    never negative; at and below `slack_length` tension and tangent are zero and the energy is
    constant. Plain Python is fine. `check_law` tests all of it.
    """

    @property
    def slack_length(self) -> float:
        """Length where tension starts [m]."""
        ...

    def energy(self, length: Any) -> Any:
        """Stored energy [J] at a length [m]; float or array of any shape."""
        ...

    def tension(self, length: Any) -> Any:
        """Tension [N]."""
        ...

    def tangent(self, length: Any) -> Any:
        """Tangent stiffness d tension / d length [N/m]."""
        ...

    def reference_stiffness(self) -> float:
        """One number for how stiff the strand is once taut [N/m]; ties are scaled by it."""
        ...


@dataclass(frozen=True)
class Promise:
    """One thing a law must hold, and whether it does."""

    name: str
    held: bool
    worst: float  # greatest violation, relative to what is allowed to be seen (1 = limit)
    length: float | None  # where that was [m]
    text: str  # what was seen there


@dataclass(frozen=True)
class LawReport:
    """Outcome of `check_law`: every promise with its worst place."""

    law: str
    promises: tuple[Promise, ...]

    @property
    def held(self) -> bool:
        """Whether every promise holds."""
        return all(p.held for p in self.promises)

    @property
    def broken(self) -> tuple[Promise, ...]:
        """The promises that do not hold."""
        return tuple(p for p in self.promises if not p.held)

    def raise_if_broken(self) -> None:
        """Raise ParameterError naming each broken promise and where it breaks."""
        if self.held:
            return
        lines = "; ".join(f"{p.name}: {p.text}" for p in self.broken)
        raise ParameterError(
            f"law {self.law} breaks {len(self.broken)} of {len(self.promises)} promises: {lines}. "
            "A law possible here keeps them all; mend it and run check_law again."
        )

    def __str__(self) -> str:
        rows = [f"{self.law}"]
        rows += [f"  {'holds ' if p.held else 'BROKEN'}  {p.name}: {p.text}" for p in self.promises]
        return "\n".join(rows)


def check_law(law: Law, lengths: ArrayLike | None = None, *, tolerance: float = 1e-6) -> LawReport:
    """Test the promises of a law at many lengths; nothing is raised here.

    Derivatives are fourth-order differences from the left, and from the right, at three
    steps. A tension (tangent) passes where it lies between the two one-sided slopes of the
    energy (tension) up to `tolerance`, so a kink is allowed and a wrong slope is not.

    Parameters
    ----------
    law
        Anything with the members of `Law`.
    lengths
        Where to look [m]; default 0.8 to 1.2 slack lengths, denser just above slack.
    tolerance
        Allowed relative error of the derivatives [1].

    Returns
    -------
    LawReport
        One `Promise` each for: slack_length, finite, never_pushes, slack_is_free,
        tension_is_slope_of_energy, tangent_is_slope_of_tension, monotone, shapes,
        reference_stiffness. `monotone` holds by declaration if the law has an attribute
        `monotone` that is False.
    """
    who = type(law).__name__
    slack = float(law.slack_length)
    if not (np.isfinite(slack) and slack > 0.0):
        bad = Promise("slack_length", False, np.inf, None, f"{slack:g} m, not positive and finite")
        return LawReport(who, (bad,))
    places = _places(slack) if lengths is None else np.unique(np.asarray(lengths, float).ravel())
    if places.size == 0 or not np.all(np.isfinite(places)) or places[0] <= 0.0:
        raise ParameterError(
            "lengths to check a law at must be positive and finite, at least one; "
            "leave them out to have them chosen around the slack length."
        )
    energy, tension, tangent = (_each(f, places) for f in (law.energy, law.tension, law.tangent))
    taut = tension[np.isfinite(tension)]
    scale = float(np.max(np.abs(taut), initial=0.0)) or 1.0
    finite = np.isfinite(energy) & np.isfinite(tension) & np.isfinite(tangent)
    promises = [
        Promise("slack_length", True, 0.0, None, f"{slack:g} m"),
        _judge("finite", places, np.where(finite, 0.0, np.inf), "not a finite number"),
        _judge("never_pushes", places, np.maximum(-tension, 0.0) / scale / 1e-15, "pushes"),
        _slack_is_free(law, slack, places, energy, tension, tangent, scale),
        _slope("tension_is_slope_of_energy", law.energy, tension, places, slack, tolerance),
        _slope("tangent_is_slope_of_tension", law.tension, tangent, places, slack, tolerance),
        _monotone(law, places, tension, tangent, scale),
        _shapes(law, slack),
        _reference(law),
    ]
    return LawReport(who, tuple(promises))


def available_laws() -> dict[str, type]:
    """Laws by name: the built-in ones and those of entry points in the group "panjabi.laws".

    Raises
    ------
    ParameterError
        If an entry point cannot be loaded, or takes a name that is taken.
    """
    from panjabi.tissue.collagen import Cable, Collagen
    from panjabi.tissue.muscle import PassiveMuscle
    from panjabi.tissue.nerve import NervePath

    laws: dict[str, type] = {c.name: c for c in (Collagen, Cable, PassiveMuscle, NervePath)}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in laws:
            raise ParameterError(
                f"entry point {point.value!r} offers a law named {point.name!r}, which exists; "
                "names of laws are unique. Rename or uninstall that package's law."
            )
        try:
            laws[point.name] = point.load()
        except Exception as error:
            raise ParameterError(
                f"law {point.name!r} of entry point {point.value!r} cannot be loaded "
                f"({error}); the built-in laws need no package. Mend or uninstall that package."
            ) from error
    return laws


def law_named(name: str) -> type:
    """The law class of a name; UnknownNameError with the nearest names if there is none."""
    laws = available_laws()
    if name not in laws:
        raise unknown("law", name, laws)
    return laws[name]


# --- the single promises -----------------------------------------------------------------


def _places(slack: float) -> Floats:
    near = 1.0 + np.geomspace(1e-6, 1e-2, 25)
    return slack * np.unique(np.concatenate([np.linspace(0.8, 1.2, 161), near]))


def _each(function: Any, lengths: Floats) -> Floats:
    """Values one by one, so that a law that knows scalars only can still be judged."""
    return np.array([float(function(float(x))) for x in lengths])


def _judge(name: str, places: Floats, excess: Floats, what: str) -> Promise:
    """Promise from violations in units of what is allowed (held up to 1)."""
    excess = np.where(np.isnan(excess), np.inf, excess)
    if excess.size == 0:
        return Promise(name, True, 0.0, None, "no place to look at")
    at = int(np.argmax(excess))
    worst, where = float(excess[at]), float(places[at])
    if worst <= 1.0:
        return Promise(name, True, worst, where, f"at {excess.size} lengths")
    return Promise(name, False, worst, where, f"{what} at {where:.9g} m")


def _slack_is_free(
    law: Law,
    slack: float,
    places: Floats,
    energy: Floats,
    tension: Floats,
    tangent: Floats,
    scale: float,
) -> Promise:
    below = places <= slack
    rest = float(law.energy(slack))
    wrong = (tension[below] != 0.0) | (tangent[below] != 0.0)
    wrong |= np.abs(energy[below] - rest) > 1e-14 * scale * slack
    what = "tension, tangent or change of energy in slack"
    return _judge("slack_is_free", places[below], np.where(wrong, np.inf, 0.0), what)


# One-sided first derivative of fourth order: weights of f(x), f(x+h), ... f(x+4h), over h.
_ONE_SIDED = np.array([-25.0, 48.0, -36.0, 16.0, -3.0]) / 12.0


def _slope(
    name: str, function: Any, claimed: Floats, places: Floats, slack: float, tolerance: float
) -> Promise:
    excess = np.full(places.shape, np.inf)
    seen = np.full(places.shape, np.nan)
    largest = float(np.max(np.abs(claimed[np.isfinite(claimed)]), initial=0.0)) or 1.0
    allowed = tolerance * np.maximum(np.abs(claimed), 1e-3 * largest)
    for step in (1e-4 * slack, 1e-5 * slack, 1e-6 * slack):
        sides = []
        for sign in (-1.0, 1.0):
            grid = places[:, None] + sign * step * np.arange(5)
            values = _each(function, grid.ravel()).reshape(grid.shape)
            values = values - values[:, :1]
            sides.append(values @ _ONE_SIDED / (sign * step))
        low, high = np.minimum(*sides), np.maximum(*sides)
        outside = np.maximum(np.maximum(low - claimed, claimed - high), 0.0)
        now = outside / allowed
        better = now < excess
        excess = np.where(better, now, excess)
        seen = np.where(better, 0.5 * (low + high), seen)
    promise = _judge(name, places, excess, "")
    if promise.held:
        return promise
    at = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
    text = f"says {claimed[at]:.9g}, differences say {seen[at]:.9g} at {places[at]:.9g} m"
    return Promise(name, False, promise.worst, promise.length, text)


def _monotone(law: Law, places: Floats, tension: Floats, tangent: Floats, scale: float) -> Promise:
    if getattr(law, "monotone", True) is False:
        return Promise("monotone", True, 0.0, None, "the law declares that tension may fall")
    fall = np.concatenate([[0.0], np.maximum(-np.diff(tension), 0.0)]) / scale
    soft = np.maximum(-tangent, 0.0) * places / scale
    return _judge("monotone", places, np.maximum(fall, soft) / 1e-12, "tension falls with length")


def _shapes(law: Law, slack: float) -> Promise:
    name = "shapes"
    for shape in ((), (3,), (2, 3), (0,)):
        lengths = np.linspace(0.9 * slack, 1.1 * slack, int(np.prod(shape))).reshape(shape)
        for method in ("energy", "tension", "tangent"):
            call = getattr(law, method)
            try:
                values = call(lengths)
            except Exception as error:  # a user's code: whatever it raises is the finding
                text = f"{method} of an array of shape {shape} raises {type(error).__name__}"
                return Promise(name, False, np.inf, None, f"{text} (numpy.where instead of if?)")
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
    held = np.isfinite(value) and value > 0.0
    text = f"{value:g} N/m" + ("" if held else ", not positive and finite")
    return Promise("reference_stiffness", bool(held), 0.0 if held else np.inf, None, text)
