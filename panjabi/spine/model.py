"""A spine in motion: body, passive joints, muscles and reflexes as one system with delays.

    M(q) q'' + c(q, q') + g(q) = passive + active + other elements + external forces

State: coordinates and rates of the free joints, then the states of joints, muscles, receptors and
further elements, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.element import MuscleElement
from panjabi.active.muscle_arrays import MuscleGeometry
from panjabi.active.musculotendon import MuscleRates
from panjabi.body.dynamics import Dynamics
from panjabi.body.model import Body
from panjabi.body.standard import require_same_size
from panjabi.elements import ForceElement, check_part
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import Departure
from panjabi.neural.command import DRIVE_WIDTH, check_excitation, command
from panjabi.neural.loop_kernels import LoopData, Signals
from panjabi.neural.loops import ReflexLoop
from panjabi.neural.smooth_kernels import saturated
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.sizing import require_sized
from panjabi.passive.spring_damper import SpringDamper
from panjabi.spine.force_closure import (
    PELVIS_DISC,
    ForceClosure,
    disc_levels,
    unit_forces,
)
from panjabi.spine.joint_forces import JointForces
from panjabi.spine.loads import ExternalLoads
from panjabi.spine.reflexes import HEAD_BODY, Pathways, loop_data, pathways, steady_loops

Floats = NDArray[np.float64]

COMPILED = (SpringDamper, ExternalLoads)
"""Elements that a run computes without Python."""

COMPRESSION_TIME = Parameter(
    0.01, "s", THIS_WORK, "assumed", "time in which a unit follows the compression of its level"
)
"""The compression of a level reaches its unit through a state, so no force depends on itself."""

DELAYED_STATES = {
    "q": {
        "coordinate", "ligament strain", "muscle length", "muscle velocity", "muscle tension",
        "head velocity",
    },
    "rate": {"rate", "muscle velocity", "muscle tension", "head velocity"},
    "compression": {"compression"},
    "activation": {"activation", "muscle tension"},
    "fibre": {"muscle tension"},
    "short_range": {"muscle tension"},
}  # fmt: skip
"""States that the delayed signals of a kind need."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Spine:
    """A spine with its three subsystems; immutable. Make it with `spine_model`.

    The compression of every level comes from muscles, weight, external and inertial forces and
    stiffens its unit. Muscles lie over exactly the free coordinates, in their order. A joint or
    another element may also act on fixed coordinates and then reads their fixed values.
    """

    dynamics: Dynamics
    joints: tuple[PassiveJoint, ...] = ()
    muscles: MuscleElement | None = None
    excitation: Floats = 0.01  # type: ignore[assignment]  # without reflexes (nm,); one number: of every muscle [1]
    cocontraction: float | Floats = 0.005  # least excitation at equilibrium, or (nm,) [1], assumed
    reflexes: tuple[ReflexLoop, ...] = ()
    rest_length: Floats = None  # type: ignore[assignment]  # paths where receptors are silent (nm,) [m]; as held
    rest_tension: Floats = None  # type: ignore[assignment]  # (nm,) [N]; none
    rest_q: Floats = None  # type: ignore[assignment]  # posture where receptors of angles are silent (n,); as held
    rest_compression: Floats = None  # type: ignore[assignment]  # (pressed levels,) [N]; at rest_q
    rest_drive: Floats = None  # type: ignore[assignment]  # what elements add to the commands at rest (nm,) [1]; nothing
    drive_width: Parameter = DRIVE_WIDTH
    compression_time: Parameter | None = COMPRESSION_TIME  # None: units keep their preload
    closure: ForceClosure = field(default_factory=ForceClosure)  # of sacroiliac joints
    elements: tuple[ForceElement, ...] = ()  # in Python unless in `COMPILED`
    subject: str = ""  # name of the `Subject` that it is of; "": none
    recipe: Mapping[str, Any] = field(
        default_factory=dict[str, Any]
    )  # arguments of `spine_model`; {}: other
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        put = object.__setattr__
        for joint in self.joints:
            require_sized(joint.unit, self.body)
        rest = self.rest_q
        if rest is None:  # pyright: ignore[reportUnnecessaryComparison]
            rest = self.dynamics.part(self.dynamics.held)
        put(self, "rest_q", np.array(rest, float))
        if self.muscles is not None:
            muscles = self.muscles.muscles
            require_same_size(self.body, muscles.body, "muscles")
            if muscles.coordinates != tuple(self.dynamics.free):
                raise ParameterError(
                    f"Expected muscles over the {len(self.dynamics.free)} free coordinates from "
                    f"{self.dynamics.free[0]} in their order, got muscles over "
                    f"{len(muscles.coordinates)} coordinates from {muscles.coordinates[0]}; "
                    "build them with musculature(coordinates=...)."
                )
            per = muscles.per_muscle
            put(self, "excitation", per(self.excitation, "excitation").copy())
            check_excitation(self.excitation)
            length = self.rest_length
            if length is None:  # pyright: ignore[reportUnnecessaryComparison]
                length = muscles.geometry(self.dynamics.part(self.dynamics.held)).length
            put(self, "rest_length", per(length, "rest_length").copy())
            tension = self.rest_tension
            if tension is None:  # pyright: ignore[reportUnnecessaryComparison]
                tension = 0.0
            put(self, "rest_tension", per(tension, "rest_tension").copy())
            drive = self.rest_drive
            if drive is None:  # pyright: ignore[reportUnnecessaryComparison]
                drive = 0.0
            put(self, "rest_drive", per(drive, "rest_drive").copy())
        for element in self.elements:
            check_part(element)
        for element in (*self.joints, *self.elements):
            for name in element.coordinates:
                self.body.coordinate_index(name)
        if self.rest_compression is None:  # pyright: ignore[reportUnnecessaryComparison]
            pressed = np.empty(0)
            if self.pressed:
                tension = np.empty(0) if self.muscles is None else self.rest_tension
                pressed = self.joint_forces.compression(self.rest_q, tension)
            put(self, "rest_compression", pressed)
        _ = self.pathways  # checks the names of sources and targets

    def __repr__(self) -> str:
        loops = f", {self.loop_count} reflexes" if self.reflexes else ""
        fitted = ""
        if self.muscles is not None and (self.muscles.muscles.calibration == 1.0).all():
            fitted = " not calibrated"
        return (
            f"<Spine of {len(self.free)} free coordinates, {len(self.joints)} joints, "
            f"{self.muscle_count} muscles{fitted}{loops}: {self.size} states>"
        )

    # --- parts ------------------------------------------------------------------------------

    @property
    def in_python(self) -> tuple[ForceElement, ...]:
        """The elements that a run calls in Python."""
        return tuple(e for e in self.elements if not isinstance(e, COMPILED))

    @property
    def body(self) -> Body:
        return self.dynamics.body

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the free coordinates (n,)."""
        return tuple(self.dynamics.free)

    @property
    def muscle_count(self) -> int:
        return 0 if self.muscles is None else len(self.muscles.muscles)

    @cached_property
    def pathways(self) -> Pathways:
        """The reflexes as afferents and connections."""
        muscles = None if self.muscles is None else self.muscles.muscles
        return pathways(self.reflexes, muscles, self.dynamics, self.joints)

    @cached_property
    def pressed(self) -> tuple[int, ...]:
        """Indices of the joints whose units follow the compression of their level."""
        if self.compression_time is None:
            return ()
        return tuple(range(len(self.joints)))

    @cached_property
    def joint_forces(self) -> JointForces:
        """Forces in the joints of all spinal levels of the model."""
        levels = [joint.unit.level for joint in self.joints]
        muscles = None if self.muscles is None else self.muscles.muscles
        discs, units = disc_levels(levels), None
        if PELVIS_DISC in discs:
            units = unit_forces(levels, self.dynamics, muscles, self.closure)
        return JointForces(self.dynamics, muscles, discs, units)

    def joint_inputs(self, compression: Floats) -> list[Floats]:
        """What each joint reads: the compression (1,) [N] of its level, or nothing (0,)."""
        inputs = [np.empty(0) for _ in self.joints]
        for k, value in zip(self.pressed, compression, strict=True):
            inputs[k] = np.array([value])
        return inputs

    @property
    def loop_count(self) -> int:
        """Number of afferents of all reflexes."""
        return len(self.pathways.afferents)

    @cached_property
    def delays(self) -> tuple[float, ...]:
        """The different delays of reflexes and of other parts, rising [s]."""
        others = {s.delay for part in self.elements for s in part.signals if s.delay > 0.0}
        return tuple(sorted({*self.pathways.delays, *others}))

    # --- states -----------------------------------------------------------------------------

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Slices of the state: q, rate, joints, compression, activation, fibre, short_range,
        receptor, afferent, elements.

        Parts that a model does not have are empty.
        """
        n, nm = len(self.free), self.muscle_count
        sizes = {
            "q": n,
            "rate": n,
            "joints": sum(joint.states for joint in self.joints),
            "compression": len(self.pressed),
            "activation": nm,
            "fibre": nm,
            "short_range": 0 if self.muscles is None else self.muscles.units.short_range_states,
            "receptor": int(self.pathways.first[-1]),
            "afferent": self.loop_count,
            "elements": sum(element.states for element in self.elements),
        }
        ends = np.cumsum(list(sizes.values())).tolist()
        return {
            name: slice(end - size, end)
            for (name, size), end in zip(sizes.items(), ends, strict=True)
        }

    @property
    def size(self) -> int:
        """Number of states."""
        return self.slices["elements"].stop

    @cached_property
    def reads(self) -> tuple[int, ...]:
        """States that are read with a delay: the afferents, then what delayed signals need."""
        part = self.slices["afferent"]
        late = {s.kind for e in self.elements for s in e.signals if s.delay > 0.0}
        needed: list[int] = []
        for name, kinds in DELAYED_STATES.items():
            if late & kinds:
                needed += range(self.slices[name].start, self.slices[name].stop)
        return (*range(part.start, part.stop), *needed)

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """Name of every state: "L4_L5_FE", "L4_L5_FE rate", "IL_L4_r activation", ..."""
        names = [*self.free, *(f"{c} rate" for c in self.free)]
        for joint in self.joints:
            kept = joint.unit.hysteresis
            kinds = [f"branch {b + 1}" for b in range(len(kept.times))]
            kinds += [f"friction {b + 1}" for b in range(len(kept.yields[0]))]
            names += [f"{c} {kind}" for c in joint.coordinates for kind in kinds]
        names += [f"{self.joints[k].unit.level} compression" for k in self.pressed]
        if self.muscles is not None:
            muscles = self.muscles.muscles.names
            names += [f"{m} activation" for m in muscles] + [f"{m} fibre" for m in muscles]
            if self.muscles.units.short_range is not None:
                names += [f"{m} short range" for m in muscles]
        ways = self.pathways
        for name, afferent in zip(ways.names, ways.afferents, strict=True):
            names += [f"{name} receptor state {k + 1}" for k in range(afferent.states)]
        names += [f"{name} afferent" for name in ways.names]
        for i, element in enumerate(self.elements):
            names += [
                f"{type(element).__name__} {i + 1} state {k + 1}" for k in range(element.states)
            ]
        return tuple(names)

    @cached_property
    def state_units(self) -> tuple[str, ...]:
        """Unit of every state; "1" for the states of a spindle, a tendon organ and other parts."""
        slides = set(self.body.translations)
        units = ["m" if c in slides else "rad" for c in self.free]
        units += [f"{u}/s" for u in units]
        part = self.slices
        units += ["rad"] * (part["joints"].stop - part["joints"].start)
        units += ["N"] * len(self.pressed)
        units += ["1"] * (part["receptor"].start - part["activation"].start)
        for afferent in self.pathways.afferents:
            units += afferent.state_units
        moments = {c.afferent: c.coordinate for c in self.pathways.connections}
        for k in range(self.loop_count):
            at = moments[k]
            units.append("1" if at < 0 else "N" if self.free[at] in slides else "N m")
        return (*units, *["1"] * (self.size - part["elements"].start))

    def seen_by(
        self, element: PassiveJoint | ForceElement, q: Floats, rate: Floats
    ) -> tuple[Floats, Floats]:
        """Coordinates and rates of an element: free ones from q and rate, the others as fixed."""
        at, value = self._place(element.coordinates)
        known = at >= 0
        value = value.copy()
        speed = np.zeros(len(at))
        value[known], speed[known] = q[at[known]], rate[at[known]]
        return value, speed

    def muscle_rates(self, y: Floats) -> tuple[MuscleGeometry, MuscleRates]:
        """Paths of the muscles, and their forces and rates, at a state (size,)."""
        assert self.muscles is not None
        part, units = self.slices, self.muscles.units
        geometry = self.muscles.muscles.geometry(y[part["q"]])
        return geometry, units.rates(
            np.clip(y[part["activation"]], 0.0, 1.0),
            y[part["fibre"]],
            geometry.length,
            geometry.slope @ y[part["rate"]],
            y[part["short_range"]] if units.short_range is not None else 0.0,
        )

    def outside_evidence(self, state: Floats) -> tuple[str, ...]:
        """Loads on units at a state (size,) that leave the published tests, in words."""
        return tuple(map(str, self.departures(state)))

    def departures(self, state: Floats) -> tuple[Departure, ...]:
        """The loads on units of `outside_evidence` as values with their names."""
        inputs = self.joint_inputs(state[self.slices["compression"]])
        units = self.units_at(state[self.slices["q"]])
        return tuple(
            d
            for (unit, a), pressed in zip(units, inputs, strict=True)
            for d in unit.departures(a, *pressed)
        )

    def check(self, q: ArrayLike) -> None:
        """Raise ParameterError if a unit is bent beyond failure at q (n,)."""
        for unit, angles in self.units_at(q):
            unit.check(angles)

    def units_at(self, q: ArrayLike) -> list[tuple[FunctionalSpinalUnit, Floats]]:
        """The unit of every joint with its angles from neutral (3,) [rad], at q (n,)."""
        at = np.asarray(q, float)
        still = np.zeros_like(at)
        return [(j.unit, j.angles(self.seen_by(j, at, still)[0])) for j in self.joints]

    def place_of(self, coordinates: tuple[str, ...]) -> NDArray[np.int64]:
        """Index of each coordinate among the free ones, -1 if fixed."""
        return self._place(coordinates)[0]

    def _place(self, coordinates: tuple[str, ...]) -> tuple[NDArray[np.int64], Floats]:
        if coordinates not in self._places:
            index = {name: k for k, name in enumerate(self.free)}
            at = np.array([index.get(c, -1) for c in coordinates], np.int64)
            value = self.dynamics.held[[self.body.coordinate_index(c) for c in coordinates]]
            self._places[coordinates] = at, value
        return self._places[coordinates]

    @cached_property
    def _places(self) -> dict[tuple[str, ...], tuple[NDArray[np.int64], Floats]]:
        return {}

    # --- start ------------------------------------------------------------------------------

    def state_at(
        self,
        q: ArrayLike | None = None,
        rate: ArrayLike | None = None,
        compression: Floats | None = None,
    ) -> Floats:
        """A state (size,) with fibres in balance with `excitation`, all other states relaxed.

        q (n,) is by default that of the model, rate (n,) zero, compression (pressed levels,) [N]
        that of rest.
        """
        y = np.zeros(self.size)
        part = self.slices
        place = self.dynamics.part(self.dynamics.held) if q is None else np.asarray(q, float)
        y[part["q"]] = place
        if rate is not None:
            y[part["rate"]] = rate
        if self.muscles is not None:
            states = self.muscles.state_at_rest(place, self.excitation)
            y[part["activation"].start : part["short_range"].stop] = states
        if compression is not None:
            y[part["compression"]] = compression
        elif self.pressed:
            tension = np.empty(0)
            if self.muscles is not None:
                length = self.muscles.muscles.geometry(place).length
                tension = self.muscles.units.at_rest(self.excitation, length).force
            y[part["compression"]] = self.joint_forces.compression(place, tension)
        y[part["receptor"]], y[part["afferent"]] = steady_loops(self.loops, self.signals(y))
        return y

    def signals(self, y: Floats) -> Signals:
        """What receptors sense at a state (size,)."""
        part = self.slices
        q, rate = y[part["q"]], y[part["rate"]]
        head, _, _ = self.dynamics.angular_velocity(q, rate, HEAD_BODY)
        pressed = self.joint_compression(y[part["compression"]])
        if self.muscles is None:
            none = np.empty(0)
            return Signals(none, none, none, q, rate, head, pressed)
        geometry, muscles = self.muscle_rates(y)
        return Signals(
            geometry.length, geometry.slope @ rate, muscles.force, q, rate, head, pressed
        )

    def joint_compression(self, compression: Floats) -> Floats:
        """Compression of every joint's unit (joints,) [N]: that of its state, or its preload."""
        every = np.array([joint.unit.preload for joint in self.joints], float)
        every[list(self.pressed)] = compression
        return every

    @cached_property
    def loops(self) -> LoopData:
        """Commands and reflexes as flat arrays."""
        width, still = self.drive_width.si, np.zeros(len(self.free))
        none = np.empty(0)
        head, pressed = np.zeros(3), self.joint_compression(self.rest_compression)
        if self.muscles is None:
            rest = Signals(none, none, none, self.rest_q, still, head, pressed)
            return loop_data(self.pathways, self.delays, none, width, rest, none, none, none)
        muscles = self.muscles.muscles
        rest = Signals(
            self.rest_length, np.zeros(len(muscles)), self.rest_tension, self.rest_q, still, head,
            pressed,
        )  # fmt: skip
        fibre = self.muscles.units.at_rest(self.excitation, self.rest_length).fibre_length
        return loop_data(
            self.pathways, self.delays, command(self.excitation, width) - self.rest_drive, width,
            rest, fibre, muscles.optimal_length, muscles.max_force,
        )  # fmt: skip

    @cached_property
    def commanded(self) -> Floats:
        """Excitations by the commands alone (nm,) [1]: without reflexes and other elements."""
        if self.muscles is None or not self.rest_drive.any():
            return self.excitation
        width = self.drive_width.si
        return np.array([saturated.py_func(x, width)[0] for x in self.loops.command])

    # --- changed models -----------------------------------------------------------------------

    def with_reflexes(self, *loops: ReflexLoop) -> Spine:
        """The same model with these loops in place of its own; none without arguments."""
        return replace(self, reflexes=loops, recipe={})

    def with_elements(self, *elements: ForceElement) -> Spine:
        """The same model with additional elements."""
        return replace(self, elements=(*self.elements, *elements), recipe={})

    def with_joint(self, joint: PassiveJoint) -> Spine:
        """The same model with the joint of one level replaced, an injured unit for instance."""
        levels = [j.unit.level for j in self.joints]
        if joint.unit.level not in levels:
            raise unknown("level of the model", joint.unit.level, levels)
        at = levels.index(joint.unit.level)
        joints = (*self.joints[:at], joint, *self.joints[at + 1 :])
        return replace(self, joints=joints, recipe={})
