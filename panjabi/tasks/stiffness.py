"""Driving-point stiffness of a trunk at a harness: static, at a frequency, intrinsic and reflex.

A horizontal cable pulls on a harness, muscles of least effort hold the posture with the margin of
stability, and a small force moves the harness. Its motion follows from the exact linearisation of
the moving spine, reflex delays included,

    Z(s) = 1 / (b^T D(s)^-1 b),    D(s) q = b f,

with b the motion of the harness per coordinate and D(s) of the coordinates alone: fibres, tendons,
short-range forces, relaxation, compression and reflexes are eliminated. Without inertia D(s) is the
complex stiffness K(s) of muscles, units, weight and reflexes, and Re 1 / (b^T K(iw)^-1 b) is the
stiffness at a frequency. An experimenter cannot remove the inertia: m x'' + c x' + k x = f is
fitted to the record of one sine (Gardner-Morse & Stokes 2001). The same fit is made here: to a run
of the whole model at the amplitude of the paper, in which fibres leave their short range, and to
the exact response of the linear model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.delay.roots.condensed_spectrum import Condensed
from panjabi.errors import ConvergenceError, ParameterError, unknown
from panjabi.parameter import Parameter, sources
from panjabi.passive.directions import levels
from panjabi.recruitment.posture import SpineRecruitment, held_spine, imposed, recruit
from panjabi.recruitment.required import MARGIN
from panjabi.results import Result, frame
from panjabi.simulation.spine_run import STANDARD, simulate
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.levels import vertebrae_of
from panjabi.spine.linear_system import linear_system
from panjabi.spine.perturbation import ForcePulse, QuickRelease
from panjabi.spine.static_build import static_view
from panjabi.spine.strength import largest_exertion
from panjabi.spine.tangents import tangent

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.spine.model import Spine
    from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

PULLS = {"forward": 0.0, "right": 90.0, "backward": 180.0, "left": -90.0}
"""Direction of the cable: angle from forward to the right [deg]. The trunk resists the pull."""

HARMONICS = 50  # of the sine in its computed response, whose spectrum falls with the fourth power
SPACE = 2.0  # period of this computation over the length of the record
DAMPED = 12.0  # e-folds over this period, so that what is periodic about it vanishes
SAMPLES = 200  # of a record, per cycle
START = 0.01  # of the sine in a run [s]
FINE = replace(STANDARD, rtol=1e-5, atol=1e-7)


@dataclass(frozen=True)
class SecondOrderFit:
    """m x'' + c x' + k x = f by least squares of the force over a record."""

    mass: float  # effective mass m [kg]
    damping: float  # c [N s/m]
    stiffness: float  # k [N/m]
    explained: float  # fraction of the force that the fit explains [1]


@dataclass(frozen=True, eq=False, repr=False)
class SineRecord(Result):
    """Motion of the harness under cycles of a sine that start at rest, for an amplitude of 1 N."""

    time: Floats  # (k,) [s]
    force: Floats  # (k,) [1]
    displacement: Floats  # (k,) [m/N]
    velocity: Floats  # (k,) [m/(N s)]
    acceleration: Floats  # (k,) [m/(N s2)]

    @property
    def fit(self) -> SecondOrderFit:
        """The second-order fit of the record."""
        table = np.column_stack([self.acceleration, self.velocity, self.displacement])
        size = np.linalg.norm(table, axis=0)
        found = np.linalg.lstsq(table / size, self.force)[0] / size
        left = self.force - table @ found
        explained = 1.0 - float(left @ left) / float(self.force @ self.force)
        mass, damping, stiffness = map(float, found)
        return SecondOrderFit(mass, damping, stiffness, explained)


