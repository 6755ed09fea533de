"""Sway of a trunk in quiet stance: standard deviation of its angle, exact for the linear system.

White torque w acts on the trunk, white noise n adds to the angle that its receptors sense. With
the matrices A and B_j of the linear system and a loop gain g,

    (s - A - g sum of B_j exp(-s T_j)) x = load w + (position + s velocity) n

and the variance of the angle is the integral of the squared responses over the frequency.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from panjabi._caching import cached
from panjabi.delay.roots.system import UnstableError
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.evidence import BEYOND_FAILURE
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr
from panjabi.spine.deficits import Deficits, with_deficits
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine
from panjabi.spine.model_build import spine_model
from panjabi.spine.subject_data import SubjectData
from panjabi.spine.tangents import tangent

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

BAND = "rms within a band of 1 Hz"
TORQUE = assumed(1.0, "N m", BAND)
SENSOR = assumed(0.1, "deg", BAND)

LEAST = 1e-4  # smallest co-contraction, and smallest excitation of a muscle [1]
TOP = 3000.0  # highest frequency [rad/s]
PANELS = 24  # of the integral about the resonance
MOST = 0.94  # largest co-contraction that is tried [1]
NODES = 25  # co-contractions at which a trunk is computed, between which it is interpolated


@dataclass(frozen=True, repr=False)
class Noise(ShortRepr):
    """Strength of both noises as the standard deviation within a band of 1 Hz; assumed."""

    torque: Parameter = TORQUE
    sensor: Parameter = SENSOR


@dataclass(frozen=True)
class Stance:
    """What a trunk in quiet stance does with the noise, for a stable trunk."""

    by_torque: float  # variance of the angle with torque of 1 N m within 1 Hz [rad2/(N m)2]
    by_sensor: float  # with an error of the sensed angle of 1 rad within 1 Hz [1]
    by_bias: float  # mean angle per constant error of the sensed angle [1]

    def variance(self, noise: Noise, rise: float = 1.0) -> float:
        """Variance of the angle [rad2]; rise : factor on the power of the sensor noise [1]."""
        return noise.torque.si**2 * self.by_torque + rise * noise.sensor.si**2 * self.by_sensor


@dataclass(frozen=True, eq=False, repr=False)
class StanceSystem(ShortRepr):
    """The linear system of a trunk in quiet stance, with what the statements read of it."""

    now: Floats  # (n, n) A [1/s]; the angle is the first state
    late: Floats  # (loops, n, n) B_j [1/s]
    load: Floats  # (n,) by a moment
    position: Floats  # (n,) by an error of the sensed angle
    velocity: Floats  # (n,) by its rate
    compression: Floats  # () of the joint [N]

    def stance(self, delays: Floats, gain: float = 1.0) -> Stance | None:
        """The responses with loops of these delays (loops,) [s] and gains times `gain`.

        None: the trunk is unstable. The unstable roots are counted by the argument principle.
        """
        w, weight = _frequencies(self._resonance(delays, gain))
        angle, ratio = self._response(cast(Complexes, 1j * w), delays, gain)
        turn = np.unwrap(np.angle(ratio))
        growing = int(np.count_nonzero(np.linalg.eigvals(self.now).real > 0.0))
        if growing != round((turn[-1] - turn[0]) / math.pi):
            return None
        torque, sensor = (np.abs(angle) ** 2).T @ weight
        return Stance(float(torque), float(sensor), float(angle[0, 1].real))

    def _response(self, s: Complexes, delays: Floats, gain: float) -> tuple[Complexes, Complexes]:
        """Angle by torque and by the sensed angle (k, 2), and det(closed) / det(open loop) (k,)."""
        n = len(self.now)
        turned = gain * np.exp(-np.multiply.outer(s, delays))  # (k, loops)
        rows = np.flatnonzero(np.any(self.late, axis=(0, 2)))  # the commands of the muscles
        late = np.tensordot(turned, self.late[:, rows], 1)  # (k, rows, n)
        D = s[:, None, None] * np.eye(n) - self.now
        D[:, rows] -= late
        inputs = np.zeros((len(s), n, 2 + len(rows)), complex)
        inputs[:, :, 0] = self.load
        inputs[:, :, 1] = self.position + s[:, None] * self.velocity
        inputs[:, rows, 2 + np.arange(len(rows))] = 1.0
        x = np.linalg.solve(D, inputs)
        ratio = 1.0 / np.linalg.det(np.eye(len(rows)) + late @ x[:, :, 2:])
        return cast(Complexes, x[:, 0, :2]), cast(Complexes, ratio)

    def _resonance(self, delays: Floats, gain: float) -> complex:
        """The root of the resonance, a zero of the dynamic stiffness [1/s]; by the secant method.

        It places the frequencies of the integral.
        """

        def compliance(s: Complexes) -> Complexes:
            return self._response(s, delays, gain)[0][:, 0]

        places = cast(Complexes, 1j * np.geomspace(1.0, 60.0, 24))
        peak = complex(places[np.abs(compliance(places)).argmax()])
        before, now = peak, peak - 0.05 * abs(peak)
        f_before, f_now = 1.0 / compliance(np.array([before, now]))
        for _ in range(20):
            if f_now == f_before or abs(now - before) < 1e-6 * abs(now):
                break
            step = f_now * (now - before) / (f_now - f_before)
            before, now, f_before = now, now - step, f_now
            f_now = 1.0 / compliance(np.array([now]))[0]
        near = now.imag > 0.5 and abs(now - peak) < abs(peak)
        return now if near else complex(-1.0, peak.imag)


@dataclass(frozen=True, eq=False, repr=False)
class TrunkStances(ShortRepr):
    """A trunk in quiet stance over co-contraction and passive loss, quick to evaluate.

    The system is computed at `NODES` co-contractions, intact and with all passive stiffness lost.
    It is interpolated between the first, and it is linear in the passive loss: upright, a unit has
    no moment, so that its stiffness does not change the equilibrium. Largest co-contraction is the
    one at which the muscles cannot balance the trunk any more or the unit fails.

    Raises
    ------
    ParameterError
        For a spine with more than one free coordinate.
    ConvergenceError
        If its muscles cannot hold the trunk upright.
    """

    trunk: Spine  # without passive loss
    strength_loss: float = 0.0  # of both muscles [1]

    def __post_init__(self) -> None:
        if len(self.trunk.free) != 1:
            raise ParameterError(
                f"Expected a trunk with one free coordinate, got {len(self.trunk.free)}; use "
                "spine_model('trunk', reflexes=True)."
            )

    @cached_property
    def _weak(self) -> Spine:
        return with_deficits(self.trunk, Deficits(strength_loss=self.strength_loss))

    @property
    def cocontraction(self) -> float:
        """Present co-contraction of the trunk, the larger of both muscles [1]."""
        return float(np.max(self.trunk.cocontraction))

    @cached_property
    def delays(self) -> Floats:
        """(loops,) delays [s]."""
        return _delays(self._rest(LEAST))

    @cached_property
    def most(self) -> float:
        """Largest co-contraction [1]; nan: none holds the trunk."""
        if not self._holds(LEAST):
            return math.nan
        if self._holds(MOST):
            return MOST
        low, high = LEAST, MOST
        while high - low > 1e-4 * high:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._holds(middle) else (low, middle)
        return low

    def at(self, activation: float, passive_loss: float = 0.0) -> StanceSystem:
        """The system at a co-contraction from `LEAST` to `most` and a passive loss [1].

        Raises
        ------
        ParameterError
            For a co-contraction outside this range.
        """
        if not LEAST <= activation <= self.most:
            raise ParameterError(
                f"Expected a co-contraction from {LEAST:g} to {self.most:g}, the most that muscles "
                f"and unit allow, got {activation!r}; give one in this range."
            )
        weights = self._weights(activation, passive_loss)
        return StanceSystem(*(np.tensordot(weights, each, 1) for each in self._table))

    def stiffness(self, activation: float, passive_loss: float = 0.0) -> float:
        """Stiffness against a quick turn, without reflexes [N m/rad]."""
        return float(self._weights(activation, passive_loss) @ self._stiffness)

    def _weights(self, activation: float, passive_loss: float) -> Floats:
        """Weights of the nodes intact, then with the unit lost (2 k,)."""
        apart = math.sqrt(activation) - self._nodes
        hit = apart == 0.0
        near = hit.astype(float) if hit.any() else _signs() / np.where(hit, 1.0, apart)
        return np.outer([1.0 - passive_loss, passive_loss], near / near.sum()).ravel()

    def stance(
        self, activation: float, passive_loss: float = 0.0, *, gain: float = 1.0, later: float = 0.0
    ) -> Stance | None:
        """Responses to noise with gains times `gain` and delays longer by `later` [s].

        None: unstable.
        """
        return self.at(activation, passive_loss).stance(self.delays + later, gain)

    @cached_property
    def _nodes(self) -> Floats:
        """Square roots of the co-contractions that are computed (k,)."""
        low, high = math.sqrt(LEAST), math.sqrt(self.most)
        between = 0.5 * (1.0 - np.cos(np.linspace(0.0, math.pi, NODES)))
        return low + (high - low) * between

    @cached_property
    def _rests(self) -> list[Equilibrium]:
        """The equilibria at the nodes, then the same with the unit lost."""
        intact = [self._rest(float(x * x)) for x in self._nodes]
        lost = with_deficits(self.trunk, Deficits(passive_loss=1.0)).joints
        return intact + [replace(r, model=replace(r.model, joints=lost)) for r in intact]

    @cached_property
    def _table(self) -> tuple[Floats, ...]:
        """Each array of the systems at the nodes (2 k, ...)."""
        systems = [stance_system(rest) for rest in self._rests]
        return tuple(np.array([getattr(s, f.name) for s in systems]) for f in fields(StanceSystem))

    @cached_property
    def _stiffness(self) -> Floats:
        """Fast stiffness at the nodes (2 k,) [N m/rad]."""
        return np.array([tangent(r.model, r.state, which="fast")[0, 0] for r in self._rests])

    def _rest(self, activation: float) -> Equilibrium:
        return equilibrium(self._weak, least=activation, extrapolate=True)

    def _holds(self, activation: float) -> bool:
        """Whether muscles balance the trunk with this co-contraction and the unit does not fail."""
        try:
            rest = self._rest(activation)
        except ConvergenceError:
            return False
        return all(d.where != BEYOND_FAILURE for d in rest.model.departures(rest.state))


@cached
def standing_trunk(subject: SubjectData | None = None) -> Spine:
    """The trunk of a subject in standing with its reflexes; by default of the standard adult."""
    return spine_model("trunk", subject=subject, posture="standing", reflexes=True)


@lru_cache(maxsize=32)
def stances_of(trunk: Spine, strength_loss: float = 0.0) -> TrunkStances:
    """The stances of a trunk, computed once."""
    return TrunkStances(trunk, strength_loss)


def stance_system(rest: Equilibrium) -> StanceSystem:
    """The part of the linear system of a trunk that is connected with its angle."""
    found = linear_system(rest, by_loop=True)
    late = np.array([term.state for term in found.delayed]).reshape(-1, *found.now.shape)
    coupled = (found.E != 0.0) | (found.now != 0.0) | np.any(late != 0.0, axis=0)
    keep = np.arange(found.size) == 0
    for _ in range(found.size):
        keep = keep | coupled[keep].any(axis=0) | coupled[:, keep].any(axis=1)
    names = [name for name, kept in zip(found.state_names, keep, strict=True) if kept]
    senses = np.array(["afferent" in name or "receptor" in name for name in names])
    square = np.ix_(keep, keep)
    rows = np.linalg.inv(found.E[square])  # solves the equations for the rates
    now = cast(Floats, rows @ found.now[square])
    assert found.inputs is not None
    return StanceSystem(
        now=now,
        late=cast(Floats, rows @ late[:, keep][:, :, keep]),
        load=rows @ found.inputs[keep, 0],
        position=np.where(senses, now[:, 0], 0.0),
        velocity=np.where(senses, now[:, 1], 0.0),
        compression=rest.state[rest.model.slices["compression"]][0],
    )


def trunk_sway(rest: Equilibrium, noise: Noise | None = None, *, rise: float = 1.0) -> float:
    """Standard deviation of the angle of a trunk about its equilibrium [rad].

    rise : factor on the power of the sensor noise [1].

    Raises
    ------
    UnstableError
        If the trunk is unstable.
    """
    stance = stance_system(rest).stance(_delays(rest))
    if stance is None:
        raise UnstableError(
            "Expected a stable trunk for a sway, got one with roots right of the imaginary axis; "
            "see verdict(spine), then change gains, delays or co-contraction."
        )
    return math.sqrt(stance.variance(noise or Noise(), rise))


def _delays(rest: Equilibrium) -> Floats:
    """Delay of every loop (loops,) [s]."""
    return np.array([term.delay for term in linear_system(rest, by_loop=True).delayed])


def _frequencies(root: complex) -> tuple[Floats, Floats]:
    """Frequencies from 0 [rad/s] and weights [Hz], dense about zero and about a root [1/s]."""
    width, split = max(abs(root.real), 1e-3), 0.5 * root.imag
    z, weight = np.polynomial.legendre.leggauss(5)

    def panels(edges: Floats) -> tuple[Floats, Floats]:
        half = 0.5 * np.diff(edges)[:, None]
        return (edges[:-1, None] + half * (1.0 + z)).ravel(), (half * weight).ravel()

    low, per_low = panels(np.append(0.0, np.geomspace(0.02, split, 6)))
    first, last = (math.asinh((end - root.imag) / width) for end in (split, TOP))
    t, per_t = panels(np.linspace(first, last, PANELS + 1))
    high, per_high = root.imag + width * np.sinh(t), width * np.cosh(t) * per_t
    weights = np.concatenate([[0.0], per_low, per_high]) / (2.0 * math.pi)
    return np.concatenate([[0.0], low, high]), weights


@cache
def _signs() -> Floats:
    """Barycentric weights of the extremes of a Chebyshev polynomial (k,)."""
    signs = (-1.0) ** np.arange(NODES)
    signs[[0, -1]] *= 0.5
    return cast(Floats, signs)
