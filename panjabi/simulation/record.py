"""Record of a run of a spine model: channels with names and units, computed on request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.joint_force_kernels import FORWARD, RIGHT, UP
from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Trajectory
from panjabi.errors import unknown
from panjabi.neural.feedforward import Commands
from panjabi.passive.readings import failing_structure
from panjabi.passive.spring_damper import SpringDamper
from panjabi.results import imported
from panjabi.simulation.joint_loads import disc_forces, facet_contacts, unit_series
from panjabi.spine.derivatives import STILL, jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import BEFORE, Equilibrium
from panjabi.spine.evidence import model_outside, muscle_arguments
from panjabi.spine.joints import LawJoint
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import NoisePaths, SpineNoise, noise_paths
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import contributions, elements_of, excitations

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]
    import xarray  # pyright: ignore[reportMissingImports]

Floats = NDArray[np.float64]

BALANCE, FAILED = "lost balance", "failed"
"""Names of the events that can end a run."""

UNSTABLE, LEFT = "unstable equilibrium", "left the range of evidence"
STRUCTURE_FAILED, CONTACT = "structure failed", "contact"
"""Names of further events of a record."""

DISC = ("compression force", "shear force", "side force")
PRESSURE = "abdominal pressure"
"""Channels of the force on each disc."""

TENSION, EXCITATION, PASSIVE, ACTIVE = "tension", "excitation", "passive moment", "muscle moment"


@dataclass(frozen=True)
class RunEvent:
    """Something that happened in a run."""

    time: float  # [s]
    name: str
    what: str  # structure, load or coordinate, in words


@dataclass(frozen=True, eq=False, repr=False)
class SpineRecord:
    """A run: its model, perturbations, solver settings and trajectory.

    Channels are the states of the model by name ("L4_L5_FE" [rad], "L4_L5_FE rate" [rad/s],
    "IL_L4_r activation" [1], "IL_L4_r fibre" [1], over the optimal length) and, on request,
    "IL_L4_r tension" [N], "IL_L4_r excitation" [1], "L4_L5_FE passive moment" (of units, springs
    and dampers) and "L4_L5_FE muscle moment" [N m]; of each level "L4-L5 compression force", "L4-L5
    shear force" (forward) and "L4-L5 side force" (to the right) on the disc from above [N], "L4-L5
    SSL force" [N] and "L4-L5 SSL strain" [1] of each structure, "L4-L5 disc pressure" [Pa] and
    "L4-L5 height loss" [m]; of each loop "deep reflex on MF_m1t_1_r", what arrives from it at a
    muscle [1] or a coordinate [N m], after delay and threshold. With an abdominal wall: "abdominal
    pressure" [Pa].

    The state "L4-L5 compression" [N] is what the unit feels, 10 ms behind. A level has no axial
    coordinate, so the work of compression along the disc is in no channel, and the balance of work
    of a run with this state is not closed.
    """

    model: Spine
    perturbations: tuple[Perturbation, ...]
    solver: Settings
    trajectory: Trajectory
    duration: float  # requested length of the run [s]
    commands: Commands | None = None  # over time; None: those of the equilibrium
    noise: SpineNoise | None = None

    def __repr__(self) -> str:
        return f"<SpineRecord of {len(self.model.free)} coordinates: {self}>"

    def __str__(self) -> str:
        start = ""
        if self.start_stiffness is not None and self.start_stiffness < 0.0:
            start = f"from an {UNSTABLE} ({self._start_words}); "
        return f"{start}{self.outcome}; {self.trajectory.counts}"

    @property
    def outcome(self) -> str:
        """How the run ended, in words."""
        if self.failure is not None and not self.lost_balance:
            return self.failure
        if not self.lost_balance:
            return f"{self.trajectory.outcome} at {self.trajectory.end:.4g} s"
        n = len(self.model.free)
        away = self.trajectory.state[-1][:n] - self.trajectory.state[0][:n]
        k = int(np.abs(away).argmax())
        return (
            f"balance lost at {self.trajectory.end:.4g} s: {self.model.free[k]} is {away[k]:+.3g} "
            "rad from its start"
        )

    @property
    def stopped(self) -> bool:
        """Whether the run ended early, by lost balance or by failure of a unit or a tendon."""
        return self.trajectory.outcome == "stopped by an event"

    @property
    def lost_balance(self) -> bool:
        """Whether a coordinate moved further from its start than `spine_run.LOST`."""
        return self.stopped and self.trajectory.events[-1].name == BALANCE

    @cached_property
    def rest(self) -> Equilibrium:
        """The equilibrium before the run, from the history of its trajectory."""
        run = self.trajectory
        before = run.coef[run.first - 1].sum(axis=0) if run.first else run.state[0]
        q = before[self.model.slices["q"]]
        return Equilibrium(self.model, q, before, np.nan, 0)

    @cached_property
    def noise_paths(self) -> NoisePaths | None:
        """The paths of the noise, made again from its seed."""
        if self.noise is None:
            return None
        return noise_paths(self.model, self.noise, self.duration)

    @property
    def start_stiffness(self) -> float | None:
        """Least stiffness at the equilibrium before the run [N m/rad]: below 0 it is unstable.

        It contains reflexes and compression, with friction stuck. An instability by delays alone is
        not seen, because no spectrum is computed in a run: `panjabi.verdict(spine, pushes=False,
        margins=False)` gives the root, the time of growth, the level and the axis. None: the run
        began away from an equilibrium.
        """
        return None if self._start is None else self._start[0]

    @cached_property
    def _start(self) -> tuple[float, str] | None:
        """The least stiffness [N m/rad], and the coordinate that turns most in its direction."""
        found = jacobian(
            self.model, self.rest.state, t=BEFORE, applied=self.perturbations, friction="stuck"
        )
        if not np.abs(found.rate).max() <= STILL:
            return None
        values, directions = np.linalg.eig(static_stiffness(self.model, found))
        real = np.real(values)
        least = int(real.argmin())
        most = int(np.abs(directions[:, least]).argmax())
        return float(real[least]), self.model.free[most]

    @property
    def _start_words(self) -> str:
        assert self._start is not None
        return f"{self._start[0]:.3g} N m/rad, mostly {self._start[1]}"

    @cached_property
    def events(self) -> tuple[RunEvent, ...]:
        """What happened, in the order of time: an unstable start, ranges of evidence that were
        left, facets that met at the end of their range, structures that failed, lost balance."""
        found: list[RunEvent] = []
        if self.start_stiffness is not None and self.start_stiffness < 0.0:
            found.append(RunEvent(0.0, UNSTABLE, self._start_words))
        found += [RunEvent(time, LEFT, words) for time, words in self._units_outside]
        for name, met in facet_contacts(self.model, self.trajectory.state).items():
            if met.any():
                found.append(RunEvent(float(self.time[met][0]), CONTACT, name))
        if self._failure is not None:
            found.append(RunEvent(self._failure[0], STRUCTURE_FAILED, self._failure[1]))
        failed = {event.what for event in found}
        for level, series in unit_series(self.model, self.trajectory.state).items():
            beyond = series.strain > series.failure_strain  # unknown ones are False
            for s in np.flatnonzero(beyond.any(axis=0)):
                name = f"{series.names[s]} of {level}"
                if name not in failed:
                    time = float(self.time[beyond[:, s]][0])
                    found.append(RunEvent(time, STRUCTURE_FAILED, name))
        if self.lost_balance:
            found.append(RunEvent(self.trajectory.end, BALANCE, self.outcome))
        return tuple(sorted(found, key=lambda event: event.time))

    @property
    def failure(self) -> str | None:
        """The structure that fails first, and when, in words; None if none fails."""
        if self._failure is None:
            return None
        time, name = self._failure
        return f"failed: {name} at {time:.4g} s"

    @cached_property
    def _failure(self) -> tuple[float, str] | None:
        """Time [s] and name of the structure that fails first, "ISL of L4-L5"."""
        for event in self.trajectory.events:
            if event.name == FAILED:
                return event.time, self._failing(event.state)
        return None

    def _failing(self, state: Floats) -> str:
        """The tendon, or the structure of a unit, that is nearest to failure at a state."""
        model, q = self.model, state[self.model.slices["q"]]
        unit, angles = max(model.units_at(q), key=lambda pair: pair[0].use(pair[1]))
        if model.muscles is not None:
            limit = model.muscles.units.curves.evidence["tendon_strain"].fails_at
            strain = muscle_arguments(model, state)[0]["tendon_strain"]
            if strain.max() / limit > unit.use(angles):
                return f"tendon of {model.muscles.muscles.names[int(strain.argmax())]}"
        return f"{failing_structure(unit, angles)} of {unit.level}"

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Sizes of the body outside the evidence, and the first time that each unit leaves the
        published tests, at the ends of the steps, in words.

        A run continues beyond them until a structure fails: read this before its result. Computed
        when it is first read.
        """
        units = tuple(f"{words} at {time:.4g} s" for time, words in self._units_outside)
        return model_outside(self.model) + units + self._muscles_outside()

    @cached_property
    def _units_outside(self) -> list[tuple[float, str]]:
        """The first time that each unit leaves the published tests, and how."""
        first: dict[tuple[str, str, str], tuple[float, str]] = {}
        for time, state in zip(self.time.tolist(), self.trajectory.state, strict=True):
            for d in self.model.departures(state):
                first.setdefault((d.name, d.quantity, d.where), (time, str(d)))
        return list(first.values())

    def _muscles_outside(self) -> tuple[str, ...]:
        """The worst muscle of each range during the run, and when it first leaves it."""
        muscles = self.model.muscles
        if muscles is None:
            return ()
        steps = [muscle_arguments(self.model, state) for state in self.trajectory.state]
        acting = np.array([has_tension for _, has_tension in steps])
        found: list[str] = []
        for name, known in muscles.units.curves.evidence.items():
            values = np.array([arguments[name] for arguments, _ in steps])
            excess = np.where(acting, known.excess(values), 0.0)
            outside = excess > 0.0
            if outside.any():
                worst = values[excess.argmax(axis=0), np.arange(values.shape[1])]
                left = np.flatnonzero(outside.any(axis=0))
                names = [muscles.muscles.names[k] for k in left]
                (words,) = known.outside(worst[left], names)
                found.append(f"{words}, from {self.time[outside.any(axis=1)][0]:.4g} s")
        return tuple(found)

    @property
    def time(self) -> Floats:
        """Ends of the steps of the solver [s]."""
        return self.trajectory.time

    # --- channels -----------------------------------------------------------------------------

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit of every channel, states first, then what is computed."""
        model = self.model
        known = dict(zip(model.state_names, model.state_units, strict=True))
        if model.muscles is not None:
            names = model.muscles.muscles.names
            known |= {f"{m} {TENSION}": "N" for m in names}
            known |= {f"{m} {EXCITATION}": "1" for m in names}
            known |= {f"{c} {ACTIVE}": "N m" for c in model.free}
            if model.muscles.muscles.wall is not None:
                known[PRESSURE] = "Pa"
        known |= {f"{c} {PASSIVE}": "N m" for c in model.free}
        known |= {f"{level} {f}": "N" for level in model.joint_forces.levels for f in DISC}
        known |= self._reflexes
        known |= {
            f"{level} {name}": unit
            for level, table in self._structures(self.trajectory.state[:1]).items()
            for name, (unit, _) in table.items()
        }
        return known

    @cached_property
    def _reflex_names(self) -> list[str]:
        """Name of the channel of each connection; those of one loop on one target share it."""
        ways, model = self.model.pathways, self.model
        muscles = () if model.muscles is None else model.muscles.muscles.names
        return [
            f"{ways.afferents[c.afferent].loop.name} reflex on "
            f"{model.free[c.coordinate] if c.muscle < 0 else muscles[c.muscle]}"
            for c in ways.connections
        ]

    @property
    def _reflexes(self) -> dict[str, str]:
        """Unit of every channel of a reflex: that of its afferents."""
        units = self.model.state_units[self.model.slices["afferent"]]
        connections = self.model.pathways.connections
        return {
            name: units[c.afferent] for name, c in zip(self._reflex_names, connections, strict=True)
        }

    def _structures(self, states: Floats) -> dict[str, dict[str, tuple[str, Floats]]]:
        """Channels of the structures of each level: unit and values (times,)."""
        found: dict[str, dict[str, tuple[str, Floats]]] = {}
        for level, series in unit_series(self.model, states).items():
            table: dict[str, tuple[str, Floats]] = {}
            for s, name in enumerate(series.names):
                if not np.isnan(series.force[0, s]):
                    table[f"{name} force"] = "N", series.force[:, s]
                if not np.isnan(series.strain[0, s]):
                    table[f"{name} strain"] = "1", series.strain[:, s]
            if series.disc_pressure is not None and series.height_loss is not None:
                table["disc pressure"] = "Pa", series.disc_pressure
                table["height loss"] = "m", series.height_loss
            found[level] = table
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all channels."""
        return tuple(self.units)

    def channel(self, name: str, times: ArrayLike | None = None) -> Floats:
        """One channel at times [s], by default those of the steps; SI and radians."""
        return self.channels([name], times)[name]

    def channels(
        self, names: Iterable[str] | None = None, times: ArrayLike | None = None
    ) -> dict[str, Floats]:
        """Several channels by name, by default the states.

        Raises
        ------
        UnknownNameError
            For a channel that does not exist.
        ParameterError
            For times outside the run.
        """
        at = self.time if times is None else np.asarray(times, float)
        requested = self.model.state_names if names is None else tuple(names)
        for name in requested:
            if name not in self.units:
                raise unknown("channel", name, self.units)
        states = self.trajectory.at(at)
        index = {name: k for k, name in enumerate(self.model.state_names)}
        computed = self._computed({n for n in requested if n not in index}, at, states)
        return {n: states[..., index[n]] if n in index else computed[n] for n in requested}

    def _computed(self, names: set[str], times: Floats, states: Floats) -> dict[str, Floats]:
        parts, shape = (TENSION, EXCITATION, PASSIVE, ACTIVE), states.shape[:-1]
        rows = states.reshape(-1, states.shape[-1])
        computed: dict[str, Floats] = {}
        if any(n.endswith(DISC) for n in names):
            late = np.array([self._delayed_states(t) for t in times.ravel().tolist()])
            driven = self.commands, self.noise_paths
            forces = disc_forces(self.model, self.perturbations, times.ravel(), rows, late, *driven)
            signs = -forces[..., UP], forces[..., FORWARD], forces[..., RIGHT]
            for values, f in zip(signs, DISC, strict=True):
                for k, level in enumerate(self.model.joint_forces.levels):
                    computed[f"{level} {f}"] = values[:, k].reshape(shape)
        if PRESSURE in names:
            wall = self.model.muscles.muscles  # type: ignore[union-attr]
            pressures = [wall.abdominal_pressure(self.model.muscle_rates(y)[1].force) for y in rows]
            computed[PRESSURE] = np.array(pressures).reshape(shape)
        reflexes = names & set(self._reflex_names)
        if reflexes:
            late = [self._delayed_states(t) for t in times.ravel().tolist()]
            pairs = zip(rows, late, strict=True)
            table = np.array([contributions(self.model, y, delayed) for y, delayed in pairs])
            for name in reflexes:
                chosen = [k for k, known in enumerate(self._reflex_names) if known == name]
                computed[name] = table[:, chosen].sum(axis=1).reshape(shape)
        if any(not n.endswith((*DISC, *parts, PRESSURE)) for n in names - reflexes):
            for level, table in self._structures(rows).items():
                computed |= {f"{level} {n}": v.reshape(shape) for n, (_, v) in table.items()}
        labels: tuple[str, ...]
        for quantity in {k for k in parts for n in names if n.endswith(k)}:
            if quantity == PASSIVE:
                labels, values = self.model.free, [self._passive(y) for y in rows]
            elif quantity == EXCITATION:
                labels = self.model.muscles.muscles.names  # type: ignore[union-attr]
                values = [
                    excitations(
                        self.model, y, self._delayed_states(t), t, self.commands, self.noise_paths
                    )
                    for t, y in zip(times.ravel(), rows, strict=True)
                ]
            else:
                muscles = self.model.muscles.muscles  # type: ignore[union-attr]
                labels = muscles.names if quantity == TENSION else self.model.free
                pulls = [self.model.muscle_rates(y)[1].force for y in rows]
                values = pulls
                if quantity == ACTIVE:
                    values = [
                        muscles.generalised_force(y[: len(self.model.free)], F)
                        for y, F in zip(rows, pulls, strict=True)
                    ]
            table = np.array(values).reshape(*shape, len(labels))
            computed |= {f"{label} {quantity}": table[..., k] for k, label in enumerate(labels)}
        return computed

    def _passive(self, y: Floats) -> Floats:
        model = self.model
        q, rate = y[model.slices["q"]], y[model.slices["rate"]]
        Q, at = np.zeros(len(model.free)), model.slices["joints"].start
        inputs = model.joint_inputs(y[model.slices["compression"]])
        for joint, pressed in zip(model.joints, inputs, strict=True):
            x, speed = model.seen_by(joint, q, rate)
            place = model.place_of(joint.coordinates)
            force = joint.force(x, speed, y[at : at + joint.states], pressed)
            Q[place[place >= 0]] += force[place >= 0]
            at += joint.states
        for element, states in elements_of(model):
            if isinstance(element, (SpringDamper, LawJoint)):
                x, speed = model.seen_by(element, q, rate)
                place = model.place_of(element.coordinates)
                force = element.force(x, speed, y[states], np.empty(0))
                np.add.at(Q, place[place >= 0], force[place >= 0])
        return Q

    def _delayed_states(self, t: float) -> Floats:
        """States that are read with a delay, for every delay, (delays, reads)."""
        model, run = self.model, self.trajectory
        first = run.coef[run.first - 1].sum(axis=0) if run.first else run.state[0]
        rows = [first if t - d < run.start else run.at(t - d) for d in model.delays]
        reads = list(model.reads)
        return np.array([row[reads] for row in rows]).reshape(len(model.delays), len(reads))

    # --- to other tools -----------------------------------------------------------------------

    def to_dict(
        self, names: Iterable[str] | None = None, times: ArrayLike | None = None
    ) -> dict[str, Any]:
        """Outcome, events and channels as plain values for a JSON file; SI and radians.

        names : channels, by default the coordinates and the forces on the discs.
        """
        model = self.model
        forces = [f"{level} {f}" for level in model.joint_forces.levels for f in DISC]
        at = self.time if times is None else np.asarray(times, float)
        values = self.channels([*model.free, *forces] if names is None else names, at)
        return {
            "subject": model.subject or None,
            "outcome": self.outcome,
            "events": [asdict(event) for event in self.events],
            "outside_evidence": list(self.outside_evidence),
            "time_s": at.tolist(),
            "units": {name: self.units[name] for name in values},
            "channels": {name: value.tolist() for name, value in values.items()},
        }

    def to_pandas(
        self, names: Iterable[str] | None = None, times: ArrayLike | None = None
    ) -> pandas.DataFrame:
        """Channels as columns over time [s]; `attrs["units"]` holds the units."""
        pandas = imported("pandas")
        at = self.time if times is None else np.asarray(times, float)
        table = pandas.DataFrame(self.channels(names, at), index=pandas.Index(at, name="time"))
        table.attrs["units"] = {n: self.units[n] for n in table.columns}
        return table

    def to_xarray(
        self, names: Iterable[str] | None = None, times: ArrayLike | None = None
    ) -> xarray.Dataset:
        """Channels as variables over time [s], each with its unit among its attributes."""
        xarray = imported("xarray")
        at = self.time if times is None else np.asarray(times, float)
        values = self.channels(names, at)
        return xarray.Dataset(
            {n: ("time", v, {"units": self.units[n]}) for n, v in values.items()},
            coords={"time": ("time", at, {"units": "s"})},
            attrs={"outcome": self.outcome},
        )