@dataclass(frozen=True)
class StaticStiffness:
    """Force over displacement of the harness without motion, if all directions are stable."""

    value: float | None  # [N/m]; None: not defined
    undefined: int  # directions without positive stiffness

    def __str__(self) -> str:
        if self.value is None:
            return f"not defined: {self.undefined} direction{'s' if self.undefined > 1 else ''}"
        return f"{1e-3 * self.value:.2f} N/mm"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TrunkStiffness(Result):
    """Stiffness of a spine at a harness, with the equilibrium at which it is computed.

    Stiffness at a frequency is that without inertia. Intrinsic is without reflexes; the reflex part
    is what they add. A static value needs a stable static spine, values at a frequency do not.
    """

    rest: Equilibrium  # of the spine under the pull
    recruited: SpineRecruitment
    angle: float  # of the pull, from forward to the right [deg]
    at: str
    height: float  # of the harness over the lowest joint [m]
    pull: float  # of the cable [N]
    largest: float  # pull that the muscles can carry [N]
    frequency: float  # [Hz]
    cycles: int  # of the sine
    amplitude: float  # of the sine in the run, over the largest pull [1]
    extrapolate: bool
    along: Floats  # (n,) motion of the harness in the direction of the pull [m/rad]
    cable: QuickRelease

    def __repr__(self) -> str:
        return (
            f"<TrunkStiffness: {1e-3 * self.fit.stiffness:.2f} N/mm and {self.fit.mass:.1f} kg at "
            f"{self.at}, {100 * self.effort:.3g} % effort, {self.frequency:g} Hz>"
        )

    @property
    def effort(self) -> float:
        """Pull over the largest pull [1]."""
        return self.pull / self.largest

    # --- motion of the harness ------------------------------------------------------------

    def dynamic_stiffness(
        self, frequency_hz: ArrayLike | None = None, *, reflexes: bool = True
    ) -> Complexes:
        """Force over displacement of the harness, with inertia, at frequencies (k,) [N/m]."""
        return 1.0 / self._compliance(self._axis(frequency_hz), self._systems[reflexes])

    def complex_stiffness(
        self, frequency_hz: ArrayLike | None = None, *, reflexes: bool = True
    ) -> Complexes:
        """The same without inertia: muscles, units, weight and reflexes (k,) [N/m]."""
        massless = _massless(self._systems[reflexes], len(self.along))
        return 1.0 / self._compliance(self._axis(frequency_hz), massless)

    def _axis(self, frequency_hz: ArrayLike | None) -> Complexes:
        f = np.asarray(self.frequency if frequency_hz is None else frequency_hz, np.complex128)
        return np.atleast_1d(2j * math.pi * f)

    def linear_record(self, *, reflexes: bool = True) -> SineRecord:
        """The motion under a small sine, by a Fourier series of the damped response.

        The response is multiplied by exp(-s t) so that it fades within the period of the series;
        this also holds for a spine that is unstable.
        """
        f, length = self.frequency, self.cycles / self.frequency
        period = SPACE * length
        orders = np.arange(round(HARMONICS * f * period) + 1, dtype=np.complex128)
        s = np.asarray(DAMPED / period + 2j * math.pi / period * orders, np.complex128)
        w = 2.0 * math.pi * f
        force = w / (s**2 + w**2) * (1.0 - np.exp(-s * length))
        moved = self._compliance(s, self._systems[reflexes]) * force
        moved[0] *= 0.5
        time = np.linspace(0.0, length, SAMPLES * self.cycles + 1)
        waves = np.exp(np.outer(time, s)) * (2.0 / period)
        x, v, a = ((waves @ (moved * s**k)).real for k in range(3))
        return SineRecord(time, np.sin(w * time), x, v, a)

    @cached_property
    def record(self) -> SineRecord:
        """The motion under the sine in a run of the whole model, over the amplitude.

        Raises
        ------
        ConvergenceError
            If the spine loses balance.
        """
        n, half = len(self.along), 0.5 / self.frequency
        size = self.amplitude * self.largest
        end = START + 2.0 * half * self.cycles
        pulses = [
            ForcePulse(
                (-1.0) ** k * size,
                self.cable.body,
                self.cable.point,
                self.cable.direction,
                start=START + half * k,
                length=half,
            )
            for k in range(2 * self.cycles)
        ]
        cable = replace(self.cable, start=end + 1.0)
        run = simulate(
            self.rest, (cable, *pulses), FINE, duration=end, extrapolate=self.extrapolate
        )
        if run.stopped:
            raise ConvergenceError(
                f"Expected a spine that keeps its balance under a sine of {size:.3g} N, got "
                f"{run.outcome!r}; give a smaller amplitude or more least_activation."
            )
        time = np.linspace(START, end, SAMPLES * self.cycles + 1)
        states = run.trajectory.at(time)
        moved = (states[:, :n] - self.rest.q) @ self.along / size
        speed = states[:, n : 2 * n] @ self.along / size
        since = time - START
        force = np.sin(2.0 * math.pi * self.frequency * since)
        return SineRecord(since, force, moved, speed, np.gradient(speed, time))

    def _compliance(self, s: Complexes, condensed: Condensed) -> Complexes:
        rows = np.zeros((1, condensed.system.size))
        rows[0, : len(self.along)] = self.along
        inputs = condensed.system.inputs
        assert inputs is not None
        return condensed.left(rows, s)[:, 0] @ (inputs @ self.along)

    @cached_property
    def _systems(self) -> dict[bool, Condensed]:
        """The linear spine under the pull with (True) and without reflexes."""
        whole = Condensed(linear_system(self.rest, applied=(self.cable,)))
        return {True: whole, False: whole.scaled(0.0)}

    # --- the numbers of an experiment -----------------------------------------------------

    @cached_property
    def fit(self) -> SecondOrderFit:
        """Second-order fit of the run, reflexes included."""
        return self.record.fit

    @cached_property
    def small_fit(self) -> SecondOrderFit:
        """Second-order fit for a small sine, reflexes included."""
        return self.linear_record().fit

    @cached_property
    def intrinsic_fit(self) -> SecondOrderFit:
        """Second-order fit for a small sine without reflexes."""
        return self.linear_record(reflexes=False).fit

    @cached_property
    def _at_frequency(self) -> tuple[float, float]:
        """Stiffness at the frequency with and without reflexes [N/m]."""
        both = (self.complex_stiffness(reflexes=r)[0] for r in (True, False))
        whole, intrinsic = (float(k.real) for k in both)
        return whole, intrinsic

    @property
    def intrinsic(self) -> float:
        """Real part of the complex stiffness at the frequency without reflexes [N/m]."""
        return self._at_frequency[1]

    @property
    def reflex(self) -> float:
        """What reflexes add to this real part [N/m]."""
        return self._at_frequency[0] - self._at_frequency[1]

    @property
    def reflex_fraction(self) -> float:
        """Reflex over total stiffness at the frequency [1]."""
        return self.reflex / (self.reflex + self.intrinsic)

    # --- static ---------------------------------------------------------------------------

    @cached_property
    def static(self) -> StaticStiffness:
        """Fast static stiffness: short-range forces and branches hold, without reflexes."""
        return self._static(self._tangent("fast"))

    @cached_property
    def slow(self) -> StaticStiffness:
        """Slow static stiffness: all inner states at rest, without reflexes."""
        return self._static(self._tangent("slow"))

    @cached_property
    def slow_with_reflexes(self) -> StaticStiffness:
        """Slow static stiffness with reflexes; an instability by delays is not seen."""
        model, state = self.rest.model, self.rest.state
        found = jacobian(model, state, applied=(self.cable,), friction="relaxed")
        return self._static(static_stiffness(model, found))

    def _tangent(self, which: Any) -> Floats:
        return tangent(self.rest.model, self.rest.state, which=which, applied=(self.cable,))

    def _static(self, K: Floats) -> StaticStiffness:
        undefined = int(np.count_nonzero(np.linalg.eigvalsh(0.5 * (K + K.T)) <= 0.0))
        if undefined:
            return StaticStiffness(None, undefined)
        return StaticStiffness(1.0 / float(self.along @ np.linalg.solve(K, self.along)), 0)

    # --- output ---------------------------------------------------------------------------

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the spine and of the recruitment."""
        return self.recruited.parameters

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence at the equilibrium under the pull, in words."""
        return self.rest.outside_evidence

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        moving = self.dynamic_stiffness()[0]
        return {
            "subject": self.rest.model.subject or None,
            "direction_deg": self.angle,
            "at": self.at,
            "height_m": self.height,
            "effort": self.effort,
            "pull_N": self.pull,
            "frequency_Hz": self.frequency,
            "cycles": self.cycles,
            "amplitude_N": self.amplitude * self.largest,
            "required": self.recruited.required.words,
            "fitted_N_per_mm": 1e-3 * self.fit.stiffness,
            "effective_mass_kg": self.fit.mass,
            "damping_Ns_per_m": self.fit.damping,
            "fit_explained": self.fit.explained,
            "fitted_small_N_per_mm": 1e-3 * self.small_fit.stiffness,
            "fitted_small_intrinsic_N_per_mm": 1e-3 * self.intrinsic_fit.stiffness,
            "intrinsic_N_per_mm": 1e-3 * self.intrinsic,
            "reflex_N_per_mm": 1e-3 * self.reflex,
            "with_inertia_N_per_mm": 1e-3 * float(moving.real),
            "with_inertia_imaginary_N_per_mm": 1e-3 * float(moving.imag),
            **_static_values("static", self.static),
            **_static_values("slow", self.slow),
            **_static_values("slow_with_reflexes", self.slow_with_reflexes),
            "compression_N": self.recruited.compression,
            "outside_evidence": list(self.outside_evidence),
            **sources(self).summary(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each time of the record: force and motion of the harness."""
        record = self.record
        columns = {
            "time_s": record.time,
            "force_N": record.force,
            "displacement_m": record.displacement,
            "velocity_m_per_s": record.velocity,
            "acceleration_m_per_s2": record.acceleration,
        }
        return frame(columns, "time_s")


def _massless(condensed: Condensed, count: int) -> Condensed:
    """The same system without inertia: forces on `count` coordinates balance at every moment.

    Rates are the states after the coordinates. What accelerations add to other states is a multiple
    of the balance and vanishes with it.
    """
    massless = copy(condensed)
    massless.border_terms = condensed.border_terms.copy()
    rates = np.searchsorted(condensed.border, np.arange(count, 2 * count))
    massless.border_terms[0][rates, rates] = 0.0
    return massless


def _static_values(name: str, found: StaticStiffness) -> dict[str, float | int | None]:
    value = None if found.value is None else 1e-3 * found.value
    return {f"{name}_N_per_mm": value, f"{name}_undefined_directions": found.undefined}


def trunk_stiffness(
    spine: Spine,
    *,
    effort: float = 0.2,
    direction: str | float = "forward",
    frequency: float = 4.0,
    at: str | float = "T9",
    amplitude: float = 0.075,
    cycles: int = 1,
    pull: float | None = None,
    margin: tuple[float, float] | None = MARGIN,
    least_activation: float | Floats | Mapping[str, float] | None = None,
    extrapolate: bool = False,
) -> TrunkStiffness:
    """Stiffness against a small horizontal force at a harness while the trunk resists a pull [N/m].

    The pelvis is fixed. Pull and small force have one direction.

    Parameters
    ----------
    effort : pull over the largest that the muscles can carry with every level in equilibrium [1].
    direction : of the pull: forward, backward, right, left, or the angle from forward to the right
        [deg]. A forward pull is resisted by the extensors.
    frequency : of the sine [Hz].
    at : a body, whose centre of mass moves as the harness; or the height of the harness over the
        lowest joint [m], on the vertebra whose centre of mass is nearest in height.
    amplitude : of the sine over the largest pull [1], in the run that is fitted.
    cycles : length of the record, which starts at rest.
    pull : force of the cable [N] in place of an effort.
    margin, least_activation : of the recruitment, see `panjabi.recruitment.recruit`.
    extrapolate : allow units and tendons beyond failure.

    Raises
    ------
    UnknownNameError
        For a direction or body that does not exist.
    ParameterError
        For a spine without muscles, an effort below 0, a frequency or number of cycles that is not
        above 0, or a harness that cannot move in this direction.
    InfeasibleRecruitment
        If no muscle forces hold the posture against the pull with the margin.

    References
    ----------
    Gardner-Morse & Stokes (2001), protocol and fit; Moorhouse & Granata (2007), parts.
    """
    if not (0.0 < frequency < math.inf and 0.0 < amplitude < 1.0 and cycles > 0):
        raise ParameterError(
            "Expected a frequency above 0 Hz, an amplitude between 0 and 1 and at least one cycle, "
            f"got {frequency!r} Hz, {amplitude!r} and {cycles!r}; give for example 4 Hz, 0.075 and "
            "1 cycle."
        )
    angle = _angle(direction)
    across = math.radians(angle)
    line = (math.cos(across), 0.0, math.sin(across))
    view = static_view(spine)
    body, point, height = _harness(view, at)
    along = np.array(line) @ view.body.jacobian(view.poses, body, point)[:, view.indices]
    if not float(np.abs(along).max()) > 1e-6:
        raise ParameterError(
            f"Expected a harness that moves in the direction {direction!r}, got {body}, which "
            "does not; give a spine with joints below it that bend in this direction."
        )
    largest, _ = largest_exertion(view, -along)
    force = effort * largest if pull is None else pull
    if not (math.isfinite(force) and force >= 0.0):
        raise ParameterError(
            f"Expected an effort or a pull of 0 or more, got {effort!r} and {pull!r} N; a pull "
            "backward is another direction."
        )
    recruited = recruit(
        replace(view, push=force * along),
        margin=margin,
        least_activation=imposed(spine, least_activation),
    )
    cable = QuickRelease(force, body, tuple(point.tolist()), line)
    held = held_spine(spine, recruited)
    rest = equilibrium(held, solve="posture", applied=(cable,), extrapolate=extrapolate)
    return TrunkStiffness(
        rest=rest,
        recruited=recruited,
        angle=angle,
        at=at if isinstance(at, str) else f"{body}, {height:g} m",
        height=height,
        pull=force,
        largest=largest,
        frequency=frequency,
        cycles=cycles,
        amplitude=amplitude,
        extrapolate=extrapolate,
        along=along,
        cable=cable,
    )


def _angle(direction: str | float) -> float:
    if isinstance(direction, str):
        if direction not in PULLS:
            raise unknown("direction of a pull", direction, PULLS)
        return PULLS[direction]
    if not math.isfinite(direction):
        raise ParameterError(
            f"Expected a direction as a name or a finite angle, got {direction!r}; give for "
            "example 'forward' or 45."
        )
    return float(direction)


def _harness(view: StaticSpine, at: str | float) -> tuple[str, Floats, float]:
    """Body and point in it [m] of the harness, and its height over the lowest joint [m]."""
    lowest = view.body.joint_centre(view.poses, vertebrae_of(view.levels[0])[0])
    body, poses = view.body, view.poses
    if isinstance(at, str):
        point = body.com[body.body_index(at)]
        return at, point, float((body.point(poses, at, point) - lowest)[1])
    uppers = {vertebrae_of(level)[0] for level in levels()}
    names = [n for n, above in zip(body.names, view.above[0], strict=True) if above and n in uppers]
    centres = np.array([body.point(poses, n, body.com[body.body_index(n)]) for n in names])
    nearest = int(np.abs(centres[:, 1] - lowest[1] - at).argmin())
    b = body.body_index(names[nearest])
    place = centres[nearest].copy()
    place[1] = lowest[1] + at
    return names[nearest], poses.R[b].T @ (place - poses.t[b]), float(at)
