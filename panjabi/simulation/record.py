"""Record of a run of a spine model: channels with names and units, computed on request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.delay.integrate.settings import Settings
from panjabi.delay.integrate.trajectory import Trajectory
from panjabi.errors import unknown
from panjabi.passive.readings import failing_structure
from panjabi.results import imported
from panjabi.spine.evidence import model_outside, muscle_arguments
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import excitations

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]
    import xarray  # pyright: ignore[reportMissingImports]

Floats = NDArray[np.float64]

BALANCE, FAILED = "lost balance", "failed"
"""Names of the events of a run."""

TENSION, EXCITATION, PASSIVE, ACTIVE = "tension", "excitation", "passive moment", "muscle moment"


@dataclass(frozen=True, eq=False, repr=False)
class SpineRecord:
    """A run: its model, perturbations, solver settings and trajectory.

    Channels are the states of the model by name ("L4_L5_FE" [rad], "L4_L5_FE rate" [rad/s],
    "IL_L4_r activation" [1], "IL_L4_r fibre" [1], over the optimal length) and, on request,
    "IL_L4_r tension" [N], "IL_L4_r excitation" [1], "L4_L5_FE passive moment" (of its unit)
    and "L4_L5_FE muscle moment" [N m].
    """

    model: Spine
    perturbations: tuple[Perturbation, ...]
    solver: Settings
    trajectory: Trajectory
    duration: float  # requested length of the run [s]

    def __repr__(self) -> str:
        return f"<SpineRecord of {len(self.model.free)} coordinates: {self}>"

    def __str__(self) -> str:
        return f"{self.outcome}; {self.trajectory.counts}"

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
        """Whether the run ended early, by lost balance or by failure of a unit."""
        return self.trajectory.outcome == "stopped by an event"

    @property
    def lost_balance(self) -> bool:
        """Whether a coordinate moved further from its start than `spine_run.LOST`."""
        return self.stopped and self.trajectory.events[-1].name == BALANCE

    @cached_property
    def failure(self) -> str | None:
        """The structure that fails first, and when, in words; None if every unit holds."""
        for event in self.trajectory.events:
            if event.name == FAILED:
                q = event.state[self.model.slices["q"]]
                angles = [self.model.seen_by(j, q, np.zeros_like(q))[0] for j in self.model.joints]
                units = [j.unit for j in self.model.joints]
                worst = max(zip(units, angles, strict=True), key=lambda pair: pair[0].use(pair[1]))
                structure, level = failing_structure(*worst), worst[0].level
                return f"failed: {structure} of {level} at {event.time:.4g} s"
        return None

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """Sizes of the body outside the evidence, and the first time that each unit leaves the
        published tests, at the ends of the steps, in words.

        A run continues beyond them until a unit fails: read this before its result.
        """
        part = self.model.slices["q"]
        first: dict[str, str] = {}
        for time, state in zip(self.time, self.trajectory.state, strict=True):
            for words in self.model.outside_evidence(state[part]):
                name, _, where = words.partition(" of ")
                first.setdefault(name + where.rpartition(" is ")[2], f"{words} at {time:.4g} s")
        return model_outside(self.model) + tuple(first.values()) + self._muscles_outside()

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
        known |= {f"{c} {PASSIVE}": "N m" for c in model.free}
        return known

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
        quantities = {
            k for k in (TENSION, EXCITATION, PASSIVE, ACTIVE) for n in names if n.endswith(k)
        }
        rows = states.reshape(-1, states.shape[-1])
        computed: dict[str, Floats] = {}
        labels: tuple[str, ...]
        for quantity in quantities:
            if quantity == PASSIVE:
                labels, values = self.model.free, [self._passive(y) for y in rows]
            elif quantity == EXCITATION:
                labels = self.model.muscles.muscles.names  # type: ignore[union-attr]
                values = [
                    excitations(self.model, y, self._delayed_states(t))
                    for t, y in zip(times.ravel(), rows, strict=True)
                ]
            else:
                muscles = self.model.muscles.muscles  # type: ignore[union-attr]
                labels = muscles.names if quantity == TENSION else self.model.free
                tensions = [self._tension(y) for y in rows]
                values = tensions
                if quantity == ACTIVE:
                    values = [
                        muscles.generalised_force(y[: len(self.model.free)], F)
                        for y, F in zip(rows, tensions, strict=True)
                    ]
            table = np.array(values).reshape(*states.shape[:-1], len(labels))
            computed |= {f"{label} {quantity}": table[..., k] for k, label in enumerate(labels)}
        return computed

    def _tension(self, y: Floats) -> Floats:
        model = self.model
        part, muscles = model.slices, model.muscles
        assert muscles is not None
        geometry = muscles.muscles.geometry(y[part["q"]])
        activation = np.clip(y[part["activation"]], 0.0, 1.0)
        speed = geometry.slope @ y[part["rate"]]
        return muscles.units.rates(activation, y[part["fibre"]], geometry.length, speed)[0]

    def _passive(self, y: Floats) -> Floats:
        model, none = self.model, np.empty(0)
        q, rate = y[model.slices["q"]], y[model.slices["rate"]]
        Q, at = np.zeros(len(model.free)), model.slices["joints"].start
        for joint in model.joints:
            x, speed = model.seen_by(joint, q, rate)
            place = model.place_of(joint.coordinates)
            force = joint.force(x, speed, y[at : at + joint.states], none)
            Q[place[place >= 0]] += force[place >= 0]
            at += joint.states
        return Q

    def _delayed_states(self, t: float) -> Floats:
        """States that are read with a delay, for every delay, (delays, reads)."""
        model, run = self.model, self.trajectory
        first = run.coef[run.first - 1].sum(axis=0) if run.first else run.state[0]
        rows = [first if t - d < run.start else run.at(t - d) for d in model.delays]
        reads = list(model.reads)
        return np.array([row[reads] for row in rows]).reshape(len(model.delays), len(reads))

    # --- to other tools -----------------------------------------------------------------------

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
