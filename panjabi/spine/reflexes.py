"""Reflex loops of a spine as flat arrays: their names become muscles, angles and coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.body.dynamics import Dynamics
from panjabi.errors import ParameterError, unknown
from panjabi.neural import receptor_kernels as receptors, spindle_kernels
from panjabi.neural.algebraic_spindle import AlgebraicSpindle
from panjabi.neural.loop_kernels import (
    ANGLES,
    COMPRESSION,
    HEAD,
    MUSCLE,
    AfferentData,
    ConnectionData,
    LoopData,
    Signals,
    constant_commands,
    no_noise,
    sensed,
    sensed_from_rest,
)
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.receptor_kernels import ReceptorData, receptor_work
from panjabi.neural.spindle import Spindle
from panjabi.neural.vestibular import Canals
from panjabi.passive.element import PassiveJoint
from panjabi.passive.readings import strain_slope
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_DELAYS = 24
"""Different delays of one model: every one of them is read for every afferent."""

HEAD_BODY = "skull"


@dataclass(frozen=True, eq=False, repr=False)
class Afferent(ShortRepr):
    """One source with its receptor; the connections of a loop start at its afferents."""

    loop: ReflexLoop
    label: str  # of the source
    source: int  # MUSCLE, ANGLES, HEAD or COMPRESSION
    index: int = 0  # muscle or level
    place: tuple[int, ...] = (-1, -1, -1)  # free coordinates
    weight: tuple[float, ...] = (0.0, 0.0, 0.0)  # of the coordinates, or of the head's rotation
    position: int = 0  # among the sources of its loop, for gains that are arrays

    @property
    def kind(self) -> int:
        """Kind of its receptor, of `receptor_kernels`."""
        receptor = self.loop.receptor
        if isinstance(receptor, Spindle):
            return receptors.SPINDLE
        if isinstance(receptor, AlgebraicSpindle):
            return receptors.ALGEBRAIC
        if isinstance(receptor, Canals) or (receptor is None and self.source == HEAD):
            return receptors.CANALS
        if receptor is not None:
            return receptors.ORGAN
        return receptors.LEADING if self.loop.has("acceleration_gain") else receptors.FIRST_ORDER

    @property
    def states(self) -> int:
        return receptors.STATE_COUNT[self.kind]

    @property
    def state_units(self) -> list[str]:
        """Units of the states of its receptor: rates and the integral of a rate, else 1."""
        turns = self.label == "head" or (self.source == ANGLES and self.weight[0] == 1.0)
        angle, rate = ("rad", "rad/s") if turns else ("1", "1/s")  # of a coordinate; a stretch
        return {receptors.LEADING: [rate], receptors.CANALS: [rate, angle, rate]}.get(
            self.kind, ["1"] * self.states
        )

    @property
    def constants(self) -> Floats:
        """Constants of its receptor."""
        receptor, time = self.loop.receptor, self.loop.filter_time
        if self.kind == receptors.LEADING:
            return np.array([time])
        if self.kind == receptors.CANALS:
            canals = receptor if isinstance(receptor, Canals) else Canals()
            return np.array([canals.time, canals.integrator_time, time])
        if receptor is None or isinstance(receptor, Canals):
            return np.empty(0)
        return receptor.constants

    @cached_property
    def gains(self) -> Floats:
        """Row of `ReceptorData.gain`."""
        gain = {name: self.value(name) for name in ("stretch_gain", "rate_gain", "force_gain")}
        row = np.zeros(6)
        row[receptors.STRETCH] = gain["stretch_gain"] + self.value("strain_gain")
        row[receptors.RATE] = gain["rate_gain"]
        row[receptors.ACCELERATION] = self.value("acceleration_gain")
        row[receptors.FORCE] = gain["force_gain"] - self.value("compression_gain")
        row[receptors.FIRING] = self.value("firing_gain")
        row[receptors.SECONDARY] = self.value("secondary_gain")
        return row

    def value(self, name: str) -> float:
        """One number of the loop, for this source."""
        values = np.asarray(getattr(self.loop, name))
        return float(values if values.ndim == 0 else values[self.position])


@dataclass(frozen=True, eq=False, repr=False)
class Connection(ShortRepr):
    """From an afferent to a muscle or a coordinate; the other one is -1."""

    afferent: int
    delay: float  # [s]
    muscle: int = -1
    coordinate: int = -1


@dataclass(frozen=True, eq=False, repr=False)
class Pathways(ShortRepr):
    """All loops of a spine as afferents and connections."""

    afferents: tuple[Afferent, ...] = ()
    connections: tuple[Connection, ...] = ()

    @cached_property
    def delays(self) -> tuple[float, ...]:
        """The different delays, rising [s]."""
        return tuple(sorted({c.delay for c in self.connections}))

    @cached_property
    def first(self) -> Integers:
        """First own state of each afferent's receptor, and the number of all, (afferents + 1,)."""
        return np.cumsum([0, *(a.states for a in self.afferents)], dtype=np.int64)

    @cached_property
    def delay(self) -> Floats:
        """Delay of every connection [s]."""
        return np.array([c.delay for c in self.connections])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of every afferent: loop and source."""
        return tuple(f"{a.loop.name} {a.label}" for a in self.afferents)


def pathways(
    loops: Sequence[ReflexLoop],
    muscles: Musculature | None,
    dynamics: Dynamics,
    joints: Sequence[PassiveJoint],
) -> Pathways:
    """Afferents and connections of loops.

    Raises
    ------
    UnknownNameError
        For a source or target that the spine does not have.
    ParameterError
        For a gain or delay with another number of values than sources, a receptor or gain that
        does not fit its source, or too many different delays.
    """
    names = [loop.name for loop in loops]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(
                f"Expected loops with different names, got {name!r} more than once; give each "
                "loop a `name`."
            )
    afferents: list[Afferent] = []
    connections: list[Connection] = []
    made = _Names(muscles, dynamics, joints)
    for loop in loops:
        targets = made.targets(loop)
        sources = made.sources(loop, targets)
        _check(loop, sources)
        delay = np.broadcast_to(loop.delay_in(dynamics.body), (len(sources),))
        for k, source in enumerate(sources):
            at = len(afferents)
            afferents.append(source)
            if targets is None:
                connections.append(Connection(at, float(delay[k]), source.index))
            elif source.source == HEAD and targets[0][1] < 0:  # one afferent a muscle
                connections.append(Connection(at, float(delay[k]), *targets[k]))
            else:
                connections += [Connection(at, float(delay[k]), *target) for target in targets]
    result = Pathways(tuple(afferents), tuple(connections))
    if len(result.delays) > MOST_DELAYS:
        raise ParameterError(
            f"Expected up to {MOST_DELAYS} different delays, got {len(result.delays)}; use "
            "`rounded` to make similar delays equal."
        )
    largest_moments(result, len(dynamics.free))  # checks them
    return result


def loop_data(
    ways: Pathways,
    delays: Sequence[float],
    commands: Floats,
    width: float,
    rest: Signals,
    fibre: Floats,
    optimal_length: Floats,
    max_force: Floats,
) -> LoopData:
    """Flat arrays of commands and loops.

    delays : all different delays of the spine, rising [s]: those of its other parts too.
    rest : what receptors sense at equilibrium, where they are silent; fibre (nm,) there, over the
        optimal length.
    """
    count, a = len(ways.afferents), ways.afferents
    max_force = np.where(max_force > 0.0, max_force, 1.0)  # without strength there is no tension
    muscle = np.array([x.source == MUSCLE for x in a], bool)
    index = np.array([x.index for x in a], np.int64)
    length, force, offset, scale = np.ones(count), np.ones(count), np.zeros(count), np.ones(count)
    length[muscle], force[muscle] = optimal_length[index[muscle]], max_force[index[muscle]]
    kind = np.array([x.kind for x in a], np.int64)
    spindle, organ = kind == receptors.SPINDLE, kind == receptors.ORGAN
    offset[spindle] = fibre[index[spindle]]
    scale[kind == receptors.ALGEBRAIC] = 1e3 * length[kind == receptors.ALGEBRAIC]
    offset[organ], scale[organ] = rest.tension[index[organ]], max_force[index[organ]]
    none = np.empty(0)
    afferents = AfferentData(
        np.array([x.source for x in a], np.int64),
        index,
        np.array([x.place for x in a], np.int64).reshape(-1, 3),
        np.array([x.weight for x in a], float).reshape(-1, 3),
        length,
        force,
        np.zeros(count),
        np.zeros(count),
        np.array([x.loop.filter_time for x in a], float),
    )
    constants = [x.constants for x in a]
    data = ReceptorData(
        kind,
        ways.first,
        np.array([x.gains for x in a], float).reshape(-1, 6),
        np.concatenate([none, *constants]),
        np.cumsum([0, *(c.size for c in constants)], dtype=np.int64),
        np.array([x.loop.fusimotor for x in a], float).reshape(-1, 2),
        offset,
        scale,
        np.zeros(count),
    )
    c, thresholds = ways.connections, [a[x.afferent].loop for x in ways.connections]
    connections = ConnectionData(
        np.array([x.afferent for x in c], np.int64),
        np.searchsorted(delays, ways.delay).astype(np.int64),
        np.array([x.muscle for x in c], np.int64),
        np.array([x.coordinate for x in c], np.int64),
        np.array([x.threshold is not None for x in thresholds], np.int64),
        np.array([x.threshold or 0.0 for x in thresholds], float),
        np.array([x.corner for x in thresholds], float),
    )
    loops = LoopData(
        commands, constant_commands(), no_noise(), width, afferents, data, connections,
        largest_moments(ways, len(rest.q)),
    )  # fmt: skip
    for k in range(count):
        x, _, f = sensed(k, afferents, rest)
        afferents.rest_length[k], afferents.rest_force[k] = x, f
    data.rest[:] = steady_loops(loops, rest)[1]
    return loops


def largest_moments(ways: Pathways, n: int) -> Floats:
    """Largest moment of all loops on each coordinate together (n,) [N m]; 0: no limit.

    Raises
    ------
    ParameterError
        If loops on one coordinate differ in it, or a loop on muscles has one.
    """
    limits: dict[int, float | None] = {}
    for connection in ways.connections:
        loop = ways.afferents[connection.afferent].loop
        if connection.coordinate < 0:
            if loop.largest_moment is not None:
                raise ParameterError(
                    f"Expected no largest moment of loop {loop.name!r}, because it acts on "
                    f"muscles, got {loop.largest_moment:g} N m; leave it out."
                )
            continue
        known = limits.setdefault(connection.coordinate, loop.largest_moment)
        if known != loop.largest_moment:
            raise ParameterError(
                f"Expected the same largest moment in all loops on {loop.target}, because the "
                f"same muscles act, got {known} and {loop.largest_moment} N m; give all of them "
                "the same."
            )
    largest = np.zeros(n)
    for coordinate, moment in limits.items():
        largest[coordinate] = moment or 0.0
    return largest


def steady_loops(loops: LoopData, signals: Signals) -> tuple[Floats, Floats]:
    """Steady states of receptors and afferents while they sense constant signals."""
    a, data, work = loops.afferents, loops.receptors, receptor_work()
    state, afferent = np.zeros(int(data.first[-1])), np.zeros(len(data.kind))
    for k in range(len(data.kind)):
        x, v, f = sensed_from_rest(k, a, signals)
        part = slice(data.first[k], data.first[k + 1])
        c = data.constants[data.start[k] : data.start[k + 1]]
        if data.kind[k] == receptors.LEADING:
            state[part] = v
        elif data.kind[k] == receptors.SPINDLE:
            rest = np.zeros((1, part.stop - part.start))
            length = np.array([data.offset[k] + x])
            spindle_kernels.at_rest(c, length, data.drive[k : k + 1], rest)
            state[part] = rest[0]
        elif data.kind[k] == receptors.ORGAN:
            force = max(data.offset[k] + data.scale[k] * f, 0.0)
            state[part] = (c[0] * np.log1p(force / c[1]) / c[7], 0.0)
        rates = np.zeros(part.stop - part.start)
        out = receptors.receptor_output(k, x, v, f, state[part], data, work, rates)
        afferent[k] = out - data.rest[k]
    return state, afferent


def rounded(delay: Floats | Sequence[float], step: float = 0.005) -> Floats:
    """Delays rounded to the nearest multiple of a step [s], at least one step."""
    return np.maximum(np.round(np.asarray(delay, float) / step), 1.0) * step


class _Names:
    """The names of a spine that loops refer to."""

    def __init__(
        self,
        muscles: Musculature | None,
        dynamics: Dynamics,
        joints: Sequence[PassiveJoint],
    ) -> None:
        self.muscles, self.dynamics, self.joints = muscles, dynamics, joints
        self.index = {name: k for k, name in enumerate(dynamics.free)}

    def members(self, names: str | tuple[str, ...]) -> list[int] | None:
        """Muscles of names, in their order; None if a name is neither muscle nor group."""
        result: list[int] = []
        for name in (names,) if isinstance(names, str) else names:
            found = (
                [
                    m
                    for m, (muscle, group) in enumerate(
                        zip(self.muscles.names, self.muscles.groups, strict=True)
                    )
                    if name in (muscle, group, "all")
                ]
                if self.muscles is not None
                else []
            )
            if not found:
                return None
            result += [m for m in found if m not in result]
        return result

    def targets(self, loop: ReflexLoop) -> list[tuple[int, int]] | None:
        """(muscle, coordinate) of every target; None if every source muscle excites itself."""
        if loop.target is None or (loop.target == loop.source and loop.source not in self.index):
            return None
        if isinstance(loop.target, str) and loop.target in self.index:
            return [(-1, self.index[loop.target])]
        chosen = self.members(loop.target)
        if chosen is None:
            raise unknown(f"target of loop {loop.name!r}", str(loop.target), self._known())
        return [(m, -1) for m in chosen]

    def sources(self, loop: ReflexLoop, targets: list[tuple[int, int]] | None) -> list[Afferent]:
        muscles = self.members(loop.source)
        if muscles is not None:
            assert self.muscles is not None
            names = self.muscles.names
            return [Afferent(loop, names[m], MUSCLE, m, position=k) for k, m in enumerate(muscles)]
        if targets is None:
            if not isinstance(loop.source, str) or self._source(loop) is None:
                raise unknown(f"source of loop {loop.name!r}", str(loop.source), self._known())
            raise ParameterError(
                f"Expected a target of loop {loop.name!r}, because its source {loop.source!r} is "
                "no muscle, got none; give muscles, groups, 'all' or a coordinate."
            )
        if loop.source == "head":
            return self._head(loop, targets)
        source = self._source(loop)
        if source is None:
            raise unknown(f"source of loop {loop.name!r}", str(loop.source), self._known())
        return [source]

    def _source(self, loop: ReflexLoop) -> Afferent | None:
        """The one afferent of a coordinate, a ligament or a compression."""
        name = str(loop.source)
        if name == "head":
            return Afferent(loop, name, HEAD)
        if name in self.index:
            return Afferent(loop, name, ANGLES, 0, (self.index[name], -1, -1), (1.0, 0.0, 0.0))
        level, _, structure = name.partition(" ")
        for k, joint in enumerate(self.joints):
            if joint.unit.level != level:
                continue
            if structure == "compression":
                return Afferent(loop, name, COMPRESSION, k)
            slope = strain_slope(joint.unit, structure)
            if slope is not None:
                place = self.index.get(joint.coordinates[0], -1)
                return Afferent(loop, name, ANGLES, k, (place, -1, -1), (slope, 0.0, 0.0))
        return None

    def _head(self, loop: ReflexLoop, targets: list[tuple[int, int]]) -> list[Afferent]:
        """One afferent for a coordinate; one for each muscle, with the stretch of the muscle.

        A rotation of the head is taken as the least motion of all joints that gives it.
        """
        q = self.dynamics.part(self.dynamics.held)
        turn = self.dynamics.angular_velocity(q, np.zeros_like(q), HEAD_BODY)[2]
        if not np.any(turn):
            raise ParameterError(
                f"Expected a spine that moves the head for loop {loop.name!r}, got one in which "
                "the head stands still; name another source."
            )
        if targets[0][1] >= 0:
            column = turn[:, targets[0][1]]
            return [Afferent(loop, "head", HEAD, weight=tuple(column / (column @ column)))]
        assert self.muscles is not None
        stretch = self.muscles.geometry(q).slope / self.muscles.optimal_length[:, None]
        pull = stretch @ np.linalg.pinv(turn)
        return [
            Afferent(
                loop, f"head to {self.muscles.names[m]}", HEAD, weight=tuple(pull[m]), position=k
            )
            for k, (m, _) in enumerate(targets)
        ]

    def _known(self) -> list[str]:
        """Names for an error message."""
        known = ["head", *self.index]
        if self.muscles is not None:
            known += ["all", *dict.fromkeys(self.muscles.groups), *self.muscles.names]
        for joint in self.joints:
            unit = joint.unit
            known += [
                f"{unit.level} {s.name}"
                for s in unit.structures
                if strain_slope(unit, s.name) is not None
            ]
        return known


def _check(loop: ReflexLoop, sources: list[Afferent]) -> None:
    from panjabi.neural.loops import GAINS

    for name in (*GAINS, "delay"):
        values = getattr(loop, name)
        size = 1 if values is None else np.size(values)
        if values is not None and np.ndim(values) and size != len(sources):
            raise ParameterError(
                f"Expected {name} of loop {loop.name!r} as one number or one for each of its "
                f"{len(sources)} sources, got {size}; give as many."
            )
    source = sources[0].source
    muscle = ("stretch_gain", "rate_gain", "acceleration_gain", "force_gain")
    angles = ("stretch_gain", "strain_gain", "rate_gain", "acceleration_gain")
    allowed = {
        MUSCLE: (*muscle, "firing_gain", "secondary_gain"),
        ANGLES: angles,
        HEAD: ("stretch_gain", "rate_gain", "acceleration_gain"),
        COMPRESSION: ("compression_gain",),
    }[source]
    wrong = [gain for gain in GAINS if loop.has(gain) and gain not in allowed]
    receptor = loop.receptor
    fits = receptor is None or isinstance(receptor, Canals) == (source == HEAD)
    if wrong or not (fits and (receptor is None or source in (MUSCLE, HEAD))):
        raise ParameterError(
            f"Expected loop {loop.name!r} with gains among {', '.join(allowed)} and a receptor "
            f"for its source {loop.source!r}, got {', '.join(wrong) or type(receptor).__name__}; "
            "change the source, the receptor or the gain."
        )
